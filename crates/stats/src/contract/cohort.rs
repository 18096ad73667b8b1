//! How many of those who began together are left after each renewal?

use crate::error::{StatsError, require_finite};

/// A cohort followed over renewals. Counts may be fractional (weights).
#[derive(Debug, Clone, PartialEq)]
pub struct Cohort {
    survived: u32,
    lost: Vec<f64>,
    remaining: f64,
}

impl Cohort {
    /// A cohort followed from its start: `lost[t]` ended at renewal t + 1, `remaining` were left after the last.
    ///
    /// # Errors
    /// `InvalidInput` for a negative or non-finite count, `TooFewObservations` without renewals.
    pub fn new(lost: &[f64], remaining: f64) -> Result<Self, StatsError> {
        Self::entered_late(0, lost, remaining)
    }

    /// A cohort seen only after it had survived `survived` renewals: those lost before are unknown, and conditioned on.
    ///
    /// # Errors
    /// As [`Cohort::new`].
    pub fn entered_late(survived: u32, lost: &[f64], remaining: f64) -> Result<Self, StatsError> {
        if lost.is_empty() {
            return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
        }
        require_finite("lost", lost)?;
        require_finite("remaining", &[remaining])?;
        if let Some(row) = lost.iter().position(|l| *l < 0.0) {
            return Err(StatsError::invalid_row("lost (negative)", row));
        }
        if remaining < 0.0 {
            return Err(StatsError::invalid("remaining (negative)"));
        }
        Ok(Cohort {
            survived,
            lost: lost.to_vec(),
            remaining,
        })
    }

    /// From the number left after 0, 1, 2, ... renewals, which must not rise.
    pub fn from_survivors(left: &[f64]) -> Result<Self, StatsError> {
        let lost: Vec<f64> = left.windows(2).map(|pair| pair[0] - pair[1]).collect();
        Self::new(&lost, left.last().copied().unwrap_or(0.0))
    }

    /// Renewals survived before the cohort was first seen.
    pub(crate) fn survived(&self) -> u32 {
        self.survived
    }

    pub(crate) fn lost(&self) -> &[f64] {
        &self.lost
    }

    pub(crate) fn remaining(&self) -> f64 {
        self.remaining
    }

    pub(crate) fn size(&self) -> f64 {
        self.lost.iter().sum::<f64>() + self.remaining
    }
}

/// Refuses cohorts from which no hazard can be told; gives the number of contracts.
pub(crate) fn require_ends(cohorts: &[Cohort], renewals_needed: usize) -> Result<f64, StatsError> {
    let size: f64 = cohorts.iter().map(Cohort::size).sum();
    if size < 10.0 {
        return Err(StatsError::TooFewObservations {
            needed: 10,
            got: size as usize,
        });
    }
    let lost: f64 = cohorts.iter().flat_map(|c| c.lost.iter()).sum();
    if lost <= 0.0 {
        return Err(StatsError::AllCensored {
            rows: size as usize,
        });
    }
    let latest = |c: &Cohort| c.survived as usize + c.lost.len();
    let first = cohorts.iter().map(|c| c.survived as usize).min();
    let renewals = cohorts.iter().map(latest).max().unwrap_or(0) - first.unwrap_or(0);
    if renewals < renewals_needed {
        return Err(StatsError::TooFewObservations {
            needed: renewals_needed,
            got: renewals,
        });
    }
    Ok(size)
}
