//! Which fit belongs to which workload, and what is compared of it?

use crate::cost::measure;
use crate::input::Input;
use anyhow::{Result, bail};
use odla_stats::allocate::{ChoiceConfig, OptionTable, choose};
use odla_stats::btyd::{Fit, History, Parameters, bg_nbd, gamma_gamma, pareto_nbd};
use odla_stats::causal::aipw::{self, AipwConfig, Observational};
use odla_stats::importance::lmg;
use odla_stats::pls::{self, Block, Mode, PathPlan, PlsConfig, Scheme};
use odla_stats::regression::{CrossProducts, Weights};
use odla_stats::survival::cox::{self, CoxConfig, CoxSample, Ties};
use odla_stats::survival::kaplan_meier;
use odla_stats::survival::spells::Spells;
use serde_json::{Value, json};

pub fn run(workload: &str, input: &Input) -> Result<Value> {
    match workload {
        "bg-nbd" => purchases(input, bg_nbd::fit),
        "pareto-nbd" => purchases(input, pareto_nbd::fit),
        "gamma-gamma" => spend(input),
        "cox" => hazards(input),
        "kaplan-meier" => curve(input),
        "lmg" => shares(input),
        "pls" => paths(input),
        "aipw" => adjusted(input),
        "knapsack" => chosen(input),
        other => bail!("there is no workload {other}"),
    }
}

type Fitter<P> = fn(&History) -> Result<Fit<P>, odla_stats::StatsError>;

fn purchases<P: Parameters>(input: &Input, fit: Fitter<P>) -> Result<Value> {
    let [x, t_x, t] = [input.column("x")?, input.column("t_x")?, input.column("T")?];
    measure(&[&x, &t_x, &t], || {
        let fit = fit(&History::new(&x, &t_x, &t)?)?;
        Ok(told(&fit))
    })
}

fn told<P: Parameters>(fit: &Fit<P>) -> Value {
    json!({
        "parameters": fit.parameters.to_vec(),
        "log_likelihood": fit.log_likelihood,
        "iterations": fit.iterations,
    })
}

fn spend(input: &Input) -> Result<Value> {
    let (x, mean) = (input.column("x")?, input.column("mean")?);
    measure(&[&x, &mean], || {
        let fit = gamma_gamma::fit(&gamma_gamma::SpendHistory::new(&x, &mean)?)?;
        Ok(told(&fit))
    })
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|j| format!("x{j}")).collect()
}

fn hazards(input: &Input) -> Result<Value> {
    let (time, event) = (input.column("time")?, input.column("event")?);
    let columns = input.columns("x")?;
    let event: Vec<bool> = event.iter().map(|e| *e == 1.0).collect();
    let names = names(columns.len());
    let mut all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    all.push(&time);
    measure(&all, || {
        let sample = CoxSample {
            spells: Spells {
                entry: None,
                time: &time,
                event: &event,
                weights: None,
            },
            columns: &columns,
            names: &names,
            weights: Weights::Equal,
            strata: None,
            clusters: None,
        };
        let config = CoxConfig {
            ties: Ties::Efron,
            robust: false,
            level: 0.9,
        };
        let fit = cox::fit(&sample, &config)?;
        let of = fit.coefficients.iter();
        Ok(json!({
            "parameters": of.clone().map(|c| c.estimate.value).collect::<Vec<_>>(),
            "standard_errors": of.map(|c| c.estimate.standard_error).collect::<Vec<_>>(),
            "log_likelihood": fit.log_likelihood,
            "iterations": fit.iterations,
        }))
    })
}

fn curve(input: &Input) -> Result<Value> {
    let (time, event) = (input.column("time")?, input.column("event")?);
    let event: Vec<bool> = event.iter().map(|e| *e == 1.0).collect();
    measure(&[&time], || {
        let spells = Spells {
            entry: None,
            time: &time,
            event: &event,
            weights: None,
        };
        let curve = kaplan_meier::fit(&spells, 0.9)?;
        let at = |t: f64| curve.at(t).map_or(f64::NAN, |e| e.value);
        Ok(json!({"parameters": [at(100.0), at(365.0), at(700.0)]}))
    })
}

