//! How much is moved to the right side of a date or a limit, and how much is created by it?

use super::Method;
use super::purchases::LEVEL;
use crate::caution::cautions_from;
use crate::columns::line_of;
use crate::fitted::{Predictions, range};
use crate::groups::events;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::bunching::{BunchingConfig, Course, estimate_bunching};
use serde_json::{Map, Value, json};

pub const METHOD: Method = Method {
    name: "bunching",
    roles: &["position", "count", "exposure", "window"],
    flags: &["bootstrap"],
    fit,
};

const USUAL_ROUNDS: usize = 400;

/// Columns `position` (below 0 is before the threshold), `count`, and `window`, which says where the course may be disturbed.
fn fit(input: &Input) -> Result<Fitted, FitError> {
    let position = input.columns.complete_numbers(&input.need("position")?)?;
    let count = input.columns.complete_numbers(&input.need("count")?)?;
    let exposure = match input.find("exposure")? {
        Some(name) => input.columns.complete_numbers(&name)?,
        None => vec![1.0; position.len()],
    };
    let config = BunchingConfig {
        rounds: input.rounds(USUAL_ROUNDS)?,
        level: LEVEL,
        ..window(input, &position)?
    };
    let course = Course {
        position: &position,
        count: &count,
        exposure: &exposure,
    };
    let found = estimate_bunching(&course, &config, input.options.seed)?;
    let mut fitted = Fitted::new(input.method, count.iter().sum());
    let mut intervals = Map::new();
    for (name, own) in [
        ("excess", &found.excess),
        ("missing", &found.missing),
        ("moved", &found.moved),
        ("created", &found.created),
        ("excess_share", &found.excess_share),
    ] {
        fitted.params.push((name.to_owned(), own.value));
        fitted
            .standard_errors
            .push((name.to_owned(), own.standard_error));
        intervals.insert(name.to_owned(), range(&own.interval));
    }
    fitted.put("intervals", Value::Object(intervals));
    fitted.put(
        "window",
        json!({"before": config.before, "after": config.after}),
    );
    fitted.put("degree", json!(found.degree));
    fitted.put("dispersion", json!(found.dispersion));
    fitted.cautions = cautions_from(&found.cautions);
    fitted.predictions = Some(
        Predictions::new()
            .numbers("position", position.clone())
            .numbers("count", count.clone())
            .numbers("course", found.course),
    );
    Ok(fitted)
}

/// The window from the marked rows: from the first marked position before 0 to the last one from 0 on.
fn window(input: &Input, position: &[f64]) -> Result<BunchingConfig, FitError> {
    let name = input.need("window")?;
    let (marks, _) = events(input.columns, &name)?;
    if let Some(row) = marks.iter().position(|mark| mark.is_nan()) {
        return Err(FitError::Missing {
            column: name,
            line: line_of(row),
        });
    }
    let marked = || {
        position
            .iter()
            .zip(&marks)
            .filter(|(_, mark)| **mark == 1.0)
            .map(|(p, _)| *p)
    };
    Ok(BunchingConfig {
        before: -marked().fold(0.0, f64::min),
        after: marked().fold(0.0, f64::max),
        ..BunchingConfig::standard()
    })
}
