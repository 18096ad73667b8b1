//! Which columns does the question of delivery times read?

use super::shape::{FrameError, require_rows, require_values};
use jiff::civil::Date;

/// Orders that were sent, what came after them, and renewals of customers who were sent something before.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryFrame {
    pub as_of: Date,
    pub orders: SentOrders,
    pub renewals: SentRenewals,
    /// Orders in the ledger that somebody carried or that were to be sent, and those of them that tell the day of delivery.
    pub sent: u64,
    pub dated: u64,
    /// Share of the customers that was read, 0-1; large registers are read in part.
    pub share_read: f64,
}

/// One row per order that was sent and delivered; sorted by customer, day and order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SentOrders {
    pub customer_id: Vec<String>,
    /// Days from an early date, the same for all rows.
    pub day: Vec<i64>,
    /// Month of the year, 1-12, and day of the week, 0-6 from Sunday.
    pub month: Vec<f64>,
    pub weekday: Vec<f64>,
    /// Of the last twelve months.
    pub recent: Vec<bool>,
    /// Days from order to delivery, and days later than promised (0 when early); `NaN` when nothing was promised.
    pub waiting: Vec<f64>,
    pub late: Vec<f64>,
    /// Who carried it; empty when not told.
    pub carrier: Vec<String>,
    pub channel: Vec<String>,
    pub unit: Vec<String>,
    pub company: Vec<bool>,
    /// Under a contract with a term on the day of the order.
    pub contract: Vec<bool>,
    pub net: Vec<f64>,
    pub lines: Vec<f64>,
    /// What the carriage cost us; `NaN` when not told.
    pub freight: Vec<f64>,
    /// Days that the customer bought on in the year before, days since the last of them (`NaN` when none), years since the first.
    pub bought_before: Vec<f64>,
    pub silence: Vec<f64>,
    pub tenure: Vec<f64>,
    /// Whether the customer bought again within a year of the order; none while the year is not over.
    pub back: Vec<Option<bool>>,
    /// What happened within a fixed time of the order, the same for quick and slow ones; `NaN` while it is not over.
    pub complaint: Vec<f64>,
    pub compensation: Vec<f64>,
    pub contacts: Vec<f64>,
    pub minutes: Vec<f64>,
}

/// One row per renewal that fell due with at least one order sent to the customer in the year before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SentRenewals {
    pub customer_id: Vec<String>,
    pub ended: Vec<bool>,
    pub number: Vec<f64>,
    pub month: Vec<f64>,
    /// Months of the term, and money that a month of the contract leaves.
    pub term: Vec<f64>,
    pub margin: Vec<f64>,
    pub company: Vec<f64>,
    pub stress: Vec<f64>,
    /// The orders of the year before, as rows of [`SentOrders`].
    pub orders: Vec<Vec<usize>>,
}

impl SentOrders {
    pub const fn len(&self) -> usize {
        self.day.len()
    }

    pub const fn is_empty(&self) -> bool {
        self.day.is_empty()
    }
}

impl DeliveryFrame {
    /// Proves that columns are equally long, that nobody waited less than no time, and that renewals point to rows.
    pub fn checked(self) -> Result<Self, FrameError> {
        let (o, r) = (&self.orders, &self.renewals);
        let rows = o.len();
        let numbers = [
            ("month", &o.month),
            ("weekday", &o.weekday),
            ("waiting", &o.waiting),
            ("late", &o.late),
            ("net", &o.net),
            ("lines", &o.lines),
            ("freight", &o.freight),
            ("bought_before", &o.bought_before),
            ("silence", &o.silence),
            ("tenure", &o.tenure),
            ("complaint", &o.complaint),
            ("compensation", &o.compensation),
            ("contacts", &o.contacts),
            ("minutes", &o.minutes),
        ];
        for (name, column) in numbers {
            require_rows(name, rows, column.len())?;
        }
        for (name, column) in [
            ("customer_id", &o.customer_id),
            ("carrier", &o.carrier),
            ("channel", &o.channel),
            ("unit", &o.unit),
        ] {
            require_rows(name, rows, column.len())?;
        }
        require_rows("recent", rows, o.recent.len())?;
        require_rows("company", rows, o.company.len())?;
        require_rows("contract", rows, o.contract.len())?;
        require_rows("back", rows, o.back.len())?;
        let fit = |v: f64| v >= 0.0;
        require_values(
            "waiting",
            &o.waiting,
            fit,
            "no delivery comes before its order",
        )?;
        let due = r.customer_id.len();
        for (name, column) in [
            ("number", &r.number),
            ("due_month", &r.month),
            ("term", &r.term),
            ("margin", &r.margin),
            ("due_company", &r.company),
            ("stress", &r.stress),
        ] {
            require_rows(name, due, column.len())?;
        }
        require_rows("ended", due, r.ended.len())?;
        require_rows("orders", due, r.orders.len())?;
        match r
            .orders
            .iter()
            .position(|own| own.iter().any(|&row| row >= rows))
        {
            None => Ok(self),
            Some(row) => Err(FrameError::Value {
                column: "orders".to_owned(),
                row,
                reason: "renewals point to orders that are there",
            }),
        }
    }
}
