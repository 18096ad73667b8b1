//! What can stop a computation, and what can the caller do about it?

/// Why a computation was refused or could not be finished. Doubt is not an error: see [`crate::Caution`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StatsError {
    /// More observations are needed before anything can be said.
    #[error("{got} observations are too few, at least {needed} are needed")]
    TooFewObservations { needed: usize, got: usize },
    /// A value cannot be what it is said to be; `row` is counted from 0 when one row is to blame.
    #[error("invalid {what}{}", row.map(|r| format!(" in row {r}")).unwrap_or_default())]
    InvalidInput { what: String, row: Option<usize> },
    /// Columns that must be equally long are not.
    #[error("{what} has {got} values where {expected} are expected")]
    LengthMismatch {
        what: String,
        expected: usize,
        got: usize,
    },
    /// The search stopped before it reached an optimum.
    #[error("not converged after {iterations} iterations, gradient norm {gradient_norm:e}")]
    NotConverged {
        iterations: usize,
        gradient_norm: f64,
    },
    /// The data say nothing about this parameter.
    #[error("the data do not identify {parameter}")]
    NotIdentified { parameter: String },
    /// Nobody was seen to end, so no hazard can be estimated.
    #[error("all {rows} observations are censored")]
    AllCensored { rows: usize },
    /// The column is a linear combination of the columns before it.
    #[error("column {column} is a linear combination of the others")]
    Collinear { column: String },
    /// The column predicts the outcome perfectly, so its coefficient has no finite estimate.
    #[error("column {column} separates the outcomes perfectly")]
    Separation { column: String },
    /// A column that must vary does not.
    #[error("{what} does not vary")]
    NoVariation { what: String },
    /// Only one group is present where a comparison needs more.
    #[error("{got} groups are present, at least {needed} are needed")]
    TooFewGroups { needed: usize, got: usize },
    /// The treated and the untreated have nothing in common to be compared on.
    #[error("no overlap between the groups compared: {share_outside} lies outside")]
    NoOverlap { share_outside: f64 },
    /// What is demanded cannot be had with what is allowed.
    #[error("{what} cannot be met: {needed} is needed, {allowed} is allowed")]
    Infeasible {
        what: String,
        needed: f64,
        allowed: f64,
    },
}

impl StatsError {
    /// Builds an [`StatsError::InvalidInput`] that blames one row, counted from 0.
    pub fn invalid_row(what: impl Into<String>, row: usize) -> Self {
        StatsError::InvalidInput {
            what: what.into(),
            row: Some(row),
        }
    }

    /// Builds an [`StatsError::InvalidInput`] that no single row is to blame for.
    pub fn invalid(what: impl Into<String>) -> Self {
        StatsError::InvalidInput {
            what: what.into(),
            row: None,
        }
    }

    /// Stable name of the error, in snake case, for translation tables.
    pub fn key(&self) -> &'static str {
        match self {
            StatsError::TooFewObservations { .. } => "too_few_observations",
            StatsError::InvalidInput { .. } => "invalid_input",
            StatsError::LengthMismatch { .. } => "length_mismatch",
            StatsError::NotConverged { .. } => "not_converged",
            StatsError::NotIdentified { .. } => "not_identified",
            StatsError::AllCensored { .. } => "all_censored",
            StatsError::Collinear { .. } => "collinear",
            StatsError::Separation { .. } => "separation",
            StatsError::NoVariation { .. } => "no_variation",
            StatsError::TooFewGroups { .. } => "too_few_groups",
            StatsError::NoOverlap { .. } => "no_overlap",
            StatsError::Infeasible { .. } => "infeasible",
        }
    }
}

/// Refuses a column whose length is not the expected one.
pub fn require_length(what: &str, expected: usize, got: usize) -> Result<(), StatsError> {
    if expected == got {
        return Ok(());
    }
    Err(StatsError::LengthMismatch {
        what: what.to_owned(),
        expected,
        got,
    })
}

/// Refuses a column with a value that is not finite, naming the first such row.
pub fn require_finite(what: &str, values: &[f64]) -> Result<(), StatsError> {
    match values.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(row) => Err(StatsError::invalid_row(
            format!("{what} (not a finite number)"),
            row,
        )),
    }
}
