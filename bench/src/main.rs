//! What does one fit of ours cost, on columns that others fit in the same run?
//!
//! `odla-bench WORKLOAD FOLDER` reads the workload's columns from FOLDER, fits once and prints one JSON line:
//! CPU seconds of the fit, wall seconds, the process's peak memory, the CPU seconds that reading the columns once
//! from memory takes, and the results by which the others are compared.

mod cost;
mod input;
mod workloads;

use anyhow::{Context, Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [workload, folder] = arguments.as_slice() else {
        bail!("odla-bench WORKLOAD FOLDER");
    };
    let input = input::Input::open(folder).with_context(|| format!("columns in {folder}"))?;
    let line = workloads::run(workload, &input)?;
    println!("{line}");
    Ok(())
}
