//! What is true about the example company, and how is each truth defined?

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Config;

/// All that is known for certain: truths of the simulation, sums of the rows written, planted flaws.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    pub company: String,
    pub config: Config,
    /// Truths of the data-generating process, by key.
    pub truths: Vec<Known>,
    /// Attributes that in truth move nothing.
    pub null_attributes: Vec<String>,
    /// Activities that in truth change no one's retention.
    pub null_activities: Vec<String>,
    /// Exact sums of the valid, distinct rows.
    pub books: Books,
    /// Rows that an import must reject, merge or see through.
    pub planted_flaws: Vec<PlantedFlaw>,
}

/// One truth with the definition of its estimand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Known {
    pub key: String,
    pub value: f64,
    pub unit: String,
    pub definition: String,
}

/// Sums over the valid, distinct rows; money in öre so that they are exact.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Books {
    /// Valid, distinct rows per table, as the ledger should hold them.
    pub rows: BTreeMap<String, u64>,
    pub orders: u64,
    pub order_lines: u64,
    pub list_ore: i64,
    pub discount_ore: i64,
    /// Sum of `net_amount`.
    pub net_ore: i64,
    pub goods_ore: i64,
    pub freight_ore: i64,
    pub returned_ore: i64,
    /// Sum of `costs.amount`.
    pub costs_ore: i64,
    /// Sum of `costs.amount` whose driver is `none`.
    pub costs_without_driver_ore: i64,
    /// Sum of `costs.amount` by process.
    pub costs_by_process_ore: BTreeMap<String, i64>,
    /// `monthly_amount` times the months in force that fall in the order history.
    pub contract_amount_ore: i64,
    /// `monthly_cost` times the same months.
    pub contract_cost_ore: i64,
    pub exposure_ore: i64,
    pub club_ore: i64,
    pub compensation_ore: i64,
}

/// A flaw put in on purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantedFlaw {
    pub table: String,
    /// `reject`, `exact_duplicate`, `duplicate_customer`, `typo` or `missing`.
    pub kind: String,
    pub rows: u64,
    /// The key of one of the rows, or what to look for.
    pub example: String,
    pub note: String,
}

impl Truth {
    /// The value of one truth.
    pub fn value(&self, key: &str) -> Option<f64> {
        self.truths
            .iter()
            .find(|known| known.key == key)
            .map(|known| known.value)
    }
}

/// A list of truths being filled.
#[derive(Default)]
pub(crate) struct Ledger(pub Vec<Known>);

impl Ledger {
    pub fn add(
        &mut self,
        key: impl Into<String>,
        value: f64,
        unit: &str,
        definition: impl Into<String>,
    ) {
        self.0.push(Known {
            key: key.into(),
            value,
            unit: unit.to_string(),
            definition: definition.into(),
        });
    }
}
