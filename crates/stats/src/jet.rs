//! What are the first two derivatives of a formula, without deriving it by hand?

use crate::special::{digamma, ln_gamma, trigamma};
use std::ops::{Add, Mul, Neg, Sub};

/// A number together with its gradient and Hessian in `N` variables (forward mode, exact to rounding).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jet<const N: usize> {
    pub value: f64,
    pub gradient: [f64; N],
    pub hessian: [[f64; N]; N],
}

impl<const N: usize> Jet<N> {
    /// A number that depends on no variable.
    pub fn constant(value: f64) -> Self {
        Jet {
            value,
            gradient: [0.0; N],
            hessian: [[0.0; N]; N],
        }
    }

    /// The `index`-th variable itself.
    pub fn variable(value: f64, index: usize) -> Self {
        let mut jet = Jet::constant(value);
        jet.gradient[index] = 1.0;
        jet
    }

    /// f(self) from f, f' and f'' at the value.
    pub fn chain(self, value: f64, first: f64, second: f64) -> Self {
        let mut jet = Jet::constant(value);
        for i in 0..N {
            jet.gradient[i] = first * self.gradient[i];
            for j in 0..N {
                jet.hessian[i][j] =
                    first * self.hessian[i][j] + second * self.gradient[i] * self.gradient[j];
            }
        }
        jet
    }

    pub fn exp(self) -> Self {
        let e = self.value.exp();
        self.chain(e, e, e)
    }

    pub fn ln(self) -> Self {
        let x = self.value;
        self.chain(x.ln(), 1.0 / x, -1.0 / (x * x))
    }

    /// ln(1 - e^self) for a negative value, exact when the value is near 0 and when it is far from it.
    pub fn ln_one_minus_exp(self) -> Self {
        let x = self.value;
        let value = if x > -std::f64::consts::LN_2 {
            (-x.exp_m1()).ln()
        } else {
            (-x.exp()).ln_1p()
        };
        let odds = 1.0 / (-x).exp_m1(); // e^x / (1 - e^x)
        self.chain(value, -odds, -odds * (1.0 + odds))
    }

    pub fn ln_gamma(self) -> Self {
        let x = self.value;
        self.chain(ln_gamma(x), digamma(x), trigamma(x))
    }

    /// ln(e^self + e^other) without overflow.
    pub fn log_add(self, other: Self) -> Self {
        let difference = other - self;
        let share = crate::special::logistic(difference.value);
        let soft = crate::special::softplus(difference.value);
        self + difference.chain(soft, share, share * (1.0 - share))
    }

    pub fn scale(self, factor: f64) -> Self {
        self.chain(factor * self.value, factor, 0.0)
    }

    pub fn shift(self, offset: f64) -> Self {
        let mut jet = self;
        jet.value += offset;
        jet
    }
}

/// ln B(a, b) with derivatives.
pub fn ln_beta<const N: usize>(a: Jet<N>, b: Jet<N>) -> Jet<N> {
    a.ln_gamma() + b.ln_gamma() - (a + b).ln_gamma()
}

impl<const N: usize> Add for Jet<N> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let mut jet = self;
        jet.value += other.value;
        for i in 0..N {
            jet.gradient[i] += other.gradient[i];
            for j in 0..N {
                jet.hessian[i][j] += other.hessian[i][j];
            }
        }
        jet
    }
}

impl<const N: usize> Neg for Jet<N> {
    type Output = Self;
    fn neg(self) -> Self {
        self.scale(-1.0)
    }
}

impl<const N: usize> Sub for Jet<N> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + (-other)
    }
}

impl<const N: usize> Mul for Jet<N> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let mut jet = Jet::constant(self.value * other.value);
        for i in 0..N {
            jet.gradient[i] = self.gradient[i] * other.value + self.value * other.gradient[i];
            for j in 0..N {
                jet.hessian[i][j] = self.hessian[i][j] * other.value
                    + self.value * other.hessian[i][j]
                    + self.gradient[i] * other.gradient[j]
                    + other.gradient[i] * self.gradient[j];
            }
        }
        jet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        let f = |x: f64, y: f64| {
            let (x, y) = (Jet::<2>::variable(x, 0), Jet::<2>::variable(y, 1));
            (x * y).ln_gamma().log_add(ln_beta(x, y)) + (-(x + y)).exp().ln() * y
                - (-x).ln_one_minus_exp()
        };
        let (x, y, h) = (1.3, 0.7, 1e-5);
        let jet = f(x, y);
        let slope = (f(x + h, y).value - f(x - h, y).value) / (2.0 * h);
        let bend = (f(x, y + h).gradient[0] - f(x, y - h).gradient[0]) / (2.0 * h);
        assert!((jet.gradient[0] - slope).abs() < 1e-8);
        assert!((jet.hessian[0][1] - bend).abs() < 1e-7);
        assert!((jet.hessian[1][0] - bend).abs() < 1e-7);
    }
}
