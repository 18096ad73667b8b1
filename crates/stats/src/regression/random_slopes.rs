//! Do groups differ also in how strongly the outcome follows a column?

use nalgebra::{DMatrix, DVector};

use super::coefficients::Coefficients;
use super::linear::to_origin;
use super::mixed;
use super::sample::{Sample, Weights, rows_by_cluster};
use super::scaled::Scaled;
use crate::optimize::{Evaluation, SearchLimits, minimize};
use crate::reduce::sum_slices_in_order;
use crate::{Caution, StatsError};

/// A linear fit with a random intercept and random slopes per group.
#[derive(Debug, Clone, PartialEq)]
pub struct RandomSlopesFit {
    pub coefficients: Coefficients,
    /// The columns whose slope varies over groups.
    pub slopes: Vec<String>,
    /// Covariance of (intercept, slopes) over groups, in units of the outcome and the columns.
    pub effect_covariance: DMatrix<f64>,
    pub within_variance: f64,
    pub restricted_log_likelihood: f64,
    pub groups: usize,
    pub observations: f64,
    /// Predicted (intercept, slopes) deviations per group, shrunken, groups in rising order of their number.
    pub group_effects: Vec<Vec<f64>>,
    pub converged: bool,
    pub cautions: Vec<Caution>,
}

const ENOUGH_GROUPS: usize = 10;
/// Smallest share of the largest standard deviation of an effect at which it counts as none.
const VANISHED: f64 = 1e-4;

/// Fits `y = b0 + b'x + u0_g + u_g'z + e`, z the columns named in `slopes`, by restricted maximum likelihood [Bates2015].
///
/// (u0, u) ~ N(0, T), any covariance. The likelihood is profiled over b and var(e) and maximized over the Cholesky factor of T/var(e),
/// at which it stays defined when T is singular; per group only cross-products are kept. Groups are the sample's clusters; weights are
/// equal or repetitions. t intervals with groups - coefficients degrees of freedom. Errs as [`mixed::fit`], and for an unknown or missing slope.
/// Cautions: `BoundaryOptimum` when T is singular (an effect has no variance, or follows from another), fewer than 10 groups.
pub fn fit(sample: &Sample, slopes: &[String], level: f64) -> Result<RandomSlopesFit, StatsError> {
    let simple = mixed::fit(sample, level)?;
    let problem = Problem::new(sample, slopes)?;
    let q = slopes.len() + 1;
    let ratio = (simple.between_variance / simple.within_variance)
        .sqrt()
        .max(0.1);
    let mut best: Option<(f64, Vec<f64>, bool)> = None;
    for share in [0.3, 1.0] {
        let mut start = vec![0.0; q * (q + 1) / 2];
        for i in 0..q {
            start[i * (i + 1) / 2 + i] = if i == 0 { ratio } else { share * ratio };
        }
        let mut limits = SearchLimits::free(start.len());
        limits.tolerance = 1e-12;
        let optimum = minimize(&start, &limits, |theta| problem.evaluate(theta));
        if best.as_ref().is_none_or(|b| optimum.value < b.0) {
            best = Some((optimum.value, optimum.point, optimum.converged));
        }
    }
    let (_, theta, converged) = best.expect("there are two starts");
    problem.report((&theta, converged), (sample, slopes), level)
}

impl RandomSlopesFit {
    /// Correlation of two effects over groups (0 is the intercept); NaN when one does not vary.
    pub fn correlation(&self, first: usize, second: usize) -> f64 {
        let t = &self.effect_covariance;
        t[(first, second)] / (t[(first, first)] * t[(second, second)]).sqrt()
    }

