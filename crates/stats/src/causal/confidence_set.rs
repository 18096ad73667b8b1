//! Which values does a test not reject, when they need not be an interval?

use crate::Caution;

/// Directions looked at before the borders are found exactly.
const LOOKS: usize = 2000;

/// The values that a test does not reject.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfidenceSet {
    /// Closed pieces from left to right, ends infinite where open; none when every value is rejected.
    pub pieces: Vec<(f64, f64)>,
    pub level: f64,
}

impl ConfidenceSet {
    pub fn contains(&self, value: f64) -> bool {
        self.pieces
            .iter()
            .any(|(low, high)| *low <= value && value <= *high)
    }

    /// Whether it is one piece with finite ends.
    pub fn is_interval(&self) -> bool {
        matches!(self.pieces.as_slice(), [(low, high)] if low.is_finite() && high.is_finite())
    }

    /// What a reader must know about its shape.
    pub(crate) fn caution(&self, what: &str) -> Option<Caution> {
        let what = what.to_owned();
        match self.pieces.as_slice() {
            [] => Some(Caution::NothingFits { what }),
            _ if self.is_interval() => None,
            _ => Some(Caution::UnboundedInterval { what }),
        }
    }
}

/// The b for which `excess(cos, sin) <= 0`, where b = center + unit tan(angle) and the statistic is told for the direction (1, b).
///
/// The line is closed to a circle, so that both infinities are one direction: it is walked once, and every change of
/// sign is bisected to rounding.
pub(crate) fn invert(
    excess: impl Fn(f64, f64) -> f64,
    (center, unit): (f64, f64),
    level: f64,
) -> ConfidenceSet {
    use std::f64::consts::PI;
    let at = |angle: f64| {
        let (sin, cos) = angle.sin_cos();
        excess(cos, center * cos + unit * sin)
    };
    let inside = |angle: f64| at(angle) <= 0.0;
    let b = |angle: f64| center + unit * angle.tan();
    let angles: Vec<f64> = (0..=LOOKS)
        .map(|i| -0.5 * PI + PI * i as f64 / LOOKS as f64)
        .collect();
    let mut pieces: Vec<(f64, f64)> = Vec::new();
    let mut open = inside(angles[0]).then_some(f64::NEG_INFINITY);
    for pair in angles.windows(2) {
        let (first, second) = (inside(pair[0]), inside(pair[1]));
        if first == second {
            continue;
        }
        let (mut low, mut high) = (pair[0], pair[1]);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if inside(middle) == first {
                low = middle;
            } else {
                high = middle;
            }
        }
        match open.take() {
            Some(start) => pieces.push((start, b(0.5 * (low + high)))),
            None => open = Some(b(0.5 * (low + high))),
        }
    }
    if let Some(start) = open {
        pieces.push((start, f64::INFINITY));
    }
    ConfidenceSet { pieces, level }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (b - 2)² <= 9 and its like, homogeneous in the direction (one, b).
    #[test]
    fn intervals_rays_everything_and_nothing_are_told_as_they_are() {
        let interval = invert(
            |one, b| (b - 2.0 * one).powi(2) - 9.0 * one * one,
            (0.0, 1.0),
            0.9,
        );
        assert!(interval.is_interval());
        let (low, high) = interval.pieces[0];
        assert!((low + 1.0).abs() < 1e-9 && (high - 5.0).abs() < 1e-9);
        let rays = invert(
            |one, b| 9.0 * one * one - (b - 2.0 * one).powi(2),
            (0.0, 1.0),
            0.9,
        );
        assert_eq!(rays.pieces.len(), 2);
        assert!(rays.contains(-1e9) && rays.contains(6.0) && !rays.contains(2.0));
        assert!(rays.caution("b").is_some());
        let all = invert(|_, _| -1.0, (0.0, 1.0), 0.9);
        assert_eq!(all.pieces, vec![(f64::NEG_INFINITY, f64::INFINITY)]);
        let none = invert(|_, _| 1.0, (0.0, 1.0), 0.9);
        assert_eq!(none.caution("b").map(|c| c.key()), Some("nothing_fits"));
    }
}
