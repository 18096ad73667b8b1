//! How much of the difference between people is a difference between their groups?

use nalgebra::{DMatrix, DVector};

use super::coefficients::Coefficients;
use super::linear::{invert_scaled, varies};
use super::sample::{Errors, FitConfig, Sample, Weights, rows_by_cluster};
use crate::error::{require_finite, require_length};
use crate::{Caution, StatsError};

/// Steps of the search for the variance ratio.
const MAX_STEPS: usize = 200;
/// Groups below which the variance between them is hardly known; convention.
const ENOUGH_GROUPS: usize = 10;

/// A linear fit with one random intercept per group.
#[derive(Debug, Clone, PartialEq)]
pub struct MixedFit {
    pub coefficients: Coefficients,
    /// Variance of the groups' intercepts and of the residual, in squared units of the outcome.
    pub between_variance: f64,
    pub within_variance: f64,
    /// between / (between + within), given the columns.
    pub icc: f64,
    pub restricted_log_likelihood: f64,
    pub groups: usize,
    pub observations: f64,
    /// Predicted intercepts (shrunken deviations), groups in rising order of their number.
    pub group_effects: Vec<f64>,
    pub cautions: Vec<Caution>,
}

/// Fits `y = b0 + b'x + u_group + e` by restricted maximum likelihood (REML).
///
/// With lambda = var(u)/var(e), the likelihood is profiled over b and var(e) and maximized in one dimension; per group
/// only cross-products are needed, since `(I + lambda 11')^-1 = I - lambda/(1 + n lambda) 11'` `[LairdWare1982]`.
/// Groups are the sample's clusters; weights must be equal or repetitions. t intervals with groups - coefficients
/// degrees of freedom for every coefficient, which is cautious for columns that vary within groups.
/// A variance of 0 between groups is a possible answer and comes with a caution.
pub fn fit(sample: &Sample, level: f64) -> Result<MixedFit, StatsError> {
    let config = FitConfig {
        errors: Errors::Cr1,
        level,
    };
    sample.prove(&config)?;
    if matches!(sample.weights, Weights::Sampling(_)) {
        return Err(StatsError::invalid(
            "weights (sampling weights do not define a likelihood)",
        ));
    }
    let problem = Problem::new(sample)?;
    let lambda = problem.best_ratio();
    problem.report(lambda, sample, level)
}

impl MixedFit {
    /// Simulates an outcome per row: a new deviation for every group of `groups`, then residuals.
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
        let within = super::simulate::rows(&self.coefficients, columns, seed, |eta, generator| {
            let noise: f64 = StandardNormal.sample(generator);
            eta + self.within_variance.sqrt() * noise
        })?;
        require_length("groups", within.len(), groups.len())?;
        let between = self.between_variance.sqrt();
        let deviation = |group: usize| -> f64 {
            let mut generator = crate::btyd::simulated::stream(!seed, group as u64);
            StandardNormal.sample(&mut generator)
        };
        let pairs = within.iter().zip(groups);
        Ok(pairs.map(|(y, &g)| y + between * deviation(g)).collect())
    }
}

/// Agreement within groups, from a one-way analysis of variance.
#[derive(Debug, Clone, PartialEq)]
pub struct Icc {
    /// (MSB - MSW) / (MSB + (k - 1) MSW): share of one answer's variance that lies between groups.
    pub icc1: f64,
    /// (MSB - MSW) / MSB: reliability of the groups' means.
    pub icc2: f64,
    pub between_mean_square: f64,
    pub within_mean_square: f64,
    /// The mean group size k used.
    pub mean_group_size: f64,
    pub groups: usize,
}

