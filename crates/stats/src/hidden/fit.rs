//! Which expected counts does one log-linear description give the patterns of lists?

use crate::StatsError;
use crate::optimize::{Evaluation, SearchLimits, invert_curvature, minimize};
use crate::special::ln_gamma;
use nalgebra::{DMatrix, DVector};

/// A coefficient beyond this is running away: the pattern that would hold it is empty.
const FARTHEST: f64 = 18.0;

/// Expected counts `exp(b0 + Σ b_T [pattern holds T])` fitted by maximum likelihood to the patterns from `first` on.
pub(super) struct LogLinear {
    /// Log-likelihood of independent Poisson counts.
    pub log_likelihood: f64,
    /// 2 (saturated - fitted log-likelihood).
    pub deviance: f64,
    /// Expected number on no list, and the standard error of its logarithm (NaN when a coefficient ran away).
    pub unseen: f64,
    pub ln_error: f64,
    pub converged: bool,
    /// Whether a coefficient ran to its limit: the data do not determine it.
    pub ran_away: bool,
}

/// Fits the terms (sets of lists as bits, single lists included) to the counts; `first` = 1 leaves out the pattern on no list.
///
/// Newton steps within a trust region on the exact likelihood; the counts need not be whole.
pub(super) fn fit(counts: &[f64], terms: &[usize], first: usize) -> Result<LogLinear, StatsError> {
    let width = terms.len() + 1;
    let rows: Vec<Vec<usize>> = (first..counts.len())
        .map(|pattern| {
            let held = (0..terms.len()).filter(|&j| pattern & terms[j] == terms[j]);
            std::iter::once(0).chain(held.map(|j| j + 1)).collect()
        })
        .collect();
    let observed = &counts[first..];
    let mean = observed.iter().sum::<f64>() / observed.len() as f64;
    let mut start = vec![0.0; width];
    start[0] = mean.max(1e-3).ln();
    let mut limits = SearchLimits {
        lower: vec![-FARTHEST; width],
        upper: vec![FARTHEST; width],
        ..SearchLimits::free(width)
    };
    (limits.lower[0], limits.upper[0]) = (-30.0, 60.0);
    let best = minimize(&start, &limits, |point| evaluate(observed, &rows, point));
    let curvature = invert_curvature(&best);
    let saturated: f64 = observed.iter().map(|y| poisson(*y, *y)).sum();
    let ran_away = best.at_limit.iter().any(|at| *at);
    let fitted: f64 = rows
        .iter()
        .zip(observed)
        .map(|(row, y)| poisson(*y, row.iter().map(|j| best.point[*j]).sum::<f64>().exp()))
        .sum();
    if !best.value.is_finite() {
        return Err(StatsError::NotConverged {
            iterations: best.iterations,
            gradient_norm: best.gradient_norm,
        });
    }
    Ok(LogLinear {
        log_likelihood: fitted,
        deviance: (2.0 * (saturated - fitted)).max(0.0),
        unseen: best.point[0].exp(),
        ln_error: if curvature.undetermined[0] {
            f64::NAN
        } else {
            curvature.covariance[(0, 0)].sqrt()
        },
        converged: best.converged,
        ran_away,
    })
}

/// Minus the log-likelihood without its constant, with slopes and curvature.
fn evaluate(observed: &[f64], rows: &[Vec<usize>], point: &[f64]) -> Evaluation {
    let width = point.len();
    let mut value = 0.0;
    let mut gradient = DVector::zeros(width);
    let mut hessian = DMatrix::zeros(width, width);
    for (row, y) in rows.iter().zip(observed) {
        let eta: f64 = row.iter().map(|j| point[*j]).sum();
        let mean = eta.exp();
        value += mean - y * eta;
        for &i in row {
            gradient[i] += mean - y;
            for &j in row {
                hessian[(i, j)] += mean;
            }
        }
    }
    Evaluation {
        value,
        gradient,
        hessian,
    }
}

fn poisson(count: f64, mean: f64) -> f64 {
    let part = if count > 0.0 { count * mean.ln() } else { 0.0 };
    part - mean - ln_gamma(count + 1.0)
}
