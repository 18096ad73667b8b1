//! Which columns does the value of contracts need?

use super::shape::{FrameError, require_rows, require_values};
use jiff::civil::Date;

/// Renewals that fell due, joined when alike, and the contracts in force at two dates.
#[derive(Clone, Debug, PartialEq)]
pub struct RenewalsFrame {
    pub as_of: Date,
    /// `as_of` less 12 months.
    pub opening: Date,
    /// Names of the traits, in the order of [`Cells::traits`] and [`Running::traits`].
    pub traits: Vec<String>,
    pub decisions: Cells,
    /// In force at `as_of`, and at `opening`; ends after these dates are not read.
    pub closing: Running,
    pub at_opening: Running,
    /// Months between renewals of contracts with a term, up to `as_of` and up to `opening`.
    pub between: Between,
    pub between_at_opening: Between,
}

/// Months in which no contract could end by its term, and contracts that ended all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Between {
    pub months: f64,
    pub ends: f64,
}

/// Chances to end, one row per kind of chance. A contract with a term has one at each renewal, one without each month.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cells {
    /// 1 for the first renewal; for contracts without a term the month of the contract.
    pub number: Vec<f64>,
    /// Whether the contract has a term.
    pub has_term: Vec<bool>,
    /// Calendar month, 1..=12.
    pub month: Vec<f64>,
    /// Fell due after `opening`.
    pub recent: Vec<bool>,
    /// Values per trait and row.
    pub traits: Vec<Vec<f64>>,
    pub at_risk: Vec<f64>,
    pub ended: Vec<f64>,
    /// Of those, ends that we could have influenced: all but mergers, ceased customers and our own choice.
    pub ended_influenceable: Vec<f64>,
}

/// Contracts in force on a date, one row each, sorted by contract.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Running {
    pub contract_id: Vec<String>,
    pub customer_id: Vec<String>,
    /// Number of the coming chance to end, as in [`Cells::number`].
    pub number: Vec<f64>,
    /// Months between chances: the term, or 1.
    pub term: Vec<f64>,
    pub has_term: Vec<bool>,
    /// Whole months from the month after the date to the coming chance; 0 is the next month.
    pub months_to_next: Vec<f64>,
    pub monthly_amount: Vec<f64>,
    /// `NaN` when the direct cost is not told.
    pub monthly_cost: Vec<f64>,
    /// The contract ended before `as_of`: rival, merger, ...; empty when it did not, `unknown` without a reason.
    pub end_reason: Vec<String>,
    pub started_after_opening: Vec<bool>,
    pub traits: Vec<Vec<f64>>,
}

impl RenewalsFrame {
    /// Proves equal lengths, months within a year, and no more ends than chances.
    pub fn checked(self) -> Result<Self, FrameError> {
        let cells = &self.decisions;
        let rows = cells.at_risk.len();
        for (name, got) in [
            ("number", cells.number.len()),
            ("has_term", cells.has_term.len()),
            ("month", cells.month.len()),
            ("recent", cells.recent.len()),
            ("ended", cells.ended.len()),
            ("ended_influenceable", cells.ended_influenceable.len()),
        ] {
            require_rows(name, rows, got)?;
        }
        check_traits(&self.traits, &cells.traits, rows)?;
        require_values(
            "month",
            &cells.month,
            |m| (1.0..=12.0).contains(&m),
            "a month of the year",
        )?;
        let gap: Vec<f64> = (0..rows)
            .map(|row| cells.at_risk[row] - cells.ended[row])
            .collect();
        require_values(
            "ended",
            &gap,
            |left| left >= 0.0,
            "no more ends than chances",
        )?;
        self.closing.check(&self.traits)?;
        self.at_opening.check(&self.traits)?;
        Ok(self)
    }

    /// Whether the ledger holds any contract.
    pub fn is_empty(&self) -> bool {
        self.closing.is_empty() && self.at_opening.is_empty() && self.decisions.at_risk.is_empty()
    }
}

impl Running {
    pub fn len(&self) -> usize {
        self.contract_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.contract_id.is_empty()
    }

    fn check(&self, traits: &[String]) -> Result<(), FrameError> {
        let rows = self.len();
        for (name, got) in [
            ("customer_id", self.customer_id.len()),
            ("number", self.number.len()),
            ("term", self.term.len()),
            ("has_term", self.has_term.len()),
            ("months_to_next", self.months_to_next.len()),
            ("monthly_amount", self.monthly_amount.len()),
            ("monthly_cost", self.monthly_cost.len()),
            ("end_reason", self.end_reason.len()),
            ("started_after_opening", self.started_after_opening.len()),
        ] {
            require_rows(name, rows, got)?;
        }
        require_values("term", &self.term, |term| term >= 1.0, "at least one month")?;
        require_values(
            "months_to_next",
            &self.months_to_next,
            |m| m >= 0.0,
            "not in the past",
        )?;
        check_traits(traits, &self.traits, rows)
    }
}

fn check_traits(names: &[String], columns: &[Vec<f64>], rows: usize) -> Result<(), FrameError> {
    require_rows("traits", names.len(), columns.len())?;
    for (name, column) in names.iter().zip(columns) {
        require_rows(name, rows, column.len())?;
        require_values(name, column, f64::is_finite, "a number is needed")?;
    }
    Ok(())
}
