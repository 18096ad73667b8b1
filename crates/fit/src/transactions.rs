//! Which purchase history does each customer of a file of single purchases have?

use crate::FitError;
use crate::input::Input;
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Units of time and their days. A month is a twelfth of a mean year.
const UNITS: [(&str, f64); 4] = [
    ("days", 1.0),
    ("weeks", 7.0),
    ("months", 365.25 / 12.0),
    ("years", 365.25),
];

/// One customer up to the end of calibration; purchases of one day are one purchase.
#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    pub name: String,
    /// Days with a purchase, the first not counted.
    pub frequency: f64,
    /// Time from the first to the last of them.
    pub recency: f64,
    /// Time from the first to the end of calibration.
    pub observed: f64,
    /// Mean amount of the repeat days; NaN without them or without amounts.
    pub mean_amount: f64,
    /// Days with a purchase after the end of calibration.
    later: Vec<Date>,
}

/// All customers who bought before the end of calibration, by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Transactions {
    pub customers: Vec<Customer>,
    pub unit: &'static str,
    pub calibration_end: Date,
    /// Customers whose first purchase came later; they are left out.
    pub later_customers: usize,
    days_per_unit: f64,
    last_day: Date,
}

/// Reads the roles `customer`, `date` and, when there is one, `amount`. Also gives the columns used.
pub fn read(input: &Input) -> Result<(Transactions, Value), FitError> {
    let (customer, date) = (input.need("customer")?, input.need("date")?);
    let amount = input.find("amount")?;
    let names = input.columns.complete_texts(&customer)?;
    let days = input.columns.days(&date)?;
    let amounts = match &amount {
        Some(name) => input.columns.complete_numbers(name)?,
        None => vec![f64::NAN; days.len()],
    };
    let (unit, days_per_unit) = unit_of(input)?;
    let last_day = days.iter().copied().max().ok_or(FitError::NoRows)?;
    let calibration_end = input.options.calibration_end.unwrap_or(last_day);
    let mut by_customer: BTreeMap<&str, BTreeMap<Date, f64>> = BTreeMap::new();
    for ((name, day), amount) in names.iter().zip(&days).zip(&amounts) {
        *by_customer
            .entry(name)
            .or_default()
            .entry(*day)
            .or_insert(0.0) += amount;
    }
    let all = by_customer.len();
    let customers: Vec<Customer> = by_customer
        .iter()
        .filter_map(|(name, days)| summarize(name, days, (calibration_end, days_per_unit)))
        .collect();
    if customers.is_empty() {
        return Err(FitError::NobodyBefore {
            end: calibration_end.to_string(),
        });
    }
    let later_customers = all - customers.len();
    let transactions = Transactions {
        customers,
        unit,
        calibration_end,
        later_customers,
        days_per_unit,
        last_day,
    };
    Ok((
        transactions,
        json!({"customer": customer, "date": date, "amount": amount}),
    ))
}

impl Transactions {
    /// Purchase days per customer in the `horizon` after calibration; `None` when the file ends before.
    pub fn purchases_within(&self, horizon: f64) -> Option<Vec<f64>> {
        let reach = horizon * self.days_per_unit;
        if days_between(self.calibration_end, self.last_day) < reach.floor() {
            return None;
        }
        let within = |day: &Date| days_between(self.calibration_end, *day) <= reach;
        let count =
            |customer: &Customer| customer.later.iter().filter(|day| within(day)).count() as f64;
        Some(self.customers.iter().map(count).collect())
    }
}

/// `None` for a customer whose first purchase came after the end.
fn summarize(
    name: &str,
    days: &BTreeMap<Date, f64>,
    (end, days_per_unit): (Date, f64),
) -> Option<Customer> {
    let before: Vec<(&Date, &f64)> = days.iter().filter(|(day, _)| **day <= end).collect();
    let (first, repeats) = before.split_first()?;
    let last = repeats.last().unwrap_or(first);
    let spent: f64 = repeats.iter().map(|(_, amount)| **amount).sum();
    Some(Customer {
        name: name.to_owned(),
        frequency: repeats.len() as f64,
        recency: days_between(*first.0, *last.0) / days_per_unit,
        observed: days_between(*first.0, end) / days_per_unit,
        mean_amount: spent / repeats.len() as f64,
        later: days.keys().filter(|day| **day > end).copied().collect(),
    })
}

fn unit_of(input: &Input) -> Result<(&'static str, f64), FitError> {
    let word = input.options.unit.as_deref().unwrap_or("weeks");
    let known = UNITS
        .iter()
        .find(|(name, _)| *name == word || *name == format!("{word}s"));
    known.copied().ok_or_else(|| FitError::FlagUnknown {
        flag: "unit".to_owned(),
        value: word.to_owned(),
        known: UNITS.map(|(name, _)| name).join(", "),
    })
}

/// Days from one day to another; dates of any file lie within the range that this can hold.
fn days_between(from: Date, to: Date) -> f64 {
    f64::from((to - from).get_days())
}
