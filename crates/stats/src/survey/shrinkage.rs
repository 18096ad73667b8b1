//! What can be believed of a small group's figure?

use statrs::distribution::{Beta, ContinuousCDF};

use crate::error::{require_finite, require_length};
use crate::optimize::{Evaluation, SearchLimits, minimize};
use crate::regression::sample::prove_level;
use crate::special::{digamma, ln_gamma, trigamma};
use crate::{Caution, Estimate, Interval, StatsError};

/// Groups below which the spread between them is hardly known; convention.
const ENOUGH_GROUPS: usize = 10;

/// Shares of groups drawn towards the common one.
#[derive(Debug, Clone, PartialEq)]
pub struct ShrunkenShares {
    /// Posterior mean, standard deviation and equal-tailed interval of each group's share.
    pub groups: Vec<Estimate>,
    /// Beta distribution of the groups' true shares.
    pub alpha: f64,
    pub beta: f64,
    pub log_likelihood: f64,
    pub cautions: Vec<Caution>,
}

/// Empirical-Bayes shares: successes ~ Binomial(trials, share), share ~ Beta(alpha, beta) by maximum likelihood.
///
/// Posterior mean `(alpha + s) / (alpha + beta + n)` `[CarlinLouis2000]`. Groups without trials get the common share.
/// The intervals take alpha and beta as known, hence a caution below 10 groups. When the groups differ no more than
/// chance does, alpha and beta run away and all groups get the common share, with a caution.
/// Errs on successes outside 0-trials and with fewer than two groups that have trials.
pub fn beta_binomial(
    successes: &[f64],
    trials: &[f64],
    level: f64,
) -> Result<ShrunkenShares, StatsError> {
    prove_level(level)?;
    require_length("trials", successes.len(), trials.len())?;
    for (row, (s, n)) in successes.iter().zip(trials).enumerate() {
        if !(n.is_finite() && *n >= 0.0 && (0.0..=*n).contains(s)) {
            return Err(StatsError::invalid_row("successes (outside 0-trials)", row));
        }
    }
    let with_trials = trials.iter().filter(|n| **n > 0.0).count();
    if with_trials < 2 {
        return Err(StatsError::TooFewGroups {
            needed: 2,
            got: with_trials,
        });
    }
    let total = (successes.iter().sum::<f64>() + 0.5) / (trials.iter().sum::<f64>() + 1.0);
    let limits = SearchLimits {
        lower: vec![-12.0, -12.0],
        upper: vec![16.0, 16.0],
        ..SearchLimits::free(2)
    };
    let best = [1.0, 10.0, 100.0]
        .iter()
        .map(|strength| {
            let start = [(total * strength).ln(), ((1.0 - total) * strength).ln()];
            minimize(&start, &limits, |point| {
                beta_binomial_slopes(successes, trials, point)
            })
        })
        .min_by(|a, b| a.value.total_cmp(&b.value))
        .expect("three starts give a lowest");
    let (alpha, beta) = (best.point[0].exp(), best.point[1].exp());
    let group = |(s, n): (&f64, &f64)| beta_estimate(alpha + s, beta + n - s, level);
    Ok(ShrunkenShares {
        groups: successes.iter().zip(trials).map(group).collect(),
        alpha,
        beta,
        log_likelihood: -best.value,
        cautions: shares_cautions(with_trials, alpha + beta, trials),
    })
}

/// Means of groups drawn towards the common one.
#[derive(Debug, Clone, PartialEq)]
pub struct ShrunkenMeans {
    pub groups: Vec<Estimate>,
    /// Weight of the common mean in each group, `B = s² / (s² + tau²)`, 0-1.
    pub pull: Vec<f64>,
    pub common: Estimate,
    /// Variance between the groups' true means.
    pub between_variance: f64,
    pub cautions: Vec<Caution>,
}

