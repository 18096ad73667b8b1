//! Who is signed in, and until when?

use crate::act::Act;
use crate::engine::Store;
use crate::people::Person;
use crate::rows::{instant, micros};
use crate::secret::{Secret, hash_of};
use crate::{StoreError, Stored};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

/// Somebody signed in. The person is read anew each time, so that a changed role counts at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Session {
    pub person: Person,
    /// What state-changing requests of this session must carry.
    pub csrf: String,
    pub opened_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub idle_until: Timestamp,
    pub expires_at: Timestamp,
}

/// When a session ends: unused at `idle_until`, in any case at `expires_at`.
#[derive(Clone, Copy, Debug)]
pub struct SessionTerms {
    pub idle_until: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(FromRow)]
struct SessionRow {
    person_id: Uuid,
    csrf: String,
    opened_at: i64,
    last_seen_at: i64,
    idle_until: i64,
    expires_at: i64,
}

const OPEN: &str = "INSERT INTO sessions (secret_hash, person_id, csrf, opened_at, last_seen_at, idle_until, \
     expires_at) VALUES ($1, $2, $3, $4, $4, $5, $6)";

const FIND: &str = "SELECT person_id, csrf, opened_at, last_seen_at, idle_until, expires_at FROM sessions \
     WHERE secret_hash = $1 AND idle_until > $2 AND expires_at > $2";

const TOUCH: &str = "UPDATE sessions SET last_seen_at = $2, idle_until = $3 \
     WHERE secret_hash = $1 AND idle_until > $2 AND expires_at > $2";

impl Store {
    /// Signs somebody in. The secret belongs in the cookie and nowhere else.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such active person.
    pub async fn open_session(
        &self,
        act: &Act,
        person: Uuid,
        terms: SessionTerms,
    ) -> Stored<(Secret, Session)> {
        let mut tx = self.write().await?;
        let person = tx.person(person).await?;
        if !person.active {
            return Err(StoreError::NotFound { what: "person" });
        }
        let (secret, csrf) = (Secret::new("")?, Secret::new("")?);
        let (idle, end) = (micros(terms.idle_until), micros(terms.expires_at));
        tx_do!(
            tx,
            OPEN,
            secret.hash(),
            person.id,
            csrf.expose(),
            act.micros(),
            idle,
            end
        )?;
        tx.note(act, "session.opened", &person.id.to_string(), &json!({}))
            .await?;
        tx.commit().await?;
        let session = Session {
            person,
            csrf: csrf.expose().to_owned(),
            opened_at: act.at,
            last_seen_at: act.at,
            idle_until: terms.idle_until,
            expires_at: terms.expires_at,
        };
        Ok((secret, session))
    }

    /// Who the secret belongs to, while the session lives and the person is active.
    ///
    /// # Errors
    /// When the disk does not answer; an unknown or ended session is `None`.
    pub async fn session(&self, secret: &str, now: Timestamp) -> Stored<Option<Session>> {
        let row = read_one!(self, SessionRow, FIND, hash_of(secret), micros(now))?;
        let Some(row) = row else { return Ok(None) };
        let person = self.person(row.person_id).await?;
        if !person.active {
            return Ok(None);
        }
        Ok(Some(Session {
            person,
            csrf: row.csrf,
            opened_at: instant(row.opened_at)?,
            last_seen_at: instant(row.last_seen_at)?,
            idle_until: instant(row.idle_until)?,
            expires_at: instant(row.expires_at)?,
        }))
    }

    /// Says that a living session was used. A write: do it now and then, not at every request.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn touch_session(
        &self,
        secret: &str,
        now: Timestamp,
        idle_until: Timestamp,
    ) -> Stored<()> {
        let mut tx = self.write().await?;
        tx_do!(tx, TOUCH, hash_of(secret), micros(now), micros(idle_until))?;
        tx.commit().await
    }

    /// Signs out. Signing out twice is no error.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn close_session(&self, act: &Act, secret: &str) -> Stored<()> {
        let mut tx = self.write().await?;
        let sql = "DELETE FROM sessions WHERE secret_hash = $1 RETURNING person_id";
        if let Some((person,)) = tx_one!(tx, (Uuid,), sql, hash_of(secret))? {
            tx.note(act, "session.closed", &person.to_string(), &json!({}))
                .await?;
        }
        tx.commit().await
    }

    /// Signs somebody out everywhere; how many sessions that were.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn close_sessions_of(&self, act: &Act, person: Uuid) -> Stored<u64> {
        let mut tx = self.write().await?;
        let closed = tx_do!(tx, "DELETE FROM sessions WHERE person_id = $1", person)?;
        tx.note(
            act,
            "session.all_closed",
            &person.to_string(),
            &json!({"sessions": closed}),
        )
        .await?;
        tx.commit().await?;
        Ok(closed)
    }
}
