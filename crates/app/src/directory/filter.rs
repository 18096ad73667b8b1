//! Which customers does a filter let through?

use super::{DECIDED, Decided, Directory, ID, NAME, day_number};
use crate::{AppError, Denied};
use odla_domain::Sight;
use odla_lake::directory::{NO_DAY, Texts, Values, Words};
use std::sync::Arc;

/// Filters kept; the oldest are thrown away together when there are more.
const MOST_SETS: usize = 256;

/// A condition on a column, `column:op:value` in an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Where {
    pub column: String,
    pub op: Op,
    pub value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Eq,
    In,
    Lt,
    Le,
    Gt,
    Ge,
    Contains,
    Missing,
}

impl Op {
    const ALL: [(&str, Self); 8] = [
        ("eq", Self::Eq),
        ("in", Self::In),
        ("lt", Self::Lt),
        ("le", Self::Le),
        ("gt", Self::Gt),
        ("ge", Self::Ge),
        ("contains", Self::Contains),
        ("missing", Self::Missing),
    ];

    fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, op)| *op == self)
            .map_or("", |(word, _)| word)
    }
}

impl Where {
    /// # Errors
    /// When it is not `column:op:value` with a known op.
    pub fn parse(text: &str) -> Result<Self, AppError> {
        let wrong = || Denied::Filter {
            text: text.to_owned(),
        };
        let mut parts = text.splitn(3, ':');
        let (column, op) = (parts.next(), parts.next());
        let value = parts.next().unwrap_or_default().to_owned();
        let op = Op::ALL
            .iter()
            .find(|(word, _)| op == Some(*word))
            .ok_or_else(wrong)?
            .1;
        let column = column.filter(|name| !name.is_empty()).ok_or_else(wrong)?;
        Ok(Self {
            column: column.to_owned(),
            op,
            value,
        })
    }

    pub fn text(&self) -> String {
        format!("{}:{}:{}", self.column, self.op.word(), self.value)
    }

    fn refused(&self) -> AppError {
        Denied::Filter { text: self.text() }.into()
    }
}

/// A row of bits, one per customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    bits: Vec<u64>,
    count: usize,
}

impl Set {
    pub fn of(rows: usize, mut holds: impl FnMut(usize) -> bool) -> Self {
        let mut bits = vec![0_u64; rows.div_ceil(64)];
        let mut count = 0;
        for (place, word) in bits.iter_mut().enumerate() {
            for bit in 0..64.min(rows - place * 64) {
                if holds(place * 64 + bit) {
                    *word |= 1 << bit;
                    count += 1;
                }
            }
        }
        Self { bits, count }
    }

    pub fn holds(&self, row: usize) -> bool {
        self.bits[row / 64] >> (row % 64) & 1 == 1
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// The rows in it, in order.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.bits.iter().enumerate().flat_map(|(place, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(place * 64 + bit)
            })
        })
    }

    fn and(&self, other: &Self) -> Self {
        let bits: Vec<u64> = self
            .bits
            .iter()
            .zip(&other.bits)
            .map(|(own, other)| own & other)
            .collect();
        let count = bits.iter().map(|word| word.count_ones() as usize).sum();
        Self { bits, count }
    }
}

