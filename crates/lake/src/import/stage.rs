//! Where do the rows of an import wait until the whole import is known to be good?
//!
//! Rows wait in a temporary Parquet file; what is held in memory per row is a hash of its key, a hash of
//! what it says, and where it waits: 32 bytes and the slack of the table.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::fs::File;
use std::hash::{BuildHasherDefault, Hasher};
use std::path::{Path, PathBuf};

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{Int64Type, SchemaRef};
use odla_domain::tables::Table;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::error::Result;
use crate::import::keys::Key;
use crate::schema::ROW_HASH;

/// The rows of one table that wait.
pub struct Stage {
    pub table: &'static Table,
    pub schema: SchemaRef,
    pub index: HashMap<Key, Waiting, BuildHasherDefault<KeyHasher>>,
    path: PathBuf,
    writer: Option<ArrowWriter<File>>,
    rows: u32,
}

/// The row that will stand for a key.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    hash: i64,
    row: u32,
    pub fate: Fate,
}

/// What becomes of a waiting row, seen against the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Added,
    Replaces,
    Unchanged,
    /// Replaces a row that this same import brought earlier.
    Supersedes,
    /// No row waits; the ledger's own is to go.
    Removed,
}

/// What a batch of rows was, seen against the rows that waited already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    pub waiting: u64,
    /// Rows that say what an earlier row with the same key said.
    pub repeated: u64,
    /// Rows in the place of an earlier row with the same key, which is rejected.
    pub superseding: u64,
}

impl Stage {
    pub fn new(
        table: &'static Table,
        schema: SchemaRef,
        folder: &Path,
        part: usize,
    ) -> Result<Self> {
        let path = folder.join(format!("{}-{part}.parquet", table.name));
        let properties = WriterProperties::builder()
            .set_compression(Compression::UNCOMPRESSED)
            .set_max_row_group_row_count(Some(1 << 16))
            .build();
        let writer = ArrowWriter::try_new(File::create(&path)?, schema.clone(), Some(properties))?;
        Ok(Self {
            table,
            schema,
            index: HashMap::default(),
            path,
            writer: Some(writer),
            rows: 0,
        })
    }

    pub fn push(&mut self, rows: &RecordBatch, keys: &[Key]) -> Result<Pushed> {
        let hashes = rows
            .column(rows.schema().index_of(ROW_HASH)?)
            .as_primitive::<Int64Type>();
        let mut pushed = Pushed::default();
        let mut keep = Vec::with_capacity(keys.len());
        for (key, hash) in keys.iter().zip(hashes.values()) {
            let row = self.rows;
            match self.index.entry(*key) {
                Slot::Vacant(slot) => {
                    slot.insert(Waiting {
                        hash: *hash,
                        row,
                        fate: Fate::Added,
                    });
                    pushed.waiting += 1;
                }
                Slot::Occupied(slot) if slot.get().hash == *hash => {
                    pushed.repeated += 1;
                    keep.push(false);
                    continue;
                }
                Slot::Occupied(mut slot) => {
                    slot.insert(Waiting {
                        hash: *hash,
                        row,
                        fate: Fate::Added,
                    });
                    pushed.superseding += 1;
                }
            }
            keep.push(true);
            self.rows += 1;
        }
        let rows = filter_record_batch(rows, &BooleanArray::from(keep))?;
        if let Some(writer) = &mut self.writer {
            writer.write(&rows)?;
        }
        Ok(pushed)
    }

    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Lets the ledger's row with this key go, unless a row waits to take its place.
    pub fn remove(&mut self, key: Key) {
        self.index.entry(key).or_insert(Waiting {
            hash: 0,
            row: u32::MAX,
            fate: Fate::Removed,
        });
    }

    /// Sees a row of the ledger: what becomes of it, if anything does.
    pub fn meet(&mut self, key: Key, hash: i64, of_this_import: bool) -> Option<Fate> {
        let waiting = self.index.get_mut(&key)?;
        if waiting.fate == Fate::Removed {
            return Some(Fate::Removed);
        }
        waiting.fate = match (waiting.hash == hash, of_this_import) {
            (true, _) => Fate::Unchanged,
            (false, true) => Fate::Supersedes,
            (false, false) => Fate::Replaces,
        };
        Some(waiting.fate)
    }

    /// How many rows have this fate.
    pub fn count(&self, fate: Fate) -> u64 {
        self.index
            .values()
            .filter(|waiting| waiting.fate == fate)
            .count() as u64
    }

    /// Closes the file of waiting rows; tells of each row whether it goes into the ledger, is there already, or
    /// was superseded.
    pub fn finish(&mut self) -> Result<Verdicts> {
        if let Some(writer) = self.writer.take() {
            writer.close()?;
        }
        let mut verdicts = vec![Verdict::Superseded; self.rows as usize];
        for waiting in self.index.values() {
            if let Some(verdict) = verdicts.get_mut(waiting.row as usize) {
                *verdict = match waiting.fate {
                    Fate::Unchanged => Verdict::There,
                    _ => Verdict::Goes,
                };
            }
        }
        Ok(verdicts)
    }

    /// The waiting rows, whole or one column of them, in the order they came.
    pub fn waiting(&self, column: Option<&str>) -> Result<ParquetRecordBatchReader> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(&self.path)?)?
            .with_batch_size(8192);
        let mask = match column {
            Some(column) => ProjectionMask::columns(builder.parquet_schema(), [column]),
            None => ProjectionMask::all(),
        };
        Ok(builder.with_projection(mask).build()?)
    }

    pub fn discard(self) {
        // The folder of waiting rows goes as a whole at the end; going early only saves room.
        let _ = std::fs::remove_file(&self.path);
    }
}

pub type Verdicts = Vec<Verdict>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Goes,
    There,
    Superseded,
}

/// Keys are hashes already.
#[derive(Default)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 ^= u64::from_le_bytes(word);
        }
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64;
    }
}
