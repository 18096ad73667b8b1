//! Which mapping would fit files that nobody has described? A proposal for a person to read and correct.

mod looks;
mod names;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use arrow::array::AsArray;
use odla_domain::tables::{Column, Kind, TABLES, Table};

use crate::error::Result;
use crate::import::files::{self, InputFile};
use crate::import::raw::{self, Layout};

/// Rows that are looked at in each file.
const SAMPLE_ROWS: usize = 5_000;

/// Looks at headers and values and proposes a mapping, as the text of its file.
pub fn propose(paths: &[PathBuf]) -> Result<String> {
    let mut text = String::from(
        "# A proposal: read it, correct it, and import with it.\n# What the words mean: docs/import.md\n",
    );
    for file in files::find(paths)? {
        propose_file(&file, &mut text)?;
    }
    Ok(text)
}

/// What the proposal says about one file, for a page where a person corrects it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Described {
    pub file: String,
    /// None when no table was recognized.
    pub table: Option<String>,
    pub columns: Vec<DescribedColumn>,
    /// Columns of the file that no column of ours was found for.
    pub unmapped: Vec<String>,
    /// All columns of the file.
    pub found: Vec<String>,
}

/// A column of ours, and where in the file it was found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DescribedColumn {
    pub target: String,
    pub source: Option<String>,
    /// The first values, or what the column means when it was not found.
    pub note: String,
    pub required: bool,
}

/// The proposal of [`propose`] as data.
pub fn describe(paths: &[PathBuf]) -> Result<Vec<Described>> {
    files::find(paths)?.iter().map(describe_file).collect()
}

fn describe_file(file: &InputFile) -> Result<Described> {
    let seen = look(file)?;
    let found: Vec<String> = seen.iter().map(|seen| seen.name.clone()).collect();
    let Some((table, matches)) = best_table(&file.stem(), &seen) else {
        return Ok(Described {
            file: file.file_name(),
            table: None,
            columns: Vec::new(),
            unmapped: found.clone(),
            found,
        });
    };
    let columns = table.columns.iter().map(|column| {
        let at = matches.get(column.name);
        DescribedColumn {
            target: column.name.to_owned(),
            source: at.map(|at| seen[*at].name.clone()),
            note: at.map_or_else(|| column.about.en.to_owned(), |at| examples(&seen[*at])),
            required: column.is_required(),
        }
    });
    let unmapped = seen.iter().enumerate();
    let unmapped = unmapped.filter(|(at, _)| !matches.values().any(|used| used == at));
    Ok(Described {
        file: file.file_name(),
        table: Some(table.name.to_owned()),
        columns: columns.collect(),
        unmapped: unmapped.map(|(_, seen)| seen.name.clone()).collect(),
        found,
    })
}

/// A column of the file, with what was seen in it.
struct Seen {
    name: String,
    values: Vec<String>,
}

fn propose_file(file: &InputFile, text: &mut String) -> Result<()> {
    let seen = look(file)?;
    let source = plain_name(&file.stem());
    let _ = write!(
        text,
        "\n[source.{source}]\nfiles = [{}]\n",
        quoted(&file.file_name())
    );
    let Some((table, matches)) = best_table(&file.stem(), &seen) else {
        let columns: Vec<&str> = seen.iter().map(|seen| seen.name.as_str()).collect();
        let _ = writeln!(
            text,
            "# No table was recognized in the columns: {}",
            columns.join(", ")
        );
        return Ok(());
    };
    let _ = write!(
        text,
        "\n[[table]]\nname = \"{}\"\nfrom = \"{source}\"\n\n[table.columns]\n",
        table.name
    );
    let questions = if table.name == "answers" {
        looks::questions(&seen, &matches)
    } else {
        Vec::new()
    };
    for column in table.columns {
        propose_column(
            table,
            column,
            (&seen, &matches),
            !questions.is_empty(),
            text,
        );
    }
    for (at, column) in seen.iter().enumerate() {
        if !matches.values().any(|used| *used == at) && !questions.contains(&at) {
            let _ = writeln!(
                text,
                "# not used: {} ({})",
                quoted(&column.name),
                examples(column)
            );
        }
    }
    if !questions.is_empty() {
        propose_melt(&seen, &questions, text);
    }
    Ok(())
}

