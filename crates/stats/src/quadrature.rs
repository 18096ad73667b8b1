//! Where must an integrand be looked at so that few looks give all its digits?

use nalgebra::{DMatrix, SymmetricEigen};
use std::sync::OnceLock;

/// Nodes and weights of a rule; weights of [`legendre`] sum to 2 (interval [-1, 1]), of [`beta_rule`] to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    pub nodes: Vec<f64>,
    pub weights: Vec<f64>,
}

/// The sizes kept ready by [`legendre`].
pub const LEGENDRE_SIZES: [usize; 6] = [8, 12, 16, 24, 40, 64];

/// Gauss-Legendre rule on [-1, 1] with at least `size` nodes (the next of [`LEGENDRE_SIZES`], at most 64).
pub fn legendre(size: usize) -> &'static Rule {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    let rules = RULES.get_or_init(|| LEGENDRE_SIZES.iter().map(|&n| build_legendre(n)).collect());
    let index = LEGENDRE_SIZES
        .iter()
        .position(|&n| n >= size)
        .unwrap_or(LEGENDRE_SIZES.len() - 1);
    &rules[index]
}

/// Integral of a smooth function over [from, to] by Gauss-Legendre with `size` nodes.
pub fn integrate(from: f64, to: f64, size: usize, f: impl Fn(f64) -> f64) -> f64 {
    let rule = legendre(size);
    let (half, middle) = (0.5 * (to - from), 0.5 * (to + from));
    let sum: f64 = rule
        .nodes
        .iter()
        .zip(&rule.weights)
        .map(|(node, weight)| weight * f(middle + half * node))
        .sum();
    half * sum
}

/// Gauss rule for the expectation over p ~ Beta(a, b), a, b > 0: nodes in (0, 1), weights that sum to 1.
///
/// Eigenvalues of the Jacobi matrix of the orthogonal polynomials [GW1969], so that the singular ends of the density cost nothing.
pub fn beta_rule(a: f64, b: f64, size: usize) -> Rule {
    // Jacobi weight (1-t)^(b-1) (1+t)^(a-1) on [-1, 1], p = (1+t)/2.
    let (alpha, beta) = (b - 1.0, a - 1.0);
    let sum = alpha + beta;
    let mut matrix = DMatrix::<f64>::zeros(size, size);
    for i in 0..size {
        let n = i as f64;
        matrix[(i, i)] = if i == 0 {
            (beta - alpha) / (sum + 2.0)
        } else {
            (beta - alpha) * sum / ((2.0 * n + sum) * (2.0 * n + sum + 2.0))
        };
        if i + 1 < size {
            let m = n + 1.0;
            let square = if i == 0 {
                4.0 * (1.0 + alpha) * (1.0 + beta) / ((2.0 + sum).powi(2) * (3.0 + sum))
            } else {
                4.0 * m * (m + alpha) * (m + beta) * (m + sum)
                    / ((2.0 * m + sum).powi(2) * ((2.0 * m + sum).powi(2) - 1.0))
            };
            matrix[(i, i + 1)] = square.sqrt();
            matrix[(i + 1, i)] = square.sqrt();
        }
    }
    let eigen = SymmetricEigen::new(matrix);
    let mut pairs: Vec<(f64, f64)> = (0..size)
        .map(|k| {
            let node = 0.5 * (1.0 + eigen.eigenvalues[k]);
            (node.clamp(0.0, 1.0), eigen.eigenvectors[(0, k)].powi(2))
        })
        .collect();
    pairs.sort_by(|x, y| x.0.total_cmp(&y.0));
    Rule {
        nodes: pairs.iter().map(|p| p.0).collect(),
        weights: pairs.iter().map(|p| p.1).collect(),
    }
}

/// Gauss rule for the expectation over a standard normal variable: nodes in rising order, weights that sum to 1 [GW1969].
pub fn hermite(size: usize) -> Rule {
    let mut matrix = DMatrix::<f64>::zeros(size, size);
    for i in 1..size {
        let beside = (i as f64).sqrt();
        matrix[(i - 1, i)] = beside;
        matrix[(i, i - 1)] = beside;
    }
    let eigen = SymmetricEigen::new(matrix);
    let mut pairs: Vec<(f64, f64)> = (0..size)
        .map(|k| (eigen.eigenvalues[k], eigen.eigenvectors[(0, k)].powi(2)))
        .collect();
    pairs.sort_by(|x, y| x.0.total_cmp(&y.0));
    Rule {
        nodes: pairs.iter().map(|p| p.0).collect(),
        weights: pairs.iter().map(|p| p.1).collect(),
    }
}

fn build_legendre(size: usize) -> Rule {
    let n = size as f64;
    let mut nodes = vec![0.0; size];
    let mut weights = vec![0.0; size];
    for i in 0..size {
        let mut x = -((i as f64 + 0.75) / (n + 0.5) * std::f64::consts::PI).cos();
        let mut slope = 1.0;
        for _ in 0..50 {
            let (value, derivative) = legendre_polynomial(size, x);
            slope = derivative;
            let change = value / derivative;
            x -= change;
            if change.abs() < 1e-16 {
                break;
            }
        }
        nodes[i] = x;
        weights[i] = 2.0 / ((1.0 - x * x) * slope * slope);
    }
    Rule { nodes, weights }
}

fn legendre_polynomial(degree: usize, x: f64) -> (f64, f64) {
    let (mut previous, mut current) = (1.0, x);
    for k in 2..=degree {
        let k = k as f64;
        let next = ((2.0 * k - 1.0) * x * current - (k - 1.0) * previous) / k;
        (previous, current) = (current, next);
    }
    let derivative = degree as f64 * (x * current - previous) / (x * x - 1.0);
    (current, derivative)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legendre_integrates_an_exponential_to_all_digits() {
        for size in LEGENDRE_SIZES {
            let value = integrate(0.0, 2.0, size, f64::exp);
            assert!((value - (2.0_f64.exp() - 1.0)).abs() < 1e-13, "{size}");
        }
    }

    #[test]
    fn hermite_rule_has_the_moments_of_the_normal_distribution() {
        let rule = hermite(15);
        for (power, moment) in [(0, 1.0), (1, 0.0), (2, 1.0), (4, 3.0), (6, 15.0)] {
            let pairs = rule.nodes.iter().zip(&rule.weights);
            let sum: f64 = pairs.map(|(z, w)| w * z.powi(power)).sum();
            assert!((sum - moment).abs() < 1e-11, "{power}: {sum}");
        }
    }

    #[test]
    fn beta_rule_has_the_moments_of_the_beta_distribution() {
        for (a, b) in [(0.8, 2.4), (1.0, 1.0), (0.01, 300.0), (1e-9, 1.0)] {
            let rule = beta_rule(a, b, 40);
            let moment = |k: i32| -> f64 {
                rule.nodes
                    .iter()
                    .zip(&rule.weights)
                    .map(|(p, w)| w * p.powi(k))
                    .sum()
            };
            let mean = a / (a + b);
            assert!((moment(0) - 1.0).abs() < 1e-12);
            assert!((moment(1) - mean).abs() < 1e-12);
            assert!((moment(2) - mean * (a + 1.0) / (a + b + 1.0)).abs() < 1e-12);
        }
    }
}
