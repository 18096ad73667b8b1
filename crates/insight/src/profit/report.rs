//! How is the profit laid out: figures, waterfall, whale curve, books?

use super::ProfitConfig;
use super::estimate::{Books, Profit};
use super::whale::{self, Whale};
use odla_domain::frames::profit::{CostPool, Item, ProfitFrame};
use odla_domain::{Caution, Cell, CustomerScores, Figure, Money, Report, Sentence, Table, Unit};
use std::collections::BTreeMap;

const CAPABILITY: &str = "profit";

pub fn lay_out(frame: &ProfitFrame, profit: &Profit, config: &ProfitConfig) -> Report {
    let whale = profit
        .margin_told(config)
        .then(|| whale::draw(&profit.customers));
    let mut report = Report::new(CAPABILITY);
    report.cautions = cautions(frame, profit, config);
    report.figures = figures(profit, whale.as_ref(), config);
    for figure in &mut report.figures {
        figure.cautions.extend(assumption(profit, config));
    }
    report.tables.push(waterfall(profit, config));
    report.tables.push(years(profit, config));
    if let Some(whale) = &whale {
        report.tables.push(whale.table());
        report.tables.push(sensitivity(profit, config));
    }
    if profit.cover.has_costs {
        report.tables.push(pools(frame));
        report.tables.push(books(frame));
        report.tables.push(unallocated(&profit.books));
    }
    report.sentences = sentences(profit, whale.as_ref(), config);
    report
}

/// One score per customer and name; sorted by customer, as the frame is.
pub fn scores(frame: &ProfitFrame, profit: &Profit, config: &ProfitConfig) -> CustomerScores {
    let told = profit.margin_told(config);
    let (customers, columns) = (&profit.customers, &frame.customers);
    let money = |amounts: &[Money]| {
        amounts
            .iter()
            .map(|amount| amount.to_f64())
            .collect::<Vec<_>>()
    };
    let when = |told: bool, values: Vec<f64>| {
        if told {
            values
        } else {
            vec![f64::NAN; columns.len()]
        }
    };
    let numbers = [
        ("revenue_12m", money(&customers.revenue)),
        ("margin_12m", when(told, money(&customers.margin))),
        (
            "cost_to_serve_12m",
            when(profit.cover.has_costs, money(&customers.cost_to_serve)),
        ),
        ("direct_12m", money(&customers.direct)),
        ("profit_12m", when(told, money(&customers.profit))),
        (
            "orders_12m",
            columns.orders.iter().map(|&n| n as f64).collect(),
        ),
        ("days_since_order", columns.days_since_order.clone()),
    ];
    CustomerScores {
        customer_id: columns.customer_id.clone(),
        numbers: numbers
            .into_iter()
            .map(|(name, values)| (name.to_owned(), values))
            .collect(),
        words: Vec::new(),
    }
}

fn figures(profit: &Profit, whale: Option<&Whale>, config: &ProfitConfig) -> Vec<Figure> {
    let n = profit
        .customers
        .active
        .iter()
        .filter(|&&active| active)
        .count() as u64;
    let (year, ledger) = (
        profit.margin_told(config),
        profit.ledger_margin_told(config),
    );
    let money = |key: &str, amount: Money| {
        Figure::booked(key, amount.to_f64(), Unit::Money, n).by(CAPABILITY)
    };
    let margin = |key: &str, amount: Money, told: bool| match told {
        true => money(key, amount),
        false => Figure::untold(key, Unit::Money, unknown_cost(profit)),
    };
    let mut figures = vec![
        money("revenue.total", profit.ledger.revenue()),
        money("revenue.12m", profit.year.revenue()),
        margin("margin.12m", profit.year.margin(), year),
        margin("profit.total", profit.ledger.profit(), ledger),
        margin("profit.12m", profit.year.profit(), year),
    ];
    figures.extend(cost_figures(profit, n));
    figures.extend(customer_figures(profit, whale, config));
    figures
}

fn cost_figures(profit: &Profit, n: u64) -> Vec<Figure> {
    let amounts = [
        ("cost_to_serve.total", profit.ledger.cost_to_serve()),
        ("cost_to_serve.12m", profit.year.cost_to_serve()),
        ("cost.unallocated", profit.ledger_books.unallocated()),
        ("cost.unallocated_12m", profit.books.unallocated()),
        ("profit.books_difference", profit.books_difference),
    ];
    let figure = |(key, amount): (&str, Money)| match profit.cover.has_costs {
        true => Figure::booked(key, amount.to_f64(), Unit::Money, n).by(CAPABILITY),
        false => Figure::untold(key, Unit::Money, Caution::new("profit.no_costs")),
    };
    amounts.into_iter().map(figure).collect()
}

