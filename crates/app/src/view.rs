//! What does a reader see of a run: figures, sentences and tables in his or her language?

use crate::text::{Catalogue, Section};
use odla_domain::{
    Caution, Cell, Column, Figure, FigureDefinition, Grade, Report, RunRecord, Table, Unit,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A figure as it leaves the program, on every surface.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FigureView {
    pub key: String,
    pub label: String,
    pub value: Option<f64>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub level: Option<f64>,
    pub unit: String,
    pub n: u64,
    /// A to D, for effects.
    #[schema(value_type = Option<String>)]
    pub grade: Option<Grade>,
    pub method: String,
    pub cautions: Vec<CautionView>,
    pub as_of: String,
    pub run: String,
    pub definition: String,
    /// The value and the interval as a person writes them.
    pub text: String,
    pub interval_text: Option<String>,
}

/// A doubt in words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CautionView {
    pub key: String,
    pub text: String,
}

/// A table with translated headings; `rows` keep the numbers, `cells` are the same rows as a person reads them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableView {
    pub key: String,
    pub title: String,
    pub headings: Vec<String>,
    /// `{key, unit}` per column.
    #[schema(value_type = Vec<Object>)]
    pub columns: Vec<Column>,
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    pub rows: Vec<Vec<Cell>>,
    /// Which columns hold numbers.
    pub numeric: Vec<bool>,
    pub cells: Vec<Vec<String>>,
}

/// A page: one capability's report, ready to be read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PageView {
    pub page: String,
    pub title: String,
    pub as_of: String,
    pub run: String,
    pub sentences: Vec<String>,
    pub figures: Vec<FigureView>,
    pub tables: Vec<TableView>,
    pub cautions: Vec<CautionView>,
}

/// The label and the definition of a figure; its key when it has none.
fn told_of(key: &str, catalogue: &Catalogue) -> (String, String) {
    match definition_of(key) {
        Some((definition, parts)) => catalogue.figure(definition.pattern, &parts),
        None => (key.to_owned(), String::new()),
    }
}

/// The label of a figure; its key when it has none.
pub fn label_of(key: &str, catalogue: &Catalogue) -> String {
    told_of(key, catalogue).0
}

/// Turns a run's reports into what one reader sees.
pub struct Viewer<'a> {
    pub catalogue: &'a Catalogue,
    pub run: &'a RunRecord,
}

impl Viewer<'_> {
    pub fn page(&self, report: &Report) -> PageView {
        PageView {
            page: report.capability.clone(),
            title: self
                .catalogue
                .word(Section::Words, &format!("page.{}", report.capability)),
            as_of: self.run.as_of.to_string(),
            run: self.run.id.clone(),
            sentences: report
                .sentences
                .iter()
                .map(|sentence| {
                    self.catalogue
                        .say(Section::Sentences, &sentence.key, &sentence.params)
                })
                .collect(),
            figures: report
                .figures
                .iter()
                .map(|figure| self.figure(figure))
                .collect(),
            tables: report
                .tables
                .iter()
                .map(|table| self.table(table))
                .collect(),
            cautions: self.cautions(&report.cautions),
        }
    }

    pub fn figure(&self, figure: &Figure) -> FigureView {
        let (label, definition) = told_of(&figure.key, self.catalogue);
        let numbers = self.catalogue.numbers();
        let interval = figure.lower.zip(figure.upper);
        FigureView {
            key: figure.key.clone(),
            label,
            value: figure.value,
            lower: figure.lower,
            upper: figure.upper,
            level: figure.level,
            unit: numbers.unit(figure.unit),
            n: figure.n,
            grade: figure.grade,
            method: figure.method.clone(),
            cautions: self.cautions(&figure.cautions),
            as_of: self.run.as_of.to_string(),
            run: self.run.id.clone(),
            definition,
            text: figure.value.map_or_else(
                || self.catalogue.word(Section::Words, "untold"),
                |value| numbers.value(value, figure.unit),
            ),
            interval_text: match (interval, figure.is_solved()) {
                (Some((lower, upper)), _) => Some(numbers.range(lower, upper, figure.unit)),
                (None, true) => Some(self.catalogue.word(Section::Words, "solved")),
                (None, false) => None,
            },
        }
    }

    pub fn table(&self, table: &Table) -> TableView {
        TableView {
            key: table.key.clone(),
            title: self.catalogue.word(Section::Tables, &table.key),
            headings: table
                .columns
                .iter()
                .map(|column| self.catalogue.word(Section::Columns, &column.key))
                .collect(),
            numeric: table
                .columns
                .iter()
                .map(|column| column.unit != Unit::Text)
                .collect(),
            cells: table
                .rows
                .iter()
                .map(|row| self.cells(table, row))
                .collect(),
            columns: table.columns.clone(),
            rows: table.rows.clone(),
        }
    }

    pub fn cautions(&self, cautions: &[Caution]) -> Vec<CautionView> {
        cautions
            .iter()
            .map(|caution| CautionView {
                key: caution.key.clone(),
                text: self
                    .catalogue
                    .say(Section::Cautions, &caution.key, &caution.params),
            })
            .collect()
    }

    fn cells(&self, table: &Table, row: &[Cell]) -> Vec<String> {
        let numbers = self.catalogue.numbers();
        row.iter()
            .zip(&table.columns)
            .map(|(cell, column)| match cell {
                Cell::Number(value) if value.is_nan() => "–".to_owned(),
                Cell::Number(value) => numbers.value(*value, column.unit),
                Cell::Range(lower, upper) => numbers.range(*lower, *upper, column.unit),
                Cell::Text(text) => self.catalogue.own(text).to_owned(),
                Cell::Key(key) => self.catalogue.word(Section::Words, key),
                Cell::Said(said) => self
                    .catalogue
                    .say(Section::Sentences, &said.key, &said.params),
                Cell::None => "–".to_owned(),
            })
            .collect()
    }
}

/// The registry's entry for a key, with the values of its parts.
pub fn definition_of(key: &str) -> Option<(&'static FigureDefinition, Vec<(&'static str, &str)>)> {
    odla_insight::figures()
        .find_map(|definition| definition.parts_of(key).map(|parts| (definition, parts)))
}
