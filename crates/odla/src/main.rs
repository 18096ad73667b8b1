//! The program: flags, configuration, wiring, exit codes.
fn main() {}
