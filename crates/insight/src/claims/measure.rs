//! What have the other capabilities already found that a belief can be held against?

use super::{Evidence, Measured};
use odla_domain::{Caution, CustomerScores, Figure};
use odla_stats::Estimate;
use odla_stats::estimate::normal_quantile_for_level;
use odla_stats::survey::nps::proportion;

impl Measured {
    pub fn estimated(estimate: &Estimate, n: u64) -> Self {
        Self {
            value: estimate.value,
            lower: estimate.interval.lower,
            upper: estimate.interval.upper,
            n,
            grade: None,
            method: String::new(),
            cautions: Vec::new(),
        }
    }

    pub fn booked(value: f64, n: u64) -> Self {
        Self {
            value,
            lower: value,
            upper: value,
            n,
            grade: None,
            method: String::new(),
            cautions: Vec::new(),
        }
        .by("booked")
    }

    #[must_use]
    pub fn by(mut self, method: &str) -> Self {
        self.method = method.to_owned();
        self
    }

    pub fn is_booked(&self) -> bool {
        self.lower == self.upper
    }
}

/// A figure of another capability as it stands.
pub fn figure(evidence: &Evidence, key: &str) -> Result<Measured, Caution> {
    let figure = known(evidence, key)?;
    let missing = || Caution::new("claims.not_told");
    let value = figure
        .value
        .ok_or_else(|| figure.cautions.first().cloned().unwrap_or_else(missing))?;
    Ok(Measured {
        value,
        lower: figure.lower.unwrap_or(value),
        upper: figure.upper.unwrap_or(value),
        n: figure.n,
        grade: figure.grade,
        method: figure.method.clone(),
        cautions: figure.cautions.clone(),
    })
}

fn known<'e>(evidence: &'e Evidence, key: &str) -> Result<&'e Figure, Caution> {
    (evidence.earlier.iter())
        .find_map(|outcome| outcome.report.figure(key))
        .ok_or_else(|| Caution::new("claims.not_computed").with("figure", key))
}

fn scores<'e>(evidence: &'e Evidence, word: &str) -> Result<&'e CustomerScores, Caution> {
    (evidence.earlier.iter())
        .find(|outcome| outcome.report.capability == word)
        .and_then(|outcome| outcome.scores.as_ref())
        .ok_or_else(|| Caution::new("claims.not_computed").with("figure", word))
}

/// A customer's number in another capability's scores, for the customers of the frame.
pub fn score(evidence: &Evidence, word: &str, name: &str) -> Result<Vec<f64>, Caution> {
    let scores = scores(evidence, word)?;
    let column = scores
        .number(name)
        .ok_or_else(|| Caution::new("claims.not_computed").with("figure", word))?;
    let customers = evidence.frame.customers.customer_id.iter();
    let places = customers.map(|id| scores.customer_id.binary_search(id).ok());
    Ok(places
        .map(|place| place.map_or(f64::NAN, |place| column[place]))
        .collect())
}

/// How much more an average customer is worth ahead when yearly staying goes from `stays` to `then`.
///
/// With a constant chance to stay, the value ahead is the yearly margin times `r / (1 + i - r)`.
pub fn gain_of_staying(stays: f64, then: f64, discount_yearly: f64) -> f64 {
    let multiple = |r: f64| r / (1.0 + discount_yearly - r).max(1e-6);
    multiple(then.min(1.0)) / multiple(stays) - 1.0
}

/// Whether the customers of a year ago are those of a whole life of the ledger, not only of its first days.
pub fn prove_history(evidence: &Evidence) -> Result<(), Caution> {
    let (needed, got) = (
        evidence.config.fewest_history_days,
        evidence.frame.history_days,
    );
    match got >= needed {
        true => Ok(()),
        false => Err(Caution::new("claims.history_too_short").with("needed", needed)),
    }
}

pub fn valuable_stay(evidence: &Evidence) -> Result<Measured, Caution> {
    prove_history(evidence)?;
    figure(evidence, "right_retention.index")
}

/// The gain over the interval of retention; it need not rise or fall all the way, so the interval is walked through.
fn gain(evidence: &Evidence, then: fn(f64) -> f64) -> Result<Measured, Caution> {
    prove_history(evidence)?;
    let retention = figure(evidence, "retention.12m")?;
    let discount = evidence.config.discount_yearly;
    let at = |stays: f64| gain_of_staying(stays, then(stays), discount);
    let walked: Vec<f64> = (0..=40)
        .map(|step| {
            let part = f64::from(step) / 40.0;
            at(retention.lower + part * (retention.upper - retention.lower))
        })
        .collect();
    Ok(Measured {
        value: at(retention.value),
        lower: walked.iter().copied().fold(f64::INFINITY, f64::min),
        upper: walked.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        cautions: Vec::new(),
        grade: None,
        ..retention
    }
    .by("margin_multiple"))
}

pub fn five_points(evidence: &Evidence) -> Result<Measured, Caution> {
    gain(evidence, |stays| stays + 0.05)
}

pub fn five_percent(evidence: &Evidence) -> Result<Measured, Caution> {
    gain(evidence, |stays| 1.0 - 0.95 * (1.0 - stays))
}

