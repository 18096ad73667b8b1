//! Which whole steps, and which side of an S-shaped curve, when amounts in between are not worth their price?

use super::choice::{ChoiceConfig, OptionTable, choose};
use super::plan::{Means, blended, hours_of, plan_prepared, value_of};
use super::prices::{Bracket, Prepared};

/// Options beyond which a table of all steps is not laid out.
const MOST_OPTIONS: f64 = 2e6;
/// Exchanges tried in one round, and rounds.
const TRIED: usize = 24;
const ROUNDS: usize = 40;

/// Amounts within the means for cells of which some come in lumps.
pub(super) fn amounts(cells: &[Prepared], means: &Means, bracket: &Bracket) -> Vec<f64> {
    if means.hours.is_none()
        && let Some(amounts) = by_choice(cells, means.money)
    {
        return amounts;
    }
    let mut task = Exchange::new(cells, means, bracket);
    task.improve(bracket);
    task.amounts
}

/// When every cell comes in steps, the best plan is a choice of one amount per cell.
fn by_choice(cells: &[Prepared], money: f64) -> Option<Vec<f64>> {
    let count = |own: &Prepared| {
        if own.cell.lower >= own.cell.upper {
            return 1.0;
        }
        1.0 + ((own.cell.upper - own.cell.lower) / own.cell.step + 1e-9).floor()
    };
    let fixed_or_steps = |own: &Prepared| own.cell.lower >= own.cell.upper || own.cell.step > 0.0;
    let options: f64 = cells.iter().map(count).sum();
    if !cells.iter().all(fixed_or_steps) || options > MOST_OPTIONS {
        return None;
    }
    let (mut starts, mut cost, mut value) = (vec![0], Vec::new(), Vec::new());
    for own in cells {
        for step in 0..count(own) as usize {
            let amount = own.cell.lower + step as f64 * own.cell.step;
            cost.push(amount.min(own.cell.upper));
            value.push(own.cell.curve.value(cost[cost.len() - 1]));
        }
        starts.push(cost.len());
    }
    let table = OptionTable::new(&starts, &cost, &value).ok()?;
    let choice = choose(&table, money, &ChoiceConfig::standard()).ok()?;
    let amounts = choice
        .chosen
        .iter()
        .zip(&starts)
        .map(|(own, start)| cost[start + own]);
    Some(amounts.collect())
}

/// A plan that is improved by moving single lumpy cells, the others answering at a common price.
struct Exchange<'a> {
    cells: &'a [Prepared<'a>],
    means: &'a Means,
    lumpy: Vec<usize>,
    smooth: Vec<Prepared<'a>>,
    smooth_at: Vec<usize>,
    amounts: Vec<f64>,
    value: f64,
    price: f64,
}

