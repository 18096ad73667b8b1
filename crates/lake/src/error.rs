//! What can go wrong in the ledger, and what does the person who meets it need to know?

use std::error::Error;
use std::io;

pub type Result<T, E = LakeError> = std::result::Result<T, E>;

/// Everything that stops the work as a whole. Rows that cannot be understood are rejects, not errors.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    #[error("there is no file or folder at {path}")]
    FileMissing { path: String },
    #[error("the folder {path} holds no file that can be read")]
    FolderEmpty { path: String },
    #[error("the file has no rows: {file}")]
    FileEmpty { file: String },
    #[error("the kind of file is not known: {file}")]
    FileKindUnknown { file: String },
    #[error("the file is not text: {file}")]
    NotText { file: String },
    #[error("line {line} is not written in {encoding}: {file}")]
    WrongEncoding {
        file: String,
        encoding: String,
        line: u64,
    },
    #[error("the encoding {encoding} is not known")]
    EncodingUnknown { encoding: String },
    #[error("the file could not be read ({reason}): {file}")]
    FileUnreadable { file: String, reason: String },
    #[error("the file changed while it was being read: {file}")]
    FileChanged { file: String },
    #[error("two columns have the name {column}: {file}")]
    ColumnRepeated { file: String, column: String },
    #[error("no table has the name {table}: {file}")]
    TableUnknown {
        table: String,
        file: String,
        known: String,
    },
    #[error("table {table} has no column {column}")]
    ColumnUnknown {
        table: String,
        column: String,
        known: String,
    },
    #[error("table {table} needs the column {column}, which {file} has not")]
    ColumnMissing {
        table: String,
        column: String,
        file: String,
        found: String,
    },
    #[error("the mapping cannot be read: {reason}")]
    MappingInvalid { reason: String },
    #[error("the mapping names the column {column}, which {file} has not")]
    MappingColumnMissing {
        table: String,
        column: String,
        file: String,
        found: String,
    },
    #[error("no given file matches {pattern}, which the mapping needs for {name}")]
    MappingFileMissing { name: String, pattern: String },
    #[error("no table of the mapping uses the file: {file}")]
    MappingFileUnused { file: String },
    #[error("the expression cannot be computed ({reason}): {expression}")]
    MappingExpression { expression: String, reason: String },
    #[error("another import is running in {home}")]
    Busy { home: String },
    #[error("the ledger has no version {asked}")]
    VersionUnknown { asked: String },
    #[error("{asked} is not the latest import in force")]
    NotLatest { asked: String },
    #[error("the address of the ledger cannot be used ({reason}): {address}")]
    AddressInvalid { address: String, reason: String },
    #[error("there is no customer with that id in the ledger")]
    CustomerUnknown,
    #[error("the disk is full, or a file may not grow further")]
    DiskFull,
    #[error("the question cannot be answered: {reason}")]
    Query { reason: String },
    #[error("the storage failed: {reason}")]
    Storage { reason: String },
    #[error("the frame cannot be built: {reason}")]
    Frame { reason: String },
}

impl LakeError {
    /// What a frame's own checks, or the dates it asks for, refuse.
    pub fn frame(error: impl std::fmt::Display) -> Self {
        Self::Frame {
            reason: error.to_string(),
        }
    }

