//! Is a known hazard ratio found again at the rate that its interval claims, with ties, late entry and censoring?

use odla_stats::regression::Weights;
use odla_stats::survival::cox::{CoxConfig, CoxSample, Ties};
use odla_stats::survival::{Spells, cox};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const TRUTH: [f64; 2] = [0.5, 0.0];

struct Cohort {
    entry: Vec<f64>,
    time: Vec<f64>,
    event: Vec<bool>,
    columns: Vec<Vec<f64>>,
}

/// Exponential times in tied weeks, censored at the latest after 40, some seen only from a later week on.
fn simulate(rows: usize, seed: u64) -> Cohort {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut cohort = Cohort {
        entry: Vec::new(),
        time: Vec::new(),
        event: Vec::new(),
        columns: vec![Vec::new(); 2],
    };
    while cohort.time.len() < rows {
        let x = [
            rng.random::<f64>() * 2.0,
            f64::from(rng.random::<f64>() < 0.5),
        ];
        let rate = 0.01 * (TRUTH[0] * x[0] + TRUTH[1] * x[1]).exp();
        let happens = (-rng.random::<f64>().ln() / rate).ceil();
        let censored = (20.0 + 20.0 * rng.random::<f64>()).ceil();
        let entry = (10.0 * rng.random::<f64>()).floor();
        let time = happens.min(censored);
        // Who is gone before being seen never enters the cohort.
        if time > entry {
            cohort.entry.push(entry);
            cohort.time.push(time);
            cohort.event.push(happens <= censored);
            cohort
                .columns
                .iter_mut()
                .zip(x)
                .for_each(|(c, x)| c.push(x));
        }
    }
    cohort
}

#[test]
fn cox_intervals_cover_and_null_columns_are_called_at_the_stated_rate() {
    let names = ["x".to_owned(), "null".to_owned()];
    for robust in [false, true] {
        let (mut covered, mut called) = (0, 0);
        for seed in 0..200 {
            let cohort = simulate(400, seed);
            let sample = CoxSample {
                spells: Spells {
                    entry: Some(&cohort.entry),
                    time: &cohort.time,
                    event: &cohort.event,
                    weights: None,
                },
                columns: &cohort.columns,
                names: &names,
                weights: Weights::Equal,
                strata: None,
                clusters: None,
            };
            let config = CoxConfig {
                ties: Ties::Efron,
                robust,
                level: 0.90,
            };
            let fit = cox::fit(&sample, &config).unwrap();
            for (coefficient, truth) in fit.coefficients.iter().zip(TRUTH) {
                covered += usize::from(coefficient.estimate.interval.contains(truth));
            }
            called += usize::from(fit.coefficients[1].p_value <= 0.10);
        }
        eprintln!("robust {robust}: {covered} of 400 cover, null called {called} of 200");
        assert!((344..=376).contains(&covered) && called <= 33);
    }
}
