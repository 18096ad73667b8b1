//! How do files from a browser come to the ledger: received, looked at, mapped, previewed, imported, taken back?

use crate::access::Caller;
use crate::auth::invalid;
use crate::jobs::Work;
use crate::office::on_one_thread;
use crate::{AppError, Denied, Office};
use jiff::Timestamp;
use odla_domain::Permission;
use odla_lake::import::packed::{self, Bounds, Packed};
use odla_lake::import::preview::{Glance, Preview, preview};
use odla_lake::import::{Below, ImportRequest};
use odla_lake::{VersionRecord, map};
use odla_store::{Job, Upload, UploadFile, UploadState};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

const MOST_MAPPING_BYTES: usize = 1 << 20;
const GLANCE: Glance = Glance {
    read: 20_000,
    rows: 50,
    rejects: 200,
};
const KINDS: &[&str] = &[
    ".csv",
    ".csv.gz",
    ".tsv",
    ".tsv.gz",
    ".txt",
    ".xlsx",
    ".xls",
    ".xlsb",
    ".ods",
    ".parquet",
    ".jsonl",
    ".jsonl.gz",
    ".ndjson",
    ".json",
];

/// Files on their way in. Dropped before [`Receiving::keep`], they are thrown away.
pub struct Receiving {
    folder: PathBuf,
    most_bytes: u64,
    most_files: usize,
    received: u64,
    files: Vec<UploadFile>,
    open: Option<File>,
    kept: bool,
}

/// What the proposal says, as text and as data.
pub struct Proposal {
    pub mapping: String,
    pub files: Vec<map::Described>,
}

/// One import of the history.
pub struct Imported {
    pub record: VersionRecord,
    /// Who asked for it, when it came through the web application.
    pub by: Option<Uuid>,
    pub undone: bool,
    /// Whether it is the one that can be taken back.
    pub latest: bool,
}

impl Office {
    /// Begins to receive.
    pub async fn receive(&self, caller: &Caller) -> Result<Receiving, AppError> {
        caller.allow(Permission::Import)?;
        let home = self.home();
        let server = &home.settings.server;
        let name = format!("receiving-{}", Uuid::now_v7());
        let folder = self.uploads().join(name);
        tokio::fs::create_dir_all(&folder)
            .await
            .map_err(|source| AppError::file(&folder, source))?;
        Ok(Receiving {
            folder,
            most_bytes: server.upload_mebibytes << 20,
            most_files: server.upload_files,
            received: 0,
            files: Vec::new(),
            open: None,
            kept: false,
        })
    }

    /// An upload of the caller's own.
    pub async fn upload(&self, caller: &Caller, id: &str) -> Result<Upload, AppError> {
        caller.allow(Permission::Import)?;
        let upload = self.store.upload(crate::auth::id_of(id, "upload")?).await?;
        match upload.owner_id == caller.person.id {
            true => Ok(upload),
            false => Err(Denied::Unknown { what: "upload" }.into()),
        }
    }

    /// Which mapping would fit.
    pub async fn proposal(&self, caller: &Caller, id: &str) -> Result<Proposal, AppError> {
        let upload = self.upload(caller, id).await?;
        let paths = vec![self.folder_of(&upload)?];
        let looking = tokio::task::spawn_blocking(move || {
            Ok::<_, AppError>(Proposal {
                mapping: map::propose(&paths)?,
                files: map::describe(&paths)?,
            })
        });
        looking.await.map_err(|error| AppError::Internal {
            detail: error.to_string(),
        })?
    }

    /// What an import with this mapping would do.
    pub async fn preview(
        &self,
        caller: &Caller,
        id: &str,
        mapping: &str,
    ) -> Result<Preview, AppError> {
        let upload = self.upload(caller, id).await?;
        let folder = self.folder_of(&upload)?;
        let written = Mapping::write(&folder, mapping, "preview").await?;
        let request = self.request(&folder, &written);
        let ledger = self.ledger()?;
        let seen = on_one_thread(move || async move {
            Ok(preview(&ledger, request, Some(Below(&folder)), GLANCE).await?)
        })
        .await;
        written.remove().await;
        seen
    }

    /// Asks for the import; it is done as a job.
    pub async fn ask_import(
        &self,
        caller: &Caller,
        id: &str,
        mapping: &str,
        request: &str,
    ) -> Result<Job, AppError> {
        let upload = self.upload(caller, id).await?;
        if upload.state != UploadState::Waiting {
            return Err(Denied::Changed.into());
        }
        check_mapping(mapping)?;
        if let Some(job) = self.import_under_way(upload.id).await? {
            return Ok(job);
        }
        let work = Work::Import {
            upload: upload.id,
            mapping: mapping.to_owned(),
        };
        self.enqueue(caller, work, request).await
    }

