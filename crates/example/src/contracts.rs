//! Which contracts are renewed, which end, why, and with what true probability?

use crate::company::{CONTRACT_PRODUCTS, Company, store_id};
use crate::contacts::Meeting;
use crate::customer::{Customer, was_merged};
use crate::dice::Dice;
use crate::incidents::Incident;
use crate::relations::KeyPerson;
use crate::write::Sheets;

/// Planted coefficients on the complementary log-log scale of leaving at a renewal.
pub mod planted {
    pub const BASE: f64 = -2.30;
    /// The first renewal, against later ones.
    pub const FIRST: f64 = 0.45;
    pub const COMPANY: f64 = 0.25;
    /// Per standard deviation of the attitude.
    pub const ATTITUDE: f64 = -0.55;
    /// A serious fault in the year before, never told or badly solved.
    pub const BAD_INCIDENT: f64 = 0.50;
    /// Each critical case in the year before that the first contact did not solve, three at most.
    pub const FAILED_CASE: f64 = 0.50;
    /// The renewal falls in the period of raised prices.
    pub const STRESS: f64 = 0.45;
    /// A person who decides or champions has left in the year before.
    pub const KEY_PERSON_LEFT: f64 = 0.60;
    /// Switching is hard.
    pub const LOCKED: f64 = -0.60;
    /// The randomised activity, on the one renewal that follows it.
    pub const TRIAL: f64 = -0.50;
    /// The staggered activity, from its start in the store.
    pub const REVIEW: f64 = -0.40;
    /// By calendar month of the renewal.
    pub const SEASON: [f64; 12] = [
        0.30, 0.05, 0.0, -0.10, -0.15, -0.10, -0.30, 0.0, 0.20, 0.10, 0.0, 0.0,
    ];
}

pub struct Contract {
    pub start: i32,
    pub renewals: Vec<Renewal>,
    pub ended: Option<i32>,
    pub reason: Option<&'static str>,
    pub next_renewal: i32,
    notice_days: i64,
    product: usize,
}

/// One renewal that fell due.
pub struct Renewal {
    pub day: i32,
    pub month: usize,
    /// Everything that was so at the time.
    pub at: Circumstances,
    /// True probability of leaving.
    pub leaving: f64,
    pub left: bool,
}

/// What the probability of leaving depends on at one renewal, beside the customer's fixed traits.
#[derive(Clone, Copy)]
pub struct Circumstances {
    pub first: bool,
    pub month_of_year: usize,
    pub attitude: f64,
    pub bad_incident: bool,
    pub failed_cases: usize,
    pub stress: bool,
    pub key_person_left: bool,
    pub trial: bool,
    pub review: bool,
}

/// What happened to the customer, as far as renewals care.
pub struct Events<'a> {
    pub incidents: &'a [Incident],
    pub meetings: &'a [Meeting],
    pub persons: &'a [KeyPerson],
}

impl Contract {
    pub fn in_force(&self, day: i32) -> bool {
        self.start <= day && self.ended.is_none_or(|ended| ended > day)
    }

    /// Months in force within `from..to` (days, `to` excluded), counted by month starts.
    pub fn months_between(&self, company: &Company, from: i32, to: i32) -> i64 {
        let calendar = &company.calendar;
        let end = self.ended.unwrap_or(i32::MAX).min(to);
        let start = self.start.max(from);
        if end <= start {
            return 0;
        }
        let mut first = calendar.month(start);
        if calendar.first_day(first) < start {
            first += 1;
        }
        let mut last = calendar.month(end);
        if calendar.first_day(last) < end {
            last += 1;
        }
        last as i64 - first as i64
    }
}

/// True probability of leaving at a renewal.
pub fn leaving_probability(customer: &Customer, at: &Circumstances) -> f64 {
    use planted::*;
    let on = |condition: bool, size: f64| if condition { size } else { 0.0 };
    let eta = BASE
        + on(at.first, FIRST)
        + on(customer.company_kind, COMPANY)
        + ATTITUDE * at.attitude
        + on(at.bad_incident, BAD_INCIDENT)
        + FAILED_CASE * at.failed_cases.min(3) as f64
        + on(at.stress, STRESS)
        + on(at.key_person_left, KEY_PERSON_LEFT)
        + on(customer.locked, LOCKED)
        + on(at.trial, TRIAL)
        + on(at.review, REVIEW)
        + SEASON[at.month_of_year];
    1.0 - (-eta.exp()).exp()
}

