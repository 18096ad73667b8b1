//! Do Swedish and English say the same things, and has every key in the code its text?

use super::Findings;
use super::files::{File, Tree};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Where a key is written in the code, and the section of the catalogues that must hold it.
const KEYS: &[(&str, &str)] = &[
    ("Caution::new(", "cautions"),
    ("Sentence::new(", "sentences"),
    ("Table::new(", "tables"),
    ("pattern: ", "figures"),
    ("Cell::Key(", "words"),
];

/// The crates whose keys are translated.
const SPEAKING: &[&str] = &["insight", "app"];

type Texts = BTreeMap<String, String>;

pub fn check(tree: &Tree, findings: &mut Findings) {
    let (swedish, english) = (
        catalogues(tree, "sv", findings),
        catalogues(tree, "en", findings),
    );
    let names: BTreeSet<&String> = swedish.keys().chain(english.keys()).collect();
    for name in names {
        match (swedish.get(name), english.get(name)) {
            (Some(sv), Some(en)) => compare(name, sv, en, findings),
            _ => findings.problem(format!("i18n: {name} is there in one language only")),
        }
    }
    check_repeats(&swedish, findings);
    let said: BTreeSet<&str> = swedish
        .values()
        .flat_map(BTreeMap::keys)
        .map(String::as_str)
        .collect();
    let capabilities = capabilities(tree);
    let speaking = |file: &&File| SPEAKING.contains(&file.room()) && !file.is_test();
    for file in tree.rust().filter(speaking) {
        check_keys(file, &said, findings);
        check_words_of_capabilities(file, &capabilities, &said, findings);
    }
}

/// The catalogues of one language: name to texts by `section/key/...`.
fn catalogues(tree: &Tree, language: &str, findings: &mut Findings) -> BTreeMap<String, Texts> {
    let folder = format!("i18n/{language}/");
    let mut all = BTreeMap::new();
    for file in tree.under(&folder, ".json") {
        match serde_json::from_str::<Value>(&file.text) {
            Ok(value) => {
                let mut texts = Texts::new();
                flatten("", &value, &mut texts);
                all.insert(file.path[folder.len()..].to_owned(), texts);
            }
            Err(error) => findings.problem(format!("{}: {error}", file.path)),
        }
    }
    all
}

fn flatten(prefix: &str, value: &Value, texts: &mut Texts) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let path = if prefix.is_empty() {
                    key.clone()
                } else {
                    format!("{prefix}/{key}")
                };
                flatten(&path, value, texts);
            }
        }
        other => {
            texts.insert(
                prefix.to_owned(),
                other.as_str().unwrap_or_default().to_owned(),
            );
        }
    }
}

fn compare(name: &str, swedish: &Texts, english: &Texts, findings: &mut Findings) {
    for key in swedish
        .keys()
        .chain(english.keys())
        .collect::<BTreeSet<_>>()
    {
        match (swedish.get(key), english.get(key)) {
            (Some(sv), Some(en)) if holes(sv) != holes(en) => {
                findings.problem(format!(
                    "i18n: {name}: {key} has other holes in Swedish than in English"
                ));
            }
            (Some(sv), Some(en)) if sv.trim().is_empty() || en.trim().is_empty() => {
                findings.problem(format!("i18n: {name}: {key} is empty"));
            }
            (Some(_), Some(_)) => {}
            (swedish, _) => {
                let language = if swedish.is_some() {
                    "English"
                } else {
                    "Swedish"
                };
                findings.problem(format!("i18n: {name}: {key} is missing in {language}"));
            }
        }
    }
}

/// The catalogues are read as one: a key said in two of them would hide one of its texts.
fn check_repeats(catalogues: &BTreeMap<String, Texts>, findings: &mut Findings) {
    let mut first: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for (name, texts) in catalogues {
        for (key, text) in texts {
            match first.get(key.as_str()) {
                Some((other, said)) if said != text => {
                    findings.problem(format!(
                        "i18n: {key} says one thing in {other} and another in {name}"
                    ));
                }
                Some(_) => {}
                None => {
                    first.insert(key, (name, text));
                }
            }
        }
    }
}

