//! Which page or figure does a word name, and how does a reader see it?

use crate::runs::Runs;
use crate::text::Catalogue;
use crate::view::{FigureView, PageView, Viewer};
use crate::{AppError, Home};
use odla_domain::{Report, RunRecord};
use serde::Serialize;

/// What a word named.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Shown {
    Page(PageView),
    Figure(FigureView),
}

/// A run with all its reports, read once.
pub struct Kept {
    pub record: RunRecord,
    pub reports: Vec<Report>,
}

impl Kept {
    /// A run by its id or the beginning of it; the latest when no id is given.
    pub fn read(home: &Home, run: Option<&str>) -> Result<Self, AppError> {
        let runs = Runs::new(home.runs());
        let record = runs.record(run)?;
        Ok(Self {
            reports: runs.reports(&record)?,
            record,
        })
    }

    /// The page of a capability (by its word or everyday name), or one figure by its key.
    ///
    /// # Errors
    /// When the run has neither; the error lists the pages it has.
    pub fn show(&self, word: &str, catalogue: &Catalogue) -> Result<Shown, AppError> {
        let viewer = Viewer {
            catalogue,
            run: &self.record,
        };
        let capability = capability_of(word);
        if let Some(report) = self
            .reports
            .iter()
            .find(|report| report.capability == capability)
        {
            return Ok(Shown::Page(viewer.page(report)));
        }
        match self.reports.iter().find_map(|report| report.figure(word)) {
            Some(figure) => Ok(Shown::Figure(viewer.figure(figure))),
            None => Err(self.unknown(word)),
        }
    }

    /// The report of a capability, by its word or everyday name.
    ///
    /// # Errors
    /// When the run has not computed it; the error lists the pages it has.
    pub fn report(&self, word: &str) -> Result<&Report, AppError> {
        let capability = capability_of(word);
        let found = self
            .reports
            .iter()
            .find(|report| report.capability == capability);
        found.ok_or_else(|| self.unknown(word))
    }

    fn unknown(&self, word: &str) -> AppError {
        let known: Vec<&str> = self
            .record
            .computed
            .iter()
            .map(|capability| name_of(capability))
            .collect();
        AppError::UnknownPage {
            word: word.to_owned(),
            known: known.join(", "),
        }
    }
}

/// Pages have everyday names beside the capability's word.
pub fn capability_of(page: &str) -> &str {
    match page {
        "management" => "overview",
        "customers" => "value",
        word => word,
    }
}

/// The name by which a capability's page is asked for.
pub fn name_of(capability: &str) -> &str {
    match capability {
        "overview" => "management",
        word => word,
    }
}
