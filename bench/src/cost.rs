//! How much processor time and memory did a piece of work take?

use anyhow::{Context, Result};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use std::time::Instant;

/// Does the work and describes its cost beside its results. Work of less than a tenth of a second is done again until two
/// tenths are spent, and its mean cost told: the clock of the processor is coarse.
pub fn measure(columns: &[&[f64]], work: impl Fn() -> Result<Value>) -> Result<Value> {
    let pass = one_pass(columns);
    let results = work()?;
    let timed = |times: u32| -> Result<(f64, f64)> {
        let (cpu, wall) = (cpu_seconds(), Instant::now());
        for _ in 0..times {
            std::hint::black_box(work()?);
        }
        let times = f64::from(times);
        let wall = wall.elapsed().as_secs_f64();
        Ok(((cpu_seconds() - cpu) / times, wall / times))
    };
    let (mut cpu, mut wall) = timed(1)?;
    if cpu < 0.1 {
        (cpu, wall) = timed((0.2 / cpu.max(1e-4)).ceil() as u32)?;
    }
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
        for column in std::hint::black_box(columns) {
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
