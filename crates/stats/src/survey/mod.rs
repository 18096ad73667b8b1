//! What do answers to a survey say of those who were not asked, and of those who did not answer?

pub mod index;
pub mod nps;
pub mod shrinkage;
pub mod wallet;
pub mod weights;
