//! Decisions about customers, minutes, money and activities, and how far the portfolio has been decided.

use crate::answer::{Asked, ListOf, Pairs};
use crate::asker::Reader;
use crate::problem::Problem;
use crate::shared::App;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use odla_app::allocation::{Wanted, processes_of};
use odla_app::decisions::{About, Asked as Choice, Decide, DecisionsAsk, MoveAsked, Picked};
use odla_app::directory::Where;
use odla_app::text::{Catalogue, Section};
use odla_app::{Decision, Denied, view, whatif};
use odla_domain::{Course, Matter, MoneyMove, Rested, Spot, Stance, Subject};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
pub struct LoyaltyLineView {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    estimate: Option<String>,
    #[serde(default)]
    unknown_signed: bool,
}

/// A move of money by the names of its places; none is new or saved money.
#[derive(Deserialize, ToSchema)]
struct MoveCreate {
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
}

/// The question of a plan; see `/reallocation`.
#[derive(Default, Deserialize, ToSchema)]
struct PlanCreate {
    #[serde(default)]
    money: Option<f64>,
    #[serde(default)]
    save: Option<f64>,
    #[serde(default)]
    lock: Vec<String>,
    #[serde(default)]
    keep: Vec<String>,
    #[serde(default)]
    cap: Vec<String>,
    #[serde(default)]
    process: Vec<String>,
}

