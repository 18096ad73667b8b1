//! What is done towards customers on purpose, to whom, and with what true effect?

use crate::buying::{self, CLUB_LIFT};
use crate::company::Company;
use crate::contracts::{Circumstances, Contract, Renewal, leaving_probability};
use crate::customer::{Customer, YEAR, customer_id};
use crate::dice::Dice;
use crate::history::History;
use crate::write::Sheets;

/// Randomised: treated and control among contract customers.
pub const TRIAL: &str = "AKT01";
/// Staggered over stores.
pub const REVIEW: &str = "AKT02";
/// Given to the best; true effect zero.
pub const GIFT: &str = "AKT03";
/// Harmful discount.
pub const DISCOUNT: &str = "AKT04";
/// The customer club, joined by those who like us already.
pub const CLUB: &str = "AKT05";

/// Share of the net amount that club points cost.
const POINT_COST: f64 = 0.012;

/// What one customer adds to the true account of the activities.
#[derive(Default, Clone)]
pub struct Effects {
    /// Change in the probability of staying twelve months, by the trial.
    pub trial: Option<f64>,
    pub review: Option<f64>,
    /// Change in the probability of leaving at each renewal after the store took up the reviews.
    pub review_renewals: Vec<f64>,
    pub gift: bool,
    /// Change in contribution over the twelve months after the campaign, SEK.
    pub discount: Option<f64>,
    /// Change in the probability of buying within twelve months of joining.
    pub club_retention: Option<f64>,
    /// Extra contribution since joining, SEK.
    pub club_margin: f64,
    /// Cost of points, öre.
    pub club_cost: i64,
    pub exposure_cost: i64,
    /// What was paid, by day and place in the list of activities, öre.
    pub paid: Vec<(i32, usize, i64)>,
}

impl Effects {
    fn pay(&mut self, day: i32, activity: usize, ore: i64) {
        self.exposure_cost += ore;
        self.paid.push((day, activity, ore));
    }
}

/// Writes the customer's exposures and club entries and tells their true effects.
pub fn write(company: &Company, history: &History, sheets: &mut Sheets) -> Effects {
    let mut effects = Effects::default();
    if let Some(contract) = &history.contract {
        expose_trial(company, history, contract, sheets, &mut effects);
        expose_review(company, history, contract, sheets, &mut effects);
    }
    let id = history.customer.id();
    let calendar = &company.calendar;
    let rows = sheets.table("exposures");
    if let Some(day) = history.gift {
        rows.text(GIFT)
            .text(&id)
            .day(calendar, day)
            .blank()
            .whole(1)
            .money(24_000)
            .end();
        effects.gift = true;
        effects.pay(day, 2, 24_000);
    }
    if let Some(campaign) = &history.bought.campaign {
        rows.text(DISCOUNT)
            .text(&id)
            .day(calendar, campaign.day)
            .blank()
            .number(0.20, 2)
            .money(450)
            .end();
        effects.discount = Some(campaign.effect);
        effects.pay(campaign.day, 3, 450);
    }
    if let Some(day) = history.customer.buyer.as_ref().and_then(|b| b.club) {
        rows.text(CLUB)
            .text(&id)
            .day(calendar, day)
            .blank()
            .whole(1)
            .money(0)
            .end();
        run_club(company, history, day, sheets, &mut effects);
    }
    effects
}

/// The renewal that falls within twelve months after a day.
fn next_renewal<'a>(company: &Company, contract: &'a Contract, day: i32) -> Option<&'a Renewal> {
    let from = company.calendar.date(day);
    contract
        .renewals
        .iter()
        .find(|r| r.day > day && within_year(from, company.calendar.date(r.day)))
}

fn within_year(from: jiff::civil::Date, to: jiff::civil::Date) -> bool {
    use jiff::ToSpan;
    to <= from.saturating_add(12.months())
}

/// Staying with the activity minus staying without it.
fn gain(customer: &Customer, renewal: &Renewal, set: fn(&mut Circumstances, bool)) -> f64 {
    let (mut with, mut without) = (renewal.at, renewal.at);
    set(&mut with, true);
    set(&mut without, false);
    leaving_probability(customer, &without) - leaving_probability(customer, &with)
}

