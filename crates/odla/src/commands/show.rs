//! `odla show`: one page or one figure of a run.

use crate::Ending;
use crate::arguments::ShowArguments;
use crate::commands::analyze::print_missing;
use crate::terminal::Terminal;
use odla_app::runs::Runs;
use odla_app::view::Viewer;
use odla_app::{AppError, Home};
use odla_domain::{Report, RunRecord};

pub fn run(home: &Home, arguments: &ShowArguments, terminal: &Terminal) -> Result<Ending, AppError> {
    let runs = Runs::new(home.runs());
    let record = runs.record(arguments.run.as_deref())?;
    let reports = runs.reports(&record)?;
    page(&record, &reports, &arguments.page, terminal)?;
    Ok(Ending::Done)
}

/// Prints the page or figure that a word names.
pub fn page(record: &RunRecord, reports: &[Report], word: &str, terminal: &Terminal) -> Result<(), AppError> {
    let viewer = Viewer {
        catalogue: terminal.texts(),
        run: record,
    };
    let capability = capability_of(word);
    if let Some(report) = reports.iter().find(|report| report.capability == capability) {
        let page = viewer.page(report);
        return if terminal.json { terminal.document(&page) } else { Ok(terminal.page(&page)) };
    }
    if let Some(figure) = reports.iter().find_map(|report| report.figure(word)) {
        let figure = viewer.figure(figure);
        return if terminal.json { terminal.document(&figure) } else { Ok(terminal.figure(&figure)) };
    }
    if let Some(missing) = record.missing.iter().find(|missing| missing.capability == capability) {
        if !terminal.json {
            print_missing(std::slice::from_ref(missing), terminal);
        }
    }
    let known: Vec<&str> = reports.iter().map(|report| report.capability.as_str()).collect();
    Err(AppError::UnknownPage {
        word: word.to_owned(),
        known: known.join(", "),
    })
}

/// Pages have everyday names beside the capability's word.
fn capability_of(page: &str) -> &str {
    match page {
        "management" => "overview",
        "customers" => "value",
        word => word,
    }
}
