//! What does every case need: a fresh disk, instants without a clock, people?

use jiff::{Span, Timestamp};
use odla_domain::people::Role;
use odla_store::{Act, Actor, NewPerson, Person, Store};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use std::future::Future;

/// A fresh disk and its address.
pub struct Bench {
    pub store: Store,
    pub address: String,
}

/// Runs a case on a SQLite file of its own.
pub fn on_sqlite<F: Future<Output = ()>>(case: impl FnOnce(Bench) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let address = sqlite_in(&folder);
    runtime().block_on(async {
        let store = Store::open(&address).await.unwrap();
        case(Bench { store, address }).await;
    });
}

pub fn sqlite_in(folder: &tempfile::TempDir) -> String {
    format!("sqlite://{}", folder.path().join("odla.db").display())
}

/// Several threads, so that what is done at once is done at once.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .unwrap()
}

/// The first of June 2026 at noon, and so many seconds.
pub fn at(seconds: i64) -> Timestamp {
    let noon: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
    noon.checked_add(Span::new().seconds(seconds)).unwrap()
}

pub fn nobody() -> Act {
    Act::new(Actor::Nobody, at(0))
}

pub fn someone(email: &str, roles: &[Role]) -> NewPerson {
    NewPerson {
        email: email.to_owned(),
        name: "Åsa Öberg".to_owned(),
        language: "sv".to_owned(),
        roles: roles.to_vec(),
        unit_ids: Vec::new(),
    }
}

impl Bench {
    pub async fn add(&self, email: &str, roles: &[Role]) -> Person {
        let new = someone(email, roles);
        self.store
            .add_person(&Act::program(at(0)), &new)
            .await
            .unwrap()
    }

    pub async fn manager(&self) -> Person {
        self.add("chef@example.se", &[Role::Management]).await
    }

    /// Does to the database what the store would not; how many rows it touched.
    pub async fn raw(&self, sql: &str) -> u64 {
        let sql = AssertSqlSafe(sql.to_owned());
        if let Some(path) = self.address.strip_prefix("sqlite://") {
            let mut direct = SqliteConnection::connect(path).await.unwrap();
            return sqlx::raw_sql(sql)
                .execute(&mut direct)
                .await
                .unwrap()
                .rows_affected();
        }
        let mut direct = PgConnection::connect(&self.address).await.unwrap();
        sqlx::raw_sql(sql)
            .execute(&mut direct)
            .await
            .unwrap()
            .rows_affected()
    }

    /// The one number that a query gives.
    pub async fn number(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        if let Some(path) = self.address.strip_prefix("sqlite://") {
            let mut direct = SqliteConnection::connect(path).await.unwrap();
            return sqlx::query_scalar(sql)
                .fetch_one(&mut direct)
                .await
                .unwrap();
        }
        let mut direct = PgConnection::connect(&self.address).await.unwrap();
        sqlx::query_scalar(sql)
            .fetch_one(&mut direct)
            .await
            .unwrap()
    }
}

/// Does the same so many times at once; the answers in no order.
pub async fn at_once<T, F>(times: usize, work: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = (0..times)
        .map(|number| tokio::spawn(work(number)))
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}
