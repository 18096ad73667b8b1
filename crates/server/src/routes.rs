//! Which addresses are there? Each route asks one use case and passes its answer on.

use crate::answer::Asked;
use crate::html;
use crate::problem::problem;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Json, Redirect, Response};
use axum::routing::get;
use axum::{Router, middleware};
use odla_app::pages::{Kept, Shown};
use odla_app::{AppError, Home, customer, rows};
use std::sync::Arc;

type App = State<Arc<Home>>;

const MOST_ROWS: u32 = 10_000;

/// All routes of a home.
pub fn router(home: Arc<Home>) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to("/management") }))
        .route("/health", get(|| async { "ok" }))
        .route("/style.css", get(style))
        .route("/{page}", get(page))
        .route("/figures/{key}", get(page_of_figure))
        .route("/api/v1/run", get(run))
        .route("/api/v1/pages/{page}", get(page_as_json))
        .route("/api/v1/figures/{key}", get(figure_as_json))
        .route("/api/v1/figures/{key}/rows", get(rows_of_figure))
        .route("/api/v1/customers/{id}", get(one_customer))
        .layer(middleware::map_response(guarded))
        .with_state(home)
}

/// No script, no frame, nothing from elsewhere: the pages need none of it.
async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], html::STYLE)
}

async fn page(State(home): App, Path(word): Path<String>, asked: Query<Asked>, headers: HeaderMap) -> Response {
    show(&home, &word, &asked, &headers)
}

async fn page_of_figure(State(home): App, Path(key): Path<String>, asked: Query<Asked>, headers: HeaderMap) -> Response {
    show(&home, &key, &asked, &headers)
}

fn show(home: &Home, word: &str, asked: &Asked, headers: &HeaderMap) -> Response {
    let language = asked.language(headers);
    let catalogue = asked.catalogue(headers, home);
    let frame = html::Frame {
        company: &home.settings.company,
        language,
        catalogue: &catalogue,
        address: word,
    };
    match shown(home, word, asked, headers) {
        Ok((kept, shown)) => Html(frame.page(&kept, &shown)).into_response(),
        Err(error) => {
            let failed = problem(&error, &catalogue);
            (failed.status(), Html(frame.failure(&error))).into_response()
        }
    }
}

fn shown(home: &Home, word: &str, asked: &Asked, headers: &HeaderMap) -> Result<(Kept, Shown), AppError> {
    let kept = Kept::read(home, asked.run.as_deref())?;
    let shown = kept.show(word, &asked.catalogue(headers, home))?;
    Ok((kept, shown))
}

async fn run(State(home): App, asked: Query<Asked>, headers: HeaderMap) -> Response {
    match Kept::read(&home, asked.run.as_deref()) {
        Ok(kept) => Json(kept.record).into_response(),
        Err(error) => problem(&error, &asked.catalogue(&headers, &home)),
    }
}

async fn page_as_json(State(home): App, Path(word): Path<String>, asked: Query<Asked>, headers: HeaderMap) -> Response {
    as_json(&home, &word, &asked, &headers)
}

async fn figure_as_json(State(home): App, Path(key): Path<String>, asked: Query<Asked>, headers: HeaderMap) -> Response {
    as_json(&home, &key, &asked, &headers)
}

fn as_json(home: &Home, word: &str, asked: &Asked, headers: &HeaderMap) -> Response {
    match shown(home, word, asked, headers) {
        Ok((_, shown)) => Json(shown).into_response(),
        Err(error) => problem(&error, &asked.catalogue(headers, home)),
    }
}

/// The first rows behind a figure; the terminal writes them all.
async fn rows_of_figure(State(home): App, Path(key): Path<String>, asked: Query<Asked>, headers: HeaderMap) -> Response {
    let limit = asked.limit.unwrap_or(1_000).min(MOST_ROWS);
    match rows::first(&home, asked.run.as_deref(), &key, limit).await {
        Ok(rows) => Json(rows).into_response(),
        Err(error) => problem(&error, &asked.catalogue(&headers, &home)),
    }
}

async fn one_customer(State(home): App, Path(id): Path<String>, asked: Query<Asked>, headers: HeaderMap) -> Response {
    match customer::read(&home, &id).await {
        Ok(customer) => Json(customer).into_response(),
        Err(error) => problem(&error, &asked.catalogue(&headers, &home)),
    }
}
