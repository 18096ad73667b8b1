//! What does one more krona on an activity give, when the last one gave less than the first?

use super::choice::LARGEST;
use crate::StatsError;
use std::sync::Arc;

/// Value as a function of the amount spent, 0 or more, in one unit of money. Every parameter is finite.
#[derive(Debug, Clone, PartialEq)]
pub enum Curve {
    /// `scale x^exponent`, exponent in (0, 1], scale >= 0.
    Power { scale: f64, exponent: f64 },
    /// `ceiling (1 - e^(-x / reach))`, ceiling >= 0, reach > 0: 63 % of the ceiling is had for `reach`.
    Saturating { ceiling: f64, reach: f64 },
    /// `ceiling x^shape / (x^shape + half^shape)`, ceiling >= 0, half > 0, shape > 0. S-shaped when shape > 1.
    Hill { ceiling: f64, half: f64, shape: f64 },
    /// `scale ln(1 + x / unit)`, scale >= 0, unit > 0.
    Log { scale: f64, unit: f64 },
    /// Straight lines between points; slopes must not rise, but may be negative (too much of a good thing).
    Piecewise(Points),
}

/// Corners of a concave curve of straight lines. Beyond the last one the last slope goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    x: Arc<[f64]>,
    y: Arc<[f64]>,
}

impl Points {
    /// Two corners or more, x rising from 0 or more, slopes falling or equal.
    ///
    /// # Errors
    /// `InvalidInput` naming the corner from which the curve bends upwards or x does not rise.
    pub fn new(x: &[f64], y: &[f64]) -> Result<Self, StatsError> {
        crate::error::require_length("y", x.len(), y.len())?;
        crate::error::require_finite("x", x)?;
        crate::error::require_finite("y", y)?;
        if let Some(row) = x
            .iter()
            .zip(y)
            .position(|(x, y)| x.abs().max(y.abs()) > LARGEST)
        {
            return Err(StatsError::invalid_row("corner (too large)", row));
        }
        if x.len() < 2 {
            let got = x.len();
            return Err(StatsError::TooFewObservations { needed: 2, got });
        }
        if x[0] < 0.0 {
            return Err(StatsError::invalid_row("x (negative)", 0));
        }
        if let Some(row) = x.windows(2).position(|pair| pair[1] <= pair[0]) {
            return Err(StatsError::invalid_row("x (must rise)", row + 1));
        }
        let points = Points {
            x: x.into(),
            y: y.into(),
        };
        let bends = (1..x.len() - 1).find(|&k| {
            let (before, after) = (points.slope_of(k - 1), points.slope_of(k));
            after > before + 1e-12 * before.abs().max(after.abs())
        });
        match bends {
            Some(row) => Err(StatsError::invalid_row("y (slope must not rise)", row)),
            None => Ok(points),
        }
    }

    /// The mean of several such curves, which has the corners of all of them.
    pub(super) fn mean(curves: &[Points]) -> Points {
        let mut x: Vec<f64> = curves
            .iter()
            .flat_map(|own| own.x.iter().copied())
            .collect();
        x.sort_by(f64::total_cmp);
        x.dedup();
        let mean =
            |at: &f64| curves.iter().map(|own| own.value(*at)).sum::<f64>() / curves.len() as f64;
        Points {
            y: x.iter().map(mean).collect(),
            x: x.into(),
        }
    }

    fn value(&self, x: f64) -> f64 {
        let k = self.piece_at(x);
        self.y[k] + self.slope_of(k) * (x - self.x[k])
    }

    fn pieces(&self) -> usize {
        self.x.len() - 1
    }

    fn slope_of(&self, piece: usize) -> f64 {
        (self.y[piece + 1] - self.y[piece]) / (self.x[piece + 1] - self.x[piece])
    }

    fn piece_at(&self, x: f64) -> usize {
        let after = self.x.partition_point(|corner| *corner <= x);
        after.saturating_sub(1).min(self.pieces() - 1)
    }
}

impl Curve {
    /// Proves that every parameter lies in its range.
    pub fn prove(&self) -> Result<(), StatsError> {
        let at_least_0 = |value: f64| (0.0..=LARGEST).contains(&value);
        let above_0 = |value: f64| (1.0 / LARGEST..=LARGEST).contains(&value);
        let sound = match self {
            Curve::Power { scale, exponent } => {
                at_least_0(*scale) && above_0(*exponent) && *exponent <= 1.0
            }
            Curve::Saturating { ceiling, reach } => at_least_0(*ceiling) && above_0(*reach),
            Curve::Hill {
                ceiling,
                half,
                shape,
            } => at_least_0(*ceiling) && above_0(*half) && above_0(*shape),
            Curve::Log { scale, unit } => at_least_0(*scale) && above_0(*unit),
            Curve::Piecewise(_) => true,
        };
        match sound {
            true => Ok(()),
            false => Err(StatsError::invalid(format!("response curve ({self:?})"))),
        }
    }

