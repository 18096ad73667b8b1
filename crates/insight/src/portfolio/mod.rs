//! With whom do we want to grow, whom should we serve in another way, and whom should we stop growing?
//!
//! Method: a customer's keep value is the expected value of the coming contribution (capability `value`) less the
//! cost to serve that comes with it (capability `profit`). It is set against a hurdle (worth growing) and a floor
//! (worth keeping); between them, and where a permitted lever would lift a customer over the floor, the proposal is
//! to refine. The interval of the value gives the probability that the class is right.
//!
//! Assumes that a customer's cost to serve goes on as in the last twelve months for as long as the customer stays.
//! Do not trust it for customers with a known plan that the ledger does not hold, or whose worth lies in what they
//! teach us. It is falsified when customers proposed for stopping turn out to pay more than those proposed for growing.
//!
//! Proposes, never decides: a private person's proposal needs a person's look, and who has objected to profiling
//! gets none.

mod estimate;
mod report;

use crate::InsightError;
use odla_domain::frames::portfolio::PortfolioFrame;
use odla_domain::{Caution, CustomerScores, FigureDefinition, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

pub use estimate::{Proposal, Stance};

/// All customers with what is booked on them; the classes are computed, the rows are not.
const CUSTOMER_ROWS: Rows = Rows("select * from customers order by customer_id");

pub const FIGURES: &[FigureDefinition] = &[
    definition("portfolio.grow.count", Unit::Count),
    definition("portfolio.refine.count", Unit::Count),
    definition("portfolio.stop.count", Unit::Count),
    definition("portfolio.grow.value", Unit::Money),
    definition("portfolio.refine.value", Unit::Money),
    definition("portfolio.stop.value", Unit::Money),
    definition("portfolio.refine.gain", Unit::Money),
    definition("portfolio.stop.cost_to_serve", Unit::Money),
    definition("portfolio.sure.share", Unit::Share),
    definition("portfolio.objected.count", Unit::Count),
];

const fn definition(pattern: &'static str, unit: Unit) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "portfolio",
        rows: CUSTOMER_ROWS,
    }
}

/// Where the lines between the stances are drawn, and which levers may be tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortfolioConfig {
    /// A customer is worth growing from this share of the mean keep value of active customers.
    pub hurdle_share: f64,
    /// Below this share a customer is not worth effort unless a lever helps.
    pub floor_share: f64,
    /// The largest cut in cost to serve that refining may count on, 0..1.
    pub cheaper_service: f64,
    /// The largest rise in contribution through price or terms that refining may count on, 0..1.
    pub better_terms: f64,
    /// From this probability a proposal is called sure.
    pub sure_from: f64,
    /// Below this probability of being alive a customer is called dormant.
    pub dormant_below: f64,
    pub level: f64,
}

impl PortfolioConfig {
    pub const fn standard() -> Self {
        Self {
            hurdle_share: 0.25,
            floor_share: 0.02,
            cheaper_service: 0.30,
            better_terms: 0.05,
            sure_from: 0.80,
            dormant_below: 0.20,
            level: 0.90,
        }
    }
}

pub fn needs() -> Vec<Vec<Need>> {
    crate::value::needs()
}

/// Proposes a stance for each customer that has a value.
///
/// # Errors
/// When no customer has both a value and an interval.
pub fn assess(
    frame: &PortfolioFrame,
    value: &CustomerScores,
    profit: Option<&CustomerScores>,
    config: &PortfolioConfig,
) -> Result<Outcome, InsightError> {
    let worths = estimate::worths(frame, value, profit)?;
    if worths.is_empty() {
        return Err(InsightError::TooLittleData(Caution::new(
            "portfolio.no_values",
        )));
    }
    let lines = estimate::Lines::draw(&worths, config);
    let proposals: Vec<Proposal> = worths
        .iter()
        .map(|worth| estimate::propose(worth, &lines, config))
        .collect();
    Ok(report::write(
        &proposals,
        &lines,
        estimate::knows_costs(profit),
        config,
    ))
}
