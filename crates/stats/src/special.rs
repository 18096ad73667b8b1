//! Which special functions are needed beyond the standard library, and how exact are they?

use statrs::distribution::{ContinuousCDF, Normal};

/// ln |Γ(x)|, relative error about 2e-16 away from the roots at 1 and 2.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// ψ(x) = d ln Γ(x) / dx, absolute error about 1e-15 near its root.
pub fn digamma(x: f64) -> f64 {
    statrs::function::gamma::digamma(x)
}

/// ψ'(x) for x > 0: recurrence up to 12, then the asymptotic series.
pub fn trigamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let mut shifted = x;
    let mut sum = 0.0;
    while shifted < 12.0 {
        sum += 1.0 / (shifted * shifted);
        shifted += 1.0;
    }
    let inverse = 1.0 / shifted;
    let square = inverse * inverse;
    // Bernoulli numbers B2, B4, ... of the expansion 1/x + 1/(2x²) + Σ B2k / x^(2k+1).
    let tail = square
        * (1.0 / 6.0
            - square
                * (1.0 / 30.0
                    - square
                        * (1.0 / 42.0
                            - square
                                * (1.0 / 30.0 - square * (5.0 / 66.0 - square * 691.0 / 2730.0)))));
    sum + inverse * (1.0 + 0.5 * inverse + tail)
}

/// ln B(a, b) = ln Γ(a) + ln Γ(b) - ln Γ(a + b).
pub fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// ln(1 + e^x) without overflow or loss in either tail.
pub fn softplus(x: f64) -> f64 {
    if x > 0.0 {
        x + (-x).exp().ln_1p()
    } else {
        x.exp().ln_1p()
    }
}

/// 1 / (1 + e^-x) without overflow.
pub fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// ln(e^a + e^b) without overflow.
pub fn log_add(a: f64, b: f64) -> f64 {
    let (high, low) = if a >= b { (a, b) } else { (b, a) };
    if high == f64::NEG_INFINITY {
        return high;
    }
    high + (low - high).exp().ln_1p()
}

/// P(Z <= z) of a standard normal, exact in both tails.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// z with P(Z <= z) = p of a standard normal; ±infinity at 0 and 1, NaN outside.
pub fn normal_quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    Normal::standard().inverse_cdf(p)
}

/// ln of the rising factorial c (c+1) ... (c+n-1) = Γ(c+n)/Γ(c), with its first two derivatives in c.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LogRising {
    pub value: f64,
    pub first: f64,
    pub second: f64,
}

/// [`LogRising`] of `c` at each count of an ascending list.
///
/// Sums over the factors are exact where a difference of ln Γ would cancel (c up to 1e8 and more), and
/// cost one logarithm per count; gaps of more than 256 are bridged by ln Γ.
pub fn log_rising_table(c: f64, ascending_counts: &[u32]) -> Vec<LogRising> {
    let mut state = LogRising::default();
    let mut reached = 0_u32;
    let mut table = Vec::with_capacity(ascending_counts.len());
    for &count in ascending_counts {
        state = raise(state, c, reached, count);
        reached = count;
        table.push(state);
    }
    table
}

pub(crate) fn raise(mut state: LogRising, c: f64, from: u32, to: u32) -> LogRising {
    const LONGEST_LOOP: u32 = 256;
    if to - from > LONGEST_LOOP {
        let (low, high) = (c + f64::from(from), c + f64::from(to));
        state.value += ln_gamma(high) - ln_gamma(low);
        state.first += digamma(high) - digamma(low);
        state.second += trigamma(high) - trigamma(low);
        return state;
    }
    for i in from..to {
        let factor = c + f64::from(i);
        state.value += factor.ln();
        state.first += 1.0 / factor;
        state.second -= 1.0 / (factor * factor);
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trigamma_has_its_known_values() {
        let pi = std::f64::consts::PI;
        assert!((trigamma(1.0) - pi * pi / 6.0).abs() < 1e-14);
        assert!((trigamma(0.5) - pi * pi / 2.0).abs() < 1e-13);
        assert!((trigamma(3.7) - trigamma(4.7) - 1.0 / (3.7 * 3.7)).abs() < 1e-14);
    }

    #[test]
    fn digamma_is_the_slope_of_ln_gamma() {
        for x in [0.3, 2.5, 40.0] {
            let slope = (ln_gamma(x + 1e-5) - ln_gamma(x - 1e-5)) / 2e-5;
            assert!((digamma(x) - slope).abs() < 1e-8 * (1.0 + slope.abs()));
        }
    }

    #[test]
    fn rising_factorial_agrees_with_gamma_over_short_and_long_gaps() {
        for c in [0.24, 3.0, 57.5] {
            for (count, entry) in [0, 1, 5, 700]
                .iter()
                .zip(log_rising_table(c, &[0, 1, 5, 700]))
            {
                let top = c + f64::from(*count);
                assert!((entry.value - (ln_gamma(top) - ln_gamma(c))).abs() < 1e-10);
                assert!((entry.first - (digamma(top) - digamma(c))).abs() < 1e-10);
                assert!((entry.second - (trigamma(top) - trigamma(c))).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn tails_do_not_overflow() {
        assert_eq!(softplus(-800.0), 0.0);
        assert_eq!(softplus(800.0), 800.0);
        assert_eq!(logistic(-800.0), 0.0);
        assert_eq!(log_add(f64::NEG_INFINITY, 3.0), 3.0);
        assert!((log_add(1000.0, 1000.0) - (1000.0 + 2.0_f64.ln())).abs() < 1e-12);
        assert!(normal_cdf(-38.0) > 0.0);
    }
}
