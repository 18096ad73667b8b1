//! What is a decision, and when may it not be made?

mod matter;

pub use matter::{Course, Deed, Matter, MinutesChange, MoneyMove, Rested, Spot, Subject};

use crate::frames::portfolio::Standing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use thiserror::Error;

/// The tomatoes: cultivate, refine, stop cultivating.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    Grow,
    Refine,
    Stop,
}

impl Stance {
    pub const ALL: [Self; 3] = [Self::Grow, Self::Refine, Self::Stop];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Grow => "grow",
            Self::Refine => "refine",
            Self::Stop => "stop",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stance| stance.word() == word)
    }
}

/// What the decision does to loyalty: the decider's estimate, or the decider's own word that it is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoyaltyLine {
    Estimate(String),
    UnknownSigned,
}

impl LoyaltyLine {
    /// # Errors
    /// When there is neither, or both.
    pub fn new(estimate: Option<&str>, unknown_signed: bool) -> Result<Self, Refusal> {
        let estimate = estimate.map(str::trim).filter(|text| !text.is_empty());
        match (estimate, unknown_signed) {
            (Some(text), false) => Ok(Self::Estimate(text.to_owned())),
            (None, true) => Ok(Self::UnknownSigned),
            (None, false) => Err(Refusal::NoLoyaltyLine),
            (Some(_), true) => Err(Refusal::TwoLoyaltyLines),
        }
    }

    pub fn estimate(&self) -> Option<&str> {
        match self {
            Self::Estimate(text) => Some(text),
            Self::UnknownSigned => None,
        }
    }
}

/// A customer that a decision is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub customer_id: String,
    pub standing: Standing,
    /// What the run proposed, to show how often people depart from it.
    pub proposed: Option<Stance>,
    /// Whether the decider has looked at this very customer.
    pub reviewed: bool,
}

/// What a person wants to decide, not yet checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub matter: Matter,
    pub reason: String,
    pub estimate: Option<String>,
    pub unknown_signed: bool,
    /// Who does it, and by when: needed for all but the portfolio, where the customer's owner is known.
    pub deed: Option<Deed>,
    /// The run that the person had before them.
    pub run: Option<String>,
    /// The figures of that run, as they were.
    pub rested: Vec<Rested>,
    /// The customers of a portfolio decision; others have none.
    pub members: Vec<Member>,
}

/// A decision that may be made: it has a reason, a loyalty line, somebody who does it, and the reviews that the law
/// wants. Only [`Draft::settle`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    matter: Matter,
    reason: String,
    loyalty: LoyaltyLine,
    deed: Option<Deed>,
    run: Option<String>,
    rested: Vec<Rested>,
    members: Vec<Member>,
}

/// Why a decision is refused. `key` is the translation key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("a decision needs a reason")]
    NoReason,
    #[error("a decision needs a loyalty line: an estimate, or a signed unknown")]
    NoLoyaltyLine,
    #[error("the loyalty line is an estimate or a signed unknown, not both")]
    TwoLoyaltyLines,
    #[error("a decision is about at least one customer")]
    NoCustomers,
    #[error("a decision needs somebody who does it, and a day")]
    NoDeed,
    #[error("nothing would change")]
    NothingChanged,
    #[error("an amount is no amount")]
    NotAnAmount,
    #[error("{count} private persons must be looked at one by one first")]
    PersonNeedsReview {
        count: usize,
        customer_ids: Vec<String>,
    },
    #[error("{count} who have objected to profiling must be looked at one by one first")]
    ObjectedNeedsReview {
        count: usize,
        customer_ids: Vec<String>,
    },
}

impl Refusal {
    pub const KEYS: [&str; 9] = [
        "decisions.no_reason",
        "decisions.no_loyalty_line",
        "decisions.two_loyalty_lines",
        "decisions.no_customers",
        "decisions.person_needs_review",
        "decisions.objected_needs_review",
        "decisions.no_deed",
        "decisions.nothing_changed",
        "decisions.not_an_amount",
    ];

