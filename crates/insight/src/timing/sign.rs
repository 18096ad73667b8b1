//! Does an early sign foretell the effect that comes?

use crate::columns::{Columns, usable};
use crate::effects::{EffectsConfig, Judged, outcome_of, rows_of, state_of};
use odla_domain::frames::effects::{Assigned, Studied};
use odla_stats::Estimate;
use odla_stats::causal::surrogate::{self, History, Trial};

/// What the first quarter foretold of a drawn trial, beside what came.
#[derive(Clone, Debug)]
pub struct Sign {
    pub foretold: Estimate,
    pub came: Estimate,
    /// Share of the differences between customers in what came that the signs explain.
    pub explained: f64,
    pub months: f64,
    /// What was foretold is told from zero, and what came lies within its interval.
    pub proven: bool,
}

/// Foretells the trial from its first quarter, by what the quarter meant for customers who did not get the activity.
///
/// Only drawn trials can prove a sign. Every other control is history, the rest of the trial is foretold.
pub fn prove(activity: &Studied, judged: &Judged, config: &EffectsConfig) -> Option<Sign> {
    let came = judged.retention.as_ref().ok()?.effect;
    if activity.assigned != Assigned::Lot || !judged.is_told() {
        return None;
    }
    let people = &activity.people;
    let rows = rows_of(activity);
    let quarter = people.followed_days / 4.0;
    let long = outcome_of(people, activity.relation, people.followed_days);
    let early = outcome_of(people, activity.relation, quarter);
    let all = state_of(people, false)
        .with("still_here", early)
        .with(
            "early_margin",
            people.margin[0].iter().map(|m| m / 1_000.0).collect(),
        )
        .with(
            "early_contacts",
            people.contacts_after.iter().map(|c| c.ln_1p()).collect(),
        );
    let controls: Vec<usize> = (rows.iter().copied())
        .filter(|&row| !people.treated[row])
        .collect();
    let history: Vec<usize> = controls.iter().copied().step_by(2).collect();
    let trial: Vec<usize> = (rows.iter().copied())
        .filter(|row| history.binary_search(row).is_err())
        .collect();
    if history.len() < config.fewest_each || trial.len() < 2 * config.fewest_each {
        return None;
    }
    let outcome: Vec<f64> = history.iter().map(|&row| long[row]).collect();
    let treated: Vec<bool> = trial.iter().map(|&row| people.treated[row]).collect();
    let run = |signals: &Columns| {
        let pick = |rows: &[usize]| -> Vec<Vec<f64>> {
            (signals.names.iter())
                .filter_map(|name| all.names.iter().position(|known| known == name))
                .map(|at| rows.iter().map(|&row| all.columns[at][row]).collect())
                .collect()
        };
        let (past, now) = (pick(&history), pick(&trial));
        let trial = Trial {
            treated: &treated,
            signals: &now,
        };
        let history = History {
            outcome: &outcome,
            signals: &past,
            names: &signals.names,
        };
        surrogate::estimate(&trial, &history, config.level)
    };
    let (found, _) = usable(&all.of_rows(&history), run).ok()?;
    let foretold = found.effect;
    Some(Sign {
        proven: foretold.interval.lower > 0.0 && foretold.interval.contains(came.value),
        foretold,
        came,
        explained: found.explained,
        months: (quarter / 30.4375).round(),
    })
}
