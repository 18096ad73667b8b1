//! Real exports, each through its mapping under examples/ to the management page.

use crate::program::{Program, data, mapping};
use serde_json::Value;

/// Imports, analyzes and shows the management page; returns the import's counts.
fn thread(program: &Program, example: &str, files: &[String]) -> Value {
    let mapping = mapping(example);
    let mut arguments = vec!["import"];
    arguments.extend(files.iter().map(String::as_str));
    arguments.extend(["--mapping", &mapping]);
    let imported = program.json(&arguments);
    program.json(&["analyze"]);
    let page = program.run(&["show", "management"]);
    assert_eq!(page.code, 0, "{}", page.stderr);
    imported
}

fn files(example: &str, names: &[&str]) -> Option<Vec<String>> {
    let folder = data(example)?.join(example);
    Some(
        names
            .iter()
            .map(|name| folder.join(name).display().to_string())
            .collect(),
    )
}

fn rows(program: &Program, figure: &str) -> usize {
    program
        .json(&["rows", figure])
        .as_array()
        .expect("rows")
        .len()
}

#[test]
fn cdnow_ends_in_customer_value() {
    let Some(files) = files("cdnow", &["cdnow_master.csv"]) else {
        return;
    };
    let program = Program::new();
    let imported = thread(&program, "cdnow", &files);
    assert_eq!(imported["tables"]["orders"]["read"], 69_659, "{imported}");
    assert_eq!(imported["tables"]["orders"]["rejected"], 0, "{imported}");
    let equity = program.json(&["show", "equity.total"]);
    assert!(
        equity["value"].as_f64().is_some_and(|value| value > 0.0),
        "{equity}"
    );
    assert!(
        equity["lower"].as_f64() < equity["value"].as_f64(),
        "{equity}"
    );
}

#[test]
fn online_retail_reports_what_it_leaves_out() {
    let Some(files) = files("online_retail_2", &["online_retail_2_year1.parquet"]) else {
        return;
    };
    let program = Program::new();
    let imported = thread(&program, "online_retail", &files);
    let orders = &imported["tables"]["orders"];
    let sum: u64 = ["added", "replaced", "unchanged", "rejected", "left_out"]
        .iter()
        .filter_map(|name| orders[*name].as_u64())
        .sum();
    assert_eq!(orders["read"].as_u64(), Some(525_461), "{orders}");
    assert_eq!(
        Some(sum),
        orders["read"].as_u64(),
        "no row is lost: {orders}"
    );
    let equity = program.json(&["show", "equity.total"]);
    assert!(
        equity["value"].as_f64().is_some_and(|value| value > 0.0),
        "{equity}"
    );
}

#[test]
fn olist_links_promise_delivery_and_score() {
    let names = [
        "sample_orders.csv",
        "sample_order_items.csv",
        "sample_customers.csv",
        "sample_order_reviews.csv",
        "sample_products.csv",
    ];
    let Some(files) = files("olist", &names) else {
        return;
    };
    let program = Program::new();
    let imported = thread(&program, "olist", &files);
    assert_eq!(imported["tables"]["answers"]["rejected"], 0, "{imported}");
    assert!(rows(&program, "revenue.total") > 0);
}

#[test]
fn the_airport_survey_does_not_take_blanks_for_scores() {
    let Some(files) = files("sfo_survey", &["sfo_2017.csv"]) else {
        return;
    };
    let program = Program::new();
    let imported = thread(&program, "sfo", &files);
    assert!(
        imported["tables"]["answers"]["added"]
            .as_u64()
            .is_some_and(|n| n > 20_000),
        "{imported}"
    );
    let page = program.json(&["show", "drivers"]);
    assert!(!page["figures"].as_array().expect("figures").is_empty());
    let analysis = program.json(&["analyze"]);
    let missing = analysis["missing"].as_array().expect("missing");
    assert!(
        missing
            .iter()
            .any(|missing| missing["capability"] == "value"),
        "{missing:?}"
    );
}

#[test]
fn an_e_mail_trial_has_the_difference_of_means_and_pays_for_its_ten_cents() {
    let Some(files) = files("hillstrom", &["hillstrom.csv"]) else {
        return;
    };
    let program = Program::new();
    let imported = program.json(&["import", &files[0], "--mapping", &mapping("hillstrom")]);
    assert_eq!(
        imported["tables"]["customers"]["added"], 64_000,
        "{imported}"
    );
    program.json(&["analyze", "--as-of", "2008-03-15"]);
    let number = |key: &str, what: &str| program.json(&["show", key])[what].as_f64();
    // Conversion by arm: 267 of 21,307 and 189 of 21,387 against 122 of 21,306.
    let none = 122.0 / 21_306.0;
    for (arm, share) in [("mens", 267.0 / 21_307.0), ("womens", 189.0 / 21_387.0)] {
        let plain = format!("activity.{arm}.plain_difference");
        let difference = number(&plain, "value").expect("a plain difference");
        assert!((difference - (share - none)).abs() < 1e-10, "{difference}");
        let width = |key: &str| Some(number(key, "upper")? - number(key, "lower")?);
        let adjusted = format!("activity.{arm}.effect_retention");
        assert!(width(&adjusted) <= width(&plain), "{arm}");
        let strength = format!("activity.{arm}.value_strength");
        assert!(number(&strength, "lower").is_some_and(|lower| lower > 1.0));
    }
}

#[test]
fn a_service_desks_log_tells_which_groups_break_the_promise() {
    let Some(files) = files("incident_log", &["incident_event_log.parquet"]) else {
        return;
    };
    let program = Program::new();
    let imported = program.json(&["import", &files[0], "--mapping", &mapping("incident_log")]);
    let promises = &imported["tables"]["promises_kept"];
    // 24,918 incidents; those without a caller are left out, and two of one caller and minute are one.
    assert_eq!(promises["read"], 24_915, "{promises}");
    program.json(&["analyze", "--as-of", "2017-02-28"]);
    let kept = program.json(&["show", "promises.closed_in_time.kept_share"]);
    // 9,115 of 24,918 missed it.
    let share = kept["value"].as_f64().expect("a share");
    assert!((share - (1.0 - 9_115.0 / 24_918.0)).abs() < 0.002, "{kept}");
    let page = program.json(&["show", "promises"]);
    let units = page["tables"].as_array().expect("tables").iter();
    let units = units.filter(|table| table["key"] == "promises.units");
    assert_eq!(
        units
            .map(|table| table["rows"].as_array().map_or(0, Vec::len))
            .sum::<usize>(),
        50
    );
}
