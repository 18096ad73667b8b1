//! Which steps bring a database up to date?
//!
//! A step that has been released is never edited: a new one follows it.

use crate::{Store, StoreError, Stored};
use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

/// A step of the way: one text for both engines, or one for each where SQL has no common one.
struct Step {
    name: &'static str,
    sqlite: &'static str,
    pg: &'static str,
}

const OPERATIONS: &str = include_str!("../migrations/0001_operations.sql");
const WHAT_IS_DECIDED: &str = include_str!("../migrations/0003_what_is_decided.sql");

/// In order; the first is number one.
const STEPS: &[Step] = &[
    Step {
        name: "operations",
        sqlite: OPERATIONS,
        pg: OPERATIONS,
    },
    Step {
        name: "byte order",
        sqlite: "SELECT 1",
        pg: include_str!("../migrations/0002_byte_order.pg.sql"),
    },
    Step {
        name: "what is decided",
        sqlite: WHAT_IS_DECIDED,
        pg: WHAT_IS_DECIDED,
    },
];

impl Store {
    /// Takes the steps that the database has not taken yet; programs that start together take turns.
    pub(crate) async fn migrate(&self) -> Stored<()> {
        match self {
            Self::Sqlite(disk) => {
                // The library has a lock for PostgreSQL only: here the writer's place is the lock.
                let mut turn = disk.write.begin_with("BEGIN IMMEDIATE").await?;
                let steps = migrator(|step| step.sqlite);
                let taken = steps.run_direct(None, &mut *turn, false).await;
                taken.map_err(explained)?;
                turn.commit().await?;
            }
            Self::Pg(pool) => migrator(|step| step.pg)
                .run(pool)
                .await
                .map_err(explained)?,
        }
        Ok(())
    }
}

fn migrator(text: fn(&Step) -> &'static str) -> Migrator {
    let steps = STEPS.iter().zip(1..).map(|(step, version)| {
        let sql = text(step).into_sql_str();
        Migration::new(version, step.name.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(steps.collect())
}

fn explained(error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) => StoreError::NewerDatabase {
            version,
            known: STEPS.len() as i64,
        },
        MigrateError::Execute(error) => error.into(),
        other => StoreError::Migration(other),
    }
}
