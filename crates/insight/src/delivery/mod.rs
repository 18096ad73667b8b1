//! What does a day of waiting cost us, where are we slow although it costs or quick although nobody cares, and what would
//! another carrier be worth?
//!
//! Method: three doses are followed through every order that was sent: days from order to delivery, days later than promised,
//! and later than promised at all. What came after is counted in the same time from the order, however long it
//! took: whether the customer bought again within a year, complained, was paid for it, got in touch and for how long; at
//! renewals whether the contract ended. Slow orders are not like quick ones, so raw data mislead. Which carrier takes an order
//! is often as good as drawn by lot, and carriers have habits: the habit (without the own customer) moves the days and
//! nothing else, and is the instrument. That it falls evenly over customers and orders is tested; where it does not, the
//! effect is adjusted for what was known before the order was sent, and graded lower. A day's price is the sum of what it
//! does: customers lost at what they were worth, minutes at what a minute costs, compensation as paid.
//!
//! Assumes that carriers act through time only: one that also breaks goods is blamed for its days. Nothing is told for days
//! that hardly any order took. Do not trust it when orders are given to carriers by something that no column tells. It is
//! falsified by a trial that sends orders by lot and finds another price of a day.

mod estimate;
mod known;
mod money;
mod moving;
mod places;
mod report;
mod routing;

#[cfg(test)]
mod tests;

use crate::InsightError;
use odla_domain::frames::delivery::DeliveryFrame;
use odla_domain::{Caution, CustomerScores, FigureDefinition, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

const ORDER_ROWS: Rows = Rows(
    "select order_id, line_no, customer_id, ordered_on, promised_on, delivered_on, partner_id, channel, unit_id, net_amount, \
     freight_cost, _source, _line from orders where delivered_on is not null and delivered_on <= date '{as_of}' \
     and ordered_on > date '{as_of}' - interval '36 months' order by ordered_on, order_id, line_no",
);

pub const FIGURES: &[FigureDefinition] = &[
    definition("delivery.orders.count", Unit::Count),
    definition("delivery.days.mean", Unit::Points),
    definition("delivery.late.share", Unit::Share),
    definition("delivery.move.net", Unit::Money),
    definition("delivery.move.break_even", Unit::Money),
    definition("delivery.<dose>.price", Unit::Money),
    definition("delivery.<dose>.naive_price", Unit::Money),
    definition("delivery.<dose>.back", Unit::SharePoints),
    definition("delivery.<dose>.complaint", Unit::SharePoints),
    definition("delivery.<dose>.contacts", Unit::Points),
    definition("delivery.<dose>.minutes", Unit::Minutes),
    definition("delivery.<dose>.ended", Unit::SharePoints),
];

const fn definition(pattern: &'static str, unit: Unit) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "delivery",
        rows: ORDER_ROWS,
    }
}

/// Orders with the day they were ordered and the day they came.
pub fn needs() -> Vec<Vec<Need>> {
    vec![vec![Need::new(
        "orders",
        &["customer_id", "ordered_on", "delivered_on", "net_amount"],
    )]]
}

/// The choices of the analysis, all kept with the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryConfig {
    /// Level of every interval.
    pub level: f64,
    pub discount_yearly: f64,
    /// Months over which a contract's coming contribution counts.
    pub horizon_months: u32,
    /// Orders that an effect needs, and those of them with (and without) what is followed.
    pub fewest_orders: usize,
    pub fewest_each: usize,
    /// Orders that a place, a carrier or a number of days needs to be told of.
    pub fewest_of_place: usize,
    /// Chance below which the routing test says that carriers do not get the same orders.
    pub routing_p: f64,
    /// Strength (F) that the carriers' habits must have.
    pub instrument_f: f64,
    /// Share of an order's net amount below which a day surely is of no matter.
    pub faint: f64,
}

impl DeliveryConfig {
    pub const fn standard() -> Self {
        Self {
            level: 0.90,
            discount_yearly: 0.10,
            horizon_months: 60,
            fewest_orders: 300,
            fewest_each: 25,
            fewest_of_place: 100,
            routing_p: 0.01,
            instrument_f: 10.0,
            faint: 0.01,
        }
    }
}

/// What other capabilities found: `value` are its scores, without which what buyers are worth is not known; the minute's
/// cost is that of `service_level`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'k> {
    pub value: Option<&'k CustomerScores>,
    pub minute_cost: Option<f64>,
}

/// Prices a day, by what it does to customers.
///
/// # Errors
/// When too few orders tell when they came.
pub fn assess(
    frame: &DeliveryFrame,
    known: Known,
    config: &DeliveryConfig,
) -> Result<Outcome, InsightError> {
    let got = frame.orders.len();
    if got < config.fewest_orders {
        return Err(InsightError::TooLittleData(
            Caution::new("delivery.too_few_orders")
                .with("needed", config.fewest_orders)
                .with("got", got)
                .with("sent", frame.sent as f64)
                .with("dated", frame.dated as f64),
        ));
    }
    let found = estimate::study(frame, known, config)?;
    let places = places::places(frame, &found, config);
    let carriers = moving::carriers(frame, &found, config);
    Ok(report::lay_out(frame, (&found, &places, &carriers), config).into())
}