    pub const fn key(&self) -> &'static str {
        match self {
            Self::NoReason => Self::KEYS[0],
            Self::NoLoyaltyLine => Self::KEYS[1],
            Self::TwoLoyaltyLines => Self::KEYS[2],
            Self::NoCustomers => Self::KEYS[3],
            Self::PersonNeedsReview { .. } => Self::KEYS[4],
            Self::ObjectedNeedsReview { .. } => Self::KEYS[5],
            Self::NoDeed => Self::KEYS[6],
            Self::NothingChanged => Self::KEYS[7],
            Self::NotAnAmount => Self::KEYS[8],
        }
    }

    /// How many customers stand in the way, where that is the reason.
    pub const fn count(&self) -> Option<usize> {
        match self {
            Self::PersonNeedsReview { count, .. } | Self::ObjectedNeedsReview { count, .. } => {
                Some(*count)
            }
            _ => None,
        }
    }
}

impl Draft {
    /// Checks the draft; its customers come back sorted, each once. A customer named twice counts as reviewed when
    /// one of the two is.
    ///
    /// # Errors
    /// The first thing that is lacking.
    pub fn settle(self) -> Result<Settled, Refusal> {
        let reason = self.reason.trim();
        if reason.is_empty() {
            return Err(Refusal::NoReason);
        }
        let loyalty = LoyaltyLine::new(self.estimate.as_deref(), self.unknown_signed)?;
        self.matter.prove()?;
        let deed = self.deed.filter(|deed| !deed.who.trim().is_empty());
        let members = match self.matter.stance() {
            Some(choice) => {
                let members = each_once(self.members);
                if members.is_empty() {
                    return Err(Refusal::NoCustomers);
                }
                guard_persons(choice, &members)?;
                members
            }
            None if deed.is_none() => return Err(Refusal::NoDeed),
            None => Vec::new(),
        };
        Ok(Settled {
            reason: reason.to_owned(),
            matter: self.matter,
            loyalty,
            deed,
            run: self.run,
            rested: self.rested,
            members,
        })
    }
}

impl Settled {
    pub const fn matter(&self) -> &Matter {
        &self.matter
    }

    pub const fn deed(&self) -> Option<&Deed> {
        self.deed.as_ref()
    }

    pub fn rested(&self) -> &[Rested] {
        &self.rested
    }

    pub fn reason(&self) -> &str {
        &self.reason
    }

    pub const fn loyalty(&self) -> &LoyaltyLine {
        &self.loyalty
    }

    pub fn run(&self) -> Option<&str> {
        self.run.as_deref()
    }

    /// Sorted by customer, each once.
    pub fn members(&self) -> &[Member] {
        &self.members
    }
}

/// The legal guard for private persons.
///
/// To stop cultivating a person may not follow from a score by routine (GDPR article 22, and C-634/21: a score that is
/// leaned on is itself the decision), so each must have been looked at. About somebody who has objected to profiling
/// nothing may be decided in bulk, since a bulk is picked by what was computed.
///
/// # Errors
/// When somebody has not been looked at: how many, and the first of them.
pub fn guard_persons(choice: Stance, members: &[Member]) -> Result<(), Refusal> {
    let (count, customer_ids) = unreviewed(members, Standing::Objected);
    if count > 0 {
        return Err(Refusal::ObjectedNeedsReview {
            count,
            customer_ids,
        });
    }
    let (count, customer_ids) = unreviewed(members, Standing::Person);
    if choice == Stance::Stop && count > 0 {
        return Err(Refusal::PersonNeedsReview {
            count,
            customer_ids,
        });
    }
    Ok(())
}

