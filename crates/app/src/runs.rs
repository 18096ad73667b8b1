//! How is a run kept, so that it never changes and can be read again?

use crate::AppError;
use odla_domain::{Cell, CustomerScores, Outcome, Report, RunRecord};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The runs of one home: `<id>/run.json`, `<id>/reports/<word>.json`, `<id>/scores/<word>.parquet`.
pub struct Runs {
    folder: PathBuf,
}

/// Everything that decides a run's result; its hash is the run's name.
#[derive(Serialize)]
pub struct Identity<'a> {
    pub ledger_digest: &'a str,
    pub program_version: &'a str,
    pub as_of: jiff::civil::Date,
    pub seed: u64,
    pub currency: &'a str,
    pub configuration: &'a serde_json::Value,
    pub only: &'a [String],
}

impl Identity<'_> {
    pub fn id(&self) -> String {
        let text = serde_json::to_vec(self).expect("an identity holds plain values only");
        let digest = Sha256::digest(&text);
        digest
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl Runs {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub fn has(&self, id: &str) -> bool {
        self.folder.join(id).join("run.json").exists()
    }

    /// Writes the run beside the others and gives it its name last, so that a run is there whole or not at all.
    pub fn keep(&self, record: &RunRecord, outcomes: &[Outcome]) -> Result<(), AppError> {
        let place = self.folder.join(&record.id);
        if !place.exists() {
            let draft = self.folder.join(format!(".{}.draft", record.id));
            if draft.exists() {
                fs::remove_dir_all(&draft).map_err(|source| AppError::file(&draft, source))?;
            }
            write_run(&draft, record, outcomes)?;
            fs::rename(&draft, &place).map_err(|source| AppError::file(&place, source))?;
        }
        let latest = self.folder.join("latest");
        fs::write(&latest, &record.id).map_err(|source| AppError::file(&latest, source))
    }

    /// The record of a run by its id or the beginning of it; the latest when no id is given.
    pub fn record(&self, id: Option<&str>) -> Result<RunRecord, AppError> {
        let id = self.id_of(id)?;
        read_json(&id, &self.folder.join(&id).join("run.json"))
    }

    /// The full id of a run by the beginning of it; of the latest when none is given.
    pub fn id_of(&self, start: Option<&str>) -> Result<String, AppError> {
        match start {
            Some(start) if is_plain(start) && self.has(start) => Ok(start.to_owned()),
            Some(start) => self.full_id(start),
            None => fs::read_to_string(self.folder.join("latest")).map_err(|_| AppError::NoRun),
        }
    }

    /// When the run was kept.
    pub fn kept_at(&self, id: &str) -> Option<jiff::Timestamp> {
        let meta = fs::metadata(self.folder.join(id).join("run.json")).ok()?;
        jiff::Timestamp::try_from(meta.modified().ok()?).ok()
    }

    pub fn report(&self, record: &RunRecord, word: &str) -> Result<Report, AppError> {
        read_json(&record.id, &self.report_file(record, word))
    }

    /// All reports of a run in the order of computation.
    pub fn reports(&self, record: &RunRecord) -> Result<Vec<Report>, AppError> {
        record
            .computed
            .iter()
            .map(|word| self.report(record, word))
            .collect()
    }

    pub fn scores(&self, record: &RunRecord, word: &str) -> Result<CustomerScores, AppError> {
        Ok(odla_lake::scores::read(&self.scores_file(record, word))?)
    }

    /// The ids of all kept runs, sorted.
    pub fn ids(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        let mut ids: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| !name.starts_with('.') && self.has(name))
            .collect();
        ids.sort();
        ids
    }

    /// One customer's scores in every kept run that has any.
    pub fn scores_of_customer(
        &self,
        customer_id: &str,
    ) -> Result<BTreeMap<String, Map<String, Value>>, AppError> {
        let mut by_run = BTreeMap::new();
        for id in self.ids() {
            let record = self.record(Some(&id))?;
            let mut found = Map::new();
            for word in &record.computed {
                if let Ok(scores) = self.scores(&record, word) {
                    found.extend(row_of(&scores, customer_id));
                }
            }
            if !found.is_empty() {
                by_run.insert(id, found);
            }
        }
        Ok(by_run)
    }

    /// Takes one customer out of every kept run: the scores, and cells of tables that name the customer. This is the
    /// one change that a run suffers; the law stands above it. Returns how many runs had named the customer.
    pub fn forget_customer(&self, customer_id: &str) -> Result<u64, AppError> {
        let mut touched = 0;
        for id in self.ids() {
            let record = self.record(Some(&id))?;
            let mut named = false;
            for word in &record.computed {
                named |= self.forget_scores(&record, word, customer_id)?;
                named |= self.forget_cells(&record, word, customer_id)?;
            }
            touched += u64::from(named);
        }
        Ok(touched)
    }

    fn forget_scores(
        &self,
        record: &RunRecord,
        word: &str,
        customer_id: &str,
    ) -> Result<bool, AppError> {
        let Ok(mut scores) = self.scores(record, word) else {
            return Ok(false);
        };
        let Some(at) = place_of(&scores, customer_id) else {
            return Ok(false);
        };
        scores.customer_id.remove(at);
        for (_, values) in &mut scores.numbers {
            values.remove(at);
        }
        for (_, values) in &mut scores.words {
            values.remove(at);
        }
        let file = self.scores_file(record, word);
        let draft = file.with_extension("draft");
        odla_lake::scores::write(&draft, &scores)?;
        fs::rename(&draft, &file).map_err(|source| AppError::file(&file, source))?;
        Ok(true)
    }

    fn forget_cells(
        &self,
        record: &RunRecord,
        word: &str,
        customer_id: &str,
    ) -> Result<bool, AppError> {
        let mut report = self.report(record, word)?;
        let mut named = false;
        let rows = report.tables.iter_mut().flat_map(|table| &mut table.rows);
        for cell in rows.flatten() {
            if matches!(cell, Cell::Text(text) if text == customer_id) {
                *cell = Cell::None;
                named = true;
            }
        }
        if named {
            let file = self.report_file(record, word);
            let draft = file.with_extension("draft");
            write_json(&draft, &report)?;
            fs::rename(&draft, &file).map_err(|source| AppError::file(&file, source))?;
        }
        Ok(named)
    }

    fn report_file(&self, record: &RunRecord, word: &str) -> PathBuf {
        let reports = self.folder.join(&record.id).join("reports");
        reports.join(format!("{word}.json"))
    }

    pub(crate) fn scores_file(&self, record: &RunRecord, word: &str) -> PathBuf {
        let scores = self.folder.join(&record.id).join("scores");
        scores.join(format!("{word}.parquet"))
    }

    fn full_id(&self, start: &str) -> Result<String, AppError> {
        let unknown = || AppError::UnknownRun {
            id: start.to_owned(),
        };
        let entries = fs::read_dir(&self.folder).map_err(|_| AppError::NoRun)?;
        let mut found: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| !start.is_empty() && name.starts_with(start) && self.has(name))
            .collect();
        match found.len() {
            1 => Ok(found.remove(0)),
            _ => Err(unknown()),
        }
    }
}

