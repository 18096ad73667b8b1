//! How do things known of a customer move the purchase rate and the dropout?

use super::beta_geometric::BetaGeometric;
use super::choose::{PurchaseKind, fit_kind};
use super::covariate_terms::{Layout, Terms};
use super::fit::{HALF_WIDTH, LARGEST_SHAPE, LARGEST_SHIFT, UNKNOWN_LOG_ERROR};
use super::history::{History, HistoryRow};
use super::latent::discounted_time;
use super::simulated::{Life, Simulated, simulate_lives, stream};
use super::totals::PurchaseFit;
use super::value::{Outlook, PurchaseModel};
use super::{Parameters, bg_nbd, mbg_nbd, nbd, pareto_nbd};
use crate::error::{StatsError, require_finite, require_length};
use crate::estimate::{Caution, Estimate, Interval};
use crate::optimize::{Curvature, Optimum, SearchLimits, invert_curvature, minimize};
use crate::quadrature::Rule;
use crate::reduce::map_rows;
use crate::regression::Coefficient;
use crate::regression::coefficients::two_sided_p;
use crate::regression::cross_products::reduce;
use crate::regression::linear::{invert_scaled, varies};
use crate::regression::sample::prove_level;
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use rayon::prelude::*;
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Columns known from the start and the same over time, one value per row of the history. Either list may be empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Covariates {
    /// Move the purchase rate: names and values.
    pub purchase: Vec<(String, Vec<f64>)>,
    /// Move the dropout; may be the same columns. Must be empty for the NBD.
    pub dropout: Vec<(String, Vec<f64>)>,
}

/// A fit with covariates. Matrices follow `names`: logarithms of the base parameters, then the coefficients.
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateFit {
    pub kind: PurchaseKind,
    /// Base parameters as in the paper, then `purchase:NAME` and `dropout:NAME`.
    pub names: Vec<String>,
    /// Parameters of a customer whose covariates are all 0.
    pub base: Vec<f64>,
    /// Of `base`, by the delta method; NaN where the data do not determine it.
    pub base_errors: Vec<f64>,
    /// ln of the factor on the expected purchase rate per unit of the column.
    pub purchase: Vec<Coefficient>,
    /// ln of the factor per unit of the column on the odds a/b of leaving after a purchase (BG/NBD, MBG/NBD) or on the rate of leaving (Pareto/NBD).
    pub dropout: Vec<Coefficient>,
    pub covariance: Vec<Vec<f64>>,
    pub log_likelihood: f64,
    /// ln L of the same distribution without covariates.
    pub plain_log_likelihood: f64,
    pub customers: f64,
    pub iterations: usize,
    pub gradient_norm: f64,
    pub converged: bool,
    pub cautions: Vec<Caution>,
    log_base: Vec<f64>,
}

const SMALLEST_GAIN: f64 = 1e-3;
/// The value that stands for a (or s) when nobody is seen to leave.
const NO_DROPOUT: f64 = 1e-9;
/// Bounds of a coefficient per standard deviation of its column.
const LARGEST_EFFECT: f64 = 20.0;

