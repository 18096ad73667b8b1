//! What moved between two runs, figure by figure, and why?

use crate::capabilities;
use crate::pages::Kept;
use crate::text::{Catalogue, Section};
use crate::view::{FigureView, Viewer};
use crate::{AppError, Home};
use odla_domain::{Figure, Params, RunRecord};
use odla_lake::VersionRecord;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What moved.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changes {
    /// What is different about the runs as a whole.
    pub reasons: Vec<String>,
    pub items: Vec<Change>,
}

/// One figure before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    pub key: String,
    pub label: String,
    pub unit: String,
    pub before: Option<FigureView>,
    pub after: Option<FigureView>,
    /// After less before, when both are told.
    pub change: Option<f64>,
    pub reasons: Vec<String>,
}

/// Compares two runs; the figures that moved come in the order of the pages, those that stood still are left out.
pub async fn changes(
    home: &Home,
    before: &Kept,
    after: &Kept,
    catalogue: &Catalogue,
) -> Result<Changes, AppError> {
    let history = home.ledger()?.history().await?;
    let why = Why {
        catalogue,
        before: &before.record,
        after: &after.record,
        added: rows_between(&history, &before.record, &after.record),
    };
    let (old, new) = (
        Viewer {
            catalogue,
            run: &before.record,
        },
        Viewer {
            catalogue,
            run: &after.record,
        },
    );
    let mut items = Vec::new();
    for (capability, key) in keys(before, after) {
        let (was, is) = (find(before, &key), find(after, &key));
        if was == is {
            continue;
        }
        let (was_seen, is_seen) = (was.map(|f| old.figure(f)), is.map(|f| new.figure(f)));
        let Some(seen) = is_seen.as_ref().or(was_seen.as_ref()) else {
            continue;
        };
        items.push(Change {
            key,
            label: seen.label.clone(),
            unit: seen.unit.clone(),
            change: was
                .and_then(|figure| figure.value)
                .zip(is.and_then(|figure| figure.value))
                .map(|(was, is)| is - was),
            reasons: why.of_figure(&capability, was, is),
            before: was_seen,
            after: is_seen,
        });
    }
    Ok(Changes {
        reasons: why.of_runs(),
        items,
    })
}

/// All keys of both runs with their capability, those of the later run first.
fn keys(before: &Kept, after: &Kept) -> Vec<(String, String)> {
    let mut seen = BTreeSet::new();
    let reports = after.reports.iter().chain(&before.reports);
    // The management page repeats figures of the others.
    reports
        .filter(|report| report.capability != "overview")
        .flat_map(|report| {
            let figures = report.figures.iter();
            figures.map(|figure| (report.capability.clone(), figure.key.clone()))
        })
        .filter(|(_, key)| seen.insert(key.clone()))
        .collect()
}

fn find<'k>(kept: &'k Kept, key: &str) -> Option<&'k Figure> {
    kept.reports.iter().find_map(|report| report.figure(key))
}

/// Rows added and replaced per table, from one run's ledger to the other's; negative when the second is the older.
fn rows_between(
    history: &[VersionRecord],
    before: &RunRecord,
    after: &RunRecord,
) -> BTreeMap<String, (i64, i64)> {
    let (from, to) = (before.ledger_version, after.ledger_version);
    let sign = if from <= to { 1 } else { -1 };
    let between = from.min(to) + 1..=from.max(to);
    let mut rows: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for record in history
        .iter()
        .filter(|record| between.contains(&record.version))
    {
        // What takes an earlier import back takes its rows back.
        let (counts, way) = match record.undoes {
            None => (&record.counts, sign),
            Some(version) => match history.iter().find(|record| record.version == version) {
                Some(undone) => (&undone.counts, -sign),
                None => continue,
            },
        };
        for (table, counts) in counts {
            let sum = rows.entry(table.clone()).or_default();
            sum.0 += way * counts.added as i64;
            sum.1 += way * counts.replaced as i64;
        }
    }
    rows.retain(|_, (added, replaced)| *added != 0 || *replaced != 0);
    rows
}

/// What may have moved a figure.
struct Why<'a> {
    catalogue: &'a Catalogue,
    before: &'a RunRecord,
    after: &'a RunRecord,
    added: BTreeMap<String, (i64, i64)>,
}