/// Normal-normal shrinkage: mean_g ~ Normal(theta_g, se_g²), theta_g ~ Normal(mu, tau²).
///
/// tau² solves `sum (mean_g - mu)² / (se_g² + tau²) = groups - 1` `[PauleMandel1982]`, 0 when the groups differ no more
/// than chance does. Posterior variance `(1-B) se² + B² var(mu)`. Standard errors must be positive.
pub fn normal_normal(
    means: &[f64],
    standard_errors: &[f64],
    level: f64,
) -> Result<ShrunkenMeans, StatsError> {
    prove_level(level)?;
    require_length("standard errors", means.len(), standard_errors.len())?;
    require_finite("means", means)?;
    if let Some(row) = standard_errors
        .iter()
        .position(|s| !(s.is_finite() && *s > 0.0))
    {
        return Err(StatsError::invalid_row(
            "standard error (must be positive)",
            row,
        ));
    }
    if means.len() < 2 {
        let got = means.len();
        return Err(StatsError::TooFewGroups { needed: 2, got });
    }
    let variances: Vec<f64> = standard_errors.iter().map(|s| s * s).collect();
    let between = paule_mandel(means, &variances);
    let (mu, mu_variance) = common_mean(means, &variances, between);
    let pull: Vec<f64> = variances.iter().map(|s| s / (s + between)).collect();
    let groups = (0..means.len())
        .map(|g| {
            let value = pull[g] * mu + (1.0 - pull[g]) * means[g];
            let variance = (1.0 - pull[g]) * variances[g] + pull[g].powi(2) * mu_variance;
            Estimate::normal(value, variance.sqrt(), level)
        })
        .collect();
    let mut cautions = few_groups(means.len());
    if between == 0.0 {
        let parameter = "between_variance".to_owned();
        cautions.push(Caution::BoundaryOptimum { parameter });
    }
    Ok(ShrunkenMeans {
        groups,
        pull,
        common: Estimate::normal(mu, mu_variance.sqrt(), level),
        between_variance: between,
        cautions,
    })
}

/// Negative log-likelihood of (ln alpha, ln beta), binomial coefficients left out, with its derivatives.
fn beta_binomial_slopes(successes: &[f64], trials: &[f64], point: &[f64]) -> Evaluation {
    let (a, b) = (point[0].exp(), point[1].exp());
    let mut value = 0.0;
    let (mut da, mut db, mut daa, mut dbb, mut dab) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (s, n) in successes.iter().zip(trials).filter(|(_, n)| **n > 0.0) {
        let f = n - s;
        value -=
            ln_gamma(a + s) - ln_gamma(a) + ln_gamma(b + f) - ln_gamma(b) - ln_gamma(a + b + n)
                + ln_gamma(a + b);
        let (common, common2) = (
            digamma(a + b + n) - digamma(a + b),
            trigamma(a + b + n) - trigamma(a + b),
        );
        da -= digamma(a + s) - digamma(a) - common;
        db -= digamma(b + f) - digamma(b) - common;
        daa -= trigamma(a + s) - trigamma(a) - common2;
        dbb -= trigamma(b + f) - trigamma(b) - common2;
        dab += common2;
    }
    // Chain rule for the logarithms.
    Evaluation {
        value,
        gradient: nalgebra::DVector::from_vec(vec![a * da, b * db]),
        hessian: nalgebra::DMatrix::from_row_slice(
            2,
            2,
            &[
                a * da + a * a * daa,
                a * b * dab,
                a * b * dab,
                b * db + b * b * dbb,
            ],
        ),
    }
}

fn beta_estimate(a: f64, b: f64, level: f64) -> Estimate {
    let value = a / (a + b);
    let standard_error = (value * (1.0 - value) / (a + b + 1.0)).sqrt();
    let tail = (1.0 - level) / 2.0;
    let interval = match Beta::new(a, b) {
        // Very narrow distributions are normal anyway.
        Ok(beta) if a.min(b) < 1e4 => Interval {
            lower: beta_quantile(&beta, tail),
            upper: beta_quantile(&beta, 1.0 - tail),
            level,
        },
        _ => Interval::normal(value, standard_error, level),
    };
    Estimate {
        value,
        standard_error,
        interval,
    }
}

