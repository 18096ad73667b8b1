//! What did the treatment change over time: staggered starts, one treated unit, or effects that come late?

use super::effect_choice::put_effect;
use super::purchases::LEVEL;
use crate::caution::cautions_from;
use crate::error::of_rows;
use crate::explaining::{complete_rows, explaining, on, tell_left_out};
use crate::groups::{Groups, events};
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::causal::did::{self, Aggregation, DidConfig, Part, Staggered, two_way};
use odla_stats::causal::lag::{self, LagConfig, LagShape, Timed};
use odla_stats::causal::synthetic::{self, Donors, SyntheticConfig};
use odla_stats::{Estimate, StatsError};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Words in the column of starts that mean that there was none.
const NEVER: [&str; 5] = ["0", "never", "aldrig", "inf", "none"];
/// Lags told when `--predict` does not say how many.
const USUAL_LAGS: f64 = 3.0;

/// Rows of units over time.
struct Panel {
    used: Vec<usize>,
    outcome: Vec<f64>,
    columns: Vec<Vec<f64>>,
    names: Vec<String>,
    period: Vec<i64>,
    unit: Option<Vec<usize>>,
    unit_names: Vec<String>,
    clusters: Option<Vec<usize>>,
    /// What stands in the file for each period.
    labels: BTreeMap<i64, String>,
}

/// Group-time effects joined over all (`did`) or by time since the start (`event-study`).
pub fn staggered(input: &Input) -> Result<Fitted, FitError> {
    let (panel, starts) = started(input)?;
    let data = Staggered {
        outcome: &panel.outcome,
        period: &panel.period,
        first_treated: &starts,
        unit: panel.unit.as_deref(),
        columns: &panel.columns,
        names: &panel.names,
        clusters: panel.clusters.as_deref(),
    };
    let config = DidConfig {
        seed: input.options.seed,
        level: LEVEL,
        ..DidConfig::standard()
    };
    let effects = did::estimate(&data, &config).map_err(of_rows(&panel.used))?;
    let by_event = input.options.design.as_deref() == Some("event-study");
    let joined = match by_event {
        true => did::aggregate(&effects, Aggregation::Event)?,
        false => did::aggregate(&effects, Aggregation::Simple)?,
    };
    let event = did::aggregate(&effects, Aggregation::Event)?;
    let mut fitted = panel.told(input, &joined.overall);
    fitted.cautions.extend(cautions_from(&event.cautions));
    fitted.put("events", parts(&event.parts, "time", &|at| json!(at)));
    let placebo = event.placebo.map(|p| {
        json!({"statistic": p.statistic, "degrees": [p.degrees.0, p.degrees.1], "p_value": p.p_value})
    });
    fitted.put("placebo", placebo.unwrap_or(Value::Null));
    if !by_event {
        let label = |at: i64| json!(panel.labels.get(&at));
        for (name, key, aggregation) in [
            ("starts", "start", Aggregation::Group),
            ("periods", "period", Aggregation::Calendar),
        ] {
            let own = did::aggregate(&effects, aggregation)?;
            fitted.put(name, parts(&own.parts, key, &label));
        }
    }
    // The customary coefficient for comparison, where there is a panel to take it from.
    if let Ok(fixed) = two_way::estimate(&data, LEVEL) {
        fitted.put(
            "two_way_fixed_effects",
            json!({"effect": fixed.effect.value, "standard_error": fixed.effect.standard_error, "negative_share": fixed.negative_share}),
        );
    }
    fitted.put("units", json!(effects.units));
    fitted.put("cells_left_out", json!(effects.skipped.len()));
    Ok(fitted)
}

