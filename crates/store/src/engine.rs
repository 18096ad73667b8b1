//! How does one text of code run on two engines?
//!
//! A statement is written once, in SQL that both engines understand, and type-checked once per engine by the macros.

use crate::Stored;
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

/// The operational disk. Cheap to clone; all clones are the same disk.
#[derive(Clone, Debug)]
pub enum Store {
    Sqlite(SqliteDisk),
    Pg(PgPool),
}

/// Many readers and one writer: SQLite lets one write at a time, and a queue is fairer than its retries.
#[derive(Clone, Debug)]
pub struct SqliteDisk {
    pub(crate) read: SqlitePool,
    pub(crate) write: SqlitePool,
}

/// A write transaction. Dropped without [`Tx::commit`], nothing has happened.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

/// The body once per engine, with the pool to read from.
macro_rules! on {
    ($store:expr, $pool:ident => $body:expr) => {
        match $store {
            $crate::Store::Sqlite(disk) => {
                let $pool = &disk.read;
                $body
            }
            $crate::Store::Pg($pool) => $body,
        }
    };
}

/// The body once per engine, with the connection of the transaction.
macro_rules! within {
    ($tx:expr, $connection:ident => $body:expr) => {
        match &mut $tx {
            $crate::engine::Tx::Sqlite(tx) => {
                let $connection = &mut **tx;
                $body
            }
            $crate::engine::Tx::Pg(tx) => {
                let $connection = &mut **tx;
                $body
            }
        }
    };
}

/// Every row of a query.
macro_rules! read_all {
    ($store:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on!($store, pool => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(pool).await)
    };
}

/// The first row of a query, if there is one.
macro_rules! read_one {
    ($store:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on!($store, pool => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(pool).await)
    };
}

/// Every row of a query inside the transaction.
macro_rules! tx_all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        within!($tx, connection =>
            sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(connection).await)
    };
}

/// The first row of a query inside the transaction, if there is one.
macro_rules! tx_one {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        within!($tx, connection =>
            sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(connection).await)
    };
}

/// A statement inside the transaction; how many rows it touched.
macro_rules! tx_do {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        within!($tx, connection =>
            sqlx::query($sql)$(.bind($bind))*.execute(connection).await.map(|done| done.rows_affected()))
    };
}

impl Store {
    /// Begins to write; on SQLite the writer's place is taken at once, so that a read before a write stays true.
    pub(crate) async fn write(&self) -> Stored<Tx> {
        Ok(match self {
            Self::Sqlite(disk) => Tx::Sqlite(disk.write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Pg(pool) => Tx::Pg(pool.begin().await?),
        })
    }

    /// Whether the disk answers.
    ///
    /// # Errors
    /// [`crate::StoreError::Unavailable`] when it does not.
    pub async fn ping(&self) -> Stored<()> {
        read_one!(
            self,
            (i64,),
            "SELECT value FROM counters WHERE name = 'jobs'"
        )?;
        Ok(())
    }

    /// Lets go of all connections, after the writes that are under way.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(disk) => {
                disk.read.close().await;
                disk.write.close().await;
            }
            Self::Pg(pool) => pool.close().await,
        }
    }
}

impl Tx {
    pub(crate) async fn commit(self) -> Stored<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Pg(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Waits for the turn of this kind of writer, and holds it to the end of the transaction. The turn's number
    /// grows by one with each turn, in the order of commits.
    pub(crate) async fn turn(&mut self, kind: &'static str) -> Stored<i64> {
        let sql = "UPDATE counters SET value = value + 1 WHERE name = $1 RETURNING value";
        let number = tx_one!(*self, (i64,), sql, kind)?;
        Ok(number
            .expect("every kind of writer has its row since the first migration")
            .0)
    }

    /// The text for this engine, where SQL has no common one.
    pub(crate) const fn dialect(&self, sqlite: &'static str, pg: &'static str) -> &'static str {
        match self {
            Self::Sqlite(_) => sqlite,
            Self::Pg(_) => pg,
        }
    }
}
