//! How sure is the sum over all customers?

use super::bg_nbd::BgNbd;
use super::fit::{Fit, ParameterSampler, Parameters};
use super::gamma_gamma::GammaGamma;
use super::history::History;
use super::mbg_nbd::MbgNbd;
use super::nbd::Nbd;
use super::pareto_nbd::ParetoNbd;
use super::simulated::stream;
use super::spend::{SpendDraw, SpendModel};
use super::value::{Outlook, PurchaseModel};
use crate::error::StatsError;
use crate::estimate::{Caution, Interval};
use nalgebra::{DMatrix, SymmetricEigen};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

/// A fit of one of the distributions of purchases.
#[derive(Debug, Clone, PartialEq)]
pub enum PurchaseFit {
    Nbd(Fit<Nbd>),
    BgNbd(Fit<BgNbd>),
    MbgNbd(Fit<MbgNbd>),
    ParetoNbd(Fit<ParetoNbd>),
}

/// What to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TotalRequest {
    pub outlook: Outlook,
    /// Number of draws of the total; 1,000 gives ends of a 90 % interval within some 3 % of its width.
    pub draws: usize,
    /// Most customers whose own states are drawn: 2,000 is plenty (about 1.5 µs per customer and draw).
    pub most_customers: usize,
    pub seed: u64,
}

/// Draws of the total value ahead, over all customers (weights count).
#[derive(Debug, Clone, PartialEq)]
pub struct TotalDraws {
    /// Sum of the customers' expected values at the estimate.
    pub expected: f64,
    /// Draws of the sum of expectations given each customer's own state: parameters, alive, rates, spend.
    pub conditional: Vec<f64>,
    /// The same with the chance of the purchases themselves: what a later count may be compared with.
    pub realized: Vec<f64>,
    pub cautions: Vec<Caution>,
}

impl TotalDraws {
    /// Interval for the sum of the customers' true expectations.
    pub fn conditional_interval(&self, level: f64) -> Interval {
        Interval::from_draws(&self.conditional, level)
    }

    /// Interval for what will happen.
    pub fn realized_interval(&self, level: f64) -> Interval {
        Interval::from_draws(&self.realized, level)
    }
}

/// Draws the total value of all customers within the horizon.
///
/// total_d = T(θ_d) + Σ (V_i,d - E_i) [+ Σ (realized - V_i,d)], where
/// * T(θ) is the sum of expected values; θ_d is drawn from the normal approximation on the log scale, and ln T is followed by
///   its quadratic along each principal axis of the covariance (taken at ±1 standard deviation; cross terms are left out);
/// * V_i,d is customer i's value given an own state (alive, λ, p or μ, spend) drawn from its posterior at the estimate.
///
/// With more than `most_customers` rows, the half with the highest values is always drawn and the rest by a random sample whose
/// deviations are scaled to the right variance: the cost is `draws` times `most_customers`. Every draw has its own random stream.
///
/// # Errors
/// As [`PurchaseModel::expected_value`]; `InvalidInput` when no draws or customers are asked for.
pub fn simulate_total(
    history: &History,
    fit: &PurchaseFit,
    spend: &SpendModel<'_>,
    request: &TotalRequest,
) -> Result<TotalDraws, StatsError> {
    if request.draws == 0 || request.most_customers < 2 {
        return Err(StatsError::invalid("draws or customers to draw (too few)"));
    }
    let model = fit.model();
    let outlook = request.outlook;
    let values = model.expected_value(history, spend, outlook)?;
    let purchases: Vec<f64> = values.iter().map(|v| v.purchases).collect();
    let weighted: Vec<f64> = (0..history.len())
        .map(|i| values[i].value * history.weight(i))
        .collect();
    let expected: f64 = weighted.iter().sum();
    let spends: Vec<f64> = values.iter().map(|v| v.spend).collect();
    let surfaces = [
        fit.surface(|m| {
            let counts = m.expected_purchases(history, outlook)?;
            Ok(weighted_sum(history, &counts, &spends))
        })?,
        spend.surface(|g| {
            let other = spend.expected_by(g, history.len())?;
            Ok(weighted_sum(history, &purchases, &other))
        })?,
    ];
    let drawn = choose_customers(history, &weighted, request);
    let spender = match spend {
        SpendModel::GammaGamma { fit, .. } => SpendDraw::GammaGamma(fit.parameters),
        _ => SpendDraw::Known,
    };
    let sums = map_draws(request.draws, |d| {
        let mut generator = stream(request.seed, d as u64 + 1);
        let shift: f64 = surfaces.iter().map(|s| s.draw(&mut generator)).sum();
        let (mut states, mut chance) = (0.0, 0.0);
        for &(i, scale) in &drawn {
            let customer = (history.row(i), values[i].p_alive);
            let state = model.draw_state(customer, &mut generator);
            let worth = spend.draw_value((i, &spender), &mut generator);
            let mean = state.expected_purchases(outlook) * worth.mean;
            states += scale * (mean - values[i].value);
            chance += scale * (state.realize(worth, outlook, &mut generator) - mean);
        }
        let conditional = expected * shift.exp() + states;
        (conditional, conditional + chance)
    });
    Ok(TotalDraws {
        expected,
        conditional: sums.iter().map(|s| s.0.max(0.0)).collect(),
        realized: sums.iter().map(|s| s.1.max(0.0)).collect(),
        cautions: cautions_of(fit, spend, (drawn.len(), history.len())),
    })
}

