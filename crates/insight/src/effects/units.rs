//! What changed in the units that took the activity up, against those that had not?

use super::EffectsConfig;
use super::compare::Found;
use odla_domain::Caution;
use odla_domain::frames::effects::{Studied, UnitPeriod};
use odla_stats::causal::did::{self, Aggregated, Aggregation, DidConfig, Staggered};
use odla_stats::causal::{evalue, randomized};
use odla_stats::{Estimate, Interval};

/// Effect of one outcome over the time since the start.
#[derive(Clone, Debug)]
pub struct Staged {
    /// On those who were customers when their unit took it up, in the twelve months that followed.
    pub found: Found,
    /// p-value that nothing happened before the start; none when there is no time before.
    pub placebo: Option<f64>,
    /// Months since the start, effect on those who were customers then in the twelve months that followed, band of all at once.
    pub course: Vec<(f64, Estimate, Interval)>,
}

/// Which number of a unit and period is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Stayed,
    Margin,
    /// Points of satisfaction, 0..100.
    Said,
}

impl Measure {
    fn of(self, cell: &UnitPeriod) -> f64 {
        match self {
            Self::Stayed => cell.stayed / cell.customers,
            Self::Margin => cell.margin / cell.customers,
            Self::Said => 100.0 * cell.satisfaction,
        }
    }
}

pub fn compare(
    activity: &Studied,
    measure: Measure,
    (config, seed): (&EffectsConfig, u64),
) -> Result<Staged, Caution> {
    let cells: Vec<&UnitPeriod> = (activity.units.iter())
        .filter(|cell| cell.customers > 0.0 && measure.of(cell).is_finite())
        .collect();
    let last = cells.iter().map(|cell| cell.period).max();
    if last.is_none_or(|last| last < 0) {
        return Err(Caution::new("effects.too_early"));
    }
    let outcome: Vec<f64> = cells.iter().map(|cell| measure.of(cell)).collect();
    let period: Vec<i64> = cells.iter().map(|cell| cell.period).collect();
    let first_treated: Vec<Option<i64>> = cells.iter().map(|cell| cell.adopted).collect();
    let unit: Vec<usize> = cells.iter().map(|cell| cell.unit).collect();
    let panel = Staggered {
        outcome: &outcome,
        period: &period,
        first_treated: &first_treated,
        unit: Some(&unit),
        columns: &[],
        names: &[],
        clusters: None,
    };
    let settings = DidConfig {
        anticipation: activity.unit_lead,
        seed,
        level: config.level,
        ..DidConfig::standard()
    };
    let joined = did::estimate(&panel, &settings)
        .and_then(|effects| did::aggregate(&effects, Aggregation::Event))
        .map_err(|error| Caution::new("statistics").with("detail", error.to_string()))?;
    let Some(start) = joined.parts.iter().find(|part| part.at == 0) else {
        return Err(Caution::new("effects.too_early"));
    };
    let course = (joined.parts.iter())
        .map(|part| {
            let months = part.at as f64 * activity.unit_step as f64;
            (months, part.effect, part.simultaneous)
        })
        .collect();
    Ok(Staged {
        found: found(&cells, measure, (start.effect, config)),
        placebo: before_the_start(&joined),
        course,
    })
}

/// The smaller p-value of the joint test and of the steady drift, times two: few units seldom give the first any power.
fn before_the_start(joined: &Aggregated) -> Option<f64> {
    let tests = [
        joined.placebo.map(|placebo| placebo.p_value),
        joined.drift.map(|drift| drift.p_value),
    ];
    let told = tests.into_iter().flatten().filter(|p| p.is_finite());
    told.reduce(f64::min).map(|p| (2.0 * p).min(1.0))
}

fn found(
    cells: &[&UnitPeriod],
    measure: Measure,
    (effect, config): (Estimate, &EffectsConfig),
) -> Found {
    let starting = || {
        cells
            .iter()
            .filter(|cell| cell.adopted == Some(cell.period))
    };
    let customers: f64 = starting().map(|cell| cell.customers).sum();
    let mean = starting()
        .map(|cell| measure.of(cell) * cell.customers)
        .sum::<f64>()
        / customers;
    let last = cells.iter().map(|cell| cell.period).max().unwrap_or(0);
    let now = || cells.iter().filter(|cell| cell.period == last);
    let others: f64 = (now().filter(|cell| cell.adopted.is_none()))
        .map(|cell| cell.customers)
        .sum();
    let without = mean - effect.value;
    // Of one customer who stays or not; of the units' means for the rest.
    let sd = match measure {
        Measure::Stayed => (without * (1.0 - without)).max(0.0).sqrt(),
        _ => crate::columns::spread(&cells.iter().map(|c| measure.of(c)).collect::<Vec<f64>>()),
    };
    let t = effect.value / effect.standard_error;
    Found {
        plain: plain(now().copied(), measure, config).unwrap_or(effect),
        effect,
        p_value: 2.0 * odla_stats::special::normal_cdf(-t.abs()),
        treated: customers as usize,
        compared: others as usize,
        without,
        sd,
        imbalance: 0.0,
        imbalance_by_chance: 0.0,
        without_counterpart: 0.0,
        e_value: evalue::of_difference(effect.value, effect.interval, sd)
            .ok()
            .map(|e| (e.estimate, e.limit)),
        cautions: Vec::new(),
    }
}

/// Units that have it today against units that do not.
fn plain<'c>(
    now: impl Iterator<Item = &'c UnitPeriod>,
    measure: Measure,
    config: &EffectsConfig,
) -> Option<Estimate> {
    let (values, got): (Vec<f64>, Vec<bool>) = now
        .map(|cell| {
            (
                measure.of(cell),
                cell.adopted.is_some_and(|start| start <= cell.period),
            )
        })
        .unzip();
    let told = randomized::compare(&values, &got, None, config.level).ok()?;
    Some(told.effect)
}
