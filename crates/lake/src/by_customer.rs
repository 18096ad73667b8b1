//! How are the rows about one customer found among ten million while somebody waits?
//!
//! The ledger's files lie by month, as analyses read them. Beside the ledger, for every table that names customers,
//! lies a copy of its rows in the order of customers, in small blocks; in memory is held with whom each block begins.
//! One customer is then a read of a block or two. The ledger's files never change: a file that is new is copied once,
//! and a copy of a file that is no longer part of the ledger is thrown away. All of it may be deleted at any time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::buffer::Buffer;
use arrow::ipc::reader::{FileDecoder, read_footer_length};
use arrow::ipc::writer::{FileWriter, IpcWriteOptions};
use arrow::ipc::{Block, CompressionType, convert::fb_to_schema, root_as_footer};
use futures::StreamExt;
use odla_domain::tables::{TABLES, Table};
use url::Url;

use crate::directory::Texts;
use crate::error::{LakeError, Result};
use crate::frames::columns::Answer;
use crate::import::apply::widened;
use crate::session::{SessionSettings, session};
use crate::snapshot::{PinnedTable, Snapshot, provider};

/// Rows that are read at once.
const BLOCK_ROWS: usize = 256;
/// With more copies than this of one table, all are made anew as one.
const MOST_COPIES: usize = 6;
const FILES: &str = "files";
const BEGINS: &str = "begins";
const ENDING: &str = ".arrow";
const ID: &str = "customer_id";
/// Bytes at the end of a copy that say how long its table of contents is.
const TRAILER: usize = 10;

/// The rows of one version of the ledger, in the order of customers.
pub struct ByCustomer {
    tables: BTreeMap<&'static str, Copied>,
}

/// One table: its schema today, and the copies that together hold its rows.
struct Copied {
    pinned: PinnedTable,
    copies: Vec<Copy>,
}

/// A file of rows in the order of customers.
struct Copy {
    path: PathBuf,
    /// The ledger's files that it was made of.
    files: BTreeSet<Url>,
    decoder: FileDecoder,
    blocks: Vec<Block>,
    /// With whom each block begins.
    begins: Texts,
}

impl ByCustomer {
    /// Opens the copies that lie in the folder, makes those that are missing, and throws away what is of no use.
    ///
    /// # Errors
    /// When the ledger cannot be read or the folder not be written.
    pub async fn lay_out(snapshot: &Snapshot, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut tables = BTreeMap::new();
        for table in tables_of_customers() {
            let Some(pinned) = snapshot.table(table.name).filter(|one| one.rows > 0) else {
                continue;
            };
            let mut copies = usable(folder, table, &pinned.files);
            let mut missing = pinned.files.clone();
            if copies.len() >= MOST_COPIES {
                copies.clear();
            }
            missing.retain(|file| !copies.iter().any(|copy| copy.files.contains(file)));
            if !missing.is_empty() {
                let part = PinnedTable {
                    files: missing,
                    ..pinned.clone()
                };
                copies.push(copy(snapshot, table, part, folder).await?);
            }
            let pinned = pinned.clone();
            tables.insert(table.name, Copied { pinned, copies });
        }
        let laid = Self { tables };
        let kept = laid.paths();
        sweep(folder, |path| kept.contains(path))?;
        Ok(laid)
    }

    /// The table's rows about the customer; none when the table has none.
    ///
    /// # Errors
    /// When a copy has gone meanwhile.
    pub fn rows(&self, table: &str, id: &str) -> Result<Answer> {
        let mut found = Vec::new();
        if let Some(copied) = self.tables.get(table) {
            for copy in &copied.copies {
                for rows in copy.rows(id)? {
                    found.push(widened(&rows, &copied.pinned.schema)?);
                }
            }
        }
        Ok(Answer::new(found))
    }

    fn paths(&self) -> BTreeSet<PathBuf> {
        let copies = self.tables.values().flat_map(|copied| &copied.copies);
        copies.map(|copy| copy.path.clone()).collect()
    }
}

/// Throws away every copy that was made of a file that is no longer part of the ledger: whoever has been forgotten
/// must not be in it.
///
/// # Errors
/// When a copy cannot be thrown away.
pub fn forget(snapshot: &Snapshot, folder: &Path) -> Result<()> {
    let mut kept = BTreeSet::new();
    for table in tables_of_customers() {
        if let Some(pinned) = snapshot.table(table.name) {
            let copies = usable(folder, table, &pinned.files);
            kept.extend(copies.into_iter().map(|copy| copy.path));
        }
    }
    sweep(folder, |path| kept.contains(path))
}

/// The tables that say of whom each row is.
pub fn tables_of_customers() -> impl Iterator<Item = &'static Table> {
    let names = |table: &&Table| table.columns.iter().any(|column| column.name == ID);
    TABLES.iter().filter(names)
}

fn sweep(folder: &Path, keep: impl Fn(&Path) -> bool) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if !keep(&path) {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// The copies whose every file is part of the table. One that cannot be read is of no use.
fn usable(folder: &Path, table: &Table, files: &[Url]) -> Vec<Copy> {
    let start = format!("{}-", table.name);
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut met = BTreeSet::new();
    paths
        .into_iter()
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(&start) && name.ends_with(ENDING)
        })
        .filter_map(|path| Copy::open(path).ok())
        .filter(|copy| {
            let part = copy.files.iter().all(|file| files.contains(file));
            // Two copies of one file would tell its rows twice.
            part && copy.files.iter().all(|file| met.insert(file.clone()))
        })
        .collect()
}

