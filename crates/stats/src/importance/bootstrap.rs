//! How much would the figures move if other respondents had answered?

use nalgebra::{DMatrix, DVector};
use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::missing::{Maximum, pair_list};
use crate::Interval;
use crate::estimate::quantile_of_sorted;
use crate::regression::cross_products::reduce;

/// Moves the maximum-likelihood covariance to other weights of the respondents.
///
/// Every respondent must have at least one answer. Without holes this is the covariance at those weights, exactly. With holes EM is not run again from the start:
/// its expectation step is taken at the new weights and carried to the new fixed point by the amplifier
/// (one Newton step), which costs one pass over the rows.
pub(crate) struct Resampler<'a> {
    maximum: &'a Maximum,
    filled: Vec<&'a [f64]>,
}

impl<'a> Resampler<'a> {
    pub fn new(maximum: &'a Maximum) -> Self {
        let filled = maximum.filled.iter().map(Vec::as_slice).collect();
        Resampler { maximum, filled }
    }

    /// Covariance at other weights; the flag tells that it had to be repaired to stay positive definite.
    pub fn covariance(&self, weights: &[f64]) -> (DMatrix<f64>, bool) {
        let base = &self.maximum.moments.covariance;
        let reduced = reduce(&self.filled, Some(weights));
        let mut mean = DVector::from_column_slice(&reduced.means);
        let mut second = reduced.products / reduced.weight + &mean * mean.transpose();
        if let Some(amplifier) = &self.maximum.amplifier {
            second += self.hole_variance(weights) / reduced.weight;
            let size = mean.len();
            let pairs = pair_list(size);
            let mut shift = DVector::zeros(size + pairs.len());
            shift.rows_mut(0, size).copy_from(&mean);
            for (k, &(i, j)) in pairs.iter().enumerate() {
                shift[size + k] = second[(i, j)] - base[(i, j)];
            }
            let moved = amplifier * shift;
            mean.copy_from(&moved.rows(0, size));
            for (k, &(i, j)) in pairs.iter().enumerate() {
                second[(i, j)] = base[(i, j)] + moved[size + k];
                second[(j, i)] = second[(i, j)];
            }
        }
        repaired(second - &mean * mean.transpose())
    }

    fn hole_variance(&self, weights: &[f64]) -> DMatrix<f64> {
        let size = self.filled.len();
        let mut by_pattern = vec![0.0; self.maximum.uncertainty.len()];
        for (weight, &pattern) in weights.iter().zip(&self.maximum.pattern_of_row) {
            by_pattern[pattern] += weight;
        }
        let mut total = DMatrix::zeros(size, size);
        for (weight, holes) in by_pattern.iter().zip(&self.maximum.uncertainty) {
            total
                .iter_mut()
                .zip(holes)
                .for_each(|(t, h)| *t += weight * h);
        }
        total
    }
}

/// Weights of one resample: each respondent's weight times how often he was drawn. Depends on seed and number only.
pub(crate) fn resampled_weights(weights: &[f64], seed: u64, number: usize) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(number as u64 + 1);
    let mut drawn = vec![0.0; weights.len()];
    for _ in 0..weights.len() {
        let row = rng.random_range(0..weights.len());
        drawn[row] += weights[row];
    }
    drawn
}

/// Interval of a share of variance: percentiles of the resamples moved by twice the bootstrap's own bias, on the
/// scale of the square root (where the spread hardly depends on the share), kept at or above 0.
///
/// Shares of R² are biased upwards by noise drivers; the resamples carry that bias twice, the estimate once.
pub(crate) fn share_interval(estimate: f64, draws: &[f64], level: f64) -> Interval {
    let mut roots: Vec<f64> = draws.iter().map(|d| d.max(0.0).sqrt()).collect();
    roots.sort_by(f64::total_cmp);
    let mean = roots.iter().sum::<f64>() / roots.len() as f64;
    let shift = 2.0 * (mean - estimate.max(0.0).sqrt());
    let tail = (1.0 - level) / 2.0;
    let limit = |probability: f64| {
        (draw_quantile(&roots, probability) - shift)
            .max(0.0)
            .powi(2)
    };
    Interval {
        lower: limit(tail),
        upper: limit(1.0 - tail),
        level,
    }
}

