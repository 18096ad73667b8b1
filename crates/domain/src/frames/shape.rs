//! Are the columns of a frame equally long, and do they hold what they say?

use thiserror::Error;

/// Why a frame was refused: the query that filled it broke its own promise.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FrameError {
    #[error("column {column} has {got} rows where {expected} are expected")]
    Length {
        column: String,
        expected: usize,
        got: usize,
    },
    #[error("column {column}, row {row}: {reason}")]
    Value {
        column: String,
        row: usize,
        reason: &'static str,
    },
}

/// Refuses a column whose length is not the frame's.
pub fn require_rows(column: &str, expected: usize, got: usize) -> Result<(), FrameError> {
    if expected == got {
        return Ok(());
    }
    Err(FrameError::Length {
        column: column.to_owned(),
        expected,
        got,
    })
}

/// Refuses the first value that is not `fit`, saying what it should have been.
pub fn require_values(
    column: &str,
    values: &[f64],
    fit: impl Fn(f64) -> bool,
    reason: &'static str,
) -> Result<(), FrameError> {
    match values.iter().position(|&value| !fit(value)) {
        None => Ok(()),
        Some(row) => Err(FrameError::Value {
            column: column.to_owned(),
            row,
            reason,
        }),
    }
}

/// Refuses keys that are not sorted, or that come twice.
pub fn require_sorted(column: &str, keys: &[String]) -> Result<(), FrameError> {
    match keys.windows(2).position(|pair| pair[0] >= pair[1]) {
        None => Ok(()),
        Some(before) => Err(FrameError::Value {
            column: column.to_owned(),
            row: before + 1,
            reason: "keys are sorted and come once",
        }),
    }
}
