//! Can the effect be believed: watched at any time, between matched pairs, on outcomes it cannot touch?

use super::effect::{ArmEffect, Trial, e_value, fitted_from};
use super::effect_choice::put_effect;
use super::purchases::LEVEL;
use crate::caution::{Caution, cautions_from};
use crate::columns::line_of;
use crate::error::of_rows;
use crate::explaining::{complete_rows, on, tell_left_out};
use crate::groups::{Groups, events};
use crate::input::Input;
use crate::{FitError, Fitted, Options};
use odla_stats::causal::anytime::{self, RunningMean};
use odla_stats::causal::matched::Pairs;
use odla_stats::causal::negative;
use odla_stats::causal::randomized::{SAMPLE_RATIO_LIMIT, sample_ratio_p};
use odla_stats::{Estimate, StatsError, causal::blocks};
use serde_json::{Map, Value, json};

/// Looks that are told of a trial that is watched.
const LOOKS: usize = 20;
/// Rows of an arm up to which the band for shares is played out.
const MOST_BETS: usize = 100_000;
/// Odds of treatment that partners may have differed by.
const BIASES: [f64; 6] = [1.0, 1.25, 1.5, 2.0, 3.0, 5.0];
/// Worst p-value at which a finding between pairs is given up.
const LIMIT: f64 = 0.05;

/// Arms against the control in the order of the rows, with intervals that hold at all looks at once.
pub fn watched(input: &Input, trial: &Trial) -> Result<Fitted, FitError> {
    let planned = input.horizon()?;
    let effects = (0..trial.arms.len()).map(|at| {
        let (places, treated) = trial.pair(at);
        let outcome = on(&trial.outcome, &places);
        let planned = planned.unwrap_or(outcome.len() as f64);
        let course = watch(&outcome, &treated, planned)?;
        let share = course.treated.rows / outcome.len() as f64;
        Ok(ArmEffect {
            name: trial.names()[at].clone(),
            p_value: anytime::anytime_p(&course.last, outcome.len() as f64, planned),
            estimate: course.last,
            overlap: json!({"share_outside": 0.0, "lowest_chance": share, "highest_chance": share}),
            e_value: None,
            more: json!({
                "planned_rows": planned,
                "first_row_that_calls": course.first_called,
                "looks": course.looks,
                "shares": shares(&outcome, &treated)?,
            }),
            doubts: Vec::new(),
        })
    });
    let effects = effects.collect::<Result<_, FitError>>()?;
    Ok(fitted_from(input.method, trial, effects))
}

struct Course {
    treated: RunningMean,
    last: Estimate,
    /// The row of the two arms, counted from 1, after which 0 first lay outside.
    first_called: Option<usize>,
    looks: Vec<Value>,
}

fn watch(outcome: &[f64], treated: &[bool], planned: f64) -> Result<Course, FitError> {
    let (mut one, mut zero) = (RunningMean::empty(), RunningMean::empty());
    let told = looks(outcome.len());
    let mut looks = Vec::new();
    let mut first_called = None;
    for (row, (y, own)) in outcome.iter().zip(treated).enumerate() {
        match own {
            true => one.push(*y),
            false => zero.push(*y),
        }
        if one.rows < 2.0 || zero.rows < 2.0 {
            continue;
        }
        let now = anytime::difference(&one, &zero, planned, LEVEL)?;
        let out = now.interval.lower > 0.0 || now.interval.upper < 0.0;
        if out && now.standard_error > 0.0 {
            first_called.get_or_insert(row + 1);
        }
        if told.contains(&(row + 1)) {
            looks.push(json!({
                "rows": row + 1, "effect": now.value,
                "lower": now.interval.lower, "upper": now.interval.upper,
            }));
        }
    }
    let last = anytime::difference(&one, &zero, planned, LEVEL)?;
    if last.standard_error == 0.0 {
        let what = "outcome".to_owned();
        return Err(StatsError::NoVariation { what }.into());
    }
    Ok(Course {
        treated: one,
        last,
        first_called,
        looks,
    })
}

/// Numbers of rows that grow by the same factor, the last among them.
fn looks(rows: usize) -> Vec<usize> {
    let step = (rows.max(2) as f64).ln() / LOOKS as f64;
    let mut all: Vec<usize> = (1..=LOOKS)
        .map(|i| (step * i as f64).exp().round() as usize)
        .collect();
    all.push(rows);
    all.dedup();
    all
}

