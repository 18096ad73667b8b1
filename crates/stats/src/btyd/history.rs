//! Is this a possible purchase history?

use super::compressed::Compressed;
use super::join::{bits_of, in_order};
use crate::error::{StatsError, require_length};

/// One customer's repeat purchases: x of them, the last at t_x, observed until T; all times from the first purchase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HistoryRow {
    /// x: number of *repeat* purchases (the first is not counted; one per day at most if time is in days).
    pub frequency: u32,
    /// t_x: time of the last repeat purchase, 0 when there is none.
    pub recency: f64,
    /// T: how long the customer was observed.
    pub observed: f64,
}

/// Checked purchase histories, one row per customer (or per group of `weight` equal customers).
///
/// Proved on construction: equal lengths, 0 <= t_x <= T < infinity, x = 0 exactly when t_x = 0, weights finite and >= 0 with a positive sum.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    frequency: Vec<u32>,
    recency: Vec<f64>,
    observed: Vec<f64>,
    /// Empty when each row is one customer.
    weight: Vec<f64>,
}

impl History {
    /// Checks histories with one customer per row; all times in one unit.
    ///
    /// # Errors
    /// `LengthMismatch`, `TooFewObservations` (no row), `InvalidInput` naming the first wrong row.
    pub fn new(frequency: &[f64], recency: &[f64], observed: &[f64]) -> Result<Self, StatsError> {
        let rows = frequency.len();
        require_length("recency", rows, recency.len())?;
        require_length("observed", rows, observed.len())?;
        if rows == 0 {
            return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
        }
        for i in 0..rows {
            let (x, t_x, t) = (frequency[i], recency[i], observed[i]);
            if !is_possible(x, t_x, t) {
                check_row(x, t_x, t).map_err(|what| StatsError::invalid_row(what, i))?;
            }
        }
        Ok(History {
            frequency: frequency.iter().map(|x| *x as u32).collect(),
            recency: recency.to_vec(),
            observed: observed.to_vec(),
            weight: Vec::new(),
        })
    }

    /// As [`History::new`], row i standing for `weight[i]` equal customers.
    pub fn weighted(
        frequency: &[f64],
        recency: &[f64],
        observed: &[f64],
        weight: &[f64],
    ) -> Result<Self, StatsError> {
        require_length("weight", frequency.len(), weight.len())?;
        let mut history = Self::new(frequency, recency, observed)?;
        for (i, weight) in weight.iter().enumerate() {
            check_weight(*weight).map_err(|what| StatsError::invalid_row(what, i))?;
        }
        if weight.iter().sum::<f64>() <= 0.0 {
            return Err(StatsError::invalid("weights (all are 0)"));
        }
        if weight.iter().any(|w| *w != 1.0) {
            history.weight = weight.to_vec();
        }
        Ok(history)
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.frequency.len()
    }

    /// Never true: a history has at least one row.
    pub fn is_empty(&self) -> bool {
        self.frequency.is_empty()
    }

    /// Row `i`, counted from 0.
    pub fn row(&self, i: usize) -> HistoryRow {
        HistoryRow {
            frequency: self.frequency[i],
            recency: self.recency[i],
            observed: self.observed[i],
        }
    }

    /// Number of customers that row `i` stands for.
    pub fn weight(&self, i: usize) -> f64 {
        self.weight.get(i).copied().unwrap_or(1.0)
    }

    /// Number of customers, counting weights.
    pub fn customers(&self) -> f64 {
        match self.weight.is_empty() {
            true => self.len() as f64,
            false => self.weight.iter().sum(),
        }
    }

    /// Equal rows joined, sorted by (x, t_x, T): the same whatever the order of the input.
    pub(crate) fn compress(&self) -> Compressed {
        let row_of = |i: usize| {
            let weighs = self.weight.is_empty() || self.weight[i] > 0.0;
            weighs.then(|| {
                let times = (bits_of(self.recency[i]), bits_of(self.observed[i]));
                let merged = u128::from(times.0) << 64 | u128::from(times.1);
                (self.frequency[i], merged)
            })
        };
        let mut compressed = Compressed::default();
        in_order(
            self.len(),
            row_of,
            &self.weight,
            |(frequency, times), weight| {
                let row = HistoryRow {
                    frequency,
                    recency: f64::from_bits((times >> 64) as u64),
                    observed: f64::from_bits(times as u64),
                };
                compressed.push(row, weight);
            },
        );
        compressed
    }
}

/// What [`check_row`] proves, without words.
fn is_possible(x: f64, t_x: f64, t: f64) -> bool {
    let whole = f64::from(x as u32) == x;
    whole & (t < f64::INFINITY) & (t_x >= 0.0) & (t_x <= t) & ((x == 0.0) == (t_x == 0.0))
}

pub(crate) fn check_row(x: f64, t_x: f64, t: f64) -> Result<(), String> {
    if !(x >= 0.0 && x.fract() == 0.0 && x <= f64::from(u32::MAX)) {
        return Err(format!("frequency {x} (a whole number from 0)"));
    }
    if !(t.is_finite() && t >= 0.0) {
        return Err(format!("observed time {t} (finite and not negative)"));
    }
    if !(t_x >= 0.0 && t_x <= t) {
        return Err(format!("recency {t_x} (between 0 and observed time {t})"));
    }
    if (x == 0.0) != (t_x == 0.0) {
        return Err(format!(
            "recency {t_x} with frequency {x} (0 exactly when there is no repeat purchase)"
        ));
    }
    Ok(())
}

fn check_weight(weight: f64) -> Result<(), String> {
    if weight.is_finite() && weight >= 0.0 {
        return Ok(());
    }
    Err(format!("weight {weight} (finite and not negative)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_rows_are_refused_by_number() {
        let wrong = [
            (1.0, 5.0, 4.0),
            (1.0, 0.0, 4.0),
            (0.0, 1.0, 4.0),
            (1.5, 1.0, 4.0),
            (-1.0, 1.0, 4.0),
            (1.0, f64::NAN, 4.0),
            (1.0, 1.0, f64::INFINITY),
        ];
        for (x, t_x, t) in wrong {
            let result = History::new(&[0.0, x], &[0.0, t_x], &[4.0, t]);
            assert!(
                matches!(result, Err(StatsError::InvalidInput { row: Some(1), .. })),
                "{x} {t_x} {t}"
            );
        }
    }

    #[test]
    fn equal_rows_become_one_with_weight() {
        let history =
            History::new(&[2.0, 0.0, 2.0], &[3.0, 0.0, 3.0], &[4.0, 4.0, 4.0]).expect("valid");
        let compressed = history.compress();
        assert_eq!(compressed.counts, vec![0, 2]);
        assert_eq!(compressed.weight, vec![1.0, 2.0]);
        assert_eq!(compressed.count_weights, vec![1.0, 2.0]);
    }
}
