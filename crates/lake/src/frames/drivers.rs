//! How is the drivers frame built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::common::ScalarValue;
use datafusion::prelude::SessionContext;
use jiff::civil::Date;
use odla_domain::frames::drivers::{DriversFrame, Question, Ratings};
use std::collections::BTreeMap;

const SQL: &str = include_str!("drivers.sql");

/// Questions that can be the outcome, the first that enough have answered.
pub const OUTCOMES: &[&str] = &["satisfaction", "nps", "again", "speak_well"];

/// Standard questions that judge what we deliver as a whole. They sum up the company's own attributes and would hide
/// what those do, so they are read only when the survey has few of its own. The other standard questions are
/// outcomes, facts or the same thing as satisfaction in other words.
pub const QUALITIES: &[&str] = &[
    "image",
    "product_quality",
    "service_quality",
    "value_for_money",
];

/// What to read.
#[derive(Clone, Debug, PartialEq)]
pub struct DriversParams {
    pub as_of: Date,
    /// How far back answers are read.
    pub months: u32,
    /// The outcome asked for; otherwise the first of [`OUTCOMES`] that is well answered.
    pub outcome: Option<String>,
}

impl DriversParams {
    pub fn standard(as_of: Date) -> Self {
        Self {
            as_of,
            months: 24,
            outcome: None,
        }
    }
}

/// With fewer attributes of the company's own, the standard qualities are read too.
const FEW_ATTRIBUTES: usize = 3;

/// The most columns that are read; attributes beyond have the fewest answers.
const MOST_ATTRIBUTES: usize = 100;

pub async fn drivers(
    ctx: &SessionContext,
    params: &DriversParams,
) -> Result<DriversFrame, LakeError> {
    let asked = questions(ctx, params).await?;
    let choice = choose(&asked, params);
    let holes = [
        ("as_of", params.as_of.to_string()),
        ("months", params.months.to_string()),
        ("weight", weight_column(ctx).await?),
        ("ratings", rating_columns(&choice)),
    ];
    let values: Vec<ScalarValue> = std::iter::once(choice.survey.as_str())
        .chain(choice.questions.iter().map(|asked| asked.key.as_str()))
        .map(ScalarValue::from)
        .collect();
    let responses = ctx.sql(&fill(part(SQL, "responses"), &holes)).await?;
    let answer = Answer::new(responses.with_param_values(values)?.collect().await?);
    frame_of(&answer, choice)
}

/// One question of one survey, as it was asked.
struct Asked {
    survey: String,
    key: String,
    answers: i64,
    outside: i64,
    scale: Option<(f64, f64)>,
    mixed_scales: bool,
    days: Option<(Date, Date)>,
}

/// The survey that is read, with its outcome first and then its attributes in order of their keys.
struct Choice {
    survey: String,
    questions: Vec<Question>,
    period: Option<(Date, Date)>,
    outside: i64,
}

async fn questions(ctx: &SessionContext, params: &DriversParams) -> Result<Vec<Asked>, LakeError> {
    let holes = [
        ("as_of", params.as_of.to_string()),
        ("months", params.months.to_string()),
    ];
    let answer = Answer::new(query(ctx, &fill(part(SQL, "questions"), &holes)).await?);
    let (surveys, keys) = (answer.texts("survey")?, answer.texts("question")?);
    let (answers, outside) = (answer.counts("answers")?, answer.counts("outside")?);
    let limits = [
        answer.numbers("lowest_min")?,
        answer.numbers("highest_min")?,
        answer.numbers("lowest_max")?,
        answer.numbers("highest_max")?,
    ];
    let (first, last) = (answer.texts("first_day")?, answer.texts("last_day")?);
    let mut asked = Vec::with_capacity(keys.len());
    for row in 0..keys.len() {
        let [lowest_min, highest_min, lowest_max, highest_max] =
            [0, 1, 2, 3].map(|limit| limits[limit][row]);
        let known = lowest_min.is_finite() && highest_max > lowest_min;
        asked.push(Asked {
            survey: surveys[row].clone(),
            key: keys[row].clone(),
            answers: answers[row],
            outside: outside[row],
            scale: known.then_some((lowest_min, highest_max)),
            mixed_scales: known && (lowest_min != highest_min || lowest_max != highest_max),
            days: first[row].parse().ok().zip(last[row].parse().ok()),
        });
    }
    Ok(asked)
}

/// The relation survey when it can be read, otherwise the survey whose outcome has most answers.
fn choose(asked: &[Asked], params: &DriversParams) -> Choice {
    let mut surveys: BTreeMap<&str, Vec<&Asked>> = BTreeMap::new();
    for question in asked.iter().filter(|question| question.answers > 0) {
        surveys.entry(&question.survey).or_default().push(question);
    }
    let mut best: Option<(bool, i64, Choice)> = None;
    for (survey, questions) in surveys {
        let Some(outcome) = choose_outcome(&questions, params) else {
            continue;
        };
        let attributes = choose_attributes(&questions, &outcome.key);
        let rank = (
            !attributes.is_empty() && survey == "relation",
            outcome.answers * i64::from(!attributes.is_empty()),
        );
        if best
            .as_ref()
            .is_none_or(|(relation, answers, _)| rank > (*relation, *answers))
        {
            best = Some((rank.0, rank.1, choice_of(survey, outcome, &attributes)));
        }
    }
    best.map_or_else(|| nothing_asked(params), |(_, _, choice)| choice)
}

