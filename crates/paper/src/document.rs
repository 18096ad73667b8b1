//! What does a report hold before it is set: sentences, figures, pictures, tables, in one reader's language?

use odla_domain::Unit;
use serde::Serialize;

/// A page as one reader sees it, ready for paper.
#[derive(Clone, Debug, Serialize)]
pub struct Document {
    /// `sv` or `en`.
    pub language: String,
    /// ISO 4217.
    pub currency: String,
    pub company: String,
    pub title: String,
    /// The day of the figures: as a person writes it, and as `YYYY-MM-DD`.
    pub as_of: String,
    pub as_of_date: String,
    pub run: String,
    /// The first says what is true, the others say because.
    pub sentences: Vec<String>,
    pub figures: Vec<Figure>,
    pub pictures: Vec<Picture>,
    pub tables: Vec<Grid>,
    pub cautions: Vec<String>,
    pub words: Words,
}

/// A figure with everything that answers "how do we know?".
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    pub key: String,
    pub label: String,
    /// Value and interval as on the screen.
    pub text: String,
    pub interval_text: Option<String>,
    pub value: Option<f64>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    /// 0..1.
    pub level: Option<f64>,
    pub unit: Unit,
    pub n: u64,
    /// `A` to `D`.
    pub grade: Option<String>,
    pub method: String,
    pub definition: String,
    pub cautions: Vec<String>,
}

/// A picture drawn from numbers that also stand in a table.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Picture {
    /// From an opening total over what came and went to a closing total.
    Bridge { title: String, steps: Vec<Step> },
}

/// One pillar of a bridge.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    pub label: String,
    pub amount: f64,
    pub text: String,
    pub kind: StepKind,
}

/// Whether a pillar stands on the ground or on the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    Total,
    Change,
}

/// A table: headings with units, and cells that keep both the number and its text.
#[derive(Clone, Debug, Serialize)]
pub struct Grid {
    pub key: String,
    pub title: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<GridCell>>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Column {
    pub heading: String,
    pub unit: Unit,
}

/// A cell as the reader sees it, with the numbers behind it for the workbook.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GridCell {
    Number {
        value: f64,
        text: String,
    },
    Range {
        lower: f64,
        upper: f64,
        text: String,
    },
    Text {
        text: String,
    },
    Empty,
}

/// The few words that paper adds of its own, in the reader's language.
#[derive(Clone, Debug, Serialize)]
pub struct Words {
    pub figures: String,
    pub figure: String,
    pub value: String,
    pub interval: String,
    pub from: String,
    pub to: String,
    pub level: String,
    pub unit: String,
    pub observations: String,
    pub evidence: String,
    pub method: String,
    pub definition: String,
    pub cautions: String,
    pub booked: String,
    pub how_we_know: String,
    pub run: String,
    pub as_of: String,
    pub key: String,
    pub page: String,
    pub of: String,
    pub axis_starts: String,
}
