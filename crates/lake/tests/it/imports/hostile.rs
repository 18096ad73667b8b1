//! Exports as real systems write them.

use std::io::Write;

use super::bench::{Bench, counts};

#[tokio::test]
async fn a_swedish_export_with_semicolons_latin_letters_and_decimal_commas_imports_without_a_mapping()
 {
    let bench = Bench::new();
    let text = "customer_id;order_id;line_no;ordered_on;net_amount;channel\r\n\
                K1;A1;1;2024-03-01;1 234,50;Butik Årsta\r\n\
                K2;A2;1;01.03.2024;99,9;Växjö\r\n\
                K2;A3;1;20240302;−5,25;Öland\r\n";
    let (bytes, _, lossy) = encoding_rs::WINDOWS_1252.encode(text);
    assert!(
        lossy,
        "the typographic minus is not in the code page and is written as a character reference"
    );
    let bytes = String::from_utf8_lossy(&bytes).contains("&#").then(|| {
        encoding_rs::WINDOWS_1252
            .encode(&text.replace('−', "-"))
            .0
            .into_owned()
    });
    let summary = bench
        .import(vec![bench.file("orders.csv", bytes.unwrap())])
        .await
        .unwrap();
    assert_eq!(counts(&summary, "orders"), [3, 3, 0, 0, 0]);
    assert_eq!(
        bench
            .ask("select order_id, ordered_on, net_amount, channel from orders order by order_id")
            .await,
        [
            "A1|2024-03-01|1234.5000|Butik Årsta",
            "A2|2024-03-01|99.9000|Växjö",
            "A3|2024-03-02|-5.2500|Öland"
        ]
    );
    assert_eq!(
        bench
            .ask("select customer_id from customers order by 1")
            .await,
        ["K1", "K2"]
    );
}

#[tokio::test]
async fn a_byte_order_mark_and_a_header_in_capitals_are_no_obstacle() {
    let bench = Bench::new();
    let text = "\u{feff}CUSTOMER_ID,Name,Kind,Marketing_Consent\n1,\"Åkes Bygg, AB\",company,ja\n2,\"Två\nrader\",person,nej\n";
    let summary = bench
        .import(vec![bench.file("Customers.csv", text)])
        .await
        .unwrap();
    assert_eq!(counts(&summary, "customers"), [2, 2, 0, 0, 0]);
    assert_eq!(
        bench.ask("select customer_id, replace(name, chr(10), '/'), kind, marketing_consent from customers order by 1").await,
        ["1|Åkes Bygg, AB|company|true", "2|Två/rader|person|false"]
    );
}

#[tokio::test]
async fn rows_that_cannot_be_understood_are_kept_with_line_column_reason_and_text() {
    let bench = Bench::new();
    let text = "order_id;customer_id;ordered_on;net_amount;quantity\n\
                A1;K1;2024-02-30;10;1\n\
                A2;K1;2024-02-03;tio;x\n\
                A3;;2024-02-03;10;1\n\
                A4;K1;2024-02-03;10;1;extra\n\
                A5;\"K1;2024-02-03;10;1\n\
                A6;K1;2024-02-03;10;1\n";
    let file = bench.file("orders.csv", text);
    let summary = bench.import(vec![file]).await.unwrap();
    assert_eq!(counts(&summary, "orders"), [6, 1, 0, 0, 5]);
    let rejects = bench.ask("select line, \"column\", reason, value, raw, row_key from rejects order by line, \"column\"").await;
    assert_eq!(
        rejects,
        [
            "2|ordered_on|date.impossible|2024-02-30|A1;K1;2024-02-30;10;1|A1/1",
            "3|net_amount|amount.not_understood|tio|A2;K1;2024-02-03;tio;x|A2/1",
            "3|quantity|number.not_understood|x|A2;K1;2024-02-03;tio;x|A2/1",
            "4|customer_id|value.missing||A3;;2024-02-03;10;1|A3/1",
            "5|*|row.too_many_cells||A4;K1;2024-02-03;10;1;extra|",
            "6|*|row.broken_quotes||A5;\"K1;2024-02-03;10;1|",
        ]
    );
    assert_eq!(bench.ask("select order_id from orders").await, ["A6"]);
}

