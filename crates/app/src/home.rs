//! Where does everything of one company lie?

use crate::{AppError, Settings};
use odla_lake::Ledger;
use std::path::{Path, PathBuf};

/// One folder: ledger, runs, settings.
#[derive(Clone, Debug)]
pub struct Home {
    folder: PathBuf,
    pub settings: Settings,
}

impl Home {
    /// Opens the home and makes the folder with its settings file when it is not there.
    pub fn open(folder: &Path) -> Result<Self, AppError> {
        std::fs::create_dir_all(folder).map_err(|source| AppError::file(folder, source))?;
        let file = folder.join("odla.toml");
        if !file.exists() {
            std::fs::write(&file, crate::settings::DEFAULT_FILE)
                .map_err(|source| AppError::file(&file, source))?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            settings: Settings::read(&file)?,
        })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn runs(&self) -> PathBuf {
        self.folder.join("runs")
    }

    /// The ledger at the settings' folder or URL; made on first use.
    pub fn ledger(&self) -> Result<Ledger, AppError> {
        let place = &self.settings.ledger;
        if place.contains("://") {
            return Ok(Ledger::open(place)?);
        }
        Ok(Ledger::open(
            &self.folder.join(place).display().to_string(),
        )?)
    }
}