    /// The stable key of the message in the catalogs of both languages.
    pub fn key(&self) -> &'static str {
        match self {
            Self::FileMissing { .. } => "import.file_missing",
            Self::FolderEmpty { .. } => "import.folder_empty",
            Self::FileEmpty { .. } => "import.file_empty",
            Self::FileKindUnknown { .. } => "import.file_kind_unknown",
            Self::NotText { .. } => "import.not_text",
            Self::WrongEncoding { .. } => "import.wrong_encoding",
            Self::EncodingUnknown { .. } => "import.encoding_unknown",
            Self::FileUnreadable { .. } => "import.file_unreadable",
            Self::FileChanged { .. } => "import.file_changed",
            Self::ColumnRepeated { .. } => "import.column_repeated",
            Self::TableUnknown { .. } => "import.table_unknown",
            Self::ColumnUnknown { .. } => "import.column_unknown",
            Self::ColumnMissing { .. } => "import.column_missing",
            Self::MappingInvalid { .. } => "mapping.invalid",
            Self::MappingColumnMissing { .. } => "mapping.column_missing",
            Self::MappingFileMissing { .. } => "mapping.file_missing",
            Self::MappingFileUnused { .. } => "mapping.file_unused",
            Self::MappingExpression { .. } => "mapping.expression",
            Self::Busy { .. } => "ledger.busy",
            Self::VersionUnknown { .. } => "ledger.version_unknown",
            Self::NotLatest { .. } => "ledger.not_latest",
            Self::AddressInvalid { .. } => "ledger.address_invalid",
            Self::CustomerUnknown => "ledger.customer_unknown",
            Self::DiskFull => "ledger.disk_full",
            Self::Query { .. } => "ledger.query",
            Self::Storage { .. } => "ledger.storage",
            Self::Frame { .. } => "ledger.frame",
        }
    }

    /// What the message names, in the order of the sentence.
    pub fn params(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::FileMissing { path } | Self::FolderEmpty { path } => vec![("path", path.clone())],
            Self::FileEmpty { file }
            | Self::FileKindUnknown { file }
            | Self::NotText { file }
            | Self::FileChanged { file }
            | Self::MappingFileUnused { file } => vec![("file", file.clone())],
            Self::WrongEncoding {
                file,
                encoding,
                line,
            } => {
                vec![
                    ("file", file.clone()),
                    ("encoding", encoding.clone()),
                    ("line", line.to_string()),
                ]
            }
            Self::EncodingUnknown { encoding } => vec![("encoding", encoding.clone())],
            Self::FileUnreadable { file, reason } => {
                vec![("file", file.clone()), ("reason", reason.clone())]
            }
            Self::ColumnRepeated { file, column } => {
                vec![("file", file.clone()), ("column", column.clone())]
            }
            Self::TableUnknown { table, file, known } => {
                vec![
                    ("table", table.clone()),
                    ("file", file.clone()),
                    ("known", known.clone()),
                ]
            }
            Self::ColumnUnknown {
                table,
                column,
                known,
            } => {
                vec![
                    ("table", table.clone()),
                    ("column", column.clone()),
                    ("known", known.clone()),
                ]
            }
            Self::ColumnMissing {
                table,
                column,
                file,
                found,
            }
            | Self::MappingColumnMissing {
                table,
                column,
                file,
                found,
            } => vec![
                ("table", table.clone()),
                ("column", column.clone()),
                ("file", file.clone()),
                ("found", found.clone()),
            ],
            Self::MappingFileMissing { name, pattern } => {
                vec![("name", name.clone()), ("pattern", pattern.clone())]
            }
            Self::MappingExpression { expression, reason } => {
                vec![
                    ("expression", expression.clone()),
                    ("reason", reason.clone()),
                ]
            }
            Self::Busy { home } => vec![("home", home.clone())],
            Self::VersionUnknown { asked } | Self::NotLatest { asked } => {
                vec![("asked", asked.clone())]
            }
            Self::AddressInvalid { address, reason } => {
                vec![("address", address.clone()), ("reason", reason.clone())]
            }
            Self::CustomerUnknown | Self::DiskFull => Vec::new(),
            Self::MappingInvalid { reason }
            | Self::Query { reason }
            | Self::Storage { reason }
            | Self::Frame { reason } => vec![("reason", reason.clone())],
        }
    }

    /// A failure of the disk or the store beneath, with a full disk told apart from the rest.
    pub(crate) fn storage(error: impl Error + 'static) -> Self {
        if tells_of_a_full_disk(&error) {
            return Self::DiskFull;
        }
        Self::Storage {
            reason: error.to_string(),
        }
    }
}

impl From<io::Error> for LakeError {
    fn from(error: io::Error) -> Self {
        Self::storage(error)
    }
}

impl From<deltalake::DeltaTableError> for LakeError {
    fn from(error: deltalake::DeltaTableError) -> Self {
        Self::storage(error)
    }
}

impl From<object_store::Error> for LakeError {
    fn from(error: object_store::Error) -> Self {
        Self::storage(error)
    }
}

impl From<parquet::errors::ParquetError> for LakeError {
    fn from(error: parquet::errors::ParquetError) -> Self {
        Self::storage(error)
    }
}

impl From<arrow::error::ArrowError> for LakeError {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self::storage(error)
    }
}

impl From<datafusion::error::DataFusionError> for LakeError {
    fn from(error: datafusion::error::DataFusionError) -> Self {
        if tells_of_a_full_disk(&error) {
            return Self::DiskFull;
        }
        Self::Query {
            reason: error.strip_backtrace(),
        }
    }
}

fn tells_of_a_full_disk(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<io::Error>()
            && matches!(
                io.kind(),
                io::ErrorKind::StorageFull
                    | io::ErrorKind::QuotaExceeded
                    | io::ErrorKind::FileTooLarge
            )
        {
            return true;
        }
        // Some layers keep only the text of what lay beneath them.
        let text = error.to_string();
        if text.contains("No space left on device") || text.contains("File too large") {
            return true;
        }
        next = error.source();
    }
    false
}
