//! What stops an import as a whole leaves the ledger as it was.

use odla_lake::LakeError;
use odla_lake::import::{Progress, import};

use super::bench::Bench;

const ORDERS: &str = "order_id,customer_id,ordered_on\nA1,K1,2024-01-01\n";

#[tokio::test]
async fn a_file_without_rows_an_unknown_table_and_a_missing_column_are_told_by_name() {
    let bench = Bench::new();
    let good = bench.file("orders.csv", ORDERS);
    for (name, text, key) in [
        (
            "contracts.csv",
            "contract_id,customer_id,started_on\n",
            "import.file_empty",
        ),
        ("contracts.csv", "", "import.file_empty"),
        ("gurkor.csv", "a,b\n1,2\n", "import.table_unknown"),
        (
            "contracts.csv",
            "contract_id,customer_id\nC1,K1\n",
            "import.column_missing",
        ),
        (
            "contracts.csv",
            "contract_id,contract_id\nC1,K1\n",
            "import.column_repeated",
        ),
        (
            "contracts.csv",
            "contract_id\0customer_id\n",
            "import.not_text",
        ),
        (
            "contracts.parquet",
            "not at all parquet",
            "import.file_unreadable",
        ),
        ("contracts.pdf", "x", "import.file_kind_unknown"),
    ] {
        let error = bench
            .import(vec![good.clone(), bench.file(name, text)])
            .await
            .unwrap_err();
        assert_eq!(error.key(), key, "{name} {text:?}: {error}");
        assert_eq!(bench.ledger.version().await.unwrap(), None);
    }
    let error = bench
        .import(vec!["/nowhere/at/all.csv".into()])
        .await
        .unwrap_err();
    assert_eq!(error.params(), [("path", "/nowhere/at/all.csv".to_owned())]);
}

#[tokio::test]
async fn a_stated_encoding_that_the_file_is_not_in_is_told_with_the_line() {
    let bench = Bench::new();
    let file = bench.file(
        "orders.csv",
        b"order_id,customer_id,ordered_on\nA1,K1,2024-01-01\n\xc5\xe4,K1,2024-01-01\n",
    );
    let mapping = "[source.o]\nfiles = ['*.csv']\nreading = { encoding = 'utf-8' }\n[[table]]\nname = 'orders'\nfrom = 'o'\n\
                   [table.columns]\norder_id = 'order_id'\ncustomer_id = 'customer_id'\nordered_on = 'ordered_on'\n";
    let error = bench
        .import_mapped(vec![file.clone()], mapping)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, LakeError::WrongEncoding { line: 3, .. }),
        "{error:?}"
    );
    bench
        .import_mapped(vec![file], &mapping.replace("utf-8", "latin1"))
        .await
        .unwrap();
    assert_eq!(
        bench
            .ask("select order_id from orders order by line_no, order_id")
            .await,
        ["A1", "Åä"]
    );
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_read_stops_the_import() {
    let bench = Bench::new();
    let file = bench.file("orders.csv", ORDERS);
    let request = bench.request(vec![file.clone()], None);
    let error = import(&bench.ledger, request, &|_: Progress| {
        std::fs::write(&file, format!("{ORDERS}A2,K2,2024-01-02\n")).unwrap();
    })
    .await
    .unwrap_err();
    assert_eq!(error.key(), "import.file_changed");
    assert_eq!(bench.ledger.version().await.unwrap(), None);
    bench.import(vec![file]).await.unwrap();
    assert_eq!(bench.ask("select count(*) from orders").await, ["2"]);
}

#[tokio::test]
async fn a_second_import_at_the_same_time_is_refused() {
    let bench = Bench::new();
    let file = bench.file("orders.csv", ORDERS);
    let lock = bench.ledger.folder().unwrap().join("_odla");
    std::fs::create_dir_all(&lock).unwrap();
    let held = std::fs::File::create(lock.join("lock")).unwrap();
    held.lock().unwrap();
    let error = bench.import(vec![file.clone()]).await.unwrap_err();
    assert_eq!(error.key(), "ledger.busy");
    drop(held);
    bench.import(vec![file]).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_leaves_the_ledger_as_it_was() {
    let Some(small) = SmallDisk::mount() else {
        eprintln!(
            "left out: a_full_disk_leaves_the_ledger_as_it_was: no right to mount a small disk"
        );
        return;
    };
    let bench = Bench::new();
    let ledger = odla_lake::Ledger::open(small.path.join("ledger").to_str().unwrap()).unwrap();
    let few = bench.request(vec![bench.file("orders.csv", ORDERS)], None);
    import(&ledger, few, &|_: Progress| {}).await.unwrap();
    let mut many = String::from("order_id,customer_id,ordered_on,x_noise\n");
    for n in 0..60_000_u64 {
        let noise = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        many.push_str(&format!(
            "B{n},K{n},2024-01-01,{noise:x}{:x}\n",
            noise.rotate_left(17)
        ));
    }
    let request = bench.request(vec![bench.file("orders_2.csv", many)], None);
    let error = import(&ledger, request, &|_: Progress| {})
        .await
        .unwrap_err();
    assert_eq!(error.key(), "ledger.disk_full", "{error}");
    assert_eq!(ledger.version().await.unwrap(), Some(1));
    let ctx = ledger
        .at(&odla_lake::At::Latest)
        .await
        .unwrap()
        .session()
        .await
        .unwrap();
    let rows: usize = odla_lake::query(&ctx, "select * from orders")
        .await
        .unwrap()
        .iter()
        .map(|b| b.num_rows())
        .sum();
    assert_eq!(rows, 1);
    // What fits is still taken afterwards.
    let after = bench.request(
        vec![bench.file("orders_3.csv", ORDERS.replace("A1", "A3"))],
        None,
    );
    import(&ledger, after, &|_: Progress| {}).await.unwrap();
    assert_eq!(ledger.version().await.unwrap(), Some(2));
}

/// A disk of three megabytes, gone with the test.
struct SmallDisk {
    path: std::path::PathBuf,
    _dir: tempfile::TempDir,
}

impl SmallDisk {
    fn mount() -> Option<Self> {
        let dir = tempfile::tempdir().ok()?;
        let path = dir.path().join("small");
        std::fs::create_dir(&path).ok()?;
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"])
            .arg(&path)
            .stderr(std::process::Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        mounted.then_some(Self { path, _dir: dir })
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount")
            .arg("-l")
            .arg(&self.path)
            .status();
    }
}
