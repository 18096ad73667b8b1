//! Which weights of the indicators make the constructs fit their neighbors?

use nalgebra::{DMatrix, DVector};

use super::{Mode, PathPlan, Scheme};
use crate::StatsError;

const MAX_ITERATIONS: usize = 2000;
const TOLERANCE: f64 = 1e-10;

pub(super) struct Found {
    pub weights: Vec<Vec<f64>>,
    pub correlations: DMatrix<f64>,
    pub iterations: usize,
}

/// Alternates outer and inner weights until they stand still; `reference` weights give the constructs' directions.
pub(super) fn weights(
    correlation: &DMatrix<f64>,
    plan: &PathPlan,
    scheme: Scheme,
    reference: Option<&[Vec<f64>]>,
) -> Result<Found, StatsError> {
    let mut weights: Vec<DVector<f64>> = (plan.blocks.iter())
        .map(|block| DVector::from_element(block.indicators.len(), 1.0))
        .collect();
    let blocks = Blocks::new(correlation, plan)?;
    for (b, w) in weights.iter_mut().enumerate() {
        blocks.standardize(b, w)?;
    }
    for iteration in 1..=MAX_ITERATIONS {
        let between = blocks.correlations(&weights);
        let inner = inner_weights(&between, plan, scheme)?;
        let mut moved: f64 = 0.0;
        let mut next = Vec::with_capacity(weights.len());
        for b in 0..weights.len() {
            let mut w = blocks.outer(b, &weights, &inner, plan.blocks[b].mode);
            blocks.standardize(b, &mut w)?;
            moved = moved.max((&w - &weights[b]).amax());
            next.push(w);
        }
        weights = next;
        if moved < TOLERANCE {
            return Ok(blocks.finish(weights, reference, iteration));
        }
    }
    Err(StatsError::NotConverged {
        iterations: MAX_ITERATIONS,
        gradient_norm: f64::NAN,
    })
}

/// Least-squares coefficients of one construct on others from their correlations.
pub(super) fn slopes(correlations: &DMatrix<f64>, from: &[usize], to: usize) -> Option<Vec<f64>> {
    let among = DMatrix::from_fn(from.len(), from.len(), |i, j| {
        correlations[(from[i], from[j])]
    });
    let with = DVector::from_fn(from.len(), |i, _| correlations[(from[i], to)]);
    let solved = among.cholesky()?.solve(&with);
    Some(solved.iter().copied().collect())
}

/// Correlations of the indicators, cut by pairs of blocks.
struct Blocks {
    parts: Vec<Vec<DMatrix<f64>>>,
    /// Inverses within blocks of mode B.
    inverses: Vec<Option<DMatrix<f64>>>,
}

impl Blocks {
    fn new(correlation: &DMatrix<f64>, plan: &PathPlan) -> Result<Self, StatsError> {
        let cut = |rows: &[usize], columns: &[usize]| {
            DMatrix::from_fn(rows.len(), columns.len(), |i, j| {
                correlation[(rows[i], columns[j])]
            })
        };
        let parts: Vec<Vec<DMatrix<f64>>> = (plan.blocks.iter())
            .map(|a| {
                let row = plan.blocks.iter();
                row.map(|b| cut(&a.indicators, &b.indicators)).collect()
            })
            .collect();
        let mut inverses = Vec::new();
        for (b, block) in plan.blocks.iter().enumerate() {
            inverses.push(match block.mode {
                Mode::A => None,
                Mode::B => Some(
                    (parts[b][b].clone().cholesky())
                        .ok_or(StatsError::Collinear {
                            column: block.name.clone(),
                        })?
                        .inverse(),
                ),
            });
        }
        Ok(Blocks { parts, inverses })
    }

    fn standardize(&self, b: usize, weights: &mut DVector<f64>) -> Result<(), StatsError> {
        let variance = weights.dot(&(&self.parts[b][b] * &*weights));
        if variance.is_nan() || variance <= 1e-14 {
            return Err(StatsError::NotIdentified {
                parameter: format!("weights of construct {b}"),
            });
        }
        *weights /= variance.sqrt();
        Ok(())
    }

    fn correlations(&self, weights: &[DVector<f64>]) -> DMatrix<f64> {
        DMatrix::from_fn(weights.len(), weights.len(), |a, b| match a == b {
            true => 1.0,
            false => weights[a].dot(&(&self.parts[a][b] * &weights[b])),
        })
    }

    fn outer(
        &self,
        b: usize,
        weights: &[DVector<f64>],
        inner: &DMatrix<f64>,
        mode: Mode,
    ) -> DVector<f64> {
        let mut w = DVector::zeros(weights[b].len());
        for (c, other) in weights.iter().enumerate() {
            if inner[(b, c)] != 0.0 {
                w += &self.parts[b][c] * other * inner[(b, c)];
            }
        }
        match (&self.inverses[b], mode) {
            (Some(inverse), Mode::B) => inverse * w,
            _ => w,
        }
    }

    fn finish(
        &self,
        mut weights: Vec<DVector<f64>>,
        reference: Option<&[Vec<f64>]>,
        iterations: usize,
    ) -> Found {
        for (b, w) in weights.iter_mut().enumerate() {
            let direction = match reference {
                None => (&self.parts[b][b] * &*w).sum(),
                Some(reference) => w.iter().zip(&reference[b]).map(|(a, r)| a * r).sum(),
            };
            if direction < 0.0 {
                w.neg_mut();
            }
        }
        Found {
            correlations: self.correlations(&weights),
            weights: weights
                .iter()
                .map(|w| w.iter().copied().collect())
                .collect(),
            iterations,
        }
    }
}

/// What each construct (row) takes from each other one.
fn inner_weights(
    between: &DMatrix<f64>,
    plan: &PathPlan,
    scheme: Scheme,
) -> Result<DMatrix<f64>, StatsError> {
    let mut inner = DMatrix::zeros(between.nrows(), between.nrows());
    for &(from, to) in &plan.paths {
        let value = match scheme {
            Scheme::Centroid => between[(from, to)].signum(),
            _ => between[(from, to)],
        };
        inner[(from, to)] = value;
        inner[(to, from)] = value;
    }
    if scheme == Scheme::Path {
        for to in 0..between.nrows() {
            let from: Vec<usize> = (plan.paths.iter())
                .filter(|path| path.1 == to)
                .map(|path| path.0)
                .collect();
            let slopes = slopes(between, &from, to).ok_or(StatsError::Collinear {
                column: plan.blocks[to].name.clone(),
            })?;
            for (&f, slope) in from.iter().zip(slopes) {
                inner[(to, f)] = slope;
            }
        }
    }
    Ok(inner)
}
