//! What is the effect over all, by starting group, by time since the start, or by period?

use std::collections::BTreeMap;

use nalgebra::DVector;
use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use super::group_time::{CellEffect, GroupTimeEffects};
use super::{Base, bootstrap};
use crate::causal::influence;
use crate::regression::coefficients::{student_quantile, two_sided_p};
use crate::{Caution, Estimate, Interval, StatsError};

/// p-value of the placebo below which a caution is given.
const PLACEBO_LIMIT: f64 = 0.05;

/// How group-time effects are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregation {
    /// One mean over all treated cells, by the groups' sizes.
    Simple,
    /// One mean per starting group.
    Group,
    /// One mean per time since the start; those before the start are placebos.
    Event,
    /// One mean per period.
    Calendar,
}

/// Joined effects.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregated {
    /// Mean of the parts that lie in treated time (all cells for `Simple`).
    pub overall: Estimate,
    /// Empty for `Simple`.
    pub parts: Vec<Part>,
    /// Factor of the standard error in the simultaneous bands with many units; with few each band is widened as its t interval is.
    pub critical_value: f64,
    /// For `Event`: the test that nothing happened before the start; `None` when there is no period to tell.
    pub placebo: Option<Placebo>,
    /// For `Event` with a varying base: the mean change per period before the start, which must be 0. One direction only, so that
    /// a steady drift shows with few units, where the joint test has no power.
    pub drift: Option<Drift>,
    pub cautions: Vec<Caution>,
}

/// How much those who were to begin moved away from the others per period before the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    pub per_period: Estimate,
    pub p_value: f64,
}

/// One joined effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The starting period, the time since the start, or the period.
    pub at: i64,
    pub effect: Estimate,
    /// Holds for all parts at once with the level of the configuration.
    pub simultaneous: Interval,
}

/// A test that something is 0 that must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placebo {
    pub statistic: f64,
    pub degrees: (f64, f64),
    pub p_value: f64,
}

/// Joins group-time effects `[CallawaySantAnna2021]` section 3.
///
/// Weights are the groups' shares of the treated units; that they are estimated is part of the standard errors. Bands come
/// from the multiplier bootstrap over clusters. The placebo is Hotelling's T² over the times before the start (less the
/// anticipation), so that it keeps its level with few clusters. Errs when no cell can be joined.
pub fn aggregate(
    effects: &GroupTimeEffects,
    aggregation: Aggregation,
) -> Result<Aggregated, StatsError> {
    let treated: Vec<usize> = (0..effects.cells.len())
        .filter(|&i| effects.cells[i].event_time >= 0)
        .collect();
    let mut lots: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    let key = |cell: &CellEffect| match aggregation {
        Aggregation::Simple => 0,
        Aggregation::Group => cell.group,
        Aggregation::Event => cell.event_time,
        Aggregation::Calendar => cell.period,
    };
    let every = aggregation == Aggregation::Event;
    for (i, cell) in effects.cells.iter().enumerate() {
        if every || cell.event_time >= 0 {
            lots.entry(key(cell)).or_default().push(i);
        }
    }
    let joined: Vec<(i64, Joined)> = (lots.iter())
        .map(|(at, cells)| (*at, effects.join(cells, aggregation)))
        .collect();
    if joined.is_empty() || treated.is_empty() {
        return Err(StatsError::TooFewGroups { needed: 2, got: 1 });
    }
    let overall = overall(effects, aggregation, &joined);
    let (level, seed) = (effects.config.level, effects.config.seed);
    let clusters = effects.clusters.as_deref();
    let sums: Vec<Vec<f64>> = (joined.iter())
        .map(|(_, j)| influence::by_cluster(&j.influence, clusters))
        .collect();
    let told: Vec<Estimate> = joined
        .iter()
        .map(|(_, j)| effects.tell(j.value, &j.influence))
        .collect();
    let errors: Vec<f64> = told.iter().map(|e| e.standard_error).collect();
    let drawn = bootstrap::critical_value(
        &sums,
        (&errors, effects.units as f64),
        (effects.config.draws, seed),
        level,
    );
    let critical_value = drawn.max(student_quantile(level, f64::INFINITY));
    let placebo = match aggregation {
        Aggregation::Event => placebo(effects, &joined),
        _ => None,
    };
    let drift = match (aggregation, effects.config.base) {
        (Aggregation::Event, Base::Varying) => drift(effects, &joined),
        _ => None,
    };
    let mut cautions = effects.cautions.clone();
    if let Some(found) = placebo.filter(|p| p.p_value < PLACEBO_LIMIT) {
        cautions.push(Caution::PlaceboFails {
            p_value: found.p_value,
        });
    }
    let parts = (joined.iter().zip(told))
        .map(|((at, part), effect)| {
            // Drawn signs stand for normal deviations: each band is widened as its own t interval is.
            let freedom = effects.freedom(&part.influence);
            let widened = student_quantile(level, freedom) / student_quantile(level, f64::INFINITY);
            let half = critical_value * widened * effect.standard_error;
            Part {
                at: *at,
                simultaneous: Interval {
                    lower: effect.value - half,
                    upper: effect.value + half,
                    level,
                },
                effect,
            }
        })
        .collect();
    Ok(Aggregated {
        overall: effects.tell(overall.value, &overall.influence),
        parts: match aggregation {
            Aggregation::Simple => Vec::new(),
            _ => parts,
        },
        critical_value,
        placebo,
        drift,
        cautions,
    })
}

