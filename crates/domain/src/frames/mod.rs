//! Which columns does each analysis read? One struct of columns per frame, checked when it is made.
//!
//! Filled by `lake` from SQL, read by `insight`. Identical rows may be one row with a `weight`.

pub mod activities;
pub mod claims;
pub mod deals;
pub mod delivery;
pub mod drivers;
pub mod effects;
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
pub mod shape;
pub mod trial;
