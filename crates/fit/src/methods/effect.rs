//! What did the treatment do to the outcome?

use super::purchases::LEVEL;
use super::{Method, effect_choice, effect_doubt, effect_time, effect_trial};
use crate::caution::cautions_from;
use crate::error::of_rows;
use crate::explaining::{Explaining, complete_rows, explaining, on, tell_left_out};
use crate::fitted::range;
use crate::groups::Groups;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::causal::aipw::{self, AipwConfig, AipwResult, Observational};
use odla_stats::causal::{evalue, randomized};
use odla_stats::regression::{Errors, FitConfig, Sample, Weights, linear};
use odla_stats::{Caution as Doubt, Estimate};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub const METHOD: Method = Method {
    name: "effect",
    roles: &[
        "outcome",
        "treatment",
        "covariate",
        "group",
        "stratum",
        "unit",
        "period",
        "start",
        "instrument",
        "agent",
        "pair",
        "placebo",
        "planned",
    ],
    flags: &[
        "outcome",
        "treatment",
        "control",
        "covariates",
        "method",
        "group",
        "predict",
    ],
    fit,
};

const DESIGNS: [&str; 13] = [
    "rct",
    "cuped",
    "any-time",
    "matched",
    "aipw",
    "dml",
    "dose-response",
    "iv",
    "did",
    "event-study",
    "synthetic-control",
    "distributed-lag",
    "surrogate",
];
/// The words for the arm that got nothing, when `--control` does not say.
const USUAL_CONTROLS: [&str; 5] = ["0", "control", "none", "false", "no"];

/// How a design that is not one of arms is fitted.
type Design = fn(&Input) -> Result<Fitted, FitError>;

/// One arm against the control.
pub(super) struct ArmEffect {
    pub name: String,
    pub estimate: Estimate,
    pub p_value: f64,
    pub overlap: Value,
    /// `None` when chance decided who was treated.
    pub e_value: Option<Value>,
    /// What else the design tells of this arm.
    pub more: Value,
    pub doubts: Vec<Doubt>,
}

/// Outcome, arms and covariates of the rows where none is missing.
pub(super) struct Trial<'a> {
    pub rows: Vec<usize>,
    pub outcome: Vec<f64>,
    /// The arm of each row, as its place in `arms`; the control is not among them.
    arm: Vec<Option<usize>>,
    pub arms: Vec<&'a str>,
    control: &'a str,
    pub explaining: Explaining,
}

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let mut fitted = by_design(input)?;
    effect_doubt::tell_placebos(input, &mut fitted, by_design)?;
    Ok(fitted)
}

fn by_design(input: &Input) -> Result<Fitted, FitError> {
    let design = design_of(input)?;
    let other: Option<Design> = match design {
        "dml" => Some(effect_choice::slope),
        "dose-response" => Some(effect_choice::dose_response),
        "iv" => Some(effect_choice::instrumented),
        "did" | "event-study" => Some(effect_time::staggered),
        "synthetic-control" => Some(effect_time::synthetic_control),
        "distributed-lag" => Some(effect_time::distributed_lag),
        "surrogate" => Some(effect_choice::foretold),
        "matched" => Some(effect_doubt::between_pairs),
        _ => None,
    };
    if let Some(fit) = other {
        let mut fitted = fit(input)?;
        fitted.put("method", json!(design));
        return Ok(fitted);
    }
    let outcome_name = input.need("outcome")?;
    let treatment_name = input.need("treatment")?;
    let treatment = input.columns.texts(&treatment_name)?;
    let trial = read(input, &outcome_name, &treatment, design)?;
    let names = trial.arms.iter().map(|arm| (*arm).to_owned());
    let mut fitted = match design {
        "aipw" => observed(input, &trial)?,
        "any-time" => effect_doubt::watched(input, &trial)?,
        "cuped" if trial.explaining.names.len() > 1 => adjusted(input.method, &trial)?,
        "rct" if effect_trial::is_blocked(input)? => effect_trial::compared(input, &trial)?,
        _ => compared(input.method, &trial)?,
    };
    tell_left_out(&mut fitted, trial.rows.len(), input.columns.rows());
    effect_doubt::tell_ratio(input, &trial, &mut fitted)?;
    fitted.put("method", json!(design));
    fitted.put("control", json!(trial.control));
    fitted.put("arms", json!(names.collect::<Vec<_>>()));
    fitted.put("groups", trial.groups());
    fitted.put("columns", json!({"outcome": outcome_name, "treatment": treatment_name, "covariates": trial.explaining.names}));
    Ok(fitted)
}

