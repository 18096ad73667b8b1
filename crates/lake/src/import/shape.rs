//! How do rows of a source become rows of a table, still as text?

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::DFSchema;
use datafusion::logical_expr::cast as cast_expr;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::prelude::SessionContext;
use odla_domain::tables::Table;
use xxhash_rust::xxh3::xxh3_128;

use crate::error::{LakeError, Result};
use crate::import::columnar::text_of;
use crate::import::mapping::{ColumnMapping, LeaveOut, TableMapping};
use crate::import::melt::{MELTED, Melted};
use crate::import::raw::{LINE, RAW, SOURCE, raw_schema};

/// Turns batches of one file into batches named by the columns of the table.
pub struct Shaper {
    table: &'static Table,
    header: Vec<String>,
    columns: Vec<(String, How)>,
    filters: Vec<Filter>,
    /// The rows met so far, when repeated ones are left out.
    met: Option<HashSet<u128>>,
    ordinals: HashMap<u128, u32>,
    melt: Option<Melted>,
}

/// Rows of a table as text, and how many were left out for which reason.
pub struct Shaped {
    pub rows: RecordBatch,
    pub left_out: BTreeMap<String, u64>,
}

enum How {
    Column(usize),
    Constant(String),
    Expression(Arc<dyn PhysicalExpr>),
    /// The place among rows with the same values in these columns of the table.
    Ordinal(Vec<String>),
    Hash(Vec<usize>),
    /// A key made of every value of the row.
    HashOfAll,
}

struct Filter {
    reason: String,
    /// Rows for which this is true are left out.
    leave: Arc<dyn PhysicalExpr>,
}

impl Shaper {
    /// By the names alone: columns that the table has, and extra ones where it takes them.
    pub fn canonical(table: &'static Table, header: &[String]) -> Self {
        let mut columns = Vec::new();
        for (at, name) in header.iter().enumerate() {
            let name = name.to_lowercase();
            if table.column(&name).is_some() || (table.extras && name.starts_with("x_")) {
                columns.push((name, How::Column(at)));
            }
        }
        Self {
            table,
            header: header.to_vec(),
            columns,
            filters: Vec::new(),
            met: None,
            ordinals: HashMap::new(),
            melt: None,
        }
    }