/// One treated unit (or the mean of several that start together) against a mix of the others.
pub fn synthetic_control(input: &Input) -> Result<Fitted, FitError> {
    let (panel, starts) = started(input)?;
    let Some(unit) = &panel.unit else {
        return Err(missing(input, "unit"));
    };
    let begins: BTreeSet<i64> = starts.iter().flatten().copied().collect();
    let first = match (begins.first(), begins.len()) {
        (Some(first), 1) => *first,
        (Some(_), _) => return Err(StatsError::invalid("starts at different times").into()),
        (None, _) => return Err(StatsError::TooFewGroups { needed: 2, got: 1 }.into()),
    };
    let periods: Vec<i64> = panel.labels.keys().copied().collect();
    let mut courses: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    let mut treated_units = BTreeSet::new();
    for row in 0..panel.used.len() {
        let place = periods.partition_point(|p| *p < panel.period[row]);
        let course = courses
            .entry(unit[row])
            .or_insert_with(|| vec![f64::NAN; periods.len()]);
        course[place] = panel.outcome[row];
        if starts[row].is_some() {
            treated_units.insert(unit[row]);
        }
    }
    let whole = |course: &[f64]| course.iter().all(|y| !y.is_nan());
    let treated: Vec<&Vec<f64>> = treated_units
        .iter()
        .filter_map(|u| courses.get(u))
        .collect();
    let mean: Vec<f64> = (0..periods.len())
        .map(|t| treated.iter().map(|c| c[t]).sum::<f64>() / treated.len() as f64)
        .collect();
    let (names, donors): (Vec<&String>, Vec<Vec<f64>>) = (courses.iter())
        .filter(|(u, course)| !treated_units.contains(u) && whole(course))
        .map(|(u, course)| (&panel.unit_names[*u], course.clone()))
        .unzip();
    let data = Donors {
        treated: &mean,
        donors: &donors,
        before: periods.partition_point(|p| *p < first),
    };
    let config = SyntheticConfig {
        level: LEVEL,
        ..SyntheticConfig::standard()
    };
    let result = synthetic::estimate(&data, &config)?;
    let augmented = synthetic::estimate(
        &data,
        &SyntheticConfig {
            augmented: true,
            ..config
        },
    )?;
    // The spread that the interval tells; there is no standard error to be had from ranks.
    let mut fitted = Fitted::new(input.method, panel.used.len() as f64);
    let effect = Estimate {
        value: result.effect,
        standard_error: f64::NAN,
        interval: result.interval,
    };
    put_effect(&mut fitted, &effect, result.p_value);
    fitted.cautions.extend(cautions_from(&result.cautions));
    tell_left_out(&mut fitted, panel.used.len(), input.columns.rows());
    let weights: Map<String, Value> = (names.iter().zip(&result.weights))
        .filter(|(_, w)| **w > 1e-6)
        .map(|(name, w)| ((*name).clone(), json!(w)))
        .collect();
    fitted.put("weights", Value::Object(weights));
    let course: Vec<Value> = (0..periods.len())
        .map(|t| json!({"period": panel.labels[&periods[t]], "treated": mean[t], "synthetic": result.synthetic[t], "gap": result.gaps[t]}))
        .collect();
    fitted.put("course", json!(course));
    fitted.put(
        "details",
        json!({
            "rmspe_before": result.rmspe_before, "rmspe_after": result.rmspe_after, "ratio": result.ratio,
            "rank": result.rank, "donors": donors.len(), "fair_placebos": result.fair_placebos(),
            "augmented_effect": augmented.effect, "augmented_rmspe_before": augmented.rmspe_before,
        }),
    );
    Ok(fitted)
}

