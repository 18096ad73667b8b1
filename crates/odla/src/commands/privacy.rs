//! `odla erase-customer`, `odla export-customer`: what the law gives a customer.

use crate::Ending;
use crate::arguments::{EraseArguments, ExportCustomerArguments};
use crate::terminal::{Terminal, say};
use odla_app::{AppError, Home, privacy};

pub async fn erase(
    home: &Home,
    arguments: &EraseArguments,
    terminal: &Terminal,
) -> Result<Ending, AppError> {
    let erased = privacy::erase(home, &arguments.id, arguments.purge).await?;
    if terminal.json {
        terminal.document(&erased)?;
    } else {
        let rows: Vec<Vec<String>> = erased
            .ledger
            .tables
            .iter()
            .map(|(table, rows)| vec![table.clone(), rows.to_string()])
            .collect();
        let heading = |key: &str| {
            let texts = terminal.texts();
            texts.word(odla_app::text::Section::Terminal, key)
        };
        say!(
            "{}",
            terminal.grid(
                &[heading("table"), heading("rows_erased")],
                &[false, true],
                &rows
            )
        );
    }
    terminal.tell(
        "erased_runs",
        &[("n".to_owned(), (erased.runs as f64).into())].into(),
    );
    if erased.ledger.earlier_versions_hold_rows {
        terminal.tell("erased_earlier_hold", &Default::default());
        return Ok(Ending::ToRead);
    }
    Ok(Ending::Done)
}

pub async fn export(
    home: &Home,
    arguments: &ExportCustomerArguments,
    terminal: &Terminal,
) -> Result<Ending, AppError> {
    let exported = privacy::export(home, &arguments.id).await?;
    match &arguments.output {
        None => terminal.document(&exported)?,
        Some(file) => {
            let text =
                serde_json::to_vec_pretty(&exported).map_err(|error| AppError::Internal {
                    detail: error.to_string(),
                })?;
            std::fs::write(file, text).map_err(|source| AppError::file(file, source))?;
        }
    }
    Ok(Ending::Done)
}
