//! What can be wrong with a file or a flag, and what should the person do?

use crate::caution::{Param, Params};
use crate::columns::Columns;
use odla_stats::StatsError;

/// Why nothing was fitted. `line` counts the names as line 1.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FitError {
    #[error("there is no method {method}, known are {known}")]
    MethodUnknown { method: String, known: String },
    #[error("the file has no rows of values")]
    NoRows,
    #[error("the columns are not equally long")]
    ColumnsUneven,
    #[error("two columns have the name {column}")]
    ColumnRepeated { column: String },
    #[error("there is no column {column}")]
    ColumnUnknown { column: String, known: String },
    #[error("--col {text} is not of the form role=name")]
    RoleUnreadable { text: String },
    #[error("{method} has no role {role}")]
    RoleUnknown {
        method: String,
        role: String,
        known: String,
    },
    #[error("{method} needs a column for {role}")]
    RoleMissing {
        method: String,
        role: String,
        known: String,
    },
    #[error("{method} needs --{flag}")]
    FlagMissing { method: String, flag: String },
    #[error("--{flag} cannot be {value}, known are {known}")]
    FlagUnknown {
        flag: String,
        value: String,
        known: String,
    },
    #[error("--{flag} must be {rule}")]
    FlagRange { flag: String, rule: &'static str },
    #[error("{method} needs columns that explain the outcome")]
    NothingExplains { method: String, known: String },
    #[error("column {column}, line {line} is not a number: {value}")]
    NotNumber {
        column: String,
        line: usize,
        value: String,
    },
    #[error("column {column}, line {line} is neither best, worst nor neither: {value}")]
    NotChoice {
        column: String,
        line: usize,
        value: String,
    },
    #[error("column {column}, line {line} is not a day: {value}")]
    NotDay {
        column: String,
        line: usize,
        value: String,
    },
    #[error("column {column}, line {line} is empty")]
    Missing { column: String, line: usize },
    #[error("column {column}, line {line} must be {rule}: {value}")]
    OutOfRange {
        column: String,
        line: usize,
        rule: &'static str,
        value: f64,
    },
    #[error(
        "line {line}: last purchase at {recency} and {frequency} repeat purchases do not go together"
    )]
    HistoryContradicts {
        line: usize,
        frequency: f64,
        recency: f64,
    },
    #[error("column {column} must have two values that tell event from no event")]
    NotEvent { column: String, found: String },
    #[error("nobody bought before {end}")]
    NobodyBefore { end: String },
    #[error("the description of the blocks and paths cannot be read: {detail}")]
    ModelUnreadable { detail: String },
    #[error("{error}")]
    Statistics {
        error: StatsError,
        line: Option<usize>,
    },
}

impl FitError {
    /// The stable key of the text, `errors.<key>` in the catalogues.
    pub fn key(&self) -> String {
        let name = match self {
            Self::MethodUnknown { .. } => "method_unknown",
            Self::NoRows => "no_rows",
            Self::ColumnsUneven => "columns_uneven",
            Self::ColumnRepeated { .. } => "column_repeated",
            Self::ColumnUnknown { .. } => "column_unknown",
            Self::RoleUnreadable { .. } => "role_unreadable",
            Self::RoleUnknown { .. } => "role_unknown",
            Self::RoleMissing { .. } => "role_missing",
            Self::FlagMissing { .. } => "flag_missing",
            Self::FlagUnknown { .. } => "flag_unknown",
            Self::FlagRange { .. } => "flag_range",
            Self::NothingExplains { .. } => "nothing_explains",
            Self::NotNumber { .. } => "not_number",
            Self::NotDay { .. } => "not_day",
            Self::NotChoice { .. } => "not_choice",
            Self::Missing { .. } => "missing",
            Self::OutOfRange { .. } => "out_of_range",
            Self::HistoryContradicts { .. } => "history_contradicts",
            Self::NotEvent { .. } => "not_event",
            Self::NobodyBefore { .. } => "nobody_before",
            Self::ModelUnreadable { .. } => "model_unreadable",
            Self::Statistics { error, line: None } => return format!("statistics.{}", error.key()),
            Self::Statistics { error, .. } => return format!("statistics.{}.line", error.key()),
        };
        format!("fit.{name}")
    }

    /// The same error with the lines on which the rows stand in the file.
    pub(crate) fn in_file(mut self, columns: &Columns) -> Self {
        match &mut self {
            Self::NotNumber { line, .. }
            | Self::NotDay { line, .. }
            | Self::NotChoice { line, .. }
            | Self::Missing { line, .. }
            | Self::OutOfRange { line, .. }
            | Self::HistoryContradicts { line, .. }
            | Self::Statistics {
                line: Some(line), ..
            } => *line = columns.true_line(*line),
            _ => {}
        }
        self
    }