    /// Simulates an outcome per row: new effects for every group of `groups`, then residuals.
    ///
    /// # Errors
    /// `LengthMismatch`, `InvalidInput` when the columns are not those of the fit.
    pub fn simulate(
        &self,
        columns: &[Vec<f64>],
        groups: &[usize],
        seed: u64,
    ) -> Result<Vec<f64>, StatsError> {
        use rand_distr::{Distribution, StandardNormal};
        let fixed = super::simulate::rows(&self.coefficients, columns, seed, |eta, generator| {
            let noise: f64 = StandardNormal.sample(generator);
            eta + self.within_variance.sqrt() * noise
        })?;
        crate::error::require_length("groups", fixed.len(), groups.len())?;
        let eigen = self.effect_covariance.clone().symmetric_eigen();
        let root = &eigen.eigenvectors
            * DMatrix::from_diagonal(&eigen.eigenvalues.map(|v| v.max(0.0).sqrt()));
        let place = |name: &String| {
            let names = &self.coefficients.table[1..];
            names.iter().position(|c| c.name == *name)
        };
        let slopes: Vec<usize> = self.slopes.iter().filter_map(place).collect();
        let add = |(row, value): (usize, &f64)| {
            let mut generator = crate::btyd::simulated::stream(!seed, groups[row] as u64);
            let normal =
                DVector::from_fn(root.nrows(), |_, _| StandardNormal.sample(&mut generator));
            let effects: DVector<f64> = &root * normal;
            let along = slopes.iter().enumerate();
            value
                + effects[0]
                + along
                    .map(|(k, &j)| effects[k + 1] * columns[j][row])
                    .sum::<f64>()
        };
        Ok(fixed.iter().enumerate().map(add).collect())
    }
}

/// Per group the cross-products of (1, z..., x..., y); columns centered and scaled, the outcome centered.
struct Problem {
    scaled: Scaled,
    random: Vec<usize>,
    /// One square matrix per group, of (1, x..., y), row by row; z is a choice of its columns.
    groups: Vec<DMatrix<f64>>,
    effects: usize,
    observations: f64,
    outcome_mean: f64,
}

struct Profile {
    deviance: f64,
    beta: DVector<f64>,
    inverse: DMatrix<f64>,
    variance: f64,
}

impl Problem {
    fn new(sample: &Sample, slopes: &[String]) -> Result<Self, StatsError> {
        if slopes.is_empty() {
            return Err(StatsError::TooFewGroups { needed: 1, got: 0 });
        }
        let mut random = vec![0];
        for name in slopes {
            match sample.names.iter().position(|n| n == name) {
                Some(j) if !random.contains(&(j + 1)) => random.push(j + 1),
                _ => {
                    return Err(StatsError::invalid(format!(
                        "slope {name} (unknown or twice)"
                    )));
                }
            }
        }
        let scaled = Scaled::new(sample)?;
        let total: f64 = scaled.weights.iter().sum();
        let sum: f64 = (scaled.weights.iter().zip(sample.outcome))
            .map(|(w, y)| w * y)
            .sum();
        let outcome_mean = sum / total;
        let size = scaled.width + 2;
        let groups: Vec<DMatrix<f64>> = (rows_by_cluster(sample).iter())
            .map(|rows| {
                let mut products = DMatrix::zeros(size, size);
                let mut line = DVector::zeros(size);
                for &row in rows {
                    line[0] = 1.0;
                    line.rows_mut(1, scaled.width)
                        .copy_from_slice(scaled.row(row));
                    line[size - 1] = sample.outcome[row] - outcome_mean;
                    products.ger(scaled.weights[row], &line, &line, 1.0);
                }
                products
            })
            .collect();
        let needed = random.len() * (random.len() + 1) / 2 + 1;
        if groups.len() <= random.len() {
            return Err(StatsError::TooFewGroups {
                needed,
                got: groups.len(),
            });
        }
        debug_assert!(!matches!(sample.weights, Weights::Sampling(_)));
        Ok(Problem {
            effects: random.len(),
            random,
            groups,
            observations: sample.observations(),
            outcome_mean,
            scaled,
        })
    }

    /// Lower triangle, row by row.
    fn factor(&self, theta: &[f64]) -> DMatrix<f64> {
        DMatrix::from_fn(self.effects, self.effects, |i, j| match j <= i {
            true => theta[i * (i + 1) / 2 + j],
            false => 0.0,
        })
    }

