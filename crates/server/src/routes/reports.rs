//! The pages, their figures, the rows behind a figure, and a page as a file.

use crate::answer::{Asked, Pairs};
use crate::asker::Reader;
use crate::problem::Problem;
use crate::shared::App;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use odla_app::exports::{self, Format, Order};
use odla_app::pages::Kept;
use odla_app::text::Section;
use odla_app::view::{FigureView, PageView, Viewer};
use odla_app::{AppError, Denied, allocation, whatif};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Ledger rows behind a figure.
#[derive(Debug, Serialize, ToSchema)]
struct RowsView {
    columns: Vec<String>,
    /// The same in the reader's words.
    headings: Vec<String>,
    rows: Vec<Vec<serde_json::Value>>,
    /// The question that the rows answer.
    sql: String,
    total: Option<u64>,
    next_cursor: Option<String>,
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(page))
        .routes(routes!(figure))
        .routes(routes!(rows))
        .routes(routes!(what_if))
        .routes(routes!(reallocation))
}

pub fn exports() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export))
}

#[utoipa::path(
    get, path = "/reports/{word}", tag = "reports",
    params(("word" = String, Path, description = "`management` or the word of a capability"), ("run" = Option<String>, Query), ("lang" = Option<String>, Query)),
    responses((status = 200, body = PageView))
)]
async fn page(
    State(app): State<App>,
    reader: Reader,
    Path(word): Path<String>,
    Query(pairs): Pairs,
) -> Result<Json<PageView>, Problem> {
    let asked = Asked::new(pairs);
    let kept = app.office.kept(asked.get("run")).await?;
    let report = app
        .office
        .veiled(&reader.caller, kept.report(&word)?)
        .await?;
    let viewer = Viewer {
        catalogue: &reader.texts,
        run: &kept.record,
    };
    Ok(Json(viewer.page(&report)))
}

#[utoipa::path(
    get, path = "/figures/{key}", tag = "reports",
    params(("key" = String, Path), ("run" = Option<String>, Query), ("lang" = Option<String>, Query)),
    responses((status = 200, body = FigureView))
)]
async fn figure(
    State(app): State<App>,
    reader: Reader,
    Path(key): Path<String>,
    Query(pairs): Pairs,
) -> Result<Json<FigureView>, Problem> {
    let asked = Asked::new(pairs);
    let kept = app.office.kept(asked.get("run")).await?;
    let mut reports = kept.reports.iter();
    let figure = reports.find_map(|report| report.figure(&key));
    let figure = figure.ok_or(AppError::UnknownFigure { key: key.clone() })?;
    let viewer = Viewer {
        catalogue: &reader.texts,
        run: &kept.record,
    };
    Ok(Json(viewer.figure(figure)))
}

#[utoipa::path(
    get, path = "/figures/{key}/rows", tag = "reports",
    params(("key" = String, Path), ("run" = Option<String>, Query), ("limit" = Option<u32>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = RowsView))
)]
async fn rows(
    State(app): State<App>,
    reader: Reader,
    Path(key): Path<String>,
    Query(pairs): Pairs,
) -> Result<Json<RowsView>, Problem> {
    let asked = Asked::new(pairs);
    let from = asked.number("cursor").unwrap_or(0).max(0).unsigned_abs();
    let limit = asked.limit(100, 500) as u64;
    let found = app
        .office
        .evidence(&reader.caller, asked.get("run"), &key, (from, limit))
        .await?;
    let heading = |column: &String| {
        let key = format!("rows.{column}");
        match reader.texts.has(Section::Columns, &key) {
            true => reader.texts.word(Section::Columns, &key),
            false => reader.texts.own(column).replace('_', " "),
        }
    };
    Ok(Json(RowsView {
        headings: found.columns.iter().map(heading).collect(),
        columns: found.columns,
        rows: found.rows,
        sql: found.sql,
        total: Some(found.total),
        next_cursor: found.next.map(|next| next.to_string()),
    }))
}

#[utoipa::path(
    get, path = "/what-if", tag = "reports",
    params(
        ("minutes" = Option<Vec<String>>, Query, description = "`reason=minutes`, several times; reasons not named stay as today"),
        ("all" = Option<f64>, Query, description = "Minutes for every reason that is not named"),
        ("releasable" = Option<f64>, Query, description = "Share of saved time that can really be let go, 0..1"),
        ("minute_cost" = Option<f64>, Query), ("one_off" = Option<f64>, Query),
        ("run" = Option<String>, Query), ("lang" = Option<String>, Query)
    ),
    responses((status = 200, body = PageView))
)]
async fn what_if(
    State(app): State<App>,
    reader: Reader,
    Query(pairs): Pairs,
) -> Result<Json<PageView>, Problem> {
    let asked = Asked::new(pairs);
    let kept = app.office.kept(asked.get("run")).await?;
    let number = |name: &str| asked.get(name).map(whatif::number_of).transpose();
    let wanted = whatif::Asked {
        minutes: (asked.all("minutes").map(whatif::minutes_of)).collect::<Result<_, _>>()?,
        all: number("all")?,
        releasable: number("releasable")?,
        minute_cost: number("minute_cost")?,
        one_off: number("one_off")?.unwrap_or(0.0),
    };
    let report = whatif::answer(&kept, &wanted)?;
    let viewer = Viewer {
        catalogue: &reader.texts,
        run: &kept.record,
    };
    Ok(Json(viewer.page(&report)))
}

