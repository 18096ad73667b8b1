//! What can be asked of a home over HTTP? The same pages and figures as in the terminal, as HTML and as JSON.
//!
//! Read-only, and meant for this machine: signing in and acting come with the web application.

mod answer;
mod html;
mod problem;
mod routes;

pub use routes::router;

use odla_app::Home;
use std::io;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves until `stop` resolves; requests under way are finished first.
pub async fn serve(
    listener: TcpListener,
    home: Home,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router(Arc::new(home))).with_graceful_shutdown(stop).await
}
