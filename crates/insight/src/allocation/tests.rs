//! Is the plan the best of all, is money moved to where it does most, and are shaky moves called fragile?

use super::{AllocationConfig, Doing, Wanted, assess, places, propose};
use crate::InsightError;

fn doing(name: &str, cost: f64, gain: Option<(f64, f64)>) -> Doing {
    Doing {
        id: name.to_owned(),
        name: name.to_owned(),
        process: "service".to_owned(),
        cost,
        reach: 1_000.0,
        gain,
        must: false,
    }
}

fn config() -> AllocationConfig {
    AllocationConfig {
        draws: 100,
        ..AllocationConfig::standard()
    }
}

#[test]
fn the_plan_equals_the_best_of_all_splits() {
    let doings = [
        doing("calls", 100.0, Some((400.0, 0.0))),
        doing("gift", 200.0, Some((150.0, 0.0))),
        doing("review", 150.0, Some((500.0, 0.0))),
    ];
    let config = config();
    let places = places(None, &doings, &config, 1);
    let found = propose(&places, &Wanted::same_money(), &config).expect("a plan");
    let value = |amounts: [f64; 3]| -> f64 {
        amounts
            .iter()
            .zip(&places)
            .map(|(x, place)| place.cell.curve.value(*x))
            .sum()
    };
    let mut best = f64::NEG_INFINITY;
    for a in 0..=400 {
        for b in 0..=800 {
            let (x, y) = (50.0 + 0.25 * f64::from(a), 100.0 + 0.25 * f64::from(b));
            let z = 450.0 - x - y;
            if (75.0..=225.0).contains(&z) {
                best = best.max(value([x, y, z]));
            }
        }
    }
    let own = value([found.amounts[0], found.amounts[1], found.amounts[2]]);
    assert!(
        own >= best - 1e-9 && own - best < 0.01,
        "{own} against {best}"
    );
    assert!((found.money - 450.0).abs() < 1e-6);
}

#[test]
fn what_does_harm_gives_its_money_away_and_the_move_is_better_in_both_respects() {
    let doings = [
        doing("calls", 100.0, Some((400.0, 40.0))),
        doing("discount", 200.0, Some((-150.0, 50.0))),
    ];
    let outcome = assess(None, &doings, &config(), 2).expect("two places");
    let report = outcome.report;
    let moves = report.table("allocation.moves").expect("moves");
    // What does harm is not even spent where there is room.
    assert_eq!(report.sentences[0].key, "allocation.less_gives_more");
    assert!(!moves.rows.is_empty());
    let survives = report.figure("allocation.survives").and_then(|f| f.value);
    assert!(survives.expect("told") > 0.95);
    // The same again gives the same.
    assert_eq!(
        assess(None, &doings, &config(), 2)
            .expect("two places")
            .report,
        report
    );
}

#[test]
fn a_plan_that_only_chance_speaks_for_is_fragile() {
    let doings = [
        doing("a", 100.0, Some((200.0, 300.0))),
        doing("b", 100.0, Some((260.0, 300.0))),
    ];
    let report = assess(None, &doings, &config(), 3)
        .expect("two places")
        .report;
    assert_eq!(report.sentences[0].key, "allocation.fragile_plan");
}

#[test]
fn locks_and_must_haves_are_kept() {
    let mut doings = vec![
        doing("calls", 100.0, Some((400.0, 10.0))),
        doing("gift", 200.0, Some((20.0, 10.0))),
        doing("law", 80.0, Some((10.0, 5.0))),
        doing("unknown", 300.0, None),
    ];
    doings[2].must = true;
    let config = config();
    let places = places(None, &doings, &config, 1);
    let wanted = Wanted {
        locked: vec!["gift".to_owned()],
        ..Wanted::same_money()
    };
    let found = propose(&places, &wanted, &config).expect("a plan");
    assert_eq!(found.amounts[1], 200.0);
    assert!(found.amounts[2] >= 80.0);
    assert_eq!(found.amounts[3], 300.0);
    let saving = Wanted {
        save_share: 0.1,
        ..Wanted::same_money()
    };
    let found = propose(&places, &saving, &config).expect("a plan");
    assert!((found.money - 0.9 * 680.0).abs() < 1e-6);
}

