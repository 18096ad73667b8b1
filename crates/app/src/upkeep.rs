//! What is cleared away by itself, what is forgotten when the law wants it, and what units there are?

use crate::access::Caller;
use crate::office::on_one_thread;
use crate::privacy::{self, Erased, Exported};
use crate::{AppError, Office};
use jiff::{SignedDuration, Timestamp};
use odla_domain::Permission;
use odla_lake::directory::Unit;
use odla_store::{Act, UploadState};
use serde_json::json;

/// Files that nobody imports are kept so long.
const UPLOADS_WAIT: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Files that were imported are kept so long, for whoever wants to see them again.
const UPLOADS_STAY: SignedDuration = SignedDuration::from_hours(24);
const ATTEMPTS_STAY: SignedDuration = SignedDuration::from_hours(24);

impl Office {
    /// Clears away sessions, links and attempts that have ended, and files of uploads.
    pub async fn sweep(&self) -> Result<(), AppError> {
        let now = Timestamp::now();
        self.store.sweep(now, now - ATTEMPTS_STAY).await?;
        let act = Act::program(now);
        for upload in self
            .store
            .uploads_before(now - UPLOADS_WAIT, UploadState::Waiting)
            .await?
        {
            self.store
                .settle_upload(&act, upload.id, UploadState::Dropped)
                .await?;
        }
        for state in [UploadState::Imported, UploadState::Dropped] {
            for upload in self.store.uploads_before(now - UPLOADS_STAY, state).await? {
                self.throw_away(&upload.id.to_string());
            }
        }
        Ok(())
    }

    /// The files of an upload and the mappings beside them. Files half received when the program died go too.
    pub(crate) fn throw_away(&self, upload: &str) {
        let folder = self.uploads().join(upload);
        if folder.is_dir()
            && let Err(error) = std::fs::remove_dir_all(&folder)
        {
            tracing::warn!(%error, upload, "files could not be thrown away");
        }
    }

    /// At the start: files that were being received when the program died are of no use to anybody.
    pub fn clear_half_received(&self) {
        let Ok(entries) = std::fs::read_dir(self.uploads()) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("receiving-") {
                self.throw_away(&name);
            } else if name.ends_with(".toml") {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Our own organization.
    pub async fn units(&self, _caller: &Caller) -> Result<Vec<Unit>, AppError> {
        Ok(self.directory(None).await?.units.clone())
    }

    /// Forgets a customer everywhere: ledger, runs, decisions.
    pub async fn forget_customer(
        &self,
        caller: &Caller,
        id: &str,
        purge: bool,
        request: &str,
    ) -> Result<Erased, AppError> {
        caller.allow(Permission::Erase)?;
        self.customer_row(caller, None, id).await?;
        let (home, customer) = (self.home(), id.to_owned());
        let erased =
            on_one_thread(move || async move { privacy::erase(&home, &customer, purge).await })
                .await?;
        self.store.forget_customer(&caller.act(request), id).await?;
        Ok(erased)
    }

    /// Everything that is kept about a customer, for the customer.
    pub async fn everything_about(
        &self,
        caller: &Caller,
        id: &str,
        request: &str,
    ) -> Result<Exported, AppError> {
        caller.allow(Permission::Erase)?;
        self.customer_row(caller, None, id).await?;
        let (home, customer) = (self.home(), id.to_owned());
        let all =
            on_one_thread(move || async move { privacy::export(&home, &customer).await }).await?;
        let act = caller.act(request);
        self.store
            .note(&act, "customer.handed_out", "", &json!({}))
            .await?;
        Ok(all)
    }
}
