//! Which files are meant, what kind are they, and did they lie still while they were read?

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use encoding_rs::Encoding;
use xxhash_rust::xxh3::Xxh3;

use crate::error::{LakeError, Result};
use crate::record::FileRecord;

/// A file to read.
#[derive(Clone, Debug)]
pub struct InputFile {
    pub path: PathBuf,
    /// The path as it was given; it is what `_source` says.
    pub name: String,
    pub kind: FileKind,
    /// The encoding of a text file, once it has been found out.
    pub encoding: Arc<OnceLock<&'static Encoding>>,
    print: Print,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Csv,
    Xlsx,
    Parquet,
    JsonLines,
}

/// What a file looked like when the import began.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Print {
    bytes: u64,
    modified: Option<SystemTime>,
    hash: u128,
}

impl InputFile {
    pub fn new(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let kind =
            kind_of(path).ok_or_else(|| LakeError::FileKindUnknown { file: name.clone() })?;
        let print = print_of(path, &name)?;
        if print.bytes == 0 {
            return Err(LakeError::FileEmpty { file: name });
        }
        Ok(Self {
            path: path.to_owned(),
            name,
            kind,
            encoding: Arc::default(),
            print,
        })
    }

    /// The name of the file without folders and endings, in small letters.
    pub fn stem(&self) -> String {
        let name = self.file_name().to_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        name.rsplit_once('.')
            .map_or(name, |(stem, _)| stem)
            .to_owned()
    }

    pub fn file_name(&self) -> String {
        self.path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    pub fn bytes(&self) -> u64 {
        self.print.bytes
    }

    pub fn is_compressed(&self) -> bool {
        self.path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
    }

    pub fn open(&self) -> Result<File> {
        File::open(&self.path).map_err(|error| unreadable(&self.name, error))
    }

    /// Refuses a file that is not what it was when the import began.
    pub fn lay_still(&self) -> Result<()> {
        match print_of(&self.path, &self.name) {
            Ok(print) if print == self.print => Ok(()),
            _ => Err(LakeError::FileChanged {
                file: self.name.clone(),
            }),
        }
    }

    pub fn record(&self) -> FileRecord {
        FileRecord {
            name: self.name.clone(),
            bytes: self.print.bytes,
            hash: format!("{:032x}", self.print.hash),
        }
    }
}

/// All files meant by the given files and folders, in a fixed order.
pub fn find(paths: &[PathBuf]) -> Result<Vec<InputFile>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.exists() {
            return Err(LakeError::FileMissing {
                path: path.display().to_string(),
            });
        }
        if !path.is_dir() {
            files.push(InputFile::new(path)?);
            continue;
        }
        let inside = in_folder(path)?;
        if inside.is_empty() {
            return Err(LakeError::FolderEmpty {
                path: path.display().to_string(),
            });
        }
        for path in inside {
            files.push(InputFile::new(&path)?);
        }
    }
    Ok(files)
}

pub fn unreadable(file: &str, error: impl std::error::Error) -> LakeError {
    LakeError::FileUnreadable {
        file: file.to_owned(),
        reason: error.to_string(),
    }
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() && kind_of(&path).is_some() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn kind_of(path: &Path) -> Option<FileKind> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    if name.starts_with(['.', '~']) {
        return None;
    }
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    match name.rsplit_once('.')?.1 {
        "csv" | "tsv" | "txt" => Some(FileKind::Csv),
        "xlsx" | "xls" | "xlsb" | "ods" => Some(FileKind::Xlsx),
        "parquet" => Some(FileKind::Parquet),
        "jsonl" | "ndjson" => Some(FileKind::JsonLines),
        _ => None,
    }
}

fn print_of(path: &Path, name: &str) -> Result<Print> {
    let mut file = File::open(path).map_err(|error| unreadable(name, error))?;
    let metadata = file.metadata()?;
    let mut hash = Xxh3::new();
    let mut chunk = vec![0; 1 << 18];
    loop {
        let n = file
            .read(&mut chunk)
            .map_err(|error| unreadable(name, error))?;
        if n == 0 {
            break;
        }
        hash.update(&chunk[..n]);
    }
    Ok(Print {
        bytes: metadata.len(),
        modified: metadata.modified().ok(),
        hash: hash.digest128(),
    })
}
