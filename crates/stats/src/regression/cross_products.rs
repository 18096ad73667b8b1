//! What must be kept of many rows so that a linear fit can be made from it?

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::sample::prove_weights;
use crate::StatsError;
use crate::error::{require_finite, require_length};

/// Rows in one block of scratch memory: small enough for the fast cache with 20 columns.
const BLOCK: usize = 512;
/// Rows in one parallel task; fixed, so that sums are added in the same order on any machine.
const TASK: usize = 16 * BLOCK;

/// Weighted count, means and centered cross-products of k columns: all that a linear fit needs.
///
/// Two of them over different rows [`merge`](CrossProducts::merge) to the one over all rows, so that rows can be
/// reduced where they lie. Centered sums (not raw ones) are kept, since raw sums lose digits when means are large.
/// `[ChanGolubLeVeque1983]`
#[derive(Debug, Clone, PartialEq)]
pub struct CrossProducts {
    /// Rows with a positive weight.
    pub rows: usize,
    pub weight: f64,
    pub weight_squared: f64,
    pub means: Vec<f64>,
    /// k x k: sum of w (x_i - mean_i)(x_j - mean_j).
    pub products: DMatrix<f64>,
}

impl CrossProducts {
    /// Nothing seen yet of k columns.
    pub fn empty(columns: usize) -> Self {
        CrossProducts {
            rows: 0,
            weight: 0.0,
            weight_squared: 0.0,
            means: vec![0.0; columns],
            products: DMatrix::zeros(columns, columns),
        }
    }

    /// Reduces columns of equal length in one pass; `weights` are n long and ≥ 0, none means all 1.
    ///
    /// Errs when lengths differ or a value is not finite.
    pub fn from_columns(columns: &[&[f64]], weights: Option<&[f64]>) -> Result<Self, StatsError> {
        let rows = columns.first().map_or(0, |c| c.len());
        for (number, column) in columns.iter().enumerate() {
            require_length(&format!("column {number}"), rows, column.len())?;
            require_finite(&format!("column {number}"), column)?;
        }
        if let Some(weights) = weights {
            prove_weights(weights, rows)?;
        }
        Ok(reduce(columns, weights))
    }

    /// Adds what was seen of other rows.
    pub fn merge(&mut self, other: &CrossProducts) {
        if other.weight == 0.0 {
            return;
        }
        let total = self.weight + other.weight;
        let shift: Vec<f64> = (other.means.iter().zip(&self.means))
            .map(|(theirs, ours)| theirs - ours)
            .collect();
        let factor = self.weight * other.weight / total;
        for j in 0..shift.len() {
            for i in 0..shift.len() {
                self.products[(i, j)] += other.products[(i, j)] + factor * shift[i] * shift[j];
            }
        }
        for (mean, shift) in self.means.iter_mut().zip(&shift) {
            *mean += shift * other.weight / total;
        }
        self.rows += other.rows;
        self.weight = total;
        self.weight_squared += other.weight_squared;
    }

    /// Covariance matrix with divisor equal to the total weight (the maximum-likelihood one).
    pub fn covariance(&self) -> DMatrix<f64> {
        &self.products / self.weight
    }

    /// Number of equal answers that would say as much: (sum w)² / sum w².
    pub fn effective_rows(&self) -> f64 {
        self.weight * self.weight / self.weight_squared
    }
}

/// The reduction without checks, for callers that have proved their columns.
pub(crate) fn reduce(columns: &[&[f64]], weights: Option<&[f64]>) -> CrossProducts {
    let rows = columns.first().map_or(0, |c| c.len());
    let tasks: Vec<CrossProducts> = (0..rows.div_ceil(TASK))
        .into_par_iter()
        .map(|task| reduce_range(columns, weights, task * TASK..rows.min((task + 1) * TASK)))
        .collect();
    let mut total = CrossProducts::empty(columns.len());
    tasks.iter().for_each(|task| total.merge(task));
    total
}

