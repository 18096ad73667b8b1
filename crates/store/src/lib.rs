//! What do people decide, and who may? The operational disk: SQLite, or PostgreSQL when there is one.
//!
//! No clock and no hashing of passwords here: callers pass instants and finished hashes.
//! Whatever a person changes is entered in the audit log by the same transaction.

#[macro_use]
mod engine;

mod act;
mod audit;
mod decisions;
mod error;
mod jobs;
mod links;
mod migrations;
mod open;
mod people;
mod rows;
mod secret;
mod sessions;
mod settings;
mod sign_in;
mod tokens;
mod uploads;
mod views;

pub use act::{Act, Actor};
pub use audit::{AuditEntry, AuditFilter, AuditState};
pub use decisions::{Decision, DecisionFilter, Departures, Grounds, StandingDecision, Undone};
pub use engine::{SqliteDisk, Store};
pub use error::StoreError;
pub use jobs::{Job, JobFilter, JobState, Lease, MAX_ATTEMPTS, NewJob, Progress, Recovered};
pub use links::Link;
pub use people::{Credentials, NewPerson, OidcName, Person, PersonChange};
pub use secret::Secret;
pub use sessions::{Session, SessionTerms};
pub use settings::{Scope, Setting};
pub use sign_in::{OidcRequest, Swept};
pub use tokens::{NewToken, Token};
pub use uploads::{Upload, UploadFile, UploadState};
pub use views::{NewView, View};

/// A result of this crate.
pub type Stored<T> = Result<T, StoreError>;
