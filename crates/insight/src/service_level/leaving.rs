//! What does a first contact that solves nothing do to leaving, and what is that worth?

use super::ServiceLevelConfig;
use odla_domain::frames::service::{Met, ServiceFrame};
use odla_domain::{Caution, CustomerScores};
use odla_stats::contract::{Column, HazardData, HazardFit, HazardSettings, Link, hazard};
use odla_stats::{Estimate, StatsError};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::f64::consts::PI;

/// Horizons of a what-if, months.
pub const HORIZONS: [u32; 3] = [12, 24, 36];
/// Failed cases that one row counts at most: more than these are another kind of trouble.
const MOST_FAILED: f64 = 3.0;
/// Rows with a failed case that a reason's own effect needs.
const FEWEST_FAILED: usize = 15;
/// Effects on the log rate of leaving at which losses are computed; between them straight lines.
const STEP: f64 = 0.1;
const STEPS: usize = 21;
/// Five nodes and weights over a standard normal.
const NODES: [(f64, f64); 5] = [
    (-2.856_970_013_872_806, 0.011_257_411_327_720_7),
    (-1.355_626_179_974_266, 0.222_075_922_005_612_6),
    (0.0, 0.533_333_333_333_333_3),
    (1.355_626_179_974_266, 0.222_075_922_005_612_6),
    (2.856_970_013_872_806, 0.011_257_411_327_720_7),
];

/// Per reason what a failed first contact costs, with draws.
#[derive(Clone, Debug)]
pub struct Leaving {
    pub reasons: BTreeMap<String, Loss>,
    pub renewals: Result<Side, Caution>,
    pub buyers: Result<Side, Caution>,
}

#[derive(Clone, Debug)]
pub struct Side {
    pub rows: usize,
    pub left: usize,
    /// Per reason, the effect of one failed case on the log rate of leaving, before pooling.
    pub effects: BTreeMap<String, Estimate>,
    /// Chance that the effect is not none, after pooling.
    pub chance: BTreeMap<String, f64>,
}

/// Of one reason, over all its cases.
#[derive(Clone, Debug)]
pub struct Loss {
    /// Money per case whose first contact fails, one per draw.
    pub draws: Vec<f64>,
    /// Extra share of such customers who leave.
    pub leaving: f64,
    /// What one who leaves was worth ahead.
    pub worth: f64,
    /// Of a year's loss, how much falls within each horizon when it goes on for so long, in years.
    pub fades: [f64; 3],
}

pub fn effects(
    frame: &ServiceFrame,
    value: Option<&CustomerScores>,
    config: &ServiceLevelConfig,
    seed: u64,
) -> Leaving {
    let mut reasons: Vec<String> = frame.contacts.reason.clone();
    reasons.sort_unstable();
    reasons.dedup();
    let renewals = at_renewals(frame, &reasons, config);
    let buyers = among_buyers(frame, (&reasons, value), config);
    let draws_of = |side: &Result<Fitted, Caution>, salt: u64| {
        (side.as_ref().ok()).map(|side| side.pool(&reasons, config.draws, seed ^ salt))
    };
    let pooled = [draws_of(&renewals, 0x11), draws_of(&buyers, 0x22)];
    let sides = [renewals.as_ref().ok(), buyers.as_ref().ok()];
    let mut losses = BTreeMap::new();
    for (at, reason) in reasons.iter().enumerate() {
        let under_contract = under_contract(frame, reason);
        let shares = [under_contract, 1.0 - under_contract];
        losses.insert(
            reason.clone(),
            loss((at, shares), (&sides, &pooled), config.draws),
        );
    }
    let told = |side: Result<Fitted, Caution>, pooled: &Option<Pooled>| {
        side.map(|fitted| Side {
            rows: fitted.rows,
            left: fitted.left,
            effects: fitted.told(&reasons, config.level),
            chance: pooled.as_ref().map_or_else(BTreeMap::new, |pooled| {
                reasons
                    .iter()
                    .cloned()
                    .zip(pooled.chance.iter().copied())
                    .collect()
            }),
        })
    };
    Leaving {
        reasons: losses,
        renewals: told(renewals, &pooled[0]),
        buyers: told(buyers, &pooled[1]),
    }
}

