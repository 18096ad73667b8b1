//! How are a trial's customers and what they did read from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::common::ScalarValue;
use datafusion::prelude::SessionContext;
use jiff::ToSpan;
use jiff::civil::Date;
use odla_domain::frames::trial::TrialFrame;
use odla_domain::trial::{RegisteredTrial, TrialOutcome, TrialPlan};
use std::collections::{BTreeMap, BTreeSet};

const SQL: &str = include_str!("trial.sql");

/// Whether the register has the activity.
pub async fn knows_activity(ctx: &SessionContext, activity_id: &str) -> Result<bool, LakeError> {
    let values = vec![ScalarValue::from(activity_id)];
    let answer = asked(ctx, part(SQL, "activity"), values).await?;
    Ok(answer.counts("n")?.first().is_some_and(|n| *n > 0))
}

/// Those who fit the plan on the day of its draw, with the outcome as it was in the two windows before: what the size of
/// the trial is reckoned from.
///
/// `held_out` are activities whose controls take part in nothing else.
pub async fn eligible(
    ctx: &SessionContext,
    plan: &TrialPlan,
    held_out: &[String],
) -> Result<TrialFrame, LakeError> {
    let fits = &plan.eligible;
    let since = days_before(plan.drawn_on, fits.bought_within_days.unwrap_or(0))?;
    let places: Vec<String> = (1..=held_out.len()).map(|n| format!("${n}")).collect();
    let standing = match places.is_empty() {
        true => "''".to_owned(),
        false => places.join(", "),
    };
    let holes = [
        ("drawn_on", plan.drawn_on.to_string()),
        ("since", since.to_string()),
        (
            "bought_since",
            fits.bought_within_days.is_none().to_string(),
        ),
        ("contract_any", fits.contract.is_none().to_string()),
        ("contract", fits.contract.unwrap_or_default().to_string()),
        ("company_any", fits.company.is_none().to_string()),
        ("company", fits.company.unwrap_or_default().to_string()),
        ("standing", standing),
    ];
    let values: Vec<ScalarValue> = (held_out.iter())
        .map(|activity| ScalarValue::from(activity.as_str()))
        .collect();
    let answer = asked(ctx, &fill(part(SQL, "eligible"), &holes), values).await?;
    let units: BTreeSet<&str> = fits.units.iter().map(String::as_str).collect();
    let who = Who::read(&answer)?.of_units(&units);
    // Before the draw the last window that has passed stands for the one to come.
    let past = days_before(plan.drawn_on, plan.window_days)?;
    measured(ctx, plan, who, (past, plan.drawn_on)).await
}

/// Those who were drawn, with what they have done by `as_of`.
pub async fn drawn(
    ctx: &SessionContext,
    trial: &RegisteredTrial,
    as_of: Date,
) -> Result<TrialFrame, LakeError> {
    let plan = &trial.plan;
    let sql = fill(
        part(SQL, "drawn"),
        &[("drawn_on", plan.drawn_on.to_string())],
    );
    let values = vec![
        ScalarValue::from(plan.activity_id.as_str()),
        ScalarValue::from(trial.source.as_str()),
    ];
    let answer = asked(ctx, &sql, values).await?;
    let flags = |name: &str| answer.truths(name);
    let (treated, control, other) = (flags("treated")?, flags("control")?, flags("other")?);
    let in_both: Vec<bool> = treated
        .iter()
        .zip(&control)
        .map(|(t, c)| *t && *c)
        .collect();
    let mut who = Who::read(&answer)?;
    who.treated = treated;
    let who = who.without(&in_both);
    let until = as_of.min(plan.due_on());
    let frame = measured(ctx, plan, who, (plan.drawn_on, until)).await?;
    Ok(TrialFrame {
        in_both: in_both.iter().filter(|both| **both).count() as u64,
        foreign: other.iter().filter(|other| **other).count() as u64,
        ..frame
    })
}

/// Customers before anything is known of what they did.
#[derive(Default)]
struct Who {
    customer_id: Vec<String>,
    unit: Vec<String>,
    company: Vec<bool>,
    treated: Vec<bool>,
}

