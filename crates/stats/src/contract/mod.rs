//! When do contracts end, for which reasons, and what are the remaining ones worth?
//!
//! [`sbg`] and [`bdw`] need nothing but how many of a cohort are left after each renewal; [`hazard`] explains the end by
//! season, renewal windows and any other column, [`frailty`] also by what the contracts of a group share, [`competing`] by kind of end; [`value`] turns hazards into money ahead.

pub mod bdw;
mod cohort;
pub mod competing;
mod design;
pub mod frailty;
pub mod hazard;
pub mod sbg;
pub mod value;

pub use cohort::Cohort;
pub use competing::{CompetingData, CompetingFit};
pub use design::Column;
pub use frailty::FrailtyFit;
pub use hazard::{HazardData, HazardFit, HazardSettings, Link};
pub use value::{ContractPath, PortfolioValue, value_contracts};
