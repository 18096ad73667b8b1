//! Where does the next krona do most, and which money can be moved so that cost falls and loyalty rises?
//!
//! Method: everything that costs money towards customers and whose worth is known is a place for money, with a curve
//! of value by amount: handling time per contact reason (from the curves of `service_level`) and activities (from the value
//! strength of `effects`, of which one point is known: today's; the bend is assumed). The plan for the same money and the
//! plan for the same value are exact for these curves; moves are told with the safest first: those that cost less and give
//! more. The best plan on average over draws of all that is not known is held against every draw: what it misses, and
//! how often each move does good. A plan or move that helps in fewer than eight draws of ten is fragile. Places without
//! a known worth are not moved, and said.
//!
//! Assumes that a krona saved in one place can be spent in another, that places do not change each other's worth, and
//! stays within half and one and a half times today's amount and within what was observed. Do not trust a fragile move:
//! try it first. It is falsified when a move that was carried out gives another value than its range.

mod limits;
mod places;
mod plan;
mod report;
mod saying;

#[cfg(test)]
mod tests;

pub use places::{Doing, Place, Spending, places};
pub use plan::{Drawn, Proposal, Wanted, propose};

use crate::InsightError;
use crate::service_level::whatif::Kept;
use odla_domain::{Caution, FigureDefinition, Need, Outcome, Report, Rows, Unit};
use serde::{Deserialize, Serialize};

const COST_ROWS: Rows = Rows(
    "select cost_id, period, process, pool, unit_id, activity_id, driver, capacity, amount, _source, _line \
     from costs where period <= substr('{as_of}', 1, 7) order by period, process, pool, cost_id",
);

pub const FIGURES: &[FigureDefinition] = &[
    definition("allocation.money", Unit::Money),
    definition("allocation.judged_share", Unit::Share),
    definition("allocation.asked_money", Unit::Money),
    definition("allocation.gain", Unit::Money),
    definition("allocation.net", Unit::Money),
    definition("allocation.saving", Unit::Money),
    definition("allocation.saving_value", Unit::Money),
    definition("allocation.moved", Unit::Money),
    definition("allocation.survives", Unit::Share),
    definition("allocation.regret", Unit::Money),
    definition("allocation.regret_today", Unit::Money),
    definition("allocation.money_price", Unit::Ratio),
    definition("allocation.hour_price", Unit::Money),
];

const fn definition(pattern: &'static str, unit: Unit) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "allocation",
        rows: COST_ROWS,
    }
}

/// What `service_level` or `effects` need: without either no worth is known.
pub fn needs() -> Vec<Vec<Need>> {
    vec![
        vec![Need::new("costs", &["period", "amount"])],
        vec![
            Need::new(
                "interactions",
                &["customer_id", "at", "reason", "minutes", "resolved"],
            ),
            Need::new("exposures", &["activity_id", "customer_id", "exposed_on"]),
        ],
    ]
}

/// The choices of the analysis, all kept with the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AllocationConfig {
    /// Level of every interval.
    pub level: f64,
    /// Least and most of today's amount that an activity may get.
    pub limits: (f64, f64),
    /// Power of the amount that an activity's value grows with: one point of its curve is known.
    pub bend: f64,
    /// Places that nothing may be taken from or given to.
    pub locked: Vec<String>,
    /// Draws of what is not known.
    pub draws: usize,
    /// Budgets along the frontier, as shares of today's money.
    pub budgets: Vec<f64>,
}

impl AllocationConfig {
    pub fn standard() -> Self {
        Self {
            level: 0.90,
            limits: (0.5, 1.5),
            bend: 0.5,
            locked: Vec::new(),
            draws: 300,
            budgets: vec![0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2, 1.3],
        }
    }
}

/// Proposes moves between the places whose worth is known, for the same money.
///
/// # Errors
/// When fewer than two places can be moved.
pub fn assess(
    kept: Option<&Kept>,
    doings: &[Doing],
    config: &AllocationConfig,
    seed: u64,
) -> Result<Outcome, InsightError> {
    let places = places(kept, doings, config, seed);
    let movable = places.iter().filter(|place| place.is_movable()).count();
    if movable < 2 {
        return Err(InsightError::TooLittleData(
            Caution::new("allocation.too_few_places")
                .with("needed", 2_usize)
                .with("got", movable),
        ));
    }
    Ok(answer(&places, &Wanted::same_money(), config)?.into())
}

/// The same for other money and limits.
///
/// # Errors
/// When the limits leave no plan for the money, or contradict each other.
pub fn answer(
    places: &[Place],
    wanted: &Wanted,
    config: &AllocationConfig,
) -> Result<Report, InsightError> {
    let proposal = propose(places, wanted, config)?;
    report::lay_out(places, &proposal, config)
}
