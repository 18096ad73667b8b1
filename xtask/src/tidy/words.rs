//! Is one word used for one thing, and does nothing speak of a developer's machine?

use super::Findings;
use super::files::Tree;
use super::source::{code_of, identifiers, words};

/// Words that stand for another word of GLOSSARY.md. Only those that have no innocent use in our code.
const FORBIDDEN: &[(&str, &str)] = &[
    ("ticket", "case"),
    ("assignee", "owner"),
    ("client", "customer"),
    ("shopper", "customer"),
    ("ltv", "lifetime_value"),
    ("clv", "lifetime_value"),
    ("vendor", "supplier (a partner of that kind)"),
    ("kpi", "figure or driver"),
    ("roadmap", "plan"),
    ("enps", "engagement"),
    ("viewmodel", "a row, view or frame"),
];

/// Pairs of words that make a forbidden name together.
const FORBIDDEN_PAIRS: &[(&str, &str, &str)] = &[
    ("support", "cost", "cost_to_serve"),
    (
        "data",
        "model",
        "a row, view or frame: a model is a statistical model",
    ),
    (
        "view",
        "model",
        "a row, view or frame: a model is a statistical model",
    ),
    (
        "db",
        "model",
        "a row, view or frame: a model is a statistical model",
    ),
];

/// The names of a protocol's standard are not ours to choose: OpenID Connect calls the program a client, and HTTP has
/// client errors.
const OF_THE_STANDARD: &[&str] = &[
    "Client",
    "ClientId",
    "ClientSecret",
    "CoreClient",
    "client_id",
    "client_secret",
    "is_client_error",
];

/// Rooms without a subject.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "misc", "common"];

pub fn check(tree: &Tree, findings: &mut Findings) {
    for file in tree.rust().filter(|file| file.room() != "xtask") {
        let name = file
            .path
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".rs");
        if EMPTY_NAMES.contains(&name) {
            findings.problem(format!("{}: a file is named by its subject", file.path));
        }
        // Names of tests are sentences and may use any word.
        if file.is_test() {
            continue;
        }
        for (number, line) in code_of(&file.text).lines().enumerate() {
            let imports = line.trim_start().starts_with("use ");
            let ours = |name: &&str| !imports && !OF_THE_STANDARD.contains(name);
            for identifier in identifiers(line).filter(ours) {
                if let Some(better) = forbidden(identifier) {
                    findings.problem(format!(
                        "{}:{}: {identifier} - say {better}",
                        file.path,
                        number + 1
                    ));
                }
            }
        }
    }
    for file in &tree.files {
        check_places(&file.path, &file.text, findings);
    }
}

/// What to say instead of a forbidden identifier.
fn forbidden(identifier: &str) -> Option<&'static str> {
    let words = words(identifier);
    let single = FORBIDDEN.iter().find(|(word, _)| {
        words
            .iter()
            .any(|own| own == word || *own == format!("{word}s"))
    });
    let pair = FORBIDDEN_PAIRS.iter().find(|(first, second, _)| {
        words
            .windows(2)
            .any(|pair| pair[0] == *first && pair[1] == *second)
    });
    single
        .map(|(_, better)| *better)
        .or(pair.map(|(_, _, better)| *better))
}

/// Absolute folders of some machine have no place in what others read.
fn check_places(path: &str, text: &str, findings: &mut Findings) {
    let places = ["root", "home", "work"].map(|folder| format!("/{folder}/"));
    for (number, line) in text.lines().enumerate() {
        for place in places.iter().filter(|place| starts_a_path(line, place)) {
            findings.problem(format!(
                "{path}:{}: {place} is a place on one machine",
                number + 1
            ));
        }
    }
}

/// Whether the place is the beginning of a path here, and not the middle of an address or a longer path.
fn starts_a_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|letter| {
            letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_' | '}' | '/')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> Vec<String> {
        let mut findings = Findings::default();
        check(&Tree::of(&[(path, text)]), &mut findings);
        findings.problems
    }

    #[test]
    fn a_synonym_in_an_identifier_is_found_and_named() {
        let found = problems(
            "crates/app/src/cases.rs",
            "//! What?\nfn open_ticket(newClient: u8) {}\n",
        );
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("say case"), "{found:?}");
    }

    #[test]
    fn innocent_words_pass() {
        let code = "//! What is a ticket?\nuse x::Client;\nfn priced(ticketing: &str) { \"client\"; model(ticketing); }\n";
        assert!(problems("crates/app/src/a.rs", code).is_empty());
    }

    #[test]
    fn a_room_without_a_subject_is_found() {
        assert_eq!(problems("crates/app/src/utils.rs", "//! What?\n").len(), 1);
    }

    #[test]
    fn a_path_of_a_machine_is_found_but_not_an_address() {
        let place = ["", "home", "anna", "x.csv"].join("/");
        assert_eq!(problems("README.md", &format!("See {place}")).len(), 1);
        assert!(
            problems(
                "README.md",
                &format!("https://example.org{place} and docs{place}")
            )
            .is_empty()
        );
    }
}