fn choose_outcome<'a>(questions: &[&'a Asked], params: &DriversParams) -> Option<&'a Asked> {
    let find = |key: &str| {
        questions
            .iter()
            .find(|question| question.key == key)
            .copied()
    };
    if let Some(key) = &params.outcome {
        return find(key);
    }
    let candidates: Vec<&Asked> = OUTCOMES.iter().filter_map(|key| find(key)).collect();
    let most = candidates.iter().map(|question| question.answers).max()?;
    candidates
        .into_iter()
        .find(|question| 2 * question.answers >= most)
}

fn choose_attributes<'a>(questions: &[&'a Asked], outcome: &str) -> Vec<&'a Asked> {
    let mut attributes: Vec<&Asked> = questions
        .iter()
        .filter(|question| is_own(&question.key))
        .copied()
        .collect();
    if attributes.len() < FEW_ATTRIBUTES {
        attributes.extend(
            questions
                .iter()
                .filter(|question| QUALITIES.contains(&question.key.as_str())),
        );
    }
    attributes.retain(|question| question.key != outcome);
    attributes.sort_by(|a, b| b.answers.cmp(&a.answers).then_with(|| a.key.cmp(&b.key)));
    attributes.truncate(MOST_ATTRIBUTES);
    attributes.sort_by(|a, b| a.key.cmp(&b.key));
    attributes
}

fn is_own(key: &str) -> bool {
    !odla_domain::tables::QUESTIONS.contains(&key) && !key.starts_with("feature:")
}

fn choice_of(survey: &str, outcome: &Asked, attributes: &[&Asked]) -> Choice {
    let read = || std::iter::once(outcome).chain(attributes.iter().copied());
    let first = read()
        .filter_map(|question| question.days)
        .map(|(first, _)| first)
        .min();
    let last = read()
        .filter_map(|question| question.days)
        .map(|(_, last)| last)
        .max();
    Choice {
        survey: survey.to_owned(),
        questions: read()
            .map(|asked| Question {
                key: asked.key.clone(),
                scale: if asked.mixed_scales {
                    Some((0.0, 10.0))
                } else {
                    asked.scale
                },
                rescaled: asked.mixed_scales,
            })
            .collect(),
        period: first.zip(last),
        outside: read().map(|question| question.outside).sum(),
    }
}

/// No survey has an outcome: an empty frame, of which the analysis says what is missing.
fn nothing_asked(params: &DriversParams) -> Choice {
    let key = params
        .outcome
        .clone()
        .unwrap_or_else(|| OUTCOMES[0].to_owned());
    let questions = vec![Question {
        key,
        scale: None,
        rescaled: false,
    }];
    Choice {
        survey: String::new(),
        questions,
        period: None,
        outside: 0,
    }
}

/// One column `a0`, `a1`, ... per question; the question's key is the parameter after the survey's.
fn rating_columns(choice: &Choice) -> String {
    let column = |(index, question): (usize, &Question)| {
        let value = if question.rescaled {
            "rescaled"
        } else {
            "value"
        };
        format!(
            "avg({value}) filter (where question = ${}) as a{index}",
            index + 2
        )
    };
    choice
        .questions
        .iter()
        .enumerate()
        .map(column)
        .collect::<Vec<_>>()
        .join(",\n        ")
}

/// A survey may bring its own weight of each response in `x_weight`.
async fn weight_column(ctx: &SessionContext) -> Result<String, LakeError> {
    let answers = ctx.table("answers").await?;
    let known = answers
        .schema()
        .fields()
        .iter()
        .any(|field| field.name() == "x_weight");
    Ok(if known {
        "try_cast(x_weight as double)"
    } else {
        "cast(null as double)"
    }
    .to_owned())
}

fn frame_of(answer: &Answer, choice: Choice) -> Result<DriversFrame, LakeError> {
    let mut ratings = Vec::with_capacity(choice.questions.len());
    for (index, question) in choice.questions.into_iter().enumerate() {
        ratings.push(Ratings {
            question,
            values: answer.numbers(&format!("a{index}"))?,
        });
    }
    let mut ratings = ratings.into_iter();
    let outcome = ratings
        .next()
        .expect("the outcome is the first question of every choice");
    DriversFrame {
        survey: choice.survey,
        period: choice.period,
        outcome,
        attributes: ratings.collect(),
        weight: known_weights(answer.numbers("weight")?),
        customer: numbered(&answer.texts("customer")?),
        unit: known_units(&answer.texts("unit")?),
        outside_scale: u64::try_from(choice.outside).unwrap_or_default(),
    }
    .checked()
    .map_err(LakeError::frame)
}

/// Weights as they were given; a response without one counts nothing when others have them.
fn known_weights(weights: Vec<f64>) -> Option<Vec<f64>> {
    let known = |w: &f64| w.is_finite() && *w >= 0.0;
    weights.iter().any(known).then(|| {
        weights
            .iter()
            .map(|w| if known(w) { *w } else { 0.0 })
            .collect()
    })
}

/// Units are used for the uncertainty only when nearly all responses have one.
fn known_units(units: &[String]) -> Option<Vec<usize>> {
    let known = units.iter().filter(|unit| !unit.is_empty()).count();
    (known > 0 && 20 * known >= 19 * units.len()).then(|| numbered(units))
}

/// A number per different text, in order of first appearance; each empty text gets a number of its own.
fn numbered(texts: &[String]) -> Vec<usize> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut next = 0;
    let mut fresh = || {
        next += 1;
        next - 1
    };
    texts
        .iter()
        .map(|text| match text.as_str() {
            "" => fresh(),
            text => *seen.entry(text).or_insert_with(&mut fresh),
        })
        .collect()
}
