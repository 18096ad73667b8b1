//! How do simulated facts become files that import without a mapping?

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::ExampleError;
use crate::calendar::Calendar;

/// The tables in the order of the data model, each with its header.
pub const TABLES: [(&str, &str); 24] = [
    (
        "customers",
        "customer_id,name,kind,parent_id,parent_since,segment,region,unit_id,owner_id,acquired_on,acquisition_channel,acquisition_cost,first_deal_discount,marketing_consent,profiling_objected,survey_excluded,club_joined_on,x_switching_cost",
    ),
    (
        "contacts",
        "contact_id,customer_id,name,email,role,since,left_on",
    ),
    ("units", "unit_id,name,kind,parent_id"),
    ("partners", "partner_id,name,kind"),
    (
        "orders",
        "order_id,line_no,customer_id,ordered_on,promised_on,delivered_on,product_id,quantity,list_amount,discount_amount,net_amount,goods_cost,freight_cost,returned_amount,returned_on,paid_on,channel,unit_id,seller_id,partner_id",
    ),
    (
        "contracts",
        "contract_id,customer_id,product_id,started_on,term_months,notice_days,next_renewal_on,monthly_amount,monthly_cost,ended_on,end_reason,unit_id,seller_id",
    ),
    ("products", "product_id,name,category,launched_on"),
    ("product_features", "product_id,feature,feature_cost"),
    (
        "referrals",
        "referral_id,customer_id,referred_customer_id,referred_on",
    ),
    (
        "leads",
        "lead_id,source,created_at,first_response_at,stage,stage_at,outcome,outcome_on,lost_reason,rival,customer_id,amount,hours",
    ),
    (
        "outside_events",
        "event_id,kind,from,to,customer_id,segment,note",
    ),
    (
        "interactions",
        "interaction_id,customer_id,contact_id,at,process,touchpoint,channel,reason,initiator,forward_moving,buying_phase,minutes,wait_minutes,resolved,repeat_of,handed_over,unit_id,employee_group,partner_id,x_complexity",
    ),
    (
        "incidents",
        "incident_id,customer_id,occurred_on,known_from,reported_on,kind,severity,cause,our_account,customers_account,resolved_on,resolved_well,compensation_cost,order_id,interaction_id,unit_id,partner_id",
    ),
    (
        "activities",
        "activity_id,name,process,owner_id,started_on,ended_on,planned_cost,target",
    ),
    (
        "exposures",
        "activity_id,customer_id,exposed_on,arm,dose,exposure_cost",
    ),
    (
        "costs",
        "cost_id,period,process,pool,unit_id,activity_id,amount,driver,capacity",
    ),
    (
        "club_entries",
        "entry_id,customer_id,on,kind,points,entry_cost",
    ),
    ("promises_kept", "promise_key,customer_id,at,kept,unit_id"),
    (
        "contents",
        "content_id,buying_phase,need,language,text,evidence",
    ),
    ("brand_tracker", "wave,segment,known,considered,preferred,n"),
    (
        "answers",
        "answer_id,response_id,customer_id,contact_id,answered_at,wave,survey,touchpoint,interaction_id,order_id,unit_id,question,value,scale_min,scale_max,text,language",
    ),
    (
        "asked",
        "customer_id,wave,asked_at,channel,inclusion_probability,never_asked_group",
    ),
    (
        "employee_answers",
        "response_id,question,unit_id,wave,value,scale_min,scale_max,text",
    ),
    ("unit_facts", "unit_id,period,headcount,left,remote_share"),
];

/// Index of a table in [`TABLES`].
pub fn place(table: &str) -> usize {
    TABLES
        .iter()
        .position(|(name, _)| *name == table)
        .expect("callers name tables of the data model")
}

/// Rows of one table as bytes.
#[derive(Default)]
pub struct Rows {
    pub bytes: Vec<u8>,
    pub count: u64,
    /// Where the row being written began.
    row_from: usize,
}

impl Rows {
    fn next(&mut self) -> &mut Vec<u8> {
        if self.bytes.len() > self.row_from {
            self.bytes.push(b',');
        }
        &mut self.bytes
    }

    /// Ends the row; the first field of a row must not be blank.
    pub fn end(&mut self) {
        self.bytes.push(b'\n');
        self.row_from = self.bytes.len();
        self.count += 1;
    }