    /// By a mapping; `file` is named in complaints.
    pub fn mapped(
        table: &'static Table,
        header: &[String],
        mapping: &TableMapping,
        place: (&SessionContext, &str),
    ) -> Result<Self> {
        let (ctx, file) = place;
        let expressions = Expressions::new(ctx, header)?;
        let mut shaper = Self::canonical(table, &[]);
        shaper.header = header.to_vec();
        for (name, column) in &mapping.columns {
            let find = |column: &str| find(header, column, table, file);
            shaper
                .columns
                .push((name.clone(), how(column, &expressions, &find)?));
        }
        // What is counted within other columns comes after them.
        shaper
            .columns
            .sort_by_key(|(_, how)| matches!(how, How::Ordinal(_)));
        shaper.filters = filters(mapping, &expressions)?;
        shaper.met = mapping.distinct.then(HashSet::new);
        if let Some(melt) = &mapping.melt {
            shaper.melt = Some(Melted::new(melt, header, table, file)?);
        }
        Ok(shaper)
    }

    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|(name, _)| name == column)
            || (self.melt.is_some() && MELTED.contains(&column))
    }

    /// The columns of the source that nothing reads.
    pub fn ignored(&self) -> Vec<String> {
        let used: HashSet<usize> = self
            .columns
            .iter()
            .filter_map(|(_, how)| {
                if let How::Column(at) = how {
                    Some(*at)
                } else {
                    None
                }
            })
            .collect();
        self.header
            .iter()
            .enumerate()
            .filter(|(at, _)| !used.contains(at))
            .map(|(_, name)| name.clone())
            .collect()
    }

    pub fn extras(&self) -> Vec<String> {
        self.columns
            .iter()
            .map(|(name, _)| name.clone())
            .filter(|name| name.starts_with("x_"))
            .collect()
    }

    /// Gives the rows numbers within these columns of the table, in the order of the file.
    pub fn number_within(&mut self, column: &str, within: &[&str]) {
        let within = within.iter().map(|name| (*name).to_owned()).collect();
        self.columns.push((column.to_owned(), How::Ordinal(within)));
    }

    /// Makes a key of every value of the row.
    pub fn hash_all(&mut self, column: &str) {
        self.columns.push((column.to_owned(), How::HashOfAll));
    }

    pub fn shape(&mut self, raw: &RecordBatch) -> Result<Shaped> {
        let mut left_out = BTreeMap::new();
        let raw = self.filtered(raw, &mut left_out)?;
        let mut columns: BTreeMap<&str, ArrayRef> = BTreeMap::new();
        for (name, how) in &self.columns {
            let array = match how {
                How::Ordinal(within) => {
                    ordinals(&columns, within, raw.num_rows(), &mut self.ordinals)
                }
                how => self.evaluate(how, &raw)?,
            };
            columns.insert(name, array);
        }
        let rows = named_batch(&columns, &raw)?;
        let rows = match &self.melt {
            Some(melted) => melted.melt(&rows, &raw, self.table, &mut left_out)?,
            None => rows,
        };
        Ok(Shaped { rows, left_out })
    }

    fn filtered(
        &mut self,
        raw: &RecordBatch,
        left_out: &mut BTreeMap<String, u64>,
    ) -> Result<RecordBatch> {
        let mut raw = raw.clone();
        for filter in &self.filters {
            let value = filter.leave.evaluate(&raw)?.into_array(raw.num_rows())?;
            let leave: &BooleanArray = value.as_boolean();
            let keep: BooleanArray = leave
                .iter()
                .map(|leave| Some(leave != Some(true)))
                .collect();
            raw = keep_only(&raw, &keep, &filter.reason, left_out)?;
        }
        if let Some(met) = &mut self.met {
            let width = self.header.len();
            let keep: BooleanArray = (0..raw.num_rows())
                .map(|row| Some(met.insert(hash_of(&raw, 0..width, row))))
                .collect();
            raw = keep_only(&raw, &keep, "repeated", left_out)?;
        }
        Ok(raw)
    }

    fn evaluate(&self, how: &How, raw: &RecordBatch) -> Result<ArrayRef> {
        let n = raw.num_rows();
        let hashes = |columns: &[usize]| -> ArrayRef {
            let texts = (0..n).map(|row| {
                Some(format!(
                    "{:032x}",
                    hash_of(raw, columns.iter().copied(), row)
                ))
            });
            Arc::new(texts.collect::<StringArray>())
        };
        Ok(match how {
            How::Column(at) => raw.column(*at).clone(),
            How::Constant(text) => Arc::new(StringArray::from(vec![text.as_str(); n])),
            How::Expression(expression) => text_of(&expression.evaluate(raw)?.into_array(n)?)?,
            How::Hash(columns) => hashes(columns),
            How::HashOfAll => hashes(&(0..self.header.len()).collect::<Vec<_>>()),
            How::Ordinal(_) => Arc::new(StringArray::new_null(n)),
        })
    }
}

fn how(
    column: &ColumnMapping,
    expressions: &Expressions,
    find: &dyn Fn(&str) -> Result<usize>,
) -> Result<How> {
    let rule = column.rule();
    if let Some(column) = &rule.column {
        return Ok(How::Column(find(column)?));
    }
    if let Some(constant) = &rule.constant {
        return Ok(How::Constant(constant.text()));
    }
    if let Some(within) = rule.ordinal_within {
        return Ok(How::Ordinal(within));
    }
    if let Some(columns) = &rule.hash {
        return Ok(How::Hash(
            columns
                .iter()
                .map(|column| find(column))
                .collect::<Result<_>>()?,
        ));
    }
    Ok(How::Expression(
        expressions.compile(&rule.sql.unwrap_or_default())?,
    ))
}

fn filters(mapping: &TableMapping, expressions: &Expressions) -> Result<Vec<Filter>> {
    let mut filters = Vec::new();
    for LeaveOut { reason, filter } in &mapping.leave_out {
        filters.push(Filter {
            reason: reason.clone(),
            leave: expressions.condition(filter)?,
        });
    }
    if let Some(filter) = &mapping.filter {
        let leave = expressions.condition(&format!("({filter}) is not true"))?;
        filters.push(Filter {
            reason: "where".to_owned(),
            leave,
        });
    }
    Ok(filters)
}

