//! How much does the outcome move per unit of the treatment, when curves of everything recorded are taken out of both?

use rayon::prelude::*;

use super::aipw::prove_columns;
use super::folds::{Deal, pick, pick_all, prove_folds};
use super::influence;
use super::learner::{Learner, Target, row_of};
use crate::error::{require_finite, require_length};
use crate::regression::coefficients::two_sided_p;
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, StatsError};

/// Share of the treatment's variance that must be left by the columns.
const LEFT_LIMIT: f64 = 1e-8;
/// Below this share a caution is given: what is left is hardly more than noise of the fit.
const LITTLE_LEFT: f64 = 0.05;

/// What is explained; all slices n long.
#[derive(Debug, Clone, Copy)]
pub struct Treated<'a> {
    pub outcome: &'a [f64],
    /// The treatment, of any size (0 and 1 are sizes too).
    pub treatment: &'a [f64],
    pub columns: &'a [Vec<f64>],
    pub names: &'a [String],
    /// Rows of one cluster hang together and are kept in one fold.
    pub clusters: Option<&'a [usize]>,
}

/// How it is estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DmlConfig {
    pub folds: usize,
    /// Splits over which predictions are averaged.
    pub repeats: usize,
    pub learner: Learner,
    pub seed: u64,
    pub level: f64,
}

impl DmlConfig {
    /// Curves and products, 5 folds, 2 splits, 90 % intervals.
    pub fn standard() -> Self {
        DmlConfig {
            folds: 5,
            repeats: 2,
            learner: Learner::Flexible,
            seed: 1,
            level: 0.90,
        }
    }
}

/// A slope with what was explained on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct DmlResult {
    /// Change of the outcome per unit of the treatment.
    pub effect: Estimate,
    pub p_value: f64,
    /// Shares of the variances of outcome and treatment that the columns foretell on rows not used to learn; below 0
    /// when they foretell worse than the mean.
    pub outcome_explained: f64,
    pub treatment_explained: f64,
    /// What the columns leave of outcome and treatment, per row, for plots and further tests.
    pub outcome_left: Vec<f64>,
    pub treatment_left: Vec<f64>,
    pub cautions: Vec<Caution>,
}

/// What one split leaves of outcome and treatment.
type Split = (Vec<f64>, Vec<f64>);

/// Partially linear regression by double machine learning `[Robinson1988]` `[Chernozhukov2018]` eq. 4.4.
///
/// `Y = theta D + g(X) + u`, `D = m(X) + v`: `theta = sum v (Y - l(X)) / sum v²` with l = E[Y|X] and m learned on the
/// other folds. Standard error from `v (u - v theta) / mean v²` (by cluster when given, t with clusters - 1).
/// When the effect differs between rows, theta is the mean weighted by the variance that X leaves of D.
/// Errs when the columns decide the treatment (nothing left of it), on fewer than 4 rows per fold, on lengths and
/// values that are not finite. Caution when less than 5 % of the treatment is left.
pub fn estimate(data: &Treated, config: &DmlConfig) -> Result<DmlResult, StatsError> {
    prove(data, config)?;
    let rows = data.outcome.len();
    let splits: Vec<Split> = (0..config.repeats)
        .into_par_iter()
        .map(|repeat| residuals(data, config, repeat))
        .collect::<Result<_, StatsError>>()?;
    let mean =
        |pick: &dyn Fn(&Split) -> f64| splits.iter().map(pick).sum::<f64>() / splits.len() as f64;
    let u: Vec<f64> = (0..rows).map(|row| mean(&|s| s.0[row])).collect();
    let v: Vec<f64> = (0..rows).map(|row| mean(&|s| s.1[row])).collect();
    let squares: f64 = v.iter().map(|v| v * v).sum();
    let treatment_explained = 1.0 - squares / deviations(data.treatment);
    if 1.0 - treatment_explained < LEFT_LIMIT {
        return Err(StatsError::NotIdentified {
            parameter: "effect".to_owned(),
        });
    }
    let theta = u.iter().zip(&v).map(|(u, v)| u * v).sum::<f64>() / squares;
    let scale = squares / rows as f64;
    let influence: Vec<f64> = (u.iter().zip(&v))
        .map(|(u, v)| v * (u - v * theta) / scale)
        .collect();
    let (effect, freedom) = influence::estimate(theta, &influence, data.clusters, config.level);
    let mut cautions = Vec::new();
    if 1.0 - treatment_explained < LITTLE_LEFT {
        cautions.push(Caution::WeakOverlap {
            share_outside: treatment_explained,
        });
    }
    Ok(DmlResult {
        p_value: two_sided_p(theta / effect.standard_error, freedom),
        effect,
        outcome_explained: 1.0 - u.iter().map(|u| u * u).sum::<f64>() / deviations(data.outcome),
        treatment_explained,
        outcome_left: u,
        treatment_left: v,
        cautions,
    })
}

/// What the other folds leave of outcome and treatment.
fn residuals(
    data: &Treated,
    config: &DmlConfig,
    repeat: usize,
) -> Result<(Vec<f64>, Vec<f64>), StatsError> {
    let rows = data.outcome.len();
    let deal = Deal {
        count: config.folds,
        seed: config.seed,
        repeat,
    };
    let middle = data.treatment.iter().sum::<f64>() / rows as f64;
    let classes: Vec<bool> = data.treatment.iter().map(|d| *d > middle).collect();
    let fold_of = deal.folds(&classes, data.clusters);
    let (mut u, mut v) = (vec![0.0; rows], vec![0.0; rows]);
    for fold in 0..config.folds {
        let others: Vec<usize> = (0..rows).filter(|&row| fold_of[row] != fold).collect();
        let columns = pick_all(data.columns, &others);
        let learn = |values: &[f64]| {
            let outcome = pick(values, &others);
            (config.learner).learn(Target::Mean, &outcome, (&columns, data.names))
        };
        let (outcome, treatment) = (learn(data.outcome)?, learn(data.treatment)?);
        for row in (0..rows).filter(|&row| fold_of[row] == fold) {
            let values = row_of(data.columns, row);
            u[row] = data.outcome[row] - outcome.predict(&values);
            v[row] = data.treatment[row] - treatment.predict(&values);
        }
    }
    Ok((u, v))
}

fn deviations(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|v| (v - mean).powi(2)).sum()
}

fn prove(data: &Treated, config: &DmlConfig) -> Result<(), StatsError> {
    prove_level(config.level)?;
    let rows = data.outcome.len();
    require_finite("outcome", data.outcome)?;
    require_length("treatment", rows, data.treatment.len())?;
    require_finite("treatment", data.treatment)?;
    prove_columns(rows, data.columns, data.names)?;
    if let Some(clusters) = data.clusters {
        require_length("clusters", rows, clusters.len())?;
    }
    prove_folds(config.folds, config.repeats, data.clusters)?;
    let needed = 4 * config.folds;
    if rows < needed {
        return Err(StatsError::TooFewObservations { needed, got: rows });
    }
    for (what, values) in [("outcome", data.outcome), ("treatment", data.treatment)] {
        if deviations(values) <= 0.0 {
            let what = what.to_owned();
            return Err(StatsError::NoVariation { what });
        }
    }
    Ok(())
}
