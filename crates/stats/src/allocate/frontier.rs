//! Which plans cost less and give more than today's?

use super::plan::{Cell, Means, Plan, ROUNDING, open_gap, plan_prepared, prepare, prove, value_of};
use super::prices::{Prepared, Prices, find_price, money_asked, totals};
use super::steps::least_money;
use crate::StatsError;
use crate::error::{require_finite, require_length};

/// The plans that are better than today's in both respects lie between two ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Pareto {
    /// What today's amounts cost and give.
    pub money_today: f64,
    pub value_today: f64,
    /// The same value as today for the least money.
    pub cheapest: Plan,
    /// The most value for today's money.
    pub best: Plan,
    /// Plans from `cheapest` to `best` in even steps of money: each costs less and gives more than today.
    pub between: Vec<Plan>,
}

/// The best plans for several budgets, in their order; a warm start makes each cost little.
///
/// # Errors
/// As [`super::plan`], for every budget.
pub fn frontier(cells: &[Cell], budgets: &[f64]) -> Result<Vec<Plan>, StatsError> {
    for &money in budgets {
        prove(cells, Some(&Means::money(money)))?;
    }
    let prepared = prepare(cells);
    let mut price = 0.0;
    let plans = budgets.iter().map(|&money| {
        let plan = plan_prepared(&prepared, &Means::money(money), price);
        price = plan.money_price;
        plan
    });
    Ok(plans.collect())
}

/// The least money that gives at least a value: `min Σ x_i, Σ f_i(x_i) >= value`.
///
/// The same price equation as in [`super::plan`], solved for the value instead of the budget. `bound` is money here: with
/// φ_i(λ) = max (f_i - λ x), no plan costs less than `(value - Σ φ_i(λ)) / λ`.
///
/// # Errors
/// `Infeasible` when not even the upper limits give the value.
pub fn cheapest(cells: &[Cell], value: f64) -> Result<Plan, StatsError> {
    prove(cells, None)?;
    require_finite("value", &[value])?;
    let prepared = prepare(cells);
    let most = totals(&prepared, at(0.0));
    let rounding = 1e-12 * value.abs().max(most.value.abs());
    if most.value < value - rounding {
        return Err(StatsError::Infeasible {
            what: "value".to_owned(),
            needed: value,
            allowed: most.value,
        });
    }
    Ok(cheapest_prepared(&prepared, value.min(most.value)))
}

/// All that beats today's amounts: cheaper at the same value, better at the same money, and `steps` plans in between.
///
/// Today's amounts must lie within each cell's limits.
///
/// # Errors
/// `InvalidInput` for an amount outside the limits; as [`super::plan`].
pub fn pareto(cells: &[Cell], today: &[f64], steps: usize) -> Result<Pareto, StatsError> {
    prove(cells, None)?;
    prove_today(cells, today)?;
    let prepared = prepare(cells);
    let money_today: f64 = today.iter().sum();
    let value_today = value_of(&prepared, today);
    let best = plan_prepared(&prepared, &Means::money(money_today), 0.0);
    let cheapest = cheapest_prepared(&prepared, value_today);
    let share = |k: usize| (k + 1) as f64 / (steps + 1) as f64;
    let budgets: Vec<f64> = (0..steps)
        .map(|k| cheapest.money + share(k) * (best.money - cheapest.money).max(0.0))
        .collect();
    let between = budgets
        .iter()
        .map(|&money| plan_prepared(&prepared, &Means::money(money), best.money_price))
        .collect();
    Ok(Pareto {
        money_today,
        value_today,
        cheapest,
        best,
        between,
    })
}

/// Refuses amounts of today that a cell does not allow.
pub(super) fn prove_today(cells: &[Cell], today: &[f64]) -> Result<(), StatsError> {
    require_length("today", cells.len(), today.len())?;
    require_finite("today", today)?;
    let outside = cells.iter().zip(today).position(|(cell, x)| {
        let rounding = 1e-9 * cell.upper.abs();
        *x < cell.lower - rounding || *x > cell.upper + rounding
    });
    match outside {
        Some(row) => Err(StatsError::invalid_row("today (outside the limits)", row)),
        None => Ok(()),
    }
}

fn at(price: f64) -> Prices {
    Prices {
        money: price,
        hours: 0.0,
    }
}

fn cheapest_prepared(cells: &[Prepared], value: f64) -> Plan {
    let floor = value_of(
        cells,
        &cells.iter().map(|own| own.cell.lower).collect::<Vec<_>>(),
    );
    if floor >= value {
        let amounts = cells.iter().map(|own| own.cell.lower).collect();
        return finish(cells, amounts, (f64::NAN, 0.0));
    }
    // Along the prices the value changes by the price times the money.
    let (dear, cheap) = find_price(1.0, (floor, value), |price| {
        let (_, slope) = money_asked(cells, at(price));
        (totals(cells, at(price)).value, price * slope)
    });
    let amounts_at = |price: f64| -> Vec<f64> {
        cells
            .iter()
            .map(|own| own.demand(own.price(at(price))))
            .collect()
    };
    let (within, beyond) = (amounts_at(dear), amounts_at(cheap));
    let bound = cost_bound(cells, value, dear).max(cost_bound(cells, value, cheap));
    if cells.iter().any(Prepared::is_lumpy) {
        let ends = (within.iter().sum(), beyond.iter().sum());
        let plan = least_money(cells, value, ends);
        return finish(cells, plan.amounts, (bound, plan.money_price));
    }
    finish(
        cells,
        mixture(cells, value, (within, beyond)),
        (bound, dear),
    )
}

/// The mixture of two plans that gives just the value.
fn mixture(cells: &[Prepared], value: f64, (within, beyond): (Vec<f64>, Vec<f64>)) -> Vec<f64> {
    let mix = |share: f64| -> Vec<f64> {
        let both = within.iter().zip(&beyond);
        both.map(|(one, other)| one + share * (other - one))
            .collect()
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if value_of(cells, &mix(middle)) >= value {
            high = middle;
        } else {
            low = middle;
        }
    }
    mix(high)
}

fn cost_bound(cells: &[Prepared], value: f64, price: f64) -> f64 {
    if price <= 0.0 || price >= f64::MAX / 2.0 {
        return f64::NEG_INFINITY;
    }
    let sum = totals(cells, at(price));
    (value - sum.value) / price + sum.money
}

fn finish(cells: &[Prepared], amounts: Vec<f64>, (bound, price): (f64, f64)) -> Plan {
    let money: f64 = amounts.iter().sum();
    let bound = if bound.is_finite() {
        bound.min(money)
    } else {
        money
    };
    let gap = (money - bound) / money.abs().max(f64::MIN_POSITIVE);
    Plan {
        value: value_of(cells, &amounts),
        hours: super::plan::hours_of(cells, &amounts),
        money,
        bound,
        gap,
        money_price: price,
        hour_price: 0.0,
        optimal: gap <= ROUNDING,
        cautions: open_gap(gap),
        amounts,
    }
}
