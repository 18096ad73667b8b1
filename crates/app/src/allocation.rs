//! Where would other money, or other limits, lead? The same answer for terminal, API and page, from what a run has kept.

use crate::pages::Kept;
use crate::{AppError, Denied};
use odla_domain::Report;
use odla_insight::allocation::{self, AllocationConfig, Doing, Place};
use odla_insight::service_level::whatif;
use std::collections::BTreeMap;

pub use odla_insight::allocation::Wanted;

/// Answers from the curves and figures of a run; nothing is estimated anew.
///
/// # Errors
/// When the run has no places for money, a place is not known, or the limits leave no plan.
pub fn answer(kept: &Kept, wanted: &Wanted) -> Result<Report, AppError> {
    kept.report("allocation")?;
    let config = config_of(kept)?;
    let places = places(kept, &config);
    let asked = (wanted.locked.iter())
        .chain(&wanted.kept)
        .chain(&wanted.capped);
    for name in asked {
        if !places.iter().any(|place| place.is_called(name)) {
            let known: Vec<&str> = places.iter().map(|place| place.name.as_str()).collect();
            return Err(AppError::UnknownSpot {
                name: name.clone(),
                known: known.join(", "),
            });
        }
    }
    Ok(allocation::answer(&places, wanted, &config)?)
}

/// What is known of the worth of money: the curves of handling time, and activities with their cost and value strength.
pub fn places(kept: &Kept, config: &AllocationConfig) -> Vec<Place> {
    let terms = kept.report("service_level").ok();
    let terms = terms.and_then(whatif::Kept::of);
    let figure = |key: &str| kept.reports.iter().find_map(|report| report.figure(key));
    let register = kept.report("activities").ok();
    let doings = register.map_or_else(Vec::new, |register| Doing::of_register(register, &figure));
    allocation::places(terms.as_ref(), &doings, config, kept.record.seed)
}

/// The choices that the run was made with.
pub fn config_of(kept: &Kept) -> Result<AllocationConfig, AppError> {
    let config = kept.record.configuration.get("allocation").cloned();
    let read = config.map(serde_json::from_value).transpose();
    let read = read.map_err(|error| AppError::BrokenRun {
        id: kept.record.id.clone(),
        detail: error.to_string(),
    })?;
    Ok(read.unwrap_or_else(AllocationConfig::standard))
}

/// Reads `process=least..most`; either may be left out.
///
/// # Errors
/// When it is not that, or a limit is below 0.
pub fn process_of(text: &str) -> Result<(String, (f64, f64)), AppError> {
    let refused = || invalid("process", text);
    let (process, limits) = text.rsplit_once('=').ok_or_else(refused)?;
    let (least, most) = limits.split_once("..").ok_or_else(refused)?;
    let limit = |text: &str, otherwise: f64| match text.trim() {
        "" => Some(otherwise),
        text => number(text).filter(|limit| *limit >= 0.0),
    };
    let ends = limit(least, 0.0).zip(limit(most, f64::MAX));
    Ok((process.trim().to_owned(), ends.ok_or_else(refused)?))
}

/// Reads the limits of processes.
///
/// # Errors
/// As [`process_of`].
pub fn processes_of<'t>(
    texts: impl Iterator<Item = &'t str>,
) -> Result<BTreeMap<String, (f64, f64)>, AppError> {
    texts.map(process_of).collect()
}

/// Reads an amount of money, 0 or more.
///
/// # Errors
/// When it is none.
pub fn money_of(text: &str) -> Result<f64, AppError> {
    number(text)
        .filter(|money| *money >= 0.0)
        .ok_or_else(|| invalid("money", text))
}

/// Reads a share, 0..1.
///
/// # Errors
/// When it is none.
pub fn share_of(text: &str) -> Result<f64, AppError> {
    number(text)
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| invalid("save", text))
}

fn number(text: &str) -> Option<f64> {
    let number = text.trim().replace(',', ".").parse::<f64>().ok();
    number.filter(|number| number.is_finite())
}

fn invalid(field: &str, text: &str) -> AppError {
    let detail = text.chars().take(60).collect();
    Denied::Invalid {
        field: field.to_owned(),
        detail,
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_with_either_end_left_out() {
        let read = |text: &str| process_of(text).expect("read");
        assert_eq!(read("Brand=100..2,5"), ("Brand".to_owned(), (100.0, 2.5)));
        assert_eq!(read("a=b=..9"), ("a=b".to_owned(), (0.0, 9.0)));
        assert_eq!(read("a=3.."), ("a".to_owned(), (3.0, f64::MAX)));
        for wrong in ["a", "a=5", "a=-1..3", "a=x..3", "a=1..inf"] {
            assert!(process_of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn money_is_never_below_nothing() {
        assert_eq!(money_of("1000,5").expect("read"), 1_000.5);
        for wrong in ["-1", "NaN", "inf", "", "mycket"] {
            assert!(money_of(wrong).is_err(), "{wrong}");
        }
        assert!(share_of("0.1").is_ok() && share_of("1.1").is_err());
    }
}