/// Effects of a dose by the time since it was given.
pub fn distributed_lag(input: &Input) -> Result<Fitted, FitError> {
    let panel = Panel::read(input)?;
    let treatment = input.need("treatment")?;
    let dose = on(&input.columns.numbers(&treatment)?, &panel.used);
    if let Some(place) = dose.iter().position(|d| d.is_nan()) {
        return Err(FitError::Missing {
            column: treatment,
            line: crate::columns::line_of(panel.used[place]),
        });
    }
    let single = vec![0; panel.used.len()];
    let unit = panel.unit.as_ref().unwrap_or(&single);
    let data = Timed {
        outcome: &panel.outcome,
        dose: &dose,
        unit,
        period: &panel.period,
        columns: &panel.columns,
        names: &panel.names,
    };
    let longest = input.horizon()?.unwrap_or(USUAL_LAGS).min(1e6) as usize;
    let config = LagConfig {
        longest,
        shape: LagShape::Free,
        unit_levels: panel.unit.is_some(),
        level: LEVEL,
    };
    let result = lag::estimate(&data, &config).map_err(of_rows(&panel.used))?;
    let Some(whole) = result.cumulative.last() else {
        return Err(StatsError::TooFewObservations { needed: 1, got: 0 }.into());
    };
    let mut fitted = panel.told(input, whole);
    fitted.cautions.extend(cautions_from(&result.cautions));
    let lags: Vec<Value> = (result.effects.iter().zip(&result.cumulative).enumerate())
        .map(|(lag, (own, sum))| {
            json!({
                "lag": lag, "effect": own.value, "standard_error": own.standard_error,
                "lower": own.interval.lower, "upper": own.interval.upper,
                "cumulative": sum.value, "cumulative_standard_error": sum.standard_error,
            })
        })
        .collect();
    fitted.put("lags", json!(lags));
    fitted.put(
        "details",
        json!({"mean_lag": result.mean_lag, "rows": result.rows}),
    );
    Ok(fitted)
}

fn parts(parts: &[Part], key: &str, label: &dyn Fn(i64) -> Value) -> Value {
    let part = |part: &Part| {
        let mut own = Map::new();
        own.insert(key.to_owned(), label(part.at));
        for (name, value) in [
            ("effect", part.effect.value),
            ("standard_error", part.effect.standard_error),
            ("lower", part.effect.interval.lower),
            ("upper", part.effect.interval.upper),
            ("band_lower", part.simultaneous.lower),
            ("band_upper", part.simultaneous.upper),
        ] {
            own.insert(name.to_owned(), json!(value));
        }
        Value::Object(own)
    };
    json!(parts.iter().map(part).collect::<Vec<_>>())
}

impl Panel {
    fn read(input: &Input) -> Result<Self, FitError> {
        let outcome = input.columns.numbers(&input.need("outcome")?)?;
        let periods = input.columns.texts(&input.need("period")?)?;
        let explaining = explaining(input, &input.covariates()?)?;
        let columns = explaining.columns.iter().map(Vec::as_slice);
        let complete = complete_rows(columns.chain([outcome.as_slice()]), outcome.len());
        let units = match input.find("unit")? {
            Some(name) => Some(Groups::read(input.columns, &name)?),
            None => None,
        };
        let known = |row: &usize| {
            let unit = units.as_ref().is_none_or(|u| u.of_row[*row].is_some());
            unit && !periods[*row].is_empty()
        };
        let used: Vec<usize> = complete.into_iter().filter(known).collect();
        let own: Vec<&str> = used.iter().map(|&row| periods[row]).collect();
        let numbers = whole_numbers(&own);
        let mut different: Vec<&str> = own.clone();
        different.sort_unstable();
        different.dedup();
        // Days and other words go by their order, which for ISO days is that of time.
        let place = |text: &str| different.partition_point(|other| *other < text) as i64;
        let period: Vec<i64> =
            numbers.unwrap_or_else(|| own.iter().map(|text| place(text)).collect());
        let labels = period
            .iter()
            .zip(&own)
            .map(|(p, text)| (*p, (*text).to_owned()))
            .collect();
        let clusters = match input.named("group")? {
            Some(name) => {
                let groups = Groups::read(input.columns, &name)?;
                let own = |row: &usize| groups.of_row[*row].unwrap_or(groups.names.len());
                Some(used.iter().map(own).collect())
            }
            None => None,
        };
        let unit = units
            .as_ref()
            .map(|u| used.iter().filter_map(|&row| u.of_row[row]).collect());
        Ok(Panel {
            outcome: on(&outcome, &used),
            columns: explaining.on(&used),
            names: explaining.names,
            period,
            unit,
            unit_names: units.map_or(Vec::new(), |u| u.names),
            clusters,
            labels,
            used,
        })
    }

