//! Which columns does the analysis of faults read?

use super::shape::{FrameError, require_rows, require_sorted};
use crate::Money;
use jiff::civil::Date;

/// The register of faults by who knew of them, and everyone who was a customer a year ago.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidentsFrame {
    pub as_of: Date,
    pub lists: Vec<Known>,
    pub endings: Vec<Ending>,
    /// Contacts by our word (solved or not) and the customer's: `[ours][theirs]`.
    pub agreement: [[u64; 2]; 2],
    /// Responses that had a problem, and those that say they told us.
    pub survey_problems: u64,
    pub survey_told: u64,
    /// Deliveries with a promise, those that were late, and those complained of.
    pub deliveries: u64,
    pub late: u64,
    pub late_told: u64,
    pub customers: Met,
    pub course: Vec<Course>,
}

/// Faults that the same ones knew of.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub kind: String,
    /// 1..5; 0 is not told.
    pub severity: i64,
    pub reported: bool,
    pub caught: bool,
    /// Only heard of, in a survey or in social media.
    pub heard: bool,
    pub faults: u64,
    pub faults_year: u64,
}

/// Reported faults that ended alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// We hold it to be closed.
    pub closed: bool,
    /// The customer's word: `well`, `badly` or empty.
    pub word: String,
    pub faults: u64,
    pub compensation: Money,
    /// Mean days from the report to the end; `NaN` when none is closed.
    pub days: f64,
    pub our_accounts: u64,
    pub their_accounts: u64,
    pub both_accounts: u64,
}

/// One row per customer a year ago, sorted by customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Met {
    pub customer_id: Vec<String>,
    /// `none`, `well`, `badly`, `silent` (not told to us) or `unsaid` (solved, the customer has not said how).
    pub met: Vec<String>,
    pub severity: Vec<f64>,
    pub company: Vec<bool>,
    pub contract: Vec<bool>,
    /// The contract is younger than a year.
    pub young: Vec<bool>,
    pub tenure_days: Vec<f64>,
    /// From the last purchase to the day a year ago.
    pub silence_days: Vec<f64>,
    /// Before the months of the faults.
    pub purchases_before: Vec<f64>,
    pub contacts_before: Vec<f64>,
    /// During them: who buys more meets more.
    pub purchases_meanwhile: Vec<f64>,
    pub shipped_meanwhile: Vec<f64>,
    pub retained: Vec<bool>,
    pub purchases_after: Vec<f64>,
    /// Place on the scale 0..1; `NaN` is not answered.
    pub satisfaction_before: Vec<f64>,
    pub satisfaction_after: Vec<f64>,
}

/// One group in one quarter of a year before (below 0) or after its fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    pub met: String,
    pub quarter: i64,
    pub purchases: f64,
    pub buyers: f64,
    /// Those of the group who bought at all in the year before.
    pub people: f64,
}

impl Met {
    pub fn len(&self) -> usize {
        self.customer_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.customer_id.is_empty()
    }
}

impl IncidentsFrame {
    /// Proves that the customers' columns fit together and that the counts can be counts.
    pub fn checked(self) -> Result<Self, FrameError> {
        let met = &self.customers;
        let rows = met.len();
        require_sorted("customer_id", &met.customer_id)?;
        require_rows("met", rows, met.met.len())?;
        for (name, column) in [
            ("severity", &met.severity),
            ("tenure_days", &met.tenure_days),
            ("silence_days", &met.silence_days),
            ("purchases_before", &met.purchases_before),
            ("contacts_before", &met.contacts_before),
            ("purchases_meanwhile", &met.purchases_meanwhile),
            ("shipped_meanwhile", &met.shipped_meanwhile),
            ("purchases_after", &met.purchases_after),
            ("satisfaction_before", &met.satisfaction_before),
            ("satisfaction_after", &met.satisfaction_after),
        ] {
            require_rows(name, rows, column.len())?;
        }
        for (name, column) in [
            ("company", &met.company),
            ("contract", &met.contract),
            ("young", &met.young),
            ("retained", &met.retained),
        ] {
            require_rows(name, rows, column.len())?;
        }
        let fits = self.late <= self.deliveries
            && self.late_told <= self.late
            && self.survey_told <= self.survey_problems;
        match fits {
            true => Ok(self),
            false => Err(FrameError::Value {
                column: "late".to_owned(),
                row: 0,
                reason: "a part is not larger than the whole",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_complaints_than_late_deliveries_are_refused() {
        let mut frame = IncidentsFrame {
            as_of: jiff::civil::date(2026, 6, 30),
            lists: Vec::new(),
            endings: Vec::new(),
            agreement: [[0; 2]; 2],
            survey_problems: 0,
            survey_told: 0,
            deliveries: 10,
            late: 2,
            late_told: 1,
            customers: Met::default(),
            course: Vec::new(),
        };
        assert!(frame.clone().checked().is_ok());
        frame.late_told = 3;
        assert!(frame.checked().is_err());
    }
}
