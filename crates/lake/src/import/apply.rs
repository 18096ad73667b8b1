//! How do waiting rows take their place in a table: what is new, what is replaced, which files change?

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch, new_null_array};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{Int64Type, SchemaRef};
use deltalake::DeltaTable;
use deltalake::kernel::{Action, Add};
use deltalake::protocol::{DeltaOperation, SaveMode};
use futures::TryStreamExt;
use object_store::ObjectStoreExt;
use object_store::buffered::{BufReader, BufWriter};
use odla_domain::tables::Table;
use parquet::arrow::async_reader::{ParquetRecordBatchStream, ParquetRecordBatchStreamBuilder};
use parquet::arrow::{AsyncArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::error::Result;
use crate::import::keys::keys;
use crate::import::stage::{Fate, Stage, Verdict};
use crate::import::typed::{Stamp, months};
use crate::place::{ActiveFile, Place, active_files};
use crate::schema::ROW_HASH;

/// What will happen to the files of a table.
pub struct Comparison {
    /// Files that hold a row that goes, or that are too small to keep.
    rewrite: Vec<(String, ActiveFile)>,
    /// Rows by month, of the files to rewrite.
    months: BTreeMap<i32, u64>,
    pub removed: u64,
}

/// A table that waits for its rows, and the place it lies in.
pub struct Target<'a> {
    pub place: &'a Place,
    pub table: &'static Table,
    pub stamp: &'a Stamp,
    /// How many times this import has written to the table before.
    pub part: usize,
}

/// More files than this of fewer rows than that are gathered into larger ones.
const MANY_FILES: usize = 24;
const SMALL_FILE_ROWS: u64 = 20_000;
/// A file holds whole months, as many as it takes to come to this many rows.
const FILE_ROWS: u64 = 250_000;
/// Files that are written at the same time.
const OPEN_FILES: usize = 24;

