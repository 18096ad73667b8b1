//! How does a report become sheets with real numbers and dates?

use crate::{Document, Figure, Grid, GridCell, PaperError};
use odla_domain::Unit;
use rust_xlsxwriter::{
    ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// Rows of data that one sheet can hold below its heading.
const MOST_ROWS: usize = 1_048_575;
const WIDEST: usize = 60;

/// A plain sheet: headings, then cells.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub name: String,
    pub headings: Vec<String>,
    pub rows: Vec<Vec<SheetCell>>,
}

/// One cell as a spreadsheet keeps it.
#[derive(Clone, Debug, PartialEq)]
pub enum SheetCell {
    Number(f64, Unit),
    /// `YYYY-MM-DD`.
    Date(String),
    Text(String),
    Flag(bool),
    Empty,
}

/// The report as a workbook: the sentences, the figures with intervals and definitions, and one sheet per table.
///
/// # Errors
/// When a table has more rows than a sheet holds.
pub fn workbook(document: &Document) -> Result<Vec<u8>, PaperError> {
    let mut all = vec![told(document), figures(document)];
    all.extend(document.tables.iter().map(grid));
    sheets(&all, &document.currency)
}

/// The sheet of the figures (`figures`) or of one table by its key, for those who want one plain file.
pub fn sheet(document: &Document, key: &str) -> Option<Sheet> {
    if key == FIGURES {
        return Some(figures(document));
    }
    let found = document.tables.iter().find(|table| table.key == key);
    found.map(grid)
}

/// The key of the sheet that holds a page's figures.
pub const FIGURES: &str = "figures";

/// Any sheets as a workbook; money is shown in the given currency.
///
/// # Errors
/// When a sheet has more rows than it can hold.
pub fn sheets(all: &[Sheet], currency: &str) -> Result<Vec<u8>, PaperError> {
    let mut book = Workbook::new();
    // A fixed moment, so that the same report gives the same bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(broken)?;
    let properties = rust_xlsxwriter::DocProperties::new().set_creation_datetime(&made);
    book.set_properties(&properties);
    let mut names = Vec::new();
    for sheet in all {
        if sheet.rows.len() > MOST_ROWS {
            return Err(PaperError::TooManyRows {
                most: MOST_ROWS,
                got: sheet.rows.len(),
            });
        }
        let name = free_name(&sheet.name, &names);
        let page = book.add_worksheet();
        page.set_name(&name).map_err(broken)?;
        fill(page, sheet, currency).map_err(broken)?;
        names.push(name);
    }
    book.save_to_buffer().map_err(broken)
}

fn told(document: &Document) -> Sheet {
    let words = &document.words;
    let text = |text: &str| SheetCell::Text(text.to_owned());
    let mut rows = vec![
        vec![
            text(&words.as_of),
            SheetCell::Date(document.as_of_date.clone()),
        ],
        vec![text(&words.run), text(&document.run)],
    ];
    rows.extend(
        document
            .sentences
            .iter()
            .map(|sentence| vec![SheetCell::Empty, text(sentence)]),
    );
    rows.extend(
        document
            .cautions
            .iter()
            .map(|caution| vec![text(&words.cautions), text(caution)]),
    );
    Sheet {
        name: document.title.clone(),
        headings: vec![document.company.clone(), document.title.clone()],
        rows,
    }
}

fn figures(document: &Document) -> Sheet {
    let words = &document.words;
    let headings = [
        &words.figure,
        &words.value,
        &words.from,
        &words.to,
        &words.level,
        &words.observations,
        &words.evidence,
        &words.method,
        &words.definition,
        &words.cautions,
        &words.key,
    ];
    Sheet {
        name: words.figures.clone(),
        headings: headings.into_iter().cloned().collect(),
        rows: document.figures.iter().map(figure).collect(),
    }
}

fn figure(figure: &Figure) -> Vec<SheetCell> {
    let number = |value: Option<f64>, unit| {
        value.map_or(SheetCell::Empty, |value| SheetCell::Number(value, unit))
    };
    let text = |text: &str| SheetCell::Text(text.to_owned());
    vec![
        text(&figure.label),
        number(figure.value, figure.unit),
        number(figure.lower, figure.unit),
        number(figure.upper, figure.unit),
        number(figure.level, Unit::Share),
        SheetCell::Number(figure.n as f64, Unit::Count),
        figure.grade.as_deref().map_or(SheetCell::Empty, text),
        text(&figure.method),
        text(&figure.definition),
        text(&figure.cautions.join(" ")),
        text(&figure.key),
    ]
}

/// A range becomes two columns, since a spreadsheet should be able to count with both ends.
fn grid(grid: &Grid) -> Sheet {
    let ranged: Vec<bool> = (0..grid.columns.len())
        .map(|at| {
            let ranges = |row: &Vec<GridCell>| matches!(row.get(at), Some(GridCell::Range { .. }));
            grid.rows.iter().any(ranges)
        })
        .collect();
    let headings = grid
        .columns
        .iter()
        .zip(&ranged)
        .flat_map(|(column, ranged)| {
            if *ranged {
                vec![
                    format!("{} ≥", column.heading),
                    format!("{} ≤", column.heading),
                ]
            } else {
                vec![column.heading.clone()]
            }
        });
    let cells = |row: &Vec<GridCell>| {
        let cells = row.iter().zip(&grid.columns).zip(&ranged);
        cells
            .flat_map(|((cell, column), ranged)| sheet_cells(cell, column.unit, *ranged))
            .collect()
    };
    Sheet {
        name: grid.title.clone(),
        headings: headings.collect(),
        rows: grid.rows.iter().map(cells).collect(),
    }
}

