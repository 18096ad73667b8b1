//! What did the treatment do to the outcome?

use super::Method;
use super::purchases::LEVEL;
use crate::caution::cautions_from;
use crate::error::of_rows;
use crate::explaining::{Explaining, complete_rows, explaining, on, tell_left_out};
use crate::fitted::range;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::Estimate;
use odla_stats::regression::{Errors, FitConfig, Sample, Weights, linear};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub const METHOD: Method = Method {
    name: "effect",
    roles: &["outcome", "treatment", "covariate"],
    flags: &["outcome", "treatment", "control", "covariates", "method"],
    fit,
};

const DESIGNS: [&str; 2] = ["rct", "cuped"];
/// The words for the arm that got nothing, when `--control` does not say.
const USUAL_CONTROLS: [&str; 5] = ["0", "control", "none", "false", "no"];

/// Outcome, arms and covariates of the rows where none is missing.
struct Trial<'a> {
    rows: Vec<usize>,
    outcome: Vec<f64>,
    /// The arm of each row, as its place in `arms`; the control is not among them.
    arm: Vec<Option<usize>>,
    arms: Vec<&'a str>,
    control: &'a str,
    explaining: Explaining,
}

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let design = design_of(input)?;
    let outcome_name = input.need("outcome")?;
    let treatment_name = input.need("treatment")?;
    let treatment = input.columns.texts(&treatment_name)?;
    let trial = read(input, &outcome_name, &treatment, design)?;
    let names = trial.arms.iter().map(|arm| (*arm).to_owned());
    let mut fitted = match design {
        "cuped" => adjusted(input.method, &trial)?,
        _ => compared(input.method, &trial)?,
    };
    tell_left_out(&mut fitted, trial.rows.len(), input.columns.rows());
    fitted.put("method", json!(design));
    fitted.put("control", json!(trial.control));
    fitted.put("arms", json!(names.collect::<Vec<_>>()));
    fitted.put("groups", trial.groups());
    fitted.put("columns", json!({"outcome": outcome_name, "treatment": treatment_name, "covariates": trial.explaining.names}));
    Ok(fitted)
}

/// The design asked for; a randomized one, adjusted when there is something to adjust by.
fn design_of(input: &Input) -> Result<&'static str, FitError> {
    let usual = if input.covariates()?.is_empty() { "rct" } else { "cuped" };
    let Some(word) = input.options.design.as_deref() else {
        return Ok(usual);
    };
    DESIGNS
        .into_iter()
        .find(|design| *design == word)
        .ok_or_else(|| FitError::FlagUnknown {
            flag: "method".to_owned(),
            value: word.to_owned(),
            known: DESIGNS.join(", "),
        })
}

fn read<'a>(
    input: &Input,
    outcome: &str,
    treatment: &[&'a str],
    design: &str,
) -> Result<Trial<'a>, FitError> {
    let outcome = input.columns.numbers(outcome)?;
    let covariates = if design == "rct" { Vec::new() } else { input.covariates()? };
    if design == "cuped" && covariates.is_empty() {
        return Err(FitError::NothingExplains {
            method: format!("{} --method {design}", input.method),
            known: input.columns.names().join(", "),
        });
    }
    let explaining = explaining(input, &covariates)?;
    let columns = explaining.columns.iter().map(Vec::as_slice).chain([outcome.as_slice()]);
    let rows: Vec<usize> = complete_rows(columns, outcome.len())
        .into_iter()
        .filter(|&row| !treatment[row].is_empty())
        .collect();
    let found: BTreeSet<&str> = rows.iter().map(|&row| treatment[row]).collect();
    let control = control_of(input, &found)?;
    let arms: Vec<&str> = found.into_iter().filter(|arm| *arm != control).collect();
    let arm = rows.iter().map(|&row| arms.iter().position(|arm| *arm == treatment[row]));
    Ok(Trial {
        outcome: on(&outcome, &rows),
        arm: arm.collect(),
        rows,
        arms,
        control,
        explaining,
    })
}

/// The arm that the others are compared with.
fn control_of<'a>(input: &Input, found: &BTreeSet<&'a str>) -> Result<&'a str, FitError> {
    let unknown = |value: &str| FitError::FlagUnknown {
        flag: "control".to_owned(),
        value: value.to_owned(),
        known: found.iter().take(MOST_ARMS).copied().collect::<Vec<_>>().join(", "),
    };
    if found.len() > MOST_ARMS {
        return Err(unknown(input.options.control.as_deref().unwrap_or("?")));
    }
    if let Some(word) = input.options.control.as_deref() {
        return found.iter().copied().find(|arm| *arm == word).ok_or_else(|| unknown(word));
    }
    let usual = |arm: &&str| USUAL_CONTROLS.contains(&arm.to_lowercase().as_str());
    let usual = found.iter().copied().find(usual);
    usual.ok_or_else(|| FitError::FlagMissing {
        method: input.method.to_owned(),
        flag: "control".to_owned(),
    })
}

