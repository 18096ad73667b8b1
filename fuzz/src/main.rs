//! Does any input bring a parser or a fit down?
//!
//! `cargo run --manifest-path fuzz/Cargo.toml -- [TARGET|all] [--seconds N] [--seed S] [--once]`
//!
//! Every case follows from its number: what is found with `--seed S` is found again with `--seed S --once`.
//! A panic, an overflow, a result that cannot be written as JSON, or a case of more than a minute is a finding.

mod damage;
/// The one error and the one number that the importer's readers take from their crate.
mod error {
    pub type Result<T> = std::result::Result<T, LakeError>;

    #[derive(Debug, thiserror::Error)]
    pub enum LakeError {
        #[error("{reason}")]
        MappingInvalid { reason: String },
    }
}
mod files;
mod schema {
    pub const AMOUNT_SCALE: i8 = 4;
}
mod seeds;
mod shared;
mod targets;

use anyhow::{Result, bail};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use targets::{Target, targets};

const TOO_LONG: Duration = Duration::from_secs(60);

struct Given {
    target: String,
    seconds: u64,
    seed: u64,
    once: bool,
}

fn main() -> Result<()> {
    let given = read(std::env::args().skip(1))?;
    let all = targets();
    let of_kind = |name: &str, word: &str| name == word || name.starts_with(&format!("{word}-"));
    let chosen: Vec<&Target> = (all.iter())
        .filter(|target| given.target == "all" || of_kind(&target.name, &given.target))
        .collect();
    if chosen.is_empty() {
        let names: Vec<&str> = all.iter().map(|target| target.name.as_str()).collect();
        bail!("targets: all, {}", names.join(", "));
    }
    // The finding is told below; the message of the panic itself goes to stderr as always.
    let (mut cases, mut findings) = (0, 0);
    for target in &chosen {
        let (own, found) = fuzz(target, &given);
        cases += own;
        findings += found;
    }
    println!("{} targets: {cases} cases, {findings} findings", chosen.len());
    match findings {
        0 => Ok(()),
        _ => bail!("{findings} findings"),
    }
}

/// Runs cases until the time is up; returns their number and how many brought the target down.
fn fuzz(target: &Target, given: &Given) -> (u64, usize) {
    let end = Instant::now() + Duration::from_secs(given.seconds);
    let (mut cases, mut accepted, mut findings) = (0_u64, 0_u64, 0);
    while cases == 0 || (Instant::now() < end && !given.once) {
        let seed = given.seed + cases;
        cases += 1;
        let began = Instant::now();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        match catch_unwind(AssertUnwindSafe(|| (target.run)(&mut rng))) {
            Ok(taken) => accepted += u64::from(taken),
            Err(_) => {
                eprintln!("FOUND {} --seed {seed} --once", target.name);
                findings += 1;
            }
        }
        if began.elapsed() > TOO_LONG {
            eprintln!("SLOW {} --seed {seed} --once: {:?}", target.name, began.elapsed());
            findings += 1;
        }
        if findings >= 10 {
            break;
        }
    }
    println!("{}: {cases} cases, {accepted} accepted, {findings} findings", target.name);
    (cases, findings)
}

fn read(mut arguments: impl Iterator<Item = String>) -> Result<Given> {
    let mut given = Given {
        target: "all".to_owned(),
        seconds: 60,
        seed: 1,
        once: false,
    };
    while let Some(word) = arguments.next() {
        let mut number = || -> Result<u64> {
            let text = arguments.next().unwrap_or_default();
            Ok(text.parse()?)
        };
        match word.as_str() {
            "--seconds" => given.seconds = number()?,
            "--seed" => given.seed = number()?,
            "--once" => given.once = true,
            _ => given.target = word,
        }
    }
    Ok(given)
}