#[derive(Deserialize, ToSchema)]
struct DecisionCreate {
    /// `portfolio`, `service_level`, `reallocation` or `activity`.
    subject: String,
    #[serde(default)]
    customer_ids: Vec<String>,
    /// Instead of ids: all that pass these conditions.
    #[serde(default)]
    r#where: Vec<String>,
    #[serde(default)]
    q: Option<String>,
    /// Customers: `grow`, `refine` or `stop`. Activity: `continue`, `change`, `stop` or `test`. Others: none.
    #[serde(default)]
    choice: String,
    reason: String,
    /// Who does it, and by when (a date): needed for all but `portfolio`.
    #[serde(default)]
    doer: Option<String>,
    #[serde(default)]
    due: Option<String>,
    /// `service_level`: `reason=minutes`, as in `/what-if`.
    #[serde(default)]
    minutes: Vec<String>,
    /// `reallocation`: the question that the plan answers, as `/reallocation` is asked.
    #[serde(default)]
    plan: PlanCreate,
    /// `reallocation`: which of its moves; all when left out.
    #[serde(default)]
    moves: Vec<MoveCreate>,
    #[serde(default)]
    activity_id: Option<String>,
    #[serde(default)]
    loyalty_line: LoyaltyLineView,
    #[serde(default)]
    run: Option<String>,
    /// Those that were looked at one by one.
    #[serde(default)]
    reviewed: Vec<String>,
    /// `number` of the coverage when the customers were shown; refuses when somebody decided about them since.
    #[serde(default)]
    seen: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct DecisionMade {
    id: String,
    count: u64,
    undo_until: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionView {
    id: String,
    at: String,
    by: String,
    subject: String,
    choice: String,
    reason: String,
    count: u64,
    reviewed: u64,
    loyalty_line: LoyaltyLineView,
    run: Option<String>,
    criteria: Option<String>,
    undo_until: Option<String>,
    undone: bool,
    /// Told for decisions about few customers, as far as they may be seen.
    customer_ids: Vec<String>,
    /// Who does it, and by when.
    doer: Option<String>,
    due: Option<String>,
    /// `service_level`: minutes by reason, before and after.
    minutes: Vec<MinutesView>,
    /// `reallocation`: money moved, with what it was said to give.
    moves: Vec<MoveView>,
    activity: Option<ActivityView>,
    /// The figures that it rested on, as they were.
    figures: Vec<RestedView>,
}

#[derive(Debug, Serialize, ToSchema)]
struct MinutesView {
    reason: String,
    today: f64,
    then: f64,
}

#[derive(Debug, Serialize, ToSchema)]
struct SpotView {
    /// `minutes.<reason>` or `activity.<id>`.
    id: String,
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct MoveView {
    from: Option<SpotView>,
    to: Option<SpotView>,
    released: f64,
    spent: f64,
    value_change: f64,
    survives: f64,
}

#[derive(Debug, Serialize, ToSchema)]
struct ActivityView {
    id: String,
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct RestedView {
    key: String,
    label: String,
    value: Option<f64>,
    lower: Option<f64>,
    upper: Option<f64>,
    unit: String,
    text: String,
    interval_text: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct CoverageView {
    customers: u64,
    decided: u64,
    value_decided_share: Option<f64>,
    by_stance: Vec<StanceCoverageView>,
    /// For `seen` of a decision.
    number: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct StanceCoverageView {
    stance: String,
    customers: u64,
    decided: u64,
}

impl DecisionView {
    pub fn new(
        decision: Decision,
        customer_ids: Vec<String>,
        names: &BTreeMap<Uuid, String>,
        texts: &Catalogue,
    ) -> Self {
        let estimate = decision.loyalty.estimate().map(str::to_owned);
        let mut view = Self {
            id: decision.id.to_string(),
            at: decision.decided_at.to_string(),
            by: names.get(&decision.person_id).cloned().unwrap_or_default(),
            subject: decision.matter.subject().word().to_owned(),
            choice: decision.matter.choice().to_owned(),
            reason: decision.reason,
            count: decision.customers.unsigned_abs(),
            reviewed: decision.reviewed.unsigned_abs(),
            loyalty_line: LoyaltyLineView {
                unknown_signed: estimate.is_none(),
                estimate,
            },
            run: decision.run,
            criteria: decision.criteria,
            undo_until: decision.undo_until.map(|until| until.to_string()),
            undone: decision.undone.is_some(),
            customer_ids,
            due: decision.deed.as_ref().map(|deed| deed.due.to_string()),
            doer: decision.deed.map(|deed| deed.who),
            minutes: Vec::new(),
            moves: Vec::new(),
            activity: None,
            figures: decision
                .rested
                .iter()
                .map(|own| RestedView::new(own, texts))
                .collect(),
        };
        match decision.matter {
            Matter::Portfolio { .. } => {}
            Matter::ServiceLevel { minutes } => {
                view.count = minutes.len() as u64;
                view.minutes = minutes
                    .into_iter()
                    .map(|own| MinutesView {
                        reason: own.reason,
                        today: own.today,
                        then: own.then,
                    })
                    .collect();
            }
            Matter::Reallocation { moves } => {
                view.count = moves.len() as u64;
                view.moves = moves.into_iter().map(MoveView::from).collect();
            }
            Matter::Activity {
                activity_id, name, ..
            } => {
                view.count = 1;
                view.activity = Some(ActivityView {
                    id: activity_id,
                    name,
                });
            }
        }
        view
    }
}

impl From<MoneyMove> for MoveView {
    fn from(own: MoneyMove) -> Self {
        let spot = |spot: Option<Spot>| {
            spot.map(|spot| SpotView {
                id: spot.id,
                name: spot.name,
            })
        };
        Self {
            from: spot(own.from),
            to: spot(own.to),
            released: own.released,
            spent: own.spent,
            value_change: own.value_change,
            survives: own.survives,
        }
    }
}

impl RestedView {
    fn new(own: &Rested, texts: &Catalogue) -> Self {
        let numbers = texts.numbers();
        let told = view::label_of(&own.key, texts);
        Self {
            key: own.key.clone(),
            label: told,
            value: own.value,
            lower: own.lower,
            upper: own.upper,
            unit: numbers.unit(own.unit),
            text: own.value.map_or_else(
                || texts.word(Section::Words, "untold"),
                |value| numbers.value(value, own.unit),
            ),
            interval_text: (own.lower.zip(own.upper))
                .map(|(lower, upper)| numbers.range(lower, upper, own.unit)),
        }
    }
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, decide))
        .routes(routes!(undo))
        .routes(routes!(coverage))
}

#[utoipa::path(
    get, path = "/decisions", tag = "decisions",
    params(
        ("subject" = Option<String>, Query, description = "All when left out"), ("customer_id" = Option<String>, Query),
        ("status" = Option<String>, Query, description = "`standing` or `undone`; both when left out"),
        ("limit" = Option<u32>, Query), ("cursor" = Option<String>, Query)
    ),
    responses((status = 200, body = ListOf<DecisionView>))
)]
async fn list(
    State(app): State<App>,
    reader: Reader,
    Query(pairs): Pairs,
) -> Result<Json<ListOf<DecisionView>>, Problem> {
    let asked = Asked::new(pairs);
    let limit = asked.limit(100, 500);
    let subject = asked.get("subject").map(subject_of).transpose()?;
    let ask = DecisionsAsk {
        subject,
        customer_id: asked.owned("customer_id"),
        undone: match asked.get("status") {
            Some("undone") => Some(true),
            Some("standing") => Some(false),
            _ => None,
        },
        before: asked.number("cursor"),
        limit: limit as i64,
    };
    let told = app.office.decisions(&reader.caller, &ask).await?;
    let names = app.office.names().await?;
    let last = told.last().map(|told| told.decision.number.to_string());
    Ok(Json(ListOf {
        next_cursor: last.filter(|_| told.len() == limit),
        items: told
            .into_iter()
            .map(|told| DecisionView::new(told.decision, told.customer_ids, &names, &reader.texts))
            .collect(),
        total: None,
    }))
}

#[utoipa::path(
    post, path = "/decisions", tag = "decisions", request_body = DecisionCreate,
    responses((status = 201, body = DecisionMade))
)]
async fn decide(
    State(app): State<App>,
    reader: Reader,
    Json(asked): Json<DecisionCreate>,
) -> Result<(StatusCode, Json<DecisionMade>), Problem> {
    let due = asked.due.as_deref().filter(|due| !due.is_empty());
    let due = due.map(|due| due.parse().map_err(|_| invalid("due", due)));
    let ask = Decide {
        due: due.transpose()?,
        doer: asked.doer.clone().filter(|doer| !doer.trim().is_empty()),
        reason: asked.reason.clone(),
        estimate: asked.loyalty_line.estimate.clone(),
        unknown_signed: asked.loyalty_line.unknown_signed,
        run: asked.run.clone().filter(|run| !run.is_empty()),
        about: about(asked)?,
    };
    let made = app
        .office
        .decide(&reader.caller, ask, reader.request())
        .await?;
    let count = match &made.matter {
        Matter::Portfolio { .. } => made.customers.unsigned_abs(),
        Matter::ServiceLevel { minutes } => minutes.len() as u64,
        Matter::Reallocation { moves } => moves.len() as u64,
        Matter::Activity { .. } => 1,
    };
    let made = DecisionMade {
        id: made.id.to_string(),
        count,
        undo_until: made.undo_until.map(|until| until.to_string()),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// What is asked to be decided, by the subject's own fields.
fn about(asked: DecisionCreate) -> Result<About, Problem> {
    let subject = subject_of(&asked.subject)?;
    let own = match subject {
        Subject::Portfolio => {
            let choice = Stance::from_word(&asked.choice);
            let filters = asked.r#where.iter().map(|one| Where::parse(one));
            return Ok(About::Customers(Picked {
                choice: choice.ok_or_else(|| invalid("choice", "grow, refine, stop"))?,
                customer_ids: asked.customer_ids,
                filters: filters.collect::<Result<_, _>>()?,
                text: asked.q,
                reviewed: asked.reviewed,
                seen: asked.seen,
            }));
        }
        Subject::ServiceLevel => Choice::Minutes(whatif::Asked {
            minutes: (asked.minutes.iter().map(|one| whatif::minutes_of(one)))
                .collect::<Result<_, _>>()?,
            ..whatif::Asked::default()
        }),
        Subject::Reallocation => {
            let plan = asked.plan;
            let wanted = Wanted {
                money: plan.money,
                save_share: plan.save.unwrap_or(0.0),
                locked: plan.lock,
                kept: plan.keep,
                capped: plan.cap,
                processes: processes_of(plan.process.iter().map(String::as_str))?,
            };
            let moves = asked.moves.into_iter().map(|own| MoveAsked {
                from: own.from,
                to: own.to,
            });
            Choice::Money(wanted, moves.collect())
        }
        Subject::Activity => {
            let course = Course::from_word(&asked.choice);
            Choice::Activity {
                activity_id: asked.activity_id.unwrap_or_default(),
                course: course.ok_or_else(|| invalid("choice", "continue, change, stop, test"))?,
            }
        }
    };
    Ok(About::Company(own))
}

fn subject_of(word: &str) -> Result<Subject, Denied> {
    Subject::from_word(word).ok_or_else(|| {
        let known = Subject::ALL.map(Subject::word);
        invalid("subject", &known.join(", "))
    })
}

fn invalid(field: &str, detail: &str) -> Denied {
    Denied::Invalid {
        field: field.to_owned(),
        detail: detail.to_owned(),
    }
}

#[utoipa::path(
    delete, path = "/decisions/{id}", tag = "decisions", params(("id" = String, Path)),
    responses((status = 204, description = "Undone; the diary keeps it"))
)]
async fn undo(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = id
        .parse()
        .map_err(|_| Denied::Unknown { what: "decision" })?;
    app.office
        .undo_decision(&reader.caller, id, reader.request())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    get, path = "/portfolio/coverage", tag = "decisions", params(("run" = Option<String>, Query)),
    responses((status = 200, body = CoverageView))
)]
async fn coverage(
    State(app): State<App>,
    reader: Reader,
    Query(pairs): Pairs,
) -> Result<Json<CoverageView>, Problem> {
    let asked = Asked::new(pairs);
    let covered = app
        .office
        .coverage(&reader.caller, asked.get("run"))
        .await?;
    Ok(Json(CoverageView {
        customers: covered.customers as u64,
        decided: covered.decided as u64,
        value_decided_share: covered.value_decided_share,
        number: covered.number,
        by_stance: covered
            .by_stance
            .into_iter()
            .map(|by| StanceCoverageView {
                stance: by.stance.word().to_owned(),
                customers: by.customers as u64,
                decided: by.decided as u64,
            })
            .collect(),
    }))
}