const MOST_ARMS: usize = 20;

impl Trial<'_> {
    /// One indicator per arm but the control.
    fn indicators(&self) -> Vec<Vec<f64>> {
        let indicator = |at: usize| self.arm.iter().map(|arm| f64::from(u8::from(*arm == Some(at)))).collect();
        (0..self.arms.len()).map(indicator).collect()
    }

    /// Number and mean of every arm.
    fn groups(&self) -> Value {
        let of = |at: Option<usize>| {
            let values = self.arm.iter().zip(&self.outcome).filter(|(arm, _)| **arm == at);
            let (count, sum) = values.fold((0_usize, 0.0), |(n, sum), (_, y)| (n + 1, sum + y));
            json!({"n": count, "mean": sum / count as f64})
        };
        let mut groups = Map::new();
        groups.insert(self.control.to_owned(), of(None));
        for (at, arm) in self.arms.iter().enumerate() {
            groups.insert((*arm).to_owned(), of(Some(at)));
        }
        Value::Object(groups)
    }

    /// Names of the arms in `params`: the one arm of a trial with two is called `effect`.
    fn names(&self) -> Vec<String> {
        match self.arms.len() {
            1 => vec!["effect".to_owned()],
            _ => self.arms.iter().map(|arm| (*arm).to_owned()).collect(),
        }
    }
}

/// Differences of means. Regression on the arms alone with HC2 errors gives the standard errors of Welch.
fn compared(method: &'static str, trial: &Trial) -> Result<Fitted, FitError> {
    estimate(method, trial, (trial.names(), trial.indicators()))
}

/// Differences adjusted by what was known before, which need not act alike in every arm: covariates about their
/// means, alone and times every arm.
fn adjusted(method: &'static str, trial: &Trial) -> Result<Fitted, FitError> {
    let arms = trial.indicators();
    let mut names = trial.names();
    let mut columns = arms.clone();
    for (name, column) in trial.explaining.names.iter().zip(trial.explaining.on(&trial.rows)) {
        let mean = column.iter().sum::<f64>() / column.len() as f64;
        let centered: Vec<f64> = column.iter().map(|x| x - mean).collect();
        for (arm, word) in arms.iter().zip(&trial.arms) {
            names.push(format!("{name} x {word}"));
            columns.push(arm.iter().zip(&centered).map(|(a, x)| a * x).collect());
        }
        names.push(name.clone());
        columns.push(centered);
    }
    estimate(method, trial, (names, columns))
}

fn estimate(
    method: &'static str,
    trial: &Trial,
    (names, columns): (Vec<String>, Vec<Vec<f64>>),
) -> Result<Fitted, FitError> {
    let sample = Sample {
        outcome: &trial.outcome,
        columns: &columns,
        names: &names,
        weights: Weights::Equal,
        clusters: None,
    };
    let config = FitConfig {
        errors: Errors::Hc2,
        level: LEVEL,
    };
    let fit = linear::fit(&sample, &config).map_err(of_rows(&trial.rows))?;
    let mut fitted = Fitted::new(method, trial.rows.len() as f64);
    // Products of covariates are close to each other by their nature: only what concerns the arms is told.
    fitted.cautions = cautions_from(&fit.cautions)
        .into_iter()
        .filter(|caution| caution.key != "statistics.near_collinear")
        .collect();
    let effects: Vec<(String, Estimate, f64)> = trial
        .names()
        .into_iter()
        .filter_map(|name| {
            let coefficient = fit.coefficients.of(&name)?;
            Some((name, coefficient.estimate, coefficient.p_value))
        })
        .collect();
    tell_effects(&mut fitted, &effects);
    fitted.put("r2", json!(fit.r2));
    Ok(fitted)
}

/// One param per arm; interval and p-value stand alone when there is one arm, else by arm.
fn tell_effects(fitted: &mut Fitted, effects: &[(String, Estimate, f64)]) {
    for (name, estimate, _) in effects {
        fitted.params.push((name.clone(), estimate.value));
        fitted.standard_errors.push((name.clone(), estimate.standard_error));
    }
    let by_arm = |show: &dyn Fn(&Estimate, f64) -> Value| match effects {
        [(_, estimate, p)] => show(estimate, *p),
        many => {
            let entries = many.iter().map(|(name, estimate, p)| (name.clone(), show(estimate, *p)));
            Value::Object(entries.collect())
        }
    };
    fitted.put("interval", by_arm(&|estimate, _| range(&estimate.interval)));
    fitted.put("p_value", by_arm(&|_, p| json!(p)));
}
