//! How many must answer, and how long do customers wait, hour by hour?

use super::Method;
use crate::columns::line_of;
use crate::fitted::Predictions;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::staffing::{Goal, Performance, Queue, Staffing, agents_needed};
use serde_json::json;

pub const METHOD: Method = Method {
    name: "staffing",
    roles: &[
        "arrivals", "handling", "patience", "agents", "within", "target",
    ],
    flags: &[],
    fit,
};

/// The usual promise: 80 % of all customers served in time.
const USUAL_TARGET: f64 = 0.80;

/// Every row is one queue, in one unit of time; with `agents` its performance, without it the agents that `within` takes.
fn fit(input: &Input) -> Result<Fitted, FitError> {
    let rows = input.columns.rows();
    let optional = |role: &str, usual: f64| -> Result<Vec<f64>, FitError> {
        match input.find(role)? {
            Some(name) => input.columns.numbers(&name).map(|values| {
                values
                    .into_iter()
                    .map(|v| if v.is_nan() { usual } else { v })
                    .collect()
            }),
            None => Ok(vec![usual; rows]),
        }
    };
    let arrivals = input.columns.complete_numbers(&input.need("arrivals")?)?;
    let handling = input.columns.complete_numbers(&input.need("handling")?)?;
    let patience = optional("patience", f64::INFINITY)?;
    let target = optional("target", USUAL_TARGET)?;
    let agents = input.find("agents")?;
    let within = match &agents {
        Some(_) => optional("within", 0.0)?,
        None => input.columns.complete_numbers(&input.need("within")?)?,
    };
    let counts = agents.map(|name| whole(input, &name)).transpose()?;
    let seen = (0..rows)
        .map(|row| {
            let queue = Queue {
                arrivals: arrivals[row],
                handling: handling[row],
                patience: patience[row],
                agents: counts.as_ref().map_or(1, |own| own[row]),
            };
            let found = match &counts {
                Some(_) => queue.performance().map(|performance| Staffing {
                    agents: queue.agents,
                    performance,
                }),
                None => agents_needed(&queue, &Goal::served_within(target[row], within[row])),
            };
            found.map_err(|error| FitError::Statistics {
                error,
                line: Some(line_of(row)),
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(told(input.method, &seen, (&arrivals, &within)))
}

fn whole(input: &Input, name: &str) -> Result<Vec<u32>, FitError> {
    let values = input.columns.complete_numbers(name)?;
    match values
        .iter()
        .position(|v| !(*v >= 1.0 && v.fract() == 0.0 && *v <= 1e7))
    {
        Some(row) => Err(FitError::OutOfRange {
            column: name.to_owned(),
            line: line_of(row),
            rule: "agents",
            value: values[row],
        }),
        None => Ok(values.iter().map(|v| *v as u32).collect()),
    }
}

/// Sums and means over all customers as params, the rows as predictions.
fn told(method: &'static str, seen: &[Staffing], (arrivals, within): (&[f64], &[f64])) -> Fitted {
    let mut fitted = Fitted::new(method, seen.len() as f64);
    let all: f64 = arrivals.iter().sum();
    let served: Vec<f64> = seen
        .iter()
        .zip(within)
        .map(|(own, within)| own.performance.served_within(*within))
        .collect();
    let column = |of: fn(&Performance) -> f64| -> Vec<f64> {
        seen.iter().map(|own| of(&own.performance)).collect()
    };
    let mean = |values: &[f64]| {
        values
            .iter()
            .zip(arrivals)
            .map(|(value, weight)| value * weight)
            .sum::<f64>()
            / all
    };
    let agents: Vec<f64> = seen.iter().map(|own| f64::from(own.agents)).collect();
    let (waiting, wait) = (column(|p| p.waiting), column(|p| p.mean_wait));
    let (gone, occupancy) = (column(|p| p.abandonment), column(|p| p.occupancy));
    for (name, value) in [
        ("agents", agents.iter().sum()),
        ("waiting", mean(&waiting)),
        ("mean_wait", mean(&wait)),
        ("abandonment", mean(&gone)),
        ("served_within", mean(&served)),
    ] {
        fitted.params.push((name.to_owned(), value));
    }
    fitted.put("arrivals", json!(all));
    fitted.predictions = Some(
        Predictions::new()
            .numbers("agents", agents)
            .numbers("waiting", waiting)
            .numbers("mean_wait", wait)
            .numbers("abandonment", gone)
            .numbers("served_within", served)
            .numbers("occupancy", occupancy),
    );
    fitted
}
