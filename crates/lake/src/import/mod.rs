//! How do files become rows of the ledger, all or nothing?

pub(crate) mod apply;
mod columnar;
mod csv;
mod customers;
pub(crate) mod files;
mod functions;
pub(crate) mod guard;
mod json;
mod keys;
pub mod mapping;
mod melt;
pub mod packed;
pub(crate) mod parse;
pub(crate) mod plan;
pub mod preview;
pub(crate) mod raw;
mod rejects;
mod run;
mod shape;
mod sheet;
mod sources;
mod stage;
mod text;
pub(crate) mod typed;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use crate::error::{LakeError, Result};
use crate::ledger::Ledger;
use crate::record::Counts;
pub use plan::Notes;

/// What to import, and how.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    pub paths: Vec<PathBuf>,
    pub mapping: Option<PathBuf>,
    /// Reads and checks everything, changes nothing.
    pub dry_run: bool,
    /// The company's, for moments without an offset.
    pub time_zone: String,
    pub now: Timestamp,
}

/// A file's name in the ledger when it is not the path it lies at: the part of the path below this folder.
#[derive(Clone, Copy, Debug)]
pub struct Below<'a>(pub &'a Path);

/// What became of it.
#[derive(Clone, Debug, Serialize)]
pub struct ImportSummary {
    pub import: String,
    /// The version of the ledger that the import made; none when nothing changed.
    pub version: Option<u64>,
    pub tables: BTreeMap<String, Counts>,
    /// Rows left out on purpose, by table and reason.
    pub left_out: BTreeMap<String, BTreeMap<String, u64>>,
    /// Rejected rows by table and reason.
    pub rejected: BTreeMap<String, BTreeMap<String, u64>>,
    /// Columns that no table has, by file.
    pub ignored: BTreeMap<String, Vec<String>>,
    /// Keys that the source lacked and that were made, as `table.column`.
    pub derived: Vec<String>,
}

/// How far an import has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub file: String,
    pub bytes_read: u64,
    pub bytes_total: u64,
    pub rows: u64,
}

/// Reads files or folders into the ledger.
///
/// Either all of it happens or none; importing the same files twice changes nothing.
pub async fn import(
    ledger: &Ledger,
    request: ImportRequest,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<ImportSummary> {
    import_below(ledger, request, None, progress).await
}

/// As [`import`], with files named by where they lie below a folder: a file that is uploaded again, corrected, is
/// the same file although it lies elsewhere.
pub async fn import_below(
    ledger: &Ledger,
    request: ImportRequest,
    below: Option<Below<'_>>,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<ImportSummary> {
    let place = &ledger.place;
    let _lock = guard::Lock::take(place)?;
    guard::recover(place).await?;
    let room = guard::WaitingRoom::open(place)?;
    let files = named(files::find(&request.paths)?, below);
    let (plan, mapping) = planned(&request, &files)?;
    let run = run::Run::new(place.clone(), (&request, &files), room.path(), progress).await?;
    let done = run.all(&plan, mapping.as_ref()).await;
    if done.is_err() {
        // The error that stopped the import is the one to tell; if this fails too, the next import mends it.
        let _ = guard::recover(place).await;
    }
    done
}

/// What to read into which table, and the mapping that says so.
fn planned(
    request: &ImportRequest,
    files: &[files::InputFile],
) -> Result<(plan::Plan, Option<mapping::Mapping>)> {
    let (plan, mapping) = match &request.mapping {
        None => (plan::canonical(files)?, None),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| files::unreadable(&path.display().to_string(), error))?;
            let mapping = mapping::Mapping::parse(&text)?;
            (plan::mapped(files, &mapping)?, Some(mapping))
        }
    };
    if plan.tasks.is_empty() {
        return Err(LakeError::MappingInvalid {
            reason: "the mapping names no table".to_owned(),
        });
    }
    Ok((plan, mapping))
}

fn named(mut files: Vec<files::InputFile>, below: Option<Below<'_>>) -> Vec<files::InputFile> {
    if let Some(Below(folder)) = below {
        for file in &mut files {
            if let Ok(name) = file.path.strip_prefix(folder) {
                file.name = name.display().to_string();
            }
        }
    }
    files
}