/// Quantile of few draws such that a new draw falls below it with the probability: place p (n + 1), not p (n - 1) + 1,
/// which would make intervals from 100 draws two points too narrow.
fn draw_quantile(sorted: &[f64], probability: f64) -> f64 {
    let n = sorted.len() as f64;
    quantile_of_sorted(sorted, (probability * (n + 1.0) - 1.0) / (n - 1.0))
}

/// Percentile interval of the draws that are numbers.
pub(crate) fn percentile_interval(draws: &[f64], level: f64) -> Interval {
    let mut numbers: Vec<f64> = draws.iter().copied().filter(|d| !d.is_nan()).collect();
    numbers.sort_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    Interval {
        lower: draw_quantile(&numbers, tail),
        upper: draw_quantile(&numbers, 1.0 - tail),
        level,
    }
}

/// Best and worst rank among resamples at the level, from the ranks drawn.
pub(crate) fn rank_interval(ranks: &[f64], level: f64) -> (usize, usize) {
    let mut sorted = ranks.to_vec();
    sorted.sort_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    let best = quantile_of_sorted(&sorted, tail).floor();
    let worst = quantile_of_sorted(&sorted, 1.0 - tail).ceil();
    (best as usize, worst as usize)
}

/// Standard deviation of draws about their own mean.
pub(crate) fn spread(draws: &[f64]) -> f64 {
    let n = draws.len() as f64;
    let mean = draws.iter().sum::<f64>() / n;
    let squares: f64 = draws.iter().map(|d| (d - mean).powi(2)).sum();
    (squares / (n - 1.0)).sqrt()
}

fn repaired(covariance: DMatrix<f64>) -> (DMatrix<f64>, bool) {
    if covariance.clone().cholesky().is_some() {
        return (covariance, false);
    }
    let mut eigen = covariance.symmetric_eigen();
    let floor = 1e-6 * eigen.eigenvalues.max().max(f64::MIN_POSITIVE);
    eigen.eigenvalues.iter_mut().for_each(|v| *v = v.max(floor));
    (eigen.recompose(), true)
}

#[cfg(test)]
mod tests {
    use super::super::missing::{Answers, moments};
    use super::*;

    /// Three columns that hang together, the last complete, 40 % of the other answers missing.
    fn answers(rows: usize) -> Vec<Vec<f64>> {
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let mut columns = vec![Vec::new(); 3];
        for _ in 0..rows {
            let mood: f64 = rng.random();
            for (j, column) in columns.iter_mut().enumerate() {
                let x = mood + rng.random::<f64>();
                let hole = j < 2 && rng.random::<f64>() < 0.4;
                column.push(if hole { f64::NAN } else { x });
            }
        }
        columns
    }

    #[test]
    fn one_step_lands_where_a_full_search_would() {
        let columns = answers(400);
        let weights = vec![1.0; 400];
        let maximum = Answers::new(&columns, &weights)
            .unwrap()
            .maximize()
            .unwrap();
        let resampler = Resampler::new(&maximum);
        let (mut gap, mut moved) = (0.0, 0.0);
        for number in 0..20 {
            let drawn = resampled_weights(&weights, 5, number);
            let (fast, repaired) = resampler.covariance(&drawn);
            let full = moments(&columns, &drawn).unwrap().covariance;
            gap += (&fast - &full).norm_squared();
            moved += (&full - &maximum.moments.covariance).norm_squared();
            assert!(!repaired);
        }
        assert!(gap < 0.01 * moved, "{gap} of {moved}");
    }

    #[test]
    fn without_holes_a_resample_is_exact() {
        let columns: Vec<Vec<f64>> = (answers(60).iter())
            .map(|c| {
                c.iter()
                    .map(|x| if x.is_nan() { 0.7 } else { *x })
                    .collect()
            })
            .collect();
        let weights = vec![1.0; 60];
        let maximum = Answers::new(&columns, &weights)
            .unwrap()
            .maximize()
            .unwrap();
        let drawn = resampled_weights(&weights, 5, 0);
        let (fast, _) = Resampler::new(&maximum).covariance(&drawn);
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let direct = reduce(&slices, Some(&drawn)).covariance();
        assert!((fast - direct).abs().max() < 1e-12);
    }

    #[test]
    fn a_resample_depends_on_seed_and_number_only() {
        let weights = vec![1.0; 50];
        assert_eq!(
            resampled_weights(&weights, 3, 8),
            resampled_weights(&weights, 3, 8)
        );
        assert_ne!(
            resampled_weights(&weights, 3, 8),
            resampled_weights(&weights, 3, 9)
        );
    }
}
