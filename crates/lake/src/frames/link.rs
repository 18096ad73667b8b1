//! How is the link frame built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::common::ScalarValue;
use datafusion::prelude::SessionContext;
use jiff::civil::Date;
use jiff::{ToSpan, Unit};
use odla_domain::frames::drivers::Question;
use odla_domain::frames::link::{LinkBehavior, LinkFrame, LinkSource};
use std::collections::BTreeMap;

const SQL: &str = include_str!("link.sql");
const FULL_MONTHS: u32 = 12;
const FEWEST_MONTHS: u32 = 3;
const DAYS_PER_YEAR: f64 = 365.25;

/// What to read.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkParams {
    pub as_of: Date,
    /// The attitude asked for (`satisfaction`, `epsi`, `nps`); otherwise the first that is answered.
    pub measure: Option<String>,
    /// The wave asked for; otherwise the latest with twelve months of follow-up.
    pub wave: Option<String>,
    /// Fewer answers than this make no wave.
    pub fewest_answers: i64,
}

impl LinkParams {
    pub fn standard(as_of: Date) -> Self {
        Self {
            as_of,
            measure: None,
            wave: None,
            fewest_answers: 100,
        }
    }
}

/// `None` when no answer of an attitude can be placed on a customer and followed for at least three months.
pub async fn link(
    ctx: &SessionContext,
    params: &LinkParams,
) -> Result<Option<LinkFrame>, LakeError> {
    let waves = waves(ctx, params).await?;
    let Some(chosen) = choose(ctx, &waves, params).await? else {
        return Ok(None);
    };
    let span = span(ctx, &chosen).await?;
    let holes = [
        ("as_of", params.as_of.to_string()),
        ("months", chosen.months.to_string()),
        ("pooled", chosen.pooled().to_string()),
        ("middle", chosen.middle().to_string()),
        ("questions", chosen.measure.questions().to_owned()),
        ("value", chosen.value().to_owned()),
        (
            "earlier_share",
            share_in_force("t - interval '24 months'", "t - interval '12 months'"),
        ),
        (
            "before_share",
            share_in_force("t - interval '12 months'", "t"),
        ),
        (
            "after_share",
            share_in_force("t", &format!("t + interval '{} months'", chosen.months)),
        ),
        (
            "renewal_due",
            renewal_between("t", &format!("t + interval '{} months'", chosen.months)),
        ),
        (
            "tenure_days",
            days("least(c.acquired_on, y.first_day, h.first_day)", "b.t"),
        ),
        ("recency_days", days("y.last_day", "b.t")),
    ];
    let customers = ctx.sql(&fill(part(SQL, "customers"), &holes)).await?;
    let values = vec![
        ScalarValue::from(chosen.survey.as_str()),
        ScalarValue::from(chosen.wave.as_str()),
    ];
    let answer = Answer::new(customers.with_param_values(values)?.collect().await?);
    Ok(Some(frame_of(&answer, chosen, &span)?))
}

/// What an attitude is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    Satisfaction,
    /// Mean of satisfaction, against expectation and against ideal, 0..100.
    Epsi,
    Nps,
}

impl Measure {
    const ALL: [Self; 3] = [Self::Satisfaction, Self::Epsi, Self::Nps];

    const fn word(self) -> &'static str {
        match self {
            Self::Satisfaction => "satisfaction",
            Self::Epsi => "epsi",
            Self::Nps => "nps",
        }
    }

    /// The question that says how many have answered.
    const fn leading(self) -> &'static str {
        match self {
            Self::Satisfaction => "satisfaction",
            Self::Epsi => "expectation",
            Self::Nps => "nps",
        }
    }

    const fn questions(self) -> &'static str {
        match self {
            Self::Satisfaction => "'satisfaction'",
            Self::Epsi => "'satisfaction', 'expectation', 'ideal'",
            Self::Nps => "'nps'",
        }
    }
}