#[tokio::test]
async fn a_corrected_file_heals_its_rejects() {
    let bench = Bench::new();
    let head = "order_id,customer_id,ordered_on,net_amount\n";
    let file = bench.file(
        "orders.csv",
        format!("{head}A1,K1,2024-02-30,10\nA2,K1,2024-02-03,20\n"),
    );
    let first = bench.import(vec![file.clone()]).await.unwrap();
    assert_eq!(counts(&first, "orders"), [2, 1, 0, 0, 1]);
    bench.file(
        "orders.csv",
        format!("{head}A1,K1,2024-02-29,10\nA2,K1,2024-02-03,20\n"),
    );
    let second = bench.import(vec![file]).await.unwrap();
    assert_eq!(counts(&second, "orders"), [2, 1, 0, 1, 0]);
    assert_eq!(second.tables["orders"].healed, 1);
    assert_eq!(bench.ask("select count(*) from rejects").await, ["0"]);
    // The row may as well come from another file.
    let broken = bench.file("orders_1.csv", format!("{head}A9,K1,never,10\n"));
    bench.import(vec![broken]).await.unwrap();
    assert_eq!(bench.ask("select count(*) from rejects").await, ["1"]);
    let mended = bench.file("orders_2.csv", format!("{head}A9,K1,2024-05-05,10\n"));
    bench.import(vec![mended]).await.unwrap();
    assert_eq!(bench.ask("select count(*) from rejects").await, ["0"]);
}

#[tokio::test]
async fn an_unknown_customer_is_a_reject_once_customers_have_been_delivered() {
    let bench = Bench::new();
    let customers = bench.file("customers.csv", "customer_id,name\nK1,Ett\n");
    let orders = bench.file(
        "orders.csv",
        "order_id,customer_id,ordered_on\nA1,K1,2024-01-01\nA2,K2,2024-01-01\n",
    );
    let summary = bench.import(vec![orders, customers]).await.unwrap();
    assert_eq!(counts(&summary, "orders"), [2, 1, 0, 0, 1]);
    assert_eq!(summary.rejected["orders"]["customer.unknown"], 1);
    let contracts = bench.file(
        "contracts.csv",
        "contract_id,customer_id,started_on\nC1,K9,2024-01-01\n",
    );
    let summary = bench.import(vec![contracts.clone()]).await.unwrap();
    assert_eq!(counts(&summary, "contracts"), [1, 0, 0, 0, 1]);
    let mapping = "[source.c]\nfiles = ['contracts.csv']\n[[table]]\nname = 'contracts'\nfrom = 'c'\ncreate = true\n\
                   [table.columns]\ncontract_id = 'contract_id'\ncustomer_id = 'customer_id'\nstarted_on = 'started_on'\n";
    let summary = bench.import_mapped(vec![contracts], mapping).await.unwrap();
    assert_eq!(counts(&summary, "contracts"), [1, 1, 0, 0, 0]);
    assert_eq!(summary.tables["contracts"].healed, 1);
    assert_eq!(
        bench
            .ask("select customer_id from customers order by 1")
            .await,
        ["K1", "K9"]
    );
}

#[tokio::test]
async fn a_key_that_is_repeated_keeps_the_later_row_and_rejects_the_earlier() {
    let bench = Bench::new();
    let text = "customer_id,name\nK1,Ett\nK1,Ett\nK1,Annat\nK2,Två\n";
    let file = bench.file("customers.csv", text);
    let summary = bench.import(vec![file.clone()]).await.unwrap();
    assert_eq!(counts(&summary, "customers"), [4, 2, 0, 1, 1]);
    assert_eq!(
        bench
            .ask("select name from customers order by customer_id")
            .await,
        ["Annat", "Två"]
    );
    assert_eq!(
        bench.ask("select line, reason, row_key from rejects").await,
        ["2|key.repeated|K1"]
    );
    let again = bench.import(vec![file]).await.unwrap();
    assert_eq!(counts(&again, "customers"), [4, 0, 0, 3, 1]);
    assert_eq!(again.version, None);
}

