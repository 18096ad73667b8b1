//! Which customers stand on a page of the list?

use super::{DECIDED, Decided, Directory, ID, NAME, Set, Where, day_text};
use crate::{AppError, Denied};
use odla_domain::Sight;
use odla_lake::directory::Values;
use serde_json::{Map, Number, Value};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub filters: Vec<Where>,
    pub text: Option<String>,
    pub sort: Sort,
    pub limit: usize,
    pub cursor: Option<String>,
    /// Begin after so many, for who looks into the middle of a long list; not used where a cursor is given.
    pub after: usize,
}

/// A column, and `-` before it for the greatest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    pub column: String,
    pub descending: bool,
}

impl Sort {
    pub fn parse(text: &str) -> Self {
        match text.strip_prefix('-') {
            Some(column) => Self {
                column: column.to_owned(),
                descending: true,
            },
            None => Self {
                column: text.to_owned(),
                descending: false,
            },
        }
    }
}

/// A page of the list.
#[derive(Debug, PartialEq)]
pub struct Listed {
    pub items: Vec<Map<String, Value>>,
    pub next_cursor: Option<String>,
    pub total: usize,
}

impl Directory {
    /// One page. The cursor of the next one names the place in the order, so that it is found at once.
    pub fn list(&self, ask: &Ask, sight: &Sight, decided: &Decided) -> Result<Listed, AppError> {
        let set = self.set(sight, &ask.filters, ask.text.as_deref(), decided)?;
        // With everybody in the set, the place is the number.
        let (from, skipped) = match &ask.cursor {
            Some(cursor) => (self.place_of(cursor)?, 0),
            None if set.count() == self.len() => (ask.after.min(self.len()), 0),
            None => (0, ask.after),
        };
        let mut items = Vec::with_capacity(ask.limit.min(set.count()));
        let mut next_cursor = None;
        for (place, row) in self.walk(&set, &ask.sort, from)?.skip(skipped) {
            if items.len() == ask.limit {
                next_cursor = Some(self.cursor_of(place));
                break;
            }
            items.push(self.row(row, decided));
        }
        Ok(Listed {
            items,
            next_cursor,
            total: set.count(),
        })
    }

    /// The members of a set in the order of a column, from a place on.
    pub fn walk<'d>(
        &'d self,
        set: &'d Set,
        sort: &Sort,
        from: usize,
    ) -> Result<impl Iterator<Item = (usize, usize)> + 'd, AppError> {
        let order = self.order(&sort.column)?;
        let descending = sort.descending;
        let places = from..if set.count() == 0 { from } else { self.len() };
        Ok(places
            .map(move |place| (place, order.at(place, descending)))
            .filter(|(_, row)| set.holds(*row)))
    }

    /// The run that a cursor belongs to, so that a list goes on in the run it was begun in.
    pub fn run_of(cursor: &str) -> Option<&str> {
        let (run, _) = cursor.rsplit_once('.')?;
        (!run.is_empty()).then_some(run)
    }

    /// Everything the list knows about one customer.
    pub fn row(&self, row: usize, decided: &Decided) -> Map<String, Value> {
        let mut item = Map::new();
        item.insert(ID.to_owned(), self.id(row).into());
        item.insert(NAME.to_owned(), self.name(row).into());
        for held in &self.columns {
            item.insert(held.key.clone(), value_of(&held.values, row));
        }
        let stance = decided.stances.get(self.id(row));
        let stance = stance.map_or(Value::Null, |stance| stance.word().into());
        item.insert(DECIDED.to_owned(), stance);
        item
    }

    fn cursor_of(&self, place: usize) -> String {
        format!("{}.{place}", self.run.as_deref().unwrap_or_default())
    }

    fn place_of(&self, cursor: &str) -> Result<usize, AppError> {
        let wrong = || Denied::Cursor {
            cursor: cursor.to_owned(),
        };
        let (run, place) = cursor.rsplit_once('.').ok_or_else(wrong)?;
        let place: usize = place.parse().map_err(|_| wrong())?;
        if run != self.run.as_deref().unwrap_or_default() || place > self.len() {
            return Err(wrong().into());
        }
        Ok(place)
    }
}

fn value_of(values: &Values, row: usize) -> Value {
    match values {
        Values::Numbers(numbers) => {
            Number::from_f64(numbers[row]).map_or(Value::Null, Value::Number)
        }
        Values::Words(words) => words.get(row).map_or(Value::Null, Value::from),
        Values::Days(days) => day_text(days[row]).map_or(Value::Null, Value::from),
        Values::Flags(flags) => flags[row].map_or(Value::Null, Value::from),
    }
}
