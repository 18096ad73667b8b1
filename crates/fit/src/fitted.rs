//! What does a fit look like to the one who asked for it?

use crate::caution::Caution;
use odla_stats::Interval;
use serde_json::{Map, Value, json};

/// One fitted method. Names and values keep their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    pub method: &'static str,
    /// Number of observations; not whole when rows carry weights.
    pub n: f64,
    /// `None` when the method has no likelihood.
    pub log_likelihood: Option<f64>,
    pub params: Vec<(String, f64)>,
    /// Of the params that have one; NaN where the data do not tell.
    pub standard_errors: Vec<(String, f64)>,
    pub converged: bool,
    pub cautions: Vec<Caution>,
    pub extra: Map<String, Value>,
    /// Per-row results, when they were asked for.
    pub predictions: Option<Predictions>,
}

impl Fitted {
    /// A fit without params and without doubt.
    pub(crate) fn new(method: &'static str, n: f64) -> Self {
        Self {
            method,
            n,
            log_likelihood: None,
            params: Vec::new(),
            standard_errors: Vec::new(),
            converged: true,
            cautions: Vec::new(),
            extra: Map::new(),
            predictions: None,
        }
    }

    pub(crate) fn put(&mut self, name: &str, value: Value) {
        self.extra.insert(name.to_owned(), value);
    }

    /// The public JSON document. The program gives what it alone knows: the time taken and the texts of cautions.
    pub fn document(&self, seconds: f64, say: &dyn Fn(&Caution) -> String) -> Value {
        let cautions: Vec<Value> = self
            .cautions
            .iter()
            .map(|caution| json!({"key": caution.key, "text": say(caution)}))
            .collect();
        json!({
            "method": self.method,
            "n": count(self.n),
            "log_likelihood": self.log_likelihood,
            "params": by_name(&self.params),
            "standard_errors": by_name(&self.standard_errors),
            "converged": self.converged,
            "cautions": cautions,
            "seconds": seconds,
            "extra": self.extra,
        })
    }

    /// The value of a param by its name.
    pub fn param(&self, name: &str) -> Option<f64> {
        value_of(&self.params, name)
    }

    /// The standard error of a param by its name.
    pub fn standard_error(&self, name: &str) -> Option<f64> {
        value_of(&self.standard_errors, name)
    }
}

/// Per-row results as columns, all equally long.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    pub columns: Vec<(String, PredictionColumn)>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum PredictionColumn {
    Texts(Vec<String>),
    Numbers(Vec<f64>),
}

impl Predictions {
    pub(crate) fn new() -> Self {
        Self {
            columns: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn texts(mut self, name: &str, values: Vec<String>) -> Self {
        self.columns
            .push((name.to_owned(), PredictionColumn::Texts(values)));
        self
    }

    #[must_use]
    pub(crate) fn numbers(mut self, name: &str, values: Vec<f64>) -> Self {
        self.columns
            .push((name.to_owned(), PredictionColumn::Numbers(values)));
        self
    }

    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| match column {
            PredictionColumn::Texts(values) => values.len(),
            PredictionColumn::Numbers(values) => values.len(),
        })
    }

    /// One cell; a number that does not exist is null.
    pub fn cell(&self, row: usize, column: usize) -> Value {
        match &self.columns[column].1 {
            PredictionColumn::Texts(values) => json!(values[row]),
            PredictionColumn::Numbers(values) => json!(values[row]),
        }
    }

    /// A column of numbers by its name.
    pub fn column(&self, name: &str) -> Option<&[f64]> {
        self.columns.iter().find_map(|(own, column)| match column {
            PredictionColumn::Numbers(values) if own == name => Some(values.as_slice()),
            _ => None,
        })
    }
}

/// Values by name, numbers that do not exist as null.
pub(crate) fn by_name(values: &[(String, f64)]) -> Value {
    let entries = values
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)));
    Value::Object(entries.collect())
}

pub(crate) fn range(interval: &Interval) -> Value {
    json!({"lower": interval.lower, "upper": interval.upper, "level": interval.level})
}

/// A count is written as a whole number when it is one.
pub(crate) fn count(n: f64) -> Value {
    if n.fract() == 0.0 && n.abs() < 9e15 {
        json!(n as i64)
    } else {
        json!(n)
    }
}

fn value_of(values: &[(String, f64)], name: &str) -> Option<f64> {
    values
        .iter()
        .find(|(own, _)| own == name)
        .map(|(_, value)| *value)
}