/// The answers to one question in one wave of one survey.
struct Wave {
    survey: String,
    question: String,
    wave: String,
    answers: i64,
    unplaced: i64,
    scale: Option<(f64, f64)>,
    mixed_scales: bool,
    days: Option<(Date, Date)>,
}

/// The wave that is read.
struct Chosen {
    survey: String,
    wave: String,
    measure: Measure,
    scale: Option<(f64, f64)>,
    mixed_scales: bool,
    months: u32,
    first_day: Date,
    last_day: Date,
    unplaced: i64,
}

impl Chosen {
    /// Answers without waves: each customer's latest answer that can be followed.
    fn pooled(&self) -> bool {
        self.wave.is_empty()
    }

    /// The day that those who did not answer are counted from.
    fn middle(&self) -> Date {
        let days = self
            .first_day
            .until(self.last_day)
            .map_or(0, |span| span.get_days());
        self.first_day.saturating_add((days / 2).days())
    }

    fn value(&self) -> &'static str {
        match (self.measure, self.mixed_scales) {
            (Measure::Epsi, _) => "100 * place",
            (_, true) => "10 * place",
            (_, false) => "value",
        }
    }

    fn question(&self) -> Question {
        let (scale, rescaled) = match (self.measure, self.mixed_scales) {
            (Measure::Epsi, _) => (Some((0.0, 100.0)), false),
            (_, true) => (Some((0.0, 10.0)), true),
            (_, false) => (self.scale, false),
        };
        Question {
            key: self.measure.word().to_owned(),
            scale,
            rescaled,
        }
    }
}

async fn waves(ctx: &SessionContext, params: &LinkParams) -> Result<Vec<Wave>, LakeError> {
    let holes = [("as_of", params.as_of.to_string())];
    let answer = Answer::new(query(ctx, &fill(part(SQL, "waves"), &holes)).await?);
    let (surveys, questions, names) = (
        answer.texts("survey")?,
        answer.texts("question")?,
        answer.texts("wave")?,
    );
    let (answers, unplaced) = (answer.counts("answers")?, answer.counts("unplaced")?);
    let (lowest_min, highest_min) = (
        answer.numbers("lowest_min")?,
        answer.numbers("highest_min")?,
    );
    let (lowest_max, highest_max) = (
        answer.numbers("lowest_max")?,
        answer.numbers("highest_max")?,
    );
    let (first, last) = (answer.texts("first_day")?, answer.texts("last_day")?);
    Ok((0..names.len())
        .map(|row| {
            let known = lowest_min[row].is_finite() && highest_max[row] > lowest_min[row];
            Wave {
                survey: surveys[row].clone(),
                question: questions[row].clone(),
                wave: names[row].clone(),
                answers: answers[row],
                unplaced: unplaced[row],
                scale: known.then_some((lowest_min[row], highest_max[row])),
                mixed_scales: known
                    && (lowest_min[row] != highest_min[row] || lowest_max[row] != highest_max[row]),
                days: first[row].parse().ok().zip(last[row].parse().ok()),
            }
        })
        .collect())
}

/// The relation survey before others, satisfaction before the index before recommendation, the latest wave that can
/// be followed in full before the one that can be followed longest.
async fn choose(
    ctx: &SessionContext,
    waves: &[Wave],
    params: &LinkParams,
) -> Result<Option<Chosen>, LakeError> {
    let mut surveys: Vec<&str> = waves.iter().map(|wave| wave.survey.as_str()).collect();
    surveys.sort_by_key(|survey| {
        (
            *survey != "relation",
            !survey.is_empty(),
            survey.to_string(),
        )
    });
    surveys.dedup();
    for survey in surveys {
        for measure in Measure::ALL {
            if params
                .measure
                .as_ref()
                .is_some_and(|asked| asked != measure.word())
            {
                continue;
            }
            let mut of_measure: Vec<&Wave> = waves
                .iter()
                .filter(|wave| wave.survey == survey && wave.question == measure.leading())
                .filter(|wave| wave.answers >= params.fewest_answers)
                .filter(|wave| params.wave.as_ref().is_none_or(|asked| *asked == wave.wave))
                .collect();
            of_measure.sort_by_key(|wave| wave.days.map(|(_, last)| last));
            if let Some(chosen) = choose_wave(ctx, &of_measure, measure, params).await? {
                return Ok(Some(chosen));
            }
        }
    }
    Ok(None)
}

