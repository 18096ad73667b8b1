//! How does an import that dies leave the ledger as it was?
//!
//! Before its first change an import leaves a note that it runs. Whoever finds the note later, and no record
//! of that import, puts every table back to what the latest record says.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use deltalake::DeltaTable;
use deltalake::kernel::Action;
use deltalake::protocol::DeltaOperation;
use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use crate::error::{LakeError, Result};
use crate::place::{Place, active_files};
use crate::record;
use crate::snapshot::all_tables;

/// Held while an import runs; a second one is refused.
pub struct Lock {
    file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A process that is just being started may still hold the same open file; closing it would not be enough.
        let _ = self.file.unlock();
    }
}

impl Lock {
    pub fn take(place: &Place) -> Result<Self> {
        let path = match &place.folder {
            Some(folder) => {
                std::fs::create_dir_all(folder.join("_odla"))?;
                folder.join("_odla").join("lock")
            }
            // A store has no locks; imports from the same machine are kept apart, and the record of a version
            // is only ever written once.
            None => {
                let name = xxhash_rust::xxh3::xxh3_64(place.root.as_str().as_bytes());
                std::env::temp_dir().join(format!("odla-{name:016x}.lock"))
            }
        };
        let file = File::create(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(LakeError::Busy {
                home: place.root.to_string(),
            }),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

/// A folder for rows that wait, gone with the import.
pub struct WaitingRoom {
    path: PathBuf,
}

impl WaitingRoom {
    pub fn open(place: &Place) -> Result<Self> {
        let path = match &place.folder {
            Some(folder) => folder.join("_odla").join("waiting"),
            None => std::env::temp_dir().join(format!("odla-waiting-{}", std::process::id())),
        };
        // What an import that died left here is of no use to anyone.
        if path.exists() {
            std::fs::remove_dir_all(&path)?;
        }
        std::fs::create_dir_all(&path)?;
        Ok(Self { path })
    }

    /// A room of its own for somebody who only looks, so that an import may run meanwhile.
    pub fn aside(place: &Place) -> Result<Self> {
        let folder = match &place.folder {
            Some(folder) => folder.join("_odla"),
            None => std::env::temp_dir(),
        };
        std::fs::create_dir_all(&folder)?;
        let path = tempfile::Builder::new()
            .prefix("look-")
            .tempdir_in(folder)?
            .keep();
        Ok(Self { path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for WaitingRoom {
    fn drop(&mut self) {
        // Nothing is lost if this fails: the next import clears the room.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

const NOTE: &str = "_odla/running";

/// Leaves the note that an import is about to change tables.
pub async fn begin(place: &Place, import_id: &str) -> Result<()> {
    place
        .store
        .put(
            &place.path(NOTE),
            PutPayload::from(import_id.as_bytes().to_vec()),
        )
        .await?;
    Ok(())
}

/// Takes the note away.
pub async fn end(place: &Place) -> Result<()> {
    match place.store.delete(&place.path(NOTE)).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Puts the tables back if an import died.
pub async fn recover(place: &Place) -> Result<()> {
    let dead = match place.store.get(&place.path(NOTE)).await {
        Ok(note) => String::from_utf8_lossy(&note.bytes().await?).into_owned(),
        Err(object_store::Error::NotFound { .. }) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let record = record::latest(place).await?;
    if record
        .as_ref()
        .is_some_and(|record| record.import_id == dead)
    {
        return end(place).await;
    }
    for table in all_tables() {
        let Some(now) = place.open(table.name, None).await? else {
            continue;
        };
        let version = record
            .as_ref()
            .and_then(|record| record.tables.get(table.name));
        let then = match version {
            Some(version) => place.open(table.name, Some(*version)).await?,
            None => None,
        };
        put_back(place, &now, then.as_ref()).await?;
        remove_files(place, table.name, &dead).await?;
    }
    end(place).await
}

/// Gives a table the files it had then, as a new version whose number is returned; none when it has them already.
pub async fn put_back(
    place: &Place,
    now: &DeltaTable,
    then: Option<&DeltaTable>,
) -> Result<Option<u64>> {
    let present = active_files(now)?;
    let wanted = then.map(active_files).transpose()?.unwrap_or_default();
    let mut actions = Vec::new();
    for (path, file) in &present {
        if !wanted.contains_key(path) {
            actions.push(Action::Remove(file.remove.clone()));
        }
    }
    for (path, file) in wanted {
        if !present.contains_key(&path) {
            actions.push(Action::Add(file.add(&path)));
        }
    }
    if actions.is_empty() {
        return Ok(None);
    }
    let version = then.and_then(DeltaTable::version);
    let made = place
        .commit(
            now,
            actions,
            DeltaOperation::Restore {
                version,
                datetime: None,
            },
        )
        .await?;
    Ok(Some(made))
}

async fn remove_files(place: &Place, table: &str, import_id: &str) -> Result<()> {
    let listed: Vec<_> = place
        .store
        .list(Some(&place.path(table)))
        .try_collect()
        .await?;
    let start = format!("part-{import_id}-");
    for meta in listed {
        if meta
            .location
            .filename()
            .is_some_and(|name| name.starts_with(&start))
        {
            place.store.delete(&meta.location).await?;
        }
    }
    Ok(())
}
