//! How are answers made to stand for those who did not answer?

use crate::error::require_length;
use crate::regression::logistic;
use crate::regression::sample::prove_weights;
use crate::regression::{Errors, FitConfig, Sample, Weights};
use crate::{Caution, StatsError};

const MAX_ROUNDS: usize = 500;
/// Largest gap between a weighted share and its target at which raking has arrived.
const TOLERANCE: f64 = 1e-8;
/// Share of answers worth keeping in effect; below it a caution is given (convention).
const WORTH_KEEPING: f64 = 0.5;

/// (sum w)² / sum w²: number of equal answers that would say as much. 0 when there is no weight.
pub fn effective_size(weights: &[f64]) -> f64 {
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    if squares > 0.0 {
        sum * sum / squares
    } else {
        0.0
    }
}

/// One characteristic with known shares.
#[derive(Debug, Clone, Copy)]
pub struct Margin<'a> {
    pub name: &'a str,
    /// Category of each respondent, n long, an index into `shares`.
    pub category: &'a [usize],
    /// Share of each category among all, ≥ 0; brought to sum 1.
    pub shares: &'a [f64],
}

/// Weights that make respondents stand for others.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyWeights {
    /// One per row, mean 1 over those with a weight.
    pub weights: Vec<f64>,
    /// Number of equal answers that would say as much.
    pub effective: f64,
    /// Rows whose weight was cut at a limit.
    pub trimmed: usize,
    pub cautions: Vec<Caution>,
}

/// Rakes weights to known shares (iterative proportional fitting) `[DemingStephan1940]`.
///
/// `base` are weights ≥ 0 to start from, none means all 1. `limit` cuts weights above this many times their mean
/// (infinite = never), after which the shares are met only nearly: a caution tells the largest gap.
/// Errs when a category with a positive share has no respondent (`NotIdentified`, naming it).
pub fn rake(
    margins: &[Margin],
    base: Option<&[f64]>,
    limit: f64,
) -> Result<SurveyWeights, StatsError> {
    let rows = margins.first().map_or(0, |m| m.category.len());
    if rows == 0 {
        return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
    }
    if limit.is_nan() || limit <= 1.0 {
        return Err(StatsError::invalid(format!(
            "limit {limit} (must exceed 1)"
        )));
    }
    let mut weights = match base {
        None => vec![1.0; rows],
        Some(base) => {
            prove_weights(base, rows)?;
            base.to_vec()
        }
    };
    let targets: Vec<Vec<f64>> = margins
        .iter()
        .map(|margin| proven_shares(margin, &weights))
        .collect::<Result<_, _>>()?;
    let mut trimmed = vec![false; rows];
    for _ in 0..MAX_ROUNDS {
        for (margin, target) in margins.iter().zip(&targets) {
            adjust(&mut weights, margin, target);
        }
        trim(&mut weights, limit, &mut trimmed);
        if largest_gap(&weights, margins, &targets) < TOLERANCE {
            break;
        }
    }
    to_mean_one(&mut weights);
    let gap = largest_gap(&weights, margins, &targets);
    let mut result = finish(weights, trimmed.iter().filter(|t| **t).count());
    if gap > 1e-4 {
        result
            .cautions
            .push(Caution::TargetsMissed { largest_gap: gap });
    }
    Ok(result)
}

/// Weights of respondents by the inverse of their fitted chance of answering `[LittleRubin2002]`.
///
/// `responded`, and columns known of everyone who was asked, all n long. Chances come from a logistic fit; those
/// below `trim` are raised to it (0.02 allows a weight of at most 50 before scaling). Weights are 0 for those who did not
/// answer and have mean 1 among those who did. They undo the bias only of what the columns tell about.
/// Errs when all or nobody answered and, by `Separation`, when a column tells exactly who answers.
pub fn response_weights(
    responded: &[bool],
    columns: &[Vec<f64>],
    names: &[String],
    trim: f64,
) -> Result<SurveyWeights, StatsError> {
    if !(trim > 0.0 && trim < 1.0) {
        return Err(StatsError::invalid(format!(
            "trim {trim} (must lie between 0 and 1)"
        )));
    }
    let outcome: Vec<f64> = responded.iter().map(|r| f64::from(*r)).collect();
    let sample = Sample {
        outcome: &outcome,
        columns,
        names,
        weights: Weights::Equal,
        clusters: None,
    };
    let config = FitConfig {
        errors: Errors::Classical,
        level: 0.90,
    };
    let fit = logistic::fit(&sample, &config)?;
    let mut trimmed = 0;
    let mut weights = vec![0.0; responded.len()];
    let mut row_values = vec![0.0; columns.len()];
    for row in (0..responded.len()).filter(|&row| responded[row]) {
        for (value, column) in row_values.iter_mut().zip(columns) {
            *value = column[row];
        }
        let chance = fit.predict(&row_values);
        trimmed += usize::from(chance < trim);
        weights[row] = 1.0 / chance.max(trim);
    }
    to_mean_one(&mut weights);
    let mut result = finish(weights, trimmed);
    result.cautions.extend(fit.cautions);
    Ok(result)
}