/// `waves` are sorted by their last day.
async fn choose_wave(
    ctx: &SessionContext,
    waves: &[&Wave],
    measure: Measure,
    params: &LinkParams,
) -> Result<Option<Chosen>, LakeError> {
    let mut best: Option<Chosen> = None;
    for wave in waves.iter().rev() {
        let Some((first_day, last_day)) = wave.days else {
            continue;
        };
        let months = match wave.wave.is_empty() {
            true => months_of_most(ctx, wave, params).await?,
            false => whole_months(last_day, params.as_of).min(FULL_MONTHS),
        };
        if months < FEWEST_MONTHS || best.as_ref().is_some_and(|best| best.months >= months) {
            continue;
        }
        let last_day = last_day.min(params.as_of.saturating_sub(i64::from(months).months()));
        best = Some(Chosen {
            survey: wave.survey.clone(),
            wave: wave.wave.clone(),
            measure,
            scale: wave.scale,
            mixed_scales: wave.mixed_scales,
            months,
            first_day,
            last_day,
            unplaced: wave.unplaced,
        });
        if months == FULL_MONTHS {
            break;
        }
    }
    Ok(best)
}

/// Answers without waves: the most months (at most twelve) that half of those who answered can be followed.
async fn months_of_most(
    ctx: &SessionContext,
    wave: &Wave,
    params: &LinkParams,
) -> Result<u32, LakeError> {
    let limit = |months: u32| {
        let last_start = params.as_of.saturating_sub(i64::from(months).months());
        format!("({months}, date '{last_start}')")
    };
    let limits: Vec<String> = (FEWEST_MONTHS..=FULL_MONTHS).map(limit).collect();
    let holes = [
        ("limits", limits.join(", ")),
        ("question", wave.question.clone()),
    ];
    let followed = ctx.sql(&fill(part(SQL, "followed"), &holes)).await?;
    let values = vec![
        ScalarValue::from(wave.survey.as_str()),
        ScalarValue::from(wave.wave.as_str()),
    ];
    let answer = Answer::new(followed.with_param_values(values)?.collect().await?);
    let (months, customers) = (answer.counts("months")?, answer.counts("customers")?);
    let most = customers.iter().copied().max().unwrap_or_default();
    let enough = (0..months.len())
        .rev()
        .find(|&row| 2 * customers[row] >= most && customers[row] >= params.fewest_answers);
    Ok(enough.map_or(0, |row| u32::try_from(months[row]).unwrap_or_default()))
}

/// What the ledger holds beside the answers.
struct Span {
    first_day: Option<Date>,
    costs_known: bool,
    asked_known: bool,
}

async fn span(ctx: &SessionContext, chosen: &Chosen) -> Result<Span, LakeError> {
    let holes = [("pooled", chosen.pooled().to_string())];
    let span = ctx.sql(&fill(part(SQL, "span"), &holes)).await?;
    let values = vec![ScalarValue::from(chosen.wave.as_str())];
    let answer = Answer::new(span.with_param_values(values)?.collect().await?);
    let day = |name: &str| -> Result<Option<Date>, LakeError> {
        Ok(answer
            .texts(name)?
            .first()
            .and_then(|text| text.parse().ok()))
    };
    let flag = |name: &str| -> Result<bool, LakeError> {
        Ok(answer.flags(name)?.first() == Some(&Some(true)))
    };
    Ok(Span {
        first_day: day("first_order")?
            .into_iter()
            .chain(day("first_contract")?)
            .min(),
        costs_known: flag("order_costs")? || flag("contract_costs")?,
        asked_known: answer
            .counts("asked")?
            .first()
            .is_some_and(|asked| *asked > 0),
    })
}