/// Fits a distribution of purchases with time-invariant covariates by maximum likelihood [FH2007C].
///
/// α_i = α₀ exp(-γ'z_i), so that the expected rate r/α_i is multiplied by exp(γ_j) per unit of column j; and
/// a_i = a₀ exp(δ'w_i) with b common (BG/NBD, MBG/NBD: the case γ₃ = 0 of the source) or β_i = β₀ exp(-δ'w_i) (Pareto/NBD).
/// Otherwise the likelihoods of [`super::bg_nbd::fit`] and [`super::pareto_nbd::fit`]. Newton steps with the exact Hessian on log
/// parameters and centered, scaled columns; customers with equal columns and history are joined, and derivatives are carried to the coefficients once per distinct pattern.
/// Intervals of the coefficients are normal at `level`.
///
/// # Errors
/// Those of the fit without covariates; `LengthMismatch`; `InvalidInput` for a value that is not finite, or dropout columns with the NBD;
/// `NoVariation`, `Collinear` naming the column; `Separation` naming an indicator on one side of which nobody bought again.
///
/// # Cautions
/// `DropoutNotIdentified` as without covariates (the limit has dropout coefficients of 0 without errors), `BoundaryOptimum` for what the data do not
/// determine, `HeterogeneityNotIdentified`, `NotConverged`.
pub fn fit(
    kind: PurchaseKind,
    history: &History,
    covariates: &Covariates,
    level: f64,
) -> Result<CovariateFit, StatsError> {
    prove_level(level)?;
    let layout = Layout::of(kind);
    let design = Design::new(history, covariates, layout)?;
    let plain = fit_kind(kind, history)?;
    if covariates.purchase.is_empty() && covariates.dropout.is_empty() {
        return Err(StatsError::TooFewGroups { needed: 1, got: 0 });
    }
    design.refuse_silent_sides(history, covariates)?;
    let optimum = search(history, &design, &plain);
    let limit = match layout.base {
        2 => None,
        _ => Some(fit_without_dropout(history, covariates, level)?),
    };
    if !optimum.value.is_finite() {
        return Err(StatsError::NotConverged {
            iterations: optimum.iterations,
            gradient_norm: optimum.gradient_norm,
        });
    }
    let gain = limit.as_ref().map(|l| -optimum.value - l.log_likelihood);
    if let (Some(limit), Some(gain)) = (limit, gain)
        && gain <= SMALLEST_GAIN
    {
        return Ok(limit.told_as_limit_of(
            kind,
            (covariates, history),
            plain.log_likelihood(),
            level,
        ));
    }
    let mut fit = design.assemble(&optimum, covariates, level);
    fit.customers = history.customers();
    fit.plain_log_likelihood = plain.log_likelihood();
    let parameters = (2 + covariates.dropout.len()) as f64;
    if gain.is_some_and(|gain| gain < doubtful_gain(parameters)) {
        let parameter = if kind == PurchaseKind::ParetoNbd {
            "s"
        } else {
            "a"
        };
        fit.cautions
            .push(Caution::DropoutNotIdentified { parameter });
    }
    Ok(fit)
}

impl CovariateFit {
    /// The distribution of a customer with these covariates, in the order of the fit.
    ///
    /// # Errors
    /// `LengthMismatch`, `InvalidInput` for a value that is not finite.
    pub fn model(&self, purchase: &[f64], dropout: &[f64]) -> Result<PurchaseModel, StatsError> {
        require_length("purchase covariates", self.purchase.len(), purchase.len())?;
        require_length("dropout covariates", self.dropout.len(), dropout.len())?;
        require_finite("purchase covariates", purchase)?;
        require_finite("dropout covariates", dropout)?;
        Ok(self.mover().model(purchase, dropout))
    }

    /// Interval of a base parameter, symmetric on the log scale, or of a coefficient; `None` for an unknown name.
    pub fn interval(&self, name: &str, level: f64) -> Option<Interval> {
        let at = self.names.iter().position(|n| n == name)?;
        let error = self.covariance[at][at].sqrt();
        let base = self.base.len();
        if at < base {
            return Some(match self.base_errors[at].is_nan() {
                true => Interval {
                    lower: 0.0,
                    upper: f64::INFINITY,
                    level,
                },
                false => Interval::log_normal(self.base[at], error, level),
            });
        }
        let all: Vec<&Coefficient> = self.purchase.iter().chain(&self.dropout).collect();
        let estimate = all[at - base].estimate;
        Some(Interval::normal(
            estimate.value,
            estimate.standard_error,
            level,
        ))
    }

    /// Twice the gain in ln L over no covariates: chi-square with as many degrees of freedom as coefficients.
    pub fn likelihood_ratio(&self) -> f64 {
        2.0 * (self.log_likelihood - self.plain_log_likelihood)
    }

