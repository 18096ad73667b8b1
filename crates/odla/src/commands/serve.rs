//! `odla serve`: the pages and the API of a home, on this machine.

use crate::Ending;
use crate::terminal::Terminal;
use odla_app::{AppError, Home};
use odla_domain::Params;
use std::net::SocketAddr;
use tokio::net::TcpListener;

pub const DEFAULT_ADDRESS: &str = "127.0.0.1:8350";

pub async fn run(home: &Home, address: &str, terminal: &Terminal) -> Result<Ending, AppError> {
    listen(home, address, terminal).await?;
    Ok(Ending::Done)
}

/// Serves until the person interrupts.
///
/// # Errors
/// When the address is not on this machine: there is no sign-in yet, and customers' data may not lie open.
pub async fn listen(home: &Home, address: &str, terminal: &Terminal) -> Result<(), AppError> {
    let refused = |detail: String| AppError::Address {
        address: address.to_owned(),
        detail,
    };
    let parsed: SocketAddr = address.parse().map_err(|error| refused(format!("{error}")))?;
    if !parsed.ip().is_loopback() {
        return Err(AppError::OpenAddress {
            address: address.to_owned(),
        });
    }
    let listener = TcpListener::bind(parsed).await.map_err(|error| refused(error.to_string()))?;
    let url = format!("http://{parsed}/");
    terminal.tell("serving", &Params::from([("url".to_owned(), url.into())]));
    odla_server::serve(listener, home.clone(), async {
        // Without a signal handler there is only the hard way to stop, which loses nothing: the server only reads.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
    .await
    .map_err(|error| refused(error.to_string()))
}
