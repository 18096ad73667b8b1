//! How wide must bands be, so that all of them hold at once?

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::estimate::quantile_of_sorted;

/// The `level` quantile of the largest absolute t over several estimates, by the multiplier bootstrap.
///
/// Each cluster's sums of influence are multiplied by one random sign; `sums` hold one list per estimate, `errors` their
/// standard errors and `rows` the number of rows behind the means. Estimates without spread are passed over.
pub(super) fn critical_value(
    sums: &[Vec<f64>],
    (errors, rows): (&[f64], f64),
    (draws, seed): (usize, u64),
    level: f64,
) -> f64 {
    let told: Vec<(&Vec<f64>, f64)> = (sums.iter().zip(errors.iter().copied()))
        .filter(|(_, error)| *error > 0.0)
        .collect();
    let clusters = told.first().map_or(0, |(sums, _)| sums.len());
    let mut largest: Vec<f64> = (0..draws)
        .into_par_iter()
        .map(|draw| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(draw as u64 + 1);
            let signs = signs(clusters, &mut rng);
            let t = |(sums, error): &(&Vec<f64>, f64)| {
                let sum: f64 = sums.iter().zip(&signs).map(|(s, v)| s * v).sum();
                (sum / rows / error).abs()
            };
            told.iter().map(t).fold(0.0, f64::max)
        })
        .collect();
    largest.sort_by(f64::total_cmp);
    quantile_of_sorted(&largest, level)
}

/// Random signs, 64 from one draw.
fn signs(count: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut signs = Vec::with_capacity(count);
    while signs.len() < count {
        let bits: u64 = rng.random();
        let left = (count - signs.len()).min(64);
        signs.extend((0..left).map(|i| if bits >> i & 1 == 1 { 1.0 } else { -1.0 }));
    }
    signs
}
