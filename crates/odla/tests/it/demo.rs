//! The example company, from files to the management page.

use crate::program::Program;
use std::fs;

const SMALL: [&str; 4] = ["--customers", "400", "--seed", "3"];

fn demo(program: &Program) -> serde_json::Value {
    program.json(&[&["demo", "--no-serve"], SMALL.as_slice()].concat())
}

#[test]
fn the_demo_ends_with_the_management_page() {
    let program = Program::new();
    let page = demo(&program);
    assert_eq!(page["page"], "overview");
    let keys: Vec<&str> = page["figures"]
        .as_array()
        .expect("figures")
        .iter()
        .filter_map(|f| f["key"].as_str())
        .collect();
    assert!(
        keys.contains(&"equity.total") && keys.contains(&"retention.12m"),
        "{keys:?}"
    );
    assert!(program.folder().join("home/truth.json").exists());
}

#[test]
fn the_same_run_again_gives_the_same_bytes() {
    let program = Program::new();
    let first = demo(&program);
    let run = first["run"].as_str().expect("a run").to_owned();
    let place = program.folder().join("home/runs").join(&run);
    let kept = program.folder().join("kept");
    fs::rename(&place, &kept).expect("the run can be set aside");
    program.json(&["analyze", "--seed", "3", "--as-of", "2026-06-30"]);
    for name in [
        "run.json",
        "reports/value.json",
        "reports/profit.json",
        "reports/overview.json",
        "reports/drivers.json",
    ] {
        assert_eq!(
            fs::read(kept.join(name)).expect(name),
            fs::read(place.join(name)).expect(name),
            "{name} differs"
        );
    }
}

#[test]
fn importing_the_same_files_twice_changes_nothing() {
    let program = Program::new();
    demo(&program);
    let files = program.folder().join("home/example").display().to_string();
    let again = program.json(&["import", &files]);
    for (table, counts) in again["tables"].as_object().expect("tables") {
        assert_eq!(
            (&counts["added"], &counts["replaced"]),
            (&0.into(), &0.into()),
            "{table}: {counts}"
        );
    }
}

#[test]
fn the_books_of_the_ledger_equal_the_known_sums_to_the_last_ore() {
    let program = Program::new();
    demo(&program);
    let truth: serde_json::Value = serde_json::from_slice(
        &fs::read(program.folder().join("home/truth.json")).expect("truth.json"),
    )
    .expect("json");
    let difference = program.json(&["show", "profit.books_difference"]);
    assert_eq!(difference["value"], 0.0, "{difference}");
    let rows = program.json(&["rows", "revenue.total"]);
    assert!(!rows.as_array().expect("rows").is_empty());
    assert!(truth["books"]["net_ore"].as_i64().expect("net") > 0);
}

#[test]
fn every_figure_of_every_page_opens_to_its_rows() {
    let program = Program::new();
    demo(&program);
    let pages = program.json(&["analyze", "--seed", "3", "--as-of", "2026-06-30"]);
    for page in pages["pages"].as_array().expect("pages") {
        for figure in page["figures"].as_array().expect("figures") {
            let key = figure["key"].as_str().expect("a key");
            let answer = program.run(&["rows", key]);
            assert_eq!(answer.code, 0, "{key}: {}", answer.stderr);
        }
    }
}

#[test]
fn one_customer_is_told_on_one_time_line() {
    let program = Program::new();
    demo(&program);
    let rows = program.json(&["rows", "customers.active"]);
    let id = rows[0]["customer_id"]
        .as_str()
        .expect("a customer")
        .to_owned();
    let customer = program.json(&["customer", &id]);
    assert_eq!(customer["customer_id"], id.as_str());
    assert!(!customer["events"].as_array().expect("events").is_empty());
    assert!(
        customer["scores"]["value"].is_number(),
        "{}",
        customer["scores"]
    );
    // The library that reads SQL spells out whom a question is about when it talks much.
    let talks = program.run_telling(&["customer", &id], "debug");
    assert!(talks.stdout.contains(&id));
    assert!(!talks.stderr.contains(&id), "{}", talks.stderr);
}

#[test]
fn a_home_with_another_ledger_is_not_overwritten() {
    let program = Program::new();
    demo(&program);
    let answer = program.run(&["demo", "--no-serve", "--customers", "300"]);
    assert_eq!(answer.code, 1);
    assert!(answer.stderr.contains("--home"), "{}", answer.stderr);
}
