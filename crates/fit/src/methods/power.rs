//! How many customers must a trial have, and what can it then see?

use super::Method;
use super::purchases::LEVEL;
use crate::columns::line_of;
use crate::error::of_rows;
use crate::explaining::{complete_rows, explaining, on, tell_left_out};
use crate::fitted::Predictions;
use crate::groups::Groups;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::StatsError;
use odla_stats::causal::power::{Design, Goal, Measure, power, sample_size, smallest_difference};
use odla_stats::regression::mixed::icc;
use odla_stats::regression::{Errors, FitConfig, Sample, Weights, linear};
use serde_json::{Value, json};

pub const METHOD: Method = Method {
    name: "power",
    roles: &[
        "outcome",
        "covariate",
        "group",
        "deviation",
        "share",
        "difference",
        "rows",
        "share_treated",
        "variance_removed",
        "cluster_size",
        "size_variation",
        "icc",
        "power",
    ],
    flags: &["outcome", "covariates", "group", "predict"],
    fit,
};

/// The usual goal: a true effect is called four times out of five.
const GOAL: Goal = Goal {
    level: LEVEL,
    power: 0.8,
};
/// Shares of the rows treated that a history is asked for.
const SHARES: [f64; 6] = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5];

fn fit(input: &Input) -> Result<Fitted, FitError> {
    match input.named("outcome")? {
        Some(outcome) => by_history(input, &outcome),
        None => by_plans(input),
    }
}

/// What rows like these can show: spread, foreknowledge and likeness within groups are those of the file.
fn by_history(input: &Input, outcome: &str) -> Result<Fitted, FitError> {
    let values = input.columns.numbers(outcome)?;
    let explaining = explaining(input, &input.covariates()?)?;
    let groups = match input.named("group")? {
        Some(name) => Some(Groups::read(input.columns, &name)?),
        None => None,
    };
    let columns = explaining.columns.iter().map(Vec::as_slice);
    let rows: Vec<usize> = complete_rows(columns.chain([values.as_slice()]), values.len())
        .into_iter()
        .filter(|row| groups.as_ref().is_none_or(|g| g.of_row[*row].is_some()))
        .collect();
    let own = on(&values, &rows);
    let measure = measured(&own)?;
    let mut design = Design {
        variance_removed: foreknown(&own, &explaining.on(&rows), &explaining.names, &rows)?,
        ..Design::by_customer()
    };
    if let Some(groups) = &groups {
        let place: Vec<usize> = rows.iter().filter_map(|row| groups.of_row[*row]).collect();
        grouped(&mut design, &own, &place)?;
    }
    let n = rows.len() as f64;
    let mut fitted = Fitted::new(input.method, n);
    tell_left_out(&mut fitted, rows.len(), values.len());
    let mut put = |name: &str, value: f64| fitted.params.push((name.to_owned(), value));
    match measure {
        Measure::Mean { sd } => put("deviation", sd),
        Measure::Share { control } => put("share", control),
    }
    put("variance_removed", design.variance_removed);
    if groups.is_some() {
        put("icc", design.icc);
        put("cluster_size", design.cluster_size);
        put("size_variation", design.size_variation);
    }
    put(
        "smallest_difference",
        smallest_difference(measure, &design, n, GOAL)?,
    );
    if let Some(difference) = input.options.predict {
        let size = sample_size(measure, difference, &design, GOAL)?;
        put("rows", (size.treated + size.control) as f64);
        if groups.is_some() {
            put(
                "clusters",
                (size.clusters_treated + size.clusters_control) as f64,
            );
        }
        put("power", power(measure, difference, &design, (n, LEVEL))?);
    }
    let by_share = SHARES.iter().map(|share| {
        let design = Design {
            share_treated: *share,
            ..design
        };
        // A design that cannot show even the largest difference has none.
        let found = smallest_difference(measure, &design, n, GOAL).unwrap_or(f64::NAN);
        json!({"share_treated": share, "smallest_difference": found})
    });
    fitted.put("by_share_treated", json!(by_share.collect::<Vec<Value>>()));
    fitted.put("goal", json!({"level": GOAL.level, "power": GOAL.power}));
    Ok(fitted)
}

fn measured(values: &[f64]) -> Result<Measure, FitError> {
    let n = values.len() as f64;
    if values.len() < 4 {
        let got = values.len();
        return Err(StatsError::TooFewObservations { needed: 4, got }.into());
    }
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|y| (y - mean).powi(2)).sum();
    if squares == 0.0 {
        let what = "outcome".to_owned();
        return Err(StatsError::NoVariation { what }.into());
    }
    Ok(match values.iter().all(|y| *y == 0.0 || *y == 1.0) {
        true => Measure::Share { control: mean },
        false => Measure::Mean {
            sd: (squares / (n - 1.0)).sqrt(),
        },
    })
}

