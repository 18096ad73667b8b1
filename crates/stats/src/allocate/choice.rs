//! Which one of its options should each customer get, when the money does not reach for everything?

use super::core::{Alternative, Member, Search, search};
use crate::error::{require_finite, require_length};
use crate::{Caution, StatsError};

/// Rounding that is forgiven when a sum of costs is held against the budget, relative to the sizes added.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// Larger numbers would overflow when they are added or multiplied.
pub(super) const LARGEST: f64 = 1e150;

/// Groups of options, one of which is to be chosen in each. "Do nothing" is an option like any other, of cost 0.
#[derive(Debug, Clone, Copy)]
pub struct OptionTable<'a> {
    starts: &'a [usize],
    cost: &'a [f64],
    value: &'a [f64],
}

/// How long to search for the very best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChoiceConfig {
    /// Stops when no other choice can be better than this share of the bound; 0 goes on until the choice is proved best.
    pub gap: f64,
    /// Partial choices kept side by side; the search is exact as long as they suffice.
    pub states: usize,
}

/// The best choice found, and how much better any choice can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Of each group, the option chosen, counted within the group.
    pub chosen: Vec<usize>,
    pub value: f64,
    pub cost: f64,
    /// No choice within the budget is worth more than this.
    pub bound: f64,
    /// (bound - value) / |bound|.
    pub gap: f64,
    /// Whether the choice is proved best.
    pub optimal: bool,
    /// Value of one more unit of budget; 0 when there is money left over.
    pub shadow_price: f64,
    pub cautions: Vec<Caution>,
}

impl ChoiceConfig {
    /// Proved within a billionth of the best, 4,000 partial choices.
    pub fn standard() -> Self {
        ChoiceConfig {
            gap: 1e-9,
            states: 4_000,
        }
    }
}

impl<'a> OptionTable<'a> {
    /// Group g owns the options `starts[g]..starts[g + 1]`; `starts` begins with 0 and ends with the number of options.
    ///
    /// Costs and values are finite, of any sign (a negative cost saves), in any unit.
    ///
    /// # Errors
    /// `InvalidInput` for a group without options or a number that is not finite, `LengthMismatch`, `TooFewGroups`.
    pub fn new(starts: &'a [usize], cost: &'a [f64], value: &'a [f64]) -> Result<Self, StatsError> {
        if starts.len() < 2 {
            return Err(StatsError::TooFewGroups { needed: 1, got: 0 });
        }
        require_length("value", cost.len(), value.len())?;
        require_length("options", starts[starts.len() - 1], cost.len())?;
        if starts[0] != 0 {
            return Err(StatsError::invalid("starts (must begin with 0)"));
        }
        if let Some(row) = starts.windows(2).position(|pair| pair[1] <= pair[0]) {
            return Err(StatsError::invalid_row("group (without options)", row));
        }
        for (what, column) in [("cost", cost), ("value", value)] {
            require_finite(what, column)?;
            if let Some(row) = column.iter().position(|own| own.abs() > LARGEST) {
                return Err(StatsError::invalid_row(format!("{what} (too large)"), row));
            }
        }
        Ok(OptionTable {
            starts,
            cost,
            value,
        })
    }

    /// Number of groups.
    pub fn groups(&self) -> usize {
        self.starts.len() - 1
    }
}

