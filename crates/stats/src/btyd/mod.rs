//! How often will each customer buy again, and who has left unseen?
//!
//! Buying without contract ("buy till you die"). Every file fits one distribution to a checked
//! [`History`] of repeat purchases: [`nbd`] (nobody leaves), [`bg_nbd`] and [`mbg_nbd`] (may leave after a purchase),
//! [`pareto_nbd`] (may leave at any time), [`bg_bb`] (chances at fixed dates), [`gamma_gamma`] (spend per purchase).
//! [`covariates`] lets what is known of a customer move rate and dropout.
//! [`value`] joins them to money ahead, [`totals`] to the doubt about a sum, [`choose`] picks by a holdout.

mod beta_geometric;
pub mod bg_bb;
pub mod bg_nbd;
pub mod choose;
mod compressed;
mod covariate_terms;
pub mod covariates;
pub(crate) mod fit;
pub mod gamma_gamma;
mod history;
mod interpolate;
mod join;
mod latent;
pub mod mbg_nbd;
pub mod nbd;
pub mod pareto_nbd;
mod run_terms;
pub(crate) mod simulated;
mod spend;
pub mod totals;
pub mod value;

pub use choose::{Choice, Decile, HoldoutScore, PurchaseKind, choose_by_holdout, fit_kind};
pub use covariates::{CovariateFit, Covariates};
pub use fit::{Fit, Parameters};
pub use history::{History, HistoryRow};
pub use simulated::Simulated;
pub use spend::SpendModel;
pub use totals::{PurchaseFit, TotalDraws, TotalRequest, simulate_total};
pub use value::{CustomerValue, Outlook, PurchaseModel, value_intervals};
