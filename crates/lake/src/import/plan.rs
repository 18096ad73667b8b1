//! Which rows of which files go to which table, and can that work at all? Settled before any row is read.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::prelude::SessionContext;
use jiff::tz::TimeZone;
use odla_domain::tables::{self, TABLES, Table};

use crate::error::{LakeError, Result};
use crate::import::files::{FileKind, InputFile};
use crate::import::mapping::{Mapping, Reading, Rule, TableMapping, fits};
use crate::import::parse::Manner;
use crate::import::raw::{self, Layout};
use crate::import::shape::Shaper;
use crate::import::sheet;
use crate::import::typed::Understanding;

/// Everything that will be read, table by table in an order in which customers come first.
pub struct Plan {
    pub tasks: Vec<Task>,
    /// The files of the mapping's sources, for questions in SQL.
    pub sources: BTreeMap<String, Vec<Feed>>,
}

/// Rows bound for one table.
pub struct Task {
    pub table: &'static Table,
    pub mapping: Option<TableMapping>,
    /// The files to read; none for a question in SQL.
    pub feeds: Vec<Feed>,
}

/// A file and how it is read.
#[derive(Clone)]
pub struct Feed {
    pub file: InputFile,
    pub layout: Layout,
}

/// What the plan does without being told to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Columns that no table has, by file.
    pub ignored: BTreeMap<String, Vec<String>>,
    /// Keys that the source lacks and that are made, as `table.column`.
    pub derived: BTreeSet<String>,
}

/// Files whose rows are facts that do not change; a fact without a key of its own is known by what it says.
const KEYED_BY_CONTENT: &[&str] = &[
    "answers",
    "interactions",
    "referrals",
    "club_entries",
    "outside_events",
];

/// Without a mapping: the name of the file, or of the sheet, is the name of the table.
pub fn canonical(files: &[InputFile]) -> Result<Plan> {
    let mut feeds: BTreeMap<&'static str, Vec<Feed>> = BTreeMap::new();
    for file in files {
        for (table, layout) in tables_of(file)? {
            feeds.entry(table.name).or_default().push(Feed {
                file: file.clone(),
                layout,
            });
        }
    }
    let tasks = TABLES
        .iter()
        .filter_map(|table| {
            Some(Task {
                table,
                mapping: None,
                feeds: feeds.remove(table.name)?,
            })
        })
        .collect();
    Ok(Plan {
        tasks,
        sources: BTreeMap::new(),
    })
}

/// As the mapping says.
pub fn mapped(files: &[InputFile], mapping: &Mapping) -> Result<Plan> {
    let mut sources = BTreeMap::new();
    let mut used = BTreeSet::new();
    for (name, source) in &mapping.sources {
        let fitting: Vec<&InputFile> = files
            .iter()
            .filter(|file| {
                source
                    .files
                    .iter()
                    .any(|pattern| fits(pattern, &file.file_name()))
            })
            .collect();
        if fitting.is_empty() && source.optional {
            continue;
        }
        if fitting.is_empty() {
            return Err(LakeError::MappingFileMissing {
                name: name.clone(),
                pattern: source.files.join(", "),
            });
        }
        used.extend(fitting.iter().map(|file| file.name.clone()));
        let layout = Layout {
            reading: source.reading.over(&mapping.reading),
            sheet: source.sheet.clone(),
            header: source.header.clone(),
            skip: source.skip,
        };
        let feeds = fitting.into_iter().map(|file| Feed {
            file: file.clone(),
            layout: layout.clone(),
        });
        sources.insert(name.clone(), feeds.collect::<Vec<Feed>>());
    }
    if let Some(unused) = files.iter().find(|file| !used.contains(&file.name)) {
        return Err(LakeError::MappingFileUnused {
            file: unused.name.clone(),
        });
    }
    let mut tasks = Vec::new();
    for table in &mapping.tables {
        let known = table_named(&table.name, "mapping")?;
        check_columns(known, table)?;
        let feeds = match &table.from {
            None => Vec::new(),
            Some(from) => match sources.get(from) {
                Some(feeds) => feeds.clone(),
                None => continue,
            },
        };
        tasks.push(Task {
            table: known,
            mapping: Some(table.clone()),
            feeds,
        });
    }
    tasks.sort_by_key(|task| {
        TABLES
            .iter()
            .position(|table| table.name == task.table.name)
    });
    Ok(Plan { tasks, sources })
}

impl Task {
    /// How the rows of a file with this header become rows of the table; complains of columns that are missing.
    pub fn shaper(
        &self,
        ctx: &SessionContext,
        header: &[String],
        file: &str,
        notes: &mut Notes,
    ) -> Result<Shaper> {
        let mut shaper = match &self.mapping {
            Some(mapping) => Shaper::mapped(self.table, header, mapping, (ctx, file))?,
            None => {
                let shaper = Shaper::canonical(self.table, header);
                if !shaper.ignored().is_empty() {
                    notes.ignored.insert(file.to_owned(), shaper.ignored());
                }
                shaper
            }
        };
        self.derive_keys(&mut shaper, notes);
        for column in self
            .table
            .columns
            .iter()
            .filter(|column| column.is_required())
        {
            let from_response = self
                .mapping
                .as_ref()
                .is_some_and(|mapping| mapping.melt.is_some())
                && column.name == "answer_id"
                && shaper.has("response_id");
            if !shaper.has(column.name) && !from_response {
                return Err(LakeError::ColumnMissing {
                    table: self.table.name.to_owned(),
                    column: column.name.to_owned(),
                    file: file.to_owned(),
                    found: header.join(", "),
                });
            }
        }
        Ok(shaper)
    }

