//! How is the profit frame built from the ledger?
//!
//! The books' rows are laid out once, their use is summed per pool, and each customer's part is units times rate to the
//! ledger's four decimals. Customers, years and pools are summed apart, so that they can be held against each other.

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use jiff::ToSpan;
use jiff::civil::Date;
use odla_domain::Money;
use odla_domain::frames::profit::{CostPool, Item, ProfitColumns, ProfitFrame, ProfitYear};
use std::collections::BTreeMap;

const USAGE: &str = include_str!("profit_usage.sql");
const BOOK: &str = "profit_book";
const POOLS: &str = "profit_pools";
const DRIVERS: [&str; 6] = [
    "minutes",
    "orders",
    "lines",
    "deliveries",
    "returns",
    "customers",
];

type Holes = Vec<(&'static str, String)>;

/// As of when the ledger is read.
#[derive(Clone, Copy, Debug)]
pub struct ProfitParams {
    pub as_of: Date,
}

pub async fn profit(ctx: &SessionContext, params: &ProfitParams) -> Result<ProfitFrame, LakeError> {
    let holes = holes(params.as_of)?;
    keep(ctx, BOOK, &fill(include_str!("profit_book.sql"), &holes)).await?;
    let frame = read(ctx, params.as_of, holes).await;
    for table in [BOOK, POOLS] {
        ctx.deregister_table(table)?;
    }
    frame
}

async fn read(
    ctx: &SessionContext,
    as_of: Date,
    mut holes: Holes,
) -> Result<ProfitFrame, LakeError> {
    let usage = usage(ctx, &holes).await?;
    holes.push(("usage", usage));
    keep(ctx, POOLS, &fill(include_str!("profit_pools.sql"), &holes)).await?;
    let rates = fill(include_str!("profit_rates.sql"), &holes);
    let parts = fill(include_str!("profit_parts.sql"), &[("rates", rates)]);
    holes.insert(0, ("parts", parts));
    let pools = pools(ctx, &holes, month_number(last_whole_month(as_of)?)).await?;
    let customers = customers(ctx, &holes).await?;
    let years = years(ctx, &holes).await?;
    ProfitFrame::new(as_of, customers, pools, years).map_err(LakeError::frame)
}

/// The last whole month is the month of `as_of` when that is its last day, else the month before.
fn last_whole_month(as_of: Date) -> Result<Date, LakeError> {
    if as_of.last_of_month() == as_of {
        return Ok(as_of);
    }
    as_of.first_of_month().yesterday().map_err(LakeError::frame)
}

fn holes(as_of: Date) -> Result<Holes, LakeError> {
    let month = last_whole_month(as_of)?;
    let from = as_of.checked_sub(12.months()).map_err(LakeError::frame)?;
    let next_day = as_of.tomorrow().map_err(LakeError::frame)?;
    let months_since = |day: &str| {
        format!(
            "cast((({year} - date_part('year', {day})) * 12 + {month} - date_part('month', {day}) \
             - case when date_part('day', {day}) > {dom} then 1 else 0 end) as bigint) / 12",
            year = as_of.year(),
            month = as_of.month(),
            dom = as_of.day()
        )
    };
    let mut holes = vec![
        ("as_of", as_of.to_string()),
        ("from", from.to_string()),
        ("next_day", next_day.to_string()),
        (
            "last_period",
            format!("{:04}-{:02}", month.year(), month.month()),
        ),
        ("last_month", month_number(month).to_string()),
        ("book", BOOK.to_owned()),
        ("pools", POOLS.to_owned()),
        ("years:ordered_on", months_since("ordered_on")),
        ("years:returned_on", months_since("returned_on")),
        ("years:exposed_on", months_since("exposed_on")),
        ("years:occurred_on", months_since("occurred_on")),
        ("years:on", months_since("\"on\"")),
        ("years:acquired_on", months_since("acquired_on")),
    ];
    holes.push(("billed", fill(include_str!("profit_billed.sql"), &holes)));
    Ok(holes)
}

fn month_number(day: Date) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month()) - 1
}

