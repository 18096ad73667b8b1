//! What is a version of the ledger? A vector of table versions, written last and at once.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use serde::{Deserialize, Serialize};

use crate::error::{LakeError, Result};
use crate::place::Place;

/// The record of one import: once it is there the import has happened, and until then it has not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRecord {
    pub version: u64,
    pub import_id: String,
    /// When, in UTC.
    pub at: String,
    pub files: Vec<FileRecord>,
    /// The version of every table that has ever held a row.
    pub tables: BTreeMap<String, u64>,
    pub counts: BTreeMap<String, Counts>,
    /// Whether a table of customers has been delivered; until then customers are made from the ids met.
    pub customers_delivered: bool,
    /// The version that this one takes back; none for an import and for an erasure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u64>,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    pub name: String,
    pub bytes: u64,
    /// xxh3-128 of the bytes as they lay on disk.
    pub hash: String,
}

/// What became of the rows bound for one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub read: u64,
    pub added: u64,
    pub replaced: u64,
    pub unchanged: u64,
    pub rejected: u64,
    /// Rows that the mapping leaves out on purpose.
    #[serde(default)]
    pub left_out: u64,
    /// Earlier rejects that this import mended.
    #[serde(default)]
    pub healed: u64,
}

/// The records of all versions, oldest first.
pub(crate) async fn versions(place: &Place) -> Result<Vec<u64>> {
    let listed: Vec<_> = place
        .store
        .list(Some(&place.path(FOLDER)))
        .try_collect()
        .await?;
    let mut versions: Vec<u64> = listed
        .iter()
        .filter_map(|meta| number(&meta.location))
        .collect();
    versions.sort_unstable();
    Ok(versions)
}

pub(crate) async fn read(place: &Place, version: u64) -> Result<VersionRecord> {
    let found = place.store.get(&location(place, version)).await;
    let bytes = match found {
        Ok(found) => found.bytes().await?,
        Err(object_store::Error::NotFound { .. }) => {
            return Err(LakeError::VersionUnknown {
                asked: version.to_string(),
            });
        }
        Err(error) => return Err(error.into()),
    };
    serde_json::from_slice(&bytes).map_err(LakeError::storage)
}

pub(crate) async fn latest(place: &Place) -> Result<Option<VersionRecord>> {
    match versions(place).await?.last() {
        Some(version) => Ok(Some(read(place, *version).await?)),
        None => Ok(None),
    }
}

/// Keeps the record, unless that version is already there.
pub(crate) async fn write(place: &Place, record: &VersionRecord) -> Result<()> {
    let bytes = serde_json::to_vec_pretty(record).map_err(LakeError::storage)?;
    let options = PutOptions::from(PutMode::Create);
    let put = place
        .store
        .put_opts(
            &location(place, record.version),
            PutPayload::from(bytes),
            options,
        )
        .await;
    match put {
        Ok(_) => Ok(()),
        Err(object_store::Error::AlreadyExists { .. }) => Err(LakeError::Busy {
            home: place.root.to_string(),
        }),
        Err(error) => Err(error.into()),
    }
}

/// Takes the record away: that version can no longer be read.
pub(crate) async fn remove(place: &Place, version: u64) -> Result<()> {
    Ok(place.store.delete(&location(place, version)).await?)
}

const FOLDER: &str = "_odla/versions";

fn location(place: &Place, version: u64) -> Path {
    place.path(&format!("{FOLDER}/{version:010}.json"))
}

fn number(path: &Path) -> Option<u64> {
    path.filename()?.strip_suffix(".json")?.parse().ok()
}
