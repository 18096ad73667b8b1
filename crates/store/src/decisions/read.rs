//! Which decision stands for a customer, how far has the deciding come, and what does the diary say?

use super::{Decision, DecisionFilter, DecisionRow, Departures, StandingDecision};
use crate::engine::Store;
use crate::rows::{known, plain, read, to_json};
use crate::{StoreError, Stored};
use odla_domain::decision::{Member, Stance, Subject};
use odla_domain::frames::portfolio::Standing;
use sqlx::FromRow;
use uuid::Uuid;

#[derive(FromRow)]
struct StandingRow {
    customer_id: String,
    choice: String,
    decision_id: Uuid,
    number: i64,
}

#[derive(FromRow)]
struct MemberRow {
    customer_id: String,
    standing: String,
    proposed: Option<String>,
    reviewed: bool,
}

#[derive(FromRow)]
struct DepartureRow {
    standing: String,
    decided: i64,
    reviewed: i64,
    departed: i64,
}

macro_rules! decision_columns {
    () => {
        "d.id, d.number, d.subject, d.choice, d.reason, d.estimate, d.run, d.criteria, d.person_id, d.decided_at, \
         d.customers, d.reviewed, d.undo_until, d.undone_at, d.undone_by, d.version, \
         d.matter, d.doer, d.due, d.rested"
    };
}

const FIND: &str = concat!(
    "SELECT ",
    decision_columns!(),
    " FROM decisions d WHERE d.id = $1"
);

const LIST: &str = concat!(
    "SELECT ",
    decision_columns!(),
    " FROM decisions d WHERE d.number < $1 AND ($2 IS NULL OR d.subject = $2) \
     AND ($3 IS NULL OR (d.undone_at IS NOT NULL) = $3) ORDER BY d.number DESC LIMIT $4"
);

const LIST_OF_CUSTOMER: &str = concat!(
    "SELECT ",
    decision_columns!(),
    " FROM decision_members m JOIN decisions d ON d.id = m.decision_id WHERE m.customer_id = $5 \
     AND d.number < $1 AND ($2 IS NULL OR d.subject = $2) AND ($3 IS NULL OR (d.undone_at IS NOT NULL) = $3) \
     ORDER BY d.number DESC LIMIT $4"
);

const STANDING_PAGE: &str = "SELECT customer_id, choice, decision_id, number FROM standing_decisions \
     WHERE subject = $1 AND customer_id > $2 ORDER BY customer_id LIMIT $3";

const STANDING_SQLITE: &str = "SELECT customer_id, choice, decision_id, number FROM standing_decisions \
     WHERE subject = $1 AND customer_id IN (SELECT value FROM json_each($2)) ORDER BY customer_id";
const STANDING_PG: &str = "SELECT customer_id, choice, decision_id, number FROM standing_decisions \
     WHERE subject = $1 AND customer_id IN (SELECT json_array_elements_text($2::json)) ORDER BY customer_id";

const COVERAGE: &str = "SELECT choice, COUNT(*) FROM standing_decisions WHERE subject = $1 GROUP BY choice ORDER BY choice";

const MEMBERS: &str = "SELECT customer_id, standing, proposed, reviewed FROM decision_members \
     WHERE decision_id = $1 AND customer_id > $2 ORDER BY customer_id LIMIT $3";

const DEPARTURES: &str = "SELECT m.standing AS standing, COUNT(*) AS decided, \
     SUM(CASE WHEN m.reviewed THEN 1 ELSE 0 END) AS reviewed, \
     SUM(CASE WHEN m.proposed <> s.choice THEN 1 ELSE 0 END) AS departed \
     FROM standing_decisions s JOIN decision_members m \
     ON m.decision_id = s.decision_id AND m.customer_id = s.customer_id \
     WHERE s.subject = $1 AND m.proposed IS NOT NULL GROUP BY m.standing ORDER BY m.standing";

impl Store {
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn decision(&self, id: Uuid) -> Stored<Decision> {
        let row = read_one!(self, DecisionRow, FIND, id)?;
        row.ok_or(StoreError::NotFound { what: "decision" })?
            .try_into()
    }

