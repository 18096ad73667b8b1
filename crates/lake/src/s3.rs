//! How is a ledger kept in S3-compatible storage?
//!
//! Versions are written with conditional puts ("only when it is not there"), which S3 has had since 2024 and which
//! keep two writers apart without a lock table.

use std::sync::Arc;

use deltalake::logstore::{
    LogStore, LogStoreFactory, StorageConfig, default_logstore, logstore_factories,
};
use deltalake::{DeltaResult, ObjectStore};
use object_store::aws::{AmazonS3Builder, S3ConditionalPut};
use url::Url;

use crate::error::{LakeError, Result};
use crate::place::{Place, invalid};

/// Credentials and endpoint from the usual `AWS_...` settings of the environment.
pub(crate) fn place(url: Url) -> Result<Place> {
    place_with(url, AmazonS3Builder::from_env())
}

/// Credentials and endpoint as the caller says.
pub(crate) fn place_with(url: Url, settings: AmazonS3Builder) -> Result<Place> {
    if url.scheme() != "s3" {
        return Err(invalid(
            url.as_str(),
            "only local folders, file:// and s3:// are known",
        ));
    }
    let scheme = Url::parse("s3://").map_err(LakeError::storage)?;
    logstore_factories().insert(scheme, Arc::new(PlainLogStore));
    let store = settings
        .with_url(url.as_str())
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .build()?;
    Place::in_store(Arc::new(store), url)
}

/// The log kept by conditional puts alone.
#[derive(Debug)]
struct PlainLogStore;

impl LogStoreFactory for PlainLogStore {
    fn with_options(
        &self,
        prefixed: Arc<dyn ObjectStore>,
        root: Arc<dyn ObjectStore>,
        location: &Url,
        options: &StorageConfig,
    ) -> DeltaResult<Arc<dyn LogStore>> {
        Ok(default_logstore(prefixed, root, location, options))
    }
}