impl Target<'_> {
    /// Holds the waiting rows against the rows that are there.
    pub async fn compare(
        &self,
        delta: Option<&DeltaTable>,
        stage: &mut Stage,
    ) -> Result<Comparison> {
        let mut comparison = Comparison {
            rewrite: Vec::new(),
            months: BTreeMap::new(),
            removed: 0,
        };
        let Some(delta) = delta else {
            return Ok(comparison);
        };
        let files = active_files(delta)?;
        let small = files
            .values()
            .filter(|file| file.rows < SMALL_FILE_ROWS)
            .count();
        let mut kept = Vec::new();
        for (path, file) in files {
            let (changed, months) = self
                .compare_file(&path, stage, &mut comparison.removed)
                .await?;
            let gather = small > MANY_FILES && file.rows < SMALL_FILE_ROWS;
            if changed {
                add_months(&mut comparison.months, &months);
                comparison.rewrite.push((path, file));
            } else if gather {
                kept.push((path, file, months));
            }
        }
        // Small files are gathered only when the table changes anyway: the same import twice changes nothing.
        if !comparison.rewrite.is_empty() || stage.count(Fate::Added) > 0 {
            for (path, file, months) in kept {
                add_months(&mut comparison.months, &months);
                comparison.rewrite.push((path, file));
            }
        }
        Ok(comparison)
    }

    async fn compare_file(
        &self,
        path: &str,
        stage: &mut Stage,
        removed: &mut u64,
    ) -> Result<(bool, BTreeMap<i32, u64>)> {
        let wanted = self
            .table
            .keys()
            .map(|column| column.name)
            .chain(self.table.dated_by)
            .chain([ROW_HASH, "_import_id"]);
        let mut rows = self.read(path, Some(wanted.collect())).await?;
        let (mut changed, mut by_month) = (false, BTreeMap::new());
        while let Some(batch) = rows.try_next().await? {
            let hashes = batch
                .column(batch.schema().index_of(ROW_HASH)?)
                .as_primitive::<Int64Type>();
            let imports = batch
                .column(batch.schema().index_of("_import_id")?)
                .as_string::<i32>();
            for (row, key) in keys(self.table, &batch)?.into_iter().enumerate() {
                let own = imports.is_valid(row) && imports.value(row) == self.stamp.import_id;
                match stage.meet(key, hashes.value(row), own) {
                    Some(Fate::Removed) => {
                        changed = true;
                        *removed += 1;
                    }
                    Some(Fate::Replaces | Fate::Supersedes) => changed = true,
                    _ => {}
                }
            }
            for month in months(self.table, &batch) {
                *by_month.entry(month).or_default() += 1;
            }
        }
        Ok((changed, by_month))
    }

    /// Writes the new files and makes them the table's, in one version of it. `rejected` meets the rows of the
    /// table that this same import brought and now supersedes.
    pub async fn write(
        &self,
        delta: &DeltaTable,
        stage: &mut Stage,
        comparison: Comparison,
        rejected: &mut (dyn FnMut(&RecordBatch) -> Result<()> + Send),
    ) -> Result<u64> {
        let verdicts = stage.finish()?;
        let mut histogram = comparison.months;
        self.count_months(stage, &verdicts, &mut histogram)?;
        let mut files = Files::new(self, stage.schema.clone(), &histogram);
        for (path, _) in &comparison.rewrite {
            let mut rows = self.read(path, None).await?;
            while let Some(batch) = rows.try_next().await? {
                let (stay, gone) = self.split(stage, &batch)?;
                files.write(&widened(&stay, &stage.schema)?).await?;
                if gone.num_rows() > 0 {
                    rejected(&gone)?;
                }
            }
        }
        let mut at = 0;
        for batch in stage.waiting(None)? {
            let batch = batch?;
            files
                .write(&only(&batch, &verdicts[at..], Verdict::Goes)?)
                .await?;
            at += batch.num_rows();
        }
        let removes = comparison
            .rewrite
            .into_iter()
            .map(|(_, file)| Action::Remove(file.remove));
        let adds = files.close().await?.into_iter().map(Action::Add);
        let actions = removes.chain(adds).collect();
        let write = DeltaOperation::Write {
            mode: SaveMode::Append,
            partition_by: None,
            predicate: None,
        };
        self.place.commit(delta, actions, write).await
    }

    fn count_months(
        &self,
        stage: &Stage,
        verdicts: &[Verdict],
        histogram: &mut BTreeMap<i32, u64>,
    ) -> Result<()> {
        let Some(date) = self.table.dated_by else {
            return Ok(());
        };
        let mut at = 0;
        for batch in stage.waiting(Some(date))? {
            let batch = batch?;
            for (month, verdict) in months(self.table, &batch).into_iter().zip(&verdicts[at..]) {
                if *verdict == Verdict::Goes {
                    *histogram.entry(month).or_default() += 1;
                }
            }
            at += batch.num_rows();
        }
        Ok(())
    }

    /// The rows of the ledger that stay, and those that this import itself brought and now supersedes.
    fn split(&self, stage: &Stage, batch: &RecordBatch) -> Result<(RecordBatch, RecordBatch)> {
        let fates: Vec<Option<Fate>> = keys(self.table, batch)?
            .iter()
            .map(|key| stage.index.get(key).map(|waiting| waiting.fate))
            .collect();
        let stay: BooleanArray = fates
            .iter()
            .map(|fate| Some(matches!(fate, None | Some(Fate::Unchanged | Fate::Added))))
            .collect();
        let gone: BooleanArray = fates
            .iter()
            .map(|fate| Some(*fate == Some(Fate::Supersedes)))
            .collect();
        Ok((
            filter_record_batch(batch, &stay)?,
            filter_record_batch(batch, &gone)?,
        ))
    }

    /// A file of the table, whole or a few of its columns.
    pub async fn read(
        &self,
        path: &str,
        columns: Option<Vec<&str>>,
    ) -> Result<ParquetRecordBatchStream<BufReader>> {
        let location = self.place.path(&format!("{}/{path}", self.table.name));
        let meta = self.place.store.head(&location).await?;
        let reader = BufReader::new(self.place.store.clone(), &meta);
        let builder = ParquetRecordBatchStreamBuilder::new(reader)
            .await?
            .with_batch_size(8192);
        let mask = match columns {
            Some(columns) => ProjectionMask::columns(builder.parquet_schema(), columns),
            None => ProjectionMask::all(),
        };
        Ok(builder.with_projection(mask).build()?)
    }
}

/// New files of a table, each of some months.
pub struct Files<'a> {
    target: &'a Target<'a>,
    schema: SchemaRef,
    /// The first month of every file but the first.
    cuts: Vec<i32>,
    open: BTreeMap<usize, OpenFile>,
    done: Vec<Add>,
}

struct OpenFile {
    name: String,
    writer: AsyncArrowWriter<BufWriter>,
    rows: u64,
}

impl<'a> Files<'a> {
    pub fn new(target: &'a Target<'a>, schema: SchemaRef, histogram: &BTreeMap<i32, u64>) -> Self {
        Self {
            target,
            schema,
            cuts: cuts(histogram),
            open: BTreeMap::new(),
            done: Vec::new(),
        }
    }

