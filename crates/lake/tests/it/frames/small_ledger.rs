//! A ledger of a few rows for frame tests: every table is there, those given have rows.

use std::sync::Arc;

use datafusion::datasource::empty::EmptyTable;
use datafusion::prelude::SessionContext;
use odla_domain::tables::{TABLES, table};
use odla_lake::schema::schema_of;
use odla_lake::{SessionSettings, query, session};

/// Rows of one table: a heading of columns separated by commas, then one line per row; an empty cell is null.
pub struct Given(pub &'static str, pub String);

/// A session in which the given tables have their rows and all other tables are empty.
pub async fn ledger(given: &[Given]) -> SessionContext {
    let ctx = session(&SessionSettings::standard()).expect("a session");
    for known in TABLES {
        let extras = given
            .iter()
            .find(|rows| rows.0 == known.name)
            .map(extras_of)
            .unwrap_or_default();
        let schema = schema_of(known, &extras);
        match given.iter().find(|rows| rows.0 == known.name) {
            None => {
                ctx.register_table(known.name, Arc::new(EmptyTable::new(schema)))
                    .expect("an empty table");
            }
            Some(rows) => {
                let batches = query(&ctx, &select(rows, &schema))
                    .await
                    .expect("rows of the right kind");
                let batches = batches
                    .into_iter()
                    .map(|batch| batch.with_schema(schema.clone()).expect("the schema"));
                let memory = datafusion::datasource::MemTable::try_new(
                    schema.clone(),
                    vec![batches.collect()],
                );
                ctx.register_table(known.name, Arc::new(memory.expect("a table")))
                    .expect("a table of rows");
            }
        }
    }
    ctx
}

fn heading(rows: &Given) -> Vec<&str> {
    rows.1
        .lines()
        .next()
        .unwrap_or_default()
        .split(',')
        .collect()
}

fn extras_of(rows: &Given) -> Vec<String> {
    let own = table(rows.0).expect("a table of the ledger");
    let columns = heading(rows)
        .into_iter()
        .filter(|name| own.column(name).is_none());
    columns.map(str::to_owned).collect()
}

fn select(rows: &Given, schema: &arrow::datatypes::SchemaRef) -> String {
    let names = heading(rows);
    let fields = schema.fields().iter().map(|field| {
        let kind = field.data_type();
        let value = match names.iter().position(|name| name == field.name()) {
            Some(place) => format!("column{}", place + 1),
            None => "cast(null as varchar)".to_owned(),
        };
        format!("arrow_cast({value}, '{kind}') as {}", field.name())
    });
    let values = rows.1.lines().skip(1).map(|line| {
        let cells = line.split(',').map(|cell| match cell {
            "" => "cast(null as varchar)".to_owned(),
            cell => format!("'{cell}'"),
        });
        format!("({})", cells.collect::<Vec<_>>().join(", "))
    });
    format!(
        "select {} from (values {}) given",
        fields.collect::<Vec<_>>().join(", "),
        values.collect::<Vec<_>>().join(", ")
    )
}