    /// Writes the last finished row once more.
    pub fn repeat_last(&mut self) {
        let end = self.bytes.len();
        let from = self.bytes[..end.saturating_sub(1)]
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |at| at + 1);
        self.bytes.extend_from_within(from..end);
        self.row_from = self.bytes.len();
    }

    pub fn text(&mut self, value: &str) -> &mut Self {
        let quote = value.contains([',', '"', '\n']);
        let out = self.next();
        if quote {
            out.push(b'"');
            out.extend_from_slice(value.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(value.as_bytes());
        }
        self
    }

    pub fn blank(&mut self) -> &mut Self {
        self.next();
        self
    }

    pub fn blanks(&mut self, n: usize) -> &mut Self {
        for _ in 0..n {
            self.blank();
        }
        self
    }

    /// Text that may be missing.
    pub fn maybe(&mut self, value: Option<&str>) -> &mut Self {
        match value {
            Some(text) => self.text(text),
            None => self.blank(),
        }
    }

    /// Formats without an intermediate string; the value must hold no comma, quote or line break.
    pub fn id(&mut self, value: std::fmt::Arguments<'_>) -> &mut Self {
        write_to(self.next(), value);
        self
    }

    pub fn whole(&mut self, value: i64) -> &mut Self {
        write_to(self.next(), format_args!("{value}"));
        self
    }

    pub fn number(&mut self, value: f64, decimals: usize) -> &mut Self {
        write_to(self.next(), format_args!("{value:.decimals$}"));
        self
    }

    /// Money held in öre.
    pub fn money(&mut self, ore: i64) -> &mut Self {
        let sign = if ore < 0 { "-" } else { "" };
        let size = ore.unsigned_abs();
        write_to(
            self.next(),
            format_args!("{sign}{}.{:02}", size / 100, size % 100),
        );
        self
    }

    pub fn flag(&mut self, value: bool) -> &mut Self {
        self.text(if value { "true" } else { "false" })
    }

    pub fn day(&mut self, calendar: &Calendar, day: i32) -> &mut Self {
        let iso = *calendar.iso(day);
        self.next().extend_from_slice(&iso);
        self
    }

    pub fn maybe_day(&mut self, calendar: &Calendar, day: Option<i32>) -> &mut Self {
        match day {
            Some(day) => self.day(calendar, day),
            None => self.blank(),
        }
    }

    /// An instant in the company's time zone, to the minute.
    pub fn instant(&mut self, calendar: &Calendar, day: i32, minute: i32) -> &mut Self {
        let iso = *calendar.iso(day);
        let out = self.next();
        out.extend_from_slice(&iso);
        write_to(
            out,
            format_args!("T{:02}:{:02}:00", minute / 60 % 24, minute % 60),
        );
        self
    }
}

/// One buffer per table.
pub struct Sheets(Vec<Rows>);

impl Sheets {
    pub fn new() -> Self {
        Sheets(TABLES.iter().map(|_| Rows::default()).collect())
    }

    pub fn table(&mut self, name: &str) -> &mut Rows {
        &mut self.0[place(name)]
    }

    pub fn rows(&self) -> &[Rows] {
        &self.0
    }
}

/// The open files of one company.
pub struct Files {
    outs: Vec<Out>,
    /// Rows written per table, in the order of [`TABLES`].
    pub counts: Vec<u64>,
}

enum Out {
    Plain(BufWriter<File>),
    Packed(Box<GzEncoder<BufWriter<File>>>),
}

impl Files {
    /// Opens one file per table; `packed` tables become `.csv.gz`.
    pub fn create(folder: &Path, packed: &[&str]) -> Result<Self, ExampleError> {
        std::fs::create_dir_all(folder).map_err(|source| ExampleError::write(folder, source))?;
        let mut outs = Vec::new();
        for (name, header) in TABLES {
            let is_packed = packed.contains(&name);
            let stale = folder.join(format!("{name}.csv{}", if is_packed { "" } else { ".gz" }));
            // A folder that is written again must not keep the other form of the same table.
            let _ = std::fs::remove_file(stale);
            let path = folder.join(format!("{name}.csv{}", if is_packed { ".gz" } else { "" }));
            let file = File::create(&path).map_err(|source| ExampleError::write(&path, source))?;
            let plain = BufWriter::with_capacity(1 << 18, file);
            let mut out = if is_packed {
                Out::Packed(Box::new(GzEncoder::new(plain, Compression::fast())))
            } else {
                Out::Plain(plain)
            };
            out.put(header.as_bytes())
                .and_then(|()| out.put(b"\n"))
                .map_err(|source| ExampleError::write(&path, source))?;
            outs.push(out);
        }
        Ok(Files {
            outs,
            counts: vec![0; TABLES.len()],
        })
    }

    pub fn append(&mut self, sheets: &Sheets) -> Result<(), ExampleError> {
        for (index, rows) in sheets.rows().iter().enumerate() {
            self.outs[index]
                .put(&rows.bytes)
                .map_err(|source| ExampleError::write(Path::new(TABLES[index].0), source))?;
            self.counts[index] += rows.count;
        }
        Ok(())
    }

    pub fn close(self) -> Result<Vec<u64>, ExampleError> {
        for (index, out) in self.outs.into_iter().enumerate() {
            out.close()
                .map_err(|source| ExampleError::write(Path::new(TABLES[index].0), source))?;
        }
        Ok(self.counts)
    }
}

impl Out {
    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Out::Plain(out) => out.write_all(bytes),
            Out::Packed(out) => out.write_all(bytes),
        }
    }

    fn close(self) -> std::io::Result<()> {
        match self {
            Out::Plain(mut out) => out.flush(),
            Out::Packed(out) => out.finish()?.flush(),
        }
    }
}

fn write_to(out: &mut Vec<u8>, what: std::fmt::Arguments<'_>) {
    out.write_fmt(what).expect("a vector takes all bytes");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_quotes_what_must_be_quoted_and_prints_ore_exactly() {
        let mut rows = Rows::default();
        rows.text("a\"b,c")
            .money(-105)
            .money(123_456)
            .blank()
            .number(0.25, 2)
            .end();
        assert_eq!(
            String::from_utf8(rows.bytes).unwrap(),
            "\"a\"\"b,c\",-1.05,1234.56,,0.25\n"
        );
    }

    #[test]
    fn the_last_row_can_be_repeated_without_being_counted() {
        let mut rows = Rows::default();
        rows.text("x").end();
        rows.text("y").whole(2).end();
        rows.repeat_last();
        rows.text("z").end();
        assert_eq!(String::from_utf8(rows.bytes).unwrap(), "x\ny,2\ny,2\nz\n");
        assert_eq!(rows.count, 3);
    }
}
