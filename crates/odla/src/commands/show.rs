//! `odla show`: one page or one figure of a run.

use crate::Ending;
use crate::arguments::ShowArguments;
use crate::commands::analyze::print_missing;
use crate::terminal::Terminal;
use odla_app::pages::{Kept, Shown, capability_of};
use odla_app::{AppError, Home};

pub fn run(
    home: &Home,
    arguments: &ShowArguments,
    terminal: &Terminal,
) -> Result<Ending, AppError> {
    page(
        &Kept::read(home, arguments.run.as_deref())?,
        &arguments.page,
        terminal,
    )?;
    Ok(Ending::Done)
}

/// Prints the page or figure that a word names; for a page that could not be computed, what is missing.
pub fn page(kept: &Kept, word: &str, terminal: &Terminal) -> Result<(), AppError> {
    let shown = kept.show(word, terminal.texts());
    if shown.is_err() && !terminal.json {
        let capability = capability_of(word);
        let missing: Vec<_> = kept
            .record
            .missing
            .iter()
            .filter(|missing| missing.capability == capability)
            .cloned()
            .collect();
        print_missing(&missing, terminal);
    }
    match shown? {
        shown if terminal.json => terminal.document(&shown)?,
        Shown::Page(page) => terminal.page(&page),
        Shown::Figure(figure) => terminal.figure(&figure),
    }
    Ok(())
}