impl Directory {
    /// Who is within the person's sight, passes every condition and matches the free text.
    pub fn set(
        &self,
        sight: &Sight,
        filters: &[Where],
        text: Option<&str>,
        decided: &Decided,
    ) -> Result<Arc<Set>, AppError> {
        let mut all = self.within(sight);
        for filter in filters {
            let one = self.one(filter, decided)?;
            all = Arc::new(all.and(&one));
        }
        if let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) {
            let text = text.to_lowercase();
            let found = self.kept(&format!("q {text}"), || Ok(self.search(&text)))?;
            all = Arc::new(all.and(&found));
        }
        Ok(all)
    }

    /// Whom a person may see.
    pub fn within(&self, sight: &Sight) -> Arc<Set> {
        let key = match sight {
            Sight::All => "sight".to_owned(),
            Sight::Units(units) => units
                .iter()
                .fold("sight".to_owned(), |key, unit| format!("{key}\n{unit}")),
        };
        let make = || {
            let units = self.column("unit_id").map(|(_, held)| &held.values);
            let Some(Values::Words(units)) = units else {
                return Ok(Set::of(self.len(), |_| sight.is_all()));
            };
            let seen: Vec<bool> = units
                .known
                .iter()
                .map(|unit| sight.holds(Some(unit)))
                .collect();
            let none = sight.holds(None);
            let holds = |row: usize| seen.get(units.codes[row] as usize).copied().unwrap_or(none);
            Ok(Set::of(self.len(), holds))
        };
        self.kept(&key, make)
            .unwrap_or_else(|_| Arc::new(Set::of(self.len(), |_| false)))
    }

    fn one(&self, filter: &Where, decided: &Decided) -> Result<Arc<Set>, AppError> {
        if filter.column == DECIDED {
            let key = format!("w {} {}", decided.generation, filter.text());
            return self.kept(&key, || self.by_decision(filter, decided));
        }
        self.kept(&format!("w {}", filter.text()), || self.pass(filter))
    }

    /// A set that is kept under its name, or made.
    fn kept(
        &self,
        key: &str,
        make: impl FnOnce() -> Result<Set, AppError>,
    ) -> Result<Arc<Set>, AppError> {
        let lock = || {
            self.sets
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
        };
        if let Some(set) = lock().get(key) {
            return Ok(set.clone());
        }
        let set = Arc::new(make()?);
        let mut sets = lock();
        if sets.len() >= MOST_SETS {
            sets.clear();
        }
        sets.insert(key.to_owned(), set.clone());
        Ok(set)
    }

    fn pass(&self, filter: &Where) -> Result<Set, AppError> {
        match filter.column.as_str() {
            ID => return by_text(&self.ids, filter),
            NAME => return by_text(&self.names, filter),
            _ => {}
        }
        let (_, held) = self.known_column(&filter.column)?;
        match &held.values {
            Values::Numbers(numbers) => by_number(numbers, filter),
            Values::Days(days) => by_day(days, filter),
            Values::Words(words) => by_word(words, filter),
            Values::Flags(flags) => by_flag(flags, filter),
        }
    }

    fn by_decision(&self, filter: &Where, decided: &Decided) -> Result<Set, AppError> {
        let stance = |row: usize| {
            decided
                .stances
                .get(self.id(row))
                .map(|stance| stance.word())
        };
        let wanted: Vec<&str> = filter.value.split(',').collect();
        Ok(match filter.op {
            Op::Missing => Set::of(self.len(), |row| {
                stance(row).is_none() == wants_missing(filter)
            }),
            Op::Eq | Op::In => Set::of(self.len(), |row| {
                stance(row).is_some_and(|stance| wanted.contains(&stance))
            }),
            _ => return Err(filter.refused()),
        })
    }

    fn search(&self, text: &str) -> Set {
        let mut found = vec![false; self.len()];
        let all = self.searched.all();
        let mut from = 0;
        while let Some(at) = all[from..].find(text) {
            let row = self.searched.at_byte(from + at);
            found[row] = true;
            // On to the next customer.
            match all[from + at..].find('\n') {
                Some(end) => from += at + end + 1,
                None => break,
            }
        }
        Set::of(self.len(), |row| found[row])
    }
}

/// `missing` alone means "has none"; `missing:false` means "has one".
fn wants_missing(filter: &Where) -> bool {
    filter.value != "false"
}

