//! How does the outcome move with many columns that hang together, when steadiness matters more than lack of bias?

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use super::coefficients::Coefficients;
use super::cross_products::{CrossProducts, reduce};
use super::linear::{to_origin, varies};
use super::sample::{Errors, FitConfig, Sample, prove_level};
use crate::error::require_length;
use crate::{Caution, StatsError};

/// How strongly coefficients are drawn to 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Penalty {
    /// This strength, > 0.
    Fixed(f64),
    /// The strength with the least generalized cross-validation `n RSS / (n - df)²` [GolubHeathWahba1979].
    CrossValidated,
    /// The strength under which the outcome is likeliest when coefficients are drawn from N(0, variance/strength).
    Marginal,
}

/// A ridge fit.
#[derive(Debug, Clone, PartialEq)]
pub struct RidgeFit {
    /// Intervals are those of the posterior: see [`fit`].
    pub coefficients: Coefficients,
    /// Strength on columns with standard deviation 1, against a sum of squares over the observations.
    pub strength: f64,
    /// Constant and slopes count as this many free coefficients.
    pub effective_coefficients: f64,
    pub r2: f64,
    pub residual_sd: f64,
    pub observations: f64,
    pub cautions: Vec<Caution>,
}

const STEPS: usize = 121;

/// Minimizes `sum (y - b0 - b'x)² + strength sum (sd_j b_j)²` [HoerlKennard1970].
///
/// The constant is not penalized; columns may be collinear and more than the rows. Covariance `s² (X'X + strength)^-1`, the posterior one when
/// scaled coefficients are drawn from N(0, s²/strength): its intervals hold the truth at their level on average over such coefficients, not for each
/// one (a large coefficient is drawn to 0 by more than its interval says). `s² = RSS/(n - df)`.
/// Errs on a constant column or outcome and fewer than 3 observations; always cautions `Penalized`.
pub fn fit(sample: &Sample, penalty: Penalty, level: f64) -> Result<RidgeFit, StatsError> {
    let narrow = Sample {
        columns: &[],
        names: &[],
        ..*sample
    };
    let config = FitConfig {
        errors: Errors::Classical,
        level,
    };
    narrow.prove(&config)?;
    require_length("names", sample.columns.len(), sample.names.len())?;
    for (column, name) in sample.columns.iter().zip(sample.names) {
        require_length(name, sample.outcome.len(), column.len())?;
        crate::error::require_finite(name, column)?;
    }
    let weights = sample.weights.scaled(sample.outcome.len());
    let columns: Vec<&[f64]> = (sample.columns.iter().map(Vec::as_slice))
        .chain([sample.outcome])
        .collect();
    let products = reduce(&columns, Some(&weights));
    fit_from_products(
        &products,
        sample.names,
        (sample.observations(), penalty),
        level,
    )
}

/// The same from sufficient statistics; the outcome is the last column of `products`.
///
/// # Errors
/// As [`fit`]; `InvalidInput` for a strength that is not positive.
pub fn fit_from_products(
    products: &CrossProducts,
    names: &[String],
    (observations, penalty): (f64, Penalty),
    level: f64,
) -> Result<RidgeFit, StatsError> {
    prove_level(level)?;
    let p = names.len();
    require_length("names", products.means.len().saturating_sub(1), p)?;
    if p == 0 {
        return Err(StatsError::TooFewGroups { needed: 1, got: 0 });
    }
    if observations < 3.0 {
        let got = observations.max(0.0) as usize;
        return Err(StatsError::TooFewObservations { needed: 3, got });
    }
    let told = |j: usize| names.get(j).map_or("outcome", String::as_str).to_owned();
    for j in 0..=p {
        if !varies(
            products.products[(j, j)],
            products.weight,
            products.means[j],
        ) {
            return Err(StatsError::NoVariation { what: told(j) });
        }
    }
    let rotated = Rotated::new(products, observations);
    let strength = match penalty {
        Penalty::Fixed(strength) if strength.is_finite() && strength > 0.0 => strength,
        Penalty::Fixed(strength) => {
            return Err(StatsError::invalid(format!("strength {strength}")));
        }
        Penalty::CrossValidated => rotated.best(|l| rotated.cross_validation(l)),
        Penalty::Marginal => rotated.best(|l| rotated.marginal(l)),
    };
    Ok(rotated.report(strength, (products, names), level))
}

/// Columns with unit spread turned to their principal axes; sums over the observations.
struct Rotated {
    observations: f64,
    spread: Vec<f64>,
    axes: DMatrix<f64>,
    /// Sum of squares along each axis.
    squares: DVector<f64>,
    /// Product of each axis with the outcome.
    with_outcome: DVector<f64>,
    total: f64,
}