/// Share of the first contacts of a reason that customers under contract began.
fn under_contract(frame: &ServiceFrame, reason: &str) -> f64 {
    let contacts = &frame.contacts;
    let (mut under, mut all) = (0.0, 0.0);
    for row in (0..contacts.len())
        .filter(|&row| contacts.attempt[row] == 1 && contacts.reason[row] == reason)
    {
        under += f64::from(contacts.contract[row]);
        all += 1.0;
    }
    if all > 0.0 { under / all } else { 0.0 }
}

fn loss(
    (at, shares): (usize, [f64; 2]),
    (sides, pooled): (&[Option<&Fitted>; 2], &[Option<Pooled>; 2]),
    draws: usize,
) -> Loss {
    let mut found = Loss {
        draws: vec![0.0; draws],
        leaving: 0.0,
        worth: 0.0,
        fades: [0.0; 3],
    };
    let mut faded = [0.0; 3];
    for side in 0..2 {
        let (Some(fitted), Some(pooled)) = (sides[side], &pooled[side]) else {
            continue;
        };
        let price = &fitted.prices[at];
        for (sum, effect) in found.draws.iter_mut().zip(&pooled.draws[at]) {
            let (money, leaves) = price.at(*effect);
            *sum += shares[side] * money;
            found.leaving += shares[side] * leaves / draws as f64;
            for (part, fade) in faded.iter_mut().zip(fitted.fades) {
                *part += shares[side] * money * fade / draws as f64;
            }
        }
    }
    let mean = found.draws.iter().sum::<f64>() / draws as f64;
    if mean.abs() > 1e-9 {
        found.fades = faded.map(|part| part / mean);
        found.worth = mean / found.leaving.max(1e-12);
    }
    found
}

/// A fitted side: effects by reason, and what an effect of any size costs.
struct Fitted {
    rows: usize,
    left: usize,
    /// Effect and standard error by reason; none when hardly any failed.
    effects: Vec<Option<(f64, f64)>>,
    prices: Vec<Price>,
    fades: [f64; 3],
}

/// Money and share of customers lost per failed case, by size of the effect.
struct Price {
    money: Vec<f64>,
    leaves: Vec<f64>,
}

impl Price {
    fn at(&self, effect: f64) -> (f64, f64) {
        let place = (effect / STEP).clamp(0.0, (STEPS - 1) as f64 - 1e-9);
        let (below, part) = (place.floor() as usize, place.fract());
        let between = |of: &[f64]| of[below] + part * (of[below + 1] - of[below]);
        (between(&self.money), between(&self.leaves))
    }
}

fn at_renewals(
    frame: &ServiceFrame,
    reasons: &[String],
    config: &ServiceLevelConfig,
) -> Result<Fitted, Caution> {
    let renewals = &frame.renewals;
    let rows = renewals.customer_id.len();
    let left = renewals.ended.iter().filter(|left| **left).count();
    enough((rows, left), config)?;
    let months = (1..12).map(|month| {
        let is = |own: &f64| f64::from(*own as usize == month);
        Column::new(
            format!("month_{month}"),
            renewals.month.iter().map(is).collect(),
        )
    });
    let first = |own: &f64| f64::from(*own < 1.5);
    let traits = (renewals.names.iter().zip(&renewals.traits))
        .filter(|(name, _)| *name != "unsolved")
        .map(|(name, values)| Column::new(name.as_str(), values.clone()));
    let columns: Vec<Column> = (months.chain(traits))
        .chain([Column::new(
            "first",
            renewals.number.iter().map(first).collect(),
        )])
        .collect();
    let met = Cases::of(&renewals.met, reasons, rows);
    let fit = Estimation::of(columns, (&met, reasons), &renewals.ended)?;
    let passing = ["first", "bad_incident", "stress", "key_person_left"];
    let prices = (0..reasons.len()).map(|reason| {
        let mut price = Sum::new();
        for (row, cases, failed) in met.of_reason(reason) {
            let now = fit.eta(row);
            let later = fit.eta_without(row, &passing) - fit.of_failed(row);
            let ahead = Ahead {
                term: renewals.term[row].max(1.0) as u32,
                margin: renewals.margin[row],
                later,
            };
            let own = fit.effect(reason);
            price.add(
                cases - failed,
                |effect, u| ahead.lost((now, effect), u, config),
                config,
            );
            price.add(
                failed,
                |effect, u| ahead.lost((now - own, effect), u, config),
                config,
            );
        }
        price.mean()
    });
    let prices = prices.collect();
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len().max(1) as f64;
    let stays = 1.0 - left as f64 / rows as f64;
    let term = mean(&renewals.term);
    Ok(Fitted {
        rows,
        left,
        effects: fit.effects(),
        prices,
        fades: fades((stays.powf(1.0 / term), term / 2.0), config),
    })
}

