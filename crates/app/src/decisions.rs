//! How does a person decide about customers, with the evidence at hand and the law kept?

use crate::access::{Caller, Visible};
use crate::directory::{Decided, Directory, Where};
use crate::{AppError, Denied, Office};
use jiff::{SignedDuration, Timestamp};
use odla_domain::{Draft, Member, Permission, Sight, Stance, Subject};
use odla_store::{Decision, DecisionFilter, Grounds};
use std::collections::HashSet;
use uuid::Uuid;

const UNDO_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Customers of a decision that are told with it.
const MOST_TOLD: i64 = 200;

/// What a person wants to decide.
#[derive(Clone, Debug)]
pub struct Decide {
    pub choice: Stance,
    pub reason: String,
    pub estimate: Option<String>,
    pub unknown_signed: bool,
    pub run: Option<String>,
    /// Customers by name, or else all that pass the filters.
    pub customer_ids: Vec<String>,
    pub filters: Vec<Where>,
    pub text: Option<String>,
    /// Those that the person has looked at one by one.
    pub reviewed: Vec<String>,
    /// The number of the last decision when the customers were shown.
    pub seen: Option<i64>,
}

/// Which decisions are asked for.
#[derive(Clone, Debug, Default)]
pub struct DecisionsAsk {
    pub customer_id: Option<String>,
    pub undone: Option<bool>,
    pub before: Option<i64>,
    pub limit: i64,
}

/// A decision with the customers it is about, as far as they may be seen.
pub struct Told {
    pub decision: Decision,
    pub customer_ids: Vec<String>,
}

/// How far the portfolio has been decided.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    pub customers: usize,
    pub decided: usize,
    /// Of the sum of positive lifetime values; none when no value is known.
    pub value_decided_share: Option<f64>,
    pub by_stance: Vec<StanceCoverage>,
    pub number: u64,
}

/// One stance: how many customers it is proposed for, and how many it has been decided for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StanceCoverage {
    pub stance: Stance,
    pub customers: usize,
    pub decided: usize,
}

impl Office {
    /// Makes the decision for all customers or for none.
    ///
    /// # Errors
    /// When a customer is not in the person's sight, or the rules refuse it.
    pub async fn decide(
        &self,
        caller: &Caller,
        ask: Decide,
        request: &str,
    ) -> Result<Decision, AppError> {
        caller.allow(Permission::Decide)?;
        let Visible { directory, sight } = self.visible(caller, ask.run.as_deref()).await?;
        let rows = self.rows_of(&directory, &sight, &ask).await?;
        let reviewed: HashSet<&str> = ask.reviewed.iter().map(String::as_str).collect();
        let members = rows
            .into_iter()
            .map(|row| member(&directory, row, &reviewed))
            .collect();
        let criteria = (ask.customer_ids.is_empty()).then(|| criteria(&ask));
        let draft = Draft {
            subject: Subject::Portfolio,
            choice: ask.choice,
            reason: ask.reason,
            estimate: ask.estimate,
            unknown_signed: ask.unknown_signed,
            run: directory.run.clone(),
            members,
        };
        let settled = draft.settle().map_err(Denied::from)?;
        let grounds = Grounds {
            seen: ask.seen,
            criteria,
            undo_until: Some(Timestamp::now() + UNDO_WITHIN),
        };
        let act = caller.act(request);
        Ok(self.store.decide(&act, &settled, &grounds).await?)
    }

    async fn rows_of(
        &self,
        directory: &Directory,
        sight: &Sight,
        ask: &Decide,
    ) -> Result<Vec<usize>, AppError> {
        if ask.customer_ids.is_empty() {
            if ask.filters.is_empty() && ask.text.is_none() {
                return Ok(Vec::new());
            }
            let decided = self.decided().await?;
            let set = directory.set(sight, &ask.filters, ask.text.as_deref(), &decided)?;
            return Ok(set.rows().collect());
        }
        let mut rows = Vec::with_capacity(ask.customer_ids.len());
        for id in &ask.customer_ids {
            let row = directory
                .find(id)
                .filter(|row| sight.holds(directory.word("unit_id", *row)));
            rows.push(row.ok_or(Denied::Unknown { what: "customer" })?);
        }
        Ok(rows)
    }

