//! Does the profit report say what the frame holds, and refuse what it cannot tell?

use super::*;
use jiff::civil::date;
use odla_domain::frames::profit::{CostPool, Item, ProfitColumns, ProfitYear};
use odla_domain::{Cell, Money};

fn money(amount: f64) -> Money {
    Money::from_raw((amount * 10_000.0).round() as i128)
}

/// Customers with these items, and a ledger of one year that holds the same.
fn frame(customers: &[&[(Item, f64)]], pools: Vec<CostPool>) -> ProfitFrame {
    let mut amounts = vec![vec![Money::default(); customers.len()]; Item::ALL.len()];
    let mut year = vec![Money::default(); Item::ALL.len()];
    for (row, items) in customers.iter().enumerate() {
        for &(item, amount) in *items {
            amounts[item as usize][row] = money(amount);
            year[item as usize] += money(amount);
        }
    }
    let columns = ProfitColumns {
        customer_id: (0..customers.len()).map(|row| format!("c{row}")).collect(),
        orders: vec![1; customers.len()],
        days_since_order: vec![3.0; customers.len()],
        amounts,
    };
    let years = vec![ProfitYear {
        years_back: 0,
        amounts: year,
    }];
    ProfitFrame::new(date(2025, 12, 31), columns, pools, years).expect("a frame")
}

fn pool(driver: &str, amount: f64, allocated: f64, (used, capacity): (f64, f64)) -> CostPool {
    CostPool {
        cost_id: format!("{driver}{amount}"),
        months_back: 1,
        period: "2025-11".to_owned(),
        process: "service".to_owned(),
        pool: "desk".to_owned(),
        unit_id: String::new(),
        driver: driver.to_owned(),
        amount: money(amount),
        used,
        capacity,
        allocated: money(allocated),
    }
}

fn three_customers() -> ProfitFrame {
    frame(
        &[
            &[
                (Item::List, 1000.0),
                (Item::Net, 900.0),
                (Item::Discount, 100.0),
                (Item::Goods, 400.0),
                (Item::ServeService, 50.0),
            ],
            &[
                (Item::List, 200.0),
                (Item::Net, 200.0),
                (Item::Goods, 150.0),
                (Item::ServeService, 100.0),
            ],
            &[],
        ],
        vec![
            pool("minutes", 300.0, 150.0, (30.0, 60.0)),
            pool("none", 40.0, 0.0, (0.0, 0.0)),
            pool("orders", 9.0, 0.0, (0.0, 5.0)),
        ],
    )
}

fn value(outcome: &Outcome, key: &str) -> Option<f64> {
    outcome
        .report
        .figure(key)
        .unwrap_or_else(|| panic!("no figure {key}"))
        .value
}

fn assessed(frame: &ProfitFrame, config: &ProfitConfig) -> Outcome {
    assess(frame, config, 1).expect("a report")
}

#[test]
fn the_parts_add_up_to_the_books() {
    let outcome = assessed(&three_customers(), &ProfitConfig::standard());
    assert_eq!(value(&outcome, "revenue.12m"), Some(1100.0));
    assert_eq!(value(&outcome, "profit.12m"), Some(400.0));
    assert_eq!(value(&outcome, "profit.total"), Some(400.0));
    assert_eq!(value(&outcome, "cost_to_serve.total"), Some(150.0));
    assert_eq!(value(&outcome, "cost.unallocated"), Some(199.0));
    assert_eq!(value(&outcome, "profit.books_difference"), Some(0.0));
    let table = outcome.report.table("profit.unallocated").expect("a table");
    let amounts: Vec<&Cell> = table.rows.iter().map(|row| &row[1]).collect();
    assert_eq!(
        amounts,
        [40.0, 9.0, 150.0, 0.0]
            .map(Cell::Number)
            .iter()
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_part_that_went_missing_is_told() {
    let mut frame = three_customers();
    frame.customers.amounts[Item::ServeService as usize][0] = money(49.9999);
    let outcome = assessed(&frame, &ProfitConfig::standard());
    assert!(value(&outcome, "profit.books_difference").is_some_and(|gap| gap > 0.0));
    assert!(
        outcome
            .report
            .cautions
            .iter()
            .any(|caution| caution.key == "profit.books_differ")
    );
    assert!(
        outcome
            .report
            .sentences
            .iter()
            .all(|sentence| sentence.key != "profit.books_agree")
    );
}

#[test]
fn the_whale_is_ranked_by_profit_and_counts_the_customers_at_a_loss() {
    let outcome = assessed(&three_customers(), &ProfitConfig::standard());
    // 450 and -50; the third customer did nothing all year.
    assert_eq!(value(&outcome, "profit.whale_peak"), Some(450.0 / 400.0));
    assert_eq!(value(&outcome, "profit.loss_making.count"), Some(1.0));
    assert_eq!(value(&outcome, "profit.loss_making.sum"), Some(-50.0));
    assert_eq!(value(&outcome, "profit.per_customer"), Some(200.0));
    assert_eq!(value(&outcome, "profit.rate_sensitivity"), Some(-30.0));
    let whale = outcome.report.table("profit.whale").expect("a table");
    assert_eq!(whale.rows.last().expect("a row")[1], Cell::Number(400.0));
}

#[test]
fn without_goods_costs_no_profit_is_told_unless_a_margin_is_assumed() {
    let frame = frame(
        &[&[(Item::Net, 100.0), (Item::NetWithoutGoods, 100.0)]],
        vec![],
    );
    let outcome = assessed(&frame, &ProfitConfig::standard());
    assert_eq!(value(&outcome, "revenue.total"), Some(100.0));
    for key in [
        "profit.total",
        "profit.12m",
        "profit.whale_peak",
        "cost_to_serve.total",
    ] {
        assert_eq!(value(&outcome, key), None, "{key}");
    }
    assert_eq!(outcome.report.sentences[0].key, "profit.lead_revenue_only");
    assert!(
        outcome
            .scores
            .expect("scores")
            .number("profit_12m")
            .expect("a column")[0]
            .is_nan()
    );

    let config = ProfitConfig {
        assumed_margin_share: Some(0.4),
        ..ProfitConfig::standard()
    };
    let assumed = assessed(&frame, &config);
    assert_eq!(value(&assumed, "profit.12m"), Some(40.0));
    let cautioned = |key: &str| {
        assumed
            .report
            .figure(key)
            .expect("a figure")
            .cautions
            .iter()
            .any(|c| c.key == "profit.margin_assumed")
    };
    assert!(cautioned("profit.12m") && cautioned("revenue.total"));
}

#[test]
fn waiting_for_payment_costs_when_a_rate_is_given() {
    let frame = frame(
        &[&[
            (Item::Net, 100.0),
            (Item::Goods, 50.0),
            (Item::CreditDays, 36_500.0),
        ]],
        vec![],
    );
    let config = ProfitConfig {
        credit_rate_yearly: Some(0.05),
        ..ProfitConfig::standard()
    };
    assert_eq!(value(&assessed(&frame, &config), "profit.12m"), Some(45.0));
}

#[test]
fn every_figure_stands_in_the_registry() {
    let outcome = assessed(&three_customers(), &ProfitConfig::standard());
    for figure in &outcome.report.figures {
        let known = FIGURES.iter().find(|known| known.pattern == figure.key);
        assert_eq!(
            known.map(|known| known.unit),
            Some(figure.unit),
            "{}",
            figure.key
        );
    }
    assert_eq!(outcome.report.figures.len(), FIGURES.len());
}
