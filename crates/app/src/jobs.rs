//! How is long work done beside the answering, so that it survives a crash and is never done twice?
//!
//! Jobs stand in the store. A worker holds one by a lease that it renews; when it dies, the lease runs out and the job
//! waits again: an import of the same rows changes nothing, and a run of the same ledger is the same run.

use crate::access::Caller;
use crate::auth::id_of;
use crate::text::{Catalogue, Section};
use crate::uploads::Mapping;
use crate::{AnalyzeRequest, AppError, Denied, Office, analyze};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use odla_domain::{Params, Permission};
use odla_lake::import::{Below, ImportSummary, import_below};
use odla_store::{Act, Job, JobFilter, JobState, Lease, NewJob, Progress, StoreError, UploadState};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, watch};
use uuid::Uuid;

const LEASE: SignedDuration = SignedDuration::from_secs(60);
const BEAT: Duration = Duration::from_millis(500);
/// A lease is renewed at least this often, also when nothing has moved.
const RENEW: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_secs(2);
/// Longer than any lease.
const AGES: SignedDuration = SignedDuration::from_hours(24);

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    Import {
        upload: Uuid,
        mapping: String,
    },
    Analyze {
        as_of: Option<Date>,
        only: Vec<String>,
        seed: u64,
    },
}

/// A run as somebody wants it.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The ledger's last day when left out.
    pub as_of: Option<Date>,
    /// Everything when empty.
    pub only: Vec<String>,
    pub seed: u64,
}

/// Something has happened to a job: look again.
#[derive(Clone, Copy, Debug)]
pub struct JobNews {
    pub job: Uuid,
}

impl Work {
    fn kind(&self) -> &'static str {
        match self {
            Self::Import { .. } => "import",
            Self::Analyze { .. } => "analyze",
        }
    }

    /// Imports wait for each other, and so do analyses; one of each may run at once.
    fn lane(&self) -> &'static str {
        match self {
            Self::Import { .. } => "ledger",
            Self::Analyze { .. } => "analysis",
        }
    }
}

impl Office {
    /// Asks for a run.
    pub async fn ask_analysis(
        &self,
        caller: &Caller,
        wish: Wish,
        request: &str,
    ) -> Result<Job, AppError> {
        caller.allow(Permission::Analyze)?;
        let Wish { as_of, only, seed } = wish;
        crate::capabilities::chosen(&only)?;
        self.enqueue(caller, Work::Analyze { as_of, only, seed }, request)
            .await
    }

    /// The import of this upload that waits or runs, if the button is pressed twice.
    pub(crate) async fn import_under_way(&self, upload: Uuid) -> Result<Option<Job>, AppError> {
        for state in [JobState::Queued, JobState::Running] {
            let filter = JobFilter {
                state: Some(state),
                kind: Some("import".to_owned()),
                ..JobFilter::default()
            };
            let jobs = self.store.jobs(&filter, 1_000).await?;
            let same = |job: &Job| job.input["upload"] == json!(upload);
            if let Some(job) = jobs.into_iter().find(same) {
                return Ok(Some(job));
            }
        }
        Ok(None)
    }

    pub(crate) async fn enqueue(
        &self,
        caller: &Caller,
        work: Work,
        request: &str,
    ) -> Result<Job, AppError> {
        let new = NewJob {
            kind: work.kind().to_owned(),
            lane: Some(work.lane().to_owned()),
            repeatable: true,
            idempotency_key: None,
            input: serde_json::to_value(&work).map_err(|error| AppError::Internal {
                detail: error.to_string(),
            })?,
        };
        let job = self.store.enqueue(&caller.act(request), &new).await?;
        self.bell.notify_waiters();
        Ok(job)
    }

    /// A job of the caller's own; who administers sees all.
    pub async fn job(&self, caller: &Caller, id: &str) -> Result<Job, AppError> {
        let job = self.store.job(id_of(id, "job")?).await?;
        let own = job.person_id == Some(caller.person.id);
        match own || caller.may(Permission::Administer) {
            true => Ok(job),
            false => Err(Denied::Unknown { what: "job" }.into()),
        }
    }

