//! How few rows say the same to every fit with columns?

use crate::StatsError;
use crate::error::{require_finite, require_length};
use crate::regression::sample::prove_weights;
use std::cmp::Ordering;

/// Distinct rows of k columns with the number of observations each stands for, in rising order.
///
/// Put the outcome (and the exposure, the cluster number) among the columns: a fit with `Weights::Repetitions` on the patterns is then the fit on
/// the rows, robust errors included. Patterns over different rows [`merge`](Patterns::merge) to those over all rows, so that a
/// billion rows of few distinct values can be counted where they lie (`GROUP BY` all columns, `COUNT(*)`).
#[derive(Debug, Clone, PartialEq)]
pub struct Patterns {
    /// One after another, all as long as `weights`.
    pub columns: Vec<Vec<f64>>,
    pub weights: Vec<f64>,
}

impl Patterns {
    /// Counts equal rows; `weights` are n long and ≥ 0, none means all 1. Rows of weight 0 are left out.
    ///
    /// # Errors
    /// `LengthMismatch`, `InvalidInput` for a value that is not finite, `TooFewObservations` without rows.
    pub fn from_columns(columns: &[&[f64]], weights: Option<&[f64]>) -> Result<Self, StatsError> {
        let rows = columns.first().map_or(0, |c| c.len());
        for (number, column) in columns.iter().enumerate() {
            require_length(&format!("column {number}"), rows, column.len())?;
            require_finite(&format!("column {number}"), column)?;
        }
        if let Some(weights) = weights {
            prove_weights(weights, rows)?;
        }
        if rows == 0 {
            return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
        }
        let weight_of = |row: usize| weights.map_or(1.0, |w| w[row]);
        let compare = |a: usize, b: usize| -> Ordering {
            let cells = columns.iter().map(|c| order(c[a], c[b]));
            cells.fold(Ordering::Equal, Ordering::then)
        };
        let mut order: Vec<usize> = (0..rows).filter(|&row| weight_of(row) > 0.0).collect();
        order.sort_by(|&a, &b| compare(a, b).then(weight_of(a).total_cmp(&weight_of(b))));
        let mut patterns = Patterns {
            columns: vec![Vec::new(); columns.len()],
            weights: Vec::new(),
        };
        for group in order.chunk_by(|&a, &b| compare(a, b).is_eq()) {
            for (own, column) in patterns.columns.iter_mut().zip(columns) {
                own.push(column[group[0]] + 0.0);
            }
            patterns
                .weights
                .push(group.iter().map(|&row| weight_of(row)).sum());
        }
        Ok(patterns)
    }

    /// Adds the patterns of other rows.
    ///
    /// # Errors
    /// `LengthMismatch` when they have another number of columns.
    pub fn merge(&mut self, other: &Patterns) -> Result<(), StatsError> {
        require_length("columns", self.columns.len(), other.columns.len())?;
        let joined: Vec<Vec<f64>> = (self.columns.iter().zip(&other.columns))
            .map(|(ours, theirs)| [ours.as_slice(), theirs].concat())
            .collect();
        let columns: Vec<&[f64]> = joined.iter().map(Vec::as_slice).collect();
        let weights = [self.weights.as_slice(), &other.weights].concat();
        *self = Patterns::from_columns(&columns, Some(&weights))?;
        Ok(())
    }

    /// Number of distinct rows.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Never true: there is at least one row.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// Number of observations behind the patterns.
    pub fn observations(&self) -> f64 {
        self.weights.iter().sum()
    }
}

/// Order of finite numbers in which 0 and -0 are equal.
fn order(a: f64, b: f64) -> Ordering {
    (a + 0.0).total_cmp(&(b + 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_are_counted_once_however_they_are_split() {
        let (a, b) = ([1.0, 0.0, 1.0, -0.0, 2.0], [5.0, 1.0, 5.0, 1.0, 0.0]);
        let whole = Patterns::from_columns(&[&a, &b], None).expect("finite");
        assert_eq!(
            whole.columns,
            vec![vec![0.0, 1.0, 2.0], vec![1.0, 5.0, 0.0]]
        );
        assert_eq!(whole.weights, vec![2.0, 2.0, 1.0]);
        let mut part = Patterns::from_columns(&[&a[..2], &b[..2]], None).expect("finite");
        let rest = Patterns::from_columns(&[&a[2..], &b[2..]], None).expect("finite");
        part.merge(&rest).expect("same columns");
        assert_eq!(part, whole);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        assert!(Patterns::from_columns(&[&[f64::NAN]], None).is_err());
        assert!(Patterns::from_columns(&[], None).is_err());
        assert!(Patterns::from_columns(&[&[1.0]], Some(&[0.0])).is_err());
    }
}
