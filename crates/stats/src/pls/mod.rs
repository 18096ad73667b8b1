//! How do things that cannot be measured directly, such as image and loyalty, hang together?

mod indices;
mod quality;
mod search;
mod validity;

use nalgebra::DMatrix;

pub use indices::{IndexEffect, Indices, indices};
pub use quality::Quality;
pub use validity::Discriminant;

use crate::importance::missing::Answers;
use crate::importance::{Resampler, resampled, spread};
use crate::regression::sample::{prove_level, prove_weights};
use crate::{Caution, Estimate, StatsError};

/// How indicators and construct belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The indicators reflect the construct: weights are correlations.
    A,
    /// The indicators form the construct: weights are regression coefficients.
    B,
}

/// What a construct takes from its neighbors while the weights are sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Regression coefficients from predecessors, correlations with followers.
    Path,
    /// The signs of the correlations.
    Centroid,
    /// The correlations.
    Factorial,
}

/// A construct and its indicators, as numbers of columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    pub name: String,
    pub indicators: Vec<usize>,
    pub mode: Mode,
}

/// Which constructs there are and which lead to which, as numbers of blocks (from, to); no circles.
#[derive(Debug, Clone, PartialEq)]
pub struct PathPlan {
    pub blocks: Vec<Block>,
    pub paths: Vec<(usize, usize)>,
}

/// How it is fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlsConfig {
    pub scheme: Scheme,
    /// Correct the correlations of mode A constructs for unreliable indicators (consistent PLS).
    pub consistent: bool,
    /// Resamples of respondents, 0 = no standard errors (NaN).
    pub bootstrap: usize,
    pub seed: u64,
    pub level: f64,
}

/// A path with its doubt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Path {
    pub from: usize,
    pub to: usize,
    /// Change of the follower in its standard deviations per standard deviation of the predecessor, others held.
    pub coefficient: Estimate,
}

/// A fitted path plan; everything is on standardized scales.
#[derive(Debug, Clone, PartialEq)]
pub struct PlsFit {
    /// In the order of the plan.
    pub paths: Vec<Path>,
    /// Sum over all ways from one construct to another; the pairs that are joined by some way, sorted.
    pub total_effects: Vec<Path>,
    /// The same in the constructs' raw units, the weighted means of the answers: points of the follower per point of the predecessor.
    /// NaN where the weights of a construct have no positive sum.
    pub raw_effects: Vec<Path>,
    /// Share explained of each construct, NaN for those that nothing leads to.
    pub r2: Vec<f64>,
    /// Outer weights and loadings by block, in the order of its indicators.
    pub weights: Vec<Vec<f64>>,
    pub loadings: Vec<Vec<f64>>,
    /// Correlations between constructs (corrected when consistent).
    pub correlations: DMatrix<f64>,
    pub quality: Vec<Quality>,
    /// Bootstrap errors of weights and loadings, NaN without resamples.
    pub weight_errors: Vec<Vec<f64>>,
    pub loading_errors: Vec<Vec<f64>>,
    /// Correlation of every indicator (in the order of the columns) with every construct.
    pub cross_loadings: DMatrix<f64>,
    /// Pairs of mode A constructs with at least two indicators each: do they measure different things?
    pub discriminant: Vec<Discriminant>,
    /// Standard deviations of the columns, for weights on the raw scale.
    pub spreads: Vec<f64>,
    pub iterations: usize,
    pub cautions: Vec<Caution>,
}

