//! `odla rows`: the ledger rows behind a figure.

use crate::Ending;
use crate::arguments::{RowFormat, RowsArguments};
use crate::terminal::Terminal;
use odla_app::{AppError, Home, rows};
use odla_lake::output::Format;
use std::fs::File;
use std::io::{Write, stdout};

pub async fn run(
    home: &Home,
    arguments: &RowsArguments,
    terminal: &Terminal,
) -> Result<Ending, AppError> {
    let format = match (terminal.json, arguments.format) {
        (true, _) | (_, RowFormat::Json) => Format::Json,
        (_, RowFormat::Csv) => Format::Csv,
        (_, RowFormat::Parquet) => Format::Parquet,
    };
    let mut out: Box<dyn Write + Send> = match &arguments.output {
        Some(file) => Box::new(File::create(file).map_err(|source| AppError::file(file, source))?),
        None => Box::new(stdout()),
    };
    let count = rows::write(
        home,
        arguments.run.as_deref(),
        &arguments.figure,
        format,
        &mut *out,
    )
    .await?;
    terminal.tell(
        "rows_written",
        &[("n".to_owned(), (count as f64).into())].into(),
    );
    Ok(Ending::Done)
}