    /// The diary, newest first; undone decisions stand in it.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn decisions(&self, filter: &DecisionFilter, limit: i64) -> Stored<Vec<Decision>> {
        let before = filter.before.unwrap_or(i64::MAX);
        let subject = filter.subject.map(Subject::word);
        let rows = match filter.customer_id.as_deref() {
            None => read_all!(
                self,
                DecisionRow,
                LIST,
                before,
                subject,
                filter.undone,
                limit
            )?,
            Some(id) => read_all!(
                self,
                DecisionRow,
                LIST_OF_CUSTOMER,
                before,
                subject,
                filter.undone,
                limit,
                plain(id)?
            )?,
        };
        read(rows)
    }

    /// The customers of a decision in the order of their ids, from behind `after`.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn decision_members(
        &self,
        id: Uuid,
        after: Option<&str>,
        limit: i64,
    ) -> Stored<Vec<Member>> {
        read(read_all!(
            self,
            MemberRow,
            MEMBERS,
            id,
            plain(after.unwrap_or_default())?,
            limit
        )?)
    }

    /// The number of the last decision or undoing that has happened; see [`super::Grounds::seen`].
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn latest_decision_number(&self) -> Stored<i64> {
        let number = read_one!(
            self,
            (i64,),
            "SELECT value FROM counters WHERE name = 'decisions'"
        )?;
        Ok(number.map_or(0, |(number,)| number))
    }

    /// What stands for these customers, for a page of them; sorted by customer, without those nobody decided on.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn standing_of(
        &self,
        subject: Subject,
        customer_ids: &[String],
    ) -> Stored<Vec<StandingDecision>> {
        for id in customer_ids {
            plain(id)?;
        }
        let sql = match self {
            Self::Sqlite(_) => STANDING_SQLITE,
            Self::Pg(_) => STANDING_PG,
        };
        read(read_all!(
            self,
            StandingRow,
            sql,
            subject.word(),
            to_json(&customer_ids)?
        )?)
    }

    /// All customers with a standing decision in the order of their ids, from behind `after`.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn standing(
        &self,
        subject: Subject,
        after: Option<&str>,
        limit: i64,
    ) -> Stored<Vec<StandingDecision>> {
        let after = plain(after.unwrap_or_default())?;
        read(read_all!(
            self,
            StandingRow,
            STANDING_PAGE,
            subject.word(),
            after,
            limit
        )?)
    }

    /// How many customers each choice stands for.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn coverage(&self, subject: Subject) -> Stored<Vec<(Stance, i64)>> {
        let rows = read_all!(self, (String, i64), COVERAGE, subject.word())?;
        rows.into_iter()
            .map(|(choice, count)| Ok((known("decision", Stance::from_word(&choice))?, count)))
            .collect()
    }

    /// How often people departed from the proposal: where they never do, the score decides and not they.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn departures(&self, subject: Subject) -> Stored<Vec<Departures>> {
        read(read_all!(self, DepartureRow, DEPARTURES, subject.word())?)
    }
}

impl TryFrom<StandingRow> for StandingDecision {
    type Error = StoreError;

    fn try_from(row: StandingRow) -> Stored<Self> {
        Ok(Self {
            customer_id: row.customer_id,
            choice: known("decision", Stance::from_word(&row.choice))?,
            decision_id: row.decision_id,
            number: row.number,
        })
    }
}

impl TryFrom<MemberRow> for Member {
    type Error = StoreError;

    fn try_from(row: MemberRow) -> Stored<Self> {
        let proposed = row
            .proposed
            .map(|word| known("decision", Stance::from_word(&word)));
        Ok(Self {
            customer_id: row.customer_id,
            standing: known("decision", Standing::from_word(&row.standing))?,
            proposed: proposed.transpose()?,
            reviewed: row.reviewed,
        })
    }
}

impl TryFrom<DepartureRow> for Departures {
    type Error = StoreError;

    fn try_from(row: DepartureRow) -> Stored<Self> {
        Ok(Self {
            standing: known("decision", Standing::from_word(&row.standing))?,
            decided: row.decided,
            reviewed: row.reviewed,
            departed: row.departed,
        })
    }
}
