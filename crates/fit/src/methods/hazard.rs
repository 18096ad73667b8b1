//! How does the probability to end in a period move with other columns?

use super::Method;
use super::lives::Lives;
use super::purchases::LEVEL;
use crate::caution::cautions_from;
use crate::columns::line_of;
use crate::error::of_rows;
use crate::explaining::tell_left_out;
use crate::fitted::range;
use crate::groups::Groups;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::contract::hazard::fit as fit_hazard;
use odla_stats::contract::{
    Column, FrailtyFit, HazardData, HazardFit, HazardSettings, Link, frailty,
};
use serde_json::{Map, Value, json};

pub const METHOD: Method = Method {
    name: "hazard",
    roles: &["time", "event", "entry", "covariate", "group"],
    flags: &["covariates", "group"],
    fit,
};

/// At most so many pieces of time with a hazard of their own, each with at least so many events.
const MOST_PIECES: usize = 12;
const EVENTS_PER_PIECE: usize = 5;
const MOST_PERIODS: f64 = 1e6;

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let lives = Lives::read(input)?;
    prove_periods(input, &lives)?;
    let names = &lives.explaining.names;
    let bounds = pieces(&lives);
    let (data, source) = periods(&lives, names, &bounds)?;
    // The rows of the design are not those of the file.
    let of_design = of_rows(&[]);
    let mut fitted = match input.named("group")? {
        Some(name) => {
            let groups = Groups::read(input.columns, &name)?;
            let alone = groups.names.len();
            // A life without a group stands alone.
            let of_life = |&life: &usize| groups.of_row[lives.rows[life]].unwrap_or(alone + life);
            let places: Vec<usize> = source.iter().map(of_life).collect();
            let result = frailty::fit(&data, &places, (Link::Cloglog, LEVEL)).map_err(of_design)?;
            let mut fitted = fitted_from(input.method, &result.hazard, (names, &bounds));
            put_frailty(&mut fitted, &result);
            fitted
        }
        None => {
            let settings = HazardSettings {
                link: Link::Cloglog,
                ridge: 0.0,
            };
            let result = fit_hazard(&data, &settings).map_err(of_design)?;
            fitted_from(input.method, &result, (names, &bounds))
        }
    };
    fitted.n = lives.rows.len() as f64;
    tell_left_out(&mut fitted, lives.rows.len(), input.columns.rows());
    fitted.put("columns", lives.told.clone());
    Ok(fitted)
}

/// Entry and end must be whole periods, with at least one between them.
fn prove_periods(input: &Input, lives: &Lives) -> Result<(), FitError> {
    for (at, &row) in lives.rows.iter().enumerate() {
        let entry = lives.entry_of(at);
        let whole = lives.time[at].fract() == 0.0 && entry.fract() == 0.0;
        if !whole || lives.time[at] <= entry || lives.time[at] > MOST_PERIODS {
            return Err(FitError::OutOfRange {
                column: input.need("time")?,
                line: line_of(row),
                rule: "whole_periods",
                value: lives.time[at],
            });
        }
    }
    Ok(())
}

/// The last period of every piece of time: cut so that the pieces hold about equally many events.
fn pieces(lives: &Lives) -> Vec<f64> {
    let mut times: Vec<f64> = lives
        .time
        .iter()
        .zip(&lives.event)
        .filter(|(_, event)| **event)
        .map(|(time, _)| *time)
        .collect();
    times.sort_by(f64::total_cmp);
    let wanted = (times.len() / EVENTS_PER_PIECE).clamp(1, MOST_PIECES);
    let mut bounds: Vec<f64> = (1..wanted)
        .map(|k| times[k * times.len() / wanted - 1])
        .collect();
    bounds.dedup();
    // The last piece must hold an event of its own.
    if bounds.last().is_some_and(|last| times.last() <= Some(last)) {
        bounds.pop();
    }
    bounds.push(f64::INFINITY);
    bounds
}

/// What the members of a group have in common beyond the columns.
fn put_frailty(fitted: &mut Fitted, result: &FrailtyFit) {
    let deviation = result.deviation;
    fitted.params.push(("frailty".to_owned(), deviation.value));
    fitted
        .standard_errors
        .push(("frailty".to_owned(), deviation.standard_error));
    fitted.put(
        "frailty",
        json!({
            "deviation": deviation.value,
            "interval": range(&deviation.interval),
            "p_value": result.frailty_p,
            "groups": result.groups.len(),
            "log_likelihood_without": result.plain_log_likelihood,
        }),
    );
}

/// One row per life and piece of time: periods at risk in it, and whether it ended there; and the life of every row.
fn periods(
    lives: &Lives,
    names: &[String],
    bounds: &[f64],
) -> Result<(HazardData, Vec<usize>), FitError> {
    let (mut at_risk, mut ended, mut source, mut piece) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for life in 0..lives.time.len() {
        let mut from = lives.entry_of(life);
        for (at, bound) in bounds.iter().enumerate() {
            let to = lives.time[life].min(*bound);
            if to <= from {
                continue;
            }
            at_risk.push(to - from);
            ended.push(f64::from(u8::from(
                to == lives.time[life] && lives.event[life],
            )));
            source.push(life);
            piece.push(at);
            from = to;
        }
    }
    let mut columns: Vec<Column> = (1..bounds.len())
        .map(|at| {
            let inside = piece
                .iter()
                .map(|own| f64::from(u8::from(*own == at)))
                .collect();
            Column::new(piece_name(bounds, at), inside)
        })
        .collect();
    for (name, values) in names.iter().zip(&lives.columns) {
        columns.push(Column::new(
            name.clone(),
            source.iter().map(|&life| values[life]).collect(),
        ));
    }
    Ok((HazardData::new(columns, at_risk, ended)?, source))
}

fn piece_name(bounds: &[f64], at: usize) -> String {
    let from = if at == 0 { 1.0 } else { bounds[at - 1] + 1.0 };
    match bounds[at] {
        to if to.is_infinite() => format!("periods {from}-"),
        to if to == from => format!("period {from}"),
        to => format!("periods {from}-{to}"),
    }
}

fn fitted_from(
    method: &'static str,
    result: &HazardFit,
    (names, bounds): (&[String], &[f64]),
) -> Fitted {
    let mut fitted = Fitted::new(method, 0.0);
    fitted.log_likelihood = Some(result.log_likelihood);
    fitted.converged = result.converged;
    fitted.cautions = cautions_from(&result.cautions);
    let mut intervals = Map::new();
    let of = |name: &str| result.names.iter().position(|own| own == name);
    for name in names {
        let Some(at) = of(name) else { continue };
        fitted.params.push((name.clone(), result.coefficients[at]));
        fitted
            .standard_errors
            .push((name.clone(), result.standard_errors[at]));
        if let Some(interval) = result.interval(name, LEVEL) {
            let ratio = result.coefficients[at].exp();
            intervals.insert(
                name.clone(),
                json!({"interval": range(&interval), "hazard_ratio": ratio}),
            );
        }
    }
    let baseline = (0..bounds.len()).map(|at| {
        let shift = of(&piece_name(bounds, at)).map_or(0.0, |k| result.coefficients[k]);
        let hazard = -(-(result.coefficients[0] + shift).exp()).exp_m1();
        (piece_name(bounds, at), json!(hazard))
    });
    fitted.put("baseline", Value::Object(baseline.collect()));
    fitted.put("effects", Value::Object(intervals));
    fitted.put("periods_at_risk", json!(result.at_risk));
    fitted.put("events", json!(result.ended));
    fitted
}