    fn derive_keys(&self, shaper: &mut Shaper, notes: &mut Notes) {
        let name = self.table.name;
        if name == "orders" && !shaper.has("line_no") && shaper.has("order_id") {
            shaper.number_within("line_no", &["order_id"]);
            notes.derived.insert("orders.line_no".to_owned());
        }
        let melted = self
            .mapping
            .as_ref()
            .is_some_and(|mapping| mapping.melt.is_some());
        let key = self
            .table
            .keys()
            .next()
            .map(|column| column.name)
            .unwrap_or_default();
        if KEYED_BY_CONTENT.contains(&name) && !shaper.has(key) && !melted {
            shaper.hash_all(key);
            notes.derived.insert(format!("{name}.{key}"));
        }
    }

    /// How the text of each column is understood.
    pub fn understandings(
        &self,
        reading: &Reading,
        comma_separated: bool,
        zone: &TimeZone,
    ) -> Result<BTreeMap<String, Understanding>> {
        let zone = match &reading.time_zone {
            Some(name) => time_zone(name)?,
            None => zone.clone(),
        };
        let base = Understanding {
            manner: Manner {
                decimal: reading.decimal,
                thousands: reading.thousands,
                comma_separated,
                dates: reading.dates.clone(),
                zone,
                factor: (1, 1),
            },
            missing: reading.missing.clone(),
            ..Understanding::plain()
        };
        let mut all: BTreeMap<String, Understanding> = self
            .table
            .columns
            .iter()
            .map(|column| (column.name.to_owned(), base.clone()))
            .collect();
        for (name, column) in self.mapping.iter().flat_map(|mapping| &mapping.columns) {
            all.insert(name.clone(), understanding(&base, column.rule()));
        }
        Ok(all)
    }

    /// The extra columns that the rows will have.
    pub fn extras(&self) -> Result<Vec<String>> {
        let mut extras = BTreeSet::new();
        match &self.mapping {
            Some(mapping) => extras.extend(
                mapping
                    .columns
                    .keys()
                    .filter(|name| name.starts_with("x_"))
                    .cloned(),
            ),
            None => {
                for feed in &self.feeds {
                    let header = raw::open(&feed.file, &feed.layout)?.header;
                    extras.extend(Shaper::canonical(self.table, &header).extras());
                }
            }
        }
        Ok(extras.into_iter().collect())
    }
}

pub fn time_zone(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).map_err(|error| LakeError::MappingInvalid {
        reason: error.to_string(),
    })
}

/// The table that a file name or a sheet name means: `orders`, `orders_2024`, `orders-2024-03`.
pub fn table_meant(name: &str) -> Option<&'static Table> {
    let name = name.trim().to_lowercase();
    tables::table(&name).or_else(|| {
        TABLES.iter().find(|table| {
            name.strip_prefix(table.name)
                .and_then(|rest| rest.strip_prefix(['_', '-', ' ', '.']))
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        })
    })
}

fn tables_of(file: &InputFile) -> Result<Vec<(&'static Table, Layout)>> {
    if file.kind == FileKind::Xlsx {
        let sheets: Vec<_> = sheet::names(file)?
            .into_iter()
            .filter_map(|sheet| {
                let table = table_meant(&sheet)?;
                Some((
                    table,
                    Layout {
                        sheet: Some(sheet),
                        ..Layout::default()
                    },
                ))
            })
            .collect();
        if !sheets.is_empty() {
            return Ok(sheets);
        }
    }
    let table = table_meant(&file.stem()).ok_or_else(|| unknown(&file.stem(), &file.name))?;
    Ok(vec![(table, Layout::default())])
}

fn table_named(name: &str, file: &str) -> Result<&'static Table> {
    tables::table(name).ok_or_else(|| unknown(name, file))
}

fn unknown(name: &str, file: &str) -> LakeError {
    let known: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    LakeError::TableUnknown {
        table: name.to_owned(),
        file: file.to_owned(),
        known: known.join(", "),
    }
}

fn check_columns(table: &Table, mapping: &TableMapping) -> Result<()> {
    for name in mapping.columns.keys() {
        let extra = table.extras && name.starts_with("x_");
        if table.column(name).is_none() && !extra {
            let known: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
            return Err(LakeError::ColumnUnknown {
                table: table.name.to_owned(),
                column: name.clone(),
                known: known.join(", "),
            });
        }
    }
    Ok(())
}

fn understanding(base: &Understanding, rule: Rule) -> Understanding {
    let mut own = base.clone();
    // What an expression gives is written as a program writes it, not as the file does.
    if rule.sql.is_some() || rule.ordinal_within.is_some() || rule.constant.is_some() {
        own.manner = Manner {
            dates: Vec::new(),
            ..Manner::plain(base.manner.zone.clone())
        };
    }
    if let Some(dates) = rule.dates {
        own.manner.dates = dates;
    }
    own.manner.decimal = rule.decimal.or(own.manner.decimal);
    own.manner.thousands = rule.thousands.or(own.manner.thousands);
    own.manner.factor = rule.unit.map_or((1, 1), |unit| unit.factor());
    own.missing.extend(rule.missing);
    own.values = rule.values;
    own.other = rule.other;
    own
}
