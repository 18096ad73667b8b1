//! Which files have been handed in, by whom, and what became of them? The files themselves lie elsewhere.

use crate::act::Act;
use crate::engine::Store;
use crate::rows::{from_json, instant, known, micros, new_id, plain, read, to_json};
use crate::{StoreError, Stored};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

/// Files handed in together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Upload {
    pub id: Uuid,
    pub owner_id: Uuid,
    pub files: Vec<UploadFile>,
    pub state: UploadState,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadFile {
    pub name: String,
    pub size: u64,
    /// The table that the file seems to hold.
    pub table_guess: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadState {
    /// Waits for a mapping and for somebody to import it.
    Waiting,
    /// An import has taken it.
    Imported,
    /// Given up; the files may be removed.
    Dropped,
}

impl UploadState {
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Imported, Self::Dropped];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Imported => "imported",
            Self::Dropped => "dropped",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

#[derive(FromRow)]
struct UploadRow {
    id: Uuid,
    owner_id: Uuid,
    files: String,
    state: String,
    created_at: i64,
    changed_at: i64,
}

const ADD: &str = "INSERT INTO uploads (id, owner_id, files, state, created_at, changed_at) \
     VALUES ($1, $2, $3, 'waiting', $4, $4)";

const FIND: &str =
    "SELECT id, owner_id, files, state, created_at, changed_at FROM uploads WHERE id = $1";

const MOVE: &str = "UPDATE uploads SET state = $2, changed_at = $3 WHERE id = $1 AND state = 'waiting' \
     RETURNING id, owner_id, files, state, created_at, changed_at";

const OLD: &str = "SELECT id, owner_id, files, state, created_at, changed_at FROM uploads \
     WHERE state = $1 AND created_at < $2 ORDER BY created_at, id LIMIT 1000";

impl Store {
    /// # Errors
    /// [`StoreError::NotAPerson`] when nobody handed them in.
    pub async fn add_upload(&self, act: &Act, files: &[UploadFile]) -> Stored<Upload> {
        let owner = act.by.person().ok_or(StoreError::NotAPerson)?;
        let upload = Upload {
            id: new_id(act.at),
            owner_id: owner,
            files: files.to_vec(),
            state: UploadState::Waiting,
            created_at: act.at,
            changed_at: act.at,
        };
        for file in files {
            plain(&file.name)?;
        }
        let mut tx = self.write().await?;
        tx_do!(
            tx,
            ADD,
            upload.id,
            owner,
            to_json(&upload.files)?,
            act.micros()
        )?;
        // Names of files may name customers: the log counts them.
        tx.note(
            act,
            "upload.added",
            &upload.id.to_string(),
            &json!({"files": files.len()}),
        )
        .await?;
        tx.commit().await?;
        Ok(upload)
    }

    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn upload(&self, id: Uuid) -> Stored<Upload> {
        let row = read_one!(self, UploadRow, FIND, id)?;
        row.ok_or(StoreError::NotFound { what: "upload" })?
            .try_into()
    }

    /// Takes a waiting upload to its end; of two who come at once, one is refused.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when no such upload waits.
    pub async fn settle_upload(&self, act: &Act, id: Uuid, to: UploadState) -> Stored<Upload> {
        let mut tx = self.write().await?;
        let row = tx_one!(tx, UploadRow, MOVE, id, to.word(), act.micros())?;
        let row = row.ok_or(StoreError::NotFound { what: "upload" })?;
        let details = json!({"state": to.word()});
        tx.note(act, "upload.settled", &id.to_string(), &details)
            .await?;
        tx.commit().await?;
        row.try_into()
    }

    /// The oldest thousand uploads in the state that were made before: whose files may be cleared away.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn uploads_before(&self, at: Timestamp, state: UploadState) -> Stored<Vec<Upload>> {
        read(read_all!(self, UploadRow, OLD, state.word(), micros(at))?)
    }
}

impl TryFrom<UploadRow> for Upload {
    type Error = StoreError;

    fn try_from(row: UploadRow) -> Stored<Self> {
        Ok(Self {
            id: row.id,
            owner_id: row.owner_id,
            files: from_json("upload", &row.files)?,
            state: known("upload", UploadState::from_word(&row.state))?,
            created_at: instant(row.created_at)?,
            changed_at: instant(row.changed_at)?,
        })
    }
}
