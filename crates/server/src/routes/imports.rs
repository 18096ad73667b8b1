//! The imports: asked for, listed, looked at, taken back.

use super::uploads::RejectView;
use crate::answer::{Asked, JobRef, ListOf, Pairs};
use crate::asker::Reader;
use crate::problem::Problem;
use crate::shared::App;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(Deserialize, ToSchema)]
struct ImportCreate {
    /// The id of an upload.
    upload: String,
    mapping: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct ImportView {
    id: String,
    at: String,
    version: u64,
    files: Vec<String>,
    tables: BTreeMap<String, CountsView>,
    /// Who asked for it; empty when it came from the terminal.
    by: String,
    undone: bool,
    /// Whether it is the one that can be taken back.
    latest: bool,
}

/// What became of the rows bound for one table.
#[derive(Debug, Serialize, ToSchema)]
struct CountsView {
    read: u64,
    added: u64,
    replaced: u64,
    unchanged: u64,
    rejected: u64,
    left_out: u64,
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(undo))
        .routes(routes!(rejects))
}

#[utoipa::path(
    get, path = "/imports", tag = "imports", params(("limit" = Option<u32>, Query)),
    responses((status = 200, body = ListOf<ImportView>))
)]
async fn list(
    State(app): State<App>,
    reader: Reader,
    Query(pairs): Pairs,
) -> Result<Json<ListOf<ImportView>>, Problem> {
    let limit = Asked::new(pairs).limit(500, 500);
    let names = app.office.names().await?;
    let imports = app.office.imports(&reader.caller).await?;
    let total = imports.len() as u64;
    let items = imports.into_iter().take(limit).map(|import| {
        let record = import.record;
        let tables = record.counts.into_iter().map(|(table, counts)| {
            let counts = CountsView {
                read: counts.read,
                added: counts.added,
                replaced: counts.replaced,
                unchanged: counts.unchanged,
                rejected: counts.rejected,
                left_out: counts.left_out,
            };
            (table, counts)
        });
        ImportView {
            id: record.import_id,
            at: record.at,
            version: record.version,
            files: record.files.into_iter().map(|file| file.name).collect(),
            tables: tables.collect(),
            by: import
                .by
                .and_then(|id| names.get(&id).cloned())
                .unwrap_or_default(),
            undone: import.undone,
            latest: import.latest,
        }
    });
    Ok(Json(ListOf {
        items: items.collect(),
        next_cursor: None,
        total: Some(total),
    }))
}

#[utoipa::path(
    post, path = "/imports", tag = "imports", request_body = ImportCreate,
    responses((status = 202, body = JobRef))
)]
async fn create(
    State(app): State<App>,
    reader: Reader,
    Json(asked): Json<ImportCreate>,
) -> Result<(StatusCode, Json<JobRef>), Problem> {
    let (caller, request) = (&reader.caller, reader.request());
    let job = app
        .office
        .ask_import(caller, &asked.upload, &asked.mapping, request)
        .await?;
    let job = JobRef {
        job: job.id.to_string(),
    };
    Ok((StatusCode::ACCEPTED, Json(job)))
}

#[utoipa::path(
    delete, path = "/imports/{id}", tag = "imports", params(("id" = String, Path)),
    responses((status = 204, description = "Taken back by a new version of the ledger"))
)]
async fn undo(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.office
        .undo_import(&reader.caller, &id, reader.request())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    get, path = "/imports/{id}/rejects", tag = "imports",
    params(("id" = String, Path), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = ListOf<RejectView>))
)]
async fn rejects(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Result<Json<ListOf<RejectView>>, Problem> {
    let limit = Asked::new(pairs).limit(500, 10_000);
    let limit = u32::try_from(limit).unwrap_or(500);
    let found = app.office.rejects(&reader.caller, &id, limit).await?;
    Ok(Json(ListOf::all(found.iter().map(view).collect())))
}

fn view(row: &BTreeMap<String, Value>) -> RejectView {
    let text = |name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
    RejectView {
        table: text("table").unwrap_or_default(),
        file: text("file").unwrap_or_default(),
        line: row.get("line").and_then(Value::as_i64).unwrap_or_default(),
        // A star stands for the whole row.
        column: text("column").filter(|column| column != "*"),
        reason: text("reason").unwrap_or_default(),
        text: text("value").or_else(|| text("raw")).unwrap_or_default(),
    }
}
