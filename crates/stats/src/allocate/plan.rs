//! How should a budget be spread, so that the last krona gives as much wherever it is spent?

use super::choice::LARGEST;
use super::curve::Curve;
use super::prices::{Bracket, Prepared, Prices, meet, totals};
use super::steps;
use crate::error::require_finite;
use crate::{Caution, StatsError};
use rayon::prelude::*;

/// A gap below this share of the bound is rounding.
pub(super) const ROUNDING: f64 = 1e-9;

/// Somewhere money can be spent: an activity, for one segment or for all.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub curve: Curve,
    /// The least that must be spent (a must-have), 0 or more.
    pub lower: f64,
    /// The most that can be spent; equal to `lower` when it cannot be moved.
    pub upper: f64,
    /// Amounts come in whole steps above `lower`; 0 when any amount will do.
    pub step: f64,
    /// Hours that go with each krona spent, 0 or more.
    pub hours: f64,
}

/// What there is to spend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Means {
    pub money: f64,
    /// Hours, if they are short.
    pub hours: Option<f64>,
}

/// Amounts for all cells, what they give and what a little more would give.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Of each cell, in its order.
    pub amounts: Vec<f64>,
    pub value: f64,
    pub money: f64,
    pub hours: f64,
    /// No plan with these means is worth more (or, for the cheapest plan, costs less).
    pub bound: f64,
    /// What the bound leaves open, as a share of it.
    pub gap: f64,
    /// Value of one more krona, 0 when money is left over.
    pub money_price: f64,
    /// Value of one more hour, 0 when hours are left over.
    pub hour_price: f64,
    /// Whether the plan is proved best.
    pub optimal: bool,
    pub cautions: Vec<Caution>,
}

impl Cell {
    /// A cell for any amount from 0 to `upper`, without hours.
    pub fn free(curve: Curve, upper: f64) -> Self {
        Cell {
            curve,
            lower: 0.0,
            upper,
            step: 0.0,
            hours: 0.0,
        }
    }

    /// The largest amount allowed that is not above `amount`.
    pub(super) fn on_grid(&self, amount: f64) -> f64 {
        // A hair of tolerance, so that three steps of 0.1 above 0 are 0.3.
        let steps = ((amount - self.lower) / self.step + 1e-9).floor().max(0.0);
        (self.lower + steps * self.step).min(self.upper)
    }

    /// The amount one step up from an amount on the grid; beyond `upper` when there is none.
    pub(super) fn next_step(&self, amount: f64) -> f64 {
        let steps = ((amount - self.lower) / self.step).round() + 1.0;
        self.lower + steps * self.step
    }

    fn prove(&self, row: usize) -> Result<(), StatsError> {
        self.curve.prove().map_err(|error| match error {
            StatsError::InvalidInput { what, .. } => StatsError::invalid_row(what, row),
            other => other,
        })?;
        if !(self.lower >= 0.0 && self.upper >= self.lower && self.upper <= LARGEST) {
            return Err(StatsError::invalid_row(
                "limits (0 <= lower <= upper, finite)",
                row,
            ));
        }
        if !(self.step.is_finite() && self.step >= 0.0) {
            return Err(StatsError::invalid_row("step (must be 0 or more)", row));
        }
        if !(0.0..=LARGEST).contains(&self.hours) {
            return Err(StatsError::invalid_row("hours (must be 0 or more)", row));
        }
        Ok(())
    }
}

impl Means {
    /// Money only.
    pub fn money(money: f64) -> Self {
        Means { money, hours: None }
    }
}

/// Spreads the means over the cells so that the total value is greatest.
///
/// `max Σ f_i(x_i), Σ x_i <= money, Σ h_i x_i <= hours, lower_i <= x_i <= upper_i`. For concave curves the conditions of
/// Karush, Kuhn and Tucker are sufficient `[BoydVandenberghe2004 section 5.5.3]`: `f_i'(x_i) = λ + μ h_i` in every cell that
/// is not at a limit. Each cell's amount at given prices is known in closed form (or by a safeguarded Newton step for Hill
/// curves), λ and μ are found by bracketed Newton steps and bisection. S-shaped Hill curves are taken by their concave
/// envelope, steps by the best whole step: the price then gives the bound `Σ max (f_i - (λ + μ h_i) x_i) + λ money + μ hours`,
/// exact choice or exchanges of neighboring steps the plan, and `gap` what is left between the two.
///
/// Order of cells is kept. The budget need not be used up when curves fall or upper limits are reached.
///
/// # Errors
/// `Infeasible` when the lower limits exceed money or hours, `InvalidInput` with the cell as row, `TooFewObservations` without cells.
pub fn plan(cells: &[Cell], means: &Means) -> Result<Plan, StatsError> {
    prove(cells, Some(means))?;
    let prepared = prepare(cells);
    Ok(plan_prepared(&prepared, means, 0.0))
}

pub(super) fn prepare(cells: &[Cell]) -> Vec<Prepared<'_>> {
    cells
        .par_iter()
        .with_min_len(256)
        .map(Prepared::new)
        .collect()
}

