//! How are rows kept that could not be understood, and when is one of them mended?
//!
//! A reject is mended when a later import brings a row with the same key into the same table, or reads the
//! same file again without rejecting that line.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Field, Int64Type, Schema};
use odla_domain::tables::{REJECTS, Table};

use crate::error::Result;
use crate::import::keys::{Key, keys, readable};
use crate::import::raw::{BrokenLine, LINE, SOURCE};
use crate::import::typed::Reject;

pub static TABLE: Table = REJECTS;

/// The rejects that the ledger already holds.
#[derive(Default)]
pub struct Earlier {
    rejects: Vec<Earlier1>,
    /// By table, then by the key of the row.
    by_row: HashMap<String, HashMap<String, Vec<usize>>>,
    mended: HashSet<usize>,
}

struct Earlier1 {
    key: Key,
    table: String,
    file: String,
}

impl Earlier {
    pub fn add(&mut self, rows: &RecordBatch) -> Result<()> {
        let text = |name: &str| {
            rows.column_by_name(name)
                .map(|array| array.as_string::<i32>().clone())
        };
        let (Some(tables), Some(files), Some(row_keys)) =
            (text("table"), text("file"), text("row_key"))
        else {
            return Ok(());
        };
        for (row, key) in keys(&TABLE, rows)?.into_iter().enumerate() {
            let (table, file) = (tables.value(row).to_owned(), files.value(row).to_owned());
            if row_keys.is_valid(row) {
                let rows = self.by_row.entry(table.clone()).or_default();
                rows.entry(row_keys.value(row).to_owned())
                    .or_default()
                    .push(self.rejects.len());
            }
            self.rejects.push(Earlier1 { key, table, file });
        }
        Ok(())
    }

    /// Sees rows that were understood.
    pub fn meet(&mut self, table: &Table, rows: &RecordBatch) {
        let Some(waiting) = self.by_row.get(table.name) else {
            return;
        };
        for row in 0..rows.num_rows() {
            let key = readable(table, rows, row);
            if let Some(mended) = key.and_then(|key| waiting.get(&key)) {
                self.mended.extend(mended);
            }
        }
    }

    /// The keys of the rejects that are mended by an import that read these files into these tables.
    pub fn mended(&self, read: &HashSet<(&'static str, String)>) -> Vec<(Key, String)> {
        let again = |reject: &Earlier1| {
            read.iter()
                .any(|(table, file)| *table == reject.table && *file == reject.file)
        };
        self.rejects
            .iter()
            .enumerate()
            .filter(|(at, reject)| self.mended.contains(at) || again(reject))
            .map(|(_, reject)| (reject.key, reject.table.clone()))
            .collect()
    }
}

/// Lines that were no rows, as rejects of a table.
pub fn of_broken(table: &'static Table, file: &str, broken: Vec<BrokenLine>) -> Vec<Reject> {
    broken
        .into_iter()
        .map(|broken| Reject {
            table: table.name,
            file: file.to_owned(),
            line: broken.line as i64,
            column: String::new(),
            reason: broken.reason.to_owned(),
            value: None,
            raw: broken.raw,
            row_key: None,
        })
        .collect()
}

/// Understood rows that a later row with the same key took the place of, as rejects.
pub fn of_superseded(table: &'static Table, rows: &RecordBatch) -> Vec<Reject> {
    let files = rows
        .column_by_name("_source")
        .map(|array| array.as_string::<i32>());
    let lines = rows
        .column_by_name("_line")
        .map(|array| array.as_primitive::<Int64Type>());
    (0..rows.num_rows())
        .map(|row| Reject {
            table: table.name,
            file: files.map_or(String::new(), |files| files.value(row).to_owned()),
            line: lines.map_or(0, |lines| lines.value(row)),
            column: String::new(),
            reason: "key.repeated".to_owned(),
            value: None,
            raw: as_json(rows, row),
            row_key: readable(table, rows, row),
        })
        .collect()
}

/// Rejects as rows of text for their own table.
pub fn as_text(rejects: &[Reject]) -> Result<RecordBatch> {
    let text = |of: &dyn Fn(&Reject) -> Option<String>| -> ArrayRef {
        Arc::new(rejects.iter().map(of).collect::<StringArray>())
    };
    let lines: Int64Array = rejects.iter().map(|reject| Some(reject.line)).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("table", text(&|reject| Some(reject.table.to_owned()))),
        ("file", text(&|reject| Some(reject.file.clone()))),
        ("line", text(&|reject| Some(reject.line.to_string()))),
        // A key has no empty part: the whole row is written as a star.
        (
            "column",
            text(&|reject| {
                Some(if reject.column.is_empty() {
                    "*".into()
                } else {
                    reject.column.clone()
                })
            }),
        ),
        ("reason", text(&|reject| Some(reject.reason.clone()))),
        ("value", text(&|reject| reject.value.clone())),
        ("raw", text(&|reject| Some(reject.raw.clone()))),
        ("row_key", text(&|reject| reject.row_key.clone())),
        (LINE, Arc::new(lines)),
        (SOURCE, text(&|reject| Some(reject.file.clone()))),
    ];
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, array)| Field::new(*name, array.data_type().clone(), true))
        .collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

fn as_json(rows: &RecordBatch, row: usize) -> String {
    let mut values = serde_json::Map::new();
    for (field, column) in rows.schema().fields().iter().zip(rows.columns()) {
        if !field.name().starts_with('_')
            && column.is_valid(row)
            && let Ok(text) = arrow::util::display::array_value_to_string(column, row)
        {
            values.insert(field.name().clone(), text.into());
        }
    }
    serde_json::Value::Object(values).to_string()
}
