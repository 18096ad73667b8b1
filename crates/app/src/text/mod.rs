//! How does a key become a sentence in the reader's language?

mod catalogue;
mod numbers;

pub use catalogue::{Catalogue, Section};
pub use numbers::Numbers;

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The reader's language. Swedish and English are equal: a test walks both catalogues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    Sv,
    En,
}

impl Language {
    /// From a locale such as `sv_SE.UTF-8`; anything that is not English is Swedish.
    pub fn from_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("en") {
            Self::En
        } else {
            Self::Sv
        }
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "sv" => Ok(Self::Sv),
            "en" => Ok(Self::En),
            other => Err(format!(
                "{other} is not a language of this program; use sv or en"
            )),
        }
    }
}
