//! How is the claims frame built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use jiff::ToSpan;
use jiff::civil::Date;
use odla_domain::frames::claims::{ClaimsFrame, Customers, Steps, WonCost};

const SQL: &str = include_str!("claims.sql");

/// As of when the ledger is read.
#[derive(Clone, Copy, Debug)]
pub struct ClaimsParams {
    pub as_of: Date,
}

pub async fn claims(ctx: &SessionContext, params: &ClaimsParams) -> Result<ClaimsFrame, LakeError> {
    let at = params
        .as_of
        .checked_sub(12.months())
        .map_err(LakeError::frame)?;
    let before = at.checked_sub(12.months()).map_err(LakeError::frame)?;
    let holes = [
        ("as_of", params.as_of.to_string()),
        ("at", at.to_string()),
        ("before", before.to_string()),
    ];
    let ask = async |name: &str| -> Result<Answer, LakeError> {
        Ok(Answer::new(
            query(ctx, &fill(part(SQL, name), &holes)).await?,
        ))
    };
    ClaimsFrame {
        as_of: params.as_of,
        at,
        history_days: one(&ask("span").await?, "days")?,
        customers: customers(&ask("customers").await?)?,
        won: won(&ask("won").await?)?,
        steps: steps(&ask("steps").await?)?,
    }
    .checked()
    .map_err(LakeError::frame)
}

fn customers(answer: &Answer) -> Result<Customers, LakeError> {
    let number = |name: &str| answer.numbers(name);
    let flag = |name: &str| answer.truths(name);
    Ok(Customers {
        customer_id: answer.texts("customer_id")?,
        company: flag("company")?,
        contract: flag("contract")?,
        young: flag("young")?,
        tenure_years: number("tenure_years")?,
        silence_days: number("silence_days")?,
        purchases_before: number("purchases_before")?,
        purchases_after: number("purchases_after")?,
        net_before: number("net_before")?,
        net_after: number("net_after")?,
        contribution_before: number("contribution_before")?,
        contribution_after: number("contribution_after")?,
        discount_before: number("discount_before")?,
        discount_after: number("discount_after")?,
        promised_before: number("promised_before")?,
        late_before: number("late_before")?,
        retained: flag("retained")?,
        categories: number("categories")?,
        proactive: number("proactive")?,
        asked: number("asked")?,
        satisfaction: number("satisfaction")?,
        referred: flag("referred")?,
        member_before: flag("member_before")?,
        joined: flag("joined")?,
        club_cost_after: number("club_cost_after")?,
    })
}

fn won(answer: &Answer) -> Result<WonCost, LakeError> {
    let first = |name: &str| one(answer, name);
    Ok(WonCost {
        customers: count(answer.counts("customers")?.first().copied().unwrap_or(0)),
        mean: first("mean_cost")?,
        spread: first("spread")?,
    })
}

fn steps(answer: &Answer) -> Result<Steps, LakeError> {
    let (words, customers) = (answer.texts("step")?, answer.counts("customers")?);
    let bought = answer.counts("bought")?;
    let of = |word: &str| {
        let row = words.iter().position(|known| known == word);
        row.map_or((0, 0), |row| (count(customers[row]), count(bought[row])))
    };
    Ok(Steps {
        second: of("second"),
        third: of("third"),
    })
}

fn one(answer: &Answer, name: &str) -> Result<f64, LakeError> {
    Ok(answer.numbers(name)?.first().copied().unwrap_or(f64::NAN))
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
