//! Who was at risk at each moment, and to whom did it happen?

use super::partial_likelihood::latest_first;
use crate::StatsError;
use crate::error::{require_finite, require_length};
use crate::regression::sample::prove_weights;

/// Times under observation; all slices are n long.
#[derive(Debug, Clone, Copy)]
pub struct Spells<'a> {
    /// Start of observation (late entry), none means 0; at risk from just after it.
    pub entry: Option<&'a [f64]>,
    /// End of observation, after the entry, any unit of time.
    pub time: &'a [f64],
    /// Whether it happened at the end; false = censored (not yet happened when last seen).
    pub event: &'a [bool],
    /// Observations each row stands for, ≥ 0; none means 1.
    pub weights: Option<&'a [f64]>,
}

/// One moment at which it happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RiskRow {
    pub time: f64,
    pub at_risk: f64,
    pub events: f64,
}

impl Spells<'_> {
    /// Proves lengths, finiteness and order of times; errs with `AllCensored` when it happened to nobody.
    pub fn prove(&self) -> Result<(), StatsError> {
        let rows = self.time.len();
        require_length("event", rows, self.event.len())?;
        require_finite("time", self.time)?;
        if let Some(weights) = self.weights {
            prove_weights(weights, rows)?;
        }
        if let Some(entry) = self.entry {
            require_length("entry", rows, entry.len())?;
            require_finite("entry", entry)?;
        }
        for row in 0..rows {
            let late = self.entry.is_some() && self.entry_of(row) >= self.time[row];
            if self.time[row] < 0.0 || self.entry_of(row) < 0.0 || late {
                return Err(StatsError::invalid_row(
                    format!("time {} from entry {}", self.time[row], self.entry_of(row)),
                    row,
                ));
            }
        }
        if rows == 0 {
            return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
        }
        match (0..rows).any(|row| self.event[row] && self.weight_of(row) > 0.0) {
            true => Ok(()),
            false => Err(StatsError::AllCensored { rows }),
        }
    }

    pub fn entry_of(&self, row: usize) -> f64 {
        self.entry.map_or(0.0, |e| e[row])
    }

    pub fn weight_of(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |w| w[row])
    }

    /// Moments at which it happened, in rising order. At risk at t are those with entry < t ≤ time
    /// (without late entry: time ≥ t). Expects proven spells.
    pub fn risk_table(&self) -> Vec<RiskRow> {
        let rows: Vec<usize> = (0..self.time.len()).collect();
        let by_entry = match self.entry {
            Some(entry) => latest_first(rows.clone(), |row| entry[row]),
            None => Vec::new(),
        };
        let by_time = latest_first(rows, |row| self.time[row]);
        let mut gone = by_entry.into_iter().peekable();
        let (mut table, mut at_risk, mut at) = (Vec::new(), 0.0, 0);
        while at < by_time.len() {
            let time = self.time[by_time[at]];
            let mut events = 0.0;
            while at < by_time.len() && self.time[by_time[at]] == time {
                let row = by_time[at];
                at_risk += self.weight_of(row);
                events += self.weight_of(row) * f64::from(self.event[row]);
                at += 1;
            }
            while let Some(row) = gone.next_if(|&row| self.entry_of(row) >= time) {
                at_risk -= self.weight_of(row);
            }
            if events > 0.0 {
                table.push(RiskRow {
                    time,
                    at_risk,
                    events,
                });
            }
        }
        table.reverse();
        table
    }
}
