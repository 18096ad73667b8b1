//! What does a mapping file say? How files that others made become tables of the ledger.
//!
//! The format is described for its writers in docs/import.md.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{LakeError, Result};

/// A whole mapping file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// How to read every source that does not say otherwise.
    #[serde(default)]
    pub reading: Reading,
    #[serde(default, rename = "source")]
    pub sources: BTreeMap<String, Source>,
    #[serde(rename = "table")]
    pub tables: Vec<TableMapping>,
}

/// Files of one shape, under the name by which tables take rows from them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Patterns for the file name; `*` stands for anything, `?` for one character.
    pub files: Vec<String>,
    /// The sheet of a workbook; the first when not given.
    pub sheet: Option<String>,
    /// The names of the columns, for files without a header.
    pub header: Option<Vec<String>>,
    /// Lines before the header.
    #[serde(default)]
    pub skip: usize,
    /// Passed over, with the tables that take rows from it, when no file fits.
    #[serde(default)]
    pub optional: bool,
    #[serde(default)]
    pub reading: Reading,
}

/// How the text of a file is understood.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    pub encoding: Option<String>,
    pub delimiter: Option<char>,
    /// `.` or `,`; found out value by value when not given.
    pub decimal: Option<char>,
    pub thousands: Option<char>,
    /// Formats of dates and moments, tried in order before the usual ones.
    #[serde(default)]
    pub dates: Vec<String>,
    /// For moments without an offset; the company's own when not given.
    pub time_zone: Option<String>,
    /// What stands for an empty cell, besides an empty cell.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// One table of the ledger and where its rows come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableMapping {
    pub name: String,
    /// The source to take rows from, one by one.
    pub from: Option<String>,
    /// Or a question in SQL over the sources, in which every column is text.
    pub sql: Option<String>,
    /// Only these rows are meant for the table; the others are counted as left out.
    #[serde(rename = "where")]
    pub filter: Option<String>,
    /// Rows left out on purpose, counted by reason.
    #[serde(default)]
    pub leave_out: Vec<LeaveOut>,
    /// Leave out rows that repeat an earlier row of the source in every value.
    #[serde(default)]
    pub distinct: bool,
    /// Make the customers that are not known, instead of rejecting the row.
    #[serde(default)]
    pub create: bool,
    pub columns: BTreeMap<String, ColumnMapping>,
    pub melt: Option<Melt>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaveOut {
    pub reason: String,
    #[serde(rename = "where")]
    pub filter: String,
}

/// Where the values of one column come from: the name of a column, or more than that.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum ColumnMapping {
    Name(String),
    Rule(Box<Rule>),
}

/// Exactly one of `column`, `constant`, `sql`, `ordinal_within` and `hash` says where values come from;
/// the rest says how they are understood.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub column: Option<String>,
    pub constant: Option<Scalar>,
    /// An expression over the columns of the source, which are text; `num(x)` and `day(x)` read numbers and dates.
    pub sql: Option<String>,
    /// The row's number among those with the same values in these columns of the table.
    pub ordinal_within: Option<Vec<String>>,
    /// A key made of these columns of the source.
    pub hash: Option<Vec<String>>,
    pub values: Option<BTreeMap<String, String>>,
    /// What to do with a value that `values` does not name.
    #[serde(default)]
    pub other: Other,
    pub unit: Option<Unit>,
    pub dates: Option<Vec<String>>,
    pub decimal: Option<char>,
    pub thousands: Option<char>,
    #[serde(default)]
    pub missing: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Other {
    /// The row is rejected.
    #[default]
    Reject,
    Keep,
    Empty,
}

/// A constant as TOML writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    Text(String),
    Flag(bool),
    Whole(i64),
    Number(f64),
}

/// The unit of the source, when it is not the ledger's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Seconds,
    Milliseconds,
    Hours,
    Days,
    #[serde(alias = "öre", alias = "cents")]
    Ore,
    Thousands,
    Millions,
    Percent,
    /// The source has the opposite sign.
    Negated,
}

