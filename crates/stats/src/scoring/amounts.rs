//! How near did the forecast distribution of an amount come to what happened?

use super::mean_score;
use crate::error::{require_finite, require_length};
use crate::regression::sample::prove_level;
use crate::special::normal_cdf;
use crate::{Estimate, StatsError};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Where the outcomes fell within their forecast distributions.
#[derive(Debug, Clone, PartialEq)]
pub struct Pit {
    /// Of each outcome, the forecast chance of something smaller: even over 0-1 when the forecasts are right.
    pub values: Vec<f64>,
    /// Number in equally wide bins; a hill means that the ranges are too wide, a valley that they are too narrow.
    pub histogram: Vec<usize>,
    /// Mean (1/2 when centred) and variance (1/12 when the spread is right).
    pub mean: f64,
    pub variance: f64,
    /// Chi-square test of an even histogram.
    pub p_value: f64,
}

/// Continuous ranked probability score of normal forecasts, in the unit of the outcome.
///
/// `crps = sd (z (2 Φ(z) - 1) + 2 φ(z) - 1/√π)`, z = (outcome - mean) / sd `[GneitingRaftery2007] eq. 5`. N(0, 1) with outcome 0 has
/// 0.233695. A standard deviation of 0 gives the absolute error.
///
/// # Errors
/// `InvalidInput` for a negative standard deviation or numbers that are not finite, `LengthMismatch`, `TooFewObservations` below two.
pub fn crps_normal(
    mean: &[f64],
    deviation: &[f64],
    outcome: &[f64],
    level: f64,
) -> Result<Estimate, StatsError> {
    prove_normal((mean, deviation), outcome, level)?;
    let score = |i: usize| {
        let (error, sd) = (outcome[i] - mean[i], deviation[i]);
        if sd == 0.0 {
            return error.abs();
        }
        let z = error / sd;
        let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
        sd * (z * (1.0 - 2.0 * normal_cdf(-z)) + 2.0 * density - 1.0 / std::f64::consts::PI.sqrt())
    };
    let scores: Vec<f64> = (0..outcome.len()).map(score).collect();
    Ok(mean_score(&scores, level))
}

/// Continuous ranked probability score of forecasts given as draws: `draws[i]` are those of outcome i.
///
/// `crps = mean |X - y| - 1/2 mean |X - X'|` over the draws `[GneitingRaftery2007] eq. 21`, by sorting in m ln m. With `fair`, the pairs are
/// divided by m (m - 1) instead of m²: the score that the whole distribution would have had on average, for small ensembles
/// `[Ferro2014]`.
///
/// # Errors
/// As [`crps_normal`]; `TooFewObservations` for a forecast without draws (two when `fair`).
pub fn crps_of_draws(
    draws: &[Vec<f64>],
    outcome: &[f64],
    fair: bool,
    level: f64,
) -> Result<Estimate, StatsError> {
    prove_draws(draws, outcome, level)?;
    let needed = if fair { 2 } else { 1 };
    if let Some(got) = draws.iter().map(Vec::len).find(|len| *len < needed) {
        return Err(StatsError::TooFewObservations { needed, got });
    }
    let scores: Vec<f64> = draws
        .iter()
        .zip(outcome)
        .map(|(own, y)| {
            let mut sorted = own.clone();
            sorted.sort_by(f64::total_cmp);
            let m = sorted.len() as f64;
            let near: f64 = sorted.iter().map(|x| (x - y).abs()).sum::<f64>() / m;
            // Sum of |X - X'| over all ordered pairs, from the ranks; around the median, so that large numbers do not cancel.
            let center = sorted[sorted.len() / 2];
            let pairs: f64 = sorted
                .iter()
                .enumerate()
                .map(|(k, x)| (2.0 * k as f64 + 1.0 - m) * (x - center))
                .sum::<f64>()
                * 2.0;
            let all = if fair { m * (m - 1.0) } else { m * m };
            near - 0.5 * pairs / all
        })
        .collect();
    Ok(mean_score(&scores, level))
}

