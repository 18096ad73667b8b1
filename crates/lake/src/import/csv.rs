//! How does a line become cells, when quotes may be broken?
//!
//! A quoted cell may hold line breaks. One that is never closed, or is followed by anything but a
//! separator, would swallow the lines after it; here it costs only the line it stands on.

use std::collections::VecDeque;

use crate::error::{LakeError, Result};
use crate::import::files::InputFile;
use crate::import::raw::{BrokenLine, Gatherer, Layout, Opened, RawBatch, tidy_header};
use crate::import::text::TextLines;

pub fn open(file: &InputFile, layout: &Layout) -> Result<Opened> {
    let mut lines = Records {
        lines: TextLines::open(file, layout.reading.encoding.as_deref())?,
        waiting: VecDeque::new(),
        delimiter: b',',
    };
    lines.look_ahead(layout.skip + SAMPLE_LINES)?;
    for _ in 0..layout.skip {
        lines.waiting.pop_front();
    }
    lines.delimiter = match layout.reading.delimiter {
        Some(delimiter) => u8::try_from(delimiter).unwrap_or(b','),
        None => sniff(lines.waiting.iter().map(|(_, line)| line.as_str())),
    };
    let header = match &layout.header {
        Some(header) => header.clone(),
        None => lines.header(&file.name)?,
    };
    let comma_separated = lines.delimiter == b',';
    let batches = Batches {
        gatherer: Gatherer::new(&header, &file.name),
        columns: header.len(),
        records: lines,
    };
    Ok(Opened {
        header,
        comma_separated,
        batches: Box::new(batches),
    })
}

/// Lines that are looked at to find the separator.
const SAMPLE_LINES: usize = 50;
/// A quoted cell that runs over more lines than this was never meant to.
const LONGEST_CELL_LINES: usize = 200;

struct Batches {
    records: Records,
    gatherer: Gatherer,
    columns: usize,
}

impl Iterator for Batches {
    type Item = Result<RawBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut cells = Cells::default();
        let mut raw = String::new();
        while !self.gatherer.is_full() {
            match self.records.next_record(&mut raw, &mut cells) {
                Err(error) => return Some(Err(error)),
                Ok(None) => break,
                Ok(Some((line, Some(reason)))) => {
                    self.gatherer.push_broken(BrokenLine {
                        line,
                        reason,
                        raw: raw.clone(),
                    });
                }
                Ok(Some((line, None))) => match self.fault(&cells) {
                    Some(reason) => self.gatherer.push_broken(BrokenLine {
                        line,
                        reason,
                        raw: raw.clone(),
                    }),
                    None => self.gatherer.push(line, cells.iter(), Some(&raw)),
                },
            }
        }
        if self.gatherer.is_empty() {
            return None;
        }
        Some(self.gatherer.take(self.records.lines.bytes_read()))
    }
}

impl Batches {
    /// Empty cells after the last column are only separators too many.
    fn fault(&self, cells: &Cells) -> Option<&'static str> {
        if cells.len() < self.columns {
            return Some("row.too_few_cells");
        }
        if cells
            .iter()
            .skip(self.columns)
            .any(|cell| !cell.trim().is_empty())
        {
            return Some("row.too_many_cells");
        }
        None
    }
}

struct Records {
    lines: TextLines,
    /// Lines that were read ahead.
    waiting: VecDeque<(u64, String)>,
    delimiter: u8,
}

impl Records {
    /// The next record that is not blank: its line, and why it is broken if it is.
    fn next_record(
        &mut self,
        raw: &mut String,
        cells: &mut Cells,
    ) -> Result<Option<(u64, Option<&'static str>)>> {
        loop {
            let Some((line, first)) = self.next_line()? else {
                return Ok(None);
            };
            if first.trim().is_empty() {
                continue;
            }
            *raw = first;
            return match cells.split(raw, self.delimiter) {
                Split::Whole => Ok(Some((line, None))),
                Split::Broken => Ok(Some((line, Some("row.broken_quotes")))),
                Split::Open => self.continued(line, raw, cells),
            };
        }
    }

    /// Adds lines until the quoted cell closes; if it never rightly does, they are given back.
    fn continued(
        &mut self,
        line: u64,
        raw: &mut String,
        cells: &mut Cells,
    ) -> Result<Option<(u64, Option<&'static str>)>> {
        let first = raw.clone();
        let mut taken = Vec::new();
        let mut split = Split::Open;
        while split == Split::Open && taken.len() < LONGEST_CELL_LINES {
            let Some((number, next)) = self.next_line()? else {
                break;
            };
            raw.push('\n');
            raw.push_str(&next);
            taken.push((number, next));
            split = cells.split(raw, self.delimiter);
        }
        if split == Split::Whole {
            return Ok(Some((line, None)));
        }
        *raw = first;
        for waiting in taken.into_iter().rev() {
            self.waiting.push_front(waiting);
        }
        Ok(Some((line, Some("row.broken_quotes"))))
    }

