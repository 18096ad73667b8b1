//! Who has a place here, and which programs speak for them?

use crate::access::Caller;
use crate::auth::{checked_email, checked_language, checked_name, invalid};
use crate::{AppError, Office};
use jiff::{SignedDuration, Timestamp};
use odla_domain::{Permission, Role};
use odla_store::{
    AuditEntry, AuditFilter, NewPerson, NewToken, NewView, Person, PersonChange, Token, View,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const INVITATION_LASTS: SignedDuration = SignedDuration::from_hours(24 * 7);
const LONGEST_TOKEN_DAYS: u32 = 366;
const MOST_PEOPLE: i64 = 10_000;

/// Somebody new, as an administrator tells it.
#[derive(Clone, Debug)]
pub struct Newcomer {
    pub email: String,
    pub name: String,
    pub language: Option<String>,
    pub roles: Vec<Role>,
    pub unit_ids: Vec<String>,
    /// Without one the person chooses it by an invitation.
    pub password: Option<String>,
}

/// How somebody is to be changed, as they were at `version`.
#[derive(Clone, Debug)]
pub struct Wish {
    pub id: Uuid,
    pub version: i64,
    pub change: PersonChange,
}

/// A token as its owner wants it.
#[derive(Clone, Debug)]
pub struct TokenWish {
    pub name: String,
    pub scopes: BTreeSet<Permission>,
    /// 90 when left out.
    pub days: Option<u32>,
}

/// A person who was let in, and the link that opens the door once, when no password was given.
pub struct LetIn {
    pub person: Person,
    pub invitation: Option<String>,
}

impl Office {
    pub async fn people(&self, caller: &Caller) -> Result<Vec<Person>, AppError> {
        caller.allow(Permission::Administer)?;
        Ok(self.store.people(None, MOST_PEOPLE).await?)
    }

    /// Names by id, for lists that say who did what.
    pub async fn names(&self) -> Result<BTreeMap<Uuid, String>, AppError> {
        let people = self.store.people(None, MOST_PEOPLE).await?;
        Ok(people
            .into_iter()
            .map(|person| (person.id, person.name))
            .collect())
    }

    pub async fn let_in(
        &self,
        caller: &Caller,
        newcomer: Newcomer,
        request: &str,
    ) -> Result<LetIn, AppError> {
        caller.allow(Permission::Administer)?;
        let language = newcomer.language.as_deref().unwrap_or("sv");
        let new = NewPerson {
            email: checked_email(&newcomer.email)?,
            name: checked_name(&newcomer.name)?,
            language: checked_language(language)?,
            roles: newcomer.roles,
            unit_ids: newcomer.unit_ids,
        };
        let hash = match newcomer.password {
            Some(password) => Some(self.hash(password).await?),
            None => None,
        };
        let act = caller.act(request);
        let person = self.store.add_person(&act, &new).await?;
        if let Some(hash) = hash {
            self.store.set_password(&act, person.id, &hash).await?;
            let person = self.store.person(person.id).await?;
            return Ok(LetIn {
                person,
                invitation: None,
            });
        }
        let secret = self.invite(caller, person.id, request).await?;
        Ok(LetIn {
            person,
            invitation: Some(secret),
        })
    }

    /// A link by which somebody chooses a password, for the first time or anew.
    pub async fn invite(
        &self,
        caller: &Caller,
        person: Uuid,
        request: &str,
    ) -> Result<String, AppError> {
        caller.allow(Permission::Administer)?;
        let until = Timestamp::now() + INVITATION_LASTS;
        let act = caller.act(request);
        let secret = self.store.make_invitation(&act, person, until).await?;
        Ok(secret.expose().to_owned())
    }

    pub async fn change_person(
        &self,
        caller: &Caller,
        wish: Wish,
        request: &str,
    ) -> Result<Person, AppError> {
        caller.allow(Permission::Administer)?;
        let change = PersonChange {
            name: wish.change.name.as_deref().map(checked_name).transpose()?,
            language: wish
                .change
                .language
                .as_deref()
                .map(checked_language)
                .transpose()?,
            ..wish.change
        };
        let act = caller.act(request);
        let changed = self
            .store
            .change_person(&act, wish.id, wish.version, &change);
        Ok(changed.await?)
    }

    /// A person's own tokens; an administrator sees everybody's.
    pub async fn tokens(&self, caller: &Caller) -> Result<Vec<Token>, AppError> {
        let whose = match caller.may(Permission::Administer) {
            true => None,
            false => Some(caller.person.id),
        };
        let mut tokens = self.store.tokens(whose).await?;
        tokens.retain(|token| token.revoked_at.is_none());
        Ok(tokens)
    }

    /// Makes a token for the caller; a token cannot make another.
    pub async fn add_token(
        &self,
        caller: &Caller,
        wish: TokenWish,
        request: &str,
    ) -> Result<(String, Token), AppError> {
        self.by_hand(caller)?;
        let TokenWish { name, scopes, days } = wish;
        for scope in &scopes {
            caller.allow(*scope)?;
        }
        if scopes.is_empty() {
            return Err(invalid("scopes", "1+").into());
        }
        let days = days.unwrap_or(90);
        if !(1..=LONGEST_TOKEN_DAYS).contains(&days) {
            return Err(invalid("days", "1-366").into());
        }
        let new = NewToken {
            name: checked_name(&name)?,
            scopes,
            expires_at: Some(Timestamp::now() + SignedDuration::from_hours(24 * i64::from(days))),
        };
        let (secret, token) = self.store.add_token(&caller.act(request), &new).await?;
        Ok((secret.expose().to_owned(), token))
    }

    /// # Errors
    /// When the token is somebody else's, as when there is none; an administrator may revoke all.
    pub async fn revoke_token(
        &self,
        caller: &Caller,
        id: Uuid,
        request: &str,
    ) -> Result<(), AppError> {
        self.by_hand(caller)?;
        let known = self.tokens(caller).await?;
        if !known.iter().any(|token| token.id == id) {
            return Err(crate::Denied::Unknown { what: "token" }.into());
        }
        Ok(self.store.revoke_token(&caller.act(request), id).await?)
    }

    pub async fn audit(
        &self,
        caller: &Caller,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<AuditEntry>, AppError> {
        caller.allow(Permission::SeeAudit)?;
        let filter = AuditFilter {
            before,
            ..AuditFilter::default()
        };
        Ok(self.store.audit(&filter, limit).await?)
    }

    pub async fn views(&self, caller: &Caller, page: Option<&str>) -> Result<Vec<View>, AppError> {
        Ok(self.store.views(caller.person.id, page).await?)
    }

    pub async fn add_view(
        &self,
        caller: &Caller,
        mut view: NewView,
        request: &str,
    ) -> Result<View, AppError> {
        view.name = checked_name(&view.name)?;
        if view.query.len() > 8_000 || view.page.len() > 100 {
            return Err(invalid("query", "8000").into());
        }
        Ok(self.store.add_view(&caller.act(request), &view).await?)
    }

    pub async fn remove_view(
        &self,
        caller: &Caller,
        id: Uuid,
        request: &str,
    ) -> Result<(), AppError> {
        Ok(self.store.remove_view(&caller.act(request), id).await?)
    }

    /// What opens doors is made by a person who sits there, not by a program that speaks for one.
    fn by_hand(&self, caller: &Caller) -> Result<(), AppError> {
        match caller.csrf {
            Some(_) => Ok(()),
            None => Err(crate::Denied::Permission(Permission::Administer).into()),
        }
    }
}
