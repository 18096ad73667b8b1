//! The list of customers, the picture of two scores, one customer, and the list as a file.

use super::decisions::DecisionView;
use super::reports::{file, format_of};
use crate::answer::{Asked, Pairs};
use crate::asker::Reader;
use crate::problem::Problem;
use crate::shared::App;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use odla_app::directory::{
    Ask, ColumnInfo, ColumnKind, Directory, Picture, PictureAsk, Sort, Where,
};
use odla_app::measures::unit_of;
use odla_app::profile::{EventView, Profile, RiskView, StepView, label_of};
use odla_app::text::{Catalogue, Section};
use odla_app::view::FigureView;
use odla_app::{AppError, Visible};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A page of customers; each item has a value per column.
#[derive(Debug, Serialize, ToSchema)]
struct ListOfCustomers {
    #[schema(value_type = Vec<std::collections::BTreeMap<String, Value>>)]
    items: Vec<Map<String, Value>>,
    next_cursor: Option<String>,
    total: Option<u64>,
    /// The run whose scores these are.
    run: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct CustomerColumn {
    key: String,
    label: String,
    unit: String,
    /// `text`, `word`, `number`, `date` or `flag`.
    kind: String,
    filterable: bool,
    sortable: bool,
    /// The words that a column of kind `word` holds, when there are not too many.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<Vec<WordView>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct WordView {
    value: String,
    label: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct StanceView {
    proposed: Option<String>,
    label: Option<String>,
    probability: Option<f64>,
    reasons: Vec<String>,
    decided: Option<DecisionView>,
}

/// Everything about one customer.
#[derive(Debug, Serialize, ToSchema)]
struct CustomerView {
    customer_id: String,
    #[schema(value_type = std::collections::BTreeMap<String, Value>)]
    customer: Map<String, Value>,
    scores: Vec<FigureView>,
    run: Option<String>,
    events: Vec<EventView>,
    profit: Vec<StepView>,
    value: Option<FigureView>,
    stance: Option<StanceView>,
    risks: Vec<RiskView>,
}

/// What went when a customer was forgotten.
#[derive(Debug, Serialize, ToSchema)]
struct ErasedView {
    version: u64,
    runs: u64,
    earlier_versions_hold_rows: bool,
}

/// Words of a column that are listed for a filter.
const MOST_WORDS: usize = 200;
const MOST_POINTS: usize = 200_000;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(columns))
        .routes(routes!(scatter))
        .routes(routes!(one, forget))
        .routes(routes!(everything))
}

pub fn exports() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export))
}

#[utoipa::path(
    get, path = "/customers", tag = "customers",
    params(
        ("where" = Option<Vec<String>>, Query, description = "`column:op:value`; op eq, in, lt, le, gt, ge, contains, missing"),
        ("q" = Option<String>, Query, description = "Free text in name and id"),
        ("sort" = Option<String>, Query, description = "A column; `-` before it for the greatest first"),
        ("limit" = Option<u32>, Query), ("cursor" = Option<String>, Query),
        ("after" = Option<u64>, Query, description = "Begin after so many; not used where a cursor is given"),
        ("run" = Option<String>, Query)
    ),
    responses((status = 200, body = ListOfCustomers))
)]
async fn list(
    State(app): State<App>,
    reader: Reader,
    Query(pairs): Pairs,
) -> Result<Json<ListOfCustomers>, Problem> {
    let asked = Asked::new(pairs);
    let ask = ask_of(&asked)?;
    let run = run_of(&asked);
    let Visible { directory, sight } = app.office.visible(&reader.caller, run.as_deref()).await?;
    let decided = app.office.decided().await?;
    let run = directory.run.clone();
    let listed = apart(move || directory.list(&ask, &sight, &decided)).await?;
    Ok(Json(ListOfCustomers {
        items: listed.items,
        next_cursor: listed.next_cursor,
        total: Some(listed.total as u64),
        run,
    }))
}

#[utoipa::path(
    get, path = "/customers/columns", tag = "customers", params(("lang" = Option<String>, Query)),
    responses((status = 200, body = Vec<CustomerColumn>))
)]
async fn columns(
    State(app): State<App>,
    reader: Reader,
) -> Result<Json<Vec<CustomerColumn>>, Problem> {
    let directory = app.office.visible(&reader.caller, None).await?.directory;
    let columns = directory.columns();
    let view = |info: &ColumnInfo| column(&directory, info, &reader.texts);
    Ok(Json(columns.iter().map(view).collect()))
}

#[utoipa::path(
    get, path = "/customers/scatter", tag = "customers",
    params(
        ("x" = String, Query), ("y" = String, Query), ("color" = Option<String>, Query),
        ("where" = Option<Vec<String>>, Query), ("q" = Option<String>, Query), ("limit" = Option<u32>, Query),
        ("run" = Option<String>, Query)
    ),
    responses((status = 200, body = Picture))
)]
async fn scatter(
    State(app): State<App>,
    reader: Reader,
    Query(pairs): Pairs,
) -> Result<Json<Picture>, Problem> {
    let asked = Asked::new(pairs);
    let ask = PictureAsk {
        x: asked.get("x").unwrap_or("value").to_owned(),
        y: asked.get("y").unwrap_or("p_alive").to_owned(),
        color: asked.owned("color"),
        filters: filters_of(&asked)?,
        text: asked.owned("q"),
        limit: asked.limit(100_000, MOST_POINTS),
    };
    let Visible { directory, sight } = app.office.visible(&reader.caller, asked.get("run")).await?;
    let decided = app.office.decided().await?;
    let picture = apart(move || directory.picture(&ask, &sight, &decided)).await?;
    Ok(Json(picture))
}

