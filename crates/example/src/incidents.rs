//! Which faults hit a customer, who told whom, and how did it end?

use crate::buying::{Bought, order_id};
use crate::company::{Company, store_id};
use crate::contacts::{Meeting, interaction_id};
use crate::customer::Customer;
use crate::dice::Dice;
use crate::write::Sheets;

/// Faults per year that have nothing to do with a delivery.
const OTHER_RATE: f64 = 0.30;
/// Share of all faults that the company's own systems catch, whatever their severity.
pub const CAUGHT: f64 = 0.40;
/// Share of reported faults that the customer finds well solved.
pub const SOLVED_WELL: f64 = 0.60;

pub struct Incident {
    pub day: i32,
    pub kind: usize,
    pub severity: i32,
    pub order: Option<usize>,
    /// The carrier that was late, or the supplier of what broke.
    pub partner: Option<&'static str>,
    /// The support case in which the customer told us, by its place among the meetings.
    pub meeting: Option<usize>,
    /// Day the customer told us.
    pub reported: Option<i32>,
    /// Caught by our own systems.
    pub caught: bool,
    /// Came up in a survey or in social media.
    pub heard: Option<&'static str>,
    /// For reported faults: solved to the customer's mind.
    pub well: bool,
    pub resolved: Option<i32>,
    pub compensation: i64,
}

impl Incident {
    /// Whether the register holds it at all.
    pub fn is_known(&self) -> bool {
        self.reported.is_some() || self.caught || self.heard.is_some()
    }

    /// Serious, and never told or badly solved: what makes customers leave.
    pub fn is_bad(&self) -> bool {
        self.severity >= 3 && !(self.reported.is_some() && self.well)
    }
}

const BROKEN: usize = 1;
const CARRIERS: [&str; 4] = ["P01", "P02", "P03", "P04"];
pub const SUPPLIERS: [&str; 3] = ["P08", "P09", "P10"];
/// Share of broken goods by supplier: the second delivers most of what breaks.
pub const DEFECTS: [f64; 3] = [0.20, 0.60, 0.20];

const KINDS: [(&str, &str); 5] = [
    ("late_delivery", "carrier"),
    ("broken_goods", "product"),
    ("wrong_invoice", "billing system"),
    ("wrong_goods", "picking"),
    ("no_answer", "staffing"),
];

/// All faults up to the end of the relation.
pub fn simulate(company: &Company, customer: &Customer, bought: &Bought) -> Vec<Incident> {
    let calendar = &company.calendar;
    let mut dice = Dice::new(company.seed, customer.number as u64, 20);
    let mut incidents = Vec::new();
    for (index, order) in bought.orders.iter().enumerate() {
        if order.is_late() && order.delivered <= calendar.as_of {
            let mut incident = draw(calendar.as_of, order.promised + 1, 0, &mut dice);
            incident.order = Some(index);
            incident.partner = order.carrier.map(|carrier| CARRIERS[carrier]);
            incidents.push(incident);
        }
    }
    let from = customer.acquired(company).max(calendar.start);
    let years = f64::from(calendar.as_of - from + 1) / crate::customer::YEAR;
    for _ in 0..dice.count(OTHER_RATE * years) {
        let day = dice.between(from, calendar.as_of);
        let kind = 1 + dice.weighted(&[0.3, 0.3, 0.2, 0.2]);
        let mut incident = draw(calendar.as_of, day, kind, &mut dice);
        let supplier = SUPPLIERS[dice.weighted(&DEFECTS)];
        incident.partner = (kind == BROKEN).then_some(supplier);
        incidents.push(incident);
    }
    incidents.sort_by_key(|incident| incident.day);
    incidents
}

/// Shares of severity 1 to 5.
const SEVERITY: [f64; 5] = [0.15, 0.25, 0.30, 0.20, 0.10];

/// Probability that a customer tells us of a fault.
fn telling(severity: i32) -> f64 {
    0.32 + 0.06 * f64::from(severity - 3)
}

/// Mean probability that a customer tells us of an order that came late.
pub fn tells_of_a_late_order() -> f64 {
    (1..)
        .zip(SEVERITY)
        .map(|(severity, share)| share * telling(severity))
        .sum()
}

