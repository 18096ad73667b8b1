//! Do we keep what we promise, is it getting better, and which units keep it less than the others?
//!
//! Method: the share kept in the last twelve months, with an interval that counts a customer who is promised the same thing
//! ten times less than ten customers; the change from the twelve months before; month by month for how it is learned. Units
//! are compared with the whole: their shares are pulled towards it as far as chance explains the difference
//! (normal-normal shrinkage), and only those are named whose difference stands when all units are tested at once
//! (Benjamini-Hochberg).
//!
//! Assumes that the log of kept and broken promises is complete: a promise that nobody measures is kept on paper only. Do
//! not trust a unit's place as a verdict on the unit: cases are not dealt out by lot. It is falsified by customers who
//! answer otherwise in a survey about the same promise.

mod estimate;
mod report;

#[cfg(test)]
mod tests;

use crate::InsightError;
use odla_domain::frames::promises::PromisesFrame;
use odla_domain::{Caution, FigureDefinition, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

const PROMISE_ROWS: Rows = Rows(
    "select promise_key, customer_id, at, kept, unit_id, _source, _line from promises_kept \
     where promise_key = '{promise}' and kept is not null and cast(at as date) <= date '{as_of}' \
     and cast(at as date) > date '{as_of}' - interval '24 months' order by at, customer_id",
);

const ALL_ROWS: Rows = Rows(
    "select promise_key, customer_id, at, kept, unit_id, _source, _line from promises_kept \
     where kept is not null and cast(at as date) <= date '{as_of}' \
     and cast(at as date) > date '{as_of}' - interval '12 months' order by at, customer_id",
);

pub const FIGURES: &[FigureDefinition] = &[
    definition("promises.made.count", Unit::Count, ALL_ROWS),
    definition("promises.broken.count", Unit::Count, ALL_ROWS),
    definition("promises.met_broken_share", Unit::Share, ALL_ROWS),
    definition("promises.<promise>.kept_share", Unit::Share, PROMISE_ROWS),
    definition("promises.<promise>.change", Unit::SharePoints, PROMISE_ROWS),
];

const fn definition(pattern: &'static str, unit: Unit, rows: Rows) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "promises",
        rows,
    }
}

/// Measured promises.
pub fn needs() -> Vec<Vec<Need>> {
    vec![vec![Need::new(
        "promises_kept",
        &["promise_key", "customer_id", "at", "kept"],
    )]]
}

/// The choices of the analysis, all kept with the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PromisesConfig {
    /// Level of every interval.
    pub level: f64,
    /// Promises that a unit, or a year, must have made before its share is told.
    pub fewest: f64,
    /// Share of the units named that may be named wrongly.
    pub false_discovery: f64,
}

impl PromisesConfig {
    pub const fn standard() -> Self {
        Self {
            level: 0.90,
            fewest: 30.0,
            false_discovery: 0.10,
        }
    }
}

/// Tells how often each promise is kept, and where.
///
/// # Errors
/// When nothing was promised in the last twelve months.
pub fn assess(frame: &PromisesFrame, config: &PromisesConfig) -> Result<Outcome, InsightError> {
    let found = estimate::promises(frame, config)?;
    if found.is_empty() {
        return Err(InsightError::TooLittleData(Caution::new("promises.none")));
    }
    Ok(report::lay_out(frame, &found, config).into())
}