impl Who {
    fn read(answer: &Answer) -> Result<Self, LakeError> {
        Ok(Self {
            customer_id: answer.texts("customer_id")?,
            unit: answer.texts("unit")?,
            company: answer.truths("company")?,
            treated: Vec::new(),
        })
    }

    /// All units when none is named.
    fn of_units(self, units: &BTreeSet<&str>) -> Self {
        let out: Vec<bool> = (self.unit.iter())
            .map(|unit| !units.is_empty() && !units.contains(unit.as_str()))
            .collect();
        self.without(&out)
    }

    fn without(self, out: &[bool]) -> Self {
        fn kept<T>(column: Vec<T>, out: &[bool]) -> Vec<T> {
            let rows = column.into_iter().zip(out);
            rows.filter(|(_, out)| !**out).map(|(v, _)| v).collect()
        }
        Self {
            customer_id: kept(self.customer_id, out),
            unit: kept(self.unit, out),
            company: kept(self.company, out),
            treated: kept(self.treated, out),
        }
    }
}

/// The plan's outcome in the window after `from` up to and with `until`, and in the plan's window before `from`.
async fn measured(
    ctx: &SessionContext,
    plan: &TrialPlan,
    who: Who,
    (from, until): (Date, Date),
) -> Result<TrialFrame, LakeError> {
    let before = days_before(from, plan.window_days)?;
    let holes = [
        ("drawn_on", from.to_string()),
        ("until", until.to_string()),
        ("before", before.to_string()),
    ];
    let asked = match plan.outcome {
        TrialOutcome::Stayed => "stayed",
        _ => "bought",
    };
    let answer = Answer::new(query(ctx, &fill(part(SQL, asked), &holes)).await?);
    let (outcome, earlier) = columns(&answer, plan.outcome)?;
    let ids = answer.texts("customer_id")?;
    let place: BTreeMap<&str, usize> = (ids.iter().enumerate())
        .map(|(row, id)| (id.as_str(), row))
        .collect();
    let stays = plan.outcome == TrialOutcome::Stayed;
    let of = |column: &[f64], id: &String, otherwise: f64| match place.get(id.as_str()) {
        Some(&row) => column.get(row).copied().unwrap_or(otherwise),
        None => otherwise,
    };
    let nothing = if stays { f64::NAN } else { 0.0 };
    let frame = TrialFrame {
        outcome: (who.customer_id.iter())
            .map(|id| of(&outcome, id, nothing))
            .collect(),
        before: (who.customer_id.iter())
            .map(|id| of(&earlier, id, nothing))
            .collect(),
        customer_id: who.customer_id,
        unit: who.unit,
        company: who.company,
        treated: who.treated,
        in_both: 0,
        foreign: 0,
    };
    frame.checked().map_err(LakeError::frame)
}

/// The outcome and the same before; the latter is empty where there is nothing like it.
fn columns(answer: &Answer, outcome: TrialOutcome) -> Result<(Vec<f64>, Vec<f64>), LakeError> {
    let pair = |name: &str| {
        Ok((
            answer.numbers(name)?,
            answer.numbers(&format!("{name}_before"))?,
        ))
    };
    let once = |counts: Vec<f64>| counts.iter().map(|n| f64::from(*n > 0.0)).collect();
    match outcome {
        TrialOutcome::Bought => {
            let (after, before) = pair("orders")?;
            Ok((once(after), once(before)))
        }
        TrialOutcome::Orders => pair("orders"),
        TrialOutcome::Net => pair("net"),
        TrialOutcome::Contribution => pair("contribution"),
        TrialOutcome::Stayed => Ok((answer.numbers("stayed")?, Vec::new())),
    }
}

async fn asked(
    ctx: &SessionContext,
    sql: &str,
    values: Vec<ScalarValue>,
) -> Result<Answer, LakeError> {
    let question = ctx.sql(sql).await?;
    let question = match values.is_empty() {
        true => question,
        false => question.with_param_values(values)?,
    };
    Ok(Answer::new(question.collect().await?))
}

fn days_before(day: Date, days: u32) -> Result<Date, LakeError> {
    day.checked_sub(i64::from(days).days())
        .map_err(LakeError::frame)
}