    /// P(alive at T) per row.
    ///
    /// # Errors
    /// `LengthMismatch`, `InvalidInput` when the covariates do not fit the history or the fit.
    pub fn p_alive(
        &self,
        history: &History,
        covariates: &Covariates,
    ) -> Result<Vec<f64>, StatsError> {
        let models = self.models(history.len(), covariates)?;
        Ok(map_rows(history.len(), |i| {
            models[i].p_alive_of(history.row(i))
        }))
    }

    /// Expected discounted purchases per row, as [`PurchaseModel::expected_purchases`] with each customer's own parameters.
    ///
    /// # Errors
    /// As [`CovariateFit::p_alive`]; `InvalidInput` for an impossible outlook.
    pub fn expected_purchases(
        &self,
        history: &History,
        covariates: &Covariates,
        outlook: Outlook,
    ) -> Result<Vec<f64>, StatsError> {
        outlook.check()?;
        let models = self.models(history.len(), covariates)?;
        Ok(expected(&models, history, outlook))
    }

    /// Interval of each customer's expectation given what is unknown: parameters, whether alive, own rates. `draws` draws, by seed.
    ///
    /// # Errors
    /// As [`CovariateFit::expected_purchases`]; `InvalidInput` without draws.
    pub fn purchase_intervals(
        &self,
        (history, covariates): (&History, &Covariates),
        outlook: Outlook,
        level: f64,
        (draws, seed): (usize, u64),
    ) -> Result<Vec<Interval>, StatsError> {
        outlook.check()?;
        prove_level(level)?;
        if draws == 0 {
            return Err(StatsError::invalid("draws (none)"));
        }
        let cells = Cells::check(self, history.len(), covariates)?;
        let movers = self.draw_movers(draws, seed);
        Ok(map_rows(history.len(), |i| {
            let mut generator = stream(seed, 1 + i as u64);
            let row = history.row(i);
            let (purchase, dropout) = cells.of(i);
            let draws: Vec<f64> = (movers.iter())
                .map(|mover| {
                    let model = mover.model(&purchase, &dropout);
                    let p_alive = model.p_alive_of(row);
                    let state = model.draw_state((row, p_alive), &mut generator);
                    state.expected_purchases(outlook)
                })
                .collect();
            Interval::from_draws(&draws, level)
        }))
    }

    /// Simulates customers with these covariates, observed for `observed[i]` and then for `horizon` more.
    ///
    /// # Errors
    /// As [`CovariateFit::p_alive`].
    pub fn simulate(
        &self,
        observed: &[f64],
        covariates: &Covariates,
        (horizon, seed): (f64, u64),
    ) -> Result<Simulated, StatsError> {
        let models = self.models(observed.len(), covariates)?;
        Ok(simulate(&models, observed, horizon, seed))
    }

    fn models(
        &self,
        rows: usize,
        covariates: &Covariates,
    ) -> Result<Vec<PurchaseModel>, StatsError> {
        let cells = Cells::check(self, rows, covariates)?;
        let mover = self.mover();
        Ok(map_rows(rows, |i| {
            let (purchase, dropout) = cells.of(i);
            mover.model(&purchase, &dropout)
        }))
    }

    fn mover(&self) -> Mover {
        let values = |c: &Vec<Coefficient>| c.iter().map(|c| c.estimate.value).collect();
        Mover {
            layout: Layout::of(self.kind),
            log_base: self.log_base.clone(),
            purchase: values(&self.purchase),
            dropout: values(&self.dropout),
        }
    }

