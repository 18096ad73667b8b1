//! Does the server live, is it ready, and how busy is it?

use crate::asker::peer_of;
use crate::shared::App;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use odla_domain::Permission;
use std::sync::OnceLock;
use std::time::Instant;

const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

pub fn routes() -> Router<App> {
    Router::new()
        .route("/health", get(|| async { "ok" }))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
}

/// One recorder for the whole program.
pub fn handle() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let builder = builder
                .set_buckets(SECONDS)
                .unwrap_or_else(|_| PrometheusBuilder::new());
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            if ::metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("measures are already recorded elsewhere");
            }
            handle
        })
        .clone()
}

/// Counts and times every request by its route, never by its address: that may name a customer.
pub async fn count(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("page", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let began = Instant::now();
    let answer = next.run(request).await;
    let status = answer.status().as_u16().to_string();
    let labels = [("method", method), ("route", route), ("status", status)];
    ::metrics::counter!("odla_requests_total", &labels).increment(1);
    ::metrics::histogram!("odla_request_seconds", &labels).record(began.elapsed().as_secs_f64());
    answer
}

/// Ready when the operational disk and the ledger answer.
async fn ready(State(app): State<App>) -> Response {
    let store = app.office.store.ping().await.is_ok();
    let ledger = match app.office.ledger() {
        Ok(ledger) => ledger.version().await.is_ok(),
        Err(_) => false,
    };
    match store && ledger && !*app.stopping.borrow() {
        true => "ready".into_response(),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready").into_response(),
    }
}

/// For this machine, and for whoever has a token that may administer.
async fn metrics(State(app): State<App>, request: Request) -> Response {
    let forwarded = request.headers().contains_key("x-forwarded-for");
    let here =
        peer_of(request.extensions()).is_some_and(|peer| peer.ip().is_loopback()) && !forwarded;
    let token = token_of(&request);
    if !here && !by_token(&app, token).await {
        return StatusCode::FORBIDDEN.into_response();
    }
    app.metrics.run_upkeep();
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics.render()).into_response()
}

fn token_of(request: &Request) -> Option<String> {
    let sent = request.headers().get(header::AUTHORIZATION)?;
    Some(sent.to_str().ok()?.strip_prefix("Bearer ")?.to_owned())
}

async fn by_token(app: &App, token: Option<String>) -> bool {
    let Some(token) = token else { return false };
    let caller = app.office.caller_of_token(&token).await;
    matches!(caller, Ok(Some(caller)) if caller.may(Permission::Administer))
}
