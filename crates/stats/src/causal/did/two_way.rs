//! What would the customary two-way fixed effects say, and how wrong can it be?

use super::panel::Staggered;
use crate::causal::influence;
use crate::regression::coefficients::student_estimate;
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, StatsError};

/// A two-way fixed effects fit of a balanced panel.
#[derive(Debug, Clone, PartialEq)]
pub struct TwoWayResult {
    /// Coefficient of being treated, with unit and period effects taken out.
    pub effect: Estimate,
    /// Share of the absolute weight of treated cells that is negative; above 0 the coefficient can even have the wrong sign
    /// when effects differ `[DeChaisemartinDHaultfoeuille2020]`.
    pub negative_share: f64,
    pub cautions: Vec<Caution>,
}

/// `Y_it = a_i + b_t + beta D_it + e`, D whether the activity has begun; errors clustered by unit (or by `clusters`).
///
/// For comparison only: with starts at different times, treated units serve as controls of others and their effects enter
/// with negative weight. Units not seen in every period are left out. Covariates are not used. Errs when D does not vary
/// beyond units and periods, and on repeated samples.
pub fn estimate(data: &Staggered, level: f64) -> Result<TwoWayResult, StatsError> {
    prove_level(level)?;
    if data.unit.is_none() {
        return Err(StatsError::invalid("unit (a panel is needed)"));
    }
    let laid = data.lay_out_all()?;
    let (units, periods) = (laid.start.len(), laid.periods.len());
    let row = |unit: usize, period: usize| {
        laid.rows[unit][period].expect("a balanced panel has all rows")
    };
    let treated = |unit: usize, period: usize| laid.start[unit].is_some_and(|s| period >= s);
    let y = demean(units, periods, |i, t| data.outcome[row(i, t)]);
    let d = demean(units, periods, |i, t| f64::from(treated(i, t)));
    let squares: f64 = d.iter().map(|d| d * d).sum();
    if squares < 1e-9 {
        return Err(StatsError::NotIdentified {
            parameter: "effect".to_owned(),
        });
    }
    let beta = d.iter().zip(&y).map(|(d, y)| d * y).sum::<f64>() / squares;
    let scores: Vec<f64> = (0..units)
        .map(|i| {
            let own = i * periods..(i + 1) * periods;
            let score: f64 = own.map(|at| d[at] * (y[at] - beta * d[at])).sum();
            score * units as f64 / squares
        })
        .collect();
    let (error, freedom) = influence::spread(&scores, laid.clusters.as_deref());
    let (mut negative, mut all) = (0.0, 0.0);
    for (at, left) in d.iter().enumerate() {
        if treated(at / periods, at % periods) {
            all += left.abs();
            negative += (-left).max(0.0);
        }
    }
    let negative_share = negative / all;
    let cautions = match negative_share > 0.0 {
        true => vec![Caution::NegativeWeights {
            share: negative_share,
        }],
        false => Vec::new(),
    };
    Ok(TwoWayResult {
        effect: student_estimate(beta, error, freedom, level),
        negative_share,
        cautions,
    })
}

/// Values less their unit's and their period's mean, plus the whole mean; unit by unit.
fn demean(units: usize, periods: usize, value: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let mut all: Vec<f64> = (0..units * periods)
        .map(|at| value(at / periods, at % periods))
        .collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    let by_period: Vec<f64> = (0..periods)
        .map(|t| (0..units).map(|i| all[i * periods + t]).sum::<f64>() / units as f64)
        .collect();
    for own in all.chunks_mut(periods) {
        let by_unit = own.iter().sum::<f64>() / periods as f64;
        for (value, period) in own.iter_mut().zip(&by_period) {
            *value += mean - by_unit - period;
        }
    }
    all
}
