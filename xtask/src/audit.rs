//! Is anything known against the libraries that we use?

use crate::process::{cargo, root, step, succeeds};
use anyhow::Result;
use std::process::Command;

/// Licences, bans and sources need no network; what is known of faults does, and it is said when it cannot be had.
pub fn audit() -> Result<bool> {
    let mut held = true;
    let known = cargo(&["deny", "--version"]).output();
    if known.is_ok_and(|output| output.status.success()) {
        held &= step("cargo deny: licences, bans, sources", || {
            succeeds(cargo(&["deny", "check", "licenses", "bans", "sources"]).current_dir(root()))
        })?;
        if !step("cargo deny: advisories", || {
            succeeds(cargo(&["deny", "check", "advisories"]).current_dir(root()))
        })? {
            println!(
                "the advisories name a fault, or their database could not be fetched: read the lines above"
            );
            held = false;
        }
    } else {
        println!("left out: cargo-deny is not installed (cargo install --locked cargo-deny)");
    }
    let mut npm = Command::new("npm");
    npm.args(["audit", "--omit=dev"])
        .current_dir(root().join("web"));
    if !step("npm audit", || succeeds(&mut npm))? {
        println!("npm names a fault, or its registry does not answer audits: read the lines above");
        held = false;
    }
    Ok(held)
}
