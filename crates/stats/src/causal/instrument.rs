//! What does the treatment do, when only what a lottery-like push moved of it is trusted?

use nalgebra::{DMatrix, DVector};
use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use super::aipw::prove_columns;
use super::confidence_set::{ConfidenceSet, invert};
use super::influence;
use crate::error::{require_finite, require_length};
use crate::regression::coefficients::{student_estimate, two_sided_p};
use crate::regression::linear::invert_scaled;
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, StatsError};

/// First-stage F below which the usual interval cannot be trusted; the customary rule.
pub const WEAK_LIMIT: f64 = 10.0;

/// What is explained; all slices n long.
#[derive(Debug, Clone, Copy)]
pub struct Pushed<'a> {
    pub outcome: &'a [f64],
    pub treatment: &'a [f64],
    /// What moves the treatment and nothing else of the outcome.
    pub instruments: &'a [Vec<f64>],
    /// What is held constant in both stages.
    pub columns: &'a [Vec<f64>],
    /// Names of the instruments and then of the columns, for errors.
    pub names: &'a [String],
    pub clusters: Option<&'a [usize]>,
}

/// An effect by instruments, with how far the instruments can be trusted.
#[derive(Debug, Clone, PartialEq)]
pub struct InstrumentResult {
    /// Two-stage least squares: change of the outcome per unit of the treatment, with robust (or clustered) errors.
    pub effect: Estimate,
    pub p_value: f64,
    /// Ordinary least squares of the same equation, for comparison.
    pub naive: Estimate,
    /// Robust F of the instruments in the first stage; below 10 the usual interval cannot be trusted.
    pub first_stage_f: f64,
    /// Share of the treatment's variance (columns taken out) that the instruments move.
    pub partial_r2: f64,
    /// Effects that the instruments do not reject, right however weak they are.
    pub anderson_rubin: ConfidenceSet,
    /// With more instruments than one: p-value that they agree (Hansen's J); small when they contradict each other.
    pub agreement_p: Option<f64>,
    pub cautions: Vec<Caution>,
}

/// Two-stage least squares with a weak-instrument-robust set `[AndersonRubin1949]` `[AndrewsStockSun2019]`.
///
/// `b = (D'P D)^-1 D'P Y`, all with constant and columns taken out, P the projection on the instruments. Covariance: sandwich of
/// `d_hat e` with n/(n - k) (by cluster also G/(G - 1)). First-stage F and Anderson-Rubin use the same kind of covariance:
/// `AR(b) = g(b)' Omega(b)^-1 g(b) / q` with g(b) the reduced-form coefficients of `Y - b D`, against F(q, n - k) or F(q, G - 1).
/// The set is an interval, two rays, everything, or nothing; it is told as it is. Errs on instruments that the columns
/// determine or that do not vary, and fewer than k + 2 rows. Cautions: weak instruments, unbounded or empty set.
pub fn estimate(data: &Pushed, level: f64) -> Result<InstrumentResult, StatsError> {
    prove(data, level)?;
    let stage = Stage::of(data)?;
    let (effect, freedom) = stage.two_stage(level);
    let first_stage_f = stage.wald(&stage.reduced(&stage.d));
    let anderson_rubin = stage.anderson_rubin(level);
    let mut cautions = Vec::new();
    if first_stage_f < WEAK_LIMIT {
        cautions.push(Caution::WeakInstrument {
            f_statistic: first_stage_f,
        });
    }
    cautions.extend(anderson_rubin.caution("effect"));
    let units = stage.units;
    if data.clusters.is_some() && units < FEW {
        let (needed, got) = (FEW, units);
        cautions.push(Caution::FewClusters { needed, got });
    }
    Ok(InstrumentResult {
        p_value: two_sided_p(effect.value / effect.standard_error, freedom),
        effect,
        naive: stage.naive(level),
        first_stage_f,
        partial_r2: stage.fitted.norm_squared() / stage.d.norm_squared(),
        anderson_rubin,
        agreement_p: stage.agreement(effect.value),
        cautions,
    })
}

/// Clusters below which clustered errors are known to be too small.
const FEW: usize = 40;

/// Outcome, treatment and instruments with constant and columns taken out.
struct Stage<'a> {
    y: DVector<f64>,
    d: DVector<f64>,
    z: DMatrix<f64>,
    /// (Z'Z)^-1.
    inverse: DMatrix<f64>,
    /// Projection of d on z.
    fitted: DVector<f64>,
    clusters: Option<&'a [usize]>,
    /// Rows or clusters.
    units: usize,
    /// Small-sample factor of the sandwiches of the reduced forms, and of the second stage (which has fewer coefficients
    /// when there are several instruments).
    factor: f64,
    second: f64,
    /// Degrees of freedom of t and F.
    freedom: f64,
}