    /// Parameters drawn from the normal approximation on the log scale.
    fn draw_movers(&self, draws: usize, seed: u64) -> Vec<Mover> {
        use rand_distr::{Distribution, StandardNormal};
        let size = self.names.len();
        let matrix = DMatrix::from_fn(size, size, |i, j| self.covariance[i][j]);
        let eigen = SymmetricEigen::new(matrix);
        let root = &eigen.eigenvectors
            * DMatrix::from_diagonal(&eigen.eigenvalues.map(|v| v.max(0.0).sqrt()));
        let generator = &mut stream(seed, 0);
        let draw = |_| {
            let normal = DVector::from_fn(size, |_, _| StandardNormal.sample(generator));
            let shift: DVector<f64> = &root * normal;
            let mut mover = self.mover();
            let all = (mover.log_base.iter_mut())
                .chain(&mut mover.purchase)
                .chain(&mut mover.dropout);
            for (value, s) in all.zip(shift.iter()) {
                *value += s.clamp(-LARGEST_SHIFT, LARGEST_SHIFT);
            }
            mover
        };
        (0..draws).map(draw).collect()
    }

    /// The NBD fit with covariates told as the limit without dropout of another kind.
    fn told_as_limit_of(
        &self,
        kind: PurchaseKind,
        (covariates, history): (&Covariates, &History),
        plain_log_likelihood: f64,
        level: f64,
    ) -> CovariateFit {
        let mut limit = self.clone();
        let last = match kind {
            PurchaseKind::ParetoNbd => history.compress().time_observed() / history.customers(),
            _ => 1.0,
        };
        limit.base.extend([NO_DROPOUT, last]);
        limit.base_errors.extend([f64::NAN; 2]);
        limit.log_base.extend([NO_DROPOUT.ln(), last.ln()]);
        limit.dropout = (covariates.dropout.iter())
            .map(|(name, _)| told(name, (0.0, f64::NAN), level))
            .collect();
        // Coordinates in the new order: the two base parameters of dropout come before the coefficients.
        let (rates, size) = (
            limit.purchase.len(),
            4 + limit.purchase.len() + limit.dropout.len(),
        );
        let place = |i: usize| if i < 2 { i } else { i + 2 };
        let mut covariance = vec![vec![0.0; size]; size];
        for i in 0..2 + rates {
            for j in 0..2 + rates {
                covariance[place(i)][place(j)] = limit.covariance[i][j];
            }
        }
        let parameter = if kind == PurchaseKind::ParetoNbd {
            "s"
        } else {
            "a"
        };
        limit.cautions.splice(
            0..0,
            [
                Caution::DropoutNotIdentified { parameter },
                Caution::BoundaryOptimum {
                    parameter: parameter.to_owned(),
                },
            ],
        );
        CovariateFit {
            kind,
            names: names_of(kind, covariates),
            covariance,
            plain_log_likelihood,
            ..limit
        }
    }
}

/// Parameters that covariates move.
#[derive(Debug, Clone)]
struct Mover {
    layout: Layout,
    log_base: Vec<f64>,
    purchase: Vec<f64>,
    dropout: Vec<f64>,
}

impl Mover {
    fn model(&self, purchase: &[f64], dropout: &[f64]) -> PurchaseModel {
        let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let mut log = [0.0; 4];
        log[..self.log_base.len()].copy_from_slice(&self.log_base);
        log[1] -= dot(&self.purchase, purchase);
        if self.layout.base == 4 {
            log[self.layout.dropout_slot] += self.layout.dropout_sign * dot(&self.dropout, dropout);
        }
        model_from(self.layout.kind, &log.map(f64::exp))
    }
}

fn model_from(kind: PurchaseKind, values: &[f64]) -> PurchaseModel {
    match kind {
        PurchaseKind::Nbd => PurchaseModel::Nbd(nbd::Nbd::from_slice(values)),
        PurchaseKind::BgNbd => PurchaseModel::BgNbd(bg_nbd::BgNbd::from_slice(values)),
        PurchaseKind::MbgNbd => PurchaseModel::MbgNbd(mbg_nbd::MbgNbd::from_slice(values)),
        PurchaseKind::ParetoNbd => {
            PurchaseModel::ParetoNbd(pareto_nbd::ParetoNbd::from_slice(values))
        }
    }
}

