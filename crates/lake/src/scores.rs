//! How are scores per customer kept beside a run, so that any engine can read them?

use crate::LakeError;
use crate::frames::columns::Answer;
use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use odla_domain::CustomerScores;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

const ID: &str = "customer_id";

/// One Parquet file: `customer_id`, then the numbers, then the words.
pub fn write(file: &Path, scores: &CustomerScores) -> Result<(), LakeError> {
    let mut fields = vec![Field::new(ID, DataType::Utf8, false)];
    let mut columns: Vec<ArrayRef> =
        vec![Arc::new(StringArray::from_iter_values(&scores.customer_id))];
    for (name, values) in &scores.numbers {
        fields.push(Field::new(name, DataType::Float64, true));
        let values = values
            .iter()
            .map(|value| (!value.is_nan()).then_some(*value));
        columns.push(Arc::new(values.collect::<Float64Array>()));
    }
    for (name, values) in &scores.words {
        fields.push(Field::new(name, DataType::Utf8, false));
        columns.push(Arc::new(StringArray::from_iter_values(values)));
    }
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?;
    let mut writer = ArrowWriter::try_new(File::create(file)?, batch.schema(), None)?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}

/// Reads the scores back as they were written.
pub fn read(file: &Path) -> Result<CustomerScores, LakeError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file)?)?;
    let schema = reader.schema().clone();
    let batches = reader.build()?.collect::<Result<Vec<_>, _>>()?;
    let answer = Answer::new(batches);
    let mut scores = CustomerScores {
        customer_id: answer.texts(ID)?,
        ..CustomerScores::default()
    };
    for field in schema.fields().iter().filter(|field| field.name() != ID) {
        let name = field.name().clone();
        match field.data_type() {
            DataType::Float64 => scores.numbers.push((name.clone(), answer.numbers(&name)?)),
            _ => scores.words.push((name.clone(), answer.texts(&name)?)),
        }
    }
    Ok(scores)
}
