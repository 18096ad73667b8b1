//! Which hours does it pay to be open, which could we close, and is anybody waiting outside?
//!
//! Method: the contacts of a year by hour of the week, with the staff that each hour needs for the wait of today (Erlang-A,
//! customers give up) and what that costs. What closing an hour does to its customers is not in the data of an hour that was
//! always open, so it is told as bounds: from "all come at another hour", which only moves the work, to "nobody is helped",
//! when every case that is solved there today is lost like a failed first contact, at what that costs for its reason (see
//! `service_level`). Between the two lies the break-even: the share of the contacts that may be lost before the saving is gone. An
//! hour is called closable only if closing pays at the worst bound. Hours never open are not judged; a peak in the first open
//! hour against those that follow, and after closed days against other days, is the sign of people who waited outside.
//!
//! Assumes that a lost contact costs as much as a failed one, and that staff follows the hours. Do not trust the peak when
//! something else brings people at opening time, such as letters that went out the evening before. It is falsified by closing
//! an hour in every other week by lot and counting who comes at another.

mod estimate;
mod report;

#[cfg(test)]
mod tests;

use crate::InsightError;
use odla_domain::frames::opening::OpeningFrame;
use odla_domain::{Caution, FigureDefinition, Need, Outcome, Report, Rows, Unit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const CONTACT_ROWS: Rows = Rows(
    "select interaction_id, customer_id, at, reason, minutes, wait_minutes, resolved, repeat_of, unit_id, _source, _line \
     from interactions where initiator = 'customer' and minutes > 0 and cast(at as date) <= date '{as_of}' \
     and cast(at as date) > date '{as_of}' - interval '12 months' order by at, interaction_id",
);

pub const FIGURES: &[FigureDefinition] = &[
    definition("opening_hours.contacts.count", Unit::Count),
    definition("opening_hours.week.count", Unit::Count),
    definition("opening_hours.cost", Unit::Money),
    definition("opening_hours.can_close.net", Unit::Money),
    definition("opening_hours.first_hour.peak", Unit::Ratio),
    definition("opening_hours.first_hour.excess", Unit::Points),
    definition("opening_hours.after_closed.peak", Unit::Ratio),
];

const fn definition(pattern: &'static str, unit: Unit) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "opening_hours",
        rows: CONTACT_ROWS,
    }
}

/// Contacts with the time of day and their minutes.
pub fn needs() -> Vec<Vec<Need>> {
    vec![vec![Need::new(
        "interactions",
        &["at", "minutes", "initiator"],
    )]]
}

/// The choices of the analysis, all kept with the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpeningConfig {
    /// Level of every interval.
    pub level: f64,
    /// Contacts that a year needs.
    pub fewest_contacts: f64,
    /// Share of the busiest hour's contacts from which an hour of the week counts as open.
    pub open_share: f64,
    /// Share of saved time that can really be let go.
    pub releasable: f64,
    /// Minutes after which a waiting customer gives up, on average.
    pub patience_minutes: f64,
    /// Wait that staff is reckoned for when the register tells none, minutes.
    pub usual_wait: f64,
    /// Share of contacts lost below which a break-even is too thin to close on.
    pub thin: f64,
    /// Chance that a trial of closing shall have to tell.
    pub power: f64,
    /// Weeks that a trial may take.
    pub most_weeks: f64,
}

impl OpeningConfig {
    pub const fn standard() -> Self {
        Self {
            level: 0.90,
            fewest_contacts: 200.0,
            open_share: 0.05,
            releasable: 0.70,
            patience_minutes: 10.0,
            usual_wait: 1.0,
            thin: 0.05,
            power: 0.80,
            most_weeks: 52.0,
        }
    }
}

/// What a failed first contact of a reason costs, and its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    pub value: f64,
    pub lower: f64,
    pub upper: f64,
}

/// What `service_level` found: the cost of a staffed minute, and losses by reason.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub minute_cost: Option<f64>,
    pub losses: BTreeMap<String, Loss>,
}

impl Known {
    pub fn of(service_level: &Report) -> Self {
        let losses = service_level.figures.iter().filter_map(|figure| {
            let reason = figure
                .key
                .strip_prefix("service_level.")?
                .strip_suffix(".failed_loss")?;
            let loss = Loss {
                value: figure.value?,
                lower: figure.lower?,
                upper: figure.upper?,
            };
            Some((reason.to_owned(), loss))
        });
        Self {
            minute_cost: service_level
                .figure("service_level.minute_cost")
                .and_then(|figure| figure.value),
            losses: losses.collect(),
        }
    }
}

/// Judges each block of hours.
///
/// # Errors
/// When a year holds too few contacts.
pub fn assess(
    frame: &OpeningFrame,
    known: &Known,
    config: &OpeningConfig,
) -> Result<Outcome, InsightError> {
    let contacts: f64 = frame.hours.iter().map(|own| own.contacts).sum();
    let refuse = |key: &str| {
        let why = Caution::new(key)
            .with("needed", config.fewest_contacts)
            .with("got", contacts);
        Err(InsightError::TooLittleData(why))
    };
    if contacts < config.fewest_contacts {
        return refuse("opening_hours.too_few_contacts");
    }
    let week = estimate::Week::of(frame, config);
    if !week.tells_hours() {
        return refuse("opening_hours.no_time_of_day");
    }
    let found = estimate::judge(frame, week, known, config)?;
    Ok(report::lay_out(frame, &found, known, config).into())
}
