//! Who has a place here, with which roles and units?

use crate::act::Act;
use crate::engine::{Store, Tx};
use crate::rows::{from_json, instant, new_id, plain, read, to_json};
use crate::{StoreError, Stored};
use jiff::Timestamp;
use odla_domain::people::{Permission, Role, permissions_of};
use serde::Serialize;
use serde_json::json;
use sqlx::FromRow;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Somebody who may sign in. Never deleted, since decisions and the log name them; `active` closes the door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub language: String,
    pub roles: Vec<Role>,
    pub unit_ids: Vec<String>,
    pub active: bool,
    /// Whether there is a password; without one the person uses an invitation or the company's sign-in.
    pub has_password: bool,
    /// Whether the company's sign-in knows the person.
    pub has_oidc: bool,
    pub version: i64,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

impl Person {
    /// What the roles allow; a person with named units is held to them whatever the roles.
    pub fn permissions(&self) -> BTreeSet<Permission> {
        let mut permissions = permissions_of(&self.roles);
        if !self.unit_ids.is_empty() {
            permissions.insert(Permission::SeeOwnUnitOnly);
        }
        permissions
    }
}

#[derive(Clone, Debug)]
pub struct NewPerson {
    pub email: String,
    pub name: String,
    pub language: String,
    pub roles: Vec<Role>,
    pub unit_ids: Vec<String>,
}

/// What is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct PersonChange {
    pub name: Option<String>,
    pub language: Option<String>,
    pub roles: Option<Vec<Role>>,
    pub unit_ids: Option<Vec<String>>,
    pub active: Option<bool>,
}

/// Somebody with the hash to try a password against.
#[derive(Clone)]
pub struct Credentials {
    pub person: Person,
    pub password_hash: Option<String>,
}

/// What the company's sign-in calls a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcName {
    pub issuer: String,
    pub subject: String,
}

#[derive(FromRow)]
pub(crate) struct PersonRow {
    id: Uuid,
    email: String,
    name: String,
    language: String,
    roles: String,
    unit_ids: String,
    active: bool,
    password_hash: Option<String>,
    oidc_subject: Option<String>,
    version: i64,
    created_at: i64,
    changed_at: i64,
}

/// The columns of [`PersonRow`], for the statements that end with them.
macro_rules! person_columns {
    () => {
        "id, email, name, language, roles, unit_ids, active, password_hash, oidc_subject, version, created_at, \
         changed_at"
    };
}

const BY_ID: &str = concat!("SELECT ", person_columns!(), " FROM people WHERE id = $1");
const BY_EMAIL: &str = concat!(
    "SELECT ",
    person_columns!(),
    " FROM people WHERE email_key = $1"
);
const BY_OIDC: &str = concat!(
    "SELECT ",
    person_columns!(),
    " FROM people WHERE oidc_issuer = $1 AND oidc_subject = $2"
);
const PAGE: &str = concat!(
    "SELECT ",
    person_columns!(),
    " FROM people WHERE email_key > $1 ORDER BY email_key LIMIT $2"
);
const ADD: &str = concat!(
    "INSERT INTO people (id, email, email_key, name, language, roles, unit_ids, active, version, created_at, \
     changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9) RETURNING ",
    person_columns!()
);
const CHANGE: &str = concat!(
    "UPDATE people SET name = $2, language = $3, roles = $4, unit_ids = $5, active = $6, changed_at = $7, \
     version = version + 1 WHERE id = $1 RETURNING ",
    person_columns!()
);

impl Store {
    /// # Errors
    /// [`StoreError::Taken`] when the address is there already, in capital or small letters.
    pub async fn add_person(&self, act: &Act, new: &NewPerson) -> Stored<Person> {
        let mut tx = self.write().await?;
        tx.turn("people").await?;
        let person = tx.add_person(act, new).await?;
        tx.commit().await?;
        Ok(person)
    }

