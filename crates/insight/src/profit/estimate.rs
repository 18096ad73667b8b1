//! What did each customer bring in and cost, to the öre, and do the parts add up to the books?

use super::ProfitConfig;
use odla_domain::Money;
use odla_domain::frames::profit::{CostPool, Item, ProfitColumns, ProfitFrame};

/// All that the report is laid out from.
pub struct Profit {
    pub customers: Contributions,
    pub year: Statement,
    pub ledger: Statement,
    /// One statement per year of the ledger, the last 12 months first.
    pub years: Vec<(i64, Statement)>,
    pub books: Books,
    pub ledger_books: Books,
    /// Absolute sum of what customers, years and pools disagree on; zero unless a query lost a row.
    pub books_difference: Money,
    pub cover: Cover,
}

/// One value per customer, in the frame's order; the last 12 months.
pub struct Contributions {
    pub revenue: Vec<Money>,
    pub margin: Vec<Money>,
    pub cost_to_serve: Vec<Money>,
    pub direct: Vec<Money>,
    pub profit: Vec<Money>,
    /// Anything happened with the customer during the year.
    pub active: Vec<bool>,
}

/// The steps from list price to profit. Costs are positive.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statement {
    pub amounts: Vec<Money>,
    /// Goods cost by assumption, for revenue whose cost is not told.
    pub assumed: Money,
    pub credit: Money,
}

/// The books of a span of months.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Books {
    pub total: Money,
    pub allocated: Money,
    /// Pools that follow nothing.
    pub without_driver: Money,
    /// Pools whose driver nobody used.
    pub without_use: Money,
    pub unused_capacity: Money,
    /// Used by no known customer, and the rounding of parts to four decimals.
    pub rest: Money,
}

/// Which parts of the sum the ledger can tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cover {
    /// Share of the revenue whose direct cost is not told, 0..1; the last 12 months and all of the ledger.
    pub cost_unknown: f64,
    pub cost_unknown_ledger: f64,
    pub has_costs: bool,
}

/// The largest share of revenue with unknown cost at which a margin is still told (with a caution).
pub const MOST_UNKNOWN: f64 = 0.20;

pub fn estimate(frame: &ProfitFrame, config: &ProfitConfig) -> Profit {
    let customers = contributions(&frame.customers, config);
    let year = statement(&customer_sums(&frame.customers), config);
    let years: Vec<(i64, Statement)> = frame
        .years
        .iter()
        .map(|year| (year.years_back, statement(&year.amounts, config)))
        .collect();
    let ledger = statement(&year_sums(frame), config);
    let books = books(frame.pools.iter().filter(|pool| pool.months_back < 12));
    let ledger_books = self::books(frame.pools.iter());
    let cover = Cover {
        cost_unknown: year.share_with_unknown_cost(),
        cost_unknown_ledger: ledger.share_with_unknown_cost(),
        has_costs: !frame.pools.is_empty(),
    };
    Profit {
        books_difference: difference(year.cost_to_serve(), books.allocated)
            + difference(ledger.cost_to_serve(), ledger_books.allocated)
            + recent_difference(&year, &years)
            + books.difference()
            + ledger_books.difference(),
        customers,
        year,
        ledger,
        years,
        books,
        ledger_books,
        cover,
    }
}

impl Profit {
    /// Whether enough of the goods' costs is known, or assumed, to speak of a margin over these 12 months.
    pub fn margin_told(&self, config: &ProfitConfig) -> bool {
        config.assumed_margin_share.is_some() || self.cover.cost_unknown <= MOST_UNKNOWN
    }

    /// The same for all of the ledger.
    pub fn ledger_margin_told(&self, config: &ProfitConfig) -> bool {
        config.assumed_margin_share.is_some() || self.cover.cost_unknown_ledger <= MOST_UNKNOWN
    }
}

impl Statement {
    pub fn of(&self, item: Item) -> Money {
        self.amounts[item as usize]
    }

    pub fn revenue(&self) -> Money {
        self.of(Item::Net) - self.of(Item::Returned) + self.of(Item::ContractRevenue)
    }

    pub fn margin(&self) -> Money {
        let goods = self.of(Item::Goods) + self.assumed + self.of(Item::ContractCost);
        self.revenue() - goods - self.of(Item::Freight)
    }

    pub fn cost_to_serve(&self) -> Money {
        Item::SERVE.iter().map(|&item| self.of(item)).sum()
    }

    /// Costs laid on the customer by name: activities, compensation, club, waiting for payment.
    pub fn direct(&self) -> Money {
        self.of(Item::Exposures) + self.of(Item::Compensation) + self.of(Item::Club) + self.credit
    }

