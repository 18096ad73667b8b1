//! How uncertain is a mean of influence values, when rows may hang together?

use nalgebra::DMatrix;

use crate::Estimate;
use crate::regression::coefficients::student_estimate;

/// Cluster of each row counted from 0 in rising order of the clusters' numbers, and how many there are.
pub(crate) fn dense(clusters: &[usize]) -> (Vec<usize>, usize) {
    let mut numbers = clusters.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    let places = clusters
        .iter()
        .map(|cluster| numbers.partition_point(|n| n < cluster))
        .collect();
    (places, numbers.len())
}

/// Sums of influence values by cluster; the values themselves when rows stand alone.
pub(crate) fn by_cluster(influence: &[f64], clusters: Option<&[usize]>) -> Vec<f64> {
    let Some(clusters) = clusters else {
        return influence.to_vec();
    };
    let (places, count) = dense(clusters);
    let mut sums = vec![0.0; count];
    for (place, value) in places.into_iter().zip(influence) {
        sums[place] += value;
    }
    sums
}

/// Standard error of a mean whose rows deviate by `influence` (mean 0), and its degrees of freedom.
///
/// `sqrt(G / (G - 1) sum_g S_g²) / n`, S_g the sum in cluster g; G - 1 degrees of freedom.
pub(crate) fn spread(influence: &[f64], clusters: Option<&[usize]>) -> (f64, f64) {
    let sums = by_cluster(influence, clusters);
    let units = sums.len() as f64;
    let freedom = (units - 1.0).max(1.0);
    let squares: f64 = sums.iter().map(|s| s * s).sum();
    let error = (squares * units / freedom).sqrt() / influence.len() as f64;
    (error, freedom)
}

/// A value with the t interval that its influence values give.
pub(crate) fn estimate(
    value: f64,
    influence: &[f64],
    clusters: Option<&[usize]>,
    level: f64,
) -> (Estimate, f64) {
    let (error, freedom) = spread(influence, clusters);
    (student_estimate(value, error, freedom, level), freedom)
}

/// Covariance of several means; `columns` are their influence values, equally long.
pub(crate) fn covariance(columns: &[Vec<f64>], clusters: Option<&[usize]>) -> DMatrix<f64> {
    let rows = columns.first().map_or(1, Vec::len) as f64;
    let sums: Vec<Vec<f64>> = columns.iter().map(|c| by_cluster(c, clusters)).collect();
    let units = sums.first().map_or(1, Vec::len) as f64;
    let factor = units / (units - 1.0).max(1.0) / (rows * rows);
    DMatrix::from_fn(columns.len(), columns.len(), |i, j| {
        let products: f64 = sums[i].iter().zip(&sums[j]).map(|(a, b)| a * b).sum();
        products * factor
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_alone_give_the_usual_error_of_a_mean() {
        let values = [1.0, 4.0, 2.0, 9.0];
        let left: Vec<f64> = values.iter().map(|v| v - 4.0).collect();
        let (error, freedom) = spread(&left, None);
        assert!((error - (38.0_f64 / 3.0 / 4.0).sqrt()).abs() < 1e-12 && freedom == 3.0);
        let both = covariance(&[left.clone(), left], None);
        assert!((both[(0, 1)] - error * error).abs() < 1e-12);
    }

    #[test]
    fn rows_repeated_within_clusters_tell_no_more_than_once() {
        let left = [-1.0, -1.0, 0.5, 0.5, 0.5, 0.5];
        let own: Vec<f64> = vec![-1.0, 0.5, 0.5];
        let (twice, _) = spread(&left, Some(&[7, 7, 3, 3, 9, 9]));
        assert!((twice - spread(&own, None).0).abs() < 1e-12);
    }
}
