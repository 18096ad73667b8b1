//! How much processor time and memory did a piece of work take?

use anyhow::{Context, Result};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use std::time::Instant;

/// Does the work and describes its cost beside its results.
pub fn measure(columns: &[&[f64]], work: impl FnOnce() -> Result<Value>) -> Result<Value> {
    let pass = one_pass(columns);
    let (cpu, wall) = (cpu_seconds(), Instant::now());
    let results = work()?;
    let (cpu, wall) = (cpu_seconds() - cpu, wall.elapsed().as_secs_f64());
    Ok(json!({
        "cpu_seconds": cpu,
        "wall_seconds": wall,
        "peak_mib": peak_mib()?,
        "pass_seconds": pass,
        "results": results,
    }))
}

/// Of all threads, in user and system mode.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// CPU seconds for reading every column once: what a step over the data cannot go below. Repeated for 50 milliseconds.
fn one_pass(columns: &[&[f64]]) -> f64 {
    let once = || {
        let mut lanes = [0.0_f64; 8];
        for column in columns {
            for eight in column.chunks_exact(8) {
                for (lane, value) in lanes.iter_mut().zip(eight) {
                    *lane += value;
                }
            }
        }
        std::hint::black_box(lanes);
    };
    let (began, mut times) = (cpu_seconds(), 0.0);
    while cpu_seconds() < began + 0.05 {
        once();
        times += 1.0;
    }
    (cpu_seconds() - began) / times
}

fn peak_mib() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(kib.context("VmHWM")?.parse::<f64>()? / 1024.0)
}