/// Proves the cells, and that the least amounts are within the means.
pub(super) fn prove(cells: &[Cell], means: Option<&Means>) -> Result<(), StatsError> {
    if cells.is_empty() {
        return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
    }
    for (row, cell) in cells.iter().enumerate() {
        cell.prove(row)?;
    }
    let Some(means) = means else {
        return Ok(());
    };
    require_finite("money", &[means.money])?;
    let least: f64 = cells.iter().map(|cell| cell.lower).sum();
    enough("money", least, means.money)?;
    if let Some(hours) = means.hours {
        require_finite("hours", &[hours])?;
        let least: f64 = cells.iter().map(|cell| cell.lower * cell.hours).sum();
        enough("hours", least, hours)?;
    }
    Ok(())
}

fn enough(what: &str, needed: f64, allowed: f64) -> Result<(), StatsError> {
    if needed <= allowed + 1e-12 * needed.abs().max(allowed.abs()) {
        return Ok(());
    }
    Err(StatsError::Infeasible {
        what: what.to_owned(),
        needed,
        allowed,
    })
}

/// [`plan`] for cells that are proved; `guess` is a price of money to start from, 0 for none.
pub(super) fn plan_prepared(cells: &[Prepared], means: &Means, guess: f64) -> Plan {
    let bracket = meet(cells, means, first_price(cells, guess));
    let bound = bound_at(cells, means, bracket.dear).min(bound_at(cells, means, bracket.cheap));
    let amounts = if cells.iter().any(Prepared::is_lumpy) {
        steps::amounts(cells, means, &bracket)
    } else {
        blended(cells, means, &bracket)
    };
    report(cells, amounts, bound, bracket.dear)
}

/// The most that any plan can be worth, told by the prices.
pub(super) fn bound_at(cells: &[Prepared], means: &Means, prices: Prices) -> f64 {
    let sum = totals(cells, prices);
    let left = prices.money * (means.money - sum.money);
    let hours = means
        .hours
        .map_or(0.0, |hours| prices.hours * (hours - sum.hours));
    sum.value + left + hours
}

fn first_price(cells: &[Prepared], guess: f64) -> f64 {
    if guess > 0.0 && guess.is_finite() {
        return guess;
    }
    let middle = |own: &Prepared| {
        own.cell
            .curve
            .slope(0.5 * (own.cell.lower + own.cell.upper))
    };
    let mean = cells.iter().map(middle).sum::<f64>() / cells.len() as f64;
    if mean.is_finite() && mean > 0.0 {
        mean
    } else {
        1.0
    }
}

/// The mixture of the demands on both sides of the price that uses exactly the means: of concave curves no plan is better.
pub(super) fn blended(cells: &[Prepared], means: &Means, bracket: &Bracket) -> Vec<f64> {
    let at = |prices: Prices| -> Vec<f64> {
        cells
            .par_iter()
            .with_min_len(256)
            .map(|own| own.demand(own.price(prices)))
            .collect()
    };
    let within = at(bracket.dear);
    if bracket.dear == bracket.cheap {
        return within;
    }
    let beyond = at(bracket.cheap);
    let mut share: f64 = 1.0;
    let mut limit = |most: f64, used: &dyn Fn(&[f64]) -> f64| {
        let (low, high) = (used(&within), used(&beyond));
        if high > most && high > low {
            share = share.min((most - low).max(0.0) / (high - low));
        }
    };
    limit(means.money, &|x| x.iter().sum());
    if let Some(hours) = means.hours {
        limit(hours, &|x| hours_of(cells, x));
    }
    within
        .iter()
        .zip(&beyond)
        .map(|(one, other)| one + share * (other - one))
        .collect()
}

pub(super) fn hours_of(cells: &[Prepared], amounts: &[f64]) -> f64 {
    cells
        .iter()
        .zip(amounts)
        .map(|(own, x)| own.cell.hours * x)
        .sum()
}

pub(super) fn value_of(cells: &[Prepared], amounts: &[f64]) -> f64 {
    cells
        .iter()
        .zip(amounts)
        .map(|(own, x)| own.cell.curve.value(*x))
        .sum()
}

fn report(cells: &[Prepared], amounts: Vec<f64>, bound: f64, prices: Prices) -> Plan {
    let value = value_of(cells, &amounts);
    let bound = bound.max(value);
    let gap = (bound - value) / bound.abs().max(f64::MIN_POSITIVE);
    Plan {
        money: amounts.iter().sum(),
        hours: hours_of(cells, &amounts),
        value,
        bound,
        gap,
        money_price: prices.money,
        hour_price: prices.hours,
        optimal: gap <= ROUNDING,
        cautions: open_gap(gap),
        amounts,
    }
}

pub(super) fn open_gap(gap: f64) -> Vec<Caution> {
    match gap <= 1e-6 {
        true => Vec::new(),
        false => vec![Caution::GapOpen { share: gap }],
    }
}
