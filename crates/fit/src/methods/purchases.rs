//! How is a distribution of repeat purchases fitted to a file, and what does it expect of each customer?

use super::moving;
use crate::caution::{Caution, cautions_from};
use crate::columns::line_of;
use crate::fitted::{Predictions, range};
use crate::input::Input;
use crate::transactions::{self, Transactions};
use crate::{FitError, Fitted};
use odla_stats::StatsError;
use odla_stats::btyd::{Fit, History, HistoryRow, Parameters, PurchaseKind};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub const ROLES: &[&str] = &[
    "x",
    "t_x",
    "T",
    "customer",
    "date",
    "weights",
    "covariate",
    "rate",
    "dropout",
];
pub const FLAGS: &[&str] = &[
    "weights",
    "predict",
    "unit",
    "calibration-end",
    "covariates",
];
pub const LEVEL: f64 = 0.90;

/// What a fitted distribution says of one customer.
pub trait Outlook {
    const KIND: PurchaseKind;
    fn p_alive(&self, row: HistoryRow) -> f64;
    fn expected_purchases(&self, row: HistoryRow, horizon: f64) -> f64;
    fn expected_from_new(&self, time: f64) -> f64;
}

/// Repeat purchases per customer, as they stood in the file or as raw purchases gave them.
struct Customers {
    names: Vec<String>,
    frequency: Vec<f64>,
    recency: Vec<f64>,
    observed: Vec<f64>,
    weights: Option<Vec<f64>>,
    /// Raw purchases, when the file holds them.
    raw: Option<Transactions>,
    columns: Value,
}

/// Fits the distribution to `x`, `t_x`, `T`, or to raw purchases with `customer` and `date`.
pub fn fit<P: Parameters + Outlook>(
    input: &Input,
    fit: fn(&History) -> Result<Fit<P>, StatsError>,
) -> Result<Fitted, FitError> {
    let customers = read(input)?;
    let horizon = input.horizon()?;
    let ones;
    let weights = match &customers.weights {
        Some(weights) => weights,
        None => {
            ones = vec![1.0; customers.frequency.len()];
            &ones
        }
    };
    let history = History::weighted(
        &customers.frequency,
        &customers.recency,
        &customers.observed,
        weights,
    )?;
    if let Some(covariates) = moving::read(input, P::KIND, customers.raw.is_some())? {
        let (mut fitted, outlook) = moving::fit(input, P::KIND, (&history, &covariates), horizon)?;
        fitted.put("columns", customers.columns.clone());
        if let (Some((alive, expected)), Some(horizon)) = (outlook, horizon) {
            put_predictions(
                &mut fitted,
                (&customers, &history),
                horizon,
                (alive, expected),
            );
        }
        return Ok(fitted);
    }
    let fit = fit(&history)?;
    let mut fitted = fitted_from(input.method, &fit);
    fitted.put("columns", customers.columns.clone());
    describe_raw(&mut fitted, &customers);
    if let Some(horizon) = horizon {
        predict(
            &mut fitted,
            &fit.parameters,
            (&customers, &history),
            horizon,
        );
    }
    Ok(fitted)
}

/// Parameters, standard errors and intervals of a maximum-likelihood fit.
pub fn fitted_from<P: Parameters>(method: &'static str, fit: &Fit<P>) -> Fitted {
    let mut fitted = Fitted::new(method, fit.customers);
    let named = |values: Vec<f64>| -> Vec<(String, f64)> {
        let names = P::NAMES.iter().map(|name| (*name).to_owned());
        names.zip(values).collect()
    };
    fitted.params = named(fit.parameters.to_vec());
    fitted.standard_errors = named(fit.standard_errors.clone());
    fitted.log_likelihood = Some(fit.log_likelihood);
    fitted.converged = fit.converged;
    fitted.cautions = cautions_from(&fit.cautions);
    let intervals: Map<String, Value> = P::NAMES
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), range(&fit.interval(name, LEVEL)?))))
        .collect();
    fitted.put("intervals", Value::Object(intervals));
    fitted.put("iterations", json!(fit.iterations));
    fitted
}

fn read(input: &Input) -> Result<Customers, FitError> {
    if holds_raw_purchases(input)? {
        return from_raw(input);
    }
    let (x, t_x, t) = (input.need("x")?, input.need("t_x")?, input.need("T")?);
    let frequency = input.columns.complete_numbers(&x)?;
    let recency = input.columns.complete_numbers(&t_x)?;
    let observed = input.columns.complete_numbers(&t)?;
    for row in 0..frequency.len() {
        prove(
            row,
            (&x, frequency[row]),
            (&t_x, recency[row]),
            (&t, observed[row]),
        )?;
    }
    let names = match input.find("customer")? {
        Some(name) => input
            .columns
            .texts(&name)?
            .into_iter()
            .map(str::to_owned)
            .collect(),
        None => (1..=frequency.len()).map(|row| row.to_string()).collect(),
    };
    Ok(Customers {
        names,
        frequency,
        recency,
        observed,
        weights: input.weights()?,
        raw: None,
        columns: json!({"x": x, "t_x": t_x, "T": t}),
    })
}