/// The id of a run is the name of a folder: nothing else may be asked for.
fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// One customer's scores by name; empty when the customer has none.
pub fn row_of(scores: &CustomerScores, customer_id: &str) -> Map<String, Value> {
    let Some(at) = place_of(scores, customer_id) else {
        return Map::new();
    };
    let numbers = scores.numbers.iter().map(|(name, values)| {
        let value = Number::from_f64(values[at]).map_or(Value::Null, Value::Number);
        (name.clone(), value)
    });
    let words = scores
        .words
        .iter()
        .map(|(name, values)| (name.clone(), Value::String(values[at].clone())));
    numbers.chain(words).collect()
}

fn place_of(scores: &CustomerScores, customer_id: &str) -> Option<usize> {
    let ids = &scores.customer_id;
    ids.binary_search_by(|other| other.as_str().cmp(customer_id))
        .ok()
}

fn write_run(draft: &Path, record: &RunRecord, outcomes: &[Outcome]) -> Result<(), AppError> {
    for room in ["reports", "scores"] {
        let room = draft.join(room);
        fs::create_dir_all(&room).map_err(|source| AppError::file(&room, source))?;
    }
    for outcome in outcomes {
        let word = &outcome.report.capability;
        write_json(
            &draft.join("reports").join(format!("{word}.json")),
            &outcome.report,
        )?;
        if let Some(scores) = &outcome.scores {
            odla_lake::scores::write(
                &draft.join("scores").join(format!("{word}.parquet")),
                scores,
            )?;
        }
    }
    write_json(&draft.join("run.json"), record)
}

fn write_json(file: &Path, value: &impl Serialize) -> Result<(), AppError> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| AppError::Internal {
        detail: error.to_string(),
    })?;
    text.push('\n');
    fs::write(file, text).map_err(|source| AppError::file(file, source))
}

fn read_json<T: DeserializeOwned>(id: &str, file: &Path) -> Result<T, AppError> {
    let broken = |detail: String| AppError::BrokenRun {
        id: id.to_owned(),
        detail,
    };
    let text = fs::read(file).map_err(|error| broken(format!("{}: {error}", file.display())))?;
    serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))
}