/// Simulates customer i from `models[i]`, each on a random stream of its own.
pub fn simulate(models: &[PurchaseModel], observed: &[f64], horizon: f64, seed: u64) -> Simulated {
    let rows = models.len().min(observed.len());
    simulate_lives(&observed[..rows], horizon, seed, |i, generator| -> Life {
        match models[i] {
            PurchaseModel::Nbd(p) => p.draw_life(generator),
            PurchaseModel::BgNbd(p) => p.kernel().draw_life(generator),
            PurchaseModel::MbgNbd(p) => p.kernel().draw_life(generator),
            PurchaseModel::ParetoNbd(p) => p.draw_life(generator),
        }
    })
}

/// Expected purchases per row; customers with the same dropout and count share the quadrature over their dropout.
fn expected(models: &[PurchaseModel], history: &History, outlook: Outlook) -> Vec<f64> {
    let ahead = (outlook.horizon, outlook.discount);
    let kernel_of = |i: usize| -> Option<BetaGeometric> {
        match models[i] {
            PurchaseModel::BgNbd(p) => Some(p.kernel()),
            PurchaseModel::MbgNbd(p) => Some(p.kernel()),
            _ => None,
        }
    };
    let simple = |i: usize| -> f64 {
        let row: HistoryRow = history.row(i);
        match models[i] {
            PurchaseModel::Nbd(p) => p.expected_purchases(row, discounted_time(0.0, outlook)),
            PurchaseModel::ParetoNbd(p) => {
                let rate = (p.r + f64::from(row.frequency)) / (p.alpha + row.observed);
                p.p_alive(row) * rate * p.time_left_if_alive(row.observed, ahead)
            }
            _ => 0.0,
        }
    };
    if models.is_empty() || kernel_of(0).is_none() {
        return map_rows(models.len(), simple);
    }
    let key = |i: usize| {
        let kernel = kernel_of(i).expect("all rows are of one kind");
        (kernel.a.to_bits(), history.row(i).frequency)
    };
    let mut order: Vec<usize> = (0..models.len()).collect();
    order.sort_by_key(|&i| (key(i), i));
    let groups: Vec<&[usize]> = order.chunk_by(|&i, &j| key(i) == key(j)).collect();
    let parts: Vec<Vec<(usize, f64)>> = groups
        .par_iter()
        .map(|group| {
            let kernel = kernel_of(group[0]).expect("all rows are of one kind");
            let rule: Rule = kernel.dropout_rule(history.row(group[0]).frequency);
            let value = |&i: &usize| {
                let (row, own) = (history.row(i), kernel_of(i).unwrap_or(kernel));
                let if_alive = own.purchases_if_alive((row.frequency, row.observed), &rule, ahead);
                (i, own.p_alive(row) * if_alive)
            };
            group.iter().map(value).collect()
        })
        .collect();
    let mut all = vec![0.0; models.len()];
    for (i, value) in parts.into_iter().flatten() {
        all[i] = value;
    }
    all
}

/// Covariates checked against a fit.
struct Cells<'a> {
    covariates: &'a Covariates,
}

impl<'a> Cells<'a> {
    fn check(
        fit: &CovariateFit,
        rows: usize,
        covariates: &'a Covariates,
    ) -> Result<Self, StatsError> {
        let lists = [
            ("purchase covariates", &fit.purchase, &covariates.purchase),
            ("dropout covariates", &fit.dropout, &covariates.dropout),
        ];
        for (what, fitted, given) in lists {
            require_length(what, fitted.len(), given.len())?;
            for (coefficient, (name, values)) in fitted.iter().zip(given) {
                if coefficient.name != *name {
                    return Err(StatsError::invalid(format!(
                        "column {name} (where {} is expected)",
                        coefficient.name
                    )));
                }
                require_length(name, rows, values.len())?;
                require_finite(name, values)?;
            }
        }
        Ok(Cells { covariates })
    }

