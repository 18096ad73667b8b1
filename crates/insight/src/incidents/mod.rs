//! How much goes wrong that we never hear of, and what do faults, well and badly mended, do to those who met them?
//!
//! Method: the same faults can be known in two ways that do not depend on each other: the customer tells us, and our own
//! systems catch them. How many of those caught were also told says how large a part is told, and so how many were
//! neither (Chapman's estimate, by severity). Since customers may tell more of what is also caught, or less, the share
//! is shown for every dependence from half to four times the odds. Recovery is the difference in who is still a
//! customer a year later, by how the fault ended, against customers who met none, with behavior and the number of
//! occasions held still. Since only who is still there can meet a fault, it counts for contracts in force, and for
//! others when it hangs on an order, whose age is held still. The recovery paradox is tested on that behavior, and on
//! satisfaction beside it.
//!
//! Assumes that a fault in both lists is recognized as one, and that what steers both faults and leaving is among the
//! columns held still. Do not trust the hidden part when the own systems catch only what customers point at, nor a
//! recovery effect as a reason to allow faults. It would be falsified by an audit that finds more faults than the
//! widest bound.

mod iceberg;
mod recovery;
mod report;

#[cfg(test)]
mod tests;

use crate::InsightError;
use odla_domain::frames::incidents::IncidentsFrame;
use odla_domain::{Caution, FigureDefinition, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

const FAULT_ROWS: Rows = Rows(
    "select incident_id, customer_id, occurred_on, known_from, reported_on, kind, severity, cause, resolved_on, resolved_well, \
     compensation_cost, order_id, interaction_id, unit_id, _source, _line from incidents where occurred_on <= date '{as_of}' \
     order by occurred_on, incident_id",
);

const LATE_ROWS: Rows = Rows(
    "select o.order_id, o.line_no, o.customer_id, o.promised_on, o.delivered_on, i.incident_id, i.reported_on, o._source, o._line \
     from orders o left join incidents i on i.order_id = o.order_id \
     where o.delivered_on > o.promised_on and o.delivered_on <= date '{as_of}' order by o.delivered_on, o.order_id, o.line_no",
);

const SURVEY_ROWS: Rows = Rows(
    "select response_id, customer_id, answered_at, question, value, interaction_id, _source, _line from answers \
     where question in ('had_problem', 'told_us', 'problem_solved') and cast(answered_at as date) <= date '{as_of}' \
     order by answered_at, response_id, question",
);

pub const FIGURES: &[FigureDefinition] = &[
    definition("incidents.reported_share", Unit::Share, FAULT_ROWS),
    definition("incidents.reported_share.serious", Unit::Share, FAULT_ROWS),
    definition("incidents.hidden_share", Unit::Share, FAULT_ROWS),
    definition("incidents.caught_share", Unit::Share, FAULT_ROWS),
    definition("incidents.total", Unit::Count, FAULT_ROWS),
    definition("incidents.known.count", Unit::Count, FAULT_ROWS),
    definition("incidents.solved_well_share", Unit::Share, FAULT_ROWS),
    definition("incidents.compensation", Unit::Money, FAULT_ROWS),
    definition("incidents.survey_told_share", Unit::Share, SURVEY_ROWS),
    definition("incidents.late.told_share", Unit::Share, LATE_ROWS),
    definition("incidents.agreement.kappa", Unit::Ratio, SURVEY_ROWS),
    definition(
        "incidents.recovery.<met>.retention",
        Unit::SharePoints,
        FAULT_ROWS,
    ),
    definition(
        "incidents.recovery.<met>.satisfaction",
        Unit::Points,
        FAULT_ROWS,
    ),
];

const fn definition(pattern: &'static str, unit: Unit, rows: Rows) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "incidents",
        rows,
    }
}

/// A register of faults with dates; all else only makes more of it told.
pub fn needs() -> Vec<Vec<Need>> {
    vec![vec![Need::new(
        "incidents",
        &["customer_id", "occurred_on"],
    )]]
}

/// The choices of the analysis, all kept with the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentsConfig {
    /// Level of every interval.
    pub level: f64,
    /// Odds ratios between being told and being caught for which the hidden part is shown.
    pub dependence: (f64, f64),
    /// Faults in both lists that an estimate of the hidden part needs.
    pub fewest_both: u64,
    /// Customers that met a fault of a kind, before its effect is told.
    pub fewest_met: usize,
    /// Customers that stayed, and as many that left, in a comparison.
    pub fewest_events: usize,
    /// From this severity a fault is serious.
    pub serious_from: i64,
}

impl IncidentsConfig {
    pub const fn standard() -> Self {
        Self {
            level: 0.90,
            dependence: (0.5, 4.0),
            fewest_both: 7,
            fewest_met: 50,
            fewest_events: 20,
            serious_from: 4,
        }
    }
}

/// Estimates the hidden part and what faults do to customers.
///
/// # Errors
/// When no fault has happened by the date.
pub fn assess(
    frame: &IncidentsFrame,
    config: &IncidentsConfig,
    seed: u64,
) -> Result<Outcome, InsightError> {
    if frame.lists.is_empty() {
        return Err(InsightError::TooLittleData(Caution::new("incidents.none")));
    }
    let iceberg = iceberg::estimate(frame, config);
    let recovery = recovery::compare(frame, config, seed);
    Ok(report::lay_out(frame, (&iceberg, &recovery), config).into())
}
