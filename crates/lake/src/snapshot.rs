//! What did the ledger hold at one version, and how are its tables put into a session?

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use datafusion::datasource::TableProvider;
use datafusion::datasource::empty::EmptyTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::prelude::SessionContext;
use odla_domain::tables::{REJECTS, TABLES, Table};
use url::Url;

use crate::error::{LakeError, Result};
use crate::place::{Place, active_files, arrow_schema};
use crate::record::VersionRecord;
use crate::schema::{extras_in, schema_of};
use crate::session::{SessionSettings, session};

/// One version of the ledger, pinned: it reads the same whatever is imported afterwards.
#[derive(Clone, Debug)]
pub struct Snapshot {
    place: Place,
    record: Option<VersionRecord>,
    tables: BTreeMap<&'static str, PinnedTable>,
}

/// A table as it lay at the pinned version.
#[derive(Clone, Debug)]
pub struct PinnedTable {
    pub schema: SchemaRef,
    pub rows: u64,
    pub(crate) files: Vec<Url>,
}

impl Snapshot {
    pub(crate) async fn open(place: Place, record: Option<VersionRecord>) -> Result<Self> {
        let mut tables = BTreeMap::new();
        for table in all_tables() {
            let version = record
                .as_ref()
                .and_then(|record| record.tables.get(table.name));
            let pinned = match version {
                Some(version) => pin(&place, table, *version).await?,
                None => PinnedTable {
                    schema: schema_of(table, &[]),
                    rows: 0,
                    files: Vec::new(),
                },
            };
            tables.insert(table.name, pinned);
        }
        Ok(Self {
            place,
            record,
            tables,
        })
    }

    /// The number of the version; zero for a ledger that nothing has been imported into.
    pub fn version(&self) -> u64 {
        self.record.as_ref().map_or(0, |record| record.version)
    }

    /// The import that made the version.
    pub fn record(&self) -> Option<&VersionRecord> {
        self.record.as_ref()
    }

    pub fn table(&self, name: &str) -> Option<&PinnedTable> {
        self.tables.get(name)
    }

    /// The number of rows; zero for a table that does not exist.
    pub fn rows(&self, table: &str) -> u64 {
        self.tables.get(table).map_or(0, |table| table.rows)
    }

    /// A session with every table of the ledger, the empty ones too.
    pub async fn session(&self) -> Result<SessionContext> {
        self.session_with(&SessionSettings::standard()).await
    }

    pub async fn session_with(&self, settings: &SessionSettings) -> Result<SessionContext> {
        let ctx = session(settings)?;
        self.register(&ctx)?;
        Ok(ctx)
    }

    /// Puts every table of the ledger into a session that the caller made.
    pub fn register(&self, ctx: &SessionContext) -> Result<()> {
        self.register_store(ctx);
        for (name, table) in &self.tables {
            ctx.register_table(*name, provider(table)?)?;
        }
        Ok(())
    }

    /// Lets a session read the files of the ledger.
    pub(crate) fn register_store(&self, ctx: &SessionContext) {
        ctx.register_object_store(&self.place.root, self.place.store.clone());
    }
}

pub(crate) fn all_tables() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().chain([&REJECTS])
}

async fn pin(place: &Place, table: &Table, version: u64) -> Result<PinnedTable> {
    let delta = place
        .open(table.name, Some(version))
        .await?
        .ok_or_else(|| LakeError::Storage {
            reason: format!("table {} of version {version} is gone", table.name),
        })?;
    let url = place.table_url(table.name);
    let active = active_files(&delta)?;
    let files = active
        .keys()
        .map(|path| url.join(path).map_err(LakeError::storage))
        .collect::<Result<Vec<_>>>()?;
    let rows = active.values().map(|file| file.rows).sum();
    Ok(PinnedTable {
        schema: schema_today(table, arrow_schema(&delta)?.as_ref()),
        rows,
        files,
    })
}

/// Today's columns and the table's own extra ones: a column that came after the files were written is empty in them.
fn schema_today(table: &Table, written: &Schema) -> SchemaRef {
    schema_of(table, &extras_in(written))
}

/// A listing of the pinned version's own files: unlike Delta's table provider it can be sent to other machines.
pub(crate) fn provider(table: &PinnedTable) -> Result<Arc<dyn TableProvider>> {
    if table.files.is_empty() {
        return Ok(Arc::new(EmptyTable::new(table.schema.clone())));
    }
    let urls = table
        .files
        .iter()
        .map(ListingTableUrl::parse)
        .collect::<Result<Vec<_>, _>>()?;
    let options =
        ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(options)
        .with_schema(table.schema.clone());
    Ok(Arc::new(ListingTable::try_new(config)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::columns::Answer;
    use crate::query;
    use arrow::array::{ArrayRef, RecordBatch, StringArray};
    use parquet::arrow::ArrowWriter;

    /// A file as it was written before the table had all its columns, one of them an extra of the company.
    #[tokio::test]
    async fn files_that_are_older_than_a_column_are_read_with_the_column_empty() {
        let table = TABLES.iter().find(|table| table.name == "orders");
        let table = table.expect("the table of orders");
        let text = |value: &str| Arc::new(StringArray::from(vec![value])) as ArrayRef;
        let old = [("order_id", text("o1")), ("x_shelf", text("7"))];
        let rows = RecordBatch::try_from_iter(old).expect("one row");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("old.parquet");
        let file = std::fs::File::create(&path).expect("a file");
        let mut writer = ArrowWriter::try_new(file, rows.schema(), None).expect("a writer");
        writer.write(&rows).expect("is written");
        writer.close().expect("is closed");
        let pinned = PinnedTable {
            schema: schema_today(table, rows.schema().as_ref()),
            rows: 1,
            files: vec![Url::from_file_path(&path).expect("a path")],
        };
        let ctx = session(&SessionSettings::standard()).expect("a session");
        ctx.register_table("orders", provider(&pinned).expect("a table"))
            .expect("is new");
        let sql = "select order_id, x_shelf, coalesce(unit_id, 'none') as unit_id from orders";
        let answer = Answer::new(query(&ctx, sql).await.expect("an answer"));
        let told = ["order_id", "x_shelf", "unit_id"].map(|name| answer.texts(name).expect("text"));
        assert_eq!(told, [vec!["o1"], vec!["7"], vec!["none"]]);
    }
}
