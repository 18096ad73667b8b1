//! What holds for every fit, whatever the data?
