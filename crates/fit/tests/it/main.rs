//! Does a plain file give the published fits, and a person a clear answer when it cannot?

mod choices;
mod data;
mod effects;
mod experiments;
mod groups;
mod importance;
mod kinds;
mod paths;
mod planning;
mod purchases;
mod refusals;
mod renewals;
mod texts;
mod trials;
