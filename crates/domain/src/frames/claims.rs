//! Which columns do the tests of common beliefs read?

use super::shape::{FrameError, require_rows, require_sorted};
use jiff::civil::Date;

/// Everyone who was a customer a year ago, what a won customer costs, and the steps of buying again.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimsFrame {
    pub as_of: Date,
    /// `as_of` less 12 months; "before" is the 12 months up to it, "after" those that followed.
    pub at: Date,
    /// From the ledger's first order or contract to `at`; below 0 when it began later, `NaN` when it is empty.
    pub history_days: f64,
    pub customers: Customers,
    pub won: WonCost,
    pub steps: Steps,
}

/// One row per customer at `at`, sorted by customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Customers {
    pub customer_id: Vec<String>,
    pub company: Vec<bool>,
    /// A contract is in force; it is younger than a year.
    pub contract: Vec<bool>,
    pub young: Vec<bool>,
    pub tenure_years: Vec<f64>,
    /// From the last purchase; `NaN` without one.
    pub silence_days: Vec<f64>,
    pub purchases_before: Vec<f64>,
    pub purchases_after: Vec<f64>,
    pub net_before: Vec<f64>,
    pub net_after: Vec<f64>,
    pub contribution_before: Vec<f64>,
    pub contribution_after: Vec<f64>,
    /// Share of the list price; `NaN` without a purchase or without list prices.
    pub discount_before: Vec<f64>,
    pub discount_after: Vec<f64>,
    /// Purchases with a promised day, and those delivered later.
    pub promised_before: Vec<f64>,
    pub late_before: Vec<f64>,
    pub retained: Vec<bool>,
    /// Different categories bought in the year before.
    pub categories: Vec<f64>,
    /// Contacts that we began and that carried the relation forward; those that the customer began.
    pub proactive: Vec<f64>,
    pub asked: Vec<f64>,
    /// Place on the scale 0..1; `NaN` is not answered.
    pub satisfaction: Vec<f64>,
    pub referred: Vec<bool>,
    /// Was a member of the club three months before `at`; joined since.
    pub member_before: Vec<bool>,
    pub joined: Vec<bool>,
    pub club_cost_after: Vec<f64>,
}

/// Booked cost of a won customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WonCost {
    pub customers: u64,
    /// `NaN` when none is booked.
    pub mean: f64,
    pub spread: f64,
}

/// Customers who came so far, and those who bought once more within a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    pub second: (u64, u64),
    pub third: (u64, u64),
}

impl Customers {
    pub fn len(&self) -> usize {
        self.customer_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.customer_id.is_empty()
    }
}

impl ClaimsFrame {
    /// Proves that the columns fit together and that no part is larger than its whole.
    pub fn checked(self) -> Result<Self, FrameError> {
        let known = &self.customers;
        let rows = known.len();
        require_sorted("customer_id", &known.customer_id)?;
        for (name, column) in [
            ("tenure_years", &known.tenure_years),
            ("silence_days", &known.silence_days),
            ("purchases_before", &known.purchases_before),
            ("purchases_after", &known.purchases_after),
            ("net_before", &known.net_before),
            ("net_after", &known.net_after),
            ("contribution_before", &known.contribution_before),
            ("contribution_after", &known.contribution_after),
            ("discount_before", &known.discount_before),
            ("discount_after", &known.discount_after),
            ("promised_before", &known.promised_before),
            ("late_before", &known.late_before),
            ("categories", &known.categories),
            ("proactive", &known.proactive),
            ("asked", &known.asked),
            ("satisfaction", &known.satisfaction),
            ("club_cost_after", &known.club_cost_after),
        ] {
            require_rows(name, rows, column.len())?;
        }
        for (name, column) in [
            ("company", &known.company),
            ("contract", &known.contract),
            ("young", &known.young),
            ("retained", &known.retained),
            ("referred", &known.referred),
            ("member_before", &known.member_before),
            ("joined", &known.joined),
        ] {
            require_rows(name, rows, column.len())?;
        }
        let steps = &self.steps;
        match steps.second.1 <= steps.second.0 && steps.third.1 <= steps.third.0 {
            true => Ok(self),
            false => Err(FrameError::Value {
                column: "bought".to_owned(),
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
    fn more_buyers_than_customers_are_refused() {
        let day = jiff::civil::date(2026, 6, 30);
        let mut frame = ClaimsFrame {
            as_of: day,
            at: day,
            history_days: 400.0,
            customers: Customers::default(),
            won: WonCost {
                customers: 0,
                mean: f64::NAN,
                spread: f64::NAN,
            },
            steps: Steps {
                second: (10, 4),
                third: (4, 2),
            },
        };
        assert!(frame.clone().checked().is_ok());
        frame.steps.third = (4, 5);
        assert!(frame.checked().is_err());
    }
}
