//! Do the exact shares of R² agree with full enumeration on the standard examples?

use odla_stats::importance::{dominance, johnson, lmg, missing};

use crate::data::read_columns;

fn covariance(columns: &[Vec<f64>]) -> nalgebra::DMatrix<f64> {
    let weights = vec![1.0; columns[0].len()];
    missing::moments(columns, &weights)
        .expect("the case is sound")
        .covariance
}

/// Columns of a file with the outcome moved last.
fn outcome_last(test: &str, file: &str, columns: &[&str]) -> Option<Vec<Vec<f64>>> {
    let mut columns = read_columns(test, file, columns)?;
    let outcome = columns.remove(0);
    columns.push(outcome);
    Some(columns)
}

fn check(columns: &[Vec<f64>], expected: &[f64], r2: f64) {
    let covariance = covariance(columns);
    let shares = lmg::shares(&covariance).expect("the case is sound");
    for (share, expected) in shares.iter().zip(expected) {
        assert!((share - expected).abs() < 1e-8, "{share} is not {expected}");
    }
    assert!((shares.iter().sum::<f64>() - r2).abs() < 1e-7);
    let weights = johnson::weights(&covariance).expect("the case is sound");
    assert!((weights.iter().sum::<f64>() - r2).abs() < 1e-7);
}

#[test]
fn swiss_fertility_shares_agree_with_enumeration_of_all_orders() {
    let columns = [
        "Fertility",
        "Agriculture",
        "Examination",
        "Education",
        "Catholic",
        "Infant.Mortality",
    ];
    let expected = [0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592];
    if let Some(columns) = outcome_last("swiss LMG", "swiss/swiss.csv", &columns) {
        check(&columns, &expected, 0.7067350);
    }
}

#[test]
fn attitude_rating_shares_agree_with_enumeration_of_all_orders() {
    let columns = [
        "rating",
        "complaints",
        "privileges",
        "learning",
        "raises",
        "critical",
        "advance",
    ];
    let expected = [
        0.37081619, 0.05090379, 0.15576599, 0.12034508, 0.00658872, 0.02818221,
    ];
    if let Some(columns) = outcome_last("attitude LMG", "attitude/attitude.csv", &columns) {
        check(&columns, &expected, 0.7326020);
    }
}

/// Mean gains by size of the set and all pairs compared on all sets, from 32 regressions in numpy.
#[test]
fn swiss_fertility_dominance_agrees_with_all_thirty_two_regressions() {
    let columns = [
        "Fertility",
        "Agriculture",
        "Examination",
        "Education",
        "Catholic",
        "Infant.Mortality",
    ];
    let Some(columns) = outcome_last("swiss dominance", "swiss/swiss.csv", &columns) else {
        return;
    };
    let found = dominance::analyze(&covariance(&columns)).expect("the case is sound");
    let education = [
        0.4406156467239233,
        0.2909170655334114,
        0.22101047796877724,
        0.18616750981847513,
        0.1619626930773359,
    ];
    let examination = [
        0.41716447050059047,
        0.23770866895962464,
        0.13210040391324854,
        0.06150418261258278,
        0.0073874185151243665,
    ];
    for (got, expected) in found.conditional[2].iter().zip(education) {
        assert!((got - expected).abs() < 1e-10, "{got} is not {expected}");
    }
    for (got, expected) in found.conditional[1].iter().zip(examination) {
        assert!((got - expected).abs() < 1e-10, "{got} is not {expected}");
    }
    let complete = [
        [0.5, 0.5, 0.0, 0.5, 0.0],
        [0.5, 0.5, 0.0, 0.5, 0.5],
        [1.0, 1.0, 0.5, 1.0, 0.5],
        [0.5, 0.5, 0.0, 0.5, 0.5],
        [1.0, 0.5, 0.5, 0.5, 0.5],
    ];
    assert_eq!(found.complete, complete);
    assert!(found.conditionally(2, 4) && found.complete[2][4] == 0.5);
}
