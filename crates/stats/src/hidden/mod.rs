//! How many are there in all, when several lists each hold some of them?
//!
//! [`chapman`] for two lists, with the range over how far one list may depend on the other; [`estimate_total`] for three lists or
//! more, where dependence between pairs can be estimated.

mod fit;
mod lists;
mod simulate;
mod total;
mod two_lists;

pub use lists::Lists;
pub use simulate::{ListPlan, simulate_lists};
pub use total::{Description, HiddenFit, HiddenTotal, SelectBy, estimate_total, fit_description};
pub use two_lists::{DependenceRange, TwoLists, chapman, total_under_dependence};
