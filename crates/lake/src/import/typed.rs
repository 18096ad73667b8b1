//! Which rows of text can be understood as rows of a table, and why not the others?

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, BooleanBuilder, Date32Builder, Decimal128Builder,
    Float64Builder, Int64Array, Int64Builder, RecordBatch, StringArray, StringBuilder,
    TimestampMicrosecondArray, TimestampMicrosecondBuilder, new_null_array,
};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{Date32Type, SchemaRef};
use jiff::civil::Date;
use odla_domain::tables::{Kind, Table};

use crate::error::Result;
use crate::import::keys::{self, Key};
use crate::import::mapping::Other;
use crate::import::parse::{self, Manner, Reason};
use crate::import::raw::{LINE, SOURCE, line_of, raw_of};
use crate::schema::ROW_HASH;

/// How the text of one column becomes values.
#[derive(Clone, Debug)]
pub struct Understanding {
    pub manner: Manner,
    /// What stands for an empty cell.
    pub missing: Vec<String>,
    pub values: Option<BTreeMap<String, String>>,
    pub other: Other,
}

/// A row that could not be taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    pub table: &'static str,
    pub file: String,
    pub line: i64,
    pub column: String,
    pub reason: String,
    pub value: Option<String>,
    pub raw: String,
    pub row_key: Option<String>,
}

/// Rows that were understood, with their keys, and the others.
pub struct Typed {
    pub rows: RecordBatch,
    pub keys: Vec<Key>,
    pub rejects: Vec<Reject>,
    pub rejected_rows: u64,
}

/// Which import the rows belong to.
#[derive(Clone, Debug)]
pub struct Stamp {
    pub import_id: String,
    pub at_microseconds: i64,
}

/// Decides about the customers that rows refer to.
pub trait Customers {
    /// Whether a row may refer to this customer; `file` and `line` say where it does.
    fn accept(&mut self, id: &str, file: &str, line: i64) -> bool;
}

/// Understands rows of text, named by the columns of the table.
pub fn understand(
    table: &'static Table,
    schema: &SchemaRef,
    text: &RecordBatch,
    how: &BTreeMap<String, Understanding>,
    checks: (&mut dyn Customers, &Stamp),
) -> Result<Typed> {
    let (customers, stamp) = checks;
    let mut faults = Faults {
        table,
        text,
        rejects: Vec::new(),
        rows: HashSet::new(),
    };
    let mut arrays = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let name = field.name();
        arrays.push(
            match text.column_by_name(name).filter(|_| !name.starts_with('_')) {
                Some(values) => {
                    let kind = table.column(name).map_or(Kind::Text, |column| column.kind);
                    convert(
                        values.as_string(),
                        kind,
                        how.get(name),
                        &mut |row, reason, value| {
                            faults.add(row, name, reason, value);
                        },
                    )
                }
                None => new_null_array(field.data_type(), text.num_rows()),
            },
        );
    }
    let rows = RecordBatch::try_new(schema.clone(), arrays)?;
    faults.find_missing(&rows);
    faults.find_unknown_customers(&rows, customers);
    faults.name_rows(&rows);
    let keep: BooleanArray = (0..rows.num_rows())
        .map(|row| Some(!faults.rows.contains(&row)))
        .collect();
    let rejected_rows = faults.rows.len() as u64;
    let rejects = faults
        .rejects
        .into_iter()
        .map(|(_, reject)| reject)
        .collect();
    let rows = filter_record_batch(&with_stamp(&rows, text, stamp)?, &keep)?;
    let keys = keys::keys(table, &rows)?;
    Ok(Typed {
        rows: with_row_hash(&rows)?,
        keys,
        rejects,
        rejected_rows,
    })
}

struct Faults<'a> {
    table: &'static Table,
    text: &'a RecordBatch,
    rejects: Vec<(usize, Reject)>,
    rows: HashSet<usize>,
}

