//! What does a customer spend per purchase?

use super::Method;
use super::purchases::fitted_from;
use crate::columns::line_of;
use crate::fitted::Predictions;
use crate::input::Input;
use crate::{FitError, Fitted, transactions};
use odla_stats::btyd::gamma_gamma::{self, GammaGamma, SpendHistory};
use serde_json::{Value, json};

pub const METHOD: Method = Method {
    name: "gamma-gamma",
    roles: &["x", "mean", "customer", "date", "amount", "weights"],
    flags: &["weights", "predict", "calibration-end", "unit"],
    fit,
};

/// Number and mean value of purchases per customer.
struct Spend {
    names: Vec<String>,
    purchases: Vec<f64>,
    mean_value: Vec<f64>,
    weights: Option<Vec<f64>>,
    columns: Value,
}

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let spend = read(input)?;
    let ones = vec![1.0; spend.purchases.len()];
    let weights = spend.weights.as_ref().unwrap_or(&ones);
    let history = SpendHistory::weighted(&spend.purchases, &spend.mean_value, weights)?;
    let fit = gamma_gamma::fit(&history)?;
    let mut fitted = fitted_from(input.method, &fit);
    fitted.put("columns", spend.columns.clone());
    fitted.put("population_mean", json!(fit.parameters.population_mean()));
    fitted.put("correlation_with_frequency", json!(history.correlation()));
    fitted.put("customers_without_spend", json!(history.left_out()));
    if input.options.predict.is_some() {
        fitted.predictions = Some(predict(&fit.parameters, &spend));
    }
    Ok(fitted)
}

fn read(input: &Input) -> Result<Spend, FitError> {
    let summary = input.find("x")?.is_some() && input.find("mean")?.is_some();
    let raw = input.named("date")?.is_some() || (!summary && input.find("date")?.is_some());
    if raw {
        return from_raw(input);
    }
    let (x, mean) = (input.need("x")?, input.need("mean")?);
    let purchases = input.columns.complete_numbers(&x)?;
    // A customer without purchases has no mean value: the cell may be empty.
    let mut mean_value = input.columns.numbers(&mean)?;
    for (row, value) in mean_value.iter_mut().enumerate() {
        if value.is_nan() && purchases[row] == 0.0 {
            *value = 0.0;
        }
        prove(row, (&x, purchases[row]), (&mean, *value))?;
    }
    let names = match input.find("customer")? {
        Some(name) => input
            .columns
            .texts(&name)?
            .into_iter()
            .map(str::to_owned)
            .collect(),
        None => (1..=purchases.len()).map(|row| row.to_string()).collect(),
    };
    Ok(Spend {
        names,
        purchases,
        mean_value,
        weights: input.weights()?,
        columns: json!({"x": x, "mean": mean}),
    })
}

/// Repeat purchase days and their mean amount, from single purchases.
fn from_raw(input: &Input) -> Result<Spend, FitError> {
    input.need("amount")?;
    let (raw, columns) = transactions::read(input)?;
    let mean = |customer: &transactions::Customer| match customer.frequency > 0.0 {
        true => customer.mean_amount.max(0.0),
        false => 0.0,
    };
    Ok(Spend {
        names: raw
            .customers
            .iter()
            .map(|customer| customer.name.clone())
            .collect(),
        purchases: raw
            .customers
            .iter()
            .map(|customer| customer.frequency)
            .collect(),
        mean_value: raw.customers.iter().map(mean).collect(),
        weights: None,
        columns,
    })
}

fn prove(row: usize, x: (&str, f64), mean: (&str, f64)) -> Result<(), FitError> {
    let refuse = |(column, value): (&str, f64), rule: &'static str| FitError::OutOfRange {
        column: column.to_owned(),
        line: line_of(row),
        rule,
        value,
    };
    if !(x.1 >= 0.0 && x.1.fract() == 0.0 && x.1 <= f64::from(u32::MAX)) {
        return Err(refuse(x, "whole"));
    }
    if mean.1.is_nan() {
        return Err(FitError::Missing {
            column: mean.0.to_owned(),
            line: line_of(row),
        });
    }
    if mean.1 < 0.0 {
        return Err(refuse(mean, "not_negative"));
    }
    Ok(())
}

fn predict(parameters: &GammaGamma, spend: &Spend) -> Predictions {
    let expected = spend
        .purchases
        .iter()
        .zip(&spend.mean_value)
        .map(|(x, mean)| {
            // A customer whose purchases were worth nothing tells nothing about the next one.
            let seen = if *mean > 0.0 { *x } else { 0.0 };
            parameters.expected_value(seen, *mean).unwrap_or(f64::NAN)
        });
    Predictions::new()
        .texts("customer", spend.names.clone())
        .numbers("x", spend.purchases.clone())
        .numbers("mean", spend.mean_value.clone())
        .numbers("expected_value", expected.collect())
}