    fn told(&self, input: &Input, effect: &Estimate) -> Fitted {
        let mut fitted = Fitted::new(input.method, self.used.len() as f64);
        let t = (effect.value / effect.standard_error).abs();
        let p_value = 2.0 * odla_stats::special::normal_cdf(-t);
        put_effect(&mut fitted, effect, p_value);
        tell_left_out(&mut fitted, self.used.len(), input.columns.rows());
        fitted
    }
}

/// The panel and each row's first treated period: from the role `start`, else from a treatment that is 0 and then 1.
fn started(input: &Input) -> Result<(Panel, Vec<Option<i64>>), FitError> {
    let panel = Panel::read(input)?;
    let Some(name) = input.find("start")? else {
        let starts = from_treatment(input, &panel)?;
        return Ok((panel, starts));
    };
    let texts = input.columns.texts(&name)?;
    let own: Vec<&str> = panel.used.iter().map(|&row| texts[row]).collect();
    let never = |text: &str| text.is_empty() || NEVER.contains(&text.to_lowercase().as_str());
    let given: Vec<&str> = own.iter().copied().filter(|text| !never(text)).collect();
    let by_number = whole_numbers(
        &panel
            .labels
            .values()
            .map(String::as_str)
            .collect::<Vec<_>>(),
    )
    .is_some();
    let starts = match (by_number, whole_numbers(&given)) {
        (true, Some(_)) => (own.iter())
            .map(|text| if never(text) { None } else { number(text) })
            .collect(),
        (true, None) => {
            let wrong = panel
                .used
                .iter()
                .zip(&own)
                .find(|(_, text)| !never(text) && number(text).is_none());
            let (row, text) = wrong.map_or((0, ""), |(row, text)| (*row, *text));
            return Err(FitError::NotNumber {
                column: name,
                line: crate::columns::line_of(row),
                value: text.to_owned(),
            });
        }
        // The first period that is not before the start.
        (false, _) => (own.iter())
            .map(|text| match never(text) {
                true => None,
                false => {
                    let after = panel
                        .labels
                        .iter()
                        .find(|(_, label)| label.as_str() >= *text);
                    after.map(|(at, _)| *at)
                }
            })
            .collect(),
    };
    Ok((panel, starts))
}

fn from_treatment(input: &Input, panel: &Panel) -> Result<Vec<Option<i64>>, FitError> {
    let Some(unit) = &panel.unit else {
        return Err(missing(input, "start"));
    };
    let (treated, _) = events(input.columns, &input.need("treatment")?)?;
    let mut first: BTreeMap<usize, i64> = BTreeMap::new();
    for (place, row) in panel.used.iter().enumerate() {
        if treated[*row] > 0.5 {
            let own = first.entry(unit[place]).or_insert(panel.period[place]);
            *own = (*own).min(panel.period[place]);
        }
    }
    Ok(unit.iter().map(|unit| first.get(unit).copied()).collect())
}

fn missing(input: &Input, role: &str) -> FitError {
    FitError::RoleMissing {
        method: input.method.to_owned(),
        role: role.to_owned(),
        known: input.columns.names().join(", "),
    }
}

fn whole_numbers(texts: &[&str]) -> Option<Vec<i64>> {
    texts.iter().map(|text| number(text)).collect()
}

fn number(text: &str) -> Option<i64> {
    let value: f64 = text.trim().parse().ok()?;
    (value.fract() == 0.0 && value.abs() < 9e15).then_some(value as i64)
}
