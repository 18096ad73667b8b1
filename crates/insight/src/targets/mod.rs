//! Which level of retention should we aim for, what does each point cost, and when is a change more than chance?
//!
//! Method: every place for money (see `allocation`) is brought to where the next krona gives one krona of customer value back;
//! the customers kept there, against today, give the target. Along the way each step's price per point of retention
//! is told beside its worth. The tolerance band is what chance alone does to a share of this many customers: a result
//! inside it is neither success nor failure, and the band's false alarms are those of its level.
//!
//! Per segment (kind of customer, customer group, unit) the same is done with the share of each reason's minutes that it uses and with
//! what its own customers are worth; a segment with too few customers is refused. Its own trend from the year before
//! stands beside, so that what happens anyway is not called success.
//!
//! Assumes what `allocation` assumes, and that the company keeps its mix of customers. The target is the best that the places
//! with a known worth can reach; what is not judged may reach further. It is falsified when the money is spent and
//! retention stays below the band's lower limit.

mod segments;
#[cfg(test)]
mod tests;

use crate::InsightError;
use crate::allocation::{Place, Spending};
use odla_domain::CustomerScores;
use odla_domain::frames::segments::SegmentsFrame;
use odla_domain::{
    Caution, Cell, Figure, FigureDefinition, Need, Outcome, Report, Rows, Sentence, Table, Unit,
};
use odla_stats::estimate::normal_quantile_for_level;
use serde::{Deserialize, Serialize};

const CUSTOMER_ROWS: Rows = Rows(
    "select customer_id, acquired_on, segment, _source, _line from customers order by customer_id",
);

pub const FIGURES: &[FigureDefinition] = &[
    definition("targets.retention.today", Unit::Share),
    definition("targets.retention.target", Unit::Share),
    definition("targets.retention.step", Unit::SharePoints),
    definition("targets.tolerance", Unit::SharePoints),
    definition("targets.cost", Unit::Money),
    definition("targets.net", Unit::Money),
    definition("targets.point_worth", Unit::Money),
    definition("targets.customers_kept", Unit::Count),
    definition("targets.segment.<segment>.target", Unit::Share),
];

const fn definition(pattern: &'static str, unit: Unit) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "targets",
        rows: CUSTOMER_ROWS,
    }
}

pub fn needs() -> Vec<Vec<Need>> {
    crate::allocation::needs()
}

/// The choices of the analysis, all kept with the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetsConfig {
    /// Level of every interval and of the tolerance band.
    pub level: f64,
    /// Steps told on the way from the least to the most.
    pub steps: usize,
    /// Customers that a segment needs to have a target of its own.
    pub fewest_of_segment: f64,
}

impl TargetsConfig {
    pub const fn standard() -> Self {
        Self {
            level: 0.90,
            steps: 9,
            fewest_of_segment: 200.0,
        }
    }
}

/// Retention of the last twelve months and of how many it was counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retention {
    pub share: f64,
    pub customers: f64,
}

/// One point on the way: what a krona must give back, what is spent, and who stays.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    price: f64,
    cost: f64,
    value: f64,
    kept: f64,
}

/// The customers by segment with the scores of `value`.
#[derive(Clone, Copy, Debug)]
pub struct Customers<'c> {
    pub frame: &'c SegmentsFrame,
    pub value: Option<&'c CustomerScores>,
}

