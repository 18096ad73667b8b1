//! A customer is forgotten, or gets everything that is kept.

use odla_lake::At;
use odla_lake::erase::{erase_customer, export_customer};

use super::bench::Bench;

async fn company() -> Bench {
    let bench = Bench::new();
    let files = vec![
        bench.file("customers.csv", "customer_id,name\nK1,Eva Ek\nK10,Bo Berg\n"),
        bench.file("contacts.csv", "contact_id,customer_id,email\nP1,K1,eva@ek.se\nP2,K10,bo@berg.se\n"),
        bench.file(
            "orders.csv",
            "order_id,customer_id,ordered_on,net_amount\nA1,K1,2024-01-01,5\nA2,K10,2024-01-01,7\nA3,K1,never,1\nA4,K10,never,1\n",
        ),
        bench.file("answers.csv", "answer_id,customer_id,contact_id,question,value\n1,,P1,nps,9\n2,K10,P2,nps,3\n"),
    ];
    bench.import(files).await.unwrap();
    bench
}

const ROWS: &str = "select a.n, b.n, c.n, d.n, e.n from (select count(*) as n from customers) a,
    (select count(*) as n from contacts) b, (select count(*) as n from orders) c,
    (select count(*) as n from answers) d, (select count(*) as n from rejects) e";

#[tokio::test]
async fn an_erased_customer_is_gone_from_every_table_and_the_others_stay() {
    let bench = company().await;
    assert_eq!(bench.ask(ROWS).await, ["2|2|2|2|2"]);
    let now = jiff::Timestamp::from_second(1_800_000_000).unwrap();
    let erasure = erase_customer(&bench.ledger, "K1", now, false)
        .await
        .unwrap();
    assert_eq!(bench.ask(ROWS).await, ["1|1|1|1|1"]);
    assert_eq!(erasure.tables.values().sum::<u64>(), 5);
    assert!(erasure.earlier_versions_hold_rows);
    assert_eq!(
        bench
            .ask_at(&At::Version(1), "select count(*) from customers")
            .await,
        ["2"]
    );
    let again = erase_customer(&bench.ledger, "K1", now, false)
        .await
        .unwrap_err();
    assert_eq!(again.key(), "ledger.customer_unknown");
}

#[tokio::test]
async fn a_purge_leaves_no_file_that_holds_the_customer() {
    let bench = company().await;
    let now = jiff::Timestamp::from_second(1_800_000_000).unwrap();
    let erasure = erase_customer(&bench.ledger, "K1", now, true)
        .await
        .unwrap();
    assert!(!erasure.earlier_versions_hold_rows);
    assert!(bench.ledger.at(&At::Version(1)).await.is_err());
    assert_eq!(bench.ask(ROWS).await, ["1|1|1|1|1"]);
    // Files are compressed, so each is read rather than searched.
    let folder = bench.ledger.folder().unwrap();
    let ctx = odla_lake::session(&odla_lake::SessionSettings::standard()).unwrap();
    for table in ["customers", "contacts"] {
        for entry in std::fs::read_dir(folder.join(table)).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|extension| extension == "parquet")
            {
                let options = datafusion::prelude::ParquetReadOptions::default();
                let rows = ctx
                    .read_parquet(path.to_str().unwrap(), options)
                    .await
                    .unwrap();
                let held = rows.filter(
                    datafusion::prelude::col("customer_id").eq(datafusion::prelude::lit("K1")),
                );
                assert_eq!(
                    held.unwrap().count().await.unwrap(),
                    0,
                    "{}",
                    path.display()
                );
            }
        }
        for entry in std::fs::read_dir(folder.join(table).join("_delta_log")).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let log = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
                assert!(!log.contains("Eva") && !log.contains("eva@"));
            }
        }
    }
}

#[tokio::test]
async fn a_customer_gets_everything_that_is_kept() {
    let bench = company().await;
    let snapshot = bench.ledger.at(&At::Latest).await.unwrap();
    let all = export_customer(&snapshot, "K1").await.unwrap();
    let tables: Vec<&str> = all.keys().map(String::as_str).collect();
    assert_eq!(
        tables,
        ["answers", "contacts", "customers", "orders", "rejects"]
    );
    assert_eq!(all["customers"][0]["name"], "Eva Ek");
    assert!(export_customer(&snapshot, "K2").await.is_err());
}
