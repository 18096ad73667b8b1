//! Where does a customer who has asked to be forgotten stand among the arms, and what stays true without that line?
//!
//! The plan's hash holds no customer, so it still fits. How many were drawn stays told, and how many of each arm have
//! been forgotten is kept beside it: who reads the trial sees why fewer are compared, and arms that have been thinned
//! unevenly still stop the reading, whatever thinned them.

use super::{ARMS, registered, toml_of, write};
use crate::{AppError, Home};
use std::fs;
use std::path::Path;

/// Takes the customer's line out of the arms' files; returns in how many trials it stood. May be done again.
///
/// # Errors
/// When a file cannot be read or written.
pub fn forget_customer(home: &Home, id: &str) -> Result<u64, AppError> {
    let folder = home.folder().join("trials");
    if !folder.is_dir() {
        return Ok(0);
    }
    let kept = registered(home)?.registered;
    let mut trials = 0;
    for entry in fs::read_dir(&folder).map_err(|source| AppError::file(&folder, source))? {
        let place = entry
            .map_err(|source| AppError::file(&folder, source))?
            .path();
        // Arms of a draw that was cut off have no plan, and name customers all the same.
        let arms = place.join(ARMS);
        if !arms.is_file() {
            continue;
        }
        let text = fs::read_to_string(&arms).map_err(|source| AppError::file(&arms, source))?;
        let (theirs, others): (Vec<Record>, Vec<Record>) = records(&text)
            .into_iter()
            .partition(|record| record.customer_id == id);
        if theirs.is_empty() {
            continue;
        }
        replace(&arms, &others)?;
        let drawn = |trial: &&_| is_of(home, trial, &arms);
        if let Some(trial) = kept.iter().find(drawn) {
            let mut trial = trial.clone();
            let treated = theirs.iter().filter(|line| line.arm == "treated").count() as u64;
            trial.forgotten_treated += treated;
            trial.forgotten_control += theirs.len() as u64 - treated;
            write(
                &super::kept_at(home, &trial.plan.trial_id),
                &toml_of(&trial)?,
            )?;
        }
        trials += 1;
    }
    Ok(trials)
}

fn is_of(home: &Home, trial: &odla_domain::RegisteredTrial, arms: &Path) -> bool {
    home.folder().join(&trial.source) == arms
}

/// One line of the arms' file, which may hold line breaks within quotes.
pub(super) struct Record<'t> {
    /// As it stands, with its end.
    pub line: &'t str,
    pub customer_id: String,
    pub arm: String,
}

/// Every record, the headings first.
pub(super) fn records(text: &str) -> Vec<Record<'_>> {
    let (mut found, mut from, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in text.bytes().enumerate() {
        quoted ^= byte == b'"';
        if byte == b'\n' && !quoted {
            found.push(record(&text[from..=at]));
            from = at + 1;
        }
    }
    if from < text.len() {
        found.push(record(&text[from..]));
    }
    found
}

fn record(line: &str) -> Record<'_> {
    let mut quoted = false;
    let mut cells = line.trim_end_matches(['\r', '\n']).split(|letter| {
        quoted ^= letter == '"';
        letter == ',' && !quoted
    });
    Record {
        line,
        customer_id: cells.nth(1).map(plain).unwrap_or_default(),
        arm: cells.nth(1).map(plain).unwrap_or_default(),
    }
}

fn plain(cell: &str) -> String {
    let inner = cell
        .strip_prefix('"')
        .and_then(|cell| cell.strip_suffix('"'));
    inner.map_or_else(|| cell.to_owned(), |inner| inner.replace("\"\"", "\""))
}

/// The new file takes the old one's place at once: nobody ever reads half of it.
fn replace(file: &Path, records: &[Record]) -> Result<(), AppError> {
    let text: String = records.iter().map(|record| record.line).collect();
    let beside = file.with_extension("part");
    write(&beside, &text)?;
    fs::rename(&beside, file).map_err(|source| AppError::file(file, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_found_whatever_the_id_holds() {
        let text = "activity_id,customer_id,exposed_on,arm,exposure_cost\n\
                    \"a, b\",\"c1\",2026-01-01,treated,4\n\
                    \"a, b\",\"c,\"\"2\"\"\nx\",2026-01-01,control,\n\
                    \"a, b\",\"c11\",2026-01-01,control,";
        let found: Vec<(String, String)> = (records(text).into_iter())
            .map(|record| (record.customer_id, record.arm))
            .collect();
        let named = |id: &str, arm: &str| (id.to_owned(), arm.to_owned());
        assert_eq!(
            found[1..],
            [
                named("c1", "treated"),
                named("c,\"2\"\nx", "control"),
                named("c11", "control")
            ]
        );
        let all: String = records(text).iter().map(|record| record.line).collect();
        assert_eq!(all, text);
    }
}
