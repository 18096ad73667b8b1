//! How does a person decide - about customers, minutes, money or an activity - with the evidence at hand and the law kept?

mod matter;

use crate::access::{Caller, Visible};
use crate::directory::{Decided, Directory, Where};
use crate::{AppError, Denied, Office};
use jiff::Zoned;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use odla_domain::{Deed, Draft, Matter, Member, Permission, Rested, Sight, Stance, Subject};
use odla_store::{Decision, DecisionFilter, Grounds};
use std::collections::HashSet;
use uuid::Uuid;

pub use matter::{Asked, MoveAsked};

const UNDO_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Customers of a decision that are told with it.
const MOST_TOLD: i64 = 200;

/// What a person wants to decide.
#[derive(Clone, Debug)]
pub struct Decide {
    pub about: About,
    pub reason: String,
    pub estimate: Option<String>,
    pub unknown_signed: bool,
    pub doer: Option<String>,
    pub due: Option<Date>,
    pub run: Option<String>,
}

/// What it is about.
#[derive(Clone, Debug)]
pub enum About {
    Customers(Picked),
    /// The company's own doings: minutes, money, an activity.
    Company(Asked),
}

/// Customers, and what is chosen for them.
#[derive(Clone, Debug)]
pub struct Picked {
    pub choice: Stance,
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
    pub subject: Option<Subject>,
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
        let found = match &ask.about {
            About::Customers(picked) => self.about_customers(caller, picked, &ask).await?,
            About::Company(asked) => self.about_company(caller, asked, &ask).await?,
        };
        let deed = match (ask.doer, ask.due) {
            (Some(who), Some(due)) => Some(deed(&who, due)?),
            _ => None,
        };
        let draft = Draft {
            matter: found.matter,
            reason: ask.reason,
            estimate: ask.estimate,
            unknown_signed: ask.unknown_signed,
            deed,
            run: found.run,
            rested: found.rested,
            members: found.members,
        };
        let settled = draft.settle().map_err(Denied::from)?;
        let grounds = Grounds {
            seen: found.seen,
            criteria: found.criteria,
            undo_until: Some(Timestamp::now() + UNDO_WITHIN),
        };
        let act = caller.act(request);
        Ok(self.store.decide(&act, &settled, &grounds).await?)
    }

    async fn about_customers(
        &self,
        caller: &Caller,
        picked: &Picked,
        ask: &Decide,
    ) -> Result<Found, AppError> {
        let Visible { directory, sight } = self.visible(caller, ask.run.as_deref()).await?;
        let rows = self.rows_of(&directory, &sight, picked).await?;
        let reviewed: HashSet<&str> = picked.reviewed.iter().map(String::as_str).collect();
        let members = rows
            .into_iter()
            .map(|row| member(&directory, row, &reviewed));
        Ok(Found {
            matter: Matter::Portfolio {
                choice: picked.choice,
            },
            run: directory.run.clone(),
            rested: Vec::new(),
            members: members.collect(),
            seen: picked.seen,
            criteria: (picked.customer_ids.is_empty()).then(|| criteria(picked)),
        })
    }

    /// What all customers meet is decided by who sees them all; the figures are read from the run, not from the request.
    async fn about_company(
        &self,
        caller: &Caller,
        asked: &Asked,
        ask: &Decide,
    ) -> Result<Found, AppError> {
        caller.allow(Permission::SeeOverview)?;
        if !self.visible(caller, None).await?.sight.is_all() {
            return Err(Denied::Permission(Permission::Decide).into());
        }
        let kept = self.kept(ask.run.as_deref()).await?;
        let (asked, reading) = (asked.clone(), kept.clone());
        let found = tokio::task::spawn_blocking(move || matter::found(&reading, &asked)).await;
        let (matter, rested) = found.map_err(|error| AppError::Internal {
            detail: error.to_string(),
        })??;
        Ok(Found {
            matter,
            rested,
            run: Some(kept.record.id.clone()),
            members: Vec::new(),
            seen: None,
            criteria: None,
        })
    }

    async fn rows_of(
        &self,
        directory: &Directory,
        sight: &Sight,
        ask: &Picked,
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

    /// The diary, newest first. Who does not see the whole company sees the own decisions, all about a customer in
    /// sight, and those that are about no customers.
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
            subject: ask.subject,
            customer_id: ask.customer_id.clone(),
            undone: ask.undone,
            before: ask.before,
        };
        let mut told = Vec::new();
        for decision in self.store.decisions(&filter, ask.limit).await? {
            let own = decision.person_id == caller.person.id;
            let of_all = decision.matter.subject() != Subject::Portfolio
                && caller.may(Permission::SeeOverview);
            if sight.is_all() || own || of_all || ask.customer_id.is_some() {
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

/// What a decision is about, and what stands behind it.
struct Found {
    matter: Matter,
    run: Option<String>,
    rested: Vec<Rested>,
    members: Vec<Member>,
    seen: Option<i64>,
    criteria: Option<String>,
}

fn deed(who: &str, due: Date) -> Result<Deed, Denied> {
    // A day of grace, for those who are where it is still yesterday.
    let yesterday = Zoned::now().date().yesterday();
    if yesterday.is_ok_and(|yesterday| due < yesterday) {
        return Err(Denied::Invalid {
            field: "due".to_owned(),
            detail: due.to_string(),
        });
    }
    Ok(Deed {
        who: who.trim().to_owned(),
        due,
    })
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

fn criteria(ask: &Picked) -> String {
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