/// Fits a path model by partial least squares `[Wold1982]` `[Tenenhaus2005]`.
///
/// Outer weights and inner weights are improved in turn until no weight changes by more than 1e-10; paths are then
/// least-squares regressions between the constructs. `columns` are the indicators, each n long, NaN = not answered
/// (covariances are then maximum-likelihood, see [`crate::importance::missing`]); `weights` are the respondents', empty means
/// all 1. Everything is computed from the correlation matrix, so a resample costs no pass of the search over rows.
/// Resamples are seeded one by one, so that no two are the same by the way the work is split.
/// Signs: each construct points the way of the sum of its loadings; in resamples, the way of the estimate.
/// Consistent PLS `[DijkstraHenseler2015]` errs with `NotIdentified` when a corrected correlation is impossible.
pub fn fit(
    columns: &[Vec<f64>],
    weights: &[f64],
    plan: &PathPlan,
    config: &PlsConfig,
) -> Result<PlsFit, StatsError> {
    prove(columns, plan, config)?;
    let rows = columns[0].len();
    let weights = match weights.is_empty() {
        true => vec![1.0; rows],
        false => weights.to_vec(),
    };
    prove_weights(&weights, rows)?;
    let kept: Vec<usize> = (0..rows)
        .filter(|&row| weights[row] > 0.0 && columns.iter().any(|c| !c[row].is_nan()))
        .collect();
    let columns: Vec<Vec<f64>> = (columns.iter())
        .map(|c| kept.iter().map(|&row| c[row]).collect())
        .collect();
    let weights: Vec<f64> = kept.iter().map(|&row| weights[row]).collect();
    if kept.len() < 5 {
        let got = kept.len();
        return Err(StatsError::TooFewObservations { needed: 5, got });
    }
    let maximum = Answers::new(&columns, &weights)?.maximize()?;
    let covariance = &maximum.moments.covariance;
    let mut figures = Figures::from(covariance, plan, config, None)?;
    let resampler = Resampler::new(&maximum);
    let numbers = (config.seed, config.bootstrap);
    let draws: Vec<Option<Figures>> = resampled(&resampler, &weights, numbers, |drawn, _| {
        Figures::from(&drawn, plan, config, Some(&figures.weights)).ok()
    });
    let failed = draws.iter().filter(|d| d.is_none()).count();
    let draws: Vec<Figures> = draws.into_iter().flatten().collect();
    if failed > 0 {
        figures.cautions.push(Caution::Subsampled {
            used: draws.len(),
            of: config.bootstrap,
        });
    }
    Ok(figures.report(covariance, plan, (&draws, config.level)))
}

impl PlsFit {
    /// Weights of a block's indicators for an index on their raw scale, summing to 1: weight over spread.
    /// Meant for [`crate::survey::index::satisfaction_index`]; negative weights are possible.
    pub fn raw_weights(&self, plan: &PathPlan, block: usize) -> Vec<f64> {
        let indicators = &plan.blocks[block].indicators;
        let raw: Vec<f64> = (self.weights[block].iter().zip(indicators))
            .map(|(w, &column)| w / self.spreads[column])
            .collect();
        let sum: f64 = raw.iter().sum();
        raw.iter().map(|w| w / sum).collect()
    }
}

/// Everything computed from one covariance matrix.
struct Figures {
    weights: Vec<Vec<f64>>,
    loadings: Vec<Vec<f64>>,
    correlations: DMatrix<f64>,
    quality: Vec<Quality>,
    cross_loadings: DMatrix<f64>,
    /// Of the pairs of [`validity::pairs`].
    htmt: Vec<f64>,
    paths: Vec<f64>,
    total: DMatrix<f64>,
    raw_total: DMatrix<f64>,
    r2: Vec<f64>,
    iterations: usize,
    cautions: Vec<Caution>,
}

impl Figures {
    fn from(
        covariance: &DMatrix<f64>,
        plan: &PathPlan,
        config: &PlsConfig,
        reference: Option<&[Vec<f64>]>,
    ) -> Result<Self, StatsError> {
        let correlation = crate::importance::lmg::correlation(covariance)?;
        let found = search::weights(&correlation, plan, config.scheme, reference)?;
        let (quality, loadings): (Vec<Quality>, Vec<Vec<f64>>) = (plan.blocks.iter())
            .zip(&found.weights)
            .map(|(block, weights)| Quality::of(block, weights, &correlation))
            .unzip();
        let mut correlations = found.correlations;
        if config.consistent {
            correct(&mut correlations, &quality)?;
        }
        let (paths, r2) = inner_regressions(&correlations, plan)?;
        let cross_loadings = validity::cross_loadings(&correlation, plan, &found.weights);
        let htmt = (validity::pairs(plan).into_iter())
            .map(|pair| validity::htmt(&correlation, plan, pair))
            .collect();
        let total = total_effects(&paths, plan);
        let raw_total = raw_effects(&total, covariance, (plan, &found.weights));
        Ok(Figures {
            weights: found.weights,
            loadings,
            correlations,
            quality,
            cross_loadings,
            htmt,
            paths,
            total,
            raw_total,
            r2,
            iterations: found.iterations,
            cautions: Vec::new(),
        })
    }

