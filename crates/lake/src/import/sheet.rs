//! How is a sheet of a workbook read as rows of text?

use calamine::{Data, Range, Reader, open_workbook_auto};

use crate::error::{LakeError, Result};
use crate::import::files::{InputFile, unreadable};
use crate::import::raw::{Gatherer, Layout, Opened, RawBatch, tidy_header};

/// The names of the sheets of a workbook.
pub fn names(file: &InputFile) -> Result<Vec<String>> {
    let book = open_workbook_auto(&file.path).map_err(|error| unreadable(&file.name, error))?;
    Ok(book.sheet_names())
}

pub fn open(file: &InputFile, layout: &Layout) -> Result<Opened> {
    let mut book = open_workbook_auto(&file.path).map_err(|error| unreadable(&file.name, error))?;
    let names = book.sheet_names();
    let wanted = match &layout.sheet {
        Some(sheet) => names.iter().find(|name| name.eq_ignore_ascii_case(sheet)),
        None => names.first(),
    };
    let name = wanted.ok_or_else(|| LakeError::FileUnreadable {
        file: file.name.clone(),
        reason: format!("no sheet {}", layout.sheet.as_deref().unwrap_or("1")),
    })?;
    let range = book
        .worksheet_range(name)
        .map_err(|error| unreadable(&file.name, error))?;
    let first_line = range.start().map_or(1, |(row, _)| u64::from(row) + 1);
    let mut at = layout.skip;
    let header = match &layout.header {
        Some(header) => header.clone(),
        None => {
            let cells: Vec<String> = range
                .rows()
                .nth(at)
                .map(|row| row.iter().map(text_of).collect())
                .ok_or_else(|| LakeError::FileEmpty {
                    file: file.name.clone(),
                })?;
            at += 1;
            tidy_header(cells.iter().map(String::as_str))
        }
    };
    let gatherer = Gatherer::new(&header, &file.name);
    let batches = Batches {
        range,
        at,
        first_line,
        gatherer,
        bytes: file.bytes(),
    };
    Ok(Opened {
        header,
        comma_separated: true,
        batches: Box::new(batches),
    })
}

struct Batches {
    range: Range<Data>,
    at: usize,
    first_line: u64,
    gatherer: Gatherer,
    bytes: u64,
}

impl Iterator for Batches {
    type Item = Result<RawBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let height = self.range.height();
        while !self.gatherer.is_full() && self.at < height {
            let row: Vec<String> = (0..self.range.width())
                .map(|column| {
                    self.range
                        .get((self.at, column))
                        .map(text_of)
                        .unwrap_or_default()
                })
                .collect();
            if row.iter().any(|cell| !cell.is_empty()) {
                let line = self.first_line + self.at as u64;
                self.gatherer
                    .push(line, row.iter().map(String::as_str), None);
            }
            self.at += 1;
        }
        if self.gatherer.is_empty() {
            return None;
        }
        Some(
            self.gatherer
                .take(self.bytes * self.at as u64 / height.max(1) as u64),
        )
    }
}

/// A cell as a program would write it: decimal point, ISO dates.
fn text_of(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) => text.clone(),
        Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        // Numbers are floats in a workbook, also customer numbers.
        Data::Float(number) => number.to_string(),
        Data::Bool(flag) => flag.to_string(),
        Data::DateTime(moment) if moment.is_duration() => (moment.as_f64() * 1440.0).to_string(),
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            match (hour, minute, second) {
                (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
            }
        }
    }
}
