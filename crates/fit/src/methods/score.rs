//! How good did forecasts turn out to be: chances, amounts or ranges?

use super::Method;
use super::purchases::LEVEL;
use crate::error::of_rows;
use crate::explaining::{complete_rows, on, tell_left_out};
use crate::fitted::range;
use crate::groups::events;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::Estimate;
use odla_stats::scoring::{
    Bins, brier, calibration, crps_normal, interval_coverage, log_score, pit,
};
use serde_json::{Value, json};

pub const METHOD: Method = Method {
    name: "score",
    roles: &["forecast", "deviation", "lower", "upper", "outcome"],
    flags: &["outcome", "method"],
    fit,
};

const BINS: usize = 10;
const KINDS: &str = "chances, amounts, ranges";

/// Chances need `forecast` (0-1) and an outcome of yes and no; amounts also `deviation`; ranges `lower` and `upper`.
fn fit(input: &Input) -> Result<Fitted, FitError> {
    let kind = match input.options.design.as_deref() {
        Some(kind) => kind,
        None if input.find("lower")?.is_some() && input.find("upper")?.is_some() => "ranges",
        None if input.find("deviation")?.is_some() => "amounts",
        None => "chances",
    };
    match kind {
        "chances" => chances(input),
        "amounts" => amounts(input),
        "ranges" => ranges(input),
        other => Err(FitError::FlagUnknown {
            flag: "method".to_owned(),
            value: other.to_owned(),
            known: KINDS.to_owned(),
        }),
    }
}

fn chances(input: &Input) -> Result<Fitted, FitError> {
    let forecast = input.columns.numbers(&input.need("forecast")?)?;
    let (outcome, coding) = events(input.columns, &input.need("outcome")?)?;
    let (mut fitted, rows) = begin(input, &[&forecast, &outcome]);
    let forecast = on(&forecast, &rows);
    let happened: Vec<bool> = rows.iter().map(|&row| outcome[row] == 1.0).collect();
    let score = brier(&forecast, &happened, Bins::Quantile(BINS), LEVEL).map_err(of_rows(&rows))?;
    let log = log_score(&forecast, &happened, LEVEL).map_err(of_rows(&rows))?;
    let table =
        calibration(&forecast, &happened, Bins::Quantile(BINS), LEVEL).map_err(of_rows(&rows))?;
    tell(&mut fitted, "brier", &score.score);
    tell(&mut fitted, "log_score", &log);
    fitted.put("coding", json!(coding));
    fitted.put(
        "parts",
        json!({
            "reliability": score.reliability,
            "resolution": score.resolution,
            "uncertainty": score.uncertainty,
            "within": score.within,
            "skill": score.skill,
        }),
    );
    fitted.put(
        "test",
        json!({"z": table.spiegelhalter_z, "p_value": table.p_value}),
    );
    let bins: Vec<Value> = table
        .bins
        .iter()
        .map(|bin| {
            json!({
                "forecasts": bin.forecasts,
                "mean_forecast": bin.mean_forecast,
                "rate": bin.rate.value,
                "lower": bin.rate.interval.lower,
                "upper": bin.rate.interval.upper,
            })
        })
        .collect();
    fitted.put("calibration", Value::Array(bins));
    Ok(fitted)
}

fn amounts(input: &Input) -> Result<Fitted, FitError> {
    let forecast = input.columns.numbers(&input.need("forecast")?)?;
    let deviation = input.columns.numbers(&input.need("deviation")?)?;
    let outcome = input.columns.numbers(&input.need("outcome")?)?;
    let (mut fitted, rows) = begin(input, &[&forecast, &deviation, &outcome]);
    let (forecast, deviation) = (on(&forecast, &rows), on(&deviation, &rows));
    let outcome = on(&outcome, &rows);
    let score = crps_normal(&forecast, &deviation, &outcome, LEVEL).map_err(of_rows(&rows))?;
    let places = pit((&forecast, &deviation), &outcome, BINS).map_err(of_rows(&rows))?;
    tell(&mut fitted, "crps", &score);
    fitted.put(
        "pit",
        json!({"mean": places.mean, "variance": places.variance, "p_value": places.p_value}),
    );
    fitted.put("histogram", json!(places.histogram));
    Ok(fitted)
}

fn ranges(input: &Input) -> Result<Fitted, FitError> {
    let lower = input.columns.numbers(&input.need("lower")?)?;
    let upper = input.columns.numbers(&input.need("upper")?)?;
    let outcome = input.columns.numbers(&input.need("outcome")?)?;
    let (mut fitted, rows) = begin(input, &[&lower, &upper, &outcome]);
    let (lower, upper, outcome) = (on(&lower, &rows), on(&upper, &rows), on(&outcome, &rows));
    let seen =
        interval_coverage((&lower, &upper), &outcome, (LEVEL, LEVEL)).map_err(of_rows(&rows))?;
    tell(&mut fitted, "coverage", &seen.share);
    tell(&mut fitted, "interval_score", &seen.score);
    fitted.put(
        "misses",
        json!({"below": seen.below, "above": seen.above, "mean_width": seen.mean_width}),
    );
    fitted.put(
        "test",
        json!({"claimed": seen.claimed, "p_value": seen.p_value}),
    );
    Ok(fitted)
}

fn begin(input: &Input, columns: &[&[f64]]) -> (Fitted, Vec<usize>) {
    let of = input.columns.rows();
    let rows = complete_rows(columns.iter().copied(), of);
    let mut fitted = Fitted::new(input.method, rows.len() as f64);
    tell_left_out(&mut fitted, rows.len(), of);
    (fitted, rows)
}

fn tell(fitted: &mut Fitted, name: &str, estimate: &Estimate) {
    fitted.params.push((name.to_owned(), estimate.value));
    fitted
        .standard_errors
        .push((name.to_owned(), estimate.standard_error));
    fitted.put(&format!("interval_{name}"), range(&estimate.interval));
}
