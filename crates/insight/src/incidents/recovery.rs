//! Who is still a customer a year after a fault, by how it ended, against those who met none?

use super::IncidentsConfig;
use crate::columns::{Columns, Contrast, contrast};
use odla_domain::Caution;
use odla_domain::frames::incidents::{IncidentsFrame, Met};

/// How a fault ended, as the frame names it; the first is what the paradox is about.
pub const ENDINGS: [&str; 4] = ["well", "unsaid", "badly", "silent"];

/// One way of ending against no fault.
#[derive(Clone, Debug)]
pub struct Recovery {
    pub met: &'static str,
    pub customers: usize,
    pub retention: Result<Contrast, Caution>,
    /// Points of satisfaction 0..100.
    pub satisfaction: Result<Contrast, Caution>,
}

pub fn compare(frame: &IncidentsFrame, config: &IncidentsConfig, seed: u64) -> Vec<Recovery> {
    let met = &frame.customers;
    let before = before(met);
    ENDINGS
        .into_iter()
        .map(|ending| {
            let compared = |known: &dyn Fn(usize) -> bool| -> Vec<usize> {
                (0..met.len())
                    .filter(|&row| (met.met[row] == "none" || met.met[row] == ending) && known(row))
                    .collect()
            };
            let all = compared(&|_| true);
            let answered = compared(&|row| !met.satisfaction_after[row].is_nan());
            let stayed = |row: usize| f64::from(met.retained[row]);
            let said = |row: usize| 100.0 * met.satisfaction_after[row];
            let columns = before.clone();
            Recovery {
                met: ending,
                customers: all.iter().filter(|&&row| met.met[row] == ending).count(),
                retention: against(met, &all, (ending, &stayed), (&columns, config, seed))
                    .and_then(|found| enough_events(met, &all, found, config)),
                satisfaction: against(
                    met,
                    &answered,
                    (ending, &said),
                    (&with_earlier(met, columns), config, seed),
                ),
            }
        })
        .collect()
}

/// Behavior before the months of the faults, and how many occasions there were for one.
fn before(met: &Met) -> Columns {
    let of = |value: &dyn Fn(usize) -> f64| (0..met.len()).map(value).collect::<Vec<f64>>();
    Columns::default()
        .with("purchases", of(&|row| met.purchases_before[row].ln_1p()))
        .with(
            "silence",
            of(&|row| (met.silence_days[row].max(0.0) / 30.0).ln_1p()),
        )
        .with("contacts", of(&|row| met.contacts_before[row].ln_1p()))
        .with("meanwhile", of(&|row| met.purchases_meanwhile[row].ln_1p()))
        .with("shipped", of(&|row| met.shipped_meanwhile[row].ln_1p()))
        .with(
            "tenure",
            of(&|row| (met.tenure_days[row].max(0.0) / 365.25).ln_1p()),
        )
        .with("contract", of(&|row| f64::from(met.contract[row])))
        .with("young", of(&|row| f64::from(met.young[row])))
        .with("company", of(&|row| f64::from(met.company[row])))
}

/// What was said before: 0 and a mark for those who had not answered.
fn with_earlier(met: &Met, columns: Columns) -> Columns {
    let told = |row: usize| !met.satisfaction_before[row].is_nan();
    let place = |row: usize| {
        if told(row) {
            met.satisfaction_before[row]
        } else {
            0.0
        }
    };
    columns
        .with("earlier", (0..met.len()).map(place).collect())
        .with(
            "earlier_told",
            (0..met.len()).map(|row| f64::from(told(row))).collect(),
        )
}

fn against(
    met: &Met,
    rows: &[usize],
    (ending, outcome): (&str, &dyn Fn(usize) -> f64),
    (columns, config, seed): (&Columns, &IncidentsConfig, u64),
) -> Result<Contrast, Caution> {
    let treated: Vec<bool> = rows.iter().map(|&row| met.met[row] == ending).collect();
    let those = treated.iter().filter(|met| **met).count();
    if those < config.fewest_met || rows.len() - those < config.fewest_met {
        return Err(Caution::new("incidents.too_few_met")
            .with("needed", config.fewest_met)
            .with("got", those.min(rows.len() - those)));
    }
    let outcome: Vec<f64> = rows.iter().map(|&row| outcome(row)).collect();
    contrast(
        &outcome,
        &treated,
        &columns.of_rows(rows),
        (config.level, seed),
    )
}

fn enough_events(
    met: &Met,
    rows: &[usize],
    found: Contrast,
    config: &IncidentsConfig,
) -> Result<Contrast, Caution> {
    let stayed = rows.iter().filter(|&&row| met.retained[row]).count();
    match stayed.min(rows.len() - stayed) >= config.fewest_events {
        true => Ok(found),
        false => Err(Caution::new("incidents.too_few_left").with("needed", config.fewest_events)),
    }
}