fn sheet_cells(cell: &GridCell, unit: Unit, ranged: bool) -> Vec<SheetCell> {
    let first = match cell {
        GridCell::Range { lower, upper, .. } => {
            return vec![
                SheetCell::Number(*lower, unit),
                SheetCell::Number(*upper, unit),
            ];
        }
        GridCell::Number { value, .. } => SheetCell::Number(*value, unit),
        GridCell::Text { text } => SheetCell::Text(text.clone()),
        GridCell::Empty => SheetCell::Empty,
    };
    if ranged {
        vec![first, SheetCell::Empty]
    } else {
        vec![first]
    }
}

fn fill(page: &mut Worksheet, sheet: &Sheet, currency: &str) -> Result<(), XlsxError> {
    let heading = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border_bottom(FormatBorder::Thin);
    for (column, text) in sheet.headings.iter().enumerate() {
        page.write_string_with_format(0, column as u16, text, &heading)?;
    }
    let formats = Formats::of(currency);
    let mut widths: Vec<usize> = sheet
        .headings
        .iter()
        .map(|text| text.chars().count())
        .collect();
    for (row, cells) in sheet.rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            write(page, (row as u32 + 1, column as u16), cell, &formats)?;
            if let Some(width) = widths.get_mut(column) {
                *width = (*width).max(width_of(cell));
            }
        }
    }
    for (column, width) in widths.iter().enumerate() {
        page.set_column_width(column as u16, (width + 2).min(WIDEST) as f64)?;
    }
    page.set_freeze_panes(1, 0)?;
    if !sheet.rows.is_empty() && !sheet.headings.is_empty() {
        page.autofilter(
            0,
            0,
            sheet.rows.len() as u32,
            sheet.headings.len() as u16 - 1,
        )?;
    }
    Ok(())
}

fn write(
    page: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &SheetCell,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        SheetCell::Number(value, unit) if value.is_finite() => {
            page.write_number_with_format(row, column, *value, formats.of_unit(*unit))?;
        }
        SheetCell::Number(..) | SheetCell::Empty => {}
        SheetCell::Date(date) => match ExcelDateTime::parse_from_str(date) {
            Ok(date) => {
                page.write_datetime_with_format(row, column, &date, &formats.date)?;
            }
            Err(_) => {
                page.write_string(row, column, date)?;
            }
        },
        SheetCell::Text(text) => {
            page.write_string_with_format(row, column, text, &formats.text)?;
        }
        SheetCell::Flag(flag) => {
            page.write_boolean(row, column, *flag)?;
        }
    }
    Ok(())
}

fn width_of(cell: &SheetCell) -> usize {
    match cell {
        SheetCell::Number(value, _) => format!("{value:.0}").len() + 6,
        SheetCell::Date(_) => 10,
        SheetCell::Text(text) => text.chars().count(),
        SheetCell::Flag(_) => 6,
        SheetCell::Empty => 0,
    }
}

/// How each unit is shown; the cell itself keeps the whole number.
struct Formats {
    money: Format,
    share: Format,
    count: Format,
    decimal: Format,
    date: Format,
    text: Format,
}

impl Formats {
    fn of(currency: &str) -> Self {
        let letters: String = currency.chars().filter(char::is_ascii_alphabetic).collect();
        Self {
            money: Format::new().set_num_format(format!("#,##0.00 \"{letters}\"")),
            share: Format::new().set_num_format("0.0%"),
            count: Format::new().set_num_format("#,##0"),
            decimal: Format::new().set_num_format("#,##0.00"),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            text: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        }
    }

    fn of_unit(&self, unit: Unit) -> &Format {
        match unit {
            Unit::Money | Unit::MoneyPerCustomerYear => &self.money,
            Unit::Share | Unit::SharePoints => &self.share,
            Unit::Count => &self.count,
            _ => &self.decimal,
        }
    }
}

/// A sheet's name has at most 31 characters, none of `[]:*?/\`, and no twin in the book.
fn free_name(wanted: &str, taken: &[String]) -> String {
    let clean: String = wanted
        .chars()
        .map(|c| if "[]:*?/\\".contains(c) { ' ' } else { c })
        .collect();
    let clean = clean.trim().trim_matches('\'');
    let base = if clean.is_empty() { "Sheet" } else { clean };
    (1..)
        .map(|at| {
            let end = if at == 1 {
                String::new()
            } else {
                format!(" {at}")
            };
            let room = 31 - end.chars().count();
            base.chars()
                .take(room)
                .collect::<String>()
                .trim_end()
                .to_owned()
                + &end
        })
        .find(|name| {
            !taken
                .iter()
                .any(|other| other.to_lowercase() == name.to_lowercase())
        })
        .expect("there are more numbers than sheets")
}

fn broken(error: XlsxError) -> PaperError {
    PaperError::Workbook {
        detail: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_never_shares_its_name() {
        let long = "Kundkapitalets väg från ett år sedan";
        let first = free_name(long, &[]);
        assert!(first.chars().count() <= 31);
        let second = free_name(long, std::slice::from_ref(&first));
        assert_ne!(first.to_lowercase(), second.to_lowercase());
        assert!(second.chars().count() <= 31);
        assert_eq!(free_name("a/b:c", &[]), "a b c");
        assert_eq!(free_name("", &[]), "Sheet");
    }
}
