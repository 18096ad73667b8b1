//! How uncertain are coefficients when rows differ in spread or come in clusters?

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use super::cross_products::reduce;
use super::linear::to_origin;
use super::sample::{Errors, Sample, Weights, rows_by_cluster};

/// A weighted fit seen from its covariance: columns z = (1, x - center), weights, bread (Z'WZ)^-1, clusters.
pub(crate) struct Work<'a> {
    sample: &'a Sample<'a>,
    weights: Vec<f64>,
    bread: DMatrix<f64>,
    center: Vec<f64>,
    pub clusters: Vec<Vec<usize>>,
}

impl<'a> Work<'a> {
    pub fn new(
        sample: &'a Sample<'a>,
        weights: Vec<f64>,
        bread: DMatrix<f64>,
        means: &[f64],
    ) -> Self {
        Work {
            sample,
            weights,
            bread,
            center: means[..sample.columns.len()].to_vec(),
            clusters: rows_by_cluster(sample),
        }
    }

    fn size(&self) -> usize {
        self.center.len() + 1
    }

    fn z(&self, row: usize) -> DVector<f64> {
        DVector::from_fn(self.size(), |j, _| match j {
            0 => 1.0,
            _ => self.sample.columns[j - 1][row] - self.center[j - 1],
        })
    }

    /// Sum of omega z z' over rows.
    pub fn gram(&self, omega: &[f64]) -> DMatrix<f64> {
        centered_gram(self.sample, omega, &self.center)
    }

    fn leverage(&self, row: usize) -> f64 {
        let z = self.z(row);
        let h = z.dot(&(&self.bread * &z));
        match self.sample.weights {
            Weights::Repetitions(_) => h,
            _ => h * self.weights[row],
        }
    }
}

/// Sum of omega z z' with z = (1, x - center), omega ≥ 0.
pub(crate) fn centered_gram(sample: &Sample, omega: &[f64], center: &[f64]) -> DMatrix<f64> {
    let columns: Vec<&[f64]> = sample.columns.iter().map(Vec::as_slice).collect();
    let p = columns.len();
    let mut gram = DMatrix::zeros(p + 1, p + 1);
    gram[(0, 0)] = omega.iter().sum();
    if p == 0 {
        return gram;
    }
    let reduced = reduce(&columns, Some(omega));
    for j in 0..p {
        let shift_j = reduced.means[j] - center[j];
        gram[(0, j + 1)] = reduced.weight * shift_j;
        gram[(j + 1, 0)] = gram[(0, j + 1)];
        for i in 0..p {
            let shift = reduced.weight * shift_j * (reduced.means[i] - center[i]);
            gram[(i + 1, j + 1)] = reduced.products[(i, j)] + shift;
        }
    }
    gram
}

/// Covariance of (intercept, slopes) at the origin, and the degrees of freedom of each coefficient.
///
/// `residuals` are y - fit on the scale where the score of a row is w e z (so also for logistic and Poisson fits).
pub(crate) fn robust_covariance(
    work: &Work,
    residuals: &[f64],
    errors: Errors,
) -> (DMatrix<f64>, Vec<f64>) {
    let transform = to_origin(&work.center);
    if errors == Errors::Cr2 {
        return bias_reduced(work, residuals, &transform);
    }
    let n = work.sample.observations();
    let k = work.size() as f64;
    let (meat, freedom) = match errors {
        Errors::Cr1 => {
            let groups = work.clusters.len() as f64;
            let factor = groups / (groups - 1.0) * (n - 1.0) / (n - k);
            (cluster_meat(work, residuals) * factor, groups - 1.0)
        }
        _ => (row_meat(work, residuals, errors), n - k),
    };
    let covariance = &work.bread * meat * &work.bread;
    let covariance = &transform * covariance * transform.transpose();
    (covariance, vec![freedom; work.size()])
}

fn row_meat(work: &Work, residuals: &[f64], errors: Errors) -> DMatrix<f64> {
    let n = work.sample.observations();
    let omega: Vec<f64> = (0..residuals.len())
        .into_par_iter()
        .map(|row| {
            let w = work.weights[row];
            let squared = match work.sample.weights {
                Weights::Repetitions(_) => w * residuals[row].powi(2),
                _ => (w * residuals[row]).powi(2),
            };
            // A row that alone determines a coefficient has leverage 1 and residual 0.
            let kept = || (1.0 - work.leverage(row)).max(1e-12);
            match errors {
                Errors::Hc2 => squared / kept(),
                Errors::Hc3 => squared / kept().powi(2),
                _ => squared * n / (n - work.size() as f64),
            }
        })
        .collect();
    work.gram(&omega)
}

