//! What would an import make of these files? The first rows and the first rejects, with nothing changed.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use odla_domain::tables::Table;
use serde::Serialize;

use crate::error::Result;
use crate::frames::columns::Answer;
use crate::import::typed::Reject;
use crate::import::{Below, ImportRequest, ImportSummary, files, guard, named, planned, run};
use crate::ledger::Ledger;

/// How much is read and shown.
#[derive(Clone, Copy, Debug)]
pub struct Glance {
    /// Rows read of each file.
    pub read: u64,
    /// Rows shown of each table.
    pub rows: usize,
    /// Rejects shown in all.
    pub rejects: usize,
}

/// What an import would do.
#[derive(Clone, Debug, Serialize)]
pub struct Preview {
    pub tables: Vec<TablePreview>,
    pub rejects: Vec<RejectPreview>,
    /// Whether some file was not read to its end.
    pub cut_short: bool,
    pub summary: ImportSummary,
}

/// The first rows of one table, as the ledger would hold them.
#[derive(Clone, Debug, Serialize)]
pub struct TablePreview {
    pub table: String,
    pub columns: Vec<String>,
    pub rows: Vec<serde_json::Map<String, serde_json::Value>>,
    pub read: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub left_out: u64,
}

/// A row that would not be taken.
#[derive(Clone, Debug, Serialize)]
pub struct RejectPreview {
    pub table: String,
    pub file: String,
    pub line: i64,
    pub column: String,
    pub reason: String,
    pub value: Option<String>,
    pub raw: String,
}

/// Reads the beginning of the files as an import would, and changes nothing; an import may run meanwhile.
pub async fn preview(
    ledger: &Ledger,
    request: ImportRequest,
    below: Option<Below<'_>>,
    glance: Glance,
) -> Result<Preview> {
    let request = ImportRequest {
        dry_run: true,
        ..request
    };
    let place = &ledger.place;
    let room = guard::WaitingRoom::aside(place)?;
    let files = named(files::find(&request.paths)?, below);
    let (plan, mapping) = planned(&request, &files)?;
    let quiet = |_| ();
    let run = run::Run::new(place.clone(), (&request, &files), room.path(), &quiet).await?;
    let (summary, seen) = run.look(&plan, mapping.as_ref(), glance).await?;
    seen.into_preview(summary)
}

/// What has been seen of an import so far.
pub struct Seen {
    glance: Glance,
    rows: BTreeMap<&'static str, Vec<RecordBatch>>,
    rejects: Vec<RejectPreview>,
    pub cut_short: bool,
}

impl Seen {
    pub fn new(glance: Glance) -> Self {
        Self {
            glance,
            rows: BTreeMap::new(),
            rejects: Vec::new(),
            cut_short: false,
        }
    }

    /// Whether enough of a file has been read.
    pub fn enough(&self, rows: u64) -> bool {
        rows >= self.glance.read
    }

    pub fn take(&mut self, table: &'static Table, rows: &RecordBatch) {
        let seen = self.rows.entry(table.name).or_default();
        let have: usize = seen.iter().map(RecordBatch::num_rows).sum();
        let more = rows.num_rows().min(self.glance.rows.saturating_sub(have));
        if more > 0 {
            seen.push(rows.slice(0, more));
        }
    }

    pub fn reject(&mut self, rejects: &[Reject]) {
        let more = self.glance.rejects.saturating_sub(self.rejects.len());
        self.rejects
            .extend(rejects.iter().take(more).map(|reject| RejectPreview {
                table: reject.table.to_owned(),
                file: reject.file.clone(),
                line: reject.line,
                column: reject.column.clone(),
                reason: reject.reason.clone(),
                value: reject.value.clone(),
                raw: reject.raw.clone(),
            }));
    }

    fn into_preview(mut self, summary: ImportSummary) -> Result<Preview> {
        let mut tables = Vec::new();
        for (name, counts) in &summary.tables {
            let batches = self.rows.remove(name.as_str()).unwrap_or_default();
            tables.push(TablePreview {
                table: name.clone(),
                columns: filled_columns(&batches),
                rows: Answer::new(batches).objects()?,
                read: counts.read,
                accepted: counts.read - counts.rejected - counts.left_out,
                rejected: counts.rejected,
                left_out: counts.left_out,
            });
        }
        Ok(Preview {
            tables,
            rejects: self.rejects,
            cut_short: self.cut_short,
            summary,
        })
    }
}

/// The columns that hold anything in the rows shown, without the ledger's own.
fn filled_columns(batches: &[RecordBatch]) -> Vec<String> {
    let Some(first) = batches.first() else {
        return Vec::new();
    };
    let schema = first.schema();
    let filled = |at: usize| {
        batches
            .iter()
            .any(|batch| batch.column(at).null_count() < batch.num_rows())
    };
    schema
        .fields()
        .iter()
        .enumerate()
        .filter(|(at, field)| !field.name().starts_with('_') && filled(*at))
        .map(|(_, field)| field.name().clone())
        .collect()
}
