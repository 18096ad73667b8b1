//! Which columns does the profit analysis read?

use super::shape::{FrameError, require_rows, require_sorted, require_values};
use crate::Money;
use jiff::civil::Date;

/// The customers' side and the books' side of the same ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfitFrame {
    pub as_of: Date,
    /// The last 12 months, `(as_of - 12 months, as_of]`; costs by whole months.
    pub customers: ProfitColumns,
    /// Every row of the books up to `as_of`, with what was laid on customers.
    pub pools: Vec<CostPool>,
    /// Every year of the ledger, counted backwards from `as_of`.
    pub years: Vec<ProfitYear>,
}

/// One row per customer, sorted by customer.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfitColumns {
    pub customer_id: Vec<String>,
    /// Distinct orders.
    pub orders: Vec<i64>,
    /// Days from the last purchase, in all of the ledger, to `as_of`; `NaN` without purchases.
    pub days_since_order: Vec<f64>,
    /// One column per [`Item`], in the order of [`Item::ALL`].
    pub amounts: Vec<Vec<Money>>,
}

/// The same items summed over all customers, one year of the ledger at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfitYear {
    /// 0 is the last 12 months, 1 the 12 months before.
    pub years_back: i64,
    /// One amount per [`Item`], in the order of [`Item::ALL`].
    pub amounts: Vec<Money>,
}

/// One row of the books.
#[derive(Clone, Debug, PartialEq)]
pub struct CostPool {
    pub cost_id: String,
    /// Months counted backwards from the last whole month, which is 0.
    pub months_back: i64,
    /// `YYYY-MM`.
    pub period: String,
    pub process: String,
    pub pool: String,
    pub unit_id: String,
    pub driver: String,
    pub amount: Money,
    /// Driver units used in the period, by all customers and by nobody known.
    pub used: f64,
    /// Driver units that were available; 0 when not told.
    pub capacity: f64,
    /// The sum of the customers' parts.
    pub allocated: Money,
}

/// What money goes to or comes from. The sign is that of the ledger: costs are positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    List,
    Discount,
    Net,
    Returned,
    Goods,
    /// The part of `Net` from lines whose goods cost is not told.
    NetWithoutGoods,
    Freight,
    /// Net amount times days until it was paid.
    CreditDays,
    ContractRevenue,
    ContractCost,
    /// The part of `ContractRevenue` whose direct cost is not told.
    ContractWithoutCost,
    Exposures,
    Compensation,
    Club,
    Acquisition,
    ServeSales,
    ServeLogistics,
    ServeService,
    ServeCommunication,
    ServeBilling,
    ServeProduct,
    ServeBrand,
    ServeDigital,
    ServeOther,
}

impl Item {
    pub const ALL: [Self; 24] = [
        Self::List,
        Self::Discount,
        Self::Net,
        Self::Returned,
        Self::Goods,
        Self::NetWithoutGoods,
        Self::Freight,
        Self::CreditDays,
        Self::ContractRevenue,
        Self::ContractCost,
        Self::ContractWithoutCost,
        Self::Exposures,
        Self::Compensation,
        Self::Club,
        Self::Acquisition,
        Self::ServeSales,
        Self::ServeLogistics,
        Self::ServeService,
        Self::ServeCommunication,
        Self::ServeBilling,
        Self::ServeProduct,
        Self::ServeBrand,
        Self::ServeDigital,
        Self::ServeOther,
    ];

    /// Cost to serve, one item per process; what names no known process is `ServeOther`.
    pub const SERVE: [Self; 9] = [
        Self::ServeSales,
        Self::ServeLogistics,
        Self::ServeService,
        Self::ServeCommunication,
        Self::ServeBilling,
        Self::ServeProduct,
        Self::ServeBrand,
        Self::ServeDigital,
        Self::ServeOther,
    ];

    /// The column's name in the frame's queries, and the word on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Discount => "discount",
            Self::Net => "net",
            Self::Returned => "returned",
            Self::Goods => "goods",
            Self::NetWithoutGoods => "net_without_goods",
            Self::Freight => "freight",
            Self::CreditDays => "credit_days",
            Self::ContractRevenue => "contract_revenue",
            Self::ContractCost => "contract_cost",
            Self::ContractWithoutCost => "contract_without_cost",
            Self::Exposures => "exposures",
            Self::Compensation => "compensation",
            Self::Club => "club",
            Self::Acquisition => "acquisition",
            Self::ServeSales => "serve_sales",
            Self::ServeLogistics => "serve_logistics",
            Self::ServeService => "serve_service",
            Self::ServeCommunication => "serve_communication",
            Self::ServeBilling => "serve_billing",
            Self::ServeProduct => "serve_product",
            Self::ServeBrand => "serve_brand",
            Self::ServeDigital => "serve_digital",
            Self::ServeOther => "serve_other",
        }
    }
}

impl ProfitFrame {
    /// Proves that columns fit together, that customers come sorted and once, and that use and capacity are amounts.
    pub fn new(
        as_of: Date,
        customers: ProfitColumns,
        pools: Vec<CostPool>,
        years: Vec<ProfitYear>,
    ) -> Result<Self, FrameError> {
        customers.check()?;
        for year in &years {
            require_rows("years", Item::ALL.len(), year.amounts.len())?;
        }
        for pool in &pools {
            let units = [pool.used, pool.capacity];
            require_values(
                &pool.cost_id,
                &units,
                |v| v >= 0.0,
                "use and capacity are not negative",
            )?;
        }
        Ok(Self {
            as_of,
            customers,
            pools,
            years,
        })
    }
}

impl ProfitColumns {
    /// The amounts of one item, one per customer.
    pub fn of(&self, item: Item) -> &[Money] {
        &self.amounts[item as usize]
    }

    pub fn len(&self) -> usize {
        self.customer_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.customer_id.is_empty()
    }

    fn check(&self) -> Result<(), FrameError> {
        let rows = self.len();
        require_rows("orders", rows, self.orders.len())?;
        require_rows("days_since_order", rows, self.days_since_order.len())?;
        require_rows("amounts", Item::ALL.len(), self.amounts.len())?;
        for item in Item::ALL {
            require_rows(item.name(), rows, self.of(item).len())?;
        }
        require_sorted("customer_id", &self.customer_id)
    }
}

impl ProfitYear {
    pub fn of(&self, item: Item) -> Money {
        self.amounts[item as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(ids: &[&str]) -> ProfitColumns {
        ProfitColumns {
            customer_id: ids.iter().map(|&id| id.to_owned()).collect(),
            orders: vec![0; ids.len()],
            days_since_order: vec![f64::NAN; ids.len()],
            amounts: vec![vec![Money::default(); ids.len()]; Item::ALL.len()],
        }
    }

    #[test]
    fn items_stand_in_the_order_of_their_list() {
        for (place, item) in Item::ALL.into_iter().enumerate() {
            assert_eq!(item as usize, place);
        }
    }

    #[test]
    fn a_customer_may_come_only_once() {
        let as_of = jiff::civil::date(2026, 6, 30);
        assert!(ProfitFrame::new(as_of, columns(&["a", "b"]), vec![], vec![]).is_ok());
        assert!(ProfitFrame::new(as_of, columns(&["a", "a"]), vec![], vec![]).is_err());
        let mut short = columns(&["a"]);
        short.amounts.pop();
        assert!(ProfitFrame::new(as_of, short, vec![], vec![]).is_err());
    }
}
