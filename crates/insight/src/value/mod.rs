//! What are the customers worth from today on, and how did that change over the year?
//!
//! Method: free buyers are valued by the distribution of purchases that forecasts a holdout best (BG/NBD, MBG/NBD,
//! Pareto/NBD, or NBD when leaving cannot be told from silence), times a Gamma-Gamma spend per purchase and the margin
//! share of the customer's segment. Contracts are valued along their coming renewals by a discrete-time hazard with
//! first and later renewals, season and what is known of the customer and the year before. Value is the expected
//! contribution (before cost to serve) over the horizon, discounted; equity is its sum over all customers.
//!
//! Assumes that buying goes on as it did, that spend and frequency are not tied (their correlation is reported), that
//! circumstances stay as they are, and that who has left does not come back.
//! Do not trust it after a change of assortment, price or season that the history has not seen, or for single customers
//! more than their interval says. It is falsified by its own holdout: the calibration tables set forecast against
//! outcome, and next year's opening value against what was earned.

mod bridge;
mod contracts;
mod free;
mod margin;
mod people;
mod report;
mod sum;
mod tables;

#[cfg(test)]
mod tests;

use crate::InsightError;
use odla_domain::frames::purchases::PurchasesFrame;
use odla_domain::frames::renewals::RenewalsFrame;
use odla_domain::{Caution, FigureDefinition, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

const ALL_ROWS: Rows = Rows(
    "select 'orders' as ledger_table, customer_id, order_id as id, ordered_on as day, net_amount as amount, goods_cost \
     as cost, freight_cost, returned_amount, cast(null as date) as ended_on, _source, _line \
     from orders where ordered_on <= date '{as_of}' \
     union all \
     select 'contracts', customer_id, contract_id, started_on, monthly_amount, monthly_cost, null, null, ended_on, \
     _source, _line from contracts where started_on <= date '{as_of}' order by customer_id, day, id",
);

const OPENING_ROWS: Rows = Rows(
    "select 'orders' as ledger_table, customer_id, order_id as id, ordered_on as day, net_amount as amount, goods_cost \
     as cost, freight_cost, returned_amount, cast(null as date) as ended_on, _source, _line \
     from orders where ordered_on <= date '{as_of}' - interval '12 months' \
     union all \
     select 'contracts', customer_id, contract_id, started_on, monthly_amount, monthly_cost, null, null, ended_on, \
     _source, _line from contracts where started_on <= date '{as_of}' - interval '12 months' \
     order by customer_id, day, id",
);

const ORDER_ROWS: Rows = Rows(
    "select customer_id, order_id, line_no, ordered_on, net_amount, goods_cost, freight_cost, returned_amount, \
     returned_on, _source, _line from orders where ordered_on <= date '{as_of}' order by customer_id, ordered_on, order_id",
);

const CONTRACT_ROWS: Rows = Rows(
    "select customer_id, contract_id, started_on, term_months, next_renewal_on, ended_on, end_reason, monthly_amount, \
     monthly_cost, _source, _line from contracts where started_on <= date '{as_of}' order by customer_id, contract_id",
);

pub const FIGURES: &[FigureDefinition] = &[
    definition("equity.total", Unit::Money, "value", ALL_ROWS),
    definition("equity.free", Unit::Money, "value", ORDER_ROWS),
    definition("equity.contract", Unit::Money, "value", CONTRACT_ROWS),
    definition("equity.opening", Unit::Money, "value", OPENING_ROWS),
    definition("equity.new", Unit::Money, "value", ALL_ROWS),
    definition("equity.developed", Unit::Money, "value", ALL_ROWS),
    definition("equity.lost", Unit::Money, "value", OPENING_ROWS),
    definition(
        "equity.lost_influenceable",
        Unit::Money,
        "value",
        OPENING_ROWS,
    ),
    definition("equity.closing", Unit::Money, "value", ALL_ROWS),
    definition("customers.active", Unit::Count, "value", ALL_ROWS),
    definition("retention.12m", Unit::Share, "value", ALL_ROWS),
    definition(
        "right_retention.index",
        Unit::SharePoints,
        "value",
        ALL_ROWS,
    ),
    definition("hazard.first_renewal", Unit::Share, "value", CONTRACT_ROWS),
    definition("hazard.later_renewal", Unit::Share, "value", CONTRACT_ROWS),
    definition(
        "hazard.influenceable_share",
        Unit::Share,
        "value",
        CONTRACT_ROWS,
    ),
    definition(
        "value.spend_frequency_correlation",
        Unit::Ratio,
        "value",
        ORDER_ROWS,
    ),
    definition("value.margin_share", Unit::Share, "value", ORDER_ROWS),
];

const fn definition(
    pattern: &'static str,
    unit: Unit,
    method: &'static str,
    rows: Rows,
) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method,
        rows,
    }
}

