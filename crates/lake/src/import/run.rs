//! In which order does an import happen? Read and check everything, then change the tables, then keep the record.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use arrow::array::{AsArray, RecordBatch};
use datafusion::prelude::SessionContext;
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use odla_domain::tables::{self, Table};

use crate::error::{LakeError, Result};
use crate::import::apply::{Target, only};
use crate::import::customers::Known;
use crate::import::files::InputFile;
use crate::import::keys::key_of_text;
use crate::import::mapping::{Mapping, Reading};
use crate::import::plan::{Feed, Notes, Plan, Task, time_zone};
use crate::import::preview::{Glance, Seen};
use crate::import::raw::{self, BrokenLine};
use crate::import::rejects::{self, Earlier};
use crate::import::shape::Shaper;
use crate::import::sources;
use crate::import::stage::{Fate, Stage, Verdict};
use crate::import::typed::{Reject, Stamp, Understanding, understand};
use crate::import::{ImportRequest, ImportSummary, Progress, guard};
use crate::place::{Place, active_files, arrow_schema};
use crate::record::{self, Counts, VersionRecord};
use crate::schema::{extras_in, schema_of};

/// Keys held in memory before a table is settled and a new part begun: some 700 MB.
const PART_KEYS: usize = 14_000_000;

/// One import, from the first row to the record.
pub struct Run<'a> {
    place: Place,
    stamp: Stamp,
    now: Timestamp,
    zone: TimeZone,
    dry_run: bool,
    files: &'a [InputFile],
    room: PathBuf,
    ctx: SessionContext,
    progress: &'a (dyn Fn(Progress) + Sync),
    bytes_total: u64,
    bytes_before: u64,
    latest: Option<VersionRecord>,
    extras: BTreeMap<&'static str, BTreeSet<String>>,
    stages: BTreeMap<&'static str, Stage>,
    parts: BTreeMap<&'static str, usize>,
    superseding: HashSet<&'static str>,
    versions: BTreeMap<String, u64>,
    known: Known,
    earlier: Earlier,
    read: HashSet<(&'static str, String)>,
    laid_out: BTreeSet<String>,
    summary: ImportSummary,
    notes: Notes,
    begun: bool,
    /// Only there when somebody looks and nothing is to be changed.
    seen: Option<Seen>,
}

