//! Trials: how large one must be, its draw, and the diary of all of them.

use crate::answer::ListOf;
use crate::asker::Reader;
use crate::problem::Problem;
use crate::shared::App;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use odla_app::text::{Catalogue, Section};
use odla_app::trials::{Sized, Standing, unit};
use odla_app::{AppError, Denied};
use odla_domain::trial::{Eligible, Looks, RegisteredTrial, TrialOutcome, TrialPlan};
use odla_domain::{Caution, Unit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A trial as it is written down beforehand.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct TrialPlanView {
    /// Small letters, digits and hyphens.
    trial_id: String,
    activity_id: String,
    /// What shall be known, in the company's own words.
    question: String,
    /// `bought`, `orders`, `net`, `contribution` or `stayed`.
    outcome: String,
    window_days: u32,
    /// The day of the draw, `YYYY-MM-DD`.
    drawn_on: String,
    share_treated: f64,
    /// Draw whole units instead of customers.
    by_unit: bool,
    /// `once` or `any_time`.
    looks: String,
    /// In units of the outcome; a share is 0..1.
    smallest_effect: f64,
    level: f64,
    power: f64,
    cost_per_customer: f64,
    seed: u64,
    /// A standing hold-out: its controls are left out of every other draw.
    standing: bool,
    eligible: EligibleView,
}

/// Who takes part; what is null is asked of nobody.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct EligibleView {
    bought_within_days: Option<u32>,
    contract: Option<bool>,
    company: Option<bool>,
    units: Vec<String>,
}

/// What a plan asks for, and what it can give; effects are in units of the outcome.
#[derive(Debug, Serialize, ToSchema)]
struct TrialDesignView {
    eligible: u64,
    mean: f64,
    mean_text: String,
    variance_removed: f64,
    likeness_within_units: Option<f64>,
    needed: u64,
    /// Customers when it is read once, and when it may be read at any time.
    needed_once: u64,
    needed_any_time: u64,
    detectable: Option<f64>,
    detectable_text: Option<String>,
    smallest_text: String,
    due_on: String,
    enough: bool,
    /// Why it could not be drawn today.
    obstacles: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct TrialView {
    plan: TrialPlanView,
    due_on: String,
    /// Customers drawn into each arm, and how many of them are forgotten since.
    treated: u64,
    control: u64,
    forgotten: u64,
    /// The hash of the plan that the arms bear.
    mark: String,
    today: TrialToday,
}

/// What may be said on the ledger's last day.
#[derive(Debug, Serialize, ToSchema)]
struct TrialToday {
    as_of: String,
    days_left: u64,
    /// `works`, `harms`, `no_effect`, `cannot_tell`, `running` or `broken`.
    verdict: String,
    verdict_text: String,
    sentence: String,
    treated: u64,
    control: u64,
    /// How likely arms so unlike those drawn are by chance.
    sample_ratio_p: Option<f64>,
    /// Treated less control; null when the plan does not let it be told.
    effect: Option<TrialEffect>,
    cautions: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct TrialEffect {
    value: f64,
    lower: f64,
    upper: f64,
    unit: String,
    text: String,
    interval_text: String,
    after_cost_text: Option<String>,
}

/// A trial that was drawn.
#[derive(Debug, Serialize, ToSchema)]
struct TrialMade {
    trial_id: String,
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(design))
}

/// Who draws or fetches arms may have many customers.
pub fn slow() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(start))
        .routes(routes!(arms))
}

#[utoipa::path(get, path = "/trials", tag = "trials", responses((status = 200, body = ListOf<TrialView>)))]
async fn list(State(app): State<App>, reader: Reader) -> Result<Json<ListOf<TrialView>>, Problem> {
    let diary = app.office.trials(&reader.caller).await?;
    let view = |standing: &Standing| view(standing, &reader.texts);
    Ok(Json(ListOf::all(diary.items.iter().map(view).collect())))
}

