//! Being written: regression.
