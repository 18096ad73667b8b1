//! Does everything hold? Format, lints, house rules, documents and every test, then one honest closing line.

mod count;
mod tools;

use crate::process::{cargo, root, step, succeeds, target_folder, watched};
use crate::{api, demo, docs, tidy, web};
use anyhow::Result;
use count::Count;
use std::path::PathBuf;
use std::process::Command;

use tools::Servers;

pub use tools::install as install_tools;

/// Runs every check even when an earlier one failed, so that one run tells all.
pub fn test() -> Result<bool> {
    let mut count = Count::default();
    count.check(
        "format",
        step("format", || on_workspace("fmt", &["--all", "--check"])),
    );
    count.check("house rules", step("house rules", tidy::tidy));
    // First, so that the program that is tested has them packed in.
    let packed = web::build().map(|()| true);
    count.check("build of the pages", packed);
    let lints = ["--workspace", "--all-targets", "--", "-D", "warnings"];
    count.check("lints", step("lints", || on_workspace("clippy", &lints)));
    // Where one cannot be had the tests say so themselves, and go on without it.
    for tool in [&tools::POSTGRESQL, &tools::POPPLER] {
        let here = tools::ensure(tool).map(|_| true);
        count.check(tool.name, here);
    }
    let servers = tools::servers().unwrap_or(None);
    let tests = step("tests", || run_tests(&mut count, servers.as_ref()));
    count.check("tests", tests);
    count.check("documents", step("documents", docs::check));
    count.check("web", step("web", web::check));
    count.check("pages", step("pages in Chromium", try_pages));
    count.check("API", step("the API under attack", || api::attack(&[])));
    say_what_was_left_out(&count);
    println!("{}", count.closing());
    Ok(count.is_green())
}

/// Against the stand-in, and against the program itself with a small example company. Where Chromium cannot be had the
/// pages are left out, and that is said.
fn try_pages() -> Result<bool> {
    if !tools::ensure(&tools::CHROMIUM)? {
        return Ok(true);
    }
    let home = target_folder()?.join("tmp").join("pages");
    let program = demo::example(&home, 2000)?;
    web::pages(&program, &home)
}

fn on_workspace(verb: &str, arguments: &[&str]) -> Result<bool> {
    succeeds(cargo(&[verb]).args(arguments).current_dir(root()))
}

/// Unit and integration tests by nextest where it is installed, else by cargo; then the examples in the documentation.
fn run_tests(count: &mut Count, servers: Option<&Servers>) -> Result<bool> {
    let tests = if has_nextest() {
        let loud = [
            "nextest",
            "run",
            "--workspace",
            "--no-fail-fast",
            "--success-output",
            "immediate",
        ];
        let (ok, lines) = watched(with_servers(cargo(&loud).current_dir(root()), servers))?;
        count.add_nextest(&lines);
        ok
    } else {
        let mut command = cargo(&["test", "--workspace", "--all-targets", "--no-fail-fast"]);
        let command = command.args(["--", "--show-output"]).current_dir(root());
        let (ok, lines) = watched(with_servers(command, servers))?;
        count.add_cargo(&lines);
        ok
    };
    let mut command = cargo(&["test", "--workspace", "--doc", "--no-fail-fast"]);
    let (examples, lines) = watched(command.current_dir(root()))?;
    count.add_cargo(&lines);
    Ok(tests && examples)
}

fn with_servers<'c>(command: &'c mut Command, servers: Option<&Servers>) -> &'c mut Command {
    match servers {
        Some(servers) => command
            .env("ODLA_S3_SERVER", &servers.s3)
            .env("ODLA_OIDC_PROVIDER", &servers.provider),
        None => command,
    }
}

fn has_nextest() -> bool {
    let version = cargo(&["nextest", "--version"]).output();
    version.is_ok_and(|output| output.status.success())
}

/// Some tests read real data that is not part of the project; a reader must know when they did not run.
fn say_what_was_left_out(count: &Count) {
    if !data_folder().is_dir() {
        println!(
            "left out: the tests on real data; there is no folder {}",
            data_folder().display()
        );
    }
    for line in &count.left_out {
        println!("{line}");
    }
}

fn data_folder() -> PathBuf {
    std::env::var_os("ODLA_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from)
}
