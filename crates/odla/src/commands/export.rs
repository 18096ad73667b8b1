//! `odla export`: a page as a board paper, a workbook or a plain table.

use crate::Ending;
use crate::arguments::ExportArguments;
use crate::terminal::Terminal;
use odla_app::exports::{self, Order};
use odla_app::pages::Kept;
use odla_app::{AppError, Home};
use std::io::Write;
use std::path::PathBuf;

pub fn run(
    home: &Home,
    arguments: &ExportArguments,
    terminal: &Terminal,
) -> Result<Ending, AppError> {
    let kept = Kept::read(home, arguments.run.as_deref())?;
    let order = Order {
        page: &arguments.page,
        company: &home.settings.company,
        language: terminal.language,
        format: arguments.format,
        table: arguments.table.as_deref(),
    };
    let bytes = exports::page(&kept, &order, terminal.texts())?;
    let file = arguments.output.clone().unwrap_or_else(|| {
        PathBuf::from(format!(
            "{}.{}",
            arguments.page,
            arguments.format.extension()
        ))
    });
    if file.as_os_str() == "-" {
        std::io::stdout()
            .write_all(&bytes)
            .map_err(|source| AppError::file(&file, source))?;
        return Ok(Ending::Done);
    }
    std::fs::write(&file, &bytes).map_err(|source| AppError::file(&file, source))?;
    terminal.tell(
        "exported",
        &[(
            "file".to_owned(),
            file.display().to_string().as_str().into(),
        )]
        .into(),
    );
    Ok(Ending::Done)
}
