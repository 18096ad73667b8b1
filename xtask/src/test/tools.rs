//! Which programs do the tests use besides Rust, are they here, and may they be installed?

use crate::process::{step, succeeds, target_folder};
use anyhow::{Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// A program of the system that some tests start.
pub struct Tool {
    pub name: &'static str,
    what_for: &'static str,
    packages: &'static [&'static str],
    is_here: fn() -> bool,
}

/// The second engine of the operational disk.
pub const POSTGRESQL: Tool = Tool {
    name: "PostgreSQL",
    what_for: "the store is tried on it as well as on SQLite",
    packages: &["postgresql"],
    is_here: has_postgresql,
};

/// The browser of the tests of the pages.
pub const CHROMIUM: Tool = Tool {
    name: "Chromium",
    what_for: "the pages are tried in it",
    packages: &["chromium", "chromium-driver"],
    is_here: || on_path("chromium") && on_path("chromedriver"),
};

/// Reads the text of a PDF.
pub const POPPLER: Tool = Tool {
    name: "poppler",
    what_for: "what a board paper says is read back from it",
    packages: &["poppler-utils"],
    is_here: || on_path("pdftotext"),
};

/// Installs all that is missing, or says what is.
pub fn install() -> Result<bool> {
    let mut all = true;
    for tool in [&POSTGRESQL, &CHROMIUM, &POPPLER] {
        all &= ensure(tool)?;
    }
    Ok(all & servers()?.is_some())
}

/// Stand-ins of the services that the program talks to, as programs.
pub struct Servers {
    /// Speaks S3.
    pub s3: PathBuf,
    /// Signs people in by OpenID Connect.
    pub provider: PathBuf,
}

/// The servers, in a Python environment of their own below the target folder; none where Python is missing.
pub fn servers() -> Result<Option<Servers>> {
    let folder = target_folder()?.join("tools").join("servers");
    let program = |name: &str| folder.join("bin").join(name);
    let servers = Servers {
        s3: program("moto_server"),
        provider: program("oidc-provider-mock"),
    };
    let here = || servers.s3.is_file() && servers.provider.is_file();
    if !here() {
        let made = step(
            "installs moto and oidc-provider-mock: S3 and sign-in are tried on them",
            || {
                let made = succeeds(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
                let mut pip = Command::new(program("pip"));
                Ok(made && succeeds(pip.args(["install", "--quiet"]).args(SERVERS))?)
            },
        );
        if !matches!(made, Ok(true)) || !here() {
            println!(
                "left out: a ledger in S3 and sign-in at a provider; their servers could not be installed (python3 -m venv, pip)"
            );
            return Ok(None);
        }
    }
    Ok(Some(servers))
}

const SERVERS: [&str; 2] = ["moto[server,s3]==5.*", "oidc-provider-mock==0.3.*"];

/// Whether the tool is here, at the latest after installing it. Says what it installs; where it may not, says what is
/// left out and goes on.
pub fn ensure(tool: &Tool) -> Result<bool> {
    if (tool.is_here)() {
        return Ok(true);
    }
    let packages = tool.packages.join(" ");
    if !may_install() {
        println!(
            "left out: {} is not here and cannot be installed by this user; {} (Debian: apt-get install {packages})",
            tool.name, tool.what_for
        );
        return Ok(false);
    }
    let what = format!("installs {packages}: {}", tool.what_for);
    step(&what, || apt_install(tool.packages))?;
    if (tool.is_here)() {
        return Ok(true);
    }
    bail!("{packages} was installed, but {} is not found", tool.name)
}

/// Without a list of packages, or with an old one, the first try fails and the list is fetched.
fn apt_install(packages: &[&str]) -> Result<()> {
    let install = || {
        let mut command = Command::new("apt-get");
        command
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive");
        succeeds(&mut command)
    };
    if install()? {
        return Ok(());
    }
    if succeeds(Command::new("apt-get").arg("update"))? && install()? {
        return Ok(());
    }
    bail!("apt-get cannot install {}", packages.join(" "))
}

/// Only root installs, and only with Debian's tool: nobody is asked for a password by a test.
fn may_install() -> bool {
    let user = Command::new("id").arg("-u").output();
    on_path("apt-get") && user.is_ok_and(|user| user.stdout.starts_with(b"0\n"))
}

/// Debian puts the server's programs beside the path, one folder per version.
fn has_postgresql() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok();
    let debian = versions
        .into_iter()
        .flatten()
        .flatten()
        .any(|version| version.path().join("bin/initdb").exists());
    debian || on_path("initdb")
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_that_is_here_is_not_installed() {
        let here = Tool {
            name: "cargo",
            what_for: "builds",
            packages: &["no-such-package"],
            is_here: || true,
        };
        assert!(ensure(&here).expect("nothing is run"));
    }

    #[test]
    fn programs_are_found_on_the_path_only() {
        assert!(on_path("sh"));
        assert!(!on_path("no-such-program-anywhere"));
    }
}
