//! What can be said today, if we look every day and stop when we like?

use crate::error::{require_finite, require_length};
use crate::regression::sample::prove_level;
use crate::{Estimate, Interval, StatsError};

/// Half the width of a band that holds at all times at once for a mean of `rows` values, in standard deviations.
///
/// Normal mixture `[Robbins1970]` `[WaudbySmith2024]` eq. 4: `sqrt(2 (n r² + 1) / (n² r²) ln(sqrt(n r² + 1) / (1 - level)))`, r² chosen so that
/// the band is narrowest at `planned` rows: `r² = (-2 ln a + ln(-2 ln a) + 1) / planned`, a = 1 - level.
pub fn mixture_half_width(rows: f64, planned: f64, level: f64) -> f64 {
    let alpha = 1.0 - level;
    let log = -2.0 * alpha.ln();
    // For large alpha the formula of the best place has no value: then ln(1/alpha) alone.
    let r2 = (log + log.max(1.0).ln() + 1.0) / planned;
    let grown = rows * r2 + 1.0;
    (2.0 * grown / (rows * rows * r2) * (grown.sqrt() / alpha).ln()).sqrt()
}

/// A mean that is looked at as values come in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunningMean {
    pub rows: f64,
    pub mean: f64,
    squares: f64,
}

impl RunningMean {
    /// Nothing seen yet.
    pub fn empty() -> Self {
        RunningMean {
            rows: 0.0,
            mean: 0.0,
            squares: 0.0,
        }
    }

    /// All values of a slice. Errs when one is not finite.
    pub fn of(values: &[f64]) -> Result<Self, StatsError> {
        require_finite("values", values)?;
        let mut running = RunningMean::empty();
        values.iter().for_each(|v| running.push(*v));
        Ok(running)
    }

    /// One value more (a value that is not finite makes everything after it NaN).
    pub fn push(&mut self, value: f64) {
        self.rows += 1.0;
        let gap = value - self.mean;
        self.mean += gap / self.rows;
        self.squares += gap * (value - self.mean);
    }

    /// With n - 1 in the divisor.
    pub fn variance(&self) -> f64 {
        self.squares / (self.rows - 1.0)
    }

    /// Standard deviation of these values themselves, n in the divisor; 0 for one value, NaN for none.
    pub fn spread(&self) -> f64 {
        (self.squares / self.rows).sqrt()
    }

    /// Interval of the mean that holds at all looks at once with `level`, for large samples `[WaudbySmith2024]`.
    ///
    /// `planned` is the number of rows at which it shall be narrowest. Exact for normal values with known spread; with an
    /// estimated one it holds from some tens of rows on. Errs with fewer than two rows.
    pub fn interval(&self, planned: f64, level: f64) -> Result<Interval, StatsError> {
        prove_look(self.rows, planned, level)?;
        let half = self.variance().sqrt() * mixture_half_width(self.rows, planned, level);
        Ok(Interval {
            lower: self.mean - half,
            upper: self.mean + half,
            level,
        })
    }
}

/// Difference of two groups' means with an interval that holds at all looks at once.
///
/// `v = n (s1²/n1 + s0²/n0)` takes the place of the variance and n = n1 + n0 that of the rows `[WaudbySmith2024]`. `planned` counts both groups.
/// The standard error told is that of one look. Errs with fewer than two rows in a group.
pub fn difference(
    treated: &RunningMean,
    control: &RunningMean,
    planned: f64,
    level: f64,
) -> Result<Estimate, StatsError> {
    prove_look(treated.rows.min(control.rows), planned, level)?;
    let variance = treated.variance() / treated.rows + control.variance() / control.rows;
    let rows = treated.rows + control.rows;
    let half = (variance * rows).sqrt() * mixture_half_width(rows, planned, level);
    let value = treated.mean - control.mean;
    Ok(Estimate {
        value,
        standard_error: variance.sqrt(),
        interval: Interval {
            lower: value - half,
            upper: value + half,
            level,
        },
    })
}

