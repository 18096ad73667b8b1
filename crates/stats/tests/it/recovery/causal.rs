//! Is a known effect found where the raw comparison is wrong, and does the interval keep its level?

use odla_stats::causal::aipw::{self, AipwConfig, Observational};
use odla_stats::causal::randomized;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}

#[test]
fn adjusted_intervals_cover_where_the_best_customers_got_the_activity() {
    let names = ["x".to_owned(), "z".to_owned()];
    let (mut covered, mut raw) = (0, 0);
    for seed in 0..150 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut columns = vec![Vec::new(); 2];
        let (mut treated, mut outcome) = (Vec::new(), Vec::new());
        for _ in 0..500 {
            let (x, z) = (normal(&mut rng), normal(&mut rng));
            let chance = 1.0 / (1.0 + (0.5 - 0.8 * x + 0.3 * z).exp());
            let gets = rng.random::<f64>() < chance;
            treated.push(gets);
            // The truth is zero on average: those with high x gain, those with low x lose.
            outcome.push(2.0 * x - z + 0.5 * x * f64::from(gets) + normal(&mut rng));
            columns[0].push(x);
            columns[1].push(z);
        }
        let data = Observational {
            outcome: &outcome,
            treated: &treated,
            columns: &columns,
            names: &names,
            clusters: None,
        };
        let config = AipwConfig {
            repeats: 2,
            seed,
            ..AipwConfig::standard()
        };
        let result = aipw::estimate(&data, &config).unwrap();
        covered += usize::from(result.effect.interval.contains(0.0));
        raw += usize::from(result.unadjusted.interval.contains(0.0));
    }
    eprintln!("adjusted {covered}, raw {raw} of 150 cover");
    assert!((126..=145).contains(&covered) && raw < 10);
}

#[test]
fn a_trial_without_effect_is_called_at_the_nominal_rate_and_foreknowledge_sharpens_it() {
    let (mut called, mut narrower) = (0, 0.0);
    for seed in 0..500 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let before: Vec<f64> = (0..80).map(|_| normal(&mut rng).exp()).collect();
        let treated: Vec<bool> = (0..80).map(|_| rng.random::<f64>() < 0.4).collect();
        let outcome: Vec<f64> = before.iter().map(|b| b + 0.5 * normal(&mut rng)).collect();
        let plain = randomized::compare(&outcome, &treated, None, 0.9).unwrap();
        let sharp = randomized::compare(&outcome, &treated, Some(&before), 0.9).unwrap();
        called += usize::from(sharp.p_value <= 0.10);
        narrower += sharp.effect.standard_error / plain.effect.standard_error / 500.0;
    }
    eprintln!("{called} of 500 called, errors {narrower:.2} as wide");
    assert!((30..=70).contains(&called) && narrower < 0.5);
}