/// The place of a column in the header, whatever the case of its letters.
pub fn find(header: &[String], column: &str, table: &Table, file: &str) -> Result<usize> {
    let exact = header.iter().position(|name| name == column);
    let alike = || {
        header
            .iter()
            .position(|name| name.to_lowercase() == column.trim().to_lowercase())
    };
    exact
        .or_else(alike)
        .ok_or_else(|| LakeError::MappingColumnMissing {
            table: table.name.to_owned(),
            column: column.to_owned(),
            file: file.to_owned(),
            found: header.join(", "),
        })
}

/// SQL expressions over the columns of one source.
struct Expressions<'a> {
    ctx: &'a SessionContext,
    schema: DFSchema,
}

impl<'a> Expressions<'a> {
    fn new(ctx: &'a SessionContext, header: &[String]) -> Result<Self> {
        Ok(Self {
            ctx,
            schema: DFSchema::try_from(raw_schema(header).as_ref().clone())?,
        })
    }

    fn compile(&self, sql: &str) -> Result<Arc<dyn PhysicalExpr>> {
        self.typed(sql, None)
    }

    fn condition(&self, sql: &str) -> Result<Arc<dyn PhysicalExpr>> {
        self.typed(sql, Some(DataType::Boolean))
    }

    fn typed(&self, sql: &str, kind: Option<DataType>) -> Result<Arc<dyn PhysicalExpr>> {
        let parsed = self
            .ctx
            .parse_sql_expr(sql, &self.schema)
            .map(|expr| match kind {
                Some(kind) => cast_expr(expr, kind),
                None => expr,
            });
        parsed
            .and_then(|expr| self.ctx.create_physical_expr(expr, &self.schema))
            .map_err(|error| LakeError::MappingExpression {
                expression: sql.to_owned(),
                reason: error.strip_backtrace(),
            })
    }
}

fn keep_only(
    raw: &RecordBatch,
    keep: &BooleanArray,
    reason: &str,
    left_out: &mut BTreeMap<String, u64>,
) -> Result<RecordBatch> {
    let out = keep.false_count() as u64;
    if out == 0 {
        return Ok(raw.clone());
    }
    *left_out.entry(reason.to_owned()).or_default() += out;
    Ok(filter_record_batch(raw, keep)?)
}

fn ordinals(
    columns: &BTreeMap<&str, ArrayRef>,
    within: &[String],
    rows: usize,
    met: &mut HashMap<u128, u32>,
) -> ArrayRef {
    let arrays: Vec<&StringArray> = within
        .iter()
        .filter_map(|name| columns.get(name.as_str()))
        .map(|array| array.as_string())
        .collect();
    let mut bytes = Vec::new();
    let texts = (0..rows).map(|row| {
        bytes.clear();
        for array in &arrays {
            append(array, row, &mut bytes);
        }
        let ordinal = met.entry(xxh3_128(&bytes)).or_default();
        *ordinal += 1;
        Some(ordinal.to_string())
    });
    Arc::new(texts.collect::<StringArray>())
}

fn hash_of(raw: &RecordBatch, columns: impl Iterator<Item = usize>, row: usize) -> u128 {
    let mut bytes = Vec::new();
    for at in columns {
        append(raw.column(at).as_string(), row, &mut bytes);
    }
    xxh3_128(&bytes)
}

fn append(array: &StringArray, row: usize, bytes: &mut Vec<u8>) {
    if array.is_valid(row) {
        bytes.extend_from_slice(&(array.value_length(row) as u32 + 1).to_le_bytes());
        bytes.extend_from_slice(array.value(row).as_bytes());
    } else {
        bytes.extend_from_slice(&0u32.to_le_bytes());
    }
}

fn named_batch(columns: &BTreeMap<&str, ArrayRef>, raw: &RecordBatch) -> Result<RecordBatch> {
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for (name, array) in columns {
        fields.push(Field::new(*name, DataType::Utf8, true));
        arrays.push(array.clone());
    }
    for name in [LINE, RAW, SOURCE] {
        let at = raw.schema().index_of(name)?;
        fields.push(raw.schema().field(at).clone());
        arrays.push(raw.column(at).clone());
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

/// `num(x)` reads a number and `day(x)` a date, as the importer does.
pub fn register_functions(ctx: &SessionContext) {
    use crate::import::functions;
    ctx.register_udf(functions::num());
    ctx.register_udf(functions::day());
}
