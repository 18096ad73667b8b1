//! What holds for every fit, whatever the data?
mod regression;
