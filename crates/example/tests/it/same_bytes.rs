//! Is the company the same every time, and each customer the same in every company?

use std::collections::BTreeMap;
use std::path::Path;

use odla_example::{Config, ExampleError, generate};

use crate::company::{make, small};

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                std::fs::read(entry.path()).unwrap(),
            )
        })
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_does_not() {
    let one = files(small(600, 7).folder.path());
    assert!(one == files(small(600, 7).folder.path()));
    assert!(one["orders.csv"] != files(small(600, 8).folder.path())["orders.csv"]);
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let alone = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let many = rayon::ThreadPoolBuilder::new()
        .num_threads(4)
        .build()
        .unwrap();
    let one = alone.install(|| files(small(900, 3).folder.path()));
    let four = many.install(|| files(small(900, 3).folder.path()));
    assert!(one == four);
}

#[test]
fn a_customer_is_the_same_however_many_others_there_are() {
    let (few, many) = (small(300, 5), small(700, 5));
    for table in [
        "customers",
        "orders",
        "contracts",
        "interactions",
        "incidents",
        "answers",
        "exposures",
    ] {
        let of = |made: &crate::company::Made| -> Vec<_> {
            let sheet = made.sheet(table);
            let mine = |row: &csv::StringRecord| {
                let id = sheet.text(row, "customer_id");
                id < "K0000301" && !row[0].contains("-FEL")
            };
            sheet.rows.iter().filter(|row| mine(row)).cloned().collect()
        };
        let (a, b): (Vec<csv::StringRecord>, Vec<csv::StringRecord>) = (of(&few), of(&many));
        assert!(!a.is_empty() && a == b, "{table}");
    }
}

#[test]
fn an_older_end_and_a_mid_month_end_work_too() {
    for (end, months) in [("2024-02-29", 24), ("2025-11-17", 30), ("2019-12-31", 60)] {
        let mut config = Config::standard(300, 2);
        config.as_of = end.parse().unwrap();
        config.months = months;
        config.contract_months = months.max(48);
        let made = make(&config);
        assert!(made.value("equity.total") > 0.0);
        let orders = made.valid_orders();
        assert!(
            orders
                .rows
                .iter()
                .all(|row| orders.text(row, "ordered_on") <= end),
            "{end}"
        );
    }
}

#[test]
fn what_cannot_be_simulated_is_refused_with_its_field() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::standard(0, 1);
    let refused = generate(&config, folder.path());
    assert!(matches!(
        refused,
        Err(ExampleError::Config {
            field: "customers",
            ..
        })
    ));
    config.customers = 10;
    config.months = 12;
    let refused = generate(&config, folder.path());
    assert!(matches!(
        refused,
        Err(ExampleError::Config {
            field: "months",
            ..
        })
    ));
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("taken");
    std::fs::write(&file, "x").unwrap();
    let error = generate(&Config::standard(10, 1), &file).unwrap_err();
    assert!(error.to_string().contains("taken"), "{error}");
}

#[test]
fn one_customer_is_enough() {
    assert!(small(1, 1).truth.books.rows["customers"] == 1);
}

#[test]
fn truth_json_reads_back_as_the_truth() {
    let made = small(200, 4);
    let text = std::fs::read_to_string(made.folder.path().join("truth.json")).unwrap();
    let back: odla_example::Truth = serde_json::from_str(&text).unwrap();
    assert_eq!(back.config, made.truth.config);
    assert_eq!(back.books, made.truth.books);
    assert_eq!(back.truths.len(), made.truth.truths.len());
    for (read, told) in back.truths.iter().zip(&made.truth.truths) {
        // Reading a decimal may differ in the last bit from the number that was written.
        assert!(
            (read.value - told.value).abs() <= 1e-12 * told.value.abs(),
            "{}",
            told.key
        );
        assert_eq!((&read.key, &read.definition), (&told.key, &told.definition));
    }
}