/// How many of the standing have not been looked at, and the first hundred of them.
fn unreviewed(members: &[Member], standing: Standing) -> (usize, Vec<String>) {
    let waiting: Vec<&Member> = members
        .iter()
        .filter(|member| member.standing == standing && !member.reviewed)
        .collect();
    let first = waiting.iter().take(100);
    (
        waiting.len(),
        first.map(|member| member.customer_id.clone()).collect(),
    )
}

fn each_once(mut members: Vec<Member>) -> Vec<Member> {
    let reviewed: BTreeSet<String> = members
        .iter()
        .filter(|member| member.reviewed)
        .map(|member| member.customer_id.clone())
        .collect();
    members.sort_by(|a, b| a.customer_id.cmp(&b.customer_id));
    members.dedup_by(|a, b| a.customer_id == b.customer_id);
    for member in &mut members {
        member.reviewed = reviewed.contains(&member.customer_id);
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: &str, standing: Standing, reviewed: bool) -> Member {
        Member {
            customer_id: id.to_owned(),
            standing,
            proposed: Some(Stance::Stop),
            reviewed,
        }
    }

    fn draft(choice: Stance, members: Vec<Member>) -> Draft {
        Draft {
            matter: Matter::Portfolio { choice },
            reason: " too dear to serve ".to_owned(),
            estimate: Some("loses two points among its kind".to_owned()),
            unknown_signed: false,
            deed: None,
            run: Some("r1".to_owned()),
            rested: Vec::new(),
            members,
        }
    }

    fn about(matter: Matter) -> Draft {
        Draft {
            matter,
            deed: Some(Deed {
                who: "Maria Lind".to_owned(),
                due: jiff::civil::date(2026, 9, 1),
            }),
            ..draft(Stance::Grow, Vec::new())
        }
    }

    fn company() -> Vec<Member> {
        vec![member("c1", Standing::Company, false)]
    }

    #[test]
    fn a_decision_without_a_reason_or_a_loyalty_line_is_refused() {
        let mut silent = draft(Stance::Grow, company());
        silent.reason = "  ".to_owned();
        assert_eq!(silent.settle(), Err(Refusal::NoReason));
        let mut without = draft(Stance::Grow, company());
        without.estimate = Some(" ".to_owned());
        assert_eq!(without.clone().settle(), Err(Refusal::NoLoyaltyLine));
        without.unknown_signed = true;
        let settled = without.settle().unwrap();
        assert_eq!(settled.loyalty(), &LoyaltyLine::UnknownSigned);
        assert_eq!(settled.reason(), "too dear to serve");
        let mut both = draft(Stance::Grow, company());
        both.unknown_signed = true;
        assert_eq!(both.settle(), Err(Refusal::TwoLoyaltyLines));
    }

    #[test]
    fn companies_may_be_stopped_in_bulk_and_persons_may_not() {
        let companies = vec![
            member("b", Standing::Company, false),
            member("a", Standing::Company, false),
        ];
        let settled = draft(Stance::Stop, companies).settle().unwrap();
        assert_eq!(settled.members()[0].customer_id, "a");
        let mixed = vec![
            member("a", Standing::Company, false),
            member("p2", Standing::Person, false),
            member("p1", Standing::Person, true),
        ];
        assert_eq!(
            draft(Stance::Stop, mixed.clone()).settle(),
            Err(Refusal::PersonNeedsReview {
                count: 1,
                customer_ids: vec!["p2".to_owned()]
            })
        );
        assert!(draft(Stance::Refine, mixed).settle().is_ok());
    }

    #[test]
    fn a_person_who_was_looked_at_may_be_stopped() {
        let person = vec![member("p", Standing::Person, true)];
        assert!(draft(Stance::Stop, person).settle().is_ok());
    }

    #[test]
    fn who_has_objected_is_never_decided_on_in_bulk() {
        for choice in Stance::ALL {
            let objected = vec![member("o", Standing::Objected, false)];
            let refused = draft(choice, objected).settle().unwrap_err();
            assert_eq!(refused.key(), "decisions.objected_needs_review");
            assert_eq!(refused.count(), Some(1));
            let seen = vec![member("o", Standing::Objected, true)];
            assert!(draft(choice, seen).settle().is_ok());
        }
    }

    #[test]
    fn a_customer_named_twice_counts_once() {
        let twice = vec![
            member("p", Standing::Person, false),
            member("p", Standing::Person, true),
        ];
        let settled = draft(Stance::Stop, twice).settle().unwrap();
        assert_eq!(settled.members().len(), 1);
        assert!(settled.members()[0].reviewed);
        assert_eq!(
            draft(Stance::Grow, Vec::new()).settle(),
            Err(Refusal::NoCustomers)
        );
    }

    #[test]
    fn what_is_not_about_customers_needs_somebody_who_does_it() {
        let minutes = vec![MinutesChange {
            reason: "fault".to_owned(),
            today: 12.0,
            then: 6.0,
        }];
        let draft = about(Matter::ServiceLevel { minutes });
        let mut nobody = draft.clone();
        nobody.deed = None;
        assert_eq!(nobody.settle(), Err(Refusal::NoDeed));
        let mut blank = draft.clone();
        blank.deed = blank.deed.map(|deed| Deed {
            who: "  ".to_owned(),
            ..deed
        });
        assert_eq!(blank.settle(), Err(Refusal::NoDeed));
        let mut silent = draft.clone();
        silent.estimate = None;
        assert_eq!(silent.settle(), Err(Refusal::NoLoyaltyLine));
        let settled = draft.settle().unwrap();
        assert!(settled.members().is_empty());
        assert_eq!(settled.matter().subject(), Subject::ServiceLevel);
    }

    #[test]
    fn nothing_and_no_amounts_are_not_decided() {
        let empty = Matter::ServiceLevel {
            minutes: Vec::new(),
        };
        assert_eq!(about(empty).settle(), Err(Refusal::NothingChanged));
        let money = |released: f64, survives: f64| Matter::Reallocation {
            moves: vec![MoneyMove {
                from: Some(Spot {
                    id: "activity.a".to_owned(),
                    name: "A".to_owned(),
                }),
                to: None,
                released,
                spent: 0.0,
                value_change: -1.0,
                survives,
            }],
        };
        assert!(about(money(400_000.0, 0.9)).settle().is_ok());
        for (released, survives) in [(-1.0, 0.9), (f64::NAN, 0.9), (1.0, 1.1)] {
            let refused = about(money(released, survives)).settle();
            assert_eq!(refused, Err(Refusal::NotAnAmount));
        }
    }

    #[test]
    fn a_matter_comes_back_from_its_text() {
        let matter = Matter::Activity {
            activity_id: "a1".to_owned(),
            name: "Call after delivery".to_owned(),
            course: Course::Test,
        };
        let text = serde_json::to_value(&matter).unwrap();
        assert_eq!(text["subject"], "activity");
        assert_eq!(serde_json::from_value::<Matter>(text).unwrap(), matter);
        for course in Course::ALL {
            assert_eq!(serde_json::to_value(course).unwrap(), course.word());
            assert_eq!(Course::from_word(course.word()), Some(course));
        }
    }

    #[test]
    fn words_are_the_same_in_json_and_in_the_store() {
        for stance in Stance::ALL {
            assert_eq!(serde_json::to_value(stance).unwrap(), stance.word());
            assert_eq!(Stance::from_word(stance.word()), Some(stance));
        }
        for subject in Subject::ALL {
            assert_eq!(serde_json::to_value(subject).unwrap(), subject.word());
            assert_eq!(Subject::from_word(subject.word()), Some(subject));
        }
        for standing in Standing::ALL {
            assert_eq!(serde_json::to_value(standing).unwrap(), standing.word());
            assert_eq!(Standing::from_word(standing.word()), Some(standing));
        }
    }
}