fn expose_trial(
    company: &Company,
    history: &History,
    contract: &Contract,
    sheets: &mut Sheets,
    effects: &mut Effects,
) {
    let day = company.turns.trial;
    let drawn = history.customer.subscriber.as_ref().and_then(|s| s.trial);
    let (Some(treated), true) = (drawn, contract.in_force(day)) else {
        return;
    };
    let rows = sheets.table("exposures");
    let cost = if treated { 18_000 } else { 0 };
    rows.text(TRIAL)
        .text(&history.customer.id())
        .day(&company.calendar, day);
    rows.text(if treated { "treated" } else { "control" });
    rows.whole(i64::from(treated)).money(cost).end();
    effects.pay(day, 0, cost);
    effects.trial = next_renewal(company, contract, day)
        .map(|renewal| gain(&history.customer, renewal, |at, on| at.trial = on));
}

fn expose_review(
    company: &Company,
    history: &History,
    contract: &Contract,
    sheets: &mut Sheets,
    effects: &mut Effects,
) {
    let Some(adopted) = company.adopted[history.customer.store] else {
        return;
    };
    let day = adopted.max(contract.start);
    if !contract.in_force(day) || day > company.calendar.as_of {
        return;
    }
    let rows = sheets.table("exposures");
    rows.text(REVIEW)
        .text(&history.customer.id())
        .day(&company.calendar, day);
    rows.blank().whole(1).money(22_000).end();
    effects.pay(day, 1, 22_000);
    let after = contract.renewals.iter().filter(|renewal| renewal.at.review);
    effects.review_renewals = after
        .map(|renewal| -gain(&history.customer, renewal, |at, on| at.review = on))
        .collect();
    if contract.in_force(adopted) {
        effects.review = next_renewal(company, contract, adopted)
            .map(|renewal| gain(&history.customer, renewal, |at, on| at.review = on));
    }
}

fn run_club(
    company: &Company,
    history: &History,
    joined: i32,
    sheets: &mut Sheets,
    effects: &mut Effects,
) {
    let customer = &history.customer;
    let Some(buyer) = &customer.buyer else { return };
    let calendar = &company.calendar;
    let end = buyer.death_day.min(f64::from(calendar.as_of + 1));
    let years = (end - f64::from(joined)).max(0.0) / YEAR;
    let margin = buying::margin_per_order(company, customer, buyer);
    effects.club_margin = buyer.rate * (CLUB_LIFT - 1.0) * years * margin;
    if joined <= company.turns.year_ago {
        let buys =
            |rate: f64| rate / (rate + buyer.dropout) * (1.0 - (-(rate + buyer.dropout)).exp());
        effects.club_retention = Some(buys(buyer.rate * CLUB_LIFT) - buys(buyer.rate));
    }
    let mut dice = Dice::new(company.seed, customer.number as u64, 80);
    let mut entries = vec![(joined, "join", 0, 0)];
    let mut balance = 0;
    for order in history
        .bought
        .orders
        .iter()
        .filter(|order| order.day >= joined)
    {
        let points = order.net() / 100;
        balance += points;
        entries.push((
            order.day,
            "earn",
            points,
            (order.net() as f64 * POINT_COST).round() as i64,
        ));
        if balance > 3_000 && dice.chance(0.5) {
            let day = (order.day + dice.between(1, 40)).min(calendar.as_of);
            entries.push((day, "redeem", -balance, 0));
            balance = 0;
        }
    }
    let last = (joined + 540).min(calendar.as_of);
    match dice.weighted(&[0.85, 0.10, 0.05]) {
        1 if balance > 0 => entries.push((calendar.as_of.min(last + 200), "expire", -balance, 0)),
        2 if last > joined => entries.push((calendar.as_of, "leave", 0, 0)),
        _ => {}
    }
    let rows = sheets.table("club_entries");
    for (index, (day, kind, points, cost)) in entries.into_iter().enumerate() {
        rows.id(format_args!("L{:07}-{:03}", customer.number, index + 1))
            .text(&customer.id());
        rows.day(calendar, day)
            .text(kind)
            .whole(points)
            .money(cost)
            .end();
        effects.club_cost += cost;
        effects.paid.push((day, 4, cost));
    }
}

