//! How are the pages built, checked and tried in a browser?

use crate::process::{must, root, step, succeeds};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Fetches what the lock file names, unless that is already there.
pub fn install() -> Result<()> {
    if is_fresh() {
        return Ok(());
    }
    step("web: npm ci", || {
        must(&mut npm(&["ci", "--no-audit", "--no-fund"])?)
    })
}

/// Builds the pages into `web/dist`, where the server takes them from.
pub fn build() -> Result<()> {
    install()?;
    step("web: build", || {
        must(&mut npm(&["run", "--silent", "build"])?)
    })
}

/// Types, lints, both languages' keys, unit tests.
pub fn check() -> Result<bool> {
    install()?;
    succeeds(&mut npm(&["run", "--silent", "check"])?)
}

/// Every page in both languages in Chromium: against the typed stand-in of the server, then against the program itself,
/// which serves a home that may be changed.
pub fn pages(program: &Path, home: &Path) -> Result<bool> {
    build()?;
    let mut tests = npm(&["run", "--silent", "e2e"])?;
    tests.env("ODLA_PROGRAM", program).env("ODLA_HOME", home);
    succeeds(&mut tests)
}

fn folder() -> PathBuf {
    root().join("web")
}

/// npm writes its own lock file into what it installed, last of all.
fn is_fresh() -> bool {
    let time = |file: &str| {
        folder()
            .join(file)
            .metadata()
            .and_then(|meta| meta.modified())
    };
    match (
        time("node_modules/.package-lock.json"),
        time("package-lock.json"),
    ) {
        (Ok(installed), Ok(wanted)) => installed >= wanted,
        _ => false,
    }
}

fn npm(arguments: &[&str]) -> Result<Command> {
    let known = Command::new("npm").arg("--version").output();
    if !known.is_ok_and(|output| output.status.success()) {
        bail!("the pages need Node (20.19 or later) with npm: https://nodejs.org");
    }
    let mut command = Command::new("npm");
    command.args(arguments).current_dir(folder());
    folder()
        .is_dir()
        .then_some(command)
        .context("the folder web is missing")
}
