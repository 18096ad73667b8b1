//! Which attributes carry the outcome, and how sure is that?

use super::Method;
use crate::caution::{Caution, cautions_from};
use crate::fitted::{by_name, range};
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::importance::{
    Driver, DriverConfig, DriverData, DriverResult, ResampledDominance, analyze,
};
use serde_json::{Map, Value, json};

pub const METHOD: Method = Method {
    name: "drivers",
    roles: &["outcome", "covariate", "weights"],
    flags: &["outcome", "covariates", "weights", "bootstrap"],
    fit,
};

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let outcome_name = input.need("outcome")?;
    let outcome = input.columns.numbers(&outcome_name)?;
    let (names, words_left_out) = attributes(input, &outcome_name)?;
    let attributes = names
        .iter()
        .map(|name| input.columns.numbers(name))
        .collect::<Result<Vec<_>, _>>()?;
    let weights = input.weights()?.unwrap_or_default();
    let standard = DriverConfig::standard();
    let config = DriverConfig {
        bootstrap: input.rounds(standard.bootstrap)?,
        seed: input.options.seed,
        ..standard
    };
    let data = DriverData {
        outcome: &outcome,
        attributes: &attributes,
        names: &names,
        weights: &weights,
    };
    let result = analyze(&data, &config)?;
    let mut fitted = fitted_from(input.method, &result);
    fitted.put(
        "columns",
        json!({"outcome": outcome_name, "attributes": names}),
    );
    if !words_left_out.is_empty() {
        fitted.put("columns_of_words_left_out", json!(words_left_out));
    }
    fitted.put("bootstrap", json!(config.bootstrap));
    fitted.put("seed", json!(config.seed));
    Ok(fitted)
}

/// The listed attributes, or every other column of numbers; then also the columns of words that were passed over.
fn attributes(input: &Input, outcome: &str) -> Result<(Vec<String>, Vec<String>), FitError> {
    let listed = input.covariates()?;
    if !listed.is_empty() {
        return Ok((listed, Vec::new()));
    }
    let weights = input.find("weights")?;
    let others = input
        .columns
        .names()
        .iter()
        .filter(|name| *name != outcome && Some(*name) != weights.as_ref())
        .cloned();
    let (numeric, words): (Vec<String>, Vec<String>) =
        others.partition(|name| input.columns.is_numeric(name));
    if numeric.is_empty() {
        return Err(FitError::NothingExplains {
            method: input.method.to_owned(),
            known: input.columns.names().join(", "),
        });
    }
    Ok((numeric, words))
}

fn fitted_from(method: &'static str, result: &DriverResult) -> Fitted {
    let mut fitted = Fitted::new(method, result.n as f64);
    fitted.cautions = cautions_from(&result.cautions);
    let lmg = column(result, |driver| driver.lmg);
    let johnson = column(result, |driver| driver.johnson);
    if lmg.iter().any(|(_, share)| share.is_nan()) {
        // Too many attributes for all orders of entry: relative weights stand in their place.
        let caution = Caution::new("drivers.relative_weights");
        fitted.cautions.push(caution.with("attributes", lmg.len()));
        fitted.params = johnson.clone();
    } else {
        fitted.params = lmg;
    }
    fitted.put("r2", json!(result.r2));
    fitted.put("r2_interval", range(&result.r2_interval));
    fitted.put("n_effective", json!(result.n_effective));
    fitted.put("johnson", by_name(&johnson));
    fitted.put(
        "intervals",
        each(result, |driver| range(&driver.lmg_interval)),
    );
    fitted.put(
        "johnson_intervals",
        each(result, |driver| range(&driver.johnson_interval)),
    );
    fitted.put(
        "rank_intervals",
        each(result, |driver| {
            json!([driver.rank_interval.0, driver.rank_interval.1])
        }),
    );
    fitted.put("q_values", each(result, |driver| json!(driver.q_value)));
    if let Some(resampled) = &result.dominance {
        fitted.put("dominance", dominance(result, resampled));
    }
    fitted.put("effects", each(result, effect));
    fitted.put("penalty_reward", each(result, contrast));
    fitted.put(
        "answers",
        each(result, |driver| json!({"n": driver.n, "mean": driver.mean})),
    );
    fitted
}

fn effect(driver: &Driver) -> Value {
    json!({
        "value": driver.effect,
        "lower": driver.effect_interval.lower,
        "upper": driver.effect_interval.upper,
        "level": driver.effect_interval.level,
        "p_value": driver.p_value,
        "q_value": driver.q_value,
        "significant": driver.significant,
    })
}

/// Mean gains by the number of others, and over whom each attribute is ahead: always, at every number of others, on average;
/// with the share of the resamples that show it.
fn dominance(result: &DriverResult, resampled: &ResampledDominance) -> Value {
    let found = &resampled.dominance;
    let name = |j: usize| result.drivers[j].name.clone();
    let one = |i: usize| {
        let over = (0..result.drivers.len()).filter(|&j| j != i).map(|j| {
            let entry = json!({
                "completely": found.complete[i][j] == 1.0,
                "conditionally": found.conditionally(i, j),
                "generally": found.general[i] > found.general[j],
                "share_completely": resampled.completely[i][j],
                "share_conditionally": resampled.conditionally[i][j],
                "share_generally": resampled.generally[i][j],
            });
            (name(j), entry)
        });
        let over: Map<_, _> = over.collect();
        json!({"gains": found.conditional[i], "over": over})
    };
    let all = (0..result.drivers.len()).map(|i| (name(i), one(i)));
    Value::Object(all.collect())
}

fn contrast(driver: &Driver) -> Value {
    let Some(contrast) = &driver.contrast else {
        return Value::Null;
    };
    json!({
        "low_to": contrast.low_to,
        "high_from": contrast.high_from,
        "penalty": contrast.penalty,
        "penalty_interval": range(&contrast.penalty_interval),
        "reward": contrast.reward,
        "reward_interval": range(&contrast.reward_interval),
        "asymmetry": contrast.asymmetry,
        "asymmetry_interval": range(&contrast.asymmetry_interval),
    })
}

fn column(result: &DriverResult, pick: fn(&Driver) -> f64) -> Vec<(String, f64)> {
    let drivers = result.drivers.iter();
    drivers
        .map(|driver| (driver.name.clone(), pick(driver)))
        .collect()
}

fn each(result: &DriverResult, show: fn(&Driver) -> Value) -> Value {
    let entries = result
        .drivers
        .iter()
        .map(|driver| (driver.name.clone(), show(driver)));
    Value::Object(entries.collect::<Map<_, _>>())
}