/// The driver units used, for the drivers that the books name; an empty table when they name none.
async fn usage(ctx: &SessionContext, holes: &Holes) -> Result<String, LakeError> {
    let named = query(
        ctx,
        &format!("select distinct driver from {BOOK} order by driver"),
    )
    .await?;
    let named = Answer::new(named).texts("driver")?;
    let mut sections: Vec<_> = DRIVERS
        .into_iter()
        .filter(|driver| named.iter().any(|name| name == driver))
        .map(|driver| part(USAGE, driver))
        .collect();
    if sections.is_empty() {
        sections.push(part(USAGE, "none"));
    }
    Ok(fill(&sections.join("\nunion all\n"), holes))
}

async fn pools(
    ctx: &SessionContext,
    holes: &Holes,
    last_month: i64,
) -> Result<Vec<CostPool>, LakeError> {
    let answer = Answer::new(query(ctx, &fill(include_str!("profit_allocated.sql"), holes)).await?);
    let texts = |name: &str| answer.texts(name);
    let (ids, periods, processes) = (texts("cost_id")?, texts("period")?, texts("process")?);
    let (names, units, drivers) = (texts("pool")?, texts("owner_unit")?, texts("driver")?);
    let (amounts, allocated) = (answer.money("amount")?, answer.money("allocated")?);
    let (used, capacity) = (answer.numbers("used")?, answer.numbers("capacity")?);
    let months = answer.counts("month")?;
    let pools = (0..answer.rows()).map(|row| CostPool {
        cost_id: ids[row].clone(),
        months_back: last_month - months[row],
        period: periods[row].clone(),
        process: processes[row].clone(),
        pool: names[row].clone(),
        unit_id: units[row].clone(),
        driver: drivers[row].clone(),
        amount: amounts[row],
        used: used[row],
        capacity: capacity[row],
        allocated: allocated[row],
    });
    Ok(pools.collect())
}

async fn customers(ctx: &SessionContext, holes: &Holes) -> Result<ProfitColumns, LakeError> {
    let answer = Answer::new(query(ctx, &fill(include_str!("profit.sql"), holes)).await?);
    Ok(ProfitColumns {
        customer_id: answer.texts("customer_id")?,
        orders: answer.counts("orders")?,
        days_since_order: answer.numbers("days_since_order")?,
        amounts: amounts(&answer)?,
    })
}

async fn years(ctx: &SessionContext, holes: &Holes) -> Result<Vec<ProfitYear>, LakeError> {
    let answer = Answer::new(query(ctx, &fill(include_str!("profit_years.sql"), holes)).await?);
    let (years_back, amounts) = (answer.counts("years_back")?, amounts(&answer)?);
    let mut years: BTreeMap<i64, Vec<Money>> = BTreeMap::new();
    for (row, &year) in years_back.iter().enumerate() {
        let sums = years
            .entry(year)
            .or_insert_with(|| vec![Money::default(); Item::ALL.len()]);
        for (sum, column) in sums.iter_mut().zip(&amounts) {
            *sum += column[row];
        }
    }
    let years = years.into_iter();
    Ok(years
        .map(|(years_back, amounts)| ProfitYear {
            years_back,
            amounts,
        })
        .collect())
}

fn amounts(answer: &Answer) -> Result<Vec<Vec<Money>>, LakeError> {
    Item::ALL
        .iter()
        .map(|item| answer.money(item.name()))
        .collect()
}

/// Computes a question once and gives the answer a name in the session.
async fn keep(ctx: &SessionContext, name: &str, sql: &str) -> Result<(), LakeError> {
    let answer = ctx.sql(sql).await?.cache().await?;
    ctx.register_table(name, answer.into_view())?;
    Ok(())
}
