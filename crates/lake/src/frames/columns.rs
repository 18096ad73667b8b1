//! How is a column of a query's answer read into a plain vector?

use crate::LakeError;
use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type};
use odla_domain::Money;

/// The answer of one query; columns are taken out by name.
pub struct Answer {
    batches: Vec<RecordBatch>,
}

impl Answer {
    pub fn new(batches: Vec<RecordBatch>) -> Self {
        Self { batches }
    }

    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Floating-point values; SQL null is `NaN`.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, LakeError> {
        let mut values = Vec::with_capacity(self.rows());
        for array in self.arrays(name, &DataType::Float64)? {
            let array = array.as_primitive::<Float64Type>();
            values.extend(array.iter().map(|value| value.unwrap_or(f64::NAN)));
        }
        Ok(values)
    }

    /// Whole numbers; SQL null is zero.
    pub fn counts(&self, name: &str) -> Result<Vec<i64>, LakeError> {
        let mut values = Vec::with_capacity(self.rows());
        for array in self.arrays(name, &DataType::Int64)? {
            let array = array.as_primitive::<Int64Type>();
            values.extend(array.iter().map(Option::unwrap_or_default));
        }
        Ok(values)
    }

    /// Exact amounts; SQL null is zero.
    pub fn money(&self, name: &str) -> Result<Vec<Money>, LakeError> {
        let mut values = Vec::with_capacity(self.rows());
        for array in self.arrays(name, &DataType::Decimal128(38, Money::SCALE as i8))? {
            let array = array.as_primitive::<Decimal128Type>();
            values.extend(
                array
                    .iter()
                    .map(|raw| Money::from_raw(raw.unwrap_or_default())),
            );
        }
        Ok(values)
    }

    /// Texts; SQL null is the empty text.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, LakeError> {
        let mut values = Vec::with_capacity(self.rows());
        for array in self.arrays(name, &DataType::Utf8)? {
            let array = array.as_string::<i32>();
            values.extend(array.iter().map(|text| text.unwrap_or_default().to_owned()));
        }
        Ok(values)
    }

    /// Truth values; SQL null is `None`.
    pub fn flags(&self, name: &str) -> Result<Vec<Option<bool>>, LakeError> {
        let mut values = Vec::with_capacity(self.rows());
        for array in self.arrays(name, &DataType::Boolean)? {
            values.extend(array.as_boolean().iter());
        }
        Ok(values)
    }

    /// Truth values; SQL null is false.
    pub fn truths(&self, name: &str) -> Result<Vec<bool>, LakeError> {
        let flags = self.flags(name)?.into_iter();
        Ok(flags.map(|flag| flag == Some(true)).collect())
    }

    /// Whole rows as JSON objects; empty cells are null.
    pub fn objects(&self) -> Result<Vec<serde_json::Map<String, serde_json::Value>>, LakeError> {
        let mut writer = arrow::json::WriterBuilder::new()
            .with_explicit_nulls(true)
            .build::<_, arrow::json::writer::JsonArray>(Vec::new());
        for batch in &self.batches {
            writer.write(batch)?;
        }
        writer.finish()?;
        let text = writer.into_inner();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        serde_json::from_slice(&text).map_err(LakeError::storage)
    }

    fn arrays(
        &self,
        name: &str,
        data_type: &DataType,
    ) -> Result<Vec<arrow::array::ArrayRef>, LakeError> {
        self.batches
            .iter()
            .map(|batch| {
                let column = batch.column_by_name(name).ok_or_else(|| LakeError::Frame {
                    reason: format!("the query returned no column named {name}"),
                })?;
                Ok(cast(column, data_type)?)
            })
            .collect()
    }
}
