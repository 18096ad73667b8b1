//! How is a whole customer base held in memory, so that a list of a million can be filtered and sorted at once?
//!
//! Texts lie in one piece, words that repeat are numbered, and scores are laid beside the customers they are about.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type};
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::{LakeError, Result};

/// Texts one after the other, ended by line breaks so that a search never runs over the edge of one.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    pub fn push(&mut self, text: &str) {
        self.all.extend(text.chars().map(|letter| match letter {
            '\n' => ' ',
            other => other,
        }));
        self.ends.push(self.all.len());
        self.all.push('\n');
    }

    pub fn get(&self, at: usize) -> &str {
        let start = match at {
            0 => 0,
            at => self.ends[at - 1] + 1,
        };
        &self.all[start..self.ends[at]]
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Everything in one piece, a line per text.
    pub fn all(&self) -> &str {
        &self.all
    }

    /// Which text a byte of [`Self::all`] belongs to.
    pub fn at_byte(&self, byte: usize) -> usize {
        self.ends.partition_point(|end| *end < byte)
    }

    /// The same texts in small letters.
    #[must_use]
    pub fn lowercase(&self) -> Self {
        let mut lower = Self::default();
        for at in 0..self.len() {
            lower.push(&self.get(at).to_lowercase());
        }
        lower
    }

    /// Where the text stands, when the texts are sorted.
    pub fn find(&self, text: &str) -> Option<usize> {
        let at = self.before(text);
        (at < self.len() && self.get(at) == text).then_some(at)
    }

    /// How many texts come before this one, when the texts are sorted.
    pub fn before(&self, text: &str) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.get(middle) < text {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        low
    }
}

/// Words that repeat, numbered; [`Words::NONE`] is "no word".
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub known: Vec<String>,
    pub codes: Vec<u32>,
    numbers: HashMap<String, u32>,
}

impl Words {
    pub const NONE: u32 = u32::MAX;

    pub fn missing(rows: usize) -> Self {
        Self {
            codes: vec![Self::NONE; rows],
            ..Self::default()
        }
    }

    pub fn code(&mut self, word: &str) -> u32 {
        if word.is_empty() {
            return Self::NONE;
        }
        if let Some(code) = self.numbers.get(word) {
            return *code;
        }
        let code = u32::try_from(self.known.len()).unwrap_or(Self::NONE);
        self.known.push(word.to_owned());
        self.numbers.insert(word.to_owned(), code);
        code
    }

    /// The number of a word that is known.
    pub fn number(&self, word: &str) -> Option<u32> {
        self.numbers.get(word).copied()
    }

    pub fn get(&self, at: usize) -> Option<&str> {
        self.known.get(self.codes[at] as usize).map(String::as_str)
    }
}

/// One column beside the customers.
#[derive(Clone, Debug)]
pub enum Values {
    /// `NaN` is "not told".
    Numbers(Vec<f64>),
    Words(Words),
    /// Days since 1970; [`NO_DAY`] is none.
    Days(Vec<i32>),
    Flags(Vec<Option<bool>>),
}

pub const NO_DAY: i32 = i32::MIN;

/// Every customer of the ledger, sorted by id.
#[derive(Clone, Debug, Default)]
pub struct Customers {
    pub customer_id: Texts,
    pub name: Texts,
    pub columns: Vec<(String, Values)>,
}

/// The ledger's own columns that a list of customers shows, beside id and name.
const WORDS: &[&str] = &[
    "kind",
    "segment",
    "region",
    "unit_id",
    "owner_id",
    "acquisition_channel",
];

/// Reads all customers.
pub async fn customers(ctx: &SessionContext) -> Result<Customers> {
    let sql = "select customer_id, name, kind, segment, region, unit_id, owner_id, acquisition_channel, \
               acquired_on, profiling_objected from customers order by customer_id";
    let mut rows = ctx.sql(sql).await?.execute_stream().await?;
    let mut customers = Customers::default();
    let mut words = vec![Words::default(); WORDS.len()];
    let (mut days, mut flags) = (Vec::new(), Vec::new());
    while let Some(batch) = rows.next().await {
        let batch = batch?;
        push_texts(&mut customers.customer_id, &texts(&batch, "customer_id")?);
        push_texts(&mut customers.name, &texts(&batch, "name")?);
        for (name, words) in WORDS.iter().zip(&mut words) {
            push_words(words, &texts(&batch, name)?);
        }
        let acquired = column(&batch, "acquired_on", &DataType::Date32)?;
        let acquired = acquired.as_primitive::<Date32Type>();
        days.extend(acquired.iter().map(|day| day.unwrap_or(NO_DAY)));
        let objected = column(&batch, "profiling_objected", &DataType::Boolean)?;
        flags.extend(objected.as_boolean().iter());
    }
    let names = WORDS.iter().map(|name| (*name).to_owned());
    customers.columns = names.zip(words.into_iter().map(Values::Words)).collect();
    let dated = ("acquired_on".to_owned(), Values::Days(days));
    let objected = ("profiling_objected".to_owned(), Values::Flags(flags));
    customers.columns.extend([dated, objected]);
    Ok(customers)
}

