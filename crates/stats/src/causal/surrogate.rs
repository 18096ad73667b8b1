//! What will the effect be in the long run, when only early signals are in?

use nalgebra::DVector;

use super::aipw::prove_columns;
use crate::error::{require_finite, require_length};
use crate::regression::coefficients::two_sided_p;
use crate::regression::sample::prove_level;
use crate::regression::{Errors, FitConfig, Sample, Weights, linear};
use crate::{Caution, Estimate, StatsError};

/// Customers of a trial whose early signals are in.
#[derive(Debug, Clone, Copy)]
pub struct Trial<'a> {
    pub treated: &'a [bool],
    /// Early signals and what was known before, in the same order as in the history.
    pub signals: &'a [Vec<f64>],
}

/// Earlier customers whose long outcome is known.
#[derive(Debug, Clone, Copy)]
pub struct History<'a> {
    pub outcome: &'a [f64],
    pub signals: &'a [Vec<f64>],
    pub names: &'a [String],
}

/// A long effect foretold from early signals.
#[derive(Debug, Clone, PartialEq)]
pub struct SurrogateResult {
    /// Difference of the foretold long outcome between treated and control.
    pub effect: Estimate,
    pub p_value: f64,
    /// Share of the long outcome's variance that the signals explain in the history, 0-1.
    pub explained: f64,
    /// Effect on each signal, and how much a unit of it is worth in the long outcome.
    pub channels: Vec<Channel>,
    /// Share (0-1) of the trial's foretold values outside those seen in the history.
    pub share_outside: f64,
    pub cautions: Vec<Caution>,
}

/// How one signal carries the effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    pub name: String,
    /// Difference of the signal between treated and control.
    pub effect: Estimate,
    pub worth: Estimate,
}

/// Surrogate index `[AtheyChettyImbensKang2019]`: the long outcome regressed on the signals in the history, its
/// forecast compared in the trial.
///
/// `effect = b'(mean signals treated - mean signals control)`. Variance: Welch's for the forecasts in the trial, plus `gap' V_b gap` for the
/// regression (HC3). Valid only if the whole effect runs through the signals, and the history's relation holds in the trial: neither
/// can be seen in these data, and a caution always says so. Errs as the regression does and with fewer than two rows in an arm.
/// Caution when more than 5 % of the forecasts lie outside those of the history.
pub fn estimate(
    trial: &Trial,
    history: &History,
    level: f64,
) -> Result<SurrogateResult, StatsError> {
    prove(trial, history, level)?;
    let sample = Sample {
        outcome: history.outcome,
        columns: history.signals,
        names: history.names,
        weights: Weights::Equal,
        clusters: None,
    };
    let config = FitConfig {
        errors: Errors::Hc3,
        level,
    };
    let fit = linear::fit(&sample, &config)?;
    let index = |signals: &[Vec<f64>], row: usize| {
        let values: Vec<f64> = signals.iter().map(|s| s[row]).collect();
        fit.coefficients.linear_predictor(&values)
    };
    let rows = trial.treated.len();
    let foretold: Vec<f64> = (0..rows).map(|row| index(trial.signals, row)).collect();
    let seen: Vec<f64> = (0..history.outcome.len())
        .map(|row| index(history.signals, row))
        .collect();
    let direct = super::randomized::compare(&foretold, trial.treated, None, level)?;
    let gaps: Vec<f64> = trial
        .signals
        .iter()
        .map(|s| gap(s, trial.treated))
        .collect();
    let weights = DVector::from_iterator(gaps.len() + 1, std::iter::once(0.0).chain(gaps));
    let learned = weights.dot(&(&fit.coefficients.covariance * &weights));
    let error = (direct.effect.standard_error.powi(2) + learned.max(0.0)).sqrt();
    let range = seen
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |r, v| {
            (r.0.min(*v), r.1.max(*v))
        });
    let outside = foretold
        .iter()
        .filter(|v| **v < range.0 || **v > range.1)
        .count();
    let share_outside = outside as f64 / rows as f64;
    let mut cautions = vec![Caution::SurrogacyAssumed];
    cautions.extend(direct.cautions);
    cautions.extend(fit.cautions.clone());
    if share_outside > 0.05 {
        cautions.push(Caution::WeakOverlap { share_outside });
    }
    let channels = (history.names.iter().zip(trial.signals).enumerate())
        .map(|(place, (name, signal))| Channel {
            name: name.clone(),
            // A signal that does not vary in the trial carries nothing.
            effect: super::randomized::compare(signal, trial.treated, None, level)
                .map_or(Estimate::normal(0.0, 0.0, level), |r| r.effect),
            worth: fit.coefficients.table[place + 1].estimate,
        })
        .collect();
    Ok(SurrogateResult {
        effect: Estimate::normal(direct.effect.value, error, level),
        p_value: two_sided_p(direct.effect.value / error, f64::INFINITY),
        explained: fit.r2,
        channels,
        share_outside,
        cautions,
    })
}

fn gap(signal: &[f64], treated: &[bool]) -> f64 {
    let mean = |arm: bool| {
        let own = signal.iter().zip(treated).filter(|(_, t)| **t == arm);
        let (sum, n) = own.fold((0.0, 0.0), |(sum, n), (s, _)| (sum + s, n + 1.0));
        sum / n
    };
    mean(true) - mean(false)
}

fn prove(trial: &Trial, history: &History, level: f64) -> Result<(), StatsError> {
    prove_level(level)?;
    require_finite("outcome", history.outcome)?;
    if history.signals.is_empty() {
        return Err(StatsError::NotIdentified {
            parameter: "effect".to_owned(),
        });
    }
    require_length("signals", history.signals.len(), trial.signals.len())?;
    prove_columns(history.outcome.len(), history.signals, history.names)?;
    prove_columns(trial.treated.len(), trial.signals, history.names)
}