impl<'a> Exchange<'a> {
    fn new(cells: &'a [Prepared<'a>], means: &'a Means, bracket: &Bracket) -> Self {
        let (lumpy, smooth_at): (Vec<usize>, Vec<usize>) =
            (0..cells.len()).partition(|&i| cells[i].is_lumpy());
        let within = |own: &Prepared| own.demand(own.price(bracket.dear));
        let mut task = Exchange {
            cells,
            means,
            smooth: smooth_at.iter().map(|&i| cells[i].clone()).collect(),
            lumpy,
            smooth_at,
            amounts: cells.iter().map(within).collect(),
            value: f64::NEG_INFINITY,
            price: bracket.dear.money,
        };
        let lumps: Vec<f64> = task.lumpy.iter().map(|&i| task.amounts[i]).collect();
        if let Some((amounts, value)) = task.with(&lumps) {
            (task.amounts, task.value) = (amounts, value);
        }
        task
    }

    /// The best plan with these amounts in the lumpy cells; none when they leave too little for the others.
    fn with(&self, lumps: &[f64]) -> Option<(Vec<f64>, f64)> {
        let mut amounts = vec![0.0; self.cells.len()];
        for (&i, lump) in self.lumpy.iter().zip(lumps) {
            amounts[i] = *lump;
        }
        let left = Means {
            money: self.means.money - amounts.iter().sum::<f64>(),
            hours: self
                .means
                .hours
                .map(|hours| hours - hours_of(self.cells, &amounts)),
        };
        let least = |hours: bool| -> f64 {
            let of = |own: &Prepared| own.cell.lower * if hours { own.cell.hours } else { 1.0 };
            self.smooth.iter().map(of).sum()
        };
        let rounding = 1e-12 * self.means.money.abs();
        if left.money < least(false) - rounding
            || left
                .hours
                .is_some_and(|hours| hours < least(true) * (1.0 - 1e-12) - 1e-12)
        {
            return None;
        }
        if !self.smooth.is_empty() {
            let bracket = super::prices::meet(&self.smooth, &left, self.price);
            let rest = blended(&self.smooth, &left, &bracket);
            for (&i, x) in self.smooth_at.iter().zip(rest) {
                amounts[i] = x;
            }
        }
        let value = value_of(self.cells, &amounts);
        Some((amounts, value))
    }

    fn improve(&mut self, bracket: &Bracket) {
        for _ in 0..ROUNDS {
            let lumps: Vec<f64> = self.lumpy.iter().map(|&i| self.amounts[i]).collect();
            let mut best: Option<(Vec<f64>, f64)> = None;
            for change in self.changes(&lumps, bracket) {
                let mut tried = lumps.clone();
                for (place, amount) in change {
                    tried[place] = amount;
                }
                let found = self.with(&tried);
                let before = best.as_ref().map_or(self.value, |own| own.1);
                if let Some(found) = found.filter(|own| own.1 > before + 1e-12 * before.abs()) {
                    best = Some(found);
                }
            }
            match best {
                Some((amounts, value)) => (self.amounts, self.value) = (amounts, value),
                None => return,
            }
        }
    }

    /// Single moves, cheapest at the price first, and pairs of a move up with a move down.
    fn changes(&self, lumps: &[f64], bracket: &Bracket) -> Vec<Vec<(usize, f64)>> {
        let left = self.means.money - self.amounts.iter().sum::<f64>();
        let mut single: Vec<(f64, usize, f64)> = Vec::new();
        for (place, &i) in self.lumpy.iter().enumerate() {
            let own = &self.cells[i];
            let price = own.price(bracket.dear);
            let now = lumps[place];
            let worth = |x: f64| own.cell.curve.value(x) - price * x;
            for x in own.neighbors(now, left, own.demand(own.price(bracket.cheap))) {
                single.push((worth(now) - worth(x), place, x));
            }
        }
        single.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        single.truncate(TRIED);
        let mut all: Vec<Vec<(usize, f64)>> = single
            .iter()
            .map(|(_, place, x)| vec![(*place, *x)])
            .collect();
        for (k, one) in single.iter().enumerate() {
            for other in &single[..k] {
                let (up, down) = (one.2 > lumps[one.1], other.2 > lumps[other.1]);
                if one.1 != other.1 && up != down && all.len() < TRIED * TRIED / 2 {
                    all.push(vec![(one.1, one.2), (other.1, other.2)]);
                }
            }
        }
        all
    }
}

impl Prepared<'_> {
    /// Other amounts worth trying in a lumpy cell.
    fn neighbors(&self, now: f64, left: f64, beyond: f64) -> Vec<f64> {
        let cell = self.cell;
        let mut tried = vec![cell.lower, beyond];
        if cell.step > 0.0 {
            tried.extend([now - cell.step, cell.next_step(now)]);
            if left > 0.0 {
                tried.push(cell.on_grid(now + left));
            }
        } else {
            tried.extend([self.concave_from, now + left.max(0.0)]);
        }
        tried.retain(|x| *x >= cell.lower && *x <= cell.upper && *x != now);
        tried.sort_by(f64::total_cmp);
        tried.dedup();
        tried
    }
}

/// A plan worth at least the value, by the least money: bisection on the budget, since lumps leave no price to solve for.
pub(super) fn least_money(
    cells: &[Prepared],
    value: f64,
    (mut low, mut high): (f64, f64),
) -> super::plan::Plan {
    let mut best = plan_prepared(cells, &Means::money(high), 0.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high || high - low <= 1e-9 * high.abs() {
            break;
        }
        let tried = plan_prepared(cells, &Means::money(middle), best.money_price);
        if tried.value >= value {
            high = tried.money.min(middle);
            best = tried;
        } else {
            low = middle;
        }
    }
    best
}
