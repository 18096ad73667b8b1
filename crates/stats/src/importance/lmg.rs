//! Which share of the explained variance belongs to each driver, averaged over all orders of entry?

use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::StatsError;

/// More drivers than this are refused: the work doubles with each (25 take about a third of a second, 30 ten).
pub const MAX_DRIVERS: usize = 30;
/// A driver that those before it explain to this share adds nothing.
const TOLERANCE: f64 = 1e-10;
/// From this many drivers on, one decomposition is itself computed in parallel.
const PARALLEL_FROM: usize = 18;
const PARALLEL_LEVELS: usize = 6;

/// Shapley shares of R² (LMG), exact, from a covariance or correlation matrix whose last column is the outcome.
///
/// `LMG_j = sum over S without j of |S|! (p-1-|S|)!/p! [R²(S + j) - R²(S)]` `[LMG1980]` `[Gromping2006]`.
/// The shares are ≥ 0 and sum to R². Cost: 2^p steps of a few nanoseconds and no memory worth naming, whatever
/// the number of rows behind the matrix. Each subset is reached from one with a driver less by sweeping that
/// driver out of the partial covariance of the later ones, which is small for nearly all subsets.
/// Errs beyond [`MAX_DRIVERS`] and when the outcome does not vary.
///
/// For two drivers `LMG_1 = (R²_1 + R²_12 - R²_2)/2`.
pub fn shares(covariance: &DMatrix<f64>) -> Result<Vec<f64>, StatsError> {
    let drivers = covariance.nrows().saturating_sub(1);
    if drivers > MAX_DRIVERS {
        return Err(StatsError::invalid(format!(
            "number of drivers {drivers} (at most {MAX_DRIVERS})"
        )));
    }
    let matrix = correlation(covariance)?;
    let levels = if drivers < PARALLEL_FROM {
        0
    } else {
        PARALLEL_LEVELS
    };
    let parts: Vec<Part> = (0..1_usize << levels)
        .into_par_iter()
        .map(|mask| part_of_first(&matrix, drivers, levels, mask))
        .collect();
    let without: f64 = parts.iter().map(|p| p.without).sum();
    let share = |j: usize| parts.iter().map(|p| p.with[j]).sum::<f64>() - without;
    Ok((0..drivers).map(|j| share(j).max(0.0)).collect())
}

/// Correlation matrix of a covariance matrix; a driver that does not vary gets zeros.
pub(crate) fn correlation(covariance: &DMatrix<f64>) -> Result<DMatrix<f64>, StatsError> {
    let size = covariance.nrows();
    if size == 0 || covariance.ncols() != size || covariance.iter().any(|v| !v.is_finite()) {
        return Err(StatsError::invalid("covariance matrix"));
    }
    if covariance[(size - 1, size - 1)] <= 0.0 {
        let what = "outcome".to_owned();
        return Err(StatsError::NoVariation { what });
    }
    let spread: Vec<f64> = (0..size)
        .map(|j| covariance[(j, j)].max(0.0).sqrt())
        .collect();
    Ok(DMatrix::from_fn(size, size, |i, j| {
        match spread[i] > 0.0 && spread[j] > 0.0 {
            true => covariance[(i, j)] / (spread[i] * spread[j]),
            false => 0.0,
        }
    }))
}

/// Sums over one family of subsets.
struct Part {
    /// For each driver j: sum over S with j of (weight(|S|-1) + weight(|S|)) R²(S).
    with: Vec<f64>,
    /// Sum over S of weight(|S|) R²(S); the same for every driver.
    without: f64,
}