    fn report(
        self,
        covariance: &DMatrix<f64>,
        plan: &PathPlan,
        (draws, level): (&[Figures], f64),
    ) -> PlsFit {
        let estimate = |value: f64, of: &dyn Fn(&Figures) -> f64| {
            let values: Vec<f64> = draws.iter().map(of).collect();
            Estimate::normal(value, spread(&values), level)
        };
        let paths = (plan.paths.iter().enumerate())
            .map(|(i, &(from, to))| Path {
                from,
                to,
                coefficient: estimate(self.paths[i], &|d| d.paths[i]),
            })
            .collect();
        let errors = |of: fn(&Figures) -> &Vec<Vec<f64>>| -> Vec<Vec<f64>> {
            let one = |b: usize, i: usize| {
                let drawn: Vec<f64> = draws.iter().map(|d| of(d)[b][i]).collect();
                spread(&drawn)
            };
            let block = |(b, own): (usize, &Vec<f64>)| (0..own.len()).map(|i| one(b, i)).collect();
            of(&self).iter().enumerate().map(block).collect()
        };
        let (weight_errors, loading_errors) = (errors(|f| &f.weights), errors(|f| &f.loadings));
        let discriminant = self.discriminant(plan, draws, level);
        let size = plan.blocks.len();
        let joined = (0..size)
            .flat_map(|from| (0..size).map(move |to| (from, to)))
            .filter(|&pair| self.total[pair] != 0.0);
        let all_ways = |of: &dyn Fn(&Figures) -> &DMatrix<f64>| -> Vec<Path> {
            let path = |(from, to)| Path {
                from,
                to,
                coefficient: estimate(of(&self)[(from, to)], &|d| of(d)[(from, to)]),
            };
            joined.clone().map(path).collect()
        };
        let (total_effects, raw_effects) = (all_ways(&|f| &f.total), all_ways(&|f| &f.raw_total));
        PlsFit {
            paths,
            total_effects,
            raw_effects,
            r2: self.r2,
            weights: self.weights,
            loadings: self.loadings,
            correlations: self.correlations,
            quality: self.quality,
            weight_errors,
            loading_errors,
            cross_loadings: self.cross_loadings,
            discriminant,
            spreads: (0..covariance.nrows())
                .map(|j| covariance[(j, j)].sqrt())
                .collect(),
            iterations: self.iterations,
            cautions: self.cautions,
        }
    }
}

impl Figures {
    fn discriminant(&self, plan: &PathPlan, draws: &[Figures], level: f64) -> Vec<Discriminant> {
        let pairs = validity::pairs(plan).into_iter().enumerate();
        let one = |(place, (one, other)): (usize, (usize, usize))| {
            let drawn: Vec<f64> = draws.iter().map(|d| d.htmt[place]).collect();
            Discriminant {
                one,
                other,
                htmt: self.htmt[place],
                interval: crate::Interval::from_draws(&drawn, level),
                own_variance: (self.quality[one].variance_extracted)
                    .min(self.quality[other].variance_extracted),
                shared_variance: self.correlations[(one, other)].powi(2),
            }
        };
        pairs.map(one).collect()
    }
}

/// Total effects in raw units: a construct of variance 1 is the weighted mean of the answers times the sum of weight over spread.
fn raw_effects(
    total: &DMatrix<f64>,
    covariance: &DMatrix<f64>,
    (plan, weights): (&PathPlan, &[Vec<f64>]),
) -> DMatrix<f64> {
    let sum = |(block, weights): (&Block, &Vec<f64>)| -> f64 {
        let own = block.indicators.iter().zip(weights);
        own.map(|(&j, w)| w / covariance[(j, j)].sqrt()).sum()
    };
    let sums: Vec<f64> = plan.blocks.iter().zip(weights).map(sum).collect();
    DMatrix::from_fn(total.nrows(), total.ncols(), |from, to| {
        match sums[from] > 0.0 && sums[to] > 0.0 {
            true => total[(from, to)] * sums[from] / sums[to],
            false => f64::NAN,
        }
    })
}