fn among_buyers(
    frame: &ServiceFrame,
    (reasons, value): (&[String], Option<&CustomerScores>),
    config: &ServiceLevelConfig,
) -> Result<Fitted, Caution> {
    let buyers = &frame.buyers;
    let rows = buyers.customer_id.len();
    let left = buyers.left.iter().filter(|left| **left).count();
    enough((rows, left), config)?;
    let scores =
        value.and_then(|scores| Some((scores, scores.number("value")?, scores.number("p_alive")?)));
    let (scores, worth, alive) = scores.ok_or_else(|| Caution::new("service_level.no_value"))?;
    let traits = buyers.names.iter().zip(&buyers.traits);
    let columns = traits.map(|(name, values)| Column::new(name.as_str(), values.clone()));
    let met = Cases::of(&buyers.met, reasons, rows);
    let fit = Estimation::of(columns.collect(), (&met, reasons), &buyers.left)?;
    let of_row = |row: usize| {
        let place = scores
            .customer_id
            .binary_search(&buyers.customer_id[row])
            .ok()?;
        (worth[place].is_finite() && alive[place].is_finite()).then(|| (worth[place], alive[place]))
    };
    let ratio = |rows: &mut dyn Iterator<Item = (usize, f64)>| {
        let sums = rows.fold((0.0, 0.0), |sums, (row, weight)| match of_row(row) {
            Some((worth, alive)) => (sums.0 + weight * worth, sums.1 + weight * alive),
            None => sums,
        });
        (sums.1 > 10.0).then(|| sums.0 / sums.1)
    };
    let of_all = ratio(&mut (0..rows).map(|row| (row, 1.0))).unwrap_or(0.0);
    let prices = (0..reasons.len()).map(|reason| {
        let mut cases = met.of_reason(reason).map(|(row, cases, _)| (row, cases));
        let worth = ratio(&mut cases).unwrap_or(of_all);
        let mut price = Sum::new();
        for (row, cases, failed) in met.of_reason(reason) {
            let (now, own) = (fit.eta(row), fit.effect(reason));
            let lost = |now: f64, effect: f64| {
                let leaves = leaving(now + effect) - leaving(now);
                (leaves * worth, leaves)
            };
            price.add_plain(cases - failed, |effect| lost(now, effect));
            price.add_plain(failed, |effect| lost(now - own, effect));
        }
        price.mean()
    });
    let prices = prices.collect();
    let stays = 1.0 - left as f64 / rows as f64;
    Ok(Fitted {
        rows,
        left,
        effects: fit.effects(),
        prices,
        fades: fades((stays.powf(1.0 / 12.0), 0.0), config),
    })
}

fn enough((rows, left): (usize, usize), config: &ServiceLevelConfig) -> Result<(), Caution> {
    let fewer = left.min(rows - left);
    match fewer >= config.fewest_left {
        true => Ok(()),
        false => Err(Caution::new("service_level.too_few_left")
            .with("needed", config.fewest_left)
            .with("got", fewer)),
    }
}

/// Cases and failed ones by reason and row.
struct Cases {
    by_reason: Vec<Vec<(usize, f64, f64)>>,
    total: Vec<f64>,
}

impl Cases {
    fn of(met: &[Met], reasons: &[String], rows: usize) -> Self {
        let mut cases = Self {
            by_reason: vec![Vec::new(); reasons.len()],
            total: vec![0.0; rows],
        };
        for met in met {
            let Ok(reason) = reasons.binary_search(&met.reason) else {
                continue;
            };
            cases.by_reason[reason].push((met.row, met.cases, met.failed));
            cases.total[met.row] += met.cases;
        }
        cases
    }