async fn copy(
    snapshot: &Snapshot,
    table: &Table,
    part: PinnedTable,
    folder: &Path,
) -> Result<Copy> {
    let files: BTreeSet<Url> = part.files.iter().cloned().collect();
    let hash = files.iter().fold(0, |hash, file| {
        xxhash_rust::xxh3::xxh3_64_with_seed(file.as_str().as_bytes(), hash)
    });
    let path = folder.join(format!("{}-{hash:016x}{ENDING}", table.name));
    let half = folder.join(format!("{}-{hash:016x}.half", table.name));
    let ctx = session(&SessionSettings::standard())?;
    snapshot.register_store(&ctx);
    ctx.register_table("part", provider(&part)?)?;
    let sql = format!("select * from part where {ID} is not null order by {ID}");
    let mut rows = ctx.sql(&sql).await?.execute_stream().await?;
    let options =
        IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME))?;
    let out = BufWriter::with_capacity(1 << 20, File::create(&half)?);
    let mut writer = FileWriter::try_new_with_options(out, &part.schema, options)?;
    let mut begins = Vec::new();
    while let Some(batch) = rows.next().await {
        let batch = widened(&batch?, &part.schema)?;
        for from in (0..batch.num_rows()).step_by(BLOCK_ROWS) {
            let block = batch.slice(from, BLOCK_ROWS.min(batch.num_rows() - from));
            begins.push(ids(&block)?.value(0).to_owned());
            writer.write(&block)?;
        }
    }
    writer.write_metadata(BEGINS, json(&begins)?);
    writer.write_metadata(FILES, json(&files)?);
    writer.finish()?;
    drop(writer);
    std::fs::rename(&half, &path)?;
    Copy::open(path)
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(LakeError::storage)
}

fn ids(rows: &RecordBatch) -> Result<&arrow::array::StringArray> {
    rows.column_by_name(ID)
        .and_then(|column| column.as_string_opt::<i32>())
        .ok_or_else(|| LakeError::Frame {
            reason: format!("a copy holds no text {ID}"),
        })
}

impl Copy {
    fn open(path: PathBuf) -> Result<Self> {
        let mut file = File::open(&path)?;
        let length = file.seek(SeekFrom::End(0))?;
        let mut trailer = [0; TRAILER];
        let broken = || LakeError::Storage {
            reason: "a copy by customer is broken".to_owned(),
        };
        let at = length.checked_sub(TRAILER as u64).ok_or_else(broken)?;
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut trailer)?;
        let contents = read_footer_length(trailer)?;
        let at = at.checked_sub(contents as u64).ok_or_else(broken)?;
        let footer = read(&mut file, at, contents)?;
        let footer = root_as_footer(&footer).map_err(|error| LakeError::Storage {
            reason: error.to_string(),
        })?;
        let schema = fb_to_schema(footer.schema().ok_or_else(broken)?);
        let kept = |key: &str| {
            let mut pairs = footer.custom_metadata().into_iter().flatten();
            pairs.find(|pair| pair.key() == Some(key))?.value()
        };
        let begins: Vec<String> =
            serde_json::from_str(kept(BEGINS).ok_or_else(broken)?).map_err(LakeError::storage)?;
        let files =
            serde_json::from_str(kept(FILES).ok_or_else(broken)?).map_err(LakeError::storage)?;
        let blocks: Vec<Block> = footer
            .recordBatches()
            .map(|blocks| blocks.iter().copied().collect())
            .unwrap_or_default();
        if blocks.len() != begins.len() {
            return Err(broken());
        }
        let mut told = Texts::default();
        for id in &begins {
            told.push(id);
        }
        Ok(Self {
            path,
            files,
            decoder: FileDecoder::new(Arc::new(schema), footer.version()),
            blocks,
            begins: told,
        })
    }

    fn rows(&self, id: &str) -> Result<Vec<RecordBatch>> {
        // The rows may begin in the last block that begins before them, and go on as long as blocks begin with them.
        let first = self.begins.before(id).saturating_sub(1);
        let mut found = Vec::new();
        let mut file = None;
        for at in first..self.blocks.len() {
            if self.begins.get(at) > id {
                break;
            }
            let file = match &mut file {
                Some(file) => file,
                none => none.insert(File::open(&self.path)?),
            };
            let rows = self.block(file, at)?;
            let ids = ids(&rows)?;
            let (from, to) = (
                place(ids, |other| other < id),
                place(ids, |other| other <= id),
            );
            if from < to {
                found.push(rows.slice(from, to - from));
            }
        }
        Ok(found)
    }

    fn block(&self, file: &mut File, at: usize) -> Result<RecordBatch> {
        let block = &self.blocks[at];
        let length = block.bodyLength() as usize + block.metaDataLength() as usize;
        let bytes = Buffer::from_vec(read(file, block.offset() as u64, length)?);
        let rows = self.decoder.read_record_batch(block, &bytes)?;
        rows.ok_or_else(|| LakeError::Storage {
            reason: "a copy by customer holds a block without rows".to_owned(),
        })
    }
}

fn read(file: &mut File, at: u64, length: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// How many of the sorted ids come before the first that is not wanted.
fn place(ids: &arrow::array::StringArray, wanted: impl Fn(&str) -> bool) -> usize {
    let (mut low, mut high) = (0, ids.len());
    while low < high {
        let middle = low.midpoint(high);
        match wanted(ids.value(middle)) {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    low
}
