//! How do columns known of each customer move the purchase rate and the dropout?

use super::purchases::LEVEL;
use crate::caution::cautions_from;
use crate::columns::line_of;
use crate::explaining::explaining;
use crate::fitted::range;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::btyd::{Covariates, History, Outlook, PurchaseKind, covariates};
use odla_stats::regression::Coefficient;
use serde_json::{Map, Value, json};

/// P(alive) and expected purchases per customer.
pub type Expected = (Vec<f64>, Vec<f64>);

/// The columns of `--covariates` (rate and dropout), of the role `rate` (rate only) and of the role `dropout`; none when nothing is listed.
pub fn read(input: &Input, kind: PurchaseKind, raw: bool) -> Result<Option<Covariates>, FitError> {
    let both = input.covariates()?;
    let (rate, dropout) = (input.listed("rate")?, input.listed("dropout")?);
    if both.is_empty() && rate.is_empty() && dropout.is_empty() {
        return Ok(None);
    }
    if raw {
        // Single purchases have no columns of the customer: one row per customer is needed.
        return Err(FitError::RoleMissing {
            method: input.method.to_owned(),
            role: "x".to_owned(),
            known: input.columns.names().join(", "),
        });
    }
    let moves_dropout = kind != PurchaseKind::Nbd;
    let joined = |own: &[String], shared: bool| -> Vec<String> {
        let mut names = if shared { both.clone() } else { Vec::new() };
        names.extend(own.iter().filter(|name| !both.contains(name)).cloned());
        names
    };
    Ok(Some(Covariates {
        purchase: columns(input, &joined(&rate, true))?,
        dropout: columns(input, &joined(&dropout, moves_dropout))?,
    }))
}

/// Fits, and gives P(alive) and expected purchases when there is a horizon.
pub fn fit(
    input: &Input,
    kind: PurchaseKind,
    (history, covariates): (&History, &Covariates),
    horizon: Option<f64>,
) -> Result<(Fitted, Option<Expected>), FitError> {
    let fit = covariates::fit(kind, history, covariates, LEVEL)?;
    let mut fitted = Fitted::new(input.method, fit.customers);
    fitted.converged = fit.converged;
    fitted.log_likelihood = Some(fit.log_likelihood);
    fitted.cautions = cautions_from(&fit.cautions);
    let mut intervals = Map::new();
    let (mut values, mut errors) = (fit.base.clone(), fit.base_errors.clone());
    for coefficient in fit.purchase.iter().chain(&fit.dropout) {
        values.push(coefficient.estimate.value);
        errors.push(coefficient.estimate.standard_error);
    }
    for (name, (value, error)) in fit.names.iter().zip(values.into_iter().zip(errors)) {
        fitted.params.push((name.clone(), value));
        fitted.standard_errors.push((name.clone(), error));
        if let Some(interval) = fit.interval(name, LEVEL) {
            intervals.insert(name.clone(), range(&interval));
        }
    }
    fitted.put("intervals", Value::Object(intervals));
    fitted.put("rate_effects", told(&fit.purchase));
    fitted.put("dropout_effects", told(&fit.dropout));
    fitted.put(
        "log_likelihood_without_covariates",
        json!(fit.plain_log_likelihood),
    );
    fitted.put("likelihood_ratio", json!(fit.likelihood_ratio()));
    fitted.put("iterations", json!(fit.iterations));
    let Some(horizon) = horizon else {
        return Ok((fitted, None));
    };
    let outlook = Outlook {
        horizon,
        discount: 0.0,
    };
    let alive = fit.p_alive(history, covariates)?;
    let expected = fit.expected_purchases(history, covariates, outlook)?;
    Ok((fitted, Some((alive, expected))))
}

fn told(coefficients: &[Coefficient]) -> Value {
    let effect = |c: &Coefficient| {
        let told = json!({
            "factor": c.estimate.value.exp(),
            "interval": range(&c.estimate.interval),
            "p_value": c.p_value,
        });
        (c.name.clone(), told)
    };
    Value::Object(coefficients.iter().map(effect).collect())
}

/// Columns without holes: every customer counts.
fn columns(input: &Input, names: &[String]) -> Result<Vec<(String, Vec<f64>)>, FitError> {
    let explaining = explaining(input, names)?;
    for (name, values) in explaining.names.iter().zip(&explaining.columns) {
        if let Some(row) = values.iter().position(|value| value.is_nan()) {
            return Err(FitError::Missing {
                column: name.split('=').next().unwrap_or(name).to_owned(),
                line: line_of(row),
            });
        }
    }
    Ok(explaining
        .names
        .into_iter()
        .zip(explaining.columns)
        .collect())
}
