//! Our customers come back: is it because they want to, because they are bound, or because they always have?
//!
//! Method: four things are kept apart. *Attitude* is a latent measure of willingness (choose again, speak well,
//! recommend), weighted by a path model and corrected for how well it measures; customers without an answer get a
//! probability from those who resemble them. *Behavior* is coming back: two purchase days in a year or a renewed
//! contract, set against what the same pace of buying would give if nobody ever left (NBD). *Lock-in* is a contract
//! with long notice, long remaining term or high stated switching cost. *Engagement* is shown beside, never mixed in.
//! Attitude and behavior make four fields, with the locked kept apart, and each field holds its part of the equity.
//! Which of the measures foretells the coming year is tested on customers that the fit has not seen.
//!
//! Assumes that those who did not answer resemble those who did and behave alike, up to a stated difference, and that
//! customers without lock-in flags are free to leave. Do not trust it for a single customer, nor where the questions
//! about willingness were never asked. It would be falsified if the customers called loyal left as often as the
//! others at the next price rise.

mod attitude;
mod baseline;
mod prediction;
mod report;
mod types;

#[cfg(test)]
mod tests;

use crate::InsightError;
use odla_domain::frames::loyalty::LoyaltyFrame;
use odla_domain::{FigureDefinition, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

pub use types::Field;

const STANDING_ROWS: Rows = Rows(
    "select 'answers' as ledger_table, customer_id, answer_id as id, cast(answered_at as date) as day, question, value, \
     scale_min, scale_max, cast(null as decimal(18, 4)) as amount, _source, _line \
     from answers where question in ('satisfaction', 'nps', 'again', 'speak_well', 'expectation', 'ideal', 'engagement') \
     and cast(answered_at as date) <= date '{as_of}' \
     union all \
     select 'orders', customer_id, order_id, ordered_on, null, null, null, null, net_amount, _source, _line \
     from orders where ordered_on <= date '{as_of}' and ordered_on > date '{as_of}' - interval '12 months' \
     union all \
     select 'contracts', customer_id, contract_id, started_on, null, null, null, null, monthly_amount, _source, _line \
     from contracts where started_on <= date '{as_of}' and (ended_on is null or ended_on > date '{as_of}') \
     order by customer_id, day, id",
);

const ORDER_ROWS: Rows = Rows(
    "select customer_id, order_id, line_no, ordered_on, net_amount, seller_id, unit_id, _source, _line \
     from orders where ordered_on <= date '{as_of}' order by customer_id, ordered_on, order_id, line_no",
);

pub const FIGURES: &[FigureDefinition] = &[
    definition("loyalty.share", Unit::Share, STANDING_ROWS),
    definition("loyalty.locked_share", Unit::Share, STANDING_ROWS),
    definition("loyalty.habit_share", Unit::Share, STANDING_ROWS),
    definition("loyalty.latent_share", Unit::Share, STANDING_ROWS),
    definition("loyalty.losable_share", Unit::Share, STANDING_ROWS),
    definition("loyalty.losable_value", Unit::Money, STANDING_ROWS),
    definition("loyalty.returning.count", Unit::Count, STANDING_ROWS),
    definition("loyalty.attitude.index", Unit::Points, STANDING_ROWS),
    definition("loyalty.repeat_vs_baseline", Unit::Ratio, ORDER_ROWS),
    definition("loyalty.one_seller_value", Unit::Money, ORDER_ROWS),
    definition("loyalty.prediction.<measure>", Unit::Share, STANDING_ROWS),
];

const fn definition(pattern: &'static str, unit: Unit, rows: Rows) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "loyalty",
        rows,
    }
}

/// What the ledger must have: something said about us by known customers, and something done.
pub fn needs() -> Vec<Vec<Need>> {
    vec![
        vec![Need::new(
            "answers",
            &[
                "customer_id",
                "answered_at",
                "question",
                "value",
                "scale_max",
            ],
        )],
        vec![
            Need::new("orders", &["customer_id", "ordered_on", "net_amount"]),
            Need::new("contracts", &["customer_id", "started_on"]),
        ],
    ]
}

/// The choices of the analysis, all kept with the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoyaltyConfig {
    /// Level of every interval.
    pub level: f64,
    /// The index from which an attitude is good, 0..100. Below 60 customers are hard to hold, above 75 they are
    /// strong: the line is drawn midway.
    pub line: f64,
    /// Purchase days in 12 months from which a buyer returns.
    pub returns_from: f64,
    /// A contract binds when its notice is at least this long, its remaining term at least this long, or the
    /// company's own judgment of switching cost (1..5) at least this high.
    pub locked_notice_days: f64,
    pub locked_months: f64,
    pub locked_switching_cost: f64,
    /// How much lower the attitude of those who did not answer may be than that of their likes who did, in standard
    /// deviations: the interval reaches as far.
    pub silent_shift: f64,
    /// Reliability that is assumed where a single question is all there is.
    pub single_reliability: f64,
    /// Answers that a question, and the analysis, needs.
    pub fewest_answers: usize,
    /// Customers that must have stayed, and as many that must have gone, before a prediction is tried.
    pub fewest_events: usize,
    /// Parts that the customers are divided into when predictions are tried.
    pub folds: usize,
    /// Resamples of the path model.
    pub bootstrap: usize,
    /// Most buyers that the baseline is fitted to.
    pub fitted_customers: usize,
    /// Share of a customer's orders from which the relation hangs on one seller, and orders that this takes.
    pub one_seller_from: f64,
    pub one_seller_orders: f64,
}

impl LoyaltyConfig {
    pub const fn standard() -> Self {
        Self {
            level: 0.90,
            line: 67.5,
            returns_from: 2.0,
            locked_notice_days: 120.0,
            locked_months: 12.5,
            locked_switching_cost: 4.0,
            silent_shift: 0.3,
            single_reliability: 0.7,
            fewest_answers: 100,
            fewest_events: 30,
            folds: 10,
            bootstrap: 200,
            fitted_customers: 60_000,
            one_seller_from: 0.8,
            one_seller_orders: 3.0,
        }
    }
}

/// Sorts the customers into fields and tries the measures as predictions.
///
/// `value` is the outcome of the capability `value`; without it only customers are counted.
/// Scores: `attitude` (0..100, `NaN` without an answer), `attitude_good` (probability), `baseline_purchases`; the
/// word `loyalty` is the likeliest field.
///
/// # Errors
/// When too few customers have said anything about their attitude.
pub fn assess(
    frame: &LoyaltyFrame,
    value: Option<&Outcome>,
    config: &LoyaltyConfig,
    seed: u64,
) -> Result<Outcome, InsightError> {
    let attitude = attitude::measure(frame, config, seed)?;
    let types = types::sort(frame, &attitude, value, config);
    let baseline = baseline::compare(&frame.then, config);
    let prediction = prediction::compare(frame, &attitude, config, seed);
    let found = report::Found {
        frame,
        attitude,
        types,
        baseline,
        prediction,
    };
    Ok(Outcome {
        report: report::lay_out(&found, config),
        scores: Some(report::scores(&found)),
    })
}
