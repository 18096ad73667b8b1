//! What is a number that may leave the program?

use crate::caution::Caution;
use serde::{Deserialize, Serialize};

/// The grade of evidence behind an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Grade {
    /// Randomized.
    A,
    /// Quasi-experiment with passed placebo.
    B,
    /// Adjusted, with overlap and sensitivity.
    C,
    /// Association.
    D,
}

/// What a value is counted in. `Share` is 0..1 and shown as percent; `Money` is the company's currency, major units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Money,
    MoneyPerCustomerYear,
    Share,
    SharePoints,
    Count,
    Points,
    Minutes,
    Years,
    Ratio,
    Text,
}

/// Says of a figure that a plan solves for it.
const SOLVED_FOR: &str = "solved_for";

/// One number of a run, with its doubt. `value` is `None` when it cannot be told, and `cautions` says why.
///
/// `lower` and `upper` are `None` only for what has no sampling error: plain counts and sums of ledger rows, and amounts
/// that a plan solves for.
/// The label, definition, run and date are added where the number is shown: they depend on the reader's language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    pub key: String,
    pub value: Option<f64>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub level: Option<f64>,
    pub unit: Unit,
    pub n: u64,
    pub grade: Option<Grade>,
    pub method: String,
    #[serde(default)]
    pub cautions: Vec<Caution>,
}

impl Figure {
    /// A count or sum of ledger rows: booked, without sampling error.
    pub fn booked(key: impl Into<String>, value: f64, unit: Unit, n: u64) -> Self {
        Self {
            key: key.into(),
            value: Some(value),
            lower: None,
            upper: None,
            level: None,
            unit,
            n,
            grade: None,
            method: "booked".to_owned(),
            cautions: Vec::new(),
        }
    }

    /// An amount that a plan solves for: chosen, and so without sampling error. What it does is another figure.
    pub fn solved(key: impl Into<String>, value: f64, unit: Unit, n: u64) -> Self {
        Self {
            method: String::new(),
            cautions: vec![Caution::new(SOLVED_FOR)],
            ..Self::booked(key, value, unit, n)
        }
    }

    /// Whether it is an amount that a plan solves for.
    pub fn is_solved(&self) -> bool {
        self.cautions
            .iter()
            .any(|caution| caution.key == SOLVED_FOR)
    }

    /// An estimate with its interval `(lower, upper)` at `level`, for example 0.90.
    pub fn estimated(
        key: impl Into<String>,
        value: f64,
        interval: (f64, f64),
        level: f64,
        unit: Unit,
    ) -> Self {
        Self {
            lower: Some(interval.0),
            upper: Some(interval.1),
            level: Some(level),
            method: String::new(),
            ..Self::booked(key, value, unit, 0)
        }
    }

    /// "Cannot tell", and why.
    pub fn untold(key: impl Into<String>, unit: Unit, why: Caution) -> Self {
        Self {
            value: None,
            method: String::new(),
            cautions: vec![why],
            ..Self::booked(key, 0.0, unit, 0)
        }
    }

    #[must_use]
    pub fn of(mut self, n: u64) -> Self {
        self.n = n;
        self
    }

    #[must_use]
    pub fn by(mut self, method: &str) -> Self {
        self.method = method.to_owned();
        self
    }

    #[must_use]
    pub fn graded(mut self, grade: Grade) -> Self {
        self.grade = Some(grade);
        self
    }

    #[must_use]
    pub fn cautioned(mut self, cautions: impl IntoIterator<Item = Caution>) -> Self {
        self.cautions.extend(cautions);
        self
    }
}

/// Which ledger rows stand behind a figure: an SQL query over the ledger's tables.
///
/// `{as_of}` is replaced by the run's date, and each `<part>` of the key's pattern by its value (`{attribute}` ...).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows(pub &'static str);

/// One entry of the figure registry. `pattern` is the key with `<parts>`; label and definition are translated under
/// `figures.<pattern>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FigureDefinition {
    pub pattern: &'static str,
    pub unit: Unit,
    /// The method page, `docs/methods/<method>.{sv,en}.md`.
    pub method: &'static str,
    pub rows: Rows,
}

impl FigureDefinition {
    /// The values of the pattern's parts when `key` fits the pattern, as `(part, value)`.
    pub fn parts_of<'k>(&self, key: &'k str) -> Option<Vec<(&'static str, &'k str)>> {
        let Some((head, rest)) = self.pattern.split_once('<') else {
            return (self.pattern == key).then(Vec::new);
        };
        let (part, tail) = rest.split_once('>')?;
        let value = key.strip_prefix(head)?.strip_suffix(tail)?;
        (!value.is_empty()).then(|| vec![(part, value)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(pattern: &'static str) -> FigureDefinition {
        FigureDefinition {
            pattern,
            unit: Unit::Share,
            method: "drivers",
            rows: Rows("select 1"),
        }
    }

    #[test]
    fn a_pattern_fits_its_own_keys_only() {
        let importance = definition("drivers.<attribute>.importance");
        assert_eq!(
            importance.parts_of("drivers.delivery.on_time.importance"),
            Some(vec![("attribute", "delivery.on_time")])
        );
        assert_eq!(importance.parts_of("drivers.delivery.effect"), None);
        assert_eq!(importance.parts_of("drivers..importance"), None);
        assert_eq!(
            definition("equity.total").parts_of("equity.total"),
            Some(vec![])
        );
    }
}