/// The design asked for. Columns to adjust by without a word on chance mean that the arms were not drawn by lot.
fn design_of(input: &Input) -> Result<&'static str, FitError> {
    let usual = if input.covariates()?.is_empty() {
        "rct"
    } else {
        "aipw"
    };
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
    let plain = ["rct", "any-time"].contains(&design);
    let covariates = if plain {
        Vec::new()
    } else {
        input.covariates()?
    };
    if !plain && covariates.is_empty() {
        return Err(FitError::NothingExplains {
            method: format!("{} --method {design}", input.method),
            known: input.columns.names().join(", "),
        });
    }
    let explaining = explaining(input, &covariates)?;
    let columns = explaining
        .columns
        .iter()
        .map(Vec::as_slice)
        .chain([outcome.as_slice()]);
    let rows: Vec<usize> = complete_rows(columns, outcome.len())
        .into_iter()
        .filter(|&row| !treatment[row].is_empty())
        .collect();
    let found: BTreeSet<&str> = rows.iter().map(|&row| treatment[row]).collect();
    let control = control_of(input, &found)?;
    let arms: Vec<&str> = found.into_iter().filter(|arm| *arm != control).collect();
    let arm = rows
        .iter()
        .map(|&row| arms.iter().position(|arm| *arm == treatment[row]));
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
        known: found
            .iter()
            .take(MOST_ARMS)
            .copied()
            .collect::<Vec<_>>()
            .join(", "),
    };
    if found.len() > MOST_ARMS {
        return Err(unknown(input.options.control.as_deref().unwrap_or("?")));
    }
    if let Some(word) = input.options.control.as_deref() {
        return found
            .iter()
            .copied()
            .find(|arm| *arm == word)
            .ok_or_else(|| unknown(word));
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
        let indicator = |at: usize| {
            self.arm
                .iter()
                .map(|arm| f64::from(u8::from(*arm == Some(at))))
                .collect()
        };
        (0..self.arms.len()).map(indicator).collect()
    }

    /// Number and mean of every arm.
    fn groups(&self) -> Value {
        let of = |at: Option<usize>| {
            let values = self
                .arm
                .iter()
                .zip(&self.outcome)
                .filter(|(arm, _)| **arm == at);
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
    pub fn names(&self) -> Vec<String> {
        match self.arms.len() {
            1 => vec!["effect".to_owned()],
            _ => self.arms.iter().map(|arm| (*arm).to_owned()).collect(),
        }
    }

    /// The arm of a used row, none for the control.
    pub fn arm_of(&self, place: usize) -> Option<usize> {
        self.arm[place]
    }

    /// The rows of one arm and of the control, by their place among the used rows, and who of them was treated.
    pub fn pair(&self, at: usize) -> (Vec<usize>, Vec<bool>) {
        let places: Vec<usize> = (0..self.arm.len())
            .filter(|&i| self.arm[i].is_none_or(|own| own == at))
            .collect();
        let treated = places.iter().map(|&i| self.arm[i].is_some()).collect();
        (places, treated)
    }
}

/// Differences of means with Welch's errors; with one covariate, of what it did not foretell.
fn compared(method: &'static str, trial: &Trial) -> Result<Fitted, FitError> {
    let before = trial.explaining.on(&trial.rows);
    let effects = (0..trial.arms.len()).map(|at| {
        let (places, treated) = trial.pair(at);
        let before = before.first().map(|before| on(before, &places));
        let result = randomized::compare(&on(&trial.outcome, &places), &treated, before.as_deref(), LEVEL);
        let result = result.map_err(of_rows(&[]))?;
        let share = result.treated as f64 / places.len() as f64;
        Ok(ArmEffect {
            name: trial.names()[at].clone(),
            estimate: result.effect,
            p_value: result.p_value,
            overlap: json!({"share_outside": 0.0, "lowest_chance": share, "highest_chance": share}),
            e_value: None,
            more: json!({"degrees_of_freedom": result.degrees_of_freedom, "variance_removed": result.variance_removed}),
            doubts: result.cautions,
        })
    });
    Ok(fitted_from(
        method,
        trial,
        effects.collect::<Result<_, FitError>>()?,
    ))
}

/// Everybody treated against nobody treated, by what was recorded before.
fn observed(input: &Input, trial: &Trial) -> Result<Fitted, FitError> {
    let columns = trial.explaining.on(&trial.rows);
    let clusters = match input.named("group")? {
        Some(name) => Some(Groups::read(input.columns, &name)?),
        None => None,
    };
    let config = AipwConfig {
        seed: input.options.seed,
        level: LEVEL,
        ..AipwConfig::standard()
    };
    let effects = (0..trial.arms.len()).map(|at| {
        let (places, treated) = trial.pair(at);
        let outcome = on(&trial.outcome, &places);
        let columns: Vec<Vec<f64>> = columns.iter().map(|column| on(column, &places)).collect();
        // Rows without a group hang together with nobody: they share the number after the last.
        let of_place = |groups: &Groups| -> Vec<usize> {
            places
                .iter()
                .map(|&i| groups.of_row[trial.rows[i]].unwrap_or(groups.names.len()))
                .collect()
        };
        let clusters = clusters.as_ref().map(of_place);
        let data = Observational {
            outcome: &outcome,
            treated: &treated,
            columns: &columns,
            names: &trial.explaining.names,
            clusters: clusters.as_deref(),
        };
        let result = aipw::estimate(&data, &config).map_err(of_rows(&[]))?;
        let e_value = e_value(&outcome, &result.effect)?;
        Ok(arm_observed(trial.names()[at].clone(), result, e_value))
    });
    Ok(fitted_from(
        input.method,
        trial,
        effects.collect::<Result<_, FitError>>()?,
    ))
}

fn arm_observed(name: String, result: AipwResult, e_value: Value) -> ArmEffect {
    let balance = result.balance.iter().map(|own| {
        (
            own.name.clone(),
            json!({"before": own.before, "after": own.after}),
        )
    });
    ArmEffect {
        name,
        estimate: result.effect,
        p_value: result.p_value,
        overlap: json!({
            "share_outside": result.share_trimmed,
            "lowest_chance": result.chance_range.0,
            "highest_chance": result.chance_range.1,
        }),
        e_value: Some(e_value),
        more: json!({
            "unadjusted": result.unadjusted.value,
            "unadjusted_standard_error": result.unadjusted.standard_error,
            "mean_if_treated": result.mean_if_treated,
            "mean_if_untreated": result.mean_if_untreated,
            "rows_used": result.rows_used,
            "effective_treated": result.overlap.effective_treated,
            "effective_untreated": result.overlap.effective_untreated,
            "balance": Value::Object(balance.collect()),
        }),
        doubts: result.cautions,
    }
}

/// How strong something unrecorded must be to explain the effect away, by the effect in standard deviations.
pub(super) fn e_value(outcome: &[f64], effect: &Estimate) -> Result<Value, FitError> {
    let n = outcome.len() as f64;
    let mean = outcome.iter().sum::<f64>() / n;
    let squares: f64 = outcome.iter().map(|y| (y - mean).powi(2)).sum();
    let sd = (squares / (n - 1.0)).sqrt();
    let value = evalue::of_difference(effect.value, effect.interval, sd)?;
    Ok(json!({"estimate": value.estimate, "limit": value.limit}))
}

/// Differences adjusted by several columns known before, which need not act alike in every arm: covariates about their
/// means, alone and times every arm.
fn adjusted(method: &'static str, trial: &Trial) -> Result<Fitted, FitError> {
    let arms = trial.indicators();
    let mut names = trial.names();
    let mut columns = arms.clone();
    for (name, column) in trial
        .explaining
        .names
        .iter()
        .zip(trial.explaining.on(&trial.rows))
    {
        let mean = column.iter().sum::<f64>() / column.len() as f64;
        let centered: Vec<f64> = column.iter().map(|x| x - mean).collect();
        for (arm, word) in arms.iter().zip(&trial.arms) {
            names.push(format!("{name} x {word}"));
            columns.push(arm.iter().zip(&centered).map(|(a, x)| a * x).collect());
        }
        names.push(name.clone());
        columns.push(centered);
    }
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
    let effects = trial.names().into_iter().enumerate().filter_map(|(at, name)| {
        let coefficient = fit.coefficients.of(&name)?;
        let share = trial.arm.iter().filter(|own| **own == Some(at)).count() as f64 / trial.arm.len() as f64;
        Some(ArmEffect {
            name,
            estimate: coefficient.estimate,
            p_value: coefficient.p_value,
            overlap: json!({"share_outside": 0.0, "lowest_chance": share, "highest_chance": share}),
            e_value: None,
            more: json!({"degrees_of_freedom": coefficient.degrees_of_freedom}),
            doubts: Vec::new(),
        })
    });
    let mut fitted = fitted_from(method, trial, effects.collect());
    // Products of covariates are close to each other by their nature: that is not told.
    let told = cautions_from(&fit.cautions)
        .into_iter()
        .filter(|caution| caution.key != "statistics.near_collinear");
    fitted.cautions.extend(told);
    fitted.put("r2", json!(fit.r2));
    Ok(fitted)
}

/// One param per arm; what belongs to it stands alone when there is one arm, else by arm.
pub(super) fn fitted_from(method: &'static str, trial: &Trial, effects: Vec<ArmEffect>) -> Fitted {
    let mut fitted = Fitted::new(method, trial.rows.len() as f64);
    for effect in &effects {
        fitted
            .params
            .push((effect.name.clone(), effect.estimate.value));
        fitted
            .standard_errors
            .push((effect.name.clone(), effect.estimate.standard_error));
        for caution in cautions_from(&effect.doubts) {
            if !fitted.cautions.contains(&caution) {
                fitted.cautions.push(caution);
            }
        }
    }
    let by_arm = |show: &dyn Fn(&ArmEffect) -> Value| match effects.as_slice() {
        [one] => show(one),
        many => Value::Object(
            many.iter()
                .map(|effect| (effect.name.clone(), show(effect)))
                .collect(),
        ),
    };
    fitted.put(
        "interval",
        by_arm(&|effect| range(&effect.estimate.interval)),
    );
    fitted.put("p_value", by_arm(&|effect| json!(effect.p_value)));
    fitted.put("overlap", by_arm(&|effect| effect.overlap.clone()));
    fitted.put(
        "e_value",
        by_arm(&|effect| effect.e_value.clone().unwrap_or(Value::Null)),
    );
    fitted.put("details", by_arm(&|effect| effect.more.clone()));
    fitted
}
