//! Do the frames hold what the ledger's rows say?

mod drivers;
mod link;
mod profit;
mod purchases;
mod renewals;
mod small_ledger;