    /// # Errors
    /// [`StoreError::NotFound`] when there is no such person.
    pub async fn person(&self, id: Uuid) -> Stored<Person> {
        let row = read_one!(self, PersonRow, BY_ID, id)?;
        row.ok_or(StoreError::NotFound { what: "person" })?
            .try_into()
    }

    /// Somebody by address, in capital or small letters, with the hash of the password.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn credentials(&self, email: &str) -> Stored<Option<Credentials>> {
        let Ok(key) = plain(email).map(email_key) else {
            return Ok(None);
        };
        let row = read_one!(self, PersonRow, BY_EMAIL, key)?;
        row.map(|mut row| {
            let password_hash = row.password_hash.clone();
            row.password_hash = row.password_hash.map(|_| String::new());
            Ok(Credentials {
                person: row.try_into()?,
                password_hash,
            })
        })
        .transpose()
    }

    /// Somebody by what the company's sign-in calls them.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn person_by_oidc(&self, name: &OidcName) -> Stored<Option<Person>> {
        let row = read_one!(self, PersonRow, BY_OIDC, &name.issuer, &name.subject)?;
        row.map(Person::try_from).transpose()
    }

    /// People in the order of their addresses, from behind `after`.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn people(&self, after: Option<&str>, limit: i64) -> Stored<Vec<Person>> {
        let after = after.map(email_key).unwrap_or_default();
        read(read_all!(self, PersonRow, PAGE, after, limit)?)
    }

    /// Changes somebody as they were at `version`. Whoever is made inactive is signed out everywhere.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else was first; [`StoreError::LastAdministrator`] when nobody would
    /// be left to let people in.
    pub async fn change_person(
        &self,
        act: &Act,
        id: Uuid,
        version: i64,
        change: &PersonChange,
    ) -> Stored<Person> {
        let mut tx = self.write().await?;
        tx.turn("people").await?;
        let before = tx.person(id).await?;
        if before.version != version {
            return Err(StoreError::Conflict {
                what: "person",
                version: before.version,
            });
        }
        let person = tx.change_person(act, &before, change).await?;
        if !tx.has_administrator().await? {
            return Err(StoreError::LastAdministrator);
        }
        if !person.active {
            tx_do!(tx, "DELETE FROM sessions WHERE person_id = $1", id)?;
        }
        let details = json!({
            "fields": fields_of(change),
            "roles": person.roles,
            "unit_ids": person.unit_ids,
            "active": person.active,
        });
        tx.note(act, "person.changed", &id.to_string(), &details)
            .await?;
        tx.commit().await?;
        Ok(person)
    }

    /// Takes a finished hash, and signs the person out everywhere.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such person.
    pub async fn set_password(&self, act: &Act, id: Uuid, hash: &str) -> Stored<()> {
        let mut tx = self.write().await?;
        tx.set_password(act, id, hash).await?;
        tx.note(act, "person.password_set", &id.to_string(), &json!({}))
            .await?;
        tx.commit().await
    }

    /// Remembers what the company's sign-in calls a person.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when it calls another person so.
    pub async fn link_oidc(&self, act: &Act, id: Uuid, name: &OidcName) -> Stored<()> {
        let mut tx = self.write().await?;
        let sql = "UPDATE people SET oidc_issuer = $2, oidc_subject = $3, changed_at = $4, version = version + 1 \
                   WHERE id = $1";
        let (issuer, subject) = (plain(&name.issuer)?, plain(&name.subject)?);
        let touched = tx_do!(tx, sql, id, issuer, subject, act.micros())
            .map_err(|error| StoreError::or_taken(error, "sign-in"))?;
        if touched == 0 {
            return Err(StoreError::NotFound { what: "person" });
        }
        tx.note(act, "person.sign_in_linked", &id.to_string(), &json!({}))
            .await?;
        tx.commit().await
    }

    /// Whether nobody can let people in yet.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn setup_needed(&self) -> Stored<bool> {
        let count = read_one!(self, (i64,), ADMINISTRATORS)?;
        Ok(count.is_none_or(|(count,)| count == 0))
    }
}

