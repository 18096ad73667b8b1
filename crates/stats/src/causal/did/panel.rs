//! Are these rows a panel, or repeated samples, that changes can be told from?

use std::collections::BTreeMap;

use crate::StatsError;
use crate::causal::aipw::prove_columns;
use crate::error::{require_finite, require_length};

/// One row per unit and period, or per observation when other units are seen each time; all slices n long.
#[derive(Debug, Clone, Copy)]
pub struct Staggered<'a> {
    pub outcome: &'a [f64],
    /// When the row was observed; only the order matters, and that starts lie among these numbers.
    pub period: &'a [i64],
    /// First period in which the row's unit had the activity; `None` when it never did. Once begun it lasts.
    pub first_treated: &'a [Option<i64>],
    /// The unit of each row; `None` when every row is another unit (repeated samples).
    pub unit: Option<&'a [usize]>,
    /// What was known and may steer the course of the outcome; taken from the earlier of the two periods compared.
    pub columns: &'a [Vec<f64>],
    pub names: &'a [String],
    /// What was assigned together (region, account); a unit must lie within one cluster.
    pub clusters: Option<&'a [usize]>,
}

/// The same laid out for comparison; periods and starts as places in `periods`.
pub(crate) struct Laid {
    pub periods: Vec<i64>,
    /// Start of each unit (or observation); `None` when never within the periods.
    pub start: Vec<Option<usize>>,
    /// Row of each unit in each period; for repeated samples one list per observation with only its own period set.
    pub rows: Vec<Vec<Option<usize>>>,
    /// Cluster of each unit.
    pub clusters: Option<Vec<usize>>,
    /// Units seen in all periods stand side by side; else every row is its own unit.
    pub panel: bool,
    /// Rows that could not be used: units not seen in every period, or treated from the first period on.
    pub left_out: usize,
}

impl Staggered<'_> {
    /// Proves and lays out the rows. `anticipation` periods before its start a unit is no longer untreated.
    pub(crate) fn lay_out(&self, anticipation: usize) -> Result<Laid, StatsError> {
        self.lay(Some(anticipation))
    }

    /// The same with the units that were treated from the first period on.
    pub(crate) fn lay_out_all(&self) -> Result<Laid, StatsError> {
        self.lay(None)
    }

    fn lay(&self, anticipation: Option<usize>) -> Result<Laid, StatsError> {
        self.prove()?;
        let mut periods = self.period.to_vec();
        periods.sort_unstable();
        periods.dedup();
        if periods.len() < 2 {
            return Err(StatsError::TooFewGroups {
                needed: 2,
                got: periods.len(),
            });
        }
        let units = match self.unit {
            Some(unit) => self.side_by_side(unit, &periods)?,
            None => self.one_by_one(&periods),
        };
        let mut laid = Laid {
            start: Vec::new(),
            rows: Vec::new(),
            clusters: self.clusters.map(|_| Vec::new()),
            panel: self.unit.is_some(),
            left_out: 0,
            periods,
        };
        for rows in units {
            let seen: Vec<usize> = rows.iter().flatten().copied().collect();
            let first = self.first_treated[seen[0]];
            // A start between two periods is first seen in the later one; one after the last is never seen.
            let start = first
                .map(|first| laid.periods.partition_point(|p| *p < first))
                .filter(|start| *start < laid.periods.len());
            let always = start
                .zip(anticipation)
                .is_some_and(|(start, before)| start <= before);
            let incomplete = laid.panel && rows.iter().any(Option::is_none);
            if always || incomplete {
                laid.left_out += seen.len();
                continue;
            }
            if let (Some(clusters), Some(own)) = (&mut laid.clusters, self.clusters) {
                clusters.push(own[seen[0]]);
            }
            laid.start.push(start);
            laid.rows.push(rows);
        }
        match laid.start.iter().any(Option::is_some) {
            true => Ok(laid),
            false => Err(StatsError::TooFewGroups { needed: 2, got: 1 }),
        }
    }

    fn side_by_side(
        &self,
        unit: &[usize],
        periods: &[i64],
    ) -> Result<Vec<Vec<Option<usize>>>, StatsError> {
        let mut units: BTreeMap<usize, Vec<Option<usize>>> = BTreeMap::new();
        for row in 0..unit.len() {
            let place = periods.partition_point(|p| *p < self.period[row]);
            let rows = units
                .entry(unit[row])
                .or_insert_with(|| vec![None; periods.len()]);
            if rows[place].replace(row).is_some() {
                return Err(StatsError::invalid_row(
                    "unit (seen twice in one period)",
                    row,
                ));
            }
            let other = rows.iter().flatten().next().copied().unwrap_or(row);
            if self.first_treated[other] != self.first_treated[row] {
                return Err(StatsError::invalid_row(
                    "first treated (differs within the unit)",
                    row,
                ));
            }
            if self.clusters.is_some_and(|c| c[other] != c[row]) {
                return Err(StatsError::invalid_row(
                    "clusters (differ within the unit)",
                    row,
                ));
            }
        }
        Ok(units.into_values().collect())
    }

    fn one_by_one(&self, periods: &[i64]) -> Vec<Vec<Option<usize>>> {
        (0..self.outcome.len())
            .map(|row| {
                let own = |period: &i64| (*period == self.period[row]).then_some(row);
                periods.iter().map(own).collect()
            })
            .collect()
    }

    fn prove(&self) -> Result<(), StatsError> {
        let rows = self.outcome.len();
        require_finite("outcome", self.outcome)?;
        require_length("period", rows, self.period.len())?;
        require_length("first treated", rows, self.first_treated.len())?;
        prove_columns(rows, self.columns, self.names)?;
        if let Some(unit) = self.unit {
            require_length("unit", rows, unit.len())?;
        }
        if let Some(clusters) = self.clusters {
            require_length("clusters", rows, clusters.len())?;
        }
        match rows < 4 {
            true => Err(StatsError::TooFewObservations {
                needed: 4,
                got: rows,
            }),
            false => Ok(()),
        }
    }
}
