//! How is a file with one JSON object per line read as rows of text?

use serde_json::{Map, Value};

use crate::error::{LakeError, Result};
use crate::import::files::InputFile;
use crate::import::raw::{BrokenLine, Gatherer, Layout, Opened, RawBatch};
use crate::import::text::TextLines;

pub fn open(file: &InputFile, layout: &Layout) -> Result<Opened> {
    let encoding = layout.reading.encoding.as_deref();
    let header = names(TextLines::open(file, encoding)?)?;
    if header.is_empty() {
        return Err(LakeError::FileEmpty {
            file: file.name.clone(),
        });
    }
    let gatherer = Gatherer::new(&header, &file.name);
    let lines = TextLines::open(file, encoding)?;
    let batches = Batches {
        lines,
        gatherer,
        header: header.clone(),
    };
    Ok(Opened {
        header,
        comma_separated: true,
        batches: Box::new(batches),
    })
}

/// Objects may lack names, so every line is looked at; names come in the order they are first met.
fn names(mut lines: TextLines) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    let mut line = String::new();
    while lines.next_line(&mut line)?.is_some() {
        for name in object(&line).iter().flat_map(Map::keys) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    Ok(names)
}

struct Batches {
    lines: TextLines,
    gatherer: Gatherer,
    header: Vec<String>,
}

impl Iterator for Batches {
    type Item = Result<RawBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut text = String::new();
        while !self.gatherer.is_full() {
            let line = match self.lines.next_line(&mut text) {
                Err(error) => return Some(Err(error)),
                Ok(None) => break,
                Ok(Some(line)) => line,
            };
            if text.trim().is_empty() {
                continue;
            }
            match object(&text) {
                Some(object) => {
                    let cells: Vec<String> = self
                        .header
                        .iter()
                        .map(|name| cell(object.get(name)))
                        .collect();
                    self.gatherer
                        .push(line, cells.iter().map(String::as_str), Some(&text));
                }
                None => {
                    self.gatherer.push_broken(BrokenLine {
                        line,
                        reason: "row.not_json",
                        raw: text.clone(),
                    });
                }
            }
        }
        if self.gatherer.is_empty() {
            return None;
        }
        Some(self.gatherer.take(self.lines.bytes_read()))
    }
}

fn object(line: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(line.trim()).ok()
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}
