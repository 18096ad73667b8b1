//! How strong would something unrecorded have to be to explain away an effect that is printed somewhere?

use super::Method;
use super::purchases::LEVEL;
use crate::columns::line_of;
use crate::fitted::Predictions;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::Interval;
use odla_stats::causal::evalue::{of_difference, of_odds_ratio, of_risk_ratio};

pub const METHOD: Method = Method {
    name: "evalue",
    roles: &["estimate", "lower", "upper", "deviation"],
    flags: &["method"],
    fit,
};

const KINDS: [&str; 4] = ["risk", "odds", "common-odds", "difference"];

/// Every row is one printed effect: a risk ratio, an odds ratio of something rare or common, or a difference with the
/// outcome's standard deviation.
fn fit(input: &Input) -> Result<Fitted, FitError> {
    let column = |role: &str| input.columns.complete_numbers(&input.need(role)?);
    let (estimate, lower, upper) = (column("estimate")?, column("lower")?, column("upper")?);
    let kind = kind_of(input)?;
    let deviation = match kind {
        "difference" => column("deviation")?,
        _ => vec![1.0; estimate.len()],
    };
    let (mut values, mut limits) = (Vec::new(), Vec::new());
    for row in 0..estimate.len() {
        let interval = Interval {
            lower: lower[row],
            upper: upper[row],
            level: LEVEL,
        };
        let found = match kind {
            "risk" => of_risk_ratio(estimate[row], interval),
            "odds" => of_odds_ratio(estimate[row], interval, false),
            "common-odds" => of_odds_ratio(estimate[row], interval, true),
            _ => of_difference(estimate[row], interval, deviation[row]),
        };
        let found = found.map_err(|error| FitError::Statistics {
            error,
            line: Some(line_of(row)),
        })?;
        values.push(found.estimate);
        limits.push(found.limit);
    }
    let mut fitted = Fitted::new(input.method, estimate.len() as f64);
    let smallest = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
    fitted.params = vec![
        ("e_value".to_owned(), smallest(&values)),
        ("e_value_of_limit".to_owned(), smallest(&limits)),
    ];
    fitted.predictions = Some(
        Predictions::new()
            .numbers("estimate", estimate)
            .numbers("e_value", values)
            .numbers("e_value_of_limit", limits),
    );
    Ok(fitted)
}

fn kind_of(input: &Input) -> Result<&'static str, FitError> {
    let Some(word) = input.options.design.as_deref() else {
        return Ok("risk");
    };
    let known = KINDS.into_iter().find(|kind| *kind == word);
    known.ok_or_else(|| FitError::FlagUnknown {
        flag: "method".to_owned(),
        value: word.to_owned(),
        known: KINDS.join(", "),
    })
}
