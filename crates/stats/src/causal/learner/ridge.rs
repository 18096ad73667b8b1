//! How hard must curves and products be held back, so that they predict rows not yet seen?

use nalgebra::{DMatrix, DVector};

use super::basis::Kind;
use crate::StatsError;
use crate::regression::CrossProducts;
use crate::regression::cross_products::reduce;
use crate::special::{logistic, softplus};

/// How much of a curve's penalty a straight line bears: enough to keep collinear columns apart.
const LINE_SHARE: f64 = 1e-3;
/// Penalties of products tried, as multiples of the curves'.
const PRODUCT_SHARES: [f64; 3] = [0.3, 3.0, 30.0];
/// Penalties of curves tried, from 1e-5 to 1e3 per row in equal steps of the logarithm.
const PENALTIES: usize = 25;
/// How much a used degree of freedom counts in the choice; above 1 guards against following noise.
const CAUTION: f64 = 1.2;
const MOST_STEPS: usize = 12;
/// Steps of the logistic search after which the penalty stays as it is, so that the search can settle.
const STEPS_OF_CHOICE: usize = 3;

/// A penalized linear predictor.
pub(crate) struct Ridge {
    intercept: f64,
    slopes: DVector<f64>,
    chance: bool,
}

impl Ridge {
    /// Penalized least squares; the penalty minimizes `n RSS / (n - 1.2 edf)²` (generalized cross-validation).
    pub fn fit_mean(
        features: &[Vec<f64>],
        kinds: &[Kind],
        outcome: &[f64],
    ) -> Result<Self, StatsError> {
        let mut columns: Vec<&[f64]> = features.iter().map(Vec::as_slice).collect();
        columns.push(outcome);
        let products = reduce(&columns, None);
        let solved = choose(&products, kinds, None);
        Ok(Ridge {
            intercept: solved.intercept,
            slopes: solved.slopes,
            chance: false,
        })
    }

    /// Penalized logistic regression: the same on the working response, repeated until it settles.
    ///
    /// Errs when the outcome does not vary.
    pub fn fit_chance(
        features: &[Vec<f64>],
        kinds: &[Kind],
        outcome: &[f64],
    ) -> Result<Self, StatsError> {
        let n = outcome.len();
        let share = outcome.iter().sum::<f64>() / n as f64;
        if !(share > 0.0 && share < 1.0) {
            let what = "treatment".to_owned();
            return Err(StatsError::NoVariation { what });
        }
        let start = (share / (1.0 - share)).ln();
        let mut best = Ridge {
            intercept: start,
            slopes: DVector::zeros(features.len()),
            chance: true,
        };
        let mut eta = vec![start; n];
        let mut fit = deviance(&eta, outcome);
        let mut penalty = None;
        for step in 0..MOST_STEPS {
            let weights: Vec<f64> = eta
                .iter()
                .map(|e| (logistic(*e) * logistic(-*e)).max(1e-6))
                .collect();
            let working: Vec<f64> = (0..n)
                .map(|i| eta[i] + (outcome[i] - logistic(eta[i])) / weights[i])
                .collect();
            let mut columns: Vec<&[f64]> = features.iter().map(Vec::as_slice).collect();
            columns.push(&working);
            let products = reduce(&columns, Some(&weights));
            let solved = choose(&products, kinds, penalty);
            if step + 1 >= STEPS_OF_CHOICE {
                penalty = Some(solved.penalty);
            }
            let next = predictor(features, n, &solved);
            let there = deviance(&next, outcome);
            // Past the choice of penalty, a step that does not help ends the search.
            if there.is_nan() || (step > STEPS_OF_CHOICE && there > fit * (1.0 + 1e-6)) {
                break;
            }
            let moved = (next.iter().zip(&eta))
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f64::max);
            (eta, fit) = (next, there);
            best.intercept = solved.intercept;
            best.slopes = solved.slopes;
            if moved < 1e-4 {
                break;
            }
        }
        Ok(best)
    }

    /// Value for one row of features.
    pub fn predict(&self, features: &[f64]) -> f64 {
        let slopes: f64 = self.slopes.iter().zip(features).map(|(b, x)| b * x).sum();
        match self.chance {
            true => logistic(self.intercept + slopes),
            false => self.intercept + slopes,
        }
    }
}

