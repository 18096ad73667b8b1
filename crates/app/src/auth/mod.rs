//! Who are you? Sign-in by password, by the company's provider, by a session and by a token.

mod passwords;

use crate::access::Caller;
use crate::{AppError, Denied, Office};
use jiff::{SignedDuration, Timestamp};
use odla_domain::Role;
use odla_store::{
    Act, Actor, Credentials, Link, NewPerson, OidcName, OidcRequest, Person, PersonChange, Session,
    SessionTerms, StoreError,
};
use serde_json::json;
use uuid::Uuid;

const IDLE: SignedDuration = SignedDuration::from_hours(12);
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 7);
/// A session is said to be in use at most this often: it is a write.
const TOUCH: SignedDuration = SignedDuration::from_mins(5);
const ATTEMPTS_WITHIN: SignedDuration = SignedDuration::from_mins(15);
const ATTEMPTS_OF_ACCOUNT: i64 = 10;
const ATTEMPTS_OF_ADDRESS: i64 = 100;
const SETUP_LINK_LASTS: SignedDuration = SignedDuration::from_hours(24);
const PROVIDER_LASTS: SignedDuration = SignedDuration::from_mins(10);

/// A session that has just been opened; the secret belongs in the cookie and nowhere else.
pub struct SignedIn {
    pub secret: String,
    pub session: Session,
}

/// From where a request comes.
#[derive(Clone, Debug)]
pub struct Origin {
    pub address: String,
    pub request: String,
}

impl Origin {
    fn act(&self, by: Actor) -> Act {
        Act::new(by, Timestamp::now()).in_request(&self.request)
    }
}

/// What a new administrator tells.
#[derive(Clone, Debug)]
pub struct FirstPerson {
    pub name: String,
    pub email: String,
    pub password: String,
    pub language: String,
}

