//! The analytic disk: the ledger's tables, import, versions, frames.

pub mod by_customer;
pub mod coverage;
pub mod directory;
pub mod erase;
pub mod error;
pub mod frames;
pub mod import;
pub mod ledger;
pub mod map;
pub mod output;
mod place;
pub mod plain;
pub mod record;
mod s3;
pub mod schema;
pub mod scores;
pub mod session;
pub mod snapshot;
pub mod undo;

pub use error::LakeError;
pub use ledger::{At, Ledger};
pub use record::{Counts, VersionRecord};
pub use session::{SessionSettings, query, session};
pub use snapshot::Snapshot;

pub use datafusion::prelude::SessionContext;
