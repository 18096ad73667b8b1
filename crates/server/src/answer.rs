//! In which language and form is a request answered?

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use odla_app::text::{Catalogue, Language};
use odla_app::Home;
use serde::Deserialize;

/// What any address may carry.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    pub lang: Option<String>,
    pub run: Option<String>,
    pub limit: Option<u32>,
}

impl Asked {
    /// `?lang=` before the browser's wish before Swedish.
    pub fn language(&self, headers: &HeaderMap) -> Language {
        if let Some(language) = self.lang.as_deref().and_then(|word| word.parse().ok()) {
            return language;
        }
        let wish = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Language::from_locale(wish)
    }

    pub fn catalogue(&self, headers: &HeaderMap, home: &Home) -> Catalogue {
        Catalogue::new(self.language(headers), &home.settings.currency)
    }
}
