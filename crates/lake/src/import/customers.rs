//! Which customers may a row refer to, and which are made because a row does?

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};

use crate::error::Result;
use crate::import::keys::{Key, key_of_text};
use crate::import::raw::{LINE, RAW, SOURCE};
use crate::import::stage::KeyHasher;
use crate::import::typed::Customers;

/// The customers that are known, in the ledger and so far in this import.
#[derive(Default)]
pub struct Known {
    ids: HashSet<Key, BuildHasherDefault<KeyHasher>>,
    /// Whether an id that is not known makes a customer.
    pub create: bool,
    made: Vec<Made>,
}

/// A customer of whom nothing is known but that a row refers to it.
struct Made {
    id: String,
    file: String,
    line: i64,
}

impl Known {
    pub fn learn(&mut self, keys: impl Iterator<Item = Key>) {
        self.ids.extend(keys);
    }

    /// The customers made since the last time, as rows of text; none when there are none.
    pub fn take_made(&mut self) -> Result<Option<RecordBatch>> {
        if self.made.is_empty() {
            return Ok(None);
        }
        let made = std::mem::take(&mut self.made);
        let text = |of: fn(&Made) -> &str| {
            Arc::new(
                made.iter()
                    .map(|made| Some(of(made)))
                    .collect::<StringArray>(),
            )
        };
        let schema = Schema::new(vec![
            Field::new("customer_id", DataType::Utf8, true),
            Field::new(LINE, DataType::Int64, true),
            Field::new(RAW, DataType::Utf8, true),
            Field::new(SOURCE, DataType::Utf8, true),
        ]);
        let ids = text(|made| &made.id);
        let lines = Arc::new(
            made.iter()
                .map(|made| Some(made.line))
                .collect::<Int64Array>(),
        );
        let files = text(|made| &made.file);
        Ok(Some(RecordBatch::try_new(
            Arc::new(schema),
            vec![ids.clone(), lines, ids, files],
        )?))
    }
}

impl Customers for Known {
    fn accept(&mut self, id: &str, file: &str, line: i64) -> bool {
        let key = key_of_text(id);
        if self.ids.contains(&key) {
            return true;
        }
        if self.create {
            self.ids.insert(key);
            self.made.push(Made {
                id: id.to_owned(),
                file: file.to_owned(),
                line,
            });
        }
        self.create
    }
}