impl Why<'_> {
    /// Everything that is different about the runs.
    fn of_runs(&self) -> Vec<String> {
        let mut reasons: Vec<String> = self
            .added
            .iter()
            .map(|(table, rows)| self.rows(table, *rows))
            .collect();
        reasons.extend(self.common());
        let (was, is) = (&self.before.configuration, &self.after.configuration);
        reasons.extend(self.settings("", was, is));
        reasons
    }

    /// What bears on one figure: rows of the tables its capability reads, its settings, and what bears on all.
    fn of_figure(
        &self,
        capability: &str,
        was: Option<&Figure>,
        is: Option<&Figure>,
    ) -> Vec<String> {
        let mut reasons = Vec::new();
        let tables = tables_of(capability);
        for (table, rows) in &self.added {
            if tables.is_empty() || tables.contains(table.as_str()) {
                reasons.push(self.rows(table, *rows));
            }
        }
        if let (Some(was), Some(is)) = (was, is)
            && was.method != is.method
        {
            let params = self.pair(&was.method, &is.method);
            reasons.push(self.say("changes.method", &params));
        }
        reasons.extend(self.common());
        let configured = |run: &RunRecord| run.configuration.get(capability).cloned();
        if let (Some(was), Some(is)) = (configured(self.before), configured(self.after)) {
            reasons.extend(self.settings(capability, &was, &is));
        }
        reasons
    }

    fn common(&self) -> Vec<String> {
        let (was, is) = (self.before, self.after);
        let pairs = [
            ("changes.as_of", was.as_of.to_string(), is.as_of.to_string()),
            (
                "changes.program",
                was.program_version.clone(),
                is.program_version.clone(),
            ),
            ("changes.seed", was.seed.to_string(), is.seed.to_string()),
        ];
        let moved = pairs.iter().filter(|(_, was, is)| was != is);
        moved
            .map(|(key, was, is)| self.say(key, &self.pair(was, is)))
            .collect()
    }

    fn rows(&self, table: &str, (added, replaced): (i64, i64)) -> String {
        let params = Params::from([
            ("table".to_owned(), table.into()),
            ("added".to_owned(), (added as f64).into()),
            ("replaced".to_owned(), (replaced as f64).into()),
        ]);
        self.say("changes.rows", &params)
    }

    /// Each setting that differs, by its path.
    fn settings(&self, path: &str, was: &Value, is: &Value) -> Vec<String> {
        if was == is {
            return Vec::new();
        }
        if let (Value::Object(old), Value::Object(new)) = (was, is) {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            let below = |name: &String| match path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            return names
                .into_iter()
                .flat_map(|name| {
                    let (was, is) = (old.get(name), new.get(name));
                    let null = &Value::Null;
                    self.settings(&below(name), was.unwrap_or(null), is.unwrap_or(null))
                })
                .collect();
        }
        let mut params = self.pair(&was.to_string(), &is.to_string());
        params.insert("setting".to_owned(), path.into());
        vec![self.say("changes.setting", &params)]
    }

    fn pair(&self, was: &str, is: &str) -> Params {
        Params::from([
            ("before".to_owned(), was.into()),
            ("after".to_owned(), is.into()),
        ])
    }

    fn say(&self, key: &str, params: &Params) -> String {
        self.catalogue.say(Section::Sentences, key, params)
    }
}

/// The tables that a capability needs; empty when it reads what others found.
fn tables_of(capability: &str) -> BTreeSet<String> {
    capabilities::ALL
        .iter()
        .filter(|known| known.word == capability)
        .flat_map(|known| (known.needs)())
        .flatten()
        .map(|need| need.table)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use odla_lake::Counts;

    fn record(version: u64, undoes: Option<u64>, added: u64) -> VersionRecord {
        VersionRecord {
            version,
            import_id: format!("i{version}"),
            at: String::new(),
            files: Vec::new(),
            tables: BTreeMap::new(),
            counts: BTreeMap::from([(
                "orders".to_owned(),
                Counts {
                    added,
                    ..Counts::default()
                },
            )]),
            customers_delivered: false,
            undoes,
        }
    }

    fn run(ledger_version: u64) -> RunRecord {
        RunRecord {
            id: format!("r{ledger_version}"),
            ledger_version,
            ledger_digest: String::new(),
            program_version: "1".to_owned(),
            as_of: jiff::civil::date(2026, 6, 30),
            seed: 1,
            currency: "SEK".to_owned(),
            configuration: Value::Null,
            only: Vec::new(),
            computed: Vec::new(),
            missing: Vec::new(),
        }
    }

    #[test]
    fn rows_between_two_ledgers_are_counted_and_an_undo_takes_them_back() {
        let history = [
            record(1, None, 100),
            record(2, None, 7),
            record(3, Some(2), 0),
            record(4, None, 5),
        ];
        let between = |from, to| rows_between(&history, &run(from), &run(to));
        assert_eq!(between(1, 2)["orders"], (7, 0));
        assert_eq!(between(1, 4)["orders"], (5, 0));
        assert_eq!(between(2, 1)["orders"], (-7, 0));
        assert!(between(1, 3).is_empty());
    }

    #[test]
    fn a_setting_that_moved_is_named_by_its_path() {
        let catalogue = Catalogue::new(crate::text::Language::En, "SEK");
        let (before, after) = (run(1), run(1));
        let why = Why {
            catalogue: &catalogue,
            before: &before,
            after: &after,
            added: BTreeMap::new(),
        };
        let was = serde_json::json!({"value": {"level": 0.9, "months": 60}});
        let is = serde_json::json!({"value": {"level": 0.8, "months": 60}});
        let reasons = why.settings("", &was, &is);
        assert_eq!(reasons.len(), 1);
        assert!(reasons[0].contains("value.level"), "{}", reasons[0]);
    }
}