/// The smallest share with at least this probability below it: halving the numbers from 0 to 1, which ends after 62 steps.
///
/// The library's own search does not end for some very small parameters.
fn beta_quantile(beta: &Beta, probability: f64) -> f64 {
    let (mut low, mut high) = (0_u64, 1.0_f64.to_bits());
    while low < high {
        let middle = low + (high - low) / 2;
        if beta.cdf(f64::from_bits(middle)) < probability {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    f64::from_bits(low)
}

fn shares_cautions(groups: usize, strength: f64, trials: &[f64]) -> Vec<Caution> {
    let mut cautions = few_groups(groups);
    let largest = trials.iter().copied().fold(1.0, f64::max);
    if strength > 1000.0 * largest {
        let parameter = "alpha and beta";
        cautions.push(Caution::HeterogeneityNotIdentified { parameter });
    }
    cautions
}

fn few_groups(got: usize) -> Vec<Caution> {
    match got < ENOUGH_GROUPS {
        true => vec![Caution::FewClusters {
            needed: ENOUGH_GROUPS,
            got,
        }],
        false => Vec::new(),
    }
}

fn common_mean(means: &[f64], variances: &[f64], between: f64) -> (f64, f64) {
    let (mut sum, mut weight) = (0.0, 0.0);
    for (mean, variance) in means.iter().zip(variances) {
        sum += mean / (variance + between);
        weight += 1.0 / (variance + between);
    }
    (sum / weight, 1.0 / weight)
}

/// The statistic falls with tau², so bisection finds the root.
fn paule_mandel(means: &[f64], variances: &[f64]) -> f64 {
    let surplus = |between: f64| {
        let (mu, _) = common_mean(means, variances, between);
        let statistic: f64 = (means.iter().zip(variances))
            .map(|(mean, variance)| (mean - mu).powi(2) / (variance + between))
            .sum();
        statistic - (means.len() - 1) as f64
    };
    if surplus(0.0) <= 0.0 {
        return 0.0;
    }
    let mut high = variances.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    while surplus(high) > 0.0 && high.is_finite() {
        high *= 2.0;
    }
    let mut low = 0.0;
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if surplus(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_found_for_any_shape_and_agree_with_known_ones() {
        let of = |a: f64, b: f64, p: f64| beta_quantile(&Beta::new(a, b).unwrap(), p);
        // Beta(1, b): 1 - (1 - p)^(1/b); Beta(a, 1): p^(1/a).
        assert!((of(1.0, 5.0, 0.05) - (1.0 - 0.95_f64.powf(0.2))).abs() < 1e-14);
        assert!((of(4.0, 1.0, 0.95) - 0.95_f64.powf(0.25)).abs() < 1e-14);
        for a in [6e-6, 1e-3, 1.0, 300.0, 9_999.0] {
            for b in [6e-6, 1e-3, 1.0, 300.0, 9_999.0] {
                let (lower, upper) = (of(a, b, 0.05), of(a, b, 0.95));
                assert!((0.0..=1.0).contains(&lower) && lower <= upper && upper <= 1.0);
            }
        }
    }

    /// Nobody ever says yes in most groups, which brought the search for a quantile to run without end.
    #[test]
    fn shares_of_all_or_nothing_are_told_at_once() {
        for answers in [[0.0, 0.0, 0.0, 1.0], [0.0, 3.0, 0.0, 7.0], [0.0; 4]] {
            let found = beta_binomial(&answers, &[1.0, 3.0, 2.0, 7.0], 0.9).unwrap();
            let sound = |e: &Estimate| e.interval.lower <= e.value && e.value <= e.interval.upper;
            assert_eq!(found.groups.len(), 4);
            assert!(
                found
                    .groups
                    .iter()
                    .all(|e| sound(e) || e.value < 1e-3 || e.value > 0.999)
            );
        }
    }

    #[test]
    fn small_groups_are_drawn_further_than_large_ones() {
        let shares =
            beta_binomial(&[3.0, 300.0, 40.0, 55.0], &[3.0, 400.0, 100.0, 90.0], 0.9).unwrap();
        assert!(shares.groups[0].value < 0.9 && (shares.groups[1].value - 0.75).abs() < 0.02);
        assert!(shares.groups[0].interval.contains(shares.groups[0].value));
    }

    #[test]
    fn groups_that_do_not_differ_get_the_common_share() {
        let shares = beta_binomial(&[50.0; 20], &[100.0; 20], 0.9).unwrap();
        assert!((shares.groups[3].value - 0.5).abs() < 1e-3);
        assert!(shares.groups[3].standard_error < 0.02);
        assert!(!shares.cautions.is_empty());
    }

    #[test]
    fn eight_schools_pull_follows_the_formula() {
        let means = [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0];
        let errors = [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0];
        let shrunken = normal_normal(&means, &errors, 0.9).unwrap();
        assert_eq!(shrunken.between_variance, 0.0);
        assert!((shrunken.common.value - 7.686).abs() < 1e-3);
        assert!((shrunken.common.standard_error - 4.072).abs() < 1e-3);
        let half_width = shrunken.common.interval.upper - shrunken.common.value;
        assert!((half_width / shrunken.common.standard_error - 1.644_853_6).abs() < 1e-6);
    }

    #[test]
    fn more_successes_than_trials_are_refused() {
        assert!(beta_binomial(&[3.0, 1.0], &[2.0, 2.0], 0.9).is_err());
        assert!(normal_normal(&[1.0, 2.0], &[0.0, 1.0], 0.9).is_err());
    }
}
