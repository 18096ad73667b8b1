//! Do tests of calibration leave honest forecasts alone, and find others out?

use super::assert_coverage;
use odla_stats::scoring::{Bins, calibration, crps_normal, crps_of_draws, interval_coverage, pit};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

#[test]
fn honest_chances_pass_the_test_at_its_nominal_rate_and_bold_ones_fail() {
    let (mut passed, mut bold_passed) = (0, 0);
    for seed in 0..400 {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let truth: Vec<f64> = (0..300).map(|_| chance.random::<f64>()).collect();
        let happened: Vec<bool> = truth.iter().map(|p| chance.random::<f64>() < *p).collect();
        let honest = calibration(&truth, &happened, Bins::Quantile(10), 0.9).expect("tests");
        passed += u64::from(honest.p_value > 0.10);
        let bold: Vec<f64> = truth
            .iter()
            .map(|p| (0.5 + 1.4 * (p - 0.5)).clamp(0.01, 0.99))
            .collect();
        let bold = calibration(&bold, &happened, Bins::Even(5), 0.9).expect("tests");
        bold_passed += u64::from(bold.p_value > 0.10);
    }
    assert_coverage("calibration", (passed, 400), 0.90);
    assert!(bold_passed < 40, "{bold_passed}");
}

#[test]
fn honest_amounts_are_even_within_their_forecasts_and_covered() {
    let (mut passed, mut covered, mut narrow) = (0, 0, 0);
    for seed in 0..400 {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let mut normal = || -> f64 { StandardNormal.sample(&mut chance) };
        let mean: Vec<f64> = (0..400).map(|_| 10.0 * normal()).collect();
        let outcome: Vec<f64> = mean.iter().map(|m| m + 2.0 * normal()).collect();
        let ends = |sd: f64| -> (Vec<f64>, Vec<f64>) {
            mean.iter()
                .map(|m| (m - 1.644_853_6 * sd, m + 1.644_853_6 * sd))
                .unzip()
        };
        passed += u64::from(
            pit((&mean, &[2.0; 400]), &outcome, 10)
                .expect("tests")
                .p_value
                > 0.10,
        );
        let (lower, upper) = ends(2.0);
        let seen = interval_coverage((&lower, &upper), &outcome, (0.90, 0.90)).expect("covers");
        covered += u64::from(seen.share.interval.contains(0.90));
        let (lower, upper) = ends(1.5);
        let seen = interval_coverage((&lower, &upper), &outcome, (0.90, 0.90)).expect("covers");
        narrow += u64::from(seen.p_value > 0.10);
    }
    assert_coverage("pit", (passed, 400), 0.90);
    assert_coverage("coverage", (covered, 400), 0.90);
    assert!(narrow < 20, "{narrow}");
}

#[test]
fn many_draws_score_as_the_distribution_they_come_from() {
    let mut chance = ChaCha8Rng::seed_from_u64(4);
    let outcome: Vec<f64> = (0..2_000)
        .map(|_| StandardNormal.sample(&mut chance))
        .collect();
    let draws: Vec<Vec<f64>> = (0..2_000)
        .map(|_| {
            (0..10)
                .map(|_| StandardNormal.sample(&mut chance))
                .collect()
        })
        .collect();
    let exact = crps_normal(&vec![0.0; 2_000], &vec![1.0; 2_000], &outcome, 0.9).expect("scores");
    let fair = crps_of_draws(&draws, &outcome, true, 0.9).expect("scores");
    let plain = crps_of_draws(&draws, &outcome, false, 0.9).expect("scores");
    assert!(
        (fair.value - exact.value).abs() < 0.01,
        "{} {}",
        fair.value,
        exact.value
    );
    // The plain score of m draws is too large by mean |X - X'| / (2 m) = 1 / (m √π).
    let want = exact.value + 1.0 / (10.0 * std::f64::consts::PI.sqrt());
    assert!((plain.value - want).abs() < 0.01, "{} {want}", plain.value);
}