fn customer_figures(profit: &Profit, whale: Option<&Whale>, config: &ProfitConfig) -> Vec<Figure> {
    let Some(whale) = whale else {
        return [
            ("profit.per_customer", Unit::MoneyPerCustomerYear),
            ("profit.loss_making.count", Unit::Count),
            ("profit.loss_making.sum", Unit::Money),
            ("profit.whale_peak", Unit::Share),
            ("profit.rate_sensitivity", Unit::Money),
        ]
        .into_iter()
        .map(|(key, unit)| Figure::untold(key, unit, unknown_cost(profit)))
        .collect();
    };
    let n = whale.customers as u64;
    let booked =
        |key: &str, value: f64, unit: Unit| Figure::booked(key, value, unit, n).by(CAPABILITY);
    let per_customer = match n {
        0 => Figure::untold(
            "profit.per_customer",
            Unit::MoneyPerCustomerYear,
            Caution::new("profit.no_activity"),
        ),
        n => booked(
            "profit.per_customer",
            profit.year.profit().to_f64() / n as f64,
            Unit::MoneyPerCustomerYear,
        ),
    };
    let peak = match whale.peak_share() {
        Some(peak) => booked("profit.whale_peak", peak, Unit::Share),
        None => Figure::untold(
            "profit.whale_peak",
            Unit::Share,
            Caution::new("profit.no_profit"),
        ),
    };
    let sensitivity = match profit.cover.has_costs {
        true => booked(
            "profit.rate_sensitivity",
            -config.rate_change * profit.year.cost_to_serve().to_f64(),
            Unit::Money,
        ),
        false => Figure::untold(
            "profit.rate_sensitivity",
            Unit::Money,
            Caution::new("profit.no_costs"),
        ),
    };
    vec![
        per_customer,
        booked("profit.loss_making.count", whale.losing as f64, Unit::Count),
        booked("profit.loss_making.sum", whale.lost.to_f64(), Unit::Money),
        peak,
        sensitivity,
    ]
}

fn unknown_cost(profit: &Profit) -> Caution {
    Caution::new("profit.goods_cost_unknown").with("share", profit.cover.cost_unknown)
}

/// The doubt that every figure carries when a margin was assumed.
fn assumption(profit: &Profit, config: &ProfitConfig) -> Option<Caution> {
    let margin = config.assumed_margin_share?;
    (profit.cover.cost_unknown_ledger > 0.0).then(|| {
        Caution::new("profit.margin_assumed")
            .with("margin", margin)
            .with("share", profit.cover.cost_unknown_ledger)
    })
}

fn cautions(frame: &ProfitFrame, profit: &Profit, config: &ProfitConfig) -> Vec<Caution> {
    let mut cautions: Vec<Caution> = assumption(profit, config).into_iter().collect();
    if config.assumed_margin_share.is_none() && profit.cover.cost_unknown > 0.0 {
        cautions.push(unknown_cost(profit));
    }
    if !profit.cover.has_costs {
        cautions.push(Caution::new("profit.no_costs"));
    } else if frame.as_of.last_of_month() != frame.as_of {
        cautions.push(Caution::new("profit.costs_by_whole_months"));
    }
    if !profit.books_difference.is_zero() {
        cautions.push(
            Caution::new("profit.books_differ")
                .with("difference", profit.books_difference.to_f64()),
        );
    }
    cautions
}

