//! Which printed numbers of the literature are reproduced?

mod allocate;
mod boundary;
mod btyd;
mod causal;
mod causal_designs;
mod causal_did;
mod contract;
mod covariates;
mod hidden;
mod importance;
mod pls;
mod reference;
mod regression;
mod regression_kinds;
mod scoring;
mod staffing;
mod survey;
mod survival;
mod time;
