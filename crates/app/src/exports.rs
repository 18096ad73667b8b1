//! How does a page leave the program: as a board paper, a workbook, or one plain table?
//!
//! Everything is made from the same view as the screen's, so that a figure cannot differ between them.

use crate::AppError;
use crate::pages::Kept;
use crate::text::{Catalogue, Language, Section};
use crate::view::{CautionView, FigureView, Viewer};
use odla_domain::{Cell, Figure, Report, Table, Unit};
use odla_lake::output::{Values, write_columns};
use odla_paper::{Column, Document, Grid, GridCell, Picture, Sheet, SheetCell, Step, StepKind};
use std::str::FromStr;

/// What kind of file a page becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Pdf,
    Xlsx,
    Csv,
    Parquet,
}

impl Format {
    pub const ALL: [Self; 4] = [Self::Pdf, Self::Xlsx, Self::Csv, Self::Parquet];

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(Self::extension).join(", ");
        let found = Self::ALL
            .into_iter()
            .find(|format| format.extension() == word);
        found.ok_or_else(known)
    }
}

/// Which page, for whom, and as what.
pub struct Order<'a> {
    /// The capability's word or everyday name.
    pub page: &'a str,
    pub company: &'a str,
    pub language: Language,
    pub format: Format,
    /// For csv and parquet: the table's key; the page's figures when none is named.
    pub table: Option<&'a str>,
}

/// The page as the bytes of a file.
///
/// # Errors
/// When the run has no such page, or the page no such table; the error lists what there is.
pub fn page(kept: &Kept, order: &Order<'_>, texts: &Catalogue) -> Result<Vec<u8>, AppError> {
    let report = kept.report(order.page)?;
    let document = document(kept, report, order, texts);
    match order.format {
        Format::Pdf => Ok(odla_paper::pdf(&document)?),
        Format::Xlsx => Ok(odla_paper::workbook(&document)?),
        Format::Csv => plain(&document, order, odla_lake::output::Format::Csv),
        Format::Parquet => plain(&document, order, odla_lake::output::Format::Parquet),
    }
}

/// The page as paper sees it.
pub fn document(kept: &Kept, report: &Report, order: &Order<'_>, texts: &Catalogue) -> Document {
    let viewer = Viewer {
        catalogue: texts,
        run: &kept.record,
    };
    let view = viewer.page(report);
    Document {
        language: match order.language {
            Language::Sv => "sv".to_owned(),
            Language::En => "en".to_owned(),
        },
        currency: kept.record.currency.clone(),
        company: order.company.to_owned(),
        title: view.title,
        as_of: texts.numbers().date(kept.record.as_of),
        as_of_date: kept.record.as_of.to_string(),
        run: kept.record.id.clone(),
        sentences: view.sentences,
        figures: report
            .figures
            .iter()
            .zip(view.figures)
            .map(|(figure, view)| figure_on_paper(figure, view))
            .collect(),
        pictures: report
            .table(BRIDGE)
            .map(|table| bridge(table, texts))
            .into_iter()
            .collect(),
        tables: report
            .tables
            .iter()
            .map(|table| grid(table, &viewer))
            .collect(),
        cautions: said(view.cautions),
        words: words(texts),
    }
}

/// The table whose rows are the pillars of the equity bridge.
const BRIDGE: &str = "value.bridge";
const TOTALS: [&str; 2] = ["value.step.opening", "value.step.closing"];

fn figure_on_paper(figure: &Figure, view: FigureView) -> odla_paper::Figure {
    odla_paper::Figure {
        key: view.key,
        label: view.label,
        text: view.text,
        interval_text: view.interval_text,
        value: view.value,
        lower: view.lower,
        upper: view.upper,
        level: view.level,
        unit: figure.unit,
        n: view.n,
        grade: view.grade.map(|grade| format!("{grade:?}")),
        method: view.method,
        definition: view.definition,
        cautions: said(view.cautions),
    }
}

fn said(cautions: Vec<CautionView>) -> Vec<String> {
    cautions.into_iter().map(|caution| caution.text).collect()
}

