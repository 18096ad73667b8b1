//! Do the frames hold what the ledger's rows say?

mod activities;
mod claims;
mod deals;
mod delivery;
mod drivers;
mod effects;
mod incidents;
mod link;
mod loyalty;
mod opening;
mod profit;
mod promises;
mod purchases;
mod renewals;
mod segments;
mod service;
mod small_ledger;
