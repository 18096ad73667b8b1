//! Which carriers are slow, what do they cost, and what would moving a year's orders to another be worth?

use super::DeliveryConfig;
use super::estimate::{Dose, Found};
use super::known::{clusters, known_before};
use crate::columns::linear_by;
use odla_domain::frames::delivery::DeliveryFrame;
use odla_stats::Estimate;

/// One carrier, other things equal.
#[derive(Clone, Debug)]
pub struct Carrier {
    pub name: String,
    /// Of the last twelve months, scaled to the whole register.
    pub orders_a_year: f64,
    pub days: f64,
    pub late: f64,
    /// Days and freight per order more than the quickest carrier's, customers and orders alike.
    pub slower: Estimate,
    pub dearer: Option<Estimate>,
    /// What moving one order to the quickest carrier gives: days won at their price, less dearer freight.
    pub net: Option<Estimate>,
    /// How much more the quickest may cost per order before moving does not pay.
    pub break_even: Option<Estimate>,
}

pub struct Carriers {
    /// Slowest first; the quickest is last.
    pub list: Vec<Carrier>,
    pub freight_told: bool,
}

pub fn carriers(frame: &DeliveryFrame, found: &Found, config: &DeliveryConfig) -> Carriers {
    let orders = &frame.orders;
    let mut names: Vec<&str> = orders
        .carrier
        .iter()
        .map(String::as_str)
        .filter(|name| !name.is_empty())
        .collect();
    names.sort_unstable();
    names.dedup();
    let count = |name: &str| orders.carrier.iter().filter(|own| *own == name).count();
    names.retain(|name| count(name) >= config.fewest_of_place);
    let rows: Vec<usize> = (0..orders.len())
        .filter(|&row| names.contains(&orders.carrier[row].as_str()))
        .collect();
    let told = rows
        .iter()
        .filter(|&&row| orders.freight[row].is_finite())
        .count();
    let freight_told = told * 2 > rows.len() && rows.iter().any(|&row| orders.freight[row] > 0.0);
    let none = Carriers {
        list: Vec::new(),
        freight_told,
    };
    if names.len() < 2 {
        return none;
    }
    let mean_days = |name: &str| {
        let own = rows.iter().filter(|&&row| orders.carrier[row] == name);
        let (sum, n) = own.fold((0.0, 0.0), |sum, &row| {
            (sum.0 + orders.waiting[row], sum.1 + 1.0)
        });
        sum / n
    };
    let quickest = names
        .iter()
        .copied()
        .min_by(|a, b| mean_days(a).total_cmp(&mean_days(b)));
    let Some(quickest) = quickest else {
        return none;
    };
    let differences =
        |rows: &[usize], of: &dyn Fn(usize) -> f64| -> Option<Vec<(String, Estimate)>> {
            let values: Vec<f64> = rows.iter().map(|&row| of(row)).collect();
            let columns = names.iter().filter(|name| **name != quickest).fold(
                known_before(orders, rows, true),
                |all, name| {
                    all.with(
                        &format!("carrier_{name}"),
                        rows.iter()
                            .map(|&row| f64::from(orders.carrier[row] == *name))
                            .collect(),
                    )
                },
            );
            let clusters = clusters(orders, rows);
            let (fit, _) = linear_by(&values, &columns, &clusters, config.level).ok()?;
            let of_name = |name: &&str| {
                Some((
                    (**name).to_owned(),
                    fit.coefficients.of(&format!("carrier_{name}"))?.estimate,
                ))
            };
            Some(names.iter().filter_map(of_name).collect())
        };
    let days = differences(&rows, &|row| orders.waiting[row]);
    let paid: Vec<usize> = rows
        .iter()
        .copied()
        .filter(|&row| orders.freight[row].is_finite())
        .collect();
    let freight = if freight_told {
        differences(&paid, &|row| orders.freight[row])
    } else {
        None
    };
    let none = Estimate::normal(0.0, 0.0, config.level);
    let list = names.iter().map(|name| {
        let find = |all: &Option<Vec<(String, Estimate)>>| {
            all.as_ref()
                .and_then(|all| all.iter().find(|(own, _)| own == name).map(|(_, own)| *own))
        };
        let slower = find(&days).unwrap_or(none);
        let dearer = if *name == quickest {
            freight.as_ref().map(|_| none)
        } else {
            find(&freight)
        };
        let mine: Vec<usize> = rows
            .iter()
            .copied()
            .filter(|&row| orders.carrier[row] == **name)
            .collect();
        let late: Vec<f64> = mine
            .iter()
            .map(|&row| Dose::Missed.of(orders, row))
            .filter(|late| late.is_finite())
            .collect();
        let won = price(found).map(|price| product(price, slower, config.level));
        Carrier {
            name: (*name).to_owned(),
            orders_a_year: mine.iter().filter(|&&row| orders.recent[row]).count() as f64
                / frame.share_read.max(1e-9),
            days: mean_days(name),
            late: late.iter().sum::<f64>() / late.len() as f64,
            slower,
            // Dearer freight of this carrier is saved by moving.
            net: won
                .zip(dearer)
                .filter(|_| *name != quickest)
                .map(|(won, dearer)| {
                    let error = won.standard_error.hypot(dearer.standard_error);
                    Estimate::normal(won.value + dearer.value, error, config.level)
                }),
            break_even: won.filter(|_| *name != quickest),
            dearer,
        }
    });
    let mut list: Vec<Carrier> = list.collect();
    list.sort_by(|a, b| {
        b.slower
            .value
            .total_cmp(&a.slower.value)
            .then_with(|| a.name.cmp(&b.name))
    });
    Carriers { list, freight_told }
}

/// Money per order and day of waiting.
fn price(found: &Found) -> Option<Estimate> {
    let waiting = found.doses.iter().find(|own| own.dose == Dose::Waiting)?;
    waiting.price.as_ref().ok().map(|price| price.told)
}

/// Of two estimates that are taken as independent.
fn product(a: Estimate, b: Estimate, level: f64) -> Estimate {
    let (x, y) = (a.standard_error, b.standard_error);
    let variance = (a.value * y).powi(2) + (b.value * x).powi(2) + (x * y).powi(2);
    Estimate::normal(a.value * b.value, variance.sqrt(), level)
}
