//! Where is a likelihood's top, and how sharp is it?

use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// Value, slope and curvature of the function that is minimized, at one point.
#[derive(Debug, Clone)]
pub struct Evaluation {
    pub value: f64,
    pub gradient: DVector<f64>,
    pub hessian: DMatrix<f64>,
}

/// Where the search may go and how long.
#[derive(Debug, Clone)]
pub struct SearchLimits {
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
    pub max_iterations: usize,
    /// Stops when the next Newton step promises less than this times (1 + |value|).
    pub tolerance: f64,
}

impl SearchLimits {
    /// A box of `half_width` around a center (on the log scale: a factor e^half_width each way).
    pub fn around(center: &[f64], half_width: f64) -> Self {
        SearchLimits {
            lower: center.iter().map(|c| c - half_width).collect(),
            upper: center.iter().map(|c| c + half_width).collect(),
            max_iterations: 200,
            tolerance: 1e-13,
        }
    }

    /// No box.
    pub fn free(dimensions: usize) -> Self {
        SearchLimits {
            lower: vec![f64::NEG_INFINITY; dimensions],
            upper: vec![f64::INFINITY; dimensions],
            max_iterations: 200,
            tolerance: 1e-13,
        }
    }
}

/// The lowest point found.
#[derive(Debug, Clone)]
pub struct Optimum {
    pub point: Vec<f64>,
    pub value: f64,
    pub gradient: DVector<f64>,
    pub hessian: DMatrix<f64>,
    pub iterations: usize,
    /// Largest absolute slope among the coordinates that are free to move.
    pub gradient_norm: f64,
    pub converged: bool,
    /// Which coordinates ended at the edge of the box.
    pub at_limit: Vec<bool>,
}

/// Minimizes a smooth function by Newton steps within a trust region, inside a box.
///
/// The Hessian may be indefinite: the step solves (H + λI) p = -g with the smallest λ >= 0 that makes it
/// positive definite and the step no longer than the region [NW2006 section 4.3]. A point where the function is not finite is
/// treated as infinitely high. Returns the best point whether or not it converged: see `converged`.
pub fn minimize(
    start: &[f64],
    limits: &SearchLimits,
    evaluate: impl Fn(&[f64]) -> Evaluation,
) -> Optimum {
    let mut point = clamp(start, limits);
    let mut here = evaluate(&point);
    let mut radius = 1.0;
    let mut converged = false;
    let mut iterations = 0;
    while iterations < limits.max_iterations && is_usable(&here) {
        iterations += 1;
        let free = free_coordinates(&point, &here.gradient, limits);
        if free.is_empty() {
            converged = true;
            break;
        }
        let step = step_within(&here, &free, radius);
        // A long step along a flat ridge that promises nothing ends the search as well.
        let finishing = step.promised_gain <= limits.tolerance * (1.0 + here.value.abs())
            && (step.interior || radius >= 0.5 || step.promised_gain == 0.0);
        let candidate = clamp(&moved(&point, &free, &step.step), limits);
        let there = evaluate(&candidate);
        let noise = 4.0 * f64::EPSILON * here.value.abs();
        let gain = here.value - there.value;
        if finishing {
            if is_usable(&there) && gain >= -noise {
                (point, here) = (candidate, there);
            }
            converged = true;
            break;
        }
        let ratio = if is_usable(&there) {
            (gain + noise) / step.promised_gain
        } else {
            -1.0
        };
        if ratio < 0.25 {
            radius *= 0.25;
        } else if ratio > 0.75 && !step.interior {
            radius = (2.0 * radius).min(16.0);
        }
        if ratio > 1e-4 {
            (point, here) = (candidate, there);
        }
        if radius < 1e-14 {
            // The function cannot be told from its noise here.
            converged = step.promised_gain <= 1e-8 * (1.0 + here.value.abs());
            break;
        }
    }
    finish(point, here, limits, (iterations, converged))
}

/// Inverse of the Hessian over the coordinates that are free, and what was too flat to invert.
#[derive(Debug, Clone)]
pub struct Curvature {
    /// Covariance; rows and columns of coordinates at a limit are 0, flat directions are left out.
    pub covariance: DMatrix<f64>,
    /// Largest over smallest eigenvalue of the free block; infinite when a direction is flat.
    pub condition: f64,
    /// Per coordinate: whether it takes part in a flat direction or lies at a limit.
    pub undetermined: Vec<bool>,
}

