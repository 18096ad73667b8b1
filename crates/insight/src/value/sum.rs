//! How sure is a sum of parts whose doubts are independent?

/// An expected sum with its distances to the ends of an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    pub value: f64,
    pub below: f64,
    pub above: f64,
}

impl Sum {
    pub fn new(value: f64, (lower, upper): (f64, f64)) -> Self {
        Self {
            value,
            below: (value - lower).max(0.0),
            above: (upper - value).max(0.0),
        }
    }

    /// Adds a sum whose doubt has nothing to do with this one's: squared distances add up.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            value: self.value + other.value,
            below: self.below.hypot(other.below),
            above: self.above.hypot(other.above),
        }
    }

    /// What is paid instead of earned: the distances change sides.
    #[must_use]
    pub fn negated(self) -> Self {
        Self {
            value: -self.value,
            below: self.above,
            above: self.below,
        }
    }

    pub fn interval(self) -> (f64, f64) {
        (self.value - self.below, self.value + self.above)
    }
}

/// Wilson's interval of a share: `hits` of `n` at z standard deviations; within 0..1 for all counts.
pub fn wilson(hits: f64, n: f64, z: f64) -> (f64, f64) {
    if n <= 0.0 {
        return (0.0, 1.0);
    }
    let (share, z2) = (hits / n, z * z);
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn independent_doubts_add_as_squares() {
        let sum = Sum::new(10.0, (7.0, 14.0)).plus(Sum::new(5.0, (1.0, 8.0)));
        assert_eq!((sum.value, sum.below, sum.above), (15.0, 5.0, 5.0));
        assert_eq!(
            Sum::new(10.0, (7.0, 14.0)).negated().interval(),
            (-14.0, -7.0)
        );
    }

    #[test]
    fn a_share_of_none_still_has_doubt() {
        let (lower, upper) = wilson(0.0, 10.0, 1.959_964);
        assert_eq!(lower, 0.0);
        assert!((upper - 0.277_532).abs() < 1e-5);
    }
}
