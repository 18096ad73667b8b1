//! How often will customers buy, if chances come at fixed dates only?

use super::Method;
use super::purchases::fitted_from;
use crate::columns::line_of;
use crate::fitted::Predictions;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::btyd::bg_bb::{self, BgBb, ChanceHistory, ChanceRow};
use serde_json::json;

pub const METHOD: Method = Method {
    name: "bg-bb",
    roles: &["x", "t_x", "n", "customer", "weights"],
    flags: &["weights", "predict"],
    fit,
};

/// More chances than this is a file in another unit than chances.
const MOST_CHANCES: f64 = 10_000.0;

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let names = [input.need("x")?, input.need("t_x")?, input.need("n")?];
    let columns = [
        whole(input, &names[0])?,
        whole(input, &names[1])?,
        whole(input, &names[2])?,
    ];
    let rows: Vec<ChanceRow> = (0..columns[0].len())
        .map(|i| ChanceRow {
            frequency: columns[0][i],
            recency: columns[1][i],
            periods: columns[2][i],
        })
        .collect();
    prove(&rows)?;
    let weights = input.weights()?.unwrap_or_else(|| vec![1.0; rows.len()]);
    let fit = bg_bb::fit(&ChanceHistory::new(&rows, &weights)?)?;
    let mut fitted = fitted_from(input.method, &fit);
    fitted.put(
        "columns",
        json!({"x": names[0], "t_x": names[1], "n": names[2]}),
    );
    if let Some(horizon) = input.horizon()? {
        if horizon.fract() != 0.0 || horizon > MOST_CHANCES {
            return Err(FitError::FlagRange {
                flag: "predict".to_owned(),
                rule: "chances",
            });
        }
        predict(input, &mut fitted, (&fit.parameters, &rows, &weights))?;
    }
    Ok(fitted)
}

fn whole(input: &Input, name: &str) -> Result<Vec<u32>, FitError> {
    let numbers = input.columns.complete_numbers(name)?;
    let outside = |number: &f64| !((0.0..=MOST_CHANCES).contains(number) && number.fract() == 0.0);
    match numbers.iter().position(outside) {
        Some(row) => Err(FitError::OutOfRange {
            column: name.to_owned(),
            line: line_of(row),
            rule: "whole",
            value: numbers[row],
        }),
        None => Ok(numbers.iter().map(|number| *number as u32).collect()),
    }
}

fn prove(rows: &[ChanceRow]) -> Result<(), FitError> {
    let possible = |row: &ChanceRow| {
        row.frequency <= row.recency
            && row.recency <= row.periods
            && (row.frequency == 0) == (row.recency == 0)
    };
    match rows.iter().position(|row| !possible(row)) {
        Some(at) => Err(FitError::HistoryContradicts {
            line: line_of(at),
            frequency: f64::from(rows[at].frequency),
            recency: f64::from(rows[at].recency),
        }),
        None => Ok(()),
    }
}

fn predict(
    input: &Input,
    fitted: &mut Fitted,
    (parameters, rows, weights): (&BgBb, &[ChanceRow], &[f64]),
) -> Result<(), FitError> {
    let chances = input.options.predict.unwrap_or(1.0);
    let alive: Vec<f64> = rows.iter().map(|row| parameters.p_alive(*row)).collect();
    let expected: Vec<f64> = rows
        .iter()
        .map(|row| parameters.expected_purchases(*row, chances as u32))
        .collect();
    let total: f64 = expected
        .iter()
        .zip(weights)
        .map(|(value, weight)| value * weight)
        .sum();
    fitted.put("horizon", json!(chances));
    fitted.put("expected_purchases_total", json!(total));
    let names = match input.named("customer")? {
        Some(name) => input
            .columns
            .texts(&name)?
            .into_iter()
            .map(str::to_owned)
            .collect(),
        None => (1..=rows.len()).map(|row| row.to_string()).collect(),
    };
    let column =
        |pick: fn(&ChanceRow) -> u32| rows.iter().map(|row| f64::from(pick(row))).collect();
    let predictions = Predictions::new()
        .texts("customer", names)
        .numbers("x", column(|row| row.frequency))
        .numbers("t_x", column(|row| row.recency))
        .numbers("n", column(|row| row.periods))
        .numbers("weight", weights.to_vec())
        .numbers("p_alive", alive)
        .numbers("expected_purchases", expected);
    fitted.predictions = Some(predictions);
    Ok(())
}
