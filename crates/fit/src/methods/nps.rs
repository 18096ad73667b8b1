//! How many more would recommend us than warn against us, and what can be believed of a small group?

use super::Method;
use super::purchases::LEVEL;
use crate::caution::{Caution, cautions_from};
use crate::columns::line_of;
use crate::explaining::on;
use crate::fitted::range;
use crate::groups::Groups;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::estimate::normal_quantile_for_level;
use odla_stats::survey::nps::{Nps, nps};
use odla_stats::survey::shrinkage::normal_normal;
use serde_json::{Map, Value, json};

pub const METHOD: Method = Method {
    name: "nps",
    roles: &["score", "group", "weights"],
    flags: &["group", "weights"],
    fit,
};

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let name = input.need("score")?;
    let scores = input.columns.numbers(&name)?;
    if let Some(row) = scores
        .iter()
        .position(|score| !score.is_nan() && !(0.0..=10.0).contains(score))
    {
        return Err(FitError::OutOfRange {
            column: name,
            line: line_of(row),
            rule: "score_range",
            value: scores[row],
        });
    }
    let weights = input.weights()?;
    let whole = nps(&scores, weights.as_deref(), LEVEL)?;
    let mut fitted = Fitted::new(input.method, whole.answers as f64);
    match input.named("group")? {
        Some(group) => {
            let groups = Groups::read(input.columns, &group)?;
            by_group(&mut fitted, &groups, (&scores, weights.as_deref()))?;
            fitted.put("overall", describe(&whole));
        }
        None => {
            fitted.params.push(("nps".to_owned(), whole.score.value));
            fitted
                .standard_errors
                .push(("nps".to_owned(), whole.score.standard_error));
            fitted.cautions = cautions_from(&whole.cautions);
            for (key, value) in describe(&whole).as_object().into_iter().flatten() {
                fitted.put(key, value.clone());
            }
        }
    }
    Ok(fitted)
}

/// Every group's own score as a param; beside it the score drawn towards the common one.
fn by_group(
    fitted: &mut Fitted,
    groups: &Groups,
    (scores, weights): (&[f64], Option<&[f64]>),
) -> Result<(), FitError> {
    let mut answered: Vec<(&String, Nps)> = Vec::new();
    for (at, name) in groups.names.iter().enumerate() {
        let rows = groups.rows(at);
        let own = weights.map(|weights| on(weights, &rows));
        // A group that gave no answer has no score.
        if let Ok(score) = nps(&on(scores, &rows), own.as_deref(), LEVEL) {
            answered.push((name, score));
        }
    }
    let values: Vec<f64> = answered.iter().map(|(_, nps)| nps.score.value).collect();
    let spreads: Vec<f64> = answered.iter().map(|(_, nps)| spread(nps)).collect();
    let shrunken = normal_normal(&values, &spreads, LEVEL)?;
    let mut all = Map::new();
    for (at, (name, nps)) in answered.iter().enumerate() {
        fitted.params.push(((*name).clone(), nps.score.value));
        fitted
            .standard_errors
            .push(((*name).clone(), nps.score.standard_error));
        let mut entry = describe(nps);
        entry["shrunken"] = json!(shrunken.groups[at].value);
        entry["shrunken_interval"] = range(&shrunken.groups[at].interval);
        all.insert((*name).clone(), entry);
    }
    fitted.put("groups", Value::Object(all));
    fitted.put("between_groups_sd", json!(shrunken.between_variance.sqrt()));
    fitted.cautions = cautions_from(&shrunken.cautions);
    if shrunken.between_variance == 0.0 {
        fitted
            .cautions
            .retain(|caution| caution.key != "statistics.boundary_optimum");
        fitted.cautions.push(Caution::new("fit.groups_alike"));
    }
    Ok(())
}

/// The doubt behind the interval, which is never 0: ten who all gave 10 do not prove that everyone would.
fn spread(nps: &Nps) -> f64 {
    let interval = nps.score.interval;
    let half_width = (interval.upper - interval.lower) / 2.0;
    nps.score
        .standard_error
        .max(half_width / normal_quantile_for_level(LEVEL))
}

fn describe(nps: &Nps) -> Value {
    json!({
        "n": nps.answers,
        "nps": nps.score.value,
        "interval": range(&nps.score.interval),
        "promoters": nps.promoters,
        "passives": nps.passives,
        "detractors": nps.detractors,
        "effective_answers": nps.effective_answers,
    })
}
