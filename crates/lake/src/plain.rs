//! What stands in a plain file, column by column, as text?

use std::path::Path;

use arrow::array::{Array, AsArray};

use crate::error::{LakeError, Result};
use crate::import::files::InputFile;
use crate::import::raw::{self, BrokenLine, Layout, line_of};

/// A file that is not on its way to the ledger, read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainFile {
    pub names: Vec<String>,
    /// The values of each column; no value is empty text.
    pub columns: Vec<Vec<String>>,
    /// The line of the file on which each row stood.
    pub lines: Vec<usize>,
}

/// Reads csv (also compressed), xlsx, parquet or json lines. A line that is no row refuses the file.
pub fn read(path: &Path) -> Result<PlainFile> {
    if !path.is_file() {
        return Err(LakeError::FileMissing {
            path: path.display().to_string(),
        });
    }
    let file = InputFile::new(path)?;
    let opened = raw::open(&file, &Layout::default())?;
    let mut plain = PlainFile {
        columns: vec![Vec::new(); opened.header.len()],
        names: opened.header,
        lines: Vec::new(),
    };
    for batch in opened.batches {
        let batch = batch?;
        if let Some(BrokenLine { line, reason, .. }) = batch.broken.first() {
            let reason = format!("line {line}: {reason}");
            return Err(LakeError::FileUnreadable {
                file: file.name,
                reason,
            });
        }
        for (at, column) in plain.columns.iter_mut().enumerate() {
            let values = batch.rows.column(at).as_string::<i32>();
            column.extend((0..values.len()).map(|row| match values.is_valid(row) {
                true => values.value(row).to_owned(),
                false => String::new(),
            }));
        }
        let lines = 0..batch.rows.num_rows();
        plain
            .lines
            .extend(lines.map(|row| usize::try_from(line_of(&batch.rows, row)).unwrap_or(0)));
    }
    file.lay_still()?;
    Ok(plain)
}
