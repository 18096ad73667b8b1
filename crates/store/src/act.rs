//! Who does something, and when?

use crate::rows::micros;
use jiff::Timestamp;
use uuid::Uuid;

/// Who acts. A token acts for the person who made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The program itself: at start, or on its own account.
    Program,
    /// Somebody who has not signed in.
    Nobody,
    Person(Uuid),
    Token {
        person: Uuid,
        token: Uuid,
    },
}

/// One deed: by whom, when, and in which request. Whatever changes something takes one, and the audit log keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    pub by: Actor,
    pub at: Timestamp,
    pub request: Option<String>,
}

impl Act {
    pub const fn new(by: Actor, at: Timestamp) -> Self {
        Self {
            by,
            at,
            request: None,
        }
    }

    pub const fn program(at: Timestamp) -> Self {
        Self::new(Actor::Program, at)
    }

    pub const fn person(person: Uuid, at: Timestamp) -> Self {
        Self::new(Actor::Person(person), at)
    }

    #[must_use]
    pub fn in_request(mut self, id: impl Into<String>) -> Self {
        self.request = Some(id.into());
        self
    }

    pub(crate) fn micros(&self) -> i64 {
        micros(self.at)
    }
}

impl Actor {
    /// The person who answers for the deed.
    pub const fn person(self) -> Option<Uuid> {
        match self {
            Self::Program | Self::Nobody => None,
            Self::Person(person) | Self::Token { person, .. } => Some(person),
        }
    }

    pub(crate) const fn token(self) -> Option<Uuid> {
        match self {
            Self::Token { token, .. } => Some(token),
            _ => None,
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Nobody => "nobody",
            Self::Person(_) => "person",
            Self::Token { .. } => "token",
        }
    }
}