/// ICC(1) and ICC(2) with k the average group size `[Bliese2000]`; both may be negative when groups do not differ.
///
/// Errs with fewer than two groups, no group of two, and values that do not vary.
pub fn icc(values: &[f64], groups: &[usize]) -> Result<Icc, StatsError> {
    require_length("groups", values.len(), groups.len())?;
    require_finite("values", values)?;
    let mut by_group: std::collections::BTreeMap<usize, Vec<f64>> = Default::default();
    for (value, group) in values.iter().zip(groups) {
        by_group.entry(*group).or_default().push(*value);
    }
    let (n, g) = (values.len() as f64, by_group.len() as f64);
    if by_group.len() < 2 {
        let got = by_group.len();
        return Err(StatsError::TooFewGroups { needed: 2, got });
    }
    if n - g < 1.0 {
        let (needed, got) = (by_group.len() + 1, values.len());
        return Err(StatsError::TooFewObservations { needed, got });
    }
    let grand = values.iter().sum::<f64>() / n;
    let (mut between, mut within) = (0.0, 0.0);
    for members in by_group.values() {
        let mean = members.iter().sum::<f64>() / members.len() as f64;
        between += members.len() as f64 * (mean - grand).powi(2);
        within += members.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    }
    if !varies(between + within, n, grand) {
        let what = "values".to_owned();
        return Err(StatsError::NoVariation { what });
    }
    let (msb, msw, k) = (between / (g - 1.0), within / (n - g), n / g);
    Ok(Icc {
        icc1: (msb - msw) / (msb + (k - 1.0) * msw),
        icc2: (msb - msw) / msb,
        between_mean_square: msb,
        within_mean_square: msw,
        mean_group_size: k,
        groups: by_group.len(),
    })
}

/// Cross-products of one group, columns (1, x - mean, y - mean).
struct GroupSums {
    weight: f64,
    sum: DVector<f64>,
}

struct Problem {
    groups: Vec<GroupSums>,
    /// Over all rows: (1, x, y) by (1, x, y), centered at the grand means.
    products: DMatrix<f64>,
    means: Vec<f64>,
    observations: f64,
}

/// The profile at one variance ratio.
struct Profile {
    likelihood: f64,
    beta: DVector<f64>,
    inverse: DMatrix<f64>,
    within_variance: f64,
}

impl Problem {
    fn new(sample: &Sample) -> Result<Self, StatsError> {
        let columns: Vec<&[f64]> = (sample.columns.iter().map(Vec::as_slice))
            .chain([sample.outcome])
            .collect();
        let weights = sample.weights.scaled(sample.outcome.len());
        let total = super::cross_products::reduce(&columns, Some(&weights));
        for (j, &mean) in total.means.iter().enumerate() {
            if !varies(total.products[(j, j)], total.weight, mean) {
                let what = sample.names.get(j).map_or("outcome", |n| n).to_owned();
                return Err(StatsError::NoVariation { what });
            }
        }
        let size = columns.len() + 1;
        let p = columns.len() - 1;
        invert_scaled(&total.products.view((0, 0), (p, p)).into_owned()).map_err(|j| {
            StatsError::Collinear {
                column: sample.names[j].clone(),
            }
        })?;
        let mut products = DMatrix::zeros(size, size);
        products[(0, 0)] = total.weight;
        products
            .view_mut((1, 1), (size - 1, size - 1))
            .copy_from(&total.products);
        let groups = (rows_by_cluster(sample).iter())
            .map(|rows| GroupSums::new(rows, &columns, &weights, &total.means))
            .collect();
        Ok(Problem {
            groups,
            products,
            means: total.means,
            observations: sample.observations(),
        })
    }

    fn at(&self, lambda: f64) -> Option<Profile> {
        let size = self.products.nrows();
        let k = size - 1;
        let mut products = self.products.clone();
        let mut log_determinant = 0.0;
        for group in &self.groups {
            let shrink = lambda / (1.0 + group.weight * lambda);
            products.ger(-shrink, &group.sum, &group.sum, 1.0);
            log_determinant += (group.weight * lambda).ln_1p();
        }
        let xx = products.view((0, 0), (k, k)).into_owned();
        let factor = xx.cholesky()?;
        let xy = products.view((0, k), (k, 1)).column(0).into_owned();
        let beta = factor.solve(&xy);
        let residual = (products[(k, k)] - xy.dot(&beta)).max(f64::MIN_POSITIVE);
        let freedom = self.observations - k as f64;
        let within_variance = residual / freedom;
        let log_xx = 2.0 * factor.l().diagonal().iter().map(|d| d.ln()).sum::<f64>();
        let likelihood = -0.5
            * (freedom * (2.0 * std::f64::consts::PI * within_variance).ln()
                + log_determinant
                + log_xx
                + freedom);
        Some(Profile {
            likelihood,
            beta,
            inverse: factor.inverse(),
            within_variance,
        })
    }

