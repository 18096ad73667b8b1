//! Has every error and caution a text in both languages, with holes that can be filled?

use odla_fit::{Caution, FitError, Params};
use odla_stats::{Caution as Doubt, StatsError};
use serde_json::Value;

const CATALOGUES: [(&str, &str); 4] = [
    ("fit sv", include_str!("../../../../i18n/sv/fit.json")),
    ("fit en", include_str!("../../../../i18n/en/fit.json")),
    (
        "statistics sv",
        include_str!("../../../../i18n/sv/statistics.json"),
    ),
    (
        "statistics en",
        include_str!("../../../../i18n/en/statistics.json"),
    ),
];

fn text() -> String {
    "x".to_owned()
}

fn errors() -> Vec<FitError> {
    let rule = "whole";
    vec![
        FitError::MethodUnknown {
            method: text(),
            known: text(),
        },
        FitError::NoRows,
        FitError::ColumnsUneven,
        FitError::ColumnRepeated { column: text() },
        FitError::ColumnUnknown {
            column: text(),
            known: text(),
        },
        FitError::RoleUnreadable { text: text() },
        FitError::RoleUnknown {
            method: text(),
            role: text(),
            known: text(),
        },
        FitError::RoleMissing {
            method: text(),
            role: text(),
            known: text(),
        },
        FitError::FlagMissing {
            method: text(),
            flag: text(),
        },
        FitError::FlagUnknown {
            flag: text(),
            value: text(),
            known: text(),
        },
        FitError::FlagRange { flag: text(), rule },
        FitError::NothingExplains {
            method: text(),
            known: text(),
        },
        FitError::NotNumber {
            column: text(),
            line: 2,
            value: text(),
        },
        FitError::NotChoice {
            column: text(),
            line: 2,
            value: text(),
        },
        FitError::NotDay {
            column: text(),
            line: 2,
            value: text(),
        },
        FitError::Missing {
            column: text(),
            line: 2,
        },
        FitError::OutOfRange {
            column: text(),
            line: 2,
            rule,
            value: 1.0,
        },
        FitError::HistoryContradicts {
            line: 2,
            frequency: 1.0,
            recency: 0.0,
        },
        FitError::NotEvent {
            column: text(),
            found: text(),
        },
        FitError::NobodyBefore { end: text() },
        FitError::ModelUnreadable { detail: text() },
        StatsError::invalid_row("x", 4).into(),
        StatsError::invalid("x").into(),
        StatsError::TooFewObservations { needed: 2, got: 1 }.into(),
        StatsError::LengthMismatch {
            what: text(),
            expected: 1,
            got: 2,
        }
        .into(),
        StatsError::NotConverged {
            iterations: 3,
            gradient_norm: 1.0,
        }
        .into(),
        StatsError::NotIdentified { parameter: text() }.into(),
        StatsError::AllCensored { rows: 4 }.into(),
        StatsError::Collinear { column: text() }.into(),
        StatsError::Separation { column: text() }.into(),
        StatsError::NoVariation { what: text() }.into(),
        StatsError::TooFewGroups { needed: 2, got: 1 }.into(),
        StatsError::NoOverlap { share_outside: 0.5 }.into(),
        StatsError::Infeasible {
            what: text(),
            needed: 2.0,
            allowed: 1.0,
        }
        .into(),
    ]
}

#[track_caller]
fn prove(section: &str, key: &str, params: &Params) {
    let mut found = 0;
    for (name, catalogue) in CATALOGUES {
        let catalogue: Value = serde_json::from_str(catalogue).expect(name);
        let Some(text) = catalogue[section][key].as_str() else {
            continue;
        };
        found += 1;
        for hole in text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
        {
            let hole = hole.split(':').next().unwrap_or_default();
            assert!(
                params.contains_key(hole),
                "{name} {key}: nothing fills {hole}"
            );
        }
    }
    assert_eq!(found, 2, "{key} has no text in both languages");
}

#[test]
fn every_error_says_what_happened_in_both_languages() {
    for error in errors() {
        prove("errors", &error.key(), &error.params());
    }
}

#[test]
fn every_caution_has_its_text_in_both_languages() {
    let own = [
        Caution::new("fit.rows_left_out")
            .with("left_out", 1.0)
            .with("of", 2.0),
        Caution::new("fit.no_free_option")
            .with("n", 1.0)
            .with("of", 2.0),
        Caution::new("fit.sample_ratio").with("p", 1e-6),
        Caution::new("fit.flag_unused")
            .with("flag", "x")
            .with("method", "y"),
    ];
    for caution in Doubt::every().iter().map(Caution::from).chain(own) {
        prove("cautions", &caution.key, &caution.params);
    }
}

#[test]
fn a_caution_brings_all_its_values() {
    for doubt in Doubt::every() {
        let (told, values) = (Caution::from(&doubt), doubt.values());
        assert_eq!(told.key, format!("statistics.{}", doubt.key()));
        assert_eq!(told.params.len(), values.len(), "{doubt:?}");
    }
}

#[test]
fn every_role_of_every_method_is_explained() {
    for (name, catalogue) in CATALOGUES
        .iter()
        .filter(|(name, _)| name.starts_with("fit"))
    {
        let catalogue: Value = serde_json::from_str(catalogue).expect(name);
        for role in odla_fit::roles() {
            assert!(
                catalogue["words"][format!("fit.role.{role}")].is_string(),
                "{name} {role}"
            );
        }
    }
}
