//! Does the example company keep what its truth promises?

mod books;
mod company;
mod recovery;
mod same_bytes;
mod shape;