impl<'a> Run<'a> {
    pub async fn new(
        place: Place,
        what: (&ImportRequest, &'a [InputFile]),
        room: &Path,
        progress: &'a (dyn Fn(Progress) + Sync),
    ) -> Result<Self> {
        let (request, files) = what;
        let latest = record::latest(&place).await?;
        let import_id = import_id(request, files, latest.as_ref());
        Ok(Self {
            place,
            stamp: Stamp {
                import_id: import_id.clone(),
                at_microseconds: request.now.as_microsecond(),
            },
            now: request.now,
            zone: time_zone(&request.time_zone)?,
            dry_run: request.dry_run,
            files,
            room: room.to_owned(),
            ctx: sources::source_session(room)?,
            progress,
            bytes_total: 0,
            bytes_before: 0,
            latest,
            extras: BTreeMap::new(),
            stages: BTreeMap::new(),
            parts: BTreeMap::new(),
            superseding: HashSet::new(),
            versions: BTreeMap::new(),
            known: Known::default(),
            earlier: Earlier::default(),
            read: HashSet::new(),
            laid_out: BTreeSet::new(),
            summary: ImportSummary {
                import: import_id,
                version: None,
                tables: BTreeMap::new(),
                left_out: BTreeMap::new(),
                rejected: BTreeMap::new(),
                ignored: BTreeMap::new(),
                derived: Vec::new(),
            },
            notes: Notes::default(),
            begun: false,
            seen: None,
        })
    }

    pub async fn all(mut self, plan: &Plan, mapping: Option<&Mapping>) -> Result<ImportSummary> {
        let delivered = self.read_all(plan, mapping).await?;
        let names: Vec<&'static str> = self.stages.keys().copied().collect();
        for name in names
            .into_iter()
            .filter(|name| *name != rejects::TABLE.name)
        {
            self.settle(name).await?;
        }
        self.settle_rejects().await?;
        self.keep(delivered).await?;
        self.summary.ignored = self.notes.ignored;
        self.summary.derived = self.notes.derived.into_iter().collect();
        Ok(self.summary)
    }

    /// Reads the beginning of every file and tells what would become of it.
    pub async fn look(
        mut self,
        plan: &Plan,
        mapping: Option<&Mapping>,
        glance: Glance,
    ) -> Result<(ImportSummary, Seen)> {
        self.seen = Some(Seen::new(glance));
        self.read_all(plan, mapping).await?;
        self.summary.ignored = self.notes.ignored;
        self.summary.derived = self.notes.derived.into_iter().collect();
        for stage in self.stages.into_values() {
            stage.discard();
        }
        let seen = self.seen.unwrap_or_else(|| Seen::new(glance));
        Ok((self.summary, seen))
    }

    /// Reads and checks everything; tells whether a table of customers is delivered.
    async fn read_all(&mut self, plan: &Plan, mapping: Option<&Mapping>) -> Result<bool> {
        self.learn_customers().await?;
        self.learn_rejects().await?;
        self.check_headers(plan)?;
        let delivered = plan.tasks.iter().any(|task| task.table.name == "customers");
        let strict = delivered
            || self
                .latest
                .as_ref()
                .is_some_and(|record| record.customers_delivered);
        for task in &plan.tasks {
            let create = task.mapping.as_ref().is_some_and(|mapping| mapping.create);
            self.known.create = create || !strict;
            self.read_task(task, plan, mapping).await?;
            if task.table.name == "customers"
                && let Some(stage) = self.stages.get("customers")
            {
                self.known.learn(stage.index.keys().copied());
            }
        }
        for file in self.files {
            file.lay_still()?;
        }
        Ok(delivered)
    }

    /// Opens every file and reads its header, so that what is missing is told before anything is read.
    fn check_headers(&mut self, plan: &Plan) -> Result<()> {
        for task in &plan.tasks {
            self.extras
                .entry(task.table.name)
                .or_default()
                .extend(task.extras()?);
            for feed in &task.feeds {
                let header = raw::open(&feed.file, &feed.layout)?.header;
                task.shaper(&self.ctx, &header, &feed.file.name, &mut self.notes)?;
                self.bytes_total += feed.file.bytes();
            }
        }
        Ok(())
    }

    async fn read_task(
        &mut self,
        task: &Task,
        plan: &Plan,
        mapping: Option<&Mapping>,
    ) -> Result<()> {
        for feed in &task.feeds {
            self.read_feed(task, feed).await?;
        }
        if let Some(sql) = task
            .mapping
            .as_ref()
            .and_then(|mapping| mapping.sql.as_deref())
        {
            let reading = mapping
                .map(|mapping| mapping.reading.clone())
                .unwrap_or_default();
            self.read_answer(task, plan, sql, &reading).await?;
        }
        Ok(())
    }

    async fn read_feed(&mut self, task: &Task, feed: &Feed) -> Result<()> {
        let file = &feed.file.name;
        let opened = raw::open(&feed.file, &feed.layout)?;
        let mut shaper = task.shaper(&self.ctx, &opened.header, file, &mut self.notes)?;
        let how = task.understandings(&feed.layout.reading, opened.comma_separated, &self.zone)?;
        self.read.insert((task.table.name, file.clone()));
        let mut rows = 0;
        for batch in opened.batches {
            let batch = batch?;
            rows += batch.rows.num_rows() as u64 + batch.broken.len() as u64;
            self.take_broken(task.table, file, batch.broken)?;
            self.take(task.table, &mut shaper, &batch.rows, &how)
                .await?;
            (self.progress)(Progress {
                file: file.clone(),
                bytes_read: self.bytes_before + batch.bytes_read,
                bytes_total: self.bytes_total,
                rows,
            });
            if let Some(seen) = self.seen.as_mut().filter(|seen| seen.enough(rows)) {
                seen.cut_short = true;
                break;
            }
        }
        self.bytes_before += feed.file.bytes();
        if rows == 0 {
            return Err(LakeError::FileEmpty { file: file.clone() });
        }
        Ok(())
    }

    async fn read_answer(
        &mut self,
        task: &Task,
        plan: &Plan,
        sql: &str,
        reading: &Reading,
    ) -> Result<()> {
        let named = sources::named_in(&self.ctx, sql, plan)?;
        for name in &named {
            if self.laid_out.insert(name.clone()) {
                for (file, broken) in sources::lay_out(&self.ctx, plan, name, &self.room).await? {
                    self.take_broken(task.table, &file, broken)?;
                }
            }
        }
        let files: BTreeSet<String> = named
            .iter()
            .flat_map(|name| &plan.sources[name])
            .map(|feed| feed.file.name.clone())
            .collect();
        self.read
            .extend(files.iter().map(|file| (task.table.name, file.clone())));
        let name = files.into_iter().collect::<Vec<_>>().join(" + ");
        self.read.insert((task.table.name, name.clone()));
        let wrong = |error| sources::wrong(sql, &error);
        let frame = self.ctx.sql(sql).await.map_err(wrong)?;
        let header = sources::header_of(&RecordBatch::new_empty(frame.schema().inner().clone()));
        let mut shaper = task.shaper(&self.ctx, &header, &name, &mut self.notes)?;
        let how = task.understandings(reading, true, &self.zone)?;
        let mut answer = frame.execute_stream().await.map_err(wrong)?;
        let mut rows = 0;
        while let Some(batch) = answer.next().await {
            let batch = sources::as_source(&batch.map_err(wrong)?, &name, rows)?;
            rows += batch.rows.num_rows() as u64;
            self.take(task.table, &mut shaper, &batch.rows, &how)
                .await?;
        }
        Ok(())
    }

    /// Takes rows of a source as far as the stage.
    async fn take(
        &mut self,
        table: &'static Table,
        shaper: &mut Shaper,
        rows: &RecordBatch,
        how: &BTreeMap<String, Understanding>,
    ) -> Result<()> {
        let shaped = shaper.shape(rows)?;
        for (reason, count) in shaped.left_out {
            let counts = self.counts(table.name);
            counts.read += count;
            counts.left_out += count;
            *self
                .summary
                .left_out
                .entry(table.name.to_owned())
                .or_default()
                .entry(reason)
                .or_default() += count;
        }
        self.take_text(table, &shaped.rows, how).await?;
        if let Some(made) = self.known.take_made()? {
            let customers = tables::table("customers").ok_or(LakeError::CustomerUnknown)?;
            self.take_text(customers, &made, &BTreeMap::new()).await?;
        }
        Ok(())
    }

    async fn take_text(
        &mut self,
        table: &'static Table,
        text: &RecordBatch,
        how: &BTreeMap<String, Understanding>,
    ) -> Result<()> {
        if text.num_rows() == 0 {
            return Ok(());
        }
        if !self.stages.contains_key(table.name) {
            self.begin_stage(table).await?;
        }
        let Some(stage) = self.stages.get_mut(table.name) else {
            return Ok(());
        };
        let typed = understand(
            table,
            &stage.schema,
            text,
            how,
            (&mut self.known, &self.stamp),
        )?;
        self.earlier.meet(table, &typed.rows);
        if let Some(seen) = &mut self.seen {
            seen.take(table, &typed.rows);
        }
        let pushed = stage.push(&typed.rows, &typed.keys)?;
        let full = stage.len() >= PART_KEYS;
        let counts = self.counts(table.name);
        counts.read += text.num_rows() as u64;
        counts.rejected += typed.rejected_rows + pushed.superseding;
        counts.unchanged += pushed.repeated;
        if pushed.superseding > 0 {
            self.superseding.insert(table.name);
        }
        self.reject(typed.rejects)?;
        if full && self.seen.is_none() {
            self.settle(table.name).await?;
        }
        Ok(())
    }

    fn take_broken(
        &mut self,
        table: &'static Table,
        file: &str,
        broken: Vec<BrokenLine>,
    ) -> Result<()> {
        if broken.is_empty() {
            return Ok(());
        }
        let counts = self.counts(table.name);
        counts.read += broken.len() as u64;
        counts.rejected += broken.len() as u64;
        self.reject(rejects::of_broken(table, file, broken))
    }

    fn reject(&mut self, found: Vec<Reject>) -> Result<()> {
        if found.is_empty() {
            return Ok(());
        }
        if let Some(seen) = &mut self.seen {
            seen.reject(&found);
        }
        for reject in &found {
            let reasons = self
                .summary
                .rejected
                .entry(reject.table.to_owned())
                .or_default();
            *reasons.entry(reject.reason.clone()).or_default() += 1;
        }
        let table = &rejects::TABLE;
        let text = rejects::as_text(&found)?;
        let stage = match self.stages.entry(table.name) {
            std::collections::btree_map::Entry::Occupied(stage) => stage.into_mut(),
            std::collections::btree_map::Entry::Vacant(slot) => {
                slot.insert(Stage::new(table, schema_of(table, &[]), &self.room, 0)?)
            }
        };
        let nobody = &mut Known::default();
        let typed = understand(
            table,
            &stage.schema,
            &text,
            &BTreeMap::new(),
            (nobody, &self.stamp),
        )?;
        stage.push(&typed.rows, &typed.keys)?;
        Ok(())
    }

    async fn begin_stage(&mut self, table: &'static Table) -> Result<()> {
        let mut extras = self.extras.get(table.name).cloned().unwrap_or_default();
        if let Some(delta) = self.place.open(table.name, None).await? {
            extras.extend(extras_in(arrow_schema(&delta)?.as_ref()));
        }
        let schema = schema_of(table, &extras.into_iter().collect::<Vec<_>>());
        let part = self.parts.get(table.name).copied().unwrap_or(0);
        self.stages
            .insert(table.name, Stage::new(table, schema, &self.room, part)?);
        Ok(())
    }

    /// Holds what waits for a table against what is there, and writes what is new.
    async fn settle(&mut self, name: &'static str) -> Result<()> {
        let Some(mut stage) = self.stages.remove(name) else {
            return Ok(());
        };
        let part = self.parts.entry(name).or_default();
        let stamp = self.stamp.clone();
        let place = self.place.clone();
        let target = Target {
            place: &place,
            table: stage.table,
            stamp: &stamp,
            part: *part,
        };
        *part += 1;
        let delta = place.open(name, None).await?;
        let comparison = target.compare(delta.as_ref(), &mut stage).await?;
        let [added, replaced, unchanged, superseded] = [
            Fate::Added,
            Fate::Replaces,
            Fate::Unchanged,
            Fate::Supersedes,
        ]
        .map(|fate| stage.count(fate));
        let changes = added + replaced + superseded + comparison.removed;
        if name != rejects::TABLE.name {
            let counts = self.counts(name);
            counts.added += added;
            counts.replaced += replaced;
            counts.unchanged += unchanged;
            counts.rejected += superseded;
        }
        if self.superseding.remove(name) {
            self.reject_superseded(&mut stage)?;
        }
        if changes > 0 && !self.dry_run {
            self.begin().await?;
            let delta = place.open_for_writing(name, &stage.schema).await?;
            let mut gone = Vec::new();
            let version = target
                .write(&delta, &mut stage, comparison, &mut |rows| {
                    gone.push(rows.clone());
                    Ok(())
                })
                .await?;
            self.versions.insert(name.to_owned(), version);
            for rows in gone {
                self.reject(rejects::of_superseded(target.table, &rows))?;
            }
        }
        if name == "customers" {
            self.known.learn(stage.index.keys().copied());
        }
        stage.discard();
        Ok(())
    }

    fn reject_superseded(&mut self, stage: &mut Stage) -> Result<()> {
        let verdicts = stage.finish()?;
        let mut at = 0;
        for batch in stage.waiting(None)? {
            let batch = batch?;
            let lost = only(&batch, &verdicts[at..], Verdict::Superseded)?;
            self.reject(rejects::of_superseded(stage.table, &lost))?;
            at += batch.num_rows();
        }
        Ok(())
    }

    /// Rejects go last: only then is it known which earlier ones are mended.
    async fn settle_rejects(&mut self) -> Result<()> {
        let table = &rejects::TABLE;
        let mended = self.earlier.mended(&self.read);
        if !self.stages.contains_key(table.name) {
            if mended.is_empty() {
                return Ok(());
            }
            self.stages.insert(
                table.name,
                Stage::new(table, schema_of(table, &[]), &self.room, 0)?,
            );
        }
        let Some(stage) = self.stages.get_mut(table.name) else {
            return Ok(());
        };
        let mut healed: BTreeMap<String, u64> = BTreeMap::new();
        for (key, of) in mended {
            if !stage.index.contains_key(&key) {
                stage.remove(key);
                *healed.entry(of).or_default() += 1;
            }
        }
        for (of, count) in healed {
            self.summary.tables.entry(of).or_default().healed += count;
        }
        self.settle(table.name).await
    }

    /// The record, written last: with it the import has happened.
    async fn keep(&mut self, customers_delivered: bool) -> Result<()> {
        if self.versions.is_empty() {
            return Ok(());
        }
        let earlier = self.latest.as_ref();
        let mut tables = earlier
            .map(|record| record.tables.clone())
            .unwrap_or_default();
        tables.append(&mut self.versions);
        let record = VersionRecord {
            version: earlier.map_or(1, |record| record.version + 1),
            import_id: self.stamp.import_id.clone(),
            at: self.now.to_string(),
            files: self.files.iter().map(InputFile::record).collect(),
            tables,
            counts: self.summary.tables.clone(),
            customers_delivered: customers_delivered
                || earlier.is_some_and(|record| record.customers_delivered),
            undoes: None,
        };
        record::write(&self.place, &record).await?;
        self.summary.version = Some(record.version);
        guard::end(&self.place).await
    }

    async fn begin(&mut self) -> Result<()> {
        if !self.begun {
            guard::begin(&self.place, &self.stamp.import_id).await?;
            self.begun = true;
        }
        Ok(())
    }

    async fn learn_customers(&mut self) -> Result<()> {
        let Some(table) = tables::table("customers") else {
            return Ok(());
        };
        for batch in self.existing(table, &["customer_id"]).await? {
            let ids = batch.column(0).as_string::<i32>();
            self.known.learn(ids.iter().flatten().map(key_of_text));
        }
        Ok(())
    }

    async fn learn_rejects(&mut self) -> Result<()> {
        let columns = ["table", "file", "line", "column", "row_key"];
        for batch in self.existing(&rejects::TABLE, &columns).await? {
            self.earlier.add(&batch)?;
        }
        Ok(())
    }

    /// A few columns of all rows of a table as it now lies.
    async fn existing(&self, table: &'static Table, columns: &[&str]) -> Result<Vec<RecordBatch>> {
        let Some(delta) = self.place.open(table.name, None).await? else {
            return Ok(Vec::new());
        };
        let target = Target {
            place: &self.place,
            table,
            stamp: &self.stamp,
            part: 0,
        };
        let mut batches = Vec::new();
        for path in active_files(&delta)?.into_keys() {
            let mut rows = target.read(&path, Some(columns.to_vec())).await?;
            while let Some(batch) = rows.try_next().await? {
                batches.push(batch);
            }
        }
        Ok(batches)
    }

    fn counts(&mut self, table: &str) -> &mut Counts {
        self.summary.tables.entry(table.to_owned()).or_default()
    }
}

/// A name that tells when, and of what: the same files at the same moment give the same name.
fn import_id(
    request: &ImportRequest,
    files: &[InputFile],
    latest: Option<&VersionRecord>,
) -> String {
    let when = request.now.strftime("%Y%m%dT%H%M%SZ");
    let mut what = format!("{} {:?}", request.now, latest.map(|record| record.version));
    for file in files {
        what.push_str(&file.record().hash);
    }
    format!(
        "{when}-{:08x}",
        xxhash_rust::xxh3::xxh3_64(what.as_bytes()) as u32
    )
}
