//! Which points does a picture of two scores show, when there are more customers than points?

use super::{Decided, Directory, Where};
use crate::{AppError, Denied};
use odla_domain::Sight;
use odla_lake::directory::Values;
use serde::Serialize;

/// What is asked for: two columns of numbers, and one of numbers or words for the color.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureAsk {
    pub x: String,
    pub y: String,
    pub color: Option<String>,
    pub filters: Vec<Where>,
    pub text: Option<String>,
    pub limit: usize,
}

/// The points, column by column.
#[derive(Debug, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Picture {
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    pub color: Vec<serde_json::Value>,
    pub customer_id: Vec<String>,
    /// Customers with both numbers.
    pub total: usize,
    pub shown: usize,
}

impl Directory {
    /// All customers when there is room for them, otherwise a sample that is the same every time.
    pub fn picture(
        &self,
        ask: &PictureAsk,
        sight: &Sight,
        decided: &Decided,
    ) -> Result<Picture, AppError> {
        let (x, y) = (self.numbers(&ask.x)?, self.numbers(&ask.y)?);
        let color = match &ask.color {
            Some(key) => Some(&self.known_column(key)?.1.values),
            None => None,
        };
        let set = self.set(sight, &ask.filters, ask.text.as_deref(), decided)?;
        let told: Vec<usize> = set
            .rows()
            .filter(|row| x[*row].is_finite() && y[*row].is_finite())
            .collect();
        let total = told.len();
        let chosen = sample(told, ask.limit);
        Ok(Picture {
            x: chosen.iter().map(|row| x[*row]).collect(),
            y: chosen.iter().map(|row| y[*row]).collect(),
            color: color.map_or_else(Vec::new, |values| {
                chosen.iter().map(|row| color_of(values, *row)).collect()
            }),
            customer_id: chosen.iter().map(|row| self.id(*row).to_owned()).collect(),
            total,
            shown: chosen.len(),
        })
    }

    fn numbers(&self, key: &str) -> Result<&[f64], AppError> {
        match &self.known_column(key)?.1.values {
            Values::Numbers(numbers) => Ok(numbers),
            _ => Err(Denied::Column {
                column: key.to_owned(),
            }
            .into()),
        }
    }
}

/// Those whose scattered number is least: no more depends on the order of the ids than on chance.
fn sample(mut rows: Vec<usize>, limit: usize) -> Vec<usize> {
    if rows.len() <= limit {
        return rows;
    }
    if limit == 0 {
        return Vec::new();
    }
    rows.select_nth_unstable_by_key(limit - 1, |row| scattered(*row as u64));
    rows.truncate(limit);
    rows.sort_unstable();
    rows
}

/// The finalizer of splitmix64: neighbors land far from each other.
fn scattered(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn color_of(values: &Values, row: usize) -> serde_json::Value {
    match values {
        Values::Numbers(numbers) => serde_json::Number::from_f64(numbers[row])
            .map_or(serde_json::Value::Null, serde_json::Value::Number),
        Values::Words(words) => words.get(row).into(),
        Values::Days(_) | Values::Flags(_) => serde_json::Value::Null,
    }
}
