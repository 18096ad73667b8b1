//! Which columns does the register of promises read?

use super::shape::FrameError;
use jiff::civil::Date;

/// What was promised and what was kept, in two years.
#[derive(Clone, Debug, PartialEq)]
pub struct PromisesFrame {
    pub as_of: Date,
    /// By promise, and by promise and unit; sorted. The unit is none for the whole promise.
    pub kept: Vec<Kept>,
    pub months: Vec<Month>,
    /// Customers who were promised something in the last twelve months, and those who met a broken promise.
    pub customers: u64,
    pub met_broken: u64,
}

/// Sums over customers of one promise; promises to one customer hang together.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub promise: String,
    pub unit: Option<String>,
    /// Of the last twelve months; else of the twelve before.
    pub recent: bool,
    pub customers: f64,
    pub made: f64,
    pub kept: f64,
    /// Sums over customers of made², kept² and made times kept.
    pub made_squared: f64,
    pub kept_squared: f64,
    pub made_kept: f64,
}

/// One promise in one calendar month.
#[derive(Clone, Debug, PartialEq)]
pub struct Month {
    pub promise: String,
    /// The month's first day.
    pub month: Date,
    pub made: f64,
    pub kept: f64,
}

impl PromisesFrame {
    /// Proves that nothing was kept that was not promised.
    pub fn checked(self) -> Result<Self, FrameError> {
        let broken = |row| FrameError::Value {
            column: "kept".to_owned(),
            row,
            reason: "no more is kept than was promised",
        };
        let sums = self.kept.iter().position(|kept| kept.kept > kept.made);
        let months = self.months.iter().position(|month| month.kept > month.made);
        match sums.or(months) {
            Some(row) => Err(broken(row)),
            None => Ok(self),
        }
    }
}
