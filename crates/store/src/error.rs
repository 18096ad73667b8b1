//! What can go wrong on the operational disk, and what should the caller do?

use jiff::Timestamp;
use sqlx::migrate::MigrateError;
use thiserror::Error;

/// Variants by what the caller can do. Nothing of what was stored stands in a message.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("there is no such {what}")]
    NotFound { what: &'static str },
    /// Read it again and decide anew.
    #[error("the {what} was changed by somebody else and is now at version {version}")]
    Conflict { what: &'static str, version: i64 },
    /// Choose another.
    #[error("the {what} is taken")]
    Taken { what: &'static str },
    #[error("the link has been used, has expired, or was never made")]
    LinkSpent,
    #[error("there is an administrator already")]
    AlreadySetUp,
    #[error("the last active administrator cannot be taken away")]
    LastAdministrator,
    #[error("only a person decides")]
    NotAPerson,
    #[error("{customers} of the customers were decided on since they were shown")]
    DecidedSince { customers: i64 },
    #[error("the decision is undone already")]
    UndoneAlready,
    #[error("the decision could be undone until {until}")]
    TooLateToUndo { until: Timestamp },
    /// Somebody else has the job now: stop working on it.
    #[error("the job is no longer held under this lease")]
    LeaseLost,
    #[error("the text has characters that cannot be kept")]
    Unwritable,
    #[error("not an address of a store: {reason}")]
    BadAddress { reason: String },
    #[error(
        "the database was written by a newer program: it has step {version}, this one knows up to {known}"
    )]
    NewerDatabase { version: i64, known: i64 },
    /// Try again later.
    #[error("the operational disk does not answer")]
    Unavailable(#[source] sqlx::Error),
    #[error("what is kept of the {what} cannot be read: {reason}")]
    Broken { what: &'static str, reason: String },
    #[error("the operational disk failed")]
    Engine(#[source] sqlx::Error),
    #[error("the database could not be brought up to date")]
    Migration(#[source] MigrateError),
}

impl StoreError {
    /// The keys of all expected errors, for whoever translates them.
    pub const KEYS: [&'static str; 15] = [
        "store.not_found",
        "store.conflict",
        "store.taken",
        "store.link_spent",
        "store.already_set_up",
        "store.last_administrator",
        "store.not_a_person",
        "store.decided_since",
        "store.undone_already",
        "store.too_late_to_undo",
        "store.lease_lost",
        "store.unwritable",
        "store.bad_address",
        "store.newer_database",
        "store.unavailable",
    ];

    /// The stable translation key; `store.internal` is our own fault.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => Self::KEYS[0],
            Self::Conflict { .. } => Self::KEYS[1],
            Self::Taken { .. } => Self::KEYS[2],
            Self::LinkSpent => Self::KEYS[3],
            Self::AlreadySetUp => Self::KEYS[4],
            Self::LastAdministrator => Self::KEYS[5],
            Self::NotAPerson => Self::KEYS[6],
            Self::DecidedSince { .. } => Self::KEYS[7],
            Self::UndoneAlready => Self::KEYS[8],
            Self::TooLateToUndo { .. } => Self::KEYS[9],
            Self::LeaseLost => Self::KEYS[10],
            Self::Unwritable => Self::KEYS[11],
            Self::BadAddress { .. } => Self::KEYS[12],
            Self::NewerDatabase { .. } => Self::KEYS[13],
            Self::Unavailable(_) => Self::KEYS[14],
            Self::Broken { .. } | Self::Engine(_) | Self::Migration(_) => "store.internal",
        }
    }

    /// Named values that fill the translated text.
    pub fn params(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotFound { what } | Self::Taken { what } => vec![("what", (*what).to_owned())],
            Self::Conflict { what, version } => vec![
                ("what", (*what).to_owned()),
                ("version", version.to_string()),
            ],
            Self::DecidedSince { customers } => vec![("n", customers.to_string())],
            Self::TooLateToUndo { until } => vec![("until", until.to_string())],
            Self::BadAddress { reason } => vec![("detail", reason.clone())],
            Self::NewerDatabase { version, known } => vec![
                ("version", version.to_string()),
                ("known", known.to_string()),
            ],
            _ => Vec::new(),
        }
    }

    pub(crate) fn broken(what: &'static str, reason: impl ToString) -> Self {
        Self::Broken {
            what,
            reason: reason.to_string(),
        }
    }

    /// Says what is taken when a unique value was there already; other errors stay.
    pub(crate) fn or_taken(error: sqlx::Error, what: &'static str) -> Self {
        match error.as_database_error() {
            Some(database) if database.is_unique_violation() => Self::Taken { what },
            _ => error.into(),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
            sqlx::Error::Database(database) => match database.code().as_deref() {
                // PostgreSQL keeps no NUL in a text.
                Some("22021") => Self::Unwritable,
                Some(code) if is_absence(code) => Self::Unavailable(error),
                _ => Self::Engine(error),
            },
            _ => Self::Engine(error),
        }
    }
}

/// Codes of an engine that is busy, going down, full or out of connections, or of a disk that cannot be read or
/// written: not our fault, and perhaps soon over.
fn is_absence(code: &str) -> bool {
    // Busy, locked, read-only, input or output failed, full, cannot be opened.
    const SQLITE: [&str; 6] = ["5", "6", "8", "10", "13", "14"];
    SQLITE.contains(&code)
        || ["08", "53", "57P"]
            .iter()
            .any(|class| code.starts_with(class))
        || ["40001", "40P01"].contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_goes_down_is_unavailable_and_not_our_fault() {
        assert!(is_absence("57P01") && is_absence("53300") && is_absence("5"));
        assert!(!is_absence("23505") && !is_absence("42601") && !is_absence("1"));
        let error = StoreError::from(sqlx::Error::PoolTimedOut);
        assert_eq!(error.key(), "store.unavailable");
    }

    #[test]
    fn every_key_is_said_once() {
        let mut keys = StoreError::KEYS.to_vec();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), StoreError::KEYS.len());
    }
}
