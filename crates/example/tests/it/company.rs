//! How do the tests get at a company and its tables?

use std::collections::HashMap;
use std::path::Path;

use odla_example::{Config, Truth, generate};

/// A company on disk with its truth; removed when dropped.
pub struct Made {
    pub folder: tempfile::TempDir,
    pub truth: Truth,
}

pub fn make(config: &Config) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let truth = generate(config, folder.path()).unwrap();
    Made { folder, truth }
}

pub fn small(customers: usize, seed: u64) -> Made {
    make(&Config::standard(customers, seed))
}

/// Columns by name, as text.
pub struct Sheet {
    places: HashMap<String, usize>,
    pub rows: Vec<csv::StringRecord>,
}

impl Sheet {
    pub fn read(folder: &Path, table: &str) -> Self {
        let mut reader = csv::Reader::from_path(folder.join(format!("{table}.csv"))).unwrap();
        let places = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_string)
            .zip(0..)
            .collect();
        Sheet {
            places,
            rows: reader.records().map(|row| row.unwrap()).collect(),
        }
    }

    pub fn text<'a>(&self, row: &'a csv::StringRecord, column: &str) -> &'a str {
        &row[self.places[column]]
    }

    pub fn number(&self, row: &csv::StringRecord, column: &str) -> f64 {
        let text = self.text(row, column);
        if text.is_empty() {
            0.0
        } else {
            text.parse().unwrap()
        }
    }

    /// Money in öre, without a detour over binary fractions.
    pub fn ore(&self, row: &csv::StringRecord, column: &str) -> i64 {
        let text = self.text(row, column);
        if text.is_empty() {
            0
        } else {
            text.replace('.', "").parse().unwrap()
        }
    }

    pub fn columns(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.places.iter().collect();
        names.sort_by_key(|(_, place)| **place);
        names.into_iter().map(|(name, _)| name.as_str()).collect()
    }
}

impl Made {
    pub fn sheet(&self, table: &str) -> Sheet {
        Sheet::read(self.folder.path(), table)
    }

    /// Orders without the lines planted to be rejected or merged.
    pub fn valid_orders(&self) -> Sheet {
        let mut orders = self.sheet("orders");
        let mut seen = std::collections::HashSet::new();
        orders.rows.retain(|row| {
            !row[0].starts_with("O-FEL") && seen.insert((row[0].to_string(), row[1].to_string()))
        });
        orders
    }

    pub fn value(&self, key: &str) -> f64 {
        self.truth
            .value(key)
            .unwrap_or_else(|| panic!("no truth about {key}"))
    }
}
