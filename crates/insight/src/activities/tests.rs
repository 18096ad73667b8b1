//! Are the books laid out to the last decimal, and do the behaviors add up without counting anything twice?

use super::{ActivitiesConfig, assess};
use crate::InsightError;
use jiff::civil::date;
use odla_domain::frames::activities::{
    ActivitiesFrame, Activity, Contacts, Doings, Pool, Referred, Work,
};
use odla_domain::{Cell, CustomerScores, Figure, Money, Outcome};

fn kronor(amount: i128) -> Money {
    Money::from_raw(amount * 10_000)
}

fn pool(process: &str, activity: &str, driver: &str, (amount, capacity): (Money, f64)) -> Pool {
    Pool {
        process: process.to_owned(),
        pool: "pool".to_owned(),
        activity_id: activity.to_owned(),
        driver: driver.to_owned(),
        lines: 12,
        amount,
        capacity,
    }
}

fn activity(id: &str, process: &str, registered: bool) -> Activity {
    Activity {
        activity_id: id.to_owned(),
        registered,
        name: id.to_owned(),
        process: process.to_owned(),
        owner: String::new(),
        target: String::new(),
        started_on: None,
        ended_on: None,
        planned: Money::default(),
        customers: 10,
        exposures: 12,
        control: 0,
        exposure_cost: Money::default(),
        exposure_cost_year: Money::default(),
        booked: Money::default(),
        booked_year: Money::default(),
    }
}

fn work(word: &str, events: u64) -> Work {
    Work {
        word: word.to_owned(),
        events,
        customers: events / 2,
    }
}

fn frame() -> ActivitiesFrame {
    let pools = vec![
        pool("service", "", "minutes", (kronor(90_000), 10_000.0)),
        pool("sales", "A1", "none", (Money::from_raw(123_456_789), 0.0)),
        pool("brand", "", "none", (kronor(5_000), 0.0)),
        pool("sales", "A9", "none", (kronor(700), 0.0)),
        pool("", "", "none", (Money::from_raw(1), 0.0)),
        pool("logistics", "", "orders", (kronor(24_000), 1_000.0)),
        pool("logistics", "", "lines", (kronor(10_000), 2_000.0)),
    ];
    let books = pools.iter().map(|pool| pool.amount).sum();
    ActivitiesFrame {
        as_of: date(2026, 6, 30),
        months: ("2025-07".to_owned(), "2026-06".to_owned()),
        activities: vec![activity("A1", "sales", true), activity("A9", "", false)],
        pools,
        books,
        contacts: vec![Contacts {
            process: "service".to_owned(),
            events: 1_000,
            customers: 600,
            minutes: 8_000.0,
            by_customer: 900,
            minutes_by_customer: 7_200.0,
            repeats: 100,
            judged: 900,
            resolved: 720,
            by_partner: 0,
            self_service: 0,
        }],
        work: vec![work("orders", 800), work("lines", 1_600)],
        heard: Vec::new(),
        doings: [
            Doings {
                again: 600,
                again_margin: kronor(180_000),
                newly: 200,
                newly_margin: kronor(50_000),
                months: 1_200,
                months_margin: kronor(240_000),
                renewals: 40,
                renewed_margin: kronor(96_000),
                reported: 50,
                compensation: kronor(10_000),
                calls: 900,
                call_minutes: 7_200.0,
                ..Doings::default()
            },
            Doings {
                again: 500,
                again_margin: kronor(150_000),
                newly: 200,
                newly_margin: kronor(50_000),
                months: 1_000,
                months_margin: kronor(200_000),
                reported: 60,
                compensation: kronor(12_000),
                calls: 800,
                call_minutes: 6_400.0,
                ..Doings::default()
            },
        ],
        referred: (0..20)
            .map(|i| Referred {
                customer_id: format!("k{i:03}"),
                years_back: 0,
                acquisition_cost: 60.0,
            })
            .collect(),
        acquisition_cost: 260.0,
    }
    .checked()
    .expect("the frame fits together")
}

fn scores() -> CustomerScores {
    CustomerScores {
        customer_id: (0..40).map(|i| format!("k{i:03}")).collect(),
        numbers: vec![(
            "value".to_owned(),
            (0..40).map(|i| 900.0 + 10.0 * f64::from(i)).collect(),
        )],
        words: Vec::new(),
    }
}

