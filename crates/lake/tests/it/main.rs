//! The analytic disk, tested through its public face.

mod frames;
mod imports;
