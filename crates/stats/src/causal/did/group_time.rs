//! What did the activity change for each starting group in each period?

use std::collections::BTreeMap;

use nalgebra::DVector;
use rayon::prelude::*;

use super::cell::{CellFit, Comparison};
use super::panel::{Laid, Staggered};
use super::{Adjustment, Base, Control, DidConfig};
use crate::causal::influence;
use crate::regression::coefficients::student_estimate;
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, StatsError};

/// Clusters below which the usual approximations are coarse.
pub(super) const ENOUGH_CLUSTERS: usize = 30;

/// Effect on the group that began in `group`, seen in `period`.
#[derive(Debug, Clone, PartialEq)]
pub struct CellEffect {
    pub group: i64,
    pub period: i64,
    /// Periods since the start, counted in observed periods: 0 is the first treated one, -1 the last before.
    pub event_time: i64,
    pub effect: Estimate,
    pub treated: usize,
    pub controls: usize,
}

/// All group-time effects, kept with the influence of every unit so that they can be joined and banded.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupTimeEffects {
    pub cells: Vec<CellEffect>,
    /// Units (panel) or observations (repeated samples) behind them.
    pub units: usize,
    /// Group and period where too few rows, or covariates that decide the group, allow no comparison.
    pub skipped: Vec<(i64, i64)>,
    pub cautions: Vec<Caution>,
    pub(super) config: DidConfig,
    /// One per cell, each `units` long.
    pub(super) influence: Vec<Vec<f64>>,
    /// Start of every unit.
    pub(super) starts: Vec<Option<i64>>,
    pub(super) clusters: Option<Vec<usize>>,
}

/// Group-time average effects on the treated `[CallawaySantAnna2021]`.
///
/// `ATT(g, t) = E[Y_t - Y_base | group g] - E[Y_t - Y_base | controls]`, base the last period before g (less the
/// anticipation), adjusted for covariates as [`super::Adjustment`] says. It is the effect if group and controls would have moved in
/// parallel without the activity (given the covariates), which the periods before can speak against and never prove.
/// Left out and counted: units treated from the first period on and, in a panel, units not seen in every period.
/// Cell intervals are pointwise (clustered by unit, or by `clusters`); [`super::aggregate`] gives simultaneous bands.
/// Errs when there is no treated group, no control, a unit twice in a period, and on values that are not finite.
pub fn estimate(data: &Staggered, config: &DidConfig) -> Result<GroupTimeEffects, StatsError> {
    prove_level(config.level)?;
    let laid = data.lay_out(config.anticipation)?;
    let pairs = pairs(&laid, config);
    let fits: Vec<Option<Seen>> = (pairs.par_iter())
        .map(|pair| compare(data, &laid, config, pair))
        .collect();
    let mut effects = GroupTimeEffects {
        cells: Vec::new(),
        units: laid.start.len(),
        skipped: Vec::new(),
        cautions: Vec::new(),
        config: *config,
        influence: Vec::new(),
        starts: (laid.start.iter())
            .map(|start| start.map(|start| laid.periods[start]))
            .collect(),
        clusters: laid.clusters.clone(),
    };
    for (pair, seen) in pairs.iter().zip(fits) {
        let (group, period) = (laid.periods[pair.group], laid.periods[pair.period]);
        let Some(seen) = seen else {
            effects.skipped.push((group, period));
            continue;
        };
        let effect = effects.tell(seen.effect, &seen.influence);
        effects.cells.push(CellEffect {
            group,
            period,
            event_time: pair.period as i64 - pair.group as i64,
            effect,
            treated: seen.treated,
            controls: seen.controls,
        });
        effects.influence.push(seen.influence);
    }
    if !effects.cells.iter().any(|cell| cell.event_time >= 0) {
        return Err(StatsError::TooFewGroups { needed: 2, got: 1 });
    }
    effects.cautions = cautions(data, &laid, &effects);
    Ok(effects)
}

impl GroupTimeEffects {
    /// A value with the t interval of its influence values.
    pub(super) fn tell(&self, value: f64, influence: &[f64]) -> Estimate {
        let (error, _) = influence::spread(influence, self.clusters.as_deref());
        student_estimate(value, error, self.freedom(influence), self.config.level)
    }

    /// Degrees of freedom by Satterthwaite over starting groups: `(sum v_c)² / sum v_c² / (n_c - 1)`, v_c the group's part of the variance.
    ///
    /// Few starters make an interval wide however many there are who never start. With clusters: their number less 1.
    pub(super) fn freedom(&self, influence: &[f64]) -> f64 {
        if let Some(clusters) = &self.clusters {
            return (influence::dense(clusters).1 as f64 - 1.0).max(1.0);
        }
        let mut groups: BTreeMap<Option<i64>, (f64, f64)> = BTreeMap::new();
        for (start, value) in self.starts.iter().zip(influence) {
            let own = groups.entry(*start).or_default();
            own.0 += value * value;
            own.1 += 1.0;
        }
        let whole: f64 = groups.values().map(|g| g.0).sum();
        let parts = groups
            .values()
            .map(|g| g.0 * g.0 / (g.1 - 1.0_f64).max(1.0));
        (whole * whole / parts.sum::<f64>()).max(1.0)
    }
}

