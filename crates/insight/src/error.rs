//! Why could an analysis not be made although its data were there?

use odla_domain::Caution;
use odla_stats::StatsError;
use thiserror::Error;

/// Variants by what the reader can do about it.
#[derive(Debug, Error)]
pub enum InsightError {
    /// More or longer data are needed; the caution says how much and of what.
    #[error("too little data: {}", .0.key)]
    TooLittleData(Caution),
    /// What is asked for contradicts itself or the limits; the caution says what would do.
    #[error("not possible: {}", .0.key)]
    NotPossible(Caution),
    #[error(transparent)]
    Statistics(#[from] StatsError),
}

impl InsightError {
    /// The same as a reason that the run keeps and the reader sees.
    pub fn reason(&self) -> Caution {
        match self {
            Self::TooLittleData(caution) | Self::NotPossible(caution) => caution.clone(),
            Self::Statistics(error) => Caution::new("statistics").with("detail", error.to_string()),
        }
    }
}
