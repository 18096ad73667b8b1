//! What holds for every fit with columns: order, repetition, scale and refusal of nonsense.

use odla_stats::StatsError;
use odla_stats::importance::{DriverConfig, DriverData, analyze, lmg};
use odla_stats::regression::{Errors, FitConfig, Sample, Weights, linear, logistic};
use odla_stats::survival::{Spells, kaplan_meier};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One table on which every fit can be made.
#[derive(Clone)]
struct Table {
    yes: Vec<f64>,
    money: Vec<f64>,
    time: Vec<f64>,
    columns: Vec<Vec<f64>>,
    clusters: Vec<usize>,
    weights: Vec<f64>,
}

fn table(rows: usize) -> Table {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let mut table = Table {
        yes: Vec::new(),
        money: Vec::new(),
        time: Vec::new(),
        columns: vec![Vec::new(); 2],
        clusters: Vec::new(),
        weights: Vec::new(),
    };
    for row in 0..rows {
        let (x, z) = (rng.random::<f64>(), 50.0 + 9.0 * rng.random::<f64>());
        table
            .yes
            .push(f64::from(rng.random::<f64>() < 0.3 + 0.4 * x));
        table
            .money
            .push(1000.0 + 300.0 * x - 4.0 * z + 90.0 * rng.random::<f64>());
        table
            .time
            .push((1.0 + 30.0 * rng.random::<f64>() / (1.0 + x)).floor());
        table.columns[0].push(x);
        table.columns[1].push(z);
        table.clusters.push(row % 12);
        table.weights.push(1.0 + (row % 3) as f64);
    }
    table
}

fn names() -> Vec<String> {
    vec!["x".to_owned(), "z".to_owned()]
}

fn config(errors: Errors) -> FitConfig {
    FitConfig { errors, level: 0.9 }
}

/// A fit's coefficients and standard errors.
type Figures = Result<Vec<(f64, f64)>, StatsError>;

fn figures(coefficients: &[odla_stats::regression::Coefficient]) -> Vec<(f64, f64)> {
    let pair =
        |c: &odla_stats::regression::Coefficient| (c.estimate.value, c.estimate.standard_error);
    coefficients.iter().map(pair).collect()
}

fn assert_same(ours: &[(String, Figures)], theirs: &[(String, Figures)], relative: f64) {
    for ((name, ours), (_, theirs)) in ours.iter().zip(theirs) {
        let (ours, theirs) = (
            ours.as_ref().expect("the case is sound"),
            theirs.as_ref().expect("the case is sound"),
        );
        for (a, b) in ours.iter().zip(theirs) {
            let close = |a: f64, b: f64| (a - b).abs() <= relative * (a.abs() + b.abs() + 1e-9);
            assert!(
                close(a.0, b.0) && close(a.1, b.1),
                "{name}: {a:?} is not {b:?}"
            );
        }
    }
}

#[test]
fn only_ratios_of_sampling_weights_matter() {
    let table = table(240);
    let tenfold: Vec<f64> = table.weights.iter().map(|w| 10.0 * w).collect();
    let names = names();
    for errors in [Errors::Hc1, Errors::Hc3, Errors::Cr1, Errors::Cr2] {
        let fit = |weights| {
            let sample = Sample {
                outcome: &table.money,
                columns: &table.columns,
                names: &names,
                weights: Weights::Sampling(weights),
                clusters: Some(&table.clusters),
            };
            let fit = linear::fit(&sample, &config(errors)).unwrap();
            vec![(String::new(), Ok(figures(&fit.coefficients.table)))]
        };
        assert_same(&fit(&table.weights), &fit(&tenfold), 1e-9);
    }
}

#[test]
fn scale_of_money_carries_through() {
    let table = table(200);
    let names = names();
    let fit = |factor: f64| {
        let money: Vec<f64> = table.money.iter().map(|m| factor * m).collect();
        let sample = Sample {
            outcome: &money,
            columns: &table.columns,
            names: &names,
            weights: Weights::Equal,
            clusters: Some(&table.clusters),
        };
        let fit = linear::fit(&sample, &config(Errors::Cr2)).unwrap();
        let back: Vec<(f64, f64)> = (figures(&fit.coefficients.table).iter())
            .map(|(b, s)| (b / factor, s / factor))
            .collect();
        vec![(String::new(), Ok(back))]
    };
    assert_same(&fit(1.0), &fit(1e9), 1e-8);
    assert_same(&fit(1.0), &fit(1e-6), 1e-8);
}