    /// Golden-section search over ln(lambda), after a coarse walk that brackets the top; 0 when that is better.
    fn best_ratio(&self) -> f64 {
        let height = |log: f64| {
            self.at(log.exp())
                .map_or(f64::NEG_INFINITY, |p| p.likelihood)
        };
        let grid: Vec<f64> = (0..=60).map(|i| -18.0 + 0.5 * f64::from(i)).collect();
        let best = (grid.iter().copied())
            .max_by(|a, b| height(*a).total_cmp(&height(*b)))
            .unwrap_or(0.0);
        let (mut low, mut high) = (best - 0.5, best + 0.5);
        let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
        for _ in 0..MAX_STEPS {
            let (a, b) = (high - ratio * (high - low), low + ratio * (high - low));
            if height(a) > height(b) {
                high = b;
            } else {
                low = a;
            }
            if high - low < 1e-9 {
                break;
            }
        }
        let top = (low + high) / 2.0;
        let at_zero = self.at(0.0).map_or(f64::NEG_INFINITY, |p| p.likelihood);
        if at_zero >= height(top) {
            0.0
        } else {
            top.exp()
        }
    }

    fn report(&self, lambda: f64, sample: &Sample, level: f64) -> Result<MixedFit, StatsError> {
        let profile = self.at(lambda).ok_or(StatsError::NotIdentified {
            parameter: "coefficients".to_owned(),
        })?;
        let p = sample.names.len();
        let transform = super::linear::to_origin(&self.means[..p]);
        let mut values = &transform * &profile.beta;
        values[0] += self.means[p];
        let covariance =
            &transform * &profile.inverse * transform.transpose() * profile.within_variance;
        let freedom = (self.groups.len() as f64 - p as f64 - 1.0).max(1.0);
        let between_variance = lambda * profile.within_variance;
        let group_effects = (self.groups.iter())
            .map(|group| {
                let explained = group.sum.rows(0, p + 1).dot(&profile.beta);
                lambda / (1.0 + group.weight * lambda) * (group.sum[p + 1] - explained)
            })
            .collect();
        Ok(MixedFit {
            coefficients: Coefficients::build(
                sample.names,
                values.as_slice(),
                covariance,
                &vec![freedom; p + 1],
                level,
            ),
            between_variance,
            within_variance: profile.within_variance,
            icc: lambda / (1.0 + lambda),
            restricted_log_likelihood: profile.likelihood,
            groups: self.groups.len(),
            observations: self.observations,
            group_effects,
            cautions: self.cautions(lambda),
        })
    }

    fn cautions(&self, lambda: f64) -> Vec<Caution> {
        let mut cautions = Vec::new();
        if lambda == 0.0 {
            let parameter = "between_variance".to_owned();
            cautions.push(Caution::BoundaryOptimum { parameter });
        }
        if self.groups.len() < ENOUGH_GROUPS {
            cautions.push(Caution::FewClusters {
                needed: ENOUGH_GROUPS,
                got: self.groups.len(),
            });
        }
        cautions
    }
}

impl GroupSums {
    fn new(rows: &[usize], columns: &[&[f64]], weights: &[f64], means: &[f64]) -> Self {
        let mut sum = DVector::zeros(columns.len() + 1);
        for &row in rows {
            sum[0] += weights[row];
            for (j, column) in columns.iter().enumerate() {
                sum[j + 1] += weights[row] * (column[row] - means[j]);
            }
        }
        GroupSums {
            weight: sum[0],
            sum,
        }
    }
}
