//! The words of the trade, and how each method works.

use crate::answer::ListOf;
use crate::asker::Reader;
use crate::problem::Problem;
use crate::shared::App;
use axum::Json;
use axum::extract::Path;
use odla_app::glossary::{self, MethodName, MethodPage, Term};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(terms))
        .routes(routes!(methods))
        .routes(routes!(method))
}

#[utoipa::path(
    get, path = "/glossary", tag = "words", params(("lang" = Option<String>, Query)),
    responses((status = 200, body = ListOf<Term>))
)]
async fn terms(reader: Reader) -> Json<ListOf<Term>> {
    Json(ListOf::all(glossary::glossary(&reader.texts)))
}

#[utoipa::path(
    get, path = "/methods", tag = "words", params(("lang" = Option<String>, Query)),
    responses((status = 200, body = Vec<MethodName>))
)]
async fn methods(reader: Reader) -> Json<Vec<MethodName>> {
    Json(glossary::methods(reader.asker.language))
}

#[utoipa::path(
    get, path = "/methods/{word}", tag = "words",
    params(("word" = String, Path), ("lang" = Option<String>, Query)),
    responses((status = 200, body = MethodPage))
)]
async fn method(reader: Reader, Path(word): Path<String>) -> Result<Json<MethodPage>, Problem> {
    Ok(Json(glossary::method(&word, reader.asker.language)?))
}
