//! Do the frames hold what the ledger's rows say?

mod activities;
mod claims;
mod deals;
mod drivers;
mod effects;
mod incidents;
mod link;
mod loyalty;
mod profit;
mod promises;
mod purchases;
mod renewals;
mod service;
mod small_ledger;