    fn of(&self, i: usize) -> (Vec<f64>, Vec<f64>) {
        let pick = |list: &[(String, Vec<f64>)]| list.iter().map(|(_, c)| c[i]).collect();
        (
            pick(&self.covariates.purchase),
            pick(&self.covariates.dropout),
        )
    }
}

/// Centered and scaled columns, row by row, those of the purchase rate first.
struct Design {
    layout: Layout,
    cells: Vec<f64>,
    of_purchase: usize,
    means: Vec<f64>,
    spread: Vec<f64>,
}

impl Design {
    fn new(history: &History, covariates: &Covariates, layout: Layout) -> Result<Self, StatsError> {
        if layout.base == 2 && !covariates.dropout.is_empty() {
            return Err(StatsError::invalid(
                "dropout covariates (nobody leaves in the NBD)",
            ));
        }
        let rows = history.len();
        let weights: Vec<f64> = (0..rows).map(|i| history.weight(i)).collect();
        let mut design = Design {
            layout,
            cells: Vec::new(),
            of_purchase: covariates.purchase.len(),
            means: Vec::new(),
            spread: Vec::new(),
        };
        for list in [&covariates.purchase, &covariates.dropout] {
            design.prove_list(list, &weights)?;
        }
        let all: Vec<&Vec<f64>> = (covariates.purchase.iter())
            .chain(&covariates.dropout)
            .map(|(_, c)| c)
            .collect();
        let width = all.len();
        design.cells = vec![0.0; rows * width];
        for (j, column) in all.iter().enumerate() {
            for (i, value) in column.iter().enumerate() {
                design.cells[i * width + j] = (value - design.means[j]) / design.spread[j];
            }
        }
        Ok(design)
    }

    fn prove_list(
        &mut self,
        list: &[(String, Vec<f64>)],
        weights: &[f64],
    ) -> Result<(), StatsError> {
        for (name, values) in list {
            require_length(name, weights.len(), values.len())?;
            require_finite(name, values)?;
        }
        let columns: Vec<&[f64]> = list.iter().map(|(_, c)| c.as_slice()).collect();
        let products = reduce(&columns, Some(weights));
        for (j, (name, _)) in list.iter().enumerate() {
            let (square, mean) = (products.products[(j, j)], products.means[j]);
            if !varies(square, products.weight, mean) {
                let what = name.clone();
                return Err(StatsError::NoVariation { what });
            }
            self.means.push(mean);
            self.spread.push((square / products.weight).sqrt());
        }
        invert_scaled(&products.products).map_err(|j| StatsError::Collinear {
            column: list[j].0.clone(),
        })?;
        Ok(())
    }

    /// Refuses a column of two values on one side of which nobody bought again: its coefficient is infinite.
    fn refuse_silent_sides(
        &self,
        history: &History,
        covariates: &Covariates,
    ) -> Result<(), StatsError> {
        for (name, values) in &covariates.purchase {
            let first = values[0];
            let mut second = None;
            let mut bought = [0_u64; 2];
            let two = (values.iter().enumerate()).all(|(i, value)| {
                let side = usize::from(*value != first);
                if history.weight(i) > 0.0 {
                    bought[side] += u64::from(history.row(i).frequency);
                }
                side == 0 || *second.get_or_insert(*value) == *value
            });
            if two && bought.contains(&0) {
                let column = name.clone();
                return Err(StatsError::Separation { column });
            }
        }
        Ok(())
    }

    /// The matrix from the coordinates of the search to (ln base, coefficients) of the columns as given.
    fn back(&self) -> DMatrix<f64> {
        let (base, width) = (self.layout.base, self.means.len());
        let mut back = DMatrix::identity(base + width, base + width);
        for j in 0..width {
            let per_unit = 1.0 / self.spread[j];
            back[(base + j, base + j)] = per_unit;
            let (slot, sign) = match j < self.of_purchase {
                true => (1, -1.0),
                false => (self.layout.dropout_slot, self.layout.dropout_sign),
            };
            back[(slot, base + j)] = -sign * self.means[j] * per_unit;
        }
        back
    }

