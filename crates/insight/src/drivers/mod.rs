//! What in the experience moves what customers say, how much, in which shape, and how sure is that?
//!
//! Method: the outcome (satisfaction when it is asked) is explained by all attributes at once. Importance is each
//! attribute's share of what is explained (LMG, the average over all orders of entry; Johnson's relative weights
//! above twenty attributes); effect is the outcome's points per point of the attribute, the others held still.
//! Answers that are missing since a question was not asked or a thing not used throw nobody away. Intervals and
//! ranks come from resampling respondents; chance findings among many attributes are held down by q-values.
//!
//! Assumes that the attributes act additively and that what is missing is missing by design or use.
//! Do not trust it as cause: attribute and outcome come from the same questionnaire and the same mood. It would be
//! falsified by a trial that raises an attribute without raising the outcome, or by ranks that change with the wave.

mod estimate;
mod recommend;
mod report;
#[cfg(test)]
mod tests;

use crate::InsightError;
use odla_domain::frames::drivers::DriversFrame;
use odla_domain::{FigureDefinition, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

pub use estimate::{Driver, DriverFindings};
pub use recommend::Verdict;

const ATTRIBUTE_ROWS: Rows = Rows(
    "select response_id, customer_id, answered_at, survey, unit_id, question, value, scale_min, scale_max, _source, _line \
     from answers where question = '{attribute}' and value is not null \
     and (answered_at is null or cast(answered_at as date) <= date '{as_of}') order by answered_at, answer_id",
);

pub const FIGURES: &[FigureDefinition] = &[
    FigureDefinition {
        pattern: "drivers.r2",
        unit: Unit::Share,
        method: "drivers",
        rows: Rows(
            "select response_id, customer_id, answered_at, survey, unit_id, question, value, scale_min, scale_max, \
             _source, _line from answers where value is not null \
             and (answered_at is null or cast(answered_at as date) <= date '{as_of}') order by answered_at, answer_id",
        ),
    },
    FigureDefinition {
        pattern: "drivers.<attribute>.importance",
        unit: Unit::Share,
        method: "drivers",
        rows: ATTRIBUTE_ROWS,
    },
    FigureDefinition {
        pattern: "drivers.<attribute>.effect",
        unit: Unit::Points,
        method: "drivers",
        rows: ATTRIBUTE_ROWS,
    },
    FigureDefinition {
        pattern: "drivers.<attribute>.performance",
        unit: Unit::Points,
        method: "drivers",
        rows: ATTRIBUTE_ROWS,
    },
];

/// What the ledger must have.
pub fn needs() -> Vec<Vec<Need>> {
    vec![vec![Need::new("answers", &["question", "value"])]]
}

/// The choices of the analysis, all kept with the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriversConfig {
    /// Level of every interval.
    pub level: f64,
    /// Resamples of respondents.
    pub bootstrap: usize,
    /// The most attributes for which all orders of entry are gone through.
    pub exact_up_to: usize,
    /// Accepted share of chance findings among the attributes called significant.
    pub false_discovery: f64,
    /// Responses with the outcome that are needed at all.
    pub fewest_responses: usize,
    /// Answers that an attribute needs.
    pub fewest_answers: usize,
    /// An effect below this many standard deviations per standard deviation does not matter in practice.
    pub negligible: f64,
}

impl DriversConfig {
    pub fn standard() -> Self {
        Self {
            level: 0.90,
            bootstrap: 400,
            exact_up_to: 20,
            false_discovery: 0.10,
            fewest_responses: 100,
            fewest_answers: 50,
            negligible: 0.05,
        }
    }
}

/// Finds the drivers. Errs when there are too few responses or no attribute to explain them by.
pub fn assess(
    frame: &DriversFrame,
    config: &DriversConfig,
    seed: u64,
) -> Result<Outcome, InsightError> {
    let findings = estimate::find(frame, config, seed)?;
    Ok(report::lay_out(&findings, config).into())
}
