//! Which programs may speak for a person, and for what?

use crate::act::Act;
use crate::engine::Store;
use crate::people::Person;
use crate::rows::{from_json, instant, maybe_instant, micros, new_id, plain, read, to_json};
use crate::secret::{Secret, hash_of};
use crate::{StoreError, Stored};
use jiff::Timestamp;
use odla_domain::people::{Permission, permissions_of_token};
use serde::Serialize;
use serde_json::json;
use sqlx::FromRow;
use std::collections::BTreeSet;
use uuid::Uuid;

/// An access token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    pub id: Uuid,
    pub person_id: Uuid,
    pub name: String,
    pub scopes: BTreeSet<Permission>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub struct NewToken {
    pub name: String,
    pub scopes: BTreeSet<Permission>,
    pub expires_at: Option<Timestamp>,
}

impl Token {
    /// What the token may do today, given what its owner may.
    pub fn permissions(&self, owner: &Person) -> BTreeSet<Permission> {
        permissions_of_token(&self.scopes, &owner.permissions())
    }
}

#[derive(FromRow)]
struct TokenRow {
    id: Uuid,
    person_id: Uuid,
    name: String,
    scopes: String,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

const ADD: &str = "INSERT INTO tokens (id, secret_hash, person_id, name, scopes, created_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";

const FIND: &str = "SELECT id, person_id, name, scopes, created_at, expires_at, last_used_at, revoked_at FROM tokens \
     WHERE secret_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";

const LIST: &str = "SELECT id, person_id, name, scopes, created_at, expires_at, last_used_at, revoked_at FROM tokens \
     WHERE $1 IS NULL OR person_id = $1 ORDER BY created_at, id";

impl Store {
    /// Makes a token for the person who acts. Its secret is shown this once.
    ///
    /// # Errors
    /// [`StoreError::NotAPerson`] when nobody would answer for it.
    pub async fn add_token(&self, act: &Act, new: &NewToken) -> Stored<(Secret, Token)> {
        let person = act.by.person().ok_or(StoreError::NotAPerson)?;
        let token = Token {
            id: new_id(act.at),
            person_id: person,
            name: plain(&new.name)?.to_owned(),
            scopes: new.scopes.clone(),
            created_at: act.at,
            expires_at: new.expires_at,
            last_used_at: None,
            revoked_at: None,
        };
        let secret = Secret::new("odla_")?;
        let expires = token.expires_at.map(micros);
        let mut tx = self.write().await?;
        tx_do!(
            tx,
            ADD,
            token.id,
            secret.hash(),
            person,
            &token.name,
            to_json(&token.scopes)?,
            act.micros(),
            expires
        )?;
        tx.note(
            act,
            "token.added",
            &token.id.to_string(),
            &json!({"scopes": token.scopes}),
        )
        .await?;
        tx.commit().await?;
        Ok((secret, token))
    }

    /// The living token of this secret, with its active owner.
    ///
    /// # Errors
    /// When the disk does not answer; what opens nothing is `None`.
    pub async fn token(&self, secret: &str, now: Timestamp) -> Stored<Option<(Token, Person)>> {
        let row = read_one!(self, TokenRow, FIND, hash_of(secret), micros(now))?;
        let Some(row) = row else { return Ok(None) };
        let person = self.person(row.person_id).await?;
        if !person.active {
            return Ok(None);
        }
        Ok(Some((row.try_into()?, person)))
    }

    /// Says that a token was used. A write: do it now and then, not at every request.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn touch_token(&self, id: Uuid, now: Timestamp) -> Stored<()> {
        let mut tx = self.write().await?;
        tx_do!(
            tx,
            "UPDATE tokens SET last_used_at = $2 WHERE id = $1",
            id,
            micros(now)
        )?;
        tx.commit().await
    }

    /// All tokens, revoked ones too, or those of one person; oldest first.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn tokens(&self, person: Option<Uuid>) -> Stored<Vec<Token>> {
        read(read_all!(self, TokenRow, LIST, person)?)
    }

    /// # Errors
    /// [`StoreError::NotFound`] when there is no such token that still opens something.
    pub async fn revoke_token(&self, act: &Act, id: Uuid) -> Stored<()> {
        let mut tx = self.write().await?;
        let sql = "UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
        if tx_do!(tx, sql, id, act.micros())? == 0 {
            return Err(StoreError::NotFound { what: "token" });
        }
        tx.note(act, "token.revoked", &id.to_string(), &json!({}))
            .await?;
        tx.commit().await
    }
}

impl TryFrom<TokenRow> for Token {
    type Error = StoreError;

    fn try_from(row: TokenRow) -> Stored<Self> {
        Ok(Self {
            id: row.id,
            person_id: row.person_id,
            name: row.name,
            scopes: from_json("token", &row.scopes)?,
            created_at: instant(row.created_at)?,
            expires_at: maybe_instant(row.expires_at)?,
            last_used_at: maybe_instant(row.last_used_at)?,
            revoked_at: maybe_instant(row.revoked_at)?,
        })
    }
}
