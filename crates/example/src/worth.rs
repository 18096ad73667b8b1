//! What is a customer truly worth, and how likely is it truly to stay?

use crate::buying;
use crate::company::Company;
use crate::contacts::{MOST_CONTACTS, REASONS, REPEATS, SPEED, SPREAD, STRETCH};
use crate::contracts::{self, Circumstances};
use crate::costs::{MINUTE_COST, ORDER_COST};
use crate::customer::YEAR;
use crate::history::History;

/// Expected discounted contribution from the end of the data, by kind of relation, SEK.
#[derive(Default, Clone, Copy)]
pub struct Worth {
    pub free: f64,
    pub contract: f64,
    /// Expected discounted cost to serve over the same time.
    pub service: f64,
}

impl Worth {
    pub fn contribution(&self) -> f64 {
        self.free + self.contract
    }
}

pub fn future(company: &Company, history: &History) -> Worth {
    let years = company.config.horizon_months as f64 / 12.0;
    let interest = (1.0 + company.config.discount_rate).ln();
    let as_of = company.calendar.as_of;
    let mut worth = Worth::default();
    let mut present_years: f64 = 0.0;
    if let (Some(buyer), true) = (&history.customer.buyer, history.is_alive(as_of)) {
        let rate = buying::rate_on(&history.customer, buyer, as_of);
        let margin = buying::margin_per_order(company, &history.customer, buyer);
        let alive = lasting(buyer.dropout + interest, years);
        worth.free = rate * margin * alive;
        worth.service += rate * ORDER_COST * alive;
        present_years = present_years.max(alive);
    }
    if let Some(months) = contract_months(company, history) {
        worth.contract = history.monthly_margin() * months;
        present_years = present_years.max(months / 12.0);
    }
    let minutes = company.case_minutes[usize::from(history.customer.subscriber.is_some())];
    worth.service += history.customer.case_rate * minutes * MINUTE_COST * present_years;
    worth
}

/// Integral of `exp(-rate t)` over the given years.
fn lasting(rate: f64, years: f64) -> f64 {
    if rate < 1e-12 {
        years
    } else {
        (1.0 - (-rate * years).exp()) / rate
    }
}

/// Expected discounted months in force from the end of the data; none without a contract in force.
fn contract_months(company: &Company, history: &History) -> Option<f64> {
    let calendar = &company.calendar;
    let contract = history
        .contract
        .as_ref()
        .filter(|c| c.in_force(calendar.as_of))?;
    let first_due = calendar.month(contract.next_renewal);
    let number = contract.renewals.len() + 1;
    let mut at = contracts::circumstances(
        company,
        &history.customer,
        &history.events(),
        calendar.as_of,
        number,
    );
    at.stress = false;
    let start = calendar.month(calendar.as_of) + 1;
    Some(discounted_months(
        company,
        history,
        &mut at,
        (start, first_due),
    ))
}

/// Walks the months ahead; covariates stay as they are but for the season and the first renewal.
fn discounted_months(
    company: &Company,
    history: &History,
    at: &mut Circumstances,
    from: (usize, usize),
) -> f64 {
    let (start, first_due) = from;
    let yearly = 1.0 + company.config.discount_rate;
    let (mut months, mut stays) = (0.0, 1.0);
    for ahead in 0..company.config.horizon_months {
        let month = start + ahead;
        if month >= first_due && (month - first_due) % 12 == 0 {
            at.month_of_year = company.calendar.month_of_year(month);
            stays *= 1.0 - contracts::leaving_probability(&history.customer, at);
            at.first = false;
        }
        months += stays * yearly.powf(-((ahead as f64 + 0.5) / 12.0));
    }
    months
}

/// Expected minutes per case, repeats counted, of buyers and of contract customers.
pub fn case_minutes() -> [f64; 2] {
    let speed = SPEED.iter().map(|s| s.exp()).sum::<f64>() / SPEED.len() as f64;
    let stretch = (0.5 * (STRETCH * STRETCH + SPREAD * SPREAD)).exp() * speed;
    [false, true].map(|contract| {
        let (mut minutes, mut all) = (0.0, 0.0);
        for (case, reason) in REASONS.iter().enumerate() {
            let share = reason.share(contract);
            minutes += share * reason.minutes * stretch * case_course(case, reason.minutes).0;
            all += share;
        }
        minutes / all
    })
}

/// Value of a customer who has just renewed, SEK: the coming sixty months along later renewals.
pub fn renewed_value(
    company: &Company,
    history: &History,
    at: &Circumstances,
    month: usize,
) -> f64 {
    let mut later = *at;
    later.first = false;
    later.failed_cases = 0;
    later.bad_incident = false;
    later.stress = false;
    history.monthly_margin() * discounted_months(company, history, &mut later, (month, month + 12))
}

/// True probability of being a customer at some time in the twelve months after a day: the contract still
/// in force at their end, or at least one purchase within them.
pub fn retained(history: &History, day: i32) -> f64 {
    1.0 - (1.0 - buys_within_year(history, day)) * (1.0 - renews_within_year(history, day))
}

fn buys_within_year(history: &History, day: i32) -> f64 {
    match &history.customer.buyer {
        Some(buyer) if history.is_alive(day) => {
            let rate = buying::rate_on(&history.customer, buyer, day);
            let both = rate + buyer.dropout;
            rate / both * (1.0 - (-both).exp())
        }
        _ => 0.0,
    }
}

fn renews_within_year(history: &History, day: i32) -> f64 {
    let Some(contract) = history.contract.as_ref().filter(|c| c.in_force(day)) else {
        return 0.0;
    };
    let due = contract.renewals.iter().find(|r| r.day > day);
    due.map_or(1.0, |renewal| 1.0 - renewal.leaving)
}

/// Expected contribution over the twelve months after a day, not discounted, SEK.
pub fn coming_year(company: &Company, history: &History, day: i32) -> f64 {
    let mut sum = 0.0;
    if let (Some(buyer), true) = (&history.customer.buyer, history.is_alive(day)) {
        let rate = buying::rate_on(&history.customer, buyer, day);
        sum += rate
            * buying::margin_per_order(company, &history.customer, buyer)
            * lasting(buyer.dropout, 1.0);
    }
    if let Some(contract) = history.contract.as_ref().filter(|c| c.in_force(day)) {
        let stays = renews_within_year(history, day);
        let due = contract
            .renewals
            .iter()
            .find(|r| r.day > day)
            .map_or(day + 365, |r| r.day);
        let until = f64::from(due - day) / YEAR;
        let months = 12.0 * (until + (1.0 - until).max(0.0) * stays);
        sum += months * history.monthly_margin();
    }
    sum
}

/// Expected contacts per case and probability that the first one fails, at so many minutes a contact.
pub fn case_course(case: usize, minutes: f64) -> (f64, f64) {
    let (mut contacts, mut fails, mut mass) = (0.0, 0.0, 0.0);
    for step in -40..=40 {
        let difficulty = f64::from(step) * 0.1;
        let weight = (-0.5 * difficulty * difficulty).exp();
        let miss = 1.0 - crate::contacts::solves(&REASONS[case], minutes, difficulty);
        let again: f64 = (0..MOST_CONTACTS as i32)
            .map(|n| (REPEATS * miss).powi(n))
            .sum();
        contacts += weight * again;
        fails += weight * miss;
        mass += weight;
    }
    (contacts / mass, fails / mass)
}
