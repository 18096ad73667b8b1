//! What do we know about one customer: who, what he or she did, said and is worth, on one time line?

use crate::runs::{Runs, row_of};
use crate::{AppError, Home};
use odla_domain::tables::{Kind, Table};
use odla_lake::by_customer::{ByCustomer, tables_of_customers};
use odla_lake::{At, SessionContext, frames::columns::Answer, query};
use serde::Serialize;
use serde_json::{Map, Value};

/// Everything about one customer.
#[derive(Debug, Serialize)]
pub struct CustomerView {
    pub customer_id: String,
    /// The customer's own row.
    pub customer: Map<String, Value>,
    /// Scores of the latest run, by name.
    pub scores: Map<String, Value>,
    pub run: Option<String>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
}

/// One ledger row about the customer.
#[derive(Debug, Serialize)]
pub struct Event {
    pub on: String,
    pub table: String,
    pub row: Map<String, Value>,
}

/// Reads the latest ledger and the latest run.
pub async fn read(home: &Home, id: &str) -> Result<CustomerView, AppError> {
    let ctx = home.ledger()?.at(&At::Latest).await?.session().await?;
    let (customer, events) = facts(&ctx, id).await?;
    let (run, scores) = scores(home, id);
    Ok(CustomerView {
        customer_id: id.to_owned(),
        customer,
        scores,
        run,
        events,
    })
}

/// The customer's own row, and everything that happened, oldest first.
pub(crate) async fn facts(
    ctx: &SessionContext,
    id: &str,
) -> Result<(Map<String, Value>, Vec<Event>), AppError> {
    let mut found = Vec::new();
    for table in tables_of_customers() {
        found.push((table, rows(ctx, table.name, id).await?));
    }
    told(found, id)
}

/// The same, from rows that lie in the order of customers.
pub(crate) fn facts_by_customer(
    held: &ByCustomer,
    id: &str,
) -> Result<(Map<String, Value>, Vec<Event>), AppError> {
    let mut found = Vec::new();
    for table in tables_of_customers() {
        found.push((table, held.rows(table.name, id)?.objects()?));
    }
    told(found, id)
}

fn told(
    found: Vec<(&'static Table, Vec<Map<String, Value>>)>,
    id: &str,
) -> Result<(Map<String, Value>, Vec<Event>), AppError> {
    let (mut own, mut events) = (None, Vec::new());
    for (table, rows) in found {
        if table.name == "customers" {
            own = rows.into_iter().next();
        } else {
            events.extend(rows.into_iter().map(|row| event(table, row)));
        }
    }
    let own = own.ok_or_else(|| AppError::UnknownCustomer { id: id.to_owned() })?;
    events.sort_by(|a, b| (&a.on, &a.table).cmp(&(&b.on, &b.table)));
    Ok((own, events))
}

async fn rows(
    ctx: &SessionContext,
    table: &str,
    id: &str,
) -> Result<Vec<Map<String, Value>>, AppError> {
    let sql = format!(
        "select * from {table} where customer_id = '{}'",
        id.replace('\'', "''")
    );
    Ok(Answer::new(query(ctx, &sql).await?).objects()?)
}

fn event(table: &Table, row: Map<String, Value>) -> Event {
    let dated = table.columns.iter().find(|column| {
        matches!(column.kind, Kind::Date | Kind::Instant)
            && row.get(column.name).is_some_and(|value| !value.is_null())
    });
    let on = dated
        .and_then(|column| row.get(column.name))
        .and_then(Value::as_str)
        .unwrap_or_default();
    Event {
        on: on.to_owned(),
        table: table.name.to_owned(),
        row,
    }
}

/// The customer's scores in the latest run; none before the first run.
fn scores(home: &Home, id: &str) -> (Option<String>, Map<String, Value>) {
    let runs = Runs::new(home.runs());
    let Ok(record) = runs.record(None) else {
        return (None, Map::new());
    };
    let mut found = Map::new();
    for word in &record.computed {
        let Ok(scores) = runs.scores(&record, word) else {
            continue;
        };
        found.extend(row_of(&scores, id));
    }
    (Some(record.id), found)
}
