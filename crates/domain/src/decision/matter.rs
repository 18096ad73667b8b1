//! What is decided: about customers, a service level, where money lies, or an activity?

use super::{Refusal, Stance};
use crate::figure::Unit;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a decision is about, without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Which customers to grow, refine, or stop cultivating.
    Portfolio,
    /// How many minutes a contact may take, by reason.
    ServiceLevel,
    /// Which money is moved from where to where.
    Reallocation,
    /// What becomes of an activity.
    Activity,
}

impl Subject {
    pub const ALL: [Self; 4] = [
        Self::Portfolio,
        Self::ServiceLevel,
        Self::Reallocation,
        Self::Activity,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Portfolio => "portfolio",
            Self::ServiceLevel => "service_level",
            Self::Reallocation => "reallocation",
            Self::Activity => "activity",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.word() == word)
    }
}

/// What becomes of an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Course {
    Continue,
    Change,
    Stop,
    /// Try it on some, by lot, before more is said.
    Test,
}

impl Course {
    pub const ALL: [Self; 4] = [Self::Continue, Self::Change, Self::Stop, Self::Test];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Continue => "continue",
            Self::Change => "change",
            Self::Stop => "stop",
            Self::Test => "test",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|course| course.word() == word)
    }
}

/// Minutes a contact for one reason may take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MinutesChange {
    pub reason: String,
    pub today: f64,
    pub then: f64,
}

/// Somewhere money is spent, as it was called when the decision was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// `minutes.<reason>` or `activity.<id>`.
    pub id: String,
    pub name: String,
}

/// Money moved, as it was proposed: what it gives and how often that holds stay with the decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MoneyMove {
    /// None when the money is new.
    pub from: Option<Spot>,
    /// None when the money is saved.
    pub to: Option<Spot>,
    pub released: f64,
    pub spent: f64,
    pub value_change: f64,
    /// Share of the draws in which the move does not lower the value.
    pub survives: f64,
}

/// What is decided. The customers of a portfolio decision stand beside it: they may be a million.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "subject")]
pub enum Matter {
    Portfolio {
        choice: Stance,
    },
    ServiceLevel {
        minutes: Vec<MinutesChange>,
    },
    Reallocation {
        moves: Vec<MoneyMove>,
    },
    Activity {
        activity_id: String,
        name: String,
        course: Course,
    },
}

impl Matter {
    pub const fn subject(&self) -> Subject {
        match self {
            Self::Portfolio { .. } => Subject::Portfolio,
            Self::ServiceLevel { .. } => Subject::ServiceLevel,
            Self::Reallocation { .. } => Subject::Reallocation,
            Self::Activity { .. } => Subject::Activity,
        }
    }

    /// The choice in one word: a stance, a course, or that something is changed or moved.
    pub const fn choice(&self) -> &'static str {
        match self {
            Self::Portfolio { choice } => choice.word(),
            Self::ServiceLevel { .. } => "change",
            Self::Reallocation { .. } => "move",
            Self::Activity { course, .. } => course.word(),
        }
    }

    /// What is decided about customers, when it is about them.
    pub const fn stance(&self) -> Option<Stance> {
        match self {
            Self::Portfolio { choice } => Some(*choice),
            _ => None,
        }
    }

    /// # Errors
    /// When nothing would change, or an amount is none.
    pub(super) fn prove(&self) -> Result<(), Refusal> {
        let (empty, sound) = match self {
            Self::Portfolio { .. } => (false, true),
            Self::ServiceLevel { minutes } => (
                minutes.is_empty(),
                minutes
                    .iter()
                    .all(|one| one.today.is_finite() && one.then.is_finite() && one.then > 0.0),
            ),
            Self::Reallocation { moves } => (
                moves.is_empty(),
                moves.iter().all(|one| {
                    let amounts = [one.released, one.spent];
                    amounts.iter().all(|own| own.is_finite() && *own >= 0.0)
                        && one.value_change.is_finite()
                        && (0.0..=1.0).contains(&one.survives)
                        && (one.from.is_some() || one.to.is_some())
                }),
            ),
            Self::Activity { activity_id, .. } => (activity_id.is_empty(), true),
        };
        match (empty, sound) {
            (true, _) => Err(Refusal::NothingChanged),
            (_, false) => Err(Refusal::NotAnAmount),
            _ => Ok(()),
        }
    }
}

/// Who does it, and by when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    pub who: String,
    pub due: Date,
}

/// A figure that a decision rested on, as it was then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rested {
    pub key: String,
    pub value: Option<f64>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub unit: Unit,
}

impl From<&crate::Figure> for Rested {
    fn from(figure: &crate::Figure) -> Self {
        Self {
            key: figure.key.clone(),
            value: figure.value,
            lower: figure.lower,
            upper: figure.upper,
            unit: figure.unit,
        }
    }
}
