//! Which plan is worth most on average, when the response curves are known only by draws?

use super::curve::{Curve, Points};
use super::judge::Draws;
use super::plan::{Cell, Means, Plan, ROUNDING, open_gap, plan_prepared, prepare, prove};
use super::prices::Prepared;
use crate::StatsError;
use rayon::prelude::*;

const MOST_PASSES: usize = 60;
/// A gap below this share of the value ends the passes.
const ENOUGH: f64 = 1e-9;

/// Mean over the draws, at one amount: value, slope, and how fast the slope falls.
#[derive(Debug, Clone, Copy)]
struct Local {
    value: f64,
    slope: f64,
    bend: f64,
}

/// The plan with the greatest mean value over the draws: `max mean_d Σ f_id(x_i)` within the means and limits.
///
/// The mean of concave curves is concave. Every pass replaces each cell's mean curve by the saturating (or power) curve with
/// the same slope and bend at the present amount, and plans exactly for those: Newton's method on the logarithm of the slopes,
/// exact in one pass when all draws agree. Curves of straight lines are averaged as they are. By concavity `Σ max over the limits of (mean slope - λ)(x - x_i) + λ (money left)`
/// bounds what is missed; the passes end when it is below 1e-9 of the value, else the plan comes with the gap. S-shaped curves
/// are taken by their concave envelopes. Steps are not possible here: plan with mean curves and [`super::judge`] it.
///
/// # Errors
/// As [`super::plan`]; `InvalidInput` for a cell with steps, `TooFewObservations` without draws.
pub fn plan_over_draws(cells: &[Cell], means: &Means, draws: &Draws) -> Result<Plan, StatsError> {
    prove(cells, Some(means))?;
    if let Some(row) = cells.iter().position(|cell| cell.step > 0.0) {
        return Err(StatsError::invalid_row(
            "step (not possible over draws)",
            row,
        ));
    }
    if draws.count == 0 {
        return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
    }
    let corners = mean_corners(cells.len(), draws);
    let mut amounts = start(cells, means);
    let mut local = local_at(cells, &amounts, draws)?;
    let mut best: Option<Plan> = None;
    for _ in 0..MOST_PASSES {
        let surrogate: Vec<Cell> = cells
            .iter()
            .zip(&corners)
            .zip(amounts.iter().zip(&local))
            .map(|((cell, corners), (x, local))| match corners {
                Some(curve) => Cell {
                    curve: curve.clone(),
                    ..cell.clone()
                },
                None => alike(cell, *x, local),
            })
            .collect();
        let planned = plan_prepared(&prepare(&surrogate), means, price_of(&best));
        let now = finish(cells, (&amounts, &local), (&planned, means));
        let done = now.gap <= ENOUGH;
        if best.as_ref().is_none_or(|own| now.gap < own.gap) {
            best = Some(now);
        }
        if done {
            break;
        }
        let value: f64 = local.iter().map(|own| own.value).sum();
        (amounts, local) = step(cells, (&amounts, value), (&planned.amounts, draws))?;
    }
    Ok(best.expect("at least one pass is made"))
}

/// The mean curve of every cell whose draws all are straight lines: it needs no stand-in.
fn mean_corners(cells: usize, draws: &Draws) -> Vec<Option<Curve>> {
    let mean = |cell: usize| {
        let points = (0..draws.count).map(|draw| match (draws.curve)(draw, cell) {
            Curve::Piecewise(points) => Some(points),
            _ => None,
        });
        let points = points.collect::<Option<Vec<Points>>>()?;
        Some(Curve::Piecewise(Points::mean(&points)))
    };
    (0..cells)
        .into_par_iter()
        .with_min_len(16)
        .map(mean)
        .collect()
}

/// The whole way to the plan of the surrogate, or as much of it as raises the value.
fn step(
    cells: &[Cell],
    (from, value): (&[f64], f64),
    (to, draws): (&[f64], &Draws),
) -> Result<(Vec<f64>, Vec<Local>), StatsError> {
    let mut share = 1.0;
    loop {
        let tried: Vec<f64> = from
            .iter()
            .zip(to)
            .map(|(one, other)| one + share * (other - one))
            .collect();
        let local = local_at(cells, &tried, draws)?;
        let reached: f64 = local.iter().map(|own| own.value).sum();
        if reached >= value - 1e-12 * value.abs() || share < 1e-6 {
            return Ok((tried, local));
        }
        share *= 0.25;
    }
}

fn price_of(best: &Option<Plan>) -> f64 {
    best.as_ref().map_or(0.0, |own| own.money_price)
}

