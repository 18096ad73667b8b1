//! What has the company set, and how does an administrator change it?

use crate::access::Caller;
use crate::auth::invalid;
use crate::settings_text::{quoted, with};
use crate::{AppError, Denied, Office, Settings};
use odla_domain::Permission;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// What is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct SettingsChange {
    pub company: Option<String>,
    pub time_zone: Option<String>,
    pub discount_rate: Option<f64>,
    pub horizon_months: Option<u32>,
    pub level: Option<f64>,
    /// The inner `None` takes the assumption back.
    pub assumed_margin_share: Option<Option<f64>>,
}

/// The settings with the number to give back when they are changed.
pub struct Versioned {
    pub settings: Settings,
    pub version: i64,
}

impl Office {
    /// The settings as they stand in the file.
    pub fn settings(&self, caller: &Caller) -> Result<Versioned, AppError> {
        caller.allow(Permission::Administer)?;
        let (text, settings) = self.settings_file()?;
        Ok(Versioned {
            settings,
            version: version_of(&text),
        })
    }

    /// Writes the change into the settings file, where the terminal reads it too; comments stay.
    ///
    /// # Errors
    /// When the file has changed since, or a value is not allowed; then nothing has happened.
    pub async fn change_settings(
        &self,
        caller: &Caller,
        change: &SettingsChange,
        version: i64,
        request: &str,
    ) -> Result<Versioned, AppError> {
        caller.allow(Permission::Administer)?;
        let (text, _) = self.settings_file()?;
        if version_of(&text) != version {
            return Err(Denied::Changed.into());
        }
        let (text, names) = changed(text, change);
        let file = self.settings_path();
        let draft = file.with_extension("toml.draft");
        std::fs::write(&draft, &text).map_err(|source| AppError::file(&draft, source))?;
        let settings = match Settings::read(&draft) {
            Ok(settings) => settings,
            Err(AppError::Settings { detail, .. }) => {
                return Err(invalid("settings", &detail).into());
            }
            Err(error) => return Err(error),
        };
        std::fs::rename(&draft, &file).map_err(|source| AppError::file(&file, source))?;
        self.take_settings(settings.clone());
        let act = caller.act(request);
        let details = json!({"names": names});
        self.store
            .note(&act, "settings.changed", "company", &details)
            .await?;
        Ok(Versioned {
            settings,
            version: version_of(&text),
        })
    }

    fn settings_path(&self) -> PathBuf {
        self.home().folder().join("odla.toml")
    }

    fn settings_file(&self) -> Result<(String, Settings), AppError> {
        let file = self.settings_path();
        let text =
            std::fs::read_to_string(&file).map_err(|source| AppError::file(&file, source))?;
        Ok((text, Settings::read(&file)?))
    }
}

fn changed(mut text: String, change: &SettingsChange) -> (String, Vec<&'static str>) {
    let mut names = Vec::new();
    let mut put = |section: &str, name: &'static str, value: Option<Option<String>>| {
        if let Some(value) = value {
            text = with(&text, section, name, value.as_deref());
            names.push(name);
        }
    };
    let words = |value: &Option<String>| value.as_ref().map(|text| Some(quoted(text.trim())));
    let number = |value: Option<f64>| value.map(|value| Some(format!("{value:?}")));
    put("", "company", words(&change.company));
    put("", "time_zone", words(&change.time_zone));
    put("analysis", "discount_rate", number(change.discount_rate));
    let months = change.horizon_months.map(|months| Some(months.to_string()));
    put("analysis", "horizon_months", months);
    put("analysis", "level", number(change.level));
    let margin = change.assumed_margin_share;
    let margin = margin.map(|share| share.map(|share| format!("{share:?}")));
    put("analysis", "assumed_margin_share", margin);
    (text, names)
}

/// A number that fits in JSON and changes with every letter of the file.
fn version_of(text: &str) -> i64 {
    let digest = Sha256::digest(text.as_bytes());
    let mut first = [0_u8; 8];
    first.copy_from_slice(&digest[..8]);
    (u64::from_be_bytes(first) >> 12) as i64
}