#[utoipa::path(
    get, path = "/customers/{id}", tag = "customers",
    params(("id" = String, Path), ("run" = Option<String>, Query), ("lang" = Option<String>, Query)),
    responses((status = 200, body = CustomerView))
)]
async fn one(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Result<Json<CustomerView>, Problem> {
    let asked = Asked::new(pairs);
    let office = &app.office;
    let profile = office
        .profile(&reader.caller, &id, asked.get("run"), &reader.texts)
        .await?;
    let names = office.names().await?;
    let Profile {
        customer_id,
        customer,
        scores,
        run,
        events,
        profit,
        value,
        stance,
        risks,
    } = profile;
    let stance = stance.map(|stance| StanceView {
        proposed: stance.proposed,
        label: stance.label,
        probability: stance.probability,
        reasons: stance.reasons,
        decided: stance
            .decided
            .map(|decision| DecisionView::new(decision, Vec::new(), &names, &reader.texts)),
    });
    Ok(Json(CustomerView {
        customer_id,
        customer,
        scores,
        run,
        events,
        profit,
        value,
        stance,
        risks,
    }))
}

#[utoipa::path(
    delete, path = "/customers/{id}", tag = "customers",
    params(
        ("id" = String, Path),
        ("purge" = Option<bool>, Query, description = "Do away with all earlier versions of the ledger too")
    ),
    responses((status = 200, body = ErasedView))
)]
async fn forget(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Result<Json<ErasedView>, Problem> {
    let purge = Asked::new(pairs).get("purge") == Some("true");
    let erased = app
        .office
        .forget_customer(&reader.caller, &id, purge, reader.request())
        .await?;
    Ok(Json(ErasedView {
        version: erased.ledger.version,
        runs: erased.runs,
        earlier_versions_hold_rows: erased.ledger.earlier_versions_hold_rows,
    }))
}

#[utoipa::path(
    get, path = "/customers/{id}/everything", tag = "customers", params(("id" = String, Path)),
    responses((status = 200, body = std::collections::BTreeMap<String, Value>))
)]
async fn everything(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let all = app
        .office
        .everything_about(&reader.caller, &id, reader.request())
        .await?;
    let value = serde_json::to_value(&all).map_err(|error| AppError::Internal {
        detail: error.to_string(),
    })?;
    Ok(Json(value))
}

#[utoipa::path(
    get, path = "/customers/export", tag = "customers",
    params(
        ("format" = String, Query, description = "xlsx, csv or parquet"), ("where" = Option<Vec<String>>, Query),
        ("q" = Option<String>, Query), ("sort" = Option<String>, Query), ("run" = Option<String>, Query),
        ("lang" = Option<String>, Query)
    ),
    responses((status = 200, content_type = "application/octet-stream"))
)]
async fn export(
    State(app): State<App>,
    reader: Reader,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    let asked = Asked::new(pairs);
    let (format, ask) = (format_of(&asked)?, ask_of(&asked)?);
    let bytes = app
        .office
        .customer_file(
            &reader.caller,
            asked.get("run"),
            &ask,
            (format, &reader.texts),
            reader.request(),
        )
        .await?;
    Ok(file(
        &format!("odla-customers.{}", format.extension()),
        format,
        bytes,
    ))
}

fn ask_of(asked: &Asked) -> Result<Ask, AppError> {
    Ok(Ask {
        filters: filters_of(asked)?,
        text: asked.owned("q"),
        sort: Sort::parse(asked.get("sort").unwrap_or("customer_id")),
        limit: asked.limit(100, 500),
        cursor: asked.owned("cursor"),
        after: asked
            .get("after")
            .and_then(|after| after.parse().ok())
            .unwrap_or(0),
    })
}

fn filters_of(asked: &Asked) -> Result<Vec<Where>, AppError> {
    asked.all("where").map(Where::parse).collect()
}

/// A list goes on in the run that it was begun in.
fn run_of(asked: &Asked) -> Option<String> {
    let begun = asked.get("cursor").and_then(Directory::run_of);
    begun.or(asked.get("run")).map(str::to_owned)
}

/// Off the threads that answer: a first sorting of a million takes a moment.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| AppError::Internal {
        detail: error.to_string(),
    })?
}

fn column(directory: &Directory, info: &ColumnInfo, texts: &Catalogue) -> CustomerColumn {
    let number = info.kind == ColumnKind::Number;
    let unit = if number {
        texts.numbers().unit(unit_of(&info.key))
    } else {
        "text".to_owned()
    };
    CustomerColumn {
        label: label_of(&info.key, texts),
        unit,
        kind: match info.kind {
            ColumnKind::Text => "text",
            ColumnKind::Word => "word",
            ColumnKind::Number => "number",
            ColumnKind::Date => "date",
            ColumnKind::Flag => "flag",
        }
        .to_owned(),
        filterable: true,
        sortable: info.sortable,
        words: words(directory, info, texts),
        key: info.key.clone(),
    }
}

fn words(directory: &Directory, info: &ColumnInfo, texts: &Catalogue) -> Option<Vec<WordView>> {
    if info.kind != ColumnKind::Word {
        return None;
    }
    let known = directory.words_of(&info.key);
    (known.len() <= MOST_WORDS).then(|| {
        known
            .into_iter()
            .map(|value| WordView {
                label: directory.unit_name(&info.key, &value).unwrap_or_else(|| {
                    match texts.has(Section::Words, &value) {
                        true => texts.word(Section::Words, &value),
                        false => value.clone(),
                    }
                }),
                value,
            })
            .collect()
    })
}
