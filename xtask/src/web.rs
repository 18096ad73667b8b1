//! How are the pages built, checked and tried in a browser?

use crate::process::{must, root, step, succeeds};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Fetches what the lock file names, unless that is already there.
pub fn install() -> Result<()> {
    if is_fresh() {
        return Ok(());
    }
    step("web: npm ci", || {
        must(&mut npm(&["ci", "--no-audit", "--no-fund"])?)
    })
}

/// Builds the pages into `web/dist`, where the server takes them from, unless they stand there as they are now: pages
/// that are built anew are packed into the program anew.
pub fn build() -> Result<()> {
    install()?;
    let built = newest(&folder().join("dist"));
    let parts = [
        "src",
        "public",
        "scripts",
        "index.html",
        "package-lock.json",
        "vite.config.ts",
    ];
    if built
        > parts
            .iter()
            .filter_map(|part| newest(&folder().join(part)))
            .max()
    {
        return Ok(());
    }
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
    install()?;
    let mut tests = npm(&["run", "--silent", "e2e"])?;
    tests.env("ODLA_PROGRAM", program).env("ODLA_HOME", home);
    succeeds(&mut tests)
}

/// The long table over a home that nobody has been let into; its figures are printed.
pub fn scroll(program: &Path, home: &Path) -> Result<bool> {
    install()?;
    let mut vitest = npm(&["run", "--silent", "e2e", "--", "e2e/million.e2e.ts"])?;
    succeeds(
        vitest
            .env("ODLA_PROGRAM", program)
            .env("ODLA_MILLION", home),
    )
}

fn folder() -> PathBuf {
    root().join("web")
}

/// When the file, or the newest file below the folder, was written; nothing where there is none.
fn newest(path: &Path) -> Option<SystemTime> {
    let Ok(entries) = path.read_dir() else {
        return path.metadata().and_then(|meta| meta.modified()).ok();
    };
    let below = entries.flatten().map(|entry| entry.path());
    below.filter_map(|path| newest(&path)).max()
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