    /// The diary, newest first. Who does not see the whole company sees the own decisions, and all about a customer
    /// in sight.
    pub async fn decisions(
        &self,
        caller: &Caller,
        ask: &DecisionsAsk,
    ) -> Result<Vec<Told>, AppError> {
        let Visible { directory, sight } = self.visible(caller, None).await?;
        if let Some(id) = &ask.customer_id {
            let seen = directory
                .find(id)
                .is_some_and(|row| sight.holds(directory.word("unit_id", row)));
            if !seen {
                return Err(Denied::Unknown { what: "customer" }.into());
            }
        }
        let filter = DecisionFilter {
            subject: Some(Subject::Portfolio),
            customer_id: ask.customer_id.clone(),
            undone: ask.undone,
            before: ask.before,
        };
        let mut told = Vec::new();
        for decision in self.store.decisions(&filter, ask.limit).await? {
            let own = decision.person_id == caller.person.id;
            if sight.is_all() || own || ask.customer_id.is_some() {
                let customer_ids = self.members_in(&directory, &sight, &decision).await?;
                told.push(Told {
                    decision,
                    customer_ids,
                });
            }
        }
        Ok(told)
    }

    async fn members_in(
        &self,
        directory: &Directory,
        sight: &Sight,
        decision: &Decision,
    ) -> Result<Vec<String>, AppError> {
        if decision.customers > MOST_TOLD {
            return Ok(Vec::new());
        }
        let members = self
            .store
            .decision_members(decision.id, None, MOST_TOLD)
            .await?;
        let seen = members.into_iter().filter(|member| {
            directory
                .find(&member.customer_id)
                .is_some_and(|row| sight.holds(directory.word("unit_id", row)))
        });
        Ok(seen.map(|member| member.customer_id).collect())
    }

    /// Undoes a decision of one's own; who sees the whole company may undo anybody's.
    pub async fn undo_decision(
        &self,
        caller: &Caller,
        id: Uuid,
        request: &str,
    ) -> Result<Decision, AppError> {
        caller.allow(Permission::Decide)?;
        let decision = self.store.decision(id).await?;
        let sight = self.visible(caller, None).await?.sight;
        if decision.person_id != caller.person.id && !sight.is_all() {
            return Err(Denied::Unknown { what: "decision" }.into());
        }
        Ok(self.store.undo_decision(&caller.act(request), id).await?)
    }

    /// How many customers in sight have been decided on, by head and by value.
    pub async fn coverage(&self, caller: &Caller, run: Option<&str>) -> Result<Coverage, AppError> {
        let Visible { directory, sight } = self.visible(caller, run).await?;
        let decided = self.decided().await?;
        let covered = tokio::task::spawn_blocking(move || cover(&directory, &sight, &decided));
        covered.await.map_err(|error| AppError::Internal {
            detail: error.to_string(),
        })
    }
}

fn member(directory: &Directory, row: usize, reviewed: &HashSet<&str>) -> Member {
    let id = directory.id(row);
    Member {
        customer_id: id.to_owned(),
        standing: directory.standing(row),
        proposed: directory.word("stance", row).and_then(Stance::from_word),
        reviewed: reviewed.contains(id),
    }
}

fn criteria(ask: &Decide) -> String {
    let mut parts: Vec<String> = ask.filters.iter().map(Where::text).collect();
    parts.extend(ask.text.iter().map(|text| format!("q={text}")));
    parts.join(" & ")
}

fn cover(directory: &Directory, sight: &Sight, decided: &Decided) -> Coverage {
    let seen = directory.within(sight);
    let mut coverage = Coverage {
        customers: seen.count(),
        number: decided.generation,
        by_stance: Stance::ALL
            .map(|stance| StanceCoverage {
                stance,
                customers: 0,
                decided: 0,
            })
            .into(),
        ..Coverage::default()
    };
    let (mut all_value, mut decided_value) = (0.0, 0.0);
    for row in seen.rows() {
        let value = directory.number("value", row).unwrap_or(0.0).max(0.0);
        all_value += value;
        let proposed = directory.word("stance", row).and_then(Stance::from_word);
        let chosen = decided.stances.get(directory.id(row)).copied();
        if chosen.is_some() {
            coverage.decided += 1;
            decided_value += value;
        }
        for by in &mut coverage.by_stance {
            by.customers += usize::from(proposed == Some(by.stance));
            by.decided += usize::from(chosen == Some(by.stance));
        }
    }
    coverage.value_decided_share = (all_value > 0.0).then(|| decided_value / all_value);
    coverage
}
