//! Which cohorts stand in the file, and how does a fitted renewal distribution follow them?

use crate::columns::line_of;
use crate::fitted::Predictions;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::StatsError;
use odla_stats::btyd::{Fit, Parameters};
use odla_stats::contract::Cohort;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::purchases::fitted_from;

pub const ROLES: &[&str] = &["period", "survivors", "lost", "remaining", "group"];
pub const FLAGS: &[&str] = &["group", "predict"];

/// More renewals ahead than this is not a forecast.
const MOST_RENEWALS: f64 = 1000.0;

/// What a fitted renewal distribution says.
pub trait Renewals {
    fn survival(&self, renewals: u32) -> f64;
    fn retention(&self, renewal: u32) -> f64;
}

/// One cohort of the file: the renewals it had survived when first seen, its start and what was left after each.
struct Followed {
    name: String,
    survived: u32,
    /// Left at the start and after each renewal.
    left: Vec<f64>,
}

/// Fits the distribution to `period` with `survivors`, or with `lost` and `remaining`; one cohort per `group`.
pub fn fit<P: Parameters + Renewals>(
    input: &Input,
    fit: fn(&[Cohort]) -> Result<Fit<P>, StatsError>,
) -> Result<Fitted, FitError> {
    let followed = read(input)?;
    let cohorts = followed
        .iter()
        .map(Followed::cohort)
        .collect::<Result<Vec<_>, _>>()?;
    let fit = fit(&cohorts)?;
    let mut fitted = fitted_from(input.method, &fit);
    let curves = followed
        .iter()
        .map(|cohort| (cohort.name.clone(), cohort.curve(&fit.parameters)));
    match followed.as_slice() {
        [one] => fitted.put("curve", one.curve(&fit.parameters)),
        _ => fitted.put("curves", Value::Object(curves.collect())),
    }
    if let Some(horizon) = input.horizon()? {
        if horizon.fract() != 0.0 || horizon > MOST_RENEWALS {
            return Err(FitError::FlagRange {
                flag: "predict".to_owned(),
                rule: "renewals",
            });
        }
        fitted.predictions = Some(predict(&fit.parameters, &followed, horizon as u32));
    }
    Ok(fitted)
}

impl Followed {
    fn cohort(&self) -> Result<Cohort, StatsError> {
        let lost: Vec<f64> = self.left.windows(2).map(|pair| pair[0] - pair[1]).collect();
        Cohort::entered_late(
            self.survived,
            &lost,
            self.left.last().copied().unwrap_or(0.0),
        )
    }

    /// Share left after each renewal of those seen at the start: as it was, and as fitted.
    fn curve<P: Renewals>(&self, parameters: &P) -> Value {
        let start = parameters.survival(self.survived);
        let point = |at: usize| {
            let renewals = self.survived + at as u32;
            let entry = json!({
                "observed": self.left[at] / self.left[0],
                "fitted": parameters.survival(renewals) / start,
                "retention": (at > 0).then(|| parameters.retention(renewals)),
            });
            (renewals.to_string(), entry)
        };
        Value::Object((0..self.left.len()).map(point).collect::<Map<_, _>>())
    }
}

fn predict<P: Renewals>(parameters: &P, followed: &[Followed], horizon: u32) -> Predictions {
    let (mut names, mut renewals, mut left, mut retention) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for cohort in followed {
        let now = cohort.survived + cohort.left.len() as u32 - 1;
        let remaining = cohort.left.last().copied().unwrap_or(0.0);
        for ahead in 1..=horizon {
            names.push(cohort.name.clone());
            renewals.push(f64::from(now + ahead));
            left.push(remaining * parameters.survival(now + ahead) / parameters.survival(now));
            retention.push(parameters.retention(now + ahead));
        }
    }
    Predictions::new()
        .texts("group", names)
        .numbers("renewal", renewals)
        .numbers("expected_left", left)
        .numbers("retention", retention)
}

fn read(input: &Input) -> Result<Vec<Followed>, FitError> {
    let period_name = input.need("period")?;
    let periods = input.columns.complete_numbers(&period_name)?;
    if let Some(row) = periods
        .iter()
        .position(|p| !(*p >= 0.0 && p.fract() == 0.0 && *p < 1e6))
    {
        return Err(refuse(&period_name, row, "whole", periods[row]));
    }
    let groups = match input.named("group")? {
        Some(name) => input
            .columns
            .complete_texts(&name)?
            .into_iter()
            .map(str::to_owned)
            .collect(),
        None => vec![String::new(); periods.len()],
    };
    let mut rows: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, group) in groups.iter().enumerate() {
        rows.entry(group).or_default().push(row);
    }
    let base = periods
        .iter()
        .copied()
        .fold(f64::INFINITY, f64::min)
        .min(1.0);
    let counts = Counts::read(input)?;
    rows.into_iter()
        .map(|(name, mut rows)| {
            rows.sort_by(|one, other| periods[*one].total_cmp(&periods[*other]));
            let gap = rows
                .windows(2)
                .find(|pair| periods[pair[1]] - periods[pair[0]] != 1.0);
            if let Some(pair) = gap {
                return Err(refuse(
                    &period_name,
                    pair[1],
                    "next_period",
                    periods[pair[1]],
                ));
            }
            Ok(Followed {
                name: name.to_owned(),
                survived: (periods[rows[0]] - base) as u32,
                left: counts.left(&rows)?,
            })
        })
        .collect()
}

/// The counts of the file, in one of the two ways they may be told.
enum Counts {
    /// Left when the period begins: the first row is the start.
    Survivors(String, Vec<f64>),
    /// Ended at the renewal, and left after the last row.
    Lost(Vec<f64>, Vec<f64>),
}

impl Counts {
    fn read(input: &Input) -> Result<Self, FitError> {
        let by_lost = input.named("lost")?.is_some() || input.find("survivors")?.is_none();
        if by_lost && let Some(lost) = input.find("lost")? {
            let remaining = input.need("remaining")?;
            return Ok(Self::Lost(
                counts(input, &lost)?,
                counts(input, &remaining)?,
            ));
        }
        let survivors = input.need("survivors")?;
        let values = counts(input, &survivors)?;
        Ok(Self::Survivors(survivors, values))
    }

    fn left(&self, rows: &[usize]) -> Result<Vec<f64>, FitError> {
        match self {
            Self::Survivors(name, left) => {
                if let Some(pair) = rows.windows(2).find(|pair| left[pair[1]] > left[pair[0]]) {
                    return Err(refuse(name, pair[1], "falling", left[pair[1]]));
                }
                Ok(rows.iter().map(|&row| left[row]).collect())
            }
            Self::Lost(lost, remaining) => {
                let mut left = vec![rows.last().map_or(0.0, |&row| remaining[row])];
                for &row in rows.iter().rev() {
                    left.push(left[left.len() - 1] + lost[row]);
                }
                left.reverse();
                Ok(left)
            }
        }
    }
}

fn counts(input: &Input, name: &str) -> Result<Vec<f64>, FitError> {
    let values = input.columns.complete_numbers(name)?;
    match values.iter().position(|value| *value < 0.0) {
        Some(row) => Err(refuse(name, row, "not_negative", values[row])),
        None => Ok(values),
    }
}

fn refuse(column: &str, row: usize, rule: &'static str, value: f64) -> FitError {
    FitError::OutOfRange {
        column: column.to_owned(),
        line: line_of(row),
        rule,
        value,
    }
}