impl Faults<'_> {
    fn add(&mut self, row: usize, column: &str, reason: &str, value: Option<&str>) {
        self.rows.insert(row);
        let reject = Reject {
            table: self.table.name,
            file: self.file(row).to_owned(),
            line: line_of(self.text, row),
            column: column.to_owned(),
            reason: reason.to_owned(),
            value: value.map(str::to_owned),
            raw: raw_of(self.text, row),
            row_key: None,
        };
        self.rejects.push((row, reject));
    }

    fn file(&self, row: usize) -> &str {
        self.text
            .column_by_name(SOURCE)
            .map_or("", |source| source.as_string::<i32>().value(row))
    }

    fn find_missing(&mut self, rows: &RecordBatch) {
        for column in self
            .table
            .columns
            .iter()
            .filter(|column| column.is_required())
        {
            let Some(array) = rows.column_by_name(column.name) else {
                continue;
            };
            for row in 0..rows.num_rows() {
                let blank = array.is_null(row) && !self.has_fault(row, column.name);
                if blank {
                    self.add(row, column.name, "value.missing", None);
                }
            }
        }
    }

    fn has_fault(&self, row: usize, column: &str) -> bool {
        self.rows.contains(&row)
            && self
                .rejects
                .iter()
                .any(|(at, reject)| *at == row && reject.column == column)
    }

    fn find_unknown_customers(&mut self, rows: &RecordBatch, customers: &mut dyn Customers) {
        for column in self
            .table
            .columns
            .iter()
            .filter(|column| column.references == Some("customers"))
        {
            let Some(ids) = rows.column_by_name(column.name) else {
                continue;
            };
            let ids: &StringArray = ids.as_string();
            for row in 0..rows.num_rows() {
                // A row that is rejected anyway makes no customer.
                if ids.is_null(row) || self.rows.contains(&row) {
                    continue;
                }
                let (id, line) = (ids.value(row), line_of(self.text, row));
                if !customers.accept(id, self.file(row), line) {
                    self.add(row, column.name, "customer.unknown", Some(id));
                }
            }
        }
    }

    /// Puts the key of its row on every reject, where the key could be read.
    fn name_rows(&mut self, rows: &RecordBatch) {
        for (row, reject) in &mut self.rejects {
            reject.row_key = keys::readable(self.table, rows, *row);
        }
    }
}

fn convert(
    texts: &StringArray,
    kind: Kind,
    how: Option<&Understanding>,
    fault: &mut dyn FnMut(usize, Reason, Option<&str>),
) -> ArrayRef {
    let plain;
    let how = match how {
        Some(how) => how,
        None => {
            plain = Understanding::plain();
            &plain
        }
    };
    macro_rules! build {
        ($builder:expr, $parse:expr) => {{
            let mut builder = $builder;
            for (row, text) in texts.iter().enumerate() {
                let parsed = match text.map(|text| how.meant(text)) {
                    None | Some(Ok(None)) => None,
                    Some(Err(reason)) => {
                        fault(row, reason, text);
                        None
                    }
                    Some(Ok(Some(meant))) => match $parse(meant) {
                        Ok(value) => Some(value),
                        Err(reason) => {
                            fault(row, reason, text);
                            None
                        }
                    },
                };
                builder.append_option(parsed);
            }
            Arc::new(builder.finish()) as ArrayRef
        }};
    }
    let manner = &how.manner;
    match kind {
        Kind::Text => build!(StringBuilder::new(), Ok::<_, Reason>),
        Kind::Month => build!(StringBuilder::new(), parse::month),
        Kind::Choice(words) => build!(StringBuilder::new(), |text: &str| choose(text, words)),
        Kind::Date => {
            build!(Date32Builder::new(), |text: &str| parse::date(text, manner)
                .map(days_since_epoch))
        }
        Kind::Instant => build!(
            TimestampMicrosecondBuilder::new().with_timezone("UTC"),
            |text: &str| parse::instant(text, manner)
        ),
        Kind::Amount => build!(
            Decimal128Builder::new().with_data_type(crate::schema::AMOUNT),
            |text: &str| parse::amount(text, manner)
        ),
        Kind::Number => build!(Float64Builder::new(), |text: &str| parse::number(
            text, manner
        )),
        Kind::Share => build!(Float64Builder::new(), |text: &str| parse::share(
            text, manner
        )),
        Kind::Count => build!(Int64Builder::new(), |text: &str| parse::count(text, manner)),
        Kind::Grade(low, high) => build!(Int64Builder::new(), |text: &str| {
            let grade = parse::count(text, manner)?;
            if (low..=high).contains(&grade) {
                Ok(grade)
            } else {
                Err("grade.outside")
            }
        }),
        Kind::Flag => build!(BooleanBuilder::new(), parse::flag),
    }
}

