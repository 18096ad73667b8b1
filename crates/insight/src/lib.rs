//! Judgement: what do the numbers mean, what are they worth, what should be done? Recommends, never acts.
//!
//! Each capability is one folder with the same four rooms: `mod.rs` says the question in a manager's words, the
//! method and when not to trust it; `estimate.rs` computes; `recommend.rs` says what to do and what it is worth;
//! `report.rs` lays out figures, sentences and tables. Reading order, which is also the order of computation:

pub mod activities;
pub mod allocation;
pub mod claims;
pub mod deals;
pub mod delivery;
pub mod drivers;
pub mod effects;
pub mod incidents;
pub mod link;
pub mod loyalty;
pub mod opening_hours;
pub mod overview;
pub mod portfolio;
pub mod profit;
pub mod promises;
pub mod service_level;
pub mod targets;
pub mod timing;
pub mod trials;
pub mod value;

mod columns;
pub mod doubt;
mod error;

pub use error::InsightError;

use odla_domain::FigureDefinition;

/// Every figure that any capability may print, in reading order.
pub fn figures() -> impl Iterator<Item = &'static FigureDefinition> {
    [
        profit::FIGURES,
        value::FIGURES,
        link::FIGURES,
        drivers::FIGURES,
        loyalty::FIGURES,
        activities::FIGURES,
        effects::FIGURES,
        timing::FIGURES,
        incidents::FIGURES,
        promises::FIGURES,
        deals::FIGURES,
        service_level::FIGURES,
        delivery::FIGURES,
        opening_hours::FIGURES,
        allocation::FIGURES,
        targets::FIGURES,
        portfolio::FIGURES,
        claims::FIGURES,
        trials::FIGURES,
    ]
    .into_iter()
    .flatten()
}
