//! Is a database found, made, and refused when it should be?

use crate::bench::{Bench, at, at_once, runtime, sqlite_in};
use odla_store::{Act, Store, StoreError};

pub async fn a_newer_database_is_refused(bench: Bench) {
    let checksum = if bench.address.starts_with("sqlite") {
        "x'00'"
    } else {
        "'\\x00'"
    };
    let touched = bench
        .raw(&format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9000, 'from the future', true, {checksum}, 0)"
        ))
        .await;
    assert_eq!(touched, 1);
    let refused = Store::open(&bench.address).await;
    let Err(StoreError::NewerDatabase {
        version: 9000,
        known,
    }) = refused
    else {
        panic!("{refused:?}")
    };
    assert!(known >= 1);
}

pub async fn programs_that_start_together_make_one_database(bench: Bench) {
    let tables = bench.number("SELECT COUNT(*) FROM _sqlx_migrations").await;
    let stores = at_once(6, |_| {
        let address = bench.address.clone();
        async move { Store::open(&address).await.unwrap() }
    })
    .await;
    for store in &stores {
        store.ping().await.unwrap();
        store
            .note(
                &Act::program(at(0)),
                "program.started",
                "",
                &serde_json::json!({}),
            )
            .await
            .unwrap();
    }
    assert_eq!(
        bench.number("SELECT COUNT(*) FROM _sqlx_migrations").await,
        tables
    );
    let state = stores[0].check_audit().await.unwrap();
    assert_eq!((state.entries, state.broken_at), (6, None));
    for store in stores {
        store.close().await;
        assert!(matches!(
            store.ping().await,
            Err(StoreError::Unavailable(_))
        ));
    }
}

#[test]
fn a_fresh_sqlite_file_is_made_once_by_programs_that_start_together() {
    // Which of them is first is chance, so there are several rounds.
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let address = sqlite_in(&folder);
        let opened = runtime().block_on(at_once(6, |_| {
            let address = address.clone();
            async move { Store::open(&address).await.map(drop) }
        }));
        assert!(opened.iter().all(Result::is_ok), "{opened:?}");
    }
}

#[test]
fn an_address_that_is_none_is_refused_without_repeating_its_password() {
    runtime().block_on(async {
        for address in [
            "",
            "odla.db",
            "sqlite://",
            "mysql://u:hemligt@h/d",
            "postgres://u:hemligt@h:port/d",
        ] {
            let refused = Store::open(address).await.unwrap_err();
            assert_eq!(refused.key(), "store.bad_address", "{address}");
            assert!(!refused.to_string().contains("hemligt"));
        }
    });
}

#[test]
fn what_is_no_database_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odla.db");
    std::fs::write(
        &path,
        "Dear diary, this is long enough to be no database at all.".repeat(20),
    )
    .unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(
        runtime()
            .block_on(Store::open(&sqlite_in(&folder)))
            .is_err()
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn nobody_else_on_the_machine_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let address = format!(
        "sqlite://{}",
        folder.path().join("new/folder/odla.db").display()
    );
    let store = runtime().block_on(Store::open(&address)).unwrap();
    for entry in std::fs::read_dir(folder.path().join("new/folder")).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
    drop(store);
}
