//! How do rows leave the ledger: as CSV, JSON or Parquet?

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use parquet::arrow::ArrowWriter;

use crate::error::Result;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
    Parquet,
}

/// Writes the rows of a query as they come, so that any number of rows fits in memory. Returns their number.
pub async fn write_rows(
    ctx: &SessionContext,
    sql: &str,
    format: Format,
    out: &mut (dyn Write + Send),
) -> Result<u64> {
    let mut rows = ctx.sql(sql).await?.execute_stream().await?;
    let mut writer = Writer::new(format, rows.schema(), out)?;
    let mut count = 0;
    while let Some(batch) = rows.next().await {
        let batch = batch?;
        count += batch.num_rows() as u64;
        writer.write(&batch)?;
    }
    writer.finish()?;
    Ok(count)
}

/// A column that is written as it stands.
pub enum Values {
    Numbers(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
}

/// Writes columns of equal length under their names. Returns the number of rows.
pub fn write_columns(
    columns: Vec<(String, Values)>,
    format: Format,
    out: &mut (dyn Write + Send),
) -> Result<u64> {
    let arrays = columns.into_iter().map(|(name, values)| {
        let array: ArrayRef = match values {
            Values::Numbers(values) => Arc::new(Float64Array::from(values)),
            Values::Texts(values) => Arc::new(StringArray::from(values)),
        };
        (name, array, true)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(arrays)?;
    let mut writer = Writer::new(format, batch.schema(), out)?;
    writer.write(&batch)?;
    writer.finish()?;
    Ok(batch.num_rows() as u64)
}

enum Writer<W: Write + Send> {
    Csv(Box<arrow::csv::Writer<W>>),
    Json(arrow::json::ArrayWriter<W>),
    Parquet(Box<ArrowWriter<W>>),
}

impl<W: Write + Send> Writer<W> {
    fn new(format: Format, schema: arrow::datatypes::SchemaRef, out: W) -> Result<Self> {
        Ok(match format {
            Format::Csv => {
                let mut writer = arrow::csv::WriterBuilder::new()
                    .with_header(true)
                    .build(out);
                // The heading is written even when no row follows.
                writer.write(&RecordBatch::new_empty(schema))?;
                Self::Csv(Box::new(writer))
            }
            Format::Json => Self::Json(arrow::json::ArrayWriter::new(out)),
            Format::Parquet => Self::Parquet(Box::new(ArrowWriter::try_new(out, schema, None)?)),
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        match self {
            Self::Csv(writer) => writer.write(batch)?,
            Self::Json(writer) => writer.write(batch)?,
            Self::Parquet(writer) => writer.write(batch)?,
        }
        Ok(())
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Csv(_) => {}
            Self::Json(mut writer) => writer.finish()?,
            Self::Parquet(writer) => {
                writer.close()?;
            }
        }
        Ok(())
    }
}
