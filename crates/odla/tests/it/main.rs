//! Does the program do what its help says? Whole commands, run as a person runs them.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test may stop it, as the tests themselves may"
)]

mod bad_input;
mod choices;
mod demo;
mod fit;
mod program;
mod real_data;
mod serve;
mod trial;
mod two_files;
