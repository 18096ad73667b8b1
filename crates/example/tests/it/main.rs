//! Does the example company keep what its truth promises?

#![allow(clippy::unwrap_used)]

mod books;
mod company;
mod recovery;
mod same_bytes;
mod shape;
