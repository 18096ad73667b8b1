//! How does the company, or one person, want it?

use crate::act::Act;
use crate::engine::{Store, Tx};
use crate::rows::{from_json, plain, to_json};
use crate::{StoreError, Stored};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Whose setting it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Company,
    Person(Uuid),
}

/// A value with the version to give back when it is changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Setting {
    pub value: Value,
    pub version: i64,
}

const PUT: &str = "INSERT INTO settings (scope, name, value, version, changed_at) VALUES ($1, $2, $3, 1, $4) \
     ON CONFLICT (scope, name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at, \
     version = settings.version + 1";

impl Store {
    /// All settings of the scope by name.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn settings(&self, scope: Scope) -> Stored<BTreeMap<String, Setting>> {
        let sql = "SELECT name, value, version FROM settings WHERE scope = $1";
        let rows = read_all!(self, (String, String, i64), sql, scope.word())?;
        rows.into_iter()
            .map(|(name, value, version)| {
                let value = from_json("setting", &value)?;
                Ok((name, Setting { value, version }))
            })
            .collect()
    }

    /// Puts several settings at once, all or none. Each comes with the version that was seen, 0 for a new one;
    /// `None` overwrites whatever is there.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else was first with one of them.
    pub async fn put_settings(
        &self,
        act: &Act,
        scope: Scope,
        values: &BTreeMap<String, (Value, Option<i64>)>,
    ) -> Stored<()> {
        let mut tx = self.write().await?;
        tx.turn("people").await?;
        for (name, (value, seen)) in values {
            tx.check_setting(scope, name, *seen).await?;
            tx_do!(
                tx,
                PUT,
                scope.word(),
                plain(name)?,
                to_json(value)?,
                act.micros()
            )?;
        }
        let names: Vec<&String> = values.keys().collect();
        tx.note(
            act,
            "settings.changed",
            &scope.word(),
            &json!({"names": names}),
        )
        .await?;
        tx.commit().await
    }
}

impl Tx {
    async fn check_setting(&mut self, scope: Scope, name: &str, seen: Option<i64>) -> Stored<()> {
        let Some(seen) = seen else { return Ok(()) };
        let sql = "SELECT version FROM settings WHERE scope = $1 AND name = $2";
        let found = tx_one!(*self, (i64,), sql, scope.word(), name)?;
        let version = found.map_or(0, |(version,)| version);
        if version == seen {
            return Ok(());
        }
        Err(StoreError::Conflict {
            what: "setting",
            version,
        })
    }
}

impl Scope {
    fn word(self) -> String {
        match self {
            Self::Company => "company".to_owned(),
            Self::Person(id) => id.to_string(),
        }
    }
}
