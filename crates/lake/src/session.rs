//! How is a question put to the ledger?
//!
//! [`session`] is the only place that makes a query session, so that a distributed engine can
//! stand here without another line changing.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::error::Result;

/// How much of the machine a session may use.
#[derive(Clone, Debug)]
pub struct SessionSettings {
    pub partitions: usize,
    pub memory_bytes: usize,
    /// Where sorts and joins spill when the memory is used up; the system's own place when not given.
    pub spill_dir: Option<PathBuf>,
}

impl SessionSettings {
    /// Two cores and a gigabyte: what the smallest machine we support can give.
    pub fn standard() -> Self {
        Self {
            partitions: 2,
            memory_bytes: 1 << 30,
            spill_dir: None,
        }
    }
}

/// Makes a query session.
pub fn session(settings: &SessionSettings) -> Result<SessionContext> {
    let mode = match &settings.spill_dir {
        Some(dir) => DiskManagerMode::Directories(vec![dir.clone()]),
        None => DiskManagerMode::OsTmpDirectory,
    };
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(settings.memory_bytes)))
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(mode))
        .build_arc()?;
    Ok(SessionContext::new_with_config_rt(
        config(settings),
        runtime,
    ))
}

/// Answers a question in SQL.
pub async fn query(ctx: &SessionContext, sql: &str) -> Result<Vec<RecordBatch>> {
    Ok(ctx.sql(sql).await?.collect().await?)
}

fn config(settings: &SessionSettings) -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(settings.partitions)
        .with_batch_size(8192)
        .with_information_schema(true)
        .with_parquet_pruning(true)
        .with_collect_statistics(true);
    let options = config.options_mut();
    // Text is plain Utf8 everywhere, so that whoever reads a batch meets one type only.
    options.execution.parquet.schema_force_view_types = false;
    options.sql_parser.map_string_types_to_utf8view = false;
    // A hash join is held in memory, but its smaller side is customers, who fit; sorts and groups spill to disk.
    options.optimizer.prefer_hash_join = true;
    options.optimizer.hash_join_single_partition_threshold = 64 << 20;
    config
}
