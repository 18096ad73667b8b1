//! Which text belongs to a key, and how are its holes filled?

use super::{Language, Numbers};
use odla_domain::caution::ParamValue;
use odla_domain::{Params, Unit};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The parts of a catalogue file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Figures,
    Sentences,
    Tables,
    Columns,
    Words,
    Cautions,
    Errors,
    Terminal,
}

impl Section {
    const ALL: [Self; 8] = [
        Self::Figures,
        Self::Sentences,
        Self::Tables,
        Self::Columns,
        Self::Words,
        Self::Cautions,
        Self::Errors,
        Self::Terminal,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Figures => "figures",
            Self::Sentences => "sentences",
            Self::Tables => "tables",
            Self::Columns => "columns",
            Self::Words => "words",
            Self::Cautions => "cautions",
            Self::Errors => "errors",
            Self::Terminal => "terminal",
        }
    }
}

macro_rules! catalogue_files {
    ($($name:literal),* $(,)?) => {
        const SV: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../../../i18n/sv/", $name, ".json")))),*];
        const EN: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../../../i18n/en/", $name, ".json")))),*];
    };
}

catalogue_files!(
    "activities",
    "allocation",
    "claims",
    "deals",
    "delivery",
    "drivers",
    "effects",
    "fit",
    "import",
    "incidents",
    "link",
    "loyalty",
    "opening_hours",
    "overview",
    "portfolio",
    "profit",
    "program",
    "promises",
    "server",
    "service_level",
    "statistics",
    "targets",
    "timing",
    "trials",
    "value"
);

/// All texts of one language. A key that has no text is shown as the key: ugly, but never lost.
pub struct Catalogue {
    texts: BTreeMap<Section, Map<String, Value>>,
    numbers: Numbers,
    /// What the company calls its own keys.
    labels: BTreeMap<String, String>,
}

impl Catalogue {
    pub fn new(language: Language, currency: &str) -> Self {
        let files = match language {
            Language::Sv => SV,
            Language::En => EN,
        };
        let mut texts: BTreeMap<Section, Map<String, Value>> = BTreeMap::new();
        for (name, file) in files {
            let file: Value = serde_json::from_str(file).unwrap_or_else(|error| {
                unreachable!("the catalogue {name} is part of the program and is tested: {error}")
            });
            for section in Section::ALL {
                if let Some(Value::Object(entries)) = file.get(section.name()) {
                    texts.entry(section).or_default().extend(entries.clone());
                }
            }
        }
        Self {
            texts,
            numbers: Numbers::new(language, currency),
            labels: BTreeMap::new(),
        }
    }

    /// The same texts, where the company's own keys bear the company's own labels.
    #[must_use]
    pub fn with_labels(mut self, labels: BTreeMap<String, String>) -> Self {
        self.labels = labels;
        self
    }

    /// A text of the company's own: its label where one is given, else as it is.
    pub fn own<'t>(&'t self, text: &'t str) -> &'t str {
        self.labels.get(text).map_or(text, String::as_str)
    }

    pub fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// The text of a key with its holes filled.
    pub fn say(&self, section: Section, key: &str, params: &Params) -> String {
        match self.find(section, key) {
            Some(template) => self.fill(template, params),
            None => key.to_owned(),
        }
    }

    pub fn word(&self, section: Section, key: &str) -> String {
        self.say(section, key, &Params::new())
    }

    pub fn has(&self, section: Section, key: &str) -> bool {
        self.find(section, key).is_some() || self.entry(section, key).is_some()
    }

    /// Label and definition of a figure by its pattern; `parts` fill `{attribute}` and the like.
    pub fn figure(&self, pattern: &str, parts: &[(&str, &str)]) -> (String, String) {
        let params: Params = parts
            .iter()
            .map(|&(part, value)| (part.to_owned(), ParamValue::from(self.part_name(value))))
            .collect();
        let side = |name: &str| {
            self.entry(Section::Figures, pattern)
                .and_then(|entry| entry.get(name))
                .and_then(Value::as_str)
                .map_or_else(
                    || pattern.to_owned(),
                    |template| self.fill(template, &params),
                )
        };
        (side("label"), side("definition"))
    }

    /// A known attribute has a word of ours; the company's own keys are shown as they are.
    pub fn part_name(&self, value: &str) -> String {
        self.find(Section::Words, value)
            .map_or_else(|| self.own(value).to_owned(), str::to_owned)
    }

    fn entry(&self, section: Section, key: &str) -> Option<&Value> {
        self.texts.get(&section)?.get(key)
    }

    fn find(&self, section: Section, key: &str) -> Option<&str> {
        self.entry(section, key)?.as_str()
    }

    /// Fills `{name}`, `{name:unit}` and `{name?one:other}`; a hole without a value stays visible.
    fn fill(&self, template: &str, params: &Params) -> String {
        let mut text = String::with_capacity(template.len() + 16);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let Some((hole, tail)) = after.split_once('}') else {
                text.push('{');
                rest = after;
                continue;
            };
            if let Some(form) = form_of(hole, params) {
                text.push_str(form);
                rest = tail;
                continue;
            }
            let (name, unit) = hole.split_once(':').unwrap_or((hole, ""));
            match params.get(name) {
                Some(value) => text.push_str(&self.param(value, unit)),
                None => text.push_str(&format!("{{{hole}}}")),
            }
            rest = tail;
        }
        text.push_str(rest);
        text
    }

    fn param(&self, value: &ParamValue, unit: &str) -> String {
        match (value, unit) {
            (ParamValue::Number(number), unit) => match unit_named(unit) {
                Some(unit) => self.numbers.value(*number, unit),
                None if number.fract() == 0.0 => self.numbers.decimal(*number, 0),
                None => self.numbers.decimal(*number, 2),
            },
            (ParamValue::Text(text), "date") => text
                .parse()
                .map_or_else(|_| text.clone(), |date| self.numbers.date(date)),
            (ParamValue::Text(text), "word") => self.part_name(text),
            (ParamValue::Text(text), "words") => {
                let words: Vec<String> = text.split(", ").map(|one| self.part_name(one)).collect();
                words.join(", ")
            }
            (ParamValue::Text(text), _) => self.own(text).to_owned(),
        }
    }
}