fn reduce_range(
    columns: &[&[f64]],
    weights: Option<&[f64]>,
    range: std::ops::Range<usize>,
) -> CrossProducts {
    let mut total = CrossProducts::empty(columns.len());
    let mut scratch = vec![0.0; columns.len() * BLOCK];
    for start in range.clone().step_by(BLOCK) {
        let rows = start..range.end.min(start + BLOCK);
        total.merge(&reduce_block(columns, weights, rows, &mut scratch));
    }
    total
}

fn reduce_block(
    columns: &[&[f64]],
    weights: Option<&[f64]>,
    rows: std::ops::Range<usize>,
    scratch: &mut [f64],
) -> CrossProducts {
    let n = rows.len();
    let mut block = CrossProducts::empty(columns.len());
    let weights = weights.map(|w| &w[rows.clone()]);
    let roots: Option<Vec<f64>> = weights.map(|w| w.iter().map(|w| w.sqrt()).collect());
    block.rows = weights.map_or(n, |w| w.iter().filter(|w| **w > 0.0).count());
    block.weight = weights.map_or(n as f64, |w| w.iter().sum());
    block.weight_squared = weights.map_or(n as f64, |w| w.iter().map(|w| w * w).sum());
    if block.weight == 0.0 {
        return block;
    }
    for (j, column) in columns.iter().enumerate() {
        let values = &column[rows.clone()];
        let sum = weights.map_or_else(|| values.iter().sum(), |w| dot(values, w));
        block.means[j] = sum / block.weight;
        let centered = &mut scratch[j * BLOCK..j * BLOCK + n];
        for (c, v) in centered.iter_mut().zip(values) {
            *c = v - block.means[j];
        }
        if let Some(roots) = &roots {
            centered.iter_mut().zip(roots).for_each(|(c, r)| *c *= r);
        }
    }
    for j in 0..columns.len() {
        for i in 0..=j {
            let (a, b) = (
                &scratch[i * BLOCK..i * BLOCK + n],
                &scratch[j * BLOCK..j * BLOCK + n],
            );
            let product = dot(a, b);
            block.products[(i, j)] = product;
            block.products[(j, i)] = product;
        }
    }
    block
}

/// Inner product in eight lanes, which the compiler turns into vector instructions; the order is fixed.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let tail: f64 = (a8.remainder().iter().zip(b8.remainder()))
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in a8.zip(b8) {
        for lane in 0..8 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes.iter().sum::<f64>() + tail
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(rows: usize) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let a = (0..rows).map(|i| (i as f64 * 0.37).sin() + 1e6).collect();
        let b = (0..rows).map(|i| (i as f64 * 0.11).cos()).collect();
        let w = (0..rows).map(|i| 1.0 + (i % 3) as f64).collect();
        (a, b, w)
    }

    #[test]
    fn halves_merge_to_the_whole() {
        let (a, b, w) = columns(20_000);
        let whole = CrossProducts::from_columns(&[&a, &b], Some(&w)).unwrap();
        let mut halves =
            CrossProducts::from_columns(&[&a[..777], &b[..777]], Some(&w[..777])).unwrap();
        let rest = CrossProducts::from_columns(&[&a[777..], &b[777..]], Some(&w[777..])).unwrap();
        halves.merge(&rest);
        assert_eq!(halves.rows, whole.rows);
        let gap = (&halves.products - &whole.products).abs().max();
        assert!(gap < 1e-6, "{gap}");
    }

    #[test]
    fn weights_are_repetitions() {
        let whole =
            CrossProducts::from_columns(&[&[1.0, 5.0], &[2.0, -1.0]], Some(&[2.0, 1.0])).unwrap();
        let repeated =
            CrossProducts::from_columns(&[&[1.0, 1.0, 5.0], &[2.0, 2.0, -1.0]], None).unwrap();
        assert!((&whole.products - &repeated.products).abs().max() < 1e-12);
    }

    #[test]
    fn a_value_that_is_no_number_is_refused() {
        assert!(CrossProducts::from_columns(&[&[1.0, f64::NAN]], None).is_err());
    }
}
