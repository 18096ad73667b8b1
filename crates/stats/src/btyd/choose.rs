//! Which distribution of purchases forecasts best on time it has not seen?

use super::history::History;
use super::totals::PurchaseFit;
use super::value::{Outlook, PurchaseModel};
use super::{bg_nbd, mbg_nbd, nbd, pareto_nbd};
use crate::error::{StatsError, require_length};
use crate::estimate::Caution;
use crate::reduce::map_rows;

/// The distributions to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PurchaseKind {
    Nbd,
    BgNbd,
    MbgNbd,
    ParetoNbd,
}

impl PurchaseKind {
    /// All of them, simplest first.
    pub const ALL: [PurchaseKind; 4] = [
        PurchaseKind::Nbd,
        PurchaseKind::BgNbd,
        PurchaseKind::MbgNbd,
        PurchaseKind::ParetoNbd,
    ];

    /// Stable name in snake case.
    pub fn key(self) -> &'static str {
        match self {
            PurchaseKind::Nbd => "nbd",
            PurchaseKind::BgNbd => "bg_nbd",
            PurchaseKind::MbgNbd => "mbg_nbd",
            PurchaseKind::ParetoNbd => "pareto_nbd",
        }
    }
}

/// A tenth of the customers, by what was expected of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decile {
    pub customers: usize,
    /// Mean purchases expected and made in the holdout.
    pub expected: f64,
    pub actual: f64,
}

/// How one distribution did on the holdout.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldoutScore {
    pub kind: PurchaseKind,
    /// Mean of ln P(the purchases that were made); higher is better.
    pub log_score: f64,
    pub mean_absolute_error: f64,
    pub root_mean_square_error: f64,
    pub total_expected: f64,
    pub total_actual: f64,
    /// From the lowest to the highest expectation.
    pub calibration: Vec<Decile>,
    /// What the fit on the calibration time warned of.
    pub cautions: Vec<Caution>,
}

/// The distribution chosen, its fit to the calibration time, and the table it was chosen from.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub kind: PurchaseKind,
    pub fit: PurchaseFit,
    /// One row per distribution that could be fitted, best first.
    pub scores: Vec<HoldoutScore>,
}

/// Fits the distribution of this kind.
///
/// # Errors
/// Those of the fit: see [`super::bg_nbd::fit`].
pub fn fit_kind(kind: PurchaseKind, history: &History) -> Result<PurchaseFit, StatsError> {
    Ok(match kind {
        PurchaseKind::Nbd => PurchaseFit::Nbd(nbd::fit(history)?),
        PurchaseKind::BgNbd => PurchaseFit::BgNbd(bg_nbd::fit(history)?),
        PurchaseKind::MbgNbd => PurchaseFit::MbgNbd(mbg_nbd::fit(history)?),
        PurchaseKind::ParetoNbd => PurchaseFit::ParetoNbd(pareto_nbd::fit(history)?),
    })
}

