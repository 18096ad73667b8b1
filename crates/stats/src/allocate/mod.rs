//! Where do the next krona and the next hour do most good?
//!
//! [`choose`] picks one option for everyone under a budget; [`plan`] spreads a budget over response curves, [`cheapest`]
//! finds the least money that reaches a value, [`frontier`] and [`pareto`] the moves that cost less and give more;
//! [`judge`] holds a plan against draws of what is not known, and [`plan_over_draws`] makes the best one for all draws.

mod choice;
mod core;
mod curve;
mod frontier;
mod judge;
mod moves;
mod over_draws;
mod plan;
mod prices;
mod steps;

pub use choice::{Choice, ChoiceConfig, OptionTable, choose};
pub use curve::{Curve, Points};
pub use frontier::{Pareto, cheapest, frontier, pareto};
pub use judge::{Draws, Judgement, judge};
pub use moves::{Move, moves};
pub use over_draws::plan_over_draws;
pub use plan::{Cell, Means, Plan, plan};
