//! What is one more purchase, renewal, recommendation, call, complaint or late payment worth, and do they add up?

use super::ActivitiesConfig;
use odla_domain::frames::activities::{ActivitiesFrame, Doings};
use odla_domain::{Caution, CustomerScores};
use odla_stats::Estimate;

/// One behavior with its price.
#[derive(Clone, Debug)]
pub struct Behavior {
    pub word: &'static str,
    /// Events this year and the year before.
    pub events: u64,
    pub events_before: u64,
    /// What one more is worth to us; below 0 it costs.
    pub price: Result<Estimate, Caution>,
    /// What one gave the year before, at this year's cost rates; for the change.
    pub price_before: Option<f64>,
    /// Part of another behavior, named here, and therefore not added.
    pub within: Option<&'static str>,
    /// A booked average: the price has no interval.
    pub booked: bool,
}

/// The catalogue and its sum.
#[derive(Clone, Debug)]
pub struct Behaviors {
    pub list: Vec<Behavior>,
    /// Money of the year, over the behaviors that are added.
    pub total: f64,
    pub total_before: f64,
    /// The part of the change that comes from more or fewer events at last year's prices.
    pub by_events: f64,
    /// Cost of serving one order, and of a minute in contact with customers, from the books.
    pub cost_per_order: Option<f64>,
    pub cost_per_minute: Option<f64>,
}

impl Behavior {
    pub fn sum(&self) -> Option<f64> {
        let price = self.price.as_ref().ok()?;
        Some(price.value * self.events as f64)
    }
}

pub fn price(
    frame: &ActivitiesFrame,
    value: Option<&CustomerScores>,
    config: &ActivitiesConfig,
) -> Behaviors {
    let rates = Rates::of(frame);
    let list: Vec<Behavior> = vec![
        purchase("repeat_purchase", (frame, &rates, config), |y| {
            (y.again, y.again_margin.to_f64())
        }),
        purchase("first_purchase", (frame, &rates, config), |y| {
            (y.newly, y.newly_margin.to_f64())
        }),
        each("contract_month", frame, config, |y| {
            (y.months, y.months_margin.to_f64())
        }),
        Behavior {
            within: Some("contract_month"),
            ..each("renewal", frame, config, |y| {
                (y.renewals, y.renewed_margin.to_f64())
            })
        },
        referral(frame, value, config),
        call(frame, &rates, config),
        self_service(frame, &rates, config),
        each("complaint", frame, config, |y| {
            (y.reported, -y.compensation.to_f64())
        }),
        each("late_payment", frame, config, |y| {
            (
                y.late,
                -y.late_days.to_f64() * config.credit_yearly / 365.25,
            )
        }),
    ];
    let added = || list.iter().filter(|behavior| behavior.within.is_none());
    let before = |b: &Behavior| {
        b.price_before
            .map_or(0.0, |price| price * b.events_before as f64)
    };
    let by_events = |b: &Behavior| {
        let more = b.events as f64 - b.events_before as f64;
        b.price_before
            .or(b.price.as_ref().ok().map(|p| p.value))
            .map_or(0.0, |price| price * more)
    };
    Behaviors {
        total: added().filter_map(Behavior::sum).sum(),
        total_before: added().map(before).sum(),
        by_events: added().map(by_events).sum(),
        cost_per_order: rates.order,
        cost_per_minute: rates.minute,
        list,
    }
}

/// What the books say that work costs: amount over what the pool can carry.
struct Rates {
    order: Option<f64>,
    minute: Option<f64>,
}

impl Rates {
    fn of(frame: &ActivitiesFrame) -> Self {
        let work = |word: &str| -> f64 {
            frame
                .work
                .iter()
                .find(|work| work.word == word)
                .map_or(0.0, |work| work.events as f64)
        };
        let orders = work("orders");
        let rate = |driver: &str, used: f64, of_process: &dyn Fn(&str) -> bool| -> f64 {
            (frame.pools.iter())
                .filter(|pool| pool.driver == driver && of_process(&pool.process))
                .map(|pool| pool.amount.to_f64() / pool.capacity.max(used).max(1.0))
                .sum()
        };
        let any = |_: &str| true;
        let drivers = [
            ("orders", "orders"),
            ("lines", "lines"),
            ("deliveries", "deliveries"),
            ("returns", "returns"),
        ];
        let known = frame
            .pools
            .iter()
            .any(|pool| drivers.iter().any(|(driver, _)| *driver == pool.driver));
        let order = drivers
            .iter()
            .map(|(driver, word)| rate(driver, work(word), &any) * work(word) / orders.max(1.0))
            .sum();
        // Calls are answered where customers call: the processes whose minutes are booked, weighted by their minutes.
        let (mut cost, mut minutes) = (0.0, 0.0);
        for met in &frame.contacts {
            let own = |process: &str| process == met.process;
            let per_minute = rate("minutes", met.minutes, &own);
            if per_minute > 0.0 {
                cost += per_minute * met.minutes_by_customer;
                minutes += met.minutes_by_customer;
            }
        }
        Self {
            order: (known && orders > 0.0).then_some(order),
            minute: (minutes > 0.0).then(|| cost / minutes),
        }
    }
}

