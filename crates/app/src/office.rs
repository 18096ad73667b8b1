//! What does everybody who is served share: the home, the operational disk, and what has been read already?

use crate::directory::{self, Decided, Directory};
use crate::jobs::JobNews;
use crate::pages::Kept;
use crate::runs::Runs;
use crate::text::{Catalogue, Language};
use crate::{AppError, Home, Settings};
use odla_domain::{RunRecord, Stance, Subject};
use odla_lake::by_customer::ByCustomer;
use odla_lake::{At, Ledger, SessionContext, Snapshot};
use odla_store::Store;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OnceCell, Semaphore, broadcast};

/// Runs whose reports and customers are held at once.
const MOST_KEPT: usize = 3;
/// Passwords hashed at once: each takes 19 MiB and a core.
const HASHING: usize = 2;

/// One company, as the server sees it.
pub struct Office {
    home: RwLock<Arc<Home>>,
    pub store: Store,
    pub(crate) hashing: Semaphore,
    pub(crate) news: broadcast::Sender<JobNews>,
    /// Rung when a job has been added, so that nobody waits for the next look.
    pub(crate) bell: tokio::sync::Notify,
    ledger: Mutex<Option<Arc<Opened>>>,
    kept: Mutex<BTreeMap<Key, Arc<Kept>>>,
    directories: Mutex<BTreeMap<Key, Arc<OnceCell<Arc<Directory>>>>>,
    decided: Mutex<Option<Arc<Decided>>>,
    /// The trials as the latest ledger tells them.
    pub(crate) diary: Mutex<Option<Arc<crate::trials::Diary>>>,
    by_customer: std::sync::Mutex<BTreeMap<u64, Laid>>,
    /// Held while rows are laid out: two at once would throw away what the other writes.
    laying: Mutex<()>,
    /// Where what nobody waits for is done, when it is not where requests are answered.
    aside: OnceLock<Handle>,
    catalogues: [Arc<Catalogue>; 2],
}

/// The rows of a version in the order of customers.
enum Laid {
    UnderWay,
    Ready(Arc<ByCustomer>),
    /// They could not be laid out; customers are told from the ledger itself, which takes longer.
    Failed,
}

/// A run (none before the first) as the ledger of a version lets it be seen.
type Key = (u64, String);

/// The latest version of the ledger, opened.
pub struct Opened {
    pub version: u64,
    pub snapshot: Snapshot,
    pub ctx: SessionContext,
}

impl Opened {
    /// Whether the version was made by forgetting somebody, or by taking an import back.
    fn takes_away(&self) -> bool {
        let record = self.snapshot.record();
        record.is_some_and(|record| record.files.is_empty())
    }
}

/// The customers of a run on their way into memory.
struct Loading {
    home: Arc<Home>,
    opened: Arc<Opened>,
    record: Option<RunRecord>,
}

impl Loading {
    /// Read once, however many wait for them.
    async fn into(self, cell: &OnceCell<Arc<Directory>>) -> Result<Arc<Directory>, AppError> {
        let loaded = cell
            .get_or_try_init(|| async {
                let record = self.record.as_ref();
                let loaded = Arc::new(directory::load(&self.home, &self.opened.ctx, record).await?);
                let warming = loaded.clone();
                // Whoever asks first is not kept waiting for orders that nobody has asked for.
                tokio::task::spawn_blocking(move || warming.warm());
                Ok::<_, AppError>(loaded)
            })
            .await?;
        Ok(loaded.clone())
    }
}

impl Office {
    pub fn new(home: Home, store: Store) -> Self {
        let catalogues = [Language::Sv, Language::En].map(|language| {
            let catalogue = Catalogue::new(language, &home.settings.currency);
            Arc::new(catalogue.with_labels(home.settings.labels(language)))
        });
        Self {
            home: RwLock::new(Arc::new(home)),
            store,
            hashing: Semaphore::new(HASHING),
            news: broadcast::channel(256).0,
            bell: tokio::sync::Notify::new(),
            ledger: Mutex::default(),
            kept: Mutex::default(),
            directories: Mutex::default(),
            decided: Mutex::default(),
            diary: Mutex::default(),
            by_customer: std::sync::Mutex::default(),
            laying: Mutex::default(),
            aside: OnceLock::new(),
            catalogues,
        }
    }