/// How things stand for a renewal on a day.
pub fn circumstances(
    company: &Company,
    customer: &Customer,
    events: &Events,
    day: i32,
    number: usize,
) -> Circumstances {
    let calendar = &company.calendar;
    let turns = &company.turns;
    let year = calendar.months_back(day, 12);
    let within = |at: i32| at > year && at <= day;
    let review = company.adopted[customer.store].is_some_and(|adopted| adopted <= day);
    Circumstances {
        first: number == 1,
        month_of_year: calendar.month_of_year(calendar.month(day)),
        attitude: customer.attitude_in(company.quarter(day)),
        bad_incident: events.incidents.iter().any(|i| within(i.day) && i.is_bad()),
        failed_cases: events
            .meetings
            .iter()
            .filter(|m| within(m.day) && m.is_failed_first())
            .count(),
        stress: (turns.stress_from..=turns.stress_to).contains(&day),
        key_person_left: events
            .persons
            .iter()
            .any(|p| p.matters() && p.left.is_some_and(within)),
        trial: false,
        review,
    }
}

pub fn simulate(company: &Company, customer: &Customer, events: &Events) -> Option<Contract> {
    let traits = customer.subscriber.as_ref()?;
    let calendar = &company.calendar;
    let mut dice = Dice::new(company.seed, customer.number as u64, 50);
    let mut contract = Contract {
        start: calendar.first_day(traits.start_month),
        renewals: Vec::new(),
        ended: None,
        reason: None,
        next_renewal: 0,
        notice_days: if customer.locked {
            180
        } else {
            *dice.pick(&[30, 30, 60, 90])
        },
        product: dice.between(0, CONTRACT_PRODUCTS as i32 - 1) as usize,
    };
    let mut before = contract.start;
    for number in 1.. {
        let month = traits.start_month + 12 * number;
        let day = calendar.first_day(month);
        if day > calendar.as_of {
            contract.next_renewal = day;
            break;
        }
        let mut at = circumstances(company, customer, events, day, number);
        let follows_trial = before <= company.turns.trial && day > company.turns.trial;
        at.trial = follows_trial && traits.trial == Some(true);
        let leaving = leaving_probability(customer, &at);
        let left = dice.chance(leaving);
        contract.renewals.push(Renewal {
            day,
            month,
            at,
            leaving,
            left,
        });
        if left {
            contract.ended = Some(day);
            contract.next_renewal = day;
            contract.reason = Some(reason(company, customer, &mut dice));
            break;
        }
        before = day;
    }
    Some(contract)
}

/// Why it ended; mergers and ceased businesses are nobody's to prevent.
fn reason(company: &Company, customer: &Customer, dice: &mut Dice) -> &'static str {
    const REASONS: [&str; 7] = [
        "rival", "merger", "ceased", "price", "service", "we_ended", "other",
    ];
    if was_merged(company, customer) && dice.chance(0.5) {
        return "merger";
    }
    let weights = if customer.company_kind {
        [0.34, 0.10, 0.12, 0.18, 0.16, 0.03, 0.07]
    } else {
        [0.32, 0.0, 0.10, 0.27, 0.19, 0.03, 0.09]
    };
    REASONS[dice.weighted(&weights)]
}

/// Share of ends that nobody could prevent is read from these.
pub fn is_unavoidable(reason: &str) -> bool {
    matches!(reason, "merger" | "ceased")
}

pub fn write(company: &Company, customer: &Customer, contract: &Contract, sheets: &mut Sheets) {
    let Some(traits) = &customer.subscriber else {
        return;
    };
    let calendar = &company.calendar;
    let unit = store_id(customer.store);
    let rows = sheets.table("contracts");
    rows.id(format_args!("V{:07}", customer.number))
        .text(&customer.id());
    rows.text(&company.products[contract.product].id)
        .day(calendar, contract.start);
    rows.whole(12).whole(contract.notice_days);
    let open = contract.ended.is_none();
    rows.maybe_day(calendar, open.then_some(contract.next_renewal));
    rows.money(traits.monthly_amount).money(traits.monthly_cost);
    rows.maybe_day(calendar, contract.ended)
        .maybe(contract.reason);
    rows.text(&unit)
        .id(format_args!("S-{unit}-{}", customer.number % 4 + 1))
        .end();
}