    pub async fn jobs(
        &self,
        caller: &Caller,
        state: Option<JobState>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Job>, AppError> {
        let person_id = (!caller.may(Permission::Administer)).then_some(caller.person.id);
        let filter = JobFilter {
            state,
            person_id,
            before,
            kind: None,
        };
        Ok(self.store.jobs(&filter, limit).await?)
    }

    pub fn job_news(&self) -> broadcast::Receiver<JobNews> {
        self.news.subscribe()
    }

    /// Who asked for which import.
    pub(crate) async fn importers(
        &self,
    ) -> Result<std::collections::BTreeMap<String, Uuid>, AppError> {
        let filter = JobFilter {
            kind: Some("import".to_owned()),
            state: Some(JobState::Done),
            ..JobFilter::default()
        };
        let jobs = self.store.jobs(&filter, 1_000).await?;
        let importer = |job: Job| {
            let import = job.result?.get("import")?.as_str()?.to_owned();
            Some((import, job.person_id?))
        };
        Ok(jobs.into_iter().filter_map(importer).collect())
    }

    /// At the start of a program that is alone with the store: whoever held a job is dead.
    pub async fn recover_all_jobs(&self) -> Result<(), AppError> {
        for found in self.store.recover_jobs(Timestamp::now() + AGES).await? {
            tracing::warn!(job = %found.job, kind = found.kind, state = found.state.word(), "a job was interrupted");
        }
        Ok(())
    }
}

/// Works on one job after the other until told to stop.
pub async fn work(office: Arc<Office>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let next = next(&office).await;
        match next {
            Ok(Some((job, lease))) => {
                tokio::select! {
                    () = hold(&office, &job, lease) => {}
                    // The lease is left to run out, and the next program takes the job over.
                    _ = stop.changed() => return,
                }
            }
            Ok(None) => {
                tokio::select! {
                    () = office.bell.notified() => {}
                    () = tokio::time::sleep(LOOK) => {}
                    _ = stop.changed() => return,
                }
            }
            Err(error) => {
                tracing::error!(%error, "the queue of jobs does not answer");
                tokio::time::sleep(LOOK).await;
            }
        }
    }
}

async fn next(office: &Office) -> Result<Option<(Job, Lease)>, AppError> {
    let now = Timestamp::now();
    for found in office.store.recover_jobs(now).await? {
        tracing::warn!(job = %found.job, kind = found.kind, state = found.state.word(), "a job was interrupted");
    }
    Ok(office.store.claim_job(now, now + LEASE).await?)
}

/// Does a job while the lease is held, and tells how it ended.
async fn hold(office: &Arc<Office>, job: &Job, lease: Lease) {
    tracing::info!(job = %job.id, kind = job.kind, attempt = job.attempts, "a job begins");
    let _ = office.news.send(JobNews { job: job.id });
    let (tell, told) = watch::channel(Progress::default());
    let (lose, mut lost) = watch::channel(false);
    let beating = tokio::spawn(beat(office.clone(), lease, told, lose));
    // On a thread of its own: an import holds on to files in ways that no other thread may take over.
    let doing = tokio::task::spawn_blocking({
        let (office, job) = (office.clone(), job.clone());
        let runtime = tokio::runtime::Handle::current();
        move || {
            runtime.block_on(async {
                tokio::select! {
                    done = perform(&office, &job, &tell) => Some(done),
                    _ = lost.changed() => None,
                }
            })
        }
    });
    let done = doing.await;
    beating.abort();
    let now = Timestamp::now();
    let ended = match done {
        Ok(Some(Ok(result))) => office.store.finish_job(&lease, now, &result).await,
        // Somebody else has the job now.
        Ok(None) => Ok(()),
        Ok(Some(Err(error))) => {
            tracing::warn!(job = %job.id, %error, "a job failed");
            office.store.fail_job(&lease, now, &problem(&error)).await
        }
        Err(error) => {
            tracing::error!(job = %job.id, %error, "a job broke");
            let internal = AppError::Internal {
                detail: "the job broke".to_owned(),
            };
            office
                .store
                .fail_job(&lease, now, &problem(&internal))
                .await
        }
    };
    if let Err(error) = ended {
        tracing::warn!(job = %job.id, %error, "the end of a job was not taken");
    }
    let _ = office.news.send(JobNews { job: job.id });
}