impl Understanding {
    pub fn plain() -> Self {
        Self {
            manner: Manner::plain(jiff::tz::TimeZone::UTC),
            missing: Vec::new(),
            values: None,
            other: Other::Reject,
        }
    }

    /// What the text stands for; none when it stands for an empty cell.
    fn meant<'a>(&'a self, text: &'a str) -> Result<Option<&'a str>, Reason> {
        if self.missing.iter().any(|missing| missing == text) {
            return Ok(None);
        }
        let Some(values) = &self.values else {
            return Ok(Some(text));
        };
        match (values.get(text), self.other) {
            (Some(meant), _) => Ok(Some(meant.as_str()).filter(|meant| !meant.is_empty())),
            (None, Other::Keep) => Ok(Some(text)),
            (None, Other::Empty) => Ok(None),
            (None, Other::Reject) => Err("value.not_mapped"),
        }
    }
}

fn choose(text: &str, words: &[&'static str]) -> Result<&'static str, Reason> {
    words
        .iter()
        .find(|word| word.eq_ignore_ascii_case(text))
        .copied()
        .ok_or("choice.unknown")
}

pub fn days_since_epoch(date: Date) -> i32 {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.until(date).map_or(0, |span| span.get_days())
}

fn with_stamp(rows: &RecordBatch, text: &RecordBatch, stamp: &Stamp) -> Result<RecordBatch> {
    let n = rows.num_rows();
    let stamps: [(&str, ArrayRef); 4] = [
        (
            "_source",
            text.column_by_name(SOURCE)
                .cloned()
                .unwrap_or_else(|| Arc::new(StringArray::new_null(n))),
        ),
        (
            "_line",
            text.column_by_name(LINE)
                .cloned()
                .unwrap_or_else(|| Arc::new(Int64Array::new_null(n))),
        ),
        (
            "_imported_at",
            Arc::new(
                TimestampMicrosecondArray::from(vec![stamp.at_microseconds; n])
                    .with_timezone("UTC"),
            ),
        ),
        (
            "_import_id",
            Arc::new(StringArray::from(vec![stamp.import_id.as_str(); n])),
        ),
    ];
    let mut arrays = rows.columns().to_vec();
    for (name, array) in stamps {
        arrays[rows.schema().index_of(name)?] = array;
    }
    Ok(RecordBatch::try_new(rows.schema(), arrays)?)
}

fn with_row_hash(rows: &RecordBatch) -> Result<RecordBatch> {
    let mut arrays = rows.columns().to_vec();
    arrays[rows.schema().index_of(ROW_HASH)?] = Arc::new(Int64Array::from(keys::row_hashes(rows)?));
    Ok(RecordBatch::try_new(rows.schema(), arrays)?)
}

/// The month of every row, counted from year zero; the table's first month for rows without a date.
pub fn months(table: &Table, rows: &RecordBatch) -> Vec<i32> {
    let n = rows.num_rows();
    let Some(array) = table.dated_by.and_then(|name| rows.column_by_name(name)) else {
        return vec![0; n];
    };
    let date_of = |days: i64| {
        let date = jiff::civil::date(1970, 1, 1)
            .checked_add(jiff::Span::new().try_days(days).ok()?)
            .ok()?;
        Some(i32::from(date.year()) * 12 + i32::from(date.month()) - 1)
    };
    if let Some(dates) = array.as_primitive_opt::<Date32Type>() {
        return dates
            .iter()
            .map(|day| day.and_then(|day| date_of(day.into())).unwrap_or(0))
            .collect();
    }
    if let Some(moments) = array.as_primitive_opt::<arrow::datatypes::TimestampMicrosecondType>() {
        return moments
            .iter()
            .map(|at| {
                at.and_then(|at| date_of(at.div_euclid(86_400_000_000)))
                    .unwrap_or(0)
            })
            .collect();
    }
    let Some(texts) = array.as_string_opt::<i32>() else {
        return vec![0; n];
    };
    let of_text = |text: &str| {
        let (year, month) = text.split_once('-')?;
        Some(year.parse::<i32>().ok()? * 12 + month.parse::<i32>().ok()? - 1)
    };
    texts
        .iter()
        .map(|text| text.and_then(of_text).unwrap_or(0))
        .collect()
}