#[test]
fn collinear_constant_and_separating_columns_are_named() {
    let mut table = table(100);
    let names = ["x".to_owned(), "z".to_owned(), "third".to_owned()];
    let third = || "third".to_owned();
    let classical = config(Errors::Classical);
    let fits = |table: &Table, column: Vec<f64>| {
        let mut columns = table.columns.clone();
        columns.push(column);
        let sample = Sample {
            outcome: &table.yes,
            columns: &columns,
            names: &names,
            weights: Weights::Equal,
            clusters: None,
        };
        (
            linear::fit(&sample, &classical).err(),
            logistic::fit(&sample, &classical).err(),
        )
    };
    let twin = table.columns[0].iter().map(|x| 3.0 * x - 1.0).collect();
    let collinear = Some(StatsError::Collinear { column: third() });
    assert_eq!(fits(&table, twin), (collinear.clone(), collinear));
    let constant = Some(StatsError::NoVariation { what: third() });
    assert_eq!(fits(&table, vec![4.0; 100]), (constant.clone(), constant));
    // A yes exactly where the column is 2, then also at one row where it is 0: complete and quasi-complete separation.
    let column: Vec<f64> = table.yes.iter().map(|y| 2.0 * y).collect();
    let separated = Some(StatsError::Separation { column: third() });
    assert_eq!(fits(&table, column.clone()).1, separated);
    let row = table.yes.iter().position(|y| *y == 0.0).unwrap();
    table.yes[row] = 1.0;
    assert_eq!(fits(&table, column).1, separated);
}

#[test]
fn a_survival_curve_falls_from_one_and_stays_in_its_range() {
    let table = table(200);
    let event: Vec<bool> = table.yes.iter().map(|y| *y == 1.0).collect();
    let spells = Spells {
        entry: None,
        time: &table.time,
        event: &event,
        weights: Some(&table.weights),
    };
    let curve = kaplan_meier::fit(&spells, 0.9).unwrap();
    let mut before = 1.0;
    for step in &curve.steps {
        let survival = step.survival;
        assert!(survival.value <= before && survival.interval.contains(survival.value));
        assert!(survival.interval.lower >= 0.0 && survival.interval.upper <= 1.0);
        before = survival.value;
    }
}

/// A survey with answers on a scale of ten, some missing.
fn survey(rows: usize) -> (Vec<f64>, Vec<Vec<f64>>, Vec<String>) {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let mut attributes = vec![Vec::new(); 4];
    let mut outcome = Vec::new();
    for _ in 0..rows {
        let mood = rng.random::<f64>();
        let mut total = 3.0 * rng.random::<f64>();
        for (j, attribute) in attributes.iter_mut().enumerate() {
            let x = (1.0 + 5.0 * mood + 4.0 * rng.random::<f64>()).round();
            total += x * j as f64;
            attribute.push(if rng.random::<f64>() < 0.2 {
                f64::NAN
            } else {
                x
            });
        }
        outcome.push(total);
    }
    let names = (0..4).map(|j| format!("a{j}")).collect();
    (outcome, attributes, names)
}

fn drivers(
    outcome: &[f64],
    attributes: &[Vec<f64>],
    names: &[String],
) -> Result<odla_stats::importance::DriverResult, StatsError> {
    let data = DriverData {
        outcome,
        attributes,
        names,
        weights: &[],
    };
    let config = DriverConfig {
        bootstrap: 40,
        ..DriverConfig::standard()
    };
    analyze(&data, &config)
}

#[test]
fn drivers_are_the_same_to_the_bit_on_one_thread_and_on_four() {
    let (outcome, attributes, names) = survey(200);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let result = pool.install(|| drivers(&outcome, &attributes, &names).unwrap());
        format!("{result:?}")
    };
    assert_eq!(on(1), on(4));
}

#[test]
fn shares_of_drivers_sum_to_what_is_explained_and_do_not_depend_on_units() {
    let (outcome, attributes, names) = survey(200);
    let result = drivers(&outcome, &attributes, &names).unwrap();
    let sum: f64 = result.drivers.iter().map(|d| d.lmg).sum();
    assert!((sum - result.r2).abs() < 1e-9);
    let scaled: Vec<f64> = outcome.iter().map(|y| 1000.0 * y).collect();
    let again = drivers(&scaled, &attributes, &names).unwrap();
    for (a, b) in result.drivers.iter().zip(&again.drivers) {
        assert!((a.lmg - b.lmg).abs() < 1e-6 && (1000.0 * a.effect / b.effect - 1.0).abs() < 1e-5);
        assert!((a.p_value - b.p_value).abs() < 1e-4);
    }
}

#[test]
fn attributes_that_say_nothing_are_left_out_with_a_caution_and_nonsense_is_refused() {
    let (outcome, mut attributes, mut names) = survey(200);
    for (name, column) in [
        ("constant", vec![5.0; 200]),
        ("never asked", vec![f64::NAN; 200]),
        ("twin", attributes[1].clone()),
    ] {
        names.push(name.to_owned());
        attributes.push(column);
    }
    let result = drivers(&outcome, &attributes, &names).unwrap();
    assert_eq!(result.drivers.len(), 4);
    let dropped = result
        .cautions
        .iter()
        .filter(|c| c.key() == "column_dropped");
    assert_eq!(dropped.count(), 3);
    assert!(drivers(&[5.0; 200], &attributes[..4], &names[..4]).is_err());
    assert!(drivers(&[f64::NAN; 200], &attributes[..4], &names[..4]).is_err());
    assert!(drivers(&outcome[..3], &attributes[..4], &names[..4]).is_err());
    assert!(drivers(&[], &[], &[]).is_err());
    assert!(drivers(&[1.0], &[vec![f64::INFINITY]], &names[..1]).is_err());
    assert!(lmg::shares(&nalgebra::DMatrix::zeros(0, 0)).is_err());
}
