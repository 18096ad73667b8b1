//! Being written: survey.
