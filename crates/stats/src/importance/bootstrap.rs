//! How much would the figures move if other respondents had answered?

use nalgebra::{DMatrix, DVector};
use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::missing::{Maximum, pair_list};
use crate::Interval;
use crate::estimate::quantile_of_sorted;

/// Most resamples computed together: their weights are multiplied with the rows' products as one matrix.
const BATCH: usize = 64;
/// From this many rows on, half of them: how often every row was drawn is kept per resample.
const MANY_ROWS: usize = 250_000;
/// Rows whose products are kept at once, small enough for the fast cache.
const ROWS: usize = 128;

/// Moves the maximum-likelihood covariance to other weights of the respondents.
///
/// Every respondent must have at least one answer. Without holes this is the covariance at those weights, exactly. With holes EM is not run again from the start:
/// its expectation step is taken at the new weights and carried to the new fixed point by the amplifier
/// (one Newton step), which costs one pass over the rows.
pub(crate) struct Resampler<'a> {
    maximum: &'a Maximum,
    /// The filled rows one after another.
    rows: Vec<f64>,
    size: usize,
}

impl<'a> Resampler<'a> {
    pub fn new(maximum: &'a Maximum) -> Self {
        let size = maximum.filled.len();
        let count = maximum.filled.first().map_or(0, Vec::len);
        let mut rows = vec![0.0; size * count];
        for (j, column) in maximum.filled.iter().enumerate() {
            for (row, value) in column.iter().enumerate() {
                rows[row * size + j] = *value;
            }
        }
        Resampler {
            maximum,
            rows,
            size,
        }
    }

    /// Covariances of resamples `first`, `first + 1` ... at the respondents' weights times how often each was drawn;
    /// the flag tells that a covariance had to be repaired to stay positive definite.
    pub fn covariances(
        &self,
        weights: &[f64],
        (seed, first, count): (u64, usize, usize),
    ) -> Vec<(DMatrix<f64>, bool)> {
        let drawn: Vec<Vec<u16>> = (first..first + count)
            .map(|number| times_drawn(weights.len(), seed, number))
            .collect();
        let sums = self.weighted_sums(weights, &drawn);
        let one = |(number, drawn): (usize, &Vec<u16>)| {
            self.covariance(weights, drawn, sums.column(number).as_slice())
        };
        drawn.iter().enumerate().map(one).collect()
    }

    /// For every resample (column) the weighted sums of 1, of the columns and of their products, in the order of [`pair_list`].
    fn weighted_sums(&self, weights: &[f64], drawn: &[Vec<u16>]) -> DMatrix<f64> {
        let size = self.size;
        let width = 1 + size + size * (size + 1) / 2;
        let mut sums = DMatrix::zeros(width, drawn.len());
        let count = self.rows.len() / size.max(1);
        let mut products = DMatrix::zeros(width, ROWS);
        let mut weighted = DMatrix::zeros(ROWS, drawn.len());
        for start in (0..count).step_by(ROWS) {
            let rows = ROWS.min(count - start);
            for k in 0..rows {
                let row = &self.rows[(start + k) * size..][..size];
                let mut column = products.column_mut(k);
                let column = column.as_mut_slice();
                column[0] = 1.0;
                column[1..=size].copy_from_slice(row);
                let mut at = 1 + size;
                for j in 0..size {
                    for (product, value) in column[at..=at + j].iter_mut().zip(row) {
                        *product = value * row[j];
                    }
                    at += j + 1;
                }
            }
            for (b, drawn) in drawn.iter().enumerate() {
                let mut column = weighted.column_mut(b);
                let own = weights[start..start + rows].iter().zip(&drawn[start..]);
                for (weighted, (weight, times)) in column.iter_mut().zip(own) {
                    *weighted = weight * f64::from(*times);
                }
            }
            sums.gemm(
                1.0,
                &products.columns(0, rows),
                &weighted.rows(0, rows),
                1.0,
            );
        }
        sums
    }

    fn covariance(&self, weights: &[f64], drawn: &[u16], sums: &[f64]) -> (DMatrix<f64>, bool) {
        let weighted = || {
            let own = weights.iter().zip(drawn);
            own.map(|(weight, times)| weight * f64::from(*times))
        };
        let (total, sums) = (sums[0], &sums[1..]);
        let base = &self.maximum.moments.covariance;
        let size = self.size;
        let pairs = pair_list(size);
        let mut mean = DVector::from_fn(size, |j, _| sums[j] / total);
        let mut second = DMatrix::zeros(size, size);
        for (k, &(i, j)) in pairs.iter().enumerate() {
            second[(i, j)] = sums[size + k] / total;
            second[(j, i)] = second[(i, j)];
        }
        if let Some(amplifier) = &self.maximum.amplifier {
            second += self.hole_variance(weighted()) / total;
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

    fn hole_variance(&self, weights: impl Iterator<Item = f64>) -> DMatrix<f64> {
        let size = self.size;
        let mut by_pattern = vec![0.0; self.maximum.uncertainty.len()];
        for (weight, &pattern) in weights.zip(&self.maximum.pattern_of_row) {
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

/// Covariance by covariance, what `figures` makes of all resamples, in their order.
pub(crate) fn resampled<T: Send>(
    resampler: &Resampler,
    weights: &[f64],
    (seed, count): (u64, usize),
    figures: impl Fn(DMatrix<f64>, bool) -> T + Sync,
) -> Vec<T> {
    // Batches of even size; their number does not depend on the number of threads.
    let most = if weights.len() < MANY_ROWS {
        BATCH
    } else {
        BATCH / 2
    };
    let batches = count.div_ceil(most);
    let size = count.div_ceil(batches.max(1));
    let batches: Vec<Vec<T>> = (0..batches)
        .into_par_iter()
        .map(|batch| {
            let first = (batch * size).min(count);
            let numbers = (seed, first, size.min(count - first));
            let drawn = resampler.covariances(weights, numbers).into_iter();
            drawn.map(|(c, repaired)| figures(c, repaired)).collect()
        })
        .collect();
    batches.into_iter().flatten().collect()
}

/// How often every respondent is drawn for one resample. Depends on seed and number only.
fn times_drawn(rows: usize, seed: u64, number: usize) -> Vec<u16> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(number as u64 + 1);
    let mut drawn = vec![0_u16; rows];
    for _ in 0..rows {
        let row = rng.random_range(0..rows);
        // Nobody is drawn 65,535 times.
        drawn[row] = drawn[row].saturating_add(1);
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
    use crate::regression::cross_products::reduce;

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
        let all = resampler.covariances(&weights, (5, 0, 20));
        for (number, (fast, repaired)) in all.into_iter().enumerate() {
            let drawn = weights_of(400, 5, number);
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
        let drawn = weights_of(60, 5, 41);
        let all = Resampler::new(&maximum).covariances(&weights, (5, 40, 3));
        let fast = &all[1].0;
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let direct = reduce(&slices, Some(&drawn)).covariance();
        assert!((fast - direct).abs().max() < 1e-12);
    }

    fn weights_of(rows: usize, seed: u64, number: usize) -> Vec<f64> {
        let drawn = times_drawn(rows, seed, number);
        drawn.into_iter().map(f64::from).collect()
    }

    #[test]
    fn a_resample_depends_on_seed_and_number_only() {
        assert_eq!(times_drawn(50, 3, 8), times_drawn(50, 3, 8));
        assert_ne!(times_drawn(50, 3, 8), times_drawn(50, 3, 9));
    }
}
