//! Which columns does the value of free buyers need?

use super::shape::{FrameError, require_rows, require_sorted};
use jiff::civil::Date;

/// Purchases of everyone who ever bought, as known at three dates. A purchase is a day with positive net amount.
#[derive(Clone, Debug, PartialEq)]
pub struct PurchasesFrame {
    pub as_of: Date,
    /// `as_of` less 12 months: where the equity bridge starts.
    pub opening: Date,
    /// Where the holdout starts: `opening` when the history is long enough, else the middle of the history.
    pub cut: Date,
    /// The first and the last purchase in the ledger; `None` when there is none.
    pub span: Option<(Date, Date)>,
    /// One row per customer with a purchase, sorted by customer.
    pub customer_id: Vec<String>,
    /// Number of the customer's segment in `segments`.
    pub segment: Vec<u32>,
    pub segments: Vec<String>,
    /// Days from the first purchase to `as_of`.
    pub first_days_ago: Vec<f64>,
    pub closing: Purchases,
    pub before_opening: Purchases,
    pub before_cut: Purchases,
}

/// What was known at one date; a customer who had not bought by then has 0 purchases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Purchases {
    /// Days with a purchase, the first included.
    pub purchases: Vec<f64>,
    /// Days from the last purchase to `as_of` (not to the date in question).
    pub last_days_ago: Vec<f64>,
    /// Net amount less returns, in the company's currency.
    pub net: Vec<f64>,
    /// The part of it from lines whose goods cost is told.
    pub net_with_cost: Vec<f64>,
    /// That part less goods and freight.
    pub margin: Vec<f64>,
}

impl PurchasesFrame {
    /// Proves equal lengths, sorted customers, known segments, and that purchases do not shrink with time.
    pub fn checked(self) -> Result<Self, FrameError> {
        let rows = self.customer_id.len();
        require_sorted("customer_id", &self.customer_id)?;
        require_rows("segment", rows, self.segment.len())?;
        require_rows("first_days_ago", rows, self.first_days_ago.len())?;
        for at in [&self.closing, &self.before_opening, &self.before_cut] {
            at.check(rows)?;
        }
        let broken = (0..rows).find(|&row| {
            self.segment[row] as usize >= self.segments.len()
                || self.before_opening.purchases[row] > self.closing.purchases[row]
                || self.before_cut.purchases[row] > self.closing.purchases[row]
                || self.closing.last_days_ago[row] > self.first_days_ago[row]
                || self.closing.last_days_ago[row] < 0.0
        });
        match broken {
            None => Ok(self),
            Some(row) => Err(FrameError::Value {
                column: "purchases".to_owned(),
                row,
                reason: "purchases grow with time and lie between the first one and as_of",
            }),
        }
    }

    pub fn len(&self) -> usize {
        self.customer_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.customer_id.is_empty()
    }
}

impl Purchases {
    fn check(&self, rows: usize) -> Result<(), FrameError> {
        require_rows("purchases", rows, self.purchases.len())?;
        require_rows("last_days_ago", rows, self.last_days_ago.len())?;
        require_rows("net", rows, self.net.len())?;
        require_rows("net_with_cost", rows, self.net_with_cost.len())?;
        require_rows("margin", rows, self.margin.len())
    }
}
