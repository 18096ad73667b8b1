//! Does the server keep its contract, its doors and its people apart? A real server on a free port, asked over HTTP.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test may stop it, as the tests themselves may"
)]

mod contract;
mod doors;
mod files;
mod house;
mod pages;
mod provider;
mod sight;
mod trials;
mod walk;
mod work;
