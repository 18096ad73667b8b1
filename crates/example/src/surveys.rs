//! What would each customer answer, who is asked, who answers, and what is written down?

mod form;
mod touchpoints;

use crate::company::{Company, FEATURES};
use crate::customer::Customer;
use crate::dice::{Dice, logistic};
use crate::history::{History, Standing};
use crate::write::{Rows, Sheets};

use form::{Ask, Form, MILD, SOUR, SWEET, write_asked};

/// Something in the experience, and what a point of it is worth in overall satisfaction.
pub struct Attribute {
    pub key: &'static str,
    /// True change in overall satisfaction per scale point.
    pub effect: f64,
    /// How much a good attitude colors the score.
    halo: f64,
    /// Asked together in one of three blocks.
    block: usize,
}

const fn attribute(key: &'static str, effect: f64, halo: f64, block: usize) -> Attribute {
    Attribute {
        key,
        effect,
        halo,
        block,
    }
}

pub const ATTRIBUTES: [Attribute; 9] = [
    attribute("delivery_on_time", 0.28, 0.9, 0),
    attribute("staff_knowledge", 0.22, 1.0, 1),
    attribute("easy_to_reach", 0.16, 0.9, 2),
    attribute("range_of_goods", 0.12, 0.8, 0),
    attribute("clear_invoices", 0.08, 0.7, 1),
    attribute("website_ease", 0.06, 0.7, 2),
    attribute("packaging_look", 0.0, 0.8, 0),
    attribute("store_atmosphere", 0.0, 0.0, 1),
    attribute("newsletter", 0.0, 0.0, 2),
];

/// Middle of the attributes and of overall satisfaction.
pub const MIDDLE: f64 = 7.0;
/// Overall satisfaction of a customer who gives every attribute its middle.
const VERDICT: f64 = 6.7;
const OWN_SPREAD: f64 = 1.3;
/// Spread of overall satisfaction that no attribute explains.
pub const REST: f64 = 0.7;
/// Effect on a store visit's satisfaction of one point of staff engagement the quarter before.
pub const ENGAGEMENT_EFFECT: f64 = 0.8;
/// Standardizes the part that the attributes make, in the propensity to answer.
const SPREAD_OF_CONTENT: f64 = 1.0;

/// What a customer would answer in a relation wave, asked or not.
pub struct WouldBe {
    pub attributes: [f64; 9],
    pub satisfaction: f64,
    /// Overall satisfaction before it is put on the scale.
    latent: f64,
    attitude: f64,
    /// The part of the verdict that the attributes make.
    content: f64,
}

/// The relation waves, as days; the second last is a year before the end.
pub fn relation_waves(company: &Company) -> Vec<i32> {
    let calendar = &company.calendar;
    [24, 12, 0]
        .iter()
        .map(|back| calendar.months_back(calendar.as_of, *back))
        .collect()
}

/// The answer a customer would give in the wave of a day.
pub fn would_be(company: &Company, history: &History, day: i32) -> WouldBe {
    let customer = &history.customer;
    let mut dice = Dice::new(company.seed, customer.number as u64, 1_000_000 + day as u64);
    let attitude = customer.attitude_in(company.quarter(day));
    let half_year = company.calendar.months_back(day, 6);
    let recent = |at: i32| at > half_year && at <= day;
    let late = history
        .bought
        .orders
        .iter()
        .any(|o| o.is_late() && recent(o.delivered));
    let bad = history
        .incidents
        .iter()
        .any(|i| recent(i.day) && i.is_bad());
    let healed = history
        .incidents
        .iter()
        .any(|i| recent(i.day) && i.resolved.is_some() && i.well);
    let engaged = company.engagement_before(customer.store, day);
    let mut attributes = [0.0; 9];
    for (score, attribute) in attributes.iter_mut().zip(&ATTRIBUTES) {
        let moved = match attribute.key {
            "delivery_on_time" if late => -1.5,
            "easy_to_reach" if bad => -1.2,
            "easy_to_reach" if healed => 0.8,
            "staff_knowledge" => 0.9 * engaged,
            _ => 0.0,
        };
        let felt = MIDDLE + attribute.halo * attitude + moved + OWN_SPREAD * dice.normal();
        *score = felt.round().clamp(1.0, 10.0);
    }
    // The verdict weighs the very scores given, so the effects hold on the scale that is asked.
    let sum: f64 = attributes
        .iter()
        .zip(&ATTRIBUTES)
        .map(|(x, a)| a.effect * (x - MIDDLE))
        .sum();
    let latent = VERDICT + sum + REST * dice.normal();
    WouldBe {
        attributes,
        satisfaction: latent.round().clamp(1.0, 10.0),
        latent,
        attitude,
        content: sum,
    }
}

