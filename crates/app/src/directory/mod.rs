//! How are a million customers listed, filtered and sorted while somebody waits?
//!
//! A run's customers are read once and held in columns. Each column keeps the order of its values, made when it is
//! first sorted by; a filter is a row of bits, kept too. A page is a walk along the order until enough bits are met.

mod filter;
mod list;
mod load;
mod order;
mod picture;

pub use filter::{Op, Set, Where};
pub use list::{Ask, Listed, Sort};
pub use load::load;
pub use picture::{Picture, PictureAsk};

use crate::{AppError, Denied};
use odla_domain::frames::portfolio::Standing;
use odla_domain::{Stance, UnitNode};
use odla_lake::directory::{NO_DAY, Texts, Unit as OwnUnit, Values};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

/// The customers of one run.
pub struct Directory {
    /// The run whose scores these are; none before the first run.
    pub run: Option<String>,
    pub as_of: Option<String>,
    pub(crate) ids: Texts,
    pub(crate) names: Texts,
    /// Id and name in small letters, for free text.
    pub(crate) searched: Texts,
    pub(crate) columns: Vec<Held>,
    pub units: Vec<OwnUnit>,
    orders: Vec<OnceLock<order::Order>>,
    sets: Mutex<HashMap<String, Arc<Set>>>,
}

/// One column with its name.
pub struct Held {
    pub key: String,
    pub values: Values,
    /// Whether it comes from the run, not from the ledger.
    pub scored: bool,
}

/// What people have decided about customers: it changes while the directory stays.
#[derive(Debug, Default)]
pub struct Decided {
    /// Counts up with every decision, so that what was computed with an earlier one is not used.
    pub generation: u64,
    pub stances: HashMap<String, Stance>,
}

/// A column as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnInfo {
    pub key: String,
    pub kind: ColumnKind,
    pub scored: bool,
    pub sortable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    Text,
    Word,
    Number,
    Date,
    Flag,
}

/// The column that is not held: what has been decided.
pub const DECIDED: &str = "decided";
pub const ID: &str = "customer_id";
pub const NAME: &str = "name";

impl Directory {
    pub(crate) fn new(customers: odla_lake::directory::Customers, units: Vec<OwnUnit>) -> Self {
        let mut searched = Texts::default();
        for at in 0..customers.customer_id.len() {
            let (id, name) = (customers.customer_id.get(at), customers.name.get(at));
            searched.push(&format!("{id} {name}").to_lowercase());
        }
        let own = customers.columns.into_iter().map(|(key, values)| Held {
            key,
            values,
            scored: false,
        });
        let mut directory = Self {
            run: None,
            as_of: None,
            ids: customers.customer_id,
            names: customers.name,
            searched,
            columns: own.collect(),
            units,
            orders: Vec::new(),
            sets: Mutex::default(),
        };
        directory.make_room();
        directory
    }

    /// Adds a run's scores; a name that is there already keeps its first column.
    pub(crate) fn add(&mut self, columns: Vec<(String, Values)>) {
        for (key, values) in columns {
            if self.column(&key).is_none() {
                self.columns.push(Held {
                    key,
                    values,
                    scored: true,
                });
            }
        }
        self.make_room();
    }

    fn make_room(&mut self) {
        // Two more than the columns: by id and by name.
        self.orders = (0..self.columns.len() + 2)
            .map(|_| OnceLock::new())
            .collect();
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Which columns there are, in the order in which they are shown.
    pub fn columns(&self) -> Vec<ColumnInfo> {
        let text = |key: &str| ColumnInfo {
            key: key.to_owned(),
            kind: ColumnKind::Text,
            scored: false,
            sortable: true,
        };
        let held = self.columns.iter().map(|held| ColumnInfo {
            key: held.key.clone(),
            kind: kind_of(&held.values),
            scored: held.scored,
            sortable: !matches!(held.values, Values::Flags(_)),
        });
        let decided = ColumnInfo {
            key: DECIDED.to_owned(),
            kind: ColumnKind::Word,
            scored: false,
            sortable: false,
        };
        [text(ID), text(NAME)]
            .into_iter()
            .chain(held)
            .chain([decided])
            .collect()
    }

    pub(crate) fn column(&self, key: &str) -> Option<(usize, &Held)> {
        self.columns
            .iter()
            .enumerate()
            .find(|(_, held)| held.key == key)
    }

    pub(crate) fn known_column(&self, key: &str) -> Result<(usize, &Held), AppError> {
        let unknown = || Denied::Column {
            column: key.to_owned(),
        };
        Ok(self.column(key).ok_or_else(unknown)?)
    }

    /// Where the customer stands.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.ids.find(id)
    }

