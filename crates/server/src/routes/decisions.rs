//! Decisions about customers, and how far the portfolio has been decided.

use crate::answer::{Asked, ListOf, Pairs};
use crate::asker::Reader;
use crate::problem::Problem;
use crate::shared::App;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use odla_app::decisions::{Decide, DecisionsAsk};
use odla_app::directory::Where;
use odla_app::{Decision, Denied};
use odla_domain::{Stance, Subject};
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

#[derive(Deserialize, ToSchema)]
struct DecisionCreate {
    /// `portfolio`.
    subject: String,
    #[serde(default)]
    customer_ids: Vec<String>,
    /// Instead of ids: all that pass these conditions.
    #[serde(default)]
    r#where: Vec<String>,
    #[serde(default)]
    q: Option<String>,
    /// `grow`, `refine` or `stop`.
    choice: String,
    reason: String,
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
    ) -> Self {
        let estimate = decision.loyalty.estimate().map(str::to_owned);
        Self {
            id: decision.id.to_string(),
            at: decision.decided_at.to_string(),
            by: names.get(&decision.person_id).cloned().unwrap_or_default(),
            choice: decision.choice.word().to_owned(),
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
        ("subject" = Option<String>, Query), ("customer_id" = Option<String>, Query),
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
    let ask = DecisionsAsk {
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
            .map(|told| DecisionView::new(told.decision, told.customer_ids, &names))
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
    let unknown = |field: &str, known: &str| Denied::Invalid {
        field: field.to_owned(),
        detail: known.to_owned(),
    };
    Subject::from_word(&asked.subject).ok_or_else(|| unknown("subject", "portfolio"))?;
    let choice = Stance::from_word(&asked.choice);
    let ask = Decide {
        choice: choice.ok_or_else(|| unknown("choice", "grow, refine, stop"))?,
        reason: asked.reason,
        estimate: asked.loyalty_line.estimate,
        unknown_signed: asked.loyalty_line.unknown_signed,
        run: asked.run.filter(|run| !run.is_empty()),
        customer_ids: asked.customer_ids,
        filters: asked
            .r#where
            .iter()
            .map(|one| Where::parse(one))
            .collect::<Result<_, _>>()?,
        text: asked.q,
        reviewed: asked.reviewed,
        seen: asked.seen,
    };
    let made = app
        .office
        .decide(&reader.caller, ask, reader.request())
        .await?;
    let made = DecisionMade {
        id: made.id.to_string(),
        count: made.customers.unsigned_abs(),
        undo_until: made.undo_until.map(|until| until.to_string()),
    };
    Ok((StatusCode::CREATED, Json(made)))
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
