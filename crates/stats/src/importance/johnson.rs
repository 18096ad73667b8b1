//! Which share of the explained variance belongs to each driver, when there are too many for all orders?

use nalgebra::DMatrix;

use super::lmg::correlation;
use crate::StatsError;

/// Directions of the drivers with less variance than this are left out (they are rounding).
const TOLERANCE: f64 = 1e-10;

/// Johnson's relative weights from a covariance or correlation matrix whose last column is the outcome.
///
/// The drivers are replaced by the closest uncorrelated variables `Z`, `X = Z L`, `L = Q D Q'` (square root of the
/// correlation matrix); `weight_j = sum_k L_jk² beta_k²` with beta the regression on Z `[Johnson2000]`.
/// The weights are ≥ 0 and sum to R². Cost grows with p³. They usually lie near LMG and are not equal to it.
pub fn weights(covariance: &DMatrix<f64>) -> Result<Vec<f64>, StatsError> {
    let all = correlation(covariance)?;
    let p = all.nrows() - 1;
    if p == 0 {
        return Ok(Vec::new());
    }
    let eigen = all.view((0, 0), (p, p)).into_owned().symmetric_eigen();
    let with_outcome = eigen.eigenvectors.transpose() * all.view((0, p), (p, 1));
    let mut beta = with_outcome.clone();
    let mut root = eigen.eigenvectors.clone();
    for k in 0..p {
        let spread = eigen.eigenvalues[k].max(0.0).sqrt();
        beta[k] = match eigen.eigenvalues[k] > TOLERANCE {
            true => with_outcome[k] / spread,
            false => 0.0,
        };
        root.column_mut(k).scale_mut(spread);
    }
    let beta = &eigen.eigenvectors * beta;
    let root = root * eigen.eigenvectors.transpose();
    let weight = |j: usize| (0..p).map(|k| (root[(j, k)] * beta[k]).powi(2)).sum();
    Ok((0..p).map(weight).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_drivers_give_what_lmg_gives() {
        let c = DMatrix::from_row_slice(3, 3, &[1.0, 0.3, 0.5, 0.3, 1.0, 0.4, 0.5, 0.4, 1.0]);
        let lmg = super::super::lmg::shares(&c).unwrap();
        for (ours, theirs) in weights(&c).unwrap().iter().zip(lmg) {
            assert!((ours - theirs).abs() < 1e-12);
        }
    }

    #[test]
    fn twins_share_alike_and_sum_to_r2() {
        let c = DMatrix::from_row_slice(3, 3, &[1.0, 1.0, 0.6, 1.0, 1.0, 0.6, 0.6, 0.6, 1.0]);
        let weights = weights(&c).unwrap();
        assert!((weights[0] - 0.18).abs() < 1e-9 && (weights[1] - 0.18).abs() < 1e-9);
    }
}
