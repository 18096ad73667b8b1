//! Do the intervals of the regressions cover at their level, also with few clusters?

use odla_stats::regression::logistic::Change;
use odla_stats::regression::{
    Errors, FitConfig, Sample, Weights, linear, logistic, mixed, within_between,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

const LEVEL: f64 = 0.90;

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// Groups of unlike size with a shared deviation; the column's mean differs between groups.
struct Groups {
    outcome: Vec<f64>,
    column: Vec<Vec<f64>>,
    group: Vec<usize>,
}

fn grouped(groups: usize, within: f64, between: f64, seed: u64) -> Groups {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut data = Groups {
        outcome: Vec::new(),
        column: vec![Vec::new()],
        group: Vec::new(),
    };
    for group in 0..groups {
        let level = normal(&mut rng);
        let shared = 0.5 * normal(&mut rng);
        let xs: Vec<f64> = (0..5 + group % 20)
            .map(|_| level + normal(&mut rng))
            .collect();
        let mean = xs.iter().sum::<f64>() / xs.len() as f64;
        for x in xs {
            let y = within * (x - mean) + between * mean + shared + normal(&mut rng);
            data.outcome.push(y);
            data.column[0].push(x);
            data.group.push(group);
        }
    }
    data
}

fn sample<'a>(data: &'a Groups, names: &'a [String]) -> Sample<'a> {
    Sample {
        outcome: &data.outcome,
        columns: &data.column,
        names,
        weights: Weights::Equal,
        clusters: Some(&data.group),
    }
}

fn config(errors: Errors) -> FitConfig {
    FitConfig {
        errors,
        level: LEVEL,
    }
}

#[test]
fn with_twelve_clusters_bias_reduced_intervals_cover_where_classical_ones_do_not() {
    let names = ["x".to_owned()];
    let runs = 400;
    let mut covered = [0; 3];
    for seed in 0..runs {
        let data = grouped(12, 0.3, 0.3, seed);
        for (count, errors) in covered
            .iter_mut()
            .zip([Errors::Classical, Errors::Cr1, Errors::Cr2])
        {
            let fit = linear::fit(&sample(&data, &names), &config(errors)).unwrap();
            *count += usize::from(fit.coefficients.table[1].estimate.interval.contains(0.3));
        }
    }
    eprintln!("classical, CR1, CR2 cover {covered:?} of {runs}");
    assert!(covered[0] < 320 && (344..=384).contains(&covered[2]));
}

#[test]
fn effects_within_and_between_groups_are_found_apart() {
    let names = ["x".to_owned()];
    let (mut within, mut between, mut contextual) = (0, 0, 0);
    for seed in 0..200 {
        let data = grouped(25, 0.1, 0.8, seed);
        let split = within_between::fit(&sample(&data, &names), &names, &config(Errors::Cr2));
        let effect = &split.unwrap().effects[0];
        within += usize::from(effect.within.interval.contains(0.1));
        between += usize::from(effect.between.interval.contains(0.8));
        contextual += usize::from(effect.contextual.interval.contains(0.7));
    }
    eprintln!("within {within}, between {between}, contextual {contextual} of 200 cover");
    for covered in [within, between, contextual] {
        assert!((168..=194).contains(&covered));
    }
}

#[test]
fn variance_between_groups_is_found_by_restricted_likelihood() {
    let names = ["x".to_owned()];
    let fits: Vec<f64> = (0..60)
        .map(|seed| {
            let data = grouped(40, 0.3, 0.3, seed);
            mixed::fit(&sample(&data, &names), LEVEL)
                .unwrap()
                .between_variance
        })
        .collect();
    let mean = fits.iter().sum::<f64>() / 60.0;
    assert!((mean - 0.25).abs() < 0.03, "{mean}");
}

/// Share of a population who stay, as the column rises by one, by direct averaging over a large population.
fn simulated_choices(rows: usize, seed: u64) -> (Vec<f64>, Vec<Vec<f64>>, f64) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut columns = vec![Vec::new(); 2];
    let mut outcome = Vec::new();
    let mut effect = 0.0;
    let chance = |eta: f64| 1.0 / (1.0 + (-eta).exp());
    for _ in 0..rows {
        let (x, z) = (normal(&mut rng), normal(&mut rng));
        let eta = 0.5 + 0.7 * x - 0.4 * z;
        effect += (chance(eta + 0.7) - chance(eta)) / rows as f64;
        outcome.push(f64::from(rng.random::<f64>() < chance(eta)));
        columns[0].push(x);
        columns[1].push(z);
    }
    (outcome, columns, effect)
}

#[test]
fn difference_in_retention_per_standard_deviation_is_covered() {
    let names = ["x".to_owned(), "z".to_owned()];
    for errors in [Errors::Classical, Errors::Hc1] {
        let mut covered = 0;
        for seed in 0..300 {
            let (outcome, columns, truth) = simulated_choices(300, seed);
            let sample = Sample {
                outcome: &outcome,
                columns: &columns,
                names: &names,
                weights: Weights::Equal,
                clusters: None,
            };
            let fit = logistic::fit(&sample, &config(errors)).unwrap();
            let effect =
                logistic::average_effect(&fit, &sample, ("x", Change::By(1.0)), LEVEL).unwrap();
            covered += usize::from(effect.interval.contains(truth));
        }
        eprintln!("{errors:?}: {covered} of 300 cover");
        assert!((255..=285).contains(&covered));
    }
}
