//! What outcomes would a fit give, if it were the truth?

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, Poisson};

use super::coefficients::Coefficients;
use crate::StatsError;
use crate::btyd::simulated::stream;
use crate::error::{require_finite, require_length};
use crate::reduce::map_rows;

/// One outcome per row from its linear predictor, each row on a random stream of its own.
pub(crate) fn rows(
    coefficients: &Coefficients,
    columns: &[Vec<f64>],
    seed: u64,
    draw: impl Fn(f64, &mut ChaCha8Rng) -> f64 + Sync + Send,
) -> Result<Vec<f64>, StatsError> {
    let beta = coefficients.values();
    require_length("columns", beta.len() - 1, columns.len())?;
    let count = columns.first().map_or(0, Vec::len);
    for (column, told) in columns.iter().zip(&coefficients.table[1..]) {
        require_length(&told.name, count, column.len())?;
        require_finite(&told.name, column)?;
    }
    Ok(map_rows(count, |i| {
        let slopes = columns.iter().zip(&beta[1..]);
        let eta = beta[0] + slopes.map(|(c, b)| c[i] * b).sum::<f64>();
        draw(eta, &mut stream(seed, i as u64))
    }))
}

/// Gamma draw with this shape and scale; NaN when they are impossible.
pub(crate) fn gamma<R: Rng>(shape: f64, scale: f64, generator: &mut R) -> f64 {
    Gamma::new(shape, scale).map_or(f64::NAN, |g| g.sample(generator))
}

/// Poisson draw; 0 for a mean of 0, NaN for an impossible one.
pub(crate) fn poisson<R: Rng>(mean: f64, generator: &mut R) -> f64 {
    if mean == 0.0 {
        return 0.0;
    }
    Poisson::new(mean).map_or(f64::NAN, |p| p.sample(generator))
}
