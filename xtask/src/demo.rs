//! How does a newcomer see the program work, and a doubter see its intervals tested?

use crate::process::{cargo, must, program, root, step, succeeds};
use anyhow::Result;
use std::process::Command;

/// Builds the program and shows it on the example company. Needs Rust and a C compiler, nothing else.
pub fn demo(arguments: &[String]) -> Result<bool> {
    build()?;
    step(
        "odla demo: makes, imports and analyzes the example company",
        || run("demo", &[], arguments),
    )
}

/// Simulates many small example companies and counts how often the intervals hold the planted truth.
pub fn recovery(arguments: &[String]) -> Result<bool> {
    build()?;
    step("odla recover", || {
        run("recover", &["--seeds", "100"], arguments)
    })
}

/// Builds the program in the one profile of the house.
pub fn build() -> Result<()> {
    step(
        "build the program (the first time fetches and compiles its libraries)",
        || must(cargo(&["build", "--package", "odla"]).current_dir(root())),
    )
}

fn run(verb: &str, defaults: &[&str], arguments: &[String]) -> Result<bool> {
    let own = defaults
        .first()
        .is_some_and(|flag| arguments.iter().any(|word| word == flag));
    let defaults = if own { &[] } else { defaults };
    succeeds(
        Command::new(program("debug")?)
            .arg(verb)
            .args(defaults)
            .args(arguments),
    )
}