    /// One group at a factor: the Cholesky factor of F'Z'ZF + I and its solution for F'Z'(X, y).
    fn solve(
        &self,
        group: &DMatrix<f64>,
        factor: &DMatrix<f64>,
    ) -> Option<(DMatrix<f64>, DMatrix<f64>)> {
        let (q, size) = (self.effects, group.nrows());
        let zz = DMatrix::from_fn(q, q, |i, j| group[(self.random[i], self.random[j])]);
        let zw = DMatrix::from_fn(q, size, |i, j| group[(self.random[i], j)]);
        let inner = factor.transpose() * zz * factor + DMatrix::identity(q, q);
        let lower = inner.cholesky()?.l();
        let solved = lower.solve_lower_triangular(&(factor.transpose() * zw))?;
        Some((lower, solved))
    }

    fn profile(&self, theta: &[f64]) -> Option<Profile> {
        let factor = self.factor(theta);
        let size = self.scaled.width + 2;
        let sums = sum_slices_in_order(self.groups.len(), size * size + 1, |range, sum| {
            for g in range {
                let group = &self.groups[g];
                let Some((lower, solved)) = self.solve(group, &factor) else {
                    sum[size * size] = f64::NAN;
                    continue;
                };
                let left = group - solved.transpose() * solved;
                for (s, value) in sum.iter_mut().zip(left.iter()) {
                    *s += value;
                }
                sum[size * size] += lower.diagonal().iter().map(|d| d.ln()).sum::<f64>();
            }
        });
        let k = size - 1;
        let all = DMatrix::from_column_slice(size, size, &sums[..size * size]);
        let cholesky = all.view((0, 0), (k, k)).into_owned().cholesky()?;
        let xy = all.view((0, k), (k, 1)).column(0).into_owned();
        let beta = cholesky.solve(&xy);
        let left = (all[(k, k)] - xy.dot(&beta)).max(f64::MIN_POSITIVE);
        let freedom = self.observations - k as f64;
        let variance = left / freedom;
        let log_x: f64 = cholesky.l().diagonal().iter().map(|d| d.ln()).sum();
        let deviance = 2.0 * sums[size * size]
            + 2.0 * log_x
            + freedom * (1.0 + (2.0 * std::f64::consts::PI * variance).ln());
        deviance.is_finite().then(|| Profile {
            deviance,
            inverse: cholesky.inverse(),
            beta,
            variance,
        })
    }

    /// Half the deviance with derivatives by central differences: there are few coordinates, and the value costs little.
    fn evaluate(&self, theta: &[f64]) -> Evaluation {
        let height = |at: &[f64]| self.profile(at).map_or(f64::NAN, |p| 0.5 * p.deviance);
        let size = theta.len();
        let step = |i: usize, h: f64| h * (1.0 + theta[i].abs());
        let moved = |changes: &[(usize, f64)]| {
            let mut at = theta.to_vec();
            changes.iter().for_each(|(i, h)| at[*i] += h);
            height(&at)
        };
        let here = height(theta);
        let mut gradient = DVector::zeros(size);
        let mut hessian = DMatrix::zeros(size, size);
        for i in 0..size {
            let h = step(i, 2e-5);
            gradient[i] = (moved(&[(i, h)]) - moved(&[(i, -h)])) / (2.0 * h);
            let h = step(i, 1e-3);
            hessian[(i, i)] = (moved(&[(i, h)]) - 2.0 * here + moved(&[(i, -h)])) / (h * h);
            for j in 0..i {
                let (a, b) = (step(i, 1e-3), step(j, 1e-3));
                let bend = moved(&[(i, a), (j, b)])
                    - moved(&[(i, a), (j, -b)])
                    - moved(&[(i, -a), (j, b)])
                    + moved(&[(i, -a), (j, -b)]);
                hessian[(i, j)] = bend / (4.0 * a * b);
                hessian[(j, i)] = hessian[(i, j)];
            }
        }
        Evaluation {
            value: here,
            gradient,
            hessian,
        }
    }