    fn header(&mut self, file: &str) -> Result<Vec<String>> {
        let (mut raw, mut cells) = (String::new(), Cells::default());
        match self.next_record(&mut raw, &mut cells)? {
            Some((_, None)) => Ok(tidy_header(cells.iter())),
            Some((_, Some(reason))) => Err(LakeError::FileUnreadable {
                file: file.to_owned(),
                reason: reason.to_owned(),
            }),
            None => Err(LakeError::FileEmpty {
                file: file.to_owned(),
            }),
        }
    }

    fn look_ahead(&mut self, lines: usize) -> Result<()> {
        while self.waiting.len() < lines {
            let mut line = String::new();
            match self.lines.next_line(&mut line)? {
                Some(number) => self.waiting.push_back((number, line)),
                None => break,
            }
        }
        Ok(())
    }

    fn next_line(&mut self) -> Result<Option<(u64, String)>> {
        if let Some(waiting) = self.waiting.pop_front() {
            return Ok(Some(waiting));
        }
        let mut line = String::new();
        Ok(self
            .lines
            .next_line(&mut line)?
            .map(|number| (number, line)))
    }
}

/// The cells of one record, in one string.
#[derive(Default)]
struct Cells {
    text: String,
    ends: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Split {
    Whole,
    /// A quoted cell goes on after the end of the line.
    Open,
    Broken,
}

impl Cells {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.text[start..*end])
    }

    fn split(&mut self, line: &str, delimiter: u8) -> Split {
        self.text.clear();
        self.ends.clear();
        let mut rest = line;
        loop {
            let quoted = rest.trim_start_matches(' ').strip_prefix('"');
            let after = match quoted {
                Some(quoted) => match self.quoted(quoted) {
                    Some(after) => after,
                    None => return Split::Open,
                },
                None => {
                    let end = rest
                        .bytes()
                        .position(|byte| byte == delimiter)
                        .unwrap_or(rest.len());
                    self.text.push_str(&rest[..end]);
                    &rest[end..]
                }
            };
            self.ends.push(self.text.len());
            let after = if quoted.is_some() {
                after.trim_start_matches(' ')
            } else {
                after
            };
            match after.bytes().next() {
                None => return Split::Whole,
                Some(byte) if byte == delimiter => rest = &after[1..],
                Some(_) => return Split::Broken,
            }
        }
    }

    /// Takes a cell up to its closing quote and tells what follows; none when it does not close.
    fn quoted<'a>(&mut self, mut rest: &'a str) -> Option<&'a str> {
        loop {
            let quote = rest.find('"')?;
            self.text.push_str(&rest[..quote]);
            rest = &rest[quote + 1..];
            match rest.strip_prefix('"') {
                Some(after) => {
                    self.text.push('"');
                    rest = after;
                }
                None => return Some(rest),
            }
        }
    }
}

/// The separator that cuts most of the first lines into as many cells as the header.
fn sniff<'a>(lines: impl Iterator<Item = &'a str>) -> u8 {
    let lines: Vec<&str> = lines.filter(|line| !line.trim().is_empty()).collect();
    let Some((header, rest)) = lines.split_first() else {
        return b',';
    };
    let mut cells = Cells::default();
    let mut best = (0, b',');
    for delimiter in *b";\t,|" {
        cells.split(header, delimiter);
        let width = cells.len();
        let alike = rest
            .iter()
            .filter(|line| cells.split(line, delimiter) == Split::Whole && cells.len() == width)
            .count();
        let score = if width > 1 { width * (alike + 1) } else { 0 };
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(line: &str) -> (Split, Vec<String>) {
        let mut cells = Cells::default();
        let split = cells.split(line, b';');
        (split, cells.iter().map(str::to_owned).collect())
    }

    #[test]
    fn a_line_is_cut_at_separators_outside_quotes() {
        assert_eq!(
            cut("a;b;c"),
            (Split::Whole, vec!["a".into(), "b".into(), "c".into()])
        );
        assert_eq!(
            cut("\"a;b\";\"c\"\"d\";"),
            (
                Split::Whole,
                vec!["a;b".into(), "c\"d".into(), String::new()]
            )
        );
        assert_eq!(
            cut("5\" rör;x").1,
            vec!["5\" rör".to_owned(), "x".to_owned()]
        );
    }

    #[test]
    fn a_cell_that_does_not_close_is_told_from_one_that_closes_wrongly() {
        assert_eq!(cut("a;\"b;c").0, Split::Open);
        assert_eq!(cut("a;\"b\"x;c").0, Split::Broken);
    }

    #[test]
    fn the_separator_is_the_one_that_the_lines_agree_on() {
        assert_eq!(sniff(["a;b;c", "1,5;2;3", "1,5;2;3"].into_iter()), b';');
        assert_eq!(sniff(["a,b", "1,2"].into_iter()), b',');
        assert_eq!(sniff(["a\tb", "1\t2"].into_iter()), b'\t');
        assert_eq!(sniff(["customer_id", "1"].into_iter()), b',');
    }
}
