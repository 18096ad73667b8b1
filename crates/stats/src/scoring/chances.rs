//! When we said 30 %, did it happen in three of ten?

use super::mean_score;
use crate::error::require_length;
use crate::regression::sample::prove_level;
use crate::special::normal_cdf;
use crate::survey::nps::proportion;
use crate::{Estimate, StatsError};

/// How forecasts are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bins {
    /// Every different forecast by itself.
    Distinct,
    /// This many bins, equally wide from 0 to 1.
    Even(usize),
    /// This many bins with about equally many forecasts; equal forecasts stay together.
    Quantile(usize),
}

/// The Brier score and its parts: `score = reliability - resolution + uncertainty + within`.
#[derive(Debug, Clone, PartialEq)]
pub struct Brier {
    /// Mean of (forecast - outcome)², 0 best.
    pub score: Estimate,
    /// How far the bins' rates lie from their mean forecasts; 0 is perfect.
    pub reliability: f64,
    /// How far the bins' rates lie from the common rate; larger is better.
    pub resolution: f64,
    /// Rate times its complement: the score of always saying the common rate.
    pub uncertainty: f64,
    /// Variance of forecasts within bins less twice their covariance with outcomes there; 0 for [`Bins::Distinct`].
    pub within: f64,
    /// 1 - score / uncertainty: 0 is no better than the common rate, 1 is perfect.
    pub skill: f64,
}

/// One bin of forecasts.
#[derive(Debug, Clone, PartialEq)]
pub struct Bin {
    pub forecasts: usize,
    pub mean_forecast: f64,
    /// Share that happened, with Wilson's interval.
    pub rate: Estimate,
}

/// Forecasts against what happened, and whether they agree.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Non-empty bins by rising forecast.
    pub bins: Vec<Bin>,
    /// Observed less expected number of events, in standard deviations of the forecasts' own claim.
    pub spiegelhalter_z: f64,
    /// Two-sided p-value of that test of calibration.
    pub p_value: f64,
}

/// Brier score of forecast chances (0-1) against outcomes (true = happened), decomposed `[Brier1950]` `[Murphy1973]`.
///
/// With n_k forecasts of mean f_k and rate o_k in bin k, and the common rate o:
/// `reliability = Σ n_k (f_k - o_k)² / n`, `resolution = Σ n_k (o_k - o)² / n`, `uncertainty = o (1 - o)`. Where forecasts differ
/// within a bin the parts only add up with `within = Σ (f - f_k)² / n - 2 Σ (f - f_k)(y - o_k) / n`
/// `[StephensonCoelhoJolliffe2008]`.
///
/// # Errors
/// `TooFewObservations` below two, `InvalidInput` for a forecast outside 0-1 or no bins, `LengthMismatch`.
pub fn brier(
    forecast: &[f64],
    happened: &[bool],
    bins: Bins,
    level: f64,
) -> Result<Brier, StatsError> {
    prove(forecast, happened, level)?;
    let n = forecast.len() as f64;
    let outcome = |i: usize| f64::from(u8::from(happened[i]));
    let scores: Vec<f64> = (0..forecast.len())
        .map(|i| (forecast[i] - outcome(i)).powi(2))
        .collect();
    let rate = (0..forecast.len()).map(outcome).sum::<f64>() / n;
    let (mut reliability, mut resolution, mut within) = (0.0, 0.0, 0.0);
    for rows in binned(forecast, bins)? {
        let size = rows.len() as f64;
        let mean_forecast = rows.iter().map(|&i| forecast[i]).sum::<f64>() / size;
        let mean_outcome = rows.iter().map(|&i| outcome(i)).sum::<f64>() / size;
        reliability += size / n * (mean_forecast - mean_outcome).powi(2);
        resolution += size / n * (mean_outcome - rate).powi(2);
        for &i in &rows {
            let apart = forecast[i] - mean_forecast;
            within += apart * (apart - 2.0 * (outcome(i) - mean_outcome)) / n;
        }
    }
    let score = mean_score(&scores, level);
    let uncertainty = rate * (1.0 - rate);
    Ok(Brier {
        reliability,
        resolution,
        uncertainty,
        within,
        skill: if uncertainty > 0.0 {
            1.0 - score.value / uncertainty
        } else {
            f64::NAN
        },
        score,
    })
}