/// Where outcomes fell within normal forecasts: `Φ((outcome - mean) / sd)` `[Dawid1984]`, in `bins` bins.
///
/// # Errors
/// As [`crps_normal`]; `InvalidInput` for a standard deviation of 0 or less than two bins.
pub fn pit(
    (mean, deviation): (&[f64], &[f64]),
    outcome: &[f64],
    bins: usize,
) -> Result<Pit, StatsError> {
    prove_normal((mean, deviation), outcome, 0.9)?;
    if let Some(row) = deviation.iter().position(|sd| *sd == 0.0) {
        return Err(StatsError::invalid_row(
            "standard deviation (must be positive)",
            row,
        ));
    }
    let place = |i: usize| normal_cdf((outcome[i] - mean[i]) / deviation[i]);
    summary((0..outcome.len()).map(place).collect(), bins)
}

/// Where outcomes fell among the draws of their forecasts: (draws below + half of those equal + 1/2) / (draws + 1).
///
/// # Errors
/// As [`crps_of_draws`].
pub fn pit_of_draws(draws: &[Vec<f64>], outcome: &[f64], bins: usize) -> Result<Pit, StatsError> {
    prove_draws(draws, outcome, 0.9)?;
    let place = |(own, y): (&Vec<f64>, &f64)| {
        let below = own.iter().filter(|x| *x < y).count() as f64;
        let equal = own.iter().filter(|x| *x == y).count() as f64;
        (below + 0.5 * equal + 0.5) / (own.len() as f64 + 1.0)
    };
    summary(draws.iter().zip(outcome).map(place).collect(), bins)
}

fn summary(values: Vec<f64>, bins: usize) -> Result<Pit, StatsError> {
    if bins < 2 {
        return Err(StatsError::invalid("bins (2 or more)"));
    }
    let n = values.len() as f64;
    let mut histogram = vec![0; bins];
    for value in &values {
        histogram[((value * bins as f64) as usize).min(bins - 1)] += 1;
    }
    let mean = values.iter().sum::<f64>() / n;
    let even = n / bins as f64;
    let chi: f64 = histogram
        .iter()
        .map(|own| (*own as f64 - even).powi(2) / even)
        .sum();
    let distribution = ChiSquared::new(bins as f64 - 1.0).expect("at least one degree of freedom");
    Ok(Pit {
        variance: values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0),
        p_value: distribution.sf(chi),
        histogram,
        mean,
        values,
    })
}

fn prove_normal(
    (mean, deviation): (&[f64], &[f64]),
    outcome: &[f64],
    level: f64,
) -> Result<(), StatsError> {
    prove_outcome(outcome, level)?;
    require_length("mean", outcome.len(), mean.len())?;
    require_length("standard deviation", outcome.len(), deviation.len())?;
    require_finite("mean", mean)?;
    match deviation
        .iter()
        .position(|sd| !(sd.is_finite() && *sd >= 0.0))
    {
        Some(row) => Err(StatsError::invalid_row(
            "standard deviation (must be 0 or more)",
            row,
        )),
        None => Ok(()),
    }
}

fn prove_draws(draws: &[Vec<f64>], outcome: &[f64], level: f64) -> Result<(), StatsError> {
    prove_outcome(outcome, level)?;
    require_length("draws", outcome.len(), draws.len())?;
    match draws
        .iter()
        .position(|own| own.iter().any(|x| !x.is_finite()))
    {
        Some(row) => Err(StatsError::invalid_row("draws (not a finite number)", row)),
        None => Ok(()),
    }
}

fn prove_outcome(outcome: &[f64], level: f64) -> Result<(), StatsError> {
    prove_level(level)?;
    require_finite("outcome", outcome)?;
    if outcome.len() < 2 {
        let got = outcome.len();
        return Err(StatsError::TooFewObservations { needed: 2, got });
    }
    Ok(())
}
