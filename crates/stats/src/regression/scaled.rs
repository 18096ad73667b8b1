//! On which scale is a likelihood with columns searched safely, and how uncertain is its top?

use nalgebra::{DMatrix, DVector};

use super::cross_products::reduce;
use super::linear::{invert_scaled, varies};
use super::sample::{Errors, Sample, Weights, rows_by_cluster};
use crate::StatsError;

/// Columns brought to mean 0 and standard deviation 1, row by row, with the weights of the rows.
pub(crate) struct Scaled {
    cells: Vec<f64>,
    pub width: usize,
    pub means: Vec<f64>,
    pub spread: Vec<f64>,
    pub weights: Vec<f64>,
}

impl Scaled {
    /// Refuses a column that is constant or determined by those before it.
    pub fn new(sample: &Sample) -> Result<Self, StatsError> {
        let weights = sample.weights.scaled(sample.outcome.len());
        let columns: Vec<&[f64]> = sample.columns.iter().map(Vec::as_slice).collect();
        let products = reduce(&columns, Some(&weights));
        let width = columns.len();
        for (j, name) in sample.names.iter().enumerate() {
            let square = products.products[(j, j)];
            if !varies(square, products.weight, products.means[j]) {
                let what = name.clone();
                return Err(StatsError::NoVariation { what });
            }
        }
        invert_scaled(&products.products).map_err(|j| StatsError::Collinear {
            column: sample.names[j].clone(),
        })?;
        let spread: Vec<f64> = (0..width)
            .map(|j| (products.products[(j, j)] / products.weight).sqrt())
            .collect();
        let mut cells = vec![0.0; weights.len() * width];
        for (j, column) in columns.iter().enumerate() {
            for (row, x) in column.iter().enumerate() {
                cells[row * width + j] = (x - products.means[j]) / spread[j];
            }
        }
        Ok(Scaled {
            cells,
            width,
            means: products.means,
            spread,
            weights,
        })
    }

    pub fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.width..(row + 1) * self.width]
    }

    /// From (constants, scaled slopes, others) to the columns as given. `shift` is the sign with which the slopes at the
    /// means move every constant: -1 when the constant is added to the predictor, +1 when the predictor is taken from it.
    pub fn back(&self, constants: usize, others: usize, shift: f64) -> DMatrix<f64> {
        let size = constants + self.width + others;
        let mut back = DMatrix::identity(size, size);
        for j in 0..self.width {
            let at = constants + j;
            back[(at, at)] = 1.0 / self.spread[j];
            for constant in 0..constants {
                back[(constant, at)] = shift * self.means[j] / self.spread[j];
            }
        }
        back
    }
}

/// Covariance from the inverse information and the scores of the rows (not yet weighted), and its degrees of freedom.
///
/// Classical, HC1 (n/(n - k)) or CR1 (G/(G - 1) (n - 1)/(n - k), t with G - 1).
pub(crate) fn covariance_from_scores(
    sample: &Sample,
    (inverse, errors): (&DMatrix<f64>, Errors),
    weights: &[f64],
    score_of: impl Fn(usize, &mut [f64]),
) -> (DMatrix<f64>, f64) {
    let k = inverse.nrows();
    if errors == Errors::Classical {
        return (inverse.clone(), f64::INFINITY);
    }
    let n = sample.observations();
    let mut score = vec![0.0; k];
    let mut meat = DMatrix::zeros(k, k);
    let (factor, freedom) = match errors {
        Errors::Cr1 => {
            let clusters = rows_by_cluster(sample);
            for rows in &clusters {
                let mut sum = DVector::zeros(k);
                for &row in rows {
                    score_of(row, &mut score);
                    for (s, own) in sum.iter_mut().zip(&score) {
                        *s += weights[row] * own;
                    }
                }
                meat.ger(1.0, &sum, &sum, 1.0);
            }
            let groups = clusters.len() as f64;
            (
                groups / (groups - 1.0) * (n - 1.0) / (n - k as f64),
                groups - 1.0,
            )
        }
        _ => {
            for (row, &w) in weights.iter().enumerate().filter(|(_, w)| **w > 0.0) {
                score_of(row, &mut score);
                let own = DVector::from_column_slice(&score);
                let squared = match sample.weights {
                    Weights::Repetitions(_) => w,
                    _ => w * w,
                };
                meat.ger(squared, &own, &own, 1.0);
            }
            (n / (n - k as f64), n - k as f64)
        }
    };
    (inverse * meat * inverse * factor, freedom)
}

/// Refuses the errors that only linear regression has.
pub(crate) fn refuse_linear_errors(errors: Errors) -> Result<(), StatsError> {
    match errors {
        Errors::Hc2 | Errors::Hc3 | Errors::Cr2 => Err(StatsError::invalid(
            "errors (hc2, hc3 and cr2 are for linear regression)",
        )),
        _ => Ok(()),
    }
}