    /// What fills the holes of the text.
    pub fn params(&self) -> Params {
        let mut params = Params::new();
        let mut put = |name: &str, value: Param| params.insert(name.to_owned(), value);
        match self {
            Self::NoRows | Self::ColumnsUneven => {}
            Self::MethodUnknown { method, known } | Self::NothingExplains { method, known } => {
                put("method", method.as_str().into());
                put("known", known.as_str().into());
            }
            Self::ColumnRepeated { column } => {
                put("column", column.as_str().into());
            }
            Self::ColumnUnknown { column, known } => {
                put("column", column.as_str().into());
                put("known", known.as_str().into());
            }
            Self::RoleUnreadable { text } => {
                put("text", text.as_str().into());
            }
            Self::RoleUnknown {
                method,
                role,
                known,
            }
            | Self::RoleMissing {
                method,
                role,
                known,
            } => {
                put("method", method.as_str().into());
                put("role", role.as_str().into());
                put("meaning", format!("fit.role.{role}").into());
                put("known", known.as_str().into());
            }
            Self::FlagMissing { method, flag } => {
                put("method", method.as_str().into());
                put("flag", flag.as_str().into());
            }
            Self::FlagUnknown { flag, value, known } => {
                put("flag", flag.as_str().into());
                put("value", value.as_str().into());
                put("known", known.as_str().into());
            }
            Self::FlagRange { flag, rule } => {
                put("flag", flag.as_str().into());
                put("rule", format!("fit.rule.{rule}").into());
            }
            Self::NotNumber {
                column,
                line,
                value,
            }
            | Self::NotDay {
                column,
                line,
                value,
            }
            | Self::NotChoice {
                column,
                line,
                value,
            } => {
                put("column", column.as_str().into());
                put("line", (*line).into());
                put("value", value.as_str().into());
            }
            Self::Missing { column, line } => {
                put("column", column.as_str().into());
                put("line", (*line).into());
            }
            Self::OutOfRange {
                column,
                line,
                rule,
                value,
            } => {
                put("column", column.as_str().into());
                put("line", (*line).into());
                put("rule", format!("fit.rule.{rule}").into());
                put("value", (*value).into());
            }
            Self::HistoryContradicts {
                line,
                frequency,
                recency,
            } => {
                put("line", (*line).into());
                put("frequency", (*frequency).into());
                put("recency", (*recency).into());
            }
            Self::NotEvent { column, found } => {
                put("column", column.as_str().into());
                put("found", found.as_str().into());
            }
            Self::NobodyBefore { end } => {
                put("end", end.as_str().into());
            }
            Self::ModelUnreadable { detail } => {
                put("detail", detail.as_str().into());
            }
            Self::Statistics { error, line } => {
                params = of_statistics(error);
                if let Some(line) = line {
                    params.insert("line".to_owned(), (*line).into());
                }
            }
        }
        params
    }
}

impl From<StatsError> for FitError {
    /// For errors whose row, if any, counts all rows of the file.
    fn from(error: StatsError) -> Self {
        let line = match &error {
            StatsError::InvalidInput { row: Some(row), .. } => Some(crate::columns::line_of(*row)),
            _ => None,
        };
        Self::Statistics { error, line }
    }
}

/// For errors whose row counts only the `used` rows of the file.
pub(crate) fn of_rows(used: &[usize]) -> impl Fn(StatsError) -> FitError + '_ {
    move |error| {
        let line = match &error {
            StatsError::InvalidInput { row: Some(row), .. } => {
                used.get(*row).map(|row| crate::columns::line_of(*row))
            }
            _ => None,
        };
        FitError::Statistics { error, line }
    }
}

fn of_statistics(error: &StatsError) -> Params {
    let mut params = Params::new();
    let mut put = |name: &str, value: Param| params.insert(name.to_owned(), value);
    match error {
        StatsError::TooFewObservations { needed, got }
        | StatsError::TooFewGroups { needed, got } => {
            put("needed", (*needed).into());
            put("got", (*got).into());
        }
        StatsError::LengthMismatch {
            what,
            expected,
            got,
        } => {
            put("what", what.as_str().into());
            put("expected", (*expected).into());
            put("got", (*got).into());
        }
        StatsError::NotConverged { iterations, .. } => {
            put("iterations", (*iterations).into());
        }
        StatsError::NotIdentified { parameter } => {
            put("parameter", parameter.as_str().into());
        }
        StatsError::AllCensored { rows } => {
            put("rows", (*rows).into());
        }
        StatsError::Collinear { column } | StatsError::Separation { column } => {
            put("column", column.as_str().into());
        }
        StatsError::InvalidInput { what, .. } | StatsError::NoVariation { what } => {
            put("what", what.as_str().into());
        }
        StatsError::NoOverlap { share_outside } => {
            put("share", (*share_outside).into());
        }
        StatsError::Infeasible {
            what,
            needed,
            allowed,
        } => {
            put("what", what.as_str().into());
            put("needed", (*needed).into());
            put("allowed", (*allowed).into());
        }
        // New errors of the statistics are told in their own words until they get named values here.
        other => {
            put("detail", other.to_string().into());
        }
    }
    params
}