/// Keys that stand as plain text in the code; keys put together at run time are found by the program's own tests.
fn check_keys(file: &File, said: &BTreeSet<&str>, findings: &mut Findings) {
    let code = file.text.split("#[cfg(test)]\nmod ").next();
    let code = code.unwrap_or_default();
    for (at, section, key) in keys(code) {
        let (whole, inside) = (format!("{section}/{key}"), format!("{section}/{key}/"));
        // A list of figures is written as the columns of a table are.
        let figure = format!("figures/{key}/");
        let listed = |path: &str| section == "columns" && path.starts_with(&figure);
        let has_text = |path: &&str| **path == *whole || path.starts_with(&inside) || listed(path);
        if !said.iter().any(has_text) {
            let line = code[..at].lines().count().max(1);
            let path = &file.path;
            findings.problem(format!(
                "{path}:{line}: {section}.{key} has no text in i18n"
            ));
        }
    }
}

/// Every key written in the code, with its place and its section.
fn keys(code: &str) -> Vec<(usize, &'static str, &str)> {
    let mut found = Vec::new();
    for &(opening, section) in KEYS {
        for (at, _) in code.match_indices(opening) {
            if let Some(text) = code[at + opening.len()..].trim_start().strip_prefix('"') {
                found.push((at, section, text.split('"').next().unwrap_or_default()));
            }
        }
    }
    // The columns of a table are written as pairs: ("heading", Unit::Share).
    for (at, _) in code.match_indices("\", Unit::") {
        let before = code[..at].rsplit('"').next().unwrap_or_default();
        let opening = code[..at - before.len()].strip_suffix("(\"");
        if opening.is_some_and(|rest| {
            !rest.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_')
        }) {
            found.push((at, "columns", before));
        }
    }
    found
}

/// A text such as "drivers.map" that begins with a capability's word is a key of some section.
fn check_words_of_capabilities(
    file: &File,
    capabilities: &BTreeSet<&str>,
    said: &BTreeSet<&str>,
    findings: &mut Findings,
) {
    let code = file
        .text
        .split("#[cfg(test)]\nmod ")
        .next()
        .unwrap_or_default();
    for (at, _) in code.match_indices('"') {
        let text = code[at + 1..].split('"').next().unwrap_or_default();
        let is_key = text.contains('.')
            && !text.ends_with('.')
            && text.chars().all(|letter| {
                letter.is_ascii_lowercase() || letter.is_ascii_digit() || "._".contains(letter)
            });
        if !is_key
            || !text
                .split('.')
                .next()
                .is_some_and(|word| capabilities.contains(word))
        {
            continue;
        }
        if !said.iter().any(|path| names(path, text)) {
            let line = code[..at].lines().count().max(1);
            findings.problem(format!("{}:{line}: {text} is no key of i18n", file.path));
        }
    }
}

/// Whether a path of the catalogues, `section/key/...`, has this key, or a pattern that it fits.
fn names(path: &str, key: &str) -> bool {
    let known = path.split('/').nth(1).unwrap_or_default();
    match (known.split_once('<'), known.rsplit_once('>')) {
        (Some((head, _)), Some((_, tail))) => key.starts_with(head) && key.ends_with(tail),
        _ => known == key,
    }
}

/// The folders of `insight`.
fn capabilities(tree: &Tree) -> BTreeSet<&str> {
    let start = "crates/insight/src/";
    tree.under(start, ".rs")
        .filter_map(|file| file.path[start.len()..].split_once('/'))
        .map(|(folder, _)| folder)
        .collect()
}