    fn report(
        &self,
        (theta, converged): (&[f64], bool),
        (sample, slopes): (&Sample, &[String]),
        level: f64,
    ) -> Result<RandomSlopesFit, StatsError> {
        let profile = self.profile(theta).ok_or(StatsError::NotIdentified {
            parameter: "coefficients".to_owned(),
        })?;
        let s = &self.scaled;
        let k = s.width + 1;
        let unscale = DMatrix::from_fn(k, k, |i, j| match (i == j, i) {
            (true, 0) => 1.0,
            (true, _) => 1.0 / s.spread[i - 1],
            _ => 0.0,
        });
        let back = to_origin(&s.means) * unscale;
        let mut values = &back * &profile.beta;
        values[0] += self.outcome_mean;
        let covariance = &back * &profile.inverse * back.transpose() * profile.variance;
        // Effects at the columns' means and per standard deviation, brought to the origin and to the columns' units.
        let to_units = DMatrix::from_fn(self.effects, self.effects, |i, j| match (i, j) {
            (0, 0) => 1.0,
            (0, _) => -s.means[self.random[j] - 1] / s.spread[self.random[j] - 1],
            _ if i == j => 1.0 / s.spread[self.random[j] - 1],
            _ => 0.0,
        });
        let factor = self.factor(theta);
        let relative = &factor * factor.transpose();
        let effect_covariance = &to_units * &relative * to_units.transpose() * profile.variance;
        let group_effects = (self.groups.iter())
            .map(|group| self.predict(group, (&factor, &profile.beta), &to_units))
            .collect();
        let groups = self.groups.len();
        let freedom = (groups as f64 - k as f64).max(1.0);
        Ok(RandomSlopesFit {
            coefficients: Coefficients::build(
                sample.names,
                values.as_slice(),
                covariance,
                &vec![freedom; k],
                level,
            ),
            slopes: slopes.to_vec(),
            cautions: cautions(&relative, groups, slopes),
            effect_covariance,
            within_variance: profile.variance,
            // The restricted likelihood is one of the columns as given, not of the scaled ones.
            restricted_log_likelihood: -0.5 * profile.deviance
                - s.spread.iter().map(|sd| sd.ln()).sum::<f64>(),
            groups,
            observations: self.observations,
            group_effects,
            converged,
        })
    }

    /// u = F (F'Z'ZF + I)^-1 F'Z'(y - Xb).
    fn predict(
        &self,
        group: &DMatrix<f64>,
        (factor, beta): (&DMatrix<f64>, &DVector<f64>),
        to_units: &DMatrix<f64>,
    ) -> Vec<f64> {
        let Some((lower, solved)) = self.solve(group, factor) else {
            return vec![f64::NAN; self.effects];
        };
        let k = group.nrows() - 1;
        let left = solved.column(k) - solved.columns(0, k) * beta;
        let spherical = lower.transpose().solve_upper_triangular(&left);
        let effects = spherical.map(|u| to_units * (factor * u));
        effects.map_or_else(
            || vec![f64::NAN; self.effects],
            |e| e.iter().copied().collect(),
        )
    }
}

fn cautions(relative: &DMatrix<f64>, groups: usize, slopes: &[String]) -> Vec<Caution> {
    let mut cautions = Vec::new();
    let eigen = relative.clone().symmetric_eigen();
    let largest = eigen.eigenvalues.max();
    let least = eigen.eigenvalues.imin();
    if eigen.eigenvalues[least] <= VANISHED * VANISHED * largest || largest < VANISHED * VANISHED {
        // The effect that has the largest part in the direction without variance.
        let part = eigen.eigenvectors.column(least).iamax();
        let name = match part {
            0 => "between_variance".to_owned(),
            _ => format!("variance of {}", slopes[part - 1]),
        };
        cautions.push(Caution::BoundaryOptimum { parameter: name });
    }
    if groups < ENOUGH_GROUPS {
        cautions.push(Caution::FewClusters {
            needed: ENOUGH_GROUPS,
            got: groups,
        });
    }
    cautions
}
