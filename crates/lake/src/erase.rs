//! How is a customer forgotten, and how does a customer get everything that is kept?

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use deltalake::kernel::Action;
use deltalake::protocol::DeltaOperation;
use futures::TryStreamExt;
use jiff::Timestamp;
use object_store::{ObjectStore, ObjectStoreExt};
use odla_domain::tables::{REJECTS, Table};
use serde::Serialize;

use crate::error::{LakeError, Result};
use crate::import::apply::{Files, Target, widened};
use crate::import::guard;
use crate::import::typed::{Stamp, months};
use crate::ledger::Ledger;
use crate::place::{ActiveFile, Place, active_files, arrow_schema};
use crate::record::{self, VersionRecord};
use crate::session::query;
use crate::snapshot::{Snapshot, all_tables};

/// What was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Erasure {
    pub version: u64,
    /// Rows that went, by table.
    pub tables: BTreeMap<String, u64>,
    /// Whether earlier versions of the ledger still hold the rows.
    pub earlier_versions_hold_rows: bool,
}

/// Removes every row about a customer. Earlier versions of the ledger still hold them, unless `purge` does away
/// with all earlier versions at once.
pub async fn erase_customer(
    ledger: &Ledger,
    id: &str,
    now: Timestamp,
    purge: bool,
) -> Result<Erasure> {
    let place = &ledger.place;
    let _lock = guard::Lock::take(place)?;
    guard::recover(place).await?;
    let latest = record::latest(place)
        .await?
        .ok_or(LakeError::CustomerUnknown)?;
    let snapshot = Snapshot::open(place.clone(), Some(latest.clone())).await?;
    let names = Names {
        customer: id.to_owned(),
        contacts: contacts(&snapshot, id).await?,
    };
    // The id of the customer is not kept in the name of the change.
    let stamp = Stamp {
        import_id: format!("{}-erase", now.strftime("%Y%m%dT%H%M%SZ")),
        at_microseconds: now.as_microsecond(),
    };
    guard::begin(place, &stamp.import_id).await?;
    let mut tables = BTreeMap::new();
    let mut versions = latest.tables.clone();
    for table in all_tables().filter(|table| latest.tables.contains_key(table.name)) {
        let target = Target {
            place,
            table,
            stamp: &stamp,
            part: 0,
        };
        if let Some((version, rows)) = erase_from(&target, &names).await? {
            versions.insert(table.name.to_owned(), version);
            tables.insert(table.name.to_owned(), rows);
        }
    }
    if tables.is_empty() {
        guard::end(place).await?;
        return Err(LakeError::CustomerUnknown);
    }
    let record = VersionRecord {
        version: latest.version + 1,
        import_id: stamp.import_id,
        at: now.to_string(),
        files: Vec::new(),
        tables: versions,
        counts: BTreeMap::new(),
        customers_delivered: latest.customers_delivered,
        undoes: None,
    };
    record::write(place, &record).await?;
    guard::end(place).await?;
    if purge {
        forget_earlier(place, &record).await?;
    }
    Ok(Erasure {
        version: record.version,
        tables,
        earlier_versions_hold_rows: !purge,
    })
}

/// Every row about a customer, by table, as JSON.
pub async fn export_customer(
    snapshot: &Snapshot,
    id: &str,
) -> Result<BTreeMap<String, serde_json::Value>> {
    let names = Names {
        customer: id.to_owned(),
        contacts: contacts(snapshot, id).await?,
    };
    let ctx = snapshot.session().await?;
    let mut tables = BTreeMap::new();
    for table in all_tables().filter(|table| snapshot.rows(table.name) > 0) {
        let mut rows = ctx.table(table.name).await?.execute_stream().await?;
        let mut found = Vec::new();
        while let Some(batch) = rows.try_next().await? {
            let about = names.about(table, &batch);
            if about.true_count() > 0 {
                found.push(filter_record_batch(&batch, &about)?);
            }
        }
        if !found.is_empty() {
            let mut writer = arrow::json::ArrayWriter::new(Vec::new());
            writer.write_batches(&found.iter().collect::<Vec<_>>())?;
            writer.finish()?;
            let value = serde_json::from_slice(&writer.into_inner()).map_err(LakeError::storage)?;
            tables.insert(table.name.to_owned(), value);
        }
    }
    if tables.is_empty() {
        Err(LakeError::CustomerUnknown)
    } else {
        Ok(tables)
    }
}

/// By what a customer is known in the rows.
struct Names {
    customer: String,
    contacts: BTreeSet<String>,
}