/// p-value that may be looked at at any time: the smallest 1 - level whose interval leaves 0 out.
pub fn anytime_p(difference: &Estimate, rows: f64, planned: f64) -> f64 {
    let t = (difference.value / difference.standard_error).abs();
    if t.is_nan() {
        return f64::NAN;
    }
    let reached = |p: f64| t >= rows.sqrt() * mixture_half_width(rows, planned, 1.0 - p);
    let (mut low, mut high) = (1e-300_f64.ln(), 0.0_f64);
    if !reached(0.999_999) {
        return 1.0;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if reached(middle.exp()) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high.exp()
}

/// Candidate means that the betting interval plays against before its ends are found exactly.
const CANDIDATES: usize = 200;

/// Interval of the mean of values within [0, 1] that holds at all looks at once, whatever their distribution.
///
/// Hedged betting `[WaudbySmithRamdas2024]` theorem 3: against each candidate mean m two capitals start at 1 and bet on values
/// above and below m, by stakes that look at earlier values only; m is left out once half of either has grown to 1/(1 - level).
/// With at most about 1e5 values a second or two; exact at every sample size. Errs on values outside 0-1 and on none.
pub fn bounded_interval(values: &[f64], level: f64) -> Result<Interval, StatsError> {
    prove_level(level)?;
    if values.is_empty() {
        return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
    }
    if let Some(row) = values.iter().position(|v| !(0.0..=1.0).contains(v)) {
        return Err(StatsError::invalid_row("values (must lie in 0-1)", row));
    }
    let stakes = stakes(values, 1.0 - level);
    let kept = |m: f64| !ruined(values, &stakes, m, 1.0 - level);
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let grid: Vec<f64> = (0..=CANDIDATES)
        .map(|i| i as f64 / CANDIDATES as f64)
        .collect();
    // The mean itself is never far from the middle of what is kept; else any candidate that is.
    let inside = match kept(mean) {
        true => Some(mean),
        false => grid.iter().copied().find(|m| kept(*m)),
    };
    let Some(inside) = inside else {
        return Ok(Interval {
            lower: mean,
            upper: mean,
            level,
        });
    };
    let border = |outside: f64| {
        if kept(outside) {
            return outside;
        }
        let (mut low, mut high) = (outside, inside);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if kept(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        low
    };
    Ok(Interval {
        lower: border(0.0),
        upper: border(1.0),
        level,
    })
}

/// `sqrt(2 ln(2/alpha) / (v_{t-1} t ln(t + 1)))`, v the variance so far, drawn towards 1/4 by one imagined value.
fn stakes(values: &[f64], alpha: f64) -> Vec<f64> {
    let (mut sum, mut squares) = (0.5, 0.25);
    (values.iter().enumerate())
        .map(|(seen, value)| {
            let t = (seen + 1) as f64;
            let variance: f64 = squares / t;
            let stake = (2.0 * (2.0 / alpha).ln() / (variance * t * (t + 1.0).ln())).sqrt();
            sum += value;
            squares += (value - sum / (t + 1.0)).powi(2);
            stake
        })
        .collect()
}

/// Whether one of the two capitals against m ever reached its limit.
fn ruined(values: &[f64], stakes: &[f64], m: f64, alpha: f64) -> bool {
    let limit = (2.0 / alpha).ln();
    // Stakes above half of what would risk everything are cut.
    let (most_up, most_down) = (0.5 / m.max(1e-12), 0.5 / (1.0 - m).max(1e-12));
    let (mut up, mut down) = (0.0, 0.0);
    for (value, stake) in values.iter().zip(stakes) {
        up += (stake.min(most_up) * (value - m)).ln_1p();
        down += (-stake.min(most_down) * (value - m)).ln_1p();
        if up >= limit || down >= limit {
            return true;
        }
    }
    false
}

/// Intervals at several looks: after the first `looks[i]` values of a sequence.
pub fn sequence(
    values: &[f64],
    looks: &[usize],
    planned: f64,
    level: f64,
) -> Result<Vec<Interval>, StatsError> {
    require_finite("values", values)?;
    let sorted = looks.windows(2).all(|w| w[0] < w[1]);
    if !sorted || looks.last().is_some_and(|last| *last > values.len()) {
        require_length("looks", values.len(), looks.last().copied().unwrap_or(0))?;
        return Err(StatsError::invalid("looks (must rise)"));
    }
    let mut running = RunningMean::empty();
    let mut seen = 0;
    looks
        .iter()
        .map(|&look| {
            values[seen..look].iter().for_each(|v| running.push(*v));
            seen = look;
            running.interval(planned, level)
        })
        .collect()
}

fn prove_look(rows: f64, planned: f64, level: f64) -> Result<(), StatsError> {
    prove_level(level)?;
    if !(planned.is_finite() && planned > 0.0) {
        return Err(StatsError::invalid(format!("planned rows {planned}")));
    }
    match rows < 2.0 {
        true => Err(StatsError::TooFewObservations {
            needed: 2,
            got: rows as usize,
        }),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_at_any_time_costs_a_wider_band_narrowest_near_the_plan() {
        let ratio = |n: f64| mixture_half_width(n, 1000.0, 0.95) / (1.959_964 / n.sqrt());
        assert!(ratio(1000.0) > 1.3 && ratio(1000.0) < 1.6);
        assert!(ratio(10.0) > ratio(1000.0) && ratio(1e6) > ratio(1000.0));
    }

    #[test]
    fn running_means_are_the_plain_ones_and_p_belongs_to_the_interval() {
        let values = [1.0, 4.0, 2.0, 9.0, 4.0];
        let running = RunningMean::of(&values).unwrap();
        assert!((running.mean - 4.0).abs() < 1e-12 && (running.variance() - 9.5).abs() < 1e-12);
        let other = RunningMean::of(&[0.0, 1.0, 0.5, 0.2]).unwrap();
        let gap = difference(&running, &other, 20.0, 0.9).unwrap();
        let p = anytime_p(&gap, 9.0, 20.0);
        let at = |level: f64| difference(&running, &other, 20.0, level).unwrap().interval;
        assert!(at(1.0 - p * 1.01).lower > 0.0 || p >= 0.99);
        assert!(RunningMean::of(&[f64::NAN]).is_err());
        assert!(
            RunningMean::of(&[1.0])
                .unwrap()
                .interval(10.0, 0.9)
                .is_err()
        );
    }

    #[test]
    fn bets_close_in_on_the_mean_and_refuse_values_out_of_bounds() {
        let values: Vec<f64> = (0..2000).map(|i| f64::from(i * 37 % 10 == 0)).collect();
        let interval = bounded_interval(&values, 0.95).unwrap();
        assert!(interval.contains(0.1) && interval.upper - interval.lower < 0.06);
        let zeros = bounded_interval(&[0.0; 100], 0.95).unwrap();
        assert!(zeros.lower == 0.0 && zeros.upper < 0.15);
        assert!(bounded_interval(&[1.5], 0.95).is_err() && bounded_interval(&[], 0.95).is_err());
    }
}
