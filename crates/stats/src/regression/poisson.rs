//! How does an expected count move with the columns?

use super::coefficients::Coefficients;
use super::glm::{self, Change, Family};
use super::logistic::delta_estimate;
use super::sample::{FitConfig, Sample};
use crate::error::require_length;
use crate::{Caution, Estimate, StatsError};

/// Ratio of residual to assumed variance above which classical errors are not to be believed; convention.
const OVERDISPERSION_LIMIT: f64 = 1.5;

/// A Poisson fit. Coefficients are log rate ratios per unit of the column.
#[derive(Debug, Clone, PartialEq)]
pub struct PoissonFit {
    pub coefficients: Coefficients,
    pub log_likelihood: f64,
    /// Log-likelihood of the fit with a constant only.
    pub null_log_likelihood: f64,
    pub observations: f64,
    pub iterations: usize,
    /// Pearson chi-square over degrees of freedom; 1 when the counts are Poisson.
    pub dispersion: f64,
    pub cautions: Vec<Caution>,
}

/// Fits `E[y] = exposure exp(b0 + b'x)` by maximum likelihood (Newton).
///
/// Counts are ≥ 0 (whole or not), `exposure` > 0, n long, none means 1. Errors: classical, HC1 or CR1; with the
/// robust ones the fit holds for any outcome ≥ 0 whose mean has this form. Cautions on overdispersion above 1.5.
pub fn fit(
    sample: &Sample,
    exposure: Option<&[f64]>,
    config: &FitConfig,
) -> Result<PoissonFit, StatsError> {
    if let Some(row) = sample.outcome.iter().position(|y| y.is_nan() || *y < 0.0) {
        return Err(StatsError::invalid_row("outcome (negative count)", row));
    }
    let offset = log_exposure(exposure, sample.outcome.len())?;
    let mut fit = glm::fit(Family::Poisson, sample, offset.as_deref(), config)?;
    if fit.dispersion > OVERDISPERSION_LIMIT {
        let ratio = fit.dispersion;
        fit.cautions.push(Caution::Overdispersion { ratio });
    }
    Ok(PoissonFit {
        coefficients: fit.coefficients,
        log_likelihood: fit.log_likelihood,
        null_log_likelihood: fit.null_log_likelihood,
        observations: fit.observations,
        iterations: fit.iterations,
        dispersion: fit.dispersion,
        cautions: fit.cautions,
    })
}

impl PoissonFit {
    /// Expected count per unit of exposure for one row of columns.
    pub fn predict(&self, row: &[f64]) -> f64 {
        Family::Poisson.mean(self.coefficients.linear_predictor(row))
    }

    /// Simulates a count per row of these columns with exposure 1.
    ///
    /// # Errors
    /// `LengthMismatch`, `InvalidInput` when the columns are not those of the fit.
    pub fn simulate(&self, columns: &[Vec<f64>], seed: u64) -> Result<Vec<f64>, StatsError> {
        super::simulate::rows(&self.coefficients, columns, seed, |eta, generator| {
            super::simulate::poisson(eta.exp(), generator)
        })
    }
}

/// Difference in the expected count when a column changes, averaged over the sample with its exposure.
///
/// Delta-method interval, conditional on the columns of the sample.
pub fn average_effect(
    fit: &PoissonFit,
    (sample, exposure): (&Sample, Option<&[f64]>),
    (column, change): (&str, Change),
    level: f64,
) -> Result<Estimate, StatsError> {
    let offset = log_exposure(exposure, sample.outcome.len())?;
    delta_estimate(
        Family::Poisson,
        &fit.coefficients,
        (sample, offset.as_deref()),
        (column, change),
        level,
    )
}

pub(crate) fn log_exposure(
    exposure: Option<&[f64]>,
    rows: usize,
) -> Result<Option<Vec<f64>>, StatsError> {
    let Some(exposure) = exposure else {
        return Ok(None);
    };
    require_length("exposure", rows, exposure.len())?;
    match exposure.iter().position(|e| !(e.is_finite() && *e > 0.0)) {
        Some(row) => Err(StatsError::invalid_row("exposure (must be positive)", row)),
        None => Ok(Some(exposure.iter().map(|e| e.ln()).collect())),
    }
}
