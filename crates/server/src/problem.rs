//! How does an error become a status and a problem document (RFC 9457)?

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use odla_app::AppError;
use odla_app::text::{Catalogue, Section};
use serde_json::json;

/// The only place that turns an error into a status. `type` is the translation key.
pub fn problem(error: &AppError, catalogue: &Catalogue) -> Response {
    let status = status(error);
    let (key, params) = error.message();
    if status.is_server_error() {
        tracing::error!(%error, "a request failed");
    }
    let document = json!({
        "type": format!("errors.{key}"),
        "title": catalogue.say(Section::Errors, &key, &params),
        "status": status.as_u16(),
    });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], document.to_string()).into_response()
}

fn status(error: &AppError) -> StatusCode {
    match error {
        AppError::NoRun
        | AppError::UnknownRun { .. }
        | AppError::UnknownPage { .. }
        | AppError::UnknownFigure { .. }
        | AppError::UnknownCustomer { .. } => StatusCode::NOT_FOUND,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
