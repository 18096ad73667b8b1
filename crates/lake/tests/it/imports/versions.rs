//! The same import twice, corrected rows, and the ledger as it was known earlier.

use odla_lake::At;

use super::bench::{Bench, counts};

fn orders(rows: std::ops::Range<u32>, amount: u32) -> String {
    let mut text = String::from("order_id,line_no,customer_id,ordered_on,net_amount\n");
    for n in rows {
        text.push_str(&format!(
            "A{n},1,K{},2024-{:02}-01,{amount}\n",
            n % 7,
            n % 12 + 1
        ));
    }
    text
}

#[tokio::test]
async fn the_same_files_twice_change_nothing() {
    let bench = Bench::new();
    let file = bench.file("orders.csv", orders(0..1000, 5));
    let first = bench.import(vec![file.clone()]).await.unwrap();
    assert_eq!(counts(&first, "orders"), [1000, 1000, 0, 0, 0]);
    assert_eq!(counts(&first, "customers"), [7, 7, 0, 0, 0]);
    let second = bench.import(vec![file]).await.unwrap();
    assert_eq!(counts(&second, "orders"), [1000, 0, 0, 1000, 0]);
    assert_eq!(second.version, None);
    assert_eq!(bench.ledger.history().await.unwrap().len(), 1);
    let log = bench.ledger.folder().unwrap().join("orders/_delta_log");
    let commits = std::fs::read_dir(log).unwrap().filter(|entry| {
        entry
            .as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .ends_with(".json")
    });
    // The table made, and its rows.
    assert_eq!(commits.count(), 2);
}

#[tokio::test]
async fn corrected_rows_replace_and_earlier_versions_read_as_before() {
    let bench = Bench::new();
    bench
        .import(vec![bench.file("orders.csv", orders(0..1000, 5))])
        .await
        .unwrap();
    let second = bench
        .import(vec![bench.file("orders.csv", orders(900..1100, 8))])
        .await
        .unwrap();
    assert_eq!(counts(&second, "orders"), [200, 100, 100, 0, 0]);
    let sum = "select count(*), sum(net_amount) from orders";
    assert_eq!(bench.ask(sum).await, ["1100|6100.0000"]);
    assert_eq!(bench.ask_at(&At::Version(1), sum).await, ["1000|5000.0000"]);
    let history = bench.ledger.history().await.unwrap();
    assert_eq!(
        bench
            .ask_at(&At::Import(history[0].import_id.clone()), sum)
            .await,
        ["1000|5000.0000"]
    );
    let moment = history[0].at.parse().unwrap();
    assert_eq!(
        bench.ask_at(&At::Moment(moment), sum).await,
        ["1000|5000.0000"]
    );
    assert!(matches!(At::parse("2024-03-01"), At::Moment(_)));
    assert_eq!(At::parse("3"), At::Version(3));
    assert!(bench.ledger.at(&At::Version(9)).await.is_err());
}

#[tokio::test]
async fn a_dry_run_counts_the_same_and_changes_nothing() {
    let bench = Bench::new();
    bench
        .import(vec![bench.file("orders.csv", orders(0..100, 5))])
        .await
        .unwrap();
    let mut request = bench.request(vec![bench.file("orders.csv", orders(50..150, 6))], None);
    request.dry_run = true;
    let dry = bench.run(request.clone()).await.unwrap();
    assert_eq!(counts(&dry, "orders"), [100, 50, 50, 0, 0]);
    assert_eq!(bench.ledger.version().await.unwrap(), Some(1));
    request.dry_run = false;
    let real = bench.run(request).await.unwrap();
    assert_eq!(dry.tables, real.tables);
    assert_eq!(bench.ledger.version().await.unwrap(), Some(2));
}

#[tokio::test]
async fn every_table_can_be_asked_even_when_nothing_was_imported() {
    let bench = Bench::new();
    for table in odla_domain::tables::TABLES {
        assert_eq!(
            bench
                .ask(&format!("select count(*) from {}", table.name))
                .await,
            ["0"],
            "{}",
            table.name
        );
    }
    assert_eq!(
        bench.ask("select \"column\", reason from rejects").await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn every_row_says_where_it_came_from() {
    let bench = Bench::new();
    let file = bench.file("orders.csv", orders(0..2, 5));
    let summary = bench.import(vec![file.clone()]).await.unwrap();
    let source = file.display();
    let import = &summary.import;
    assert_eq!(
        bench
            .ask("select _source, _line, _import_id, _imported_at from orders order by _line")
            .await,
        [
            format!("{source}|2|{import}|2023-11-15T22:13:20Z"),
            format!("{source}|3|{import}|2023-11-15T22:13:20Z")
        ]
    );
}

#[tokio::test]
async fn many_small_imports_do_not_leave_many_small_files() {
    let bench = Bench::new();
    for n in 0..40 {
        bench
            .import(vec![
                bench.file("orders.csv", orders(n * 10..n * 10 + 10, 5)),
            ])
            .await
            .unwrap();
    }
    assert_eq!(
        bench
            .ask("select count(*), count(distinct order_id) from orders")
            .await,
        ["400|400"]
    );
    let ctx = bench
        .ledger
        .at(&At::Latest)
        .await
        .unwrap()
        .session()
        .await
        .unwrap();
    let files = odla_lake::query(&ctx, "explain select * from orders")
        .await
        .unwrap();
    let text = arrow::util::pretty::pretty_format_batches(&files)
        .unwrap()
        .to_string();
    assert!(text.matches(".parquet").count() <= 26, "{text}");
}

#[tokio::test]
async fn a_ledger_in_an_object_store_works_like_one_in_a_folder() {
    let bench = Bench::new();
    let store = std::sync::Arc::new(object_store::memory::InMemory::new());
    let url = url::Url::parse("memory:///company/ledger").unwrap();
    let ledger = odla_lake::Ledger::open_in(store, url).unwrap();
    let bench = Bench { ledger, ..bench };
    bench
        .import(vec![bench.file("orders.csv", orders(0..100, 5))])
        .await
        .unwrap();
    bench
        .import(vec![bench.file("orders.csv", orders(50..150, 6))])
        .await
        .unwrap();
    assert_eq!(
        bench
            .ask("select count(*), sum(net_amount) from orders")
            .await,
        ["150|850.0000"]
    );
    assert_eq!(
        bench
            .ask_at(&At::Version(1), "select count(*) from orders")
            .await,
        ["100"]
    );
}

#[tokio::test]
async fn a_file_url_and_a_path_open_the_same_ledger() {
    let bench = Bench::new();
    bench
        .import(vec![bench.file("orders.csv", orders(0..10, 5))])
        .await
        .unwrap();
    let url = url::Url::from_directory_path(bench.ledger.folder().unwrap()).unwrap();
    let ledger = odla_lake::Ledger::open(url.as_str()).unwrap();
    assert_eq!(ledger.at(&At::Latest).await.unwrap().rows("orders"), 10);
    assert!(odla_lake::Ledger::open("ftp://host/x").is_err());
}
