//! What can go wrong in a use case, and what should the person do?

use crate::{Denied, Meaning};
use odla_domain::Params;
use odla_insight::InsightError;
use odla_lake::LakeError;
use odla_store::StoreError;
use std::path::Path;
use thiserror::Error;

/// Variants by what the person can do about it. `key` is the translation key, `errors.<key>`.
#[derive(Debug, Error)]
pub enum AppError {
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error(transparent)]
    Insight(#[from] InsightError),
    #[error(transparent)]
    Paper(#[from] odla_paper::PaperError),
    #[error("{page} has no table {table}")]
    UnknownTable {
        page: String,
        table: String,
        known: String,
    },
    #[error(transparent)]
    Example(#[from] odla_example::ExampleError),
    #[error("{file}: {source}")]
    File {
        file: String,
        source: std::io::Error,
    },
    #[error("{file}: {detail}")]
    Settings { file: String, detail: String },
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no run yet")]
    NoRun,
    #[error("there is no run {id}")]
    UnknownRun { id: String },
    #[error("run {id} cannot be read: {detail}")]
    BrokenRun { id: String, detail: String },
    #[error("the ledger is empty")]
    EmptyLedger,
    #[error("{word} is not a page, a capability or a figure of this run")]
    UnknownPage { word: String, known: String },
    #[error("{key} is not a figure")]
    UnknownFigure { key: String },
    #[error("{reason} is not a contact reason with a curve")]
    UnknownReason { reason: String, known: String },
    #[error("{name} is not a place for money in this run")]
    UnknownSpot { name: String, known: String },
    #[error("{text} is not reason=minutes")]
    MinutesNotRead { text: String },
    #[error("{word} is not a capability")]
    UnknownCapability { word: String, known: String },
    #[error("there is no customer {id}")]
    UnknownCustomer { id: String },
    #[error("the home {home} already has another ledger")]
    HomeInUse { home: String },
    #[error("a computation stopped: {detail}")]
    Internal { detail: String },
    /// A failure of a part that this crate does not know, with the key and the values of its own text.
    #[error("{key}")]
    Told { key: String, params: Params },
}

impl AppError {
    /// What the failure means to whoever asks, whatever the protocol.
    pub fn meaning(&self) -> Meaning {
        match self {
            Self::Denied(denied) => denied.meaning(),
            Self::NoRun
            | Self::UnknownRun { .. }
            | Self::UnknownPage { .. }
            | Self::UnknownFigure { .. }
            | Self::UnknownTable { .. }
            | Self::UnknownCustomer { .. } => Meaning::NotFound,
            Self::UnknownCapability { .. }
            | Self::UnknownReason { .. }
            | Self::UnknownSpot { .. }
            | Self::Insight(InsightError::NotPossible(_))
            | Self::MinutesNotRead { .. }
            | Self::EmptyLedger => Meaning::Wrong,
            Self::Store(error) => meaning_of_store(error),
            Self::Lake(error) => match error.key().split_once('.') {
                Some(("import" | "mapping", _)) => Meaning::Wrong,
                _ if matches!(error, LakeError::Busy { .. } | LakeError::NotLatest { .. }) => {
                    Meaning::Conflict
                }
                _ if matches!(
                    error,
                    LakeError::CustomerUnknown | LakeError::VersionUnknown { .. }
                ) =>
                {
                    Meaning::NotFound
                }
                _ => Meaning::Broken,
            },
            Self::Told { key, .. } if key == "trial.exists" => Meaning::Conflict,
            Self::Told { key, .. } if key.starts_with("trial") => Meaning::Wrong,
            _ => Meaning::Broken,
        }
    }

    pub fn file(file: &Path, source: std::io::Error) -> Self {
        Self::File {
            file: file.display().to_string(),
            source,
        }
    }

    /// The stable translation key and what fills the sentence.
    pub fn message(&self) -> (String, Params) {
        let mut params = Params::new();
        let mut put = |name: &str, value: &str| {
            params.insert(name.to_owned(), value.into());
        };
        let key = match self {
            Self::Lake(error) => {
                for (name, value) in error.params() {
                    put(name, &value);
                }
                error.key()
            }
            Self::Insight(InsightError::NotPossible(why)) => {
                return (why.key.clone(), why.params.clone());
            }
            Self::Insight(error) => {
                put("detail", &error.to_string());
                "insight"
            }
            Self::Paper(error) => {
                put("detail", &error.to_string());
                "paper"
            }
            Self::UnknownTable { page, table, known } => {
                put("page", page);
                put("table", table);
                put("known", known);
                "unknown_table"
            }
            Self::Example(error) => {
                put("detail", &error.to_string());
                "example"
            }
            Self::File { file, source } => {
                put("file", file);
                put("detail", &source.to_string());
                "file"
            }
            Self::Settings { file, detail } => {
                put("file", file);
                put("detail", detail);
                "settings"
            }
            Self::Denied(denied) => {
                let (key, params) = denied.message();
                return (key.to_owned(), params);
            }
            Self::Store(error) => {
                for (name, value) in error.params() {
                    put(name, &value);
                }
                error.key()
            }
            Self::NoRun => "no_run",
            Self::UnknownRun { id } => {
                put("id", id);
                "unknown_run"
            }
            Self::BrokenRun { id, detail } => {
                put("id", id);
                put("detail", detail);
                "broken_run"
            }
            Self::EmptyLedger => "empty_ledger",
            Self::UnknownPage { word, known } => {
                put("word", word);
                put("known", known);
                "unknown_page"
            }
            Self::UnknownFigure { key } => {
                put("key", key);
                "unknown_figure"
            }
            Self::UnknownReason { reason, known } => {
                put("reason", reason);
                put("known", known);
                "unknown_reason"
            }
            Self::UnknownSpot { name, known } => {
                put("name", name);
                put("known", known);
                "unknown_spot"
            }
            Self::MinutesNotRead { text } => {
                put("text", text);
                "minutes_not_read"
            }
            Self::UnknownCapability { word, known } => {
                put("word", word);
                put("known", known);
                "unknown_capability"
            }
            Self::UnknownCustomer { id } => {
                put("id", id);
                "unknown_customer"
            }
            Self::HomeInUse { home } => {
                put("home", home);
                "home_in_use"
            }
            Self::Internal { detail } => {
                put("detail", detail);
                "internal"
            }
            Self::Told { key, params } => return (key.clone(), params.clone()),
        };
        (key.to_owned(), params)
    }
}

fn meaning_of_store(error: &StoreError) -> Meaning {
    match error {
        StoreError::NotFound { .. } => Meaning::NotFound,
        StoreError::Conflict { .. }
        | StoreError::Taken { .. }
        | StoreError::LastAdministrator
        | StoreError::AlreadySetUp
        | StoreError::DecidedSince { .. }
        | StoreError::UndoneAlready
        | StoreError::TooLateToUndo { .. } => Meaning::Conflict,
        StoreError::LinkSpent | StoreError::NotAPerson => Meaning::Forbidden,
        StoreError::Unwritable => Meaning::Wrong,
        StoreError::Unavailable(_) => Meaning::Unavailable,
        _ => Meaning::Broken,
    }
}
