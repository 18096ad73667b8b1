//! Mapping files: other people's columns become ours.

use super::bench::{Bench, counts};

#[tokio::test]
async fn columns_units_values_constants_and_expressions_are_mapped() {
    let bench = Bench::new();
    let calls = bench.file(
        "samtal.csv",
        "Ärende;Kund;Tid;Sek;Typ;Pris öre\n1;K1;2024-07-01 10:00;90;F;12345\n2;K1;2024-07-01 11:00;30;X;1\n3;K2;2024-07-01 12:00;60;S;\n",
    );
    let mapping = r#"
        [source.calls]
        files = ["samtal*.csv"]
        [[table]]
        name = "interactions"
        from = "calls"
        [table.columns]
        interaction_id = "Ärende"
        customer_id = "kund"
        at = "Tid"
        minutes = { column = "Sek", unit = "seconds" }
        process = { column = "Typ", values = { F = "billing", S = "service" } }
        channel = { constant = "phone" }
        reason = { sql = '''case when "Typ" = 'F' then 'faktura' else lower("Typ") end''' }
        x_price = { sql = '''num("Pris öre") / 100''' }
    "#;
    let summary = bench.import_mapped(vec![calls], mapping).await.unwrap();
    assert_eq!(counts(&summary, "interactions"), [3, 2, 0, 0, 1]);
    assert_eq!(summary.rejected["interactions"]["value.not_mapped"], 1);
    assert_eq!(
        bench.ask("select interaction_id, at, minutes, process, channel, reason, cast(x_price as double) from interactions order by 1").await,
        [
            "1|2024-07-01T08:00:00Z|1.5|billing|phone|faktura|123.45",
            "3|2024-07-01T10:00:00Z|1.0|service|phone|s|"
        ]
    );
}

