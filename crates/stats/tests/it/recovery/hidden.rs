//! Are known totals covered at the rate that the intervals claim?

use super::assert_coverage;
use odla_stats::hidden::{
    Description, ListPlan, SelectBy, TwoLists, chapman, estimate_total, fit_description,
    simulate_lists, total_under_dependence,
};

const LEVEL: f64 = 0.90;

#[test]
fn two_independent_lists_cover_the_total_at_the_nominal_rate() {
    let plan = ListPlan {
        members: 1_000,
        odds: vec![0.5, 0.8],
        dependence: vec![],
    };
    let mut hits = 0;
    for seed in 0..600 {
        let lists = simulate_lists(&plan, seed).expect("simulates");
        let two = TwoLists {
            first: lists.on(1),
            second: lists.on(2),
            both: lists.on(3),
        };
        let (total, _) = chapman(&two, LEVEL).expect("estimates");
        hits += u64::from(total.interval.contains(1_000.0));
    }
    assert_coverage("chapman", (hits, 600), LEVEL);
}

#[test]
fn dependent_lists_are_covered_once_the_odds_ratio_is_known() {
    let plan = ListPlan {
        members: 4_000,
        odds: vec![0.4, 0.3],
        dependence: vec![(1, 0, 3.0)],
    };
    let (mut known, mut ignored) = (0, 0);
    for seed in 0..400 {
        let lists = simulate_lists(&plan, seed).expect("simulates");
        let two = TwoLists {
            first: lists.on(1),
            second: lists.on(2),
            both: lists.on(3),
        };
        let range = total_under_dependence(&two, &[1.0, 3.0], LEVEL).expect("estimates");
        known += u64::from(range.totals[1].1.interval.contains(4_000.0));
        ignored += u64::from(range.totals[0].1.interval.contains(4_000.0));
    }
    assert_coverage("known dependence", (known, 400), LEVEL);
    assert!(ignored < 40, "{ignored}");
}

#[test]
fn three_lists_with_a_dependent_pair_cover_the_total_at_the_nominal_rate() {
    let plan = ListPlan {
        members: 2_000,
        odds: vec![0.5, 0.4, 0.6],
        dependence: vec![(1, 0, 2.5)],
    };
    let truth = Description {
        dependent: vec![0b011],
    };
    let (mut hits, mut chosen, mut wrong) = (0, 0, 0);
    for seed in 0..300 {
        let lists = simulate_lists(&plan, seed).expect("simulates");
        let own = fit_description(&lists, &truth, LEVEL).expect("fits");
        hits += u64::from(own.total.interval.contains(2_000.0));
        let independent = Description { dependent: vec![] };
        let simple = fit_description(&lists, &independent, LEVEL).expect("fits");
        wrong += u64::from(simple.total.interval.contains(2_000.0));
        if seed < 60 {
            let found = estimate_total(&lists, SelectBy::Bic, LEVEL).expect("estimates");
            chosen += u64::from(found.best.description == truth);
        }
    }
    assert_coverage("profile", (hits, 300), LEVEL);
    assert!(wrong < 60 && chosen > 45, "{wrong} {chosen}");
}