/// How far ahead, at what price of waiting, and how carefully.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueConfig {
    /// Months ahead that count.
    pub horizon_months: u32,
    /// Yearly discount, a share: money in t years counts by (1 + discount)^-t.
    pub discount_yearly: f64,
    pub level: f64,
    /// Draws of the total over free buyers.
    pub draws: usize,
    /// Most customers whose own states are drawn for a total.
    pub drawn_customers: usize,
    /// Most customers that a distribution of purchases is fitted to; beyond, every n-th is taken.
    pub fitted_customers: usize,
    /// A buyer who was there a year ago counts as lost below this probability of still buying.
    pub lost_below: f64,
    /// Assumed spread (standard deviation of the log hazard) among contracts that look alike.
    pub hidden_spread: f64,
    /// Strength of the pull of calendar months toward each other.
    pub season_ridge: f64,
    /// Margin as a share of revenue where no direct cost is told; without it, value is revenue and says so.
    pub assumed_margin_share: Option<f64>,
    /// Weeks of history that a valuation needs at the least.
    pub fewest_weeks: f64,
}

impl ValueConfig {
    pub const fn standard() -> Self {
        Self {
            horizon_months: 60,
            discount_yearly: 0.10,
            level: 0.90,
            draws: 500,
            drawn_customers: 3_000,
            fitted_customers: 60_000,
            lost_below: 0.5,
            hidden_spread: 0.5,
            season_ridge: 1.0,
            assumed_margin_share: None,
            fewest_weeks: 26.0,
        }
    }
}

/// Dated purchases or dated contracts.
pub fn needs() -> Vec<Vec<Need>> {
    vec![vec![
        Need::new("orders", &["customer_id", "ordered_on", "net_amount"]),
        Need::new(
            "contracts",
            &["customer_id", "started_on", "monthly_amount"],
        ),
    ]]
}

/// Values every customer, sums to equity, and builds the bridge from a year ago.
///
/// Scores: `value`, `value_lower`, `value_upper` (for the customer's expectation, at the configured level), `p_alive`,
/// `purchases_12m`, `active_years` (discounted years of relation ahead), `value_opening`, and the word `relation`
/// (`free`, `contract`, `both`, `ended`).
///
/// # Errors
/// When neither buyers nor contracts could be valued.
pub fn assess(
    purchases: &PurchasesFrame,
    renewals: &RenewalsFrame,
    config: &ValueConfig,
    seed: u64,
) -> Result<Outcome, InsightError> {
    let free = free::assess(purchases, config, seed);
    let contracts = contracts::assess(renewals, config);
    if free.is_err() && contracts.is_err() {
        let first = if purchases.is_empty() {
            contracts.err()
        } else {
            free.err()
        };
        return Err(
            first.unwrap_or_else(|| InsightError::TooLittleData(Caution::new("value.nothing")))
        );
    }
    let people = people::join(
        purchases,
        renewals,
        (free.as_ref().ok(), contracts.as_ref().ok()),
        config,
    );
    let bridge = bridge::build(
        &people,
        (free.as_ref().ok(), contracts.as_ref().ok()),
        config,
        seed,
    );
    let found = report::Found {
        purchases,
        renewals,
        free,
        contracts,
        people,
        bridge,
    };
    Ok(Outcome {
        report: report::lay_out(&found, config),
        scores: Some(report::scores(&found)),
    })
}
