//! Which columns does the analysis of the deal culture read?

use super::shape::{FrameError, require_rows, require_sorted, require_values};
use crate::Money;
use jiff::civil::Date;

/// Sales by unit and day, customers by how they were won, and established customers by the price they met.
#[derive(Clone, Debug, PartialEq)]
pub struct DealsFrame {
    pub as_of: Date,
    /// First and last day with an order; `None` when there is none.
    pub span: Option<(Date, Date)>,
    pub units: Vec<String>,
    pub days: Vec<DealDay>,
    pub won: Won,
    pub established: Established,
}

/// What one unit sold on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct DealDay {
    /// Place in the frame's list of units.
    pub unit: usize,
    pub day: Date,
    pub orders: f64,
    pub net: Money,
    pub list: Money,
    pub discount: Money,
    pub returned: Money,
}

/// One row per customer won, sorted by customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Won {
    pub customer_id: Vec<String>,
    /// Of the first deal, 0..1; `NaN` when not told.
    pub discount_share: Vec<f64>,
    pub channel: Vec<String>,
    pub unit: Vec<String>,
    pub company: Vec<bool>,
    /// The first deal was a contract.
    pub contract: Vec<bool>,
    pub first_net: Vec<f64>,
    pub days_ago: Vec<f64>,
    /// The twelve months after the first day, that day not counted.
    pub purchases_after: Vec<f64>,
    pub came_back: Vec<bool>,
    pub contribution_after: Vec<Money>,
}

/// One row per customer who bought both in the year before and in the months looked at, sorted by customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Established {
    pub customer_id: Vec<String>,
    /// Of the orders in the months looked at, 0..1.
    pub discount_share: Vec<f64>,
    pub unit: Vec<String>,
    pub company: Vec<bool>,
    pub purchases_before: Vec<f64>,
    pub contribution_before: Vec<Money>,
    pub discount_before: Vec<f64>,
    pub silence_days: Vec<f64>,
    pub tenure_days: Vec<f64>,
    pub orders: Vec<f64>,
    pub net: Vec<f64>,
    pub purchases_after: Vec<f64>,
    pub contribution_after: Vec<Money>,
}

impl DealsFrame {
    /// Proves that columns fit together, days name known units, and counts are not negative.
    pub fn checked(self) -> Result<Self, FrameError> {
        let orders: Vec<f64> = self.days.iter().map(|day| day.orders).collect();
        require_values("orders", &orders, |n| n >= 0.0, "a count is not negative")?;
        if let Some(row) = self
            .days
            .iter()
            .position(|day| day.unit >= self.units.len())
        {
            return Err(FrameError::Value {
                column: "unit".to_owned(),
                row,
                reason: "a unit of the list",
            });
        }
        self.won.check()?;
        self.established.check()?;
        Ok(self)
    }
}

impl Won {
    pub fn len(&self) -> usize {
        self.customer_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.customer_id.is_empty()
    }

    fn check(&self) -> Result<(), FrameError> {
        let rows = self.len();
        require_sorted("customer_id", &self.customer_id)?;
        require_rows("discount_share", rows, self.discount_share.len())?;
        require_rows("channel", rows, self.channel.len())?;
        require_rows("unit", rows, self.unit.len())?;
        require_rows("company", rows, self.company.len())?;
        require_rows("contract", rows, self.contract.len())?;
        require_rows("first_net", rows, self.first_net.len())?;
        require_rows("days_ago", rows, self.days_ago.len())?;
        require_rows("purchases_after", rows, self.purchases_after.len())?;
        require_rows("came_back", rows, self.came_back.len())?;
        require_rows("contribution_after", rows, self.contribution_after.len())
    }
}

impl Established {
    pub fn len(&self) -> usize {
        self.customer_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.customer_id.is_empty()
    }

    fn check(&self) -> Result<(), FrameError> {
        let rows = self.len();
        require_sorted("customer_id", &self.customer_id)?;
        for (name, column) in [
            ("discount_share", &self.discount_share),
            ("purchases_before", &self.purchases_before),
            ("discount_before", &self.discount_before),
            ("silence_days", &self.silence_days),
            ("tenure_days", &self.tenure_days),
            ("orders", &self.orders),
            ("net", &self.net),
            ("purchases_after", &self.purchases_after),
        ] {
            require_rows(name, rows, column.len())?;
        }
        require_rows("unit", rows, self.unit.len())?;
        require_rows("company", rows, self.company.len())?;
        require_rows("contribution_before", rows, self.contribution_before.len())?;
        require_rows("contribution_after", rows, self.contribution_after.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_of_an_unknown_unit_is_refused() {
        let day = DealDay {
            unit: 1,
            day: date(2026, 3, 31),
            orders: 2.0,
            net: Money::default(),
            list: Money::default(),
            discount: Money::default(),
            returned: Money::default(),
        };
        let frame = DealsFrame {
            as_of: date(2026, 6, 30),
            span: None,
            units: vec!["B01".to_owned()],
            days: vec![day],
            won: Won::default(),
            established: Established::default(),
        };
        assert!(frame.checked().is_err());
    }
}
