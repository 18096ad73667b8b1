//! How is a decision made or undone, whole or not at all?

use super::{Decision, DecisionRow, Grounds};
use crate::act::Act;
use crate::engine::{Store, Tx};
use crate::rows::{micros, new_id, plain, to_json};
use crate::{StoreError, Stored};
use odla_domain::decision::{LoyaltyLine, Matter, Member, Settled};
use serde_json::{Value, json};
use uuid::Uuid;

const ADD: &str = "INSERT INTO decisions (id, number, subject, choice, reason, estimate, unknown_signed, run, \
     criteria, person_id, decided_at, customers, reviewed, undo_until, matter, doer, due, rested, version) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1)";

const FIND: &str = "SELECT id, number, subject, choice, reason, estimate, run, criteria, person_id, decided_at, \
     customers, reviewed, undo_until, undone_at, undone_by, version, matter, doer, due, rested \
     FROM decisions WHERE id = $1";

/// Many members arrive as one JSON text: a statement per member would take minutes for a million.
const ADD_MEMBERS_SQLITE: &str = "INSERT INTO decision_members (decision_id, customer_id, standing, proposed, \
     reviewed) SELECT $1, value->>0, value->>1, value->>2, value->>3 FROM json_each($2)";
const ADD_MEMBERS_PG: &str = "INSERT INTO decision_members (decision_id, customer_id, standing, proposed, reviewed) \
     SELECT $1, m->>0, m->>1, m->>2, (m->>3)::boolean FROM json_array_elements($2::json) m";

const DECIDED_SINCE: &str = "SELECT COUNT(*) FROM decision_members m JOIN standing_decisions s \
     ON s.subject = $2 AND s.customer_id = m.customer_id WHERE m.decision_id = $1 AND s.number > $3";

const STAND: &str = "INSERT INTO standing_decisions (subject, customer_id, decision_id, number, choice) \
     SELECT d.subject, m.customer_id, d.id, d.number, d.choice FROM decision_members m \
     JOIN decisions d ON d.id = m.decision_id WHERE m.decision_id = $1 \
     ON CONFLICT (subject, customer_id) DO UPDATE SET decision_id = excluded.decision_id, \
     number = excluded.number, choice = excluded.choice";

/// After an undoing, the latest decision that was not undone stands again.
const STAND_AGAIN: &str = "INSERT INTO standing_decisions (subject, customer_id, decision_id, number, choice) \
     SELECT d.subject, latest.customer_id, d.id, d.number, d.choice FROM \
     (SELECT m.customer_id, MAX(d.number) AS number FROM decision_members u \
     JOIN decision_members m ON m.customer_id = u.customer_id JOIN decisions d ON d.id = m.decision_id \
     WHERE u.decision_id = $1 AND d.subject = $2 AND d.undone_at IS NULL GROUP BY m.customer_id) latest \
     JOIN decisions d ON d.number = latest.number WHERE d.undone_at IS NULL \
     ON CONFLICT (subject, customer_id) DO UPDATE SET decision_id = excluded.decision_id, \
     number = excluded.number, choice = excluded.choice";

const UNDO: &str =
    "UPDATE decisions SET undone_at = $2, undone_by = $3, version = version + 1 WHERE id = $1";

const MEMBERS_AT_ONCE: usize = 5_000;

impl Store {
    /// Makes a decision that the rules allow. From now on it stands for its customers.
    ///
    /// # Errors
    /// [`StoreError::NotAPerson`] when no person decides; [`StoreError::DecidedSince`] when some of the customers
    /// were decided on after the person saw them: then nothing has happened.
    pub async fn decide(
        &self,
        act: &Act,
        settled: &Settled,
        grounds: &Grounds,
    ) -> Stored<Decision> {
        let person = act.by.person().ok_or(StoreError::NotAPerson)?;
        let id = new_id(act.at);
        let mut tx = self.write().await?;
        let number = tx.turn("decisions").await?;
        tx.add_decision((id, number, person), act, settled, grounds)
            .await?;
        for members in settled.members().chunks(MEMBERS_AT_ONCE) {
            tx.add_members(id, members).await?;
        }
        if let Some(seen) = grounds.seen {
            tx.check_seen(id, settled.matter().subject().word(), seen)
                .await?;
        }
        tx_do!(tx, STAND, id)?;
        let decision = tx.decision(id).await?;
        let details = json!({
            "subject": decision.matter.subject(),
            "choice": decision.matter.choice(),
            "customers": decision.customers,
            "reviewed": decision.reviewed,
            "loyalty_unknown": decision.loyalty == LoyaltyLine::UnknownSigned,
        });
        tx.note(act, "decision.made", &id.to_string(), &details)
            .await?;
        tx.commit().await?;
        Ok(decision)
    }

