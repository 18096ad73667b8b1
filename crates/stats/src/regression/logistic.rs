//! How does the chance of a yes move with the columns?

use super::coefficients::{Coefficients, student_estimate};
pub use super::glm::Change;
use super::glm::{self, Family};
use super::sample::{FitConfig, Sample};
use crate::{Caution, Estimate, StatsError};

/// A logistic fit. Coefficients are log odds ratios per unit of the column.
#[derive(Debug, Clone, PartialEq)]
pub struct LogisticFit {
    pub coefficients: Coefficients,
    pub log_likelihood: f64,
    /// Log-likelihood of the fit with a constant only.
    pub null_log_likelihood: f64,
    pub observations: f64,
    pub iterations: usize,
    pub cautions: Vec<Caution>,
}

/// Fits `P(y = 1) = 1 / (1 + exp(-(b0 + b'x)))` by maximum likelihood (Newton).
///
/// The outcome lies in 0-1 (0 or 1; a share is allowed). Errors: classical, HC1 or CR1.
/// Errs on an outcome that does not vary, a collinear column, and separation: a column (named) that predicts the
/// outcome perfectly has no finite estimate. Cautions: fewer than 10 of the rarer outcome per coefficient.
pub fn fit(sample: &Sample, config: &FitConfig) -> Result<LogisticFit, StatsError> {
    if let Some(row) = sample.outcome.iter().position(|y| !(0.0..=1.0).contains(y)) {
        return Err(StatsError::invalid_row("outcome (must lie in 0-1)", row));
    }
    let fit = glm::fit(Family::Logistic, sample, None, config)?;
    Ok(LogisticFit {
        coefficients: fit.coefficients,
        log_likelihood: fit.log_likelihood,
        null_log_likelihood: fit.null_log_likelihood,
        observations: fit.observations,
        iterations: fit.iterations,
        cautions: fit.cautions,
    })
}

impl LogisticFit {
    /// Probability of a yes for one row of columns.
    pub fn predict(&self, row: &[f64]) -> f64 {
        Family::Logistic.mean(self.coefficients.linear_predictor(row))
    }

    /// Simulates a yes (1) or no (0) per row of these columns.
    ///
    /// # Errors
    /// `LengthMismatch`, `InvalidInput` when the columns are not those of the fit.
    pub fn simulate(&self, columns: &[Vec<f64>], seed: u64) -> Result<Vec<f64>, StatsError> {
        super::simulate::rows(&self.coefficients, columns, seed, |eta, generator| {
            let chance = Family::Logistic.mean(eta);
            f64::from(rand::RngExt::random::<f64>(generator) < chance)
        })
    }
}

/// Difference in the chance of a yes (0-1 scale) when a column changes, averaged over the sample.
///
/// `mean_i w_i [P(x_i after) - P(x_i before)]`, delta-method interval from the fit's covariance, conditional on the
/// columns of the sample. Errs when no column has this name.
pub fn average_effect(
    fit: &LogisticFit,
    sample: &Sample,
    (column, change): (&str, Change),
    level: f64,
) -> Result<Estimate, StatsError> {
    delta_estimate(
        Family::Logistic,
        &fit.coefficients,
        (sample, None),
        (column, change),
        level,
    )
}

pub(crate) fn delta_estimate(
    family: Family,
    coefficients: &Coefficients,
    (sample, offset): (&Sample, Option<&[f64]>),
    (column, change): (&str, Change),
    level: f64,
) -> Result<Estimate, StatsError> {
    let position = sample.names.iter().position(|n| n == column);
    let Some(position) = position else {
        return Err(StatsError::invalid(format!("column {column} (not fitted)")));
    };
    let (value, gradient) =
        glm::average_effect(family, coefficients, sample, offset, (position, change));
    let spread = coefficients.combination(&gradient, level).standard_error;
    let freedom = coefficients.table[position + 1].degrees_of_freedom;
    Ok(student_estimate(value, spread, freedom, level))
}
