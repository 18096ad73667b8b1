//! Which of several lists does each case stand on?

use crate::StatsError;

/// More lists than this make more patterns than there are cases to fill them.
pub(super) const MOST_LISTS: usize = 10;

/// Cases counted by the lists they stand on: `counts[pattern]`, bit k of the pattern set when on list k.
#[derive(Debug, Clone, PartialEq)]
pub struct Lists {
    names: Vec<String>,
    counts: Vec<f64>,
}

impl Lists {
    /// Counts of the patterns 0 to 2^lists - 1; that of pattern 0 (on no list) cannot be known and must be 0.
    ///
    /// # Errors
    /// `TooFewGroups` below two lists, `InvalidInput` for more than 10, for negative counts or a case on no list,
    /// `TooFewObservations` without cases or when a list is empty.
    pub fn new(names: &[String], counts: &[f64]) -> Result<Self, StatsError> {
        if names.len() < 2 {
            let got = names.len();
            return Err(StatsError::TooFewGroups { needed: 2, got });
        }
        if names.len() > MOST_LISTS {
            return Err(StatsError::invalid(format!("lists (at most {MOST_LISTS})")));
        }
        crate::error::require_length("counts", 1 << names.len(), counts.len())?;
        if let Some(row) = counts.iter().position(|c| !(c.is_finite() && *c >= 0.0)) {
            return Err(StatsError::invalid_row("count (must be 0 or more)", row));
        }
        if counts[0] != 0.0 {
            return Err(StatsError::invalid_row("case (on no list)", 0));
        }
        let lists = Lists {
            names: names.to_vec(),
            counts: counts.to_vec(),
        };
        match (0..names.len()).find(|&k| lists.on(1 << k) == 0.0) {
            Some(_) => Err(StatsError::TooFewObservations { needed: 1, got: 0 }),
            None => Ok(lists),
        }
    }

    /// Counts cases given one by one: `member[k][case]` tells whether the case stands on list k; cases on no list are passed over.
    ///
    /// # Errors
    /// As [`Lists::new`]; `LengthMismatch`.
    pub fn from_members(names: &[String], member: &[Vec<bool>]) -> Result<Self, StatsError> {
        crate::error::require_length("lists", names.len(), member.len())?;
        if names.len() > MOST_LISTS {
            return Err(StatsError::invalid(format!("lists (at most {MOST_LISTS})")));
        }
        let cases = member.first().map_or(0, Vec::len);
        let mut counts = vec![0.0; 1 << names.len()];
        for (name, own) in names.iter().zip(member) {
            crate::error::require_length(name, cases, own.len())?;
        }
        for case in 0..cases {
            let bits = member
                .iter()
                .enumerate()
                .map(|(k, own)| usize::from(own[case]) << k);
            counts[bits.sum::<usize>()] += 1.0;
        }
        counts[0] = 0.0;
        Self::new(names, &counts)
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of lists.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Never: there are two lists at least.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Cases on one list at least.
    pub fn seen(&self) -> f64 {
        self.counts.iter().sum()
    }

    /// Cases on all the lists of a pattern (and perhaps on others).
    pub fn on(&self, pattern: usize) -> f64 {
        let holds = |(own, _): &(usize, &f64)| own & pattern == pattern;
        self.counts
            .iter()
            .enumerate()
            .filter(holds)
            .map(|(_, c)| c)
            .sum()
    }

    pub(super) fn counts(&self) -> &[f64] {
        &self.counts
    }
}