/// A weighted mean of cells and the influence of every unit on it.
struct Joined {
    value: f64,
    influence: Vec<f64>,
}

impl GroupTimeEffects {
    /// Share of the units in a group.
    fn share(&self, group: i64) -> f64 {
        let own = self.starts.iter().filter(|s| **s == Some(group)).count();
        own as f64 / self.units as f64
    }

    fn join(&self, cells: &[usize], aggregation: Aggregation) -> Joined {
        // Within a group all periods count alike.
        if aggregation == Aggregation::Group {
            return mean_of(
                cells
                    .iter()
                    .map(|&i| (self.cells[i].effect.value, &self.influence[i])),
            );
        }
        let shares: Vec<f64> = cells
            .iter()
            .map(|&i| self.share(self.cells[i].group))
            .collect();
        let groups: Vec<i64> = cells.iter().map(|&i| self.cells[i].group).collect();
        let values: Vec<f64> = cells.iter().map(|&i| self.cells[i].effect.value).collect();
        let influence: Vec<&Vec<f64>> = cells.iter().map(|&i| &self.influence[i]).collect();
        self.weigh(&groups, &shares, (&values, &influence))
    }

    /// Mean weighted by group shares, whose own uncertainty is carried along.
    fn weigh(
        &self,
        groups: &[i64],
        shares: &[f64],
        (values, influence): (&[f64], &[&Vec<f64>]),
    ) -> Joined {
        let whole: f64 = shares.iter().sum();
        let value = shares.iter().zip(values).map(|(p, v)| p * v).sum::<f64>() / whole;
        let mut all = vec![0.0; self.units];
        for (cell, group) in groups.iter().enumerate() {
            let weight = shares[cell] / whole;
            let pull = (values[cell] - value) / whole;
            for (unit, own) in all.iter_mut().enumerate() {
                let member = f64::from(self.starts[unit] == Some(*group));
                *own += weight * influence[cell][unit] + pull * (member - shares[cell]);
            }
        }
        Joined {
            value,
            influence: all,
        }
    }
}

fn mean_of<'a>(parts: impl Iterator<Item = (f64, &'a Vec<f64>)> + Clone) -> Joined {
    let count = parts.clone().count() as f64;
    let value = parts.clone().map(|p| p.0).sum::<f64>() / count;
    let mut influence = Vec::new();
    for (_, own) in parts {
        influence.resize(own.len(), 0.0);
        influence
            .iter_mut()
            .zip(own)
            .for_each(|(all, i)| *all += i / count);
    }
    Joined { value, influence }
}

