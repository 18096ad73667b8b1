//! Does the whole suite hold on a real PostgreSQL, started for it and stopped after it?

use crate::ALL;
use crate::bench::{Bench, runtime};
use odla_store::Store;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A server on a socket in a folder of its own: no port, no other database touched.
struct Server {
    binaries: PathBuf,
    folder: TempDir,
}

#[test]
fn the_suite_holds_on_postgresql() {
    let Some(binaries) = binaries() else {
        println!(
            "left out: PostgreSQL is not installed (Debian package postgresql): the store was tried on SQLite only"
        );
        return;
    };
    let server = Server::start(binaries);
    let runtime = runtime();
    let mut failed = Vec::new();
    for (number, (name, case)) in ALL.iter().enumerate() {
        let address = server.address(&format!("case_{number}"));
        let outcome = runtime.block_on(async {
            server.create(&format!("case_{number}")).await;
            let store = Store::open(&address).await.unwrap();
            let disk = store.clone();
            let outcome = tokio::spawn(case(Bench { store, address })).await;
            disk.close().await;
            outcome
        });
        if outcome.is_err() {
            failed.push(*name);
        }
    }
    assert!(failed.is_empty(), "not on PostgreSQL: {failed:?}");
    println!("{} cases on PostgreSQL", ALL.len());
}

impl Server {
    /// Sorts texts as Swedish does, so that an order that only holds for bytes is found out.
    fn start(binaries: PathBuf) -> Self {
        let server = Self {
            binaries,
            folder: tempfile::tempdir().unwrap(),
        };
        if is_root() {
            run(Command::new("chown")
                .arg("postgres")
                .arg(server.folder.path()));
        }
        let data = server.folder.path().join("data");
        run(server
            .command("initdb")
            .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"])
            .args([
                "--locale=C.UTF-8",
                "--locale-provider=icu",
                "--icu-locale=sv-SE",
                "-D",
            ])
            .arg(&data));
        let options = format!(
            "-k '{}' -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=100",
            server.folder.path().display()
        );
        let log = server.folder.path().join("log");
        run(server
            .command("pg_ctl")
            .args(["start", "-w", "-o", &options, "-l"])
            .arg(log)
            .arg("-D")
            .arg(&data));
        server
    }

    fn address(&self, database: &str) -> String {
        let folder = self.folder.path().display();
        format!("postgres://postgres@localhost/{database}?host={folder}")
    }

    async fn create(&self, database: &str) {
        let mut direct = PgConnection::connect(&self.address("postgres"))
            .await
            .unwrap();
        let sql = AssertSqlSafe(format!("CREATE DATABASE {database}"));
        sqlx::raw_sql(sql).execute(&mut direct).await.unwrap();
    }

    /// PostgreSQL refuses to run as root.
    fn command(&self, program: &str) -> Command {
        let program = self.binaries.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.folder.path().join("data");
        let mut stop = self.command("pg_ctl");
        stop.args(["stop", "-m", "immediate", "-D"]).arg(data);
        let stopped = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !stopped.is_ok_and(|status| status.success()) {
            eprintln!("the PostgreSQL of the test could not be stopped");
        }
    }
}

/// The newest PostgreSQL of this machine, where Debian puts it or where it says itself.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok();
    let mut found: Vec<PathBuf> = versions
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    found.sort_by_key(|folder| {
        let version = folder.parent().and_then(Path::file_name);
        version.and_then(|version| version.to_str()?.parse::<u32>().ok())
    });
    found.pop().or_else(|| {
        let told = Command::new("pg_config").arg("--bindir").output().ok()?;
        let folder = PathBuf::from(String::from_utf8(told.stdout).ok()?.trim());
        folder.join("initdb").exists().then_some(folder)
    })
}

fn is_root() -> bool {
    let told = Command::new("id").arg("-u").output();
    told.is_ok_and(|told| told.stdout.starts_with(b"0\n"))
}

/// Runs quietly; what it said is shown when it failed. A server that lives on must not hold the test's streams.
fn run(command: &mut Command) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let said = || Stdio::from(log.reopen().unwrap());
    let status = command
        .stdin(Stdio::null())
        .stdout(said())
        .stderr(said())
        .status()
        .unwrap();
    let said = std::fs::read_to_string(log.path()).unwrap();
    assert!(status.success(), "{command:?}: {said}");
}
