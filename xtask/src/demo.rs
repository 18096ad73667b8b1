//! How does a newcomer see the program work, and a doubter see its intervals tested?

use crate::process::{cargo, must, program, root, step};
use crate::web;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Builds the pages and the program and shows them on the example company. Needs Rust, Node and a C compiler.
pub fn demo(arguments: &[String]) -> Result<bool> {
    // Who only reads the terminal needs no pages.
    if !arguments.iter().any(|word| word == "--no-serve") {
        web::build()?;
    }
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

/// An analyzed example company for a test, in a folder made anew.
pub fn example(home: &Path, customers: usize) -> Result<PathBuf> {
    build()?;
    if home.exists() {
        std::fs::remove_dir_all(home)?;
    }
    let program = program("debug")?;
    let mut command = Command::new(&program);
    command.args(["demo", "--no-serve", "--customers", &customers.to_string()]);
    let status = command.arg("--home").arg(home).stdout(Stdio::null());
    match status.status()?.code() {
        Some(0 | 3) => Ok(program),
        _ => bail!("the example company could not be made"),
    }
}

/// Runs the program on this terminal. 3 is "done, with rejects or cautions that a person should read".
fn run(verb: &str, defaults: &[&str], arguments: &[String]) -> Result<bool> {
    let own = defaults
        .first()
        .is_some_and(|flag| arguments.iter().any(|word| word == flag));
    let defaults = if own { &[] } else { defaults };
    let mut command = Command::new(program("debug")?);
    let status = command.arg(verb).args(defaults).args(arguments).status();
    let status = status.context("the program was built but cannot be started")?;
    Ok(matches!(status.code(), Some(0 | 3)))
}