/// Finds the level at which the next krona gives one krona back.
///
/// # Errors
/// When no place says how money keeps customers, or retention is not known.
pub fn assess(
    places: &[Place],
    retention: Option<Retention>,
    customers: Option<Customers>,
    config: &TargetsConfig,
) -> Result<Outcome, InsightError> {
    let refuse = |key: &str| Err(InsightError::TooLittleData(Caution::new(key)));
    let Some(retention) = retention.filter(|own| own.customers >= 1.0) else {
        return refuse("targets.no_retention");
    };
    let keeping: Vec<&Place> = (places.iter())
        .filter(|place| place.is_movable() && place.kind == Spending::Minutes && place.worth > 0.0)
        .collect();
    if keeping.is_empty() {
        return refuse("targets.nothing_keeps");
    }
    let at_one = step(&keeping, 1.0);
    let draws = drawn(&keeping);
    let prices = (0..config.steps).map(|k| {
        // From four kronor back for each to a quarter.
        let place = k as f64 / (config.steps.max(2) - 1) as f64;
        4.0_f64 * (1.0_f64 / 16.0).powf(place)
    });
    let steps: Vec<Step> = prices.map(|price| step(&keeping, price)).collect();
    let found = Found {
        retention,
        at_one,
        draws,
        steps,
        worth: worth(&keeping),
        segments: customers.map_or_else(Vec::new, |of| {
            segments::segments(&keeping, of.frame, of.value, config)
        }),
    };
    Ok(lay_out(&found, config).into())
}

struct Found {
    retention: Retention,
    at_one: Step,
    /// Customers kept at the target in each draw.
    draws: Vec<(f64, f64)>,
    steps: Vec<Step>,
    /// Mean worth of a customer who is kept.
    worth: f64,
    segments: Vec<segments::Segment>,
}

/// Every place at the amount where the next krona gives `price` kronor back.
fn step(places: &[&Place], price: f64) -> Step {
    let mut step = Step {
        price,
        cost: 0.0,
        value: 0.0,
        kept: 0.0,
    };
    for place in places {
        let amount = amount_at(place, price);
        let gain = place.cell.curve.value(amount) - place.cell.curve.value(place.today);
        step.cost += amount - place.today;
        step.value += gain;
        step.kept += gain / place.worth;
    }
    step
}

/// The curve is concave: the amount with the largest value less `price` times money, by halving on the slope.
fn amount_at(place: &Place, price: f64) -> f64 {
    let (mut low, mut high) = (place.cell.lower, place.cell.upper);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        match place.cell.curve.slope(middle) > price {
            true => low = middle,
            false => high = middle,
        }
    }
    0.5 * (low + high)
}

/// Customers kept and net at the target's amounts, in each draw.
fn drawn(places: &[&Place]) -> Vec<(f64, f64)> {
    let draws = places
        .iter()
        .map(|place| place.draws.len())
        .min()
        .unwrap_or(0);
    let amounts: Vec<f64> = places.iter().map(|place| amount_at(place, 1.0)).collect();
    (0..draws)
        .map(|draw| {
            places
                .iter()
                .zip(&amounts)
                .fold((0.0, 0.0), |sum, (place, amount)| {
                    let curve = &place.draws[draw];
                    let gain = curve.value(*amount) - curve.value(place.today);
                    (
                        sum.0 + gain / place.worth,
                        sum.1 + gain - (amount - place.today),
                    )
                })
        })
        .collect()
}

fn worth(places: &[&Place]) -> f64 {
    let money: f64 = places.iter().map(|place| place.today).sum();
    places
        .iter()
        .map(|place| place.worth * place.today)
        .sum::<f64>()
        / money.max(1e-9)
}

