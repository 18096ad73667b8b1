//! Which versions of the ledger exist, and how is one of them opened?

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use url::Url;

use crate::error::{LakeError, Result};
use crate::place::{Place, invalid};
use crate::record::{self, VersionRecord};
use crate::snapshot::Snapshot;

/// The company's facts, with everything that was known at every earlier import.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub(crate) place: Place,
}

/// Which version of the ledger is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    Latest,
    Version(u64),
    Import(String),
    /// The last version known at this moment.
    Moment(Timestamp),
}

impl Ledger {
    /// Opens the ledger at a local path or a URL. A place without one holds an empty ledger.
    pub fn open(address: &str) -> Result<Self> {
        Ok(Self {
            place: Place::new(address)?,
        })
    }

    /// Opens the ledger at `url` inside a store that the caller made.
    pub fn open_in(store: Arc<dyn ObjectStore>, url: Url) -> Result<Self> {
        Ok(Self {
            place: Place::in_store(store, url)?,
        })
    }

    /// Opens the ledger at an `s3://bucket/path` with the given credentials and endpoint.
    pub fn open_in_s3(address: &str, settings: AmazonS3Builder) -> Result<Self> {
        let url = Url::parse(address).map_err(|error| invalid(address, error))?;
        Ok(Self {
            place: crate::s3::place_with(url, settings)?,
        })
    }

    /// The folder of a local ledger.
    pub fn folder(&self) -> Option<PathBuf> {
        self.place.folder.clone()
    }

    /// The latest version; none before the first import.
    pub async fn version(&self) -> Result<Option<u64>> {
        Ok(record::versions(&self.place).await?.last().copied())
    }

    /// The records of all imports that changed something, oldest first.
    pub async fn history(&self) -> Result<Vec<VersionRecord>> {
        let mut records = Vec::new();
        for version in record::versions(&self.place).await? {
            records.push(record::read(&self.place, version).await?);
        }
        Ok(records)
    }

    /// The ledger as it was known then.
    pub async fn at(&self, at: &At) -> Result<Snapshot> {
        Snapshot::open(self.place.clone(), self.record_at(at).await?).await
    }

    async fn record_at(&self, at: &At) -> Result<Option<VersionRecord>> {
        match at {
            At::Latest => record::latest(&self.place).await,
            At::Version(version) => Ok(Some(record::read(&self.place, *version).await?)),
            At::Import(id) => {
                let records = self.history().await?;
                let found = records.into_iter().find(|record| &record.import_id == id);
                Ok(Some(found.ok_or_else(|| LakeError::VersionUnknown {
                    asked: id.clone(),
                })?))
            }
            At::Moment(moment) => {
                let mut records = self.history().await?;
                records
                    .retain(|record| record.at.parse::<Timestamp>().is_ok_and(|at| at <= *moment));
                Ok(records.pop())
            }
        }
    }
}

impl At {
    /// From what a person writes: a version number, a day or moment, or the id of an import.
    /// A day means its end, in UTC.
    pub fn parse(text: &str) -> Self {
        if let Ok(version) = text.parse() {
            return Self::Version(version);
        }
        if let Ok(moment) = text.parse() {
            return Self::Moment(moment);
        }
        let end = text.parse::<Date>().ok().and_then(|day| {
            day.tomorrow()
                .ok()?
                .to_zoned(jiff::tz::TimeZone::UTC)
                .ok()
                .map(|next| next.timestamp())
        });
        match end {
            Some(end) => Self::Moment(end - jiff::SignedDuration::from_nanos(1)),
            None => Self::Import(text.to_owned()),
        }
    }
}
