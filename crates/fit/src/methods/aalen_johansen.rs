//! How large a share has ended in each way after so long?

use super::Method;
use super::purchases::LEVEL;
use crate::error::of_rows;
use crate::explaining::{complete_rows, on, tell_left_out};
use crate::fitted::range;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::StatsError;
use odla_stats::survival::aalen_johansen::{CompetingSpells, IncidenceCurves, fit as fit_curves};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub const METHOD: Method = Method {
    name: "aalen-johansen",
    roles: &["time", "event", "entry"],
    flags: &["predict"],
    fit,
};

/// Words that mean "not ended when last seen".
const CENSORED: [&str; 8] = [
    "0",
    "no",
    "nej",
    "false",
    "censored",
    "censurerad",
    "none",
    "active",
];

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let (time_name, event_name) = (input.need("time")?, input.need("event")?);
    let time = input.columns.numbers(&time_name)?;
    let texts = input.columns.texts(&event_name)?;
    let entry = match input.find("entry")? {
        Some(name) => Some(input.columns.numbers(&name)?),
        None => None,
    };
    let is_end = |text: &str| !CENSORED.contains(&text.to_lowercase().as_str());
    let kinds: Vec<String> = (texts.iter().filter(|text| !text.is_empty() && is_end(text)))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|text| (*text).to_owned())
        .collect();
    let numbers = [Some(&time), entry.as_ref()].into_iter().flatten();
    let rows: Vec<usize> = complete_rows(numbers.map(Vec::as_slice), time.len())
        .into_iter()
        .filter(|&row| !texts[row].is_empty())
        .collect();
    let place = |row: &usize| {
        kinds
            .iter()
            .position(|kind| kind == texts[*row])
            .map_or(0, |k| k + 1)
    };
    let end: Vec<usize> = rows.iter().map(place).collect();
    let (own_entry, own_time) = (entry.map(|entry| on(&entry, &rows)), on(&time, &rows));
    if kinds.is_empty() {
        let rows = rows.len();
        return Err(StatsError::AllCensored { rows }.into());
    }
    let spells = CompetingSpells {
        entry: own_entry.as_deref(),
        time: &own_time,
        end: &end,
        kinds: &kinds,
        weights: None,
    };
    let curves = fit_curves(&spells, LEVEL).map_err(of_rows(&rows))?;
    let mut fitted = Fitted::new(input.method, rows.len() as f64);
    tell_left_out(&mut fitted, rows.len(), time.len());
    let horizon = input.horizon()?.unwrap_or(curves.last_seen);
    put_shares(&mut fitted, &curves, horizon);
    fitted.put("curve", steps(&curves));
    fitted.put("columns", json!({"time": time_name, "event": event_name}));
    Ok(fitted)
}

/// The share of each kind at the horizon, null beyond what was seen.
fn put_shares(fitted: &mut Fitted, curves: &IncidenceCurves, horizon: f64) {
    let at = curves.at(horizon);
    let mut intervals = Map::new();
    for (k, kind) in curves.kinds.iter().enumerate() {
        let share = at.as_ref().map(|shares| shares[k]);
        let value = share.map_or(f64::NAN, |s| s.value);
        fitted.params.push((kind.clone(), value));
        let error = share.map_or(f64::NAN, |s| s.standard_error);
        fitted.standard_errors.push((kind.clone(), error));
        let told = share.map_or(Value::Null, |s| range(&s.interval));
        intervals.insert(kind.clone(), told);
    }
    fitted.put("at", json!(horizon));
    fitted.put("last_seen", json!(curves.last_seen));
    fitted.put("intervals", Value::Object(intervals));
}

fn steps(curves: &IncidenceCurves) -> Value {
    let step = curves.steps.iter().map(|step| {
        let mut told = Map::new();
        told.insert("time".to_owned(), json!(step.time));
        told.insert("at_risk".to_owned(), json!(step.at_risk));
        told.insert("survival".to_owned(), json!(step.survival));
        for (kind, share) in curves.kinds.iter().zip(&step.incidence) {
            told.insert(kind.clone(), json!(share.value));
        }
        Value::Object(told)
    });
    Value::Array(step.collect())
}
