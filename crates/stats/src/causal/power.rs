//! How many customers must a trial have, and what can it then see?

use super::anytime::RunningMean;
use crate::StatsError;
use crate::error::require_length;
use crate::regression::coefficients::student_quantile;
use crate::special::{ln_gamma, normal_cdf};

/// What is measured on each customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// A mean; standard deviation in units of the outcome.
    Mean { sd: f64 },
    /// A share; that of the controls, 0-1.
    Share { control: f64 },
}

/// How the trial is laid out; start from [`Design::by_customer`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Design {
    /// Share of the rows that is treated, 0-1.
    pub share_treated: f64,
    /// Share of the variance that strata or an earlier value take away (CUPED: squared correlation), 0-1.
    pub variance_removed: f64,
    /// Mean number of rows per drawn unit; 1 when every customer is drawn alone.
    pub cluster_size: f64,
    /// Coefficient of variation of the number of rows per cluster; 0 when all are equal.
    pub size_variation: f64,
    /// Correlation of two rows of one cluster, 0-1.
    pub icc: f64,
}

/// How sure one wants to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// 1 less the chance of calling an effect that is not there (two-sided), 0-1.
    pub level: f64,
    /// Chance of calling the effect when it is there, 0-1.
    pub power: f64,
}

/// Numbers that reach a goal, rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleSize {
    pub treated: usize,
    pub control: usize,
    pub clusters_treated: usize,
    pub clusters_control: usize,
}

/// More rows than any company has; a difference that needs more is refused.
const MOST_ROWS: f64 = 1e12;

impl Design {
    /// Every customer drawn alone, half treated, nothing known before.
    pub fn by_customer() -> Self {
        Design {
            share_treated: 0.5,
            variance_removed: 0.0,
            cluster_size: 1.0,
            size_variation: 0.0,
            icc: 0.0,
        }
    }

    /// By how much the variance of the difference is multiplied against drawing customers alone.
    ///
    /// `(1 - variance removed) (1 + ((cv² + 1) m - 1) icc)` `[Eldridge2006]`.
    pub fn variance_factor(&self) -> f64 {
        let spread = (self.size_variation.powi(2) + 1.0) * self.cluster_size - 1.0;
        (1.0 - self.variance_removed) * (1.0 + spread.max(0.0) * self.icc)
    }

    fn prove(&self) -> Result<(), StatsError> {
        let share = |value: f64| (0.0..1.0).contains(&value);
        let sound = self.share_treated > 0.0
            && share(self.share_treated)
            && share(self.variance_removed)
            && (0.0..=1.0).contains(&self.icc)
            && self.cluster_size >= 1.0
            && self.cluster_size.is_finite()
            && self.size_variation >= 0.0
            && self.size_variation.is_finite();
        match sound {
            true => Ok(()),
            false => Err(StatsError::invalid(format!("design {self:?}"))),
        }
    }
}

/// Share (0-1) of the outcome's variance that an earlier value takes away, the squared correlation `[Deng2013]`; what [`Design::variance_removed`] asks for.
///
/// Both columns n long, any unit; 0 when one of them does not vary. Errs with fewer than 3 rows, on unequal lengths and on values that are no numbers.
pub fn variance_removed(outcome: &[f64], before: &[f64]) -> Result<f64, StatsError> {
    require_length("before", outcome.len(), before.len())?;
    if outcome.len() < 3 {
        return Err(StatsError::TooFewObservations {
            needed: 3,
            got: outcome.len(),
        });
    }
    let (y, x) = (RunningMean::of(outcome)?, RunningMean::of(before)?);
    let (of_y, of_x) = (y.spread(), x.spread());
    if of_y <= 0.0 || of_x <= 0.0 {
        return Ok(0.0);
    }
    let pairs = outcome.iter().zip(before);
    let together: f64 = pairs
        .map(|(o, b)| (o - y.mean) / of_y * ((b - x.mean) / of_x))
        .sum();
    Ok((together / outcome.len() as f64).powi(2).min(1.0))
}

/// Chance (0-1) that a trial with `rows` rows in all calls a true `difference`, two-sided at `level`.
///
/// Noncentral t with (rows or clusters) - 2 degrees of freedom: `P(|T| > t)`, noncentrality difference over its standard
/// error, `sd sqrt(factor (1/n1 + 1/n0))`; for shares each arm has its own variance p (1 - p) `[Cohen1988]`.
/// Errs on impossible arguments.
pub fn power(
    measure: Measure,
    difference: f64,
    design: &Design,
    (rows, level): (f64, f64),
) -> Result<f64, StatsError> {
    prove(measure, difference, design)?;
    prove_share("level", level)?;
    let units = rows / design.cluster_size;
    if !(units.is_finite() && units >= 4.0) {
        return Err(StatsError::TooFewObservations {
            needed: 4,
            got: units.max(0.0) as usize,
        });
    }
    let error = standard_error(measure, difference, design, rows);
    let freedom = units - 2.0;
    let limit = student_quantile(level, freedom);
    let shift = (difference / error).abs();
    Ok(1.0 - noncentral_cdf(limit, freedom, shift) + noncentral_cdf(-limit, freedom, shift))
}

