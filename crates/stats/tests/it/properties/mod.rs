//! What holds for every fit, whatever the data?

mod btyd;
mod contract;
mod every_fitter;
mod fitters;
mod regression;
mod structure;
