//! How is the deals frame built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use jiff::ToSpan;
use jiff::civil::Date;
use odla_domain::frames::deals::{DealDay, DealsFrame, Established, Won};

const SQL: &str = include_str!("deals.sql");
/// Without a date of acquisition, who bought in the ledger's first months may have bought before it.
const LEAD_MONTHS: i64 = 3;

/// As of when the ledger is read.
#[derive(Clone, Copy, Debug)]
pub struct DealsParams {
    pub as_of: Date,
    /// Months before a year ago in which established customers' prices are looked at.
    pub months: u32,
}

impl DealsParams {
    pub const fn standard(as_of: Date) -> Self {
        Self { as_of, months: 3 }
    }
}

pub async fn deals(ctx: &SessionContext, params: &DealsParams) -> Result<DealsFrame, LakeError> {
    let as_of = params.as_of;
    let at = as_of.checked_sub(12.months()).map_err(LakeError::frame)?;
    let before = at
        .checked_sub(i64::from(params.months).months())
        .map_err(LakeError::frame)?;
    let span_sql = fill(part(SQL, "span"), &[("as_of", as_of.to_string())]);
    let answer = Answer::new(query(ctx, &span_sql).await?);
    let day = |name: &str| -> Result<Option<Date>, LakeError> {
        Ok(answer.texts(name)?.first().and_then(|day| day.parse().ok()))
    };
    let span = day("first_day")?.zip(day("last_day")?);
    let from = span.map_or(as_of, |(first, _)| first);
    let from = from
        .checked_add(LEAD_MONTHS.months())
        .map_err(LakeError::frame)?;
    let holes = [
        ("as_of", as_of.to_string()),
        ("at", at.to_string()),
        ("before", before.to_string()),
        ("from", from.to_string()),
        ("until", at.to_string()),
    ];
    let ask = async |name: &str| -> Result<Answer, LakeError> {
        Ok(Answer::new(
            query(ctx, &fill(part(SQL, name), &holes)).await?,
        ))
    };
    let (units, days) = days(&ask("days").await?)?;
    DealsFrame {
        as_of,
        span,
        units,
        days,
        won: won(&ask("won").await?)?,
        established: established(&ask("established").await?)?,
    }
    .checked()
    .map_err(LakeError::frame)
}

fn days(answer: &Answer) -> Result<(Vec<String>, Vec<DealDay>), LakeError> {
    let names = answer.texts("unit_id")?;
    let mut units = names.clone();
    units.sort_unstable();
    units.dedup();
    let (dates, orders) = (answer.texts("day")?, answer.numbers("orders")?);
    let (net, list) = (answer.money("net")?, answer.money("list")?);
    let (discount, returned) = (answer.money("discount")?, answer.money("returned")?);
    let mut days = Vec::with_capacity(names.len());
    for row in 0..names.len() {
        days.push(DealDay {
            unit: units
                .binary_search(&names[row])
                .expect("the list of units is made from these names"),
            day: dates[row].parse().map_err(LakeError::frame)?,
            orders: orders[row],
            net: net[row],
            list: list[row],
            discount: discount[row],
            returned: returned[row],
        });
    }
    Ok((units, days))
}

fn won(answer: &Answer) -> Result<Won, LakeError> {
    Ok(Won {
        customer_id: answer.texts("customer_id")?,
        discount_share: answer.numbers("discount_share")?,
        channel: answer.texts("channel")?,
        unit: answer.texts("unit")?,
        company: answer.truths("company")?,
        contract: answer.truths("contract")?,
        first_net: answer.numbers("first_net")?,
        days_ago: answer.numbers("days_ago")?,
        purchases_after: answer.numbers("purchases_after")?,
        came_back: answer.truths("came_back")?,
        contribution_after: answer.money("contribution_after")?,
    })
}

fn established(answer: &Answer) -> Result<Established, LakeError> {
    Ok(Established {
        customer_id: answer.texts("customer_id")?,
        discount_share: answer.numbers("discount_share")?,
        unit: answer.texts("unit")?,
        company: answer.truths("company")?,
        purchases_before: answer.numbers("purchases_before")?,
        contribution_before: answer.money("contribution_before")?,
        discount_before: answer.numbers("discount_before")?,
        silence_days: answer.numbers("silence_days")?,
        tenure_days: answer.numbers("tenure_days")?,
        orders: answer.numbers("orders")?,
        net: answer.numbers("net")?,
        purchases_after: answer.numbers("purchases_after")?,
        contribution_after: answer.money("contribution_after")?,
    })
}
