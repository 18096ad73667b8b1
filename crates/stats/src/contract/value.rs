//! What is a contract still worth, given its hazards ahead?

use super::hazard::{HazardFit, Link, quadratic_form};
use crate::error::{StatsError, require_finite, require_length};
use crate::estimate::Estimate;
use crate::special::logistic;

/// The known future of one contract, period by period from now.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractPath {
    /// Column values per period, in the order of the fit's names without the intercept.
    pub rows: Vec<Vec<f64>>,
    /// Whether the contract can end in the period; false outside its renewal window.
    pub can_end: Vec<bool>,
    /// Margin of the period while the contract is in force, money.
    pub margins: Vec<f64>,
}

/// What contracts are worth together.
#[derive(Debug, Clone, PartialEq)]
pub struct PortfolioValue {
    /// Expected discounted margin per contract; its doubt is that of the coefficients.
    pub contracts: Vec<Estimate>,
    /// Their sum. The coefficients are shared, so this doubt is not the root of a sum of squares.
    pub total: Estimate,
    /// Standard deviation of the sum from chance alone: which contracts happen to end.
    pub chance: f64,
}

/// Expected discounted margin of a contract: Σ_t margin_t v^(t+½) Π_(s<t) (1 - h_s), v = 1/(1 + discount).
///
/// A contract that ends in period s earns that period's margin and nothing after; margins count at the middle of their period.
///
/// # Errors
/// `LengthMismatch`; `InvalidInput` for a hazard outside 0..1, a margin that is not finite or a discount below 0.
pub fn expected_margin(hazards: &[f64], margins: &[f64], discount: f64) -> Result<f64, StatsError> {
    require_length("margins", hazards.len(), margins.len())?;
    require_finite("margin", margins)?;
    if !(discount.is_finite() && discount >= 0.0) {
        return Err(StatsError::invalid(format!("discount {discount}")));
    }
    if let Some(row) = hazards.iter().position(|h| !(0.0..=1.0).contains(h)) {
        return Err(StatsError::invalid_row("hazard (between 0 and 1)", row));
    }
    Ok(walk(hazards, margins, discount).expected)
}

/// Values contracts along their paths; gradients of the sum in the coefficients are exact, intervals normal at `level`.
///
/// # Errors
/// As [`expected_margin`].
pub fn value_contracts(
    fit: &HazardFit,
    paths: &[ContractPath],
    discount: f64,
    level: f64,
) -> Result<PortfolioValue, StatsError> {
    let width = fit.names.len();
    let (mut total, mut variance) = (0.0, 0.0);
    let mut total_gradient = vec![0.0; width];
    let mut contracts = Vec::with_capacity(paths.len());
    for path in paths {
        let (etas, hazards) = hazards_along(fit, path)?;
        expected_margin(&hazards, &path.margins, discount)?;
        let walked = walk(&hazards, &path.margins, discount);
        let gradient = gradient_along(fit, path, (&etas, &walked));
        let error = quadratic_form(&fit.covariance, &gradient).max(0.0).sqrt();
        contracts.push(Estimate::normal(walked.expected, error, level));
        total += walked.expected;
        variance += walked.variance;
        for (sum, g) in total_gradient.iter_mut().zip(&gradient) {
            *sum += g;
        }
    }
    let error = quadratic_form(&fit.covariance, &total_gradient)
        .max(0.0)
        .sqrt();
    Ok(PortfolioValue {
        contracts,
        total: Estimate::normal(total, error, level),
        chance: variance.sqrt(),
    })
}

/// Simulates in which period (from 0) each contract with these hazards ends; `None` when it outlives them.
pub fn simulate_ends(paths: &[Vec<f64>], seed: u64) -> Vec<Option<usize>> {
    crate::reduce::map_rows(paths.len(), |i| {
        let mut generator = crate::btyd::simulated::stream(seed, i as u64);
        paths[i]
            .iter()
            .position(|h| rand::RngExt::random::<f64>(&mut generator) < *h)
    })
}

struct Walk {
    expected: f64,
    variance: f64,
    /// Expected discounted margin after each period, seen from now.
    after: Vec<f64>,
}

fn walk(hazards: &[f64], margins: &[f64], discount: f64) -> Walk {
    let v = 1.0 / (1.0 + discount);
    let (mut still, mut factor, mut earned) = (1.0, v.sqrt(), 0.0);
    let (mut expected, mut square) = (0.0, 0.0);
    let mut parts = Vec::with_capacity(hazards.len());
    for (h, margin) in hazards.iter().zip(margins) {
        let part = margin * factor;
        earned += part;
        expected += still * part;
        parts.push(still * part);
        square += still * h * earned * earned;
        still *= 1.0 - h;
        factor *= v;
    }
    square += still * earned * earned;
    let mut tail = 0.0;
    let mut after: Vec<f64> = Vec::with_capacity(parts.len());
    for part in parts.iter().rev() {
        after.push(tail);
        tail += part;
    }
    after.reverse();
    Walk {
        expected,
        variance: (square - expected * expected).max(0.0),
        after,
    }
}

fn hazards_along(fit: &HazardFit, path: &ContractPath) -> Result<(Vec<f64>, Vec<f64>), StatsError> {
    require_length("can end", path.rows.len(), path.can_end.len())?;
    let mut etas = Vec::with_capacity(path.rows.len());
    let mut hazards = Vec::with_capacity(path.rows.len());
    for (row, can_end) in path.rows.iter().zip(&path.can_end) {
        require_length("values", fit.names.len() - 1, row.len())?;
        require_finite("values", row)?;
        let eta = fit.eta(row);
        etas.push(eta);
        hazards.push(if *can_end { fit.hazard_at(eta) } else { 0.0 });
    }
    Ok((etas, hazards))
}

/// dV/dβ: a higher hazard in period s loses what comes after, in proportion h'/(1-h), which is e^η (cloglog) or h (logit).
fn gradient_along(
    fit: &HazardFit,
    path: &ContractPath,
    (etas, walked): (&[f64], &Walk),
) -> Vec<f64> {
    let mut gradient = vec![0.0; fit.names.len()];
    for (s, eta) in etas.iter().enumerate() {
        if !path.can_end[s] {
            continue;
        }
        let relative = match fit.link {
            Link::Cloglog => eta.exp(),
            Link::Logit => logistic(*eta),
        };
        let slope = -relative * walked.after[s];
        gradient[0] += slope;
        for (g, x) in gradient[1..].iter_mut().zip(&path.rows[s]) {
            *g += slope * x;
        }
    }
    gradient
}
