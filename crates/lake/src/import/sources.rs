//! How are several sources put to one question in SQL?

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{AsArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use parquet::arrow::ArrowWriter;

use crate::error::{LakeError, Result};
use crate::import::columnar::text_of;
use crate::import::plan::Plan;
use crate::import::raw::{self, BrokenLine, LINE, RAW, RawBatch, SOURCE, raw_schema};
use crate::import::shape::register_functions;
use crate::session::{SessionSettings, session};

/// A session for expressions over sources, in which names keep the case they have in the file.
pub fn source_session(room: &Path) -> Result<SessionContext> {
    // One partition, so that the rows of an answer always come in the same order.
    let settings = SessionSettings {
        partitions: 1,
        spill_dir: Some(room.to_owned()),
        ..SessionSettings::standard()
    };
    let ctx = session(&settings)?;
    ctx.state_ref()
        .write()
        .config_mut()
        .options_mut()
        .sql_parser
        .enable_ident_normalization = false;
    register_functions(&ctx);
    Ok(ctx)
}

/// The sources that a question names.
pub fn named_in(ctx: &SessionContext, sql: &str, plan: &Plan) -> Result<Vec<String>> {
    let state = ctx.state();
    let dialect = state.config().options().sql_parser.dialect;
    let statement = state
        .sql_to_statement(sql, &dialect)
        .map_err(|error| wrong(sql, &error))?;
    let names: BTreeSet<String> = state
        .resolve_table_references(&statement)
        .map_err(|error| wrong(sql, &error))?
        .iter()
        .map(|reference| reference.table().to_owned())
        .collect();
    Ok(names
        .into_iter()
        .filter(|name| plan.sources.contains_key(name))
        .collect())
}

/// Lays a source out as a table of text under its name; returns the lines of it that are no rows, by file.
pub async fn lay_out(
    ctx: &SessionContext,
    plan: &Plan,
    name: &str,
    room: &Path,
) -> Result<Vec<(String, Vec<BrokenLine>)>> {
    let mut broken = Vec::new();
    let mut header: Option<Vec<String>> = None;
    let path = room.join(format!("source-{name}.parquet"));
    let mut writer: Option<ArrowWriter<File>> = None;
    for feed in plan.sources.get(name).into_iter().flatten() {
        let opened = raw::open(&feed.file, &feed.layout)?;
        let wanted = header.get_or_insert_with(|| opened.header.clone());
        let out = match &mut writer {
            Some(writer) => writer,
            None => writer.insert(ArrowWriter::try_new(
                File::create(&path)?,
                raw_schema(wanted),
                None,
            )?),
        };
        let mut rows = 0;
        for batch in opened.batches {
            let batch = batch?;
            rows += batch.rows.num_rows() + batch.broken.len();
            out.write(&aligned(&batch.rows, wanted, &feed.file.name)?)?;
            if !batch.broken.is_empty() {
                broken.push((feed.file.name.clone(), batch.broken));
            }
        }
        if rows == 0 {
            return Err(LakeError::FileEmpty {
                file: feed.file.name.clone(),
            });
        }
    }
    if let Some(writer) = writer {
        writer.close()?;
    }
    let schema = raw_schema(&header.unwrap_or_default());
    let options = ParquetReadOptions::default().schema(&schema);
    ctx.register_parquet(name, path.to_string_lossy(), options)
        .await?;
    Ok(broken)
}

/// An answer as rows of a source; rows that do not say where they stood are numbered.
pub fn as_source(batch: &RecordBatch, name: &str, first: u64) -> Result<RawBatch> {
    let header = header_of(batch);
    let n = batch.num_rows();
    let mut arrays = header
        .iter()
        .map(|column| text_of(batch.column(batch.schema().index_of(column)?)))
        .collect::<Result<Vec<_>>>()?;
    let numbered = || {
        Arc::new(Int64Array::from_iter_values(
            (first..first + n as u64).map(|line| line as i64 + 1),
        ))
    };
    arrays.push(match batch.column_by_name(LINE) {
        Some(lines) => cast(lines, &DataType::Int64)?,
        None => numbered(),
    });
    arrays.push(match batch.column_by_name(RAW) {
        Some(raws) => cast(raws, &DataType::Utf8)?,
        None => Arc::new(StringArray::new_null(n)),
    });
    let sources: StringArray = match batch.column_by_name(SOURCE) {
        Some(sources) => cast(sources, &DataType::Utf8)?
            .as_string::<i32>()
            .iter()
            .map(|s| s.or(Some(name)))
            .collect(),
        None => StringArray::from(vec![name; n]),
    };
    arrays.push(Arc::new(sources));
    let rows = RecordBatch::try_new(raw_schema(&header), arrays)?;
    Ok(RawBatch {
        rows,
        broken: Vec::new(),
        bytes_read: 0,
    })
}

/// The columns of an answer that are not the ledger's own.
pub fn header_of(batch: &RecordBatch) -> Vec<String> {
    let schema = batch.schema();
    let names = schema.fields().iter().map(|field| field.name().clone());
    names
        .filter(|name| ![LINE, RAW, SOURCE].contains(&name.as_str()))
        .collect()
}

pub fn wrong(sql: &str, error: &datafusion::error::DataFusionError) -> LakeError {
    LakeError::MappingExpression {
        expression: sql.trim().to_owned(),
        reason: error.strip_backtrace(),
    }
}

/// The rows in the columns of the first file of the source.
fn aligned(rows: &RecordBatch, header: &[String], file: &str) -> Result<RecordBatch> {
    let mut arrays = Vec::with_capacity(header.len() + 3);
    for name in header.iter().map(String::as_str).chain([LINE, RAW, SOURCE]) {
        let array = rows
            .column_by_name(name)
            .ok_or_else(|| LakeError::FileUnreadable {
                file: file.to_owned(),
                reason: format!("no column {name}, which the first file of the source has"),
            })?;
        arrays.push(array.clone());
    }
    Ok(RecordBatch::try_new(raw_schema(header), arrays)?)
}
