//! Do the questions of a scale measure one thing, and which of them does not?

use super::Method;
use super::purchases::LEVEL;
use crate::caution::cautions_from;
use crate::explaining::tell_left_out;
use crate::fitted::range;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::survey::reliability::{ItemReliability, cronbach_alpha};
use serde_json::{Value, json};

pub const METHOD: Method = Method {
    name: "alpha",
    roles: &["covariate", "weights"],
    flags: &["covariates", "weights"],
    fit,
};

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let names = items(input, &[])?;
    let items = names
        .iter()
        .map(|name| input.columns.numbers(name))
        .collect::<Result<Vec<_>, _>>()?;
    let weights = input.weights()?;
    let found = cronbach_alpha(&items, &names, weights.as_deref(), LEVEL)?;
    let mut fitted = Fitted::new(input.method, found.answers as f64);
    tell_left_out(&mut fitted, found.answers, found.answers + found.left_out);
    fitted.cautions.extend(cautions_from(&found.cautions));
    fitted.params = vec![
        ("alpha".to_owned(), found.alpha.value),
        ("standardized_alpha".to_owned(), found.standardized_alpha),
    ];
    fitted.standard_errors = vec![("alpha".to_owned(), found.alpha.standard_error)];
    fitted.put("interval", range(&found.alpha.interval));
    fitted.put("mean_correlation", json!(found.mean_correlation));
    let each = found
        .items
        .iter()
        .map(|item| (item.name.clone(), describe(item)));
    fitted.put("items", Value::Object(each.collect()));
    Ok(fitted)
}

/// The items that are listed, or every column of numbers that plays no other role.
pub fn items(input: &Input, others: &[String]) -> Result<Vec<String>, FitError> {
    let listed = input.covariates()?;
    if !listed.is_empty() {
        return Ok(listed);
    }
    let weights = input.find("weights")?;
    let names = input.columns.names().iter();
    let items: Vec<String> = names
        .filter(|name| !others.contains(name) && Some(*name) != weights.as_ref())
        .filter(|name| input.columns.is_numeric(name))
        .cloned()
        .collect();
    match items.is_empty() {
        true => Err(FitError::NothingExplains {
            method: input.method.to_owned(),
            known: input.columns.names().join(", "),
        }),
        false => Ok(items),
    }
}

fn describe(item: &ItemReliability) -> Value {
    json!({
        "mean": item.mean,
        "standard_deviation": item.standard_deviation,
        "rest_correlation": item.rest_correlation,
        "alpha_without": item.alpha_without,
    })
}
