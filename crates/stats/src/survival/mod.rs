//! Being written: survival.
