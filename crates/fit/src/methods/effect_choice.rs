//! What does more of the treatment do, when it was chosen, pushed, or when only early signals are in?

use super::effect;
use super::purchases::LEVEL;
use crate::caution::cautions_from;
use crate::error::of_rows;
use crate::explaining::{Explaining, complete_rows, explaining, on, tell_left_out};
use crate::fitted::range;
use crate::groups::{Groups, events};
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::causal::dml::{self, DmlConfig, Treated};
use odla_stats::causal::dose::{self, DoseConfig, DoseCurve, Dosed};
use odla_stats::causal::instrument::{self, Pushed};
use odla_stats::causal::leniency;
use odla_stats::causal::surrogate::{self, History, Trial};
use odla_stats::{Caution as Doubt, Estimate};
use serde_json::{Value, json};

/// Complete rows of outcome, treatment and covariates.
struct Rows {
    used: Vec<usize>,
    outcome: Vec<f64>,
    treatment: Vec<f64>,
    columns: Vec<Vec<f64>>,
    names: Vec<String>,
    clusters: Option<Vec<usize>>,
    said: Value,
}

/// Partially linear double machine learning.
pub fn slope(input: &Input) -> Result<Fitted, FitError> {
    let rows = Rows::read(input, true)?;
    let data = Treated {
        outcome: &rows.outcome,
        treatment: &rows.treatment,
        columns: &rows.columns,
        names: &rows.names,
        clusters: rows.clusters.as_deref(),
    };
    let config = DmlConfig {
        seed: input.options.seed,
        level: LEVEL,
        ..DmlConfig::standard()
    };
    let result = dml::estimate(&data, &config).map_err(of_rows(&rows.used))?;
    let mut fitted = told(
        input,
        &rows,
        (&result.effect, result.p_value),
        &result.cautions,
    );
    fitted.put("e_value", effect::e_value(&rows.outcome, &result.effect)?);
    fitted.put(
        "overlap",
        json!({"share_of_treatment_left": 1.0 - result.treatment_explained}),
    );
    fitted.put(
        "details",
        json!({"outcome_explained": result.outcome_explained, "treatment_explained": result.treatment_explained}),
    );
    Ok(fitted)
}

/// A curve over doses, with its top.
pub fn dose_response(input: &Input) -> Result<Fitted, FitError> {
    let rows = Rows::read(input, true)?;
    let data = Dosed {
        outcome: &rows.outcome,
        dose: &rows.treatment,
        columns: &rows.columns,
        names: &rows.names,
        clusters: rows.clusters.as_deref(),
    };
    let config = DoseConfig {
        seed: input.options.seed,
        level: LEVEL,
        ..DoseConfig::standard()
    };
    let curve = dose::estimate(&data, &config).map_err(of_rows(&rows.used))?;
    let mut fitted = told(input, &rows, (&curve.slope, curve.flat_p), &curve.cautions);
    let best = curve.best(1.0, 0.0, input.options.seed)?;
    fitted.cautions.extend(cautions_from(&best.cautions));
    fitted.put(
        "best",
        json!({"dose": best.dose, "interval": range(&best.interval), "share_at_ends": best.share_at_ends}),
    );
    fitted.put("curve", points(&curve));
    let holes: Vec<Value> = curve
        .holes
        .iter()
        .map(|(a, b)| json!({"from": a, "to": b}))
        .collect();
    fitted.put(
        "overlap",
        json!({
            "lowest_dose": curve.support.0,
            "highest_dose": curve.support.1,
            "share_trimmed": curve.share_trimmed,
            "dose_explained": curve.dose_explained,
        }),
    );
    fitted.put("holes", json!(holes));
    Ok(fitted)
}

/// Two-stage least squares, by named instruments or by the habits of agents.
pub fn instrumented(input: &Input) -> Result<Fitted, FitError> {
    let mut rows = Rows::read(input, false)?;
    let named = listed(input, "instrument");
    let (instruments, names) = match input.named("agent")? {
        Some(agent) if named.is_empty() => (habits(input, &mut rows, &agent)?, vec![agent]),
        _ => pushes(input, &mut rows, &named)?,
    };
    let names: Vec<String> = names
        .into_iter()
        .chain(rows.names.iter().cloned())
        .collect();
    let data = Pushed {
        outcome: &rows.outcome,
        treatment: &rows.treatment,
        instruments: &instruments,
        columns: &rows.columns,
        names: &names,
        clusters: rows.clusters.as_deref(),
    };
    let result = instrument::estimate(&data, LEVEL).map_err(of_rows(&rows.used))?;
    let mut fitted = told(
        input,
        &rows,
        (&result.effect, result.p_value),
        &result.cautions,
    );
    let open = |end: f64| {
        if end.is_finite() {
            json!(end)
        } else {
            Value::Null
        }
    };
    let pieces = result.anderson_rubin.pieces.iter();
    let pieces: Vec<Value> = pieces
        .map(|(low, high)| json!({"lower": open(*low), "upper": open(*high)}))
        .collect();
    fitted.put("anderson_rubin", json!(pieces));
    fitted.put(
        "details",
        json!({
            "first_stage_f": result.first_stage_f,
            "partial_r2": result.partial_r2,
            "naive": result.naive.value,
            "naive_standard_error": result.naive.standard_error,
            "agreement_p": result.agreement_p,
        }),
    );
    Ok(fitted)
}