impl Office {
    /// The link of the first administrator, while there is none.
    pub async fn setup_secret(&self) -> Result<Option<String>, AppError> {
        let now = Timestamp::now();
        match self
            .store
            .make_setup_link(&Act::program(now), now + SETUP_LINK_LASTS)
            .await
        {
            Ok(secret) => Ok(Some(secret.expose().to_owned())),
            Err(StoreError::AlreadySetUp) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the first administrator and signs in.
    ///
    /// # Errors
    /// When the link has been used, or the password is too short.
    pub async fn set_up(
        &self,
        secret: &str,
        first: FirstPerson,
        origin: &Origin,
    ) -> Result<SignedIn, AppError> {
        let now = Timestamp::now();
        // Before the costly hashing, so that nobody can make us work without a link.
        match self.store.link(secret, now).await {
            Ok(Link::Setup) => {}
            Ok(Link::Invitation(_)) | Err(StoreError::LinkSpent) => {
                return Err(Denied::SetupLink.into());
            }
            Err(error) => return Err(error.into()),
        }
        let new = NewPerson {
            email: checked_email(&first.email)?,
            name: checked_name(&first.name)?,
            language: first.language,
            // Whoever starts alone must be able to do everything but erase.
            roles: vec![Role::Administrator, Role::Management, Role::Analyst],
            unit_ids: Vec::new(),
        };
        let hash = self.hash(first.password).await?;
        let act = origin.act(Actor::Nobody);
        let made = self.store.use_setup_link(&act, secret, &new, &hash).await;
        let person = match made {
            Ok(person) => person,
            Err(StoreError::LinkSpent | StoreError::AlreadySetUp) => {
                return Err(Denied::SetupLink.into());
            }
            Err(error) => return Err(error.into()),
        };
        self.open(&person, origin).await
    }

    /// Takes the password that somebody who was invited has chosen, and signs in.
    pub async fn accept_invitation(
        &self,
        secret: &str,
        password: String,
        origin: &Origin,
    ) -> Result<SignedIn, AppError> {
        let spent = |error| match error {
            StoreError::LinkSpent => AppError::from(Denied::SetupLink),
            other => other.into(),
        };
        match self
            .store
            .link(secret, Timestamp::now())
            .await
            .map_err(spent)?
        {
            Link::Invitation(_) => {}
            Link::Setup => return Err(Denied::SetupLink.into()),
        }
        let hash = self.hash(password).await?;
        let act = origin.act(Actor::Nobody);
        let used = self.store.use_invitation(&act, secret, &hash).await;
        self.open(&used.map_err(spent)?, origin).await
    }

    /// Signs in by address and password.
    ///
    /// # Errors
    /// [`Denied::Password`] whether the address is unknown, the person inactive or the password wrong, and after the
    /// same work; [`Denied::Tries`] after too many of them.
    pub async fn sign_in(
        &self,
        email: &str,
        password: String,
        origin: &Origin,
    ) -> Result<SignedIn, AppError> {
        let since = Timestamp::now() - ATTEMPTS_WITHIN;
        let account = format!("account {}", email.trim().to_lowercase());
        let address = format!("address {}", origin.address);
        let limits = [
            (&account, ATTEMPTS_OF_ACCOUNT),
            (&address, ATTEMPTS_OF_ADDRESS),
        ];
        for (key, most) in limits {
            if self.store.attempts(key, since).await? >= most {
                let seconds = ATTEMPTS_WITHIN.as_secs().unsigned_abs();
                return Err(Denied::Tries { seconds }.into());
            }
        }
        let found = self.store.credentials(email).await?;
        let (person, hash) = match found {
            Some(Credentials {
                person,
                password_hash,
            }) if person.active => (Some(person), password_hash),
            _ => (None, None),
        };
        let right = self.verify(password, hash).await?;
        let Some(person) = person.filter(|_| right) else {
            for key in [&account, &address] {
                self.store
                    .count_attempt(key, Timestamp::now(), since)
                    .await?;
            }
            let act = origin.act(Actor::Nobody);
            self.store
                .note(&act, "session.refused", "", &json!({}))
                .await?;
            return Err(Denied::Password.into());
        };
        self.store.forget_attempts(&account).await?;
        self.open(&person, origin).await
    }

    /// Signs in somebody whom the company's provider vouches for. Nobody is let in who has no place here; the first
    /// time, the address that the provider has verified tells who it is.
    pub async fn sign_in_by_provider(
        &self,
        name: OidcName,
        verified_email: Option<&str>,
        origin: &Origin,
    ) -> Result<SignedIn, AppError> {
        if let Some(person) = self.store.person_by_oidc(&name).await? {
            return self.open(&person, origin).await;
        }
        let unknown = || Denied::Provider {
            detail: "no person here has that verified address".to_owned(),
        };
        let email = verified_email.ok_or_else(unknown)?;
        let found = self.store.credentials(email).await?;
        let person = found.map(|found| found.person).ok_or_else(unknown)?;
        if !person.active || person.has_oidc {
            return Err(unknown().into());
        }
        let act = origin.act(Actor::Person(person.id));
        self.store.link_oidc(&act, person.id, &name).await?;
        self.open(&person, origin).await
    }

    /// Keeps what must come back from the provider.
    pub async fn keep_provider_request(
        &self,
        state: &str,
        request: &OidcRequest,
    ) -> Result<(), AppError> {
        let until = Timestamp::now() + PROVIDER_LASTS;
        Ok(self.store.keep_oidc_request(state, request, until).await?)
    }

    pub async fn take_provider_request(&self, state: &str) -> Result<OidcRequest, AppError> {
        let found = self
            .store
            .take_oidc_request(state, Timestamp::now())
            .await?;
        let unknown = || Denied::Provider {
            detail: "the sign-in took too long, or was not begun here".to_owned(),
        };
        Ok(found.ok_or_else(unknown)?)
    }

    /// Whose session this is, if it lives.
    pub async fn caller_of_session(&self, secret: &str) -> Result<Option<Caller>, AppError> {
        let now = Timestamp::now();
        let Some(session) = self.store.session(secret, now).await? else {
            return Ok(None);
        };
        if now.duration_since(session.last_seen_at) > TOUCH {
            let until = (now + IDLE).min(session.expires_at);
            self.store.touch_session(secret, now, until).await?;
        }
        Ok(Some(Caller {
            permissions: session.person.permissions(),
            by: Actor::Person(session.person.id),
            csrf: Some(session.csrf),
            person: session.person,
        }))
    }

    /// Whose token this is, if it lives.
    pub async fn caller_of_token(&self, secret: &str) -> Result<Option<Caller>, AppError> {
        let now = Timestamp::now();
        let Some((token, person)) = self.store.token(secret, now).await? else {
            return Ok(None);
        };
        let stale = |used: Timestamp| now.duration_since(used) > TOUCH;
        if token.last_used_at.is_none_or(stale) {
            self.store.touch_token(token.id, now).await?;
        }
        Ok(Some(Caller {
            permissions: token.permissions(&person),
            by: Actor::Token {
                person: person.id,
                token: token.id,
            },
            csrf: None,
            person,
        }))
    }

    pub async fn sign_out(
        &self,
        caller: &Caller,
        secret: &str,
        request: &str,
    ) -> Result<(), AppError> {
        Ok(self
            .store
            .close_session(&caller.act(request), secret)
            .await?)
    }

    /// Changes the person's own name or language.
    pub async fn change_self(
        &self,
        caller: &Caller,
        name: Option<String>,
        language: Option<String>,
        request: &str,
    ) -> Result<Person, AppError> {
        let change = PersonChange {
            name: name.as_deref().map(checked_name).transpose()?,
            language: language.as_deref().map(checked_language).transpose()?,
            ..PersonChange::default()
        };
        let person = &caller.person;
        let act = caller.act(request);
        let changed = self
            .store
            .change_person(&act, person.id, person.version, &change);
        Ok(changed.await?)
    }

    /// Changes the person's own password: everybody who uses the old one is signed out, this person signs in anew.
    ///
    /// # Errors
    /// When the present password is wrong or the new one too short.
    pub async fn change_password(
        &self,
        caller: &Caller,
        present: String,
        new: String,
        origin: &Origin,
    ) -> Result<SignedIn, AppError> {
        let found = self.store.credentials(&caller.person.email).await?;
        let hash = found.and_then(|found| found.password_hash);
        let since = Timestamp::now() - ATTEMPTS_WITHIN;
        let key = format!("password {}", caller.person.id);
        if self.store.attempts(&key, since).await? >= ATTEMPTS_OF_ACCOUNT {
            let seconds = ATTEMPTS_WITHIN.as_secs().unsigned_abs();
            return Err(Denied::Tries { seconds }.into());
        }
        if hash.is_some() && !self.verify(present, hash).await? {
            self.store
                .count_attempt(&key, Timestamp::now(), since)
                .await?;
            return Err(Denied::Password.into());
        }
        let hash = self.hash(new).await?;
        let act = caller.act(&origin.request);
        self.store
            .set_password(&act, caller.person.id, &hash)
            .await?;
        self.open(&caller.person, origin).await
    }

    async fn open(&self, person: &Person, origin: &Origin) -> Result<SignedIn, AppError> {
        let now = Timestamp::now();
        let terms = SessionTerms {
            idle_until: now + IDLE,
            expires_at: now + LONGEST,
        };
        let act = origin.act(Actor::Person(person.id));
        let opened = self.store.open_session(&act, person.id, terms).await;
        let (secret, session) = match opened {
            Err(StoreError::NotFound { .. }) => return Err(Denied::Password.into()),
            other => other?,
        };
        Ok(SignedIn {
            secret: secret.expose().to_owned(),
            session,
        })
    }
}

/// Something that looks like an address of mail; whether it reaches somebody is not known here.
pub(crate) fn checked_email(email: &str) -> Result<String, Denied> {
    let email = email.trim();
    let fits = email.split_once('@').is_some_and(|(name, place)| {
        !name.is_empty() && place.contains('.') | place.eq_ignore_ascii_case("localhost")
    });
    match fits && email.len() <= 254 && !email.contains(char::is_whitespace) {
        true => Ok(email.to_owned()),
        false => Err(invalid("email", "name@company.se")),
    }
}

pub(crate) fn checked_name(name: &str) -> Result<String, Denied> {
    let name = name.trim();
    match !name.is_empty() && name.chars().count() <= 200 {
        true => Ok(name.to_owned()),
        false => Err(invalid("name", "1-200")),
    }
}

pub(crate) fn checked_language(language: &str) -> Result<String, Denied> {
    match language {
        "sv" | "en" => Ok(language.to_owned()),
        _ => Err(invalid("language", "sv, en")),
    }
}

pub(crate) fn invalid(field: &str, detail: &str) -> Denied {
    Denied::Invalid {
        field: field.to_owned(),
        detail: detail.to_owned(),
    }
}

/// An id from a path; one that is none names nothing.
pub(crate) fn id_of(text: &str, what: &'static str) -> Result<Uuid, Denied> {
    text.parse().map_err(|_| Denied::Unknown { what })
}
