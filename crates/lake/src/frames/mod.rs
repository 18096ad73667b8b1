//! How do the ledger's rows become the columns that an analysis reads? One SQL file and one reader per frame.

pub mod activities;
pub mod claims;
pub mod columns;
pub mod deals;
pub mod delivery;
pub mod drivers;
pub mod effects;
mod holes;
pub mod incidents;
pub mod link;
pub mod loyalty;
pub mod opening;
pub mod portfolio;
pub mod profit;
pub mod promises;
pub mod purchases;
pub mod renewals;
pub mod segments;
pub mod service;
pub mod trial;