#[tokio::test]
async fn compressed_sheet_columnar_and_json_files_give_the_same_rows() {
    let bench = Bench::new();
    let csv = "order_id,customer_id,ordered_on,net_amount,quantity\nA1,17850,2024-01-31,10.5,2\n";
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(csv.as_bytes()).unwrap();
    let first = bench
        .import(vec![bench.file("orders.csv.gz", gz.finish().unwrap())])
        .await
        .unwrap();
    assert_eq!(counts(&first, "orders"), [1, 1, 0, 0, 0]);

    let json = "{\"order_id\":\"A1\",\"customer_id\":17850,\"ordered_on\":\"2024-01-31\",\"net_amount\":10.5,\"quantity\":2}\n";
    let second = bench
        .import(vec![bench.file("orders.jsonl", json)])
        .await
        .unwrap();
    assert_eq!(counts(&second, "orders"), [1, 0, 0, 1, 0]);

    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("Orders").unwrap();
    for (at, name) in [
        "order_id",
        "customer_id",
        "ordered_on",
        "net_amount",
        "quantity",
    ]
    .iter()
    .enumerate()
    {
        sheet.write(0, at as u16, *name).unwrap();
    }
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    sheet.write(1, 0, "A1").unwrap();
    sheet.write(1, 1, 17850).unwrap();
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2024, 1, 31).unwrap();
    sheet.write_with_format(1, 2, &day, &date).unwrap();
    sheet.write(1, 3, 10.5).unwrap();
    sheet.write(1, 4, 2).unwrap();
    let third = bench
        .import(vec![
            bench.file("anything.xlsx", book.save_to_buffer().unwrap()),
        ])
        .await
        .unwrap();
    assert_eq!(counts(&third, "orders"), [1, 0, 0, 1, 0]);

    let ctx = bench
        .ledger
        .at(&odla_lake::At::Latest)
        .await
        .unwrap()
        .session()
        .await
        .unwrap();
    let batches = odla_lake::query(&ctx, "select order_id, cast(customer_id as double) as customer_id, ordered_on, net_amount, quantity from orders").await.unwrap();
    let mut out = Vec::new();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(&mut out, batches[0].schema(), None).unwrap();
    for batch in &batches {
        writer.write(batch).unwrap();
    }
    writer.close().unwrap();
    let fourth = bench
        .import(vec![bench.file("orders.parquet", out)])
        .await
        .unwrap();
    assert_eq!(counts(&fourth, "orders"), [1, 0, 0, 1, 0]);
    assert_eq!(bench.ledger.version().await.unwrap(), Some(1));
}

#[tokio::test]
async fn extra_columns_are_kept_and_later_ones_widen_the_table() {
    let bench = Bench::new();
    bench
        .import(vec![bench.file(
            "customers.csv",
            "customer_id,x_color,unknown\nK1,röd,1\n",
        )])
        .await
        .unwrap();
    let summary = bench
        .import(vec![
            bench.file("customers_2.csv", "customer_id,x_size\nK2,stor\n"),
        ])
        .await
        .unwrap();
    assert_eq!(counts(&summary, "customers"), [1, 1, 0, 0, 0]);
    assert_eq!(
        bench
            .ask("select customer_id, x_color, x_size from customers order by 1")
            .await,
        ["K1|röd|", "K2||stor"]
    );
    let again = bench
        .import(vec![bench.file(
            "customers.csv",
            "customer_id,x_color,unknown\nK1,röd,1\n",
        )])
        .await
        .unwrap();
    assert_eq!(counts(&again, "customers"), [1, 0, 0, 1, 0]);
    assert_eq!(again.ignored.values().next().unwrap(), &["unknown"]);
}
