//! What does an analysis hand over: one shape for terminal, API, page, PDF and spreadsheet.

use crate::caution::{Caution, ParamValue, Params, number_or_untold};
use crate::figure::{Figure, Unit};
use serde::{Deserialize, Serialize};

/// A sentence generated from figures: translation key `sentences.<key>` and the values that fill it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sentence {
    pub key: String,
    #[serde(default, skip_serializing_if = "Params::is_empty")]
    pub params: Params,
    /// The figures that the sentence was made from, so that it can be opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<String>,
}

impl Sentence {
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            params: Params::new(),
            figures: Vec::new(),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<ParamValue>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    #[must_use]
    pub fn from_figure(mut self, key: &str) -> Self {
        self.figures.push(key.to_owned());
        self
    }
}

/// A column of a table: its heading is `columns.<key>`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub key: String,
    pub unit: Unit,
}

/// One cell. `Key` is a word of ours that is translated (`words.<key>`), `Said` a sentence of ours, `Text` is the
/// customer's own and is not translated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    Number(#[serde(deserialize_with = "number_or_untold")] f64),
    Range(
        #[serde(deserialize_with = "number_or_untold")] f64,
        #[serde(deserialize_with = "number_or_untold")] f64,
    ),
    Text(String),
    Key(String),
    Said(Sentence),
    None,
}

/// A table of a report, headed `tables.<key>`; also the data of a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub key: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    pub fn new(key: &str, columns: &[(&str, Unit)]) -> Self {
        let columns = columns
            .iter()
            .map(|&(key, unit)| Column {
                key: key.to_owned(),
                unit,
            })
            .collect();
        Self {
            key: key.to_owned(),
            columns,
            rows: Vec::new(),
        }
    }

    pub fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len());
        self.rows.push(row);
    }
}

/// What a capability found, as it is kept in the run and shown on every surface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub capability: String,
    /// The first sentence says what is true; the others say because.
    pub sentences: Vec<Sentence>,
    pub figures: Vec<Figure>,
    pub tables: Vec<Table>,
    #[serde(default)]
    pub cautions: Vec<Caution>,
}

impl Report {
    pub fn new(capability: &str) -> Self {
        Self {
            capability: capability.to_owned(),
            sentences: Vec::new(),
            figures: Vec::new(),
            tables: Vec::new(),
            cautions: Vec::new(),
        }
    }

    pub fn figure(&self, key: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.key == key)
    }

    pub fn table(&self, key: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.key == key)
    }
}

/// Scores per customer that later analyses and the customers' page read: columns of equal length, sorted by customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CustomerScores {
    pub customer_id: Vec<String>,
    /// Name, unit and one value per customer; `NaN` is "not told".
    pub numbers: Vec<(String, Vec<f64>)>,
    /// Name and one word per customer, for example the proposed stance.
    pub words: Vec<(String, Vec<String>)>,
}

impl CustomerScores {
    pub fn number(&self, name: &str) -> Option<&[f64]> {
        self.numbers
            .iter()
            .find(|(column, _)| column == name)
            .map(|(_, values)| values.as_slice())
    }

    pub fn word(&self, name: &str) -> Option<&[String]> {
        self.words
            .iter()
            .find(|(column, _)| column == name)
            .map(|(_, values)| values.as_slice())
    }

    pub fn len(&self) -> usize {
        self.customer_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.customer_id.is_empty()
    }
}

/// Everything a capability returns: its report and, where it scores customers, the scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub report: Report,
    pub scores: Option<CustomerScores>,
}

impl From<Report> for Outcome {
    fn from(report: Report) -> Self {
        Self {
            report,
            scores: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_is_not_told_can_be_kept_and_read_again() {
        let row = vec![
            Cell::Number(f64::NAN),
            Cell::Range(f64::NAN, 2.0),
            Cell::None,
        ];
        let text = serde_json::to_string(&row).expect("cells are plain data");
        let read: Vec<Cell> = serde_json::from_str(&text).expect("what was written can be read");
        assert!(matches!(read[0], Cell::Number(x) if x.is_nan()));
        assert!(matches!(read[1], Cell::Range(x, y) if x.is_nan() && y == 2.0));
        assert_eq!(read[2], Cell::None);
    }
}