struct Solved {
    intercept: f64,
    slopes: DVector<f64>,
    /// Share of the products and penalty of the curves.
    penalty: (f64, f64),
    score: f64,
}

/// The penalized solution with the best generalized cross-validation, or with the penalty given.
fn choose(products: &CrossProducts, kinds: &[Kind], penalty: Option<(f64, f64)>) -> Solved {
    let shares: Vec<f64> = match penalty {
        Some((share, _)) => vec![share],
        None if kinds.contains(&Kind::Product) => PRODUCT_SHARES.to_vec(),
        None => vec![1.0],
    };
    let mut best: Option<Solved> = None;
    for share in shares {
        let solved = solve(products, kinds, share, penalty.map(|p| p.1));
        if best.as_ref().is_none_or(|b| solved.score < b.score) {
            best = Some(solved);
        }
    }
    best.expect("at least one share is tried")
}

/// One eigendecomposition serves all penalties: in its axes each slope is shrunk by d / (d + penalty).
fn solve(products: &CrossProducts, kinds: &[Kind], share: f64, penalty: Option<f64>) -> Solved {
    let q = kinds.len();
    let n = products.rows as f64;
    if q == 0 {
        return Solved {
            intercept: products.means[0],
            slopes: DVector::zeros(0),
            penalty: (share, 1.0),
            score: 0.0,
        };
    }
    let root: Vec<f64> = (kinds.iter())
        .map(|kind| match kind {
            Kind::Line => LINE_SHARE.sqrt(),
            Kind::Curve => 1.0,
            Kind::Product => share.sqrt(),
        })
        .collect();
    let weight = products.weight;
    let gram = DMatrix::from_fn(q, q, |i, j| {
        products.products[(i, j)] / (root[i] * root[j] * weight)
    });
    let cross = DVector::from_fn(q, |i, _| products.products[(i, q)] / (root[i] * weight));
    let total = products.products[(q, q)] / weight;
    let eigen = gram.symmetric_eigen();
    let along = eigen.eigenvectors.transpose() * cross;
    let values: Vec<f64> = eigen.eigenvalues.iter().map(|d| d.max(0.0)).collect();
    let score = |lambda: f64| {
        let (mut edf, mut residual) = (1.0, total);
        for (d, c) in values.iter().zip(along.iter()) {
            let slope = c / (d + lambda);
            edf += d / (d + lambda);
            residual += slope * slope * d - 2.0 * slope * c;
        }
        let left = (n - CAUTION * edf).max(0.05 * n);
        residual.max(0.0) / (left * left)
    };
    let grid =
        (0..PENALTIES).map(|i| 10.0_f64.powf(-5.0 + 8.0 * i as f64 / (PENALTIES - 1) as f64));
    let lambda = penalty.unwrap_or_else(|| {
        let scored = grid.map(|lambda| (lambda, score(lambda)));
        let best = scored.min_by(|a, b| a.1.total_cmp(&b.1));
        best.map_or(1.0, |b| b.0)
    });
    let shrunk = DVector::from_fn(q, |i, _| along[i] / (values[i] + lambda));
    let rotated = &eigen.eigenvectors * shrunk;
    let slopes = DVector::from_fn(q, |i, _| rotated[i] / root[i]);
    let at_means: f64 = (slopes.iter().zip(&products.means))
        .map(|(b, m)| b * m)
        .sum();
    Solved {
        intercept: products.means[q] - at_means,
        slopes,
        penalty: (share, lambda),
        score: score(lambda),
    }
}

fn predictor(features: &[Vec<f64>], rows: usize, solved: &Solved) -> Vec<f64> {
    let mut eta = vec![solved.intercept; rows];
    for (feature, slope) in features.iter().zip(solved.slopes.iter()) {
        eta.iter_mut()
            .zip(feature)
            .for_each(|(e, x)| *e += slope * x);
    }
    eta
}

fn deviance(eta: &[f64], outcome: &[f64]) -> f64 {
    let rows = eta.iter().zip(outcome);
    rows.map(|(e, y)| 2.0 * (softplus(*e) - y * e)).sum()
}