fn overall(
    effects: &GroupTimeEffects,
    aggregation: Aggregation,
    joined: &[(i64, Joined)],
) -> Joined {
    match aggregation {
        Aggregation::Group => {
            let groups: Vec<i64> = joined.iter().map(|(at, _)| *at).collect();
            let shares: Vec<f64> = groups.iter().map(|g| effects.share(*g)).collect();
            let values: Vec<f64> = joined.iter().map(|(_, j)| j.value).collect();
            let influence: Vec<&Vec<f64>> = joined.iter().map(|(_, j)| &j.influence).collect();
            effects.weigh(&groups, &shares, (&values, &influence))
        }
        _ => {
            let counted = joined
                .iter()
                .filter(|(at, _)| aggregation != Aggregation::Event || *at >= 0);
            mean_of(counted.map(|(_, j)| (j.value, &j.influence)))
        }
    }
}

/// Hotelling's T² of the times before the start; directions without spread are passed over.
fn placebo(effects: &GroupTimeEffects, joined: &[(i64, Joined)]) -> Option<Placebo> {
    let before = before(effects, joined);
    if before.is_empty() {
        return None;
    }
    let columns: Vec<Vec<f64>> = before.iter().map(|j| j.influence.clone()).collect();
    let clusters = effects.clusters.as_deref();
    let covariance = influence::covariance(&columns, clusters);
    let free = before.iter().map(|j| effects.freedom(&j.influence));
    let units = free.fold(f64::INFINITY, f64::min) + 1.0;
    let values = DVector::from_iterator(before.len(), before.iter().map(|j| j.value));
    let eigen = covariance.symmetric_eigen();
    let along = eigen.eigenvectors.transpose() * values;
    let largest = eigen.eigenvalues.max();
    let kept = |d: &f64| *d > 1e-10 * largest;
    let q = eigen.eigenvalues.iter().filter(|d| kept(d)).count() as f64;
    let statistic: f64 = (along.iter().zip(eigen.eigenvalues.iter()))
        .filter(|(_, d)| kept(d))
        .map(|(a, d)| a * a / d)
        .sum();
    let freedom = (units - q).max(1.0);
    let scaled = statistic * freedom / (q * (units - 1.0));
    let p_value = FisherSnedecor::new(q, freedom).ok()?.sf(scaled);
    Some(Placebo {
        statistic: scaled,
        degrees: (q, freedom),
        p_value,
    })
}

/// The changes before the start and before the anticipation of it.
fn before<'j>(effects: &GroupTimeEffects, joined: &'j [(i64, Joined)]) -> Vec<&'j Joined> {
    let first = -(effects.config.anticipation as i64);
    let early = joined.iter().filter(|(at, _)| *at < first);
    early.map(|(_, part)| part).collect()
}

/// Mean of the changes before the start, the surer ones counting more, with the t test that it is 0.
fn drift(effects: &GroupTimeEffects, joined: &[(i64, Joined)]) -> Option<Drift> {
    let told = |part: &&Joined| {
        effects
            .tell(part.value, &part.influence)
            .standard_error
            .powi(-2)
    };
    let mut parts: Vec<(f64, &Joined)> = (before(effects, joined).into_iter())
        .map(|part| (told(&part), part))
        .filter(|(weight, _)| weight.is_finite())
        .collect();
    let whole: f64 = parts.iter().map(|part| part.0).sum();
    parts.iter_mut().for_each(|part| part.0 /= whole);
    let value = parts.iter().map(|(weight, part)| weight * part.value).sum();
    let units = parts.first()?.1.influence.len();
    let influence: Vec<f64> = (0..units)
        .map(|unit| {
            parts
                .iter()
                .map(|(weight, part)| weight * part.influence[unit])
                .sum()
        })
        .collect();
    let per_period = effects.tell(value, &influence);
    let t = per_period.value / per_period.standard_error;
    Some(Drift {
        per_period,
        p_value: two_sided_p(t, effects.freedom(&influence)),
    })
}