/// Everywhere the same share of the room between the limits, so that no steep start is evaluated at 0.
fn start(cells: &[Cell], means: &Means) -> Vec<f64> {
    let sum = |of: &dyn Fn(&Cell) -> f64| cells.iter().map(of).sum::<f64>();
    let room = sum(&|cell| cell.upper - cell.lower);
    let mut share: f64 = if room > 0.0 {
        (means.money - sum(&|cell| cell.lower)) / room
    } else {
        0.0
    };
    if let Some(hours) = means.hours {
        let room = sum(&|cell| cell.hours * (cell.upper - cell.lower));
        if room > 0.0 {
            share = share.min((hours - sum(&|cell| cell.hours * cell.lower)) / room);
        }
    }
    let share = share.clamp(0.0, 1.0);
    cells
        .iter()
        .map(|cell| cell.lower + share * (cell.upper - cell.lower))
        .collect()
}

fn local_at(cells: &[Cell], amounts: &[f64], draws: &Draws) -> Result<Vec<Local>, StatsError> {
    cells
        .par_iter()
        .enumerate()
        .with_min_len(16)
        .map(|(i, cell)| {
            let x = amounts[i];
            let mut drawn = cell.clone();
            let mut sum = Local {
                value: 0.0,
                slope: 0.0,
                bend: 0.0,
            };
            for draw in 0..draws.count {
                drawn.curve = (draws.curve)(draw, i);
                drawn.curve.prove()?;
                let own = match drawn.curve.inflection() > cell.lower {
                    true => Prepared::new(&drawn).envelope(x),
                    false => Local::of(&drawn.curve, x),
                };
                sum.value += own.value;
                sum.slope += own.slope;
                sum.bend += own.bend;
            }
            let draws = draws.count as f64;
            Ok(Local {
                value: sum.value / draws,
                slope: sum.slope / draws,
                bend: sum.bend / draws,
            })
        })
        .collect()
}

impl Prepared<'_> {
    fn envelope(&self, x: f64) -> Local {
        let curve = &self.cell.curve;
        if x < self.concave_from {
            return Local {
                value: curve.value(self.cell.lower) + self.chord * (x - self.cell.lower),
                slope: self.chord,
                bend: 0.0,
            };
        }
        Local::of(curve, x)
    }
}

impl Local {
    fn of(curve: &Curve, x: f64) -> Self {
        let (value, slope, bend) = curve.local(x);
        Local { value, slope, bend }
    }
}

/// The cell with a simple curve of the same slope and bend at the amount.
fn alike(cell: &Cell, x: f64, local: &Local) -> Cell {
    let width = cell.upper - cell.lower;
    // A straight piece gets a slight bend, or every pass would jump from limit to limit.
    let decay = (local.bend / local.slope).max(0.7 / width.max(f64::MIN_POSITIVE));
    let power = matches!(cell.curve, Curve::Power { .. }) && x > 0.0 && decay * x < 0.99;
    let curve = if !(local.slope.is_finite() && local.slope > 0.0 && width > 0.0) {
        Curve::Power {
            scale: 0.0,
            exponent: 1.0,
        }
    } else if power {
        let exponent = 1.0 - decay * x;
        Curve::Power {
            scale: local.slope * x.powf(1.0 - exponent) / exponent,
            exponent,
        }
    } else {
        let decay = if x > 0.0 { decay.min(600.0 / x) } else { decay };
        Curve::Saturating {
            ceiling: local.slope / decay * (decay * x).exp(),
            reach: 1.0 / decay,
        }
    };
    Cell {
        curve,
        ..cell.clone()
    }
}

/// The present amounts as a plan, with the bound that concavity gives at the surrogate's prices.
fn finish(
    cells: &[Cell],
    (amounts, local): (&[f64], &[Local]),
    (planned, means): (&Plan, &Means),
) -> Plan {
    let value: f64 = local.iter().map(|own| own.value).sum();
    let (money, hours) = cells
        .iter()
        .zip(amounts)
        .fold((0.0, 0.0), |sum, (cell, x)| {
            (sum.0 + x, sum.1 + x * cell.hours)
        });
    let mut missed = planned.money_price * (means.money - money);
    missed += means
        .hours
        .map_or(0.0, |most| planned.hour_price * (most - hours));
    for ((cell, x), own) in cells.iter().zip(amounts).zip(local) {
        let net = own.slope - planned.money_price - planned.hour_price * cell.hours;
        let room = if net > 0.0 {
            cell.upper - x
        } else {
            cell.lower - x
        };
        if room != 0.0 {
            missed += net * room;
        }
    }
    let missed = missed.max(0.0);
    let gap = missed / (value + missed).abs().max(f64::MIN_POSITIVE);
    Plan {
        amounts: amounts.to_vec(),
        value,
        money,
        hours,
        bound: value + missed,
        gap,
        money_price: planned.money_price,
        hour_price: planned.hour_price,
        optimal: gap <= ROUNDING,
        cautions: open_gap(gap),
    }
}