fn holes(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(hole, _)| hole)
        // A form that bends with a number is each language's own affair.
        .filter(|hole| !hole.contains('?'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let mut findings = Findings::default();
        check(&Tree::of(files), &mut findings);
        findings.problems
    }

    #[test]
    fn a_key_of_one_language_only_is_found() {
        let found = problems(&[
            ("i18n/sv/value.json", r#"{"words": {"a": "x", "b": "y"}}"#),
            ("i18n/en/value.json", r#"{"words": {"a": "x"}}"#),
        ]);
        assert_eq!(found, ["i18n: value.json: words/b is missing in English"]);
    }

    #[test]
    fn holes_must_agree_but_may_change_places() {
        let same = problems(&[
            (
                "i18n/sv/value.json",
                r#"{"words": {"a": "{n:count} av {m}"}}"#,
            ),
            (
                "i18n/en/value.json",
                r#"{"words": {"a": "of {m}, {n:count}"}}"#,
            ),
        ]);
        assert!(same.is_empty(), "{same:?}");
        let bent = problems(&[
            (
                "i18n/sv/value.json",
                r#"{"words": {"a": "{n:count} hund"}}"#,
            ),
            (
                "i18n/en/value.json",
                r#"{"words": {"a": "{n:count} {n?dog:dogs}"}}"#,
            ),
        ]);
        assert!(bent.is_empty(), "{bent:?}");
        let other = problems(&[
            ("i18n/sv/value.json", r#"{"words": {"a": "{n:count}"}}"#),
            ("i18n/en/value.json", r#"{"words": {"a": "{n:share}"}}"#),
        ]);
        assert_eq!(other.len(), 1);
    }

    #[test]
    fn a_key_in_the_code_without_a_text_is_found() {
        let text = r#"{"figures": {"equity.total": {"label": "x"}}}"#;
        let code = "//! What?\nfn f() { g(\"pattern\"); Caution::new(\"few\"); }\nconst A: B = B { pattern: \"equity.total\" };\n";
        let found = problems(&[
            ("i18n/sv/value.json", text),
            ("i18n/en/value.json", text),
            ("crates/insight/src/value/mod.rs", code),
        ]);
        assert_eq!(
            found,
            ["crates/insight/src/value/mod.rs:2: cautions.few has no text in i18n"]
        );
    }

    #[test]
    fn a_word_of_a_capability_that_no_text_knows_is_found() {
        let text = r#"{"tables": {"value.bridge": "x"}, "figures": {"value.<decile>.sum": {"label": "x"}}}"#;
        let code = "//! What?\nconst A: [&str; 3] = [\"value.bridge\", \"value.9.sum\", \"value.bridges\"];\n";
        let found = problems(&[
            ("i18n/sv/value.json", text),
            ("i18n/en/value.json", text),
            ("crates/insight/src/value/mod.rs", code),
        ]);
        assert_eq!(
            found,
            ["crates/insight/src/value/mod.rs:2: value.bridges is no key of i18n"]
        );
    }

    #[test]
    fn a_key_may_stand_on_the_line_below() {
        let keys: Vec<_> = keys("Sentence::new(\n    \"value.is\",")
            .into_iter()
            .map(|(_, _, key)| key)
            .collect();
        assert_eq!(keys, ["value.is"]);
    }

    #[test]
    fn the_headings_of_a_table_are_keys() {
        let code =
            "Table::new(\"a\", &[(\"share\", Unit::Share)]); definition(\"b.c\", Unit::Money);";
        let keys: Vec<_> = keys(code)
            .into_iter()
            .map(|(_, section, key)| (section, key))
            .collect();
        assert_eq!(keys, [("tables", "a"), ("columns", "share")]);
    }

    #[test]
    fn a_key_with_two_texts_is_found() {
        let both = |one, two| {
            [
                (one, r#"{"words": {"a": "x"}}"#),
                (two, r#"{"words": {"a": "y"}}"#),
            ]
        };
        let files: Vec<_> = both("i18n/sv/link.json", "i18n/sv/value.json")
            .into_iter()
            .chain(both("i18n/en/link.json", "i18n/en/value.json"))
            .collect();
        assert_eq!(problems(&files).len(), 1);
    }
}
