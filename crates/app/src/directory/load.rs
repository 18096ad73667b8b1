//! How does the directory of a run come into memory?

use super::Directory;
use crate::runs::Runs;
use crate::{AppError, Home};
use odla_domain::RunRecord;
use odla_lake::{SessionContext, directory};

/// Reads the customers of the latest ledger and lays the run's scores beside them.
///
/// The customers are those of today, not of the run: who has been forgotten since must not come back, and who has
/// moved to another unit is seen by that unit.
pub async fn load(
    home: &Home,
    ctx: &SessionContext,
    record: Option<&RunRecord>,
) -> Result<Directory, AppError> {
    let customers = directory::customers(ctx).await?;
    let units = directory::units(ctx).await?;
    let (runs, record) = (Runs::new(home.runs()), record.cloned());
    let loading = tokio::task::spawn_blocking(move || {
        let mut loaded = Directory::new(customers, units);
        let Some(record) = record else {
            return Ok(loaded);
        };
        for word in &record.computed {
            let file = runs.scores_file(&record, word);
            if file.exists() {
                let columns = directory::scores(&file, &loaded.ids)?;
                loaded.add(columns);
            }
        }
        loaded.as_of = Some(record.as_of.to_string());
        loaded.run = Some(record.id);
        Ok(loaded)
    });
    loading.await.map_err(|error| AppError::Internal {
        detail: error.to_string(),
    })?
}
