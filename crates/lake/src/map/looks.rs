//! What do the values of a column look like: a date, a number, an answer on a scale?

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use odla_domain::tables::Kind;

use super::Seen;
use crate::import::parse::{self, Manner};

/// Formats that are tried when the usual ones do not fit; the day before the month comes first, as in Europe.
const FORMATS: &[&str] = &[
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%y%m%d",
    "%d %b %Y",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
];

/// Whether most of the values can be what the column holds.
pub fn fits(kind: Kind, values: &[String]) -> bool {
    let manner = manner();
    let most = |good: &dyn Fn(&str) -> bool| {
        values.is_empty()
            || values.iter().filter(|value| good(value)).count() * 10 >= values.len() * 8
    };
    match kind {
        Kind::Date | Kind::Instant => {
            most(&|value| parse::date(value, &manner).is_ok()) || date_format(values).is_some()
        }
        Kind::Amount | Kind::Number | Kind::Share | Kind::Count | Kind::Grade(..) => {
            most(&|value| parse::number(value, &manner).is_ok())
        }
        Kind::Month => most(&|value| parse::month(value).is_ok()),
        Kind::Flag => most(&|value| parse::flag(value).is_ok()),
        Kind::Text | Kind::Choice(_) => true,
    }
}

/// The format that fits every value, when the usual ones do not fit most.
pub fn date_format(values: &[String]) -> Option<&'static str> {
    let usual = manner();
    let understood = values
        .iter()
        .filter(|value| parse::date(value, &usual).is_ok())
        .count();
    if values.is_empty() || understood * 10 >= values.len() * 8 {
        return None;
    }
    FORMATS.iter().copied().find(|format| {
        let own = Manner {
            dates: vec![(*format).to_owned()],
            ..usual.clone()
        };
        values.iter().all(|value| parse::date(value, &own).is_ok())
    })
}

/// The columns that look like answers on a scale and are used for nothing else.
pub fn questions(seen: &[Seen], matches: &BTreeMap<&'static str, usize>) -> Vec<usize> {
    if matches.contains_key("question") || matches.contains_key("value") {
        return Vec::new();
    }
    let used: Vec<usize> = matches.values().copied().collect();
    seen.iter()
        .enumerate()
        .filter(|(at, column)| !used.contains(at) && on_a_scale(&column.values))
        .map(|(at, _)| at)
        .collect()
}

fn on_a_scale(values: &[String]) -> bool {
    let small = values
        .iter()
        .filter(|value| value.parse::<i64>().is_ok_and(|v| (0..=11).contains(&v)))
        .count();
    let mut distinct: Vec<&String> = values.iter().collect();
    distinct.sort();
    distinct.dedup();
    values.len() >= 5 && small * 10 >= values.len() * 7 && (3..=15).contains(&distinct.len())
}

fn manner() -> Manner {
    Manner {
        comma_separated: false,
        ..Manner::plain(TimeZone::UTC)
    }
}
