//! Which columns does the search for the effect of activities read?

use super::shape::{FrameError, require_rows, require_sorted};
use crate::Money;
use jiff::civil::Date;

/// Every activity whose receivers are known, with those it is compared on. Sorted by activity.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectsFrame {
    pub as_of: Date,
    pub activities: Vec<Studied>,
    /// Activities in the register of which it is not known who got them: key and name.
    pub without_receivers: Vec<(String, String)>,
    /// Share of the order lines whose cost of goods is neither in the ledger nor assumed.
    pub without_cost: f64,
}

/// What kind of relation the activity meets, by which staying is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The contract is in force at the end.
    Contract,
    /// A purchase comes in the time followed.
    Purchase,
    /// Either.
    Mixed,
}

/// How it came about that some customers got the activity and others not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// Both arms are in the ledger.
    Lot,
    /// Whole units took it up at different times.
    Units,
    /// To some customers at one time.
    Once,
    /// To some customers, day by day.
    Running,
}

/// One activity.
#[derive(Clone, Debug, PartialEq)]
pub struct Studied {
    pub activity_id: String,
    pub name: String,
    pub process: String,
    pub relation: Relation,
    pub assigned: Assigned,
    /// The customer's own act (joining a club), which no column can hold still.
    pub self_chosen: bool,
    pub first_on: Date,
    pub last_on: Date,
    pub ended_on: Option<Date>,
    /// Customers who got it (controls not counted), and those drawn to go without.
    pub treated: u64,
    pub control: u64,
    /// The larger of what exposures and the books say that it cost, up to the date.
    pub cost: Money,
    pub people: People,
    pub units: Vec<UnitPeriod>,
    /// Months between two periods of `units`.
    pub unit_step: usize,
    /// Periods before the start whose twelve months already reach into it.
    pub unit_lead: usize,
}

/// One row per compared customer, sorted by customer. State before the activity, then what came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct People {
    pub customer_id: Vec<String>,
    pub treated: Vec<bool>,
    /// Which time the customer is compared at; one number for all when there is one time only.
    pub moment: Vec<usize>,
    pub company: Vec<bool>,
    pub contract: Vec<bool>,
    /// The contract has not been renewed yet.
    pub young: Vec<bool>,
    pub club: Vec<bool>,
    pub tenure_days: Vec<f64>,
    /// Since the last purchase; `NaN` without one.
    pub silence_days: Vec<f64>,
    pub purchases_quarter: Vec<f64>,
    pub purchases_before: Vec<f64>,
    /// In the year before that.
    pub purchases_earlier: Vec<f64>,
    pub margin_before: Vec<f64>,
    pub margin_earlier: Vec<f64>,
    /// Of the contracts in force.
    pub monthly_margin: Vec<f64>,
    /// Until the contract's next renewal; `NaN` without one.
    pub due_days: Vec<f64>,
    pub contacts_before: Vec<f64>,
    pub contacts_earlier: Vec<f64>,
    pub faults_before: Vec<f64>,
    /// Place on the scale 0..1; `NaN` is not answered.
    pub satisfaction_before: Vec<f64>,
    /// Days until the last contract ended; `NaN` when it did not in the time followed.
    pub left_days: Vec<f64>,
    /// Days until the next purchase; `NaN` when none came in the time followed.
    pub bought_days: Vec<f64>,
    /// Contribution of purchases and contracts in each quarter of the time followed.
    pub margin: [Vec<f64>; 4],
    pub contacts_after: Vec<f64>,
    pub satisfaction_after: Vec<f64>,
    /// Days from which everything after is counted, to the last day read; 0 when it has just begun.
    pub followed_days: f64,
}

/// One unit of ours in one period: those who were customers at its start, and what became of them in twelve months.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitPeriod {
    pub unit: usize,
    pub period: i64,
    /// First day of the period.
    pub day: Date,
    /// Period in which the unit took it up; none when it never did.
    pub adopted: Option<i64>,
    pub customers: f64,
    pub stayed: f64,
    /// Contribution in the twelve months.
    pub margin: f64,
    pub answers: f64,
    /// Mean place on the scale; `NaN` without answers.
    pub satisfaction: f64,
}

impl People {
    pub fn len(&self) -> usize {
        self.customer_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.customer_id.is_empty()
    }

    pub fn treated_count(&self) -> usize {
        self.treated.iter().filter(|treated| **treated).count()
    }

    fn check(&self) -> Result<(), FrameError> {
        let rows = self.len();
        require_sorted("customer_id", &self.customer_id)?;
        let flags = [
            &self.treated,
            &self.company,
            &self.contract,
            &self.young,
            &self.club,
        ];
        for column in flags {
            require_rows("a mark of the state", rows, column.len())?;
        }
        require_rows("moment", rows, self.moment.len())?;
        let numbers = [
            ("tenure_days", &self.tenure_days),
            ("silence_days", &self.silence_days),
            ("purchases_quarter", &self.purchases_quarter),
            ("purchases_before", &self.purchases_before),
            ("purchases_earlier", &self.purchases_earlier),
            ("margin_before", &self.margin_before),
            ("margin_earlier", &self.margin_earlier),
            ("monthly_margin", &self.monthly_margin),
            ("due_days", &self.due_days),
            ("contacts_before", &self.contacts_before),
            ("contacts_earlier", &self.contacts_earlier),
            ("faults_before", &self.faults_before),
            ("satisfaction_before", &self.satisfaction_before),
            ("left_days", &self.left_days),
            ("bought_days", &self.bought_days),
            ("margin 1", &self.margin[0]),
            ("margin 2", &self.margin[1]),
            ("margin 3", &self.margin[2]),
            ("margin 4", &self.margin[3]),
            ("contacts_after", &self.contacts_after),
            ("satisfaction_after", &self.satisfaction_after),
        ];
        for (name, column) in numbers {
            require_rows(name, rows, column.len())?;
        }
        Ok(())
    }
}

impl EffectsFrame {
    /// Proves that keys are sorted, columns equally long, and that no unit holds more who stayed than there were.
    pub fn checked(self) -> Result<Self, FrameError> {
        let keys: Vec<String> = (self.activities.iter())
            .map(|activity| activity.activity_id.clone())
            .collect();
        require_sorted("activity_id", &keys)?;
        for activity in &self.activities {
            activity.people.check()?;
            let broken = |cell: &UnitPeriod| cell.stayed > cell.customers;
            if let Some(row) = activity.units.iter().position(broken) {
                return Err(FrameError::Value {
                    column: "stayed".to_owned(),
                    row,
                    reason: "a part is not larger than the whole",
                });
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_other_lengths_are_refused() {
        let mut people = People {
            customer_id: vec!["k1".to_owned()],
            ..People::default()
        };
        assert!(people.check().is_err());
        people.customer_id.clear();
        assert!(people.check().is_ok());
    }
}
