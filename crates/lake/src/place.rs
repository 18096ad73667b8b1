//! Where does a ledger lie, and how is one of its tables opened, created and changed there?

use std::collections::BTreeMap;
use std::path::{Path as LocalPath, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use deltalake::kernel::engine::arrow_conversion::{TryIntoArrow, TryIntoKernel};
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, Add, MetadataExt, Remove, StructType};
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableBuilder, TableProperty};
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use url::Url;

use crate::error::{LakeError, Result};

/// A folder, on disk or in an object store, that holds one ledger.
#[derive(Clone, Debug)]
pub struct Place {
    pub(crate) store: Arc<dyn ObjectStore>,
    /// Ends with a slash.
    pub(crate) root: Url,
    pub(crate) prefix: Path,
    /// The folder itself when it is a local one.
    pub(crate) folder: Option<PathBuf>,
}

impl Place {
    /// From a local path or a URL.
    pub fn new(address: &str) -> Result<Self> {
        match Url::parse(address) {
            // A Windows drive letter is not a scheme, and a one-letter scheme does not exist.
            Ok(url) if url.scheme().len() > 1 => match url.to_file_path() {
                Ok(folder) if url.scheme() == "file" => Self::local(&folder),
                _ => Self::remote(url),
            },
            _ => Self::local(LocalPath::new(address)),
        }
    }

    /// In a store made by the caller; `url` is where its `prefix` begins.
    pub fn in_store(store: Arc<dyn ObjectStore>, url: Url) -> Result<Self> {
        let root = with_slash(url);
        let prefix =
            Path::from_url_path(root.path()).map_err(|error| invalid(root.as_str(), error))?;
        Ok(Self {
            store,
            root,
            prefix,
            folder: None,
        })
    }

    fn local(folder: &LocalPath) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let url = Url::from_directory_path(&folder)
            .map_err(|()| invalid(&folder.display().to_string(), "not an absolute path"))?;
        let mut place = Self::in_store(Arc::new(LocalFileSystem::new()), url)?;
        place.folder = Some(folder);
        Ok(place)
    }

    fn remote(url: Url) -> Result<Self> {
        crate::s3::place(url)
    }

    pub(crate) fn path(&self, relative: &str) -> Path {
        let mut path = self.prefix.clone();
        for part in relative.split('/') {
            path = path.join(part);
        }
        path
    }

    pub(crate) fn table_url(&self, table: &str) -> Url {
        self.root
            .join(&format!("{table}/"))
            .expect("table names are plain words")
    }

    /// The table at a version, or at its latest; none when it has never been made.
    pub(crate) async fn open(
        &self,
        table: &str,
        version: Option<u64>,
    ) -> Result<Option<DeltaTable>> {
        let url = self.table_url(table);
        let mut delta = DeltaTableBuilder::from_url(url.clone())?
            .with_storage_backend(self.store.clone(), url)
            .build()?;
        if !delta.verify_deltatable_existence().await? {
            return Ok(None);
        }
        match version {
            Some(version) => delta.load_version(version).await?,
            None => delta.load().await?,
        }
        Ok(Some(delta))
    }

    /// The table at its latest version, made when it is not there, widened when the schema has grown.
    pub(crate) async fn open_for_writing(
        &self,
        table: &str,
        schema: &Schema,
    ) -> Result<DeltaTable> {
        let delta = match self.open(table, None).await? {
            Some(delta) => delta,
            None => self.create(table, schema).await?,
        };
        let have = arrow_schema(&delta)?;
        let missing: Vec<_> = schema
            .fields()
            .iter()
            .filter(|field| have.field_with_name(field.name()).is_err())
            .collect();
        if missing.is_empty() {
            return Ok(delta);
        }
        let wide = Schema::new(
            have.fields()
                .iter()
                .chain(missing)
                .cloned()
                .collect::<Vec<_>>(),
        );
        let metadata = delta.snapshot()?.metadata().clone();
        let metadata = metadata
            .with_schema(&kernel_schema(&wide)?)
            .map_err(LakeError::storage)?;
        let fields = kernel_schema(&wide)?.fields().cloned().collect();
        self.commit(
            &delta,
            vec![Action::Metadata(metadata)],
            DeltaOperation::AddColumn { fields },
        )
        .await?;
        self.open(table, None)
            .await?
            .ok_or_else(|| LakeError::Storage {
                reason: format!("table {table} is gone"),
            })
    }

    /// Adds one version to the table and tells its number.
    pub(crate) async fn commit(
        &self,
        delta: &DeltaTable,
        actions: Vec<Action>,
        operation: DeltaOperation,
    ) -> Result<u64> {
        let commit = CommitBuilder::from(CommitProperties::default())
            .with_actions(actions)
            .build(Some(delta.snapshot()?), delta.log_store(), operation)
            .await?;
        Ok(commit.version())
    }

    async fn create(&self, table: &str, schema: &Schema) -> Result<DeltaTable> {
        let url = self.table_url(table);
        let unmade = DeltaTableBuilder::from_url(url.clone())?
            .with_storage_backend(self.store.clone(), url)
            .build()?;
        let delta = unmade
            .create()
            .with_table_name(table)
            .with_save_mode(SaveMode::ErrorIfExists)
            .with_columns(kernel_schema(schema)?.fields().cloned())
            // What was known at an earlier import must stay readable, so nothing expires by itself.
            .with_configuration_property(TableProperty::LogRetentionDuration, Some(FOREVER))
            .with_configuration_property(TableProperty::DeletedFileRetentionDuration, Some(FOREVER))
            .with_configuration_property(TableProperty::EnableExpiredLogCleanup, Some("false"))
            .await?;
        Ok(delta)
    }
}

const FOREVER: &str = "interval 36500 days";

/// The active files of a table: path below the table, and rows.
pub(crate) fn active_files(delta: &DeltaTable) -> Result<BTreeMap<String, ActiveFile>> {
    let mut files = BTreeMap::new();
    for view in delta.snapshot()?.log_data().iter() {
        let rows = view.num_records().unwrap_or(0) as u64;
        let remove = view.remove_action(true);
        let file = ActiveFile { rows, remove };
        files.insert(view.object_store_path().to_string(), file);
    }
    Ok(files)
}

pub(crate) struct ActiveFile {
    pub rows: u64,
    pub remove: Remove,
}

impl ActiveFile {
    /// The file made part of the table, again or for the first time.
    ///
    /// It tells the number of rows only: least and greatest values would keep names in the log of the table
    /// after a person is erased.
    pub fn add(&self, path: &str) -> Add {
        Add {
            path: path.to_owned(),
            size: self.remove.size.unwrap_or(0),
            data_change: true,
            stats: Some(format!("{{\"numRecords\":{}}}", self.rows)),
            ..Add::default()
        }
    }
}

pub(crate) fn arrow_schema(delta: &DeltaTable) -> Result<SchemaRef> {
    let schema: Schema = delta.snapshot()?.schema().as_ref().try_into_arrow()?;
    Ok(Arc::new(schema))
}

fn kernel_schema(schema: &Schema) -> Result<StructType> {
    Ok(schema.try_into_kernel()?)
}

fn with_slash(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    url
}

pub(crate) fn invalid(address: &str, reason: impl ToString) -> LakeError {
    LakeError::AddressInvalid {
        address: address.to_owned(),
        reason: reason.to_string(),
    }
}
