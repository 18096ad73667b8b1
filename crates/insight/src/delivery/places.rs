//! Where are we slow although it costs, and quick although nobody cares?

use super::DeliveryConfig;
use super::estimate::{After, Dose, Found};
use super::known::{clusters, known_before};
use crate::columns::linear_by;
use odla_domain::frames::delivery::{DeliveryFrame, SentOrders};
use odla_stats::Estimate;
use odla_stats::survey::shrinkage;

/// Kinds of place, and what stands for each order.
type Of = fn(&SentOrders, usize) -> &str;
const KINDS: [(&str, Of); 3] = [
    ("delivery.kind", |orders, row| {
        if orders.company[row] {
            "company"
        } else {
            "person"
        }
    }),
    ("delivery.channel", |orders, row| &orders.channel[row]),
    ("delivery.unit", |orders, row| &orders.unit[row]),
];

/// One place: a kind of customer, a channel, a unit.
#[derive(Clone, Debug)]
pub struct Place {
    pub kind: &'static str,
    pub name: String,
    pub orders: usize,
    pub days: f64,
    pub late: f64,
    /// Money per order and day, pulled towards the whole as far as chance explains the difference; none with too few orders.
    pub price: Option<Estimate>,
    /// What an order brings in.
    pub net: f64,
    pub verdict: &'static str,
}

pub fn places(frame: &DeliveryFrame, found: &Found, config: &DeliveryConfig) -> Vec<Place> {
    let orders = &frame.orders;
    let mean_days = orders.waiting.iter().sum::<f64>() / orders.len() as f64;
    let mut places = Vec::new();
    for (kind, of) in KINDS {
        let mut names: Vec<&str> = (0..orders.len())
            .map(|row| of(orders, row))
            .filter(|name| !name.is_empty())
            .collect();
        names.sort_unstable();
        names.dedup();
        if names.len() < 2 {
            continue;
        }
        let mut own: Vec<Place> = names
            .iter()
            .filter_map(|name| {
                let rows: Vec<usize> = (0..orders.len())
                    .filter(|&row| of(orders, row) == *name)
                    .collect();
                (rows.len() >= config.fewest_of_place)
                    .then(|| place(orders, (kind, name, &rows), found, config))
            })
            .collect();
        pull(&mut own, config);
        for place in &mut own {
            place.verdict = verdict(place, mean_days, (found, config));
        }
        own.sort_by(|a, b| b.orders.cmp(&a.orders).then_with(|| a.name.cmp(&b.name)));
        places.extend(own);
    }
    places
}

fn place(
    orders: &SentOrders,
    (kind, name, rows): (&'static str, &str, &[usize]),
    found: &Found,
    config: &DeliveryConfig,
) -> Place {
    let n = rows.len() as f64;
    let mean = |of: &dyn Fn(usize) -> f64| rows.iter().map(|&row| of(row)).sum::<f64>() / n;
    let promised: Vec<f64> = (rows.iter())
        .map(|&row| Dose::Missed.of(orders, row))
        .filter(|late| late.is_finite())
        .collect();
    Place {
        kind,
        name: name.to_owned(),
        orders: rows.len(),
        days: mean(&|row| orders.waiting[row]),
        late: promised.iter().sum::<f64>() / promised.len() as f64,
        price: price(orders, rows, found, config),
        net: mean(&|row| orders.net[row]),
        verdict: "delivery.cannot_tell",
    }
}

fn price(
    orders: &SentOrders,
    rows: &[usize],
    found: &Found,
    config: &DeliveryConfig,
) -> Option<Estimate> {
    let told = |row: usize| super::estimate::outcome(orders, row, (After::Price, &found.money));
    if found.money.buyer.is_none() && found.money.minute.is_none() {
        return None;
    }
    let rows: Vec<usize> = rows
        .iter()
        .copied()
        .filter(|&row| told(row).is_some())
        .collect();
    if rows.len() < config.fewest_orders {
        return None;
    }
    let values: Vec<f64> = rows.iter().filter_map(|&row| told(row)).collect();
    let columns = known_before(orders, &rows, true).with(
        "dose",
        rows.iter().map(|&row| orders.waiting[row]).collect(),
    );
    let clusters = clusters(orders, &rows);
    let (fit, _) = linear_by(&values, &columns, &clusters, config.level).ok()?;
    let estimate = fit.coefficients.of("dose")?.estimate;
    (estimate.standard_error > 0.0).then_some(estimate)
}

fn pull(places: &mut [Place], config: &DeliveryConfig) {
    let told: Vec<(usize, Estimate)> = (places.iter().enumerate())
        .filter_map(|(at, place)| Some((at, place.price?)))
        .collect();
    let values: Vec<f64> = told.iter().map(|(_, own)| own.value).collect();
    let errors: Vec<f64> = told.iter().map(|(_, own)| own.standard_error).collect();
    if let Ok(pulled) = shrinkage::normal_normal(&values, &errors, config.level) {
        for ((at, _), own) in told.iter().zip(pulled.groups) {
            places[*at].price = Some(own);
        }
    }
}

/// Slow where a day surely costs; quick where a day surely is worth next to nothing. Else it cannot be told, or is about right.
fn verdict(
    place: &Place,
    mean_days: f64,
    (found, config): (&Found, &DeliveryConfig),
) -> &'static str {
    let Some(price) = place.price else {
        return "delivery.cannot_tell";
    };
    let faint = config.faint * place.net;
    let can_be_quicker = place.days > found.observed.0 + 0.5;
    match (price.interval.lower > 0.0, price.interval.upper < faint) {
        (true, false) if can_be_quicker => "delivery.slow_where_it_costs",
        (_, true) if place.days <= mean_days => "delivery.quick_where_nobody_cares",
        (_, true) => "delivery.time_hardly_matters",
        (true, _) => "delivery.about_right",
        _ => "delivery.cannot_tell",
    }
}
