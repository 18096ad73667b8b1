//! Which ledger rows stand behind a figure?

use crate::runs::Runs;
use crate::view::definition_of;
use crate::{AppError, Home};
use odla_domain::RunRecord;
use odla_lake::frames::columns::Answer;
use odla_lake::{At, Snapshot, output, query};
use serde_json::{Map, Value};
use std::io::Write;

/// Writes the rows of the ledger version that the run was made from. Returns their number.
pub async fn write(
    home: &Home,
    run: Option<&str>,
    key: &str,
    format: output::Format,
    out: &mut (dyn Write + Send),
) -> Result<u64, AppError> {
    let record = Runs::new(home.runs()).record(run)?;
    let sql = sql_of(key, &record)?;
    let ctx = snapshot_of(home, &record).await?.session().await?;
    Ok(output::write_rows(&ctx, &sql, format, out).await?)
}

/// The first rows behind a figure, as JSON objects.
pub async fn first(
    home: &Home,
    run: Option<&str>,
    key: &str,
    limit: u32,
) -> Result<Vec<Map<String, Value>>, AppError> {
    let record = Runs::new(home.runs()).record(run)?;
    let sql = format!(
        "select * from ({}) as rows limit {limit}",
        sql_of(key, &record)?
    );
    let ctx = snapshot_of(home, &record).await?.session().await?;
    Ok(Answer::new(query(&ctx, &sql).await?).objects()?)
}

/// The ledger as the run read it.
pub async fn snapshot_of(home: &Home, record: &RunRecord) -> Result<Snapshot, AppError> {
    Ok(home
        .ledger()?
        .at(&At::Version(record.ledger_version))
        .await?)
}

/// Fills the registry's query. Parts of a key are quoted as SQL text: they may be any attribute's name.
pub(crate) fn sql_of(key: &str, record: &RunRecord) -> Result<String, AppError> {
    let (definition, parts) = definition_of(key).ok_or_else(|| AppError::UnknownFigure {
        key: key.to_owned(),
    })?;
    let mut sql = definition
        .rows
        .0
        .replace("{as_of}", &record.as_of.to_string());
    for (part, value) in parts {
        sql = sql.replace(&format!("{{{part}}}"), &value.replace('\'', "''"));
    }
    Ok(sql)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn record() -> RunRecord {
        RunRecord {
            id: "r".to_owned(),
            ledger_version: 1,
            ledger_digest: String::new(),
            program_version: String::new(),
            as_of: date(2026, 6, 30),
            seed: 1,
            currency: "SEK".to_owned(),
            configuration: serde_json::Value::Null,
            only: Vec::new(),
            computed: Vec::new(),
            missing: Vec::new(),
        }
    }

    #[test]
    fn every_figure_opens_to_a_query_without_holes() {
        for definition in odla_insight::figures() {
            let key = definition.pattern.replace(['<', '>'], "");
            let sql = sql_of(&key, &record()).expect(definition.pattern);
            assert!(!sql.contains('{'), "{}: {sql}", definition.pattern);
        }
    }

    #[test]
    fn an_attribute_cannot_break_out_of_its_quotes() {
        if let Ok(sql) = sql_of("drivers.it's.effect", &record()) {
            assert!(sql.contains("it''s"));
        }
    }
}
