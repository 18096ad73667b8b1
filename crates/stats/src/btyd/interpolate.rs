//! How is a smooth function of T had for a million customers at the price of a few?

use super::history::History;
use rayon::prelude::*;

/// f(T) for the given rows: once per distinct T, or through a Chebyshev series of ln f in ln(offset + T) when there are many.
pub(crate) fn over_times(
    history: &History,
    rows: &[usize],
    offset: f64,
    f: &(dyn Fn(f64) -> f64 + Sync),
) -> Vec<(usize, f64)> {
    const DIRECT: usize = 48;
    let mut times: Vec<f64> = rows.iter().map(|&i| history.row(i).observed).collect();
    times.sort_unstable_by(f64::total_cmp);
    times.dedup();
    if times.len() <= DIRECT {
        let values: Vec<f64> = times.iter().map(|t| f(*t)).collect();
        return rows
            .iter()
            .map(|&i| {
                let t = history.row(i).observed;
                let place = times.partition_point(|other| *other < t);
                (i, values[place])
            })
            .collect();
    }
    let scale = |t: f64| (offset + t).ln();
    let (low, high) = (scale(times[0]), scale(times[times.len() - 1]));
    let series = Chebyshev::fit(low, high, |v| f((v.exp() - offset).max(0.0)).ln());
    rows.par_iter()
        .with_min_len(1024)
        .map(|&i| (i, series.at(scale(history.row(i).observed)).exp()))
        .collect()
}

/// A polynomial through Chebyshev points.
struct Chebyshev {
    low: f64,
    high: f64,
    coefficients: [f64; Chebyshev::SIZE],
}

impl Chebyshev {
    const SIZE: usize = 32;

    fn fit(low: f64, high: f64, f: impl Fn(f64) -> f64) -> Self {
        let size = Self::SIZE as f64;
        let angle = |k: usize| std::f64::consts::PI * (k as f64 + 0.5) / size;
        let values: Vec<f64> = (0..Self::SIZE)
            .map(|k| f(0.5 * (low + high) + 0.5 * (high - low) * angle(k).cos()))
            .collect();
        let coefficients = std::array::from_fn(|j| {
            let sum: f64 = (0..Self::SIZE)
                .map(|k| values[k] * (j as f64 * angle(k)).cos())
                .sum();
            sum * if j == 0 { 1.0 } else { 2.0 } / size
        });
        Chebyshev {
            low,
            high,
            coefficients,
        }
    }

    /// Clenshaw's recurrence.
    fn at(&self, x: f64) -> f64 {
        let t = (2.0 * x - self.low - self.high) / (self.high - self.low);
        let (mut b1, mut b2) = (0.0, 0.0);
        for c in self.coefficients[1..].iter().rev() {
            (b1, b2) = (c + 2.0 * t * b1 - b2, b1);
        }
        self.coefficients[0] + t * b1 - b2
    }
}
