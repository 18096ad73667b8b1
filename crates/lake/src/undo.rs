//! How is an import taken back, so that nothing is lost and everybody can see that it was?

use jiff::Timestamp;

use crate::error::{LakeError, Result};
use crate::import::guard;
use crate::ledger::Ledger;
use crate::place::Place;
use crate::record::{self, VersionRecord};
use crate::snapshot::all_tables;

impl Ledger {
    /// The latest import in force: the only one that can be taken back. An erasure stands in the way, since what
    /// was forgotten must not come back.
    pub async fn undoable(&self) -> Result<Option<VersionRecord>> {
        Ok(in_force(self.history().await?).filter(|record| !record.files.is_empty()))
    }

    /// Takes back the import of this name: a new version that holds what the version before the import held.
    ///
    /// # Errors
    /// When it is not the latest import in force, or another import is running.
    pub async fn undo(&self, import_id: &str, now: Timestamp) -> Result<VersionRecord> {
        let place = &self.place;
        let _lock = guard::Lock::take(place)?;
        guard::recover(place).await?;
        let refused = || LakeError::NotLatest {
            asked: import_id.to_owned(),
        };
        let target = self
            .undoable()
            .await?
            .filter(|record| record.import_id == import_id)
            .ok_or_else(refused)?;
        let latest = record::latest(place).await?.ok_or_else(refused)?;
        let before = match target.version {
            0 | 1 => None,
            version => Some(record::read(place, version - 1).await?),
        };
        let mut made = VersionRecord {
            version: latest.version + 1,
            import_id: format!("{}-undo", now.strftime("%Y%m%dT%H%M%SZ")),
            at: now.to_string(),
            files: Vec::new(),
            tables: latest.tables.clone(),
            counts: std::collections::BTreeMap::new(),
            customers_delivered: before
                .as_ref()
                .is_some_and(|record| record.customers_delivered),
            undoes: Some(target.version),
        };
        guard::begin(place, &made.import_id).await?;
        put_all_back(place, before.as_ref(), &mut made).await?;
        record::write(place, &made).await?;
        guard::end(place).await?;
        Ok(made)
    }
}

/// The last change that has not been taken back.
fn in_force(history: Vec<VersionRecord>) -> Option<VersionRecord> {
    let mut standing: Vec<VersionRecord> = Vec::new();
    for record in history {
        match record.undoes {
            Some(version) => standing.retain(|other| other.version != version),
            None => standing.push(record),
        }
    }
    standing.pop()
}

async fn put_all_back(
    place: &Place,
    before: Option<&VersionRecord>,
    made: &mut VersionRecord,
) -> Result<()> {
    for table in all_tables() {
        let Some(version) = made.tables.get_mut(table.name) else {
            continue;
        };
        let Some(now) = place.open(table.name, None).await? else {
            continue;
        };
        let then = match before.and_then(|record| record.tables.get(table.name)) {
            Some(version) => place.open(table.name, Some(*version)).await?,
            None => None,
        };
        if let Some(number) = guard::put_back(place, &now, then.as_ref()).await? {
            *version = number;
        }
    }
    Ok(())
}
