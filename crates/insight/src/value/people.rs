//! Which customer is which, across purchases and contracts, and what became of each since a year ago?

use super::ValueConfig;
use super::contracts::Contracts;
use super::free::{Free, days_between};
use super::sum::Sum;
use jiff::ToSpan;
use odla_domain::frames::purchases::PurchasesFrame;
use odla_domain::frames::renewals::{RenewalsFrame, Running};
use odla_stats::estimate::normal_quantile_for_level;

/// Every customer who ever bought or had a contract in force on one of the two dates, sorted.
pub struct People {
    pub customer_id: Vec<String>,
    /// One per customer.
    pub persons: Vec<Person>,
    /// The customer of each row: of purchases, of contracts in force now, and of those in force a year ago.
    pub of_purchases: Vec<usize>,
    pub of_closing: Vec<usize>,
    pub of_opening: Vec<usize>,
}

/// What is told about one customer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Person {
    pub value: Sum,
    pub opening: f64,
    pub p_alive: f64,
    pub purchases_12m: f64,
    pub years: f64,
    pub buys: bool,
    pub contract_now: bool,
    pub contract_then: bool,
    pub bought_before_opening: bool,
    pub active_now: bool,
    pub active_then: bool,
    /// A contract that was in force a year ago has ended, and whether we could have influenced that.
    pub ended: Option<Influence>,
    pub fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Influence {
    Ours,
    NotOurs,
    Untold,
}

/// What happened to the customer between the two dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    #[default]
    New,
    Stayed,
    Lost(Loss),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The contract ended for a reason that we could have influenced.
    Influenceable,
    /// Merger, ceased to exist, or our own choice.
    NotInfluenceable,
    /// A buyer fell silent, or a contract ended without a reason.
    Untold,
}

pub type Parts<'p> = (Option<&'p Free>, Option<&'p Contracts>);

pub fn join(
    purchases: &PurchasesFrame,
    renewals: &RenewalsFrame,
    parts: Parts<'_>,
    config: &ValueConfig,
) -> People {
    let ids = [
        &purchases.customer_id,
        &renewals.closing.customer_id,
        &renewals.at_opening.customer_id,
    ];
    let mut customer_id: Vec<&String> = ids.into_iter().flatten().collect();
    customer_id.sort_unstable();
    customer_id.dedup();
    let place = |ids: &[String]| -> Vec<usize> {
        let find = |id: &String| {
            customer_id
                .binary_search(&id)
                .expect("every id is in the list made from them")
        };
        ids.iter().map(find).collect()
    };
    let mut people = People {
        of_purchases: place(&purchases.customer_id),
        of_closing: place(&renewals.closing.customer_id),
        of_opening: place(&renewals.at_opening.customer_id),
        persons: vec![Person::default(); customer_id.len()],
        customer_id: customer_id.into_iter().cloned().collect(),
    };
    add_buyers(&mut people, purchases, parts.0);
    add_contracts(&mut people, renewals, parts.1, config);
    for person in &mut people.persons {
        person.fate = fate(person, config);
    }
    people
}

fn add_buyers(people: &mut People, frame: &PurchasesFrame, free: Option<&Free>) {
    let year = days_between(frame.opening, frame.as_of);
    let two_years = frame
        .opening
        .checked_sub(12.months())
        .map_or(2.0 * year, |day| days_between(day, frame.as_of));
    for (row, &at) in people.of_purchases.iter().enumerate() {
        let person = &mut people.persons[at];
        person.buys = true;
        person.bought_before_opening = frame.before_opening.purchases[row] > 0.0;
        person.active_now = frame.closing.last_days_ago[row] < year;
        person.active_then =
            person.bought_before_opening && frame.before_opening.last_days_ago[row] < two_years;
        let Some(free) = free else { continue };
        let closing = &free.closing;
        person.value = Sum::new(closing.value[row], (closing.lower[row], closing.upper[row]));
        person.p_alive = closing.p_alive[row];
        person.purchases_12m = closing.purchases_12m[row];
        person.years = closing.years[row];
        person.opening = free
            .opening
            .as_ref()
            .map_or(0.0, |opening| opening.value[row]);
    }
}

fn add_contracts(
    people: &mut People,
    frame: &RenewalsFrame,
    contracts: Option<&Contracts>,
    config: &ValueConfig,
) {
    let z = normal_quantile_for_level(config.level);
    for (row, &at) in people.of_closing.iter().enumerate() {
        let person = &mut people.persons[at];
        person.contract_now = true;
        person.active_now = true;
        person.p_alive = 1.0;
        let Some(contracts) = contracts else { continue };
        let (value, half) = (
            contracts.closing.value[row],
            z * contracts.closing.deviation[row],
        );
        person.value = person
            .value
            .plus(Sum::new(value, (value - half, value + half)));
        person.years = person.years.max(contracts.closing.years[row]);
    }
    for (row, &at) in people.of_opening.iter().enumerate() {
        let person = &mut people.persons[at];
        person.contract_then = true;
        person.active_then = true;
        person.ended = influence(&frame.at_opening, row).or(person.ended);
        let opening = contracts.and_then(|contracts| contracts.opening.as_ref());
        person.opening += opening.map_or(0.0, |opening| opening.value[row]);
    }
}

fn influence(running: &Running, row: usize) -> Option<Influence> {
    match running.end_reason[row].as_str() {
        "" => None,
        "unknown" => Some(Influence::Untold),
        "merger" | "ceased" | "we_ended" => Some(Influence::NotOurs),
        _ => Some(Influence::Ours),
    }
}

fn fate(person: &Person, config: &ValueConfig) -> Fate {
    if !person.contract_then && !person.bought_before_opening {
        return Fate::New;
    }
    let still_buys = person.buys && person.p_alive >= config.lost_below;
    if person.contract_now || still_buys {
        return Fate::Stayed;
    }
    Fate::Lost(match person.ended {
        Some(Influence::Ours) => Loss::Influenceable,
        Some(Influence::NotOurs) => Loss::NotInfluenceable,
        Some(Influence::Untold) | None => Loss::Untold,
    })
}
