//! How do the ledger's rows become the columns that an analysis reads? One SQL file and one reader per frame.

pub mod columns;
pub mod drivers;
mod holes;
pub mod link;
pub mod portfolio;
pub mod profit;
pub mod purchases;
pub mod renewals;
pub mod trial;
