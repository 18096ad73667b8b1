//! What did the activity change, when it began at different times for different customers?

pub mod aggregate;
mod bootstrap;
mod cell;
mod group_time;
mod panel;
pub mod two_way;

pub use aggregate::{Aggregated, Aggregation, Drift, Part, Placebo, aggregate};
pub use group_time::{CellEffect, GroupTimeEffects, estimate};
pub use panel::Staggered;

/// Who stands for what would have happened without the activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Those who never get it.
    Never,
    /// Those who never get it and those who have not got it yet.
    NotYet,
}

/// How covariates are taken into account; without covariates the three are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// The controls' change is foretold by their covariates.
    OutcomeRegression,
    /// The controls are weighted to resemble the treated.
    Weighting,
    /// Both; right when either is.
    DoublyRobust,
}

/// What the periods before the start are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Each with the period before it: every figure is a placebo of its own.
    Varying,
    /// All with the last period before the start, which is then 0 by construction.
    Universal,
}

/// How it is estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DidConfig {
    pub control: Control,
    pub adjustment: Adjustment,
    pub base: Base,
    /// Periods before the start in which the activity may already act (announced beforehand).
    pub anticipation: usize,
    /// Whether each arm's deviations are scaled up for its own fitted means, as in Welch's test; without it standard errors are
    /// those of large samples.
    pub small_samples: bool,
    /// Draws of the multiplier bootstrap for simultaneous bands.
    pub draws: usize,
    pub seed: u64,
    pub level: f64,
}

impl DidConfig {
    /// Not yet treated as controls, doubly robust, varying base, no anticipation, 999 draws, 90 % intervals.
    pub fn standard() -> Self {
        DidConfig {
            control: Control::NotYet,
            adjustment: Adjustment::DoublyRobust,
            base: Base::Varying,
            anticipation: 0,
            small_samples: true,
            draws: 999,
            seed: 1,
            level: 0.90,
        }
    }
}
