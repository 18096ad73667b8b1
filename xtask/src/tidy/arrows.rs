//! Does each crate import only what its layer may?

use super::Findings;
use serde_json::Value;

/// Our crates and which of ours each may import. A crate that is not here may not exist.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("odla-domain", &[]),
    ("odla-stats", &[]),
    ("odla-insight", &["odla-domain", "odla-stats"]),
    ("odla-lake", &["odla-domain"]),
    ("odla-example", &["odla-domain"]),
    ("odla-store", &["odla-domain"]),
    ("odla-paper", &["odla-domain"]),
    (
        "odla-app",
        &[
            "odla-domain",
            "odla-insight",
            "odla-lake",
            "odla-store",
            "odla-paper",
            "odla-example",
        ],
    ),
    ("odla-server", &["odla-app", "odla-domain"]),
    ("odla-fit", &["odla-stats"]),
    (
        "odla",
        &[
            "odla-domain",
            "odla-stats",
            "odla-insight",
            "odla-lake",
            "odla-example",
            "odla-store",
            "odla-paper",
            "odla-app",
            "odla-server",
            "odla-fit",
        ],
    ),
    ("xtask", &[]),
];

/// Crates that must stay pure: no disk, no network, no threads of a runtime, no query engine.
const PURE: &[&str] = &["odla-domain", "odla-stats", "odla-fit", "odla-insight"];

/// Names, or beginnings of names, that a pure crate must not import.
const IMPURE: &[&str] = &[
    "arrow",
    "parquet",
    "datafusion",
    "deltalake",
    "object_store",
    "tokio",
    "futures",
    "sqlx",
    "axum",
    "clap",
    "tracing",
];

/// What only one room may import: the beginning of a name, and the room.
const KEPT: &[(&str, &str)] = &[
    ("sqlx", "odla-store"),
    ("axum", "odla-server"),
    ("typst", "odla-paper"),
];

/// The numerical library stays free of everything but numbers.
const NOT_IN_STATS: &[&str] = &["serde_json", "jiff"];

pub fn check(metadata: &Value, findings: &mut Findings) {
    for package in list(&metadata["packages"]).filter(|package| package["source"].is_null()) {
        let name = text(&package["name"]);
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(known, _)| *known == name) else {
            findings.problem(format!(
                "{name}: a crate without a place in the table of arrows (xtask/src/tidy/arrows.rs)"
            ));
            continue;
        };
        for dependency in
            list(&package["dependencies"]).filter(|dependency| dependency["kind"] != "dev")
        {
            check_one(name, text(&dependency["name"]), allowed, findings);
        }
    }
}

fn check_one(name: &str, dependency: &str, allowed: &[&str], findings: &mut Findings) {
    let ours = MAY_IMPORT.iter().any(|(known, _)| *known == dependency);
    if ours && !allowed.contains(&dependency) {
        findings.problem(format!(
            "{name} must not import {dependency}: arrows point one way (ARCHITECTURE.md)"
        ));
    }
    if PURE.contains(&name) && IMPURE.iter().any(|start| dependency.starts_with(start)) {
        findings.problem(format!("{name} is pure and must not import {dependency}"));
    }
    let kept = KEPT
        .iter()
        .find(|(start, room)| dependency.starts_with(start) && *room != name);
    if let Some((_, room)) = kept {
        findings.problem(format!("{name}: {dependency} is kept in {room}"));
    }
    if name == "odla-stats" && NOT_IN_STATS.contains(&dependency) {
        findings.problem(format!(
            "{name} reads slices only and must not import {dependency}"
        ));
    }
    if name != "odla" && name != "xtask" && dependency == "anyhow" {
        findings.problem(format!(
            "{name}: anyhow belongs in the program and xtask; a crate has its own error"
        ));
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problems(name: &str, dependency: &str, kind: Option<&str>) -> Vec<String> {
        let metadata = json!({"packages": [
            {"name": name, "source": null, "dependencies": [{"name": dependency, "kind": kind}]},
            {"name": "serde", "source": "registry", "dependencies": [{"name": "tokio", "kind": null}]},
        ]});
        let mut findings = Findings::default();
        check(&metadata, &mut findings);
        findings.problems
    }

    #[test]
    fn an_arrow_that_points_back_is_found() {
        assert_eq!(problems("odla-insight", "odla-lake", None).len(), 1);
        assert_eq!(problems("odla-domain", "odla-stats", None).len(), 1);
        assert!(problems("odla-insight", "odla-stats", None).is_empty());
    }

    #[test]
    fn a_pure_crate_may_not_touch_the_disk_engine() {
        assert_eq!(problems("odla-stats", "datafusion", None).len(), 1);
        assert_eq!(problems("odla-insight", "arrow-array", None).len(), 1);
        assert!(problems("odla-lake", "datafusion", None).is_empty());
    }

    #[test]
    fn sql_http_and_paper_stay_in_their_rooms() {
        assert_eq!(problems("odla-server", "sqlx", None).len(), 1);
        assert_eq!(problems("odla-app", "axum", None).len(), 1);
        assert_eq!(problems("odla-server", "odla-store", None).len(), 1);
        assert!(problems("odla-store", "sqlx", None).is_empty());
        assert!(problems("odla-app", "odla-store", None).is_empty());
        assert!(problems("odla-server", "axum", None).is_empty());
    }

    #[test]
    fn tests_may_import_more() {
        assert!(problems("odla-insight", "tokio", Some("dev")).is_empty());
    }

    #[test]
    fn an_unknown_crate_is_found() {
        assert_eq!(problems("odla-common", "serde", None).len(), 1);
    }
}
