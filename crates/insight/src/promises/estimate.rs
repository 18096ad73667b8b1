//! How often is each promise kept, how has that changed, and which units stand out?

use super::PromisesConfig;
use crate::InsightError;
use odla_domain::frames::promises::{Kept, PromisesFrame};
use odla_stats::special::normal_cdf;
use odla_stats::survey::clustered::{self, ClusterSums, ClusteredShare};
use odla_stats::survey::shrinkage;
use odla_stats::{Estimate, multiplicity};

/// One promise.
#[derive(Clone, Debug)]
pub struct Promise {
    pub promise: String,
    pub made: f64,
    pub kept: f64,
    pub share: Estimate,
    /// From the year before; none when too little was promised then.
    pub change: Option<Estimate>,
    pub units: Vec<UnitKept>,
    /// Units that promised too little to be told of.
    pub small_units: usize,
}

/// One unit's keeping of one promise.
#[derive(Clone, Debug)]
pub struct UnitKept {
    pub unit: String,
    pub made: f64,
    /// As counted, and pulled towards the whole as far as chance explains the difference.
    pub share: f64,
    pub pulled: Estimate,
    pub standing: Standing,
}

/// Against all units together, when all are tested at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Above,
    Below,
    Alike,
}

impl Standing {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Above => "promise.above",
            Self::Below => "promise.below",
            Self::Alike => "promise.alike",
        }
    }
}

pub fn promises(
    frame: &PromisesFrame,
    config: &PromisesConfig,
) -> Result<Vec<Promise>, InsightError> {
    let whole = frame.kept.iter().filter(|kept| kept.unit.is_none());
    let mut found = Vec::new();
    for own in whole.filter(|kept| kept.recent) {
        let share = share_of(own, config)?;
        let before = frame
            .kept
            .iter()
            .find(|kept| kept.unit.is_none() && !kept.recent && kept.promise == own.promise);
        let change = match before.filter(|before| before.made.min(own.made) >= config.fewest) {
            Some(before) => Some(difference(&share, &share_of(before, config)?, config)),
            None => None,
        };
        let of_promise: Vec<&Kept> = (frame.kept.iter())
            .filter(|kept| kept.unit.is_some() && kept.promise == own.promise)
            .collect();
        let told: Vec<&Kept> = (of_promise.iter().copied())
            .filter(|kept| kept.made >= config.fewest)
            .collect();
        found.push(Promise {
            promise: own.promise.clone(),
            made: own.made,
            kept: own.kept,
            share: share.share,
            change,
            small_units: of_promise.len() - told.len(),
            units: units(&told, share.share.value, config)?,
        });
    }
    Ok(found)
}

fn share_of(kept: &Kept, config: &PromisesConfig) -> Result<ClusteredShare, InsightError> {
    let sums = ClusterSums {
        clusters: kept.customers,
        trials: kept.made,
        successes: kept.kept,
        trials_squared: kept.made_squared,
        successes_squared: kept.kept_squared,
        products: kept.made_kept,
    };
    Ok(clustered::share(&sums, config.level)?)
}

/// Errors of two years are taken as independent; customers of both make the true error smaller.
fn difference(now: &ClusteredShare, before: &ClusteredShare, config: &PromisesConfig) -> Estimate {
    let error = now.share.standard_error.hypot(before.share.standard_error);
    let change = now.share.value - before.share.value;
    // A year without a single breach has no spread of its own: half a promise stands for it.
    let least = 0.5 / now.effective.min(before.effective);
    Estimate::normal(change, error.max(least), config.level)
}

fn units(
    told: &[&Kept],
    whole: f64,
    config: &PromisesConfig,
) -> Result<Vec<UnitKept>, InsightError> {
    if told.len() < 2 {
        return Ok(Vec::new());
    }
    let shares: Vec<ClusteredShare> = (told.iter())
        .map(|kept| share_of(kept, config))
        .collect::<Result<_, _>>()?;
    let values: Vec<f64> = shares.iter().map(|found| found.share.value).collect();
    // The error under "as all others": a unit's own is none when it kept everything.
    let of_whole = (whole * (1.0 - whole)).max(1e-6);
    let errors: Vec<f64> = (shares.iter())
        .map(|found| (of_whole / found.effective).sqrt())
        .collect();
    let pulled = shrinkage::normal_normal(&values, &errors, config.level)?;
    let p_values: Vec<f64> = (values.iter().zip(&errors))
        .map(|(value, error)| 2.0 * normal_cdf(-((value - whole) / error).abs()))
        .collect();
    let adjusted = multiplicity::benjamini_hochberg(&p_values);
    let standing = |at: usize| match (adjusted[at] <= config.false_discovery, values[at] > whole) {
        (false, _) => Standing::Alike,
        (true, true) => Standing::Above,
        (true, false) => Standing::Below,
    };
    let mut units: Vec<UnitKept> = (0..told.len())
        .map(|at| UnitKept {
            unit: told[at].unit.clone().unwrap_or_default(),
            made: told[at].made,
            share: values[at],
            pulled: within(pulled.groups[at]),
            standing: standing(at),
        })
        .collect();
    units.sort_by(|a, b| {
        let value = |unit: &UnitKept| unit.pulled.value;
        (value(a).total_cmp(&value(b))).then_with(|| a.unit.cmp(&b.unit))
    });
    Ok(units)
}

/// A share lies between none and all.
fn within(mut estimate: Estimate) -> Estimate {
    let interval = &mut estimate.interval;
    (interval.lower, interval.upper) = (interval.lower.max(0.0), interval.upper.min(1.0));
    estimate.value = estimate.value.clamp(0.0, 1.0);
    estimate
}
