//! What holds for path plans, trials and adjusted comparisons: order, scale and refusal of nonsense.

use odla_stats::StatsError;
use odla_stats::causal::aipw::{self, AipwConfig, AipwResult, Observational};
use odla_stats::causal::randomized;
use odla_stats::pls::{self, Block, Mode, PathPlan, PlsConfig, PlsFit, Scheme};
use odla_stats::regression::{CrossProducts, Errors, FitConfig, Sample, Weights, linear};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Six indicators of three constructs that follow each other.
fn indicators(rows: usize) -> Vec<Vec<f64>> {
    let mut rng = ChaCha8Rng::seed_from_u64(21);
    let mut columns = vec![Vec::new(); 6];
    for _ in 0..rows {
        let mut level: f64 = rng.random();
        for block in 0..3 {
            for column in &mut columns[2 * block..2 * block + 2] {
                column.push(level + 0.4 * rng.random::<f64>());
            }
            level = 0.7 * level + 0.5 * rng.random::<f64>();
        }
    }
    columns
}

fn plan(paths: &[(usize, usize)]) -> PathPlan {
    let block = |number: usize| Block {
        name: format!("construct {number}"),
        indicators: vec![2 * number, 2 * number + 1],
        mode: if number == 1 { Mode::B } else { Mode::A },
    };
    PathPlan {
        blocks: (0..3).map(block).collect(),
        paths: paths.to_vec(),
    }
}

fn fit(columns: &[Vec<f64>], paths: &[(usize, usize)]) -> Result<PlsFit, StatsError> {
    let config = PlsConfig {
        scheme: Scheme::Path,
        consistent: false,
        bootstrap: 20,
        seed: 3,
        level: 0.9,
    };
    pls::fit(columns, &[], &plan(paths), &config)
}

const CHAIN: [(usize, usize); 3] = [(0, 1), (1, 2), (0, 2)];

#[test]
fn paths_do_not_depend_on_units_or_the_order_of_respondents() {
    let columns = indicators(120);
    let changed: Vec<Vec<f64>> = (columns.iter())
        .map(|c| c.iter().rev().map(|x| 40.0 * x - 7.0).collect())
        .collect();
    let (ours, theirs) = (
        fit(&columns, &CHAIN).unwrap(),
        fit(&changed, &CHAIN).unwrap(),
    );
    for (a, b) in ours.paths.iter().zip(&theirs.paths) {
        assert!((a.coefficient.value - b.coefficient.value).abs() < 1e-7);
    }
}

#[test]
fn a_few_skipped_questions_hardly_move_the_paths() {
    let mut columns = indicators(400);
    let complete = fit(&columns, &CHAIN).unwrap();
    for (number, column) in columns.iter_mut().enumerate() {
        let skipped = column.iter_mut().skip(number).step_by(17);
        skipped.for_each(|x| *x = f64::NAN);
    }
    let holed = fit(&columns, &CHAIN).unwrap();
    for (a, b) in complete.paths.iter().zip(&holed.paths) {
        assert!((a.coefficient.value - b.coefficient.value).abs() < 0.05);
        assert!(b.coefficient.standard_error.is_finite());
    }
}

#[test]
fn circles_lone_constructs_and_constant_indicators_are_refused() {
    let columns = indicators(60);
    assert!(fit(&columns, &[(0, 1), (1, 2), (2, 0)]).is_err());
    assert!(fit(&columns, &[(0, 1)]).is_err());
    assert!(fit(&columns, &[(0, 1), (1, 9)]).is_err());
    assert!(fit(&columns[..5], &CHAIN).is_err());
    let mut constant = columns.clone();
    constant[4] = vec![3.0; 60];
    assert!(fit(&constant, &CHAIN).is_err());
    let empty = vec![vec![f64::NAN; 60]; 6];
    assert!(fit(&empty, &CHAIN).is_err());
}

fn adjusted(outcome: &[f64], treated: &[bool], column: &[f64]) -> Result<AipwResult, StatsError> {
    let (columns, names) = ([column.to_vec()], ["x".to_owned()]);
    let data = Observational {
        outcome,
        treated,
        columns: &columns,
        names: &names,
        clusters: None,
    };
    aipw::estimate(&data, &AipwConfig::standard())
}

#[test]
fn adjusted_comparisons_refuse_one_arm_and_perfect_selection_and_carry_the_scale_of_money() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let column: Vec<f64> = (0..200).map(|_| rng.random()).collect();
    let treated: Vec<bool> = column
        .iter()
        .map(|x| rng.random::<f64>() < 0.3 + 0.4 * x)
        .collect();
    let outcome: Vec<f64> = column.iter().map(|x| x + rng.random::<f64>()).collect();
    let result = adjusted(&outcome, &treated, &column).unwrap();
    let money: Vec<f64> = outcome.iter().map(|y| 1e6 * y).collect();
    let scaled = adjusted(&money, &treated, &column).unwrap();
    assert!((scaled.effect.value / result.effect.value / 1e6 - 1.0).abs() < 1e-9);
    assert!((scaled.p_value - result.p_value).abs() < 1e-9);
    let selected: Vec<bool> = column.iter().map(|x| *x > 0.5).collect();
    let error = adjusted(&outcome, &selected, &column).unwrap_err();
    assert_eq!(error.key(), "separation");
    assert!(adjusted(&outcome, &[true; 200], &column).is_err());
    assert!(adjusted(&outcome, &treated, &[1.0; 200]).is_err());
    assert!(adjusted(&[f64::NAN; 200], &treated, &column).is_err());
    assert!(randomized::compare(&[], &[], None, 0.9).is_err());
}

#[test]
fn a_fit_from_merged_reductions_is_the_fit_from_rows() {
    let columns = indicators(300);
    let names: Vec<String> = (0..2).map(|j| format!("x{j}")).collect();
    let explained = [columns[0].clone(), columns[1].clone()];
    let sample = Sample {
        outcome: &columns[5],
        columns: &explained,
        names: &names,
        weights: Weights::Equal,
        clusters: None,
    };
    let config = FitConfig {
        errors: Errors::Classical,
        level: 0.9,
    };
    let rows = linear::fit(&sample, &config).unwrap();
    let part = |range: std::ops::Range<usize>| {
        let cut = [&columns[0], &columns[1], &columns[5]].map(|c| &c[range.clone()]);
        CrossProducts::from_columns(&cut, None).unwrap()
    };
    let mut merged = part(0..41);
    merged.merge(&part(41..300));
    let reduced = linear::fit_from_products(&merged, &names, 300.0, 0.9).unwrap();
    for (a, b) in (rows.coefficients.table.iter()).zip(&reduced.coefficients.table) {
        assert!((a.estimate.value - b.estimate.value).abs() < 1e-10);
        assert!((a.estimate.standard_error - b.estimate.standard_error).abs() < 1e-10);
    }
}
