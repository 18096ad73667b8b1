//! Do the files have the tables and columns of the data model, each with something in it?

use std::collections::{BTreeMap, BTreeSet};

use odla_domain::tables::{Kind, TABLES};

use crate::company::{Made, small};

fn company() -> Made {
    small(1_500, 11)
}

#[test]
fn every_table_and_every_column_of_the_data_model_is_filled_for_some_rows() {
    let made = company();
    for table in TABLES {
        let sheet = made.sheet(table.name);
        let expected: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let found: Vec<&str> = sheet
            .columns()
            .into_iter()
            .filter(|name| !name.starts_with("x_"))
            .collect();
        assert_eq!(found, expected, "{}", table.name);
        assert!(!sheet.rows.is_empty(), "{} has no rows", table.name);
        for column in sheet.columns() {
            let filled = sheet
                .rows
                .iter()
                .any(|row| !sheet.text(row, column).is_empty());
            assert!(filled, "{}.{column} is always empty", table.name);
        }
    }
}

#[test]
fn every_value_is_of_the_kind_that_its_column_asks_for() {
    let made = company();
    for table in TABLES {
        let sheet = made.sheet(table.name);
        for row in sheet.rows.iter().filter(|row| !row[0].contains("-FEL-")) {
            for column in table.columns {
                let text = sheet.text(row, column.name);
                assert!(
                    !(column.is_required() && text.is_empty()),
                    "{}.{}",
                    table.name,
                    column.name
                );
                let right = text.is_empty() || fits(column.kind, text);
                assert!(right, "{}.{} holds {text}", table.name, column.name);
            }
        }
    }
}

fn fits(kind: Kind, text: &str) -> bool {
    let number = text.parse::<f64>();
    match kind {
        Kind::Text => true,
        Kind::Date => text.parse::<jiff::civil::Date>().is_ok(),
        Kind::Instant => text.parse::<jiff::civil::DateTime>().is_ok(),
        Kind::Month => format!("{text}-01").parse::<jiff::civil::Date>().is_ok(),
        Kind::Amount | Kind::Number => number.is_ok(),
        Kind::Share => number.is_ok_and(|share| (0.0..=1.0).contains(&share)),
        Kind::Count => text.parse::<i64>().is_ok_and(|count| count >= 0),
        Kind::Grade(low, high) => text
            .parse::<i64>()
            .is_ok_and(|grade| (low..=high).contains(&grade)),
        Kind::Flag => ["true", "false"].contains(&text),
        Kind::Choice(words) => words.contains(&text),
    }
}

#[test]
fn every_key_is_unique_and_every_reference_finds_its_row() {
    let made = company();
    let mut keys: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for table in TABLES {
        let sheet = made.sheet(table.name);
        let mut twice = 0;
        let mut seen = BTreeSet::new();
        for row in &sheet.rows {
            let key: Vec<&str> = table
                .keys()
                .map(|column| sheet.text(row, column.name))
                .collect();
            twice += u64::from(!seen.insert(key.join("|")));
        }
        let planted = made.truth.planted_flaws.iter();
        let known: u64 = planted
            .filter(|flaw| flaw.table == table.name && flaw.kind == "exact_duplicate")
            .map(|flaw| flaw.rows)
            .sum();
        assert_eq!(twice, known, "{}", table.name);
        keys.insert(table.name, seen);
    }
    for table in TABLES {
        let sheet = made.sheet(table.name);
        for column in table
            .columns
            .iter()
            .filter(|column| column.references.is_some())
        {
            let known = &keys[column.references.unwrap()];
            let lost = sheet.rows.iter().filter(|row| {
                let text = sheet.text(row, column.name);
                !text.is_empty() && !known.contains(text)
            });
            let mut unplanted = lost.filter(|row| !row[0].contains("-FEL-"));
            let first = unplanted.next();
            assert!(first.is_none(), "{}.{}: {first:?}", table.name, column.name);
        }
    }
}

#[test]
fn nothing_is_delivered_on_a_swedish_holiday() {
    let orders = company().valid_orders();
    let closed = [
        "2023-12-25",
        "2024-06-06",
        "2024-12-24",
        "2025-04-18",
        "2025-06-20",
        "2026-01-06",
    ];
    for row in &orders.rows {
        assert!(
            !closed.contains(&orders.text(row, "delivered_on")),
            "{row:?}"
        );
    }
}

#[test]
fn nothing_in_the_history_lies_after_its_end() {
    let made = company();
    for (table, column) in [
        ("interactions", "at"),
        ("incidents", "occurred_on"),
        ("answers", "answered_at"),
        ("exposures", "exposed_on"),
        ("club_entries", "on"),
        ("promises_kept", "at"),
        ("contracts", "ended_on"),
        ("referrals", "referred_on"),
    ] {
        let sheet = made.sheet(table);
        let late = sheet
            .rows
            .iter()
            .find(|row| sheet.text(row, column) > "2026-06-30T99");
        assert!(late.is_none(), "{table}: {late:?}");
    }
}

#[test]
fn a_repeated_contact_points_at_an_earlier_one_of_the_same_customer() {
    let interactions = company().sheet("interactions");
    let when: BTreeMap<&str, (&str, &str)> = interactions
        .rows
        .iter()
        .map(|row| {
            (
                &row[0],
                (
                    interactions.text(row, "customer_id"),
                    interactions.text(row, "at"),
                ),
            )
        })
        .collect();
    let mut repeats = 0;
    for row in &interactions.rows {
        let before = interactions.text(row, "repeat_of");
        if !before.is_empty() {
            let (customer, at) = when[before];
            assert_eq!(customer, interactions.text(row, "customer_id"));
            assert!(at[..10] <= interactions.text(row, "at")[..10]);
            repeats += 1;
        }
    }
    assert!(repeats > 20, "{repeats}");
}

#[test]
fn no_person_can_be_told_from_the_employee_answers() {
    let answers = company().sheet("employee_answers");
    let mut sizes: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let mut waves: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in &answers.rows {
        let text = |column| answers.text(row, column).to_string();
        sizes
            .entry((text("unit_id"), text("wave")))
            .or_default()
            .insert(text("response_id"));
        waves
            .entry(text("response_id"))
            .or_default()
            .insert(text("wave"));
    }
    assert!(sizes.values().all(|responses| responses.len() >= 8));
    assert!(
        waves.values().all(|seen| seen.len() == 1),
        "an id is followed over waves"
    );
}