fn draw(as_of: i32, day: i32, kind: usize, dice: &mut Dice) -> Incident {
    let severity = 1 + dice.weighted(&SEVERITY) as i32;
    let tells = dice.chance(telling(severity));
    let told = day + dice.between(0, 6);
    let well = dice.chance(SOLVED_WELL);
    let solved = told
        + if well {
            dice.between(0, 4)
        } else {
            dice.between(3, 30)
        };
    let caught = dice.chance(CAUGHT);
    let heard = dice.weighted(&[0.84, 0.13, 0.03]);
    let paid = if well {
        50 + 60 * severity
    } else {
        25 * dice.between(0, 3)
    };
    let reported = (tells && told <= as_of).then_some(told);
    let resolved = (reported.is_some() && solved <= as_of).then_some(solved);
    Incident {
        day,
        kind,
        severity,
        order: None,
        partner: None,
        meeting: None,
        reported,
        caught,
        heard: [None, Some("survey"), Some("social")][heard],
        well,
        resolved,
        compensation: if resolved.is_some() {
            i64::from(paid) * 100
        } else {
            0
        },
    }
}

/// Ties a reported fault to the support case of the same fortnight, if there was one.
pub fn tie_to_meetings(incidents: &mut [Incident], meetings: &[Meeting]) {
    for incident in incidents {
        let Some(told) = incident.reported else {
            continue;
        };
        incident.meeting = meetings
            .iter()
            .position(|m| m.case.is_some() && (told - 2..told + 14).contains(&m.day));
    }
}

pub fn write(company: &Company, customer: &Customer, incidents: &[Incident], sheets: &mut Sheets) {
    let calendar = &company.calendar;
    let mut dice = Dice::new(company.seed, customer.number as u64, 21);
    let rows = sheets.table("incidents");
    for (index, incident) in incidents.iter().enumerate() {
        let says = dice.chance(0.7);
        let told = dice.chance(0.8);
        if !incident.is_known() {
            continue;
        }
        rows.id(format_args!("F{:07}-{:02}", customer.number, index + 1))
            .text(&customer.id());
        rows.day(calendar, incident.day).text(source(incident));
        rows.maybe_day(calendar, incident.reported);
        let (kind, cause) = KINDS[incident.kind];
        rows.text(kind)
            .whole(i64::from(incident.severity))
            .text(cause);
        rows.maybe(told.then_some(OUR_ACCOUNTS[incident.kind]));
        rows.maybe(incident.reported.map(|_| THEIR_ACCOUNTS[incident.kind]));
        rows.maybe_day(calendar, incident.resolved);
        match (incident.resolved, says) {
            (Some(_), true) => rows.flag(incident.well),
            _ => rows.blank(),
        };
        rows.money(incident.compensation);
        rows.maybe(
            incident
                .order
                .map(|order| order_id(customer, order))
                .as_deref(),
        );
        rows.maybe(
            incident
                .meeting
                .map(|m| interaction_id(customer, m))
                .as_deref(),
        );
        rows.text(&store_id(customer.store));
        rows.maybe(incident.partner);
        rows.end();
    }
}

/// Where the register's row came from: our own systems write first, else the customer, else hearsay.
fn source(incident: &Incident) -> &'static str {
    match (incident.caught, incident.reported, incident.heard) {
        (true, ..) => "operations",
        (_, Some(_), _) => "customer",
        (.., Some(heard)) => heard,
        _ => "customer",
    }
}

const OUR_ACCOUNTS: [&str; 5] = [
    "Transportören kom för sent till terminalen.",
    "Varan var hel när den lämnade oss.",
    "Kunden hade inte meddelat ny adress.",
    "Etiketten på hyllan satt fel.",
    "Kunden ringde under lunchen.",
];

const THEIR_ACCOUNTS: [&str; 5] = [
    "Paketet kom inte den dag ni lovade.",
    "Den var sönder när jag öppnade kartongen.",
    "Ni fakturerade fel, igen.",
    "Jag fick något annat än jag beställde.",
    "Ingen svarade fast jag väntade länge.",
];
