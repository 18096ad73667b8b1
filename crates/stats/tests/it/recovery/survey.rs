//! Are reliability, people's tastes and the worth of features found again, at the rate that the intervals claim?

use odla_stats::survey::choice::{ChoiceData, fit};
use odla_stats::survey::kano::classify;
use odla_stats::survey::reliability::cronbach_alpha;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::assert_coverage;

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// What is left of a utility when chance has had its say (Gumbel).
fn noisy(utility: f64, rng: &mut ChaCha8Rng) -> f64 {
    utility - (-rng.random::<f64>().max(1e-300).ln()).ln()
}

fn best(values: &[f64]) -> usize {
    let best = (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b]));
    best.expect("there are values")
}

#[test]
fn alpha_of_skewed_items_of_unequal_quality_is_covered() {
    // Loadings differ, so that alpha itself (not reliability) is what is estimated; its value from the covariances.
    let loadings = [0.9, 0.7, 0.6, 0.4];
    let (k, tries) = (loadings.len() as f64, 600);
    let trace: f64 = loadings.iter().map(|l| l * l + 1.0).sum();
    let whole = loadings.iter().sum::<f64>().powi(2) + k;
    let truth = k / (k - 1.0) * (1.0 - trace / whole);
    let names: Vec<String> = (0..4).map(|j| format!("item {j}")).collect();
    let mut hits = 0;
    for seed in 0..tries {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut items = vec![Vec::new(); 4];
        for _ in 0..300 {
            // Exponential level and errors: strongly skewed.
            let level = -(1.0 - rng.random::<f64>()).ln();
            for (item, loading) in items.iter_mut().zip(loadings) {
                item.push(loading * level - (1.0 - rng.random::<f64>()).ln());
            }
        }
        let found = cronbach_alpha(&items, &names, None, 0.9).expect("sound");
        hits += u64::from(found.alpha.interval.contains(truth));
    }
    // The interval rests on the normal approximation, a little short for skewed answers of 300.
    let rate = hits as f64 / tries as f64;
    assert!((0.85..=0.93).contains(&rate), "{rate}");
}

#[test]
fn common_logit_coefficients_are_covered_when_people_answer_alike() {
    let truth = [1.0, -0.6];
    let names = ["a".to_owned(), "b".to_owned()];
    let (mut hits, mut tries) = (0, 0);
    for seed in 0..300 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut columns = vec![Vec::new(); 2];
        let (mut sets, mut chosen, mut respondents) = (Vec::new(), Vec::new(), Vec::new());
        for set in 0..400 {
            let rows: Vec<[f64; 2]> = (0..3)
                .map(|_| [normal(&mut rng), normal(&mut rng)])
                .collect();
            let values: Vec<f64> = (rows.iter())
                .map(|x| noisy(truth[0] * x[0] + truth[1] * x[1], &mut rng))
                .collect();
            let best = best(&values);
            for (k, x) in rows.iter().enumerate() {
                columns[0].push(x[0]);
                columns[1].push(x[1]);
                sets.push(set);
                chosen.push(k == best);
                respondents.push(set / 4);
            }
        }
        let data = ChoiceData {
            columns: &columns,
            names: &names,
            sets: &sets,
            chosen: &chosen,
            respondents: &respondents,
        };
        let found = fit(&data, 0.0, 0.9).expect("sound");
        for (coefficient, truth) in found.coefficients.iter().zip(truth) {
            hits += u64::from(coefficient.interval.contains(truth));
            tries += 1;
        }
    }
    assert_coverage("conditional logit", (hits, tries), 0.9);
}

#[test]
fn kano_coefficients_are_covered() {
    let (mut hits, mut tries) = (0, 0);
    for seed in 0..500 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut present, mut absent) = (Vec::new(), Vec::new());
        for _ in 0..200 {
            // A 0.3, O 0.25, M 0.2, I 0.25 of those who fall in the four.
            let (p, a) = match rng.random::<f64>() {
                u if u < 0.30 => (1.0, 3.0),
                u if u < 0.55 => (1.0, 5.0),
                u if u < 0.75 => (3.0, 5.0),
                _ => (3.0, 3.0),
            };
            present.push(p);
            absent.push(a);
        }
        let found = classify(&present, &absent, None, 0.9).expect("sound");
        hits += u64::from(found.satisfaction.interval.contains(0.55));
        hits += u64::from(found.dissatisfaction.interval.contains(-0.45));
        tries += 2;
    }
    assert_coverage("Kano coefficients", (hits, tries), 0.9);
}
