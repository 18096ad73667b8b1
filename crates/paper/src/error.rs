//! What can go wrong on the way to paper?

use thiserror::Error;

/// Why a report could not be written. Both are faults of ours or of the disk, never of the reader.
#[derive(Debug, Error)]
pub enum PaperError {
    /// The page could not be set.
    #[error("the report could not be set: {detail}")]
    Setting { detail: String },
    /// The workbook could not be written.
    #[error("the workbook could not be written: {detail}")]
    Workbook { detail: String },
    /// More rows than a sheet can hold; csv and parquet have no such limit.
    #[error("a sheet holds {most} rows, and there are {got}")]
    TooManyRows { most: usize, got: usize },
}