/// The subsets that hold exactly the drivers of `mask` among the first `levels` ones.
fn part_of_first(matrix: &DMatrix<f64>, drivers: usize, levels: usize, mask: usize) -> Part {
    let mut walk = Walk::new(drivers);
    let mut current = matrix.as_slice().to_vec();
    let (mut r2, mut size) = (0.0, 0);
    for level in 0..levels {
        let left = drivers - level;
        let mut next = vec![0.0; left * left];
        if mask >> level & 1 == 1 {
            r2 += sweep(&current, left + 1, 0, &mut next);
            size += 1;
        } else {
            drop_first(&current, left, &mut next);
        }
        current = next;
    }
    let left = drivers - levels;
    walk.scratch[left][..current.len()].copy_from_slice(&current);
    let total = walk.visit(left, size, r2);
    for level in (0..levels).filter(|level| mask >> level & 1 == 1) {
        walk.with[level] += total;
    }
    Part {
        with: walk.with,
        without: walk.without,
    }
}

struct Walk {
    drivers: usize,
    /// (|S|)! (p-1-|S|)!/p! by |S|, 0 for the full set.
    weight: Vec<f64>,
    /// weight(|S|-1) + weight(|S|) by |S|.
    both: Vec<f64>,
    /// Partial covariance with r drivers left (and the outcome last), by r.
    scratch: Vec<Vec<f64>>,
    with: Vec<f64>,
    without: f64,
}

impl Walk {
    fn new(drivers: usize) -> Self {
        let mut weight = vec![0.0; drivers + 1];
        for (size, weight) in weight.iter_mut().take(drivers).enumerate() {
            // 1 / (p * binomial(p-1, size)).
            let choose = (0..size).fold(1.0, |c, i| c * (drivers - 1 - i) as f64 / (i + 1) as f64);
            *weight = 1.0 / (drivers as f64 * choose);
        }
        let below = |size: usize| if size == 0 { 0.0 } else { weight[size - 1] };
        Walk {
            drivers,
            both: (0..=drivers).map(|s| below(s) + weight[s]).collect(),
            weight,
            scratch: (0..=drivers)
                .map(|r| vec![0.0; (r + 1) * (r + 1)])
                .collect(),
            with: vec![0.0; drivers],
            without: 0.0,
        }
    }

    /// Visits the set at hand and all that add drivers among the `left` last ones; returns the sum of
    /// (weight(|S|-1) + weight(|S|)) R²(S) over them.
    fn visit(&mut self, left: usize, size: usize, r2: f64) -> f64 {
        let mut total = self.count(size, r2);
        for position in 0..left {
            let rest = left - position - 1;
            let (small, large) = self.scratch.split_at_mut(left);
            let sum = if rest > 2 {
                let gain = sweep(&large[0], left + 1, position, &mut small[rest]);
                self.visit(rest, size + 1, r2 + gain)
            } else {
                let tail = Tail::after(&large[0], left + 1, position);
                self.visit_tail(&tail, rest, size + 1, r2)
            };
            self.with[self.drivers - left + position] += sum;
            total += sum;
        }
        total
    }

    /// Counts one set of a size; returns its part of the sums for its own drivers.
    fn count(&mut self, size: usize, r2: f64) -> f64 {
        self.without += self.weight[size] * r2;
        self.both[size] * r2
    }

    /// As [`visit`](Self::visit) for the two last drivers at most: seven of eight sets end here, without a matrix.
    fn visit_tail(&mut self, tail: &Tail, rest: usize, size: usize, r2: f64) -> f64 {
        let r2 = r2 + tail.gain;
        let mut total = self.count(size, r2);
        if rest >= 1 {
            let last = self.drivers - 1;
            let sum = self.count(size + 1, r2 + gain_of(tail.ll, tail.ly));
            self.with[last] += sum;
            total += sum;
        }
        if rest == 2 {
            let (first, last) = (self.drivers - 2, self.drivers - 1);
            let with_first = r2 + gain_of(tail.kk, tail.ky);
            let slope = tail.kl * inverse_of(tail.kk);
            let gain = gain_of(tail.ll - slope * tail.kl, tail.ly - slope * tail.ky);
            let one = self.count(size + 1, with_first);
            let two = self.count(size + 2, with_first + gain);
            self.with[first] += one + two;
            self.with[last] += two;
            total += one + two;
        }
        total
    }
}

