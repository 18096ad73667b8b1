//! What holds for every fit, whatever the data?

mod allocate;
mod btyd;
mod bunching;
mod causal;
mod contract;
mod every_fitter;
mod fitters;
mod hidden;
mod regression;
mod scoring;
mod staffing;
mod structure;
mod survey;