fn by_number(numbers: &[f64], filter: &Where) -> Result<Set, AppError> {
    let rows = numbers.len();
    let one = || -> Result<f64, AppError> { filter.value.parse().map_err(|_| filter.refused()) };
    Ok(match filter.op {
        Op::Missing => Set::of(rows, |row| numbers[row].is_nan() == wants_missing(filter)),
        Op::Eq => one().map(|value| Set::of(rows, |row| numbers[row] == value))?,
        Op::Lt => one().map(|value| Set::of(rows, |row| numbers[row] < value))?,
        Op::Le => one().map(|value| Set::of(rows, |row| numbers[row] <= value))?,
        Op::Gt => one().map(|value| Set::of(rows, |row| numbers[row] > value))?,
        Op::Ge => one().map(|value| Set::of(rows, |row| numbers[row] >= value))?,
        Op::In => {
            let wanted: Result<Vec<f64>, _> = filter.value.split(',').map(str::parse).collect();
            let wanted = wanted.map_err(|_| filter.refused())?;
            Set::of(rows, |row| wanted.contains(&numbers[row]))
        }
        Op::Contains => return Err(filter.refused()),
    })
}

fn by_day(days: &[i32], filter: &Where) -> Result<Set, AppError> {
    let rows = days.len();
    if filter.op == Op::Missing {
        return Ok(Set::of(rows, |row| {
            (days[row] == NO_DAY) == wants_missing(filter)
        }));
    }
    let value = day_number(&filter.value).ok_or_else(|| filter.refused())?;
    let told = |row: usize| days[row] != NO_DAY;
    Ok(match filter.op {
        Op::Eq => Set::of(rows, |row| days[row] == value),
        Op::Lt => Set::of(rows, |row| told(row) && days[row] < value),
        Op::Le => Set::of(rows, |row| told(row) && days[row] <= value),
        Op::Gt => Set::of(rows, |row| days[row] > value),
        Op::Ge => Set::of(rows, |row| days[row] >= value),
        Op::In | Op::Contains | Op::Missing => return Err(filter.refused()),
    })
}

fn by_word(words: &Words, filter: &Where) -> Result<Set, AppError> {
    let wanted: Vec<bool> = match filter.op {
        Op::Missing => vec![!wants_missing(filter); words.known.len()],
        Op::Eq => words
            .known
            .iter()
            .map(|word| *word == filter.value)
            .collect(),
        Op::In => {
            let list: Vec<&str> = filter.value.split(',').collect();
            let within = |word: &String| list.contains(&word.as_str());
            words.known.iter().map(within).collect()
        }
        Op::Contains => {
            let part = filter.value.to_lowercase();
            let has = |word: &String| word.to_lowercase().contains(&part);
            words.known.iter().map(has).collect()
        }
        Op::Lt | Op::Le | Op::Gt | Op::Ge => return Err(filter.refused()),
    };
    let none = filter.op == Op::Missing && wants_missing(filter);
    Ok(Set::of(words.codes.len(), |row| {
        wanted
            .get(words.codes[row] as usize)
            .copied()
            .unwrap_or(none)
    }))
}

fn by_flag(flags: &[Option<bool>], filter: &Where) -> Result<Set, AppError> {
    let wanted = match (filter.op, filter.value.as_str()) {
        (Op::Eq, "true") => |flag: Option<bool>| flag == Some(true),
        (Op::Eq, "false") => |flag: Option<bool>| flag == Some(false),
        (Op::Missing, "false") => |flag: Option<bool>| flag.is_some(),
        (Op::Missing, _) => |flag: Option<bool>| flag.is_none(),
        _ => return Err(filter.refused()),
    };
    Ok(Set::of(flags.len(), |row| wanted(flags[row])))
}

fn by_text(texts: &Texts, filter: &Where) -> Result<Set, AppError> {
    let rows = texts.len();
    Ok(match filter.op {
        Op::Eq => Set::of(rows, |row| texts.get(row) == filter.value),
        Op::In => {
            let wanted: Vec<&str> = filter.value.split(',').collect();
            Set::of(rows, |row| wanted.contains(&texts.get(row)))
        }
        Op::Contains => {
            let part = filter.value.to_lowercase();
            Set::of(rows, |row| texts.get(row).to_lowercase().contains(&part))
        }
        Op::Missing => Set::of(rows, |row| {
            texts.get(row).is_empty() == wants_missing(filter)
        }),
        Op::Lt | Op::Le | Op::Gt | Op::Ge => return Err(filter.refused()),
    })
}
