//! Who did what, to what, and when; and has anybody changed the log?
//!
//! Entries are only added. Each carries the hash of itself and of the entry before it, and the end of the chain stands
//! in a row of its own: an entry that was changed, taken out or cut off shows. Whoever can write to the database can
//! compute the whole chain anew, so a doubter keeps the last hash somewhere else.

use crate::act::Act;
use crate::engine::{Store, Tx};
use crate::rows::{from_json, instant, plain, read, to_json};
use crate::secret::hash_of;
use crate::{StoreError, Stored};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::FromRow;
use uuid::Uuid;

/// One entry. `action` is `thing.verb`; `subject` is the id of the thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditEntry {
    pub number: i64,
    pub at: Timestamp,
    /// `program`, `nobody`, `person` or `token`.
    pub actor: String,
    pub person_id: Option<Uuid>,
    pub token_id: Option<Uuid>,
    pub request: Option<String>,
    pub action: String,
    pub subject: String,
    pub details: Value,
    pub hash: String,
}

/// Which entries to list; what is `None` does not narrow.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Entries older than this number: where the page before ended.
    pub before: Option<i64>,
    pub person_id: Option<Uuid>,
    pub subject: Option<String>,
}

/// What a walk along the chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditState {
    pub entries: i64,
    /// The last hash: worth keeping somewhere else.
    pub head: String,
    /// The number of the first entry that is not as it was written, or where one is lacking.
    pub broken_at: Option<i64>,
}

#[derive(FromRow)]
struct EntryRow {
    number: i64,
    at: i64,
    actor: String,
    person_id: Option<Uuid>,
    token_id: Option<Uuid>,
    request: Option<String>,
    action: String,
    subject: String,
    details: String,
    hash: String,
}

const LIST: &str = "SELECT number, at, actor, person_id, token_id, request, action, subject, details, hash \
     FROM audit_log WHERE number < $1 AND ($2 IS NULL OR person_id = $2) AND ($3 IS NULL OR subject = $3) \
     ORDER BY number DESC LIMIT $4";

const CHAIN: &str = "SELECT number, at, actor, person_id, token_id, request, action, subject, details, hash \
     FROM audit_log WHERE number > $1 ORDER BY number LIMIT 1000";

const ADD: &str = "INSERT INTO audit_log (number, at, actor, person_id, token_id, request, action, subject, details, \
     hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

impl Store {
    /// Enters a deed that changes nothing on this disk: an export, a run, a refused sign-in.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub async fn note(
        &self,
        act: &Act,
        action: &str,
        subject: &str,
        details: &Value,
    ) -> Stored<()> {
        let mut tx = self.write().await?;
        tx.note(act, action, subject, details).await?;
        tx.commit().await
    }

    /// The newest entries first.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn audit(&self, filter: &AuditFilter, limit: i64) -> Stored<Vec<AuditEntry>> {
        let before = filter.before.unwrap_or(i64::MAX);
        let (person, subject) = (filter.person_id, filter.subject.as_deref());
        read(read_all!(
            self, EntryRow, LIST, before, person, subject, limit
        )?)
    }

    /// Walks along the whole chain.
    ///
    /// # Errors
    /// When the disk does not answer; a broken chain is an answer.
    pub async fn check_audit(&self) -> Stored<AuditState> {
        let head = read_one!(
            self,
            (i64, String),
            "SELECT number, hash FROM audit_head WHERE id = 1"
        )?;
        let (end, last_hash) = head.unwrap_or_default();
        let mut state = AuditState {
            entries: 0,
            head: String::new(),
            broken_at: None,
        };
        loop {
            // What was entered after the head was read is left for the next walk.
            let page = read_all!(self, EntryRow, CHAIN, state.entries)?;
            let page: Vec<EntryRow> = page.into_iter().filter(|row| row.number <= end).collect();
            if page.is_empty() {
                break;
            }
            for row in page {
                let expected = state.entries + 1;
                if row.number != expected || row.hash != chained(&state.head, &row)? {
                    state.broken_at = Some(expected);
                    return Ok(state);
                }
                state.entries = row.number;
                state.head = row.hash;
            }
        }
        if state.entries != end || state.head != last_hash {
            state.broken_at = Some(state.entries + 1);
        }
        Ok(state)
    }
}

impl Tx {
    /// The last statement of a transaction: everybody who writes meets at the end of the chain.
    pub(crate) async fn note(
        &mut self,
        act: &Act,
        action: &str,
        subject: &str,
        details: &Value,
    ) -> Stored<()> {
        let take = "UPDATE audit_head SET number = number + 1 WHERE id = 1 RETURNING number, hash";
        let head = tx_one!(*self, (i64, String), take)?;
        let (number, before) = head.ok_or_else(|| StoreError::broken("audit log", "no head"))?;
        let mut row = EntryRow {
            number,
            at: act.micros(),
            actor: act.by.word().to_owned(),
            person_id: act.by.person(),
            token_id: act.by.token(),
            request: act.request.clone(),
            action: action.to_owned(),
            subject: plain(subject)?.to_owned(),
            details: to_json(details)?,
            hash: String::new(),
        };
        row.hash = chained(&before, &row)?;
        let hash = row.hash.clone();
        tx_do!(
            *self,
            ADD,
            row.number,
            row.at,
            &row.actor,
            row.person_id,
            row.token_id,
            &row.request,
            &row.action,
            &row.subject,
            &row.details,
            &row.hash
        )?;
        tx_do!(*self, "UPDATE audit_head SET hash = $1 WHERE id = 1", &hash)?;
        Ok(())
    }
}

/// The hash of an entry behind the hash before it. JSON keeps the parts apart.
fn chained(before: &str, row: &EntryRow) -> Stored<String> {
    let parts = json!([
        before,
        row.number,
        row.at,
        row.actor,
        row.person_id,
        row.token_id,
        row.request,
        row.action,
        row.subject,
        row.details
    ]);
    Ok(hash_of(&to_json(&parts)?))
}

impl TryFrom<EntryRow> for AuditEntry {
    type Error = StoreError;

    fn try_from(row: EntryRow) -> Stored<Self> {
        Ok(Self {
            number: row.number,
            at: instant(row.at)?,
            actor: row.actor,
            person_id: row.person_id,
            token_id: row.token_id,
            request: row.request,
            action: row.action,
            subject: row.subject,
            details: from_json("audit log", &row.details)?,
            hash: row.hash,
        })
    }
}
