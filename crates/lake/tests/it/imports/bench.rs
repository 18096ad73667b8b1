//! A ledger in a folder of its own, and files to import into it.

use std::path::PathBuf;

use arrow::util::display::array_value_to_string;
use odla_lake::import::{ImportRequest, ImportSummary, Progress, import};
use odla_lake::{At, Counts, LakeError, Ledger, query};
use tempfile::TempDir;

pub struct Bench {
    pub dir: TempDir,
    pub ledger: Ledger,
    pub day: std::cell::Cell<i64>,
}

impl Bench {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(dir.path().join("ledger").to_str().unwrap()).unwrap();
        Self {
            dir,
            ledger,
            day: std::cell::Cell::new(0),
        }
    }

    /// A file with these bytes.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join("files").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Every import happens a day after the one before.
    pub fn request(&self, paths: Vec<PathBuf>, mapping: Option<&str>) -> ImportRequest {
        self.day.set(self.day.get() + 1);
        let now = jiff::Timestamp::from_second(1_700_000_000 + 86_400 * self.day.get()).unwrap();
        let mapping =
            mapping.map(|text| self.file(&format!("mapping-{}.toml", self.day.get()), text));
        ImportRequest {
            paths,
            mapping,
            dry_run: false,
            time_zone: "Europe/Stockholm".into(),
            now,
        }
    }

    pub async fn import(&self, paths: Vec<PathBuf>) -> Result<ImportSummary, LakeError> {
        self.run(self.request(paths, None)).await
    }

    pub async fn import_mapped(
        &self,
        paths: Vec<PathBuf>,
        mapping: &str,
    ) -> Result<ImportSummary, LakeError> {
        self.run(self.request(paths, Some(mapping))).await
    }

    pub async fn run(&self, request: ImportRequest) -> Result<ImportSummary, LakeError> {
        import(&self.ledger, request, &|_: Progress| {}).await
    }

    /// The answer to a question, a line per row.
    pub async fn ask(&self, sql: &str) -> Vec<String> {
        self.ask_at(&At::Latest, sql).await
    }

    pub async fn ask_at(&self, at: &At, sql: &str) -> Vec<String> {
        let ctx = self.ledger.at(at).await.unwrap().session().await.unwrap();
        let mut lines = Vec::new();
        for batch in query(&ctx, sql).await.unwrap() {
            for row in 0..batch.num_rows() {
                let cells: Vec<String> = batch
                    .columns()
                    .iter()
                    .map(|column| array_value_to_string(column, row).unwrap())
                    .collect();
                lines.push(cells.join("|"));
            }
        }
        lines
    }
}

/// The counts of a table in the order read, added, replaced, unchanged, rejected; what is left out must add up.
pub fn counts(summary: &ImportSummary, table: &str) -> [u64; 5] {
    let Counts {
        read,
        added,
        replaced,
        unchanged,
        rejected,
        left_out,
        ..
    } = summary.tables[table];
    assert_eq!(
        read,
        added + replaced + unchanged + rejected + left_out,
        "{table} does not add up"
    );
    [read, added, replaced, unchanged, rejected]
}
