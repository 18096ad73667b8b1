//! `odla serve`: the web application and the API of a home, in one process.

use crate::Ending;
use crate::arguments::ServeArguments;
use crate::terminal::{Terminal, say};
use odla_app::text::Section;
use odla_app::{AppError, Home, Office, Store};
use odla_domain::Params;
use odla_server::Options;
use serde_json::json;
use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

pub const USUAL_ADDRESS: &str = "127.0.0.1:8350";

/// An import and an analysis may go on at the same time.
const WORKERS: usize = 2;

pub async fn run(
    home: &Home,
    arguments: &ServeArguments,
    terminal: &Terminal,
) -> Result<Ending, AppError> {
    let database = arguments.database.as_deref();
    listen(home, &arguments.listen, database, terminal).await
}

/// Serves until the person interrupts, or the system asks the program to end.
pub async fn listen(
    home: &Home,
    address: &str,
    database: Option<&str>,
    terminal: &Terminal,
) -> Result<Ending, AppError> {
    let database = database.map_or_else(|| Office::default_database(home), str::to_owned);
    // A file has one master; PostgreSQL may have several programs at work.
    let alone = database.starts_with("sqlite:");
    let _lock = if alone { Some(lock(home)?) } else { None };
    let store = Store::open(&database).await?;
    let office = Arc::new(Office::new(home.clone(), store));
    if alone {
        office.recover_all_jobs().await?;
    }
    office.clear_half_received();
    let refused = |error: std::io::Error| told("listen", address, &error.to_string());
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    greet(&office, bound, terminal).await?;
    let settings = &home.settings.server;
    let variable = settings
        .oidc
        .as_ref()
        .and_then(|oidc| oidc.secret_variable.clone());
    let options = Options {
        oidc_secret: variable.and_then(|name| std::env::var(name).ok()),
        workers: WORKERS,
    };
    odla_server::serve(office, listener, options, asked_to_end()).await?;
    Ok(Ending::Done)
}

/// Says where the server answers, and how the first administrator comes in.
async fn greet(office: &Office, bound: SocketAddr, terminal: &Terminal) -> Result<(), AppError> {
    let home = office.home();
    let own = format!("http://{bound}");
    let url = home.settings.server.public_url.clone().unwrap_or(own);
    let url = url.trim_end_matches('/').to_owned();
    if !bound.ip().is_loopback() && !home.settings.server.is_secure() {
        let params = Params::from([("address".to_owned(), bound.to_string().into())]);
        terminal.tell("no_tls", &params);
    }
    // Behind the # it reaches no log and no other server.
    let setup = office
        .setup_secret()
        .await?
        .map(|secret| format!("{url}/set-up#token={secret}"));
    if terminal.json {
        // One line, so that whoever started the program can read it while the program goes on.
        say!("{}", json!({"url": url, "setup": setup}));
        return Ok(());
    }
    let line = |key: &str, url: &str| {
        let params = Params::from([("url".to_owned(), url.into())]);
        terminal.texts().say(Section::Terminal, key, &params)
    };
    say!("{}", line("serving", &url));
    if let Some(setup) = setup {
        say!("{}", line("setup_link", &setup));
    }
    Ok(())
}

fn lock(home: &Home) -> Result<File, AppError> {
    let path = home.folder().join("serve.lock");
    let file = File::create(&path).map_err(|source| AppError::file(&path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let mut params = Params::new();
            params.insert(
                "home".to_owned(),
                home.folder().display().to_string().into(),
            );
            Err(AppError::Told {
                key: "serving_already".to_owned(),
                params,
            })
        }
        Err(TryLockError::Error(source)) => Err(AppError::file(&path, source)),
    }
}

fn told(key: &str, address: &str, detail: &str) -> AppError {
    AppError::Told {
        key: key.to_owned(),
        params: Params::from([
            ("address".to_owned(), address.into()),
            ("detail".to_owned(), detail.into()),
        ]),
    }
}

/// The interrupt of a person, or the system's wish that the program ends.
async fn asked_to_end() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else {
            return interrupted.await;
        };
        tokio::select! {
            () = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    interrupted.await;
}
