//! How is the purchases frame built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use jiff::civil::Date;
use jiff::{ToSpan, Unit};
use odla_domain::frames::purchases::{Purchases, PurchasesFrame};
use std::collections::BTreeMap;

const SQL: &str = include_str!("purchases.sql");

/// As of when the ledger is read.
#[derive(Clone, Copy, Debug)]
pub struct PurchasesParams {
    pub as_of: Date,
}

pub async fn purchases(
    ctx: &SessionContext,
    params: &PurchasesParams,
) -> Result<PurchasesFrame, LakeError> {
    let as_of = params.as_of;
    let opening = as_of.checked_sub(12.months()).map_err(LakeError::frame)?;
    let as_of_hole = [("as_of", as_of.to_string())];
    let span = span(&Answer::new(
        query(ctx, &fill(part(SQL, "span"), &as_of_hole)).await?,
    ))?;
    let cut = cut(span, opening)?;
    let holes = [
        ("as_of", as_of.to_string()),
        ("opening", opening.to_string()),
        ("cut", cut.to_string()),
    ];
    let answer = Answer::new(query(ctx, &fill(part(SQL, "purchases"), &holes)).await?);
    let (segment, segments) = numbered(&answer.texts("segment")?);
    let frame = PurchasesFrame {
        as_of,
        opening,
        cut,
        span,
        customer_id: answer.texts("customer_id")?,
        segment,
        segments,
        first_days_ago: answer.numbers("first_days_ago")?,
        closing: at(&answer, "")?,
        before_opening: at(&answer, "_opening")?,
        before_cut: at(&answer, "_cut")?,
    };
    frame.checked().map_err(LakeError::frame)
}

/// The holdout is the last 12 months when at least as much lies before them, else the later half of the history.
fn cut(span: Option<(Date, Date)>, opening: Date) -> Result<Date, LakeError> {
    let Some((first, last)) = span else {
        return Ok(opening);
    };
    let days = |from: Date, to: Date| -> Result<i64, LakeError> {
        Ok(i64::from(
            from.until((Unit::Day, to))
                .map_err(LakeError::frame)?
                .get_days(),
        ))
    };
    if days(first, opening)? >= 365 {
        return Ok(opening);
    }
    first
        .checked_add((days(first, last)? / 2).days())
        .map_err(LakeError::frame)
}

fn span(answer: &Answer) -> Result<Option<(Date, Date)>, LakeError> {
    let (first, last) = (answer.texts("first_day")?, answer.texts("last_day")?);
    match (first.first(), last.first()) {
        (Some(first), Some(last)) if !first.is_empty() => {
            let day = |text: &str| text.parse::<Date>().map_err(LakeError::frame);
            Ok(Some((day(first)?, day(last)?)))
        }
        _ => Ok(None),
    }
}

fn at(answer: &Answer, suffix: &str) -> Result<Purchases, LakeError> {
    let column = |name: &str| answer.numbers(&format!("{name}{suffix}"));
    Ok(Purchases {
        purchases: column("n")?,
        last_days_ago: column("last_days_ago")?,
        net: column("net")?,
        net_with_cost: column("net_with_cost")?,
        margin: column("margin")?,
    })
}

/// Words as numbers into the sorted list of words.
fn numbered(words: &[String]) -> (Vec<u32>, Vec<String>) {
    let mut numbers: BTreeMap<&str, u32> = words.iter().map(|word| (word.as_str(), 0)).collect();
    for (place, number) in numbers.values_mut().enumerate() {
        *number = place as u32;
    }
    let listed = words.iter().map(|word| numbers[word.as_str()]).collect();
    (listed, numbers.into_keys().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_short_history_is_cut_in_the_middle() {
        let cdnow = Some((date(1997, 1, 1), date(1998, 6, 30)));
        assert_eq!(cut(cdnow, date(1997, 6, 30)).ok(), Some(date(1997, 9, 30)));
        let long = Some((date(2023, 7, 1), date(2026, 6, 29)));
        assert_eq!(cut(long, date(2025, 6, 30)).ok(), Some(date(2025, 6, 30)));
        assert_eq!(cut(None, date(2025, 6, 30)).ok(), Some(date(2025, 6, 30)));
    }

    #[test]
    fn segments_are_numbered_in_their_order() {
        let words = ["b", "a", "b"].map(str::to_owned);
        let (numbers, listed) = numbered(&words);
        assert_eq!(
            (numbers, listed),
            (vec![1, 0, 1], vec!["a".to_owned(), "b".to_owned()])
        );
    }
}
