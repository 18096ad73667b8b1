//! The rows in the order of customers are the ledger's rows, whatever happens to the ledger and to the copies.

use std::path::{Path, PathBuf};

use odla_lake::At;
use odla_lake::by_customer::{ByCustomer, forget, tables_of_customers};
use odla_lake::erase::erase_customer;
use odla_lake::frames::columns::Answer;
use serde_json::{Map, Value};

use super::bench::Bench;

const CUSTOMERS: usize = 700;

fn customers() -> String {
    let lines = (0..CUSTOMERS).map(|n| format!("K{n:04},Kund {n}\n"));
    format!("customer_id,name\n{}", lines.collect::<String>())
}

/// One customer has far more rows than a block holds, one has none.
fn orders(series: &str, extra: &str) -> String {
    let mut text = format!("order_id,customer_id,ordered_on,net_amount{extra}\n");
    for n in 0..4_000 {
        let customer = match n % 4 {
            0 => 350,
            _ => n % (CUSTOMERS - 1),
        };
        let cell = if extra.is_empty() { "" } else { ",web" };
        let day = n % 28 + 1;
        text.push_str(&format!(
            "{series}{n},K{customer:04},2024-02-{day:02},{n}{cell}\n"
        ));
    }
    text
}

/// Every customer's rows of every table, from the copies and from the ledger itself.
async fn assert_same(bench: &Bench, held: &ByCustomer) {
    let ctx = bench
        .ledger
        .at(&At::Latest)
        .await
        .unwrap()
        .session()
        .await
        .unwrap();
    for id in [
        "K0000", "K0001", "K0350", "K0699", "K9999", "", "K035", "zz",
    ] {
        for table in tables_of_customers() {
            let sql = format!("select * from {} where customer_id = '{id}'", table.name);
            let own = Answer::new(odla_lake::query(&ctx, &sql).await.unwrap());
            let found = held.rows(table.name, id).unwrap();
            assert_eq!(
                sorted(found.objects().unwrap()),
                sorted(own.objects().unwrap()),
                "{id} in {}",
                table.name
            );
        }
    }
}

fn sorted(rows: Vec<Map<String, Value>>) -> Vec<String> {
    let mut rows: Vec<String> = rows
        .into_iter()
        .map(|row| Value::Object(row).to_string())
        .collect();
    rows.sort();
    rows
}

async fn lay_out(bench: &Bench, folder: &Path) -> ByCustomer {
    let snapshot = bench.ledger.at(&At::Latest).await.unwrap();
    ByCustomer::lay_out(&snapshot, folder).await.unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn the_copies_hold_what_the_ledger_holds_through_imports_undoing_and_damage() {
    let bench = Bench::new();
    let folder = bench.dir.path().join("by-customer");
    let first = vec![
        bench.file("customers.csv", customers()),
        bench.file("orders.csv", orders("A", "")),
    ];
    bench.import(first).await.unwrap();
    let held = lay_out(&bench, &folder).await;
    assert_same(&bench, &held).await;
    assert!(held.rows("orders", "K0350").unwrap().rows() > 1_000);
    let before = files(&folder);
    assert_eq!(before.len(), 2, "{before:?}");

    // New rows are a new copy beside the old one; a column that came later is empty in the old rows.
    let more = bench.file("more/orders.csv", orders("B", ",x_shelf"));
    let second = bench.import(vec![more]).await.unwrap();
    let held = lay_out(&bench, &folder).await;
    assert_same(&bench, &held).await;
    let after = files(&folder);
    assert!(before.iter().all(|file| after.contains(file)), "{after:?}");
    assert_eq!(after.len(), 3);

    bench
        .ledger
        .undo(
            &second.import,
            jiff::Timestamp::from_second(1_800_000_000).unwrap(),
        )
        .await
        .unwrap();
    std::fs::write(&before[0], "not a copy at all").unwrap();
    std::fs::write(folder.join("orders-half.half"), "").unwrap();
    let held = lay_out(&bench, &folder).await;
    assert_same(&bench, &held).await;
    assert_eq!(
        files(&folder),
        before,
        "what is of no use is gone, what was broken is made anew"
    );
}

#[tokio::test]
async fn whoever_is_forgotten_is_in_no_copy() {
    let bench = Bench::new();
    let folder = bench.dir.path().join("by-customer");
    let files_in = vec![
        bench.file(
            "customers.csv",
            "customer_id,name\nK1,Eva Ek\nK10,Bo Berg\n",
        ),
        bench.file(
            "orders.csv",
            "order_id,customer_id,ordered_on,net_amount\nA1,K1,2024-01-01,5\nA2,K10,2024-01-01,7\n",
        ),
    ];
    bench.import(files_in).await.unwrap();
    lay_out(&bench, &folder).await;
    let now = jiff::Timestamp::from_second(1_800_000_000).unwrap();
    erase_customer(&bench.ledger, "K1", now, true)
        .await
        .unwrap();
    let left = bench.ledger.at(&At::Latest).await.unwrap();
    forget(&left, &folder).unwrap();
    for file in files(&folder) {
        let bytes = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(
            !text.contains("\"K1\"") && !text.contains("Eva Ek"),
            "{}",
            file.display()
        );
    }
    let held = lay_out(&bench, &folder).await;
    assert_eq!(held.rows("customers", "K1").unwrap().rows(), 0);
    assert_eq!(held.rows("customers", "K10").unwrap().rows(), 1);
}
