//! Which documents are generated from the code, so that they cannot drift from it?

use crate::AppError;
use crate::text::{Catalogue, Language};
use odla_domain::tables::{Kind, TABLES};
use std::fmt::Write;
use std::path::Path;

/// Writes `figures.md` and `tables.md` into the folder.
pub fn write(folder: &Path) -> Result<(), AppError> {
    for (name, text) in [("figures.md", figures()), ("tables.md", tables())] {
        let file = folder.join(name);
        std::fs::write(&file, text).map_err(|source| AppError::file(&file, source))?;
    }
    Ok(())
}

fn figures() -> String {
    let (sv, en) = (
        Catalogue::new(Language::Sv, "SEK"),
        Catalogue::new(Language::En, "SEK"),
    );
    let mut text = String::from(
        "# Figures\n\nGenerated from the code by `cargo xtask docs`; do not edit.\n\
         Every number that leaves the program is one of these; `<parts>` stand for the company's own words.\n\n\
         | key | unit | English | svenska | method |\n|---|---|---|---|---|\n",
    );
    for definition in odla_insight::figures() {
        let ((en_label, en_text), (sv_label, sv_text)) = (
            en.figure(definition.pattern, &[]),
            sv.figure(definition.pattern, &[]),
        );
        let unit = en.numbers().unit(definition.unit);
        let _ = writeln!(
            text,
            "| `{}` | {unit} | **{en_label}** {en_text} | **{sv_label}** {sv_text} | [{method}](methods/{method}.en.md) |",
            definition.pattern,
            method = definition.method,
        );
    }
    text
}

fn tables() -> String {
    let mut text = String::from(
        "# The ledger's tables\n\nGenerated from the code by `cargo xtask docs`; do not edit.\n\
         A `*` marks the key. Every table also has `_source`, `_line`, `_imported_at` and `_import_id`.\n",
    );
    for table in TABLES {
        let _ = write!(
            text,
            "\n## {}\n\n{}\n*{}*\n\n| column | kind | English | svenska |\n|---|---|---|---|\n",
            table.name, table.about.en, table.about.sv
        );
        for column in table.columns {
            let key = if column.key { "\\*" } else { "" };
            let kind = kind_of(column.kind);
            let _ = writeln!(
                text,
                "| `{}`{key} | {kind} | {} | {} |",
                column.name, column.about.en, column.about.sv
            );
        }
    }
    text
}

/// What a column holds, in plain words.
fn kind_of(kind: Kind) -> String {
    match kind {
        Kind::Choice(words) => format!("one of {}", words.join(", ")),
        Kind::Grade(from, to) => format!("{from} to {to}"),
        other => other.word().to_owned(),
    }
}
