//! What is settled before a trial begins, and when may it not begin?

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a customer's answer to the activity is, counted from the day after the draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialOutcome {
    /// Bought at least once, 0 or 1.
    Bought,
    /// Orders placed.
    Orders,
    /// Net sales less returns, money.
    Net,
    /// Net sales less returns, goods and freight, money.
    Contribution,
    /// Still has the contract that ran on the day of the draw, 0 or 1.
    Stayed,
}

impl TrialOutcome {
    pub const ALL: [Self; 5] = [
        Self::Bought,
        Self::Orders,
        Self::Net,
        Self::Contribution,
        Self::Stayed,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Bought => "bought",
            Self::Orders => "orders",
            Self::Net => "net",
            Self::Contribution => "contribution",
            Self::Stayed => "stayed",
        }
    }

    /// Counted in kronor.
    pub const fn is_money(self) -> bool {
        matches!(self, Self::Net | Self::Contribution)
    }

    /// A share of customers.
    pub const fn is_share(self) -> bool {
        matches!(self, Self::Bought | Self::Stayed)
    }
}

/// When the outcome may be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Looks {
    /// Once, when the window has passed for everyone; until then nothing is told. Needs the fewest customers.
    Once,
    /// Every day; the interval holds at all looks together and is therefore wider.
    AnyTime,
}

/// Who takes part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Eligible {
    /// Those who bought within so many days before the draw.
    pub bought_within_days: Option<u32>,
    /// Those with a running contract (`true`) or without (`false`).
    pub contract: Option<bool>,
    /// Companies (`true`) or persons (`false`).
    pub company: Option<bool>,
    /// Only customers of these units.
    pub units: Vec<String>,
}

/// A trial as it is written down beforehand. Nothing in it changes once the arms have been drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialPlan {
    /// Small letters, digits and hyphens: it names files.
    pub trial_id: String,
    pub activity_id: String,
    /// What shall be known, in the company's own words.
    pub question: String,
    pub outcome: TrialOutcome,
    pub window_days: u32,
    /// The day of the draw.
    pub drawn_on: Date,
    #[serde(default = "half")]
    pub share_treated: f64,
    /// Draw whole units (stores, regions) instead of customers.
    #[serde(default)]
    pub by_unit: bool,
    #[serde(default = "once")]
    pub looks: Looks,
    /// The smallest difference that would change a decision, in units of the outcome; also what "no effect" is held to.
    pub smallest_effect: f64,
    #[serde(default = "nine_tenths")]
    pub level: f64,
    #[serde(default = "eight_tenths")]
    pub power: f64,
    /// Of the activity, per treated customer.
    #[serde(default)]
    pub cost_per_customer: f64,
    #[serde(default)]
    pub seed: u64,
    /// A standing hold-out: its controls are left out of every other draw.
    #[serde(default)]
    pub standing: bool,
    #[serde(default)]
    pub eligible: Eligible,
}

const fn half() -> f64 {
    0.5
}

const fn once() -> Looks {
    Looks::Once
}

const fn nine_tenths() -> f64 {
    0.9
}

const fn eight_tenths() -> f64 {
    0.8
}

/// Why a plan cannot be a trial. `key` is the translation key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlanFault {
    #[error("the name {0} holds something else than small letters, digits and hyphens")]
    Name(String),
    #[error("{0} is empty")]
    Empty(&'static str),
    #[error("{0} lies outside its range")]
    Range(&'static str),
}

impl PlanFault {
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Name(_) => "trial.name",
            Self::Empty(_) => "trial.empty",
            Self::Range(_) => "trial.range",
        }
    }

    /// What the text's hole is filled with.
    pub fn what(&self) -> &str {
        match self {
            Self::Name(name) => name,
            Self::Empty(field) | Self::Range(field) => field,
        }
    }
}