    fn assemble(&self, optimum: &Optimum, covariates: &Covariates, level: f64) -> CovariateFit {
        let (base, back) = (self.layout.base, self.back());
        let curvature: Curvature = invert_curvature(optimum);
        let values = &back * DVector::from_column_slice(&optimum.point);
        let covariance = &back * &curvature.covariance * back.transpose();
        let size = values.len();
        let names = names_of(self.layout.kind, covariates);
        let unknown =
            |i: usize| (0..size).any(|k| back[(i, k)].abs() > 1e-12 && curvature.undetermined[k]);
        let error = |i: usize| match unknown(i) {
            true => f64::NAN,
            false => covariance[(i, i)].max(0.0).sqrt(),
        };
        let mut cautions: Vec<Caution> = (0..size)
            .filter(|&i| curvature.undetermined[i])
            .map(|i| Caution::BoundaryOptimum {
                parameter: names[i].clone(),
            })
            .collect();
        if !optimum.converged {
            cautions.push(Caution::NotConverged {
                iterations: optimum.iterations,
                gradient_norm: optimum.gradient_norm,
            });
        }
        let shapes: &[(usize, &'static str)] = match self.layout.kind {
            PurchaseKind::Nbd => &[(0, "purchase rate")],
            PurchaseKind::ParetoNbd => &[(2, "rate of leaving"), (0, "purchase rate")],
            _ => &[(3, "dropout probability"), (0, "purchase rate")],
        };
        for &(i, parameter) in shapes {
            if values[i].exp() > 0.99 * LARGEST_SHAPE
                || covariance[(i, i)].sqrt() > UNKNOWN_LOG_ERROR
            {
                cautions.push(Caution::HeterogeneityNotIdentified { parameter });
            }
        }
        let coefficients = |list: &[(String, Vec<f64>)], from: usize| -> Vec<Coefficient> {
            (list.iter().enumerate())
                .map(|(j, (name, _))| told(name, (values[from + j], error(from + j)), level))
                .collect()
        };
        CovariateFit {
            kind: self.layout.kind,
            base: (0..base).map(|i| values[i].exp()).collect(),
            base_errors: (0..base).map(|i| values[i].exp() * error(i)).collect(),
            purchase: coefficients(&covariates.purchase, base),
            dropout: coefficients(&covariates.dropout, base + self.of_purchase),
            covariance: (0..size)
                .map(|i| (0..size).map(|j| covariance[(i, j)]).collect())
                .collect(),
            log_likelihood: -optimum.value,
            plain_log_likelihood: f64::NAN,
            customers: 0.0,
            iterations: optimum.iterations,
            gradient_norm: optimum.gradient_norm,
            converged: optimum.converged,
            cautions,
            log_base: values.rows(0, base).iter().copied().collect(),
            names,
        }
    }
}

fn told(name: &str, (value, error): (f64, f64), level: f64) -> Coefficient {
    Coefficient {
        name: name.to_owned(),
        estimate: Estimate::normal(value, error, level),
        degrees_of_freedom: f64::INFINITY,
        p_value: two_sided_p(value / error, f64::INFINITY),
    }
}

fn names_of(kind: PurchaseKind, covariates: &Covariates) -> Vec<String> {
    let base: &[&str] = match kind {
        PurchaseKind::Nbd => nbd::Nbd::NAMES,
        PurchaseKind::BgNbd => bg_nbd::BgNbd::NAMES,
        PurchaseKind::MbgNbd => mbg_nbd::MbgNbd::NAMES,
        PurchaseKind::ParetoNbd => pareto_nbd::ParetoNbd::NAMES,
    };
    let named = |what: &'static str| move |(name, _): &(String, Vec<f64>)| format!("{what}:{name}");
    (base.iter().map(|n| (*n).to_owned()))
        .chain(covariates.purchase.iter().map(named("purchase")))
        .chain(covariates.dropout.iter().map(named("dropout")))
        .collect()
}

/// Half the 90 % point of chi-square: below it, dropout is fitted but doubtful.
fn doubtful_gain(parameters: f64) -> f64 {
    ChiSquared::new(parameters).map_or(2.303, |c| 0.5 * c.inverse_cdf(0.9))
}

fn fit_without_dropout(
    history: &History,
    covariates: &Covariates,
    level: f64,
) -> Result<CovariateFit, StatsError> {
    let rates = Covariates {
        purchase: covariates.purchase.clone(),
        dropout: Vec::new(),
    };
    if !rates.purchase.is_empty() {
        return fit(PurchaseKind::Nbd, history, &rates, level);
    }
    let plain = nbd::fit(history)?;
    let log_base: Vec<f64> = plain.parameters.to_vec().iter().map(|p| p.ln()).collect();
    Ok(CovariateFit {
        kind: PurchaseKind::Nbd,
        names: names_of(PurchaseKind::Nbd, &rates),
        base: plain.parameters.to_vec(),
        base_errors: plain.standard_errors,
        purchase: Vec::new(),
        dropout: Vec::new(),
        covariance: plain.log_covariance,
        log_likelihood: plain.log_likelihood,
        plain_log_likelihood: plain.log_likelihood,
        customers: plain.customers,
        iterations: plain.iterations,
        gradient_norm: plain.gradient_norm,
        converged: plain.converged,
        cautions: plain.cautions,
        log_base,
    })
}

/// From the fit without covariates; where that lies at the limit without dropout, from inside.
fn search(history: &History, design: &Design, plain: &PurchaseFit) -> Optimum {
    let (layout, width) = (design.layout, design.means.len());
    let terms = Terms::new(layout, history, (&design.cells, design.of_purchase, width));
    let base = match plain.model() {
        PurchaseModel::Nbd(p) => p.to_vec(),
        PurchaseModel::BgNbd(p) => p.to_vec(),
        PurchaseModel::MbgNbd(p) => p.to_vec(),
        PurchaseModel::ParetoNbd(p) => p.to_vec(),
    };
    let at_limit = layout.base == 4 && base[2] <= 2.0 * NO_DROPOUT;
    let last = if at_limit { base[3] } else { 1.0 };
    let log: Vec<f64> = base.iter().map(|p| p.ln()).collect();
    let mut center = vec![log[0].clamp(-7.0, 7.0), log[1]];
    if layout.base == 4 {
        center.extend(if at_limit {
            [0.0, last.ln()]
        } else {
            [log[2], log[3]]
        });
    }
    let mut limits = SearchLimits::around(&center, HALF_WIDTH);
    let shapes: &[usize] = match layout.kind {
        PurchaseKind::Nbd => &[0],
        PurchaseKind::ParetoNbd => &[0, 2],
        _ => &[0, 2, 3],
    };
    for &i in shapes {
        limits.upper[i] = LARGEST_SHAPE.ln();
    }
    limits.lower.extend(vec![-LARGEST_EFFECT; width]);
    limits.upper.extend(vec![LARGEST_EFFECT; width]);
    let mut starts = vec![log.clone()];
    if at_limit {
        starts = [(0.5, 2.0), (0.1, 0.5)]
            .iter()
            .map(|(a, b)| vec![log[0], log[1], f64::ln(*a), f64::ln(b * last)])
            .collect();
    }
    let from = |start: &Vec<f64>| {
        let mut point = start.clone();
        point.extend(vec![0.0; width]);
        minimize(&point, &limits, |p| terms.evaluate(p))
    };
    let optima = starts.iter().map(from);
    optima
        .min_by(|x, y| x.value.total_cmp(&y.value))
        .expect("there is a start")
}