/// Rows that reach the goal for a true `difference` (not 0), the fewest possible.
pub fn sample_size(
    measure: Measure,
    difference: f64,
    design: &Design,
    goal: Goal,
) -> Result<SampleSize, StatsError> {
    prove(measure, difference, design)?;
    prove_share("power", goal.power)?;
    prove_share("level", goal.level)?;
    if difference == 0.0 {
        return Err(StatsError::invalid(
            "difference 0 (no trial is large enough)",
        ));
    }
    let reached = |units: f64| -> Result<bool, StatsError> {
        let rows = units * design.cluster_size;
        Ok(power(measure, difference, design, (rows, goal.level))? >= goal.power)
    };
    let (mut low, mut high) = (3.0, 4.0);
    while !reached(high)? {
        (low, high) = (high, high * 2.0);
        if high > MOST_ROWS {
            return Err(StatsError::invalid(format!(
                "difference {difference} (too small for any trial)"
            )));
        }
    }
    while high - low > 1e-3 {
        let middle = 0.5 * (low + high);
        if reached(middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    let clusters = |share: f64| (high * share - 1e-3).ceil().max(2.0);
    let (one, zero) = (
        clusters(design.share_treated),
        clusters(1.0 - design.share_treated),
    );
    Ok(SampleSize {
        treated: (one * design.cluster_size).ceil() as usize,
        control: (zero * design.cluster_size).ceil() as usize,
        clusters_treated: one as usize,
        clusters_control: zero as usize,
    })
}

/// Smallest true difference above 0 that `rows` rows in all reach the goal for.
///
/// Errs when not even the largest possible difference does (a share can rise to 1 at most).
pub fn smallest_difference(
    measure: Measure,
    design: &Design,
    rows: f64,
    goal: Goal,
) -> Result<f64, StatsError> {
    let reached = |difference: f64| -> Result<bool, StatsError> {
        Ok(power(measure, difference, design, (rows, goal.level))? >= goal.power)
    };
    prove_share("power", goal.power)?;
    prove(measure, 0.0, design)?;
    let (mut low, mut high) = match measure {
        Measure::Mean { sd } => (0.0, 1e6 * sd),
        Measure::Share { control } => (0.0, 1.0 - control),
    };
    if !reached(high)? {
        return Err(StatsError::TooFewObservations {
            needed: rows as usize + 1,
            got: rows as usize,
        });
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if reached(middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(high)
}

fn standard_error(measure: Measure, difference: f64, design: &Design, rows: f64) -> f64 {
    let (one, zero) = match measure {
        Measure::Mean { sd } => (sd * sd, sd * sd),
        Measure::Share { control } => {
            let treated = control + difference;
            (treated * (1.0 - treated), control * (1.0 - control))
        }
    };
    let share = design.share_treated;
    (design.variance_factor() * (one / (rows * share) + zero / (rows * (1.0 - share)))).sqrt()
}

/// P(T <= t) of a noncentral t: the normal probability of `t s - shift` averaged over s = sqrt(chi² / freedom).
fn noncentral_cdf(t: f64, freedom: f64, shift: f64) -> f64 {
    if freedom > 1e5 {
        return normal_cdf(t - shift);
    }
    let log_scale = (1.0 - 0.5 * freedom) * 2.0_f64.ln() - ln_gamma(0.5 * freedom);
    let density = |s: f64| {
        let chi = s * freedom.sqrt();
        let log = log_scale + (freedom - 1.0) * chi.ln() - 0.5 * chi * chi;
        log.exp() * freedom.sqrt()
    };
    // Nearly all of s lies within 9 standard deviations (about 1/sqrt(2 freedom)) of 1; Simpson's rule.
    let width = 9.0 / (2.0 * freedom).sqrt();
    let (low, high) = ((1.0 - width).max(1e-9), 1.0 + width);
    let pieces = 400;
    let step = (high - low) / f64::from(pieces);
    let sum: f64 = (0..=pieces)
        .map(|i| {
            let s = low + step * f64::from(i);
            let weight = match i {
                0 => 1.0,
                i if i == pieces => 1.0,
                i if i % 2 == 1 => 4.0,
                _ => 2.0,
            };
            weight * density(s) * normal_cdf(t * s - shift)
        })
        .sum();
    (sum * step / 3.0).clamp(0.0, 1.0)
}

fn prove(measure: Measure, difference: f64, design: &Design) -> Result<(), StatsError> {
    design.prove()?;
    let possible = match measure {
        Measure::Mean { sd } => sd.is_finite() && sd > 0.0 && difference.is_finite(),
        Measure::Share { control } => {
            control > 0.0 && control < 1.0 && (0.0..=1.0).contains(&(control + difference))
        }
    };
    match possible {
        true => Ok(()),
        false => Err(StatsError::invalid(format!(
            "{measure:?} with difference {difference}"
        ))),
    }
}

fn prove_share(what: &str, value: f64) -> Result<(), StatsError> {
    match value > 0.0 && value < 1.0 {
        true => Ok(()),
        false => Err(StatsError::invalid(format!(
            "{what} {value} (must lie between 0 and 1)"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Goal = Goal {
        level: 0.95,
        power: 0.80,
    };

    #[test]
    fn an_earlier_value_takes_away_its_squared_correlation() {
        // Anscombe's first pair of columns: r² = 0.66654246.
        let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
        let y = [
            8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68,
        ];
        let share = variance_removed(&y, &x).expect("sound");
        assert!((share - 0.66654246).abs() < 1e-8, "{share}");
        let turned: Vec<f64> = x.iter().map(|v| 1e9 - 1e8 * v).collect();
        let same = variance_removed(&y, &turned).expect("sound");
        assert!((same - share).abs() < 1e-9, "{same}");
        assert_eq!(variance_removed(&y, &[3.0; 11]), Ok(0.0));
        assert!(variance_removed(&y, &x[..10]).is_err());
        assert!(variance_removed(&y[..2], &x[..2]).is_err());
        assert!(variance_removed(&y[..3], &[1.0, f64::NAN, 2.0]).is_err());
    }

    #[test]
    fn clusters_multiply_the_rows_by_the_design_effect() {
        let clustered = Design {
            cluster_size: 20.0,
            icc: 0.05,
            ..Design::by_customer()
        };
        assert!((clustered.variance_factor() - 1.95).abs() < 1e-12);
        let alone = sample_size(
            Measure::Mean { sd: 1.0 },
            0.2,
            &Design::by_customer(),
            USUAL,
        )
        .unwrap();
        let drawn = sample_size(Measure::Mean { sd: 1.0 }, 0.2, &clustered, USUAL).unwrap();
        let ratio = drawn.treated as f64 / alone.treated as f64;
        assert!((1.95..2.15).contains(&ratio), "{ratio}");
        assert_eq!(drawn.treated, drawn.clusters_treated * 20);
    }

    #[test]
    fn what_was_known_before_saves_rows() {
        let sharp = Design {
            variance_removed: 0.5,
            ..Design::by_customer()
        };
        let alone = sample_size(
            Measure::Mean { sd: 1.0 },
            0.2,
            &Design::by_customer(),
            USUAL,
        )
        .unwrap();
        let with = sample_size(Measure::Mean { sd: 1.0 }, 0.2, &sharp, USUAL).unwrap();
        assert!((with.treated as f64 / alone.treated as f64 - 0.5).abs() < 0.01);
    }

    #[test]
    fn size_power_and_smallest_difference_agree() {
        for measure in [Measure::Mean { sd: 3.0 }, Measure::Share { control: 0.3 }] {
            let design = Design {
                share_treated: 0.25,
                ..Design::by_customer()
            };
            let difference = smallest_difference(measure, &design, 2000.0, USUAL).unwrap();
            let reached = power(measure, difference, &design, (2000.0, 0.95)).unwrap();
            assert!((reached - 0.8).abs() < 1e-6);
            let size = sample_size(measure, difference, &design, USUAL).unwrap();
            assert!((size.treated + size.control).abs_diff(2000) <= 2);
        }
    }

    #[test]
    fn impossible_plans_are_refused() {
        let design = Design::by_customer();
        assert!(sample_size(Measure::Mean { sd: 1.0 }, 0.0, &design, USUAL).is_err());
        assert!(sample_size(Measure::Mean { sd: 0.0 }, 1.0, &design, USUAL).is_err());
        assert!(sample_size(Measure::Share { control: 0.9 }, 0.2, &design, USUAL).is_err());
        assert!(power(Measure::Mean { sd: 1.0 }, 1.0, &design, (f64::NAN, 0.95)).is_err());
        let wrong = Design {
            icc: 2.0,
            ..Design::by_customer()
        };
        assert!(sample_size(Measure::Mean { sd: 1.0 }, 1.0, &wrong, USUAL).is_err());
        assert!(smallest_difference(Measure::Share { control: 0.5 }, &design, 6.0, USUAL).is_err());
    }
}