impl TrialPlan {
    /// # Errors
    /// On the first field that makes no trial.
    pub fn prove(&self) -> Result<(), PlanFault> {
        let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let name = &self.trial_id;
        if name.is_empty() || name.len() > 60 || !name.chars().all(named) {
            return Err(PlanFault::Name(name.clone()));
        }
        if self.activity_id.trim().is_empty() {
            return Err(PlanFault::Empty("activity_id"));
        }
        if self.question.trim().is_empty() {
            return Err(PlanFault::Empty("question"));
        }
        let share = |value: f64| value > 0.0 && value < 1.0;
        let ranges = [
            ("window_days", (1..=3660).contains(&self.window_days)),
            ("share_treated", share(self.share_treated)),
            ("level", share(self.level) && self.level >= 0.5),
            ("power", share(self.power)),
            ("drawn_on", (1900..=2200).contains(&self.drawn_on.year())),
            (
                "eligible.bought_within_days",
                (self.eligible.bought_within_days).is_none_or(|days| (1..=3660).contains(&days)),
            ),
            (
                "eligible.contract",
                self.outcome != TrialOutcome::Stayed || self.eligible.contract == Some(true),
            ),
            (
                "smallest_effect",
                self.smallest_effect.is_finite() && self.smallest_effect > 0.0,
            ),
            (
                "cost_per_customer",
                self.cost_per_customer.is_finite() && self.cost_per_customer >= 0.0,
            ),
        ];
        match ranges.iter().find(|(_, sound)| !sound) {
            Some((field, _)) => Err(PlanFault::Range(field)),
            None => Ok(()),
        }
    }

    /// The last day that counts; the answer is there on this day.
    pub fn due_on(&self) -> Date {
        let days = i64::from(self.window_days);
        self.drawn_on.checked_add(days.days()).unwrap_or(Date::MAX)
    }
}

/// A plan after its draw, as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisteredTrial {
    /// Customers drawn into each arm.
    pub treated: u64,
    pub control: u64,
    /// Standard error that the difference was expected to have at the end: the clock of [`Looks::AnyTime`].
    pub expected_error: f64,
    /// The source that the arms have in the ledger. It bears the plan's hash: a plan changed afterwards does not fit.
    pub source: String,
    /// Customers of each arm who have asked to be forgotten since. What was drawn stays told.
    #[serde(default)]
    pub forgotten_treated: u64,
    #[serde(default)]
    pub forgotten_control: u64,
    pub plan: TrialPlan,
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    pub fn plan() -> TrialPlan {
        TrialPlan {
            trial_id: "welcome-call".to_owned(),
            activity_id: "welcome_call".to_owned(),
            question: "Does a call in the first week bring people back?".to_owned(),
            outcome: TrialOutcome::Bought,
            window_days: 90,
            drawn_on: date(2026, 1, 1),
            share_treated: 0.5,
            by_unit: false,
            looks: Looks::Once,
            smallest_effect: 0.02,
            level: 0.9,
            power: 0.8,
            cost_per_customer: 40.0,
            seed: 1,
            standing: false,
            eligible: Eligible::default(),
        }
    }

    #[test]
    fn a_plan_tells_its_fault_by_field() {
        assert_eq!(plan().prove(), Ok(()));
        assert_eq!(plan().due_on(), date(2026, 4, 1));
        let with = |change: fn(&mut TrialPlan)| {
            let mut plan = plan();
            change(&mut plan);
            plan.prove().expect_err("faulty")
        };
        let name = with(|plan| plan.trial_id = "../up".to_owned());
        assert_eq!((name.key(), name.what()), ("trial.name", "../up"));
        assert_eq!(
            with(|plan| plan.question.clear()),
            PlanFault::Empty("question")
        );
        assert_eq!(
            with(|plan| plan.smallest_effect = 0.0),
            PlanFault::Range("smallest_effect")
        );
        assert_eq!(
            with(|plan| plan.share_treated = f64::NAN),
            PlanFault::Range("share_treated")
        );
        assert_eq!(
            with(|plan| plan.eligible.bought_within_days = Some(u32::MAX)),
            PlanFault::Range("eligible.bought_within_days")
        );
        assert_eq!(
            with(|plan| plan.drawn_on = date(-9999, 1, 1)),
            PlanFault::Range("drawn_on")
        );
    }
}
