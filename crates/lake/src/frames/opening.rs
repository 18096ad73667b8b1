//! How is the frame of opening hours built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use odla_domain::frames::opening::{HourOfDay, HourReason, OpeningFrame};
use std::collections::BTreeMap;

const SQL: &str = include_str!("opening.sql");

/// Hours are those of the company's own clock, by the IANA name of its time zone.
pub async fn opening(
    ctx: &SessionContext,
    as_of: Date,
    time_zone: &str,
) -> Result<OpeningFrame, LakeError> {
    let zone = TimeZone::get(time_zone).map_err(LakeError::frame)?;
    let at = as_of.checked_sub(12.months()).map_err(LakeError::frame)?;
    let holes = [("as_of", as_of.to_string()), ("at", at.to_string())];
    let ask = async |name: &str| -> Result<Answer, LakeError> {
        let answer = query(ctx, &fill(part(SQL, name), &holes)).await?;
        Ok(Answer::new(answer))
    };
    let hours = hours(&ask("hours").await?, &zone)?;
    let days = || hours.iter().map(|own| own.day);
    OpeningFrame {
        as_of,
        first_day: days().min().unwrap_or(as_of),
        last_day: days().max().unwrap_or(as_of),
        reasons: reasons(&ask("reasons").await?, &zone)?,
        hours,
    }
    .checked()
    .map_err(LakeError::frame)
}

/// What the company's clock shows at each row.
fn clock(answer: &Answer, zone: &TimeZone) -> Result<Vec<DateTime>, LakeError> {
    let seconds = answer.counts("second")?.into_iter();
    let shown = |second: i64| -> Result<DateTime, LakeError> {
        let instant = Timestamp::from_second(second).map_err(LakeError::frame)?;
        Ok(instant.to_zoned(zone.clone()).datetime())
    };
    seconds.map(shown).collect()
}

/// The night that the clock is set back has an hour twice: both are one.
fn hours(answer: &Answer, zone: &TimeZone) -> Result<Vec<HourOfDay>, LakeError> {
    let (contacts, firsts) = (answer.numbers("contacts")?, answer.numbers("firsts")?);
    let (minutes, waited) = (answer.numbers("minutes")?, answer.numbers("waited")?);
    let waits = answer.numbers("waits")?;
    let mut found = BTreeMap::<(Date, u8), HourOfDay>::new();
    for (row, shown) in clock(answer, zone)?.into_iter().enumerate() {
        let (day, hour) = (shown.date(), small(shown.hour()));
        let own = found.entry((day, hour)).or_insert(HourOfDay {
            day,
            hour,
            contacts: 0.0,
            firsts: 0.0,
            minutes: 0.0,
            waited: 0.0,
            waits: 0.0,
        });
        own.contacts += contacts[row];
        own.firsts += firsts[row];
        own.minutes += minutes[row];
        own.waited += waited[row];
        own.waits += waits[row];
    }
    Ok(found.into_values().collect())
}

fn reasons(answer: &Answer, zone: &TimeZone) -> Result<Vec<HourReason>, LakeError> {
    let (reasons, firsts) = (answer.texts("reason")?, answer.numbers("firsts")?);
    let solved = answer.numbers("solved")?;
    let mut found = BTreeMap::<(u8, u8, String), (f64, f64)>::new();
    for (row, shown) in clock(answer, zone)?.into_iter().enumerate() {
        let weekday = small(shown.weekday().to_monday_zero_offset());
        let key = (weekday, small(shown.hour()), reasons[row].clone());
        let own = found.entry(key).or_default();
        *own = (own.0 + firsts[row], own.1 + solved[row]);
    }
    let rows = found.into_iter();
    let one = |((weekday, hour, reason), (firsts, solved))| HourReason {
        weekday,
        hour,
        reason,
        firsts,
        solved,
    };
    Ok(rows.map(one).collect())
}

fn small(value: i8) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}