#[utoipa::path(
    get, path = "/reallocation", tag = "reports",
    params(
        ("money" = Option<f64>, Query, description = "Money for all places; today's when left out"),
        ("save" = Option<f64>, Query, description = "Share of today's money to be saved, 0..1; when no money is said"),
        ("lock" = Option<Vec<String>>, Query, description = "A place that nothing is taken from or given to, several times"),
        ("keep" = Option<Vec<String>>, Query, description = "A must-have: nothing is taken from it"),
        ("cap" = Option<Vec<String>>, Query, description = "Nothing is given to it"),
        ("process" = Option<Vec<String>>, Query, description = "`process=least..most`, either left out: money for all places of a process"),
        ("run" = Option<String>, Query), ("lang" = Option<String>, Query)
    ),
    responses((status = 200, body = PageView))
)]
async fn reallocation(
    State(app): State<App>,
    reader: Reader,
    Query(pairs): Pairs,
) -> Result<Json<PageView>, Problem> {
    let asked = Asked::new(pairs);
    let kept = app.office.kept(asked.get("run")).await?;
    let wanted = wanted_of(&asked)?;
    let answering = kept.clone();
    let answered =
        tokio::task::spawn_blocking(move || allocation::answer(&answering, &wanted)).await;
    let report = answered.map_err(|error| AppError::Internal {
        detail: error.to_string(),
    })??;
    let viewer = Viewer {
        catalogue: &reader.texts,
        run: &kept.record,
    };
    Ok(Json(viewer.page(&report)))
}

/// Which money and limits are asked for.
///
/// # Errors
/// When an amount is none.
fn wanted_of(asked: &Asked) -> Result<allocation::Wanted, AppError> {
    let all = |name: &str| asked.all(name).map(str::to_owned).collect();
    let save = asked.get("save").map(allocation::share_of).transpose()?;
    Ok(allocation::Wanted {
        money: asked.get("money").map(allocation::money_of).transpose()?,
        save_share: save.unwrap_or(0.0),
        locked: all("lock"),
        kept: all("keep"),
        capped: all("cap"),
        processes: allocation::processes_of(asked.all("process"))?,
    })
}

#[utoipa::path(
    get, path = "/reports/{word}/export", tag = "reports",
    params(
        ("word" = String, Path), ("format" = String, Query, description = "pdf, xlsx, csv or parquet"),
        ("table" = Option<String>, Query, description = "For csv and parquet: which table; the figures when left out"),
        ("run" = Option<String>, Query), ("lang" = Option<String>, Query)
    ),
    responses((status = 200, content_type = "application/octet-stream"))
)]
async fn export(
    State(app): State<App>,
    reader: Reader,
    Path(word): Path<String>,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    let asked = Asked::new(pairs);
    let format = format_of(&asked)?;
    let kept = app.office.kept(asked.get("run")).await?;
    let report = app
        .office
        .veiled(&reader.caller, kept.report(&word)?)
        .await?;
    let act = reader.caller.act(reader.request());
    let details = json!({"format": format.extension(), "run": kept.record.id});
    app.office
        .store
        .note(&act, "report.exported", &report.capability, &details)
        .await?;
    let name = format!(
        "odla-{}-{}.{}",
        report.capability,
        kept.record.as_of,
        format.extension()
    );
    let alone = Kept {
        record: kept.record.clone(),
        reports: vec![report],
    };
    let (company, table) = (
        app.office.home().settings.company.clone(),
        asked.owned("table"),
    );
    let (texts, language) = (reader.texts.clone(), reader.asker.language);
    let making = tokio::task::spawn_blocking(move || {
        let order = Order {
            page: &word,
            company: &company,
            language,
            format,
            table: table.as_deref(),
        };
        exports::page(&alone, &order, &texts)
    });
    let bytes = making.await.map_err(|error| AppError::Internal {
        detail: error.to_string(),
    })??;
    Ok(file(&name, format, bytes))
}

/// # Errors
/// When the format is none that we write.
pub fn format_of(asked: &Asked) -> Result<Format, Denied> {
    let word = asked.get("format").unwrap_or("xlsx");
    word.parse().map_err(|_| Denied::Format {
        format: word
            .chars()
            .filter(|c| c.is_alphanumeric())
            .take(20)
            .collect(),
    })
}

/// A file to save.
pub fn file(name: &str, format: Format, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (CONTENT_TYPE, format.media_type().to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    (headers, bytes).into_response()
}
