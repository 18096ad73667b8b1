//! What do we do towards customers, what does it cost, what do we know of it, and what is each customer behavior worth?
//!
//! Method: every activity and every row of the books is laid on a process, its events and its cost, in exact money, so
//! that what is laid out and what is not are the books to the last decimal. Where something is not known of a process
//! (no cost, no event, no activity, nobody asked) the cell is shown as a blind spot. A behavior is an event with a
//! definition and a price: what one more of it brought in or cost, less what it costs to serve, at this year's rates.
//! Behaviors that are part of another are marked, and only the others are added up; the change from the year before is
//! divided into more or fewer events, and what each event gave.
//!
//! Assumes that the next event is like those of the year, and that an hour not used is an hour saved only when it is
//! really let go. Do not trust a price as the effect of making customers do it: that takes a trial. The register is
//! falsified when the books hold a row that it does not show, a price when a trial gives another.

mod behaviors;
mod register;
mod report;

#[cfg(test)]
mod tests;

use crate::InsightError;
use odla_domain::frames::activities::ActivitiesFrame;
use odla_domain::{Caution, CustomerScores, FigureDefinition, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

const COST_ROWS: Rows = Rows(
    "select cost_id, period, process, pool, unit_id, activity_id, driver, capacity, amount, _source, _line \
     from costs where period <= substr('{as_of}', 1, 7) order by period, process, pool, cost_id",
);

const ACTIVITY_ROWS: Rows = Rows(
    "select activity_id, name, process, owner_id, started_on, ended_on, planned_cost, target, _source, _line \
     from activities order by activity_id",
);

const BEHAVIOR_ROWS: Rows = Rows(
    "select 'orders' as ledger_table, customer_id, order_id as id, ordered_on as day, net_amount as amount, goods_cost as cost, \
     paid_on, _source, _line from orders where ordered_on <= date '{as_of}' and ordered_on > date '{as_of}' - interval '24 months' \
     union all \
     select 'contracts', customer_id, contract_id, started_on, monthly_amount, monthly_cost, null, _source, _line \
     from contracts where started_on <= date '{as_of}' \
     union all \
     select 'referrals', customer_id, referral_id, referred_on, null, null, null, _source, _line \
     from referrals where referred_on <= date '{as_of}' \
     union all \
     select 'incidents', customer_id, incident_id, reported_on, null, compensation_cost, null, _source, _line \
     from incidents where reported_on <= date '{as_of}' order by customer_id, day, id",
);

pub const FIGURES: &[FigureDefinition] = &[
    definition("activities.count", Unit::Count, ACTIVITY_ROWS),
    definition(
        "activities.with_receivers.count",
        Unit::Count,
        ACTIVITY_ROWS,
    ),
    definition("activities.books_12m", Unit::Money, COST_ROWS),
    definition("activities.cost_12m", Unit::Money, COST_ROWS),
    definition("activities.mapped_share", Unit::Share, COST_ROWS),
    definition("activities.covered_share", Unit::Share, COST_ROWS),
    definition("activities.books_difference", Unit::Money, COST_ROWS),
    definition("activities.blind_spots.count", Unit::Count, COST_ROWS),
    definition("behaviors.<behavior>.price", Unit::Money, BEHAVIOR_ROWS),
    definition("behaviors.total", Unit::Money, BEHAVIOR_ROWS),
    definition("behaviors.change", Unit::Money, BEHAVIOR_ROWS),
    definition("behaviors.change_by_events", Unit::Money, BEHAVIOR_ROWS),
];

const fn definition(pattern: &'static str, unit: Unit, rows: Rows) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "activities",
        rows,
    }
}

/// A register of activities, or books with processes: either gives a map.
pub fn needs() -> Vec<Vec<Need>> {
    vec![vec![
        Need::new("activities", &["activity_id", "process"]),
        Need::new("costs", &["period", "amount"]),
        Need::new("interactions", &["customer_id", "at", "process"]),
    ]]
}

/// The choices of the analysis, all kept with the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivitiesConfig {
    /// Level of every interval.
    pub level: f64,
    /// Yearly price of waiting for payment, a share.
    pub credit_yearly: f64,
    /// Answers that a process's experience needs.
    pub fewest_answers: u64,
    /// Events that a price needs.
    pub fewest_events: u64,
}

impl ActivitiesConfig {
    pub const fn standard() -> Self {
        Self {
            level: 0.90,
            credit_yearly: 0.10,
            fewest_answers: 30,
            fewest_events: 10,
        }
    }
}

/// Lays out the register against the books and prices the behaviors.
///
/// `value` are the scores of the capability `value`; without them a recommendation has no price.
///
/// # Errors
/// When nothing is registered, booked or logged in the twelve months.
pub fn assess(
    frame: &ActivitiesFrame,
    value: Option<&CustomerScores>,
    config: &ActivitiesConfig,
    _seed: u64,
) -> Result<Outcome, InsightError> {
    if frame.activities.is_empty() && frame.pools.is_empty() && frame.contacts.is_empty() {
        return Err(InsightError::TooLittleData(Caution::new(
            "activities.nothing",
        )));
    }
    let register = register::lay_out(frame, config);
    let behaviors = behaviors::price(frame, value, config);
    Ok(report::lay_out(frame, (&register, &behaviors), config).into())
}