/// The register of activities.
pub fn write_register(company: &Company, sheets: &mut Sheets) {
    let calendar = &company.calendar;
    let turns = &company.turns;
    let first = company
        .adopted
        .iter()
        .flatten()
        .min()
        .copied()
        .unwrap_or(turns.trial);
    let size = company.config.customers as i64;
    let list = [
        (
            TRIAL,
            "Uppföljningssamtal efter köp",
            "service",
            turns.trial,
            Some(turns.trial + 40),
            60,
            "contract customers, drawn by lot",
        ),
        (
            REVIEW,
            "Årsgenomgång i butiken",
            "sales",
            first,
            None,
            50,
            "contract customers of the store",
        ),
        (
            GIFT,
            "Gåva till våra bästa kunder",
            "communication",
            turns.gift,
            Some(turns.gift),
            40,
            "highest margin last year",
        ),
        (
            DISCOUNT,
            "Rabattkampanj 20 %",
            "sales",
            turns.discount,
            Some(turns.discount_end),
            20,
            "buyers who have been silent",
        ),
        (
            CLUB,
            "Rödboklubben",
            "communication",
            turns.club,
            None,
            90,
            "all buyers who join",
        ),
        (
            "AKT06",
            "Sökordsannonser",
            "digital",
            calendar.start,
            None,
            30,
            "new customers",
        ),
        (
            "AKT07",
            "Ny webbplats",
            "digital",
            turns.stress_from,
            Some(turns.stress_to),
            45,
            "all",
        ),
        (
            "AKT08",
            "Lokalt varumärke",
            "brand",
            calendar.start + 120,
            None,
            25,
            "non-customers",
        ),
    ];
    let rows = sheets.table("activities");
    for (index, (id, name, process, start, end, cost, target)) in list.into_iter().enumerate() {
        rows.text(id)
            .text(name)
            .text(process)
            .id(format_args!("S-HK-{}", index % 3 + 1));
        rows.day(calendar, start)
            .maybe_day(calendar, end)
            .money(cost * size * 100)
            .text(target)
            .end();
    }
}

/// Who recommended this customer, and which outside events struck it.
pub fn write_ties(company: &Company, history: &History, sheets: &mut Sheets) {
    let customer = &history.customer;
    let calendar = &company.calendar;
    let mut dice = Dice::new(company.seed, customer.number as u64, 81);
    let first = crate::customer::block_start(customer.number);
    let acquired = customer.acquired(company);
    let recommended = dice.chance(0.09);
    let by = dice.between(first as i32, (customer.number as i32 - 1).max(first as i32)) as usize;
    let knew_us = |by| Customer::draw(company, by).acquired(company) < acquired;
    if recommended && by < customer.number && knew_us(by) {
        let rows = sheets.table("referrals");
        rows.id(format_args!("W{:07}", customer.number))
            .text(&customer_id(by))
            .text(&customer.id());
        rows.day(calendar, acquired).end();
    }
    if crate::customer::was_merged(company, customer) {
        let day = crate::customer::acquired_by_parent(company, customer);
        let rows = sheets.table("outside_events");
        rows.id(format_args!("H{:07}", customer.number))
            .text("merger")
            .day(calendar, day)
            .day(calendar, day);
        rows.text(&customer.id())
            .text(crate::customer::segment(customer));
        rows.text("Uppköpt av en koncern").end();
    }
    let promised = history.bought.orders.iter().enumerate();
    for (index, order) in
        promised.filter(|(_, o)| o.carrier.is_some() && o.delivered <= calendar.as_of)
    {
        if (index + customer.number).is_multiple_of(3) {
            let rows = sheets.table("promises_kept");
            rows.text("delivered_as_promised").text(&customer.id());
            rows.instant(calendar, order.delivered, 8 * 60 + (index as i32 * 7) % 540)
                .flag(!order.is_late())
                .blank()
                .end();
        }
    }
    for (index, meeting) in history.meetings.iter().enumerate() {
        let Some(wait) = meeting
            .wait()
            .filter(|_| (index + customer.number).is_multiple_of(2))
        else {
            continue;
        };
        let rows = sheets.table("promises_kept");
        rows.text("answered_within_five_minutes")
            .text(&customer.id());
        rows.instant(calendar, meeting.day, 8 * 60 + (index as i32 * 11) % 540)
            .flag(wait <= 5.0)
            .text("KS")
            .end();
    }
}