fn shares(input: &Input) -> Result<Value> {
    let mut columns = input.columns("x")?;
    columns.push(input.column("y")?);
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    measure(&slices, || {
        let products = CrossProducts::from_columns(&slices, None)?;
        Ok(json!({"parameters": lmg::shares(&products.covariance())?}))
    })
}

/// The customer satisfaction plan of the mobile phone data: its blocks' sizes and its paths.
fn satisfaction_plan() -> PathPlan {
    let mut first = 0;
    let block = |size: usize| {
        let indicators = (first..first + size).collect();
        first += size;
        Block {
            name: format!("b{first}"),
            indicators,
            mode: Mode::A,
        }
    };
    PathPlan {
        blocks: [5, 3, 7, 2, 3, 1, 3].map(block).into(),
        paths: vec![
            (0, 1),
            (1, 2),
            (1, 3),
            (2, 3),
            (0, 4),
            (1, 4),
            (2, 4),
            (3, 4),
            (4, 5),
            (0, 6),
            (4, 6),
            (5, 6),
        ],
    }
}

fn paths(input: &Input) -> Result<Value> {
    let columns = input.columns("x")?;
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let config = PlsConfig {
        scheme: Scheme::Path,
        consistent: false,
        bootstrap: 200,
        seed: 1,
        level: 0.9,
    };
    measure(&slices, || {
        let fit = pls::fit(&columns, &[], &satisfaction_plan(), &config)?;
        let of = fit.paths.iter();
        Ok(json!({
            "parameters": of.clone().map(|p| p.coefficient.value).collect::<Vec<_>>(),
            "standard_errors": of.map(|p| p.coefficient.standard_error).collect::<Vec<_>>(),
        }))
    })
}

fn adjusted(input: &Input) -> Result<Value> {
    let (outcome, treated) = (input.column("y")?, input.column("d")?);
    let columns = input.columns("x")?;
    let treated: Vec<bool> = treated.iter().map(|d| *d == 1.0).collect();
    let names = names(columns.len());
    let mut all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    all.push(&outcome);
    measure(&all, || {
        let data = Observational {
            outcome: &outcome,
            treated: &treated,
            columns: &columns,
            names: &names,
            clusters: None,
        };
        let config = AipwConfig {
            repeats: 1,
            trim: 0.01,
            ..AipwConfig::standard()
        };
        let result = aipw::estimate(&data, &config)?;
        Ok(json!({
            "parameters": [result.effect.value],
            "standard_errors": [result.effect.standard_error],
        }))
    })
}

/// One of five actions each, doing nothing among them, under a budget.
fn chosen(input: &Input) -> Result<Value> {
    let (costs, gains) = (input.columns("cost")?, input.columns("gain")?);
    let budget = input.column("budget")?[0];
    let mut all: Vec<&[f64]> = costs.iter().map(Vec::as_slice).collect();
    all.extend(gains.iter().map(Vec::as_slice));
    measure(&all, || {
        let groups = costs[0].len();
        let table = |columns: &[Vec<f64>]| -> Vec<f64> {
            let of = |row: usize| std::iter::once(0.0).chain(columns.iter().map(move |c| c[row]));
            (0..groups).flat_map(of).collect()
        };
        let (cost, gain) = (table(&costs), table(&gains));
        let starts: Vec<usize> = (0..=groups)
            .map(|group| group * (costs.len() + 1))
            .collect();
        let options = OptionTable::new(&starts, &cost, &gain)?;
        let config = ChoiceConfig {
            gap: 1e-6,
            ..ChoiceConfig::standard()
        };
        let choice = choose(&options, budget, &config)?;
        Ok(json!({"parameters": [choice.value], "bound": choice.bound, "gap": choice.gap}))
    })
}
