//! Which runs are there, what moved between two of them, and how is a new one asked for?

use crate::answer::{JobRef, ListOf};
use crate::asker::Reader;
use crate::problem::Problem;
use crate::shared::App;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use odla_app::changes::{self, Change};
use odla_app::text::{Catalogue, Section};
use odla_app::{Denied, Office};
use odla_domain::{Need, RunRecord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(Debug, Serialize, ToSchema)]
struct RunView {
    id: String,
    as_of: String,
    made_at: Option<String>,
    ledger_version: u64,
    program_version: String,
    seed: u64,
    computed: Vec<String>,
    missing: Vec<MissingView>,
    latest: bool,
}

/// A capability that could not be computed, and what would allow it.
#[derive(Debug, Serialize, ToSchema)]
struct MissingView {
    capability: String,
    title: String,
    needs: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct ChangesView {
    items: Vec<Change>,
    /// What is different about the runs as a whole.
    reasons: Vec<String>,
    next_cursor: Option<String>,
    total: Option<u64>,
}

#[derive(Deserialize, ToSchema)]
struct RunCreate {
    /// `YYYY-MM-DD`; the ledger's last day when left out.
    #[serde(default)]
    as_of: Option<String>,
    /// Capabilities by word; all when left out.
    #[serde(default)]
    only: Vec<String>,
    #[serde(default)]
    seed: Option<u64>,
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(one))
        .routes(routes!(compare))
}

#[utoipa::path(
    get, path = "/runs", tag = "runs", params(("limit" = Option<u32>, Query)),
    responses((status = 200, body = ListOf<RunView>))
)]
async fn list(State(app): State<App>, reader: Reader) -> Result<Json<ListOf<RunView>>, Problem> {
    let runs = app.office.runs();
    let latest = runs.id_of(None).ok();
    let mut items = Vec::new();
    for id in runs.ids() {
        let record = runs.record(Some(&id))?;
        items.push(view(&app.office, record, latest.as_deref(), &reader.texts));
    }
    items.sort_by(|a, b| b.made_at.cmp(&a.made_at).then(a.id.cmp(&b.id)));
    Ok(Json(ListOf::all(items)))
}

#[utoipa::path(
    get, path = "/runs/{id}", tag = "runs", params(("id" = String, Path, description = "An id, its beginning, or `latest`")),
    responses((status = 200, body = RunView))
)]
async fn one(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Json<RunView>, Problem> {
    let kept = app
        .office
        .kept(Some(id.as_str()).filter(|id| *id != "latest"))
        .await?;
    let latest = app.office.runs().id_of(None).ok();
    let record = kept.record.clone();
    Ok(Json(view(
        &app.office,
        record,
        latest.as_deref(),
        &reader.texts,
    )))
}

#[utoipa::path(
    get, path = "/runs/{a}/changes/{b}", tag = "runs", params(("a" = String, Path), ("b" = String, Path)),
    responses((status = 200, body = ChangesView))
)]
async fn compare(
    State(app): State<App>,
    reader: Reader,
    Path((a, b)): Path<(String, String)>,
) -> Result<Json<ChangesView>, Problem> {
    let (before, after) = (
        app.office.kept(Some(&a)).await?,
        app.office.kept(Some(&b)).await?,
    );
    let found = changes::changes(&app.office.home(), &before, &after, &reader.texts).await?;
    Ok(Json(ChangesView {
        total: Some(found.items.len() as u64),
        items: found.items,
        reasons: found.reasons,
        next_cursor: None,
    }))
}

#[utoipa::path(
    post, path = "/runs", tag = "runs", request_body = RunCreate, responses((status = 202, body = JobRef))
)]
async fn create(
    State(app): State<App>,
    reader: Reader,
    Json(asked): Json<RunCreate>,
) -> Result<(StatusCode, Json<JobRef>), Problem> {
    let as_of = match asked.as_of.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => Some(text.parse().map_err(|_| Denied::Invalid {
            field: "as_of".to_owned(),
            detail: "YYYY-MM-DD".to_owned(),
        })?),
        None => None,
    };
    let job = app
        .office
        .ask_analysis(
            &reader.caller,
            odla_app::jobs::Wish {
                as_of,
                only: asked.only,
                seed: asked.seed.unwrap_or(1),
            },
            reader.request(),
        )
        .await?;
    let job = JobRef {
        job: job.id.to_string(),
    };
    Ok((StatusCode::ACCEPTED, Json(job)))
}

fn view(office: &Office, record: RunRecord, latest: Option<&str>, texts: &Catalogue) -> RunView {
    let missing = record.missing.iter().map(|missing| MissingView {
        title: texts.word(Section::Words, &format!("page.{}", missing.capability)),
        needs: needs(missing, texts),
        capability: missing.capability.clone(),
    });
    RunView {
        made_at: office.runs().kept_at(&record.id).map(|at| at.to_string()),
        missing: missing.collect(),
        latest: latest == Some(record.id.as_str()),
        id: record.id,
        as_of: record.as_of.to_string(),
        ledger_version: record.ledger_version,
        program_version: record.program_version,
        seed: record.seed,
        computed: record.computed,
    }
}

/// In words: which tables with which columns, or why it could not be computed although they were there.
fn needs(missing: &odla_domain::Missing, texts: &Catalogue) -> String {
    let need = |need: &Need| format!("{} ({})", need.table, need.columns.join(", "));
    let either = format!(" {} ", texts.word(Section::Terminal, "or"));
    let needs = missing.needs.iter().map(|alternatives| {
        let all: Vec<String> = alternatives.iter().map(need).collect();
        all.join(&either)
    });
    let reasons = missing
        .reasons
        .iter()
        .map(|reason| texts.say(Section::Cautions, &reason.key, &reason.params));
    needs.chain(reasons).collect::<Vec<_>>().join("; ")
}
