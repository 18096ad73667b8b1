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
    let own = value([
        found.plan.amounts[0],
        found.plan.amounts[1],
        found.plan.amounts[2],
    ]);
    assert!(
        own >= best - 1e-9 && own - best < 0.01,
        "{own} against {best}"
    );
    assert!((found.plan.money - 450.0).abs() < 1e-6);
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
    assert_eq!(report.sentences[0].key, "allocation.move_these");
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
    assert_eq!(found.plan.amounts[1], 200.0);
    assert!(found.plan.amounts[2] >= 80.0);
    assert_eq!(found.plan.amounts[3], 300.0);
    let saving = Wanted {
        save_share: 0.1,
        ..Wanted::same_money()
    };
    let found = propose(&places, &saving, &config).expect("a plan");
    assert!((found.plan.money - 0.9 * 680.0).abs() < 1e-6);
}

#[test]
fn one_place_alone_has_nowhere_to_go() {
    let doings = [doing("calls", 100.0, Some((400.0, 40.0)))];
    let Err(InsightError::TooLittleData(why)) = assess(None, &doings, &config(), 1) else {
        panic!("nothing can be moved");
    };
    assert_eq!(why.key, "allocation.too_few_places");
}
