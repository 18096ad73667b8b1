//! Saved ways of looking at a page.

use crate::answer::{Asked, ListOf, Pairs};
use crate::asker::Reader;
use crate::problem::Problem;
use crate::shared::App;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use odla_app::{Denied, NewView, View};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
struct SavedView {
    id: String,
    page: String,
    name: String,
    query: String,
    shared: bool,
    mine: bool,
}

#[derive(Deserialize, ToSchema)]
struct SavedViewCreate {
    page: String,
    name: String,
    query: String,
    #[serde(default)]
    shared: bool,
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(remove))
}

#[utoipa::path(
    get, path = "/views", tag = "views", params(("page" = Option<String>, Query)),
    responses((status = 200, body = ListOf<SavedView>))
)]
async fn list(
    State(app): State<App>,
    reader: Reader,
    Query(pairs): Pairs,
) -> Result<Json<ListOf<SavedView>>, Problem> {
    let asked = Asked::new(pairs);
    let views = app.office.views(&reader.caller, asked.get("page")).await?;
    let me = reader.caller.person.id;
    Ok(Json(ListOf::all(
        views.into_iter().map(|one| view(one, me)).collect(),
    )))
}

#[utoipa::path(
    post, path = "/views", tag = "views", request_body = SavedViewCreate,
    responses((status = 201, body = SavedView))
)]
async fn create(
    State(app): State<App>,
    reader: Reader,
    Json(asked): Json<SavedViewCreate>,
) -> Result<(StatusCode, Json<SavedView>), Problem> {
    let new = NewView {
        page: asked.page,
        name: asked.name,
        query: asked.query,
        shared: asked.shared,
    };
    let made = app
        .office
        .add_view(&reader.caller, new, reader.request())
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(view(made, reader.caller.person.id)),
    ))
}

#[utoipa::path(
    delete, path = "/views/{id}", tag = "views", params(("id" = String, Path)), responses((status = 204))
)]
async fn remove(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = id.parse().map_err(|_| Denied::Unknown { what: "view" })?;
    app.office
        .remove_view(&reader.caller, id, reader.request())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn view(view: View, me: Uuid) -> SavedView {
    SavedView {
        id: view.id.to_string(),
        mine: view.owner_id == me,
        page: view.page,
        name: view.name,
        query: view.query,
        shared: view.shared,
    }
}
