//! Who shows an interest, how soon do we answer, and what comes of it?

use crate::company::Company;
use crate::customer::{Customer, customer_id};
use crate::dice::Dice;
use crate::write::Sheets;

/// Leads from search grow with spending to this power.
pub const SEARCH_ELASTICITY: f64 = 0.4;
/// Probability of winning an ordinary lead that is answered the same day.
pub const WINS: f64 = 0.34;
/// Change in the probability of winning when the first answer takes a day or more.
pub const SLOW: f64 = -0.12;
/// Change for leads that a customer has sent us, and for tenders.
pub const REFERRED: f64 = 0.15;
pub const TENDER: f64 = -0.10;

const SOURCES: [&str; 5] = ["search", "website_form", "referral", "tender", "social"];
const RIVALS: [&str; 3] = ["Storköp", "Billigbutiken", "Direkt.se"];
const REASONS: [&str; 4] = ["price", "no_answer", "rival_offer", "postponed"];

struct Lead {
    source: usize,
    created: i32,
    minute: i32,
    answered: i32,
    decided: i32,
    won: bool,
    customer: Option<usize>,
}

/// About one lead per eight customers.
pub fn write(company: &Company, sheets: &mut Sheets) {
    let mut dice = Dice::new(company.seed, 0, 930);
    for number in 0..(company.config.customers / 8).max(40) {
        let lead = draw(company, &mut dice);
        put(company, number, &lead, sheets, &mut dice);
    }
}

fn draw(company: &Company, dice: &mut Dice) -> Lead {
    let calendar = &company.calendar;
    let source = dice.weighted(&[0.35, 0.25, 0.15, 0.10, 0.15]);
    let tender = source == 3;
    let created = if source == 0 {
        searched(company, dice)
    } else {
        dice.between(calendar.start, calendar.as_of)
    };
    let slow = dice.chance(0.4);
    let extra = [0.0, 0.0, REFERRED, TENDER, 0.0][source];
    let won = dice.chance(WINS + extra + if slow { SLOW } else { 0.0 });
    let wait = if tender {
        dice.between(30, 90)
    } else {
        dice.between(1, 40)
    };
    let customer = if won {
        new_customer(company, created, dice)
    } else {
        None
    };
    Lead {
        source,
        created,
        minute: dice.between(7 * 60, 16 * 60),
        answered: created + if slow { dice.between(1, 6) } else { 0 },
        decided: customer.map_or(created + wait, |(_, acquired)| acquired),
        won,
        customer: customer.map(|(number, _)| number),
    }
}

/// A day on which somebody found us by searching: more in months with more advertising.
fn searched(company: &Company, dice: &mut Dice) -> i32 {
    let calendar = &company.calendar;
    let top = company.ads.iter().fold(0.0, |a: f64, b| a.max(*b));
    loop {
        let day = dice.between(calendar.start, calendar.as_of);
        let level = company.ads[calendar.month(day)] / top;
        if dice.chance(level.powf(SEARCH_ELASTICITY)) {
            return day;
        }
    }
}

/// Somebody who became a customer within two months of the lead, if one is found among forty.
fn new_customer(company: &Company, created: i32, dice: &mut Dice) -> Option<(usize, i32)> {
    (0..40).find_map(|_| {
        let number = dice.between(1, company.config.customers as i32) as usize;
        let acquired = Customer::draw(company, number).acquired(company);
        (acquired > created && acquired <= created + 60).then_some((number, acquired))
    })
}

fn put(company: &Company, number: usize, lead: &Lead, sheets: &mut Sheets, dice: &mut Dice) {
    let calendar = &company.calendar;
    let open = lead.decided > calendar.as_of;
    let outcome = if open {
        "open"
    } else if lead.won {
        "won"
    } else {
        "lost"
    };
    let lost = outcome == "lost";
    let tender = lead.source == 3;
    let typical = if tender { 60_000.0 } else { 2_500.0 };
    let hours = if tender { 14.0 } else { 0.8 } * (0.5 + dice.uniform());
    let rows = sheets.table("leads");
    rows.id(format_args!("N{:06}", number + 1))
        .text(SOURCES[lead.source]);
    rows.instant(calendar, lead.created, lead.minute);
    if lead.answered > calendar.as_of {
        rows.blank();
    } else {
        rows.instant(calendar, lead.answered, lead.minute + 45);
    }
    let last = if open {
        lead.answered.min(calendar.as_of)
    } else {
        lead.decided
    };
    rows.text(if open { "quote" } else { "closed" });
    rows.instant(calendar, last, lead.minute + 50).text(outcome);
    rows.maybe_day(calendar, (!open).then_some(lead.decided));
    rows.maybe(lost.then(|| dice.word(&REASONS)));
    rows.maybe((lost && dice.chance(0.5)).then(|| dice.word(&RIVALS)));
    rows.maybe(lead.customer.filter(|_| !open).map(customer_id).as_deref());
    rows.money((typical * (0.6 * dice.normal()).exp() * 100.0) as i64)
        .number(hours, 1)
        .end();
}
