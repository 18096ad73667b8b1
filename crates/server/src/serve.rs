//! How does the server begin, and how does it end without cutting anybody off?

use crate::limits::Limits;
use crate::metric;
use crate::oidc::Provider;
use crate::shared::{Shared, router};
use odla_app::{AppError, Office, jobs};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// What the program has read from flags, settings and the environment.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The provider's secret, when the settings name a provider.
    pub oidc_secret: Option<String>,
    /// Jobs worked on at once; none when another process does them.
    pub workers: usize,
}

/// How long requests may go on after the server was told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(15);

/// Serves until `stop` resolves; then requests under way are finished, and jobs under way wait for the next start.
///
/// # Errors
/// When the settings cannot be used, or the listener fails.
pub async fn serve(
    office: Arc<Office>,
    listener: TcpListener,
    options: Options,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), AppError> {
    let (stopping, stopped) = watch::channel(false);
    let shared = Arc::new(shared(
        &office,
        &options,
        listener.local_addr().ok(),
        stopped.clone(),
    )?);
    // Jobs have threads of their own: what they compute must not stand in the way of those who wait for a page.
    let runtime = workers(&office, &options, &stopped)?;
    read_ahead(office.clone());
    let service = router(shared).into_make_service_with_connect_info::<SocketAddr>();
    let mut told = stopped.clone();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        // Ends also when the sender is gone.
        let _ = told.changed().await;
    });
    let mut serving = tokio::spawn(server.into_future());
    let ended = tokio::select! {
        () = stop => None,
        ended = &mut serving => Some(ended),
    };
    stopping.send_replace(true);
    let ended = match ended {
        Some(ended) => Ok(ended),
        None => tokio::time::timeout(LAST_REQUESTS, serving).await,
    };
    drop(runtime);
    office.store.close().await;
    let failed = |detail: String| AppError::Internal { detail };
    match ended {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(error))) => Err(failed(error.to_string())),
        Ok(Err(error)) => Err(failed(error.to_string())),
        // Somebody held on longer than we wait.
        Err(_) => Ok(()),
    }
}

fn shared(
    office: &Arc<Office>,
    options: &Options,
    address: Option<SocketAddr>,
    stopping: watch::Receiver<bool>,
) -> Result<Shared, AppError> {
    let home = office.home();
    let server = &home.settings.server;
    let own = address.map(|address| format!("http://{address}"));
    let public = server.public_url.clone().or(own).unwrap_or_default();
    let provider = match &server.oidc {
        Some(oidc) => Some(Arc::new(Provider::new(
            oidc.clone(),
            options.oidc_secret.clone(),
            &public,
        )?)),
        None => None,
    };
    Ok(Shared {
        office: office.clone(),
        limits: Limits::new(),
        metrics: metric::handle(),
        provider,
        secure: server.is_secure(),
        behind_proxy: server.behind_proxy,
        stopping,
    })
}

fn workers(
    office: &Arc<Office>,
    options: &Options,
    stopped: &watch::Receiver<bool>,
) -> Result<Option<Workers>, AppError> {
    if options.workers == 0 {
        return Ok(None);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(options.workers.max(2))
        .thread_name("odla-jobs")
        .enable_all()
        .build()
        .map_err(|error| AppError::Internal {
            detail: error.to_string(),
        })?;
    for _ in 0..options.workers {
        runtime.spawn(jobs::work(office.clone(), stopped.clone()));
    }
    runtime.spawn(tidy(office.clone(), stopped.clone()));
    office.work_aside(runtime.handle().clone());
    Ok(Some(Workers(Some(runtime))))
}

/// So that the first visitor does not wait.
fn read_ahead(office: Arc<Office>) {
    let aside = office.aside();
    aside.spawn(async move { office.read_ahead().await });
}

/// The threads of the jobs. They end without anybody waiting for them, also when the serving itself is broken off:
/// what they have not finished is taken up at the next start.
struct Workers(Option<Runtime>);

impl Drop for Workers {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Clears away, now and then, what has ended: sessions, links, uploads that nobody imports.
async fn tidy(office: Arc<Office>, mut stopped: watch::Receiver<bool>) {
    const EVERY: Duration = Duration::from_secs(3600);
    loop {
        if let Err(error) = office.sweep().await {
            tracing::warn!(%error, "what has ended could not be cleared away");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stopped.changed() => return,
        }
    }
}
