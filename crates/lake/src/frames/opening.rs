//! How is the frame of opening hours built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use jiff::ToSpan;
use jiff::civil::Date;
use odla_domain::frames::opening::{HourOfDay, HourReason, OpeningFrame};

const SQL: &str = include_str!("opening.sql");

pub async fn opening(ctx: &SessionContext, as_of: Date) -> Result<OpeningFrame, LakeError> {
    let at = as_of.checked_sub(12.months()).map_err(LakeError::frame)?;
    let holes = [("as_of", as_of.to_string()), ("at", at.to_string())];
    let ask = async |name: &str| -> Result<Answer, LakeError> {
        let answer = query(ctx, &fill(part(SQL, name), &holes)).await?;
        Ok(Answer::new(answer))
    };
    let hours = hours(&ask("hours").await?)?;
    let days = || hours.iter().map(|own| own.day);
    OpeningFrame {
        as_of,
        first_day: days().min().unwrap_or(as_of),
        last_day: days().max().unwrap_or(as_of),
        reasons: reasons(&ask("reasons").await?)?,
        hours,
    }
    .checked()
    .map_err(LakeError::frame)
}

fn hours(answer: &Answer) -> Result<Vec<HourOfDay>, LakeError> {
    let (days, hours) = (answer.texts("day")?, answer.counts("hour")?);
    let (contacts, firsts) = (answer.numbers("contacts")?, answer.numbers("firsts")?);
    let (minutes, waited) = (answer.numbers("minutes")?, answer.numbers("waited")?);
    let waits = answer.numbers("waits")?;
    let one = |row: usize| -> Result<HourOfDay, LakeError> {
        Ok(HourOfDay {
            day: days[row].parse().map_err(LakeError::frame)?,
            hour: small(hours[row]),
            contacts: contacts[row],
            firsts: firsts[row],
            minutes: minutes[row],
            waited: waited[row],
            waits: waits[row],
        })
    };
    (0..answer.rows()).map(one).collect()
}

/// Weeks begin on Monday here; SQL's begin on Sunday.
fn reasons(answer: &Answer) -> Result<Vec<HourReason>, LakeError> {
    let (dows, hours) = (answer.counts("dow")?, answer.counts("hour")?);
    let (reasons, firsts) = (answer.texts("reason")?, answer.numbers("firsts")?);
    let solved = answer.numbers("solved")?;
    let rows = (0..answer.rows()).map(|row| HourReason {
        weekday: small((dows[row] + 6) % 7),
        hour: small(hours[row]),
        reason: reasons[row].clone(),
        firsts: firsts[row],
        solved: solved[row],
    });
    Ok(rows.collect())
}

fn small(value: i64) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}
