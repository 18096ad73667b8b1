//! Which numbers can be told from what was seen? Slices in, plain structs out.
//!
//! No input or output, no clock, no knowledge of customers' files: functions take `f64` slices whose
//! shape and range they prove before use, and return structs with standard errors and cautions.
//! Results are the same to the bit whatever the number of threads. Sources are listed in `REFERENCES.md`.

pub mod allocate;
pub mod btyd;
pub mod bunching;
pub mod causal;
pub mod contract;
pub mod hidden;
pub mod importance;
pub mod multiplicity;
pub mod pls;
pub mod regression;
pub mod scoring;
pub mod staffing;
pub mod survey;
pub mod survival;

pub mod error;
pub mod estimate;
pub mod jet;
pub mod optimize;
pub mod quadrature;
mod reduce;
pub mod special;

pub use error::StatsError;
pub use estimate::{Caution, CautionValue, Estimate, Interval};
