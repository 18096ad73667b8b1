//! How is the loyalty frame built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::common::ScalarValue;
use datafusion::prelude::SessionContext;
use jiff::ToSpan;
use jiff::civil::Date;
use odla_domain::frames::loyalty::{LoyaltyFrame, QUESTIONS, Standings};

const SQL: &str = include_str!("loyalty.sql");
/// The customer's extra column that says how hard it is to switch, 1..5.
const SWITCHING_COST: &str = "x_switching_cost";

/// As of when the ledger is read.
#[derive(Clone, Copy, Debug)]
pub struct LoyaltyParams {
    pub as_of: Date,
    /// Answers older than this say nothing of today.
    pub months: u32,
}

impl LoyaltyParams {
    pub const fn standard(as_of: Date) -> Self {
        Self { as_of, months: 24 }
    }
}

pub async fn loyalty(
    ctx: &SessionContext,
    params: &LoyaltyParams,
) -> Result<LoyaltyFrame, LakeError> {
    let a_year_ago = params
        .as_of
        .checked_sub(12.months())
        .map_err(LakeError::frame)?;
    let survey = survey(ctx, params).await?;
    let span = Answer::new(query(ctx, part(SQL, "span")).await?);
    let first: Option<Date> = span
        .texts("first_day")?
        .first()
        .and_then(|d| d.parse().ok());
    let now = standings(ctx, params, &survey, (params.as_of, params.as_of)).await?;
    let then = standings(ctx, params, &survey, (a_year_ago, params.as_of)).await?;
    LoyaltyFrame {
        as_of: params.as_of,
        a_year_ago,
        survey,
        history_days: first.map_or(-1.0, |day| f64::from((a_year_ago - day).get_days())),
        now,
        then,
    }
    .checked()
    .map_err(LakeError::frame)
}

/// The relation survey when it asks for attitude, else the survey that asked most.
async fn survey(ctx: &SessionContext, params: &LoyaltyParams) -> Result<String, LakeError> {
    let holes = [
        ("questions", questions()),
        ("as_of", params.as_of.to_string()),
    ];
    let answer = Answer::new(query(ctx, &fill(part(SQL, "surveys"), &holes)).await?);
    let (surveys, answers) = (answer.texts("survey")?, answer.counts("answers")?);
    if surveys.iter().any(|survey| survey == "relation") {
        return Ok("relation".to_owned());
    }
    let most = (0..surveys.len()).max_by_key(|&row| answers[row]);
    Ok(most.map_or_else(String::new, |row| surveys[row].clone()))
}

async fn standings(
    ctx: &SessionContext,
    params: &LoyaltyParams,
    survey: &str,
    (at, until): (Date, Date),
) -> Result<Standings, LakeError> {
    let holes = [
        ("questions", questions()),
        (
            "answers",
            each("avg(place) filter (where question = '{q}') as {q}"),
        ),
        ("columns", each("a.{q} as {q}")),
        ("switching", switching(ctx).await?),
        ("months", params.months.to_string()),
        ("at", at.to_string()),
        ("until", until.to_string()),
    ];
    let sql = fill(part(SQL, "customers"), &holes);
    let rows = ctx.sql(&sql).await?;
    let rows = rows.with_param_values(vec![ScalarValue::from(survey)])?;
    read(&Answer::new(rows.collect().await?))
}

fn read(answer: &Answer) -> Result<Standings, LakeError> {
    let number = |name: &str| answer.numbers(name);
    let flag = |name: &str| answer.truths(name);
    Ok(Standings {
        customer_id: answer.texts("customer_id")?,
        company: flag("company")?,
        tenure_days: number("tenure_days")?,
        first_days_ago: number("first_days_ago")?,
        last_days_ago: number("last_days_ago")?,
        purchases: number("purchases")?,
        purchases_year: number("purchases_year")?,
        purchases_before: number("purchases_before")?,
        contract: flag("contract")?,
        renewed: flag("renewed")?,
        renewal_due: flag("renewal_due")?,
        purchases_after: number("purchases_after")?,
        retained: flag("retained")?,
        notice_days: number("notice_days")?,
        bound_months: number("bound_months")?,
        switching_cost: number("switching_cost")?,
        seller_share: number("seller_share")?,
        seller_orders: number("seller_orders")?,
        answer_days_ago: number("answer_days_ago")?,
        answers: QUESTIONS
            .iter()
            .map(|question| number(question))
            .collect::<Result<_, _>>()?,
    })
}

fn questions() -> String {
    QUESTIONS.map(|question| format!("'{question}'")).join(", ")
}

/// One piece of SQL per question.
fn each(template: &str) -> String {
    QUESTIONS
        .map(|question| template.replace("{q}", question))
        .join(",\n        ")
}

/// The column exists only when a file has brought it.
async fn switching(ctx: &SessionContext) -> Result<String, LakeError> {
    let customers = ctx.table("customers").await?;
    let known = customers
        .schema()
        .fields()
        .iter()
        .any(|field| field.name() == SWITCHING_COST);
    Ok(match known {
        true => format!("try_cast(c.{SWITCHING_COST} as double)"),
        false => "cast(null as double)".to_owned(),
    })
}
