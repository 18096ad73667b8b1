//! `odla docs`: writes the documents that are generated from the code.

use crate::Ending;
use odla_app::{AppError, documents};
use std::path::Path;

pub fn run(folder: &Path) -> Result<Ending, AppError> {
    documents::write(folder)?;
    Ok(Ending::Done)
}
