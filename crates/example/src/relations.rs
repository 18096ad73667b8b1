//! Who are the key persons at a company, and when do they leave?

use crate::company::Company;
use crate::customer::{Customer, YEAR, name_of};
use crate::dice::Dice;
use crate::people;
use crate::write::Sheets;

pub struct KeyPerson {
    pub role: usize,
    pub since: i32,
    pub left: Option<i32>,
}

const ROLES: [&str; 5] = ["decides", "champions", "uses", "pays", "blocks"];
/// Key persons leaving, per person and year.
const LEAVING: f64 = 0.11;

impl KeyPerson {
    /// Whether the renewal hangs on this person.
    pub fn matters(&self) -> bool {
        self.role < 2
    }
}

pub fn simulate(company: &Company, customer: &Customer) -> Vec<KeyPerson> {
    if !customer.company_kind {
        return Vec::new();
    }
    let calendar = &company.calendar;
    let mut dice = Dice::new(company.seed, customer.number as u64, 40);
    let acquired = customer.acquired(company);
    (0..1 + dice.weighted(&[0.35, 0.35, 0.2, 0.1]))
        .map(|index| {
            let since = if index == 0 {
                acquired
            } else {
                dice.between(acquired, calendar.as_of)
            };
            let left = since + dice.wait(LEAVING / YEAR) as i32;
            KeyPerson {
                role: if index < 2 {
                    index
                } else {
                    dice.between(2, 4) as usize
                },
                since,
                left: (left <= calendar.as_of).then_some(left),
            }
        })
        .collect()
}

/// `C0000123-1`.
pub fn contact_id(customer: &Customer, index: usize) -> String {
    format!("C{:07}-{}", customer.number, index + 1)
}

pub fn write(company: &Company, customer: &Customer, persons: &[KeyPerson], sheets: &mut Sheets) {
    if persons.is_empty() {
        return;
    }
    let mut dice = Dice::new(company.seed, customer.number as u64, 41);
    let firm = name_of(company, customer);
    let id = customer.id();
    let rows = sheets.table("contacts");
    for (index, person) in persons.iter().enumerate() {
        let name = people::person(&mut dice);
        rows.text(&contact_id(customer, index))
            .text(&id)
            .text(&name);
        let known = dice.chance(0.9);
        rows.maybe(known.then(|| people::email(&name, &firm)).as_deref());
        rows.text(ROLES[person.role])
            .day(&company.calendar, person.since);
        rows.maybe_day(&company.calendar, person.left).end();
    }
}
