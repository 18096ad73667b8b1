//! What did the activity change, when chance decided who got it?

use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

use crate::error::{require_finite, require_length};
use crate::regression::coefficients::{student_estimate, two_sided_p};
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, StatsError};

/// p-value below which group sizes contradict the planned shares; customary, since it points at broken assignment.
pub const SAMPLE_RATIO_LIMIT: f64 = 0.001;

/// Outcome of a randomized comparison of two groups.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialResult {
    /// Mean of the treated minus mean of the controls, in units of the outcome.
    pub effect: Estimate,
    /// Two-sided, against no effect.
    pub p_value: f64,
    pub degrees_of_freedom: f64,
    pub treated_mean: f64,
    pub control_mean: f64,
    pub treated: usize,
    pub control: usize,
    /// Share of the variance that the earlier value took away (0 without one).
    pub variance_removed: f64,
    pub cautions: Vec<Caution>,
}

/// Difference of means with Welch's standard error and degrees of freedom `[Welch1947]`.
///
/// `before` is a value of the same customers from before the assignment (CUPED): the outcome is replaced by
/// `Y - theta (X - mean X)`, theta the common slope within groups `[Deng2013]`; means are those of the adjusted outcome.
/// All slices n long. Errs with fewer than two in a group and when neither group's outcome varies.
pub fn compare(
    outcome: &[f64],
    treated: &[bool],
    before: Option<&[f64]>,
    level: f64,
) -> Result<TrialResult, StatsError> {
    prove_level(level)?;
    require_finite("outcome", outcome)?;
    require_length("treated", outcome.len(), treated.len())?;
    let smaller =
        (treated.iter().filter(|t| **t).count()).min(treated.iter().filter(|t| !**t).count());
    if smaller < 2 {
        return Err(StatsError::TooFewObservations {
            needed: 2,
            got: smaller,
        });
    }
    let plain = [true, false].map(|arm| Summary::of(outcome, treated, arm));
    let (arms, variance_removed) = match before {
        None => (plain, 0.0),
        Some(before) => {
            require_length("before", outcome.len(), before.len())?;
            require_finite("before", before)?;
            let adjusted = adjust(outcome, treated, before);
            let arms = [true, false].map(|arm| Summary::of(&adjusted, treated, arm));
            let (now, then) = (pooled(&arms), pooled(&plain));
            (arms, if then > 0.0 { 1.0 - now / then } else { 0.0 })
        }
    };
    if arms.iter().all(|arm| arm.variance == 0.0) {
        let what = "outcome".to_owned();
        return Err(StatsError::NoVariation { what });
    }
    let [one, other] = arms;
    let parts = [one.variance / one.count, other.variance / other.count];
    let variance = parts[0] + parts[1];
    let freedom = variance.powi(2)
        / (parts[0].powi(2) / (one.count - 1.0) + parts[1].powi(2) / (other.count - 1.0));
    let value = one.mean - other.mean;
    Ok(TrialResult {
        effect: student_estimate(value, variance.sqrt(), freedom, level),
        p_value: two_sided_p(value / variance.sqrt(), freedom),
        degrees_of_freedom: freedom,
        treated_mean: one.mean,
        control_mean: other.mean,
        treated: one.count as usize,
        control: other.count as usize,
        variance_removed,
        cautions: few(smaller),
    })
}

/// p-value of the group sizes under the planned shares (chi-square); below [`SAMPLE_RATIO_LIMIT`] the assignment or the
/// data are broken and the comparison should not be read `[Fabijan2019]`.
///
/// `planned` shares are positive and need not sum to 1.
pub fn sample_ratio_p(counts: &[f64], planned: &[f64]) -> Result<f64, StatsError> {
    require_length("planned", counts.len(), planned.len())?;
    let total: f64 = counts.iter().sum();
    let whole: f64 = planned.iter().sum();
    if counts.len() < 2 {
        let got = counts.len();
        return Err(StatsError::TooFewGroups { needed: 2, got });
    }
    if planned.iter().any(|s| s.is_nan() || *s <= 0.0)
        || counts.iter().any(|c| c.is_nan() || *c < 0.0)
        || total <= 0.0
    {
        return Err(StatsError::invalid("counts or planned shares"));
    }
    let statistic: f64 = (counts.iter().zip(planned))
        .map(|(count, share)| {
            let expected = total * share / whole;
            (count - expected).powi(2) / expected
        })
        .sum();
    let freedom = (counts.len() - 1) as f64;
    Ok(ChiSquared::new(freedom).map_or(f64::NAN, |chi| chi.sf(statistic)))
}

