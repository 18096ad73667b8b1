//! Which data does an analysis need, and what is missing?

use serde::{Deserialize, Serialize};

/// A table with the columns that must hold at least one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    pub table: String,
    pub columns: Vec<String>,
}

impl Need {
    pub fn new(table: &str, columns: &[&str]) -> Self {
        Self {
            table: table.to_owned(),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
        }
    }
}
