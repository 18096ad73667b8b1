//! How large a share has not had the event after so long?

use super::Method;
use super::lives::Lives;
use super::purchases::LEVEL;
use crate::error::of_rows;
use crate::explaining::tell_left_out;
use crate::groups::Groups;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::survival::Spells;
use odla_stats::survival::kaplan_meier::{SurvivalCurve, fit as fit_curve};
use serde_json::{Map, Value, json};

pub const METHOD: Method = Method {
    name: "kaplan-meier",
    roles: &["time", "event", "entry", "group"],
    flags: &["group"],
    fit,
};

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let lives = Lives::read(input)?;
    let mut fitted = Fitted::new(input.method, lives.rows.len() as f64);
    tell_left_out(&mut fitted, lives.rows.len(), input.columns.rows());
    fitted.put("events", json!(lives.events()));
    fitted.put("columns", lives.told.clone());
    let Some(name) = input.named("group")? else {
        let curve = fit_curve(&lives.spells(), LEVEL).map_err(of_rows(&lives.rows))?;
        fitted.params.push(("median".to_owned(), median(&curve)));
        fitted.put("median", median_of(&curve));
        fitted.put(
            "restricted_mean",
            json!(curve.restricted_mean(curve.last_seen)),
        );
        fitted.put("last_seen", json!(curve.last_seen));
        fitted.put("curve", steps(&curve));
        return Ok(fitted);
    };
    by_group(&mut fitted, &lives, &Groups::read(input.columns, &name)?)?;
    Ok(fitted)
}

/// One curve per group; its median is the group's param.
fn by_group(fitted: &mut Fitted, lives: &Lives, groups: &Groups) -> Result<(), FitError> {
    let (mut medians, mut curves) = (Map::new(), Map::new());
    for (at, name) in groups.names.iter().enumerate() {
        let of_file = |place: &usize| groups.of_row[lives.rows[*place]] == Some(at);
        let places: Vec<usize> = (0..lives.rows.len()).filter(of_file).collect();
        let (entry, time, event) = lives.part(&places);
        let spells = Spells {
            entry: entry.as_deref(),
            time: &time,
            event: &event,
            weights: None,
        };
        let curve = fit_curve(&spells, LEVEL).map_err(of_rows(&[]))?;
        fitted.params.push((name.clone(), median(&curve)));
        let mut told = median_of(&curve);
        told["n"] = json!(time.len());
        told["events"] = json!(event.iter().filter(|happened| **happened).count());
        medians.insert(name.clone(), told);
        curves.insert(name.clone(), steps(&curve));
    }
    fitted.put("groups", Value::Object(medians));
    fitted.put("curves", Value::Object(curves));
    Ok(())
}

/// NaN while the curve stays above one half.
fn median(curve: &SurvivalCurve) -> f64 {
    curve.median().map_or(f64::NAN, |median| median.value)
}

fn median_of(curve: &SurvivalCurve) -> Value {
    curve.median().map_or_else(
        || json!({"value": null, "lower": null, "upper": null, "level": LEVEL}),
        |median| json!({"value": median.value, "lower": median.lower, "upper": median.upper, "level": LEVEL}),
    )
}

fn steps(curve: &SurvivalCurve) -> Value {
    let step = curve.steps.iter().map(|step| {
        json!({
            "time": step.risk.time,
            "at_risk": step.risk.at_risk,
            "events": step.risk.events,
            "survival": step.survival.value,
            "standard_error": step.survival.standard_error,
            "lower": step.survival.interval.lower,
            "upper": step.survival.interval.upper,
        })
    });
    Value::Array(step.collect())
}
