//! Which columns does the register of activities, and the catalogue of behaviors, read?

use super::shape::{FrameError, require_sorted};
use crate::Money;
use jiff::civil::Date;

/// All that is done towards customers in the last twelve months, and what customers' doings brought in.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivitiesFrame {
    pub as_of: Date,
    /// First and last whole month of the books that are read, `YYYY-MM`.
    pub months: (String, String),
    /// Sorted by activity.
    pub activities: Vec<Activity>,
    pub pools: Vec<Pool>,
    /// The sum of the same rows of the books, asked for apart.
    pub books: Money,
    pub contacts: Vec<Contacts>,
    pub work: Vec<Work>,
    pub heard: Vec<Heard>,
    /// This year and the year before.
    pub doings: [Doings; 2],
    /// Customers who came by recommendation in either year.
    pub referred: Vec<Referred>,
    /// Mean cost of winning a customer who did not; `NaN` when not told.
    pub acquisition_cost: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    pub activity_id: String,
    /// In the register, not only named by a cost or an exposure.
    pub registered: bool,
    pub name: String,
    pub process: String,
    pub owner: String,
    pub target: String,
    pub started_on: Option<Date>,
    pub ended_on: Option<Date>,
    pub planned: Money,
    pub customers: u64,
    pub exposures: u64,
    pub control: u64,
    pub exposure_cost: Money,
    pub exposure_cost_year: Money,
    pub booked: Money,
    pub booked_year: Money,
}

/// Rows of the books that say the same of themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    pub process: String,
    pub pool: String,
    pub activity_id: String,
    pub driver: String,
    pub lines: u64,
    pub amount: Money,
    pub capacity: f64,
}

/// Meetings of one process.
#[derive(Clone, Debug, PartialEq)]
pub struct Contacts {
    pub process: String,
    pub events: u64,
    pub customers: u64,
    pub minutes: f64,
    pub by_customer: u64,
    pub minutes_by_customer: f64,
    pub repeats: u64,
    pub judged: u64,
    pub resolved: u64,
    pub by_partner: u64,
    pub self_service: u64,
}

/// Orders, lines, deliveries, invoices or returns.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    pub word: String,
    pub events: u64,
    pub customers: u64,
}

/// Satisfaction right after a meeting, by process.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    pub process: String,
    pub answers: u64,
    /// Mean place on the scale, 0..1; `NaN` without a scale.
    pub place: f64,
}

/// What customers did in one year, in numbers and money.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Doings {
    /// Orders after the first day, and on it, whose goods cost is told.
    pub again: u64,
    pub again_margin: Money,
    pub newly: u64,
    pub newly_margin: Money,
    pub paid: u64,
    /// Paid later than the days allowed, and net amount times days beyond them.
    pub late: u64,
    pub late_days: Money,
    /// Contract months whose cost is told, and terms renewed.
    pub months: u64,
    pub months_margin: Money,
    pub renewals: u64,
    pub renewed_margin: Money,
    pub reported: u64,
    pub compensation: Money,
    pub calls: u64,
    pub call_minutes: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Referred {
    pub customer_id: String,
    /// 0 is the last twelve months.
    pub years_back: i64,
    /// `NaN` when not told.
    pub acquisition_cost: f64,
}

impl ActivitiesFrame {
    /// Proves that activities come sorted and once, and that parts are not larger than their wholes.
    pub fn checked(self) -> Result<Self, FrameError> {
        let ids: Vec<String> = self
            .activities
            .iter()
            .map(|a| a.activity_id.clone())
            .collect();
        require_sorted("activity_id", &ids)?;
        let referred: Vec<String> = self
            .referred
            .iter()
            .map(|r| r.customer_id.clone())
            .collect();
        require_sorted("referred", &referred)?;
        let broken = self.contacts.iter().position(|met| {
            met.by_customer > met.events || met.resolved > met.judged || met.customers > met.events
        });
        match broken {
            None => Ok(self),
            Some(row) => Err(FrameError::Value {
                column: "contacts".to_owned(),
                row,
                reason: "a part is not larger than the whole",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_customers_than_meetings_are_refused() {
        let met = Contacts {
            process: "service".to_owned(),
            events: 2,
            customers: 3,
            minutes: 0.0,
            by_customer: 0,
            minutes_by_customer: 0.0,
            repeats: 0,
            judged: 0,
            resolved: 0,
            by_partner: 0,
            self_service: 0,
        };
        let frame = ActivitiesFrame {
            as_of: jiff::civil::date(2026, 6, 30),
            months: ("2025-07".to_owned(), "2026-06".to_owned()),
            activities: Vec::new(),
            pools: Vec::new(),
            books: Money::default(),
            contacts: vec![met],
            work: Vec::new(),
            heard: Vec::new(),
            doings: Default::default(),
            referred: Vec::new(),
            acquisition_cost: f64::NAN,
        };
        assert!(frame.checked().is_err());
    }
}
