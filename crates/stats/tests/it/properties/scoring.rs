//! What holds for every set of forecasts, and is nonsense refused?

use odla_stats::scoring::{
    Bins, brier, calibration, crps_normal, crps_of_draws, interval_coverage, log_score, pit,
    pit_of_draws,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn forecasts(rows: usize, seed: u64) -> (Vec<f64>, Vec<bool>) {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    (0..rows)
        .map(|_| {
            let f = (chance.random::<f64>() * 20.0).round() / 20.0;
            (f, chance.random::<f64>() < 0.3 + 0.3 * f)
        })
        .unzip()
}

#[test]
fn the_parts_of_the_brier_score_add_up_in_every_way_of_binning() {
    for seed in 0..20 {
        let (forecast, happened) = forecasts(50 + 10 * seed as usize, seed);
        for bins in [
            Bins::Distinct,
            Bins::Even(1),
            Bins::Even(7),
            Bins::Quantile(5),
            Bins::Quantile(1000),
        ] {
            let own = brier(&forecast, &happened, bins, 0.9).expect("scores");
            let sum = own.reliability - own.resolution + own.uncertainty + own.within;
            assert!((sum - own.score.value).abs() < 1e-12, "{bins:?}");
            assert!(own.reliability >= 0.0 && own.resolution >= 0.0);
            if bins == Bins::Distinct {
                assert!(own.within.abs() < 1e-12);
            }
            let table = calibration(&forecast, &happened, bins, 0.9).expect("bins");
            assert_eq!(
                table.bins.iter().map(|bin| bin.forecasts).sum::<usize>(),
                forecast.len()
            );
            assert!(
                table
                    .bins
                    .windows(2)
                    .all(|pair| pair[0].mean_forecast < pair[1].mean_forecast)
            );
        }
    }
}

#[test]
fn the_true_chances_score_best() {
    let mut chance = ChaCha8Rng::seed_from_u64(8);
    let truth: Vec<f64> = (0..20_000)
        .map(|_| 0.05 + 0.9 * chance.random::<f64>())
        .collect();
    let happened: Vec<bool> = truth.iter().map(|p| chance.random::<f64>() < *p).collect();
    let scores = |forecast: &[f64]| {
        let brier = brier(forecast, &happened, Bins::Even(10), 0.9)
            .expect("scores")
            .score
            .value;
        (
            brier,
            log_score(forecast, &happened, 0.9).expect("scores").value,
        )
    };
    let best = scores(&truth);
    for change in [0.8, 1.2] {
        let other: Vec<f64> = truth
            .iter()
            .map(|p| 0.5 + change * (p - 0.5))
            .map(|p| p.clamp(0.01, 0.99))
            .collect();
        let other = scores(&other);
        assert!(other.0 > best.0 && other.1 > best.1, "{change}");
    }
}

#[test]
fn the_score_of_draws_is_the_integral_of_its_definition() {
    let mut chance = ChaCha8Rng::seed_from_u64(1);
    let draws: Vec<f64> = (0..9).map(|_| 10.0 * chance.random::<f64>()).collect();
    for outcome in [-2.0, 3.3, 12.0] {
        let step = 1e-3;
        let integral: f64 = (0..30_000)
            .map(|k| {
                let x = -10.0 + step * (f64::from(k) + 0.5);
                let below = draws.iter().filter(|d| **d <= x).count() as f64 / 9.0;
                let happened = f64::from(u8::from(outcome <= x));
                step * (below - happened).powi(2)
            })
            .sum();
        let own = crps_of_draws(&[draws.clone(), draws.clone()], &[outcome; 2], false, 0.9);
        assert!(
            (own.expect("scores").value - integral).abs() < 2e-3,
            "{outcome}"
        );
    }
    // A large common size does not cancel the score away.
    let far: Vec<f64> = draws.iter().map(|d| d + 1e12).collect();
    let near = crps_of_draws(&[draws.clone(), draws], &[3.0; 2], true, 0.9)
        .expect("scores")
        .value;
    let far = crps_of_draws(&[far.clone(), far], &[1e12 + 3.0; 2], true, 0.9)
        .expect("scores")
        .value;
    assert!((far - near).abs() < 1e-3);
}

#[test]
fn impossible_forecasts_are_refused() {
    let yes = [true, false];
    for forecast in [[-0.1, 0.5], [0.5, 1.1], [f64::NAN, 0.5]] {
        assert!(brier(&forecast, &yes, Bins::Distinct, 0.9).is_err());
        assert!(
            log_score(&forecast, &yes, 0.9).is_err()
                && calibration(&forecast, &yes, Bins::Distinct, 0.9).is_err()
        );
    }
    assert!(brier(&[0.5], &[true], Bins::Distinct, 0.9).is_err());
    assert!(brier(&[0.5, 0.5], &yes, Bins::Even(0), 0.9).is_err());
    assert!(brier(&[0.5, 0.5], &[true], Bins::Distinct, 0.9).is_err());
    assert!(crps_normal(&[0.0; 2], &[-1.0, 1.0], &[0.0; 2], 0.9).is_err());
    assert!(crps_of_draws(&[vec![], vec![1.0]], &[0.0; 2], false, 0.9).is_err());
    assert!(crps_of_draws(&[vec![1.0], vec![1.0]], &[0.0; 2], true, 0.9).is_err());
    assert!(pit((&[0.0; 2], &[0.0; 2]), &[0.0; 2], 10).is_err());
    assert!(pit_of_draws(&[vec![1.0], vec![f64::NAN]], &[0.0; 2], 10).is_err());
    assert!(interval_coverage((&[1.0; 2], &[0.0; 2]), &[0.0; 2], (0.9, 0.9)).is_err());
    let always = brier(&[0.2, 0.4], &[true, true], Bins::Distinct, 0.9).expect("scores");
    assert!(always.skill.is_nan() && always.uncertainty == 0.0);
}
