//! How well does a plan stand when the response curves are not what they seem?

use super::curve::Curve;
use super::frontier::prove_today;
use super::moves::Move;
use super::plan::{Cell, Means, bound_at, prepare, prove};
use super::prices::meet;
use crate::error::{require_finite, require_length};
use crate::regression::sample::prove_level;
use crate::{Caution, Interval, StatsError};
use rayon::prelude::*;

/// A plan that beats today in a smaller share of the draws is fragile; convention.
const FRAGILE_BELOW: f64 = 0.80;

/// Draws of what is not known: the curve of each cell in each draw.
#[derive(Clone, Copy)]
pub struct Draws<'a> {
    pub count: usize,
    /// `curve(draw, cell)`, the same on every call.
    pub curve: &'a (dyn Fn(usize, usize) -> Curve + Sync),
}

/// What the draws say about a plan. All values are those of the cells' curves.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Mean over the draws of the plan's value less today's.
    pub expected_gain: f64,
    pub gain: Interval,
    /// Share of draws in which the plan beats today.
    pub share_better: f64,
    /// What is missed against the best plan of each draw: mean, interval, worst.
    pub expected_regret: f64,
    pub regret: Interval,
    pub max_regret: f64,
    /// The same if nothing is changed.
    pub expected_regret_today: f64,
    pub regret_today: Interval,
    pub max_regret_today: f64,
    /// Of each cell, the mean over the draws of what the plan does to its value.
    pub cell_gain: Vec<f64>,
    /// Of each cell, the share of draws whose best plan moves it the same way as this plan; NaN where the plan moves nothing.
    pub same_direction: Vec<f64>,
    /// Of each move, the share of draws in which it does not lower the value.
    pub move_survives: Vec<f64>,
    /// Of each move, what it does to the value: mean over the draws (they add up to the plan's), and interval.
    pub move_gain: Vec<(f64, Interval)>,
    pub cautions: Vec<Caution>,
}

struct OneDraw {
    gain: f64,
    regret: f64,
    regret_today: f64,
    same: Vec<bool>,
    whole: Vec<f64>,
    moved: Vec<f64>,
}

/// Holds a plan against every draw: gain over today, regret, and which moves survive.
///
/// Regret of a draw is the most that any plan could have been worth (the dual bound, exact for concave curves) less what this
/// one is worth. The draws' own best plans have the same means. `moves` are those of [`super::moves`].
///
/// # Errors
/// `TooFewObservations` below 20 draws, `InvalidInput` for amounts outside the limits, `LengthMismatch`.
pub fn judge(
    cells: &[Cell],
    (today, plan, moves): (&[f64], &[f64], &[Move]),
    (means, draws): (&Means, &Draws),
    level: f64,
) -> Result<Judgement, StatsError> {
    prove_level(level)?;
    prove(cells, Some(means))?;
    prove_today(cells, today)?;
    require_length("plan", cells.len(), plan.len())?;
    require_finite("plan", plan)?;
    let known = |cell: Option<usize>| cell.is_none_or(|i| i < cells.len() && plan[i] != today[i]);
    if let Some(row) = moves
        .iter()
        .position(|own| !(known(own.from) && known(own.to)))
    {
        return Err(StatsError::invalid_row("move (not of this plan)", row));
    }
    let outcomes = over_draws(cells, draws, |drawn| {
        one_draw(drawn, (today, plan, moves), means)
    })?;
    Ok(summary(&outcomes, (today, plan), (moves.len(), level)))
}

/// Runs `of` on the cells of every draw, in order; proves that the drawn curves are sound.
pub(super) fn over_draws<T: Send>(
    cells: &[Cell],
    draws: &Draws,
    of: impl Fn(&[Cell]) -> T + Sync,
) -> Result<Vec<T>, StatsError> {
    const FEWEST: usize = 20;
    if draws.count < FEWEST {
        return Err(StatsError::TooFewObservations {
            needed: FEWEST,
            got: draws.count,
        });
    }
    (0..draws.count)
        .into_par_iter()
        .map(|draw| {
            let mut drawn = cells.to_vec();
            for (i, cell) in drawn.iter_mut().enumerate() {
                cell.curve = (draws.curve)(draw, i);
                cell.curve.prove()?;
            }
            Ok(of(&drawn))
        })
        .collect()
}