    /// Where the operational disk lies when no address is given.
    pub fn default_database(home: &Home) -> String {
        format!("sqlite://{}", home.folder().join("odla.db").display())
    }

    pub fn home(&self) -> Arc<Home> {
        let home = self.home.read().unwrap_or_else(PoisonError::into_inner);
        home.clone()
    }

    /// The settings have been written anew.
    pub(crate) fn take_settings(&self, settings: Settings) {
        let mut home = self.home.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = home.as_ref().clone();
        changed.settings = settings;
        *home = Arc::new(changed);
    }

    pub fn catalogue(&self, language: Language) -> Arc<Catalogue> {
        match language {
            Language::Sv => self.catalogues[0].clone(),
            Language::En => self.catalogues[1].clone(),
        }
    }

    pub fn uploads(&self) -> PathBuf {
        self.home().folder().join("uploads")
    }

    /// Where what nobody waits for is done from now on.
    pub fn work_aside(&self, handle: Handle) {
        // Told once, by the server, before anybody asks.
        let _ = self.aside.set(handle);
    }

    pub fn aside(&self) -> Handle {
        self.aside.get().cloned().unwrap_or_else(Handle::current)
    }

    /// The rows in the order of customers, as soon as they are laid out. After an import those of a moment ago do
    /// meanwhile; what was taken away is not seen again.
    pub(crate) fn by_customer(self: &Arc<Self>, opened: &Arc<Opened>) -> Option<Arc<ByCustomer>> {
        let mut held = self
            .by_customer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match held.get(&opened.version) {
            Some(Laid::Ready(laid)) => return Some(laid.clone()),
            Some(Laid::Failed) => return None,
            Some(Laid::UnderWay) => {}
            None => {
                held.insert(opened.version, Laid::UnderWay);
                let (office, opened) = (self.clone(), opened.clone());
                self.aside()
                    .spawn(async move { office.lay_out(&opened).await });
            }
        }
        let before = opened
            .version
            .checked_sub(1)
            .filter(|_| !opened.takes_away());
        match held.get(&before?) {
            Some(Laid::Ready(laid)) => Some(laid.clone()),
            _ => None,
        }
    }

    async fn lay_out(&self, opened: &Opened) {
        let _alone = self.laying.lock().await;
        let folder = crate::privacy::by_customer_folder(&self.home());
        let laid = match ByCustomer::lay_out(&opened.snapshot, &folder).await {
            Ok(laid) => Laid::Ready(Arc::new(laid)),
            Err(error) => {
                tracing::warn!(%error, "the rows could not be laid out by customer");
                Laid::Failed
            }
        };
        let mut held = self
            .by_customer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        held.insert(opened.version, laid);
        held.retain(|version, _| *version >= opened.version);
    }

    /// So that the next visitor does not wait: reads the customers, and lays out their rows.
    pub async fn read_ahead(self: &Arc<Self>) {
        let read = async {
            self.directory_now(None).await?;
            self.by_customer(&self.opened().await?);
            Ok::<_, AppError>(())
        };
        if let Err(error) = read.await {
            tracing::warn!(%error, "the customers could not be read ahead");
        }
    }

    pub fn runs(&self) -> Runs {
        Runs::new(self.home().runs())
    }

    pub fn ledger(&self) -> Result<Ledger, AppError> {
        self.home().ledger()
    }

    /// The latest ledger, opened once per version.
    pub async fn opened(&self) -> Result<Arc<Opened>, AppError> {
        let ledger = self.ledger()?;
        let version = ledger.version().await?.unwrap_or(0);
        let mut held = self.ledger.lock().await;
        if let Some(opened) = held.as_ref().filter(|opened| opened.version == version) {
            return Ok(opened.clone());
        }
        let snapshot = ledger.at(&At::Latest).await?;
        let opened = Arc::new(Opened {
            version: snapshot.version(),
            ctx: snapshot.session().await?,
            snapshot,
        });
        *held = Some(opened.clone());
        Ok(opened)
    }

