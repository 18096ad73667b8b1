//! Is this a possible purchase history, and how few rows say the same?

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
    weight: Vec<f64>,
}

impl History {
    /// Checks histories with one customer per row; all times in one unit.
    ///
    /// # Errors
    /// `LengthMismatch`, `TooFewObservations` (no row), `InvalidInput` naming the first wrong row.
    pub fn new(frequency: &[f64], recency: &[f64], observed: &[f64]) -> Result<Self, StatsError> {
        Self::weighted(frequency, recency, observed, &vec![1.0; frequency.len()])
    }

    /// As [`History::new`], row i standing for `weight[i]` equal customers.
    pub fn weighted(
        frequency: &[f64],
        recency: &[f64],
        observed: &[f64],
        weight: &[f64],
    ) -> Result<Self, StatsError> {
        let rows = frequency.len();
        require_length("recency", rows, recency.len())?;
        require_length("observed", rows, observed.len())?;
        require_length("weight", rows, weight.len())?;
        if rows == 0 {
            return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
        }
        for i in 0..rows {
            check_row(frequency[i], recency[i], observed[i])
                .and_then(|()| check_weight(weight[i]))
                .map_err(|what| StatsError::invalid_row(what, i))?;
        }
        if weight.iter().sum::<f64>() <= 0.0 {
            return Err(StatsError::invalid("weights (all are 0)"));
        }
        Ok(History {
            frequency: frequency.iter().map(|x| *x as u32).collect(),
            recency: recency.to_vec(),
            observed: observed.to_vec(),
            weight: weight.to_vec(),
        })
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
        self.weight[i]
    }

    /// Number of customers, counting weights.
    pub fn customers(&self) -> f64 {
        self.weight.iter().sum()
    }

    /// Equal rows joined, sorted by (x, t_x, T): the same whatever the order of the input.
    ///
    /// Sorting is most of the work of a large fit: rows are parted by x, and the bits of the two times make one whole
    /// number, which has the order of the times since they are not negative.
    pub(crate) fn compress(&self) -> Compressed {
        let mut by_count = std::collections::BTreeMap::<u32, Vec<(u128, u64)>>::new();
        for i in 0..self.len() {
            if self.weight[i] > 0.0 {
                let times = bits_of(self.recency[i]) << 64 | bits_of(self.observed[i]);
                let rows = by_count.entry(self.frequency[i]).or_default();
                rows.push((times, self.weight[i].to_bits()));
            }
        }
        let mut compressed = Compressed::default();
        for (frequency, mut rows) in by_count {
            rows.sort_unstable();
            for (times, weight) in rows {
                let row = HistoryRow {
                    frequency,
                    recency: f64::from_bits((times >> 64) as u64),
                    observed: f64::from_bits(times as u64),
                };
                compressed.push(row, f64::from_bits(weight));
            }
        }
        compressed
    }
}

/// Adding 0 makes -0 the same as 0.
fn bits_of(time: f64) -> u128 {
    u128::from((time + 0.0).to_bits())
}

/// Distinct rows with weights; `counts` are the distinct x upwards, `slot[i]` the place of row i's x in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Compressed {
    pub counts: Vec<u32>,
    /// Total weight per distinct x.
    pub count_weights: Vec<f64>,
    pub slot: Vec<u32>,
    pub recency: Vec<f64>,
    pub observed: Vec<f64>,
    pub weight: Vec<f64>,
}

impl Compressed {
    pub fn len(&self) -> usize {
        self.slot.len()
    }

    pub fn customers(&self) -> f64 {
        self.count_weights.iter().sum()
    }

    pub fn purchases(&self) -> f64 {
        self.counts
            .iter()
            .zip(&self.count_weights)
            .map(|(x, w)| f64::from(*x) * w)
            .sum()
    }

    pub fn time_observed(&self) -> f64 {
        self.observed
            .iter()
            .zip(&self.weight)
            .map(|(t, w)| t * w)
            .sum()
    }

    /// Every `step`-th distinct row: a start for the search in large data, never the answer.
    pub fn thin(&self, step: usize) -> Compressed {
        let mut thinned = Compressed::default();
        for i in (0..self.len()).step_by(step) {
            let row = HistoryRow {
                frequency: self.counts[self.slot[i] as usize],
                recency: self.recency[i],
                observed: self.observed[i],
            };
            thinned.push(row, self.weight[i]);
        }
        thinned
    }

    /// Refuses data from which no purchase rate can be told.
    pub fn require_purchases(&self) -> Result<(), StatsError> {
        const FEWEST_CUSTOMERS: usize = 10;
        if self.customers() < FEWEST_CUSTOMERS as f64 {
            return Err(StatsError::TooFewObservations {
                needed: FEWEST_CUSTOMERS,
                got: self.customers() as usize,
            });
        }
        if self.purchases() <= 0.0 || self.time_observed() <= 0.0 {
            return Err(StatsError::NotIdentified {
                parameter: "purchase rate".to_owned(),
            });
        }
        Ok(())
    }

    fn push(&mut self, row: HistoryRow, weight: f64) {
        if self.counts.last() != Some(&row.frequency) {
            self.counts.push(row.frequency);
            self.count_weights.push(0.0);
        }
        let slot = self.counts.len() - 1;
        self.count_weights[slot] += weight;
        let last = self.slot.len().wrapping_sub(1);
        let repeated = self.slot.last() == Some(&(slot as u32))
            && self.recency[last] == row.recency
            && self.observed[last] == row.observed;
        if repeated {
            self.weight[last] += weight;
            return;
        }
        self.slot.push(slot as u32);
        self.recency.push(row.recency);
        self.observed.push(row.observed);
        self.weight.push(weight);
    }
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
