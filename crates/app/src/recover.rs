//! Do the methods find a truth that is known? Many small example companies, each through the ordinary path.

use crate::{AnalyzeRequest, AppError, Home, analyze, demo, imports};
use odla_domain::{Figure, Outcome, Report};
use odla_example::{Known, Truth};
use odla_insight::claims::{CLAIMS, Claim, Verdict, gain_of_staying};
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

/// A best time counts as found within this many minutes.
pub const NEAR_MINUTES: f64 = 1.0;
/// Minutes are registered to the tenth, and the planted best is looked for in steps of up to a twentieth.
const ROUNDING: f64 = 0.15;

/// How near the best handling times came to the planted ones.
#[derive(Debug, Default, Serialize)]
pub struct NearMinutes {
    pub trials: u32,
    /// Found within a minute, by us and by raw data.
    pub near: u32,
    pub naive_near: u32,
    pub covered: u32,
    pub mean_truth: f64,
    pub mean_estimate: f64,
    pub mean_naive: f64,
}

impl NearMinutes {
    fn add(&mut self, truth: f64, figure: &Figure, naive: Option<f64>) {
        let (Some(value), Some(lower), Some(upper)) = (figure.value, figure.lower, figure.upper)
        else {
            return;
        };
        self.trials += 1;
        self.near += u32::from((value - truth).abs() <= NEAR_MINUTES);
        self.covered += u32::from(lower - ROUNDING <= truth && truth <= upper + ROUNDING);
        let step = 1.0 / f64::from(self.trials);
        self.mean_truth += (truth - self.mean_truth) * step;
        self.mean_estimate += (value - self.mean_estimate) * step;
        if let Some(naive) = naive {
            self.naive_near += u32::from((naive - truth).abs() <= NEAR_MINUTES);
            self.mean_naive += (naive - self.mean_naive) * step;
        }
    }
}

/// The table of all trials.
#[derive(Debug, Default, Serialize)]
pub struct Recovery {
    pub seeds: u64,
    pub customers: usize,
    pub quantities: BTreeMap<String, Recovered>,
    /// By contact reason.
    pub best_minutes: BTreeMap<String, NearMinutes>,
    /// Drivers without effect that were tried, and those that were called certain.
    pub nulls_tried: u32,
    pub nulls_called: u32,
    /// Activities without effect on staying of which an effect is told, and those that were said to keep customers.
    pub idle_tried: u32,
    pub idle_called: u32,
    /// Activities that cost contribution in truth, and those that were found to.
    pub harmful_tried: u32,
    pub harmful_found: u32,
    /// Beliefs whose truth is planted, by their word.
    pub claims: BTreeMap<String, Judged>,
}

/// How the verdicts on one belief agreed with the truth over all trials.
#[derive(Debug, Default, Serialize)]
pub struct Judged {
    /// Trials in which the belief was true.
    pub true_in: u32,
    pub agreed: u32,
    pub against: u32,
    pub left_open: u32,
}

/// Which companies are tried, and with which capabilities (none named: all).
#[derive(Clone, Debug)]
pub struct RecoverRequest {
    pub seeds: u64,
    pub customers: usize,
    pub only: Vec<String>,
}

/// One example company after the other, each in a folder of its own below `scratch`.
pub async fn recover(
    scratch: &Path,
    request: &RecoverRequest,
    tell: &(dyn Fn(u64) + Sync),
) -> Result<Recovery, AppError> {
    let mut recovery = Recovery {
        seeds: request.seeds,
        customers: request.customers,
        ..Recovery::default()
    };
    for seed in 1..=request.seeds {
        tell(seed);
        let folder = scratch.join(format!("company-{seed}"));
        let (truth, outcomes) = trial(&folder, request, seed).await?;
        recovery.count(&truth, &outcomes);
        std::fs::remove_dir_all(&folder).map_err(|source| AppError::file(&folder, source))?;
    }
    Ok(recovery)
}

