//! Which columns make the event come sooner or later?

use super::Method;
use super::lives::Lives;
use super::purchases::LEVEL;
use crate::caution::{Caution, cautions_from};
use crate::error::of_rows;
use crate::explaining::{on, tell_left_out};
use crate::fitted::range;
use crate::groups::Groups;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::regression::{Coefficient, Weights};
use odla_stats::survival::cox::{CoxConfig, CoxFit, CoxSample, Ties, fit as fit_cox};
use odla_stats::survival::frailty;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub const METHOD: Method = Method {
    name: "cox",
    roles: &[
        "time",
        "event",
        "entry",
        "covariate",
        "weights",
        "group",
        "stratum",
        "frailty",
    ],
    flags: &["covariates", "weights", "group"],
    fit,
};

fn fit(input: &Input) -> Result<Fitted, FitError> {
    if input.covariates()?.is_empty() {
        return Err(FitError::NothingExplains {
            method: input.method.to_owned(),
            known: input.columns.names().join(", "),
        });
    }
    let lives = Lives::read(input)?;
    let weights = input
        .named("weights")?
        .map(|_| input.weights())
        .transpose()?
        .flatten();
    let weights = weights.map(|weights| on(&weights, &lives.rows));
    let clusters = places(input, "group", &lives.rows)?;
    let strata = places(input, "stratum", &lives.rows)?;
    let frailty = input.named("frailty")?;
    let sample = CoxSample {
        spells: lives.spells(),
        columns: &lives.columns,
        names: &lives.explaining.names,
        weights: weights.as_deref().map_or(Weights::Equal, Weights::Sampling),
        strata: strata.as_deref(),
        clusters: clusters.as_deref(),
    };
    let mut fitted = match frailty {
        Some(name) => with_frailty(input, (&sample, &lives.rows), &name)?,
        None => {
            let config = CoxConfig {
                ties: Ties::Efron,
                robust: weights.is_some() || clusters.is_some(),
                level: LEVEL,
            };
            let result = fit_cox(&sample, &config).map_err(of_rows(&lives.rows))?;
            fitted_from(input.method, &result)
        }
    };
    fitted.n = lives.rows.len() as f64;
    tell_left_out(&mut fitted, lives.rows.len(), input.columns.rows());
    fitted.put("columns", lives.told.clone());
    Ok(fitted)
}

/// The groups share a gamma frailty; errors are then not clustered as well.
fn with_frailty(
    input: &Input,
    (sample, rows): (&CoxSample, &[usize]),
    name: &str,
) -> Result<Fitted, FitError> {
    let groups = Groups::read(input.columns, name)?;
    let alone = groups.names.len();
    // A row without a group stands alone.
    let of_row = |(at, &row): (usize, &usize)| groups.of_row[row].unwrap_or(alone + at);
    let places: Vec<usize> = rows.iter().enumerate().map(of_row).collect();
    let result = frailty::fit(sample, &places, (Ties::Efron, LEVEL)).map_err(of_rows(rows))?;
    let mut fitted = Fitted::new(input.method, 0.0);
    fitted.log_likelihood = Some(result.log_likelihood);
    fitted.cautions = cautions_from(&result.cautions);
    if sample.clusters.is_some() {
        let unused = Caution::new("fit.flag_unused").with("flag", "group");
        fitted.cautions.push(unused.with("method", input.method));
    }
    put_effects(&mut fitted, &result.coefficients, &[]);
    let variance = result.variance;
    fitted.params.push(("frailty".to_owned(), variance.value));
    fitted
        .standard_errors
        .push(("frailty".to_owned(), variance.standard_error));
    let seen: BTreeSet<usize> = places.into_iter().collect();
    let own = (seen.iter().zip(&result.groups))
        .filter_map(|(place, w)| Some((groups.names.get(*place)?.clone(), json!(w))));
    fitted.put(
        "frailty",
        json!({
            "variance": variance.value,
            "interval": range(&variance.interval),
            "p_value": result.variance_p,
            "kendall": result.kendall(),
            "groups": seen.len(),
            "of_groups": own.collect::<Map<String, Value>>(),
            "log_likelihood_without": result.plain_log_likelihood,
        }),
    );
    fitted.put("events", json!(result.events));
    fitted.put("ties", json!("efron"));
    Ok(fitted)
}

/// The place of each used row's word in a column that a flag names; rows without a word share one.
fn places(input: &Input, role: &str, rows: &[usize]) -> Result<Option<Vec<usize>>, FitError> {
    let Some(name) = input.named(role)? else {
        return Ok(None);
    };
    let groups = Groups::read(input.columns, &name)?;
    let none = groups.names.len();
    Ok(Some(
        rows.iter()
            .map(|&row| groups.of_row[row].unwrap_or(none))
            .collect(),
    ))
}

fn fitted_from(method: &'static str, result: &CoxFit) -> Fitted {
    let mut fitted = Fitted::new(method, 0.0);
    fitted.log_likelihood = Some(result.log_likelihood);
    fitted.cautions = cautions_from(&result.cautions);
    put_effects(&mut fitted, &result.coefficients, &result.proportionality);
    fitted.put("concordance", json!(result.concordance));
    fitted.put("events", json!(result.events));
    fitted.put("null_log_likelihood", json!(result.null_log_likelihood));
    fitted.put("likelihood_ratio", json!(result.likelihood_ratio()));
    fitted.put("ties", json!("efron"));
    fitted
}

/// Log hazard ratios with their errors, and what `extra.effects` tells of each.
fn put_effects(fitted: &mut Fitted, coefficients: &[Coefficient], drift: &[f64]) {
    let mut effects = Map::new();
    for (at, coefficient) in coefficients.iter().enumerate() {
        let (name, estimate) = (coefficient.name.clone(), coefficient.estimate);
        fitted.params.push((name.clone(), estimate.value));
        fitted
            .standard_errors
            .push((name.clone(), estimate.standard_error));
        let mut effect = json!({
            "interval": range(&estimate.interval),
            "p_value": coefficient.p_value,
            "hazard_ratio": estimate.value.exp(),
        });
        if let Some(p) = drift.get(at) {
            effect["proportionality_p"] = json!(p);
        }
        effects.insert(name, effect);
    }
    fitted.put("effects", Value::Object(effects));
}
