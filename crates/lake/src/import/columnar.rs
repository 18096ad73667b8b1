//! How is a Parquet file read as rows of text?

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, TimeUnit};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::error::{LakeError, Result};
use crate::import::files::{InputFile, unreadable};
use crate::import::raw::{BATCH_ROWS, Opened, RawBatch, raw_schema};

pub fn open(file: &InputFile) -> Result<Opened> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file.open()?)
        .map_err(|error| unreadable(&file.name, error))?
        .with_batch_size(BATCH_ROWS);
    let header: Vec<String> = builder
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let total = builder.metadata().file_metadata().num_rows().max(1) as u64;
    let rows = builder
        .build()
        .map_err(|error| unreadable(&file.name, error))?;
    let batches = Batches {
        name: file.name.clone(),
        header: header.clone(),
        rows,
        row: 0,
        total,
        bytes: file.bytes(),
    };
    Ok(Opened {
        header,
        comma_separated: true,
        batches: Box::new(batches),
    })
}

struct Batches {
    name: String,
    header: Vec<String>,
    rows: ParquetRecordBatchReader,
    row: u64,
    total: u64,
    bytes: u64,
}

impl Iterator for Batches {
    type Item = Result<RawBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = match self.rows.next()? {
            Ok(batch) => batch,
            Err(error) => return Some(Err(unreadable(&self.name, error))),
        };
        Some(self.text(&batch))
    }
}

impl Batches {
    fn text(&mut self, batch: &RecordBatch) -> Result<RawBatch> {
        let mut arrays = batch
            .columns()
            .iter()
            .map(|column| text_of(column).map_err(|error| self.unreadable(&error)))
            .collect::<Result<Vec<_>>>()?;
        let rows = batch.num_rows();
        let lines = self.row + 1..=self.row + rows as u64;
        arrays.push(Arc::new(Int64Array::from_iter_values(
            lines.map(|line| line as i64),
        )));
        arrays.push(Arc::new(StringArray::new_null(rows)));
        arrays.push(Arc::new(StringArray::from(vec![self.name.as_str(); rows])));
        self.row += rows as u64;
        let rows = RecordBatch::try_new(raw_schema(&self.header), arrays)?;
        Ok(RawBatch {
            rows,
            broken: Vec::new(),
            bytes_read: self.bytes * self.row / self.total,
        })
    }

    fn unreadable(&self, error: &LakeError) -> LakeError {
        LakeError::FileUnreadable {
            file: self.name.clone(),
            reason: error.to_string(),
        }
    }
}

/// A typed column as a program would write it; blank text is no value.
pub fn text_of(column: &ArrayRef) -> Result<ArrayRef> {
    match column.data_type() {
        // A whole number that was read as a float, as customer numbers with gaps often are, stays whole.
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            let wide = cast(column, &DataType::Float64)?;
            let texts = wide
                .as_primitive::<Float64Type>()
                .iter()
                .map(|value| value.map(|value| value.to_string()));
            Ok(Arc::new(texts.collect::<StringArray>()))
        }
        DataType::Timestamp(_, None) => Ok(cast(
            &cast(column, &DataType::Timestamp(TimeUnit::Microsecond, None))?,
            &DataType::Utf8,
        )?),
        DataType::Dictionary(_, value) => text_of(&cast(column, value)?),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let texts = cast(column, &DataType::Utf8)?;
            let trimmed = texts
                .as_string::<i32>()
                .iter()
                .map(|text| text.map(str::trim).filter(|text| !text.is_empty()));
            Ok(Arc::new(trimmed.collect::<StringArray>()))
        }
        _ => Ok(cast(column, &DataType::Utf8)?),
    }
}
