//! Which printed numbers of the literature are reproduced?

mod btyd;
mod causal;
mod contract;
mod importance;
mod pls;
mod regression;
mod survival;