impl PurchaseFit {
    /// The fitted parameters.
    pub fn model(&self) -> PurchaseModel {
        match self {
            PurchaseFit::Nbd(fit) => PurchaseModel::Nbd(fit.parameters),
            PurchaseFit::BgNbd(fit) => PurchaseModel::BgNbd(fit.parameters),
            PurchaseFit::MbgNbd(fit) => PurchaseModel::MbgNbd(fit.parameters),
            PurchaseFit::ParetoNbd(fit) => PurchaseModel::ParetoNbd(fit.parameters),
        }
    }

    /// Draws of the parameters from the normal approximation on the log scale.
    pub fn draw(&self, draws: usize, seed: u64) -> Vec<PurchaseModel> {
        let generator = &mut stream(seed, 0);
        match self {
            PurchaseFit::Nbd(f) => draw_all(f, (draws, generator), PurchaseModel::Nbd),
            PurchaseFit::BgNbd(f) => draw_all(f, (draws, generator), PurchaseModel::BgNbd),
            PurchaseFit::MbgNbd(f) => draw_all(f, (draws, generator), PurchaseModel::MbgNbd),
            PurchaseFit::ParetoNbd(f) => draw_all(f, (draws, generator), PurchaseModel::ParetoNbd),
        }
    }

    /// The cautions of the fit.
    pub fn cautions(&self) -> &[Caution] {
        match self {
            PurchaseFit::Nbd(fit) => &fit.cautions,
            PurchaseFit::BgNbd(fit) => &fit.cautions,
            PurchaseFit::MbgNbd(fit) => &fit.cautions,
            PurchaseFit::ParetoNbd(fit) => &fit.cautions,
        }
    }

    /// ln L at the estimate.
    pub fn log_likelihood(&self) -> f64 {
        match self {
            PurchaseFit::Nbd(fit) => fit.log_likelihood,
            PurchaseFit::BgNbd(fit) => fit.log_likelihood,
            PurchaseFit::MbgNbd(fit) => fit.log_likelihood,
            PurchaseFit::ParetoNbd(fit) => fit.log_likelihood,
        }
    }

    fn surface(
        &self,
        total: impl Fn(PurchaseModel) -> Result<f64, StatsError>,
    ) -> Result<Surface, StatsError> {
        match self {
            PurchaseFit::Nbd(f) => Surface::build(f, |p| total(PurchaseModel::Nbd(p))),
            PurchaseFit::BgNbd(f) => Surface::build(f, |p| total(PurchaseModel::BgNbd(p))),
            PurchaseFit::MbgNbd(f) => Surface::build(f, |p| total(PurchaseModel::MbgNbd(p))),
            PurchaseFit::ParetoNbd(f) => Surface::build(f, |p| total(PurchaseModel::ParetoNbd(p))),
        }
    }
}

impl SpendModel<'_> {
    fn surface(
        &self,
        total: impl Fn(&GammaGamma) -> Result<f64, StatsError>,
    ) -> Result<Surface, StatsError> {
        match self {
            SpendModel::GammaGamma { fit, .. } => Surface::build(fit, |p| total(&p)),
            _ => Ok(Surface::flat()),
        }
    }
}

/// ln of a total as the parameters vary: slope and bend per standard deviation along each principal axis.
struct Surface {
    axes: Vec<(f64, f64)>,
}

