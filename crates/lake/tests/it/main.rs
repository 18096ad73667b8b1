//! The analytic disk, tested through its public face.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test may stop it, as the tests themselves may"
)]

mod frames;
mod imports;
