//! Which columns does the question of targets per segment read?

use super::shape::{FrameError, require_rows, require_sorted};
use std::collections::BTreeMap;

/// Customers of the last two years by segment, who of them stayed, and whose contacts took the minutes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SegmentsFrame {
    pub customer_id: Vec<String>,
    /// Kind of customer, customer group, unit; empty when not told.
    pub kind: Vec<String>,
    pub group: Vec<String>,
    pub unit: Vec<String>,
    /// A customer a year ago (a contract in force, or a purchase in the year before), and still one today.
    pub active: Vec<bool>,
    pub stayed: Vec<bool>,
    /// The same a year earlier.
    pub active_before: Vec<bool>,
    pub stayed_before: Vec<bool>,
    /// Minutes of the last twelve months by reason, and by row of the customer.
    pub minutes: BTreeMap<String, Vec<(usize, f64)>>,
}

impl SegmentsFrame {
    /// Proves that columns are equally long, customers come once, and minutes belong to customers who are there.
    pub fn checked(self) -> Result<Self, FrameError> {
        let rows = self.customer_id.len();
        require_sorted("customer_id", &self.customer_id)?;
        for (name, column) in [
            ("kind", &self.kind),
            ("group", &self.group),
            ("unit", &self.unit),
        ] {
            require_rows(name, rows, column.len())?;
        }
        for (name, column) in [
            ("active", &self.active),
            ("stayed", &self.stayed),
            ("active_before", &self.active_before),
            ("stayed_before", &self.stayed_before),
        ] {
            require_rows(name, rows, column.len())?;
        }
        let lost = self
            .minutes
            .values()
            .flatten()
            .find(|(row, _)| *row >= rows);
        match lost {
            None => Ok(self),
            Some((row, _)) => Err(FrameError::Value {
                column: "minutes".to_owned(),
                row: *row,
                reason: "minutes belong to a customer who is there",
            }),
        }
    }
}
