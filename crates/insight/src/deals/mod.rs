//! Do we hunt deals at the end of the quarter, give money away to win, and what does that do to the customers later?
//!
//! Method: the share of sales from the tenth last working day of a quarter is set against a flat calendar (the same
//! days' weight by weekday in the rest of the quarter). What was *pulled forward* and what was *created* is told apart
//! by what is missing after the quarter: orders by working days to the turn are set against a smooth course outside a window
//! before it and one after it, a unit relative to the other units' days, the company relative to its weekdays; missing
//! after is moved, the rest of the excess is new. The price waterfall goes from list to what was kept. Customers won on a discount are compared with
//! the others a year later, and established customers who met a discount with those who did not, with what was known
//! before held still in two ways at once.
//!
//! Assumes that nothing else happens in the same days of every quarter (for a unit: only to that unit), and that what
//! steers who gets a discount is among the columns. Do not trust the company's own split when all units hunt alike and
//! the books close a season too; do not read the discount's effect as proof without a trial. It would be falsified by
//! order books that show no promised dates moved, or by a randomized discount with another effect.

mod calendar;
mod discount;
mod hunt;
mod report;

#[cfg(test)]
mod tests;

use crate::InsightError;
use odla_domain::frames::deals::DealsFrame;
use odla_domain::{Caution, FigureDefinition, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

const ORDER_ROWS: Rows = Rows(
    "select order_id, line_no, customer_id, ordered_on, unit_id, seller_id, list_amount, discount_amount, net_amount, \
     returned_amount, returned_on, _source, _line from orders where ordered_on <= date '{as_of}' \
     order by ordered_on, order_id, line_no",
);

const UNIT_ROWS: Rows = Rows(
    "select order_id, line_no, customer_id, ordered_on, unit_id, seller_id, list_amount, discount_amount, net_amount, \
     returned_amount, returned_on, _source, _line from orders where ordered_on <= date '{as_of}' and unit_id = '{unit}' \
     order by ordered_on, order_id, line_no",
);

const WON_ROWS: Rows = Rows(
    "select c.customer_id, c.acquired_on, c.acquisition_channel, c.first_deal_discount, o.order_id, o.line_no, o.ordered_on, \
     o.list_amount, o.discount_amount, o.net_amount, o._source, o._line \
     from orders o join customers c on c.customer_id = o.customer_id where o.ordered_on <= date '{as_of}' \
     order by c.customer_id, o.ordered_on, o.order_id, o.line_no",
);

pub const FIGURES: &[FigureDefinition] = &[
    definition("deals.quarter_end_share", Unit::Share, ORDER_ROWS),
    definition("deals.quarter_end_index", Unit::Ratio, ORDER_ROWS),
    definition("deals.pulled_share", Unit::Share, ORDER_ROWS),
    definition("deals.created_share", Unit::Share, ORDER_ROWS),
    definition("deals.discount_share", Unit::Share, ORDER_ROWS),
    definition("deals.discount.12m", Unit::Money, ORDER_ROWS),
    definition(
        "deals.unit.<unit>.quarter_end_share",
        Unit::Share,
        UNIT_ROWS,
    ),
    definition("deals.unit.<unit>.pulled_share", Unit::Share, UNIT_ROWS),
    definition("deals.unit.<unit>.created_share", Unit::Share, UNIT_ROWS),
    definition(
        "deals.discount_won.worth",
        Unit::MoneyPerCustomerYear,
        WON_ROWS,
    ),
    definition("deals.discount_won.return", Unit::SharePoints, WON_ROWS),
    definition(
        "deals.discount_established.worth",
        Unit::MoneyPerCustomerYear,
        ORDER_ROWS,
    ),
];

const fn definition(pattern: &'static str, unit: Unit, rows: Rows) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "deals",
        rows,
    }
}

/// Dated sales; prices before discount make more of it told.
pub fn needs() -> Vec<Vec<Need>> {
    vec![vec![Need::new(
        "orders",
        &["customer_id", "ordered_on", "net_amount"],
    )]]
}

/// The choices of the analysis, all kept with the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DealsConfig {
    /// Level of every interval.
    pub level: f64,
    /// Working days at the end of the quarter that are looked at.
    pub window_days: u32,
    /// Working days of the new quarter in which what was moved may be missing.
    pub after_days: u32,
    /// Whole quarters that are needed.
    pub fewest_quarters: usize,
    /// Units with this many orders a day on average are judged alone, if there are at least so many units.
    pub fewest_daily: f64,
    pub fewest_units: usize,
    /// Accepted share of chance findings among the units said to hunt.
    pub false_discovery: f64,
    /// Units whose figures are shown though they do not stand out.
    pub units_shown: usize,
    /// From this share of the list price a deal counts as won on discount.
    pub discount_from: f64,
    /// Customers with, and as many without, that a comparison needs.
    pub fewest_compared: usize,
}

impl DealsConfig {
    pub const fn standard() -> Self {
        Self {
            level: 0.90,
            window_days: 10,
            after_days: 20,
            fewest_quarters: 4,
            fewest_daily: 0.5,
            fewest_units: 4,
            false_discovery: 0.10,
            units_shown: 3,
            discount_from: 0.05,
            fewest_compared: 50,
        }
    }
}

/// Measures the hunt and what discounts leave behind.
///
/// # Errors
/// When nothing was sold by the date.
pub fn assess(
    frame: &DealsFrame,
    config: &DealsConfig,
    seed: u64,
) -> Result<Outcome, InsightError> {
    let Some(span) = frame.span else {
        return Err(InsightError::TooLittleData(Caution::new("deals.no_orders")));
    };
    let hunt = hunt::measure(frame, span, (config, seed));
    let discount = discount::compare(frame, config, seed);
    Ok(report::lay_out(frame, (&hunt, &discount), config).into())
}