/// A long effect from early signals: rows with an outcome are the history, rows with a treatment the trial.
pub fn foretold(input: &Input) -> Result<Fitted, FitError> {
    let outcome = input.columns.numbers(&input.need("outcome")?)?;
    let treatment = input.need("treatment")?;
    let (treated, said) = events(input.columns, &treatment)?;
    let signals = explaining(input, &covariates(input)?)?;
    let complete = complete_rows(signals.columns.iter().map(Vec::as_slice), outcome.len());
    let of = |known: &[f64]| -> Vec<usize> {
        let rows = complete.iter().copied();
        rows.filter(|&row| !known[row].is_nan()).collect()
    };
    let (past, trial) = (of(&outcome), of(&treated));
    let treated: Vec<bool> = trial.iter().map(|&row| treated[row] > 0.5).collect();
    let (past_signals, trial_signals) = (signals.on(&past), signals.on(&trial));
    let known = on(&outcome, &past);
    let history = History {
        outcome: &known,
        signals: &past_signals,
        names: &signals.names,
    };
    let trial_data = Trial {
        treated: &treated,
        signals: &trial_signals,
    };
    let result = surrogate::estimate(&trial_data, &history, LEVEL).map_err(of_rows(&past))?;
    let mut fitted = Fitted::new(input.method, trial.len() as f64);
    put_effect(&mut fitted, &result.effect, result.p_value);
    fitted.cautions.extend(cautions_from(&result.cautions));
    let channels = result.channels.iter().map(|c| {
        let own = json!({
            "effect": c.effect.value, "effect_standard_error": c.effect.standard_error,
            "worth": c.worth.value, "worth_standard_error": c.worth.standard_error,
        });
        (c.name.clone(), own)
    });
    fitted.put("channels", Value::Object(channels.collect()));
    fitted.put("details", json!({"explained": result.explained, "share_outside": result.share_outside, "history": past.len(), "treatment_coding": said}));
    Ok(fitted)
}

impl Rows {
    fn read(input: &Input, needs_covariates: bool) -> Result<Self, FitError> {
        let outcome_name = input.need("outcome")?;
        let treatment_name = input.need("treatment")?;
        let outcome = input.columns.numbers(&outcome_name)?;
        let treatment = match input.columns.numbers(&treatment_name) {
            Ok(numbers) => numbers,
            // Words for yes and no are a dose of 1 and 0.
            Err(_) => events(input.columns, &treatment_name)?.0,
        };
        let names = match needs_covariates {
            true => covariates(input)?,
            false => input.covariates()?,
        };
        let explaining: Explaining = explaining(input, &names)?;
        let columns = explaining.columns.iter().map(Vec::as_slice);
        let columns = columns.chain([outcome.as_slice(), treatment.as_slice()]);
        let used = complete_rows(columns, outcome.len());
        let clusters = match input.named("group")? {
            Some(name) => {
                let groups = Groups::read(input.columns, &name)?;
                // Rows without a group hang together with nobody: each is its own.
                let own = |row: &usize| groups.of_row[*row].unwrap_or(groups.names.len() + row);
                Some(used.iter().map(own).collect())
            }
            None => None,
        };
        Ok(Rows {
            outcome: on(&outcome, &used),
            treatment: on(&treatment, &used),
            columns: explaining.on(&used),
            said: json!({"outcome": outcome_name, "treatment": treatment_name, "covariates": explaining.names}),
            names: explaining.names,
            clusters,
            used,
        })
    }

    fn keep(&mut self, places: &[usize]) {
        self.outcome = on(&self.outcome, places);
        self.treatment = on(&self.treatment, places);
        self.columns = self.columns.iter().map(|c| on(c, places)).collect();
        self.clusters = self
            .clusters
            .take()
            .map(|c| places.iter().map(|&i| c[i]).collect());
        self.used = places.iter().map(|&i| self.used[i]).collect();
    }
}

