//! How strong would an unseen cause have to be to explain the effect away?

use crate::{Interval, StatsError};

/// How strong an unmeasured confounder must be, on the risk-ratio scale, with both treatment and outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EValue {
    /// To move the estimate to no effect.
    pub estimate: f64,
    /// To move the nearest limit of the interval to no effect; 1 when the interval holds no effect already.
    pub limit: f64,
}

/// E-value of a risk ratio, `RR + sqrt(RR (RR - 1))`, ratios below 1 turned over first `[VanderWeeleDing2017]`.
///
/// Errs unless 0 < lower ≤ ratio ≤ upper.
pub fn of_risk_ratio(ratio: f64, interval: Interval) -> Result<EValue, StatsError> {
    let Interval { lower, upper, .. } = interval;
    if !(lower > 0.0 && lower <= ratio && ratio <= upper) {
        return Err(StatsError::invalid(format!(
            "risk ratio {ratio} ({lower} to {upper})"
        )));
    }
    let nearest = if ratio >= 1.0 {
        lower.max(1.0)
    } else {
        upper.min(1.0)
    };
    Ok(EValue {
        estimate: strength(ratio),
        limit: strength(nearest),
    })
}

/// E-value of an odds ratio; when the outcome is common (above 15 %) its root stands for the risk ratio.
pub fn of_odds_ratio(ratio: f64, interval: Interval, common: bool) -> Result<EValue, StatsError> {
    let risk = |r: f64| if common { r.sqrt() } else { r };
    let interval = Interval {
        lower: risk(interval.lower),
        upper: risk(interval.upper),
        level: interval.level,
    };
    of_risk_ratio(risk(ratio), interval)
}

/// E-value of a difference of means, by `RR = exp(0.91 d)` with d in standard deviations of the outcome.
pub fn of_difference(difference: f64, interval: Interval, sd: f64) -> Result<EValue, StatsError> {
    if sd.is_nan() || sd <= 0.0 {
        return Err(StatsError::invalid(format!("standard deviation {sd}")));
    }
    let risk = |d: f64| (0.91 * d / sd).exp();
    let interval = Interval {
        lower: risk(interval.lower),
        upper: risk(interval.upper),
        level: interval.level,
    };
    of_risk_ratio(risk(difference), interval)
}

fn strength(ratio: f64) -> f64 {
    let ratio = if ratio < 1.0 { 1.0 / ratio } else { ratio };
    ratio + (ratio * (ratio - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(lower: f64, upper: f64) -> Interval {
        Interval {
            lower,
            upper,
            level: 0.95,
        }
    }

    #[test]
    fn risk_ratio_3_9_with_limit_2_4_gives_the_published_pair() {
        let e = of_risk_ratio(3.9, interval(2.4, 8.7)).unwrap();
        assert!((e.estimate - 7.263).abs() < 5e-4 && (e.limit - 4.233).abs() < 5e-4);
        let e = of_risk_ratio(3.8, interval(1.0, 9.0)).unwrap();
        assert!((e.estimate - 7.06).abs() < 5e-3 && e.limit == 1.0);
    }

    #[test]
    fn a_protective_ratio_is_turned_over() {
        let one = of_risk_ratio(0.5, interval(0.4, 0.8)).unwrap();
        let other = of_risk_ratio(2.0, interval(1.25, 2.5)).unwrap();
        assert!((one.estimate - other.estimate).abs() < 1e-12);
        assert!((one.limit - other.limit).abs() < 1e-12);
    }

    #[test]
    fn an_estimate_outside_its_interval_is_refused() {
        assert!(of_risk_ratio(1.0, interval(2.0, 3.0)).is_err());
        assert!(of_difference(1.0, interval(0.0, 2.0), 0.0).is_err());
    }
}
