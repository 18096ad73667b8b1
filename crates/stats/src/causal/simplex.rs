//! Which mix of points lies nearest to the origin?

use nalgebra::{DMatrix, DVector};

/// Gain, as a share of the largest squared length, below which no point is worth taking in.
const TOLERANCE: f64 = 1e-12;

/// Weights (≥ 0, sum 1) of the point of the convex hull nearest to the origin `[Wolfe1976]`.
///
/// An active-set method that ends after finitely many steps with the exact optimum: a set of affinely independent points whose
/// nearest point is known grows by the point that promises most and loses those that would get a negative weight.
pub(crate) fn nearest_mix(points: &[DVector<f64>]) -> Vec<f64> {
    let mut weights = vec![0.0; points.len()];
    let lengths: Vec<f64> = points.iter().map(|p| p.norm_squared()).collect();
    let scale = lengths.iter().fold(0.0, |a: f64, b| a.max(*b));
    let first = (0..points.len()).min_by(|a, b| lengths[*a].total_cmp(&lengths[*b]));
    let Some(first) = first else { return weights };
    let mut set = vec![first];
    let mut own = vec![1.0];
    // More rounds than any sequence of sets needs in practice; each strictly shortens the distance.
    for _ in 0..100 * (points.len() + 10) {
        let here = mixed(points, &set, &own);
        let along = |j: &usize| here.dot(&points[*j]);
        let best = (0..points.len()).min_by(|a, b| along(a).total_cmp(&along(b)));
        let Some(next) = best else { break };
        let gain = here.norm_squared() - along(&next);
        if gain <= TOLERANCE * scale || set.contains(&next) {
            break;
        }
        set.push(next);
        own.push(0.0);
        while let Some(target) = affine_nearest(points, &set) {
            if target.iter().all(|w| *w > 1e-14) {
                own = target;
                break;
            }
            let step = (own.iter().zip(&target))
                .filter(|(_, t)| **t <= 1e-14)
                .map(|(o, t)| if o - t > 0.0 { o / (o - t) } else { 0.0 })
                .fold(1.0, f64::min);
            let moved: Vec<f64> = (own.iter().zip(&target))
                .map(|(o, t)| o + step * (t - o))
                .collect();
            let smallest = (0..moved.len()).filter(|i| target[*i] <= 1e-14);
            let out = smallest
                .min_by(|a, b| moved[*a].total_cmp(&moved[*b]))
                .unwrap_or(0);
            own = moved;
            own.remove(out);
            set.remove(out);
            let whole: f64 = own.iter().sum();
            own.iter_mut().for_each(|w| *w /= whole);
        }
    }
    for (place, weight) in set.iter().zip(&own) {
        weights[*place] = *weight;
    }
    weights
}

fn mixed(points: &[DVector<f64>], set: &[usize], weights: &[f64]) -> DVector<f64> {
    let mut sum = DVector::zeros(points[0].len());
    for (place, weight) in set.iter().zip(weights) {
        sum.axpy(*weight, &points[*place], 1.0);
    }
    sum
}

/// Weights of the nearest point in the plane through the points of the set (sum 1, any sign); `None` when they are dependent.
fn affine_nearest(points: &[DVector<f64>], set: &[usize]) -> Option<Vec<f64>> {
    let origin = &points[set[0]];
    let k = set.len() - 1;
    if k == 0 {
        return Some(vec![1.0]);
    }
    let directions = DMatrix::from_fn(origin.len(), k, |t, j| points[set[j + 1]][t] - origin[t]);
    let gram = directions.transpose() * &directions;
    let cross = -(directions.transpose() * origin);
    let solved = gram.clone().cholesky().map(|c| c.solve(&cross));
    // Points in one line: the least-squares solution.
    let slopes = match solved {
        Some(slopes) => slopes,
        None => gram.svd(true, true).solve(&cross, 1e-12).ok()?,
    };
    let rest: f64 = slopes.iter().sum();
    let mut weights = vec![1.0 - rest];
    weights.extend(slopes.iter());
    Some(weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn the_nearest_point_meets_the_conditions_of_an_optimum() {
        for (seed, donors, periods) in [(1, 5, 8), (2, 30, 6), (3, 60, 20), (4, 12, 3)] {
            let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            let points: Vec<DVector<f64>> = (0..donors)
                .map(|_| DVector::from_fn(periods, |_, _| rng.random::<f64>() + 0.2))
                .collect();
            let weights = nearest_mix(&points);
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(weights.iter().all(|w| *w >= 0.0));
            let all: Vec<usize> = (0..donors).collect();
            let here = mixed(&points, &all, &weights);
            for (point, weight) in points.iter().zip(&weights) {
                let gap = here.dot(point) - here.norm_squared();
                assert!(gap > -1e-9, "{seed}: {gap}");
                assert!(*weight < 1e-9 || gap.abs() < 1e-8, "{seed}: {weight} {gap}");
            }
        }
    }

    #[test]
    fn a_target_inside_the_hull_is_met_and_twins_do_no_harm() {
        let points: Vec<DVector<f64>> = [[1.0, 1.0], [-1.0, 1.0], [0.0, -1.0], [0.0, -1.0]]
            .map(|p| DVector::from_row_slice(&p))
            .to_vec();
        let weights = nearest_mix(&points);
        let here = mixed(&points, &[0, 1, 2, 3], &weights);
        assert!(here.norm() < 1e-9);
    }
}
