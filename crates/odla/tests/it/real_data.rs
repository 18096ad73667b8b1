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
