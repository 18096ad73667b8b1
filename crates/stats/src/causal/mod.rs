//! Did the activity change the outcome, or would it have come anyway?

pub mod aipw;
pub mod anytime;
pub mod assign;
pub mod blocks;
pub mod confidence_set;
pub mod did;
pub mod dml;
pub mod dose;
pub mod evalue;
pub mod instrument;
pub mod lag;
pub mod learner;
pub mod leniency;
pub mod matched;
pub mod negative;
pub mod overlap;
pub mod power;
pub mod randomized;
pub mod simulate;
pub mod surrogate;
pub mod synthetic;

mod dose_density;
mod folds;
mod influence;
mod simplex;
pub mod spline;