/// From list price to what is left when the unallocated costs are paid too.
fn waterfall(profit: &Profit, config: &ProfitConfig) -> Table {
    let mut table = Table::new(
        "profit.waterfall",
        &[
            ("profit.step", Unit::Text),
            ("profit.amount", Unit::Money),
            ("profit.share_of_revenue", Unit::Share),
        ],
    );
    let year = &profit.year;
    let revenue = year.revenue().to_f64();
    let mut step = |key: &str, amount: Money| {
        let share = if revenue > 0.0 {
            Cell::Number(amount.to_f64() / revenue)
        } else {
            Cell::None
        };
        table.push(vec![
            Cell::Key(format!("profit.step.{key}")),
            Cell::Number(amount.to_f64()),
            share,
        ]);
    };
    step("list", year.of(Item::List));
    step("discount", -year.of(Item::Discount));
    step(
        "other_price",
        year.of(Item::Net) - (year.of(Item::List) - year.of(Item::Discount)),
    );
    step("net", year.of(Item::Net));
    step("returned", -year.of(Item::Returned));
    step("contract_revenue", year.of(Item::ContractRevenue));
    step("revenue", year.revenue());
    if !profit.margin_told(config) {
        return table;
    }
    step("goods", -(year.of(Item::Goods) + year.assumed));
    step("contract_cost", -year.of(Item::ContractCost));
    step("freight", -year.of(Item::Freight));
    step("margin", year.margin());
    for item in Item::SERVE {
        if !year.of(item).is_zero() {
            step(item.name(), -year.of(item));
        }
    }
    step("exposures", -year.of(Item::Exposures));
    step("compensation", -year.of(Item::Compensation));
    step("club", -year.of(Item::Club));
    if config.credit_rate_yearly.is_some() {
        step("credit", -year.credit);
    }
    step("profit", year.profit());
    step("acquisition", -year.of(Item::Acquisition));
    step("unallocated", -profit.books.unallocated());
    step(
        "result",
        year.profit() - year.of(Item::Acquisition) - profit.books.unallocated(),
    );
    table
}

fn years(profit: &Profit, config: &ProfitConfig) -> Table {
    let mut table = Table::new(
        "profit.years",
        &[
            ("profit.years_back", Unit::Count),
            ("profit.revenue", Unit::Money),
            ("profit.margin", Unit::Money),
            ("profit.cost_to_serve", Unit::Money),
            ("profit.direct", Unit::Money),
            ("profit.profit", Unit::Money),
        ],
    );
    let told = profit.ledger_margin_told(config);
    let when = |amount: Money| {
        if told {
            Cell::Number(amount.to_f64())
        } else {
            Cell::None
        }
    };
    for (back, year) in &profit.years {
        table.push(vec![
            Cell::Number(*back as f64),
            Cell::Number(year.revenue().to_f64()),
            when(year.margin()),
            Cell::Number(year.cost_to_serve().to_f64()),
            Cell::Number(year.direct().to_f64()),
            when(year.profit()),
        ]);
    }
    table
}

/// The profit, the cost to serve and the customers at a loss, if all rates were lower or higher.
fn sensitivity(profit: &Profit, config: &ProfitConfig) -> Table {
    let mut table = Table::new(
        "profit.sensitivity",
        &[
            ("profit.rate_change", Unit::SharePoints),
            ("profit.cost_to_serve", Unit::Money),
            ("profit.profit", Unit::Money),
            ("profit.losing", Unit::Count),
        ],
    );
    for change in [-config.rate_change, 0.0, config.rate_change] {
        let served = profit.year.cost_to_serve().to_f64();
        table.push(vec![
            Cell::Number(change),
            Cell::Number(served * (1.0 + change)),
            Cell::Number(profit.year.profit().to_f64() - served * change),
            Cell::Number(losing_at(profit, change) as f64),
        ]);
    }
    table
}

fn losing_at(profit: &Profit, change: f64) -> usize {
    let customers = &profit.customers;
    let after = |row: usize| {
        customers.profit[row].to_f64() - change * customers.cost_to_serve[row].to_f64()
    };
    (0..customers.profit.len())
        .filter(|&row| after(row) < 0.0)
        .count()
}

/// The last 12 months by pool: what the books say, what customers bear, how much of the capacity was used.
fn pools(frame: &ProfitFrame) -> Table {
    let mut table = Table::new(
        "profit.pools",
        &[
            ("profit.process", Unit::Text),
            ("profit.pool", Unit::Text),
            ("profit.driver", Unit::Text),
            ("profit.books", Unit::Money),
            ("profit.allocated", Unit::Money),
            ("profit.unallocated", Unit::Money),
            ("profit.capacity_used", Unit::Share),
        ],
    );
    let key = |pool: &CostPool| (pool.process.clone(), pool.pool.clone(), pool.driver.clone());
    for ((process, name, driver), sums) in sums(frame, key) {
        let used = if sums.capacity > 0.0 {
            Cell::Number(sums.used / sums.capacity)
        } else {
            Cell::None
        };
        table.push(vec![
            process_cell(&process),
            Cell::Text(name),
            Cell::Key(format!("profit.driver.{driver}")),
            Cell::Number(sums.amount.to_f64()),
            Cell::Number(sums.allocated.to_f64()),
            Cell::Number((sums.amount - sums.allocated).to_f64()),
            used,
        ]);
    }
    table
}