/// The columns that `--covariates` names; refuses none.
fn covariates(input: &Input) -> Result<Vec<String>, FitError> {
    let names = input.covariates()?;
    match names.is_empty() {
        true => Err(FitError::NothingExplains {
            method: input.method.to_owned(),
            known: input.columns.names().join(", "),
        }),
        false => Ok(names),
    }
}

/// Columns of a role that may be given several times.
fn listed(input: &Input, role: &str) -> Vec<String> {
    let pairs = input
        .options
        .columns
        .iter()
        .filter_map(|pair| pair.split_once('='));
    let own = pairs.filter(|(own, _)| own.trim() == role);
    own.map(|(_, name)| name.trim().to_owned()).collect()
}

/// The named instruments on the rows where they are complete.
fn pushes(
    input: &Input,
    rows: &mut Rows,
    named: &[String],
) -> Result<(Vec<Vec<f64>>, Vec<String>), FitError> {
    let named = match named.is_empty() {
        true => vec![input.need("instrument")?],
        false => named.to_vec(),
    };
    if let Some(unknown) = named
        .iter()
        .find(|name| !input.columns.names().contains(name))
    {
        return Err(FitError::ColumnUnknown {
            column: unknown.clone(),
            known: input.columns.names().join(", "),
        });
    }
    let instruments = explaining(input, &named)?;
    let own = instruments.on(&rows.used);
    let complete = complete_rows(own.iter().map(Vec::as_slice), rows.used.len());
    rows.keep(&complete);
    Ok((
        own.iter().map(|z| on(z, &complete)).collect(),
        instruments.names,
    ))
}

/// Each row's agent by what he does in other rows; errors by agent unless a group is named.
fn habits(input: &Input, rows: &mut Rows, agent: &str) -> Result<Vec<Vec<f64>>, FitError> {
    let agents = Groups::read(input.columns, agent)?;
    let known: Vec<usize> = (0..rows.used.len())
        .filter(|&i| agents.of_row[rows.used[i]].is_some())
        .collect();
    rows.keep(&known);
    let own: Vec<usize> = rows
        .used
        .iter()
        .filter_map(|&row| agents.of_row[row])
        .collect();
    let stratum = match input.named("stratum")? {
        Some(name) => {
            let strata = Groups::read(input.columns, &name)?;
            let of = |row: &usize| strata.of_row[*row].unwrap_or(strata.names.len());
            rows.used.iter().map(of).collect()
        }
        None => vec![0; rows.used.len()],
    };
    let habit = leniency::leave_one_out(&rows.treatment, &own, (&stratum, None))?;
    rows.keep(&habit.rows);
    let own: Vec<usize> = habit.rows.iter().map(|&i| own[i]).collect();
    rows.clusters.get_or_insert(own);
    Ok(vec![habit.instrument])
}

fn points(curve: &DoseCurve) -> Value {
    let point = |p: &dose::DosePoint| {
        json!({
            "dose": p.dose, "mean": p.mean.value, "standard_error": p.mean.standard_error,
            "lower": p.mean.interval.lower, "upper": p.mean.interval.upper,
            "band_lower": p.simultaneous.lower, "band_upper": p.simultaneous.upper,
            "rows_near": p.rows_near,
        })
    };
    json!(curve.points.iter().map(point).collect::<Vec<_>>())
}

fn told(
    input: &Input,
    rows: &Rows,
    (effect, p_value): (&Estimate, f64),
    doubts: &[Doubt],
) -> Fitted {
    let mut fitted = Fitted::new(input.method, rows.used.len() as f64);
    put_effect(&mut fitted, effect, p_value);
    fitted.cautions.extend(cautions_from(doubts));
    tell_left_out(&mut fitted, rows.used.len(), input.columns.rows());
    fitted.put("columns", rows.said.clone());
    fitted
}

/// What every design tells: the effect, its interval and p-value; null where a design has no such thing.
pub(super) fn put_effect(fitted: &mut Fitted, effect: &Estimate, p_value: f64) {
    fitted.params.push(("effect".to_owned(), effect.value));
    fitted
        .standard_errors
        .push(("effect".to_owned(), effect.standard_error));
    fitted.put("interval", range(&effect.interval));
    fitted.put("p_value", json!(p_value));
    fitted.put("overlap", Value::Null);
    fitted.put("e_value", Value::Null);
}
