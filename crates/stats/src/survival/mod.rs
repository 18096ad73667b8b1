//! How long until it happens, when for many it has not happened yet?

pub mod aalen_johansen;
pub mod concordance;
pub mod cox;
pub mod frailty;
pub mod kaplan_meier;
mod moments;
pub mod nelson_aalen;
mod partial_likelihood;
pub mod spells;

pub use spells::{RiskRow, Spells};