fn cluster_meat(work: &Work, residuals: &[f64]) -> DMatrix<f64> {
    let scores: Vec<DVector<f64>> = (work.clusters.par_iter())
        .map(|rows| {
            let mut score = DVector::zeros(work.size());
            for &row in rows {
                score += work.z(row) * (work.weights[row] * residuals[row]);
            }
            score
        })
        .collect();
    let mut meat = DMatrix::zeros(work.size(), work.size());
    scores.iter().for_each(|s| meat.ger(1.0, s, s, 1.0));
    meat
}

/// What one cluster adds to CR2: its adjusted score, and the products that the degrees of freedom need.
struct ClusterPart {
    score: DVector<f64>,
    /// Z_g' A W Z_g M T' (k x k): column c belongs to coefficient c.
    u: DMatrix<f64>,
    /// Z_g' W A W Z_g M T'.
    v: DMatrix<f64>,
    /// a_g'a_g per coefficient.
    own: Vec<f64>,
}

fn bias_reduced(
    work: &Work,
    residuals: &[f64],
    transform: &DMatrix<f64>,
) -> (DMatrix<f64>, Vec<f64>) {
    let (scale, weights) = working_weights(work);
    let squared: Vec<f64> = (0..weights.len())
        .map(|row| (scale[row] * weights[row]).powi(2))
        .collect();
    let q = work.gram(&squared);
    let contrast = &work.bread * transform.transpose();
    let parts: Vec<ClusterPart> = (work.clusters.par_iter())
        .map(|rows| {
            let frame = ClusterFrame::new(work, rows, &scale, &weights);
            frame.part(residuals, &q, &contrast)
        })
        .collect();
    let mut meat = DMatrix::zeros(work.size(), work.size());
    parts
        .iter()
        .for_each(|p| meat.ger(1.0, &p.score, &p.score, 1.0));
    let covariance = contrast.transpose() * meat * &contrast;
    let freedom = (0..work.size())
        .map(|c| satterthwaite(&parts, &work.bread, &q, c))
        .collect();
    (covariance, freedom)
}

/// Row scale and weight under which the formulas hold: repetitions become rows scaled by the root of their
/// number with weight 1 (identical rows differ in nothing that touches the coefficients).
fn working_weights(work: &Work) -> (Vec<f64>, Vec<f64>) {
    let n = work.weights.len();
    match work.sample.weights {
        Weights::Repetitions(w) => (w.iter().map(|w| w.sqrt()).collect(), vec![1.0; n]),
        _ => (vec![1.0; n], work.weights.clone()),
    }
}

struct ClusterFrame<'a> {
    bread: &'a DMatrix<f64>,
    rows: &'a [usize],
    scale: DVector<f64>,
    z: DMatrix<f64>,
    wz: DMatrix<f64>,
}

impl<'a> ClusterFrame<'a> {
    fn new(work: &'a Work, rows: &'a [usize], scale: &[f64], weights: &[f64]) -> Self {
        let mut z = DMatrix::zeros(rows.len(), work.size());
        let mut wz = z.clone();
        for (i, &row) in rows.iter().enumerate() {
            let line = work.z(row).transpose() * scale[row];
            z.set_row(i, &line);
            wz.set_row(i, &(line * weights[row]));
        }
        let scale = DVector::from_iterator(rows.len(), rows.iter().map(|&r| scale[r]));
        ClusterFrame {
            bread: &work.bread,
            rows,
            scale,
            z,
            wz,
        }
    }

    fn part(&self, residuals: &[f64], q: &DMatrix<f64>, contrast: &DMatrix<f64>) -> ClusterPart {
        let (basis, inner) = self.adjustment(q);
        let adjust = |y: DMatrix<f64>| -> DMatrix<f64> {
            let coordinates = basis.transpose() * &y;
            y + &basis * (&inner * coordinates)
        };
        let e = DMatrix::from_fn(self.rows.len(), 1, |i, _| {
            residuals[self.rows[i]] * self.scale[i]
        });
        let score = self.wz.transpose() * adjust(e);
        let a = adjust(&self.wz * contrast);
        ClusterPart {
            score: score.column(0).into_owned(),
            u: self.z.transpose() * &a,
            v: self.wz.transpose() * &a,
            own: a.column_iter().map(|c| c.norm_squared()).collect(),
        }
    }