    /// Every import, newest first, with who asked for it.
    pub async fn imports(&self, caller: &Caller) -> Result<Vec<Imported>, AppError> {
        caller.allow(Permission::Import)?;
        let ledger = self.ledger()?;
        let latest = ledger.undoable().await?.map(|record| record.version);
        let history = ledger.history().await?;
        let undone: Vec<u64> = history.iter().filter_map(|record| record.undoes).collect();
        let by = self.importers().await?;
        let mut imports: Vec<Imported> = history
            .into_iter()
            .filter(|record| !record.files.is_empty())
            .map(|record| Imported {
                by: by.get(&record.import_id).copied(),
                undone: undone.contains(&record.version),
                latest: latest == Some(record.version),
                record,
            })
            .collect();
        imports.reverse();
        Ok(imports)
    }

    /// The rows that an import could not understand, as far as they have not been mended.
    pub async fn rejects(
        &self,
        caller: &Caller,
        import: &str,
        limit: u32,
    ) -> Result<Vec<BTreeMap<String, Value>>, AppError> {
        caller.allow(Permission::Import)?;
        let history = self.ledger()?.history().await?;
        if !history.iter().any(|record| record.import_id == import) {
            return Err(Denied::Unknown { what: "import" }.into());
        }
        let sql = format!(
            "select \"table\", file, line, \"column\", reason, value, raw from rejects \
             where _import_id = '{}' order by file, line, \"column\" limit {limit}",
            import.replace('\'', "''")
        );
        let opened = self.opened().await?;
        let answer =
            odla_lake::frames::columns::Answer::new(odla_lake::query(&opened.ctx, &sql).await?);
        let rows = answer.objects()?;
        Ok(rows
            .into_iter()
            .map(|row| row.into_iter().collect())
            .collect())
    }

    /// Takes the latest import back.
    pub async fn undo_import(
        &self,
        caller: &Caller,
        import: &str,
        request: &str,
    ) -> Result<VersionRecord, AppError> {
        caller.allow(Permission::Import)?;
        let history = self.ledger()?.history().await?;
        if !history.iter().any(|record| record.import_id == import) {
            return Err(Denied::Unknown { what: "import" }.into());
        }
        let (ledger, id) = (self.ledger()?, import.to_owned());
        let made =
            on_one_thread(move || async move { Ok(ledger.undo(&id, Timestamp::now()).await?) })
                .await?;
        let details = json!({"version": made.version});
        let act = caller.act(request);
        self.store
            .note(&act, "import.undone", import, &details)
            .await?;
        Ok(made)
    }

    pub(crate) fn folder_of(&self, upload: &Upload) -> Result<PathBuf, AppError> {
        let folder = self.uploads().join(upload.id.to_string());
        match folder.is_dir() {
            true => Ok(folder),
            false => Err(Denied::Unknown { what: "upload" }.into()),
        }
    }

    pub(crate) fn request(&self, folder: &Path, mapping: &Mapping) -> ImportRequest {
        ImportRequest {
            paths: vec![folder.to_owned()],
            mapping: Some(mapping.path.clone()),
            dry_run: false,
            time_zone: self.home().settings.time_zone.clone(),
            now: Timestamp::now(),
        }
    }
}

impl Receiving {
    /// Begins the next file.
    ///
    /// # Errors
    /// When there are too many, or the name is none of a file we read.
    pub async fn begin(&mut self, name: &str) -> Result<(), AppError> {
        self.end().await?;
        if self.files.len() >= self.most_files {
            return Err(Denied::UploadFiles {
                most: self.most_files,
            }
            .into());
        }
        let mut plain = plain_name(name)?;
        let taken = |plain: &str| self.files.iter().any(|file| file.name == plain);
        while taken(&plain) {
            plain = format!("{}-{plain}", self.files.len() + 1);
        }
        let path = self.folder.join(&plain);
        let file = File::create_new(&path)
            .await
            .map_err(|source| AppError::file(&path, source))?;
        self.files.push(UploadFile {
            name: plain,
            size: 0,
            table_guess: None,
        });
        self.open = Some(file);
        Ok(())
    }

