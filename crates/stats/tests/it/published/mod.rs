//! Which printed numbers of the literature are reproduced?

mod boundary;
mod btyd;
mod causal;
mod contract;
mod covariates;
mod importance;
mod pls;
mod regression;
mod regression_kinds;
mod survival;
mod time;
