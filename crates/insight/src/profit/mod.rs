//! What does each customer bring in and cost, and where do the books' costs go?
//!
//! Method: a contribution per customer over the last 12 months, from list price by way of discounts, returns, goods and
//! freight to the margin, then cost to serve and costs laid on the customer by name. Cost to serve is time-driven: each
//! row of the books has a rate, amount / max(capacity, use), and a customer bears its own driver units (minutes, orders,
//! lines, deliveries, returns, customers) times that rate. What nobody used stays unallocated and is shown apart, so
//! that allocated and unallocated are the books, exactly, per period and pool.
//!
//! Assumes that a driver's units cost the same whoever uses them within a pool, a unit of ours and a month, and that
//! goods that come back keep their cost. Acquisition is shown apart: it was paid for years to come.
//! Do not trust it where minutes are not logged for a part of the work, or where the pools do not follow the work.
//! It is falsified when pools divided by observed work hours give other customers as costly.

mod estimate;
mod report;
mod whale;

#[cfg(test)]
mod tests;

use crate::InsightError;
use odla_domain::frames::profit::ProfitFrame;
use odla_domain::{Caution, FigureDefinition, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

const REVENUE_ROWS: Rows = Rows(
    "select 'orders' as ledger_table, customer_id, order_id as id, line_no, ordered_on as day, net_amount, \
     returned_amount, cast(null as decimal(18, 4)) as monthly_amount, _source, _line \
     from orders where ordered_on <= date '{as_of}' \
     union all \
     select 'contracts', customer_id, contract_id, null, started_on, null, null, monthly_amount, _source, _line \
     from contracts where started_on <= date '{as_of}' order by customer_id, day, id",
);

const REVENUE_YEAR_ROWS: Rows = Rows(
    "select 'orders' as ledger_table, customer_id, order_id as id, line_no, ordered_on as day, net_amount, \
     returned_amount, cast(null as decimal(18, 4)) as monthly_amount, _source, _line \
     from orders where ordered_on <= date '{as_of}' and (ordered_on > date '{as_of}' - interval '12 months' \
     or returned_on > date '{as_of}' - interval '12 months') \
     union all \
     select 'contracts', customer_id, contract_id, null, started_on, null, null, monthly_amount, _source, _line \
     from contracts where started_on <= date '{as_of}' \
     and (ended_on is null or ended_on > date '{as_of}' - interval '12 months') order by customer_id, day, id",
);

const PROFIT_ROWS: Rows = Rows(
    "select 'orders' as ledger_table, customer_id, order_id as id, ordered_on as day, net_amount as revenue, \
     goods_cost as cost, freight_cost, returned_amount, _source, _line \
     from orders where ordered_on <= date '{as_of}' \
     union all \
     select 'contracts', customer_id, contract_id, started_on, monthly_amount, monthly_cost, null, null, _source, _line \
     from contracts where started_on <= date '{as_of}' \
     union all \
     select 'exposures', customer_id, activity_id, exposed_on, null, exposure_cost, null, null, _source, _line \
     from exposures where exposed_on <= date '{as_of}' and exposure_cost is not null \
     union all \
     select 'incidents', customer_id, incident_id, occurred_on, null, compensation_cost, null, null, _source, _line \
     from incidents where occurred_on <= date '{as_of}' and compensation_cost is not null \
     union all \
     select 'club_entries', customer_id, entry_id, \"on\", null, entry_cost, null, null, _source, _line \
     from club_entries where \"on\" <= date '{as_of}' and entry_cost is not null order by customer_id, day, id",
);

const COST_ROWS: Rows = Rows(
    "select cost_id, period, process, pool, unit_id, driver, capacity, amount, _source, _line \
     from costs where period <= substr('{as_of}', 1, 7) order by period, process, pool, cost_id",
);

pub const FIGURES: &[FigureDefinition] = &[
    definition("revenue.total", Unit::Money, REVENUE_ROWS),
    definition("revenue.12m", Unit::Money, REVENUE_YEAR_ROWS),
    definition("margin.12m", Unit::Money, PROFIT_ROWS),
    definition("profit.total", Unit::Money, PROFIT_ROWS),
    definition("profit.12m", Unit::Money, PROFIT_ROWS),
    definition(
        "profit.per_customer",
        Unit::MoneyPerCustomerYear,
        PROFIT_ROWS,
    ),
    definition("cost_to_serve.total", Unit::Money, COST_ROWS),
    definition("cost_to_serve.12m", Unit::Money, COST_ROWS),
    definition("cost.unallocated", Unit::Money, COST_ROWS),
    definition("cost.unallocated_12m", Unit::Money, COST_ROWS),
    definition("profit.books_difference", Unit::Money, COST_ROWS),
    definition("profit.loss_making.count", Unit::Count, PROFIT_ROWS),
    definition("profit.loss_making.sum", Unit::Money, PROFIT_ROWS),
    definition("profit.whale_peak", Unit::Share, PROFIT_ROWS),
    definition("profit.rate_sensitivity", Unit::Money, COST_ROWS),
];

const fn definition(pattern: &'static str, unit: Unit, rows: Rows) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "profit",
        rows,
    }
}

/// What is assumed where the ledger is silent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfitConfig {
    /// Margin as a share of revenue (0..1) for sales whose direct cost is not told; without it no margin is told.
    pub assumed_margin_share: Option<f64>,
    /// Yearly interest on what is delivered and not yet paid; without it, waiting for payment is free.
    pub credit_rate_yearly: Option<f64>,
    /// How far the rates are moved, up and down, to see what the profit depends on (0.2 is 20 %).
    pub rate_change: f64,
}

impl ProfitConfig {
    pub const fn standard() -> Self {
        Self {
            assumed_margin_share: None,
            credit_rate_yearly: None,
            rate_change: 0.2,
        }
    }
}

/// Dated revenue from orders or from contracts; everything else only makes more of it told.
pub fn needs() -> Vec<Vec<Need>> {
    vec![vec![
        Need::new("orders", &["customer_id", "ordered_on", "net_amount"]),
        Need::new(
            "contracts",
            &["customer_id", "started_on", "monthly_amount"],
        ),
    ]]
}

/// Contribution per customer, the year's waterfall, the whale curve, and the books to the last decimal.
///
/// Scores: `revenue_12m`, `margin_12m`, `cost_to_serve_12m`, `direct_12m`, `profit_12m`, `orders_12m`,
/// `days_since_order`; `NaN` where it cannot be told.
///
/// # Errors
/// When the ledger has no customer.
pub fn assess(
    frame: &ProfitFrame,
    config: &ProfitConfig,
    _seed: u64,
) -> Result<Outcome, InsightError> {
    if frame.customers.is_empty() {
        return Err(InsightError::TooLittleData(Caution::new(
            "profit.no_customers",
        )));
    }
    let profit = estimate::estimate(frame, config);
    Ok(Outcome {
        report: report::lay_out(frame, &profit, config),
        scores: Some(report::scores(frame, &profit, config)),
    })
}
