//! Which long works wait, run, or have ended; and how does none of them run twice?
//!
//! queued -> running -> done or failed. Whoever runs a job holds it by a lease and says now and then that it still
//! works. A lease that has run out means that its holder died: a job that may be repeated waits again, another has
//! failed. Nobody can end a job that they no longer hold.

use crate::act::Act;
use crate::engine::{Store, Tx};
use crate::rows::{from_json, instant, known, maybe_instant, micros, new_id, plain, read, to_json};
use crate::{StoreError, Stored};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::FromRow;
use uuid::Uuid;

/// A job that dies more often than this is not tried again: it is probably the job that kills.
pub const MAX_ATTEMPTS: i64 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    Queued,
    Running,
    Done,
    Failed,
}

impl JobState {
    pub const ALL: [Self; 4] = [Self::Queued, Self::Running, Self::Done, Self::Failed];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Job {
    pub id: Uuid,
    /// Jobs are begun in the order of their numbers.
    pub number: i64,
    pub kind: String,
    pub state: JobState,
    pub lane: Option<String>,
    pub repeatable: bool,
    pub input: Value,
    pub progress: Progress,
    pub result: Option<Value>,
    pub problem: Option<Value>,
    pub person_id: Option<Uuid>,
    pub attempts: i64,
    pub lease_until: Option<Timestamp>,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub done: i64,
    pub total: Option<i64>,
    /// A translation key or a plain count; never a customer.
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct NewJob {
    pub kind: String,
    pub input: Value,
    /// Jobs of one lane run one after the other.
    pub lane: Option<String>,
    /// Whether it may be begun again when its holder died: it does the same however often it is begun.
    pub repeatable: bool,
    /// The same key again for the kind gives the job that is there.
    pub idempotency_key: Option<String>,
}

/// The right to work on a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    pub job: Uuid,
    holder: Uuid,
}

/// Which jobs to list; what is `None` does not narrow.
#[derive(Clone, Debug, Default)]
pub struct JobFilter {
    pub state: Option<JobState>,
    pub kind: Option<String>,
    pub person_id: Option<Uuid>,
    /// Jobs with a lower number: where the page before ended.
    pub before: Option<i64>,
}

/// A job whose holder died, and what it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    pub job: Uuid,
    pub kind: String,
    pub state: JobState,
}

#[derive(FromRow)]
struct JobRow {
    id: Uuid,
    number: i64,
    kind: String,
    state: String,
    lane: Option<String>,
    repeatable: bool,
    input: String,
    progress_done: i64,
    progress_total: Option<i64>,
    progress_text: String,
    result: Option<String>,
    problem: Option<String>,
    person_id: Option<Uuid>,
    attempts: i64,
    lease_until: Option<i64>,
    created_at: i64,
    started_at: Option<i64>,
    ended_at: Option<i64>,
}

macro_rules! job_columns {
    () => {
        "id, number, kind, state, lane, repeatable, input, progress_done, progress_total, progress_text, result, \
         problem, person_id, attempts, lease_until, created_at, started_at, ended_at"
    };
}

const FIND: &str = concat!("SELECT ", job_columns!(), " FROM jobs WHERE id = $1");
const FIND_BY_KEY: &str = concat!(
    "SELECT ",
    job_columns!(),
    " FROM jobs WHERE kind = $1 AND idempotency_key = $2"
);
const LIST: &str = concat!(
    "SELECT ",
    job_columns!(),
    " FROM jobs WHERE number < $1 AND ($2 IS NULL OR state = $2) AND ($3 IS NULL OR kind = $3) \
     AND ($4 IS NULL OR person_id = $4) ORDER BY number DESC LIMIT $5"
);
const ADD: &str = concat!(
    "INSERT INTO jobs (id, number, kind, state, lane, repeatable, idempotency_key, input, progress_done, \
     progress_text, person_id, attempts, created_at) VALUES ($1, $2, $3, 'queued', $4, $5, $6, $7, 0, '', $8, 0, $9) \
     RETURNING ",
    job_columns!()
);