#[utoipa::path(
    post, path = "/trials/design", tag = "trials", request_body = TrialPlanView,
    responses((status = 200, description = "Nothing is changed", body = TrialDesignView))
)]
async fn design(
    State(app): State<App>,
    reader: Reader,
    Json(asked): Json<TrialPlanView>,
) -> Result<Json<TrialDesignView>, Problem> {
    let plan = plan_of(asked)?;
    let sized = app.office.size_trial(&reader.caller, &plan).await?;
    Ok(Json(sized_view(&plan, &sized, &reader.texts)))
}

#[utoipa::path(
    post, path = "/trials", tag = "trials", request_body = TrialPlanView,
    responses((status = 201, description = "The arms are drawn and the plan stands", body = TrialMade))
)]
async fn start(
    State(app): State<App>,
    reader: Reader,
    Json(asked): Json<TrialPlanView>,
) -> Result<(StatusCode, Json<TrialMade>), Problem> {
    let plan = plan_of(asked)?;
    let trial_id = app
        .office
        .start_trial(&reader.caller, plan, reader.request())
        .await?;
    Ok((StatusCode::CREATED, Json(TrialMade { trial_id })))
}

#[utoipa::path(
    get, path = "/trials/{id}/arms", tag = "trials", params(("id" = String, Path)),
    responses((status = 200, description = "Who gets the activity and who does not, as CSV", content_type = "text/csv"))
)]
async fn arms(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let text = app
        .office
        .trial_arms(&reader.caller, &id, reader.request())
        .await?;
    // The name has been found among the trials: small letters, digits and hyphens.
    let disposition = format!("attachment; filename=\"{id}.csv\"");
    let disposition = HeaderValue::from_str(&disposition).map_err(|error| AppError::Internal {
        detail: error.to_string(),
    })?;
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8"),
        ),
        (CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, text).into_response())
}

fn plan_of(asked: TrialPlanView) -> Result<TrialPlan, Denied> {
    let invalid = |field: &str, known: &str| Denied::Invalid {
        field: field.to_owned(),
        detail: known.to_owned(),
    };
    let outcome = (TrialOutcome::ALL.into_iter())
        .find(|outcome| outcome.word() == asked.outcome)
        .ok_or_else(|| invalid("outcome", "bought, orders, net, contribution, stayed"))?;
    let looks = match asked.looks.as_str() {
        "once" => Looks::Once,
        "any_time" => Looks::AnyTime,
        _ => return Err(invalid("looks", "once, any_time")),
    };
    let drawn_on = (asked.drawn_on.parse()).map_err(|_| invalid("drawn_on", "YYYY-MM-DD"))?;
    Ok(TrialPlan {
        trial_id: asked.trial_id,
        activity_id: asked.activity_id,
        question: asked.question,
        outcome,
        window_days: asked.window_days,
        drawn_on,
        share_treated: asked.share_treated,
        by_unit: asked.by_unit,
        looks,
        smallest_effect: asked.smallest_effect,
        level: asked.level,
        power: asked.power,
        cost_per_customer: asked.cost_per_customer,
        seed: asked.seed,
        standing: asked.standing,
        eligible: Eligible {
            bought_within_days: asked.eligible.bought_within_days,
            contract: asked.eligible.contract,
            company: asked.eligible.company,
            units: asked.eligible.units,
        },
    })
}

fn plan_view(plan: &TrialPlan) -> TrialPlanView {
    let looks = match plan.looks {
        Looks::Once => "once",
        Looks::AnyTime => "any_time",
    };
    TrialPlanView {
        trial_id: plan.trial_id.clone(),
        activity_id: plan.activity_id.clone(),
        question: plan.question.clone(),
        outcome: plan.outcome.word().to_owned(),
        window_days: plan.window_days,
        drawn_on: plan.drawn_on.to_string(),
        share_treated: plan.share_treated,
        by_unit: plan.by_unit,
        looks: looks.to_owned(),
        smallest_effect: plan.smallest_effect,
        level: plan.level,
        power: plan.power,
        cost_per_customer: plan.cost_per_customer,
        seed: plan.seed,
        standing: plan.standing,
        eligible: EligibleView {
            bought_within_days: plan.eligible.bought_within_days,
            contract: plan.eligible.contract,
            company: plan.eligible.company,
            units: plan.eligible.units.clone(),
        },
    }
}