/// Smallest true difference that two groups of these sizes detect with this power at this level (two-sided, normal).
///
/// `(z_level + z_power) sd sqrt(1/n1 + 1/n2)`. NaN for impossible arguments.
pub fn detectable_difference(
    sd: f64,
    (treated, control): (f64, f64),
    level: f64,
    power: f64,
) -> f64 {
    let possible = |p: f64| p > 0.0 && p < 1.0;
    if !(possible(level) && possible(power)) {
        return f64::NAN;
    }
    let z =
        crate::estimate::normal_quantile_for_level(level) + Normal::standard().inverse_cdf(power);
    z * sd * (1.0 / treated + 1.0 / control).sqrt()
}

struct Summary {
    count: f64,
    mean: f64,
    /// With n - 1 in the divisor.
    variance: f64,
}

impl Summary {
    fn of(values: &[f64], treated: &[bool], arm: bool) -> Self {
        let own = || {
            values
                .iter()
                .zip(treated)
                .filter(|(_, t)| **t == arm)
                .map(|(v, _)| *v)
        };
        let count = own().count() as f64;
        let mean = own().sum::<f64>() / count;
        Summary {
            count,
            mean,
            variance: own().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0),
        }
    }
}

fn pooled(arms: &[Summary; 2]) -> f64 {
    let squares: f64 = arms.iter().map(|a| a.variance * (a.count - 1.0)).sum();
    squares / arms.iter().map(|a| a.count - 1.0).sum::<f64>()
}

/// The outcome less what the earlier value foretold, by the slope within groups.
fn adjust(outcome: &[f64], treated: &[bool], before: &[f64]) -> Vec<f64> {
    let now = [true, false].map(|arm| Summary::of(outcome, treated, arm).mean);
    let then = [true, false].map(|arm| Summary::of(before, treated, arm).mean);
    let (mut covariance, mut variance) = (0.0, 0.0);
    for row in 0..outcome.len() {
        let arm = usize::from(!treated[row]);
        let x = before[row] - then[arm];
        covariance += x * (outcome[row] - now[arm]);
        variance += x * x;
    }
    // An earlier value that does not vary foretells nothing.
    let theta = if variance > 0.0 {
        covariance / variance
    } else {
        0.0
    };
    let mean = before.iter().sum::<f64>() / before.len() as f64;
    let rows = outcome.iter().zip(before);
    rows.map(|(y, x)| y - theta * (x - mean)).collect()
}

fn few(smaller: usize) -> Vec<Caution> {
    match smaller < 30 {
        true => vec![Caution::FewObservations {
            needed: 30,
            got: smaller,
        }],
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_forecast_from_before_leaves_only_the_effect() {
        let before: Vec<f64> = (0..40).map(|i| f64::from(i * i % 17)).collect();
        let treated: Vec<bool> = (0..40).map(|i| i % 2 == 0).collect();
        let outcome: Vec<f64> = (0..40)
            .map(|i| 2.0 * before[i] + 5.0 * f64::from(treated[i]) + 0.01 * (i % 3) as f64)
            .collect();
        let result = compare(&outcome, &treated, Some(&before), 0.9).unwrap();
        assert!((result.effect.value - 5.0).abs() < 0.01 && result.variance_removed > 0.99);
    }

    #[test]
    fn equal_groups_pass_and_broken_assignment_is_seen() {
        assert!(sample_ratio_p(&[5000.0, 5010.0], &[1.0, 1.0]).unwrap() > 0.5);
        assert!(sample_ratio_p(&[5000.0, 5400.0], &[1.0, 1.0]).unwrap() < SAMPLE_RATIO_LIMIT);
        assert!(sample_ratio_p(&[1.0], &[1.0]).is_err());
    }

    #[test]
    fn sixteen_variances_over_squared_difference_is_the_known_rule_of_size() {
        // Lehr's rule: 16 / delta² per group for 80 % power at 5 %.
        let delta = detectable_difference(1.0, (16.0 / 0.04, 16.0 / 0.04), 0.95, 0.80);
        assert!((delta - 0.2).abs() < 0.003);
    }

    #[test]
    fn one_group_or_no_variation_is_refused() {
        assert!(compare(&[1.0, 2.0, 3.0], &[true, true, true], None, 0.9).is_err());
        assert!(
            compare(
                &[1.0; 6],
                &[true, true, true, false, false, false],
                None,
                0.9
            )
            .is_err()
        );
    }
}
