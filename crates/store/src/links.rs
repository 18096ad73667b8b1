//! How does the first administrator get in, and how does somebody choose a password?
//!
//! By a link that works once. The first administrator's link exists only while there is none.

use crate::act::Act;
use crate::engine::{Store, Tx};
use crate::people::{NewPerson, Person};
use crate::rows::micros;
use crate::secret::{Secret, hash_of};
use crate::{StoreError, Stored};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

/// What an unused link opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Makes the first administrator.
    Setup,
    /// Lets this person choose a password, for the first time or anew.
    Invitation(Person),
}

const KEEP: &str =
    "INSERT INTO links (secret_hash, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";

/// Spending and looking are one statement: of two who come at once, one finds it spent.
const SPEND: &str = "UPDATE links SET used_at = $2 WHERE secret_hash = $1 AND used_at IS NULL AND expires_at > $2 \
     RETURNING person_id";

impl Store {
    /// Makes the one link for the first administrator; an earlier one stops working.
    ///
    /// # Errors
    /// [`StoreError::AlreadySetUp`] when there is an administrator.
    pub async fn make_setup_link(&self, act: &Act, expires_at: Timestamp) -> Stored<Secret> {
        let mut tx = self.write().await?;
        tx.turn("people").await?;
        if tx.has_administrator().await? {
            return Err(StoreError::AlreadySetUp);
        }
        tx_do!(
            tx,
            "DELETE FROM links WHERE person_id IS NULL AND used_at IS NULL"
        )?;
        let secret = tx.keep_link(act, None, expires_at).await?;
        tx.note(act, "setup.link_made", "", &json!({})).await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// Makes a link by which somebody chooses a password; an earlier one of theirs stops working.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such person.
    pub async fn make_invitation(
        &self,
        act: &Act,
        person: Uuid,
        expires_at: Timestamp,
    ) -> Stored<Secret> {
        let mut tx = self.write().await?;
        tx.turn("people").await?;
        tx.person(person).await?;
        tx_do!(
            tx,
            "DELETE FROM links WHERE person_id = $1 AND used_at IS NULL",
            person
        )?;
        let secret = tx.keep_link(act, Some(person), expires_at).await?;
        tx.note(act, "person.invited", &person.to_string(), &json!({}))
            .await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// What the link would open, without spending it.
    ///
    /// # Errors
    /// [`StoreError::LinkSpent`] when it opens nothing.
    pub async fn link(&self, secret: &str, now: Timestamp) -> Stored<Link> {
        let sql = "SELECT person_id FROM links WHERE secret_hash = $1 AND used_at IS NULL AND expires_at > $2";
        let found = read_one!(self, (Option<Uuid>,), sql, hash_of(secret), micros(now))?;
        match found.ok_or(StoreError::LinkSpent)?.0 {
            None => Ok(Link::Setup),
            Some(person) => Ok(Link::Invitation(self.person(person).await?)),
        }
    }

    /// Makes the first administrator, with the roles given. Works once, however many come at the same moment.
    ///
    /// # Errors
    /// [`StoreError::LinkSpent`] when it is not, or no longer, the setup link; then nothing has happened.
    pub async fn use_setup_link(
        &self,
        act: &Act,
        secret: &str,
        first: &NewPerson,
        password_hash: &str,
    ) -> Stored<Person> {
        let mut tx = self.write().await?;
        tx.turn("people").await?;
        if tx.spend_link(act, secret).await?.is_some() {
            return Err(StoreError::LinkSpent);
        }
        if tx.has_administrator().await? {
            return Err(StoreError::AlreadySetUp);
        }
        let person = tx.add_person(act, first).await?;
        if !tx.has_administrator().await? {
            return Err(StoreError::LastAdministrator);
        }
        tx.set_password(act, person.id, password_hash).await?;
        let person = tx.person(person.id).await?;
        tx.note(act, "setup.link_used", &person.id.to_string(), &json!({}))
            .await?;
        tx.commit().await?;
        Ok(person)
    }

    /// Gives somebody who was invited the password that they chose.
    ///
    /// # Errors
    /// [`StoreError::LinkSpent`] when it is not, or no longer, an invitation of somebody active.
    pub async fn use_invitation(
        &self,
        act: &Act,
        secret: &str,
        password_hash: &str,
    ) -> Stored<Person> {
        let mut tx = self.write().await?;
        tx.turn("people").await?;
        let id = tx.spend_link(act, secret).await?;
        let id = id.ok_or(StoreError::LinkSpent)?;
        tx.set_password(act, id, password_hash).await?;
        let person = tx.person(id).await?;
        if !person.active {
            return Err(StoreError::LinkSpent);
        }
        tx.note(act, "person.invitation_used", &id.to_string(), &json!({}))
            .await?;
        tx.commit().await?;
        Ok(person)
    }
}

impl Tx {
    async fn keep_link(
        &mut self,
        act: &Act,
        person: Option<Uuid>,
        expires_at: Timestamp,
    ) -> Stored<Secret> {
        let secret = Secret::new("")?;
        let (hash, expires) = (secret.hash(), micros(expires_at));
        tx_do!(*self, KEEP, hash, person, act.micros(), expires)?;
        Ok(secret)
    }

    async fn spend_link(&mut self, act: &Act, secret: &str) -> Stored<Option<Uuid>> {
        let spent = tx_one!(*self, (Option<Uuid>,), SPEND, hash_of(secret), act.micros())?;
        Ok(spent.ok_or(StoreError::LinkSpent)?.0)
    }
}