/// Share of the variance that the columns foretell, with their number taken off.
fn foreknown(
    outcome: &[f64],
    columns: &[Vec<f64>],
    names: &[String],
    rows: &[usize],
) -> Result<f64, FitError> {
    if columns.is_empty() {
        return Ok(0.0);
    }
    let sample = Sample {
        outcome,
        columns,
        names,
        weights: Weights::Equal,
        clusters: None,
    };
    let config = FitConfig {
        errors: Errors::Classical,
        level: LEVEL,
    };
    let fit = linear::fit(&sample, &config).map_err(of_rows(rows))?;
    let n = outcome.len() as f64;
    let left = (1.0 - fit.r2) * (n - 1.0) / (n - 1.0 - columns.len() as f64);
    Ok((1.0 - left).clamp(0.0, 1.0 - 1e-9))
}

fn grouped(design: &mut Design, values: &[f64], place: &[usize]) -> Result<(), FitError> {
    let likeness = icc(values, place)?;
    let mut sizes = vec![0.0_f64; place.iter().max().map_or(0, |last| last + 1)];
    place.iter().for_each(|at| sizes[*at] += 1.0);
    sizes.retain(|size| *size > 0.0);
    let k = sizes.len() as f64;
    let mean = sizes.iter().sum::<f64>() / k;
    let squares: f64 = sizes.iter().map(|size| (size - mean).powi(2)).sum();
    design.cluster_size = mean;
    design.size_variation = (squares / (k - 1.0).max(1.0)).sqrt() / mean;
    design.icc = likeness.icc1.clamp(0.0, 1.0);
    Ok(())
}

/// Every row is one plan; of `difference` and `rows` (and `power`) the one that is missing is found.
fn by_plans(input: &Input) -> Result<Fitted, FitError> {
    let count = input.columns.rows();
    let column = |role: &str| -> Result<Option<Vec<f64>>, FitError> {
        let name = input.find(role)?;
        name.map(|name| input.columns.complete_numbers(&name))
            .transpose()
    };
    let usual = |role: &str, value: f64| -> Result<Vec<f64>, FitError> {
        Ok(column(role)?.unwrap_or_else(|| vec![value; count]))
    };
    let share = column("share")?;
    let deviation = match &share {
        Some(_) => vec![1.0; count],
        None => input.columns.complete_numbers(&input.need("deviation")?)?,
    };
    let (difference, rows) = (column("difference")?, column("rows")?);
    if rows.is_none() {
        input.need("difference")?;
    }
    let goal = usual("power", GOAL.power)?;
    let treated = usual("share_treated", 0.5)?;
    let removed = usual("variance_removed", 0.0)?;
    let size = usual("cluster_size", 1.0)?;
    let variation = usual("size_variation", 0.0)?;
    let icc = usual("icc", 0.0)?;
    let mut plans: Vec<[f64; 3]> = Vec::new();
    for row in 0..count {
        let measure = match &share {
            Some(share) => Measure::Share {
                control: share[row],
            },
            None => Measure::Mean { sd: deviation[row] },
        };
        let design = Design {
            share_treated: treated[row],
            variance_removed: removed[row],
            cluster_size: size[row],
            size_variation: variation[row],
            icc: icc[row],
        };
        let goal = Goal {
            power: goal[row],
            ..GOAL
        };
        let own = |column: &Option<Vec<f64>>| column.as_ref().map(|values| values[row]);
        let found = plan(measure, &design, (own(&difference), own(&rows)), goal);
        plans.push(found.map_err(|error| FitError::Statistics {
            error,
            line: Some(line_of(row)),
        })?);
    }
    Ok(told(input.method, &plans))
}

/// Difference, rows and power of one plan.
fn plan(
    measure: Measure,
    design: &Design,
    (difference, rows): (Option<f64>, Option<f64>),
    goal: Goal,
) -> Result<[f64; 3], StatsError> {
    Ok(match (difference, rows) {
        (Some(difference), Some(rows)) => {
            let found = power(measure, difference, design, (rows, goal.level))?;
            [difference, rows, found]
        }
        (Some(difference), None) => {
            let size = sample_size(measure, difference, design, goal)?;
            let rows = (size.treated + size.control) as f64;
            [difference, rows, goal.power]
        }
        (None, rows) => {
            let rows = rows.unwrap_or(f64::NAN);
            let found = smallest_difference(measure, design, rows, goal)?;
            [found, rows, goal.power]
        }
    })
}

/// The rows are the predictions; params are the range over all plans, or the one plan itself.
fn told(method: &'static str, plans: &[[f64; 3]]) -> Fitted {
    let mut fitted = Fitted::new(method, plans.len() as f64);
    let mut predictions = Predictions::new();
    for (at, name) in ["difference", "rows", "power"].into_iter().enumerate() {
        let own: Vec<f64> = plans.iter().map(|plan| plan[at]).collect();
        let least = own.iter().copied().fold(f64::INFINITY, f64::min);
        let most = own.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        match plans.len() {
            1 => fitted.params.push((name.to_owned(), least)),
            _ => {
                fitted.params.push((format!("{name}_least"), least));
                fitted.params.push((format!("{name}_most"), most));
            }
        }
        predictions = predictions.numbers(name, own);
    }
    fitted.put("goal", json!({"level": GOAL.level, "power": GOAL.power}));
    fitted.predictions = Some(predictions);
    fitted
}
