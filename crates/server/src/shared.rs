//! What does every request share, and through which layers does it pass?

use crate::asker::identify;
use crate::limits::Limits;
use crate::oidc::Provider;
use crate::{answer, assets, headers, metric, openapi, problem};
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::{Router, middleware};
use metrics_exporter_prometheus::PrometheusHandle;
use odla_app::Office;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

pub type App = Arc<Shared>;

/// One for the whole server.
pub struct Shared {
    pub office: Arc<Office>,
    pub limits: Limits,
    pub metrics: PrometheusHandle,
    pub provider: Option<Arc<Provider>>,
    /// Whether people come over TLS.
    pub secure: bool,
    pub behind_proxy: bool,
    /// True once the server is stopping: streams that would go on for ever end.
    pub stopping: watch::Receiver<bool>,
}

const MOST_BODY_BYTES: usize = 2 << 20;
const PATIENCE: Duration = Duration::from_secs(60);
/// Uploads, previews and exports of much data.
const LONG_PATIENCE: Duration = Duration::from_secs(30 * 60);

/// All addresses, with everything that stands around them.
pub fn router(app: App) -> Router {
    let timeout = |patience| TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, patience);
    let quick = openapi::quick()
        .split_for_parts()
        .0
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .layer(timeout(PATIENCE));
    let slow = openapi::slow()
        .split_for_parts()
        .0
        .layer(timeout(LONG_PATIENCE));
    quick
        .merge(slow)
        .method_not_allowed_fallback(problem::not_allowed)
        .layer(middleware::from_fn(answer::tag))
        .layer(CatchPanicLayer::custom(problem::of_panic))
        .layer(middleware::from_fn_with_state(app.clone(), identify))
        .merge(metric::routes())
        .fallback(assets::serve)
        .layer(middleware::from_fn(metric::count))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(middleware::from_fn_with_state(app.clone(), headers::guard))
        .with_state(app)
}
