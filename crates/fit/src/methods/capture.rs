//! How many are there in all, when several lists each hold some of them?

use super::Method;
use super::purchases::LEVEL;
use crate::caution::cautions_from;
use crate::explaining::{complete_rows, tell_left_out};
use crate::fitted::range;
use crate::groups::events;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::hidden::{
    Description, HiddenFit, HiddenTotal, Lists, SelectBy, TwoLists, chapman, estimate_total,
    total_under_dependence,
};
use odla_stats::{Estimate, StatsError};
use serde_json::{Map, Value, json};

pub const METHOD: Method = Method {
    name: "capture",
    roles: &["list", "weights"],
    flags: &["weights", "method"],
    fit,
};

/// Odds ratios between lists for which the total is shown.
const ODDS_RATIOS: [f64; 5] = [0.5, 1.0, 2.0, 3.0, 4.0];

/// Fits the total to two lists (Chapman) or more (log-linear); rows are cases, or patterns with their number as weight.
fn fit(input: &Input) -> Result<Fitted, FitError> {
    let select = match input.options.design.as_deref() {
        None | Some("aic") => SelectBy::Aic,
        Some("bic") => SelectBy::Bic,
        Some(other) => {
            return Err(FitError::FlagUnknown {
                flag: "method".to_owned(),
                value: other.to_owned(),
                known: "aic, bic".to_owned(),
            });
        }
    };
    let (lists, left_out) = read(input)?;
    let mut fitted = Fitted::new(input.method, lists.seen());
    tell_left_out(
        &mut fitted,
        input.columns.rows() - left_out,
        input.columns.rows(),
    );
    if let [first, second] = lists.names() {
        let pair = format!("{first}+{second}");
        two(&mut fitted, &lists, &pair)?;
    } else {
        let total = estimate_total(&lists, select, LEVEL)?;
        several(&mut fitted, &lists, &total)?;
    }
    fitted.put("seen", json!(lists.seen()));
    Ok(fitted)
}

/// The lists, and the number of rows that could not be used.
fn read(input: &Input) -> Result<(Lists, usize), FitError> {
    let weights = input.weights()?;
    let own = input.find("weights")?;
    let mut names = input.listed("list")?;
    if names.is_empty() {
        let all = input
            .columns
            .names()
            .iter()
            .filter(|name| Some(*name) != own.as_ref());
        names = all
            .filter(|name| events(input.columns, name).is_ok())
            .cloned()
            .collect();
    }
    if names.len() < 2 {
        return Err(FitError::RoleMissing {
            method: input.method.to_owned(),
            role: "list".to_owned(),
            known: input.columns.names().join(", "),
        });
    }
    if names.len() > 10 {
        return Err(StatsError::invalid("lists (at most 10)").into());
    }
    let member = names
        .iter()
        .map(|name| events(input.columns, name).map(|(values, _)| values))
        .collect::<Result<Vec<_>, _>>()?;
    let rows = complete_rows(member.iter().map(Vec::as_slice), input.columns.rows());
    let mut counts = vec![0.0; 1 << names.len()];
    for &row in &rows {
        let pattern: usize = (0..names.len())
            .filter(|&k| member[k][row] == 1.0)
            .map(|k| 1 << k)
            .sum();
        // A row on no list says nothing about who is hidden.
        if pattern > 0 {
            counts[pattern] += weights.as_ref().map_or(1.0, |weights| weights[row]);
        }
    }
    Ok((
        Lists::new(&names, &counts)?,
        input.columns.rows() - rows.len(),
    ))
}

fn two(fitted: &mut Fitted, lists: &Lists, pair: &str) -> Result<(), FitError> {
    let two = pair_of(lists, 0b11);
    let (total, cautions) = chapman(&two, LEVEL)?;
    tell_total(fitted, lists.seen(), &total);
    fitted.cautions.extend(cautions_from(&cautions));
    fitted.put("dependence", dependence(&two)?);
    fitted.put("description", json!(format!("Chapman, {pair}")));
    Ok(())
}

fn several(fitted: &mut Fitted, lists: &Lists, found: &HiddenTotal) -> Result<(), FitError> {
    tell_total(fitted, found.seen, &found.best.total);
    fitted.log_likelihood = Some(found.best.log_likelihood);
    fitted.cautions.extend(cautions_from(&found.cautions));
    let name = |own: &HiddenFit| described(lists, &own.description);
    fitted.put("description", json!(name(&found.best)));
    let tried = found.tried.iter().map(|own| (name(own), fit_entry(own)));
    fitted.put("descriptions", Value::Object(tried.collect()));
    let mut pairs = Map::new();
    for one in 0..lists.len() {
        for other in one + 1..lists.len() {
            let two = pair_of(lists, 1 << one | 1 << other);
            if two.both > 0.0 {
                let (total, _) = chapman(&two, LEVEL)?;
                let name = format!("{}+{}", lists.names()[one], lists.names()[other]);
                pairs.insert(name, total_entry(&total));
            }
        }
    }
    fitted.put("pairs", Value::Object(pairs));
    Ok(())
}

fn tell_total(fitted: &mut Fitted, seen: f64, total: &Estimate) {
    let share = |whole: f64| 1.0 - seen / whole;
    for (name, value) in [
        ("total", total.value),
        ("hidden", total.value - seen),
        ("hidden_share", share(total.value)),
    ] {
        fitted.params.push((name.to_owned(), value));
    }
    for (name, error) in [
        ("total", total.standard_error),
        ("hidden", total.standard_error),
        (
            "hidden_share",
            seen / total.value.powi(2) * total.standard_error,
        ),
    ] {
        fitted.standard_errors.push((name.to_owned(), error));
    }
    let ends = &total.interval;
    fitted.put(
        "intervals",
        json!({
            "total": range(ends),
            "hidden_share": {"lower": share(ends.lower), "upper": share(ends.upper), "level": ends.level},
        }),
    );
}

fn pair_of(lists: &Lists, pair: usize) -> TwoLists {
    let first = pair & pair.wrapping_neg();
    TwoLists {
        first: lists.on(first),
        second: lists.on(pair ^ first),
        both: lists.on(pair),
    }
}

/// The total by odds ratio between the two lists.
fn dependence(two: &TwoLists) -> Result<Value, FitError> {
    let range = total_under_dependence(two, &ODDS_RATIOS, LEVEL)?;
    let entries = range
        .totals
        .iter()
        .map(|(odds, total)| (odds.to_string(), total_entry(total)));
    Ok(Value::Object(entries.collect()))
}

fn total_entry(total: &Estimate) -> Value {
    json!({"total": total.value, "standard_error": total.standard_error, "interval": range(&total.interval)})
}

fn fit_entry(own: &HiddenFit) -> Value {
    json!({
        "total": own.total.value,
        "lower": own.total.interval.lower,
        "upper": own.total.interval.upper,
        "deviance": own.deviance,
        "freedom": own.freedom,
        "aic": own.aic,
        "bic": own.bic,
    })
}

/// The dependent sets by the names of their lists.
fn described(lists: &Lists, description: &Description) -> String {
    let set = |set: &usize| {
        let names = lists.names().iter().enumerate();
        let own = names
            .filter(|(k, _)| set >> k & 1 == 1)
            .map(|(_, name)| name.as_str());
        own.collect::<Vec<_>>().join("+")
    };
    match description.dependent.is_empty() {
        true => "independent".to_owned(),
        false => description
            .dependent
            .iter()
            .map(set)
            .collect::<Vec<_>>()
            .join(", "),
    }
}