/// Chooses one option per group so that the total value is greatest and the total cost at most the budget.
///
/// The multiple-choice knapsack `max Σ v_gj x_gj, Σ c_gj x_gj <= budget, Σ_j x_gj = 1`. On each group's upper convex hull
/// the linear relaxation is solved by its price of money λ, and `Σ_g max_j (v_gj - λ c_gj) + λ budget` bounds every choice
/// `[SinhaZoltners1979]`. Options whose loss at that price exceeds the gap cannot be part of a better choice; among the
/// rest, groups enter a dynamic program over (money left, loss) in order of the least loss per unit of cost `[Pisinger1995]`.
/// It ends proved best, or within `config.gap`, or, when the states do not suffice, with the bound that still stands
/// and the caution `GapOpen`. Costs that exceed the budget in the
/// last digits only (three times 0.1 against 0.3) are taken as rounding.
///
/// # Errors
/// `Infeasible` when even the cheapest options cost more than the budget, `InvalidInput` for a budget or config out of range.
pub fn choose(
    options: &OptionTable,
    budget: f64,
    config: &ChoiceConfig,
) -> Result<Choice, StatsError> {
    prove(budget, config)?;
    let least: f64 = (0..options.groups())
        .map(|g| least_of(&options.cost[options.range(g)]))
        .sum();
    let largest: f64 = options.cost.iter().fold(0.0, |m, c| c.abs().max(m));
    let forgiven = ROUNDING * (budget.abs() + (options.groups() as f64).sqrt() * largest);
    if least > budget + forgiven {
        return Err(StatsError::Infeasible {
            what: "budget".to_owned(),
            needed: least,
            allowed: budget,
        });
    }
    let price = critical_price(options, (budget - least).max(0.0));
    let mut chosen = best_at(options, price);
    let (cost, value) = totals(options, &chosen);
    let slack = budget - cost;
    let relaxed = value + price * slack;
    let mut open = 0.0;
    if price > 0.0 {
        let allowed = config.gap * relaxed.abs();
        let (members, start) = members_near(options, (&chosen, price), slack, forgiven);
        let found = search(
            &members,
            &Search {
                price,
                slack,
                forgiven,
                start_gap: start.gap,
                allowed_gap: allowed,
                states: config.states,
            },
        );
        for (group, option) in found.as_ref().map_or(&start.swaps, |found| &found.swaps) {
            chosen[*group] = *option;
        }
        let gap = found.as_ref().map_or(start.gap, |found| found.gap);
        open = match &found {
            Some(found) => (gap - found.open).max(0.0),
            None => 0.0,
        };
    }
    Ok(report(options, chosen, open, (price, relaxed)))
}

/// Total cost and value of a choice, added without loss.
fn totals(options: &OptionTable, chosen: &[usize]) -> (f64, f64) {
    let (mut cost, mut value) = (Exact::default(), Exact::default());
    for (start, option) in options.starts.iter().zip(chosen) {
        cost.add(options.cost[start + option]);
        value.add(options.value[start + option]);
    }
    (cost.sum(), value.sum())
}

fn report(
    options: &OptionTable,
    chosen: Vec<usize>,
    open: f64,
    (price, relaxed): (f64, f64),
) -> Choice {
    let (cost, value) = totals(options, &chosen);
    let noise = 1e-13 * relaxed.abs().max(value.abs());
    let optimal = open <= noise;
    let bound = if optimal {
        value
    } else {
        (value + open).min(relaxed.max(value))
    };
    let gap = (bound - value) / bound.abs().max(f64::MIN_POSITIVE);
    let cautions = match optimal || gap <= 1e-6 {
        true => Vec::new(),
        false => vec![Caution::GapOpen { share: gap }],
    };
    Choice {
        chosen,
        value,
        cost,
        bound,
        gap,
        optimal,
        shadow_price: price,
        cautions,
    }
}

fn prove(budget: f64, config: &ChoiceConfig) -> Result<(), StatsError> {
    if !(-LARGEST..=LARGEST).contains(&budget) {
        return Err(StatsError::invalid("budget (not a number of a usual size)"));
    }
    if !(config.gap.is_finite() && config.gap >= 0.0) {
        return Err(StatsError::invalid("gap (must be 0 or more)"));
    }
    if config.states == 0 {
        return Err(StatsError::invalid("states (must be 1 or more)"));
    }
    Ok(())
}

impl OptionTable<'_> {
    fn range(&self, group: usize) -> std::ops::Range<usize> {
        self.starts[group]..self.starts[group + 1]
    }
}

fn least_of(costs: &[f64]) -> f64 {
    costs.iter().copied().fold(f64::INFINITY, f64::min)
}

/// The price of money at which the relaxed choice spends exactly the room; 0 when everything worth having fits.
fn critical_price(options: &OptionTable, mut room: f64) -> f64 {
    let mut steps = hull_steps(options);
    let mut rest = steps.as_mut_slice();
    if rest.iter().map(|(_, cost)| cost).sum::<f64>() <= room {
        return 0.0;
    }
    // The step at which the sorted steps pass the room, found by halving instead of sorting.
    while rest.len() > 1 {
        let middle = rest.len() / 2;
        rest.select_nth_unstable_by(middle, |one, other| {
            other.0.total_cmp(&one.0).then(one.1.total_cmp(&other.1))
        });
        let steepest: f64 = rest[..middle].iter().map(|(_, cost)| cost).sum();
        if steepest > room {
            rest = &mut rest[..middle];
        } else {
            room -= steepest;
            rest = &mut rest[middle..];
        }
    }
    rest.first().map_or(0.0, |(slope, _)| *slope)
}