/// Shares of the arms with bands that hold at all looks whatever the chance is; null unless the outcome lies in 0-1.
fn shares(outcome: &[f64], treated: &[bool]) -> Result<Value, FitError> {
    if !outcome.iter().all(|y| (0.0..=1.0).contains(y)) || outcome.len() > MOST_BETS {
        return Ok(Value::Null);
    }
    let of = |arm: bool| -> Result<Value, FitError> {
        let own = outcome.iter().zip(treated).filter(|(_, t)| **t == arm);
        let own: Vec<f64> = own.map(|(y, _)| *y).collect();
        let interval = anytime::bounded_interval(&own, LEVEL)?;
        Ok(json!({
            "share": own.iter().sum::<f64>() / own.len() as f64,
            "lower": interval.lower, "upper": interval.upper,
        }))
    };
    Ok(json!({"treated": of(true)?, "control": of(false)?}))
}

/// One treated and one control per pair, and the hidden bias that would explain their difference.
pub fn between_pairs(input: &Input) -> Result<Fitted, FitError> {
    let outcome_name = input.need("outcome")?;
    let treatment_name = input.need("treatment")?;
    let outcome = input.columns.numbers(&outcome_name)?;
    let (treated, said) = events(input.columns, &treatment_name)?;
    let groups = Groups::read(input.columns, &input.need("pair")?)?;
    let complete = complete_rows(
        [outcome.as_slice(), treated.as_slice()].into_iter(),
        outcome.len(),
    );
    let mut members: Vec<[Vec<usize>; 2]> = vec![[Vec::new(), Vec::new()]; groups.names.len()];
    for row in complete {
        if let Some(pair) = groups.of_row[row] {
            members[pair][usize::from(treated[row] > 0.5)].push(row);
        }
    }
    let pairs: Vec<(usize, usize)> = members
        .iter()
        .filter_map(|own| match (own[0].as_slice(), own[1].as_slice()) {
            ([control], [treated]) => Some((*treated, *control)),
            _ => None,
        })
        .collect();
    let rows: Vec<usize> = pairs.iter().flat_map(|(one, zero)| [*one, *zero]).collect();
    let own = on(&outcome, &rows);
    let arm: Vec<bool> = (0..rows.len()).map(|i| i % 2 == 0).collect();
    let block: Vec<usize> = (0..rows.len()).map(|i| i / 2).collect();
    let result = blocks::stratified(&own, &arm, &block, LEVEL).map_err(of_rows(&rows))?;
    let mut fitted = Fitted::new(input.method, rows.len() as f64);
    put_effect(&mut fitted, &result.effect, result.p_value);
    fitted.cautions.extend(cautions_from(&result.cautions));
    tell_left_out(&mut fitted, rows.len(), outcome.len());
    fitted.put("e_value", e_value(&own, &result.effect)?);
    fitted.put("hidden_bias", hidden_bias(&own, result.effect.value)?);
    fitted.put(
        "details",
        json!({"pairs": pairs.len(), "degrees_of_freedom": result.degrees_of_freedom, "treatment_coding": said}),
    );
    fitted.put(
        "columns",
        json!({"outcome": outcome_name, "treatment": treatment_name}),
    );
    Ok(fitted)
}

/// Bounds of the one-sided p-value in the direction that was found; `outcome` goes treated, control, treated, control ...
fn hidden_bias(outcome: &[f64], effect: f64) -> Result<Value, FitError> {
    let sign = if effect < 0.0 { -1.0 } else { 1.0 };
    let binary = outcome.iter().all(|y| *y == 0.0 || *y == 1.0);
    let pairs = match binary {
        true => {
            let of = |arm: usize| -> Vec<bool> {
                let own = outcome.iter().skip(arm).step_by(2);
                own.map(|y| *y == 1.0).collect()
            };
            match sign > 0.0 {
                true => Pairs::from_events(&of(0), &of(1))?,
                false => Pairs::from_events(&of(1), &of(0))?,
            }
        }
        false => {
            let gap = |pair: &[f64]| sign * (pair[0] - pair[1]);
            Pairs::from_differences(&outcome.chunks_exact(2).map(gap).collect::<Vec<_>>())?
        }
    };
    let bounds = BIASES.iter().map(|gamma| {
        let bound = pairs.bound(*gamma)?;
        Ok(json!({"odds": gamma, "lowest_p": bound.lowest_p, "highest_p": bound.highest_p}))
    });
    let bounds: Vec<Value> = bounds.collect::<Result<_, StatsError>>()?;
    let explains = pairs.bias_to_explain(LIMIT)?;
    Ok(json!({
        "test": if binary { "mcnemar" } else { "signed_rank" },
        "odds_to_explain": explains, "limit": LIMIT, "bounds": bounds,
    }))
}