/// Probability of answering when asked: by how content one is with the parts, and by how much one has bought.
///
/// The part of the verdict that no attribute explains does not decide who answers, so that drivers can be
/// recovered from those who do; the mean of the answers is too high all the same.
fn answers_when_asked(would: &WouldBe, standing: &Standing) -> f64 {
    let content = would.content / SPREAD_OF_CONTENT;
    let busy = (standing.orders as f64).ln_1p() - 1.2;
    let tie = if standing.subscribing { 0.4 } else { 0.0 };
    logistic(0.1 + 0.40 * content + 0.35 * busy + tie)
}

/// Probability that a customer's answers to a relation wave are in the register.
pub fn chance_to_be_heard(customer: &Customer, would: &WouldBe, standing: &Standing) -> f64 {
    if customer.survey_excluded || customer.never_asked {
        return 0.0;
    }
    inclusion(customer) * answers_when_asked(would, standing)
}

/// Probability of being drawn into a relation wave.
fn inclusion(customer: &Customer) -> f64 {
    match (customer.company_kind, customer.subscriber.is_some()) {
        (true, _) => 0.95,
        (false, true) => 0.80,
        (false, false) => 0.65,
    }
}

/// Counts of what went out and came back in the wave of a year ago.
#[derive(Default, Clone, Copy)]
pub struct Heard {
    pub answered: bool,
    pub asked: bool,
}

pub fn write(company: &Company, history: &History, sheets: &mut Sheets) -> Heard {
    let mut heard = Heard::default();
    for day in relation_waves(company) {
        let result = relation(company, history, day, sheets);
        if day == company.turns.year_ago {
            heard = result;
        }
    }
    touchpoints::after_meetings(company, history, sheets);
    touchpoints::at_turning_points(company, history, sheets);
    heard
}

fn relation(company: &Company, history: &History, day: i32, sheets: &mut Sheets) -> Heard {
    let customer = &history.customer;
    let asked_on = day - 14;
    let standing = history.standing(company, asked_on);
    if !standing.is_active() || customer.survey_excluded {
        return Heard::default();
    }
    let mut dice = Dice::new(company.seed, customer.number as u64, 2_000_000 + day as u64);
    let wave = company.calendar.month_name(company.calendar.month(day));
    let included = dice.chance(inclusion(customer));
    let would = would_be(company, history, day);
    let answers = dice.chance(answers_when_asked(&would, &standing));
    let minute = dice.between(7 * 60, 21 * 60);
    let ask = Ask {
        wave: &wave,
        day: asked_on,
        minute: 9 * 60,
        probability: inclusion(customer),
    };
    if customer.never_asked {
        write_asked(company, customer, &ask, true, sheets.table("asked"));
        return Heard::default();
    }
    if !included {
        return Heard::default();
    }
    write_asked(company, customer, &ask, false, sheets.table("asked"));
    if answers {
        let at = (asked_on + dice.between(0, 12), minute);
        let form = Form::new(company, history, ("R", "relation", &wave), at);
        answer_relation(
            history,
            day,
            &would,
            form,
            sheets.table("answers"),
            &mut dice,
        );
    }
    Heard {
        asked: true,
        answered: answers,
    }
}

