//! Which command of the house is asked for?

mod api;
mod audit;
mod bench;
mod demo;
mod docs;
mod process;
mod served;
mod test;
mod tidy;
mod web;

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask demo [-- ARGS]     build the pages and the program, then `odla demo ARGS`: the example company and its management page
cargo xtask test               everything that must hold: format, lints, house rules, documents, all tests

cargo xtask tidy               the house rules alone
cargo xtask web                build the pages into web/dist
cargo xtask tools              install what the tests use besides Rust and Node: PostgreSQL, Chromium, poppler, moto
cargo xtask api [--questions N]
                               everything that the API's description allows, asked of the real server: no answer may be 5xx
cargo xtask audit              licences and sources of all libraries, and what is known against them
cargo xtask docs               write docs/figures.md and docs/tables.md from the program
cargo xtask recovery [-- ARGS] `odla recover --seeds 100 ARGS`: do the intervals hold the planted truth?
cargo xtask bench [--customers N] [--release]
                               import and analyze N customers (a million) beside DuckDB on the same file
cargo xtask bench load [--customers N] [--seconds S] [--release]
                               50 people at the served pages of N customers (a million) while a file is imported";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match command(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs what the words ask for; `false` when it ran and found something wrong.
fn command(words: &[String]) -> Result<bool> {
    let Some((verb, rest)) = words.split_first() else {
        println!("{USAGE}");
        return Ok(true);
    };
    let rest = rest.strip_prefix(&["--".to_owned()]).unwrap_or(rest);
    match (verb.as_str(), rest) {
        ("demo", arguments) => demo::demo(arguments),
        ("recovery", arguments) => demo::recovery(arguments),
        ("bench", arguments) => bench::bench(arguments),
        ("test", []) => test::test(),
        ("tidy", []) => tidy::tidy(),
        ("web", []) => web::build().map(|()| true),
        ("tools", []) => test::install_tools(),
        ("api", arguments) => api::attack(arguments),
        ("audit", []) => audit::audit(),
        ("docs", []) => docs::write(),
        ("help" | "--help" | "-h", _) => {
            println!("{USAGE}");
            Ok(true)
        }
        _ => bail!("not a command: {}\n\n{USAGE}", words.join(" ")),
    }
}
