//! Which share has not had it happen by a given time?

use super::spells::{RiskRow, Spells};
use crate::estimate::normal_quantile_for_level;
use crate::regression::sample::prove_level;
use crate::{Estimate, Interval, StatsError};

/// One step of the curve, from this time on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalStep {
    pub risk: RiskRow,
    /// Share that survives beyond this time, with Greenwood's standard error.
    pub survival: Estimate,
}

/// A survival curve; it is 1 before the first step and unknown after `last_seen`.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalCurve {
    pub steps: Vec<SurvivalStep>,
    /// End of the longest observation.
    pub last_seen: f64,
}

/// Kaplan-Meier curve `S(t) = prod (1 - d/n)` over moments with events up to t `[KaplanMeier1958]`.
///
/// Late entry and repetition weights are allowed. Standard error by Greenwood; intervals on the log(-log) scale, so that
/// they stay in 0-1. After the curve has reached 0 the interval is (0, 0).
/// Errs on impossible times and when all are censored.
pub fn fit(spells: &Spells, level: f64) -> Result<SurvivalCurve, StatsError> {
    prove_level(level)?;
    spells.prove()?;
    let (mut survival, mut greenwood) = (1.0, 0.0);
    let steps = (spells.risk_table().iter())
        .map(|&risk| {
            survival *= 1.0 - risk.events / risk.at_risk;
            greenwood += risk.events / (risk.at_risk * (risk.at_risk - risk.events));
            SurvivalStep {
                risk,
                survival: with_interval(survival, greenwood, level),
            }
        })
        .collect();
    let last_seen = spells.time.iter().copied().fold(0.0, f64::max);
    Ok(SurvivalCurve { steps, last_seen })
}

impl SurvivalCurve {
    /// Share that survives beyond `time`; `None` after the last observation, unless the curve has reached 0.
    pub fn at(&self, time: f64) -> Option<Estimate> {
        let passed = self.steps.partition_point(|step| step.risk.time <= time);
        let level = self
            .steps
            .first()
            .map_or(0.9, |s| s.survival.interval.level);
        let estimate = match passed {
            0 => Estimate {
                value: 1.0,
                standard_error: 0.0,
                interval: Interval {
                    lower: 1.0,
                    upper: 1.0,
                    level,
                },
            },
            _ => self.steps[passed - 1].survival,
        };
        (time <= self.last_seen || estimate.value == 0.0).then_some(estimate)
    }

    /// First time at which at most half survive, with the times at which the limits of the curve cross one half.
    /// `None` when the curve stays above; an upper limit that is never reached is infinite.
    pub fn median(&self) -> Option<MedianTime> {
        let first = |low: fn(&Estimate) -> f64| {
            self.steps
                .iter()
                .find(|s| low(&s.survival) <= 0.5 + 1e-12)
                .map(|s| s.risk.time)
        };
        Some(MedianTime {
            value: first(|s| s.value)?,
            lower: first(|s| s.interval.lower)?,
            upper: first(|s| s.interval.upper).unwrap_or(f64::INFINITY),
        })
    }

    /// Area under the curve from 0 to `horizon`: the mean time up to the horizon. `None` beyond the last observation.
    pub fn restricted_mean(&self, horizon: f64) -> Option<f64> {
        self.at(horizon)?;
        let (mut area, mut since, mut height) = (0.0, 0.0, 1.0);
        for step in self.steps.iter().take_while(|s| s.risk.time <= horizon) {
            area += height * (step.risk.time - since);
            (since, height) = (step.risk.time, step.survival.value);
        }
        Some(area + height * (horizon - since))
    }
}

/// A median time with its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MedianTime {
    pub value: f64,
    pub lower: f64,
    pub upper: f64,
}

fn with_interval(survival: f64, greenwood: f64, level: f64) -> Estimate {
    if survival <= 0.0 {
        return Estimate {
            value: 0.0,
            standard_error: 0.0,
            interval: Interval {
                lower: 0.0,
                upper: 0.0,
                level,
            },
        };
    }
    // log(-log S) has standard error sqrt(greenwood) / |log S|.
    let spread = normal_quantile_for_level(level) * greenwood.sqrt() / survival.ln().abs();
    Estimate {
        value: survival,
        standard_error: survival * greenwood.sqrt(),
        interval: Interval {
            lower: survival.powf(spread.exp()),
            upper: survival.powf((-spread).exp()),
            level,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curve_falls_by_the_share_of_those_at_risk() {
        let spells = Spells {
            entry: None,
            time: &[1.0, 2.0, 2.0, 3.0],
            event: &[true, true, false, true],
            weights: None,
        };
        let curve = fit(&spells, 0.9).unwrap();
        let heights: Vec<f64> = curve.steps.iter().map(|s| s.survival.value).collect();
        assert_eq!(heights, vec![0.75, 0.5, 0.0]);
        assert_eq!(curve.at(1.5).unwrap().value, 0.75);
        assert!((curve.restricted_mean(3.0).unwrap() - 2.25).abs() < 1e-12);
        assert_eq!(curve.median().unwrap().value, 2.0);
    }

    #[test]
    fn who_enters_late_is_not_at_risk_before() {
        let spells = Spells {
            entry: Some(&[0.0, 1.5]),
            time: &[1.0, 2.0],
            event: &[true, true],
            weights: None,
        };
        let table = spells.risk_table();
        assert_eq!((table[0].at_risk, table[1].at_risk), (1.0, 1.0));
    }

    #[test]
    fn nobody_lost_is_refused() {
        let spells = Spells {
            entry: None,
            time: &[1.0],
            event: &[false],
            weights: None,
        };
        assert_eq!(fit(&spells, 0.9).unwrap_err().key(), "all_censored");
    }
}