/// Columns that name a customer.
const CUSTOMER_COLUMNS: &[&str] = &["customer_id", "referred_customer_id"];

impl Names {
    /// The rows that are about the customer.
    fn about(&self, table: &Table, rows: &RecordBatch) -> BooleanArray {
        let texts =
            |name: &str| -> Option<&StringArray> { rows.column_by_name(name)?.as_string_opt() };
        let is = |array: Option<&StringArray>, row: usize, good: &dyn Fn(&str) -> bool| {
            array.is_some_and(|array| array.is_valid(row) && good(array.value(row)))
        };
        (0..rows.num_rows())
            .map(|row| {
                let customer = CUSTOMER_COLUMNS
                    .iter()
                    .any(|name| is(texts(name), row, &|id| id == self.customer));
                let contact = is(texts("contact_id"), row, &|id| self.contacts.contains(id));
                let reject =
                    table.name == REJECTS.name && is(texts("raw"), row, &|raw| self.named_in(raw));
                Some(customer || contact || reject)
            })
            .collect()
    }

    /// Whether a raw line speaks of the customer, as a word of its own.
    fn named_in(&self, raw: &str) -> bool {
        raw.match_indices(&self.customer).any(|(at, found)| {
            let before = raw[..at].chars().next_back();
            let after = raw[at + found.len()..].chars().next();
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    }
}

async fn contacts(snapshot: &Snapshot, id: &str) -> Result<BTreeSet<String>> {
    let ctx = snapshot.session().await?;
    let quoted = id.replace('\'', "''");
    let sql = format!("select contact_id from contacts where customer_id = '{quoted}'");
    let mut contacts = BTreeSet::new();
    for batch in query(&ctx, &sql).await? {
        contacts.extend(
            batch
                .column(0)
                .as_string::<i32>()
                .iter()
                .flatten()
                .map(str::to_owned),
        );
    }
    Ok(contacts)
}

/// Writes the files of a table anew without the customer's rows: its new version, and how many rows went.
async fn erase_from(target: &Target<'_>, names: &Names) -> Result<Option<(u64, u64)>> {
    let Some(delta) = target.place.open(target.table.name, None).await? else {
        return Ok(None);
    };
    let schema = arrow_schema(&delta)?;
    let (mut touched, mut histogram, mut gone) = (Vec::<ActiveFile>::new(), BTreeMap::new(), 0);
    let mut paths = Vec::new();
    for (path, file) in active_files(&delta)? {
        let mut rows = target.read(&path, None).await?;
        let (mut found, mut by_month) = (0, Vec::new());
        while let Some(batch) = rows.try_next().await? {
            found += names.about(target.table, &batch).true_count() as u64;
            by_month.extend(months(target.table, &batch));
        }
        if found > 0 {
            by_month
                .into_iter()
                .for_each(|month| *histogram.entry(month).or_default() += 1);
            gone += found;
            paths.push(path);
            touched.push(file);
        }
    }
    if touched.is_empty() {
        return Ok(None);
    }
    let mut files = Files::new(target, schema.clone(), &histogram);
    for path in paths {
        let mut rows = target.read(&path, None).await?;
        while let Some(batch) = rows.try_next().await? {
            let stay = arrow::compute::not(&names.about(target.table, &batch))?;
            files
                .write(&widened(&filter_record_batch(&batch, &stay)?, &schema)?)
                .await?;
        }
    }
    let removes = touched.into_iter().map(|file| Action::Remove(file.remove));
    let adds = files.close().await?.into_iter().map(Action::Add);
    let version = target
        .place
        .commit(
            &delta,
            removes.chain(adds).collect(),
            DeltaOperation::Delete { predicate: None },
        )
        .await?;
    Ok(Some((version, gone)))
}

/// Does away with every version but this one, and every file that only they needed.
async fn forget_earlier(place: &Place, kept: &VersionRecord) -> Result<()> {
    for version in record::versions(place)
        .await?
        .into_iter()
        .filter(|version| *version != kept.version)
    {
        record::remove(place, version).await?;
    }
    for (table, version) in &kept.tables {
        let Some(delta) = place.open(table, Some(*version)).await? else {
            continue;
        };
        let needed = active_files(&delta)?;
        let listed: Vec<_> = place
            .store
            .list(Some(&place.path(table)))
            .try_collect()
            .await?;
        for meta in listed {
            let name = meta.location.filename().unwrap_or_default();
            if name.ends_with(".parquet")
                && !meta.location.as_ref().contains("_delta_log")
                && !needed.contains_key(name)
            {
                place.store.delete(&meta.location).await?;
            }
        }
    }
    Ok(())
}
