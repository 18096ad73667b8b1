//! Whose answers have holes in the same places, and what do the answers there say of the holes?

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};

use crate::StatsError;

/// Rows that have holes in the same places.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pub observed: Vec<usize>,
    pub missing: Vec<usize>,
    pub rows: Vec<usize>,
}

/// Weighted count, sum and raw products of the observed columns of a pattern.
pub(super) struct PatternSums {
    pub weight: f64,
    pub sum: DVector<f64>,
    pub products: DMatrix<f64>,
}

/// Regression of the missing columns on the observed ones of a pattern.
pub(super) struct Conditional {
    pub slopes: DMatrix<f64>,
    pub residual: DMatrix<f64>,
}

impl PatternSums {
    pub fn of(pattern: &Pattern, columns: &[Vec<f64>], weights: &[f64]) -> Self {
        const BLOCK: usize = 256;
        let size = pattern.observed.len();
        let mut sum = DVector::zeros(size);
        let mut products = DMatrix::zeros(size, size);
        let mut rows = DMatrix::zeros(BLOCK, size);
        let mut weighted = DMatrix::zeros(BLOCK, size);
        for block in pattern.rows.chunks(BLOCK) {
            for (place, &j) in pattern.observed.iter().enumerate() {
                for (k, &row) in block.iter().enumerate() {
                    let (x, w) = (columns[j][row], weights[row]);
                    rows[(k, place)] = x;
                    weighted[(k, place)] = w * x;
                    sum[place] += w * x;
                }
            }
            let of = |from: &DMatrix<f64>| from.rows(0, block.len()).transpose();
            products.gemm(1.0, &of(&weighted), &rows.rows(0, block.len()), 1.0);
        }
        PatternSums {
            weight: pattern.rows.iter().map(|&r| weights[r]).sum(),
            sum,
            products,
        }
    }
}

impl Conditional {
    pub fn new(pattern: &Pattern, covariance: &DMatrix<f64>) -> Result<Self, StatsError> {
        let (o, m) = (&pattern.observed, &pattern.missing);
        if m.is_empty() {
            return Ok(Conditional {
                slopes: DMatrix::zeros(0, o.len()),
                residual: DMatrix::zeros(0, 0),
            });
        }
        let pick = |rows: &[usize], columns: &[usize]| {
            DMatrix::from_fn(rows.len(), columns.len(), |i, j| {
                covariance[(rows[i], columns[j])]
            })
        };
        let factor = pick(o, o).cholesky().ok_or(StatsError::NotIdentified {
            parameter: "covariance of columns that determine each other".to_owned(),
        })?;
        let om = pick(o, m);
        let slopes = factor.solve(&om).transpose();
        let residual = pick(m, m) - &slopes * om;
        Ok(Conditional { slopes, residual })
    }
}

/// Patterns in a fixed order (by their set of answered columns); rows without weight or any answer are left out.
pub(super) fn find_patterns(columns: &[Vec<f64>], weights: &[f64]) -> Vec<Pattern> {
    let mut found: BTreeMap<u128, Vec<usize>> = BTreeMap::new();
    for (row, weight) in weights.iter().enumerate() {
        let mask = (columns.iter().enumerate())
            .filter(|(_, column)| !column[row].is_nan())
            .fold(0_u128, |mask, (j, _)| mask | 1 << j);
        if mask != 0 && *weight > 0.0 {
            found.entry(mask).or_default().push(row);
        }
    }
    let split = |(mask, rows): (u128, Vec<usize>)| {
        let (observed, missing) = (0..columns.len()).partition(|j| mask >> j & 1 == 1);
        Pattern {
            observed,
            missing,
            rows,
        }
    };
    found.into_iter().map(split).collect()
}

pub(super) fn spread_out(
    pattern: &Pattern,
    conditional: &Conditional,
    size: usize,
) -> DMatrix<f64> {
    let mut full = DMatrix::zeros(size, size);
    for (i, &a) in pattern.missing.iter().enumerate() {
        for (j, &b) in pattern.missing.iter().enumerate() {
            full[(a, b)] = conditional.residual[(i, j)];
        }
    }
    full
}