/// The oldest queued job whose lane is free.
macro_rules! next_job {
    () => {
        "SELECT q.id FROM jobs q WHERE q.state = 'queued' AND NOT EXISTS \
         (SELECT 1 FROM jobs r WHERE r.state = 'running' AND r.lane = q.lane) ORDER BY q.number LIMIT 1"
    };
}
const CLAIM: &str = concat!(
    "UPDATE jobs SET state = 'running', holder = $1, lease_until = $2, attempts = attempts + 1, \
     started_at = COALESCE(started_at, $3), progress_done = 0, progress_total = NULL, progress_text = '' \
     WHERE state = 'queued' AND id = (",
    next_job!(),
    ") RETURNING ",
    job_columns!()
);

const HEARTBEAT: &str = "UPDATE jobs SET lease_until = $3, progress_done = $4, progress_total = $5, \
     progress_text = $6 WHERE id = $1 AND holder = $2 AND state = 'running'";

const END: &str = "UPDATE jobs SET state = $3, result = $4, problem = $5, ended_at = $6, holder = NULL, \
     lease_until = NULL WHERE id = $1 AND holder = $2 AND state = 'running'";

const GIVE_UP: &str = "UPDATE jobs SET state = 'failed', problem = $2, ended_at = $1, holder = NULL, \
     lease_until = NULL WHERE state = 'running' AND lease_until <= $1 AND (NOT repeatable OR attempts >= $3) \
     RETURNING id, kind";

const WAIT_AGAIN: &str = "UPDATE jobs SET state = 'queued', holder = NULL, lease_until = NULL \
     WHERE state = 'running' AND lease_until <= $1 RETURNING id, kind";

impl Store {
    /// Puts a job in the queue, or finds the one that the same key has put there.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the key stands for another input.
    pub async fn enqueue(&self, act: &Act, new: &NewJob) -> Stored<Job> {
        let mut tx = self.write().await?;
        let number = tx.turn("jobs").await?;
        if let Some(job) = tx.job_by_key(new).await? {
            if job.input == new.input {
                return Ok(job);
            }
            return Err(StoreError::Taken {
                what: "idempotency key",
            });
        }
        let row = tx_one!(
            tx,
            JobRow,
            ADD,
            new_id(act.at),
            number,
            plain(&new.kind)?,
            new.lane.as_deref(),
            new.repeatable,
            new.idempotency_key.as_deref(),
            to_json(&new.input)?,
            act.by.person(),
            act.micros()
        )?;
        let job: Job = row
            .ok_or_else(|| StoreError::broken("job", "not returned"))?
            .try_into()?;
        tx.note(
            act,
            "job.asked",
            &job.id.to_string(),
            &json!({"kind": job.kind}),
        )
        .await?;
        tx.commit().await?;
        Ok(job)
    }

    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn job(&self, id: Uuid) -> Stored<Job> {
        let row = read_one!(self, JobRow, FIND, id)?;
        row.ok_or(StoreError::NotFound { what: "job" })?.try_into()
    }