fn bridge(table: &Table, texts: &Catalogue) -> Picture {
    let steps = table.rows.iter().filter_map(|row| match row.as_slice() {
        [Cell::Key(key), Cell::Number(amount), ..] => Some(Step {
            label: texts.word(Section::Words, key),
            amount: *amount,
            text: texts.numbers().value(*amount, Unit::Money),
            kind: if TOTALS.contains(&key.as_str()) {
                StepKind::Total
            } else {
                StepKind::Change
            },
        }),
        _ => None,
    });
    Picture::Bridge {
        title: texts.word(Section::Tables, BRIDGE),
        steps: steps.collect(),
    }
}

fn grid(table: &Table, viewer: &Viewer<'_>) -> Grid {
    let view = viewer.table(table);
    let columns = view.headings.into_iter().zip(&table.columns);
    let rows = table.rows.iter().zip(view.cells);
    Grid {
        key: view.key,
        title: view.title,
        columns: columns
            .map(|(heading, column)| Column {
                heading,
                unit: column.unit,
            })
            .collect(),
        rows: rows
            .map(|(row, texts)| row.iter().zip(texts).map(cell_on_paper).collect())
            .collect(),
    }
}

fn cell_on_paper((cell, text): (&Cell, String)) -> GridCell {
    match cell {
        Cell::Number(value) => GridCell::Number {
            value: *value,
            text,
        },
        Cell::Range(lower, upper) => GridCell::Range {
            lower: *lower,
            upper: *upper,
            text,
        },
        Cell::None => GridCell::Empty,
        Cell::Text(_) | Cell::Key(_) | Cell::Said(_) => GridCell::Text { text },
    }
}

fn plain(
    document: &Document,
    order: &Order<'_>,
    format: odla_lake::output::Format,
) -> Result<Vec<u8>, AppError> {
    let key = order.table.unwrap_or(odla_paper::FIGURES);
    let sheet = odla_paper::sheet(document, key).ok_or_else(|| AppError::UnknownTable {
        page: order.page.to_owned(),
        table: key.to_owned(),
        known: known_tables(document),
    })?;
    let mut bytes = Vec::new();
    write_columns(columns_of(&sheet), format, &mut bytes)?;
    Ok(bytes)
}

fn known_tables(document: &Document) -> String {
    let tables = document.tables.iter().map(|table| table.key.as_str());
    let known: Vec<&str> = std::iter::once(odla_paper::FIGURES).chain(tables).collect();
    known.join(", ")
}

/// A column of numbers and blanks stays numbers; any other becomes text.
fn columns_of(sheet: &Sheet) -> Vec<(String, Values)> {
    let column = |at: usize| -> Vec<&SheetCell> {
        let cells = sheet.rows.iter();
        cells
            .map(|row| row.get(at).unwrap_or(&SheetCell::Empty))
            .collect()
    };
    let headings = sheet.headings.iter().enumerate();
    headings
        .map(|(at, heading)| (heading.clone(), values_of(&column(at))))
        .collect()
}

fn values_of(cells: &[&SheetCell]) -> Values {
    let counts = |cell: &&SheetCell| matches!(cell, SheetCell::Number(..) | SheetCell::Empty);
    if cells.iter().all(counts) {
        let number = |cell: &&SheetCell| match cell {
            SheetCell::Number(value, _) if value.is_finite() => Some(*value),
            _ => None,
        };
        return Values::Numbers(cells.iter().map(number).collect());
    }
    let text = |cell: &&SheetCell| match cell {
        SheetCell::Number(value, _) => Some(value.to_string()),
        SheetCell::Date(text) | SheetCell::Text(text) => Some(text.clone()),
        SheetCell::Flag(flag) => Some(flag.to_string()),
        SheetCell::Empty => None,
    };
    Values::Texts(cells.iter().map(text).collect())
}

fn words(texts: &Catalogue) -> odla_paper::Words {
    let word = |key: &str| texts.word(Section::Words, &format!("paper.{key}"));
    odla_paper::Words {
        figures: word("figures"),
        figure: word("figure"),
        value: word("value"),
        interval: word("interval"),
        from: word("from"),
        to: word("to"),
        level: word("level"),
        unit: word("unit"),
        observations: word("observations"),
        evidence: word("evidence"),
        method: word("method"),
        definition: word("definition"),
        cautions: word("cautions"),
        booked: word("booked"),
        how_we_know: word("how_we_know"),
        run: word("run"),
        as_of: word("as_of"),
        key: word("key"),
        page: word("page"),
        of: word("of"),
        axis_starts: word("axis_starts"),
    }
}
