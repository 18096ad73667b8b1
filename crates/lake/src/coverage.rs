//! Which columns of the ledger hold anything? What an analysis needs is checked against this before it is begun.

use std::collections::BTreeMap;

use datafusion::prelude::SessionContext;
use jiff::civil::Date;
use odla_domain::tables::TABLES;

use crate::error::Result;
use crate::frames::columns::Answer;
use crate::session::query;
use crate::snapshot::Snapshot;

/// The columns with at least one value, per table that has rows.
pub async fn filled(
    ctx: &SessionContext,
    snapshot: &Snapshot,
) -> Result<BTreeMap<String, Vec<String>>> {
    let mut filled = BTreeMap::new();
    for table in TABLES.iter().filter(|table| snapshot.rows(table.name) > 0) {
        let counts: Vec<String> = table
            .columns
            .iter()
            .map(|column| format!("count(\"{0}\") as \"{0}\"", column.name))
            .collect();
        let sql = format!("select {} from {}", counts.join(", "), table.name);
        let answer = Answer::new(query(ctx, &sql).await?);
        let mut columns = Vec::new();
        for column in table.columns {
            if answer.counts(column.name)?.iter().sum::<i64>() > 0 {
                columns.push(column.name.to_owned());
            }
        }
        filled.insert(table.name.to_owned(), columns);
    }
    Ok(filled)
}

/// The last day that any fact of the ledger happened on.
pub async fn last_day(ctx: &SessionContext) -> Result<Option<Date>> {
    let answer = Answer::new(query(ctx, include_str!("coverage_last_day.sql")).await?);
    Ok(answer
        .texts("day")?
        .first()
        .and_then(|day| day.parse().ok()))
}
