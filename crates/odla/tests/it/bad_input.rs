//! Bad input: a clear message that says what to do, never a panic, never half an import.

use crate::program::{Answer, Program};

const ORDERS: &str = "order_id,line_no,customer_id,ordered_on,net_amount\n";

fn refused(answer: &Answer, words: &[&str]) {
    assert_eq!(answer.code, 1, "{}\n{}", answer.stdout, answer.stderr);
    assert!(!answer.stderr.contains("panicked"), "{}", answer.stderr);
    for word in words {
        assert!(
            answer.stderr.contains(word),
            "expected {word:?} in: {}",
            answer.stderr
        );
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    refused(
        &Program::new().run(&["import", "nowhere.csv"]),
        &["nowhere.csv"],
    );
}

#[test]
fn a_file_without_rows_is_refused() {
    let program = Program::new();
    let file = program.file("orders.csv", ORDERS);
    refused(&program.run(&["import", &file]), &["orders.csv"]);
}

#[test]
fn a_file_of_no_known_kind_is_refused() {
    let program = Program::new();
    let file = program.file("orders.bin", [0_u8, 159, 146, 150]);
    refused(&program.run(&["import", &file]), &["orders.bin"]);
}

#[test]
fn a_mapping_that_names_a_missing_column_says_which_and_what_there_is() {
    let program = Program::new();
    let file = program.file("sales.csv", "kund,datum,belopp\n1,2026-01-02,10\n");
    let mapping = program.file(
        "mapping.toml",
        "[source.sales]\nfiles = [\"sales.csv\"]\n\n[[table]]\nname = \"orders\"\nfrom = \"sales\"\n\n[table.columns]\ncustomer_id = \"kundnr\"\n",
    );
    refused(
        &program.run(&["import", &file, "--mapping", &mapping]),
        &["kundnr"],
    );
}

#[test]
fn impossible_dates_and_broken_rows_are_kept_as_rejects() {
    let program = Program::new();
    let file = program.file(
        "orders.csv",
        format!("{ORDERS}1,1,c1,2026-02-30,10\n2,1,c1,2026-02-03,tio\n3,1,c1,2026-02-03,10\n4,1,,2026-02-03,10\n"),
    );
    let answer = program.run(&["--json", "import", &file]);
    assert_eq!(answer.code, 3, "{}", answer.stderr);
    let summary: serde_json::Value = serde_json::from_str(&answer.stdout).expect("json");
    assert_eq!(summary["tables"]["orders"]["rejected"], 3, "{summary}");
    assert_eq!(summary["tables"]["orders"]["added"], 1, "{summary}");
}

#[test]
fn commands_before_any_import_say_what_to_do() {
    let program = Program::new();
    refused(&program.run(&["analyze"]), &["odla import"]);
    refused(&program.run(&["show", "management"]), &["odla analyze"]);
    refused(&program.run(&["customer", "K1"]), &["K1"]);
}

#[test]
fn unknown_words_list_the_known_ones() {
    let program = Program::new();
    let file = program.file("orders.csv", format!("{ORDERS}1,1,c1,2026-02-03,10\n"));
    program.json(&["import", &file]);
    program.json(&["analyze"]);
    refused(
        &program.run(&["show", "nonsense"]),
        &["nonsense", "management"],
    );
    refused(&program.run(&["rows", "nonsense"]), &["nonsense"]);
    refused(
        &program.run(&["analyze", "--only", "nonsense"]),
        &["portfolio"],
    );
}

#[test]
fn wrong_usage_ends_with_two() {
    assert_eq!(Program::new().run(&["import"]).code, 2);
    assert_eq!(
        Program::new()
            .run(&["analyze", "--as-of", "yesterday"])
            .code,
        2
    );
}

#[test]
fn a_ledger_with_one_customer_says_what_cannot_be_told() {
    let program = Program::new();
    let file = program.file("orders.csv", format!("{ORDERS}1,1,c1,2026-02-03,10\n"));
    program.json(&["import", &file]);
    let answer = program.run(&["analyze"]);
    assert_eq!(answer.code, 3, "{}", answer.stderr);
    assert!(!answer.stderr.contains("panicked"), "{}", answer.stderr);
}
