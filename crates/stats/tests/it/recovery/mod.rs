//! Are known truths found again, at the rate that the intervals claim?
mod importance;
mod regression;
mod survival;
