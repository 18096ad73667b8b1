//! How much hazard has gathered by a given time?

use super::spells::{RiskRow, Spells};
use crate::regression::sample::prove_level;
use crate::{Estimate, Interval, StatsError};

/// One step of the cumulative hazard, from this time on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HazardStep {
    pub risk: RiskRow,
    pub cumulative: Estimate,
}

/// Nelson-Aalen cumulative hazard `H(t) = sum d/n` `[Aalen1978]`, steps in rising order of time.
///
/// Variance `sum d/n²`; intervals on the log scale, so that they stay positive.
pub fn fit(spells: &Spells, level: f64) -> Result<Vec<HazardStep>, StatsError> {
    prove_level(level)?;
    spells.prove()?;
    let (mut hazard, mut variance) = (0.0, 0.0);
    let step = |&risk: &RiskRow| {
        hazard += risk.events / risk.at_risk;
        variance += risk.events / (risk.at_risk * risk.at_risk);
        let spread = f64::sqrt(variance);
        HazardStep {
            risk,
            cumulative: Estimate {
                value: hazard,
                standard_error: spread,
                interval: Interval::log_normal(hazard, spread / hazard, level),
            },
        }
    };
    Ok(spells.risk_table().iter().map(step).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hazard_gathers_events_over_those_at_risk() {
        let spells = Spells {
            entry: None,
            time: &[1.0, 2.0, 2.0, 3.0],
            event: &[true, true, false, true],
            weights: Some(&[1.0, 1.0, 1.0, 2.0]),
        };
        let steps = fit(&spells, 0.9).unwrap();
        assert!((steps[2].cumulative.value - (0.2 + 0.25 + 1.0)).abs() < 1e-12);
    }
}
