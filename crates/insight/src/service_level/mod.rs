//! What does it cost to cut contacts from 12 minutes to 6, how long should each kind take, and where do we give too
//! much or too little?
//!
//! Method: per contact reason, the share of first contacts that solve the case as a curve of handling minutes. Hard
//! cases take long and fail, so raw data make long contacts look useless. Who answers is as good as drawn by lot in many
//! contact centers, and some groups are quicker by habit: the habit (without the own customer) moves minutes and nothing
//! else, and is the instrument. That it falls evenly over easy and hard cases is tested; where it does not, or where no
//! groups are told, the curve is adjusted for what was known before the contact and graded lower. Unsolved cases
//! come back: contacts per case follow from the curve and from how often an unsolved contact is followed by another. What
//! a failed first contact does to leaving is estimated at renewals and among buyers, the number of cases held still, and
//! pooled over reasons: each reason's effect is either none or like the other reasons' that have one. Its worth is the
//! discounted contribution of a customer who would have stayed. Best minutes are where a minute's cost, repeats counted,
//! meets the value that it saves.
//!
//! Assumes that minutes act through solving the case, that an effect lasts to the next renewal, and that a failed
//! contact never binds a customer. Nothing is told outside the minutes that nine of ten contacts took. Do not trust
//! it when routing follows difficulty in ways that no column tells. It is falsified when a trial that lengthens contacts
//! by lot solves no more of them.

mod costs;
mod leaving;
mod report;
mod solving;
mod together;
pub mod whatif;

#[cfg(test)]
mod tests;

use crate::InsightError;
use odla_domain::frames::service::ServiceFrame;
use odla_domain::{Caution, CustomerScores, FigureDefinition, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

const REASON_ROWS: Rows = Rows(
    "select interaction_id, customer_id, at, reason, minutes, wait_minutes, resolved, repeat_of, employee_group, \
     unit_id, _source, _line from interactions where reason = '{reason}' and initiator = 'customer' and minutes > 0 \
     and resolved is not null and cast(at as date) <= date '{as_of}' order by at, interaction_id",
);

const CONTACT_ROWS: Rows = Rows(
    "select interaction_id, customer_id, at, reason, minutes, wait_minutes, resolved, repeat_of, employee_group, \
     unit_id, _source, _line from interactions where initiator = 'customer' and minutes > 0 and resolved is not null \
     and coalesce(reason, '') <> '' and cast(at as date) <= date '{as_of}' order by at, interaction_id",
);

const MINUTE_ROWS: Rows = Rows(
    "select cost_id, period, process, pool, unit_id, amount, capacity, _source, _line from costs \
     where driver = 'minutes' and period <= substr('{as_of}', 1, 7) order by period, cost_id",
);

pub const FIGURES: &[FigureDefinition] = &[
    definition("service_level.minute_cost", Unit::Money, MINUTE_ROWS),
    definition("service_level.best.gain", Unit::Money, CONTACT_ROWS),
    definition("service_level.attitude.solved", Unit::Points, CONTACT_ROWS),
    definition(
        "service_level.<reason>.best_minutes",
        Unit::Minutes,
        REASON_ROWS,
    ),
    definition(
        "service_level.<reason>.naive_minutes",
        Unit::Minutes,
        REASON_ROWS,
    ),
    definition(
        "service_level.<reason>.break_even",
        Unit::SharePoints,
        REASON_ROWS,
    ),
    definition(
        "service_level.<reason>.failed_loss",
        Unit::Money,
        REASON_ROWS,
    ),
    definition("service_level.<reason>.gain", Unit::Ratio, REASON_ROWS),
    definition(
        "service_level.<reason>.today_minutes",
        Unit::Minutes,
        REASON_ROWS,
    ),
    definition("whatif.<reason>.saving", Unit::Money, REASON_ROWS),
    definition("whatif.<reason>.value_lost", Unit::Money, REASON_ROWS),
    definition("whatif.<reason>.net", Unit::Money, REASON_ROWS),
    definition("whatif.naive_saving", Unit::Money, CONTACT_ROWS),
    definition("whatif.saving", Unit::Money, CONTACT_ROWS),
    definition("whatif.value_lost", Unit::Money, CONTACT_ROWS),
    definition("whatif.net", Unit::Money, CONTACT_ROWS),
    definition("whatif.net_12m", Unit::Money, CONTACT_ROWS),
    definition("whatif.net_24m", Unit::Money, CONTACT_ROWS),
    definition("whatif.net_36m", Unit::Money, CONTACT_ROWS),
];

const fn definition(pattern: &'static str, unit: Unit, rows: Rows) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "service_level",
        rows,
    }
}

