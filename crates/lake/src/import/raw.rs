//! What does any source look like before it is understood? Columns of text, with the line each row stood on.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Builder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};

use crate::error::{LakeError, Result};
use crate::import::files::{FileKind, InputFile};
use crate::import::mapping::Reading;
use crate::import::{columnar, csv, json, sheet};

pub const LINE: &str = "_line";
pub const RAW: &str = "_raw";
pub const SOURCE: &str = "_source";

pub const BATCH_ROWS: usize = 8192;

/// Some rows of a source: its own columns as text, then `_line`, `_raw` and `_source`.
pub struct RawBatch {
    pub rows: RecordBatch,
    /// Lines that are no rows at all.
    pub broken: Vec<BrokenLine>,
    /// How far into the file the reading has come.
    pub bytes_read: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenLine {
    pub line: u64,
    pub reason: &'static str,
    pub raw: String,
}

/// A source whose header has been read.
pub struct Opened {
    pub header: Vec<String>,
    /// Whether a lone comma before three digits separates thousands.
    pub comma_separated: bool,
    pub batches: Box<dyn Iterator<Item = Result<RawBatch>> + Send>,
}

/// How one file is to be read.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub reading: Reading,
    pub sheet: Option<String>,
    pub header: Option<Vec<String>>,
    pub skip: usize,
}

pub fn open(file: &InputFile, layout: &Layout) -> Result<Opened> {
    let opened = match file.kind {
        FileKind::Csv => csv::open(file, layout),
        FileKind::Xlsx => sheet::open(file, layout),
        FileKind::Parquet => columnar::open(file),
        FileKind::JsonLines => json::open(file, layout),
    }?;
    check_header(&opened.header, &file.name)?;
    Ok(opened)
}

/// Gathers rows of text into batches.
pub struct Gatherer {
    schema: SchemaRef,
    source: String,
    columns: Vec<StringBuilder>,
    lines: Int64Builder,
    raws: StringBuilder,
    broken: Vec<BrokenLine>,
    rows: usize,
}

impl Gatherer {
    pub fn new(header: &[String], source: &str) -> Self {
        Self {
            schema: raw_schema(header),
            source: source.to_owned(),
            columns: header.iter().map(|_| StringBuilder::new()).collect(),
            lines: Int64Builder::new(),
            raws: StringBuilder::new(),
            broken: Vec::new(),
            rows: 0,
        }
    }

    /// Adds a row; an empty cell is no value.
    pub fn push<'a>(&mut self, line: u64, cells: impl Iterator<Item = &'a str>, raw: Option<&str>) {
        let mut cells = cells.map(str::trim);
        for column in &mut self.columns {
            match cells.next() {
                Some(cell) if !cell.is_empty() => column.append_value(cell),
                _ => column.append_null(),
            }
        }
        self.lines.append_value(line as i64);
        self.raws.append_option(raw);
        self.rows += 1;
    }

    pub fn push_broken(&mut self, broken: BrokenLine) {
        self.broken.push(broken);
    }

    pub fn is_full(&self) -> bool {
        self.rows >= BATCH_ROWS || self.broken.len() >= BATCH_ROWS
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0 && self.broken.is_empty()
    }

    pub fn take(&mut self, bytes_read: u64) -> Result<RawBatch> {
        let source = vec![self.source.as_str(); self.rows];
        let mut arrays: Vec<ArrayRef> = self
            .columns
            .iter_mut()
            .map(|column| Arc::new(column.finish()) as ArrayRef)
            .collect();
        arrays.push(Arc::new(self.lines.finish()));
        arrays.push(Arc::new(self.raws.finish()));
        arrays.push(Arc::new(arrow::array::StringArray::from(source)));
        self.rows = 0;
        let rows = RecordBatch::try_new(self.schema.clone(), arrays)?;
        Ok(RawBatch {
            rows,
            broken: std::mem::take(&mut self.broken),
            bytes_read,
        })
    }
}

pub fn raw_schema(header: &[String]) -> SchemaRef {
    let own = header
        .iter()
        .map(|name| Field::new(name, DataType::Utf8, true));
    let added = [
        Field::new(LINE, DataType::Int64, true),
        Field::new(RAW, DataType::Utf8, true),
        Field::new(SOURCE, DataType::Utf8, true),
    ];
    Arc::new(Schema::new(own.chain(added).collect::<Vec<_>>()))
}

/// The line a row stood on.
pub fn line_of(rows: &RecordBatch, row: usize) -> i64 {
    rows.column_by_name(LINE)
        .map_or(0, |lines| lines.as_primitive::<Int64Type>().value(row))
}

/// The row as it stood; for sources that are not text, its values.
pub fn raw_of(rows: &RecordBatch, row: usize) -> String {
    if let Some(raws) = rows.column_by_name(RAW)
        && raws.is_valid(row)
    {
        return raws.as_string::<i32>().value(row).to_owned();
    }
    let mut values = serde_json::Map::new();
    for (field, column) in rows.schema().fields().iter().zip(rows.columns()) {
        if !field.name().starts_with('_') && column.is_valid(row) {
            values.insert(
                field.name().clone(),
                column.as_string::<i32>().value(row).into(),
            );
        }
    }
    serde_json::Value::Object(values).to_string()
}

/// Names as they stand in the file, without what is only for the eye; a column without a name gets its number.
pub fn tidy_header<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<String> {
    cells
        .enumerate()
        .map(
            |(at, cell)| match cell.trim().trim_start_matches('\u{feff}') {
                "" => format!("column_{}", at + 1),
                name => name.to_owned(),
            },
        )
        .collect()
}

fn check_header(header: &[String], file: &str) -> Result<()> {
    for (at, name) in header.iter().enumerate() {
        if header[..at].contains(name) || [LINE, RAW, SOURCE].contains(&name.as_str()) {
            return Err(LakeError::ColumnRepeated {
                file: file.to_owned(),
                column: name.clone(),
            });
        }
    }
    Ok(())
}