impl<'a> Stage<'a> {
    fn of(data: &Pushed<'a>) -> Result<Self, StatsError> {
        let rows = data.outcome.len();
        let taken = Taken::of(data)?;
        let y = taken.out(data.outcome);
        let d = taken.out(data.treatment);
        let columns: Vec<DVector<f64>> = data.instruments.iter().map(|z| taken.out(z)).collect();
        for (place, (column, raw)) in columns.iter().zip(data.instruments).enumerate() {
            let size: f64 = raw.iter().map(|v| v * v).sum();
            if column.norm_squared() <= 1e-10 * size {
                let column = data.names[place].clone();
                return Err(StatsError::Collinear { column });
            }
        }
        if d.norm_squared() <= 1e-12 * data.treatment.iter().map(|v| v * v).sum::<f64>() {
            let what = "treatment".to_owned();
            return Err(StatsError::NoVariation { what });
        }
        let z = DMatrix::from_columns(&columns);
        let inverse = invert_scaled(&(z.transpose() * &z)).map_err(|j| StatsError::Collinear {
            column: data.names[j].clone(),
        })?;
        let fitted = &z * (&inverse * (z.transpose() * &d));
        if fitted.norm_squared() <= 1e-14 * d.norm_squared() {
            let parameter = "effect".to_owned();
            return Err(StatsError::NotIdentified { parameter });
        }
        let k = (data.columns.len() + 1 + columns.len()) as f64;
        let of_second = (data.columns.len() + 2) as f64;
        let n = rows as f64;
        let units = data.clusters.map_or(rows, |c| influence::dense(c).1);
        let groups = units as f64;
        let small = |k: f64| match data.clusters {
            Some(_) => groups / (groups - 1.0) * (n - 1.0) / (n - k),
            None => n / (n - k),
        };
        let freedom = match data.clusters {
            Some(_) => groups - 1.0,
            None => n - k,
        };
        Ok(Stage {
            y,
            d,
            z,
            inverse,
            fitted,
            clusters: data.clusters,
            units,
            factor: small(k),
            second: small(of_second),
            freedom,
        })
    }

    fn two_stage(&self, level: f64) -> (Estimate, f64) {
        let scale = self.fitted.dot(&self.d);
        let value = self.fitted.dot(&self.y) / scale;
        let error = self.sandwich(&self.fitted, value, scale);
        (
            student_estimate(value, error, self.freedom, level),
            self.freedom,
        )
    }

    fn naive(&self, level: f64) -> Estimate {
        let scale = self.d.norm_squared();
        let value = self.d.dot(&self.y) / scale;
        let error = self.sandwich(&self.d, value, scale);
        student_estimate(value, error, self.freedom, level)
    }

    fn sandwich(&self, along: &DVector<f64>, value: f64, scale: f64) -> f64 {
        let scores: Vec<f64> = (0..self.y.len())
            .map(|i| along[i] * (self.y[i] - value * self.d[i]))
            .collect();
        let sums = influence::by_cluster(&scores, self.clusters);
        let squares: f64 = sums.iter().map(|s| s * s).sum();
        (squares * self.second).sqrt() / scale.abs()
    }

    /// Coefficients of the instruments for a left side, and each unit's contribution to them.
    fn reduced(&self, left: &DVector<f64>) -> Reduced {
        let coefficients = &self.inverse * (self.z.transpose() * left);
        let rest = left - &self.z * &coefficients;
        let weighted = &self.z * &self.inverse;
        let parts = (0..self.z.ncols())
            .map(|j| {
                let scores: Vec<f64> = (0..rest.len())
                    .map(|i| weighted[(i, j)] * rest[i])
                    .collect();
                influence::by_cluster(&scores, self.clusters)
            })
            .collect();
        Reduced {
            coefficients,
            parts,
        }
    }

    /// Robust F that the instruments' coefficients are all 0.
    fn wald(&self, reduced: &Reduced) -> f64 {
        let covariance = cross(&reduced.parts, &reduced.parts) * self.factor;
        quadratic(&covariance, &reduced.coefficients) / self.z.ncols() as f64
    }

    fn anderson_rubin(&self, level: f64) -> ConfidenceSet {
        let (y, d) = (self.reduced(&self.y), self.reduced(&self.d));
        let [yy, yd, dd] =
            [(&y, &y), (&y, &d), (&d, &d)].map(|(a, b)| cross(&a.parts, &b.parts) * self.factor);
        let symmetric = &yd + yd.transpose();
        let q = self.z.ncols() as f64;
        let limit =
            FisherSnedecor::new(q, self.freedom).map_or(f64::NAN, |f| q * f.inverse_cdf(level));
        // Direction (cos, sin) stands for b = tan: AR(b) only depends on the ratio.
        let statistic = |one: f64, b: f64| {
            let gap = &y.coefficients * one - &d.coefficients * b;
            let covariance = &yy * (one * one) - &symmetric * (one * b) + &dd * (b * b);
            quadratic(&covariance, &gap) - limit
        };
        let start = self.fitted.dot(&self.y) / self.fitted.dot(&self.d);
        let unit = self.y.norm() / self.d.norm();
        invert(statistic, (start, unit), level)
    }