fn answer_relation(
    history: &History,
    day: i32,
    would: &WouldBe,
    mut form: Form,
    rows: &mut Rows,
    dice: &mut Dice,
) {
    let ten = (1, 10);
    let latent = would.latent;
    form.put(rows, "satisfaction", would.satisfaction, ten);
    form.put(rows, "nps", 0.3 + latent + 0.7 * dice.normal(), (0, 10));
    form.put(rows, "expectation", latent - 0.4 + 0.9 * dice.normal(), ten);
    form.put(rows, "ideal", latent - 0.9 + 0.9 * dice.normal(), ten);
    form.put(
        rows,
        "again",
        7.2 + 0.9 * would.attitude + 0.9 * dice.normal(),
        ten,
    );
    form.put(
        rows,
        "speak_well",
        6.8 + 1.1 * would.attitude + dice.normal(),
        ten,
    );
    form.put(
        rows,
        "engagement",
        6.2 + 1.4 * would.attitude + 0.8 * dice.normal(),
        ten,
    );
    for (question, middle) in EPSI {
        form.put(
            rows,
            question,
            middle + would.attitude + 1.1 * dice.normal(),
            ten,
        );
    }
    let year = form.company.calendar.months_back(day, 12);
    let talks = history
        .meetings
        .iter()
        .filter(|m| m.forward && m.day > year && m.day <= day)
        .count();
    form.put(
        rows,
        "proactivity",
        4.8 + 1.1 * (talks as f64).min(4.0) + 1.2 * dice.normal(),
        ten,
    );
    form.put(
        rows,
        "honesty",
        7.6 + 0.7 * would.attitude + dice.normal(),
        ten,
    );
    form.put(
        rows,
        "effort",
        3.2 - 0.5 * would.attitude + 1.2 * dice.normal(),
        (1, 7),
    );
    let alternative = 1.9 - 0.5 * would.attitude + 0.9 * dice.normal();
    form.put(rows, "best_alternative_rank", alternative, (1, 5));
    let mine: Vec<_> = history
        .incidents
        .iter()
        .filter(|i| i.day > year && i.day <= day)
        .collect();
    form.put(rows, "had_problem", f64::from(!mine.is_empty()), (0, 1));
    if let Some(last) = mine.last() {
        form.put(rows, "told_us", f64::from(last.reported.is_some()), (0, 1));
        if last.resolved.is_some() {
            form.put(rows, "problem_solved", f64::from(last.well), (0, 1));
        }
    }
    answer_attributes(would, &mut form, rows, dice);
    answer_features(would, &mut form, rows, dice);
    if dice.chance(0.25) {
        let pool = if latent < 5.5 {
            SOUR
        } else if latent < 7.5 {
            MILD
        } else {
            SWEET
        };
        form.say(rows, "comment", dice.word(pool));
    }
}

/// Half are asked about everything, half about two blocks of three drawn by lot.
fn answer_attributes(would: &WouldBe, form: &mut Form, rows: &mut Rows, dice: &mut Dice) {
    let all = dice.chance(0.5);
    let left_out = dice.between(0, 2) as usize;
    for (attribute, score) in ATTRIBUTES.iter().zip(would.attributes) {
        if all || attribute.block != left_out {
            form.put(rows, attribute.key, score, (1, 10));
        }
    }
}

/// True worth of each feature on the scale that is asked, in the order of the features.
pub const FEATURE_WORTH: [f64; 6] = [8.2, 8.6, 5.4, 3.1, 4.6, 7.9];

fn answer_features(would: &WouldBe, form: &mut Form, rows: &mut Rows, dice: &mut Dice) {
    for ((feature, _), worth) in FEATURES.iter().zip(FEATURE_WORTH) {
        if dice.chance(0.34) {
            let score = worth + 0.2 * would.attitude + 1.4 * dice.normal();
            form.put(rows, &format!("feature:{feature}"), score, (1, 10));
        }
    }
}

const EPSI: [(&str, f64); 4] = [
    ("image", 7.1),
    ("product_quality", 7.3),
    ("service_quality", 7.0),
    ("value_for_money", 6.6),
];