/// `{n?one incident is:incidents are}`: which of two forms stands beside a number.
fn form_of<'t>(hole: &'t str, params: &Params) -> Option<&'t str> {
    let (name, forms) = hole.split_once('?')?;
    let (one, other) = forms.split_once(':')?;
    match params.get(name)? {
        ParamValue::Number(1.0) => Some(one),
        _ => Some(other),
    }
}

fn unit_named(name: &str) -> Option<Unit> {
    Some(match name {
        "money" => Unit::Money,
        "share" => Unit::Share,
        "share_points" => Unit::SharePoints,
        "count" => Unit::Count,
        "points" => Unit::Points,
        "minutes" => Unit::Minutes,
        "years" => Unit::Years,
        "ratio" => Unit::Ratio,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holes(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}').map(|(hole, _)| hole))
            // Which forms a number takes, and how many of them there are, is the language's own affair.
            .filter(|hole| !hole.contains('?'))
            .collect();
        found.sort_unstable();
        found
    }

    fn flat(prefix: &str, value: &Value, into: &mut BTreeMap<String, String>) {
        match value {
            Value::Object(entries) => {
                for (key, value) in entries {
                    flat(&format!("{prefix}/{key}"), value, into);
                }
            }
            other => {
                into.insert(
                    prefix.to_owned(),
                    other.as_str().unwrap_or_default().to_owned(),
                );
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_keys_and_the_same_holes() {
        for ((name, sv), (_, en)) in SV.iter().zip(EN) {
            let (mut left, mut right) = (BTreeMap::new(), BTreeMap::new());
            flat("", &serde_json::from_str(sv).expect(name), &mut left);
            flat("", &serde_json::from_str(en).expect(name), &mut right);
            let keys = |texts: &BTreeMap<String, String>| texts.keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(&left), keys(&right), "{name}");
            for (key, text) in &left {
                assert_eq!(holes(text), holes(&right[key]), "{name}{key}");
            }
        }
    }

    #[test]
    fn keys_listed_in_a_sentence_bear_the_companys_own_labels() {
        let labels = BTreeMap::from([("easy_to_reach".to_owned(), "Lätt att nå".to_owned())]);
        let catalogue = Catalogue::new(Language::Sv, "SEK").with_labels(labels);
        let params = Params::from([(
            "drivers".to_owned(),
            ParamValue::from("easy_to_reach, x_own".to_owned()),
        )]);
        let text = catalogue.fill("först {drivers:words}.", &params);
        assert_eq!(text, "först Lätt att nå, x_own.");
    }

    #[test]
    fn every_figure_has_a_label_and_a_definition() {
        for language in [Language::Sv, Language::En] {
            let catalogue = Catalogue::new(language, "SEK");
            for definition in odla_insight::figures() {
                let (label, text) = catalogue.figure(definition.pattern, &[]);
                assert_ne!(label, definition.pattern, "{language:?}");
                assert_ne!(text, definition.pattern, "{language:?}");
            }
        }
    }

    #[test]
    fn holes_are_filled_by_unit() {
        let catalogue = Catalogue::new(Language::En, "SEK");
        let params = Params::from([
            ("sum".to_owned(), ParamValue::from(1234.0)),
            ("part".to_owned(), ParamValue::from(0.5)),
            ("day".to_owned(), ParamValue::from("2026-06-30")),
        ]);
        let text = catalogue.fill("{sum:money}, {part:share}, {day:date}, {none}", &params);
        assert_eq!(
            text.replace('\u{a0}', " "),
            "SEK 1,234, 50.0 %, 30 June 2026, {none}"
        );
    }

    #[test]
    fn one_is_one_and_the_companys_keys_bear_its_labels() {
        let labels = BTreeMap::from([(
            "invoice_question".to_owned(),
            "Invoice questions".to_owned(),
        )]);
        let catalogue = Catalogue::new(Language::En, "SEK").with_labels(labels);
        let risk = |count: f64| {
            let params = Params::from([("count".to_owned(), count.into())]);
            catalogue.say(Section::Sentences, "risk.incidents", &params)
        };
        assert_eq!(risk(1.0), "1 incident is not resolved.");
        assert_eq!(risk(2.0), "2 incidents are not resolved.");
        assert_eq!(catalogue.own("invoice_question"), "Invoice questions");
        assert_eq!(catalogue.own("K0000001"), "K0000001");
        let params = Params::from([("reason".to_owned(), "invoice_question".into())]);
        assert_eq!(
            catalogue.fill("{reason} up", &params),
            "Invoice questions up"
        );
    }

    #[test]
    fn every_form_has_its_number_in_the_same_text() {
        for file in SV.iter().chain(EN) {
            let mut texts = BTreeMap::new();
            flat("", &serde_json::from_str(file.1).expect(file.0), &mut texts);
            for (key, text) in &texts {
                for hole in text
                    .split('{')
                    .skip(1)
                    .filter_map(|rest| rest.split_once('}'))
                {
                    if let Some((name, forms)) = hole.0.split_once('?') {
                        assert!(forms.contains(':'), "{key}: {forms}");
                        assert!(text.contains(&format!("{{{name}:count}}")), "{key}: {name}");
                    }
                }
            }
        }
    }
}
