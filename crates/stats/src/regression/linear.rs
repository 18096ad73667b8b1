//! How much does the outcome rise when a column rises by one and the others stay?

use nalgebra::{DMatrix, DVector};

use super::coefficients::Coefficients;
use super::cross_products::{CrossProducts, reduce};
use super::sample::{Errors, FitConfig, Sample, prove_level};
use super::sandwich::{Work, robust_covariance};
use crate::error::require_length;
use crate::{Caution, StatsError};

/// A column is called collinear when the columns before it leave less than this share of its variance.
const TOLERANCE: f64 = 1e-10;
/// Variance inflation above which a caution is given; convention.
const INFLATION_LIMIT: f64 = 10.0;
/// Clusters below which CR1 intervals are known to be too short.
const ENOUGH_CLUSTERS: usize = 40;

/// A least-squares fit.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearFit {
    pub coefficients: Coefficients,
    /// Share of the outcome's weighted variance explained, 0-1.
    pub r2: f64,
    pub adjusted_r2: f64,
    /// Residual standard deviation with n - p in the divisor, in units of the outcome.
    pub residual_sd: f64,
    pub rows: usize,
    /// Observations the rows stand for (rows, or the sum of repetitions).
    pub observations: f64,
    pub cautions: Vec<Caution>,
}

/// Fits `y = b0 + b'x` by (weighted) least squares from rows.
///
/// `b = (X'WX)^-1 X'Wy`; classical covariance `s² (X'WX)^-1`, the others as [`Errors`] says.
/// Errs on a collinear column (named), a column or outcome that does not vary, and fewer observations than
/// coefficients. Cautions: variance inflation above 10, fewer than 40 clusters with CR1.
/// Numerically the columns are centered and scaled first; the cross-products are never formed about 0.
pub fn fit(sample: &Sample, config: &FitConfig) -> Result<LinearFit, StatsError> {
    sample.prove(config)?;
    let weights = sample.weights.scaled(sample.outcome.len());
    let mut columns: Vec<&[f64]> = sample.columns.iter().map(Vec::as_slice).collect();
    columns.push(sample.outcome);
    let products = reduce(&columns, Some(&weights));
    let mut fit = fit_from_products(&products, sample.names, sample.observations(), config.level)?;
    if config.errors != Errors::Classical {
        let slopes = Slopes::solve(&products, sample.names)?;
        let work = Work::new(sample, weights, slopes.bread(&products), &products.means);
        let residuals = residuals(sample, &fit.coefficients.values());
        let (covariance, freedom) = robust_covariance(&work, &residuals, config.errors);
        let values = fit.coefficients.values();
        fit.coefficients =
            Coefficients::build(sample.names, &values, covariance, &freedom, config.level);
        fit.cautions.extend(few_clusters(&work, config.errors));
    }
    Ok(fit)
}

/// Fits from sufficient statistics; the outcome is the last column of `products`, `observations` the number
/// of observations behind them (rows, or the sum of weights when those are repetitions).
///
/// Classical errors only, since robust ones need the residuals.
pub fn fit_from_products(
    products: &CrossProducts,
    names: &[String],
    observations: f64,
    level: f64,
) -> Result<LinearFit, StatsError> {
    prove_level(level)?;
    let p = names.len();
    require_length("names", products.means.len().saturating_sub(1), p)?;
    let freedom = observations - p as f64 - 1.0;
    if freedom < 1.0 {
        let (needed, got) = (p + 2, observations.max(0.0) as usize);
        return Err(StatsError::TooFewObservations { needed, got });
    }
    let slopes = Slopes::solve(products, names)?;
    let total = products.products[(p, p)];
    if !varies(total, products.weight, products.means[p]) {
        let what = "outcome".to_owned();
        return Err(StatsError::NoVariation { what });
    }
    let explained = slopes.values.dot(&products.products.view((0, p), (p, 1)));
    let residual = (total - explained).max(0.0);
    // The weights' scale cancels: the mean squared residual per unit of weight times n/(n - p).
    let variance = residual / products.weight * observations / freedom;
    let per_weight = products.weight / observations;
    let covariance = slopes.bread(products) * (variance * per_weight);
    let transform = to_origin(&products.means[..p]);
    let covariance = &transform * covariance * transform.transpose();
    let r2 = 1.0 - residual / total;
    Ok(LinearFit {
        coefficients: Coefficients::build(
            names,
            &slopes.with_intercept(&products.means),
            covariance,
            &vec![freedom; p + 1],
            level,
        ),
        r2,
        adjusted_r2: 1.0 - (1.0 - r2) * (observations - 1.0) / freedom,
        residual_sd: variance.sqrt(),
        rows: products.rows,
        observations,
        cautions: slopes.inflation_cautions(products, names),
    })
}

impl LinearFit {
    /// Expected outcome for one row of columns.
    pub fn predict(&self, row: &[f64]) -> f64 {
        self.coefficients.linear_predictor(row)
    }

    /// Simulates an outcome per row of these columns, with normal residuals.
    ///
    /// # Errors
    /// `LengthMismatch`, `InvalidInput` when the columns are not those of the fit.
    pub fn simulate(&self, columns: &[Vec<f64>], seed: u64) -> Result<Vec<f64>, StatsError> {
        use rand_distr::{Distribution, StandardNormal};
        super::simulate::rows(&self.coefficients, columns, seed, |eta, generator| {
            let noise: f64 = StandardNormal.sample(generator);
            eta + self.residual_sd * noise
        })
    }
}

