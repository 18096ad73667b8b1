//! Did as many outcomes fall within their ranges as the ranges claimed?

use crate::error::{require_finite, require_length};
use crate::regression::sample::prove_level;
use crate::special::normal_cdf;
use crate::survey::nps::proportion;
use crate::{Estimate, StatsError};

/// How often forecast ranges held the outcome, and how wide they were.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// Share of outcomes within their range, with Wilson's interval.
    pub share: Estimate,
    /// What the ranges claimed.
    pub claimed: f64,
    /// Share of outcomes below and above their range.
    pub below: f64,
    pub above: f64,
    pub mean_width: f64,
    /// Mean interval score: width plus 2/(1 - level) times what is missed by; smaller is better.
    pub score: Estimate,
    /// Two-sided p-value that the true coverage is the claimed one.
    pub p_value: f64,
}

/// Coverage of ranges that claim to hold the outcome with probability `claimed`; interval of the share at `level`.
///
/// Interval score `(u - l) + 2/(1 - claimed) ((l - y)+ + (y - u)+)` `[GneitingRaftery2007] eq. 43`. The p-value is the score test of a share.
///
/// # Errors
/// `InvalidInput` when an upper end lies below its lower one, `LengthMismatch`, `TooFewObservations` below two.
pub fn interval_coverage(
    (lower, upper): (&[f64], &[f64]),
    outcome: &[f64],
    (claimed, level): (f64, f64),
) -> Result<Coverage, StatsError> {
    prove_level(level)?;
    prove_level(claimed)?;
    let rows = outcome.len();
    require_length("lower", rows, lower.len())?;
    require_length("upper", rows, upper.len())?;
    for (what, column) in [("lower", lower), ("upper", upper), ("outcome", outcome)] {
        require_finite(what, column)?;
    }
    if let Some(row) = (0..rows).find(|&i| upper[i] < lower[i]) {
        return Err(StatsError::invalid_row("upper (below lower)", row));
    }
    if rows < 2 {
        return Err(StatsError::TooFewObservations {
            needed: 2,
            got: rows,
        });
    }
    let n = rows as f64;
    let count = |is: &dyn Fn(usize) -> bool| (0..rows).filter(|&i| is(i)).count() as f64;
    let below = count(&|i| outcome[i] < lower[i]);
    let above = count(&|i| outcome[i] > upper[i]);
    let share = proportion(n - below - above, n, level)?;
    let penalty = 2.0 / (1.0 - claimed);
    let scores: Vec<f64> = (0..rows)
        .map(|i| {
            let missed = (lower[i] - outcome[i]).max(0.0) + (outcome[i] - upper[i]).max(0.0);
            upper[i] - lower[i] + penalty * missed
        })
        .collect();
    let z = (share.value - claimed) / (claimed * (1.0 - claimed) / n).sqrt();
    Ok(Coverage {
        claimed,
        below: below / n,
        above: above / n,
        mean_width: (0..rows).map(|i| upper[i] - lower[i]).sum::<f64>() / n,
        score: super::mean_score(&scores, level),
        p_value: 2.0 * normal_cdf(-z.abs()),
        share,
    })
}
