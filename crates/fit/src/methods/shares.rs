//! How large a share said or did it, and what can be believed of a small group?

use super::Method;
use super::purchases::LEVEL;
use crate::caution::{Caution, cautions_from};
use crate::explaining::{complete_rows, tell_left_out};
use crate::fitted::range;
use crate::groups::{Groups, events};
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::survey::nps::proportion;
use odla_stats::survey::shrinkage::beta_binomial;
use serde_json::{Map, Value, json};

pub const METHOD: Method = Method {
    name: "shares",
    roles: &["score", "group"],
    flags: &["group"],
    fit,
};

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let name = input.need("score")?;
    let (values, coding) = events(input.columns, &name)?;
    let rows = complete_rows(std::iter::once(values.as_slice()), values.len());
    let yes = |rows: &[usize]| rows.iter().map(|&row| values[row]).sum::<f64>();
    let whole = proportion(yes(&rows), rows.len() as f64, LEVEL)?;
    let mut fitted = Fitted::new(input.method, rows.len() as f64);
    tell_left_out(&mut fitted, rows.len(), values.len());
    fitted.put("coding", json!(coding));
    let Some(group) = input.named("group")? else {
        fitted.params.push(("share".to_owned(), whole.value));
        fitted
            .standard_errors
            .push(("share".to_owned(), whole.standard_error));
        fitted.put("interval", range(&whole.interval));
        return Ok(fitted);
    };
    fitted.put(
        "overall",
        json!({"share": whole.value, "interval": range(&whole.interval)}),
    );
    let groups = Groups::read(input.columns, &group)?;
    let counted: Vec<(f64, f64)> = (0..groups.names.len())
        .map(|at| {
            let own: Vec<usize> = groups
                .rows(at)
                .into_iter()
                .filter(|&row| !values[row].is_nan())
                .collect();
            (yes(&own), own.len() as f64)
        })
        .collect();
    by_group(&mut fitted, &groups.names, &counted)?;
    Ok(fitted)
}

/// Every group's own share as a param; beside it the share drawn towards the common one.
fn by_group(fitted: &mut Fitted, names: &[String], counted: &[(f64, f64)]) -> Result<(), FitError> {
    let (successes, trials): (Vec<f64>, Vec<f64>) = counted.iter().copied().unzip();
    let shrunken = beta_binomial(&successes, &trials, LEVEL)?;
    let mut all = Map::new();
    for (at, name) in names.iter().enumerate().filter(|(at, _)| trials[*at] > 0.0) {
        let own = proportion(successes[at], trials[at], LEVEL)?;
        fitted.params.push((name.clone(), own.value));
        fitted
            .standard_errors
            .push((name.clone(), own.standard_error));
        let entry = json!({
            "n": trials[at] as u64,
            "share": own.value,
            "interval": range(&own.interval),
            "shrunken": shrunken.groups[at].value,
            "shrunken_interval": range(&shrunken.groups[at].interval),
        });
        all.insert(name.clone(), entry);
    }
    fitted.log_likelihood = Some(shrunken.log_likelihood);
    fitted.put("groups", Value::Object(all));
    fitted.put(
        "between_groups",
        json!({"alpha": shrunken.alpha, "beta": shrunken.beta}),
    );
    let alike = shrunken
        .cautions
        .iter()
        .any(|caution| caution.key() == "heterogeneity_not_identified");
    let told = cautions_from(&shrunken.cautions)
        .into_iter()
        .filter(|caution| !(alike && caution.key == "statistics.heterogeneity_not_identified"));
    fitted.cautions.extend(told);
    if alike {
        fitted.cautions.push(Caution::new("fit.groups_alike"));
    }
    Ok(())
}