/// A direction with a standard error above 10 (on a log or standardized scale) is as good as flat.
const LEAST_CURVATURE: f64 = 0.01;

/// Turns an optimum of a negative log-likelihood into a covariance matrix.
pub fn invert_curvature(optimum: &Optimum) -> Curvature {
    let dimensions = optimum.point.len();
    let free: Vec<usize> = (0..dimensions).filter(|&i| !optimum.at_limit[i]).collect();
    let mut covariance = DMatrix::zeros(dimensions, dimensions);
    let mut undetermined = optimum.at_limit.clone();
    if free.is_empty() {
        // Every coordinate ran to its limit: nothing is left to invert.
        return Curvature {
            covariance,
            condition: f64::INFINITY,
            undetermined,
        };
    }
    let eigen = SymmetricEigen::new(submatrix(&optimum.hessian, &free));
    let largest = eigen.eigenvalues.iter().fold(0.0_f64, |m, v| m.max(*v));
    let mut smallest = f64::INFINITY;
    for (k, &value) in eigen.eigenvalues.iter().enumerate() {
        let vector = eigen.eigenvectors.column(k);
        if value <= 1e-11 * largest || value < LEAST_CURVATURE || !value.is_finite() {
            smallest = 0.0;
            for (i, &coordinate) in free.iter().enumerate() {
                undetermined[coordinate] |= vector[i].abs() > 0.1;
            }
            continue;
        }
        smallest = smallest.min(value);
        for (i, &row) in free.iter().enumerate() {
            for (j, &column) in free.iter().enumerate() {
                covariance[(row, column)] += vector[i] * vector[j] / value;
            }
        }
    }
    Curvature {
        covariance,
        condition: largest / smallest,
        undetermined,
    }
}

struct Step {
    step: DVector<f64>,
    promised_gain: f64,
    interior: bool,
}

fn step_within(here: &Evaluation, free: &[usize], radius: f64) -> Step {
    let hessian = submatrix(&here.hessian, free);
    let gradient = DVector::from_iterator(free.len(), free.iter().map(|&i| here.gradient[i]));
    let eigen = SymmetricEigen::new(hessian);
    let slopes = eigen.eigenvectors.transpose() * &gradient;
    let shift = find_shift(&eigen.eigenvalues, &slopes, radius);
    let coefficients = DVector::from_fn(free.len(), |i, _| {
        let curvature = eigen.eigenvalues[i] + shift;
        if slopes[i] == 0.0 {
            0.0
        } else {
            -slopes[i] / curvature
        }
    });
    let promised_gain = -coefficients
        .iter()
        .enumerate()
        .map(|(i, c)| slopes[i] * c + 0.5 * eigen.eigenvalues[i] * c * c)
        .sum::<f64>();
    Step {
        step: &eigen.eigenvectors * coefficients,
        promised_gain,
        interior: shift == 0.0,
    }
}