/// One figure less another that rests on other rows.
pub fn first_renewal(evidence: &Evidence) -> Result<Measured, Caution> {
    let (first, later) = (
        figure(evidence, "hazard.first_renewal")?,
        figure(evidence, "hazard.later_renewal")?,
    );
    let z = normal_quantile_for_level(evidence.config.level);
    let error = |m: &Measured| (m.upper - m.lower) / (2.0 * z);
    let apart = Estimate::normal(
        first.value - later.value,
        error(&first).hypot(error(&later)),
        evidence.config.level,
    );
    Ok(Measured::estimated(&apart, first.n + later.n).by("difference"))
}

/// Booked cost of a won customer against what the activities cost per customer and year.
pub fn winning(evidence: &Evidence) -> Result<Measured, Caution> {
    let won = evidence.frame.won;
    if (won.customers as usize) < evidence.config.fewest_compared {
        return Err(Caution::new("claims.too_few")
            .with("needed", evidence.config.fewest_compared)
            .with("got", won.customers as f64));
    }
    let spent = figure(evidence, "activities.cost_12m")?.value;
    let keeping = spent / figure(evidence, "customers.active")?.value;
    if keeping <= 0.0 {
        return Err(Caution::new("claims.nothing_spent"));
    }
    let error = won.spread / (won.customers as f64).sqrt();
    let ratio = Estimate::normal(won.mean / keeping, error / keeping, evidence.config.level);
    Ok(Measured::estimated(&ratio, won.customers).by("mean"))
}

/// Profit of the year per customer that had any revenue or cost, the largest first.
fn profits(evidence: &Evidence) -> Result<Vec<f64>, Caution> {
    let missing = || Caution::new("claims.not_computed").with("figure", "profit");
    let scores = scores(evidence, "profit")?;
    let profit = scores.number("profit_12m").ok_or_else(missing)?;
    let revenue = scores.number("revenue_12m").ok_or_else(missing)?;
    let mut known: Vec<f64> = (profit.iter().zip(revenue))
        .filter(|(profit, revenue)| profit.is_finite() && (**profit != 0.0 || **revenue != 0.0))
        .map(|(profit, _)| *profit)
        .collect();
    if known.len() < evidence.config.fewest_compared {
        return Err(Caution::new("claims.too_few")
            .with("needed", evidence.config.fewest_compared)
            .with("got", known.len()));
    }
    known.sort_by(|one, other| other.total_cmp(one));
    Ok(known)
}

pub fn worth_keeping(evidence: &Evidence) -> Result<Measured, Caution> {
    let profits = profits(evidence)?;
    let gains = profits.iter().filter(|profit| **profit >= 0.0).count();
    let share = gains as f64 / profits.len() as f64;
    Ok(Measured::booked(share, profits.len() as u64))
}

pub fn top_fifth(evidence: &Evidence) -> Result<Measured, Caution> {
    let profits = profits(evidence)?;
    let all: f64 = profits.iter().sum();
    if all <= 0.0 {
        return Err(Caution::new("claims.no_profit"));
    }
    let top: f64 = profits[..profits.len().div_ceil(5)].iter().sum();
    Ok(Measured::booked(top / all, profits.len() as u64))
}

/// The chance of a third purchase less that of a second, each within a year.
pub fn second_purchase(evidence: &Evidence) -> Result<Measured, Caution> {
    let steps = evidence.frame.steps;
    let config = evidence.config;
    let fewest = config.fewest_compared as u64;
    if steps.third.0 < fewest || steps.second.0 < fewest {
        return Err(Caution::new("claims.too_few")
            .with("needed", config.fewest_compared)
            .with("got", steps.third.0.min(steps.second.0) as f64));
    }
    let share = |(all, bought): (u64, u64)| bought as f64 / all as f64;
    let variance = |step: (u64, u64)| share(step) * (1.0 - share(step)) / step.0 as f64;
    let apart = Estimate::normal(
        share(steps.third) - share(steps.second),
        (variance(steps.third) + variance(steps.second)).sqrt(),
        config.level,
    );
    Ok(Measured::estimated(&apart, steps.second.0).by("proportion"))
}

/// Of the fifth with the largest contribution before, those who are still in the top fifth after.
pub fn best_stay_best(evidence: &Evidence) -> Result<Measured, Caution> {
    prove_history(evidence)?;
    let known = &evidence.frame.customers;
    let rows = known.len();
    let top = rows / 5;
    if top < evidence.config.fewest_compared {
        return Err(Caution::new("claims.too_few")
            .with("needed", evidence.config.fewest_compared)
            .with("got", top));
    }
    let best = |worth: &[f64]| {
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by(|&one, &other| worth[other].total_cmp(&worth[one]).then(one.cmp(&other)));
        order.truncate(top);
        order.sort_unstable();
        order
    };
    let (before, after) = (
        best(&known.contribution_before),
        best(&known.contribution_after),
    );
    let still = (before.iter())
        .filter(|row| after.binary_search(row).is_ok())
        .count();
    let share = proportion(still as f64, top as f64, evidence.config.level)
        .map_err(|error| Caution::new("statistics").with("detail", error.to_string()))?;
    Ok(Measured::estimated(&share, top as u64).by("proportion"))
}