/// Partial (co)variances of the last two drivers k and l and the outcome y once a driver was taken in.
struct Tail {
    gain: f64,
    kk: f64,
    kl: f64,
    ky: f64,
    ll: f64,
    ly: f64,
}

impl Tail {
    fn after(matrix: &[f64], width: usize, position: usize) -> Self {
        let row = &matrix[position * width..(position + 1) * width];
        let inverse = inverse_of(row[position]);
        let rest = width - position - 2;
        let y = width - 1;
        let entry = |i: usize, j: usize| matrix[i * width + j] - row[i] * inverse * row[j];
        let (k, l) = (width.wrapping_sub(3), width.wrapping_sub(2));
        Tail {
            gain: row[y] * row[y] * inverse,
            kk: if rest == 2 { entry(k, k) } else { 0.0 },
            kl: if rest == 2 { entry(k, l) } else { 0.0 },
            ky: if rest == 2 { entry(k, y) } else { 0.0 },
            ll: if rest >= 1 { entry(l, l) } else { 0.0 },
            ly: if rest >= 1 { entry(l, y) } else { 0.0 },
        }
    }
}

fn inverse_of(variance: f64) -> f64 {
    if variance > TOLERANCE {
        1.0 / variance
    } else {
        0.0
    }
}

fn gain_of(variance: f64, with_outcome: f64) -> f64 {
    with_outcome * with_outcome * inverse_of(variance)
}

/// Takes the driver at `position` into the set: writes the partial covariance of those after it (outcome last)
/// and returns the gain in R². Matrices are symmetric, `width` wide; only the upper half is kept right.
pub(super) fn sweep(matrix: &[f64], width: usize, position: usize, next: &mut [f64]) -> f64 {
    let row = &matrix[position * width..(position + 1) * width];
    let inverse = inverse_of(row[position]);
    let rest = width - position - 1;
    let tail = &row[position + 1..];
    for i in 0..rest {
        let factor = tail[i] * inverse;
        let from = &matrix[(position + 1 + i) * width + position + 1..][..rest];
        let to = &mut next[i * rest..][..rest];
        for j in i..rest {
            to[j] = from[j] - factor * tail[j];
        }
    }
    tail[rest - 1] * tail[rest - 1] * inverse
}

fn drop_first(matrix: &[f64], left: usize, next: &mut [f64]) {
    let width = left + 1;
    for i in 0..left {
        let from = &matrix[(i + 1) * width + 1..][..left];
        next[i * left..][..left].copy_from_slice(from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_drivers_follow_the_textbook_formula() {
        let c = DMatrix::from_row_slice(3, 3, &[1.0, 0.3, 0.5, 0.3, 1.0, 0.4, 0.5, 0.4, 1.0]);
        let both = (0.25 + 0.16 - 2.0 * 0.3 * 0.5 * 0.4) / (1.0 - 0.09);
        let shares = shares(&c).unwrap();
        assert!((shares[0] - (0.25 + both - 0.16) / 2.0).abs() < 1e-14);
        assert!((shares.iter().sum::<f64>() - both).abs() < 1e-14);
    }

    #[test]
    fn independent_drivers_own_their_squared_correlation() {
        let mut c = DMatrix::identity(20, 20);
        for j in 0..19 {
            c[(j, 19)] = 0.01 * j as f64;
            c[(19, j)] = c[(j, 19)];
        }
        for (j, share) in shares(&c).unwrap().iter().enumerate() {
            assert!((share - (0.01 * j as f64).powi(2)).abs() < 1e-12);
        }
    }

    #[test]
    fn twins_share_alike() {
        let c = DMatrix::from_row_slice(3, 3, &[1.0, 1.0, 0.6, 1.0, 1.0, 0.6, 0.6, 0.6, 1.0]);
        let shares = shares(&c).unwrap();
        assert!((shares[0] - 0.18).abs() < 1e-12 && (shares[1] - 0.18).abs() < 1e-12);
    }

    #[test]
    fn too_many_drivers_are_refused() {
        assert!(shares(&DMatrix::identity(40, 40)).is_err());
    }
}