fn proven_shares(margin: &Margin, weights: &[f64]) -> Result<Vec<f64>, StatsError> {
    require_length(margin.name, weights.len(), margin.category.len())?;
    prove_weights(margin.shares, margin.shares.len())?;
    if let Some(row) = margin
        .category
        .iter()
        .position(|c| *c >= margin.shares.len())
    {
        let what = format!("{} (category without a share)", margin.name);
        return Err(StatsError::invalid_row(what, row));
    }
    let held = category_weights(weights, margin);
    let empty = |c: &usize| held[*c] == 0.0 && margin.shares[*c] > 0.0;
    if let Some(category) = (0..margin.shares.len()).find(empty) {
        return Err(StatsError::NotIdentified {
            parameter: format!("{} category {category} (nobody answered)", margin.name),
        });
    }
    let sum: f64 = margin.shares.iter().sum();
    Ok(margin.shares.iter().map(|s| s / sum).collect())
}

fn category_weights(weights: &[f64], margin: &Margin) -> Vec<f64> {
    let mut held = vec![0.0; margin.shares.len()];
    for (weight, category) in weights.iter().zip(margin.category) {
        held[*category] += weight;
    }
    held
}

fn adjust(weights: &mut [f64], margin: &Margin, target: &[f64]) {
    let held = category_weights(weights, margin);
    let total: f64 = held.iter().sum();
    for (weight, category) in weights.iter_mut().zip(margin.category) {
        if held[*category] > 0.0 {
            *weight *= target[*category] * total / held[*category];
        }
    }
}

fn trim(weights: &mut [f64], limit: f64, trimmed: &mut [bool]) {
    if limit.is_infinite() {
        return;
    }
    let counted = weights.iter().filter(|w| **w > 0.0).count() as f64;
    let most = limit * weights.iter().sum::<f64>() / counted;
    for (weight, trimmed) in weights.iter_mut().zip(trimmed) {
        if *weight > most {
            *weight = most;
            *trimmed = true;
        }
    }
}

fn largest_gap(weights: &[f64], margins: &[Margin], targets: &[Vec<f64>]) -> f64 {
    let total: f64 = weights.iter().sum();
    let gap = |(margin, target): (&Margin, &Vec<f64>)| {
        (category_weights(weights, margin).iter().zip(target))
            .map(|(held, target)| (held / total - target).abs())
            .fold(0.0, f64::max)
    };
    margins.iter().zip(targets).map(gap).fold(0.0, f64::max)
}

fn to_mean_one(weights: &mut [f64]) {
    let counted = weights.iter().filter(|w| **w > 0.0).count() as f64;
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|w| *w *= counted / sum);
}

fn finish(weights: Vec<f64>, trimmed: usize) -> SurveyWeights {
    let effective = effective_size(&weights);
    let got = weights.iter().filter(|w| **w > 0.0).count();
    let mut cautions = Vec::new();
    if effective < WORTH_KEEPING * got as f64 {
        cautions.push(Caution::LowEffectiveSize { effective, got });
    }
    SurveyWeights {
        weights,
        effective,
        trimmed,
        cautions,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raking_meets_both_margins() {
        let region = [0, 0, 0, 1, 1, 1, 1, 1];
        let age = [0, 1, 0, 1, 0, 1, 1, 1];
        let margins = [
            Margin {
                name: "region",
                category: &region,
                shares: &[0.5, 0.5],
            },
            Margin {
                name: "age",
                category: &age,
                shares: &[30.0, 70.0],
            },
        ];
        let raked = rake(&margins, None, f64::INFINITY).unwrap();
        let total: f64 = raked.weights.iter().sum();
        let first: f64 = raked.weights[..3].iter().sum();
        assert!((first / total - 0.5).abs() < 1e-7 && (total - 8.0).abs() < 1e-9);
        assert!(raked.effective < 8.0);
    }

    #[test]
    fn a_category_that_nobody_answered_for_is_named() {
        let margin = Margin {
            name: "age",
            category: &[0, 0],
            shares: &[0.5, 0.5],
        };
        let error = rake(&[margin], None, f64::INFINITY).unwrap_err();
        assert_eq!(error.key(), "not_identified");
    }

    #[test]
    fn those_unlikely_to_answer_weigh_more() {
        let old: Vec<f64> = (0..200).map(|i| f64::from(i % 2)).collect();
        let responded: Vec<bool> = (0..200).map(|i| i % 2 == 1 || i % 10 == 0).collect();
        let some: Vec<bool> = (0..200).map(|i| responded[i] && i % 7 != 1).collect();
        let names = ["old".to_owned()];
        let weights = response_weights(&some, std::slice::from_ref(&old), &names, 0.02).unwrap();
        let answered_by = |age: f64| (0..200).find(|&i| some[i] && old[i] == age).unwrap();
        assert!(weights.weights[answered_by(0.0)] > 3.0 * weights.weights[answered_by(1.0)]);
        let sum = |age: f64| -> f64 {
            let rows = (0..200).filter(|&i| old[i] == age);
            rows.map(|i| weights.weights[i]).sum()
        };
        assert!((sum(0.0) - sum(1.0)).abs() < 1e-6);
    }

    #[test]
    fn equal_weights_lose_nothing() {
        assert!((effective_size(&[2.0; 7]) - 7.0).abs() < 1e-12);
        assert_eq!(effective_size(&[]), 0.0);
    }
}