fn lay_out(found: &Found, config: &TargetsConfig) -> Report {
    let retention = found.retention;
    let n = retention.customers;
    let z = normal_quantile_for_level(config.level);
    let band = z * (retention.share * (1.0 - retention.share) / n).sqrt();
    let gain = found.at_one.kept / n;
    let range = |of: fn(&(f64, f64)) -> f64| {
        let draws: Vec<f64> = found.draws.iter().map(of).collect();
        let range = odla_stats::Interval::from_draws(&draws, config.level);
        (range.lower, range.upper)
    };
    let (kept, net) = (range(|d| d.0), range(|d| d.1));
    let target = (retention.share + gain).clamp(0.0, 1.0);
    let figure = |key: &str, value: f64, range: (f64, f64), unit: Unit| {
        Figure::estimated(key, value, range, config.level, unit)
            .of(n as u64)
            .by("targets")
    };
    let point = 0.01 * n * found.worth;
    let mut report = Report::new("targets");
    report.figures = vec![
        Figure::booked(
            "targets.retention.today",
            retention.share,
            Unit::Share,
            n as u64,
        ),
        figure(
            "targets.retention.target",
            target,
            (
                (retention.share + kept.0 / n).clamp(0.0, 1.0),
                (retention.share + kept.1 / n).clamp(0.0, 1.0),
            ),
            Unit::Share,
        ),
        figure(
            "targets.retention.step",
            gain,
            (kept.0 / n, kept.1 / n),
            Unit::SharePoints,
        ),
        figure("targets.tolerance", band, (band, band), Unit::SharePoints),
        figure(
            "targets.cost",
            found.at_one.cost,
            (found.at_one.cost, found.at_one.cost),
            Unit::Money,
        ),
        figure(
            "targets.net",
            found.at_one.value - found.at_one.cost,
            net,
            Unit::Money,
        ),
        figure("targets.point_worth", point, (point, point), Unit::Money),
        figure(
            "targets.customers_kept",
            found.at_one.kept,
            kept,
            Unit::Count,
        ),
    ];
    report.sentences = sentences(found, (target, gain, band), point);
    report.tables.push(steps(found));
    if !found.segments.is_empty() {
        report.figures.extend(segments::figures(&found.segments));
        report
            .sentences
            .extend(segments::sentences(&found.segments));
        report.tables.push(segments::table(&found.segments));
        report.cautions.push(Caution::new("targets.segments_alike"));
    }
    report
        .cautions
        .push(Caution::new("targets.known_places_only"));
    report
}

fn sentences(found: &Found, (target, gain, band): (f64, f64, f64), point: f64) -> Vec<Sentence> {
    let key = match (gain > 0.0, found.at_one.cost > 0.0) {
        (true, true) => "targets.raise",
        (true, false) => "targets.raise_and_save",
        _ => "targets.lower",
    };
    let net = found.at_one.value - found.at_one.cost;
    let mut sentences = vec![
        Sentence::new(key)
            .with("today", found.retention.share)
            .with("target", target)
            .with("kept", found.at_one.kept.round())
            .with("cost", found.at_one.cost.abs())
            .with("net", net)
            .from_figure("targets.retention.target"),
        Sentence::new("targets.point")
            .with("worth", point)
            .from_figure("targets.point_worth"),
    ];
    let seen = match gain.abs() > band {
        true => "targets.can_be_seen",
        false => "targets.within_chance",
    };
    sentences.push(
        Sentence::new(seen)
            .with("step", gain)
            .with("band", band)
            .with("lower", target - band)
            .with("upper", (target + band).min(1.0))
            .with("n", found.retention.customers)
            .from_figure("targets.tolerance"),
    );
    sentences
}

fn steps(found: &Found) -> Table {
    let mut table = Table::new(
        "targets.steps",
        &[
            ("targets.price", Unit::Ratio),
            ("targets.retention", Unit::Share),
            ("targets.kept", Unit::Count),
            ("targets.cost", Unit::Money),
            ("targets.value", Unit::Money),
            ("targets.net", Unit::Money),
            ("targets.per_customer", Unit::Money),
            ("targets.verdict", Unit::Text),
        ],
    );
    let n = found.retention.customers;
    for step in &found.steps {
        let verdict = match step.price {
            price if price > 1.0 + 1e-9 => "target.go_on",
            price if price < 1.0 - 1e-9 => "target.too_far",
            _ => "target.here",
        };
        table.push(vec![
            Cell::Number(step.price),
            Cell::Number(found.retention.share + step.kept / n),
            Cell::Number(step.kept),
            Cell::Number(step.cost),
            Cell::Number(step.value),
            Cell::Number(step.value - step.cost),
            Cell::Number(step.price.recip() * found.worth),
            Cell::Key(verdict.to_owned()),
        ]);
    }
    table
}
