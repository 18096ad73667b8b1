//! How is a long sum split over threads so that its last bit stays the same?

use rayon::prelude::*;
use std::ops::Range;

const CHUNK: usize = 4096;

/// Sums `K` numbers over `rows` rows: chunks of fixed size, added in the order of the rows.
pub(crate) fn sum_in_order<const K: usize>(
    rows: usize,
    sum_of: impl Fn(Range<usize>) -> [f64; K] + Sync,
) -> [f64; K] {
    if rows <= CHUNK {
        return sum_of(0..rows);
    }
    let chunks = rows.div_ceil(CHUNK);
    let parts: Vec<[f64; K]> = (0..chunks)
        .into_par_iter()
        .map(|i| sum_of(i * CHUNK..((i + 1) * CHUNK).min(rows)))
        .collect();
    let mut total = [0.0; K];
    for part in parts {
        for (t, p) in total.iter_mut().zip(part) {
            *t += p;
        }
    }
    total
}

/// Computes one value per row in parallel, in the order of the rows.
pub(crate) fn map_rows<T: Send>(
    rows: usize,
    value_of: impl Fn(usize) -> T + Sync + Send,
) -> Vec<T> {
    (0..rows)
        .into_par_iter()
        .with_min_len(256)
        .map(value_of)
        .collect()
}

/// As [`sum_in_order`] for sums whose number is known at run time only: `add` adds its rows to the slice.
pub(crate) fn sum_slices_in_order(
    rows: usize,
    width: usize,
    add: impl Fn(Range<usize>, &mut [f64]) + Sync,
) -> Vec<f64> {
    let chunks = rows.div_ceil(CHUNK).max(1);
    let parts: Vec<Vec<f64>> = (0..chunks)
        .into_par_iter()
        .map(|i| {
            let mut sum = vec![0.0; width];
            add(i * CHUNK..((i + 1) * CHUNK).min(rows), &mut sum);
            sum
        })
        .collect();
    let mut total = vec![0.0; width];
    for part in parts {
        for (t, p) in total.iter_mut().zip(part) {
            *t += p;
        }
    }
    total
}
