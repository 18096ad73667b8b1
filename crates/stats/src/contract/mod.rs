//! When do contracts end?
