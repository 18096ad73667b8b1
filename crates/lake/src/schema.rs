//! How does a table of the ledger lie on disk?

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use odla_domain::tables::{Kind, LEDGER_COLUMNS, Table};

/// Digits of an amount: eighteen in all, four of them decimals.
pub const AMOUNT: DataType = DataType::Decimal128(18, 4);
pub const AMOUNT_SCALE: i8 = 4;

/// The hash of everything in a row but where it came from; tells a changed row from the same row.
pub const ROW_HASH: &str = "_row_hash";

/// What every row carries besides its own columns.
pub fn ledger_fields() -> Vec<Field> {
    LEDGER_COLUMNS
        .iter()
        .map(|column| Field::new(column.name, data_type(column.kind), true))
        .chain([Field::new(ROW_HASH, DataType::Int64, true)])
        .collect()
}

/// The whole schema of a table: its columns, its extra columns, the ledger's own.
///
/// Every field is nullable on disk; what is required is checked by the import, which can say which line is at fault.
pub fn schema_of(table: &Table, extras: &[String]) -> SchemaRef {
    let own = table
        .columns
        .iter()
        .map(|column| Field::new(column.name, data_type(column.kind), true));
    let extra = extras
        .iter()
        .map(|name| Field::new(name, DataType::Utf8, true));
    Arc::new(Schema::new(
        own.chain(extra).chain(ledger_fields()).collect::<Vec<_>>(),
    ))
}

pub fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text | Kind::Month | Kind::Choice(_) => DataType::Utf8,
        Kind::Date => DataType::Date32,
        Kind::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Kind::Amount => AMOUNT,
        Kind::Number | Kind::Share => DataType::Float64,
        Kind::Count | Kind::Grade(..) => DataType::Int64,
        Kind::Flag => DataType::Boolean,
    }
}

/// The extra columns of a schema, in its order.
pub fn extras_in(schema: &Schema) -> Vec<String> {
    schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .filter(|name| name.starts_with("x_"))
        .collect()
}