fn propose_column(
    table: &Table,
    column: &Column,
    found: (&[Seen], &BTreeMap<&'static str, usize>),
    melted: bool,
    text: &mut String,
) {
    let (seen, matches) = found;
    let Some(at) = matches.get(column.name) else {
        let made = matches!(
            (table.name, column.name),
            ("orders", "line_no") | ("answers" | "interactions", _)
        ) && (column.key || melted);
        if column.is_required() && !made {
            let _ = writeln!(
                text,
                "# {} = \"\"  # needed: {}",
                column.name, column.about.en
            );
        }
        return;
    };
    let seen = &seen[*at];
    let rules = rules(column, seen);
    let name = quoted(&seen.name);
    if rules.is_empty() {
        let _ = writeln!(text, "{} = {name}  # {}", column.name, examples(seen));
    } else {
        let _ = writeln!(
            text,
            "{} = {{ column = {name}, {} }}  # {}",
            column.name,
            rules.join(", "),
            examples(seen)
        );
    }
}

/// What must be said for the values to be understood.
fn rules(column: &Column, seen: &Seen) -> Vec<String> {
    let mut rules = Vec::new();
    match column.kind {
        Kind::Date | Kind::Instant => {
            if let Some(format) = looks::date_format(&seen.values) {
                rules.push(format!("dates = [{}]", quoted(format)));
            }
        }
        Kind::Amount | Kind::Number => {
            if let Some(unit) = names::unit(&seen.name, column) {
                rules.push(format!("unit = \"{unit}\""));
            }
        }
        Kind::Choice(words) => {
            let mut distinct: Vec<&String> = seen.values.iter().collect();
            distinct.sort();
            distinct.dedup();
            let fits = distinct
                .iter()
                .all(|value| words.iter().any(|word| word.eq_ignore_ascii_case(value)));
            if !fits && distinct.len() <= 30 {
                let pairs: Vec<String> = distinct
                    .iter()
                    .map(|value| {
                        format!("{} = {}", quoted(value), quoted(names::word(value, words)))
                    })
                    .collect();
                rules.push(format!("values = {{ {} }}", pairs.join(", ")));
            }
        }
        _ => {}
    }
    rules
}

fn propose_melt(seen: &[Seen], questions: &[usize], text: &mut String) {
    let _ = write!(
        text,
        "\n[table.melt]\nscale_min = 1\nscale_max = 5\nmissing = [\"\"]\n\n[table.melt.questions]\n"
    );
    for at in questions {
        let name = &seen[*at].name;
        let _ = writeln!(
            text,
            "{} = {}  # {}",
            quoted(&plain_name(name)),
            quoted(name),
            examples(&seen[*at])
        );
    }
}

/// The table whose columns are best found in the file, and where in the file each of them is.
fn best_table(
    stem: &str,
    seen: &[Seen],
) -> Option<(&'static Table, BTreeMap<&'static str, usize>)> {
    let mut best: Option<(i32, &'static Table, BTreeMap<&'static str, usize>)> = None;
    for table in TABLES {
        let matches = matches(table, seen);
        let needed = table.columns.iter().filter(|column| column.is_required());
        let mut score: i32 = needed
            .map(|column| {
                if matches.contains_key(column.name) {
                    3
                } else {
                    -2
                }
            })
            .sum();
        score += matches.len() as i32
            + if names::means_table(stem, table.name) {
                6
            } else {
                0
            };
        if table.name == "answers" && looks::questions(seen, &matches).len() >= 3 {
            score += 6;
        }
        let better = best.as_ref().is_none_or(|(most, ..)| score > *most);
        if matches.len() >= 2 && score > 0 && better {
            best = Some((score, table, matches));
        }
    }
    best.map(|(_, table, matches)| (table, matches))
}

fn matches(table: &'static Table, seen: &[Seen]) -> BTreeMap<&'static str, usize> {
    let mut matches = BTreeMap::new();
    let mut taken = Vec::new();
    for column in table.columns {
        let found = seen.iter().enumerate().find(|(at, seen)| {
            !taken.contains(at)
                && names::means(&seen.name, table.name, column)
                && looks::fits(column.kind, &seen.values)
        });
        if let Some((at, _)) = found {
            matches.insert(column.name, at);
            taken.push(at);
        }
    }
    matches
}

fn look(file: &InputFile) -> Result<Vec<Seen>> {
    let opened = raw::open(file, &Layout::default())?;
    let mut seen: Vec<Seen> = opened
        .header
        .into_iter()
        .map(|name| Seen {
            name,
            values: Vec::new(),
        })
        .collect();
    let mut rows = 0;
    for batch in opened.batches {
        let batch = batch?.rows;
        for (at, column) in seen.iter_mut().enumerate() {
            let values = batch.column(at).as_string::<i32>();
            column
                .values
                .extend(values.iter().flatten().map(str::to_owned));
        }
        rows += batch.num_rows();
        if rows >= SAMPLE_ROWS {
            break;
        }
    }
    Ok(seen)
}

fn examples(seen: &Seen) -> String {
    let mut examples: Vec<String> = Vec::new();
    for value in &seen.values {
        let short: String = value.chars().filter(|c| !c.is_control()).take(20).collect();
        if !examples.contains(&short) {
            examples.push(short);
        }
        if examples.len() == 3 {
            break;
        }
    }
    if examples.is_empty() {
        "empty".to_owned()
    } else {
        examples.join(" | ")
    }
}

/// A name that TOML and SQL take without quotes.
fn plain_name(name: &str) -> String {
    let plain: String = names::folded(name)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let plain = plain.trim_matches('_').to_owned();
    if plain.is_empty() {
        "file".to_owned()
    } else {
        plain
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
