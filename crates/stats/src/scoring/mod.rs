//! How good did our forecasts turn out to be?
//!
//! Chances: [`brier`], [`log_score`], [`calibration`]. Amounts: [`crps_of_draws`], [`crps_normal`], [`pit`]. Ranges:
//! [`interval_coverage`]. All scores are losses: smaller is better.

mod amounts;
mod chances;
mod ranges;

pub use amounts::{Pit, crps_normal, crps_of_draws, pit, pit_of_draws};
pub use chances::{Bin, Bins, Brier, Calibration, brier, calibration, log_score};
pub use ranges::{Coverage, interval_coverage};

use crate::Estimate;

/// Mean of per-forecast scores with its standard error and normal interval; forecasts are taken as independent.
pub(crate) fn mean_score(scores: &[f64], level: f64) -> Estimate {
    let n = scores.len() as f64;
    let mean = scores.iter().sum::<f64>() / n;
    let squares: f64 = scores.iter().map(|s| (s - mean).powi(2)).sum();
    Estimate::normal(mean, (squares / (n - 1.0) / n).sqrt(), level)
}
