//! Is one driver ahead of another whatever else is asked, or only on average?

use nalgebra::DMatrix;

use super::lmg::{correlation, sweep};
use crate::StatsError;

/// More drivers than this are refused: 2^20 shares of variance are kept at once (8 MiB).
pub const MAX_DRIVERS: usize = 20;
/// Gains that differ by less are equal.
const TIE: f64 = 1e-12;

/// The three kinds of dominance of every driver over every other.
#[derive(Debug, Clone, PartialEq)]
pub struct Dominance {
    /// Mean over sizes of the conditional gains; the same numbers as LMG.
    pub general: Vec<f64>,
    /// By driver: its mean gain in R² when 0, 1, ... p - 1 others are in already.
    pub conditional: Vec<Vec<f64>>,
    /// `complete[i][j]`: 1 when i adds more than j to every set that holds neither, 0 when j always does, 0.5 when it
    /// depends on the set (and on the diagonal).
    pub complete: Vec<Vec<f64>>,
}

impl Dominance {
    /// Whether i adds at least as much as j at every size of the set, and more at some.
    pub fn conditionally(&self, i: usize, j: usize) -> bool {
        let pairs = || self.conditional[i].iter().zip(&self.conditional[j]);
        pairs().all(|(a, b)| a >= &(b - TIE)) && pairs().any(|(a, b)| *a > b + TIE)
    }
}

/// Dominance analysis from a covariance or correlation matrix whose last column is the outcome
/// `[Budescu1993]` `[AzenBudescu2003]`.
///
/// Complete dominance implies conditional, and conditional implies general. All 2^p shares of variance are computed by
/// sweeping (a few nanoseconds each), then p (p - 1)/2 pairs are compared on 2^(p-2) sets: 12 drivers take about a
/// tenth of a millisecond, 20 about a fifth of a second. Errs beyond [`MAX_DRIVERS`] and when the outcome does not vary.
pub fn analyze(covariance: &DMatrix<f64>) -> Result<Dominance, StatsError> {
    let drivers = covariance.nrows().saturating_sub(1);
    if drivers > MAX_DRIVERS {
        return Err(StatsError::invalid(format!(
            "number of drivers {drivers} (at most {MAX_DRIVERS})"
        )));
    }
    let matrix = correlation(covariance)?;
    let explained = explained_by_set(&matrix, drivers);
    let conditional = conditional_gains(&explained, drivers);
    let mean = |gains: &Vec<f64>| gains.iter().sum::<f64>() / drivers as f64;
    Ok(Dominance {
        general: conditional.iter().map(mean).collect(),
        complete: complete_dominance(&explained, drivers),
        conditional,
    })
}

/// R² of every set of drivers, a set being the bits of its place.
fn explained_by_set(matrix: &DMatrix<f64>, drivers: usize) -> Vec<f64> {
    let mut explained = vec![0.0; 1 << drivers];
    let mut walk = Walk {
        drivers,
        scratch: (0..=drivers)
            .map(|r| vec![0.0; (r + 1) * (r + 1)])
            .collect(),
        explained: &mut explained,
    };
    walk.scratch[drivers].copy_from_slice(matrix.as_slice());
    walk.visit(drivers, 0, 0.0);
    explained
}

struct Walk<'a> {
    drivers: usize,
    scratch: Vec<Vec<f64>>,
    explained: &'a mut [f64],
}

impl Walk<'_> {
    /// Notes the set at hand, then all that add drivers among the `left` last ones.
    fn visit(&mut self, left: usize, set: usize, r2: f64) {
        self.explained[set] = r2;
        for position in 0..left {
            let rest = left - position - 1;
            let (small, large) = self.scratch.split_at_mut(left);
            // With no driver left the outcome alone remains, which `sweep` writes into a 1 x 1 matrix.
            let gain = sweep(&large[0], left + 1, position, &mut small[rest]);
            let driver = self.drivers - left + position;
            self.visit(rest, set | 1 << driver, r2 + gain);
        }
    }
}

