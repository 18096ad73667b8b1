//! Is the target where the next krona gives one back, and does the band cry wolf as seldom as it says?

use super::{Customers, Retention, TargetsConfig, assess};
use crate::allocation::{Place, Spending};
use odla_domain::frames::segments::SegmentsFrame;
use odla_domain::{Cell as Shown, CustomerScores};
use odla_stats::allocate::{Cell, Curve};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Value `200 sqrt(money)`: the next krona gives one back at 10,000.
fn place(today: f64) -> Place {
    let curve = Curve::Power {
        scale: 200.0,
        exponent: 0.5,
    };
    Place {
        id: "minutes.fault".to_owned(),
        name: "fault".to_owned(),
        process: "process.contacts".to_owned(),
        kind: Spending::Minutes,
        today,
        cell: Cell {
            curve: curve.clone(),
            lower: 1_000.0,
            upper: 40_000.0,
            step: 0.0,
            hours: 0.0,
        },
        draws: vec![curve; 50],
        judged: true,
        minutes: Vec::new(),
        worth: 500.0,
    }
}

fn retention() -> Option<Retention> {
    Some(Retention {
        share: 0.80,
        customers: 2_000.0,
    })
}

#[test]
fn the_target_is_where_the_next_krona_gives_one_back() {
    let report = assess(
        &[place(4_900.0)],
        retention(),
        None,
        &TargetsConfig::standard(),
    )
    .expect("a place that keeps")
    .report;
    let value = |key: &str| report.figure(key).and_then(|f| f.value).expect("told");
    assert!((value("targets.cost") - 5_100.0).abs() < 0.1);
    // 200 (100 - 70) kronor keep 12 customers at 500 each.
    assert!((value("targets.customers_kept") - 12.0).abs() < 1e-3);
    assert!((value("targets.retention.target") - 0.806).abs() < 1e-6);
    assert_eq!(report.sentences[0].key, "targets.raise");
    assert_eq!(report.sentences[2].key, "targets.within_chance");
    let too_much = assess(
        &[place(20_000.0)],
        retention(),
        None,
        &TargetsConfig::standard(),
    )
    .expect("a place that keeps")
    .report;
    assert_eq!(too_much.sentences[0].key, "targets.lower");
}

#[test]
fn the_band_calls_chance_a_change_as_seldom_as_it_says() {
    let report = assess(
        &[place(4_900.0)],
        retention(),
        None,
        &TargetsConfig::standard(),
    )
    .expect("a place that keeps")
    .report;
    let band = report
        .figure("targets.tolerance")
        .and_then(|f| f.value)
        .expect("told");
    let mut dice = ChaCha8Rng::seed_from_u64(4);
    let years = 2_000;
    let alarms = (0..years).filter(|_| {
        let kept = (0..2_000).filter(|_| dice.random::<f64>() < 0.80).count();
        (kept as f64 / 2_000.0 - 0.80).abs() > band
    });
    let share = alarms.count() as f64 / f64::from(years);
    assert!((0.08..0.12).contains(&share), "{share}");
}

#[test]
fn without_retention_there_is_no_target() {
    assert!(assess(&[place(4_900.0)], None, None, &TargetsConfig::standard()).is_err());
    assert!(assess(&[], retention(), None, &TargetsConfig::standard()).is_err());
}

/// A thousand companies that are worth two and a half times what three thousand persons are, and forty of a third kind.
fn customers() -> (SegmentsFrame, CustomerScores) {
    let (mut frame, mut scores) = (SegmentsFrame::default(), CustomerScores::default());
    let (mut value, mut alive) = (Vec::new(), Vec::new());
    for row in 0..4_040_usize {
        let kind = match row {
            0..1_000 => "company",
            1_000..4_000 => "person",
            _ => "other",
        };
        frame.customer_id.push(format!("k{row:05}"));
        frame.kind.push(kind.to_owned());
        frame.group.push(String::new());
        frame.unit.push("u".to_owned());
        frame.active.push(true);
        // Companies stayed in 90 of 100 and now in 80; persons in 80 both years.
        frame.stayed.push(row % 5 != 0);
        frame.active_before.push(true);
        frame.stayed_before.push(if kind == "company" {
            row % 10 != 0
        } else {
            row % 5 != 0
        });
        value.push(if kind == "company" { 2_500.0 } else { 1_000.0 });
        alive.push(1.0);
        frame
            .minutes
            .entry("fault".to_owned())
            .or_default()
            .push((row, if kind == "company" { 3.0 } else { 1.0 }));
    }
    scores.customer_id.clone_from(&frame.customer_id);
    scores.numbers = [("value".to_owned(), value), ("p_alive".to_owned(), alive)]
        .into_iter()
        .collect();
    (frame.checked().expect("a frame"), scores)
}

#[test]
fn a_segment_that_is_worth_more_should_have_more_and_a_small_one_is_refused() {
    let (frame, scores) = customers();
    let of = Customers {
        frame: &frame,
        value: Some(&scores),
    };
    let report = assess(
        &[place(10_000.0)],
        retention(),
        Some(of),
        &TargetsConfig::standard(),
    )
    .expect("a place that keeps")
    .report;
    let table = report.table("targets.segments").expect("segments");
    assert_eq!(table.rows.len(), 3, "units are all one");
    let row = |kind: &str| {
        let name = Shown::Key(format!("segment.{kind}"));
        table
            .rows
            .iter()
            .find(|row| row[0] == name)
            .expect("a row")
            .clone()
    };
    let number = |cell: &Shown| match cell {
        Shown::Number(number) => *number,
        other => panic!("{other:?}"),
    };
    // The whole stands where the next krona gives one back; companies are worth near twice the mean, so their minutes should cost
    // more: 100 r^2 squared of the whole, in their share of the minutes.
    let mean = (2.5 * 1_000.0 + 3_040.0) / 4_040.0;
    let (company, person) = (row("company"), row("person"));
    let cost =
        |worth: f64, share: f64| share * (10_000.0 * (worth / mean) * (worth / mean) - 10_000.0);
    assert!(
        (number(&company[9]) - cost(2.5, 3_000.0 / 6_040.0)).abs() < 1.0,
        "{company:?}"
    );
    assert!(
        (number(&person[9]) - cost(1.0, 3_000.0 / 6_040.0)).abs() < 1.0,
        "{person:?}"
    );
    assert!(number(&company[6]) > 0.80 && number(&person[6]) < 0.80);
    assert_eq!(
        row("other")[13],
        Shown::Key("targets.segment_too_few".to_owned())
    );
    assert!((number(&company[4]) + 0.10).abs() < 1e-9 && number(&person[4]).abs() < 1e-9);
    assert!(
        report
            .sentences
            .iter()
            .any(|one| one.key == "targets.segment_falling")
    );
    assert!(report.figure("targets.segment.company.target").is_some());
    assert!(report.figure("targets.segment.other.target").is_none());
}
