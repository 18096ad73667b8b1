//! Which moves of money lead from today to the plan, the safest first?

use super::frontier::prove_today;
use super::plan::{Cell, prove};
use crate::StatsError;
use crate::error::{require_finite, require_length};

/// Changes smaller than this share of all money are not a move.
const SMALLEST: f64 = 1e-9;

/// Money moved from one cell to another, saved, or added.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// The cell that gets less; none when the money is new.
    pub from: Option<usize>,
    /// The cell that gets more; none when the money is saved.
    pub to: Option<usize>,
    /// Money taken from `from`, and money given to `to`; what is between them is saved.
    pub released: f64,
    pub spent: f64,
    /// What the move does to the total value; the moves add up to the plan's whole change.
    pub value_change: f64,
}

impl Move {
    /// Whether the move costs no more and gives no less, and one of them is better.
    pub fn is_pareto(&self) -> bool {
        let saved = self.released - self.spent;
        saved >= 0.0 && self.value_change >= 0.0 && saved + self.value_change > 0.0
    }

    /// Hours set free by the move (negative when it takes more).
    pub fn hours_released(&self, cells: &[Cell]) -> f64 {
        let hours = |cell: Option<usize>| cell.map_or(0.0, |i| cells[i].hours);
        self.released * hours(self.from) - self.spent * hours(self.to)
    }

    /// What the move does when the cells' whole changes of value are others.
    pub(super) fn change_under(&self, (today, plan): (&[f64], &[f64]), whole: &[f64]) -> f64 {
        let part = |cell: Option<usize>, amount: f64| {
            cell.map_or(0.0, |i| amount / (plan[i] - today[i]).abs() * whole[i])
        };
        part(self.from, self.released) + part(self.to, self.spent)
    }
}

/// Pairs the cells that get less with those that get more: least missed to most gained first.
///
/// A cell's change of value is shared over its moves by amount, so that they add up. When the plan saves money, every
/// krona released carries its share of the saving. Moves that are better in both respects come first, then those that
/// add most value.
///
/// # Errors
/// `InvalidInput` for amounts outside a cell's limits, `LengthMismatch`.
pub fn moves(cells: &[Cell], today: &[f64], plan: &[f64]) -> Result<Vec<Move>, StatsError> {
    prove(cells, None)?;
    prove_today(cells, today)?;
    require_length("plan", cells.len(), plan.len())?;
    require_finite("plan", plan)?;
    let least = SMALLEST * today.iter().chain(plan).map(|x| x.abs()).sum::<f64>();
    let change = |i: usize| plan[i] - today[i];
    let per_krona = |i: usize| {
        let curve = &cells[i].curve;
        (curve.value(plan[i]) - curve.value(today[i])) / change(i)
    };
    let ranked = |sign: f64| -> Vec<(usize, f64, f64)> {
        let mut own: Vec<(usize, f64, f64)> = (0..cells.len())
            .filter(|&i| sign * change(i) > least)
            .map(|i| (i, change(i).abs(), per_krona(i)))
            .collect();
        own.sort_by(|one, other| {
            (sign * other.2)
                .total_cmp(&(sign * one.2))
                .then(one.0.cmp(&other.0))
        });
        own
    };
    let (less, more) = (ranked(-1.0), ranked(1.0));
    let mut all = paired(&less, &more);
    all.sort_by(|one, other| {
        other
            .is_pareto()
            .cmp(&one.is_pareto())
            .then(other.value_change.total_cmp(&one.value_change))
            .then(one.from.cmp(&other.from))
            .then(one.to.cmp(&other.to))
    });
    Ok(all)
}

/// (cell, amount, value per krona) of both sides, each in the order in which they are used.
fn paired(less: &[(usize, f64, f64)], more: &[(usize, f64, f64)]) -> Vec<Move> {
    let sum = |side: &[(usize, f64, f64)]| side.iter().map(|own| own.1).sum::<f64>();
    let (released, spent) = (sum(less), sum(more));
    let scale = released.max(spent);
    // Of each krona released, this part is spent again.
    let passed_on = if released > 0.0 {
        (spent / released).min(1.0)
    } else {
        0.0
    };
    let mut givers = less
        .iter()
        .map(|own| (own.0, own.1, own.2))
        .collect::<Vec<_>>()
        .into_iter();
    let mut takers = more.iter().copied();
    let (mut giver, mut taker) = (givers.next(), takers.next());
    let mut all = Vec::new();
    while giver.is_some() || taker.is_some() {
        let (out, into) = match (&giver, &taker) {
            (Some(g), Some(t)) => {
                let into = (g.1 * passed_on).min(t.1);
                (into / passed_on, into)
            }
            (Some(g), None) => (g.1, 0.0),
            (None, Some(t)) => (0.0, t.1),
            (None, None) => (0.0, 0.0),
        };
        let missed = giver.map_or(0.0, |g| g.2 * out);
        let gained = taker.map_or(0.0, |t| t.2 * into);
        if out.max(into) > 1e-12 * scale {
            all.push(Move {
                from: giver.map(|g| g.0),
                to: taker.map(|t| t.0),
                released: out,
                spent: into,
                value_change: gained - missed,
            });
        }
        giver = giver
            .map(|g| (g.0, g.1 - out, g.2))
            .filter(|g| g.1 > 1e-12 * scale)
            .or_else(|| if giver.is_some() { givers.next() } else { None });
        taker = taker
            .map(|t| (t.0, t.1 - into, t.2))
            .filter(|t| t.1 > 1e-12 * scale)
            .or_else(|| if taker.is_some() { takers.next() } else { None });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocate::{Curve, Means, Points, pareto, plan};

    fn cells() -> Vec<Cell> {
        let power = |scale: f64| {
            Cell::free(
                Curve::Power {
                    scale,
                    exponent: 0.5,
                },
                100.0,
            )
        };
        vec![power(1.0), power(4.0), power(2.0), power(3.0)]
    }

    #[test]
    fn moves_add_up_to_the_change_of_value_and_money() {
        let today = [40.0, 5.0, 30.0, 10.0];
        for money in [60.0, 85.0, 120.0] {
            let best = plan(&cells(), &Means::money(money)).expect("plans");
            let list = moves(&cells(), &today, &best.amounts).expect("moves");
            let value = |x: &[f64]| -> f64 {
                cells()
                    .iter()
                    .zip(x)
                    .map(|(cell, x)| cell.curve.value(*x))
                    .sum()
            };
            let gained: f64 = list.iter().map(|own| own.value_change).sum();
            let net: f64 = list.iter().map(|own| own.spent - own.released).sum();
            assert!(
                (gained - (best.value - value(&today))).abs() < 1e-9,
                "{list:?}"
            );
            assert!((net - (money - 85.0)).abs() < 1e-8, "{list:?}");
        }
    }

    #[test]
    fn what_is_cheaper_and_better_comes_first() {
        let bump = Points::new(&[0.0, 10.0, 20.0], &[0.0, 10.0, 8.0]).expect("concave");
        let mut cells = cells();
        cells.push(Cell::free(Curve::Piecewise(bump), 20.0));
        let today = [40.0, 5.0, 30.0, 10.0, 20.0];
        let range = pareto(&cells, &today, 1).expect("plans");
        let list = moves(&cells, &today, &range.between[0].amounts).expect("moves");
        assert!(list[0].is_pareto() && list.iter().any(|own| own.from == Some(4)));
        assert!(range.between[0].money < 105.0 && range.between[0].value > range.value_today);
    }
}
