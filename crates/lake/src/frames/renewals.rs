//! How is the renewals frame built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use jiff::ToSpan;
use jiff::civil::Date;
use odla_domain::frames::renewals::{Between, Cells, RenewalsFrame, Running};

const SQL: &str = include_str!("renewals.sql");

/// What may tell contracts apart: of the customer, of the contract, and of the year before.
pub const TRAITS: [&str; 6] = [
    "company",
    "long_notice",
    "bad_incident",
    "unsolved",
    "key_person_left",
    "stress",
];

type Holes = Vec<(&'static str, String)>;

/// As of when the ledger is read.
#[derive(Clone, Copy, Debug)]
pub struct RenewalsParams {
    pub as_of: Date,
}

pub async fn renewals(
    ctx: &SessionContext,
    params: &RenewalsParams,
) -> Result<RenewalsFrame, LakeError> {
    let as_of = params.as_of;
    let opening = as_of.checked_sub(12.months()).map_err(LakeError::frame)?;
    let holes = holes(ctx, (as_of, opening)).await?;
    let holes_at_opening = self::holes(ctx, (opening, opening)).await?;
    let frame = RenewalsFrame {
        as_of,
        opening,
        traits: TRAITS.map(str::to_owned).to_vec(),
        decisions: decisions(ctx, &holes).await?,
        closing: running(ctx, &holes, (as_of, true)).await?,
        at_opening: running(ctx, &holes, (opening, false)).await?,
        between: between(ctx, &holes).await?,
        between_at_opening: between(ctx, &holes_at_opening).await?,
    };
    frame.checked().map_err(LakeError::frame)
}

async fn holes(ctx: &SessionContext, (as_of, opening): (Date, Date)) -> Result<Holes, LakeError> {
    let mut holes: Holes = vec![
        ("as_of", as_of.to_string()),
        ("opening", opening.to_string()),
        ("month_of_as_of", month_number(as_of).to_string()),
        ("trait_columns", TRAITS.join(", ")),
        (
            "trait_numbers",
            (5..5 + TRAITS.len())
                .map(|n| n.to_string())
                .collect::<Vec<_>>()
                .join(", "),
        ),
    ];
    let start = register_start(ctx, &holes, as_of).await?;
    holes.push(("register_start", start.to_string()));
    holes.push(("month_of_register", month_number(start).to_string()));
    for name in ["contracts", "endings", "traits"] {
        let filled = fill(part(SQL, name).trim(), &holes);
        holes.insert(0, (name, filled));
    }
    Ok(holes)
}

async fn between(ctx: &SessionContext, holes: &Holes) -> Result<Between, LakeError> {
    let answer = Answer::new(query(ctx, &fill(part(SQL, "between"), holes)).await?);
    let first =
        |name: &str| Ok::<f64, LakeError>(answer.counts(name)?.first().map_or(0.0, |&n| n as f64));
    Ok(Between {
        months: first("months_between")?,
        ends: first("ends_between")?,
    })
}

fn month_number(day: Date) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month()) - 1
}

/// Contracts that ended before the register began are not in it, and those that survived are: chances to end are
/// counted from the month before the first end that the ledger knows.
async fn register_start(
    ctx: &SessionContext,
    holes: &Holes,
    as_of: Date,
) -> Result<Date, LakeError> {
    let answer = Answer::new(query(ctx, &fill(part(SQL, "register"), holes)).await?);
    let first_end = answer.texts("first_end")?;
    let first_end: Date = match first_end.first() {
        Some(text) if !text.is_empty() => text.parse().map_err(LakeError::frame)?,
        _ => as_of,
    };
    first_end
        .min(as_of)
        .first_of_month()
        .checked_sub(1.month())
        .map_err(LakeError::frame)
}

async fn decisions(ctx: &SessionContext, holes: &Holes) -> Result<Cells, LakeError> {
    let answer = Answer::new(query(ctx, &fill(part(SQL, "decisions"), holes)).await?);
    Ok(Cells {
        number: answer.numbers("number")?,
        has_term: answer.truths("has_term")?,
        month: answer.numbers("month")?,
        recent: answer.truths("recent")?,
        traits: traits(&answer)?,
        at_risk: answer.numbers("at_risk")?,
        ended: answer.numbers("ended")?,
        ended_influenceable: answer.numbers("ended_influenceable")?,
    })
}

/// The contracts in force on a day; the ledger's own date of the next renewal is known for the last day only.
async fn running(
    ctx: &SessionContext,
    holes: &Holes,
    (day, is_last): (Date, bool),
) -> Result<Running, LakeError> {
    let mut holes = holes.clone();
    holes.push(("day", day.to_string()));
    holes.push(("day_is_last", is_last.to_string()));
    holes.push(("month_of_day", month_number(day).to_string()));
    let answer = Answer::new(query(ctx, &fill(part(SQL, "running"), &holes)).await?);
    Ok(Running {
        contract_id: answer.texts("contract_id")?,
        customer_id: answer.texts("customer_id")?,
        number: answer.numbers("number")?,
        term: answer.numbers("term")?,
        has_term: answer.truths("has_term")?,
        months_to_next: answer.numbers("months_to_next")?,
        monthly_amount: answer
            .numbers("monthly_amount")?
            .into_iter()
            .map(|v| if v.is_nan() { 0.0 } else { v })
            .collect(),
        monthly_cost: answer.numbers("monthly_cost")?,
        end_reason: answer.texts("end_reason")?,
        started_after_opening: answer.truths("started_after_opening")?,
        traits: traits(&answer)?,
    })
}

fn traits(answer: &Answer) -> Result<Vec<Vec<f64>>, LakeError> {
    TRAITS.iter().map(|name| answer.numbers(name)).collect()
}
