//! Does what customers say tell what they then do and what they are worth, customer by customer and unit by unit?
//!
//! Method: the attitude answered on a day, then the twelve months after. Retention and contribution are regressed on
//! the attitude together with what the customer did in the twelve months before (orders, contribution, tenure, kind,
//! contract), so that the link is not merely good customers being content. Answers are weighted so that they stand
//! for those who were asked and did not answer, and for those who were not asked. Units are compared apart from
//! customers, since a difference between stores is not what happens when a customer changes.
//!
//! Assumes that nothing hidden moves both the attitude and what comes after beyond the behavior before; the placebo
//! (does the answer "tell" the year before it?) and the strength that a hidden cause would need say how far that goes.
//! Do not trust it as the effect of raising satisfaction: it is an adjusted association. It would be falsified by a
//! placebo as large as the link itself, or by a trial that raises the attitude and leaves behavior where it was.

mod estimate;
mod fit;
mod report;
#[cfg(test)]
mod tests;

use crate::InsightError;
use odla_domain::frames::link::LinkFrame;
use odla_domain::{Caution, FigureDefinition, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

pub use estimate::{Findings, Told};

const ANSWER_ROWS: Rows = Rows(
    "select a.customer_id, a.answered_at, a.wave, a.survey, a.unit_id, a.question, a.value, a._source, a._line \
     from answers a where a.question in ('satisfaction', 'expectation', 'ideal', 'nps') \
     and cast(a.answered_at as date) <= date '{as_of}' order by a.answered_at, a.answer_id",
);

const BEHAVIOR_ROWS: Rows = Rows(
    "select o.customer_id, o.order_id, o.line_no, o.ordered_on as on_date, o.net_amount as amount, \
     cast(null as varchar) as contract_id, o._source, o._line from orders o \
     where o.ordered_on <= date '{as_of}' and exists (select 1 from answers a where a.customer_id = o.customer_id) \
     union all select k.customer_id, cast(null as varchar), cast(null as bigint), k.started_on, k.monthly_amount, \
     k.contract_id, k._source, k._line from contracts k \
     where k.started_on <= date '{as_of}' and exists (select 1 from answers a where a.customer_id = k.customer_id) \
     order by customer_id, on_date",
);

const ASKED_ROWS: Rows = Rows(
    "select customer_id, wave, asked_at, channel, inclusion_probability, never_asked_group, _source, _line \
     from asked order by wave, customer_id",
);

const fn figure(pattern: &'static str, unit: Unit, rows: Rows) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "link",
        rows,
    }
}

pub const FIGURES: &[FigureDefinition] = &[
    figure("link.say_do", Unit::SharePoints, ANSWER_ROWS),
    figure("link.say_worth", Unit::MoneyPerCustomerYear, BEHAVIOR_ROWS),
    figure(
        "link.point_worth",
        Unit::MoneyPerCustomerYear,
        BEHAVIOR_ROWS,
    ),
    figure("link.group", Unit::SharePoints, ANSWER_ROWS),
    figure(
        "link.group_worth",
        Unit::MoneyPerCustomerYear,
        BEHAVIOR_ROWS,
    ),
    figure("link.within", Unit::SharePoints, ANSWER_ROWS),
    figure("link.placebo", Unit::MoneyPerCustomerYear, BEHAVIOR_ROWS),
    figure("link.asking", Unit::SharePoints, ASKED_ROWS),
    figure("link.hidden_cause", Unit::Ratio, ANSWER_ROWS),
    figure("link.response_rate", Unit::Share, ASKED_ROWS),
    figure("link.effective_n", Unit::Count, ASKED_ROWS),
    figure("link.contribution", Unit::Money, BEHAVIOR_ROWS),
    figure("link.class.<class>.retention", Unit::Share, ANSWER_ROWS),
    figure(
        "link.class.<class>.worth",
        Unit::MoneyPerCustomerYear,
        BEHAVIOR_ROWS,
    ),
    figure(
        "link.class.<class>.difference",
        Unit::SharePoints,
        ANSWER_ROWS,
    ),
];

/// What the ledger must have.
pub fn needs() -> Vec<Vec<Need>> {
    vec![
        vec![Need::new(
            "answers",
            &["customer_id", "answered_at", "question", "value"],
        )],
        vec![
            Need::new("orders", &["customer_id", "ordered_on", "net_amount"]),
            Need::new("contracts", &["customer_id", "started_on"]),
        ],
    ]
}

/// The choices of the analysis, all kept with the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkConfig {
    /// Level of every interval.
    pub level: f64,
    /// Answering customers that are needed at all.
    pub fewest_answers: usize,
    /// Customers that must have stayed, and as many that must have gone, before retention is judged.
    pub fewest_events: usize,
    /// Units that are needed for a comparison of units, and answers that each of them needs.
    pub fewest_units: usize,
    pub fewest_per_unit: usize,
    /// Smallest chance of answering that is believed; below it the weight is cut.
    pub smallest_chance: f64,
    /// Places on the scale (0..1) from which a customer is satisfied and delighted.
    pub satisfied_from: f64,
    pub delighted_from: f64,
    /// The same for the index 0..100: below 60 customers are hard to hold, above 75 they are strong.
    pub index_satisfied_from: f64,
    pub index_delighted_from: f64,
    /// A placebo below this share of the link is taken as small.
    pub small_placebo: f64,
}

impl LinkConfig {
    pub fn standard() -> Self {
        Self {
            level: 0.90,
            fewest_answers: 100,
            fewest_events: 30,
            fewest_units: 6,
            fewest_per_unit: 10,
            smallest_chance: 0.05,
            satisfied_from: 0.65,
            delighted_from: 0.85,
            index_satisfied_from: 0.60,
            index_delighted_from: 0.75,
            small_placebo: 0.5,
        }
    }
}

/// Finds the link. `None` as frame: no answer could be placed on a customer and followed.
///
/// Nothing here is drawn by chance, so the seed of the run is not needed.
pub fn assess(
    frame: Option<&LinkFrame>,
    config: &LinkConfig,
    _seed: u64,
) -> Result<Outcome, InsightError> {
    let frame =
        frame.ok_or_else(|| InsightError::TooLittleData(Caution::new("link.no_follow_up")))?;
    let findings = estimate::find(frame, config)?;
    Ok(report::lay_out(frame, &findings, config).into())
}