    /// A_g = B_g^(-1/2) written as I + basis inner basis', where
    /// B_g = I - Z M Z'W - W Z M Z' + Z M Q M Z' (rows of one cluster, working covariance I).
    ///
    /// Only the space of the columns Z and WZ is touched, so that a cluster of 10,000 rows costs no 10,000 x 10,000 matrix.
    fn adjustment(&self, q: &DMatrix<f64>) -> (DMatrix<f64>, DMatrix<f64>) {
        let (n, k) = self.z.shape();
        let mut both = DMatrix::zeros(n, 2 * k);
        both.columns_mut(0, k).copy_from(&self.z);
        both.columns_mut(k, k).copy_from(&self.wz);
        let basis = orthonormal_basis(both);
        let (bz, bwz) = (basis.transpose() * &self.z, basis.transpose() * &self.wz);
        let cross = &bz * self.bread * bwz.transpose();
        let r = basis.ncols();
        let b = DMatrix::identity(r, r) - &cross - cross.transpose()
            + &bz * self.bread * q * self.bread * bz.transpose();
        let eigen = b.symmetric_eigen();
        // Directions that the cluster alone determines carry no residual: generalized inverse.
        let root = eigen
            .eigenvalues
            .map(|value| if value > 1e-9 { value.powf(-0.5) } else { 0.0 });
        let power =
            &eigen.eigenvectors * DMatrix::from_diagonal(&root) * eigen.eigenvectors.transpose();
        (basis, power - DMatrix::identity(r, r))
    }
}

/// Orthonormal columns spanning those given (Gram-Schmidt done twice, which keeps them orthogonal to rounding).
fn orthonormal_basis(columns: DMatrix<f64>) -> DMatrix<f64> {
    let mut kept: Vec<DVector<f64>> = Vec::new();
    for column in columns.column_iter() {
        let length = column.norm();
        if length == 0.0 {
            continue;
        }
        let mut rest = column / length;
        for _ in 0..2 {
            for unit in &kept {
                let along = unit.dot(&rest);
                rest.axpy(-along, unit, 1.0);
            }
        }
        let left = rest.norm();
        if left > 1e-8 {
            kept.push(rest / left);
        }
    }
    match kept.is_empty() {
        true => DMatrix::zeros(columns.nrows(), 0),
        false => DMatrix::from_columns(&kept),
    }
}

/// (sum_g p_g'p_g)² / sum_gh (p_g'p_h)², p_g the vector whose product with the errors is cluster g's part of
/// coefficient c. `[BellMcCaffrey2002]`
fn satterthwaite(parts: &[ClusterPart], bread: &DMatrix<f64>, q: &DMatrix<f64>, c: usize) -> f64 {
    let k = bread.nrows();
    // The matrix of p_g'p_h is diag(own) + s'Ks with s = (u; v), so its squares sum in G k² steps.
    let s = DMatrix::from_fn(2 * k, parts.len(), |i, g| match i < k {
        true => parts[g].u[(i, c)],
        false => parts[g].v[(i - k, c)],
    });
    let mut inner = DMatrix::zeros(2 * k, 2 * k);
    inner
        .view_mut((0, 0), (k, k))
        .copy_from(&(bread * q * bread));
    inner.view_mut((0, k), (k, k)).copy_from(&-bread);
    inner.view_mut((k, 0), (k, k)).copy_from(&-bread);
    let ks = &inner * &s;
    let (mut trace, mut squares) = (0.0, 0.0);
    for (g, part) in parts.iter().enumerate() {
        let low_rank = s.column(g).dot(&ks.column(g));
        trace += part.own[c] + low_rank;
        squares += part.own[c] * (part.own[c] + 2.0 * low_rank);
    }
    let gram = &ks * s.transpose();
    squares += (&gram * &gram).trace();
    match squares > 0.0 {
        true => trace * trace / squares,
        false => parts.len() as f64 - 1.0,
    }
}