/// Slopes and the inverse of the centered cross-products.
pub(crate) struct Slopes {
    pub values: DVector<f64>,
    pub inverse: DMatrix<f64>,
}

impl Slopes {
    /// Solves for the last column of the products on all the others, naming a column that cannot be told apart.
    pub fn solve(products: &CrossProducts, names: &[String]) -> Result<Self, StatsError> {
        let p = names.len();
        for (j, name) in names.iter().enumerate() {
            if !varies(
                products.products[(j, j)],
                products.weight,
                products.means[j],
            ) {
                let what = name.clone();
                return Err(StatsError::NoVariation { what });
            }
        }
        let sxx = products.products.view((0, 0), (p, p)).into_owned();
        let inverse = invert_scaled(&sxx).map_err(|j| StatsError::Collinear {
            column: names[j].clone(),
        })?;
        let values = &inverse * products.products.view((0, p), (p, 1));
        Ok(Slopes {
            values: values.column(0).into_owned(),
            inverse,
        })
    }

    fn with_intercept(&self, means: &[f64]) -> Vec<f64> {
        let p = self.values.len();
        let at_means: f64 = self.values.iter().zip(means).map(|(b, m)| b * m).sum();
        let mut all = vec![means[p] - at_means];
        all.extend(self.values.iter());
        all
    }

    /// (Z'WZ)^-1 for the columns (1, x - mean).
    pub fn bread(&self, products: &CrossProducts) -> DMatrix<f64> {
        let p = self.values.len();
        let mut bread = DMatrix::zeros(p + 1, p + 1);
        bread[(0, 0)] = 1.0 / products.weight;
        bread.view_mut((1, 1), (p, p)).copy_from(&self.inverse);
        bread
    }

    fn inflation_cautions(&self, products: &CrossProducts, names: &[String]) -> Vec<Caution> {
        let inflation = |j: usize| self.inverse[(j, j)] * products.products[(j, j)];
        (0..names.len())
            .filter(|&j| inflation(j) > INFLATION_LIMIT)
            .map(|j| Caution::NearCollinear {
                column: names[j].clone(),
                inflation: inflation(j),
            })
            .collect()
    }
}

/// Inverse of a positive definite matrix, scaled to unit diagonal first; errs with the first column that the
/// columns before it determine.
pub(crate) fn invert_scaled(matrix: &DMatrix<f64>) -> Result<DMatrix<f64>, usize> {
    let p = matrix.nrows();
    let scale: Vec<f64> = (0..p).map(|j| matrix[(j, j)].sqrt()).collect();
    let mut factor = DMatrix::<f64>::zeros(p, p);
    for j in 0..p {
        for i in 0..=j {
            let entry = matrix[(j, i)] / (scale[i] * scale[j]);
            let known: f64 = (0..i).map(|k| factor[(j, k)] * factor[(i, k)]).sum();
            if i < j {
                factor[(j, i)] = (entry - known) / factor[(i, i)];
            } else if entry - known > TOLERANCE {
                factor[(j, j)] = (entry - known).sqrt();
            } else {
                return Err(j);
            }
        }
    }
    let lower = factor
        .solve_lower_triangular(&DMatrix::identity(p, p))
        .ok_or(0_usize)?;
    let mut inverse = lower.transpose() * lower;
    for j in 0..p {
        for i in 0..p {
            inverse[(i, j)] /= scale[i] * scale[j];
        }
    }
    Ok(inverse)
}

/// Turns coefficients of (1, x - mean) into those of (1, x).
pub(crate) fn to_origin(means: &[f64]) -> DMatrix<f64> {
    let mut transform = DMatrix::identity(means.len() + 1, means.len() + 1);
    for (j, mean) in means.iter().enumerate() {
        transform[(0, j + 1)] = -mean;
    }
    transform
}

/// Whether a centered sum of squares is more than the rounding of values about this mean.
pub(crate) fn varies(sum_of_squares: f64, weight: f64, mean: f64) -> bool {
    sum_of_squares > weight * (1e-13 * mean.abs()).powi(2) && sum_of_squares > 0.0
}

pub(crate) fn few_clusters(work: &Work, errors: Errors) -> Option<Caution> {
    let got = work.clusters.len();
    (errors == Errors::Cr1 && got < ENOUGH_CLUSTERS).then_some(Caution::FewClusters {
        needed: ENOUGH_CLUSTERS,
        got,
    })
}

/// The same for fits whose clusters are not at hand as groups of rows.
pub(crate) fn few_clusters_of(sample: &Sample, errors: Errors) -> Option<Caution> {
    if errors != Errors::Cr1 {
        return None;
    }
    let got = super::sample::rows_by_cluster(sample).len();
    (got < ENOUGH_CLUSTERS).then_some(Caution::FewClusters {
        needed: ENOUGH_CLUSTERS,
        got,
    })
}

fn residuals(sample: &Sample, coefficients: &[f64]) -> Vec<f64> {
    let mut left: Vec<f64> = sample.outcome.iter().map(|y| y - coefficients[0]).collect();
    for (column, slope) in sample.columns.iter().zip(&coefficients[1..]) {
        left.iter_mut()
            .zip(column)
            .for_each(|(e, x)| *e -= slope * x);
    }
    left
}
