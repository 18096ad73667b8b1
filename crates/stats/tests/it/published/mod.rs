//! Which printed numbers of the literature are reproduced?

mod btyd;
mod contract;
mod importance;
mod regression;
mod survival;
mod pls;
