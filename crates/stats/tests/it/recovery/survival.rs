//! Is a known hazard ratio found again at the rate that its interval claims, with ties, late entry and censoring?

use odla_stats::regression::Weights;
use odla_stats::survival::cox::{CoxConfig, CoxSample, Ties};
use odla_stats::survival::{Spells, cox, frailty};
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

/// Groups of six with a gamma frailty of this variance; a column that varies within groups and one that does not.
fn grouped(variance: f64, seed: u64) -> (Cohort, Vec<usize>) {
    use rand_distr::{Distribution, Gamma};
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut cohort = Cohort {
        entry: Vec::new(),
        time: Vec::new(),
        event: Vec::new(),
        columns: vec![Vec::new(); 2],
    };
    let mut groups = Vec::new();
    for group in 0..80 {
        let frailty = match variance > 0.0 {
            true => Gamma::new(1.0 / variance, variance)
                .expect("positive")
                .sample(&mut rng),
            false => 1.0,
        };
        let shared = rng.random::<f64>();
        for _ in 0..6 {
            let own = f64::from(rng.random::<f64>() < 0.5);
            let rate = 0.02 * frailty * (FRAILTY_TRUTH[0] * own + FRAILTY_TRUTH[1] * shared).exp();
            let happens = (-rng.random::<f64>().ln() / rate).ceil();
            cohort.time.push(happens.min(60.0));
            cohort.event.push(happens <= 60.0);
            cohort.columns[0].push(own);
            cohort.columns[1].push(shared);
            groups.push(group);
        }
    }
    (cohort, groups)
}

const FRAILTY_TRUTH: [f64; 2] = [0.7, -0.5];

fn fit_grouped((cohort, groups): &(Cohort, Vec<usize>)) -> frailty::FrailtyCoxFit {
    let names = ["own".to_owned(), "shared".to_owned()];
    let sample = CoxSample {
        spells: Spells {
            entry: None,
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
    frailty::fit(&sample, groups, (Ties::Efron, 0.90)).expect("fits")
}

#[test]
fn frailty_of_groups_is_found_again_and_its_intervals_cover() {
    let (mut own, mut shared, mut variance) = (0, 0, 0);
    let mut sum = 0.0;
    for seed in 0..300 {
        let fit = fit_grouped(&grouped(0.6, seed));
        let covers = |j: usize| {
            let interval = fit.coefficients[j].estimate.interval;
            u64::from(interval.contains(FRAILTY_TRUTH[j]))
        };
        own += covers(0);
        shared += covers(1);
        variance += u64::from(fit.variance.interval.contains(0.6));
        sum += fit.variance.value;
    }
    eprintln!(
        "own {own}, shared {shared}, variance {variance} of 300, mean {}",
        sum / 300.0
    );
    super::assert_coverage("own column", (own, 300), 0.90);
    super::assert_coverage("shared column", (shared, 300), 0.90);
    super::assert_coverage("variance", (variance, 300), 0.90);
    assert!((sum / 300.0 - 0.6).abs() < 0.04);
}

#[test]
fn groups_that_do_not_differ_are_called_different_at_the_stated_rate() {
    let (mut called, mut none) = (0, 0);
    for seed in 0..300 {
        let fit = fit_grouped(&grouped(0.0, 1_000 + seed));
        called += u64::from(fit.variance_p <= 0.10);
        none += u64::from(fit.variance.value == 0.0);
        let lower = fit.variance.interval.lower;
        assert!(lower == 0.0 || fit.variance_p <= 0.05 + 1e-9);
    }
    eprintln!("{called} of 300 called, {none} without variance");
    super::assert_coverage("no frailty", (called, 300), 0.10);
    // Half of the time with many groups; more often with 80, since what the columns take up looks like likeness.
    assert!((135..=200).contains(&none), "{none}");
}

#[test]
fn what_a_frailty_fit_simulates_has_its_frailty_again() {
    let truth = fit_grouped(&grouped(0.6, 7));
    let (cohort, groups) = grouped(0.6, 8);
    let simulated = truth.simulate(&cohort.columns, &groups, 11).unwrap();
    assert_eq!(
        simulated,
        truth.simulate(&cohort.columns, &groups, 11).unwrap()
    );
    let again = Cohort {
        time: simulated.iter().map(|s| s.0).collect(),
        event: simulated.iter().map(|s| s.1).collect(),
        ..cohort
    };
    let fit = fit_grouped(&(again, groups));
    let gap = fit.variance.value - truth.variance.value;
    assert!(gap.abs() < 3.0 * truth.variance.standard_error, "{gap}");
    for (ours, theirs) in fit.coefficients.iter().zip(&truth.coefficients) {
        let gap = ours.estimate.value - theirs.estimate.value;
        assert!(gap.abs() < 4.0 * theirs.estimate.standard_error, "{gap}");
    }
    // Of the frailest group fewer are left than of one that is not known yet.
    let row = [1.0, 0.5];
    let at = |group| truth.survival(&row, group, (0, 30.0));
    let frailest = (0..80).max_by(|a, b| truth.groups[*a].total_cmp(&truth.groups[*b]));
    assert!(at(None).unwrap() > at(frailest).unwrap() && at(Some(80)).is_none());
    assert!(truth.kendall() > 0.1 && truth.kendall() < 0.4);
}
