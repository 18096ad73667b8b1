//! Which numbers stand for the columns that explain an outcome, and which rows are complete?

use crate::caution::Caution;
use crate::input::Input;
use crate::{FitError, Fitted};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A column of words with more different words than this is a name, not a group.
const MOST_WORDS: usize = 20;

/// Explaining columns as numbers, one indicator for every word but the first in columns of words. NaN where missing.
pub struct Explaining {
    pub names: Vec<String>,
    pub columns: Vec<Vec<f64>>,
    /// Of every column of words, the word that the others are compared with.
    pub references: Map<String, Value>,
}

/// Reads the columns in the order given.
pub fn explaining(input: &Input, names: &[String]) -> Result<Explaining, FitError> {
    let mut all = Explaining {
        names: Vec::new(),
        columns: Vec::new(),
        references: Map::new(),
    };
    for name in names {
        match input.columns.numbers(name) {
            Ok(numbers) => {
                all.names.push(name.clone());
                all.columns.push(numbers);
            }
            Err(error) => all.push_words(name, &input.columns.texts(name)?, error)?,
        }
    }
    Ok(all)
}

impl Explaining {
    fn push_words(&mut self, name: &str, texts: &[&str], error: FitError) -> Result<(), FitError> {
        let words: BTreeSet<&str> = texts
            .iter()
            .copied()
            .filter(|text| !text.is_empty())
            .collect();
        if words.len() > MOST_WORDS {
            return Err(error);
        }
        let mut words = words.into_iter();
        if let Some(reference) = words.next() {
            self.references.insert(name.to_owned(), json!(reference));
        }
        for word in words {
            let indicator = |text: &&str| match text.is_empty() {
                true => f64::NAN,
                false => f64::from(u8::from(*text == word)),
            };
            self.names.push(format!("{name}={word}"));
            self.columns.push(texts.iter().map(indicator).collect());
        }
        Ok(())
    }

    /// The same columns on some rows only.
    pub fn on(&self, rows: &[usize]) -> Vec<Vec<f64>> {
        self.columns.iter().map(|column| on(column, rows)).collect()
    }
}

/// The values of some rows.
pub fn on(column: &[f64], rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|&row| column[row]).collect()
}

/// The rows without a missing value in any of the columns.
pub fn complete_rows<'a>(columns: impl Iterator<Item = &'a [f64]>, rows: usize) -> Vec<usize> {
    let columns: Vec<&[f64]> = columns.collect();
    (0..rows)
        .filter(|&row| columns.iter().all(|column| !column[row].is_nan()))
        .collect()
}

/// Tells how many rows were left out since something is missing in them.
pub fn tell_left_out(fitted: &mut Fitted, used: usize, of: usize) {
    if used < of {
        let caution = Caution::new("fit.rows_left_out");
        fitted
            .cautions
            .push(caution.with("left_out", of - used).with("of", of));
    }
}
