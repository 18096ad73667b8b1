//! Use cases, one room each: import, analyze, show, open rows, one customer, the example company; and for those who
//! are served: who they are, what they may see, what they decide.
//!
//! The only place where the ledger and the judgement meet. Knows no flags and no terminal.

pub mod access;
pub mod allocation;
pub mod auth;
pub mod capabilities;
pub mod changes;
pub mod company;
pub mod customer;
pub mod customer_file;
pub mod decisions;
pub mod demo;
pub mod denied;
pub mod directory;
pub mod documents;
pub mod error;
pub mod evidence;
pub mod exports;
pub mod glossary;
pub mod home;
pub mod imports;
pub mod jobs;
pub mod measures;
pub mod office;
pub mod pages;
pub mod people;
pub mod privacy;
pub mod profile;
pub mod recover;
pub mod rows;
pub mod runs;
pub mod settings;
pub mod text;
pub mod trials;
pub mod upkeep;
pub mod uploads;
pub mod view;
pub mod whatif;

mod analyze;
mod settings_text;

pub use access::{Caller, Visible};
pub use analyze::{Analysis, AnalyzeRequest, analyze};
pub use denied::{Denied, Meaning};
pub use error::AppError;
pub use home::Home;
pub use office::Office;
pub use settings::Settings;

pub use odla_store::{
    Decision, Job, JobState, NewView, OidcName, OidcRequest, Person, PersonChange, Store, Token,
    View,
};
