//! How long do import and analysis take on a large file, and how much memory, beside another engine?

mod lines;
mod load;

use crate::process::{must, output_of, program, root, step, target_folder};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The other engine, from PyPI, in a virtual environment of its own.
const DUCKDB: &str = "duckdb==2.0.0";
const AS_OF: &str = "2025-12-31";

/// What one process cost.
struct Cost {
    what: &'static str,
    seconds: f64,
    cpu_seconds: f64,
    peak_mib: f64,
}

/// Where the trial lies and how it is run.
struct Bench {
    folder: PathBuf,
    file: PathBuf,
    python: PathBuf,
    program: PathBuf,
}

pub fn bench(arguments: &[String]) -> Result<bool> {
    if let Some(("load", rest)) = arguments
        .split_first()
        .map(|(word, rest)| (word.as_str(), rest))
    {
        return load::load(rest);
    }
    let (customers, profile) = parse(arguments)?;
    build(profile)?;
    let bench = Bench::prepare(profile)?;
    let made = step("write the order lines", || {
        lines::write(&bench.file, customers)
    })?;
    eprintln!(
        "{} customers, {} order lines, {} MB",
        made.customers,
        made.lines,
        made.bytes / 1_000_000
    );
    let home = bench.folder.join("home");
    let home = home.to_string_lossy();
    let file = bench.file.to_string_lossy();
    let costs = [
        bench.odla("odla import", &["--home", &home, "import", &file])?,
        bench.odla(
            "odla analyze",
            &["--home", &home, "analyze", "--as-of", AS_OF, "--seed", "1"],
        )?,
        bench.duckdb()?,
    ];
    print_table(&costs, profile);
    bench.compare_sums(&home)
}

impl Bench {
    fn prepare(profile: &str) -> Result<Self> {
        let folder = target_folder()?.join("bench");
        let home = folder.join("home");
        if home.exists() {
            fs::remove_dir_all(&home)?;
        }
        fs::create_dir_all(&folder)?;
        let python = folder.join("venv/bin/python");
        if !python.exists() {
            step("fetch DuckDB", || fetch_duckdb(&folder))?;
        }
        let program = program(profile)?;
        Ok(Self {
            file: folder.join("orders.csv"),
            folder,
            python,
            program,
        })
    }

    fn odla(&self, what: &'static str, words: &[&str]) -> Result<Cost> {
        let mut command = vec![self.program.to_string_lossy().into_owned()];
        command.extend(words.iter().map(|&word| word.to_owned()));
        self.measured(what, &command)
    }

    fn duckdb(&self) -> Result<Cost> {
        let script = root().join("xtask/src/bench/aggregate.py");
        let words = [&self.python, &script, &self.file, &self.sums()]
            .map(|path| path.to_string_lossy().into_owned());
        self.measured("duckdb aggregate", &words)
    }

    /// Runs a command under the same small watcher, which reads what the kernel counted for it.
    fn measured(&self, what: &'static str, command: &[String]) -> Result<Cost> {
        let answer = self.folder.join("cost.json");
        let watcher = root().join("xtask/src/bench/measure.py");
        step(what, || {
            must(
                Command::new(&self.python)
                    .arg(&watcher)
                    .arg(&answer)
                    .args(command),
            )
        })?;
        let cost: Value = serde_json::from_str(&fs::read_to_string(&answer)?)?;
        let number = |name: &str| {
            cost[name]
                .as_f64()
                .with_context(|| format!("the watcher wrote no {name}"))
        };
        Ok(Cost {
            what,
            seconds: number("seconds")?,
            cpu_seconds: number("cpu_seconds")?,
            peak_mib: number("peak_mib")?,
        })
    }

    fn sums(&self) -> PathBuf {
        self.folder.join("duckdb.json")
    }

    /// Both engines must have read the same money, else the times say nothing.
    fn compare_sums(&self, home: &str) -> Result<bool> {
        let mut show = Command::new(&self.program);
        let shown = output_of(show.args(["--home", home, "--json", "show", "revenue.total"]))?;
        let ours: Value = serde_json::from_str(&shown)?;
        let theirs: Value = serde_json::from_str(&fs::read_to_string(self.sums())?)?;
        let (ours, theirs) = (ours["value"].as_f64(), theirs["revenue"].as_f64());
        let (Some(ours), Some(theirs)) = (ours, theirs) else {
            bail!("no revenue to compare: {ours:?} and {theirs:?}");
        };
        let same = (ours - theirs).abs() < 0.005;
        println!(
            "\nrevenue: odla {ours:.2}, duckdb {theirs:.2}: {}",
            if same { "the same" } else { "NOT the same" }
        );
        Ok(same)
    }
}

fn parse(arguments: &[String]) -> Result<(u32, &'static str)> {
    let (mut customers, mut profile) = (1_000_000, "debug");
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "--release" => profile = "release",
            "--customers" => {
                let number = words.next().unwrap_or_default();
                customers = number
                    .parse()
                    .with_context(|| format!("--customers {number}: a whole number is needed"))?;
            }
            other => bail!("bench does not know {other}; it takes --customers N and --release"),
        }
    }
    Ok((customers, profile))
}

fn build(profile: &str) -> Result<()> {
    let mut command = crate::process::cargo(&["build", "--package", "odla"]);
    if profile == "release" {
        command.arg("--release");
    }
    step("build the program", || must(command.current_dir(root())))
}

fn fetch_duckdb(folder: &Path) -> Result<()> {
    let venv = folder.join("venv");
    must(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    must(Command::new(venv.join("bin/pip")).args(["install", "--quiet", DUCKDB]))
}

fn print_table(costs: &[Cost], profile: &str) {
    println!(
        "\n{:<18} {:>9} {:>12} {:>10}",
        "", "seconds", "CPU seconds", "peak MiB"
    );
    for cost in costs {
        println!(
            "{:<18} {:>9.1} {:>12.1} {:>10.0}",
            cost.what, cost.seconds, cost.cpu_seconds, cost.peak_mib
        );
    }
    println!("odla built with the profile {profile}; {DUCKDB}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_and_the_profile_can_be_chosen() {
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(parse(&[]).expect("defaults"), (1_000_000, "debug"));
        assert_eq!(
            parse(&words("--customers 500 --release")).expect("both"),
            (500, "release")
        );
        assert!(parse(&words("--customers many")).is_err());
        assert!(parse(&words("--fast")).is_err());
    }
}