    /// Undoes a decision. It stays in the diary as undone, and what was decided before it stands again.
    ///
    /// # Errors
    /// [`StoreError::UndoneAlready`], [`StoreError::TooLateToUndo`], or [`StoreError::NotAPerson`].
    pub async fn undo_decision(&self, act: &Act, id: Uuid) -> Stored<Decision> {
        let person = act.by.person().ok_or(StoreError::NotAPerson)?;
        let mut tx = self.write().await?;
        tx.turn("decisions").await?;
        let before = tx.decision(id).await?;
        if before.undone.is_some() {
            return Err(StoreError::UndoneAlready);
        }
        if let Some(until) = before.undo_until.filter(|&until| act.at > until) {
            return Err(StoreError::TooLateToUndo { until });
        }
        tx_do!(tx, UNDO, id, act.micros(), person)?;
        tx_do!(
            tx,
            "DELETE FROM standing_decisions WHERE decision_id = $1",
            id
        )?;
        tx_do!(tx, STAND_AGAIN, id, before.matter.subject().word())?;
        let decision = tx.decision(id).await?;
        let details = json!({"customers": decision.customers});
        tx.note(act, "decision.undone", &id.to_string(), &details)
            .await?;
        tx.commit().await?;
        Ok(decision)
    }

    /// Takes a customer out of every decision, when the law wants the customer forgotten. The decisions themselves
    /// stay, with the number of customers they had; how many of them it was.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn forget_customer(&self, act: &Act, customer_id: &str) -> Stored<u64> {
        let customer_id = plain(customer_id)?;
        let mut tx = self.write().await?;
        tx.turn("decisions").await?;
        tx_do!(
            tx,
            "DELETE FROM standing_decisions WHERE customer_id = $1",
            customer_id
        )?;
        let gone = tx_do!(
            tx,
            "DELETE FROM decision_members WHERE customer_id = $1",
            customer_id
        )?;
        // The log must not remember whom.
        tx.note(act, "customer.forgotten", "", &json!({"decisions": gone}))
            .await?;
        tx.commit().await?;
        Ok(gone)
    }
}

impl Tx {
    async fn add_decision(
        &mut self,
        (id, number, person): (Uuid, i64, Uuid),
        act: &Act,
        settled: &Settled,
        grounds: &Grounds,
    ) -> Stored<()> {
        let members = settled.members();
        let reviewed = members.iter().filter(|member| member.reviewed).count() as i64;
        let unknown = *settled.loyalty() == LoyaltyLine::UnknownSigned;
        let estimate = settled.loyalty().estimate().map(plain).transpose()?;
        let run = settled.run().map(plain).transpose()?;
        let criteria = grounds.criteria.as_deref().map(plain).transpose()?;
        let matter = match settled.matter() {
            Matter::Portfolio { .. } => None,
            other => Some(to_json(other)?),
        };
        let doer = settled.deed().map(|deed| plain(&deed.who)).transpose()?;
        tx_do!(
            *self,
            ADD,
            id,
            number,
            settled.matter().subject().word(),
            settled.matter().choice(),
            plain(settled.reason())?,
            estimate,
            unknown,
            run,
            criteria,
            person,
            act.micros(),
            members.len() as i64,
            reviewed,
            grounds.undo_until.map(micros),
            matter,
            doer,
            settled.deed().map(|deed| deed.due.to_string()),
            to_json(&settled.rested())?
        )?;
        Ok(())
    }

    async fn add_members(&mut self, id: Uuid, members: &[Member]) -> Stored<()> {
        let rows: Vec<Value> = members
            .iter()
            .map(|member| {
                plain(&member.customer_id)?;
                let proposed = member.proposed.map(|stance| stance.word());
                Ok(json!([
                    member.customer_id,
                    member.standing.word(),
                    proposed,
                    member.reviewed
                ]))
            })
            .collect::<Stored<_>>()?;
        let sql = self.dialect(ADD_MEMBERS_SQLITE, ADD_MEMBERS_PG);
        tx_do!(*self, sql, id, to_json(&rows)?)?;
        Ok(())
    }

    async fn check_seen(&mut self, id: Uuid, subject: &str, seen: i64) -> Stored<()> {
        let since = tx_one!(*self, (i64,), DECIDED_SINCE, id, subject, seen)?;
        let customers = since.map_or(0, |(customers,)| customers);
        if customers == 0 {
            return Ok(());
        }
        Err(StoreError::DecidedSince { customers })
    }

    async fn decision(&mut self, id: Uuid) -> Stored<Decision> {
        let row = tx_one!(*self, DecisionRow, FIND, id)?;
        row.ok_or(StoreError::NotFound { what: "decision" })?
            .try_into()
    }
}