    fn of_reason(&self, reason: usize) -> impl Iterator<Item = (usize, f64, f64)> {
        self.by_reason[reason].iter().copied()
    }

    fn failed(&self, reason: usize) -> Vec<f64> {
        let mut column = vec![0.0; self.total.len()];
        for (row, _, failed) in self.of_reason(reason) {
            column[row] = failed.min(MOST_FAILED);
        }
        column
    }
}

/// The hazard of leaving with one column per reason.
struct Estimation {
    fit: HazardFit,
    columns: Vec<Column>,
    /// Per reason, the name of its column when it has one.
    failed: Vec<String>,
}

impl Estimation {
    fn of(
        mut columns: Vec<Column>,
        (met, reasons): (&Cases, &[String]),
        left: &[bool],
    ) -> Result<Self, Caution> {
        columns.push(Column::new("cases", met.total.clone()));
        let failed: Vec<String> = reasons
            .iter()
            .map(|reason| format!("failed {reason}"))
            .collect();
        for (reason, name) in failed.iter().enumerate() {
            let column = met.failed(reason);
            if column.iter().filter(|n| **n > 0.0).count() >= FEWEST_FAILED {
                columns.push(Column::new(name.as_str(), column));
            }
        }
        let varies = |column: &Column| column.values.iter().any(|v| *v != column.values[0]);
        columns.retain(varies);
        let ended: Vec<f64> = left.iter().map(|left| f64::from(*left)).collect();
        let told = |error: StatsError| Caution::new("statistics").with("detail", error.to_string());
        loop {
            let data = HazardData::new(columns.clone(), vec![1.0; ended.len()], ended.clone());
            let settings = HazardSettings {
                link: Link::Cloglog,
                ridge: 0.0,
            };
            match hazard::fit(&data.map_err(told)?, &settings) {
                Ok(fit) => {
                    return Ok(Self {
                        fit,
                        columns,
                        failed,
                    });
                }
                Err(StatsError::Collinear { column } | StatsError::Separation { column })
                    if columns.iter().any(|own| own.name == column) =>
                {
                    columns.retain(|own| own.name != column);
                }
                Err(error) => return Err(told(error)),
            }
        }
    }

    fn coefficient(&self, name: &str) -> f64 {
        let place = self.fit.names.iter().position(|own| own == name);
        place.map_or(0.0, |place| self.fit.coefficients[place])
    }

    fn effect(&self, reason: usize) -> f64 {
        self.coefficient(&self.failed[reason])
    }

    fn effects(&self) -> Vec<Option<(f64, f64)>> {
        let of = |name: &String| {
            let place = self.fit.names.iter().position(|own| own == name)?;
            Some((
                self.fit.coefficients[place],
                self.fit.standard_errors[place],
            ))
        };
        self.failed.iter().map(of).collect()
    }

    fn eta(&self, row: usize) -> f64 {
        let slopes = self.fit.coefficients[1..].iter().zip(&self.columns);
        self.fit.coefficients[0]
            + slopes
                .map(|(c, column)| c * column.values[row])
                .sum::<f64>()
    }

    /// Without what passes before the next renewal.
    fn eta_without(&self, row: usize, passing: &[&str]) -> f64 {
        let gone = (self.columns.iter())
            .filter(|column| passing.contains(&column.name.as_str()))
            .map(|column| self.coefficient(&column.name) * column.values[row]);
        self.eta(row) - gone.sum::<f64>()
    }

    /// What the failed cases of a row add.
    fn of_failed(&self, row: usize) -> f64 {
        (self.columns.iter())
            .filter(|column| self.failed.contains(&column.name))
            .map(|column| self.coefficient(&column.name) * column.values[row])
            .sum()
    }
}

/// A contract after the renewal at hand.
struct Ahead {
    term: u32,
    margin: f64,
    /// Log rate of leaving at the renewals that follow.
    later: f64,
}

