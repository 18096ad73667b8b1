//! How do the stores' staff feel and change, told so that no single person can be found?

use crate::company::{Company, STORES, store_id};
use crate::dice::Dice;
use crate::write::Sheets;

const QUESTIONS: [&str; 10] = [
    "engagement:proud",
    "engagement:energy",
    "leadership:credible",
    "leadership:empathy",
    "tasks:meaning",
    "managers:feedback",
    "conditions:tools",
    "mandate:solve_at_once",
    "knows_value:what_matters",
    "readiness:want",
];
/// Spread of a person's own level, and of one answer around it.
const PERSON: f64 = 0.45;
const ANSWER: f64 = 0.55;
const ENGAGEMENT_QUESTIONS: f64 = 2.0;

fn staff(store: usize) -> i32 {
    if store == STORES {
        40
    } else {
        18 + (store as i32 * 5) % 13
    }
}

/// How much of the variance of a store's measured mean is true difference: between stores and quarters.
pub fn reliability(company: &Company) -> f64 {
    let all: Vec<f64> = company.engagement[..STORES]
        .iter()
        .flatten()
        .copied()
        .collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    let truth = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / all.len() as f64;
    let rounding = 1.0 / 12.0;
    let one = PERSON * PERSON + (ANSWER * ANSWER + rounding) / ENGAGEMENT_QUESTIONS;
    let noise = (0..STORES)
        .map(|s| one / (0.8 * f64::from(staff(s))))
        .sum::<f64>()
        / STORES as f64;
    truth / (truth + noise)
}

pub fn write(company: &Company, sheets: &mut Sheets) {
    let calendar = &company.calendar;
    let first = calendar.month(calendar.start);
    let last = calendar.month(calendar.as_of);
    for store in 0..=STORES {
        let mut dice = Dice::new(company.seed, store as u64, 920);
        for month in (first..=last).filter(|month| month % 3 == 2) {
            answer(company, store, month, &mut dice, sheets);
        }
        for month in first..=last {
            let mood = company.engagement[store][month / 3];
            let heads = staff(store) + dice.between(-1, 1);
            let left = dice.count(f64::from(heads) * 0.012 * (1.0 + (3.6 - mood).max(0.0)));
            let rows = sheets.table("unit_facts");
            rows.text(&unit(store))
                .text(&calendar.month_name(month))
                .whole(heads.into());
            let remote = if store == STORES { 0.45 } else { 0.05 };
            rows.whole(left as i64)
                .number(remote + 0.04 * dice.uniform(), 2)
                .end();
        }
    }
}

fn unit(store: usize) -> String {
    if store == STORES {
        "KS".to_string()
    } else {
        store_id(store)
    }
}

fn answer(company: &Company, store: usize, month: usize, dice: &mut Dice, sheets: &mut Sheets) {
    let wave = company.calendar.month_name(month);
    let mood = company.engagement[store][month / 3];
    let rows = sheets.table("employee_answers");
    for person in 0..staff(store) {
        let own = PERSON * dice.normal();
        let quiet = dice.chance(0.2);
        let words = dice.chance(0.1);
        for question in QUESTIONS {
            let middle = if question.starts_with("engagement:") {
                mood
            } else {
                0.5 * mood + 1.8
            };
            let felt = (middle + own + ANSWER * dice.normal())
                .round()
                .clamp(1.0, 5.0);
            if quiet {
                continue;
            }
            rows.id(format_args!("E{}-{wave}-{:03}", unit(store), person + 1))
                .text(question);
            rows.text(&unit(store))
                .text(&wave)
                .whole(felt as i64)
                .whole(1)
                .whole(5);
            let says = words && question == "conditions:tools";
            rows.maybe(says.then(|| *dice.pick(&WORDS))).end();
        }
    }
}

const WORDS: [&str; 4] = [
    "Vi behöver en handdator till.",
    "Bra stämning men för få på lördagar.",
    "Jag får lösa det mesta själv, det är bra.",
    "Systemet är långsamt på förmiddagen.",
];
