//! Which columns does the analysis of handling time read?

use super::shape::{FrameError, require_rows, require_values};
use jiff::civil::Date;

/// Contacts with minutes and an outcome, and what became of the customers afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceFrame {
    pub as_of: Date,
    pub volumes: Vec<Volume>,
    pub pools: Vec<MinutePool>,
    pub contacts: Contacts,
    /// Names of the ledger's extra columns on contacts, in the order of [`Contacts::extra`].
    pub extra: Vec<String>,
    pub renewals: Renewals,
    pub buyers: Buyers,
    /// Hours of the last twelve months in which any contact came, and the contacts that came in them.
    pub open_hours: f64,
    pub open_contacts: f64,
    pub mean_wait: f64,
    /// Share of the customers whose contacts, renewals and purchases were read.
    pub share_read: f64,
}

/// Contacts of the last twelve months with one reason, answered by one unit of ours; exact.
#[derive(Clone, Debug, PartialEq)]
pub struct Volume {
    pub reason: String,
    pub unit: String,
    pub process: String,
    pub contacts: f64,
    /// Contacts that follow up no other: the cases.
    pub firsts: f64,
    pub minutes: f64,
    /// Customers with a case of this reason, by unit.
    pub customers: f64,
}

/// What a minute costs, by unit and process of the books.
#[derive(Clone, Debug, PartialEq)]
pub struct MinutePool {
    pub unit: String,
    pub process: String,
    pub amount: f64,
    /// Minutes that can be worked for it; 0 is not told.
    pub capacity: f64,
}

/// One row per contact, sorted by customer and time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contacts {
    /// Number of the customer, rising with the customer id.
    pub customer: Vec<usize>,
    pub reason: Vec<String>,
    pub minutes: Vec<f64>,
    /// Minutes waited; `NaN` is not told.
    pub wait: Vec<f64>,
    pub resolved: Vec<bool>,
    pub group: Vec<String>,
    pub channel: Vec<String>,
    /// 1 for the first contact of a case, 2 for the next, 3 for any later.
    pub attempt: Vec<u8>,
    /// Another contact followed it up.
    pub followed: Vec<bool>,
    /// Old enough for a follow-up to have come.
    pub ripe: Vec<bool>,
    pub company: Vec<bool>,
    /// A contract was in force that day.
    pub contract: Vec<bool>,
    /// Satisfaction after this contact, place on the scale 0..1; `NaN` is not answered.
    pub said: Vec<f64>,
    /// Hour of the day.
    pub hour: Vec<f64>,
    pub extra: Vec<Vec<String>>,
}

/// Cases of one reason that one row met in the year before.
#[derive(Clone, Debug, PartialEq)]
pub struct Met {
    pub row: usize,
    pub reason: String,
    pub cases: f64,
    /// First contacts that did not solve it.
    pub failed: f64,
}

/// One row per renewal that fell due.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Renewals {
    pub customer_id: Vec<String>,
    pub ended: Vec<bool>,
    pub number: Vec<f64>,
    /// Calendar month, 1..=12.
    pub month: Vec<f64>,
    pub term: Vec<f64>,
    /// Contribution per month; revenue when the direct cost is not told.
    pub margin: Vec<f64>,
    /// Named traits of the customer and of the year before.
    pub names: Vec<String>,
    pub traits: Vec<Vec<f64>>,
    pub met: Vec<Met>,
}

/// One row per customer without a contract with a term, active a year before `as_of`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Buyers {
    pub customer_id: Vec<String>,
    pub left: Vec<bool>,
    pub names: Vec<String>,
    pub traits: Vec<Vec<f64>>,
    pub met: Vec<Met>,
}

impl Contacts {
    pub fn len(&self) -> usize {
        self.customer.len()
    }

    pub fn is_empty(&self) -> bool {
        self.customer.is_empty()
    }
}

impl ServiceFrame {
    /// Proves equal lengths and that minutes are minutes.
    pub fn checked(self) -> Result<Self, FrameError> {
        let contacts = &self.contacts;
        let rows = contacts.len();
        for (name, got) in [
            ("reason", contacts.reason.len()),
            ("minutes", contacts.minutes.len()),
            ("wait", contacts.wait.len()),
            ("resolved", contacts.resolved.len()),
            ("group", contacts.group.len()),
            ("channel", contacts.channel.len()),
            ("attempt", contacts.attempt.len()),
            ("followed", contacts.followed.len()),
            ("ripe", contacts.ripe.len()),
            ("company", contacts.company.len()),
            ("contract", contacts.contract.len()),
            ("said", contacts.said.len()),
            ("hour", contacts.hour.len()),
        ] {
            require_rows(name, rows, got)?;
        }
        require_rows("extra", self.extra.len(), contacts.extra.len())?;
        for (name, column) in self.extra.iter().zip(&contacts.extra) {
            require_rows(name, rows, column.len())?;
        }
        require_values(
            "minutes",
            &contacts.minutes,
            |m| m.is_finite() && m > 0.0,
            "more than no time",
        )?;
        self.renewals.check()?;
        let buyers = &self.buyers;
        let customers = buyers.customer_id.len();
        require_rows("left", customers, buyers.left.len())?;
        check_traits((&buyers.names, &buyers.traits), &buyers.met, customers)?;
        Ok(self)
    }
}

impl Renewals {
    fn check(&self) -> Result<(), FrameError> {
        let rows = self.customer_id.len();
        for (name, got) in [
            ("ended", self.ended.len()),
            ("number", self.number.len()),
            ("month", self.month.len()),
            ("term", self.term.len()),
            ("margin", self.margin.len()),
        ] {
            require_rows(name, rows, got)?;
        }
        check_traits((&self.names, &self.traits), &self.met, rows)
    }
}

fn check_traits(
    (names, traits): (&[String], &[Vec<f64>]),
    met: &[Met],
    rows: usize,
) -> Result<(), FrameError> {
    require_rows("traits", names.len(), traits.len())?;
    for (name, column) in names.iter().zip(traits) {
        require_rows(name, rows, column.len())?;
        require_values(name, column, f64::is_finite, "a number is needed")?;
    }
    match met.iter().position(|met| met.row >= rows) {
        None => Ok(()),
        Some(row) => Err(FrameError::Value {
            column: "met".to_owned(),
            row,
            reason: "belongs to a row that is there",
        }),
    }
}
