//! How many must answer, how long do customers wait, and how many minutes is a contact worth?
//!
//! [`queue`] gives waiting and abandonment of a staffed queue, [`agents_needed`] the staffing for a goal, [`repeats`] the load
//! when unsolved and abandoned contacts come back, [`productivity`] the handling time at which a minute costs what it gives.

mod needed;
pub mod productivity;
mod queue;
pub mod repeats;
mod simulate;

pub use needed::{Goal, Staffing, agents_needed};
pub use productivity::{
    BestMinutes, Change, Reason, Response, WhatIf, best_minutes, best_minutes_over_draws, what_if,
};
pub use queue::{Performance, Queue, erlang_b, erlang_c};
pub use repeats::{Returns, contacts_per_case, meet_returns};
pub use simulate::{SimulatedQueue, simulate_queue};
