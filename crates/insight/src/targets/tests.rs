//! Is the target where the next krona gives one back, and does the band cry wolf as seldom as it says?

use super::{Retention, TargetsConfig, assess};
use crate::allocation::{Place, Spending};
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
    let report = assess(&[place(4_900.0)], retention(), &TargetsConfig::standard())
        .expect("a place that keeps")
        .report;
    let value = |key: &str| report.figure(key).and_then(|f| f.value).expect("told");
    assert!((value("targets.cost") - 5_100.0).abs() < 0.1);
    // 200 (100 - 70) kronor keep 12 customers at 500 each.
    assert!((value("targets.customers_kept") - 12.0).abs() < 1e-3);
    assert!((value("targets.retention.target") - 0.806).abs() < 1e-6);
    assert_eq!(report.sentences[0].key, "targets.raise");
    assert_eq!(report.sentences[2].key, "targets.within_chance");
    let too_much = assess(&[place(20_000.0)], retention(), &TargetsConfig::standard())
        .expect("a place that keeps")
        .report;
    assert_eq!(too_much.sentences[0].key, "targets.lower");
}

#[test]
fn the_band_calls_chance_a_change_as_seldom_as_it_says() {
    let report = assess(&[place(4_900.0)], retention(), &TargetsConfig::standard())
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
    assert!(assess(&[place(4_900.0)], None, &TargetsConfig::standard()).is_err());
    assert!(assess(&[], retention(), &TargetsConfig::standard()).is_err());
}
