//! How is the incidents frame built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use jiff::ToSpan;
use jiff::civil::Date;
use odla_domain::frames::incidents::{Course, Ending, IncidentsFrame, Known, Met};

const SQL: &str = include_str!("incidents.sql");

/// As of when the ledger is read.
#[derive(Clone, Copy, Debug)]
pub struct IncidentsParams {
    pub as_of: Date,
    /// Months before a year ago in which faults count as met.
    pub months: u32,
}

impl IncidentsParams {
    pub const fn standard(as_of: Date) -> Self {
        Self { as_of, months: 6 }
    }
}

pub async fn incidents(
    ctx: &SessionContext,
    params: &IncidentsParams,
) -> Result<IncidentsFrame, LakeError> {
    let at = params
        .as_of
        .checked_sub(12.months())
        .map_err(LakeError::frame)?;
    let before = at
        .checked_sub(i64::from(params.months).months())
        .map_err(LakeError::frame)?;
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
    let (survey, late) = (ask("survey").await?, ask("late").await?);
    IncidentsFrame {
        as_of: params.as_of,
        lists: lists(&ask("lists").await?)?,
        endings: endings(&ask("endings").await?)?,
        agreement: agreement(&ask("agreement").await?)?,
        survey_problems: one(&survey, "problems")?,
        survey_told: one(&survey, "told")?,
        deliveries: one(&late, "deliveries")?,
        late: one(&late, "late")?,
        late_told: one(&late, "told")?,
        customers: customers(&ask("customers").await?)?,
        course: course(&ask("course").await?)?,
    }
    .checked()
    .map_err(LakeError::frame)
}

fn lists(answer: &Answer) -> Result<Vec<Known>, LakeError> {
    let (kinds, severities) = (answer.texts("kind")?, answer.counts("severity")?);
    let flag = |name: &str| answer.truths(name);
    let (reported, caught, heard) = (flag("reported")?, flag("caught")?, flag("heard")?);
    let (faults, year) = (answer.counts("faults")?, answer.counts("faults_year")?);
    let known = (0..answer.rows()).map(|row| Known {
        kind: kinds[row].clone(),
        severity: severities[row],
        reported: reported[row],
        caught: caught[row],
        heard: heard[row],
        faults: count(faults[row]),
        faults_year: count(year[row]),
    });
    Ok(known.collect())
}

fn endings(answer: &Answer) -> Result<Vec<Ending>, LakeError> {
    let (closed, words) = (answer.truths("closed")?, answer.texts("word")?);
    let (faults, compensation) = (answer.counts("faults")?, answer.money("compensation")?);
    let (days, ours) = (answer.numbers("days")?, answer.counts("our_accounts")?);
    let (theirs, both) = (
        answer.counts("their_accounts")?,
        answer.counts("both_accounts")?,
    );
    let endings = (0..answer.rows()).map(|row| Ending {
        closed: closed[row],
        word: words[row].clone(),
        faults: count(faults[row]),
        compensation: compensation[row],
        days: days[row],
        our_accounts: count(ours[row]),
        their_accounts: count(theirs[row]),
        both_accounts: count(both[row]),
    });
    Ok(endings.collect())
}

fn agreement(answer: &Answer) -> Result<[[u64; 2]; 2], LakeError> {
    let (ours, theirs) = (answer.truths("ours")?, answer.truths("theirs")?);
    let mut table = [[0; 2]; 2];
    for (row, contacts) in answer.counts("contacts")?.into_iter().enumerate() {
        table[usize::from(ours[row])][usize::from(theirs[row])] += count(contacts);
    }
    Ok(table)
}

fn customers(answer: &Answer) -> Result<Met, LakeError> {
    let number = |name: &str| answer.numbers(name);
    let flag = |name: &str| answer.truths(name);
    Ok(Met {
        customer_id: answer.texts("customer_id")?,
        met: answer.texts("met")?,
        severity: number("severity")?,
        company: flag("company")?,
        contract: flag("contract")?,
        young: flag("young")?,
        tenure_days: number("tenure_days")?,
        silence_days: number("silence_days")?,
        purchases_before: number("purchases_before")?,
        contacts_before: number("contacts_before")?,
        purchases_meanwhile: number("purchases_meanwhile")?,
        shipped_meanwhile: number("shipped_meanwhile")?,
        retained: flag("retained")?,
        purchases_after: number("purchases_after")?,
        satisfaction_before: number("satisfaction_before")?,
        satisfaction_after: number("satisfaction_after")?,
    })
}

fn course(answer: &Answer) -> Result<Vec<Course>, LakeError> {
    let (met, quarters) = (answer.texts("met")?, answer.counts("quarter")?);
    let (purchases, buyers) = (answer.numbers("purchases")?, answer.numbers("buyers")?);
    let people = answer.numbers("people")?;
    let course = (0..answer.rows()).map(|row| Course {
        met: met[row].clone(),
        quarter: quarters[row],
        purchases: purchases[row],
        buyers: buyers[row],
        people: people[row],
    });
    Ok(course.collect())
}

fn one(answer: &Answer, name: &str) -> Result<u64, LakeError> {
    Ok(answer.counts(name)?.first().copied().map_or(0, count))
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
