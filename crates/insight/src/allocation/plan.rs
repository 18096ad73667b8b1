//! Which plan is best for the money, does it survive what is not known, and which moves lead there?

use super::AllocationConfig;
use super::limits::{Group, groups, within};
use super::places::Place;
use crate::InsightError;
use odla_domain::Caution;
use odla_stats::allocate::{
    Cell, Curve, Draws, Judgement, Means, Move, cheapest, judge, moves, plan, plan_over_draws,
};
use odla_stats::{Interval, StatsError};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What is wanted: how much money, which places are left alone, and how much a process may have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Wanted {
    /// Money for all places; today's when not said.
    pub money: Option<f64>,
    /// Share of today's money to be saved, 0..1; used when no money is said.
    #[serde(default)]
    pub save_share: f64,
    /// Places that nothing is taken from or given to, by id or name.
    #[serde(default)]
    pub locked: Vec<String>,
    /// Must-haves: places that nothing is taken from.
    #[serde(default)]
    pub kept: Vec<String>,
    /// Places that nothing is given to.
    #[serde(default)]
    pub capped: Vec<String>,
    /// Least and most money for all places of a process.
    #[serde(default)]
    pub processes: BTreeMap<String, (f64, f64)>,
}

impl Wanted {
    pub fn same_money() -> Self {
        Self::default()
    }
}

/// A number over the draws: mean and interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    pub mean: f64,
    pub range: Interval,
}

/// The best plan for a budget, and what it does to today's value over the draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    pub money: f64,
    pub gain: Drawn,
}

/// The plan, its moves and what the draws say of them.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub today: Vec<f64>,
    pub money_today: f64,
    /// The places as they may be changed.
    pub cells: Vec<Cell>,
    pub amounts: Vec<f64>,
    pub money: f64,
    pub moves: Vec<Move>,
    pub judgement: Judgement,
    /// The least money that gives today's value on the mean curves, and what it does to the value over the draws.
    pub cheapest: Option<(f64, Drawn)>,
    pub frontier: Vec<Point>,
    /// Value of one more krona, placed right; `None` when there is room for no more.
    pub next_krona: Option<Drawn>,
    /// What an hour of contacts costs.
    pub wage: f64,
    pub cautions: Vec<Caution>,
}

/// One question: the cells as they may be changed, and the limits of processes.
struct Task<'a> {
    places: &'a [Place],
    cells: Vec<Cell>,
    groups: Vec<Group>,
    level: f64,
}

/// # Errors
/// When the limits leave no plan for the money, or contradict each other.
pub fn propose(
    places: &[Place],
    wanted: &Wanted,
    config: &AllocationConfig,
) -> Result<Proposal, InsightError> {
    let cells: Vec<Cell> = places.iter().map(|place| cell(place, wanted)).collect();
    let task = Task {
        places,
        groups: groups(places, &cells, wanted)?,
        cells,
        level: config.level,
    };
    let today: Vec<f64> = places.iter().map(|place| place.today).collect();
    let money_today: f64 = today.iter().sum();
    let (least, most) = task.ends();
    let money = wanted
        .money
        .unwrap_or(money_today * (1.0 - wanted.save_share));
    if money.is_nan() || money < least * (1.0 - 1e-9) {
        return Err(InsightError::NotPossible(
            Caution::new("allocation.not_enough_money")
                .with("money", money)
                .with("least", least),
        ));
    }
    let money = money.max(least);
    let mut cautions = Vec::new();
    let mut amounts = task.best(money, &mut cautions)?;
    settle(&mut amounts, &today);
    let moves = moves(&task.cells, &today, &amounts)?;
    // Held against what today's money could give, also when some of it is to be saved.
    let means = Means::money(money.max(money_today));
    let curve = |draw: usize, cell: usize| task.curve(draw, cell);
    let draws = Draws {
        count: task.count(),
        curve: &curve,
    };
    let judgement = judge(
        &task.cells,
        (&today, &amounts, &moves),
        (&means, &draws),
        config.level,
    )?;
    if !task.groups.is_empty() {
        cautions.push(Caution::new("allocation.regret_without_limits"));
    }
    let spent: f64 = amounts.iter().sum();
    if money > spent + 1e-3 * money_today {
        cautions.push(Caution::new("allocation.money_left").with("amount", money - spent));
    }
    let budgets = budgets((least, most), (money_today, spent), config);
    Ok(Proposal {
        cheapest: task.cheapest(&today, (least, money_today))?,
        frontier: task.frontier(&today, &budgets)?,
        next_krona: task.next_krona(&amounts, 0.01 * money_today)?,
        wage: task.wage(&today),
        cells: task.cells,
        money: spent,
        today,
        money_today,
        amounts,
        moves,
        judgement,
        cautions,
    })
}