    /// Takes the next piece of the file.
    ///
    /// # Errors
    /// When all files together are larger than allowed.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), AppError> {
        self.received += piece.len() as u64;
        if self.received > self.most_bytes {
            return Err(Denied::UploadSize {
                most: self.most_bytes,
            }
            .into());
        }
        if let (Some(file), Some(told)) = (self.open.as_mut(), self.files.last_mut()) {
            told.size += piece.len() as u64;
            let path = self.folder.join(&told.name);
            file.write_all(piece)
                .await
                .map_err(|source| AppError::file(&path, source))?;
        }
        Ok(())
    }

    /// Looks into what has come, and enters it.
    ///
    /// # Errors
    /// When there is no file, or one that grows without end when it is unpacked.
    pub async fn keep(
        mut self,
        office: &Office,
        caller: &Caller,
        request: &str,
    ) -> Result<Upload, AppError> {
        self.end().await?;
        if self.files.is_empty() {
            return Err(invalid("files", "1+").into());
        }
        let (folder, files) = (self.folder.clone(), self.files.clone());
        let looking = tokio::task::spawn_blocking(move || looked_at(&folder, files));
        let files = looking.await.map_err(|error| AppError::Internal {
            detail: error.to_string(),
        })??;
        let upload = office
            .store
            .add_upload(&caller.act(request), &files)
            .await?;
        let place = office.uploads().join(upload.id.to_string());
        tokio::fs::rename(&self.folder, &place)
            .await
            .map_err(|source| AppError::file(&place, source))?;
        self.kept = true;
        Ok(upload)
    }

    async fn end(&mut self) -> Result<(), AppError> {
        if let Some(mut file) = self.open.take() {
            file.flush()
                .await
                .map_err(|source| AppError::file(&self.folder, source))?;
        }
        Ok(())
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be thrown away now goes when the server starts next.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// A mapping beside the files it is for, where the import does not take it for one of them.
pub(crate) struct Mapping {
    pub path: PathBuf,
}

impl Mapping {
    pub async fn write(folder: &Path, text: &str, purpose: &str) -> Result<Self, AppError> {
        check_mapping(text)?;
        let mut name = folder.as_os_str().to_owned();
        name.push(format!(".{purpose}-{}.toml", Uuid::now_v7()));
        let path = PathBuf::from(name);
        tokio::fs::write(&path, text)
            .await
            .map_err(|source| AppError::file(&path, source))?;
        Ok(Self { path })
    }

    pub async fn remove(self) {
        // A mapping left behind is swept with its upload.
        let _ = tokio::fs::remove_file(&self.path).await;
    }
}

fn check_mapping(text: &str) -> Result<(), Denied> {
    match text.len() <= MOST_MAPPING_BYTES {
        true => Ok(()),
        false => Err(invalid("mapping", "1 MiB")),
    }
}

/// Refuses what grows without end, and guesses which table each file holds.
fn looked_at(folder: &Path, mut files: Vec<UploadFile>) -> Result<Vec<UploadFile>, AppError> {
    for file in &mut files {
        let path = folder.join(&file.name);
        let found = packed::check(&path, &Bounds::standard());
        match found.map_err(|source| AppError::file(&path, source))? {
            Packed::Fine => {}
            Packed::TooManyEntries | Packed::TooLarge | Packed::TooDense => {
                let file = file.name.clone();
                return Err(Denied::UploadPacked { file }.into());
            }
            Packed::Broken => {
                let file = file.name.clone();
                return Err(Denied::UploadKind { file }.into());
            }
        }
        // A file that cannot be read yet is told of in the proposal, where something can be done about it.
        let described = map::describe(&[path]).unwrap_or_default();
        file.table_guess = described.into_iter().next().and_then(|file| file.table);
    }
    Ok(files)
}

/// The last part of a name, with plain letters only: it never leads to another folder.
fn plain_name(name: &str) -> Result<String, Denied> {
    let refused = || Denied::UploadKind {
        file: name
            .chars()
            .filter(|letter| !letter.is_control())
            .take(80)
            .collect(),
    };
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .map(|letter| match letter {
            letter if letter.is_alphanumeric() => letter,
            '.' | '-' | '_' => letter,
            _ => '_',
        })
        .take(120)
        .collect();
    let plain = plain.trim_start_matches(['.', '-']).to_owned();
    let small = plain.to_lowercase();
    let kind = KINDS.iter().find(|kind| small.ends_with(**kind));
    match kind.is_some_and(|kind| small.len() > kind.len()) {
        true => Ok(plain),
        false => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leads_out_of_its_folder() {
        for (name, plain) in [
            ("orders.csv", "orders.csv"),
            ("../../etc/orders.csv", "orders.csv"),
            ("C:\\files\\Kunder 2026.xlsx", "Kunder_2026.xlsx"),
            ("..\u{0}orders.csv", "_orders.csv"),
            ("förfrågan.csv", "förfrågan.csv"),
            (".hidden.csv", "hidden.csv"),
        ] {
            assert_eq!(plain_name(name).unwrap(), plain, "{name}");
        }
        for name in [
            "",
            "..",
            "../..",
            "orders",
            "orders.exe",
            ".csv",
            "orders.csv/..",
        ] {
            assert!(plain_name(name).is_err(), "{name}");
        }
    }
}