    /// The newest jobs first.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn jobs(&self, filter: &JobFilter, limit: i64) -> Stored<Vec<Job>> {
        let before = filter.before.unwrap_or(i64::MAX);
        let state = filter.state.map(JobState::word);
        let kind = filter.kind.as_deref().map(plain).transpose()?;
        read(read_all!(
            self,
            JobRow,
            LIST,
            before,
            state,
            kind,
            filter.person_id,
            limit
        )?)
    }

    /// Takes the next job whose lane is free, for this holder alone. `None` when nothing can be begun.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn claim_job(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Stored<Option<(Job, Lease)>> {
        // Looking costs no turn: an idle worker does not stand in the way of those who write.
        if read_one!(self, (Uuid,), next_job!())?.is_none() {
            return Ok(None);
        }
        let mut tx = self.write().await?;
        tx.turn("jobs").await?;
        let holder = new_id(now);
        let row = tx_one!(tx, JobRow, CLAIM, holder, micros(lease_until), micros(now))?;
        let Some(row) = row else { return Ok(None) };
        let job: Job = row.try_into()?;
        tx.commit().await?;
        let lease = Lease {
            job: job.id,
            holder,
        };
        Ok(Some((job, lease)))
    }

    /// Says that the holder lives, and how far it has come.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the job is no longer the holder's: stop.
    pub async fn heartbeat(
        &self,
        lease: &Lease,
        lease_until: Timestamp,
        progress: &Progress,
    ) -> Stored<()> {
        let mut tx = self.write().await?;
        let (done, total, text) = (progress.done, progress.total, plain(&progress.text)?);
        let until = micros(lease_until);
        let touched = tx_do!(
            tx,
            HEARTBEAT,
            lease.job,
            lease.holder,
            until,
            done,
            total,
            text
        )?;
        held(touched)?;
        tx.commit().await
    }

    /// Ends a job well.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the job is no longer the holder's: the result is not taken.
    pub async fn finish_job(&self, lease: &Lease, now: Timestamp, result: &Value) -> Stored<()> {
        self.end_job(lease, now, (JobState::Done, Some(result), None))
            .await
    }

    /// Ends a job badly; `problem` holds the key and what fills its text.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the job is no longer the holder's.
    pub async fn fail_job(&self, lease: &Lease, now: Timestamp, problem: &Value) -> Stored<()> {
        self.end_job(lease, now, (JobState::Failed, None, Some(problem)))
            .await
    }

    /// Finds jobs whose lease has run out. What may be repeated waits again; the rest has failed, with the problem
    /// `jobs.interrupted`. At its start, a program that is alone with the database passes an instant behind the
    /// longest lease: whoever held one is dead.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn recover_jobs(&self, now: Timestamp) -> Stored<Vec<Recovered>> {
        let sql = "SELECT id FROM jobs WHERE state = 'running' AND lease_until <= $1 LIMIT 1";
        if read_one!(self, (Uuid,), sql, micros(now))?.is_none() {
            return Ok(Vec::new());
        }
        let problem = to_json(&json!({"key": "jobs.interrupted"}))?;
        let mut tx = self.write().await?;
        tx.turn("jobs").await?;
        let at = micros(now);
        let failed = tx_all!(tx, (Uuid, String), GIVE_UP, at, problem, MAX_ATTEMPTS)?;
        let queued = tx_all!(tx, (Uuid, String), WAIT_AGAIN, at)?;
        tx.commit().await?;
        let told = |state| move |(job, kind)| Recovered { job, kind, state };
        let mut all: Vec<Recovered> = failed.into_iter().map(told(JobState::Failed)).collect();
        all.extend(queued.into_iter().map(told(JobState::Queued)));
        all.sort_by_key(|recovered| recovered.job);
        Ok(all)
    }

    async fn end_job(
        &self,
        lease: &Lease,
        now: Timestamp,
        (state, result, problem): (JobState, Option<&Value>, Option<&Value>),
    ) -> Stored<()> {
        let result = result.map(to_json).transpose()?;
        let problem = problem.map(to_json).transpose()?;
        let mut tx = self.write().await?;
        let touched = tx_do!(
            tx,
            END,
            lease.job,
            lease.holder,
            state.word(),
            result,
            problem,
            micros(now)
        )?;
        held(touched)?;
        tx.commit().await
    }
}

impl Tx {
    async fn job_by_key(&mut self, new: &NewJob) -> Stored<Option<Job>> {
        let Some(key) = new.idempotency_key.as_deref() else {
            return Ok(None);
        };
        let row = tx_one!(*self, JobRow, FIND_BY_KEY, plain(&new.kind)?, plain(key)?)?;
        row.map(Job::try_from).transpose()
    }
}

fn held(touched: u64) -> Stored<()> {
    if touched == 1 {
        return Ok(());
    }
    Err(StoreError::LeaseLost)
}

impl TryFrom<JobRow> for Job {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Stored<Self> {
        let told = |text: Option<String>| text.map(|text| from_json("job", &text)).transpose();
        Ok(Self {
            id: row.id,
            number: row.number,
            kind: row.kind,
            state: known("job", JobState::from_word(&row.state))?,
            lane: row.lane,
            repeatable: row.repeatable,
            input: from_json("job", &row.input)?,
            progress: Progress {
                done: row.progress_done,
                total: row.progress_total,
                text: row.progress_text,
            },
            result: told(row.result)?,
            problem: told(row.problem)?,
            person_id: row.person_id,
            attempts: row.attempts,
            lease_until: maybe_instant(row.lease_until)?,
            created_at: instant(row.created_at)?,
            started_at: maybe_instant(row.started_at)?,
            ended_at: maybe_instant(row.ended_at)?,
        })
    }
}