/// The same per period and pool, for the one who keeps the books.
fn books(frame: &ProfitFrame) -> Table {
    let mut table = Table::new(
        "profit.books",
        &[
            ("profit.period", Unit::Text),
            ("profit.process", Unit::Text),
            ("profit.pool", Unit::Text),
            ("profit.books", Unit::Money),
            ("profit.allocated", Unit::Money),
            ("profit.unallocated", Unit::Money),
        ],
    );
    let key = |pool: &CostPool| (pool.period.clone(), pool.process.clone(), pool.pool.clone());
    for ((period, process, name), sums) in sums(frame, key) {
        table.push(vec![
            Cell::Text(period),
            process_cell(&process),
            Cell::Text(name),
            Cell::Number(sums.amount.to_f64()),
            Cell::Number(sums.allocated.to_f64()),
            Cell::Number((sums.amount - sums.allocated).to_f64()),
        ]);
    }
    table
}

#[derive(Default)]
struct PoolSums {
    amount: Money,
    allocated: Money,
    used: f64,
    capacity: f64,
}

fn sums<K: Ord>(frame: &ProfitFrame, key: impl Fn(&CostPool) -> K) -> BTreeMap<K, PoolSums> {
    let mut all: BTreeMap<K, PoolSums> = BTreeMap::new();
    for pool in frame.pools.iter().filter(|pool| pool.months_back < 12) {
        let sums = all.entry(key(pool)).or_default();
        sums.amount += pool.amount;
        sums.allocated += pool.allocated;
        sums.used += pool.used;
        sums.capacity += pool.capacity;
    }
    all
}

fn process_cell(process: &str) -> Cell {
    match process {
        "" => Cell::None,
        process => Cell::Key(format!("process.{process}")),
    }
}

fn unallocated(books: &Books) -> Table {
    let mut table = Table::new(
        "profit.unallocated",
        &[("profit.why", Unit::Text), ("profit.amount", Unit::Money)],
    );
    let reasons = [
        ("without_driver", books.without_driver),
        ("without_use", books.without_use),
        ("unused_capacity", books.unused_capacity),
        ("rest", books.rest),
    ];
    for (reason, amount) in reasons {
        table.push(vec![
            Cell::Key(format!("profit.unallocated.{reason}")),
            Cell::Number(amount.to_f64()),
        ]);
    }
    table
}

fn sentences(profit: &Profit, whale: Option<&Whale>, config: &ProfitConfig) -> Vec<Sentence> {
    let mut sentences = vec![lead(profit, config)];
    if let Some(whale) = whale {
        sentences.extend(whale.sentences());
    }
    if !profit.cover.has_costs {
        return sentences;
    }
    let unallocated = profit.books.unallocated().to_f64();
    sentences.push(
        Sentence::new("profit.unallocated")
            .with("unallocated", unallocated)
            .with("books", profit.books.total.to_f64())
            .with("unused", profit.books.unused_capacity.to_f64())
            .from_figure("cost.unallocated_12m"),
    );
    if profit.books_difference.is_zero() {
        sentences.push(Sentence::new("profit.books_agree").from_figure("profit.books_difference"));
    }
    if profit.margin_told(config) {
        let change = config.rate_change * profit.year.cost_to_serve().to_f64();
        sentences.push(
            Sentence::new("profit.rates")
                .with("change", config.rate_change)
                .with("effect", change)
                .from_figure("profit.rate_sensitivity"),
        );
    }
    sentences
}

fn lead(profit: &Profit, config: &ProfitConfig) -> Sentence {
    let revenue = profit.year.revenue().to_f64();
    let told = profit.margin_told(config);
    let key = match (told, profit.cover.has_costs) {
        (false, _) => "profit.lead_revenue_only",
        (true, false) => "profit.lead_without_costs",
        (true, true) => "profit.lead",
    };
    let sentence = Sentence::new(key)
        .with("revenue", revenue)
        .from_figure("revenue.12m");
    match told {
        false => sentence.with("share", profit.cover.cost_unknown),
        true => sentence
            .with("profit", profit.year.profit().to_f64())
            .with("served", profit.year.cost_to_serve().to_f64())
            .from_figure("profit.12m")
            .from_figure("cost_to_serve.12m"),
    }
}