/// Divides correlations by the roots of the constructs' reliabilities.
fn correct(correlations: &mut DMatrix<f64>, quality: &[Quality]) -> Result<(), StatsError> {
    for j in 0..quality.len() {
        for i in 0..quality.len() {
            if i != j {
                correlations[(i, j)] /= (quality[i].rho_a * quality[j].rho_a).sqrt();
                if correlations[(i, j)].is_nan() || correlations[(i, j)].abs() >= 1.0 {
                    return Err(StatsError::NotIdentified {
                        parameter: format!("corrected correlation of constructs {i} and {j}"),
                    });
                }
            }
        }
    }
    Ok(())
}

/// Regressions of each construct on its predecessors; coefficients in the order of the plan's paths.
fn inner_regressions(
    correlations: &DMatrix<f64>,
    plan: &PathPlan,
) -> Result<(Vec<f64>, Vec<f64>), StatsError> {
    let mut coefficients = vec![0.0; plan.paths.len()];
    let mut r2 = vec![f64::NAN; plan.blocks.len()];
    for (to, r2) in r2.iter_mut().enumerate() {
        let own: Vec<usize> = (0..plan.paths.len())
            .filter(|&i| plan.paths[i].1 == to)
            .collect();
        if own.is_empty() {
            continue;
        }
        let from: Vec<usize> = own.iter().map(|&i| plan.paths[i].0).collect();
        let slopes = search::slopes(correlations, &from, to).ok_or(StatsError::Collinear {
            column: plan.blocks[to].name.clone(),
        })?;
        *r2 = (slopes.iter().zip(&from))
            .map(|(b, &f)| b * correlations[(f, to)])
            .sum();
        for (&i, slope) in own.iter().zip(slopes) {
            coefficients[i] = slope;
        }
    }
    Ok((coefficients, r2))
}

/// Direct and indirect effects: B + B² + ..., which ends since there are no circles.
fn total_effects(paths: &[f64], plan: &PathPlan) -> DMatrix<f64> {
    let size = plan.blocks.len();
    let mut direct = DMatrix::zeros(size, size);
    for (coefficient, &(from, to)) in paths.iter().zip(&plan.paths) {
        direct[(from, to)] = *coefficient;
    }
    let mut total = direct.clone();
    let mut ways = direct.clone();
    for _ in 1..size {
        ways = &ways * &direct;
        total += &ways;
    }
    total
}

fn prove(columns: &[Vec<f64>], plan: &PathPlan, config: &PlsConfig) -> Result<(), StatsError> {
    prove_level(config.level)?;
    let rows = columns.first().map_or(0, Vec::len);
    for (number, column) in columns.iter().enumerate() {
        crate::error::require_length(&format!("indicator {number}"), rows, column.len())?;
        if let Some(row) = column.iter().position(|x| x.is_infinite()) {
            return Err(StatsError::invalid_row(
                format!("indicator {number} (infinite)"),
                row,
            ));
        }
    }
    for block in &plan.blocks {
        if block.indicators.is_empty() || block.indicators.iter().any(|&i| i >= columns.len()) {
            return Err(StatsError::invalid(format!(
                "indicators of construct {}",
                block.name
            )));
        }
    }
    if plan.blocks.len() < 2 || plan.paths.is_empty() {
        let got = plan.blocks.len();
        return Err(StatsError::TooFewGroups { needed: 2, got });
    }
    prove_paths(plan)
}

/// Every construct is joined to another, and no way leads back to where it began.
fn prove_paths(plan: &PathPlan) -> Result<(), StatsError> {
    let size = plan.blocks.len();
    let mut reach = DMatrix::<u8>::zeros(size, size);
    for &(from, to) in &plan.paths {
        if from >= size || to >= size {
            return Err(StatsError::invalid(format!("path {from} to {to}")));
        }
        reach[(from, to)] = 1;
    }
    for middle in 0..size {
        for from in 0..size {
            for to in 0..size {
                if reach[(from, middle)] == 1 && reach[(middle, to)] == 1 {
                    reach[(from, to)] = 1;
                }
            }
        }
    }
    for (number, block) in plan.blocks.iter().enumerate() {
        let joined = plan
            .paths
            .iter()
            .any(|&(from, to)| from == number || to == number);
        if reach[(number, number)] == 1 || !joined {
            return Err(StatsError::invalid(format!(
                "paths of construct {} (alone or in a circle)",
                block.name
            )));
        }
    }
    Ok(())
}
