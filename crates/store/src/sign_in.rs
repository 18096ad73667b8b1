//! How often has somebody tried, and which sign-ins elsewhere are under way?

use crate::Stored;
use crate::engine::Store;
use crate::rows::{micros, new_id};
use crate::secret::hash_of;
use jiff::Timestamp;
use sqlx::FromRow;

/// What must come back from the company's sign-in. The state opens it, once.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct OidcRequest {
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// Where the person wanted to go.
    pub return_to: String,
}

/// How much that had ended was cleared away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub sessions: u64,
    pub links: u64,
    pub oidc_requests: u64,
    pub attempts: u64,
}

const KEEP_REQUEST: &str = "INSERT INTO oidc_requests (state_hash, nonce, verifier, return_to, expires_at) VALUES ($1, $2, $3, $4, $5)";

const TAKE_REQUEST: &str = "DELETE FROM oidc_requests WHERE state_hash = $1 AND expires_at > $2 \
     RETURNING nonce, verifier, return_to";

impl Store {
    /// Counts one failed attempt and says how many there have been since. The key (an address, an e-mail) is hashed.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn count_attempt(&self, key: &str, at: Timestamp, since: Timestamp) -> Stored<i64> {
        let mut tx = self.write().await?;
        let add = "INSERT INTO attempts (id, key_hash, at) VALUES ($1, $2, $3)";
        tx_do!(tx, add, new_id(at), hash_of(key), micros(at))?;
        tx.commit().await?;
        self.attempts(key, since).await
    }

    /// How many failed attempts there have been since.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn attempts(&self, key: &str, since: Timestamp) -> Stored<i64> {
        let sql = "SELECT COUNT(*) FROM attempts WHERE key_hash = $1 AND at > $2";
        let count = read_one!(self, (i64,), sql, hash_of(key), micros(since))?;
        Ok(count.map_or(0, |(count,)| count))
    }

    /// After a sign-in that went well.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn forget_attempts(&self, key: &str) -> Stored<()> {
        let mut tx = self.write().await?;
        tx_do!(tx, "DELETE FROM attempts WHERE key_hash = $1", hash_of(key))?;
        tx.commit().await
    }

    /// # Errors
    /// When the disk does not answer.
    pub async fn keep_oidc_request(
        &self,
        state: &str,
        request: &OidcRequest,
        expires_at: Timestamp,
    ) -> Stored<()> {
        let mut tx = self.write().await?;
        tx_do!(
            tx,
            KEEP_REQUEST,
            hash_of(state),
            &request.nonce,
            &request.verifier,
            &request.return_to,
            micros(expires_at)
        )?;
        tx.commit().await
    }

    /// What was kept under the state; it is gone afterwards.
    ///
    /// # Errors
    /// When the disk does not answer; an unknown, used or expired state is `None`.
    pub async fn take_oidc_request(
        &self,
        state: &str,
        now: Timestamp,
    ) -> Stored<Option<OidcRequest>> {
        let mut tx = self.write().await?;
        let request = tx_one!(tx, OidcRequest, TAKE_REQUEST, hash_of(state), micros(now))?;
        tx.commit().await?;
        Ok(request)
    }

    /// Clears away what has ended before now, and attempts from before `attempts_before`.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn sweep(&self, now: Timestamp, attempts_before: Timestamp) -> Stored<Swept> {
        let (now, old) = (micros(now), micros(attempts_before));
        let mut tx = self.write().await?;
        let ended = "DELETE FROM sessions WHERE expires_at <= $1 OR idle_until <= $1";
        let swept = Swept {
            sessions: tx_do!(tx, ended, now)?,
            links: tx_do!(tx, "DELETE FROM links WHERE expires_at <= $1", now)?,
            oidc_requests: tx_do!(tx, "DELETE FROM oidc_requests WHERE expires_at <= $1", now)?,
            attempts: tx_do!(tx, "DELETE FROM attempts WHERE at <= $1", old)?,
        };
        tx.commit().await?;
        Ok(swept)
    }
}
