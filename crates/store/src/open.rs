//! How is a database found by its address and made ready?

use crate::engine::{SqliteDisk, Store};
use crate::{StoreError, Stored};
use sqlx::SqlitePool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

const READERS: u32 = 8;
const PG_CONNECTIONS: u32 = 16;
const PATIENCE: Duration = Duration::from_secs(30);
const TRIES: u32 = 100;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

impl Store {
    /// Opens `sqlite://path` (made when it is not there) or `postgres://...`, and brings it up to date.
    ///
    /// # Errors
    /// When the address is neither, the database does not answer, or a newer program has written it.
    pub async fn open(address: &str) -> Stored<Self> {
        let store = match address.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() => open_sqlite(Path::new(path)).await?,
            Some(("postgres" | "postgresql", _)) => open_pg(address).await?,
            _ => {
                return Err(StoreError::BadAddress {
                    reason: "it begins with sqlite:// and a path, or with postgres://".to_owned(),
                });
            }
        };
        store.migrate().await?;
        Ok(store)
    }
}

async fn open_sqlite(path: &Path) -> Stored<Store> {
    make_private(path).map_err(|error| StoreError::Unavailable(sqlx::Error::Io(error)))?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(true)
        .busy_timeout(PATIENCE);
    let write = connect_writer(&options).await?;
    let read = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(PATIENCE)
        .connect_lazy_with(options.pragma("query_only", "true"));
    Ok(Store::Sqlite(SqliteDisk { read, write }))
}

/// The first connection turns a fresh file to write-ahead logging, and SQLite does not wait there: it refuses at once
/// when another program is doing the same, which is soon over.
async fn connect_writer(options: &SqliteConnectOptions) -> Stored<SqlitePool> {
    let mut tries = TRIES;
    loop {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .connect_with(options.clone());
        match pool.await.map_err(StoreError::from) {
            Err(StoreError::Unavailable(_)) if tries > 0 => {
                tries -= 1;
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
            other => return other,
        }
    }
}

/// The file holds hashes of passwords: on Unix only its owner may read it. SQLite gives its other files the same mode.
fn make_private(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other.map(drop),
    }
}

async fn open_pg(address: &str) -> Stored<Store> {
    let options = PgConnectOptions::from_str(address).map_err(|_| StoreError::BadAddress {
        // The address may hold a password: it is not repeated.
        reason: "PostgreSQL's own rules for addresses do not allow it".to_owned(),
    })?;
    let pool = PgPoolOptions::new()
        .max_connections(PG_CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect_with(options.application_name("odla"))
        .await?;
    Ok(Store::Pg(pool))
}
