//! Do the methods find a truth that is known? Many small example companies, each through the ordinary path.

use crate::{AnalyzeRequest, AppError, Home, analyze, demo, imports};
use odla_domain::{Figure, Outcome, Report};
use odla_example::Truth;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// False discoveries are promised to stay below this share (Benjamini-Hochberg).
pub const PROMISED_FALSE_DISCOVERY: f64 = 0.10;

/// How one quantity was recovered over all trials.
#[derive(Debug, Default, Serialize)]
pub struct Recovered {
    pub trials: u32,
    pub covered: u32,
    pub mean_truth: f64,
    pub mean_estimate: f64,
    pub mean_width: f64,
    /// Trials where the figure could not be told.
    pub untold: u32,
}

impl Recovered {
    pub fn coverage(&self) -> f64 {
        f64::from(self.covered) / f64::from(self.trials.max(1))
    }

    fn add(&mut self, truth: f64, figure: &Figure) {
        let (Some(value), Some(lower), Some(upper)) = (figure.value, figure.lower, figure.upper)
        else {
            self.untold += 1;
            return;
        };
        self.trials += 1;
        self.covered += u32::from(lower <= truth && truth <= upper);
        let step = 1.0 / f64::from(self.trials);
        self.mean_truth += (truth - self.mean_truth) * step;
        self.mean_estimate += (value - self.mean_estimate) * step;
        self.mean_width += (upper - lower - self.mean_width) * step;
    }
}

/// The table of all trials.
#[derive(Debug, Default, Serialize)]
pub struct Recovery {
    pub seeds: u64,
    pub customers: usize,
    pub quantities: BTreeMap<String, Recovered>,
    /// Drivers without effect that were tried, and those that were called certain.
    pub nulls_tried: u32,
    pub nulls_called: u32,
}

/// One example company after the other, each in a folder of its own below `scratch`.
pub async fn recover(
    scratch: &Path,
    seeds: u64,
    customers: usize,
    tell: &(dyn Fn(u64) + Sync),
) -> Result<Recovery, AppError> {
    let mut recovery = Recovery {
        seeds,
        customers,
        ..Recovery::default()
    };
    for seed in 1..=seeds {
        tell(seed);
        let folder = scratch.join(format!("company-{seed}"));
        let (truth, outcomes) = trial(&folder, customers, seed).await?;
        recovery.count(&truth, &outcomes);
        std::fs::remove_dir_all(&folder).map_err(|source| AppError::file(&folder, source))?;
    }
    Ok(recovery)
}

async fn trial(
    folder: &Path,
    customers: usize,
    seed: u64,
) -> Result<(Truth, Vec<Outcome>), AppError> {
    let home = Home::open(folder)?;
    let (files, truth) = demo::make(&home, customers, seed).await?;
    imports::import(&home, vec![files], None, false, &|_| {}).await?;
    let request = AnalyzeRequest {
        as_of: Some(truth.config.as_of),
        seed,
        ..AnalyzeRequest::default()
    };
    let analysis = analyze(&home, &request, &|_| {}).await?;
    Ok((truth, analysis.outcomes))
}

impl Recovery {
    fn count(&mut self, truth: &Truth, outcomes: &[Outcome]) {
        let reports = || {
            outcomes
                .iter()
                .map(|outcome| &outcome.report)
                .filter(|report| report.capability != "overview")
        };
        for known in &truth.truths {
            if let Some(figure) = reports().find_map(|report| report.figure(&known.key)) {
                // Sums of ledger rows have no interval that could cover anything.
                if figure.method != "booked" {
                    self.quantities
                        .entry(class_of(&known.key))
                        .or_default()
                        .add(known.value, figure);
                }
            }
        }
        for report in reports() {
            self.count_nulls(truth, report);
        }
    }

    fn count_nulls(&mut self, truth: &Truth, report: &Report) {
        for attribute in &truth.null_attributes {
            if let Some(figure) = report.figure(&format!("drivers.{attribute}.effect")) {
                self.nulls_tried += 1;
                let called = !figure
                    .cautions
                    .iter()
                    .any(|caution| caution.key == "drivers.not_certain");
                self.nulls_called += u32::from(called);
            }
        }
    }
}

/// Driver effects are counted together: each attribute is one trial of the same method.
fn class_of(key: &str) -> String {
    match key
        .strip_prefix("drivers.")
        .and_then(|rest| rest.rsplit_once('.'))
    {
        Some((_, what)) => format!("drivers.<attribute>.{what}"),
        None => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use odla_domain::Unit;

    #[test]
    fn a_truth_inside_the_interval_is_covered() {
        let mut recovered = Recovered::default();
        recovered.add(
            1.0,
            &Figure::estimated("k", 1.1, (0.9, 1.3), 0.9, Unit::Share),
        );
        recovered.add(
            2.0,
            &Figure::estimated("k", 1.1, (0.9, 1.3), 0.9, Unit::Share),
        );
        assert_eq!((recovered.trials, recovered.covered), (2, 1));
        assert!((recovered.mean_width - 0.4).abs() < 1e-12);
    }

    #[test]
    fn driver_effects_are_one_class() {
        assert_eq!(
            class_of("drivers.delivery.effect"),
            "drivers.<attribute>.effect"
        );
        assert_eq!(class_of("equity.total"), "equity.total");
    }
}
