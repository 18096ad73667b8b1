//! What happens to one customer from first to last, and how does the customer stand on a given day?

use crate::buying::{self, Bought};
use crate::company::Company;
use crate::contacts::{self, Meeting};
use crate::contracts::{self, Contract, Events};
use crate::customer::{Customer, YEAR};
use crate::dice::{Dice, logistic};
use crate::incidents::{self, Incident};
use crate::relations::{self, KeyPerson};

pub struct History {
    pub customer: Customer,
    pub bought: Bought,
    pub persons: Vec<KeyPerson>,
    pub incidents: Vec<Incident>,
    pub meetings: Vec<Meeting>,
    pub contract: Option<Contract>,
    /// Day the gift for the best customers came.
    pub gift: Option<i32>,
}

/// How a customer stands at the end of a day; what a careful analyst could also know that day.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Bought in the twelve months up to the day.
    pub buying: bool,
    /// A contract is in force.
    pub subscribing: bool,
    /// Orders in the twelve months up to the day.
    pub orders: usize,
    /// Contribution of orders and contract in the twelve months up to the day, SEK.
    pub margin: f64,
    pub tenure_years: f64,
}

impl Standing {
    pub fn is_active(&self) -> bool {
        self.buying || self.subscribing
    }
}

impl History {
    pub fn simulate(company: &Company, number: usize) -> Self {
        let customer = Customer::draw(company, number);
        let bought = buying::simulate(company, &customer);
        let persons = relations::simulate(company, &customer);
        let mut incidents = incidents::simulate(company, &customer, &bought);
        let mut meetings = contacts::simulate(company, &customer, &bought, &persons);
        let events = Events {
            incidents: &incidents,
            meetings: &meetings,
            persons: &persons,
        };
        let contract = contracts::simulate(company, &customer, &events);
        let end = relation_end(company, &customer, contract.as_ref());
        incidents.retain(|incident| incident.day <= end);
        cut(&mut meetings, end);
        incidents::tie_to_meetings(&mut incidents, &meetings);
        let mut history = History {
            customer,
            bought,
            persons,
            incidents,
            meetings,
            contract,
            gift: None,
        };
        history.gift = gift(company, &history);
        history
    }

    pub fn events(&self) -> Events<'_> {
        Events {
            incidents: &self.incidents,
            meetings: &self.meetings,
            persons: &self.persons,
        }
    }

    pub fn standing(&self, company: &Company, day: i32) -> Standing {
        let year = company.calendar.months_back(day, 12);
        let orders = self
            .bought
            .orders
            .iter()
            .filter(|o| o.day > year && o.day <= day);
        let (count, ore) = orders.fold((0, 0), |(n, sum), o| (n + 1, sum + o.contribution()));
        let acquired = self.customer.acquired(company);
        Standing {
            buying: count > 0,
            subscribing: self.contract.as_ref().is_some_and(|c| c.in_force(day)),
            orders: count,
            margin: ore as f64 / 100.0 + self.contract_margin(company, year, day),
            tenure_years: f64::from(day - acquired).max(0.0) / YEAR,
        }
    }

    /// Monthly margin of the contract in SEK; zero without one.
    pub fn monthly_margin(&self) -> f64 {
        let margin =
            |s: &crate::customer::Subscriber| (s.monthly_amount - s.monthly_cost) as f64 / 100.0;
        self.customer.subscriber.as_ref().map_or(0.0, margin)
    }

    /// Contract margin of the months that begin after `from` and not after `to`, SEK.
    fn contract_margin(&self, company: &Company, from: i32, to: i32) -> f64 {
        let months = self
            .contract
            .as_ref()
            .map_or(0, |c| c.months_between(company, from + 1, to + 1));
        months as f64 * self.monthly_margin()
    }

    /// Whether a free buyer was still one on a day; hidden from everyone.
    pub fn is_alive(&self, day: i32) -> bool {
        self.customer.buyer.as_ref().is_some_and(|buyer| {
            buyer.first_day < f64::from(day + 1) && buyer.death_day >= f64::from(day + 1)
        })
    }
}

/// The relation lasts as long as the buyer lives or the contract is in force.
fn relation_end(company: &Company, customer: &Customer, contract: Option<&Contract>) -> i32 {
    let as_of = company.calendar.as_of;
    let bought = customer
        .buyer
        .as_ref()
        .map_or(0, |b| b.death_day.min(f64::from(as_of)) as i32);
    let signed = contract.map_or(0, |c| c.ended.map_or(as_of, |ended| ended - 1));
    bought.max(signed)
}

/// Drops the meetings after the end and keeps the references between the others whole.
fn cut(meetings: &mut Vec<Meeting>, end: i32) {
    let mut kept = 0;
    let places: Vec<Option<usize>> = meetings
        .iter()
        .map(|meeting| {
            let stays = meeting.day <= end;
            kept += usize::from(stays);
            stays.then(|| kept - 1)
        })
        .collect();
    meetings.retain(|meeting| meeting.day <= end);
    for meeting in meetings {
        meeting.repeat_of = meeting.repeat_of.and_then(|before| places[before]);
    }
}

/// The gift goes to those with the best margin of the last year; chance decides in the middle.
fn gift(company: &Company, history: &History) -> Option<i32> {
    let mut dice = Dice::new(company.seed, history.customer.number as u64, 60);
    let standing = history.standing(company, company.turns.gift);
    let score = standing.margin.max(0.0).ln_1p();
    let chosen = dice.chance(logistic(1.8 * (score - 8.4)));
    (standing.is_active() && chosen).then_some(company.turns.gift)
}