#[tokio::test]
async fn a_mapping_that_names_what_is_not_there_is_refused_before_anything_is_read() {
    let bench = Bench::new();
    let file = bench.file("a.csv", "id,datum,kund\n1,2024-01-01,K1\n");
    let mapping = |columns: &str, extra: &str| {
        format!(
            "[source.a]\nfiles = ['a.csv']\n[[table]]\nname = 'orders'\nfrom = 'a'\n{extra}\n[table.columns]\n{columns}\n"
        )
    };
    let good = "order_id = 'id'\nordered_on = 'datum'\ncustomer_id = 'kund'";
    for (columns, extra, key) in [
        (
            "order_id = 'id'\nordered_on = 'dag'\ncustomer_id = 'kund'",
            "",
            "mapping.column_missing",
        ),
        (
            "order_id = 'id'\nordered_on = 'datum'",
            "",
            "import.column_missing",
        ),
        (
            "order_id = 'id'\nordered_on = 'datum'\ncustomer_id = 'kund'\nnope = 'id'",
            "",
            "import.column_unknown",
        ),
        (good, "where = 'nosuch > 1'", "mapping.expression"),
        (good, "where = 'id >'", "mapping.expression"),
    ] {
        let error = bench
            .import_mapped(vec![file.clone()], &mapping(columns, extra))
            .await
            .unwrap_err();
        assert_eq!(error.key(), key, "{error}");
    }
    let other = bench.file("b.csv", "id\n1\n");
    let error = bench
        .import_mapped(vec![file.clone(), other], &mapping(good, ""))
        .await
        .unwrap_err();
    assert_eq!(error.key(), "mapping.file_unused");
    let error = bench
        .import_mapped(vec![bench.file("c.csv", "id\n1\n")], &mapping(good, ""))
        .await
        .unwrap_err();
    assert_eq!(error.key(), "mapping.file_missing");
    bench
        .import_mapped(vec![file], &mapping(good, ""))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_wide_survey_becomes_a_row_per_answer_and_codes_are_no_scores() {
    let bench = Bench::new();
    let file = bench.file("svar.csv", "resp;q1;q2;nps;ord\n1;5;6;10;Bra\n2;0;3;11;\n");
    let mapping = r#"
        [source.s]
        files = ["svar.csv"]
        [[table]]
        name = "answers"
        from = "s"
        [table.columns]
        response_id = "resp"
        wave = { constant = "2024" }
        [table.melt]
        scale_min = 1
        scale_max = 5
        missing = ["0", "6"]
        [table.melt.questions]
        satisfaction = "q1"
        signs = "q2"
        nps = { column = "nps", scale_min = 0, scale_max = 10, missing = ["11"] }
        comment = { column = "ord", text = true }
        gone = { column = "q9", optional = true }
    "#;
    let summary = bench.import_mapped(vec![file], mapping).await.unwrap();
    assert_eq!(counts(&summary, "answers"), [8, 4, 0, 0, 0]);
    assert_eq!(summary.left_out["answers"]["not_answered"], 4);
    assert_eq!(
        bench.ask("select answer_id, question, value, scale_min, scale_max, text from answers order by 1").await,
        [
            "1:comment|comment||||Bra",
            "1:nps|nps|10.0|0.0|10.0|",
            "1:satisfaction|satisfaction|5.0|1.0|5.0|",
            "2:signs|signs|3.0|1.0|5.0|"
        ]
    );
}

#[tokio::test]
async fn several_files_are_joined_in_sql_and_rows_keep_their_lines() {
    let bench = Bench::new();
    let orders = bench.file(
        "ordrar.csv",
        "nr,kund,datum\n1,a,2024-01-01\n2,b,2024-01-02\n",
    );
    let lines = bench.file(
        "rader.csv",
        "nr,rad,pris\n1,1,10\n2,1,20\n2,2,30\n3,\"1,40\n",
    );
    let mapping = r#"
        [source.orders]
        files = ["ordrar.csv"]
        [source.lines]
        files = ["rader.csv"]
        [[table]]
        name = "orders"
        sql = "select l.nr, l.rad, l.pris, o.kund, o.datum, l._line, l._source from lines l join orders o on o.nr = l.nr order by l._line"
        leave_out = [{ reason = "cheap", where = "num(pris) < 15" }]
        [table.columns]
        order_id = "nr"
        line_no = "rad"
        customer_id = "kund"
        ordered_on = "datum"
        net_amount = "pris"
    "#;
    let summary = bench
        .import_mapped(vec![orders, lines.clone()], mapping)
        .await
        .unwrap();
    assert_eq!(counts(&summary, "orders"), [4, 2, 0, 0, 1]);
    assert_eq!(summary.left_out["orders"]["cheap"], 1);
    assert_eq!(
        bench
            .ask("select order_id, line_no, net_amount, _line, _source from orders order by _line")
            .await,
        [
            format!("2|1|20.0000|3|{}", lines.display()),
            format!("2|2|30.0000|4|{}", lines.display())
        ]
    );
}

#[tokio::test]
async fn line_numbers_and_keys_are_made_when_the_source_has_none() {
    let bench = Bench::new();
    let orders = bench.file(
        "orders.csv",
        "order_id,customer_id,ordered_on,net_amount\nA1,K1,2024-01-01,1\nA2,K1,2024-01-01,2\nA1,K1,2024-01-01,3\n",
    );
    let answers = bench.file(
        "answers.csv",
        "customer_id,question,value,answered_at\nK1,nps,9,2024-01-01\n",
    );
    let summary = bench
        .import(vec![orders.clone(), answers.clone()])
        .await
        .unwrap();
    assert_eq!(summary.derived, ["answers.answer_id", "orders.line_no"]);
    assert_eq!(
        bench
            .ask("select order_id, line_no, net_amount from orders order by 1, 2")
            .await,
        ["A1|1|1.0000", "A1|2|3.0000", "A2|1|2.0000"]
    );
    let again = bench.import(vec![orders, answers]).await.unwrap();
    assert_eq!(again.version, None);
}

#[test]
fn a_mapping_is_proposed_from_swedish_names_and_values() {
    let bench = Bench::new();
    let orders = bench.file(
        "försäljning 2024.csv",
        "Fakturanr;Kundnr;Fakturadatum;Artikelnr;Antal;Belopp;Säljare\n1;K1;31/01/2024;X;2;1 234,50;Eva\n2;K2;15/02/2024;Y;1;10,00;Bo\n",
    );
    let survey = bench.file(
        "enkät.csv",
        "RespID,Datum,Fråga 1,Fråga 2,Fråga 3\n1,2024-01-01,1,2,3\n2,2024-01-02,4,5,1\n3,2024-01-03,2,3,4\n4,2024-01-04,5,1,2\n5,2024-01-05,3,4,5\n",
    );
    let text = odla_lake::map::propose(&[orders, survey]).unwrap();
    for part in [
        "name = \"orders\"",
        "order_id = \"Fakturanr\"",
        "customer_id = \"Kundnr\"",
        "ordered_on = { column = \"Fakturadatum\", dates = [\"%d/%m/%Y\"] }",
        "net_amount = \"Belopp\"",
        "product_id = \"Artikelnr\"",
        "name = \"answers\"",
        "response_id = \"RespID\"",
        "\"fraga_1\" = \"Fråga 1\"",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[tokio::test]
async fn a_proposed_mapping_imports_as_it_stands() {
    let bench = Bench::new();
    let orders = bench.file(
        "ordrar.csv",
        "Ordernr;Kundnr;Orderdatum;Belopp\n1;K1;31/01/2024;1 234,50\n2;K2;15/02/2024;10,00\n",
    );
    let text = odla_lake::map::propose(std::slice::from_ref(&orders)).unwrap();
    let summary = bench.import_mapped(vec![orders], &text).await.unwrap();
    assert_eq!(counts(&summary, "orders"), [2, 2, 0, 0, 0]);
    assert_eq!(
        bench.ask("select sum(net_amount) from orders").await,
        ["1244.5000"]
    );
}