async fn trial(
    folder: &Path,
    request: &RecoverRequest,
    seed: u64,
) -> Result<(Truth, Vec<Outcome>), AppError> {
    let home = Home::open(folder)?;
    let (files, truth) = demo::make(&home, request.customers, seed).await?;
    imports::import(&home, vec![files], None, false, &|_| {}).await?;
    let request = AnalyzeRequest {
        as_of: Some(truth.config.as_of),
        only: request.only.clone(),
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
                if let Some(reason) = reason_of(&known.key) {
                    let naive = format!("service_level.{reason}.naive_minutes");
                    let naive = reports().find_map(|report| report.figure(&naive));
                    let near = self.best_minutes.entry(reason.to_owned()).or_default();
                    near.add(known.value, figure, naive.and_then(|naive| naive.value));
                    continue;
                }
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
        if let Some(report) = reports().find(|report| report.capability == "claims") {
            self.count_claims(truth, report);
        }
        if let Some(report) = reports().find(|report| report.capability == "effects") {
            self.count_activities(truth, report);
        }
    }

    fn count_claims(&mut self, truth: &Truth, report: &Report) {
        for claim in CLAIMS {
            let (Some(known), Some(figure)) = (planted(claim, truth), report.figure(claim.key))
            else {
                continue;
            };
            let judged = self.claims.entry(claim.word().to_owned()).or_default();
            let holds = claim.rule.holds_for(known);
            judged.true_in += u32::from(holds);
            match (verdict(claim, figure), holds) {
                (Verdict::CannotTell, _) => judged.left_open += 1,
                (Verdict::Supported, true) | (Verdict::NotSupported, false) => judged.agreed += 1,
                _ => judged.against += 1,
            }
        }
    }

    fn count_activities(&mut self, truth: &Truth, report: &Report) {
        let told = |key: &str| {
            report
                .figure(key)
                .and_then(|figure| figure.lower.zip(figure.upper))
        };
        for activity in &truth.null_activities {
            if let Some((lower, _)) = told(&format!("activity.{activity}.effect_retention")) {
                self.idle_tried += 1;
                self.idle_called += u32::from(lower > 0.0);
            }
        }
        let harmful = |known: &&Known| known.key.ends_with(".effect_margin") && known.value < 0.0;
        for known in truth.truths.iter().filter(harmful) {
            self.harmful_tried += 1;
            self.harmful_found += u32::from(told(&known.key).is_some_and(|(_, upper)| upper < 0.0));
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

fn verdict(claim: &Claim, figure: &Figure) -> Verdict {
    let Some(value) = figure.value else {
        return Verdict::CannotTell;
    };
    let limits = (figure.lower.unwrap_or(value), figure.upper.unwrap_or(value));
    claim.rule.judge(limits)
}

/// What is in truth of a belief's number, where the example knows it.
fn planted(claim: &Claim, truth: &Truth) -> Option<f64> {
    let known = |key: &str| truth.value(key);
    let stays = || known("retention.12m.expected");
    let discount = truth.config.discount_rate;
    match claim.word() {
        "five_points" => stays().map(|r| gain_of_staying(r, r + 0.05, discount)),
        "five_percent" => stays().map(|r| gain_of_staying(r, 1.0 - 0.95 * (1.0 - r), discount)),
        "first_renewal" => {
            Some(known("hazard.first_renewal.realised")? - known("hazard.later_renewal.realised")?)
        }
        "wholly_satisfied_stay" => known("retention.12m.top_box"),
        "satisfaction_hardly_matters" => known("link.say_do"),
        "satisfied_worth_more" => known("link.say_worth"),
        "satisfied_units" => known("link.group_worth"),
        "asking_changes" => known("survey.effect_of_asking"),
        // Only the sign is believed; the true sum is over all members and all time.
        "club_does_not_pay" => known("club.incremental_profit"),
        "recovery_paradox" => known("incidents.recovery.well.retention"),
        "most_never_complain" | "one_of_27_complains" => known("incidents.reported_share"),
        "discount_won_return_less" => known("deals.discount_won.return"),
        _ => None,
    }
}

/// The contact reason of a planted best time.
fn reason_of(key: &str) -> Option<&str> {
    key.strip_prefix("service_level.")?
        .strip_suffix(".best_minutes")
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
    fn a_best_time_within_a_minute_is_near_and_the_naive_one_is_counted_beside() {
        let mut near = NearMinutes::default();
        let figure = Figure::estimated("k", 13.2, (11.0, 15.0), 0.9, Unit::Minutes);
        near.add(14.0, &figure, Some(6.0));
        near.add(16.0, &figure, None);
        assert_eq!(
            (near.trials, near.near, near.naive_near, near.covered),
            (2, 1, 0, 1)
        );
    }

    #[test]
    fn driver_effects_are_one_class() {
        assert_eq!(
            class_of("drivers.delivery.effect"),
            "drivers.<attribute>.effect"
        );
        assert_eq!(class_of("equity.total"), "equity.total");
        assert_eq!(reason_of("service_level.login.best_minutes"), Some("login"));
        assert_eq!(reason_of("service_level.login.gain"), None);
    }
}