/// Smallest shift >= 0 that makes all curvatures positive and the step no longer than the radius.
fn find_shift(curvatures: &DVector<f64>, slopes: &DVector<f64>, radius: f64) -> f64 {
    let lowest = curvatures.min();
    let length = |shift: f64| -> f64 {
        let square: f64 = (0..slopes.len())
            .filter(|&i| slopes[i] != 0.0)
            .map(|i| (slopes[i] / (curvatures[i] + shift)).powi(2))
            .sum();
        square.sqrt()
    };
    if lowest > 0.0 && length(0.0) <= radius {
        return 0.0;
    }
    let mut low = (-lowest).max(0.0);
    let mut high = low + slopes.norm() / radius + f64::MIN_POSITIVE;
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if length(middle) > radius {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

fn free_coordinates(point: &[f64], gradient: &DVector<f64>, limits: &SearchLimits) -> Vec<usize> {
    (0..point.len())
        .filter(|&i| {
            let stuck_low = point[i] <= limits.lower[i] && gradient[i] > 0.0;
            let stuck_high = point[i] >= limits.upper[i] && gradient[i] < 0.0;
            !stuck_low && !stuck_high
        })
        .collect()
}

fn finish(
    point: Vec<f64>,
    here: Evaluation,
    limits: &SearchLimits,
    (iterations, converged): (usize, bool),
) -> Optimum {
    let free = free_coordinates(&point, &here.gradient, limits);
    let gradient_norm = free
        .iter()
        .fold(0.0_f64, |m, &i| m.max(here.gradient[i].abs()));
    let at_limit = (0..point.len())
        .map(|i| point[i] <= limits.lower[i] || point[i] >= limits.upper[i])
        .collect();
    Optimum {
        value: here.value,
        gradient: here.gradient,
        hessian: here.hessian,
        point,
        iterations,
        gradient_norm,
        converged,
        at_limit,
    }
}

fn is_usable(evaluation: &Evaluation) -> bool {
    evaluation.value.is_finite()
        && evaluation.gradient.iter().all(|g| g.is_finite())
        && evaluation.hessian.iter().all(|h| h.is_finite())
}

fn clamp(point: &[f64], limits: &SearchLimits) -> Vec<f64> {
    (0..point.len())
        .map(|i| point[i].max(limits.lower[i]).min(limits.upper[i]))
        .collect()
}

fn moved(point: &[f64], free: &[usize], step: &DVector<f64>) -> Vec<f64> {
    let mut next = point.to_vec();
    for (k, &i) in free.iter().enumerate() {
        next[i] += step[k];
    }
    next
}

fn submatrix(matrix: &DMatrix<f64>, keep: &[usize]) -> DMatrix<f64> {
    DMatrix::from_fn(keep.len(), keep.len(), |i, j| matrix[(keep[i], keep[j])])
}

/// Solves `A x = right` for a positive definite A that is known by its products only, by conjugate gradients; `nearly` is about A's inverse.
///
/// Ends when the residual is `within` of what it was, or after 500 products.
pub(crate) fn conjugate_gradients(
    (right, within): (&[f64], f64),
    times: impl Fn(&[f64]) -> Vec<f64>,
    nearly: impl Fn(&[f64]) -> Vec<f64>,
) -> Vec<f64> {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut x = vec![0.0; right.len()];
    let mut residual = right.to_vec();
    let mut way = nearly(&residual);
    let mut length = dot(&residual, &way);
    let end = within * within * length;
    for _ in 0..500 {
        if length.is_nan() || length <= end {
            break;
        }
        let product = times(&way);
        let step = length / dot(&way, &product);
        if !step.is_finite() {
            break;
        }
        for (i, x) in x.iter_mut().enumerate() {
            *x += step * way[i];
            residual[i] -= step * product[i];
        }
        let turned = nearly(&residual);
        let next = dot(&residual, &turned);
        let keep = next / length;
        (way.iter_mut().zip(turned)).for_each(|(way, own)| *way = own + keep * *way);
        length = next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rosenbrock(p: &[f64]) -> Evaluation {
        let (x, y) = (p[0], p[1]);
        Evaluation {
            value: (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2),
            gradient: DVector::from_vec(vec![
                -2.0 * (1.0 - x) - 400.0 * x * (y - x * x),
                200.0 * (y - x * x),
            ]),
            hessian: DMatrix::from_row_slice(
                2,
                2,
                &[
                    2.0 - 400.0 * (y - 3.0 * x * x),
                    -400.0 * x,
                    -400.0 * x,
                    200.0,
                ],
            ),
        }
    }

    #[test]
    fn a_bent_valley_is_followed_to_its_bottom() {
        let optimum = minimize(&[-1.2, 1.0], &SearchLimits::free(2), rosenbrock);
        assert!(optimum.converged);
        assert!((optimum.point[0] - 1.0).abs() < 1e-9 && (optimum.point[1] - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_limit_in_the_way_is_reported() {
        let limits = SearchLimits {
            lower: vec![-5.0, -5.0],
            upper: vec![0.5, 5.0],
            max_iterations: 200,
            tolerance: 1e-13,
        };
        let optimum = minimize(&[-1.2, 1.0], &limits, rosenbrock);
        assert!(optimum.converged && optimum.at_limit == vec![true, false]);
        assert!((optimum.point[1] - 0.25).abs() < 1e-9);
    }

    #[test]
    fn a_flat_direction_is_named() {
        let flat = |p: &[f64]| Evaluation {
            value: p[0] * p[0],
            gradient: DVector::from_vec(vec![2.0 * p[0], 0.0]),
            hessian: DMatrix::from_row_slice(2, 2, &[2.0, 0.0, 0.0, 0.0]),
        };
        let optimum = minimize(&[1.0, 1.0], &SearchLimits::free(2), flat);
        assert_eq!(invert_curvature(&optimum).undetermined, vec![false, true]);
    }
}
