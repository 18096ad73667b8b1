//! How does an outcome move with other columns when the members of a group have something in common?

use super::Method;
use super::icc::{read, rows_of};
use super::purchases::LEVEL;
use crate::caution::cautions_from;
use crate::error::of_rows;
use crate::explaining::{complete_rows, explaining, on, tell_left_out};
use crate::fitted::range;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::regression::random_slopes::{self, RandomSlopesFit};
use odla_stats::regression::{Sample, Weights, mixed};
use serde_json::{Map, Value, json};

pub const METHOD: Method = Method {
    name: "mixed",
    roles: &["value", "group", "outcome", "covariate", "slope"],
    flags: &["group", "outcome", "covariates"],
    fit,
};

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let (value_name, values, groups) = read(input)?;
    let slope = input.named("slope")?;
    let mut listed = input.covariates()?;
    listed.extend(
        slope
            .iter()
            .filter(|name| !listed.contains(name))
            .cloned()
            .collect::<Vec<_>>(),
    );
    let explaining = explaining(input, &listed)?;
    let complete = complete_rows(explaining.columns.iter().map(Vec::as_slice), values.len());
    let with_both = rows_of(&values, &groups);
    let rows: Vec<usize> = complete
        .into_iter()
        .filter(|row| with_both.binary_search(row).is_ok())
        .collect();
    let (outcome, columns) = (on(&values, &rows), explaining.on(&rows));
    let clusters: Vec<usize> = rows.iter().filter_map(|&row| groups.of_row[row]).collect();
    let sample = Sample {
        outcome: &outcome,
        columns: &columns,
        names: &explaining.names,
        weights: Weights::Equal,
        clusters: Some(&clusters),
    };
    if let Some(slope) = slope {
        let result = random_slopes::fit(&sample, &[slope], LEVEL).map_err(of_rows(&rows))?;
        let mut fitted = with_slopes(input.method, &result);
        tell_left_out(&mut fitted, rows.len(), values.len());
        let named = groups_present(&groups.names, &clusters).into_iter();
        let effects = named.zip(&result.group_effects);
        let effects = effects.map(|(name, effects)| (name, json!(effects)));
        fitted.put("group_effects", Value::Object(effects.collect()));
        fitted.put(
            "columns",
            json!({"value": value_name, "references": explaining.references}),
        );
        return Ok(fitted);
    }
    let result = mixed::fit(&sample, LEVEL).map_err(of_rows(&rows))?;
    let mut fitted = Fitted::new(input.method, rows.len() as f64);
    fitted.cautions = cautions_from(&result.cautions);
    tell_left_out(&mut fitted, rows.len(), values.len());
    fitted.log_likelihood = Some(result.restricted_log_likelihood);
    let mut tests = Map::new();
    for coefficient in &result.coefficients.table {
        let (name, estimate) = (coefficient.name.clone(), coefficient.estimate);
        fitted.params.push((name.clone(), estimate.value));
        fitted
            .standard_errors
            .push((name.clone(), estimate.standard_error));
        tests.insert(
            name,
            json!({"interval": range(&estimate.interval), "p_value": coefficient.p_value}),
        );
    }
    fitted.put("icc", json!(result.icc));
    fitted.put(
        "variance",
        json!({"between": result.between_variance, "within": result.within_variance}),
    );
    fitted.put("likelihood", json!("restricted"));
    fitted.put("groups", json!(result.groups));
    fitted.put("tests", Value::Object(tests));
    let effects = groups_present(&groups.names, &clusters)
        .into_iter()
        .zip(&result.group_effects);
    let effects = effects.map(|(name, effect)| (name, json!(effect)));
    fitted.put("group_effects", Value::Object(effects.collect()));
    fitted.put(
        "columns",
        json!({"value": value_name, "references": explaining.references}),
    );
    Ok(fitted)
}

/// A fit whose slope varies over groups: coefficients, and deviations and correlation of the groups' effects.
fn with_slopes(method: &'static str, result: &RandomSlopesFit) -> Fitted {
    let mut fitted = Fitted::new(method, result.observations);
    fitted.cautions = cautions_from(&result.cautions);
    fitted.converged = result.converged;
    fitted.log_likelihood = Some(result.restricted_log_likelihood);
    let mut tests = Map::new();
    for coefficient in &result.coefficients.table {
        let (name, estimate) = (coefficient.name.clone(), coefficient.estimate);
        fitted.params.push((name.clone(), estimate.value));
        fitted
            .standard_errors
            .push((name.clone(), estimate.standard_error));
        let told = json!({"interval": range(&estimate.interval), "p_value": coefficient.p_value});
        tests.insert(name, told);
    }
    let deviation = |k: usize| result.effect_covariance[(k, k)].max(0.0).sqrt();
    fitted.put(
        "variance",
        json!({
            "intercept_deviation": deviation(0),
            "slope_deviation": deviation(1),
            "correlation": result.correlation(0, 1),
            "within": result.within_variance,
        }),
    );
    fitted.put("likelihood", json!("restricted"));
    fitted.put("groups", json!(result.groups));
    fitted.put("tests", Value::Object(tests));
    fitted
}

/// The names of the groups that have a row, in rising order of their number.
fn groups_present(names: &[String], clusters: &[usize]) -> Vec<String> {
    let present: std::collections::BTreeSet<usize> = clusters.iter().copied().collect();
    present.into_iter().map(|at| names[at].clone()).collect()
}
