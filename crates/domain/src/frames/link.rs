//! Which columns does the link analysis read?

use super::drivers::Question;
use super::shape::{FrameError, require_rows, require_values};
use crate::Money;
use jiff::civil::Date;

/// What was read, and what the ledger lacks.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkSource {
    /// What the attitude is: `satisfaction`, `nps` or `epsi` (the index 0..100).
    pub measure: Question,
    pub survey: String,
    /// Empty when answers carry no wave; then each customer's latest answer with full follow-up is used.
    pub wave: String,
    /// First and last day of the answers used.
    pub answered: (Date, Date),
    /// Months followed after each answer, 12 when the data allow.
    pub follow_up_months: u32,
    /// Whole months of transactions before the first answer.
    pub history_months: u32,
    /// Whether the ledger says who was asked.
    pub asked_known: bool,
    /// Whether any order or contract has a cost; otherwise contribution is revenue.
    pub costs_known: bool,
    /// Answers of the measure that could not be used, since they have no customer or no date.
    pub answers_unplaced: u64,
}

/// What a customer did and was worth around the day `t` of the answer; "before" is the 12 months up to and
/// including `t`, "earlier" the 12 months before those, "after" the follow-up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinkBehavior {
    pub orders_earlier: Vec<f64>,
    pub orders_before: Vec<f64>,
    pub contribution_earlier: Vec<f64>,
    pub contribution_before: Vec<f64>,
    /// Contract in force at the end of the follow-up, or bought during it.
    pub retained: Vec<bool>,
    pub contribution_after: Vec<Money>,
}

/// One row per customer who answered, was asked or belongs to the never-asked group, in order of `customer_id`.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkFrame {
    pub source: LinkSource,
    pub customer_id: Vec<String>,
    /// `NaN`: did not answer.
    pub attitude: Vec<f64>,
    /// The same measure at least 11 months before `t`; `NaN`: none.
    pub earlier_attitude: Vec<f64>,
    pub never_asked: Vec<bool>,
    /// Probability of being asked; `NaN`: unknown.
    pub inclusion_probability: Vec<f64>,
    /// Index into `units`; `None`: unknown.
    pub unit: Vec<Option<usize>>,
    pub units: Vec<String>,
    pub company: Vec<bool>,
    /// Contract in force at `t`.
    pub contract: Vec<bool>,
    /// A customer at `t`: contract in force, or bought in the 12 months before.
    pub active: Vec<bool>,
    pub tenure_years: Vec<f64>,
    /// Years since the last purchase; `NaN`: never bought before `t`.
    pub recency_years: Vec<f64>,
    /// Whether a renewal falls in the follow-up.
    pub renewal_due: Vec<bool>,
    pub behavior: LinkBehavior,
}

impl LinkFrame {
    pub fn rows(&self) -> usize {
        self.customer_id.len()
    }

    /// The frame, when its columns are equally long and what must be known is.
    pub fn checked(self) -> Result<Self, FrameError> {
        let (rows, behavior) = (self.rows(), &self.behavior);
        for (column, got) in [
            ("attitude", self.attitude.len()),
            ("earlier_attitude", self.earlier_attitude.len()),
            ("never_asked", self.never_asked.len()),
            ("inclusion_probability", self.inclusion_probability.len()),
            ("unit", self.unit.len()),
            ("company", self.company.len()),
            ("contract", self.contract.len()),
            ("active", self.active.len()),
            ("tenure_years", self.tenure_years.len()),
            ("recency_years", self.recency_years.len()),
            ("renewal_due", self.renewal_due.len()),
            ("orders_earlier", behavior.orders_earlier.len()),
            ("orders_before", behavior.orders_before.len()),
            ("contribution_earlier", behavior.contribution_earlier.len()),
            ("contribution_before", behavior.contribution_before.len()),
            ("retained", behavior.retained.len()),
            ("contribution_after", behavior.contribution_after.len()),
        ] {
            require_rows(column, rows, got)?;
        }
        for (column, values) in [
            ("tenure_years", &self.tenure_years),
            ("orders_earlier", &behavior.orders_earlier),
            ("orders_before", &behavior.orders_before),
            ("contribution_earlier", &behavior.contribution_earlier),
            ("contribution_before", &behavior.contribution_before),
        ] {
            require_values(column, values, f64::is_finite, "a number is needed")?;
        }
        let share = |p: f64| p.is_nan() || (0.0..=1.0).contains(&p);
        let why = "a probability lies between 0 and 1";
        require_values(
            "inclusion_probability",
            &self.inclusion_probability,
            share,
            why,
        )?;
        self.check_units()
    }

    fn check_units(self) -> Result<Self, FrameError> {
        let known = self.units.len();
        match self
            .unit
            .iter()
            .position(|unit| unit.is_some_and(|u| u >= known))
        {
            None => Ok(self),
            Some(row) => Err(FrameError::Value {
                column: "unit".to_owned(),
                row,
                reason: "a unit that is not in the list",
            }),
        }
    }
}
