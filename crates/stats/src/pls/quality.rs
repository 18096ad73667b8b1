//! How well do a block's indicators measure one thing?

use nalgebra::{DMatrix, DVector};

use super::{Block, Mode};

/// Reliability and validity of a construct. All are 1 for a single indicator; NaN in mode B where they have no meaning,
/// but for `rho_a`, which is then 1 (a formed construct is taken as it is).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Cronbach's alpha of the standardized indicators.
    pub alpha: f64,
    /// Composite reliability (Dillon-Goldstein's rho) from the loadings.
    pub rho_c: f64,
    /// Dijkstra's rho: `(w'w)² w'(S - diag S)w / (w'(ww' - diag ww')w)`.
    pub rho_a: f64,
    /// Average variance extracted: mean squared loading.
    pub variance_extracted: f64,
}

impl Quality {
    /// Quality and loadings of a block from its weights and the indicators' correlations.
    pub(super) fn of(
        block: &Block,
        weights: &[f64],
        correlation: &DMatrix<f64>,
    ) -> (Self, Vec<f64>) {
        let of = &block.indicators;
        let s = DMatrix::from_fn(of.len(), of.len(), |i, j| correlation[(of[i], of[j])]);
        let w = DVector::from_column_slice(weights);
        let loadings: Vec<f64> = (&s * &w).iter().copied().collect();
        let quality = match (of.len(), block.mode) {
            (1, _) => Quality {
                alpha: 1.0,
                rho_c: 1.0,
                rho_a: 1.0,
                variance_extracted: 1.0,
            },
            (_, Mode::B) => Quality {
                alpha: f64::NAN,
                rho_c: f64::NAN,
                rho_a: 1.0,
                variance_extracted: f64::NAN,
            },
            (_, Mode::A) => Quality {
                alpha: alpha(&s),
                rho_c: composite(&loadings),
                rho_a: rho_a(&w, &s),
                variance_extracted: loadings.iter().map(|l| l * l).sum::<f64>() / of.len() as f64,
            },
        };
        (quality, loadings)
    }
}

fn alpha(s: &DMatrix<f64>) -> f64 {
    let k = s.nrows() as f64;
    k / (k - 1.0) * (1.0 - k / s.sum())
}

fn composite(loadings: &[f64]) -> f64 {
    let sum = loadings.iter().sum::<f64>().powi(2);
    let errors: f64 = loadings.iter().map(|l| 1.0 - l * l).sum();
    sum / (sum + errors)
}

fn rho_a(w: &DVector<f64>, s: &DMatrix<f64>) -> f64 {
    let (mut top, mut bottom) = (0.0, 0.0);
    for i in 0..w.len() {
        for j in 0..w.len() {
            if i != j {
                top += w[i] * s[(i, j)] * w[j];
                bottom += (w[i] * w[j]).powi(2);
            }
        }
    }
    w.norm_squared().powi(2) * top / bottom
}
