//! What do answers to a survey say of those who were not asked, and of those who did not answer?

pub mod agreement;
pub mod choice;
pub mod clustered;
pub mod conjoint;
pub mod index;
pub mod kano;
pub mod maxdiff;
pub mod nps;
pub mod reliability;
pub mod shrinkage;
pub mod wallet;
pub mod weights;