/// Renews the lease and tells how far the job has come. When the lease is lost, the work is stopped.
async fn beat(
    office: Arc<Office>,
    lease: Lease,
    told: watch::Receiver<Progress>,
    lose: watch::Sender<bool>,
) {
    let (mut last, mut since) = (Progress::default(), Duration::ZERO);
    loop {
        tokio::time::sleep(BEAT).await;
        since += BEAT;
        let now = told.borrow().clone();
        if now == last && since < RENEW {
            continue;
        }
        match office
            .store
            .heartbeat(&lease, Timestamp::now() + LEASE, &now)
            .await
        {
            Ok(()) => {}
            Err(StoreError::LeaseLost) => {
                tracing::warn!(job = %lease.job, "the lease of a job was lost");
                lose.send_replace(true);
                return;
            }
            Err(error) => tracing::warn!(job = %lease.job, %error, "a sign of life was not taken"),
        }
        (last, since) = (now, Duration::ZERO);
        let _ = office.news.send(JobNews { job: lease.job });
    }
}

async fn perform(
    office: &Arc<Office>,
    job: &Job,
    tell: &watch::Sender<Progress>,
) -> Result<Value, AppError> {
    let work: Work =
        serde_json::from_value(job.input.clone()).map_err(|error| AppError::Internal {
            detail: error.to_string(),
        })?;
    let done = match work {
        Work::Import { upload, mapping } => import(office, upload, &mapping, tell).await?,
        Work::Analyze { as_of, only, seed } => {
            let request = AnalyzeRequest {
                as_of,
                only,
                seed,
                known_at: None,
            };
            run(office, &request, tell).await?
        }
    };
    // Whoever looks next finds the customers in memory already.
    office.read_ahead().await;
    Ok(done)
}

async fn import(
    office: &Office,
    upload: Uuid,
    mapping: &str,
    tell: &watch::Sender<Progress>,
) -> Result<Value, AppError> {
    let upload = office.store.upload(upload).await?;
    let folder = office.folder_of(&upload)?;
    let mapping = Mapping::write(&folder, mapping, "import").await?;
    let request = office.request(&folder, &mapping);
    let progress = |progress: odla_lake::import::Progress| {
        tell.send_replace(Progress {
            done: i64::try_from(progress.bytes_read).unwrap_or(i64::MAX),
            total: i64::try_from(progress.bytes_total).ok(),
            text: "job.reading".to_owned(),
        });
    };
    let imported = import_below(&office.ledger()?, request, Some(Below(&folder)), &progress).await;
    mapping.remove().await;
    let summary = imported?;
    let act = Act::program(Timestamp::now());
    match office
        .store
        .settle_upload(&act, upload.id, UploadState::Imported)
        .await
    {
        // The program died between the import and this line, and has begun anew.
        Ok(_) | Err(StoreError::NotFound { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let details = json!({"version": summary.version});
    office
        .store
        .note(&act, "import.done", &summary.import, &details)
        .await?;
    Ok(told(&summary))
}

fn told(summary: &ImportSummary) -> Value {
    let rejected: u64 = summary.tables.values().map(|counts| counts.rejected).sum();
    json!({
        "import": summary.import,
        "version": summary.version,
        "tables": summary.tables,
        "rejected": rejected,
    })
}

async fn run(
    office: &Office,
    request: &AnalyzeRequest,
    tell: &watch::Sender<Progress>,
) -> Result<Value, AppError> {
    let all = crate::capabilities::chosen(&request.only)?.len();
    let begin = |word: &str| {
        tell.send_modify(|progress| {
            // The first word is told before anything is done.
            progress.done += i64::from(!progress.text.is_empty());
            progress.total = i64::try_from(all).ok();
            progress.text = word.to_owned();
        });
    };
    let analysis = analyze(&office.home(), request, &begin).await?;
    let act = Act::program(Timestamp::now());
    let details = json!({"as_of": analysis.record.as_of});
    office
        .store
        .note(&act, "run.made", &analysis.record.id, &details)
        .await?;
    Ok(json!({"run": analysis.record.id}))
}

/// What is kept of an error, so that it can be told in the reader's language.
fn problem(error: &AppError) -> Value {
    let (key, params) = error.message();
    json!({"key": key, "params": params})
}

/// The kept problem as a sentence.
pub fn problem_text(problem: &Value, catalogue: &Catalogue) -> (String, String) {
    let key = problem
        .get("key")
        .and_then(Value::as_str)
        .unwrap_or("internal");
    let params: Params = problem
        .get("params")
        .and_then(|params| serde_json::from_value(params.clone()).ok())
        .unwrap_or_default();
    (key.to_owned(), catalogue.say(Section::Errors, key, &params))
}
