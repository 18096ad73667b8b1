//! What holds for every fit, whatever the data?

mod btyd;
mod contract;
mod regression;
mod structure;
