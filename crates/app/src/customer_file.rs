//! How does the list of customers leave the program as a file?

use crate::access::{Caller, Visible};
use crate::directory::{Ask, ColumnKind, Decided, Directory};
use crate::exports::Format;
use crate::measures::unit_of;
use crate::profile::label_of;
use crate::text::{Catalogue, Section};
use crate::{AppError, Office};
use odla_domain::Permission;
use odla_lake::output::{self, Values, write_columns};
use odla_paper::{Sheet, SheetCell};
use serde_json::{Map, Value, json};

impl Office {
    /// Everybody in sight who passes the filters, in the order asked for, with every column.
    pub async fn customer_file(
        &self,
        caller: &Caller,
        run: Option<&str>,
        ask: &Ask,
        (format, catalogue): (Format, &Catalogue),
        request: &str,
    ) -> Result<Vec<u8>, AppError> {
        caller.allow(Permission::Export)?;
        let Visible { directory, sight } = self.visible(caller, run).await?;
        let decided = self.decided().await?;
        let set = directory.set(&sight, &ask.filters, ask.text.as_deref(), &decided)?;
        let details = json!({"format": format.extension(), "customers": set.count()});
        let act = caller.act(request);
        self.store
            .note(&act, "customers.exported", "", &details)
            .await?;
        let list: Vec<usize> = directory
            .walk(&set, &ask.sort, 0)?
            .map(|(_, row)| row)
            .collect();
        let sheet = sheet(&directory, &list, &decided, catalogue);
        let currency = self.home().settings.currency.clone();
        let writing = tokio::task::spawn_blocking(move || match format {
            Format::Xlsx => Ok(odla_paper::sheets(&[sheet], &currency)?),
            Format::Csv => plain(sheet, output::Format::Csv),
            Format::Parquet => plain(sheet, output::Format::Parquet),
            Format::Pdf => Err(crate::Denied::Format {
                format: format.extension().to_owned(),
            }
            .into()),
        });
        writing.await.map_err(|error| AppError::Internal {
            detail: error.to_string(),
        })?
    }
}

fn sheet(directory: &Directory, list: &[usize], decided: &Decided, texts: &Catalogue) -> Sheet {
    let columns = directory.columns();
    let cells = |row: &usize| {
        let item = directory.row(*row, decided);
        columns
            .iter()
            .map(|column| cell(&item, &column.key, column.kind, texts))
            .collect()
    };
    Sheet {
        name: texts.word(Section::Words, "paper.customers"),
        headings: columns
            .iter()
            .map(|column| label_of(&column.key, texts))
            .collect(),
        rows: list.iter().map(cells).collect(),
    }
}

fn cell(item: &Map<String, Value>, key: &str, kind: ColumnKind, texts: &Catalogue) -> SheetCell {
    match (kind, item.get(key)) {
        (ColumnKind::Number, Some(Value::Number(number))) => {
            SheetCell::Number(number.as_f64().unwrap_or(f64::NAN), unit_of(key))
        }
        (ColumnKind::Date, Some(Value::String(day))) => SheetCell::Date(day.clone()),
        (ColumnKind::Flag, Some(Value::Bool(flag))) => SheetCell::Flag(*flag),
        (ColumnKind::Word, Some(Value::String(word))) if texts.has(Section::Words, word) => {
            SheetCell::Text(texts.word(Section::Words, word))
        }
        (_, Some(Value::String(text))) if !text.is_empty() => SheetCell::Text(text.clone()),
        _ => SheetCell::Empty,
    }
}

fn plain(sheet: Sheet, format: output::Format) -> Result<Vec<u8>, AppError> {
    let columns = sheet.headings.iter().enumerate().map(|(at, heading)| {
        let cells = sheet.rows.iter().map(|row| &row[at]);
        (heading.clone(), values(cells, format))
    });
    let mut bytes = Vec::new();
    write_columns(columns.collect(), format, &mut bytes)?;
    Ok(bytes)
}

fn values<'s>(
    cells: impl Iterator<Item = &'s SheetCell> + Clone,
    format: output::Format,
) -> Values {
    let is_number = |cell: &SheetCell| matches!(cell, SheetCell::Number(..) | SheetCell::Empty);
    let told = cells
        .clone()
        .any(|cell| matches!(cell, SheetCell::Number(..)));
    if told && cells.clone().all(is_number) {
        return Values::Numbers(
            cells
                .map(|cell| match cell {
                    SheetCell::Number(value, _) => Some(*value).filter(|value| value.is_finite()),
                    _ => None,
                })
                .collect(),
        );
    }
    Values::Texts(cells.map(|cell| text(cell, format)).collect())
}

fn text(cell: &SheetCell, format: output::Format) -> Option<String> {
    match cell {
        SheetCell::Number(value, _) => Some(value.to_string()),
        SheetCell::Date(text) => Some(text.clone()),
        SheetCell::Text(text) if format == output::Format::Csv => Some(harmless(text)),
        SheetCell::Text(text) => Some(text.clone()),
        SheetCell::Flag(flag) => Some(flag.to_string()),
        SheetCell::Empty => None,
    }
}

/// A spreadsheet program takes a cell that begins so for a formula and would run it.
fn harmless(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}
