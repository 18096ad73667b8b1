//! How do files become ledger rows? The use case around the ledger's own import: settings, clock, summary.

use crate::{AppError, Home};
use jiff::Timestamp;
use odla_lake::import::{ImportRequest, ImportSummary, Progress};
use std::path::PathBuf;

/// Reads files or folders into the ledger; all or nothing.
pub async fn import(
    home: &Home,
    paths: Vec<PathBuf>,
    mapping: Option<PathBuf>,
    dry_run: bool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<ImportSummary, AppError> {
    let request = ImportRequest {
        paths,
        mapping,
        dry_run,
        time_zone: home.settings.time_zone.clone(),
        now: Timestamp::now(),
    };
    Ok(odla_lake::import::import(&home.ledger()?, request, progress).await?)
}