fn one_draw(
    cells: &[Cell],
    (today, plan, moves): (&[f64], &[f64], &[Move]),
    means: &Means,
) -> OneDraw {
    let prepared = prepare(cells);
    let values = |x: &[f64]| -> Vec<f64> {
        cells
            .iter()
            .zip(x)
            .map(|(cell, x)| cell.curve.value(*x))
            .collect()
    };
    let (now, then) = (values(today), values(plan));
    let (before, after): (f64, f64) = (now.iter().sum(), then.iter().sum());
    let whole: Vec<f64> = then
        .iter()
        .zip(&now)
        .map(|(then, now)| then - now)
        .collect();
    let bracket = meet(&prepared, means, first_guess(cells, plan));
    let best = bound_at(&prepared, means, bracket.dear).max(after);
    let same = |i: usize| {
        let wanted = prepared[i].demand(prepared[i].price(bracket.dear));
        (wanted - today[i]) * (plan[i] - today[i]) > 0.0
    };
    let moved = (moves.iter()).map(|own| own.change_under((today, plan), &whole));
    OneDraw {
        gain: after - before,
        regret: best - after,
        regret_today: best - before,
        same: (0..cells.len()).map(same).collect(),
        moved: moved.collect(),
        whole,
    }
}

/// The slope at the plan is a good first price, since the draw's best plan is not far away.
fn first_guess(cells: &[Cell], plan: &[f64]) -> f64 {
    let inside = |(cell, x): &(&Cell, &f64)| **x > cell.lower && **x < cell.upper;
    let slopes: Vec<f64> = cells
        .iter()
        .zip(plan)
        .filter(inside)
        .map(|(cell, x)| cell.curve.slope(*x))
        .take(1_000)
        .collect();
    let mean = slopes.iter().sum::<f64>() / slopes.len().max(1) as f64;
    if mean.is_finite() && mean > 0.0 {
        mean
    } else {
        1.0
    }
}

fn summary(
    outcomes: &[OneDraw],
    (today, plan): (&[f64], &[f64]),
    (moves, level): (usize, f64),
) -> Judgement {
    let draws = outcomes.len() as f64;
    let of = |value: fn(&OneDraw) -> f64| -> Vec<f64> { outcomes.iter().map(value).collect() };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / draws;
    let most = |values: &[f64]| values.iter().copied().fold(0.0_f64, f64::max);
    let (gain, regret, idle) = (of(|o| o.gain), of(|o| o.regret), of(|o| o.regret_today));
    let share = |yes: &dyn Fn(&OneDraw) -> bool| {
        outcomes.iter().filter(|one| yes(one)).count() as f64 / draws
    };
    let mean_of = |value: &dyn Fn(&OneDraw) -> f64| outcomes.iter().map(value).sum::<f64>() / draws;
    let share_better = share(&|one| one.gain > 0.0);
    let direction = |i: usize| match plan[i] == today[i] {
        true => f64::NAN,
        false => share(&|one| one.same[i]),
    };
    let changed = today.iter().zip(plan).any(|(one, other)| one != other);
    let cautions = match changed && share_better < FRAGILE_BELOW {
        true => vec![Caution::FragilePlan {
            share: share_better,
        }],
        false => Vec::new(),
    };
    Judgement {
        expected_gain: mean(&gain),
        gain: Interval::from_draws(&gain, level),
        share_better,
        expected_regret: mean(&regret),
        regret: Interval::from_draws(&regret, level),
        max_regret: most(&regret),
        expected_regret_today: mean(&idle),
        regret_today: Interval::from_draws(&idle, level),
        max_regret_today: most(&idle),
        cell_gain: (0..plan.len())
            .map(|i| mean_of(&|one| one.whole[i]))
            .collect(),
        same_direction: (0..plan.len()).map(direction).collect(),
        move_survives: (0..moves)
            .map(|k| share(&|one| one.moved[k] >= 0.0))
            .collect(),
        move_gain: (0..moves)
            .map(|k| {
                let gains: Vec<f64> = outcomes.iter().map(|one| one.moved[k]).collect();
                (mean(&gains), Interval::from_draws(&gains, level))
            })
            .collect(),
        cautions,
    }
}