/// A group, the period looked at, and the one it is compared with; places in the periods.
struct Pair {
    group: usize,
    period: usize,
    base: usize,
}

struct Seen {
    effect: f64,
    influence: Vec<f64>,
    treated: usize,
    controls: usize,
}

fn pairs(laid: &Laid, config: &DidConfig) -> Vec<Pair> {
    let mut groups: Vec<usize> = laid.start.iter().flatten().copied().collect();
    groups.sort_unstable();
    groups.dedup();
    let mut pairs = Vec::new();
    for group in groups {
        let last_before = group - 1 - config.anticipation;
        for period in 0..laid.periods.len() {
            let base = match config.base {
                Base::Universal => last_before,
                Base::Varying if period >= group => last_before,
                Base::Varying if period == 0 => continue,
                Base::Varying => period - 1,
            };
            if base != period {
                pairs.push(Pair {
                    group,
                    period,
                    base,
                });
            }
        }
    }
    pairs
}

/// The cell's effect, its influence spread over all units (0 for those not compared).
fn compare(data: &Staggered, laid: &Laid, config: &DidConfig, pair: &Pair) -> Option<Seen> {
    let safe = pair.period.max(pair.base) + config.anticipation;
    let member = |unit: usize| match laid.start[unit] {
        Some(start) if start == pair.group => Some(true),
        None => Some(false),
        Some(start) if config.control == Control::NotYet && start > safe => Some(false),
        Some(_) => None,
    };
    let (early, late) = (pair.period.min(pair.base), pair.period.max(pair.base));
    // A period before the base is compared backwards: its value less the base's.
    let sign = if pair.period >= pair.base { 1.0 } else { -1.0 };
    let x_of = |row: usize| {
        let values = std::iter::once(1.0).chain(data.columns.iter().map(|c| c[row]));
        DVector::from_iterator(data.columns.len() + 1, values)
    };
    let mut units = Vec::new();
    let mut comparison = Comparison {
        x: Vec::new(),
        treated: Vec::new(),
        y: Vec::new(),
        later: (!laid.panel).then(Vec::new),
    };
    for unit in 0..laid.start.len() {
        let Some(treated) = member(unit) else {
            continue;
        };
        let (first, second) = (laid.rows[unit][early], laid.rows[unit][late]);
        match (&mut comparison.later, first, second) {
            (None, Some(first), Some(second)) => {
                comparison.x.push(x_of(first));
                comparison
                    .y
                    .push(data.outcome[second] - data.outcome[first]);
            }
            (Some(later), Some(row), None) | (Some(later), None, Some(row)) => {
                comparison.x.push(x_of(row));
                comparison.y.push(data.outcome[row]);
                later.push(second.is_some());
            }
            _ => continue,
        }
        comparison.treated.push(treated);
        units.push(unit);
    }
    let treated = comparison.treated.iter().filter(|t| **t).count();
    let controls = units.len() - treated;
    if treated == 0 || controls == 0 {
        return None;
    }
    let CellFit { effect, influence } = comparison.fit(config.adjustment)?;
    let scale = sign * laid.start.len() as f64 / units.len() as f64;
    let fitted = match config.adjustment {
        Adjustment::Weighting => 1.0,
        _ => data.columns.len() as f64 + 1.0,
    };
    // An arm with as many rows as coefficients has no deviations left to scale.
    let grown = |rows: usize, used: f64| match config.small_samples && rows as f64 > used {
        true => (rows as f64 / (rows as f64 - used)).sqrt(),
        false => 1.0,
    };
    let factors = (grown(treated, 1.0), grown(controls, fitted));
    let mut all = vec![0.0; laid.start.len()];
    for ((unit, value), member) in units.into_iter().zip(influence).zip(&comparison.treated) {
        let factor = if *member { factors.0 } else { factors.1 };
        all[unit] = scale * factor * value;
    }
    Some(Seen {
        effect: sign * effect,
        influence: all,
        treated,
        controls,
    })
}

fn cautions(data: &Staggered, laid: &Laid, effects: &GroupTimeEffects) -> Vec<Caution> {
    let mut cautions = Vec::new();
    if laid.left_out > 0 {
        cautions.push(Caution::RowsLeftOut {
            rows: laid.left_out,
            of: data.outcome.len(),
        });
    }
    if let Some(clusters) = &laid.clusters {
        let got = influence::dense(clusters).1;
        if got < ENOUGH_CLUSTERS {
            cautions.push(Caution::FewClusters {
                needed: ENOUGH_CLUSTERS,
                got,
            });
        }
    }
    let smallest = effects
        .cells
        .iter()
        .map(|c| c.treated.min(c.controls))
        .min();
    let needed = 5 + data.columns.len();
    if let Some(got) = smallest.filter(|got| *got < needed || !effects.skipped.is_empty()) {
        cautions.push(Caution::FewObservations { needed, got });
    }
    cautions
}
