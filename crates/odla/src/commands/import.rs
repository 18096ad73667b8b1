//! `odla import`: files into the ledger, all or nothing, with the counts of what became of each row.

use crate::Ending;
use crate::arguments::ImportArguments;
use crate::terminal::{Terminal, say};
use odla_app::text::Section;
use odla_app::{AppError, Home, imports};
use odla_domain::Params;
use odla_lake::import::ImportSummary;
use std::path::PathBuf;

pub async fn run(
    home: &Home,
    arguments: &ImportArguments,
    terminal: &Terminal,
) -> Result<Ending, AppError> {
    let (paths, mapping) = (arguments.paths.clone(), arguments.mapping.clone());
    let summary = read(home, paths, mapping, arguments.dry_run, terminal).await?;
    if terminal.json {
        terminal.document(&summary)?;
    } else {
        print(&summary, terminal);
        if arguments.dry_run {
            terminal.tell("dry_run", &Params::new());
        }
    }
    Ok(if rejected(&summary) > 0 {
        Ending::ToRead
    } else {
        Ending::Done
    })
}

/// Imports with a bar that shows how far the reading has come.
pub async fn read(
    home: &Home,
    paths: Vec<PathBuf>,
    mapping: Option<PathBuf>,
    dry_run: bool,
    terminal: &Terminal,
) -> Result<ImportSummary, AppError> {
    let bar = terminal.progress(0, &terminal.texts().word(Section::Terminal, "importing"));
    let summary = imports::import(home, paths, mapping, dry_run, &|progress| {
        bar.set_length(progress.bytes_total);
        bar.set_position(progress.bytes_read);
    })
    .await;
    bar.finish_and_clear();
    summary
}

pub fn print(summary: &ImportSummary, terminal: &Terminal) {
    let texts = terminal.texts();
    let word = |key: &str| texts.word(Section::Terminal, key);
    let headings = [
        "table",
        "rows_read",
        "rows_added",
        "rows_replaced",
        "rows_unchanged",
        "rows_rejected",
        "rows_left_out",
    ]
    .map(word);
    let count = |number: u64| texts.numbers().decimal(number as f64, 0);
    let rows: Vec<Vec<String>> = summary
        .tables
        .iter()
        .map(|(table, counts)| {
            let counts = [
                counts.read,
                counts.added,
                counts.replaced,
                counts.unchanged,
                counts.rejected,
                counts.left_out,
            ];
            std::iter::once(table.clone())
                .chain(counts.map(count))
                .collect()
        })
        .collect();
    let params = Params::from([("import".to_owned(), summary.import.as_str().into())]);
    say!("{}", texts.say(Section::Terminal, "imported", &params));
    say!(
        "{}",
        terminal.grid(
            &headings,
            &[false, true, true, true, true, true, true],
            &rows
        )
    );
    let rejected = rejected(summary);
    if rejected > 0 {
        let params = Params::from([("n".to_owned(), (rejected as f64).into())]);
        say!("{}", texts.say(Section::Terminal, "rejects_kept", &params));
    }
}

fn rejected(summary: &ImportSummary) -> u64 {
    summary.tables.values().map(|counts| counts.rejected).sum()
}
