//! Which plan is best for the money, does it survive what is not known, and which moves lead there?

use super::AllocationConfig;
use super::places::Place;
use crate::InsightError;
use odla_stats::allocate::{
    Cell, Draws, Judgement, Means, Move, Plan, cheapest, frontier, judge, moves, plan_over_draws,
};
use serde::{Deserialize, Serialize};

/// What is wanted: how much money, and which places are left alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Wanted {
    /// Money for all places; today's when not said.
    pub money: Option<f64>,
    /// Share of today's money to be saved, 0..1; used when no money is said.
    #[serde(default)]
    pub save_share: f64,
    #[serde(default)]
    pub locked: Vec<String>,
}

impl Wanted {
    pub fn same_money() -> Self {
        Self::default()
    }
}

/// The plan, its moves and what the draws say of them.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub today: Vec<f64>,
    pub money_today: f64,
    pub value_today: f64,
    pub plan: Plan,
    pub moves: Vec<Move>,
    pub judgement: Judgement,
    /// The least money that gives today's value.
    pub cheapest: Plan,
    /// Budgets and the best plans for them.
    pub frontier: Vec<(f64, Plan)>,
    /// Value of one more hour of contacts, at the mean wage.
    pub hour_price: f64,
}

/// # Errors
/// When the places' curves or limits contradict each other.
pub fn propose(
    places: &[Place],
    wanted: &Wanted,
    config: &AllocationConfig,
) -> Result<Proposal, InsightError> {
    let today: Vec<f64> = places.iter().map(|place| place.today).collect();
    let cells: Vec<Cell> = places.iter().map(|place| cell(place, wanted)).collect();
    let money_today: f64 = today.iter().sum();
    let least: f64 = cells.iter().map(|cell| cell.lower).sum();
    let money = wanted
        .money
        .unwrap_or(money_today * (1.0 - wanted.save_share))
        .max(least);
    let means = Means::money(money);
    let curve = |draw: usize, cell: usize| places[cell].draws[draw].clone();
    let draws = Draws {
        count: places
            .iter()
            .map(|place| place.draws.len())
            .min()
            .unwrap_or(0),
        curve: &curve,
    };
    let mut best = plan_over_draws(&cells, &means, &draws)?;
    settle(&mut best.amounts, &today);
    let moves = moves(&cells, &today, &best.amounts)?;
    // Held against what today's money could give, also when some of it is to be saved.
    let most = Means::money(money.max(money_today));
    let judgement = judge(
        &cells,
        (&today, &best.amounts, &moves),
        (&most, &draws),
        config.level,
    )?;
    let value_today = (cells.iter().zip(&today))
        .map(|(cell, x)| cell.curve.value(*x))
        .sum();
    let hours: f64 = (cells.iter().zip(&today))
        .map(|(cell, x)| cell.hours * x)
        .sum();
    let wages: f64 = (cells.iter().zip(&today))
        .filter(|(cell, _)| cell.hours > 0.0)
        .map(|(_, x)| x)
        .sum();
    let budgets: Vec<f64> = (config.budgets.iter().map(|share| share * money_today))
        .filter(|budget| *budget >= least)
        .collect();
    let plans = frontier(&cells, &budgets)?;
    Ok(Proposal {
        cheapest: cheapest(&cells, value_today)?,
        // An hour is worth what its wages are, placed right.
        hour_price: match hours > 0.0 {
            true => best.money_price * wages / hours,
            false => 0.0,
        },
        frontier: budgets.into_iter().zip(plans).collect(),
        today,
        money_today,
        value_today,
        plan: best,
        moves,
        judgement,
    })
}

/// Changes below a thousandth of a place's amount are none.
fn settle(amounts: &mut [f64], today: &[f64]) {
    for (amount, today) in amounts.iter_mut().zip(today) {
        if (*amount - today).abs() < 1e-3 * today {
            *amount = *today;
        }
    }
}

fn cell(place: &Place, wanted: &Wanted) -> Cell {
    let mut cell = place.cell.clone();
    if wanted.locked.contains(&place.name) {
        cell.lower = place.today;
        cell.upper = place.today;
    }
    cell
}
