//! Are known moves over a threshold found at the rate that the intervals claim?

use super::assert_coverage;
use odla_stats::bunching::{
    BunchingConfig, BunchingPlan, Course, concentration, estimate_bunching, simulate_bunching,
};
use rand::{RngExt, SeedableRng};

const LEVEL: f64 = 0.90;
const REPETITIONS: u64 = 250;

#[test]
fn moved_and_created_are_covered_at_the_nominal_rate() {
    for dispersion in [1.0, 3.0] {
        let plan = BunchingPlan {
            days: (45, 45),
            level: 80.0,
            growth: 0.004,
            window: 8,
            moved: 250.0,
            created: 120.0,
            dispersion,
        };
        let config = BunchingConfig {
            before: 8.0,
            after: 7.0,
            degree: 3,
            rounds: 200,
            level: LEVEL,
        };
        let exposure = vec![1.0; 90];
        let mut hits = [0_u64; 4];
        for seed in 0..REPETITIONS {
            let (position, count) = simulate_bunching(&plan, seed).expect("simulates");
            let course = Course {
                position: &position,
                count: &count,
                exposure: &exposure,
            };
            let found = estimate_bunching(&course, &config, seed).expect("estimates");
            for (hit, (own, truth)) in hits.iter_mut().zip([
                (&found.excess, 370.0),
                (&found.missing, 250.0),
                (&found.created, 120.0),
                (&found.moved, 250.0),
            ]) {
                *hit += u64::from(own.interval.contains(truth));
            }
        }
        for (what, hit) in ["excess", "missing", "created"].iter().zip(hits) {
            assert_coverage(&format!("{what} {dispersion}"), (hit, REPETITIONS), LEVEL);
        }
        // The interval of what is moved holds at least at its level.
        assert!(
            hits[3] as f64 >= 0.84 * REPETITIONS as f64,
            "{} {dispersion}",
            hits[3]
        );
    }
}

#[test]
fn a_smooth_course_shows_an_excess_no_more_often_than_chance_allows() {
    let plan = BunchingPlan {
        days: (45, 45),
        level: 60.0,
        growth: -0.006,
        window: 8,
        moved: 0.0,
        created: 0.0,
        dispersion: 2.0,
    };
    let config = BunchingConfig {
        degree: 3,
        rounds: 200,
        ..BunchingConfig::standard()
    };
    let exposure = vec![1.0; 90];
    let mut held = 0;
    for seed in 0..REPETITIONS {
        let (position, count) = simulate_bunching(&plan, 1_000 + seed).expect("simulates");
        let course = Course {
            position: &position,
            count: &count,
            exposure: &exposure,
        };
        let found = estimate_bunching(&course, &config, seed).expect("estimates");
        held += u64::from(found.excess.interval.contains(0.0));
    }
    assert_coverage("no excess", (held, REPETITIONS), LEVEL);
}

#[test]
fn the_share_of_the_last_days_is_covered_at_the_nominal_rate() {
    let mut chance = rand_chacha::ChaCha8Rng::seed_from_u64(9);
    let mut hits = 0;
    for _ in 0..2_000 {
        let whole: Vec<f64> = (0..12)
            .map(|_| 50.0 + 100.0 * chance.random::<f64>())
            .collect();
        let inside: Vec<f64> = whole
            .iter()
            .map(|w| w * (0.2 + 0.2 * chance.random::<f64>()))
            .collect();
        let found =
            concentration((&inside, &whole), (&[10.0; 12], &[63.0; 12]), LEVEL).expect("estimates");
        hits += u64::from(found.share.interval.contains(0.3));
    }
    let rate = hits as f64 / 2_000.0;
    assert!((rate - LEVEL).abs() < 0.025, "{rate}");
}