/// Raw when purchase columns are asked for, or when no summary but a customer and a date are there.
fn holds_raw_purchases(input: &Input) -> Result<bool, FitError> {
    if input.named("date")?.is_some() {
        return Ok(true);
    }
    let summary = input.find("x")?.is_some() && input.find("t_x")?.is_some();
    Ok(!summary && input.find("date")?.is_some())
}

fn from_raw(input: &Input) -> Result<Customers, FitError> {
    let (raw, columns) = transactions::read(input)?;
    Ok(Customers {
        names: raw
            .customers
            .iter()
            .map(|customer| customer.name.clone())
            .collect(),
        frequency: raw
            .customers
            .iter()
            .map(|customer| customer.frequency)
            .collect(),
        recency: raw
            .customers
            .iter()
            .map(|customer| customer.recency)
            .collect(),
        observed: raw
            .customers
            .iter()
            .map(|customer| customer.observed)
            .collect(),
        weights: None,
        raw: Some(raw),
        columns,
    })
}

/// Says in the file's own words what the history of one customer contradicts.
fn prove(row: usize, x: (&str, f64), t_x: (&str, f64), t: (&str, f64)) -> Result<(), FitError> {
    let line = line_of(row);
    let refuse = |(column, value): (&str, f64), rule: &'static str| FitError::OutOfRange {
        column: column.to_owned(),
        line,
        rule,
        value,
    };
    if !(x.1 >= 0.0 && x.1.fract() == 0.0 && x.1 <= f64::from(u32::MAX)) {
        return Err(refuse(x, "whole"));
    }
    if t.1 < 0.0 {
        return Err(refuse(t, "not_negative"));
    }
    if !(0.0..=t.1).contains(&t_x.1) {
        return Err(refuse(t_x, "within_observed"));
    }
    if (x.1 == 0.0) != (t_x.1 == 0.0) {
        return Err(FitError::HistoryContradicts {
            line,
            frequency: x.1,
            recency: t_x.1,
        });
    }
    Ok(())
}

fn describe_raw(fitted: &mut Fitted, customers: &Customers) {
    let Some(raw) = &customers.raw else {
        return;
    };
    fitted.put("unit", json!(raw.unit));
    fitted.put("calibration_end", json!(raw.calibration_end.to_string()));
    fitted.put("customers_left_out", json!(raw.later_customers));
    if raw.later_customers > 0 {
        fitted.put(
            "left_out_because",
            json!("first purchase after calibration_end"),
        );
    }
}

/// Expected purchases and P(alive) per customer, over the next `horizon` units of time.
fn predict<P: Outlook>(
    fitted: &mut Fitted,
    parameters: &P,
    (customers, history): (&Customers, &History),
    horizon: f64,
) {
    // Customers with the same history share one computation.
    let mut known: BTreeMap<(u32, u64, u64), (f64, f64)> = BTreeMap::new();
    let rows = history.len();
    let (mut alive, mut expected) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    for i in 0..rows {
        let row = history.row(i);
        let key = (row.frequency, row.recency.to_bits(), row.observed.to_bits());
        let (p, purchases) = *known.entry(key).or_insert_with(|| {
            (
                parameters.p_alive(row),
                parameters.expected_purchases(row, horizon),
            )
        });
        alive.push(p);
        expected.push(purchases);
    }
    fitted.put(
        "expected_purchases_of_a_new_customer",
        json!(parameters.expected_from_new(horizon)),
    );
    put_predictions(fitted, (customers, history), horizon, (alive, expected));
}

fn put_predictions(
    fitted: &mut Fitted,
    (customers, history): (&Customers, &History),
    horizon: f64,
    (alive, expected): (Vec<f64>, Vec<f64>),
) {
    let weighted = |values: &[f64]| -> f64 {
        values
            .iter()
            .enumerate()
            .map(|(i, value)| value * history.weight(i))
            .sum()
    };
    fitted.put("horizon", json!(horizon));
    fitted.put("expected_purchases_total", json!(weighted(&expected)));
    fitted.put(
        "mean_p_alive",
        json!(weighted(&alive) / history.customers()),
    );
    let longest = customers
        .observed
        .iter()
        .fold(0.0_f64, |longest, t| longest.max(*t));
    if horizon > 2.0 * longest {
        let caution = Caution::new("statistics.extrapolation");
        fitted
            .cautions
            .push(caution.with("observed", longest).with("asked", horizon));
    }
    let mut predictions = Predictions::new()
        .texts("customer", customers.names.clone())
        .numbers("x", customers.frequency.clone())
        .numbers("t_x", customers.recency.clone())
        .numbers("T", customers.observed.clone())
        .numbers("p_alive", alive)
        .numbers("expected_purchases", expected);
    if let Some(actual) = customers
        .raw
        .as_ref()
        .and_then(|raw| raw.purchases_within(horizon))
    {
        fitted.put("actual_purchases_total", json!(actual.iter().sum::<f64>()));
        predictions = predictions.numbers("actual_purchases", actual);
    }
    fitted.predictions = Some(predictions);
}