fn too_few(events: u64, config: &ActivitiesConfig) -> Option<Caution> {
    (events < config.fewest_events).then(|| {
        Caution::new("behaviors.too_few")
            .with("needed", config.fewest_events as f64)
            .with("got", events as f64)
    })
}

/// A booked mean: the sum of a year over its events.
fn each(
    word: &'static str,
    frame: &ActivitiesFrame,
    config: &ActivitiesConfig,
    of: impl Fn(&Doings) -> (u64, f64),
) -> Behavior {
    let [(events, sum), (events_before, sum_before)] = [of(&frame.doings[0]), of(&frame.doings[1])];
    Behavior {
        word,
        events,
        events_before,
        price: match too_few(events, config) {
            Some(why) => Err(why),
            None => Ok(Estimate::normal(sum / events as f64, 0.0, config.level)),
        },
        price_before: (events_before > 0).then(|| sum_before / events_before as f64),
        within: None,
        booked: true,
    }
}

/// Margin per order less what the order costs to serve, at this year's rates in both years.
fn purchase(
    word: &'static str,
    (frame, rates, config): (&ActivitiesFrame, &Rates, &ActivitiesConfig),
    of: impl Fn(&Doings) -> (u64, f64),
) -> Behavior {
    let serve = rates.order.unwrap_or(0.0);
    each(word, frame, config, |year| {
        let (orders, margin) = of(year);
        (orders, margin - serve * orders as f64)
    })
}

/// A customer who came by recommendation: what such a customer is worth ahead, and what winning one costs otherwise.
fn referral(
    frame: &ActivitiesFrame,
    value: Option<&CustomerScores>,
    config: &ActivitiesConfig,
) -> Behavior {
    let of_year = |back: i64| frame.referred.iter().filter(move |r| r.years_back == back);
    let worth = |id: &String| {
        let scores = value?;
        let place = scores.customer_id.binary_search(id).ok()?;
        scores
            .number("value")
            .map(|values| values[place])
            .filter(|v| v.is_finite())
    };
    let worths: Vec<f64> = of_year(0)
        .map(|r| worth(&r.customer_id).unwrap_or(0.0))
        .collect();
    let costs: Vec<f64> = of_year(0)
        .map(|r| r.acquisition_cost)
        .filter(|c| c.is_finite())
        .collect();
    let saved = match (costs.is_empty(), frame.acquisition_cost.is_finite()) {
        (false, true) => frame.acquisition_cost - costs.iter().sum::<f64>() / costs.len() as f64,
        _ => 0.0,
    };
    let events = worths.len() as u64;
    let price = match (value, too_few(events, config)) {
        (_, Some(why)) => Err(why),
        (None, None) => Err(Caution::new("behaviors.no_values")),
        (Some(_), None) => {
            let n = worths.len() as f64;
            let mean = worths.iter().sum::<f64>() / n;
            let squares: f64 = worths.iter().map(|w| (w - mean) * (w - mean)).sum();
            let error = (squares / (n - 1.0) / n).sqrt();
            Ok(Estimate::normal(mean + saved, error, config.level))
        }
    };
    Behavior {
        word: "referral",
        events,
        events_before: of_year(1).count() as u64,
        price,
        price_before: None,
        within: Some("first_purchase"),
        booked: false,
    }
}

/// A contact that the customer begins: its minutes at the books' rate. What is saved must also be let go.
fn call(frame: &ActivitiesFrame, rates: &Rates, config: &ActivitiesConfig) -> Behavior {
    let behavior = each("call", frame, config, |year| {
        (year.calls, -rates.minute.unwrap_or(0.0) * year.call_minutes)
    });
    match rates.minute {
        Some(_) => behavior,
        None => Behavior {
            price: Err(Caution::new("behaviors.no_minute_cost")),
            price_before: None,
            ..behavior
        },
    }
}

/// An errand that the customer runs alone saves the call that it replaces.
fn self_service(frame: &ActivitiesFrame, rates: &Rates, config: &ActivitiesConfig) -> Behavior {
    let events: u64 = frame.contacts.iter().map(|met| met.self_service).sum();
    let year = &frame.doings[0];
    let per_call = year.call_minutes / year.calls.max(1) as f64;
    let price = match (rates.minute, too_few(events, config)) {
        (None, _) => Err(Caution::new("behaviors.no_minute_cost")),
        (Some(_), Some(_)) => Err(Caution::new("behaviors.no_self_service")),
        (Some(rate), None) => Ok(Estimate::normal(rate * per_call, 0.0, config.level)),
    };
    Behavior {
        word: "self_service",
        events,
        events_before: 0,
        price,
        price_before: None,
        within: Some("call"),
        booked: true,
    }
}
