//! Whose time until the event is known from the file, and whose only in part?

use crate::FitError;
use crate::columns::line_of;
use crate::explaining::{Explaining, complete_rows, explaining, on};
use crate::groups::events;
use crate::input::Input;
use odla_stats::survival::Spells;
use serde_json::{Value, json};

/// Times of the complete rows, and the columns that explain them.
pub struct Lives {
    /// The rows of the file that are used.
    pub rows: Vec<usize>,
    pub entry: Option<Vec<f64>>,
    pub time: Vec<f64>,
    pub event: Vec<bool>,
    pub explaining: Explaining,
    pub columns: Vec<Vec<f64>>,
    /// Which columns were used, and how the event was read.
    pub told: Value,
}

impl Lives {
    /// Reads the roles `time`, `event`, `entry` and the covariates; rows where something is missing are left out.
    pub fn read(input: &Input) -> Result<Self, FitError> {
        let (time_name, event_name) = (input.need("time")?, input.need("event")?);
        let entry_name = input.find("entry")?;
        let time = input.columns.numbers(&time_name)?;
        let (event, coding) = events(input.columns, &event_name)?;
        let entry = match &entry_name {
            Some(name) => Some(input.columns.numbers(name)?),
            None => None,
        };
        let explaining = explaining(input, &input.covariates()?)?;
        let own = [Some(&time), Some(&event), entry.as_ref()]
            .into_iter()
            .flatten();
        let all = explaining.columns.iter().chain(own).map(Vec::as_slice);
        let rows = complete_rows(all, time.len());
        for &row in &rows {
            let from = entry.as_ref().map_or(0.0, |entry| entry[row]);
            if from < 0.0 || time[row] < from || (entry.is_some() && time[row] == from) {
                return Err(FitError::OutOfRange {
                    column: time_name,
                    line: line_of(row),
                    rule: "after_entry",
                    value: time[row],
                });
            }
        }
        Ok(Self {
            entry: entry.map(|entry| on(&entry, &rows)),
            time: on(&time, &rows),
            event: rows.iter().map(|&row| event[row] == 1.0).collect(),
            columns: explaining.on(&rows),
            told: json!({
                "time": time_name,
                "event": event_name,
                "event_coding": coding,
                "entry": entry_name,
                "references": explaining.references,
            }),
            rows,
            explaining,
        })
    }

    pub fn spells(&self) -> Spells<'_> {
        Spells {
            entry: self.entry.as_deref(),
            time: &self.time,
            event: &self.event,
            weights: None,
        }
    }

    /// The same lives on some of the used rows, without the columns that explain them.
    pub fn part(&self, rows: &[usize]) -> (Option<Vec<f64>>, Vec<f64>, Vec<bool>) {
        let entry = self.entry.as_ref().map(|entry| on(entry, rows));
        (
            entry,
            on(&self.time, rows),
            rows.iter().map(|&row| self.event[row]).collect(),
        )
    }

    /// When a life began to be followed.
    pub fn entry_of(&self, at: usize) -> f64 {
        self.entry.as_ref().map_or(0.0, |entry| entry[at])
    }

    pub fn events(&self) -> usize {
        self.event.iter().filter(|happened| **happened).count()
    }
}
