//! In which order do the customers stand by a column?

use super::{Directory, ID, NAME};
use crate::AppError;
use odla_lake::directory::{NO_DAY, Texts, Values, Words};

/// Customers from the least value to the greatest; those without a value stand last, whichever way one reads.
pub struct Order {
    rows: Vec<u32>,
    /// How many have a value.
    told: usize,
}

impl Order {
    /// The customer at a place of the list.
    pub fn at(&self, place: usize, descending: bool) -> usize {
        let place = match descending && place < self.told {
            true => self.told - 1 - place,
            false => place,
        };
        self.rows[place] as usize
    }

    fn of_keys<K: Ord>(keys: impl Iterator<Item = Option<K>>) -> Self {
        let (mut told, mut untold) = (Vec::new(), Vec::new());
        for (row, key) in keys.enumerate() {
            let row = u32::try_from(row).unwrap_or(u32::MAX);
            match key {
                Some(key) => told.push((key, row)),
                None => untold.push(row),
            }
        }
        told.sort_unstable();
        let count = told.len();
        let rows = told.into_iter().map(|(_, row)| row).chain(untold).collect();
        Self { rows, told: count }
    }
}

impl Directory {
    /// The order of a column, made when it is first asked for.
    pub(super) fn order(&self, key: &str) -> Result<&Order, AppError> {
        let held = self.columns.len();
        match key {
            // The customers are held by id.
            ID => Ok(self.orders[held].get_or_init(|| Order {
                rows: (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).collect(),
                told: self.len(),
            })),
            NAME => Ok(self.orders[held + 1].get_or_init(|| by_name(&self.names))),
            key => {
                let (at, column) = self.known_column(key)?;
                Ok(self.orders[at].get_or_init(|| by_values(&column.values)))
            }
        }
    }
}

fn by_values(values: &Values) -> Order {
    match values {
        Values::Numbers(numbers) => Order::of_keys(
            numbers
                .iter()
                .map(|value| (!value.is_nan()).then(|| sortable(*value))),
        ),
        Values::Days(days) => {
            Order::of_keys(days.iter().map(|day| (*day != NO_DAY).then_some(*day)))
        }
        Values::Flags(flags) => Order::of_keys(flags.iter().copied()),
        Values::Words(words) => {
            let ranks = ranks(&words.known);
            let rank = |code: &u32| (*code != Words::NONE).then(|| ranks[*code as usize]);
            Order::of_keys(words.codes.iter().map(rank))
        }
    }
}

fn by_name(names: &Texts) -> Order {
    let key = |at: usize| {
        let name = names.get(at);
        (!name.is_empty()).then(|| as_sorted(name))
    };
    Order::of_keys((0..names.len()).map(key))
}

/// The place of each word among the words.
fn ranks(known: &[String]) -> Vec<u32> {
    let mut by_word: Vec<(String, usize)> = known
        .iter()
        .enumerate()
        .map(|(at, word)| (as_sorted(word), at))
        .collect();
    by_word.sort_unstable();
    let mut ranks = vec![0; known.len()];
    for (rank, (_, at)) in by_word.into_iter().enumerate() {
        ranks[at] = u32::try_from(rank).unwrap_or(u32::MAX);
    }
    ranks
}

/// Å, ä and ö come after z, in that order, as in a Swedish list of names.
fn as_sorted(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|letter| match letter {
            'å' => '{',
            'ä' | 'æ' => '|',
            'ö' | 'ø' => '}',
            'é' | 'è' => 'e',
            'ü' => 'y',
            other => other,
        })
        .collect()
}

/// Bits whose order as whole numbers is the order of the values.
fn sortable(value: f64) -> u64 {
    let bits = if value == 0.0 { 0 } else { value.to_bits() };
    match bits >> 63 {
        0 => bits | (1 << 63),
        _ => !bits,
    }
}
