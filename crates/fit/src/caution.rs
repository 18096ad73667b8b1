//! What should a reader know before trusting a fit?

use odla_stats::{Caution as Doubt, CautionValue};
use std::collections::BTreeMap;

/// Named values that a translated text is filled with.
pub type Params = BTreeMap<String, Param>;

/// One value of a translated text.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    Number(f64),
    Text(String),
}

impl From<f64> for Param {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Param {
    fn from(number: usize) -> Self {
        Self::Number(number as f64)
    }
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A doubt about a fit; `key` is the translation key, `cautions.<key>`.
#[derive(Debug, Clone, PartialEq)]
pub struct Caution {
    pub key: String,
    pub params: Params,
}

impl Caution {
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            params: Params::new(),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Param>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }
}

impl From<CautionValue> for Param {
    fn from(value: CautionValue) -> Self {
        match value {
            CautionValue::Number(number) => Self::Number(number),
            CautionValue::Text(text) => Self::Text(text),
        }
    }
}

impl From<&Doubt> for Caution {
    /// The same doubt with its values; the text is `cautions.statistics.<key>`.
    fn from(doubt: &Doubt) -> Self {
        let caution = Caution::new(format!("statistics.{}", doubt.key()));
        let values = doubt.values().into_iter();
        values.fold(caution, |told, (name, value)| told.with(name, value))
    }
}

/// All doubts of a fit.
pub fn cautions_from(doubts: &[Doubt]) -> Vec<Caution> {
    doubts.iter().map(Caution::from).collect()
}
