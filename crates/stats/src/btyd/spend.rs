//! Where does the value of a coming purchase come from?

use super::fit::Fit;
use super::gamma_gamma::GammaGamma;
use super::latent::Worth;
use super::simulated::draw_gamma;
use crate::error::{StatsError, require_finite, require_length};
use rand::Rng;

/// Where the value of a coming purchase comes from.
#[derive(Debug, Clone, Copy)]
pub enum SpendModel<'a> {
    /// The same for all.
    Constant(f64),
    /// Known per row of the history.
    PerCustomer(&'a [f64]),
    /// Estimated from `purchases[i]` purchases of mean value `mean_value[i]`; `share` of it counts (1 for spend, the margin share for margin).
    GammaGamma {
        fit: &'a Fit<GammaGamma>,
        purchases: &'a [f64],
        mean_value: &'a [f64],
        share: f64,
    },
}

impl SpendModel<'_> {
    /// Expected value of a purchase per row.
    pub fn expected(&self, rows: usize) -> Result<Vec<f64>, StatsError> {
        match self {
            SpendModel::Constant(value) => {
                require_finite("spend", &[*value])?;
                Ok(vec![*value; rows])
            }
            SpendModel::PerCustomer(values) => {
                require_length("spend", rows, values.len())?;
                require_finite("spend", values)?;
                Ok(values.to_vec())
            }
            SpendModel::GammaGamma { fit, .. } => self.expected_by(&fit.parameters, rows),
        }
    }

    /// Expected value of a purchase per row with other parameters of spend.
    pub(crate) fn expected_by(
        &self,
        parameters: &GammaGamma,
        rows: usize,
    ) -> Result<Vec<f64>, StatsError> {
        let SpendModel::GammaGamma {
            purchases,
            mean_value,
            share,
            ..
        } = self
        else {
            return self.expected(rows);
        };
        require_length("purchases", rows, purchases.len())?;
        require_length("mean value", rows, mean_value.len())?;
        require_finite("purchases", purchases)?;
        require_finite("mean value", mean_value)?;
        purchases
            .iter()
            .zip(*mean_value)
            .map(|(x, z)| {
                parameters
                    .expected_value(*x, *z)
                    .map(|value| share * value)
                    .ok_or_else(|| StatsError::NotIdentified {
                        parameter: "mean spend (q)".to_owned(),
                    })
            })
            .collect()
    }

    pub(crate) fn draw_parameters<R: Rng>(&self, generator: &mut R) -> SpendDraw {
        match self {
            SpendModel::GammaGamma { fit, .. } => {
                SpendDraw::GammaGamma(fit.sampler().draw(generator))
            }
            _ => SpendDraw::Known,
        }
    }

    /// Draws what purchases of customer `i` are worth: p/ν with ν ~ Gamma(px+q, v + x z̄).
    pub(crate) fn draw_value<R: Rng>(
        &self,
        (i, parameters): (usize, &SpendDraw),
        generator: &mut R,
    ) -> Worth {
        match (self, parameters) {
            (
                SpendModel::GammaGamma {
                    purchases,
                    mean_value,
                    share,
                    ..
                },
                SpendDraw::GammaGamma(g),
            ) => {
                let spent = purchases[i] * mean_value[i];
                let nu = draw_gamma(g.p * purchases[i] + g.q, g.v + spent, generator);
                Worth {
                    mean: share * g.p / nu,
                    shape: g.p,
                }
            }
            (SpendModel::PerCustomer(values), _) => Worth {
                mean: values[i],
                shape: f64::INFINITY,
            },
            (SpendModel::Constant(value), _) => Worth {
                mean: *value,
                shape: f64::INFINITY,
            },
            (SpendModel::GammaGamma { .. }, SpendDraw::Known) => Worth {
                mean: f64::NAN,
                shape: f64::INFINITY,
            },
        }
    }
}

/// One draw of the parameters of spend.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SpendDraw {
    Known,
    GammaGamma(GammaGamma),
}
