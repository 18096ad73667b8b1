//! What did we try, what came of it, and how large must the next trial be?
//!
//! Method: who takes part, what is measured, for how long and what would count as an effect are written down first. Arms
//! are drawn by chance within unit and kind of customer (or by whole units), and written to the ledger under a name that
//! bears the plan's hash. The reading is the difference of the arms' means with the same value from before taken out
//! (CUPED), by the design that was drawn. A plan that may be read once tells nothing until its window has passed for
//! everyone; one that may be read at any time has an interval that holds at all looks together, its clock being the
//! variance that has come in against the one planned. Arms of the wrong size, customers in both arms, or a plan that no
//! longer fits its hash stop the reading.
//!
//! Assumes that one customer's arm does not touch another's outcome, and that the controls did not get the activity
//! another way. Do not trust a trial whose customers talk to each other or whose sellers knew the arms and worked
//! harder on one. It is falsified when the arms differ in something from before the draw.

mod design;
mod draw;
mod reading;
mod report;

#[cfg(test)]
mod tests;

pub use design::{Design, design};
pub use draw::{Draw, draw};
pub use reading::{Reading, Verdict, read};
pub use report::{said, unit};

use jiff::civil::Date;
use odla_domain::frames::trial::TrialFrame;
use odla_domain::trial::RegisteredTrial;
use odla_domain::{FigureDefinition, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

const ROWS: Rows = Rows(
    "select e.customer_id, e.arm, e.exposed_on, e.activity_id, e.exposure_cost, e._source, e._line from exposures e \
     where e._source like 'trials/{trial}-________________/exposures.csv' and e.exposed_on <= date '{as_of}' order by e.customer_id",
);

pub const FIGURES: &[FigureDefinition] = &[
    definition("trials.<trial>.share", Unit::SharePoints),
    definition("trials.<trial>.orders", Unit::Ratio),
    definition("trials.<trial>.money", Unit::Money),
    definition("trials.<trial>.after_cost", Unit::Money),
];

const fn definition(pattern: &'static str, unit: Unit) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "trials",
        rows: ROWS,
    }
}

/// Somebody must have been drawn.
pub fn needs() -> Vec<Vec<Need>> {
    vec![vec![Need::new(
        "exposures",
        &["activity_id", "customer_id", "exposed_on", "arm"],
    )]]
}

/// The trials that had been registered, all kept with the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrialsConfig {
    pub registered: Vec<RegisteredTrial>,
    /// Trials whose kept plan no longer fits the hash in the name of its arms.
    pub changed: Vec<String>,
}

/// The diary: every trial, also those that showed nothing.
pub fn assess(frames: &[TrialFrame], config: &TrialsConfig, as_of: Date) -> Outcome {
    let readings: Vec<Reading> = (config.registered.iter().zip(frames))
        .map(|(trial, frame)| {
            let changed = config.changed.contains(&trial.plan.trial_id);
            read(trial, frame, (as_of, changed))
        })
        .collect();
    report::lay_out(&config.registered, &readings, as_of).into()
}