fn sized_view(plan: &TrialPlan, sized: &Sized, texts: &Catalogue) -> TrialDesignView {
    let (design, numbers) = (&sized.design, texts.numbers());
    let difference = |value: f64| numbers.value(value, unit(plan.outcome));
    let level = match unit(plan.outcome) {
        Unit::SharePoints => Unit::Share,
        unit => unit,
    };
    let told = |(key, params): &(String, _)| texts.say(Section::Errors, key, params);
    TrialDesignView {
        eligible: design.eligible as u64,
        mean: design.mean,
        mean_text: numbers.value(design.mean, level),
        variance_removed: design.variance_removed,
        likeness_within_units: design.likeness_within_units,
        needed: design.needed as u64,
        needed_once: sized.needed_once as u64,
        needed_any_time: sized.needed_any_time as u64,
        detectable: design.detectable,
        detectable_text: design.detectable.map(difference),
        smallest_text: difference(plan.smallest_effect),
        due_on: design.due_on.to_string(),
        enough: design.enough,
        obstacles: sized.obstacles.iter().map(told).collect(),
    }
}

fn view(standing: &Standing, texts: &Catalogue) -> TrialView {
    let (trial, due_on) = (&standing.trial, standing.trial.plan.due_on());
    TrialView {
        plan: plan_view(&trial.plan),
        due_on: due_on.to_string(),
        treated: trial.treated,
        control: trial.control,
        forgotten: trial.forgotten_treated + trial.forgotten_control,
        mark: mark(trial),
        today: today(standing, texts),
    }
}

fn mark(trial: &RegisteredTrial) -> String {
    let folder = trial.source.rsplit('/').nth(1).unwrap_or_default();
    folder.rsplit('-').next().unwrap_or_default().to_owned()
}

fn today(standing: &Standing, texts: &Catalogue) -> TrialToday {
    let (reading, sentence) = (&standing.reading, &standing.sentence);
    let verdict = reading.verdict.word();
    let said = |caution: &Caution| texts.say(Section::Cautions, &caution.key, &caution.params);
    TrialToday {
        as_of: standing.as_of.to_string(),
        days_left: standing.days_left,
        verdict: verdict.to_owned(),
        verdict_text: texts.word(Section::Words, &format!("trials.verdict.{verdict}")),
        sentence: texts.say(Section::Sentences, &sentence.key, &sentence.params),
        treated: reading.treated as u64,
        control: reading.control as u64,
        sample_ratio_p: reading.sample_ratio_p,
        effect: effect(standing, texts),
        cautions: reading.cautions.iter().map(said).collect(),
    }
}

fn effect(standing: &Standing, texts: &Catalogue) -> Option<TrialEffect> {
    let (plan, numbers) = (&standing.trial.plan, texts.numbers());
    let effect = standing.reading.effect.as_ref()?;
    let unit = unit(plan.outcome);
    let say = |value: f64| numbers.value(value, unit);
    let cost = plan.cost_per_customer;
    let counted = plan.outcome == TrialOutcome::Contribution;
    Some(TrialEffect {
        value: effect.value,
        lower: effect.interval.lower,
        upper: effect.interval.upper,
        unit: word_of(unit).to_owned(),
        text: say(effect.value),
        interval_text: format!(
            "{} – {}",
            say(effect.interval.lower),
            say(effect.interval.upper)
        ),
        after_cost_text: counted.then(|| say(effect.value - cost)),
    })
}

/// A difference is counted in one of three ways.
const fn word_of(unit: Unit) -> &'static str {
    match unit {
        Unit::SharePoints => "share_points",
        Unit::Ratio => "ratio",
        _ => "money",
    }
}
