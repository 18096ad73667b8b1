//! Which ledger rows stand behind a figure, page by page, as far as one person may see them?

use crate::access::Caller;
use crate::office::Opened;
use crate::rows::{snapshot_of, sql_of};
use crate::{AppError, Denied, Office};
use odla_domain::{Permission, RunRecord, Sight};
use odla_lake::frames::columns::Answer;
use odla_lake::{LakeError, SessionContext, query};
use serde_json::Value;
use std::sync::Arc;

/// A page of rows.
pub struct Evidence {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
    /// The question that the rows answer.
    pub sql: String,
    pub total: u64,
    pub next: Option<u64>,
}

impl Office {
    /// # Errors
    /// When the person does not see the whole company and the rows do not tell whose they are.
    pub async fn evidence(
        &self,
        caller: &Caller,
        run: Option<&str>,
        key: &str,
        (from, limit): (u64, u64),
    ) -> Result<Evidence, AppError> {
        caller.allow(Permission::SeeCustomerDetails)?;
        let record = self.kept(run).await?.record.clone();
        let sql = sql_of(key, &record)?;
        let ctx = self.ledger_of(&record).await?;
        let columns = columns_of(&ctx, &sql).await?;
        let directory = self.directory(Some(&record.id)).await?;
        let seen = match caller.sight(&directory) {
            Sight::All => String::new(),
            Sight::Units(units) => {
                if !columns.iter().any(|column| column == "customer_id") {
                    return Err(Denied::Permission(Permission::SeeCustomers).into());
                }
                let units: Vec<String> = units
                    .iter()
                    .map(|unit| format!("'{}'", unit.replace('\'', "''")))
                    .collect();
                // No unit is named so: nothing is seen.
                let units = if units.is_empty() {
                    "''".to_owned()
                } else {
                    units.join(", ")
                };
                format!(
                    " where customer_id in (select customer_id from customers where unit_id in ({units}))"
                )
            }
        };
        let body = format!("from ({sql}) as evidence{seen}");
        let count = format!("select count(*) as total {body}");
        let total = Answer::new(query(&ctx, &count).await?).counts("total")?;
        let total = total.first().copied().unwrap_or(0).unsigned_abs();
        let order = order_of(&columns);
        let page = format!("select * {body}{order} limit {limit} offset {from}");
        let found = Answer::new(query(&ctx, &page).await?).objects()?;
        let rows: Vec<Vec<Value>> = found
            .into_iter()
            .map(|mut row| {
                let cell = |column: &String| row.remove(column).unwrap_or(Value::Null);
                columns.iter().map(cell).collect()
            })
            .collect();
        let end = from + rows.len() as u64;
        Ok(Evidence {
            next: (end < total && !rows.is_empty()).then_some(end),
            columns,
            rows,
            sql,
            total,
        })
    }

    /// The ledger as the run read it; it is open already when nothing has been imported since.
    async fn ledger_of(&self, record: &RunRecord) -> Result<SessionContext, AppError> {
        let opened: Arc<Opened> = self.opened().await?;
        if opened.version == record.ledger_version {
            return Ok(opened.ctx.clone());
        }
        Ok(snapshot_of(&self.home(), record).await?.session().await?)
    }
}

async fn columns_of(ctx: &SessionContext, sql: &str) -> Result<Vec<String>, AppError> {
    let frame = ctx.sql(sql).await.map_err(LakeError::from)?;
    let fields = frame.schema().fields().iter();
    Ok(fields.map(|field| field.name().clone()).collect())
}

/// A fixed order, so that a page follows the one before it.
fn order_of(columns: &[String]) -> String {
    let known: Vec<&str> = ["_source", "_line", "customer_id"]
        .into_iter()
        .filter(|name| columns.iter().any(|column| column == name))
        .collect();
    match known.is_empty() {
        true => String::new(),
        false => format!(" order by {}", known.join(", ")),
    }
}