/// Mean of `-ln` of the chance given to what happened `[Good1952]`; infinite when something was said to be impossible and happened.
///
/// # Errors
/// As [`brier`].
pub fn log_score(forecast: &[f64], happened: &[bool], level: f64) -> Result<Estimate, StatsError> {
    prove(forecast, happened, level)?;
    let score = |(f, y): (&f64, &bool)| if *y { -f.ln() } else { -(-f).ln_1p() };
    // -ln 1 is 0, not -0.
    let scores: Vec<f64> = forecast
        .iter()
        .zip(happened)
        .map(|own| score(own) + 0.0)
        .collect();
    if scores.iter().any(|s| s.is_infinite()) {
        let mut estimate = Estimate::normal(f64::INFINITY, f64::NAN, level);
        estimate.interval.lower = f64::NAN;
        estimate.interval.upper = f64::INFINITY;
        return Ok(estimate);
    }
    Ok(mean_score(&scores, level))
}

/// Bins of forecasts with the rate at which they came true, and Spiegelhalter's test of calibration.
///
/// `z = Σ (y - f)(1 - 2f) / sqrt(Σ (1 - 2f)² f (1 - f))` `[Spiegelhalter1986]`, standard normal when every forecast is the true
/// chance. NaN when the forecasts leave nothing to chance.
///
/// # Errors
/// As [`brier`].
pub fn calibration(
    forecast: &[f64],
    happened: &[bool],
    bins: Bins,
    level: f64,
) -> Result<Calibration, StatsError> {
    prove(forecast, happened, level)?;
    let table = binned(forecast, bins)?
        .into_iter()
        .map(|rows| {
            let size = rows.len() as f64;
            let events = rows.iter().filter(|&&i| happened[i]).count() as f64;
            Ok(Bin {
                forecasts: rows.len(),
                mean_forecast: rows.iter().map(|&i| forecast[i]).sum::<f64>() / size,
                rate: proportion(events, size, level)?,
            })
        })
        .collect::<Result<Vec<Bin>, StatsError>>()?;
    let (mut gap, mut variance) = (0.0, 0.0);
    for (f, y) in forecast.iter().zip(happened) {
        gap += (f64::from(u8::from(*y)) - f) * (1.0 - 2.0 * f);
        variance += (1.0 - 2.0 * f).powi(2) * f * (1.0 - f);
    }
    let z = gap / variance.sqrt();
    Ok(Calibration {
        bins: table,
        spiegelhalter_z: z,
        p_value: 2.0 * normal_cdf(-z.abs()),
    })
}

fn prove(forecast: &[f64], happened: &[bool], level: f64) -> Result<(), StatsError> {
    prove_level(level)?;
    require_length("outcome", forecast.len(), happened.len())?;
    if let Some(row) = forecast.iter().position(|f| !(0.0..=1.0).contains(f)) {
        return Err(StatsError::invalid_row(
            "forecast (must be between 0 and 1)",
            row,
        ));
    }
    if forecast.len() < 2 {
        let got = forecast.len();
        return Err(StatsError::TooFewObservations { needed: 2, got });
    }
    Ok(())
}

/// Rows of each non-empty bin, bins by rising forecast.
fn binned(forecast: &[f64], bins: Bins) -> Result<Vec<Vec<usize>>, StatsError> {
    let mut order: Vec<usize> = (0..forecast.len()).collect();
    order.sort_by(|&one, &other| {
        forecast[one]
            .total_cmp(&forecast[other])
            .then(one.cmp(&other))
    });
    let count = match bins {
        Bins::Distinct => forecast.len(),
        Bins::Even(count) | Bins::Quantile(count) => count,
    };
    if count == 0 {
        return Err(StatsError::invalid("bins (1 or more)"));
    }
    let rows = forecast.len();
    let bin_of = |place: usize| {
        let f = forecast[order[place]];
        match bins {
            Bins::Even(count) => ((f * count as f64) as usize).min(count - 1),
            // The bin of the first of all equal forecasts.
            Bins::Quantile(count) => order.partition_point(|&i| forecast[i] < f) * count / rows,
            Bins::Distinct => order.partition_point(|&i| forecast[i] < f),
        }
    };
    let mut table: Vec<Vec<usize>> = Vec::new();
    let mut last = None;
    for (place, row) in order.iter().enumerate() {
        let own = Some(bin_of(place));
        if own != last {
            table.push(Vec::new());
            last = own;
        }
        if let Some(bin) = table.last_mut() {
            bin.push(*row);
        }
    }
    Ok(table)
}