fn conditional_gains(explained: &[f64], drivers: usize) -> Vec<Vec<f64>> {
    let mut gains = vec![vec![0.0; drivers]; drivers];
    let mut sets = vec![0.0; drivers];
    if drivers == 0 {
        return gains;
    }
    for set in 0..explained.len() {
        let size = set.count_ones() as usize;
        if size < drivers {
            // Each driver outside is absent from this many sets of the size.
            sets[size] += (drivers - size) as f64 / drivers as f64;
        }
        for driver in (0..drivers).filter(|d| set >> d & 1 == 0) {
            gains[driver][size] += explained[set | 1 << driver] - explained[set];
        }
    }
    for of_driver in &mut gains {
        for (gain, sets) in of_driver.iter_mut().zip(&sets) {
            *gain /= sets;
        }
    }
    gains
}

fn complete_dominance(explained: &[f64], drivers: usize) -> Vec<Vec<f64>> {
    let mut complete = vec![vec![0.5; drivers]; drivers];
    let pairs = (0..drivers).flat_map(|i| (0..i).map(move |j| (i, j)));
    for (i, j) in pairs {
        let (one, other) = (1 << i, 1 << j);
        let (mut ahead, mut behind) = (false, false);
        for set in (0..explained.len()).filter(|set| set & (one | other) == 0) {
            let gap = explained[set | one] - explained[set | other];
            ahead |= gap > TIE;
            behind |= gap < -TIE;
            if ahead && behind {
                break;
            }
        }
        if ahead != behind {
            complete[i][j] = f64::from(u8::from(ahead));
            complete[j][i] = f64::from(u8::from(behind));
        }
    }
    complete
}

#[cfg(test)]
mod tests {
    use super::super::lmg;
    use super::*;

    fn matrix(drivers: usize) -> DMatrix<f64> {
        let x = DMatrix::from_fn(60, drivers + 1, |i, j| {
            let own = ((i * (2 * j + 3) + j) as f64 * 0.731).sin();
            own + 0.5 * (i as f64 * 0.37).cos() + if j == drivers { own } else { 0.0 }
        });
        let mean = x.row_mean();
        let centered = DMatrix::from_fn(60, drivers + 1, |i, j| x[(i, j)] - mean[j]);
        centered.transpose() * centered
    }

    #[test]
    fn general_dominance_is_lmg_and_averages_the_conditional_gains() {
        for drivers in 1..9 {
            let c = matrix(drivers);
            let dominance = analyze(&c).unwrap();
            for (ours, lmg) in dominance.general.iter().zip(lmg::shares(&c).unwrap()) {
                assert!((ours - lmg).abs() < 1e-12, "{ours} {lmg}");
            }
        }
    }

    #[test]
    fn two_drivers_gain_by_the_textbook() {
        let c = DMatrix::from_row_slice(3, 3, &[1.0, 0.3, 0.5, 0.3, 1.0, 0.4, 0.5, 0.4, 1.0]);
        let both = (0.25 + 0.16 - 2.0 * 0.3 * 0.5 * 0.4) / (1.0 - 0.09);
        let dominance = analyze(&c).unwrap();
        assert!((dominance.conditional[0][0] - 0.25).abs() < 1e-14);
        assert!((dominance.conditional[0][1] - (both - 0.16)).abs() < 1e-14);
        assert_eq!(dominance.complete, [[0.5, 1.0], [0.0, 0.5]]);
        assert!(dominance.conditionally(0, 1) && !dominance.conditionally(1, 0));
    }

    #[test]
    fn a_suppressor_dominates_nobody_completely() {
        // Alone the second explains more, beside the third the first does.
        let c = DMatrix::from_row_slice(
            4,
            4,
            &[
                1.0, 0.0, 0.6, 0.3, 0.0, 1.0, 0.0, 0.35, 0.6, 0.0, 1.0, -0.1, 0.3, 0.35, -0.1, 1.0,
            ],
        );
        let dominance = analyze(&c).unwrap();
        assert_eq!(dominance.complete[0][1], 0.5);
    }

    #[test]
    fn too_many_drivers_are_refused() {
        assert!(analyze(&DMatrix::identity(30, 30)).is_err());
    }
}
