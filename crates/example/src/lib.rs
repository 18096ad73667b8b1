//! The example company: which files does a simulated Swedish firm leave behind, and what is true about it?
//!
//! Every customer is simulated alone, from random streams of its own, so a million customers need no more
//! memory than a thousand and a customer is the same however many others there are.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod activities;
mod buying;
mod calendar;
mod company;
mod config;
mod contacts;
mod contracts;
mod costs;
mod customer;
mod dice;
mod employees;
mod flaws;
mod history;
mod incidents;
mod leads;
mod market;
mod moments;
mod oracle;
mod people;
mod relations;
mod surveys;
mod tally;
mod truth;
mod worth;
mod write;

use std::path::{Path, PathBuf};

use rayon::prelude::*;

pub use config::Config;
pub use truth::{Books, Known, PlantedFlaw, Truth};

use company::Company;
use history::History;
use tally::{Tally, Written};
use write::{Files, Sheets, TABLES, place};

/// Why the example company could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ExampleError {
    /// The caller asked for something outside the simulation's range.
    #[error("{field} must be {allowed}")]
    Config {
        field: &'static str,
        allowed: &'static str,
    },
    /// The disk refused.
    #[error("cannot write {path}: {source}")]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
}

impl ExampleError {
    pub(crate) fn write(path: &Path, source: std::io::Error) -> Self {
        ExampleError::Write {
            path: path.to_path_buf(),
            source,
        }
    }
}

/// Customers simulated as one piece of work; also the piece in which sums are merged.
const PIECE: usize = 256;
/// Pieces held in memory at a time.
const PIECES: usize = 16;
/// From this many customers on, the long tables are packed.
const PACKED_FROM: usize = 50_000;
const LONG: [&str; 5] = [
    "orders",
    "answers",
    "interactions",
    "asked",
    "promises_kept",
];

/// Simulates the company, writes one file per table and `truth.json` into the folder, and returns the truth.
///
/// The same configuration gives the same bytes, whatever the number of threads.
pub fn generate(config: &Config, folder: &Path) -> Result<Truth, ExampleError> {
    config.check()?;
    let company = Company::new(config);
    let packed: &[&str] = if config.customers >= PACKED_FROM {
        &LONG
    } else {
        &[]
    };
    let mut files = Files::create(folder, packed)?;
    let mut tally = Tally::new(&company);
    let starts: Vec<usize> = (1..=config.customers).step_by(PIECE).collect();
    for batch in starts.chunks(PIECES) {
        let done: Vec<(Sheets, Tally)> = batch
            .par_iter()
            .map(|start| piece(&company, *start))
            .collect();
        for (sheets, part) in &done {
            files.append(sheets)?;
            tally.merge(part);
        }
    }
    let truth = finish(&company, files, tally)?;
    let path = folder.join("truth.json");
    let text = serde_json::to_string_pretty(&truth).expect("a truth holds only plain values");
    std::fs::write(&path, text + "\n").map_err(|source| ExampleError::write(&path, source))?;
    Ok(truth)
}

fn piece(company: &Company, start: usize) -> (Sheets, Tally) {
    let mut sheets = Sheets::new();
    let mut tally = Tally::new(company);
    let end = (start + PIECE).min(company.config.customers + 1);
    for number in start..end {
        let history = History::simulate(company, number);
        let written = write_customer(company, &history, &mut sheets);
        tally.count(company, &history, written);
    }
    (sheets, tally)
}

fn write_customer(company: &Company, history: &History, sheets: &mut Sheets) -> Written {
    let customer = &history.customer;
    let flawed = customer::write(company, customer, sheets);
    relations::write(company, customer, &history.persons, sheets);
    buying::write(company, customer, &history.bought, sheets);
    if let Some(contract) = &history.contract {
        contracts::write(company, customer, contract, sheets);
    }
    contacts::write(company, customer, &history.meetings, sheets);
    incidents::write(company, customer, &history.incidents, sheets);
    activities::write_ties(company, history, sheets);
    let effects = activities::write(company, history, sheets);
    let heard = surveys::write(company, history, sheets);
    Written {
        flawed,
        heard,
        effects,
    }
}

/// Writes what concerns the whole company and tells the truth.
fn finish(company: &Company, mut files: Files, mut tally: Tally) -> Result<Truth, ExampleError> {
    let mut sheets = Sheets::new();
    company.write(&mut sheets);
    activities::write_register(company, &mut sheets);
    employees::write(company, &mut sheets);
    market::write(company, &mut sheets);
    leads::write(company, &mut sheets);
    let costs = costs::write(company, &tally.months, &mut sheets);
    files.append(&sheets)?;
    let valid = files.counts.clone();
    let mut flaws = Vec::new();
    if company.config.flaws {
        let mut wrong = Sheets::new();
        flaws = flaws::write(company, &mut wrong);
        files.append(&wrong)?;
        flaws.extend(flaws::sown(&tally));
    }
    files.close()?;
    let mut books = std::mem::take(&mut tally.books);
    books.costs_ore = costs.total;
    books.costs_without_driver_ore = costs.without_driver;
    books.costs_by_process_ore = costs.by_process;
    books.rows = TABLES
        .iter()
        .map(|(name, _)| (name.to_string(), valid[place(name)]))
        .collect();
    Ok(Truth {
        company: company::NAME.to_string(),
        config: company.config.clone(),
        truths: oracle::tell(company, &tally),
        null_attributes: surveys::ATTRIBUTES
            .iter()
            .filter(|attribute| attribute.effect == 0.0)
            .map(|attribute| attribute.key.to_string())
            .collect(),
        null_activities: vec![
            activities::GIFT.to_string(),
            activities::DISCOUNT.to_string(),
        ],
        books,
        planted_flaws: flaws,
    })
}