/// Roles are words of ours in a JSON list, so the quoted word is the role.
const ADMINISTRATORS: &str =
    "SELECT COUNT(*) FROM people WHERE active AND roles LIKE '%\"administrator\"%'";

impl Tx {
    pub(crate) async fn person(&mut self, id: Uuid) -> Stored<Person> {
        let row = tx_one!(*self, PersonRow, BY_ID, id)?;
        row.ok_or(StoreError::NotFound { what: "person" })?
            .try_into()
    }

    pub(crate) async fn has_administrator(&mut self) -> Stored<bool> {
        let count = tx_one!(*self, (i64,), ADMINISTRATORS)?;
        Ok(count.is_some_and(|(count,)| count > 0))
    }

    /// Adds and notes. The caller holds the turn of people.
    pub(crate) async fn add_person(&mut self, act: &Act, new: &NewPerson) -> Stored<Person> {
        let email = plain(new.email.trim())?;
        let row = tx_one!(
            *self,
            PersonRow,
            ADD,
            new_id(act.at),
            email,
            email_key(email),
            plain(new.name.trim())?,
            plain(&new.language)?,
            to_json(&new.roles)?,
            to_json(&new.unit_ids)?,
            true,
            act.micros()
        );
        let row = row.map_err(|error| StoreError::or_taken(error, "email"))?;
        let person: Person = row
            .ok_or_else(|| StoreError::broken("person", "not returned"))?
            .try_into()?;
        let details = json!({"roles": person.roles, "unit_ids": person.unit_ids});
        self.note(act, "person.added", &person.id.to_string(), &details)
            .await?;
        Ok(person)
    }

    pub(crate) async fn set_password(&mut self, act: &Act, id: Uuid, hash: &str) -> Stored<()> {
        let sql = "UPDATE people SET password_hash = $2, changed_at = $3, version = version + 1 WHERE id = $1";
        if tx_do!(*self, sql, id, hash, act.micros())? == 0 {
            return Err(StoreError::NotFound { what: "person" });
        }
        tx_do!(*self, "DELETE FROM sessions WHERE person_id = $1", id)?;
        Ok(())
    }

    async fn change_person(
        &mut self,
        act: &Act,
        before: &Person,
        change: &PersonChange,
    ) -> Stored<Person> {
        let name = change.name.as_deref().unwrap_or(&before.name).trim();
        let language = change.language.as_deref().unwrap_or(&before.language);
        let roles = change.roles.as_ref().unwrap_or(&before.roles);
        let unit_ids = change.unit_ids.as_ref().unwrap_or(&before.unit_ids);
        let active = change.active.unwrap_or(before.active);
        let row = tx_one!(
            *self,
            PersonRow,
            CHANGE,
            before.id,
            plain(name)?,
            plain(language)?,
            to_json(roles)?,
            to_json(unit_ids)?,
            active,
            act.micros()
        )?;
        row.ok_or(StoreError::NotFound { what: "person" })?
            .try_into()
    }
}

/// An address is the same however it is typed.
fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

fn fields_of(change: &PersonChange) -> Vec<&'static str> {
    let asked = [
        ("name", change.name.is_some()),
        ("language", change.language.is_some()),
        ("roles", change.roles.is_some()),
        ("unit_ids", change.unit_ids.is_some()),
        ("active", change.active.is_some()),
    ];
    asked
        .into_iter()
        .filter_map(|(field, asked)| asked.then_some(field))
        .collect()
}

impl TryFrom<PersonRow> for Person {
    type Error = StoreError;

    fn try_from(row: PersonRow) -> Stored<Self> {
        Ok(Self {
            id: row.id,
            email: row.email,
            name: row.name,
            language: row.language,
            roles: from_json("person", &row.roles)?,
            unit_ids: from_json("person", &row.unit_ids)?,
            active: row.active,
            has_password: row.password_hash.is_some(),
            has_oidc: row.oidc_subject.is_some(),
            version: row.version,
            created_at: instant(row.created_at)?,
            changed_at: instant(row.changed_at)?,
        })
    }
}