    /// A run with its reports; the latest when none is named.
    pub async fn kept(&self, run: Option<&str>) -> Result<Arc<Kept>, AppError> {
        let runs = self.runs();
        let id = runs.id_of(run)?;
        let version = self.ledger()?.version().await?.unwrap_or(0);
        let mut kept = self.kept.lock().await;
        let key = (version, id);
        if let Some(found) = kept.get(&key) {
            return Ok(found.clone());
        }
        let record = runs.record(Some(&key.1))?;
        let read = Arc::new(Kept {
            reports: runs.reports(&record)?,
            record,
        });
        kept.insert(key, read.clone());
        make_room(&mut kept);
        Ok(read)
    }

    /// The customers of a run; of the latest when none is named, of the ledger alone before the first.
    pub async fn directory(&self, run: Option<&str>) -> Result<Arc<Directory>, AppError> {
        self.directory_or(run, false).await
    }

    /// As [`Self::directory`], and never those of a moment ago.
    pub async fn directory_now(&self, run: Option<&str>) -> Result<Arc<Directory>, AppError> {
        self.directory_or(run, true).await
    }

    async fn directory_or(
        &self,
        run: Option<&str>,
        wait: bool,
    ) -> Result<Arc<Directory>, AppError> {
        let record = match self.runs().id_of(run) {
            Ok(id) => Some(self.kept(Some(&id)).await?.record.clone()),
            Err(AppError::NoRun) if run.is_none() => None,
            Err(error) => return Err(error),
        };
        let opened = self.opened().await?;
        let id = record
            .as_ref()
            .map_or_else(String::new, |record| record.id.clone());
        let (cell, stale) = {
            let mut held = self.directories.lock().await;
            // After an import, those of a moment ago do until the new ones are read; what was taken away is not
            // seen again.
            let stale = match wait || opened.takes_away() {
                true => None,
                false => held
                    .iter()
                    .rev()
                    .find(|((version, run), _)| *version + 1 == opened.version && *run == id)
                    .and_then(|(_, cell)| cell.get().cloned()),
            };
            let cell = held.entry((opened.version, id)).or_default().clone();
            make_room(&mut held);
            (cell, stale)
        };
        let loading = Loading {
            home: self.home(),
            opened,
            record,
        };
        if let Some(stale) = stale.filter(|_| cell.get().is_none()) {
            self.aside().spawn(async move {
                if let Err(error) = loading.into(&cell).await {
                    tracing::warn!(%error, "the customers could not be read");
                }
            });
            return Ok(stale);
        }
        loading.into(&cell).await
    }

    /// What people have decided, read anew when somebody has decided since.
    pub async fn decided(&self) -> Result<Arc<Decided>, AppError> {
        let number = self.store.latest_decision_number().await?;
        let generation = number.unsigned_abs();
        let mut held = self.decided.lock().await;
        if let Some(decided) = held.as_ref().filter(|held| held.generation == generation) {
            return Ok(decided.clone());
        }
        let stances = self.standing().await?;
        let decided = Arc::new(Decided {
            generation,
            stances,
        });
        *held = Some(decided.clone());
        Ok(decided)
    }
}

impl Office {
    async fn standing(&self) -> Result<HashMap<String, Stance>, AppError> {
        const PAGE: i64 = 20_000;
        let mut stances = HashMap::new();
        let mut after: Option<String> = None;
        loop {
            let subject = Subject::Portfolio;
            let page = self.store.standing(subject, after.as_deref(), PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(stances);
            };
            after = Some(last.customer_id.clone());
            stances.extend(page.into_iter().map(|one| (one.customer_id, one.choice)));
        }
    }
}

/// Does work that cannot go from thread to thread, beside the threads that answer.
pub(crate) async fn on_one_thread<T, F>(
    work: impl FnOnce() -> F + Send + 'static,
) -> Result<T, AppError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, AppError>>,
{
    let runtime = tokio::runtime::Handle::current();
    let done = tokio::task::spawn_blocking(move || runtime.block_on(work())).await;
    done.map_err(|error| AppError::Internal {
        detail: error.to_string(),
    })?
}

/// Forgets what was held of the oldest ledgers first.
fn make_room<T>(held: &mut BTreeMap<Key, T>) {
    while held.len() > MOST_KEPT {
        held.pop_first();
    }
}