/// Fits each distribution to the calibration time and takes the one that gives the purchases of the holdout the highest mean
/// ln P(k). `purchases[i]` is the number of purchases of customer i within `horizon` after T.
///
/// A distribution whose dropout the data do not tell (`DropoutNotIdentified` with a boundary optimum) is scored as the NBD that it equals and
/// loses to it. To forecast from now, fit the chosen kind again to all time with [`fit_kind`].
///
/// # Errors
/// `LengthMismatch`, `InvalidInput` for a count that is not whole or a horizon that is not positive; the NBD's error when not
/// even that can be fitted.
pub fn choose_by_holdout(
    calibration: &History,
    purchases: &[f64],
    horizon: f64,
) -> Result<Choice, StatsError> {
    require_length("purchases", calibration.len(), purchases.len())?;
    if !(horizon.is_finite() && horizon > 0.0) {
        return Err(StatsError::invalid(format!("horizon {horizon}")));
    }
    const MOST: f64 = 1e6;
    let wrong = |k: &f64| !(*k >= 0.0 && k.fract() == 0.0 && *k <= MOST);
    if let Some(row) = purchases.iter().position(wrong) {
        return Err(StatsError::invalid_row("purchases in the holdout", row));
    }
    let mut candidates = Vec::new();
    for kind in PurchaseKind::ALL {
        match fit_kind(kind, calibration) {
            Ok(fit) => {
                let score = score_fit(kind, &fit, (calibration, purchases, horizon))?;
                candidates.push((score, fit));
            }
            Err(error) if kind == PurchaseKind::Nbd => return Err(error),
            Err(_) => {}
        }
    }
    // Stable: of equal scores the simplest, which comes first, wins.
    candidates.sort_by(|x, y| rank(&y.0).total_cmp(&rank(&x.0)));
    let fit = candidates[0].1.clone();
    Ok(Choice {
        kind: candidates[0].0.kind,
        fit,
        scores: candidates.into_iter().map(|c| c.0).collect(),
    })
}

/// The log score, less a hair for a fit at the boundary, which is the NBD under another name.
fn rank(score: &HoldoutScore) -> f64 {
    let at_boundary = score
        .cautions
        .iter()
        .any(|c| matches!(c, Caution::BoundaryOptimum { .. }));
    if score.log_score.is_nan() {
        return f64::NEG_INFINITY;
    }
    score.log_score - if at_boundary { 1e-6 } else { 0.0 }
}

fn score_fit(
    kind: PurchaseKind,
    fit: &PurchaseFit,
    (calibration, purchases, horizon): (&History, &[f64], f64),
) -> Result<HoldoutScore, StatsError> {
    let model = fit.model();
    let outlook = Outlook {
        horizon,
        discount: 0.0,
    };
    let expected = model.expected_purchases(calibration, outlook)?;
    let customers = calibration.customers();
    let log_p = map_rows(purchases.len(), |i| {
        log_probability(&model, calibration, (i, purchases[i] as usize, horizon))
    });
    let mean = |f: &dyn Fn(usize) -> f64| -> f64 {
        let weighted = (0..purchases.len()).map(|i| calibration.weight(i) * f(i));
        weighted.sum::<f64>() / customers
    };
    Ok(HoldoutScore {
        kind,
        log_score: mean(&|i| log_p[i]),
        mean_absolute_error: mean(&|i| (expected[i] - purchases[i]).abs()),
        root_mean_square_error: mean(&|i| (expected[i] - purchases[i]).powi(2)).sqrt(),
        total_expected: mean(&|i| expected[i]) * customers,
        total_actual: mean(&|i| purchases[i]) * customers,
        calibration: deciles(&expected, purchases),
        cautions: fit.cautions().to_vec(),
    })
}

fn log_probability(
    model: &PurchaseModel,
    calibration: &History,
    (i, count, horizon): (usize, usize, f64),
) -> f64 {
    let log_p = model.log_pmf(calibration.row(i), horizon, count)[count];
    // Below the smallest number there is no more to tell: a count as good as impossible.
    log_p.max(-745.0)
}

/// Ten groups of equally many rows, from the lowest expectation to the highest.
fn deciles(expected: &[f64], actual: &[f64]) -> Vec<Decile> {
    let mut order: Vec<usize> = (0..expected.len()).collect();
    order.sort_by(|&i, &j| expected[i].total_cmp(&expected[j]).then(i.cmp(&j)));
    let groups = 10.min(order.len());
    (0..groups)
        .map(|g| {
            let members = &order[g * order.len() / groups..(g + 1) * order.len() / groups];
            let mean = |values: &[f64]| {
                members.iter().map(|&i| values[i]).sum::<f64>() / members.len() as f64
            };
            Decile {
                customers: members.len(),
                expected: mean(expected),
                actual: mean(actual),
            }
        })
        .collect()
}