    /// Hansen's J at the two-stage estimate, chi-square with q - 1 degrees of freedom.
    fn agreement(&self, value: f64) -> Option<f64> {
        let q = self.z.ncols();
        if q < 2 {
            return None;
        }
        let left = &self.y - &self.d * value;
        let moments = |j: usize| -> Vec<f64> {
            let scores: Vec<f64> = (0..left.len()).map(|i| self.z[(i, j)] * left[i]).collect();
            influence::by_cluster(&scores, self.clusters)
        };
        let parts: Vec<Vec<f64>> = (0..q).map(moments).collect();
        let weight = cross(&parts, &parts).try_inverse()?;
        // The efficient second step, so that the statistic has its distribution under unequal variances too.
        let (zd, zy) = (self.z.transpose() * &self.d, self.z.transpose() * &self.y);
        let better =
            (zd.transpose() * &weight * &zy)[(0, 0)] / (zd.transpose() * &weight * &zd)[(0, 0)];
        let gap = zy - zd * better;
        let statistic = (gap.transpose() * &weight * &gap)[(0, 0)];
        let chi = statrs::distribution::ChiSquared::new(q as f64 - 1.0).ok()?;
        Some(chi.sf(statistic))
    }
}

struct Reduced {
    coefficients: DVector<f64>,
    parts: Vec<Vec<f64>>,
}

fn cross(a: &[Vec<f64>], b: &[Vec<f64>]) -> DMatrix<f64> {
    DMatrix::from_fn(a.len(), b.len(), |i, j| {
        a[i].iter().zip(&b[j]).map(|(x, y)| x * y).sum()
    })
}

/// v' M^-1 v; infinite when M cannot be inverted.
fn quadratic(matrix: &DMatrix<f64>, v: &DVector<f64>) -> f64 {
    let inverse = matrix.clone().try_inverse();
    inverse.map_or(f64::INFINITY, |inverse| v.dot(&(inverse * v)))
}

/// What takes a constant and the columns out of a column.
struct Taken {
    basis: DMatrix<f64>,
}

impl Taken {
    fn of(data: &Pushed) -> Result<Self, StatsError> {
        let rows = data.outcome.len();
        let mut basis: Vec<DVector<f64>> =
            vec![DVector::from_element(rows, 1.0 / (rows as f64).sqrt())];
        for (place, column) in data.columns.iter().enumerate() {
            let mut rest = DVector::from_column_slice(column);
            let size = rest.norm();
            for _ in 0..2 {
                for unit in &basis {
                    let along = unit.dot(&rest);
                    rest.axpy(-along, unit, 1.0);
                }
            }
            let left = rest.norm();
            if left <= 1e-10 * size || size == 0.0 {
                let column = data.names[data.instruments.len() + place].clone();
                return Err(StatsError::Collinear { column });
            }
            basis.push(rest / left);
        }
        Ok(Taken {
            basis: DMatrix::from_columns(&basis),
        })
    }

    fn out(&self, values: &[f64]) -> DVector<f64> {
        let mut rest = DVector::from_column_slice(values);
        for _ in 0..2 {
            let along = self.basis.transpose() * &rest;
            rest -= &self.basis * along;
        }
        rest
    }
}

fn prove(data: &Pushed, level: f64) -> Result<(), StatsError> {
    prove_level(level)?;
    let rows = data.outcome.len();
    require_finite("outcome", data.outcome)?;
    require_length("treatment", rows, data.treatment.len())?;
    require_finite("treatment", data.treatment)?;
    if data.instruments.is_empty() {
        return Err(StatsError::NotIdentified {
            parameter: "effect".to_owned(),
        });
    }
    let split = data.instruments.len();
    require_length("names", split + data.columns.len(), data.names.len())?;
    prove_columns(rows, data.instruments, &data.names[..split])?;
    prove_columns(rows, data.columns, &data.names[split..])?;
    let needed = split + data.columns.len() + 3;
    if rows < needed {
        return Err(StatsError::TooFewObservations { needed, got: rows });
    }
    let Some(clusters) = data.clusters else {
        return Ok(());
    };
    require_length("clusters", rows, clusters.len())?;
    let got = influence::dense(clusters).1;
    match got < split + 1 {
        true => Err(StatsError::TooFewGroups {
            needed: split + 1,
            got,
        }),
        false => Ok(()),
    }
}
