//! Which method predicts outcome and treatment from what was recorded?

mod basis;
mod ridge;

use basis::Basis;
use ridge::Ridge;

use crate::StatsError;
use crate::regression::linear::LinearFit;
use crate::regression::logistic::LogisticFit;
use crate::regression::{Errors, FitConfig, Sample, Weights, linear, logistic};

/// How the parts of an estimate that are only tools (chance of treatment, expected outcome) are predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learner {
    /// Least squares and logistic regression on the columns as they are; curves are up to the caller.
    Straight,
    /// Curves for every measure and products of all pairs, held back by a penalty chosen from the data.
    Flexible,
}

/// What is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Mean,
    /// A probability; the outcome is 0 or 1.
    Chance,
}

/// A learned prediction.
pub(crate) enum Learned {
    Line(Box<LinearFit>),
    Odds(Box<LogisticFit>),
    Curves(Box<(Basis, Ridge)>),
}

impl Learner {
    /// Learns `outcome` from `columns`; errs as the regressions do (the penalized one never on collinear columns).
    pub(crate) fn learn(
        self,
        target: Target,
        outcome: &[f64],
        (columns, names): (&[Vec<f64>], &[String]),
    ) -> Result<Learned, StatsError> {
        if self == Learner::Flexible {
            let basis = Basis::of(columns, outcome)?;
            let features = basis.features(columns);
            let ridge = match target {
                Target::Mean => Ridge::fit_mean(&features, &basis.kinds, outcome)?,
                Target::Chance => Ridge::fit_chance(&features, &basis.kinds, outcome)?,
            };
            return Ok(Learned::Curves(Box::new((basis, ridge))));
        }
        let sample = Sample {
            outcome,
            columns,
            names,
            weights: Weights::Equal,
            clusters: None,
        };
        let config = FitConfig {
            errors: Errors::Classical,
            level: 0.9,
        };
        Ok(match target {
            Target::Mean => Learned::Line(Box::new(linear::fit(&sample, &config)?)),
            Target::Chance => Learned::Odds(Box::new(logistic::fit(&sample, &config)?)),
        })
    }
}

impl Learned {
    /// The prediction for one row of columns.
    pub fn predict(&self, row: &[f64]) -> f64 {
        match self {
            Learned::Line(fit) => fit.coefficients.linear_predictor(row),
            Learned::Odds(fit) => fit.predict(row),
            Learned::Curves(fit) => fit.1.predict(&fit.0.expand(row)),
        }
    }
}

/// One row of the columns.
pub(crate) fn row_of(columns: &[Vec<f64>], row: usize) -> Vec<f64> {
    columns.iter().map(|column| column[row]).collect()
}