    /// Value at an amount; amounts below 0 count as 0.
    pub fn value(&self, amount: f64) -> f64 {
        let x = amount.max(0.0);
        match self {
            Curve::Power { scale, exponent } => scale * x.powf(*exponent),
            Curve::Saturating { ceiling, reach } => -ceiling * (-x / reach).exp_m1(),
            Curve::Hill {
                ceiling,
                half,
                shape,
            } => {
                if x == 0.0 {
                    return 0.0;
                }
                ceiling / (1.0 + (half / x).powf(*shape))
            }
            Curve::Log { scale, unit } => scale * (x / unit).ln_1p(),
            Curve::Piecewise(points) => points.value(x),
        }
    }

    /// Value of one more krona at an amount; infinite where the curve starts straight up. At a corner the slope to its right.
    pub fn slope(&self, amount: f64) -> f64 {
        let x = amount.max(0.0);
        match self {
            Curve::Power { scale, exponent } => {
                if *scale == 0.0 {
                    return 0.0;
                }
                scale * exponent * x.powf(exponent - 1.0)
            }
            Curve::Saturating { ceiling, reach } => ceiling / reach * (-x / reach).exp(),
            Curve::Hill {
                ceiling,
                half,
                shape,
            } => {
                if *ceiling == 0.0 {
                    return 0.0;
                }
                if x == 0.0 {
                    return hill_start(*ceiling / *half, *shape);
                }
                let r = (x / half).powf(*shape);
                ceiling * shape / x * r / ((1.0 + r) * (1.0 + r))
            }
            Curve::Log { scale, unit } => scale / (unit + x),
            Curve::Piecewise(points) => points.slope_of(points.piece_at(x)),
        }
    }

    /// How fast the slope falls: minus the second derivative, 0 on straight pieces.
    pub(super) fn bend(&self, amount: f64) -> f64 {
        let x = amount.max(0.0);
        match self {
            Curve::Power { exponent, .. } => self.slope(x) * (1.0 - exponent) / x,
            Curve::Saturating { reach, .. } => self.slope(x) / reach,
            Curve::Hill { half, shape, .. } => {
                let r = (x / half).powf(*shape);
                self.slope(x) * ((shape + 1.0) * r - (shape - 1.0)) / (x * (1.0 + r))
            }
            Curve::Log { unit, .. } => self.slope(x) / (unit + x),
            Curve::Piecewise(_) => 0.0,
        }
    }

    /// Value, slope and bend at an amount above 0 together: what takes longest, a power or an exponential, is shared.
    pub(super) fn local(&self, x: f64) -> (f64, f64, f64) {
        match self {
            Curve::Saturating { ceiling, reach } if x > 1e-3 * reach => {
                let left = (-x / reach).exp();
                let slope = ceiling / reach * left;
                (ceiling * (1.0 - left), slope, slope / reach)
            }
            Curve::Power { scale, exponent } if x > 0.0 && *scale > 0.0 => {
                let value = scale * x.powf(*exponent);
                let slope = exponent * value / x;
                (value, slope, slope * (1.0 - exponent) / x)
            }
            Curve::Hill {
                ceiling,
                half,
                shape,
            } if x > 0.0 && *ceiling > 0.0 => {
                let r = (x / half).powf(*shape);
                let slope = ceiling * shape / x * r / ((1.0 + r) * (1.0 + r));
                let bend = slope * ((shape + 1.0) * r - (shape - 1.0)) / (x * (1.0 + r));
                (ceiling / (1.0 + 1.0 / r), slope, bend)
            }
            _ => (self.value(x), self.slope(x), self.bend(x)),
        }
    }

    /// Where the curve stops bending upwards; 0 for the concave ones.
    pub(super) fn inflection(&self) -> f64 {
        match self {
            Curve::Hill { half, shape, .. } if *shape > 1.0 => {
                half * ((shape - 1.0) / (shape + 1.0)).powf(1.0 / shape)
            }
            _ => 0.0,
        }
    }

    /// Among amounts from `floor` to `ceiling`, all in the concave part, the least one worth most at a price per krona.
    pub(super) fn demand(&self, price: f64, (floor, ceiling): (f64, f64)) -> f64 {
        if price <= 0.0 && !matches!(self, Curve::Piecewise(_)) {
            return if self.slope(floor) > 0.0 {
                ceiling
            } else {
                floor
            };
        }
        let wanted = match self {
            Curve::Power { scale, exponent } => {
                if *exponent == 1.0 {
                    return if *scale > price { ceiling } else { floor };
                }
                (scale * exponent / price).powf(1.0 / (1.0 - exponent))
            }
            Curve::Saturating { ceiling, reach } => reach * (ceiling / (reach * price)).ln(),
            Curve::Log { scale, unit } => scale / price - unit,
            Curve::Hill { .. } => return self.hill_demand(price, (floor, ceiling)),
            Curve::Piecewise(points) => {
                let piece = (0..points.pieces()).find(|&k| points.slope_of(k) <= price);
                piece.map_or(ceiling, |k| points.x[k])
            }
        };
        // NaN from a curve of height 0 is no demand.
        if wanted.is_nan() {
            floor
        } else {
            wanted.max(floor).min(ceiling)
        }
    }

