//! Which carriers are slow by habit, and do they all get the same orders?

use super::DeliveryConfig;
use super::estimate::Dose;
use super::known::{clusters, known_before};
use crate::columns::{linear_by, spread};
use odla_domain::frames::delivery::SentOrders;
use odla_stats::StatsError;
use odla_stats::causal::leniency;

/// Do carriers get the same orders?
#[derive(Clone, Debug, PartialEq)]
pub enum Routing {
    AsByLot { p: f64, carriers: usize },
    Uneven { p: f64, column: String },
    Untold,
}

/// The carriers' habits by row; `NaN` where there is none.
pub struct Habits {
    pub of_row: Vec<f64>,
    carriers: usize,
}

pub fn habits(orders: &SentOrders, dose: Dose) -> Option<Habits> {
    let rows: Vec<usize> = (0..orders.len())
        .filter(|&row| !orders.carrier[row].is_empty() && dose.of(orders, row).is_finite())
        .collect();
    let dense = |key: &dyn Fn(usize) -> String| -> Vec<usize> {
        let keys: Vec<String> = rows.iter().map(|&row| key(row)).collect();
        let mut sorted: Vec<&String> = keys.iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        keys.iter()
            .map(|key| sorted.binary_search(&key).unwrap_or(0))
            .collect()
    };
    let values: Vec<f64> = rows.iter().map(|&row| dose.of(orders, row)).collect();
    let carrier = dense(&|row| orders.carrier[row].clone());
    let stratum = dense(&|row| orders.channel[row].clone());
    let case = clusters(orders, &rows);
    let found = leniency::leave_one_out(&values, &carrier, (&stratum, Some(&case))).ok()?;
    let mut of_row = vec![f64::NAN; orders.len()];
    for (habit, &place) in found.instrument.iter().zip(&found.rows) {
        of_row[rows[place]] = *habit;
    }
    Some(Habits {
        of_row,
        carriers: found.agents,
    })
}

/// Do slow and quick carriers get the same customers and orders? The smallest chance over the columns counts, times their number.
pub fn test_routing(
    orders: &SentOrders,
    habits: &Habits,
    config: &DeliveryConfig,
) -> Result<Routing, StatsError> {
    let rows: Vec<usize> = (0..orders.len())
        .filter(|&row| habits.of_row[row].is_finite())
        .collect();
    let habit: Vec<f64> = rows.iter().map(|&row| habits.of_row[row]).collect();
    let carriers = habits.carriers;
    if spread(&habit) < 1e-9 {
        return Ok(Routing::Untold);
    }
    let columns = known_before(orders, &rows, false);
    let (fit, used) = linear_by(&habit, &columns, &clusters(orders, &rows), config.level)?;
    let tested = fit.coefficients.table.iter().skip(1);
    let least = tested.min_by(|a, b| a.p_value.total_cmp(&b.p_value));
    Ok(match least {
        None => Routing::AsByLot {
            p: f64::NAN,
            carriers,
        },
        Some(least) => {
            let p = (least.p_value * used.names.len() as f64).min(1.0);
            match p < config.routing_p {
                true => Routing::Uneven {
                    p,
                    column: least.name.clone(),
                },
                false => Routing::AsByLot { p, carriers },
            }
        }
    })
}
