//! What may a company set, and what is the default?

use crate::AppError;
use crate::text::Language;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The commented defaults that a new home starts with; parsed by a test, so that it cannot drift.
pub const DEFAULT_FILE: &str = include_str!("../config.default.toml");

/// The settings of one home, `odla.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub company: String,
    /// ISO 4217, for example `SEK`.
    pub currency: String,
    /// IANA name; instants without an offset are read in it.
    pub time_zone: String,
    /// A folder (relative to the home) or a URL.
    pub ledger: String,
    pub analysis: AnalysisSettings,
    #[serde(default)]
    pub server: ServerSettings,
    /// What the company's own keys are called on pages and in papers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, Label>,
}

/// One label for all readers, or one for each language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Label {
    Same(String),
    Each { sv: String, en: String },
}

/// How the web application is reached and what it takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// The address that people write, for example `https://odla.example.se`; needed behind a proxy and for sign-in
    /// at a provider. With `https` cookies are sent over TLS only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Whether a proxy in front tells the address of whoever asks (`X-Forwarded-For`).
    pub behind_proxy: bool,
    /// The largest upload, in mebibytes.
    pub upload_mebibytes: u64,
    /// The most files in one upload.
    pub upload_files: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc: Option<OidcSettings>,
}

/// Sign-in at the company's own provider (OpenID Connect).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcSettings {
    /// Where the provider describes itself, without `/.well-known/...`.
    pub issuer: String,
    pub client_id: String,
    /// The name of the environment variable that holds the secret: no secret stands in a settings file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_variable: Option<String>,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            public_url: None,
            behind_proxy: false,
            upload_mebibytes: 2_048,
            upload_files: 50,
            oidc: None,
        }
    }
}

impl ServerSettings {
    /// Whether people come over TLS.
    pub fn is_secure(&self) -> bool {
        self.public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://"))
    }
}

/// What the analyses assume; kept whole in every run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalysisSettings {
    /// Share per year, 0..1: money in t years counts by (1 + rate)^-t.
    pub discount_rate: f64,
    /// How far ahead value is counted, in months.
    pub horizon_months: u32,
    /// Level of all intervals, 0..1.
    pub level: f64,
    /// Contribution as a share of net sales where no goods cost is known; leave out to say "cannot tell".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumed_margin_share: Option<f64>,
}

impl Settings {
    /// The labels in one language.
    pub fn labels(&self, language: Language) -> BTreeMap<String, String> {
        let in_language = |label: &Label| match (label, language) {
            (Label::Same(text), _) => text.clone(),
            (Label::Each { sv, .. }, Language::Sv) => sv.clone(),
            (Label::Each { en, .. }, Language::En) => en.clone(),
        };
        (self.labels.iter())
            .map(|(key, label)| (key.clone(), in_language(label)))
            .collect()
    }

    pub fn read(file: &Path) -> Result<Self, AppError> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => DEFAULT_FILE.to_owned(),
            Err(source) => return Err(AppError::file(file, source)),
        };
        let settings: Self = toml::from_str(&text).map_err(|error| AppError::Settings {
            file: file.display().to_string(),
            detail: error.to_string(),
        })?;
        settings.check(file)?;
        Ok(settings)
    }

    fn check(&self, file: &Path) -> Result<(), AppError> {
        let analysis = &self.analysis;
        let wrong = [
            (
                self.currency.len() != 3,
                "currency: three letters, for example SEK",
            ),
            (
                !(0.0..1.0).contains(&analysis.discount_rate),
                "analysis.discount_rate: from 0 up to 1",
            ),
            (
                !(1..=600).contains(&analysis.horizon_months),
                "analysis.horizon_months: 1 to 600",
            ),
            (
                !(0.5..1.0).contains(&analysis.level),
                "analysis.level: from 0.5 up to 1",
            ),
            (
                analysis
                    .assumed_margin_share
                    .is_some_and(|share| !(0.0..=1.0).contains(&share)),
                "analysis.assumed_margin_share: 0 to 1",
            ),
            (
                self.server
                    .public_url
                    .as_deref()
                    .is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")),
                "server.public_url: begins with https:// or http://",
            ),
            (
                self.server.upload_mebibytes == 0 || self.server.upload_files == 0,
                "server.upload_mebibytes and server.upload_files: at least 1",
            ),
            (
                jiff::tz::TimeZone::get(&self.time_zone).is_err(),
                "time_zone: an IANA name, for example Europe/Stockholm",
            ),
        ];
        match wrong.iter().find(|(wrong, _)| *wrong) {
            None => Ok(()),
            Some((_, allowed)) => Err(AppError::Settings {
                file: file.display().to_string(),
                detail: (*allowed).to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_is_valid() {
        let settings: Settings = toml::from_str(DEFAULT_FILE).expect("the default file parses");
        settings
            .check(Path::new("config.default.toml"))
            .expect("the defaults are allowed");
    }

    #[test]
    fn a_wrong_value_names_the_key_and_what_is_allowed() {
        let mut settings: Settings = toml::from_str(DEFAULT_FILE).expect("the default file parses");
        settings.analysis.discount_rate = 7.0;
        let error = settings
            .check(Path::new("odla.toml"))
            .expect_err("7 is no share");
        assert!(error.to_string().contains("discount_rate"), "{error}");
    }
}
