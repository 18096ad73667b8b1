//! When are two rows the same row, and when do they say the same thing?

use arrow::array::{
    Array, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array,
    RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType,
};
use odla_domain::tables::Table;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::error::{LakeError, Result};

/// The hash of a row's key; 128 bits, so that no two keys of any company meet by chance.
pub type Key = u128;

/// The key of every row.
pub fn keys(table: &Table, rows: &RecordBatch) -> Result<Vec<Key>> {
    let columns = table
        .keys()
        .map(|column| named(rows, column.name))
        .collect::<Result<Vec<_>>>()?;
    let mut bytes = Vec::new();
    Ok((0..rows.num_rows())
        .map(|row| {
            bytes.clear();
            for column in &columns {
                column.append(row, &mut bytes);
            }
            xxh3_128(&bytes)
        })
        .collect())
}

/// The key of a table whose key is one text.
pub fn key_of_text(text: &str) -> Key {
    let mut bytes = Vec::with_capacity(text.len() + 5);
    append_text(text, &mut bytes);
    xxh3_128(&bytes)
}

/// A hash of everything the row says; of no ledger column, so that the same row from another file is the same.
/// An empty cell counts as nothing, so that a new extra column does not change the rows that lack it.
pub fn row_hashes(rows: &RecordBatch) -> Result<Vec<i64>> {
    let schema = rows.schema();
    let mut columns = Vec::new();
    for field in schema.fields() {
        if !field.name().starts_with('_') {
            columns.push((
                xxh3_64(field.name().as_bytes()).to_le_bytes(),
                named(rows, field.name())?,
            ));
        }
    }
    let mut bytes = Vec::new();
    Ok((0..rows.num_rows())
        .map(|row| {
            bytes.clear();
            for (name, column) in &columns {
                if column.has(row) {
                    bytes.extend_from_slice(name);
                    column.append(row, &mut bytes);
                }
            }
            xxh3_64(&bytes) as i64
        })
        .collect())
}

/// The key as a person reads it: its parts with a slash between; none when a part is missing.
pub fn readable(table: &Table, rows: &RecordBatch, row: usize) -> Option<String> {
    let mut parts = Vec::new();
    for column in table.keys() {
        let array = rows.column_by_name(column.name)?;
        if array.is_null(row) {
            return None;
        }
        parts.push(arrow::util::display::array_value_to_string(array, row).ok()?);
    }
    Some(parts.join("/"))
}

enum Cells<'a> {
    Text(&'a StringArray),
    Date(&'a Date32Array),
    Instant(&'a TimestampMicrosecondArray),
    Amount(&'a Decimal128Array),
    Number(&'a Float64Array),
    Count(&'a Int64Array),
    Flag(&'a BooleanArray),
}

fn named<'a>(rows: &'a RecordBatch, name: &str) -> Result<Cells<'a>> {
    let unknown = || LakeError::Storage {
        reason: format!("column {name} is not as it should be"),
    };
    let array = rows.column_by_name(name).ok_or_else(unknown)?;
    Ok(match array.data_type() {
        DataType::Utf8 => Cells::Text(array.as_string()),
        DataType::Date32 => Cells::Date(array.as_primitive::<Date32Type>()),
        DataType::Timestamp(..) => Cells::Instant(
            array
                .as_primitive_opt::<TimestampMicrosecondType>()
                .ok_or_else(unknown)?,
        ),
        DataType::Decimal128(..) => Cells::Amount(array.as_primitive::<Decimal128Type>()),
        DataType::Float64 => Cells::Number(array.as_primitive::<Float64Type>()),
        DataType::Int64 => Cells::Count(array.as_primitive::<Int64Type>()),
        DataType::Boolean => Cells::Flag(array.as_boolean()),
        _ => return Err(unknown()),
    })
}

impl Cells<'_> {
    fn has(&self, row: usize) -> bool {
        match self {
            Self::Text(array) => array.is_valid(row),
            Self::Date(array) => array.is_valid(row),
            Self::Instant(array) => array.is_valid(row),
            Self::Amount(array) => array.is_valid(row),
            Self::Number(array) => array.is_valid(row),
            Self::Count(array) => array.is_valid(row),
            Self::Flag(array) => array.is_valid(row),
        }
    }

    /// The value with its length before it, so that no two rows of values run together.
    fn append(&self, row: usize, bytes: &mut Vec<u8>) {
        if !self.has(row) {
            bytes.push(0);
            return;
        }
        match self {
            Self::Text(array) => append_text(array.value(row), bytes),
            Self::Date(array) => append_fixed(&array.value(row).to_le_bytes(), bytes),
            Self::Instant(array) => append_fixed(&array.value(row).to_le_bytes(), bytes),
            Self::Amount(array) => append_fixed(&array.value(row).to_le_bytes(), bytes),
            // Zero has two signs that mean the same.
            Self::Number(array) => append_fixed(&(array.value(row) + 0.0).to_le_bytes(), bytes),
            Self::Count(array) => append_fixed(&array.value(row).to_le_bytes(), bytes),
            Self::Flag(array) => append_fixed(&[u8::from(array.value(row))], bytes),
        }
    }
}

fn append_text(text: &str, bytes: &mut Vec<u8>) {
    bytes.push(1);
    bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

fn append_fixed(value: &[u8], bytes: &mut Vec<u8>) {
    bytes.push(1);
    bytes.extend_from_slice(value);
}