    pub fn profit(&self) -> Money {
        self.margin() - self.cost_to_serve() - self.direct()
    }

    fn share_with_unknown_cost(&self) -> f64 {
        let revenue = (self.of(Item::Net) + self.of(Item::ContractRevenue)).to_f64();
        let unknown =
            (self.of(Item::NetWithoutGoods) + self.of(Item::ContractWithoutCost)).to_f64();
        if revenue > 0.0 {
            (unknown / revenue).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }
}

impl Books {
    pub fn unallocated(&self) -> Money {
        self.total - self.allocated
    }

    fn difference(&self) -> Money {
        let parts = self.without_driver + self.without_use + self.unused_capacity + self.rest;
        difference(self.unallocated(), parts)
    }
}

fn contributions(columns: &ProfitColumns, config: &ProfitConfig) -> Contributions {
    let rows = columns.len();
    let mut out = Contributions {
        revenue: Vec::with_capacity(rows),
        margin: Vec::with_capacity(rows),
        cost_to_serve: Vec::with_capacity(rows),
        direct: Vec::with_capacity(rows),
        profit: Vec::with_capacity(rows),
        active: Vec::with_capacity(rows),
    };
    let mut amounts = vec![Money::default(); Item::ALL.len()];
    for row in 0..rows {
        for (amount, item) in amounts.iter_mut().zip(Item::ALL) {
            *amount = columns.of(item)[row];
        }
        let line = statement(&amounts, config);
        out.revenue.push(line.revenue());
        out.margin.push(line.margin());
        out.cost_to_serve.push(line.cost_to_serve());
        out.direct.push(line.direct());
        out.profit.push(line.profit());
        out.active
            .push(amounts.iter().any(|amount| !amount.is_zero()));
    }
    out
}

/// Assumed and credit costs are rounded per statement, so a sum over customers may differ from the whole by rounding
/// when an assumption is used; without assumptions all sums are exact.
fn statement(amounts: &[Money], config: &ProfitConfig) -> Statement {
    let of = |item: Item| amounts[item as usize];
    let unknown = of(Item::NetWithoutGoods) + of(Item::ContractWithoutCost);
    let cost_share = config
        .assumed_margin_share
        .map_or(0.0, |margin| 1.0 - margin);
    let daily = config.credit_rate_yearly.unwrap_or(0.0) / 365.0;
    Statement {
        assumed: share_of(unknown, cost_share),
        credit: share_of(of(Item::CreditDays), daily),
        amounts: amounts.to_vec(),
    }
}

fn share_of(amount: Money, share: f64) -> Money {
    if share == 0.0 {
        return Money::default();
    }
    Money::from_raw((amount.raw() as f64 * share).round() as i128)
}

fn customer_sums(columns: &ProfitColumns) -> Vec<Money> {
    let sum = |item: Item| columns.of(item).iter().copied().sum();
    Item::ALL.into_iter().map(sum).collect()
}

fn year_sums(frame: &ProfitFrame) -> Vec<Money> {
    let sum = |item: Item| frame.years.iter().map(|year| year.of(item)).sum();
    Item::ALL.into_iter().map(sum).collect()
}

fn books<'f>(pools: impl Iterator<Item = &'f CostPool>) -> Books {
    let mut books = Books::default();
    for pool in pools {
        let left = pool.amount - pool.allocated;
        books.total += pool.amount;
        books.allocated += pool.allocated;
        if pool.driver == "none" {
            books.without_driver += left;
        } else if pool.used <= 0.0 {
            books.without_use += left;
        } else {
            let unused = unused_capacity(pool);
            books.unused_capacity += unused;
            books.rest += left - unused;
        }
    }
    books
}

fn unused_capacity(pool: &CostPool) -> Money {
    if pool.capacity <= pool.used {
        return Money::default();
    }
    share_of(pool.amount, 1.0 - pool.used / pool.capacity)
}

/// What the customers and the ledger's last year disagree on, item by item.
fn recent_difference(year: &Statement, years: &[(i64, Statement)]) -> Money {
    let none = Statement {
        amounts: vec![Money::default(); Item::ALL.len()],
        ..Statement::default()
    };
    let recent = years
        .iter()
        .find(|(back, _)| *back == 0)
        .map_or(&none, |(_, recent)| recent);
    Item::ALL
        .into_iter()
        .map(|item| difference(year.of(item), recent.of(item)))
        .sum()
}

fn difference(one: Money, other: Money) -> Money {
    let gap = one - other;
    if gap < Money::default() { -gap } else { gap }
}