/// The steps (value per cost, cost) of all groups' upper convex hulls, as far as value rises.
fn hull_steps(options: &OptionTable) -> Vec<(f64, f64)> {
    let mut steps = Vec::with_capacity(options.cost.len());
    let mut hull: Vec<(f64, f64)> = Vec::new();
    let mut order: Vec<(f64, f64)> = Vec::new();
    for group in 0..options.groups() {
        order.clear();
        order.extend(
            options
                .range(group)
                .map(|i| (options.cost[i], options.value[i])),
        );
        order.sort_unstable_by(|one, other| {
            one.0.total_cmp(&other.0).then(other.1.total_cmp(&one.1))
        });
        hull.clear();
        for &point in &order {
            if hull.last().is_some_and(|last| point.1 <= last.1) {
                continue;
            }
            while hull.len() > 1
                && slope(hull[hull.len() - 2], point)
                    >= slope(hull[hull.len() - 2], hull[hull.len() - 1])
            {
                hull.pop();
            }
            hull.push(point);
        }
        steps.extend(
            hull.windows(2)
                .map(|pair| (slope(pair[0], pair[1]), pair[1].0 - pair[0].0)),
        );
    }
    steps
}

fn slope(from: (f64, f64), to: (f64, f64)) -> f64 {
    (to.1 - from.1) / (to.0 - from.0)
}

/// Of each group the option worth most at the price, the cheaper one of two that are worth the same.
fn best_at(options: &OptionTable, price: f64) -> Vec<usize> {
    (0..options.groups())
        .map(|group| {
            let range = options.range(group);
            let worth = |i: usize| options.value[i] - price * options.cost[i];
            let mut best = range.start;
            for i in range.clone().skip(1) {
                // Equal worth up to rounding counts as equal: the step at the price itself must not be taken.
                let tie = 1e-12 * (options.value[i].abs() + price * options.cost[i].abs());
                let gain = worth(i) - worth(best);
                if gain > tie || (gain >= -tie && options.cost[i] < options.cost[best]) {
                    best = i;
                }
            }
            best - range.start
        })
        .collect()
}

/// A first good choice: what it leaves on the table, and which groups it changes.
struct Start {
    gap: f64,
    swaps: Vec<(usize, usize)>,
}

/// The groups with an option that can be part of a better choice than the best single change.
fn members_near(
    options: &OptionTable,
    (chosen, price): (&[usize], f64),
    slack: f64,
    forgiven: f64,
) -> (Vec<Member>, Start) {
    let mut start = Start {
        gap: price * slack.max(0.0),
        swaps: Vec::new(),
    };
    let alternative = |group: usize, i: usize| {
        let base = options.starts[group] + chosen[group];
        let cost = options.cost[i] - options.cost[base];
        let loss = options.value[base] - options.value[i] + price * cost;
        (cost, loss.max(0.0))
    };
    for group in 0..options.groups() {
        for i in options.range(group) {
            let (cost, loss) = alternative(group, i);
            let left = slack - cost;
            if cost > 0.0 && left >= -forgiven && loss + price * left.max(0.0) < start.gap {
                start.gap = loss + price * left.max(0.0);
                start.swaps = vec![(group, i - options.starts[group])];
            }
        }
    }
    let mut members = Vec::new();
    for group in 0..options.groups() {
        let near = options.range(group).filter_map(|i| {
            let (cost, loss) = alternative(group, i);
            let dominated = cost == 0.0 || (cost > 0.0 && loss >= price * cost);
            (loss < start.gap && !dominated).then_some(Alternative {
                option: i - options.starts[group],
                cost,
                loss,
            })
        });
        let alternatives: Vec<Alternative> = near.collect();
        if !alternatives.is_empty() {
            members.push(Member {
                group,
                alternatives,
            });
        }
    }
    (members, start)
}

/// A sum that keeps what is rounded off (Neumaier).
#[derive(Default)]
struct Exact {
    sum: f64,
    lost: f64,
}

impl Exact {
    fn add(&mut self, value: f64) {
        let next = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() {
            (self.sum - next) + value
        } else {
            (value - next) + self.sum
        };
        self.sum = next;
    }

    fn sum(&self) -> f64 {
        self.sum + self.lost
    }
}