impl Rotated {
    fn new(products: &CrossProducts, observations: f64) -> Self {
        let p = products.means.len() - 1;
        // The scale of the weights goes out: as if they summed to the observations.
        let scale = observations / products.weight;
        let spread: Vec<f64> = (0..p)
            .map(|j| (products.products[(j, j)] / products.weight).sqrt())
            .collect();
        let gram = DMatrix::from_fn(p, p, |i, j| {
            scale * products.products[(i, j)] / (spread[i] * spread[j])
        });
        let cross = DVector::from_fn(p, |j, _| scale * products.products[(j, p)] / spread[j]);
        let eigen = SymmetricEigen::new(gram);
        let with_outcome = eigen.eigenvectors.transpose() * cross;
        Rotated {
            observations,
            spread,
            axes: eigen.eigenvectors,
            squares: eigen.eigenvalues.map(|v| v.max(0.0)),
            with_outcome,
            total: scale * products.products[(p, p)],
        }
    }

    /// Residual sum of squares and effective number of slopes.
    fn residual(&self, strength: f64) -> (f64, f64) {
        let (mut left, mut slopes) = (self.total, 0.0);
        for (d, c) in self.squares.iter().zip(&self.with_outcome) {
            let own = d + strength;
            // RSS of one axis: -2 c b + d b² with b = c / (d + strength).
            left -= c * c * (d + 2.0 * strength) / (own * own);
            slopes += d / own;
        }
        (left.max(0.0), slopes)
    }

    fn cross_validation(&self, strength: f64) -> f64 {
        let (left, slopes) = self.residual(strength);
        self.observations * left / (self.observations - 1.0 - slopes).powi(2)
    }

    /// -2 times the logarithm of the restricted marginal likelihood, constants left out.
    fn marginal(&self, strength: f64) -> f64 {
        let explained: f64 = (self.squares.iter().zip(&self.with_outcome))
            .map(|(d, c)| c * c / (d + strength))
            .sum();
        let spread: f64 = self.squares.iter().map(|d| (d / strength).ln_1p()).sum();
        let freedom = self.observations - 1.0;
        freedom * (self.total - explained).max(f64::MIN_POSITIVE).ln() + spread
    }

    /// The strength of the least value: a coarse walk over ln(strength), then golden section.
    fn best(&self, height: impl Fn(f64) -> f64) -> f64 {
        let center = self.observations.ln();
        let grid: Vec<f64> = (0..STEPS)
            .map(|i| center - 18.0 + 0.25 * i as f64)
            .collect();
        let start = (grid.iter().copied())
            .min_by(|a, b| height(a.exp()).total_cmp(&height(b.exp())))
            .unwrap_or(center);
        let (mut low, mut high) = (start - 0.25, start + 0.25);
        let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
        while high - low > 1e-9 {
            let (a, b) = (high - ratio * (high - low), low + ratio * (high - low));
            if height(a.exp()) < height(b.exp()) {
                high = b;
            } else {
                low = a;
            }
        }
        (0.5 * (low + high)).exp()
    }

    fn report(
        &self,
        strength: f64,
        (products, names): (&CrossProducts, &[String]),
        level: f64,
    ) -> RidgeFit {
        let p = names.len();
        let (left, slopes) = self.residual(strength);
        let df = 1.0 + slopes;
        let freedom = (self.observations - df).max(1.0);
        let variance = left / freedom;
        let own = self.squares.map(|d| 1.0 / (d + strength));
        let turned = &self.axes * self.with_outcome.component_mul(&own);
        let covariance =
            &self.axes * DMatrix::from_diagonal(&own) * self.axes.transpose() * variance;
        let mut centered = DMatrix::zeros(p + 1, p + 1);
        centered[(0, 0)] = variance / self.observations;
        let mut values = vec![products.means[p]];
        for j in 0..p {
            values.push(turned[j] / self.spread[j]);
            for i in 0..p {
                centered[(i + 1, j + 1)] = covariance[(i, j)] / (self.spread[i] * self.spread[j]);
            }
        }
        let transform = to_origin(&products.means[..p]);
        let values = &transform * DVector::from_vec(values);
        let covariance = &transform * centered * transform.transpose();
        RidgeFit {
            coefficients: Coefficients::build(
                names,
                values.as_slice(),
                covariance,
                &vec![freedom; p + 1],
                level,
            ),
            strength,
            effective_coefficients: df,
            r2: 1.0 - left / self.total,
            residual_sd: variance.sqrt(),
            observations: self.observations,
            cautions: vec![Caution::Penalized { strength }],
        }
    }
}
