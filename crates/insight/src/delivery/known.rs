//! What was known of an order before it was sent, and which orders hang together?

use crate::columns::{Columns, told_or_zero};
use odla_domain::frames::delivery::SentOrders;

/// What was known before the order was sent: of the customer and the order, and of the calendar.
pub fn known_before(orders: &SentOrders, rows: &[usize], calendar: bool) -> Columns {
    let of = |value: &dyn Fn(usize) -> f64| rows.iter().map(|&row| value(row)).collect::<Vec<_>>();
    let words = |all: &[String]| rows.iter().map(|&row| all[row].clone()).collect::<Vec<_>>();
    let fewest = (rows.len() / 100).max(20);
    let columns = Columns::default()
        .with("company", of(&|row| f64::from(orders.company[row])))
        .with("contract", of(&|row| f64::from(orders.contract[row])))
        .with_curve("net", &of(&|row| orders.net[row].max(0.0).ln_1p()))
        .with("lines", of(&|row| orders.lines[row].ln_1p()))
        .with_curve(
            "bought_before",
            &of(&|row| orders.bought_before[row].ln_1p()),
        )
        .with(
            "silence",
            of(&|row| told_or_zero(orders.silence[row]).ln_1p()),
        )
        .with(
            "first_order",
            of(&|row| f64::from(orders.silence[row].is_nan())),
        )
        .with("tenure", of(&|row| orders.tenure[row].ln_1p()))
        .with_words("channel", &words(&orders.channel), fewest)
        .with_words("unit", &words(&orders.unit), fewest);
    if !calendar {
        return columns;
    }
    let number =
        |all: &[f64]| -> Vec<String> { rows.iter().map(|&row| format!("{}", all[row])).collect() };
    columns
        .with("time", of(&|row| orders.day[row] as f64 / 365.25))
        .with_words("month", &number(&orders.month), fewest)
        .with_words("weekday", &number(&orders.weekday), fewest)
}

/// Rows of one customer hang together.
pub fn clusters(orders: &SentOrders, rows: &[usize]) -> Vec<usize> {
    let mut number = 0;
    (0..rows.len())
        .map(|at| {
            let own = |at: usize| &orders.customer_id[rows[at]];
            number += usize::from(at > 0 && own(at) != own(at - 1));
            number
        })
        .collect()
}
