//! Does the method find effects where there can be none?

use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::error::{require_finite, require_length};
use crate::regression::sample::prove_level;
use crate::special::normal_cdf;
use crate::{Caution, Estimate, StatsError};

/// p-value below which the controls are said to fail.
const LIMIT: f64 = 0.05;

/// What controls without any true effect say about the method.
#[derive(Debug, Clone, PartialEq)]
pub struct NegativeControls {
    /// p-value that all of them are 0 (chi-square of the sum of squared t).
    pub p_value: f64,
    /// Mean of the method's bias over such controls, and its spread from one to another, beyond sampling error.
    pub bias: f64,
    pub bias_sd: f64,
    /// Share of controls called at 5 % each.
    pub share_called: f64,
    pub controls: usize,
    pub cautions: Vec<Caution>,
}

/// Judges estimates whose truth is 0: outcomes that the activity cannot touch, or activities that lie after the outcome
/// `[Lipsitch2010]`.
///
/// The biases are taken as draws from N(bias, bias_sd²), estimated by maximum likelihood `[Schuemie2014]`. All
/// slices equally long; standard errors positive. With one control the spread cannot be told and is 0. Controls that hang
/// together (same rows) make `p_value` approximate. Caution when the controls fail at 5 %.
pub fn judge(values: &[f64], standard_errors: &[f64]) -> Result<NegativeControls, StatsError> {
    require_length("standard errors", values.len(), standard_errors.len())?;
    require_finite("values", values)?;
    require_finite("standard errors", standard_errors)?;
    if values.is_empty() {
        return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
    }
    if let Some(row) = standard_errors.iter().position(|s| *s <= 0.0) {
        return Err(StatsError::invalid_row(
            "standard errors (not positive)",
            row,
        ));
    }
    let t: Vec<f64> = values
        .iter()
        .zip(standard_errors)
        .map(|(v, s)| v / s)
        .collect();
    let n = values.len() as f64;
    let statistic: f64 = t.iter().map(|t| t * t).sum();
    let p_value = ChiSquared::new(n).map_or(f64::NAN, |chi| chi.sf(statistic));
    let bias_sd = between(values, standard_errors);
    let called = t.iter().filter(|t| t.abs() > 1.959_963_984_540_054).count();
    let cautions = match p_value < LIMIT {
        true => vec![Caution::PlaceboFails { p_value }],
        false => Vec::new(),
    };
    Ok(NegativeControls {
        p_value,
        bias: pooled(values, standard_errors, bias_sd),
        bias_sd,
        share_called: called as f64 / n,
        controls: values.len(),
        cautions,
    })
}

impl NegativeControls {
    /// The effect with the method's own bias taken out and its spread added: calibrated value and interval, and p-value.
    ///
    /// `value - bias`, standard error `sqrt(s² + bias_sd² + variance of the mean bias)` `[Schuemie2018]`.
    pub fn calibrate(&self, effect: &Estimate, level: f64) -> Result<(Estimate, f64), StatsError> {
        prove_level(level)?;
        let spread = effect.standard_error.powi(2) + self.bias_sd.powi(2);
        let of_mean = spread / self.controls as f64;
        let error = (spread + of_mean).sqrt();
        let value = effect.value - self.bias;
        let p_value = 2.0 * normal_cdf(-(value / error).abs());
        Ok((Estimate::normal(value, error, level), p_value))
    }
}

fn pooled(values: &[f64], errors: &[f64], sd: f64) -> f64 {
    let weights = errors.iter().map(|s| 1.0 / (s * s + sd * sd));
    let (sum, whole) = (values.iter().zip(weights))
        .fold((0.0, 0.0), |(sum, whole), (v, w)| (sum + v * w, whole + w));
    sum / whole
}

/// Spread of the truths by maximum likelihood: a coarse search, then golden sections around the best.
fn between(values: &[f64], errors: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let fit = |sd: f64| -> f64 {
        let middle = pooled(values, errors, sd);
        (values.iter().zip(errors))
            .map(|(v, s)| {
                let variance = s * s + sd * sd;
                0.5 * (variance.ln() + (v - middle).powi(2) / variance)
            })
            .sum()
    };
    let middle = pooled(values, errors, 0.0);
    let most = values
        .iter()
        .map(|v| (v - middle).abs())
        .fold(0.0, f64::max)
        * 2.0;
    let steps = 200;
    let at = |i: usize| most * i as f64 / steps as f64;
    let best = (0..=steps)
        .min_by(|a, b| fit(at(*a)).total_cmp(&fit(at(*b))))
        .unwrap_or(0);
    let (mut low, mut high) = (at(best.saturating_sub(1)), at((best + 1).min(steps)));
    for _ in 0..60 {
        let (a, b) = (
            low + 0.381_966 * (high - low),
            low + 0.618_034 * (high - low),
        );
        if fit(a) <= fit(b) {
            high = b;
        } else {
            low = a;
        }
    }
    let found = 0.5 * (low + high);
    // The spread 0 is a corner, not a valley.
    if fit(0.0) <= fit(found) { 0.0 } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_without_bias_passes_and_a_biased_one_is_seen_and_corrected() {
        let errors = [0.1; 6];
        let good = judge(&[0.05, -0.1, 0.02, 0.11, -0.06, 0.0], &errors).unwrap();
        assert!(good.p_value > 0.3 && good.bias_sd == 0.0 && good.cautions.is_empty());
        let bad = judge(&[0.45, 0.55, 0.5, 0.4, 0.6, 0.5], &errors).unwrap();
        assert!(bad.p_value < 1e-6 && (bad.bias - 0.5).abs() < 1e-9);
        assert_eq!(bad.cautions.len(), 1);
        let (calibrated, p) = bad
            .calibrate(&Estimate::normal(0.5, 0.1, 0.9), 0.9)
            .unwrap();
        assert!(calibrated.value.abs() < 1e-9 && p > 0.9);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(judge(&[], &[]).is_err());
        assert!(judge(&[1.0], &[0.0]).is_err());
        assert!(judge(&[1.0, 2.0], &[1.0]).is_err());
        assert!(judge(&[f64::NAN], &[1.0]).is_err());
    }
}