/// Every split of the money in steps that meet the limits, and the best that keeps them.
#[test]
fn a_process_within_limits_is_planned_as_well_as_the_best_of_all_splits() {
    let doings = [
        doing("calls", 100.0, Some((400.0, 0.0))),
        doing("visits", 150.0, Some((500.0, 0.0))),
        Doing {
            process: "sales".to_owned(),
            ..doing("gift", 200.0, Some((150.0, 0.0)))
        },
        Doing {
            process: "sales".to_owned(),
            ..doing("mail", 50.0, Some((90.0, 0.0)))
        },
    ];
    let config = config();
    let places = places(None, &doings, &config, 1);
    let value = |amounts: &[f64]| -> f64 {
        let all = amounts.iter().zip(&places);
        all.map(|(x, place)| place.cell.curve.value(*x)).sum()
    };
    for (process, limits) in [
        ("sales", (0.0, 140.0)),
        ("sales", (260.0, 1e9)),
        ("service", (0.0, 260.0)),
        ("service", (360.0, 1e9)),
    ] {
        let wanted = Wanted {
            processes: [(process.to_owned(), limits)].into(),
            ..Wanted::same_money()
        };
        let found = propose(&places, &wanted, &config).expect("a plan");
        let of = |process: &str, amounts: &[f64]| -> f64 {
            let own = places.iter().zip(amounts);
            own.filter(|(place, _)| place.process == process)
                .map(|(_, x)| x)
                .sum()
        };
        let total = of(process, &found.amounts);
        assert!(
            total >= limits.0 - 1e-6 && total <= limits.1 + 1e-6,
            "{total}"
        );
        let mut best = f64::NEG_INFINITY;
        for a in 0..=40 {
            for b in 0..=60 {
                for c in 0..=80 {
                    let own = [
                        50.0 + 2.5 * f64::from(a),
                        75.0 + 2.5 * f64::from(b),
                        100.0 + 2.5 * f64::from(c),
                    ];
                    let last = 500.0 - own.iter().sum::<f64>();
                    let tried = [own[0], own[1], own[2], last];
                    let total = of(process, &tried);
                    let kept = total >= limits.0 - 1e-9 && total <= limits.1 + 1e-9;
                    if kept && (25.0..=75.0).contains(&last) {
                        best = best.max(value(&tried));
                    }
                }
            }
        }
        let own = value(&found.amounts);
        assert!(
            own >= best - 1e-9 && own - best < 0.2,
            "{own} against {best}"
        );
    }
}

#[test]
fn what_cannot_be_had_is_refused_with_what_can() {
    let doings = [
        doing("calls", 100.0, Some((400.0, 10.0))),
        doing("gift", 200.0, Some((20.0, 10.0))),
    ];
    let config = config();
    let places = places(None, &doings, &config, 1);
    let ask = |wanted: Wanted| match propose(&places, &wanted, &config) {
        Err(InsightError::NotPossible(why)) => why.key,
        other => panic!("{other:?}"),
    };
    for money in [Some(149.0), Some(-5.0), Some(f64::NAN)] {
        let wanted = Wanted {
            money,
            ..Wanted::same_money()
        };
        assert_eq!(ask(wanted), "allocation.not_enough_money");
    }
    let locked = Wanted {
        locked: vec!["activity.calls".to_owned(), "activity.gift".to_owned()],
        save_share: 0.1,
        ..Wanted::same_money()
    };
    assert_eq!(ask(locked), "allocation.not_enough_money");
    for (process, limits) in [
        ("nowhere", (0.0, 1.0)),
        ("service", (0.0, 140.0)),
        ("service", (451.0, 1e9)),
        ("service", (300.0, 200.0)),
    ] {
        let wanted = Wanted {
            processes: [(process.to_owned(), limits)].into(),
            ..Wanted::same_money()
        };
        assert_eq!(ask(wanted), "allocation.process_limits");
    }
}

#[test]
fn no_figure_of_a_plan_pretends_to_be_exact() {
    let doings = [
        doing("calls", 100.0, Some((400.0, 40.0))),
        doing("gift", 200.0, Some((150.0, 50.0))),
    ];
    let report = assess(None, &doings, &config(), 5)
        .expect("two places")
        .report;
    for figure in &report.figures {
        if let Some((lower, upper)) = figure.lower.zip(figure.upper) {
            assert!(lower < upper, "{} has no width", figure.key);
        }
    }
    let saving = report.figure("allocation.saving").expect("told");
    assert!(saving.is_solved() && saving.lower.is_none());
    // The moves add up to the plan.
    let moves = report.table("allocation.moves").expect("moves");
    let sum: f64 = (moves.rows.iter())
        .filter_map(|row| match row[4] {
            odla_domain::Cell::Number(gain) => Some(gain),
            _ => None,
        })
        .sum();
    let gain = report
        .figure("allocation.gain")
        .and_then(|figure| figure.value);
    assert!((sum - gain.expect("told")).abs() < 1e-3 * sum.abs());
}

#[test]
fn must_haves_lose_nothing_and_capped_places_get_nothing() {
    let doings = [
        doing("calls", 100.0, Some((400.0, 10.0))),
        doing("gift", 200.0, Some((20.0, 10.0))),
        doing("review", 150.0, Some((500.0, 10.0))),
    ];
    let config = config();
    let places = places(None, &doings, &config, 1);
    let wanted = Wanted {
        kept: vec!["gift".to_owned()],
        capped: vec!["activity.calls".to_owned()],
        ..Wanted::same_money()
    };
    let found = propose(&places, &wanted, &config).expect("a plan");
    assert!(found.amounts[1] >= 200.0 && found.amounts[0] <= 100.0);
}

#[test]
fn one_place_alone_has_nowhere_to_go() {
    let doings = [doing("calls", 100.0, Some((400.0, 40.0)))];
    let Err(InsightError::TooLittleData(why)) = assess(None, &doings, &config(), 1) else {
        panic!("nothing can be moved");
    };
    assert_eq!(why.key, "allocation.too_few_places");
}
