//! What is a customer who stays, a contract and a minute worth to whoever sends orders?

use super::{DeliveryConfig, Known};
use odla_domain::frames::delivery::DeliveryFrame;

/// What the followed things are worth.
#[derive(Clone, Debug)]
pub struct Money {
    /// Of a buyer without a contract who does not come back.
    pub buyer: Option<f64>,
    /// Of a contract that ends, on average.
    pub contract: f64,
    pub minute: Option<f64>,
    /// Share of the orders that customers under a contract made.
    pub under_contract: f64,
}

pub fn money(frame: &DeliveryFrame, known: Known, config: &DeliveryConfig) -> Money {
    let orders = &frame.orders;
    let scores = known
        .value
        .and_then(|scores| Some((scores, scores.number("value")?, scores.number("p_alive")?)));
    let mut sums = (0.0, 0.0);
    if let Some((scores, worth, alive)) = scores {
        let mut last = "";
        for row in (0..orders.len()).filter(|&row| !orders.contract[row]) {
            let id = orders.customer_id[row].as_str();
            if id == last {
                continue;
            }
            last = id;
            let known = scores
                .customer_id
                .binary_search_by(|own| own.as_str().cmp(id));
            let told = known.map(|place| (worth[place], alive[place]));
            if let Some((worth, alive)) = told.ok().filter(|(w, a)| w.is_finite() && a.is_finite())
            {
                sums = (sums.0 + worth, sums.1 + alive);
            }
        }
    }
    let under = orders.contract.iter().filter(|own| **own).count();
    Money {
        buyer: (sums.1 > 10.0).then(|| sums.0 / sums.1),
        contract: contract_worth(frame, config),
        minute: known.minute_cost,
        under_contract: under as f64 / orders.len().max(1) as f64,
    }
}

/// Contribution of a renewed contract within the horizon, staying as contracts do on average.
fn contract_worth(frame: &DeliveryFrame, config: &DeliveryConfig) -> f64 {
    let due = &frame.renewals;
    let n = due.ended.len().max(1) as f64;
    let stays = 1.0 - due.ended.iter().filter(|own| **own).count() as f64 / n;
    let monthly = (1.0 + config.discount_yearly).powf(-1.0 / 12.0);
    let worth = (0..due.ended.len()).map(|row| {
        let months = (0..config.horizon_months).map(|month| {
            let renewals = (f64::from(month) / due.term[row].max(1.0)).floor();
            stays.powf(renewals) * monthly.powf(f64::from(month) + 0.5)
        });
        due.margin[row] * months.sum::<f64>()
    });
    worth.sum::<f64>() / n
}
