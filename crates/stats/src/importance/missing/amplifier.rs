//! How far does a change of the expected moments carry the maximum?

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use super::pattern::{Conditional, spread_out};
use super::{Answers, Point};
use crate::StatsError;

impl Answers {
    /// (I - J)^-1 with J the derivative of the EM step at its fixed point.
    ///
    /// In an exponential family J = V_missing V_complete^-1, with V the covariance of the sufficient statistics
    /// (z, zz'), so the amplifier is V_complete (V_complete - V_missing)^-1 `[Louis1982]`. z is centered.
    pub(super) fn amplifier(
        &self,
        point: &Point,
        conditionals: &[Conditional],
        filled: &[Vec<f64>],
    ) -> Result<DMatrix<f64>, StatsError> {
        let complete = complete_variance(&point.covariance);
        let missing = self.missing_variance(conditionals, filled);
        let observed = &complete - missing;
        // Scaled to unit diagonal of V_complete, a direction with next to no information shows as a tiny pivot.
        let factor = observed.cholesky().ok_or(StatsError::NotIdentified {
            parameter: "covariance of answers that hardly anyone gave together".to_owned(),
        })?;
        Ok(factor.solve(&complete).transpose())
    }

    fn missing_variance(&self, conditionals: &[Conditional], filled: &[Vec<f64>]) -> DMatrix<f64> {
        let size = self.columns.len();
        let pairs = pair_list(size);
        let numbers: Vec<usize> = (0..self.patterns.len()).collect();
        // A handful of large tasks, since each keeps a matrix of pairs by pairs.
        let per_task = self.patterns.len().div_ceil(8).max(1);
        let tasks: Vec<(DMatrix<f64>, DMatrix<f64>, DMatrix<f64>)> = numbers
            .par_chunks(per_task)
            .map(|numbers| self.missing_products(numbers, conditionals, filled, &pairs))
            .collect();
        let mut sums = (
            DMatrix::zeros(size, size),
            DMatrix::zeros(size, pairs.len()),
            DMatrix::zeros(pairs.len(), pairs.len()),
        );
        for (first, mixed, second) in tasks {
            sums.0 += first;
            sums.1 += mixed;
            sums.2 += second;
        }
        let total: f64 = self.sums.iter().map(|s| s.weight).sum();
        assemble_missing(size, &pairs, sums) / total
    }

    /// Sums over patterns: C; s x C; D x C, with C the covariance of the holes, s the sum of filled rows and
    /// D = sum of outer products of filled rows + n C / 2.
    fn missing_products(
        &self,
        numbers: &[usize],
        conditionals: &[Conditional],
        filled: &[Vec<f64>],
        pairs: &[(usize, usize)],
    ) -> (DMatrix<f64>, DMatrix<f64>, DMatrix<f64>) {
        let size = self.columns.len();
        let mut first = DMatrix::zeros(size, size);
        let mut mixed = DMatrix::zeros(size, pairs.len());
        let mut second = DMatrix::zeros(pairs.len(), pairs.len());
        for block in numbers.chunks(64) {
            let mut c_block = DMatrix::zeros(pairs.len(), block.len());
            let mut d_block = c_block.clone();
            let mut s_block = DMatrix::zeros(size, block.len());
            for (at, &number) in block.iter().enumerate() {
                let pattern = &self.patterns[number];
                let weight = self.sums[number].weight;
                let holes = spread_out(pattern, &conditionals[number], size);
                let mut outer = &holes * (weight / 2.0);
                let mut z = DVector::zeros(size);
                for &row in &pattern.rows {
                    z.iter_mut().zip(filled).for_each(|(z, f)| *z = f[row]);
                    outer.ger(self.weights[row], &z, &z, 1.0);
                    s_block.column_mut(at).axpy(self.weights[row], &z, 1.0);
                }
                for (k, &(i, j)) in pairs.iter().enumerate() {
                    c_block[(k, at)] = holes[(i, j)];
                    d_block[(k, at)] = outer[(i, j)];
                }
                first += holes * weight;
            }
            mixed.gemm(1.0, &s_block, &c_block.transpose(), 1.0);
            second.gemm(1.0, &d_block, &c_block.transpose(), 1.0);
        }
        (first, mixed, second)
    }

    pub(super) fn amplifier_in_data_units(&self, mut amplifier: DMatrix<f64>) -> DMatrix<f64> {
        let size = self.columns.len();
        let mut unit = self.spread.clone();
        unit.extend((pair_list(size).iter()).map(|&(i, j)| self.spread[i] * self.spread[j]));
        for j in 0..unit.len() {
            for i in 0..unit.len() {
                amplifier[(i, j)] *= unit[i] / unit[j];
            }
        }
        amplifier
    }
}

/// Index pairs (i ≤ j) of a symmetric matrix, in the order in which its distinct entries are listed.
pub(crate) fn pair_list(size: usize) -> Vec<(usize, usize)> {
    (0..size)
        .flat_map(|j| (0..=j).map(move |i| (i, j)))
        .collect()
}

fn pair_index(i: usize, j: usize) -> usize {
    let (small, large) = if i < j { (i, j) } else { (j, i) };
    large * (large + 1) / 2 + small
}

/// Covariance of (z, zz') for a centered normal z.
fn complete_variance(covariance: &DMatrix<f64>) -> DMatrix<f64> {
    let size = covariance.nrows();
    let pairs = pair_list(size);
    let mut variance = DMatrix::zeros(size + pairs.len(), size + pairs.len());
    variance
        .view_mut((0, 0), (size, size))
        .copy_from(covariance);
    for (a, &(i, j)) in pairs.iter().enumerate() {
        for (b, &(k, l)) in pairs.iter().enumerate() {
            variance[(size + a, size + b)] =
                covariance[(i, k)] * covariance[(j, l)] + covariance[(i, l)] * covariance[(j, k)];
        }
    }
    variance
}

/// Covariance of (z, zz') given what was observed, summed over rows, from the products of sums.
fn assemble_missing(
    size: usize,
    pairs: &[(usize, usize)],
    (first, mixed, second): (DMatrix<f64>, DMatrix<f64>, DMatrix<f64>),
) -> DMatrix<f64> {
    let mut variance = DMatrix::zeros(size + pairs.len(), size + pairs.len());
    variance.view_mut((0, 0), (size, size)).copy_from(&first);
    for (a, &(i, j)) in pairs.iter().enumerate() {
        for k in 0..size {
            let value = mixed[(i, pair_index(k, j))] + mixed[(j, pair_index(k, i))];
            variance[(k, size + a)] = value;
            variance[(size + a, k)] = value;
        }
        for (b, &(k, l)) in pairs.iter().enumerate() {
            let (ik, jl) = (pair_index(i, k), pair_index(j, l));
            let (il, jk) = (pair_index(i, l), pair_index(j, k));
            variance[(size + a, size + b)] =
                second[(ik, jl)] + second[(jl, ik)] + second[(il, jk)] + second[(jk, il)];
        }
    }
    variance
}