impl Ahead {
    /// Money and share lost by an effect on the log rate, for a customer whose hidden part is `u` standard deviations.
    fn lost(&self, (now, effect): (f64, f64), u: f64, config: &ServiceLevelConfig) -> (f64, f64) {
        let hidden = config.hidden_spread * u - 0.5 * config.hidden_spread.powi(2);
        let leaves = leaving(now + hidden + effect) - leaving(now + hidden);
        let stays = 1.0 - leaving(self.later + hidden);
        (
            leaves * self.margin * months_ahead(stays, self.term, config),
            leaves,
        )
    }
}

/// Discounted months in force after a renewal, with renewals each term.
fn months_ahead(stays: f64, term: u32, config: &ServiceLevelConfig) -> f64 {
    let monthly = (1.0 + config.discount_yearly).powf(-1.0 / 12.0);
    let (mut sum, mut in_force) = (0.0, 1.0);
    for month in 0..config.horizon_months {
        if month > 0 && month % term == 0 {
            in_force *= stays;
        }
        sum += in_force * monthly.powf(f64::from(month) + 0.5);
    }
    sum
}

/// Chance to leave at this log rate (complementary log-log).
fn leaving(eta: f64) -> f64 {
    -(-eta.exp()).exp_m1()
}

/// Sums over cases, by size of the effect.
struct Sum {
    money: Vec<f64>,
    leaves: Vec<f64>,
    weight: f64,
}

impl Sum {
    fn new() -> Self {
        Self {
            money: vec![0.0; STEPS],
            leaves: vec![0.0; STEPS],
            weight: 0.0,
        }
    }

    fn add(
        &mut self,
        weight: f64,
        lost: impl Fn(f64, f64) -> (f64, f64),
        config: &ServiceLevelConfig,
    ) {
        let nodes = if config.hidden_spread > 0.0 {
            &NODES[..]
        } else {
            &NODES[2..3]
        };
        let all: f64 = nodes.iter().map(|node| node.1).sum();
        self.add_plain(weight, |effect| {
            nodes.iter().fold((0.0, 0.0), |sum, (u, share)| {
                let (money, leaves) = lost(effect, *u);
                (sum.0 + share / all * money, sum.1 + share / all * leaves)
            })
        });
    }

    fn add_plain(&mut self, weight: f64, lost: impl Fn(f64) -> (f64, f64)) {
        if weight <= 0.0 {
            return;
        }
        for step in 0..STEPS {
            let (money, leaves) = lost(STEP * step as f64);
            self.money[step] += weight * money;
            self.leaves[step] += weight * leaves;
        }
        self.weight += weight;
    }

    fn mean(self) -> Price {
        let n = self.weight.max(1e-12);
        Price {
            money: self.money.iter().map(|sum| sum / n).collect(),
            leaves: self.leaves.iter().map(|sum| sum / n).collect(),
        }
    }
}

/// Of a year's loss of customers, how much is felt within each horizon when contacts go on so for as long, in years.
fn fades((stays_a_month, delay): (f64, f64), config: &ServiceLevelConfig) -> [f64; 3] {
    let monthly = (1.0 + config.discount_yearly).powf(-1.0 / 12.0);
    let within = |months: f64| -> f64 {
        let whole = months.max(0.0).floor() as u32;
        (0..whole)
            .map(|month| (stays_a_month * monthly).powf(f64::from(month) + 0.5))
            .sum()
    };
    let full = within(f64::from(config.horizon_months)).max(1e-9);
    HORIZONS.map(|horizon| {
        let felt = (1..=horizon).map(|month| {
            let at = f64::from(month) - 0.5;
            monthly.powf(at) * within(f64::from(horizon) - at - delay)
        });
        felt.sum::<f64>() / full / 12.0
    })
}

/// Effects after pooling: draws and chance to be other than none, by reason.
struct Pooled {
    draws: Vec<Vec<f64>>,
    chance: Vec<f64>,
}

impl Fitted {
    fn told(&self, reasons: &[String], level: f64) -> BTreeMap<String, Estimate> {
        let effects = reasons.iter().zip(&self.effects);
        let some = effects.filter_map(|(reason, effect)| Some((reason, (*effect)?)));
        some.map(|(reason, (value, error))| (reason.clone(), Estimate::normal(value, error, level)))
            .collect()
    }

