//! Which tables and columns does the ledger have, and what does each of them mean?
//!
//! This list is the public contract with those who deliver files: the importer, the mapping
//! proposer and the documentation all read it, so a column is described once.

mod delivers;
mod does;
mod kept;
mod meets;
mod says;
mod who;

pub use says::QUESTIONS;

/// One table of the ledger.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Table {
    pub name: &'static str,
    pub about: Words,
    pub columns: &'static [Column],
    /// Whether extra columns named `x_...` are kept.
    pub extras: bool,
    /// The date that rows are laid out by on disk, when they are dated facts.
    pub dated_by: Option<&'static str>,
}

/// One column of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub key: bool,
    /// A row without a value here is rejected. Key columns are always required.
    pub required: bool,
    /// The table whose (single) key this column repeats.
    pub references: Option<&'static str>,
    pub about: Words,
}

/// What a column holds, as the person who delivers the file sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Text,
    /// A calendar day.
    Date,
    /// A moment, kept in UTC.
    Instant,
    /// A month, `YYYY-MM`.
    Month,
    /// Money in the company's currency, an exact decimal with four decimals.
    Amount,
    /// Any other measured number (minutes, points, quantity, a score).
    Number,
    /// A number between 0 and 1.
    Share,
    /// A whole number.
    Count,
    /// A whole number between two limits.
    Grade(i64, i64),
    Flag,
    /// One word out of a closed list.
    Choice(&'static [&'static str]),
}

/// One line in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    pub sv: &'static str,
    pub en: &'static str,
}

/// Every table that a company can deliver, in the order in which they are best imported:
/// what others refer to comes first.
pub const TABLES: &[Table] = &[
    who::CUSTOMERS,
    who::UNITS,
    who::PARTNERS,
    who::CONTACTS,
    does::PRODUCTS,
    does::PRODUCT_FEATURES,
    does::ORDERS,
    does::CONTRACTS,
    does::REFERRALS,
    does::LEADS,
    does::OUTSIDE_EVENTS,
    meets::INTERACTIONS,
    meets::INCIDENTS,
    meets::ACTIVITIES,
    meets::EXPOSURES,
    meets::COSTS,
    meets::CLUB_ENTRIES,
    meets::PROMISES_KEPT,
    meets::CONTENTS,
    meets::BRAND_TRACKER,
    says::ANSWERS,
    says::ASKED,
    delivers::EMPLOYEE_ANSWERS,
    delivers::UNIT_FACTS,
];

/// Rows that could not be understood; made by the ledger, never delivered.
pub const REJECTS: Table = kept::REJECTS;

/// The columns that the ledger adds to every row of every table.
pub const LEDGER_COLUMNS: &[Column] = kept::LEDGER_COLUMNS;

/// The table of this name, among those a company can deliver.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub fn keys(&self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(|column| column.key)
    }
}

impl Column {
    pub fn is_required(&self) -> bool {
        self.key || self.required
    }
}

impl Kind {
    /// The word used for the kind in documentation and messages.
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Date => "date",
            Kind::Instant => "instant",
            Kind::Month => "month",
            Kind::Amount => "amount",
            Kind::Number => "number",
            Kind::Share => "share",
            Kind::Count => "count",
            Kind::Grade(..) => "grade",
            Kind::Flag => "flag",
            Kind::Choice(_) => "choice",
        }
    }
}

const fn column(name: &'static str, kind: Kind, sv: &'static str, en: &'static str) -> Column {
    Column {
        name,
        kind,
        key: false,
        required: false,
        references: None,
        about: Words { sv, en },
    }
}

const fn key(name: &'static str, kind: Kind, sv: &'static str, en: &'static str) -> Column {
    Column {
        name,
        kind,
        key: true,
        required: true,
        references: None,
        about: Words { sv, en },
    }
}

const fn required(name: &'static str, kind: Kind, sv: &'static str, en: &'static str) -> Column {
    Column {
        name,
        kind,
        key: false,
        required: true,
        references: None,
        about: Words { sv, en },
    }
}

const fn refers(column: Column, table: &'static str) -> Column {
    Column {
        name: column.name,
        kind: column.kind,
        key: column.key,
        required: column.required,
        references: Some(table),
        about: column.about,
    }
}

/// Where we and our customers meet, as the company sees its own work.
pub const PROCESSES: &[&str] = &[
    "sales",
    "logistics",
    "service",
    "communication",
    "billing",
    "product",
    "brand",
    "digital",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_table_has_a_key_and_unique_column_names() {
        for table in TABLES.iter().chain([&REJECTS]) {
            assert!(table.keys().count() > 0, "{} has no key", table.name);
            let names: BTreeSet<_> = table.columns.iter().map(|column| column.name).collect();
            assert_eq!(
                names.len(),
                table.columns.len(),
                "{} repeats a column",
                table.name
            );
        }
    }

    #[test]
    fn every_reference_names_a_table_with_one_key() {
        for table in TABLES {
            for column in table.columns {
                let Some(other) = column.references else {
                    continue;
                };
                let other = super::table(other).expect("a reference names a table");
                assert_eq!(other.keys().count(), 1, "{}.{}", table.name, column.name);
            }
        }
    }

    #[test]
    fn a_dated_table_is_dated_by_a_column_of_its_own() {
        for table in TABLES {
            let Some(name) = table.dated_by else { continue };
            let kind = table.column(name).expect("the date is a column").kind;
            assert!(
                matches!(kind, Kind::Date | Kind::Instant | Kind::Month),
                "{}",
                table.name
            );
        }
    }

    #[test]
    fn every_line_is_said_in_both_languages() {
        for table in TABLES.iter().chain([&REJECTS]) {
            for words in table
                .columns
                .iter()
                .map(|column| column.about)
                .chain([table.about])
            {
                assert!(
                    !words.sv.is_empty() && !words.en.is_empty(),
                    "{}",
                    table.name
                );
            }
        }
    }

    #[test]
    fn no_column_of_employee_answers_can_name_a_person() {
        let table = super::table("employee_answers").expect("the table exists");
        assert!(
            table
                .columns
                .iter()
                .all(|column| !column.name.contains("employee")
                    && !column.name.contains("person")
                    && column.references != Some("contacts"))
        );
    }
}