impl Surface {
    fn flat() -> Self {
        Surface { axes: Vec::new() }
    }

    fn build<P: Parameters>(
        fit: &Fit<P>,
        total: impl Fn(P) -> Result<f64, StatsError>,
    ) -> Result<Self, StatsError> {
        let size = P::NAMES.len();
        let matrix = DMatrix::from_fn(size, size, |i, j| fit.log_covariance[i][j]);
        let eigen = SymmetricEigen::new(matrix);
        let center: Vec<f64> = fit.parameters.to_vec();
        let middle = total(fit.parameters)?.ln();
        let mut axes = Vec::new();
        for k in 0..size {
            let deviation = eigen.eigenvalues[k].max(0.0).sqrt();
            if deviation < 1e-12 || !middle.is_finite() {
                continue;
            }
            let at = |z: f64| -> Result<f64, StatsError> {
                let moved: Vec<f64> = (0..size)
                    .map(|i| center[i] * (z * deviation * eigen.eigenvectors[(i, k)]).exp())
                    .collect();
                Ok(total(P::from_slice(&moved))?.ln())
            };
            axes.push(match (at(1.0), at(-1.0)) {
                (Ok(up), Ok(down)) => (0.5 * (up - down), up - 2.0 * middle + down),
                // On one side the mean spend is infinite: go by the other.
                (Ok(up), Err(_)) => (up - middle, 0.0),
                (Err(_), Ok(down)) => (middle - down, 0.0),
                (Err(error), Err(_)) => return Err(error),
            });
        }
        Ok(Surface { axes })
    }

    /// A draw of ln T(θ) - ln T(θ̂).
    fn draw<R: Rng>(&self, generator: &mut R) -> f64 {
        self.axes
            .iter()
            .map(|(slope, bend)| {
                let z: f64 = StandardNormal.sample(generator);
                slope * z + 0.5 * bend * z * z
            })
            .sum()
    }
}

fn draw_all<P: Parameters, R: Rng>(
    fit: &Fit<P>,
    (draws, generator): (usize, &mut R),
    wrap: impl Fn(P) -> PurchaseModel,
) -> Vec<PurchaseModel> {
    let sampler: ParameterSampler<P> = fit.sampler();
    (0..draws).map(|_| wrap(sampler.draw(generator))).collect()
}

fn weighted_sum(history: &History, counts: &[f64], spends: &[f64]) -> f64 {
    (0..history.len())
        .map(|i| history.weight(i) * counts[i] * spends[i])
        .sum()
}

/// Rows whose states are drawn, with the factor on their deviation: √(rows stood for), times √weight since a row
/// of weight w stands for w independent customers.
fn choose_customers(
    history: &History,
    weighted: &[f64],
    request: &TotalRequest,
) -> Vec<(usize, f64)> {
    let rows = weighted.len();
    let mut order: Vec<usize> = (0..rows).collect();
    let (mut certain, mut scale) = (rows, 1.0);
    if rows > request.most_customers {
        order.sort_by(|&i, &j| weighted[j].total_cmp(&weighted[i]).then(i.cmp(&j)));
        certain = request.most_customers / 2;
        let sampled = request.most_customers - certain;
        let rest = rows - certain;
        scale = (rest as f64 / sampled as f64).sqrt();
        let mut generator = stream(request.seed, 0);
        for k in 0..sampled {
            let pick = generator.random_range(k..rest);
            order.swap(certain + k, certain + pick);
        }
        order.truncate(request.most_customers);
    }
    let factor = |(k, i): (usize, usize)| {
        let sampling = if k < certain { 1.0 } else { scale };
        (i, sampling * history.weight(i).sqrt())
    };
    order.into_iter().enumerate().map(factor).collect()
}

fn cautions_of(
    fit: &PurchaseFit,
    spend: &SpendModel<'_>,
    (used, of): (usize, usize),
) -> Vec<Caution> {
    let mut cautions = fit.cautions().to_vec();
    if let SpendModel::GammaGamma { fit, .. } = spend {
        cautions.extend(fit.cautions.iter().cloned());
    }
    if used < of {
        cautions.push(Caution::Subsampled { used, of });
    }
    cautions
}

fn map_draws<T: Send>(draws: usize, draw: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    (0..draws).into_par_iter().map(draw).collect()
}