/// Fits the same design to outcomes that the treatment cannot touch, and takes the bias they show out of the effect.
pub fn tell_placebos(
    input: &Input,
    fitted: &mut Fitted,
    fit: fn(&Input) -> Result<Fitted, FitError>,
) -> Result<(), FitError> {
    let names = input.listed("placebo")?;
    if names.is_empty() {
        return Ok(());
    }
    let fits = names.iter().map(|name| {
        let options = Options {
            outcome: Some(name.clone()),
            ..input.options.clone()
        };
        let options = &options;
        fit(&Input { options, ..*input })
    });
    let fits: Vec<Fitted> = fits.collect::<Result<_, FitError>>()?;
    let mut told = Map::new();
    for (param, value) in fitted.params.clone() {
        let error = fitted.standard_error(&param).unwrap_or(f64::NAN);
        let (value, cautions) = judged((&param, value, error), &names, &fits)?;
        fitted.cautions.extend(cautions);
        told.insert(param, value);
    }
    let told = match told.len() {
        1 => told.into_iter().next().map_or(Value::Null, |(_, own)| own),
        _ => Value::Object(told),
    };
    fitted.put("negative_controls", told);
    Ok(())
}

fn judged(
    (param, value, error): (&str, f64, f64),
    names: &[String],
    fits: &[Fitted],
) -> Result<(Value, Vec<Caution>), FitError> {
    let number = |found: Option<f64>| found.unwrap_or(f64::NAN);
    let values: Vec<f64> = fits.iter().map(|f| number(f.param(param))).collect();
    let errors: Vec<f64> = fits
        .iter()
        .map(|f| number(f.standard_error(param)))
        .collect();
    let result = negative::judge(&values, &errors)?;
    let (calibrated, p_value) = result.calibrate(&Estimate::normal(value, error, LEVEL), LEVEL)?;
    let controls = names.iter().zip(values.iter().zip(&errors));
    let controls = controls.map(|(name, (effect, error))| {
        let own = json!({"effect": effect, "standard_error": error});
        (name.clone(), own)
    });
    let told = json!({
        "p_value": result.p_value, "bias": result.bias, "bias_sd": result.bias_sd,
        "share_called": result.share_called, "controls": Value::Object(controls.collect()),
        "calibrated": {
            "effect": calibrated.value, "standard_error": calibrated.standard_error,
            "lower": calibrated.interval.lower, "upper": calibrated.interval.upper, "p_value": p_value,
        },
    });
    Ok((told, cautions_from(&result.cautions)))
}

/// Whether the arms are as large as planned, when a column tells the share that each row's arm was to have.
pub fn tell_ratio(input: &Input, trial: &Trial, fitted: &mut Fitted) -> Result<(), FitError> {
    let Some(name) = input.named("planned")? else {
        return Ok(());
    };
    let planned = input.columns.complete_numbers(&name)?;
    let arms = trial.arms.len() + 1;
    let (mut counts, mut shares) = (vec![0.0; arms], vec![f64::NAN; arms]);
    for (place, &row) in trial.rows.iter().enumerate() {
        let arm = trial.arm_of(place).unwrap_or(arms - 1);
        let known = shares[arm];
        let other = known.is_finite() && known != planned[row];
        if planned[row] <= 0.0 || other {
            return Err(FitError::OutOfRange {
                column: name,
                line: line_of(row),
                rule: "one_share_per_arm",
                value: planned[row],
            });
        }
        counts[arm] += 1.0;
        shares[arm] = planned[row];
    }
    let p_value = sample_ratio_p(&counts, &shares)?;
    fitted.put("sample_ratio_p", json!(p_value));
    if p_value < SAMPLE_RATIO_LIMIT {
        fitted
            .cautions
            .push(Caution::new("fit.sample_ratio").with("p", p_value));
    }
    Ok(())
}
