//! Which printed numbers of the literature are reproduced?

mod btyd;
mod importance;
mod regression;
