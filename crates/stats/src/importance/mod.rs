//! Being written: importance.
