//! How does one row per response become one row per answer?

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, RecordBatch, StringArray, StringBuilder, UInt32Array,
};
use arrow::compute::take;
use arrow::datatypes::{Field, Schema};
use odla_domain::tables::Table;

use crate::error::Result;
use crate::import::mapping::{Melt, QuestionRule};
use crate::import::shape::find;

/// The questions of a survey with a column for each.
pub struct Melted {
    melt: Melt,
    /// The key of each question, how it is answered, and the column that holds the answers.
    questions: Vec<(String, QuestionRule, usize)>,
}

/// The columns that melting makes by itself.
pub const MELTED: &[&str] = &["question", "value", "scale_min", "scale_max"];

impl Melted {
    pub fn new(melt: &Melt, header: &[String], table: &Table, file: &str) -> Result<Self> {
        let mut questions = Vec::new();
        for (key, question) in &melt.questions {
            let rule = question.rule();
            match find(header, &rule.column, table, file) {
                Ok(at) => questions.push((key.clone(), rule, at)),
                Err(_) if rule.optional => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self {
            melt: melt.clone(),
            questions,
        })
    }

    /// A row per question that was asked and answered; the others are counted.
    pub fn melt(
        &self,
        rows: &RecordBatch,
        raw: &RecordBatch,
        table: &Table,
        left_out: &mut BTreeMap<String, u64>,
    ) -> Result<RecordBatch> {
        let mut picked = Vec::new();
        let mut texts: [StringBuilder; 6] = Default::default();
        for row in 0..rows.num_rows() {
            for (key, rule, at) in &self.questions {
                let Some(answer) = self.answer(rule, raw.column(*at).as_string(), row) else {
                    *left_out.entry("not_answered".to_owned()).or_default() += 1;
                    continue;
                };
                picked.push(row as u32);
                self.append(&mut texts, (key, rule), &answer);
            }
        }
        let [
            mut question,
            mut value,
            mut words,
            mut low,
            mut high,
            mut suffix,
        ] = texts;
        let picked = UInt32Array::from(picked);
        let mut columns: BTreeMap<String, ArrayRef> = BTreeMap::new();
        for (field, column) in rows.schema().fields().iter().zip(rows.columns()) {
            columns.insert(field.name().clone(), take(column, &picked, None)?);
        }
        columns.insert("question".into(), Arc::new(question.finish()));
        columns.insert("value".into(), Arc::new(value.finish()));
        columns.insert("scale_min".into(), Arc::new(low.finish()));
        columns.insert("scale_max".into(), Arc::new(high.finish()));
        if self.questions.iter().any(|(_, rule, _)| rule.text) {
            columns.insert("text".into(), Arc::new(words.finish()));
        }
        // One key per response becomes one per answer.
        if table.name == "answers"
            && !columns.contains_key("answer_id")
            && columns.contains_key("response_id")
        {
            let key = joined(columns["response_id"].as_string(), &suffix.finish());
            columns.insert("answer_id".into(), Arc::new(key));
        }
        let fields: Vec<Field> = columns
            .iter()
            .map(|(name, array)| Field::new(name, array.data_type().clone(), true))
            .collect();
        Ok(RecordBatch::try_new(
            Arc::new(Schema::new(fields)),
            columns.into_values().collect(),
        )?)
    }

    fn answer(&self, rule: &QuestionRule, answers: &StringArray, row: usize) -> Option<String> {
        let answer = if answers.is_valid(row) {
            answers.value(row)
        } else {
            ""
        };
        let missing = rule.missing.as_ref().unwrap_or(&self.melt.missing);
        if answer.is_empty() || missing.iter().any(|code| code == answer) {
            return None;
        }
        let meant = rule.values.as_ref().and_then(|values| values.get(answer));
        Some(meant.cloned().unwrap_or_else(|| answer.to_owned()))
    }

    fn append(
        &self,
        texts: &mut [StringBuilder; 6],
        question: (&str, &QuestionRule),
        answer: &str,
    ) {
        let (key, rule) = question;
        let [name, value, words, low, high, suffix] = texts;
        let scale = |own: Option<f64>, base: Option<f64>| {
            own.or(base)
                .filter(|_| !rule.text)
                .map(|limit| limit.to_string())
        };
        name.append_value(key);
        value.append_option((!rule.text).then_some(answer));
        words.append_option(rule.text.then_some(answer));
        low.append_option(scale(rule.scale_min, self.melt.scale_min));
        high.append_option(scale(rule.scale_max, self.melt.scale_max));
        suffix.append_value(key);
    }
}

fn joined(heads: &StringArray, tails: &StringArray) -> StringArray {
    heads
        .iter()
        .zip(tails)
        .map(|(head, tail)| Some(format!("{}:{}", head?, tail?)))
        .collect()
}
