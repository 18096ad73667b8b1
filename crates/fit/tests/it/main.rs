//! Does a plain file give the published fits, and a person a clear answer when it cannot?

mod data;
mod experiments;
mod importance;
mod purchases;
mod refusals;
mod texts;