/// One row per question out of one row per response.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Melt {
    pub scale_min: Option<f64>,
    pub scale_max: Option<f64>,
    /// Codes for "not asked", "not used", "blank": no answer, and no score.
    #[serde(default)]
    pub missing: Vec<String>,
    /// The key of the question and the column that holds its answers.
    pub questions: BTreeMap<String, QuestionMapping>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum QuestionMapping {
    Name(String),
    Rule(Box<QuestionRule>),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionRule {
    pub column: String,
    pub scale_min: Option<f64>,
    pub scale_max: Option<f64>,
    pub missing: Option<Vec<String>>,
    /// Codes and the values they stand for.
    pub values: Option<BTreeMap<String, String>>,
    /// The answer is words, not a number.
    #[serde(default)]
    pub text: bool,
    /// Taken when the file has the column, passed over when it has not.
    #[serde(default)]
    pub optional: bool,
}

impl Mapping {
    pub fn parse(text: &str) -> Result<Self> {
        let mapping: Self = toml::from_str(text).map_err(|error| invalid(error.to_string()))?;
        mapping.check()?;
        Ok(mapping)
    }

    fn check(&self) -> Result<()> {
        for table in &self.tables {
            match (&table.from, &table.sql) {
                (Some(from), None) if self.sources.contains_key(from) => {}
                (Some(from), None) => {
                    return Err(invalid(format!(
                        "table {} takes rows from {from}, which is no source",
                        table.name
                    )));
                }
                (None, Some(_)) => {}
                _ => {
                    return Err(invalid(format!(
                        "table {} needs either from or sql",
                        table.name
                    )));
                }
            }
            for (name, column) in &table.columns {
                column.check(&table.name, name)?;
            }
        }
        Ok(())
    }
}

impl ColumnMapping {
    /// The full rule, whichever way it was written.
    pub fn rule(&self) -> Rule {
        match self {
            Self::Name(column) => Rule {
                column: Some(column.clone()),
                ..Rule::default()
            },
            Self::Rule(rule) => (**rule).clone(),
        }
    }

    fn check(&self, table: &str, name: &str) -> Result<()> {
        let rule = self.rule();
        let ways = [
            rule.column.is_some(),
            rule.constant.is_some(),
            rule.sql.is_some(),
            rule.ordinal_within.is_some(),
            rule.hash.is_some(),
        ];
        if ways.into_iter().filter(|given| *given).count() == 1 {
            return Ok(());
        }
        Err(invalid(format!(
            "{table}.{name} needs exactly one of column, constant, sql, ordinal_within and hash"
        )))
    }
}

impl QuestionMapping {
    pub fn rule(&self) -> QuestionRule {
        match self {
            Self::Name(column) => QuestionRule {
                column: column.clone(),
                ..QuestionRule::default()
            },
            Self::Rule(rule) => (**rule).clone(),
        }
    }
}

impl Scalar {
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Flag(flag) => flag.to_string(),
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

impl Unit {
    /// What to multiply by to come to minutes, kronor or shares, as a fraction, so that money stays exact.
    pub fn factor(self) -> (i128, i128) {
        match self {
            Self::Seconds => (1, 60),
            Self::Milliseconds => (1, 60_000),
            Self::Hours => (60, 1),
            Self::Days => (1440, 1),
            Self::Ore | Self::Percent => (1, 100),
            Self::Thousands => (1_000, 1),
            Self::Millions => (1_000_000, 1),
            Self::Negated => (-1, 1),
        }
    }
}

impl Reading {
    /// This reading, with what it leaves open taken from `base`.
    pub fn over(&self, base: &Self) -> Self {
        let or = |own: &[String], base: &[String]| {
            if own.is_empty() {
                base.to_vec()
            } else {
                own.to_vec()
            }
        };
        Self {
            encoding: self.encoding.clone().or_else(|| base.encoding.clone()),
            delimiter: self.delimiter.or(base.delimiter),
            decimal: self.decimal.or(base.decimal),
            thousands: self.thousands.or(base.thousands),
            dates: or(&self.dates, &base.dates),
            time_zone: self.time_zone.clone().or_else(|| base.time_zone.clone()),
            missing: or(&self.missing, &base.missing),
        }
    }
}

/// Whether a file name fits a pattern with `*` and `?`, whatever the case of its letters.
pub fn fits(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let (mut p, mut n, mut star, mut mark) = (0, 0, None, 0);
    while n < name.len() {
        if p < pattern.len() && (pattern[p] == '?' || pattern[p] == name[n]) && pattern[p] != '*' {
            p += 1;
            n += 1;
        } else if p < pattern.len() && pattern[p] == '*' {
            star = Some(p);
            mark = n;
            p += 1;
        } else if let Some(last) = star {
            p = last + 1;
            mark += 1;
            n = mark;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

fn invalid(reason: String) -> LakeError {
    LakeError::MappingInvalid { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_names_with_anything_in_the_place_of_the_star() {
        for (pattern, name, expected) in [
            ("orders*.csv", "Orders_2024.CSV", true),
            ("*.csv", "a.csv.gz", false),
            ("sfo_????.csv", "sfo_2017.csv", true),
            ("sfo_????.csv", "sfo_17.csv", false),
            ("*", "", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_mapping_that_says_two_ways_or_none_is_refused() {
        let head = "[source.a]\nfiles = ['a.csv']\n[[table]]\nname = 'orders'\nfrom = 'a'\n[table.columns]\n";
        for line in [
            "order_id = { column = 'x', constant = 'y' }",
            "order_id = { unit = 'seconds' }",
        ] {
            let error = Mapping::parse(&format!("{head}{line}")).expect_err("refused");
            assert!(error.to_string().contains("orders.order_id"), "{error}");
        }
        assert!(Mapping::parse(&format!("{head}order_id = 'x'")).is_ok());
    }

    #[test]
    fn a_word_that_no_mapping_knows_is_refused_by_name() {
        let error = Mapping::parse("[[table]]\nname = 'orders'\nfrm = 'a'\n").expect_err("refused");
        assert!(error.to_string().contains("frm"), "{error}");
    }
}