impl Task<'_> {
    fn curve(&self, draw: usize, cell: usize) -> Curve {
        self.places[cell].draws[draw].clone()
    }

    fn count(&self) -> usize {
        let counts = self.places.iter().map(|place| place.draws.len());
        counts.min().unwrap_or(0)
    }

    /// The least and the most that the limits allow to be spent.
    fn ends(&self) -> (f64, f64) {
        let grouped = |at: &usize| self.groups.iter().any(|group| group.places.contains(at));
        let alone: Vec<usize> = (0..self.cells.len()).filter(|at| !grouped(at)).collect();
        let sum = |of: &dyn Fn(&Cell) -> f64, limit: &dyn Fn(&Group) -> f64| {
            alone.iter().map(|&at| of(&self.cells[at])).sum::<f64>()
                + self.groups.iter().map(limit).sum::<f64>()
        };
        (
            sum(&|cell| cell.lower, &|group| group.least),
            sum(&|cell| cell.upper, &|group| group.most),
        )
    }

    /// The plan that is worth most on average over the draws.
    fn best(&self, money: f64, cautions: &mut Vec<Caution>) -> Result<Vec<f64>, StatsError> {
        let told = RefCell::new(Vec::new());
        let amounts = within(&self.cells, &self.groups, money, &|own, money| {
            let cells: Vec<Cell> = own.iter().map(|&at| self.cells[at].clone()).collect();
            let curve = |draw: usize, cell: usize| self.curve(draw, own[cell]);
            let draws = Draws {
                count: self.count(),
                curve: &curve,
            };
            let plan = plan_over_draws(&cells, &Means::money(money), &draws)?;
            told.borrow_mut()
                .extend(plan.cautions.iter().map(crate::doubt::told));
            Ok(plan)
        })?;
        let mut told = told.into_inner();
        told.dedup_by(|a, b| a.key == b.key);
        cautions.extend(told);
        Ok(amounts)
    }

    /// The plan that is worth most on the mean curves: nearly the same, and found at once.
    fn quick(&self, money: f64) -> Result<Vec<f64>, StatsError> {
        within(&self.cells, &self.groups, money, &|own, money| {
            let cells: Vec<Cell> = own.iter().map(|&at| self.cells[at].clone()).collect();
            plan(&cells, &Means::money(money))
        })
    }

    /// What amounts do to the value of others, over the draws.
    fn gain(&self, from: &[f64], to: &[f64], per: f64) -> Drawn {
        let gains: Vec<f64> = (0..self.count())
            .map(|draw| {
                let all = self.places.iter().zip(from.iter().zip(to));
                let change = all.map(|(place, (from, to))| {
                    let curve = &place.draws[draw];
                    match from == to {
                        true => 0.0,
                        false => curve.value(*to) - curve.value(*from),
                    }
                });
                change.sum::<f64>() / per
            })
            .collect();
        Drawn {
            mean: gains.iter().sum::<f64>() / gains.len().max(1) as f64,
            range: Interval::from_draws(&gains, self.level),
        }
    }

    fn frontier(&self, today: &[f64], budgets: &[f64]) -> Result<Vec<Point>, StatsError> {
        let points = budgets.iter().map(|&money| {
            let amounts = self.quick(money)?;
            Ok(Point {
                money,
                gain: self.gain(today, &amounts, 1.0),
            })
        });
        points.collect()
    }

    /// The least money that gives today's value.
    fn cheapest(
        &self,
        today: &[f64],
        (least, money_today): (f64, f64),
    ) -> Result<Option<(f64, Drawn)>, StatsError> {
        let value = |amounts: &[f64]| -> f64 {
            let all = self.cells.iter().zip(amounts);
            all.map(|(cell, x)| cell.curve.value(*x)).sum()
        };
        let wanted = value(today);
        let amounts = if self.groups.is_empty() {
            cheapest(&self.cells, wanted)?.amounts
        } else {
            let mut best = self.quick(money_today.max(least))?;
            if value(&best) < wanted {
                return Ok(None);
            }
            let (mut low, mut high) = (least, money_today.max(least));
            for _ in 0..40 {
                let middle = 0.5 * (low + high);
                let tried = self.quick(middle)?;
                match value(&tried) >= wanted {
                    true => (high, best) = (middle, tried),
                    false => low = middle,
                }
            }
            best
        };
        let money = amounts.iter().sum();
        Ok(Some((money, self.gain(today, &amounts, 1.0))))
    }

    /// What a little more money gives, spread as a plan would spread it.
    fn next_krona(&self, amounts: &[f64], step: f64) -> Result<Option<Drawn>, StatsError> {
        let money: f64 = amounts.iter().sum();
        let (less, more) = (self.quick(money)?, self.quick(money + step)?);
        let then: Vec<f64> = (amounts.iter().zip(less.iter().zip(&more)).zip(&self.cells))
            .map(|((x, (less, more)), cell)| (x + more - less).clamp(cell.lower, cell.upper))
            .collect();
        let spent = then.iter().sum::<f64>() - money;
        Ok((spent > 0.1 * step).then(|| self.gain(amounts, &then, spent)))
    }

    /// What an hour of contacts costs on average.
    fn wage(&self, today: &[f64]) -> f64 {
        let with_hours = || {
            self.cells
                .iter()
                .zip(today)
                .filter(|(cell, _)| cell.hours > 0.0)
        };
        let hours: f64 = with_hours().map(|(cell, x)| cell.hours * x).sum();
        let wages: f64 = with_hours().map(|(_, x)| x).sum();
        match hours > 0.0 {
            true => wages / hours,
            false => 0.0,
        }
    }
}

/// Budgets along the frontier: the ends that the limits allow, today's, the plan's, and even steps.
fn budgets((least, most): (f64, f64), own: (f64, f64), config: &AllocationConfig) -> Vec<f64> {
    let mut all: Vec<f64> = config.budgets.iter().map(|share| share * own.0).collect();
    all.extend([least, most, own.0, own.1]);
    all.retain(|money| *money >= least && *money <= most);
    all.sort_by(f64::total_cmp);
    all.dedup_by(|a, b| *a - *b < 1e-3 * own.0);
    all
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
    let is_in = |list: &[String]| list.iter().any(|said| place.is_called(said));
    if is_in(&wanted.locked) || is_in(&wanted.kept) {
        cell.lower = place.today;
    }
    if is_in(&wanted.locked) || is_in(&wanted.capped) {
        cell.upper = place.today;
    }
    cell
}