/// Days from one date to another, in SQL.
fn days(from: &str, to: &str) -> String {
    format!("(arrow_cast({to}, 'Int32') - arrow_cast({from}, 'Int32'))")
}

/// The share of the days after `from` up to `to` in which a contract is in force, in SQL.
fn share_in_force(from: &str, to: &str) -> String {
    let covered = days(
        &format!("greatest(started_on, {from})"),
        &format!("least(ended_on, {to})"),
    );
    format!(
        "greatest(0, {covered}) / cast({} as double)",
        days(from, to)
    )
}

/// Whether a whole number of terms from the start ends after `from` and not after `to`, in SQL.
fn renewal_between(from: &str, to: &str) -> String {
    let months = |day: &str| {
        format!(
            "(12 * (extract(year from {day}) - extract(year from started_on)) \
             + extract(month from {day}) - extract(month from started_on))"
        )
    };
    // Whole-number division counts the terms that have ended.
    format!(
        "term_months > 0 and {} / nullif(term_months, 0) > {} / nullif(term_months, 0)",
        months(to),
        months(from)
    )
}

fn whole_months(from: Date, to: Date) -> u32 {
    let months = from
        .until((Unit::Month, to))
        .map_or(0, |span| span.get_months());
    u32::try_from(months).unwrap_or_default()
}

fn frame_of(answer: &Answer, chosen: Chosen, span: &Span) -> Result<LinkFrame, LakeError> {
    let (unit, units) = numbered(&answer.texts("unit")?);
    let flags = |name: &str| answer.truths(name);
    let years = |name: &str| -> Result<Vec<f64>, LakeError> {
        Ok(answer
            .numbers(name)?
            .into_iter()
            .map(|days| days / DAYS_PER_YEAR)
            .collect())
    };
    let history = span
        .first_day
        .map_or(0, |first| whole_months(first, chosen.first_day));
    LinkFrame {
        source: LinkSource {
            measure: chosen.question(),
            survey: chosen.survey.clone(),
            wave: chosen.wave.clone(),
            answered: (chosen.first_day, chosen.last_day),
            follow_up_months: chosen.months,
            history_months: history,
            asked_known: span.asked_known,
            costs_known: span.costs_known,
            answers_unplaced: u64::try_from(chosen.unplaced).unwrap_or_default(),
        },
        customer_id: answer.texts("customer_id")?,
        attitude: answer.numbers("attitude")?,
        earlier_attitude: answer.numbers("earlier_attitude")?,
        never_asked: flags("never_asked")?,
        inclusion_probability: answer.numbers("inclusion_probability")?,
        unit,
        units,
        company: flags("company")?,
        contract: flags("contract")?,
        active: flags("active")?,
        tenure_years: years("tenure_days")?
            .into_iter()
            .map(|years| if years > 0.0 { years } else { 0.0 })
            .collect(),
        recency_years: years("recency_days")?,
        renewal_due: flags("renewal_due")?,
        behavior: LinkBehavior {
            orders_earlier: answer.numbers("orders_earlier")?,
            orders_before: answer.numbers("orders_before")?,
            contribution_earlier: answer.numbers("contribution_earlier")?,
            contribution_before: answer.numbers("contribution_before")?,
            retained: flags("retained")?,
            contribution_after: answer.money("contribution_after")?,
        },
    }
    .checked()
    .map_err(LakeError::frame)
}

/// Each unit's place in the sorted list of units; an empty text is no unit.
fn numbered(texts: &[String]) -> (Vec<Option<usize>>, Vec<String>) {
    let mut places: BTreeMap<&str, usize> = texts
        .iter()
        .filter(|text| !text.is_empty())
        .map(|text| (text.as_str(), 0))
        .collect();
    for (index, place) in places.values_mut().enumerate() {
        *place = index;
    }
    let units = places.keys().map(|unit| (*unit).to_owned()).collect();
    (
        texts
            .iter()
            .map(|text| places.get(text.as_str()).copied())
            .collect(),
        units,
    )
}