    /// How fast the demand falls with the price at an amount inside the limits: 1 / bend, in the form that is cheapest.
    pub(super) fn demand_slope(&self, price: f64, amount: f64) -> f64 {
        match self {
            Curve::Power { exponent, .. } if *exponent < 1.0 => amount / ((1.0 - exponent) * price),
            Curve::Saturating { reach, .. } => reach / price,
            Curve::Log { scale, .. } => scale / (price * price),
            Curve::Hill { .. } => {
                let bend = self.bend(amount);
                if bend > 0.0 { 1.0 / bend } else { 0.0 }
            }
            Curve::Power { .. } | Curve::Piecewise(_) => 0.0,
        }
    }

    fn hill_demand(&self, price: f64, (floor, ceiling): (f64, f64)) -> f64 {
        if self.slope(floor) <= price {
            return floor;
        }
        if self.slope(ceiling) >= price {
            return ceiling;
        }
        let (mut low, mut high) = (floor, ceiling);
        let mut x = 0.5 * (low + high);
        for _ in 0..200 {
            let over = self.slope(x) - price;
            if over > 0.0 {
                low = x;
            } else {
                high = x;
            }
            // Newton on ln slope, which is nearly straight in ln x; halving where it leaves the bracket.
            let elasticity = x * self.bend(x) / self.slope(x);
            let newton = x * ((self.slope(x) / price).ln() / elasticity).exp();
            let next = if newton > low && newton < high {
                newton
            } else {
                0.5 * (low + high)
            };
            if (next - x).abs() <= 1e-15 * x {
                return next;
            }
            x = next;
        }
        x
    }
}

fn hill_start(scale: f64, shape: f64) -> f64 {
    if shape < 1.0 {
        f64::INFINITY
    } else if shape > 1.0 {
        0.0
    } else {
        scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curves() -> Vec<Curve> {
        let power = Curve::Power {
            scale: 3.0,
            exponent: 0.4,
        };
        let saturating = Curve::Saturating {
            ceiling: 5.0,
            reach: 2.0,
        };
        let hill = |shape| Curve::Hill {
            ceiling: 4.0,
            half: 1.5,
            shape,
        };
        let log = Curve::Log {
            scale: 2.0,
            unit: 0.7,
        };
        vec![power, saturating, hill(0.8), hill(1.0), hill(2.5), log]
    }

    #[test]
    fn slopes_and_bends_are_the_differences_of_values() {
        for curve in curves() {
            for x in [0.3, 1.0, 4.0] {
                let h = 1e-4;
                let slope = (curve.value(x + h) - curve.value(x - h)) / (2.0 * h);
                assert!((curve.slope(x) / slope - 1.0).abs() < 1e-6, "{curve:?} {x}");
                let bend = -(curve.slope(x + h) - curve.slope(x - h)) / (2.0 * h);
                assert!(
                    (curve.bend(x) - bend).abs() < 1e-6 * bend.abs(),
                    "{curve:?} {x}"
                );
            }
        }
    }

    #[test]
    fn value_slope_and_bend_together_are_those_told_apart() {
        for curve in curves() {
            for x in [1e-5, 0.3, 1.0, 40.0] {
                let apart = [curve.value(x), curve.slope(x), curve.bend(x)];
                let (value, slope, bend) = curve.local(x);
                for (one, other) in [value, slope, bend].iter().zip(apart) {
                    assert!((one - other).abs() <= 1e-12 * other.abs(), "{curve:?} {x}");
                }
            }
        }
    }

    #[test]
    fn what_is_demanded_at_a_price_has_that_slope() {
        for curve in curves() {
            let floor = curve.inflection();
            let x = floor + 1.3;
            let asked = curve.demand(curve.slope(x), (floor, 100.0));
            assert!((asked / x - 1.0).abs() < 1e-9, "{curve:?}: {asked} for {x}");
        }
    }

    #[test]
    fn a_curve_that_bends_upwards_is_refused() {
        assert!(Points::new(&[0.0, 1.0, 2.0], &[0.0, 1.0, 3.0]).is_err());
        assert!(Points::new(&[0.0, 1.0, 1.0], &[0.0, 1.0, 1.0]).is_err());
        let bump = Points::new(&[0.0, 1.0, 2.0], &[0.0, 1.0, 0.5]).expect("concave");
        assert_eq!(Curve::Piecewise(bump).value(3.0), 0.0);
    }
}