/// Contacts with reason, minutes and outcome, and something that customers can leave.
pub fn needs() -> Vec<Vec<Need>> {
    vec![
        vec![Need::new(
            "interactions",
            &[
                "customer_id",
                "at",
                "reason",
                "minutes",
                "resolved",
                "initiator",
            ],
        )],
        vec![
            Need::new(
                "contracts",
                &["customer_id", "started_on", "monthly_amount"],
            ),
            Need::new("orders", &["customer_id", "ordered_on", "net_amount"]),
        ],
    ]
}

/// The choices of the analysis, all kept with the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceLevelConfig {
    /// Level of every interval.
    pub level: f64,
    pub discount_yearly: f64,
    /// Months over which a customer's coming contribution counts.
    pub horizon_months: u32,
    /// Share of saved time that can really be let go.
    pub releasable: f64,
    /// Contacts and, among them, solved and unsolved ones that a reason's curve needs.
    pub fewest_contacts: usize,
    pub fewest_each: usize,
    /// Renewals (or buyers) that left, that the effect on leaving needs.
    pub fewest_left: usize,
    /// Chance below which the routing test says that groups do not meet the same cases.
    pub routing_p: f64,
    /// Strength (F) that the groups' habits must have.
    pub instrument_f: f64,
    /// Standard deviation between customers of the log rate of leaving that no column tells.
    pub hidden_spread: f64,
    /// Minutes after which a waiting customer gives up, on average.
    pub patience_minutes: f64,
    /// Draws of what is not known.
    pub draws: usize,
}

impl ServiceLevelConfig {
    pub const fn standard() -> Self {
        Self {
            level: 0.90,
            discount_yearly: 0.10,
            horizon_months: 60,
            releasable: 0.70,
            fewest_contacts: 200,
            fewest_each: 25,
            fewest_left: 50,
            routing_p: 0.01,
            instrument_f: 10.0,
            hidden_spread: 0.5,
            patience_minutes: 10.0,
            draws: 400,
        }
    }
}

/// Finds the curves, what a failed contact costs, and the minutes at which both sides meet.
///
/// `value` are the scores of the capability `value`; without them what buyers are worth is not known.
///
/// # Errors
/// When no reason has contacts enough.
pub fn assess(
    frame: &ServiceFrame,
    value: Option<&CustomerScores>,
    config: &ServiceLevelConfig,
    seed: u64,
) -> Result<Outcome, InsightError> {
    let solving = solving::curves(frame, config)?;
    if solving.reasons.iter().all(|reason| reason.curve.is_err()) {
        let most = (solving.reasons.iter()).map(|r| r.contacts).max();
        return Err(InsightError::TooLittleData(
            Caution::new("service_level.too_few_contacts")
                .with("needed", config.fewest_contacts)
                .with("got", most.unwrap_or(0)),
        ));
    }
    let leaving = leaving::effects(frame, value, config, seed);
    let costs = costs::of(frame);
    let found = together::bring(frame, (&solving, &leaving, &costs), config, seed);
    Ok(report::lay_out(frame, (&solving, &leaving, &found), config).into())
}