fn found() -> Outcome {
    assess(&frame(), Some(&scores()), &ActivitiesConfig::standard(), 1)
        .expect("there is a register")
}

fn figure<'o>(outcome: &'o Outcome, key: &str) -> &'o Figure {
    outcome.report.figure(key).expect(key)
}

fn value(outcome: &Outcome, key: &str) -> f64 {
    figure(outcome, key).value.expect(key)
}

#[test]
fn every_row_of_the_books_has_a_place_and_the_sum_is_exact() {
    let outcome = found();
    assert_eq!(value(&outcome, "activities.books_difference"), 0.0);
    assert_eq!(value(&outcome, "activities.cost_12m"), 12_345.678_9);
    let books = outcome.report.table("activities.books").expect("the books");
    let words: Vec<&Cell> = books.rows.iter().map(|row| &row[0]).collect();
    assert_eq!(words.len(), 6);
    // Service and logistics have events, brand has none; A9 is in no register; one row names nothing.
    let amount = |row: usize| match books.rows[row][1] {
        Cell::Number(amount) => amount,
        _ => f64::NAN,
    };
    assert_eq!(amount(1), 90_000.0);
    assert_eq!(amount(2), 5_000.0 + 24_000.0 + 10_000.0);
    assert_eq!(amount(3), 700.0);
    assert_eq!(amount(4), 0.000_1);
}

#[test]
fn a_lost_row_of_the_books_is_seen() {
    let mut broken = frame();
    broken.books += kronor(3);
    let outcome =
        assess(&broken, None, &ActivitiesConfig::standard(), 1).expect("there is a register");
    assert_eq!(value(&outcome, "activities.books_difference"), 3.0);
    assert!(
        outcome
            .report
            .cautions
            .iter()
            .any(|caution| caution.key == "activities.books_differ")
    );
}

#[test]
fn a_purchase_is_worth_its_margin_less_what_it_costs_to_serve() {
    let outcome = found();
    // Margin 300; an order costs 24 and two lines of 5: 34.
    assert!((value(&outcome, "behaviors.repeat_purchase.price") - 266.0).abs() < 1e-9);
    // A minute costs 9, a call lasts 8.
    assert!((value(&outcome, "behaviors.call.price") + 72.0).abs() < 1e-9);
    // A recommended customer is worth 995 on average ahead, and saves 200 in winning.
    assert!((value(&outcome, "behaviors.referral.price") - 1_195.0).abs() < 1e-9);
    assert!(figure(&outcome, "behaviors.referral.price").lower.is_some());
    assert_eq!(figure(&outcome, "behaviors.self_service.price").value, None);
}

#[test]
fn what_is_part_of_another_behavior_is_not_added() {
    let outcome = found();
    let sums = 600.0 * 266.0 + 200.0 * (250.0 - 34.0) + 240_000.0 - 900.0 * 72.0 - 10_000.0;
    assert!((value(&outcome, "behaviors.total") - sums).abs() < 1e-6);
}

#[test]
fn the_change_is_more_events_and_better_events() {
    let outcome = found();
    let change = value(&outcome, "behaviors.change");
    let by_events = value(&outcome, "behaviors.change_by_events");
    // Prices are as last year's for all: the whole change is in the number of events.
    assert!(
        (change - by_events).abs() < 1e-6,
        "{change} and {by_events}"
    );
}

#[test]
fn blind_spots_are_counted_and_named() {
    let outcome = found();
    let map = outcome
        .report
        .table("activities.process_map")
        .expect("the map");
    let blind = map
        .rows
        .iter()
        .flatten()
        .filter(|cell| **cell == Cell::Key("blind".to_owned()))
        .count();
    // The row without a process is shown, but is no process to be blind about.
    let unnamed = map
        .rows
        .last()
        .expect("a row")
        .iter()
        .filter(|cell| **cell == Cell::Key("blind".to_owned()))
        .count();
    assert_eq!(
        value(&outcome, "activities.blind_spots.count"),
        (blind - unnamed) as f64
    );
}

#[test]
fn nothing_registered_booked_or_logged_is_named() {
    let mut empty = frame();
    empty.activities.clear();
    empty.pools.clear();
    empty.contacts.clear();
    let Err(InsightError::TooLittleData(why)) =
        assess(&empty, None, &ActivitiesConfig::standard(), 1)
    else {
        panic!("nothing is known");
    };
    assert_eq!(why.key, "activities.nothing");
}
