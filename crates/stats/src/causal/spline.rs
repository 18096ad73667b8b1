//! Which smooth curve, straight at both ends, bends at given places?

use crate::estimate::quantile_of_sorted;

/// A natural cubic spline: a line and `knots - 2` bends, the knots' range brought to 0-1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NaturalSpline {
    pub knots: Vec<f64>,
}

impl NaturalSpline {
    /// Knots at these shares of the sorted values; `None` with fewer than three different ones.
    pub fn at_shares(sorted: &[f64], shares: &[f64]) -> Option<Self> {
        let of = |values: &[f64]| {
            let mut knots: Vec<f64> = shares
                .iter()
                .map(|p| quantile_of_sorted(values, *p))
                .collect();
            knots.dedup();
            knots
        };
        let mut knots = of(sorted);
        if knots.len() < shares.len().min(3) {
            // Most values are the same: bends among the different ones instead.
            let mut different = sorted.to_vec();
            different.dedup();
            if different.len() < 3 {
                return None;
            }
            knots = of(&different);
        }
        (knots.len() >= 3).then_some(NaturalSpline { knots })
    }

    /// Number of bends.
    pub fn bends(&self) -> usize {
        self.knots.len() - 2
    }

    /// One bend: the truncated power form, straight beyond the outer knots.
    pub fn bend(&self, x: f64, bend: usize) -> f64 {
        let k = self.knots.len();
        let (last, before, own) = (self.knots[k - 1], self.knots[k - 2], self.knots[bend]);
        let width = last - self.knots[0];
        let cube = |knot: f64| ((x - knot).max(0.0) / width).powi(3);
        let span = last - before;
        cube(own) - cube(before) * (last - own) / span + cube(last) * (before - own) / span
    }

    /// The line (0-1 between the outer knots), its square, and the bends: a curve that may bend everywhere.
    pub fn terms(&self, x: f64) -> Vec<f64> {
        let width = self.knots[self.knots.len() - 1] - self.knots[0];
        let line = (x - self.knots[0]) / width;
        let bends = (0..self.bends()).map(|bend| self.bend(x, bend));
        [line, line * line].into_iter().chain(bends).collect()
    }
}

/// The curve of a measure as columns for a regression: the measure, and its bends at knots put at the shares of
/// `[Harrell2001]` table 2.3 (5, 35, 65, 95 % for four; 5, 27.5, 50, 72.5, 95 % for five). Only the measure when it has
/// fewer than three different values. `NaN` is not allowed.
pub fn curve(values: &[f64], knots: usize) -> Vec<Vec<f64>> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut different = sorted.clone();
    different.dedup();
    if different.len() < 3 {
        return vec![values.to_vec()];
    }
    let between = knots.max(3) - 1;
    let shares: Vec<f64> = (0..=between)
        .map(|knot| 0.05 + 0.90 * knot as f64 / between as f64)
        .collect();
    let bends = NaturalSpline::at_shares(&sorted, &shares).map_or_else(Vec::new, |spline| {
        let column = |bend| values.iter().map(|x| spline.bend(*x, bend)).collect();
        (0..spline.bends()).map(column).collect()
    });
    std::iter::once(values.to_vec()).chain(bends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_of_two_values_has_no_bends() {
        assert_eq!(curve(&[0.0, 1.0, 1.0, 0.0], 4).len(), 1);
        let spread: Vec<f64> = (0..50).map(f64::from).collect();
        assert_eq!(curve(&spread, 4).len(), 3);
        assert_eq!(curve(&spread, 5).len(), 4);
    }

    #[test]
    fn beyond_the_outer_knots_the_curve_is_straight() {
        let sorted: Vec<f64> = (0..=100).map(f64::from).collect();
        let spline = NaturalSpline::at_shares(&sorted, &[0.1, 0.4, 0.6, 0.9]).unwrap();
        for bend in 0..spline.bends() {
            let at = |x: f64| spline.bend(x, bend);
            assert_eq!(at(3.0), 0.0);
            assert!((at(110.0) - 2.0 * at(120.0) + at(130.0)).abs() < 1e-9);
            assert!(at(50.0) > 0.0);
        }
        assert!(NaturalSpline::at_shares(&[1.0, 1.0, 2.0], &[0.1, 0.5, 0.9]).is_none());
    }
}