/// Our own organization: unit, name, and the unit it belongs to.
pub async fn units(ctx: &SessionContext) -> Result<Vec<Unit>> {
    let sql = "select unit_id, name, kind, parent_id from units order by unit_id";
    let answer = crate::frames::columns::Answer::new(crate::session::query(ctx, sql).await?);
    let (ids, names) = (answer.texts("unit_id")?, answer.texts("name")?);
    let (kinds, parents) = (answer.texts("kind")?, answer.texts("parent_id")?);
    Ok(ids
        .into_iter()
        .zip(names)
        .zip(kinds)
        .zip(parents)
        .map(|(((id, name), kind), parent)| Unit {
            id,
            name,
            kind,
            parent: (!parent.is_empty()).then_some(parent),
        })
        .collect())
}

/// One unit of the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub parent: Option<String>,
}

/// Lays a run's scores beside the customers. Who has no score has "not told".
pub fn scores(file: &Path, ids: &Texts) -> Result<Vec<(String, Values)>> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file)?)?;
    let schema = reader.schema().clone();
    let mut columns: Vec<(String, Values)> = schema
        .fields()
        .iter()
        .filter(|field| field.name() != "customer_id")
        .map(|field| {
            let values = match field.data_type() {
                DataType::Float64 => Values::Numbers(vec![f64::NAN; ids.len()]),
                _ => Values::Words(Words::missing(ids.len())),
            };
            (field.name().clone(), values)
        })
        .collect();
    let mut next = 0;
    for batch in reader.build()? {
        let batch = batch?;
        let places = places(&texts(&batch, "customer_id")?, ids, &mut next);
        for (name, values) in &mut columns {
            lay(values, &batch, name, &places)?;
        }
    }
    Ok(columns)
}

/// Where each scored customer stands among all; both are sorted, so the walk never turns back.
fn places(scored: &ArrayRef, ids: &Texts, next: &mut usize) -> Vec<Option<usize>> {
    let scored = scored.as_string::<i32>();
    scored
        .iter()
        .map(|id| {
            let id = id?;
            while *next < ids.len() && ids.get(*next) < id {
                *next += 1;
            }
            (*next < ids.len() && ids.get(*next) == id).then_some(*next)
        })
        .collect()
}

fn lay(values: &mut Values, batch: &RecordBatch, name: &str, at: &[Option<usize>]) -> Result<()> {
    match values {
        Values::Numbers(numbers) => {
            let array = column(batch, name, &DataType::Float64)?;
            let array = array.as_primitive::<Float64Type>();
            for (row, place) in at.iter().enumerate() {
                if let Some(place) = place
                    && array.is_valid(row)
                {
                    numbers[*place] = array.value(row);
                }
            }
        }
        Values::Words(words) => {
            let array = texts(batch, name)?;
            let array = array.as_string::<i32>();
            for (row, place) in at.iter().enumerate() {
                if let Some(place) = place
                    && array.is_valid(row)
                {
                    words.codes[*place] = words.code(array.value(row));
                }
            }
        }
        Values::Days(_) | Values::Flags(_) => {}
    }
    Ok(())
}

fn push_texts(into: &mut Texts, array: &ArrayRef) {
    for text in array.as_string::<i32>() {
        into.push(text.unwrap_or_default());
    }
}

fn push_words(into: &mut Words, array: &ArrayRef) {
    for word in array.as_string::<i32>() {
        let code = into.code(word.unwrap_or_default());
        into.codes.push(code);
    }
}

fn texts(batch: &RecordBatch, name: &str) -> Result<ArrayRef> {
    column(batch, name, &DataType::Utf8)
}

fn column(batch: &RecordBatch, name: &str, kind: &DataType) -> Result<ArrayRef> {
    let array = batch.column_by_name(name).ok_or_else(|| LakeError::Frame {
        reason: format!("there is no column named {name}"),
    })?;
    Ok(cast(array, kind)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_by_place_by_byte_and_by_what_they_say() {
        let mut texts = Texts::default();
        for text in ["Ada", "Åke\nAlm", "", "Örn"] {
            texts.push(text);
        }
        assert_eq!(texts.len(), 4);
        assert_eq!(texts.get(1), "Åke Alm");
        assert_eq!(texts.get(2), "");
        let byte = texts.all().find("Alm").unwrap();
        assert_eq!(texts.at_byte(byte), 1);
        assert_eq!(texts.at_byte(0), 0);
        assert_eq!(texts.lowercase().get(3), "örn");
    }

    #[test]
    fn a_sorted_text_is_found_and_a_missing_one_is_not() {
        let mut texts = Texts::default();
        for text in ["a", "b", "d"] {
            texts.push(text);
        }
        assert_eq!(texts.find("b"), Some(1));
        assert_eq!(texts.find("c"), None);
    }

    #[test]
    fn words_that_repeat_have_one_number() {
        let mut words = Words::default();
        let codes: Vec<u32> = ["a", "b", "a", ""]
            .iter()
            .map(|word| words.code(word))
            .collect();
        assert_eq!(codes, [0, 1, 0, Words::NONE]);
        assert_eq!(words.number("b"), Some(1));
    }
}
