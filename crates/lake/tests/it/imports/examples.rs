//! The mappings under examples/ on the real files, when these are at hand.

use std::path::PathBuf;

use super::bench::{Bench, counts};

fn data(name: &str) -> Option<PathBuf> {
    let folder = std::env::var("ODLA_DATA").map_or_else(
        |_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let file = folder.join(name);
    if !file.exists() {
        eprintln!("left out: {name}: no data folder");
        return None;
    }
    Some(file)
}

fn mapping(name: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(name)
        .join("mapping.toml");
    std::fs::read_to_string(file).unwrap()
}

#[tokio::test]
async fn cdnow_keeps_every_purchase_and_makes_its_customers() {
    let Some(file) = data("cdnow/cdnow_master.csv") else {
        return;
    };
    let bench = Bench::new();
    let summary = bench
        .import_mapped(vec![file.clone()], &mapping("cdnow"))
        .await
        .unwrap();
    assert_eq!(counts(&summary, "orders"), [69_659, 69_659, 0, 0, 0]);
    assert_eq!(counts(&summary, "customers"), [23_570, 23_570, 0, 0, 0]);
    let told: f64 = std::fs::read_to_string(&file)
        .unwrap()
        .lines()
        .skip(1)
        .map(|line| (line.rsplit(',').next().unwrap().parse::<f64>().unwrap() * 100.0).round())
        .sum::<f64>();
    assert_eq!(
        bench.ask("select cast(round(sum(net_amount) * 100) as bigint), min(ordered_on), max(ordered_on) from orders").await,
        [format!("{}|1997-01-01|1998-06-30", told as i64)]
    );
    assert_eq!(
        bench
            .ask("select count(distinct customer_id) from orders")
            .await,
        ["23570"]
    );
    let again = bench
        .import_mapped(vec![file], &mapping("cdnow"))
        .await
        .unwrap();
    assert_eq!(again.version, None);
}

#[tokio::test]
async fn online_retail_accounts_for_every_line() {
    let Some(file) = data("online_retail_2/online_retail_2_year1.parquet") else {
        return;
    };
    let bench = Bench::new();
    let summary = bench
        .import_mapped(vec![file], &mapping("online_retail"))
        .await
        .unwrap();
    let [read, added, replaced, unchanged, rejected] = counts(&summary, "orders");
    assert_eq!([read, replaced, unchanged, rejected], [525_461, 0, 0, 0]);
    let left_out = &summary.left_out["orders"];
    assert_eq!(left_out["no customer"], 107_927);
    assert_eq!(added + left_out.values().sum::<u64>(), 525_461);
    assert_eq!(counts(&summary, "customers"), [4_383, 4_383, 0, 0, 0]);
    eprintln!("online retail: {added} lines, left out {left_out:?}");
    let cancelled = bench.ask("select count(*) from orders where order_id like 'C%' and (net_amount <> 0 or returned_amount < 0)").await;
    assert_eq!(cancelled, ["0"]);
}

#[tokio::test]
async fn olist_tells_promise_delivery_and_score() {
    let names = [
        "orders",
        "order_items",
        "customers",
        "order_reviews",
        "products",
    ];
    let files: Option<Vec<PathBuf>> = names
        .iter()
        .map(|name| data(&format!("olist/sample_{name}.csv")))
        .collect();
    let Some(files) = files else { return };
    let bench = Bench::new();
    let summary = bench.import_mapped(files, &mapping("olist")).await.unwrap();
    assert_eq!(counts(&summary, "customers"), [4_991, 4_991, 0, 0, 0]);
    let [read, _, _, _, rejected] = counts(&summary, "orders");
    assert_eq!([read, rejected], [5_603, 0]);
    // One review is in the file twice.
    assert_eq!(counts(&summary, "answers"), [4_988, 4_987, 0, 1, 0]);
    let scores = bench
        .ask(
            "select late, count(*), round(avg(value), 3) from (
                select a.value, o.delivered_on > o.promised_on as late from answers a
                join (select order_id, min(delivered_on) as delivered_on, min(promised_on) as promised_on from orders group by 1) o
                on o.order_id = a.order_id where o.delivered_on is not null) group by late order by late",
        )
        .await;
    eprintln!("olist: late, answers, mean score: {scores:?}");
    assert_eq!(scores.len(), 2);
}

#[tokio::test]
async fn codes_of_the_airport_survey_are_no_scores() {
    let Some(file) = data("sfo_survey/sfo_2017.csv") else {
        return;
    };
    let bench = Bench::new();
    let years: Vec<PathBuf> = ["2014", "2015", "2016"]
        .iter()
        .filter_map(|y| data(&format!("sfo_survey/sfo_{y}.csv")))
        .collect();
    let summary = bench
        .import_mapped(vec![file], &mapping("sfo"))
        .await
        .unwrap();
    assert_eq!(counts(&summary, "answers")[4], 0);
    assert_eq!(
        bench.ask("select count(distinct response_id), min(value), max(value) from answers where question <> 'nps'").await,
        ["2825|1.0|5.0"],
        "six of the 2,831 passengers gave no score at all"
    );
    let scores = "select count(*) from answers where question <> 'nps'";
    assert_eq!(
        bench.ask(scores).await,
        ["50774"],
        "the cells from 1 to 5, counted in the file itself"
    );
    assert_eq!(
        bench
            .ask("select min(value), max(value) from answers where question = 'nps'")
            .await,
        ["0.0|10.0"]
    );
    assert_eq!(
        bench.ask("select distinct wave from answers").await,
        ["2017"]
    );
    let all = bench.import_mapped(years, &mapping("sfo")).await.unwrap();
    assert_eq!(counts(&all, "answers")[4], 0);
    assert_eq!(
        bench
            .ask("select distinct wave from answers order by 1")
            .await,
        ["2014", "2015", "2016", "2017"]
    );
}
