//! Did the activity change the outcome, or would it have come anyway?

pub mod aipw;
pub mod evalue;
pub mod randomized;