    pub fn id(&self, row: usize) -> &str {
        self.ids.get(row)
    }

    pub fn name(&self, row: usize) -> &str {
        self.names.get(row)
    }

    /// The word of a column for one customer.
    pub fn word(&self, key: &str, row: usize) -> Option<&str> {
        match &self.column(key)?.1.values {
            Values::Words(words) => words.get(row),
            _ => None,
        }
    }

    /// The words that a column holds, sorted.
    pub fn words_of(&self, key: &str) -> Vec<String> {
        if key == DECIDED {
            return Stance::ALL.map(|stance| stance.word().to_owned()).into();
        }
        let Some((_, held)) = self.column(key) else {
            return Vec::new();
        };
        let mut words = match &held.values {
            Values::Words(words) => words.known.clone(),
            _ => Vec::new(),
        };
        words.sort();
        words
    }

    /// The name of a unit, where the column holds units.
    pub fn unit_name(&self, key: &str, value: &str) -> Option<String> {
        let unit = self
            .units
            .iter()
            .find(|unit| key == "unit_id" && unit.id == value)?;
        (!unit.name.is_empty()).then(|| unit.name.clone())
    }

    /// The number of a column for one customer, when it is told.
    pub fn number(&self, key: &str, row: usize) -> Option<f64> {
        match &self.column(key)?.1.values {
            Values::Numbers(numbers) => Some(numbers[row]).filter(|value| !value.is_nan()),
            _ => None,
        }
    }

    /// What the law allows us to propose about the customer.
    pub fn standing(&self, row: usize) -> Standing {
        let objected = match self
            .column("profiling_objected")
            .map(|(_, held)| &held.values)
        {
            Some(Values::Flags(flags)) => flags[row] == Some(true),
            _ => false,
        };
        match (objected, self.word("kind", row)) {
            (true, _) => Standing::Objected,
            (false, Some("company")) => Standing::Company,
            (false, _) => Standing::Person,
        }
    }

    pub fn unit_nodes(&self) -> Vec<UnitNode> {
        let node = |unit: &OwnUnit| UnitNode {
            unit_id: unit.id.clone(),
            parent_id: unit.parent.clone(),
        };
        self.units.iter().map(node).collect()
    }

    /// Makes the orders of all columns, so that nobody waits for the first sorting.
    pub fn warm(&self) {
        for info in self.columns().iter().filter(|info| info.sortable) {
            // Every key comes from the directory itself.
            let _ = self.order(&info.key);
        }
    }
}

fn kind_of(values: &Values) -> ColumnKind {
    match values {
        Values::Numbers(_) => ColumnKind::Number,
        Values::Words(_) => ColumnKind::Word,
        Values::Days(_) => ColumnKind::Date,
        Values::Flags(_) => ColumnKind::Flag,
    }
}

pub(crate) fn day_text(day: i32) -> Option<String> {
    if day == NO_DAY {
        return None;
    }
    let first = jiff::civil::date(1970, 1, 1);
    first
        .checked_add(jiff::Span::new().try_days(i64::from(day)).ok()?)
        .ok()
        .map(|day| day.to_string())
}

pub(crate) fn day_number(text: &str) -> Option<i32> {
    let day: jiff::civil::Date = text.parse().ok()?;
    let since = day.since(jiff::civil::date(1970, 1, 1)).ok()?;
    Some(since.get_days())
}

#[cfg(test)]
mod tests;
