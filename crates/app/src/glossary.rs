//! Which words does the program use, and how does each method work? Read from the documents themselves.

use crate::text::{Catalogue, Language, Section};
use crate::{AppError, Denied};
use serde::Serialize;
use utoipa::ToSchema;

const GLOSSARY: &str = include_str!("../../../GLOSSARY.md");

/// Word, Swedish page, English page: every file of `docs/methods`.
const METHODS: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// One word of the trade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Term {
    pub term: String,
    pub sv: String,
    pub en: String,
    pub means: String,
}

/// A method's page in the list of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MethodName {
    pub word: String,
    pub title: String,
}

/// How a method works, for the reader of a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MethodPage {
    pub title: String,
    pub markdown: String,
}

/// All words, in the order of the glossary. What a word means is told in the reader's language where it has been
/// written in it, otherwise in English.
pub fn glossary(catalogue: &Catalogue) -> Vec<Term> {
    GLOSSARY
        .lines()
        .filter_map(row)
        .map(|cells| {
            let names = cells[0].replace('`', "");
            let word = names
                .split(',')
                .next()
                .unwrap_or_default()
                .trim()
                .replace(' ', "_");
            let key = format!("glossary.{word}");
            let told = catalogue.has(Section::Words, &key);
            Term {
                sv: cells[2].to_owned(),
                en: names.replace('_', " "),
                means: if told {
                    catalogue.word(Section::Words, &key)
                } else {
                    cells[1].replace('`', "")
                },
                term: word,
            }
        })
        .collect()
}

/// The methods that have a page.
pub fn methods(language: Language) -> Vec<MethodName> {
    let name = |(word, _, _): &(&str, &str, &str)| MethodName {
        word: (*word).to_owned(),
        title: title_of(text_of(word, language).unwrap_or_default(), word),
    };
    METHODS.iter().map(name).collect()
}

/// # Errors
/// When no method has that word.
pub fn method(word: &str, language: Language) -> Result<MethodPage, AppError> {
    let text = text_of(word, language).ok_or(Denied::Unknown { what: "method" })?;
    Ok(MethodPage {
        title: title_of(text, word),
        markdown: text.to_owned(),
    })
}

fn text_of(word: &str, language: Language) -> Option<&'static str> {
    let (_, sv, en) = METHODS.iter().find(|(known, _, _)| *known == word)?;
    Some(match language {
        Language::Sv => sv,
        Language::En => en,
    })
}

fn title_of(text: &str, word: &str) -> String {
    let heading = text.lines().find_map(|line| line.strip_prefix("# "));
    heading.unwrap_or(word).to_owned()
}

/// A row of one of the glossary's tables: term, meaning, Swedish, and what not to say.
fn row(line: &str) -> Option<Vec<&str>> {
    let cells: Vec<&str> = line.strip_prefix('|')?.split('|').map(str::trim).collect();
    let heading = cells.first() == Some(&"term") || cells.first()?.starts_with("---");
    (cells.len() >= 4 && !heading && !cells[0].is_empty()).then_some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_glossary_has_its_words_in_both_languages() {
        let terms = glossary(&Catalogue::new(Language::Sv, "SEK"));
        assert!(terms.len() > 30, "{}", terms.len());
        let retention = terms.iter().find(|term| term.term == "retention").unwrap();
        assert_eq!(retention.sv, "andel kvar");
        assert!(!retention.means.is_empty());
    }

    #[test]
    fn every_method_has_a_title_in_both_languages() {
        for language in [Language::Sv, Language::En] {
            for name in methods(language) {
                let page = method(&name.word, language).unwrap();
                assert_eq!(page.title, name.title);
                assert!(page.markdown.len() > 200, "{}", name.word);
            }
        }
        assert!(method("none", Language::Sv).is_err());
        let pages = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/methods"));
        assert_eq!(2 * methods(Language::Sv).len(), pages.unwrap().count());
    }
}