    pub async fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        if rows.num_rows() == 0 {
            return Ok(());
        }
        let months = months(self.target.table, rows);
        let places: Vec<usize> = months
            .iter()
            .map(|month| self.cuts.partition_point(|cut| cut <= month))
            .collect();
        let mut met = places.clone();
        met.sort_unstable();
        met.dedup();
        for place in met {
            let part = match places.iter().all(|other| *other == place) {
                true => rows.clone(),
                false => {
                    let mask: BooleanArray =
                        places.iter().map(|other| Some(*other == place)).collect();
                    filter_record_batch(rows, &mask)?
                }
            };
            self.write_to(place, &part).await?;
        }
        Ok(())
    }

    /// Closes every file; what is returned makes them part of the table.
    pub async fn close(mut self) -> Result<Vec<Add>> {
        for (_, file) in std::mem::take(&mut self.open) {
            self.finish(file).await?;
        }
        Ok(self.done)
    }

    async fn write_to(&mut self, place: usize, rows: &RecordBatch) -> Result<()> {
        if !self.open.contains_key(&place) {
            let number = self.open.len() + self.done.len();
            self.open.insert(place, self.start(number)?);
        }
        let Some(file) = self.open.get_mut(&place) else {
            return Ok(());
        };
        file.writer.write(rows).await?;
        file.rows += rows.num_rows() as u64;
        if file.rows >= 8 * FILE_ROWS
            && let Some(file) = self.open.remove(&place)
        {
            self.finish(file).await?;
        }
        Ok(())
    }

    fn start(&self, number: usize) -> Result<OpenFile> {
        // Every file begins with the import that wrote it, so that those of a dead import can be found.
        let Target { stamp, part, .. } = self.target;
        let name = format!("part-{}-{part:02}-{number:04}.parquet", stamp.import_id);
        let location = self
            .target
            .place
            .path(&format!("{}/{name}", self.target.table.name));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_max_row_group_row_count(Some(1 << 16))
            .build();
        let out = BufWriter::new(self.target.place.store.clone(), location);
        let writer = AsyncArrowWriter::try_new(out, self.schema.clone(), Some(properties))?;
        Ok(OpenFile {
            name,
            writer,
            rows: 0,
        })
    }

    async fn finish(&mut self, mut file: OpenFile) -> Result<()> {
        file.writer.finish().await?;
        let size = file.writer.bytes_written() as i64;
        self.done.push(Add {
            path: file.name,
            size,
            modification_time: self.target.stamp.at_microseconds / 1000,
            data_change: true,
            // Counts only: least and greatest values would keep names in the log after a person is erased.
            stats: Some(format!("{{\"numRecords\":{}}}", file.rows)),
            ..Add::default()
        });
        Ok(())
    }
}

/// The rows of the batch with this verdict; `verdicts` begins with that of its first row.
pub fn only(batch: &RecordBatch, verdicts: &[Verdict], wanted: Verdict) -> Result<RecordBatch> {
    let mask: BooleanArray = verdicts[..batch.num_rows()]
        .iter()
        .map(|verdict| Some(*verdict == wanted))
        .collect();
    Ok(filter_record_batch(batch, &mask)?)
}

/// Where one file ends and the next begins, so that each holds whole months and about as many rows.
fn cuts(histogram: &BTreeMap<i32, u64>) -> Vec<i32> {
    let total: u64 = histogram.values().sum();
    let enough = FILE_ROWS.max(total / OPEN_FILES as u64);
    let (mut cuts, mut rows) = (Vec::new(), 0);
    for (month, count) in histogram {
        if rows >= enough {
            cuts.push(*month);
            rows = 0;
        }
        rows += count;
    }
    cuts
}

fn add_months(all: &mut BTreeMap<i32, u64>, some: &BTreeMap<i32, u64>) {
    for (month, rows) in some {
        *all.entry(*month).or_default() += rows;
    }
}

/// The rows in the table's present schema; columns that came later are empty.
pub fn widened(rows: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let arrays = schema
        .fields()
        .iter()
        .map(|field| match rows.column_by_name(field.name()) {
            Some(array) => array.clone(),
            None => new_null_array(field.data_type(), rows.num_rows()),
        })
        .collect();
    Ok(RecordBatch::try_new(Arc::clone(schema), arrays)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_hold_whole_months_and_are_neither_many_nor_tiny() {
        let small: BTreeMap<i32, u64> = (0..24).map(|month| (month, 100)).collect();
        assert_eq!(cuts(&small), Vec::<i32>::new());
        let large: BTreeMap<i32, u64> = (0..24).map(|month| (month, 400_000)).collect();
        assert_eq!(cuts(&large).len(), 23);
        let long: BTreeMap<i32, u64> = (0..240).map(|month| (month, 400_000)).collect();
        assert!(cuts(&long).len() < 26);
    }
}
