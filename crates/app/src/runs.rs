//! How is a run kept, so that it never changes and can be read again?

use crate::AppError;
use odla_domain::{CustomerScores, Outcome, Report, RunRecord};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
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
        let id = match id {
            Some(id) => self.full_id(id)?,
            None => fs::read_to_string(self.folder.join("latest")).map_err(|_| AppError::NoRun)?,
        };
        read_json(&id, &self.folder.join(&id).join("run.json"))
    }

    pub fn report(&self, record: &RunRecord, word: &str) -> Result<Report, AppError> {
        let file = self
            .folder
            .join(&record.id)
            .join("reports")
            .join(format!("{word}.json"));
        read_json(&record.id, &file)
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
        let file = self
            .folder
            .join(&record.id)
            .join("scores")
            .join(format!("{word}.parquet"));
        Ok(odla_lake::scores::read(&file)?)
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
