//! What has been decided, about which customers or what else, by whom, and which decision stands?
//!
//! A decision is never changed or deleted: it is followed by another, or undone, and the diary keeps both.
//! Beside the diary stands one row per customer with the decision that is in force, so that a million customers are
//! looked up without reading the diary. Decisions take turns, and their numbers follow the order of commits.

mod read;
mod write;

use crate::rows::{from_json, instant, known, maybe_instant};
use crate::{StoreError, Stored};
use jiff::Timestamp;
use odla_domain::decision::{Deed, LoyaltyLine, Matter, Rested, Stance, Subject};
use odla_domain::frames::portfolio::Standing;
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

/// A decision as the diary holds it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decision {
    pub id: Uuid,
    pub number: i64,
    pub matter: Matter,
    pub reason: String,
    pub loyalty: LoyaltyLine,
    pub deed: Option<Deed>,
    /// The run that the person had before them, and its figures that the decision rested on.
    pub run: Option<String>,
    pub rested: Vec<Rested>,
    /// The filter by which the customers were picked.
    pub criteria: Option<String>,
    pub person_id: Uuid,
    pub decided_at: Timestamp,
    /// How many customers it is about, and how many of them were looked at one by one.
    pub customers: i64,
    pub reviewed: i64,
    pub undo_until: Option<Timestamp>,
    pub undone: Option<Undone>,
    pub version: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Undone {
    pub at: Timestamp,
    pub by: Uuid,
}

/// What surrounds a decision: what the person had seen, and how long it can be undone.
#[derive(Clone, Debug, Default)]
pub struct Grounds {
    /// [`crate::Store::latest_decision_number`] when the customers were shown: one that was decided on since is a
    /// conflict. `None` decides whatever has happened.
    pub seen: Option<i64>,
    /// The filter by which the customers were picked.
    pub criteria: Option<String>,
    /// `None`: always.
    pub undo_until: Option<Timestamp>,
}

/// Which decisions to list; what is `None` does not narrow.
#[derive(Clone, Debug, Default)]
pub struct DecisionFilter {
    pub subject: Option<Subject>,
    pub customer_id: Option<String>,
    pub undone: Option<bool>,
    /// Decisions with a lower number: where the page before ended.
    pub before: Option<i64>,
}

/// The decision in force for a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StandingDecision {
    pub customer_id: String,
    pub choice: Stance,
    pub decision_id: Uuid,
    pub number: i64,
}

/// How often people departed from what was proposed, by what the law says about the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Departures {
    pub standing: Standing,
    /// Customers with a standing decision and a proposal.
    pub decided: i64,
    /// Of these, looked at one by one.
    pub reviewed: i64,
    /// Of these, decided otherwise than proposed.
    pub departed: i64,
}

#[derive(FromRow)]
struct DecisionRow {
    id: Uuid,
    number: i64,
    subject: String,
    choice: String,
    reason: String,
    estimate: Option<String>,
    run: Option<String>,
    criteria: Option<String>,
    person_id: Uuid,
    decided_at: i64,
    customers: i64,
    reviewed: i64,
    undo_until: Option<i64>,
    undone_at: Option<i64>,
    undone_by: Option<Uuid>,
    version: i64,
    matter: Option<String>,
    doer: Option<String>,
    due: Option<String>,
    rested: String,
}

impl DecisionRow {
    /// Decisions about customers stand in their columns, where they are looked up; all others in one text.
    fn matter(&self) -> Stored<Matter> {
        if let Some(text) = &self.matter {
            return from_json("decision", text);
        }
        known("decision", Subject::from_word(&self.subject))?;
        let choice = known("decision", Stance::from_word(&self.choice))?;
        Ok(Matter::Portfolio { choice })
    }

    fn deed(&self) -> Stored<Option<Deed>> {
        let (Some(who), Some(due)) = (&self.doer, &self.due) else {
            return Ok(None);
        };
        let due = due.parse();
        Ok(Some(Deed {
            who: who.clone(),
            due: due.map_err(|error| StoreError::broken("decision", error))?,
        }))
    }
}

impl TryFrom<DecisionRow> for Decision {
    type Error = StoreError;

    fn try_from(row: DecisionRow) -> Stored<Self> {
        let undone = match (maybe_instant(row.undone_at)?, row.undone_by) {
            (Some(at), Some(by)) => Some(Undone { at, by }),
            _ => None,
        };
        Ok(Self {
            id: row.id,
            number: row.number,
            matter: row.matter()?,
            deed: row.deed()?,
            rested: from_json("decision", &row.rested)?,
            reason: row.reason,
            loyalty: row
                .estimate
                .map_or(LoyaltyLine::UnknownSigned, LoyaltyLine::Estimate),
            run: row.run,
            criteria: row.criteria,
            person_id: row.person_id,
            decided_at: instant(row.decided_at)?,
            customers: row.customers,
            reviewed: row.reviewed,
            undo_until: maybe_instant(row.undo_until)?,
            undone,
            version: row.version,
        })
    }
}
