//! What should a reader know before trusting a number?

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Named values that a translated text is filled with, in a fixed order.
pub type Params = BTreeMap<String, ParamValue>;

/// One value of a translated text: numbers are formatted by the reader's language, words are not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParamValue {
    Number(#[serde(deserialize_with = "number_or_untold")] f64),
    Text(String),
}

/// JSON has no word for "not a number" and writes null; read back it is untold again.
pub(crate) fn number_or_untold<'de, D: serde::Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(from)?.unwrap_or(f64::NAN))
}

impl From<f64> for ParamValue {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for ParamValue {
    fn from(number: usize) -> Self {
        Self::Number(number as f64)
    }
}

impl From<&str> for ParamValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for ParamValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A doubt that travels with a number; `key` is the translation key, `cautions.<key>`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Caution {
    pub key: String,
    #[serde(default, skip_serializing_if = "Params::is_empty")]
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
    pub fn with(mut self, name: &str, value: impl Into<ParamValue>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_not_told_can_be_kept_and_read_again() {
        let caution = Caution::new("a")
            .with("x", f64::NAN)
            .with("y", 1.5)
            .with("z", "word");
        let text = serde_json::to_string(&caution).expect("a caution is plain data");
        let read: Caution = serde_json::from_str(&text).expect("what was written can be read");
        assert!(matches!(read.params["x"], ParamValue::Number(x) if x.is_nan()));
        assert_eq!(read.params["y"], ParamValue::Number(1.5));
        assert_eq!(read.params["z"], ParamValue::from("word"));
    }
}