    /// Each reason's effect is none, or like those of the other reasons that have one: `b ~ (1-p) 0 + p N(mu, tau^2)`, with
    /// p, mu >= 0 and tau unknown on a grid, given each reason's estimate and its error.
    fn pool(&self, reasons: &[String], draws: usize, seed: u64) -> Pooled {
        let seen: Vec<(f64, f64)> = (self.effects.iter())
            .map(|effect| effect.unwrap_or((0.0, 10.0)))
            .collect();
        let (grid, weights) = grid(&seen);
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut pooled = Pooled {
            draws: vec![Vec::with_capacity(draws); reasons.len()],
            chance: vec![0.0; reasons.len()],
        };
        for (world, weight) in grid.iter().zip(&weights) {
            for (chance, own) in pooled.chance.iter_mut().zip(&seen) {
                *chance += weight * world.is_some(*own);
            }
        }
        for draw in 0..draws {
            // Even steps through the worlds leave less to chance than drawing them.
            let at = (draw as f64 + 0.5) / draws as f64;
            let world = &grid[place(&weights, at)];
            for (own, column) in seen.iter().zip(&mut pooled.draws) {
                let some = dice.random::<f64>() < world.is_some(*own);
                let z = normal(&mut dice);
                column.push(if some {
                    world.draw(*own, z).max(0.0)
                } else {
                    0.0
                });
            }
        }
        // The worlds come in order; draws of different reasons and sides shall not.
        let order = shuffled(draws, &mut dice);
        for column in &mut pooled.draws {
            *column = order.iter().map(|&at| column[at]).collect();
        }
        pooled
    }
}

/// One possible truth about the reasons: share with an effect, its mean and spread.
struct World {
    share: f64,
    mean: f64,
    spread: f64,
}

impl World {
    fn density(&self, (value, error): (f64, f64)) -> (f64, f64) {
        let normal = |gap: f64, variance: f64| {
            (-0.5 * gap * gap / variance).exp() / (2.0 * PI * variance).sqrt()
        };
        let none = normal(value, error * error);
        let some = normal(value - self.mean, error * error + self.spread * self.spread);
        ((1.0 - self.share) * none, self.share * some)
    }

    fn is_some(&self, own: (f64, f64)) -> f64 {
        let (none, some) = self.density(own);
        some / (none + some).max(1e-300)
    }

    fn draw(&self, (value, error): (f64, f64), z: f64) -> f64 {
        let (seen, prior) = (1.0 / (error * error), 1.0 / (self.spread * self.spread));
        let mean = (seen * value + prior * self.mean) / (seen + prior);
        mean + z / (seen + prior).sqrt()
    }
}

fn grid(seen: &[(f64, f64)]) -> (Vec<World>, Vec<f64>) {
    let mut worlds = Vec::new();
    let mut logs: Vec<f64> = Vec::new();
    for mean in (1..=60).map(|k| 0.025 * f64::from(k)) {
        for spread in [0.02, 0.08, 0.20] {
            for share in [0.1, 0.3, 0.5, 0.7, 0.9] {
                let world = World {
                    share,
                    mean,
                    spread,
                };
                // Large effects and large differences between reasons are less likely beforehand.
                let prior = -0.5 * (mean / 0.6_f64).powi(2) - 0.5 * (spread / 0.15_f64).powi(2);
                let fits = seen.iter().map(|own| {
                    let (none, some) = world.density(*own);
                    (none + some).max(1e-300).ln()
                });
                logs.push(prior + fits.sum::<f64>());
                worlds.push(world);
            }
        }
    }
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|log| (log - most).exp()).collect();
    let all: f64 = weights.iter().sum();
    (worlds, weights.iter().map(|weight| weight / all).collect())
}

fn place(weights: &[f64], at: f64) -> usize {
    let mut sum = 0.0;
    for (place, weight) in weights.iter().enumerate() {
        sum += weight;
        if sum >= at {
            return place;
        }
    }
    weights.len() - 1
}

/// A standard normal number.
pub fn normal(dice: &mut ChaCha8Rng) -> f64 {
    let (a, b): (f64, f64) = (dice.random(), dice.random());
    (-2.0 * (1.0 - a).ln()).sqrt() * (2.0 * PI * b).cos()
}

fn shuffled(n: usize, dice: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for at in (1..n).rev() {
        order.swap(at, dice.random_range(0..=at));
    }
    order
}
