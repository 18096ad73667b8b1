//! Use cases, one room each: import, analyze, show, open rows, one customer, the example company.
//!
//! The only place where the ledger and the judgement meet. Knows no flags and no terminal.

pub mod capabilities;
pub mod customer;
pub mod demo;
pub mod documents;
pub mod error;
pub mod home;
pub mod imports;
pub mod pages;
pub mod privacy;
pub mod recover;
pub mod rows;
pub mod runs;
pub mod settings;
pub mod text;
pub mod view;

mod analyze;

pub use analyze::{Analysis, AnalyzeRequest, analyze};
pub use error::AppError;
pub use home::Home;
pub use settings::Settings;
