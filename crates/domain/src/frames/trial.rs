//! Which columns does a trial read?

use super::shape::{FrameError, require_rows, require_sorted, require_values};

/// Customers with what they did in a window and in one of equal length before it; sorted by customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrialFrame {
    pub customer_id: Vec<String>,
    pub unit: Vec<String>,
    pub company: Vec<bool>,
    /// Outcome in the window as far as it has passed; `NaN` when there was nothing to stay in.
    pub outcome: Vec<f64>,
    /// The same in the window of equal length before the day; `NaN` when nothing of the kind exists.
    pub before: Vec<f64>,
    /// The arm that was drawn; empty before the draw.
    pub treated: Vec<bool>,
    /// Customers whom the ledger holds in both arms; they are left out above.
    pub in_both: u64,
    /// Rows of the draw that come from another source than the plan's.
    pub foreign: u64,
}

impl TrialFrame {
    /// Proves that columns fit together and outcomes are numbers.
    pub fn checked(self) -> Result<Self, FrameError> {
        let rows = self.customer_id.len();
        require_sorted("customer_id", &self.customer_id)?;
        require_rows("unit", rows, self.unit.len())?;
        require_rows("company", rows, self.company.len())?;
        require_rows("outcome", rows, self.outcome.len())?;
        require_rows("before", rows, self.before.len())?;
        if !self.treated.is_empty() {
            require_rows("treated", rows, self.treated.len())?;
        }
        require_values(
            "outcome",
            &self.outcome,
            |value| !value.is_infinite(),
            "a number",
        )?;
        Ok(self)
    }

    pub fn len(&self) -> usize {
        self.customer_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.customer_id.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_that_is_no_number_is_refused() {
        let frame = TrialFrame {
            customer_id: vec!["a".to_owned()],
            unit: vec![String::new()],
            company: vec![false],
            outcome: vec![f64::INFINITY],
            before: vec![f64::NAN],
            ..TrialFrame::default()
        };
        assert!(frame.checked().is_err());
    }
}
