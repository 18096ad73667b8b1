//! Files from a browser: received, mapped, previewed.

use crate::asker::Reader;
use crate::problem::Problem;
use crate::shared::App;
use axum::Json;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::StatusCode;
use odla_app::{AppError, Denied};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(Debug, Serialize, ToSchema)]
struct UploadView {
    id: String,
    files: Vec<UploadFileView>,
}

#[derive(Debug, Serialize, ToSchema)]
struct UploadFileView {
    name: String,
    size: u64,
    table_guess: Option<String>,
}

/// What a form of files looks like.
#[derive(ToSchema)]
#[allow(dead_code)]
struct UploadForm {
    #[schema(value_type = Vec<String>, format = Binary)]
    files: Vec<Vec<u8>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ProposalView {
    /// The mapping as the text of its file.
    mapping: String,
    tables: Vec<ProposedTable>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ProposedTable {
    file: String,
    /// Empty when no table was recognized.
    table: String,
    /// All columns of the file.
    headings: Vec<String>,
    columns: Vec<ProposedColumn>,
    unmapped: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ProposedColumn {
    target: String,
    source: Option<String>,
    note: Option<String>,
    required: bool,
}

#[derive(Deserialize, ToSchema)]
struct PreviewCreate {
    mapping: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct PreviewView {
    tables: Vec<PreviewTable>,
    rejects: Vec<RejectView>,
    /// Whether some file is longer than what was looked at.
    cut_short: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct PreviewTable {
    table: String,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
    read: u64,
    accepted: u64,
    rejected: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RejectView {
    pub table: String,
    pub file: String,
    pub line: i64,
    pub column: Option<String>,
    pub reason: String,
    /// The value, or the whole line.
    pub text: String,
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(receive))
        .routes(routes!(proposal))
        .routes(routes!(preview))
        // Uploads are counted piece by piece against the company's own limit.
        .layer(DefaultBodyLimit::disable())
}

#[utoipa::path(
    post, path = "/uploads", tag = "imports",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = UploadView))
)]
async fn receive(
    State(app): State<App>,
    reader: Reader,
    mut form: Multipart,
) -> Result<(StatusCode, Json<UploadView>), Problem> {
    let mut receiving = app.office.receive(&reader.caller).await?;
    while let Some(mut field) = form.next_field().await.map_err(|error| broken(&error))? {
        let Some(name) = field.file_name().map(str::to_owned) else {
            continue;
        };
        receiving.begin(&name).await?;
        while let Some(piece) = field.chunk().await.map_err(|error| broken(&error))? {
            receiving.write(&piece).await?;
        }
    }
    let upload = receiving
        .keep(&app.office, &reader.caller, reader.request())
        .await?;
    let files = upload.files.into_iter().map(|file| UploadFileView {
        name: file.name,
        size: file.size,
        table_guess: file.table_guess,
    });
    let view = UploadView {
        id: upload.id.to_string(),
        files: files.collect(),
    };
    Ok((StatusCode::CREATED, Json(view)))
}

#[utoipa::path(
    get, path = "/uploads/{id}/proposal", tag = "imports", params(("id" = String, Path)),
    responses((status = 200, body = ProposalView))
)]
async fn proposal(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Json<ProposalView>, Problem> {
    let found = app.office.proposal(&reader.caller, &id).await?;
    let tables = found.files.into_iter().map(|file| ProposedTable {
        file: file.file,
        table: file.table.unwrap_or_default(),
        headings: file.found,
        columns: file
            .columns
            .into_iter()
            .map(|column| ProposedColumn {
                target: column.target,
                source: column.source,
                note: Some(column.note),
                required: column.required,
            })
            .collect(),
        unmapped: file.unmapped,
    });
    Ok(Json(ProposalView {
        mapping: found.mapping,
        tables: tables.collect(),
    }))
}

#[utoipa::path(
    post, path = "/uploads/{id}/preview", tag = "imports", params(("id" = String, Path)),
    request_body = PreviewCreate, responses((status = 200, body = PreviewView))
)]
async fn preview(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    Json(asked): Json<PreviewCreate>,
) -> Result<Json<PreviewView>, Problem> {
    let found = app
        .office
        .preview(&reader.caller, &id, &asked.mapping)
        .await?;
    let tables = found.tables.into_iter().map(|table| {
        let rows = table.rows.into_iter().map(|mut row| {
            let cell = |column: &String| row.remove(column).unwrap_or(Value::Null);
            table.columns.iter().map(cell).collect()
        });
        PreviewTable {
            rows: rows.collect(),
            table: table.table,
            columns: table.columns,
            read: table.read,
            accepted: table.accepted,
            rejected: table.rejected,
        }
    });
    let rejects = found.rejects.into_iter().map(|reject| RejectView {
        table: reject.table,
        file: reject.file,
        line: reject.line,
        column: (!reject.column.is_empty()).then_some(reject.column),
        reason: reject.reason,
        text: reject.value.unwrap_or(reject.raw),
    });
    Ok(Json(PreviewView {
        tables: tables.collect(),
        rejects: rejects.collect(),
        cut_short: found.cut_short,
    }))
}

/// A form that breaks off in the middle, or is none.
fn broken(error: &axum::extract::multipart::MultipartError) -> AppError {
    Denied::Invalid {
        field: "files".to_owned(),
        detail: error.body_text(),
    }
    .into()
}
