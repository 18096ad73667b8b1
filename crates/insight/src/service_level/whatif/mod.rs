//! What would other handling times save, and what would they cost in customers? Answered from what a run has kept.

mod keeping;
mod telling;

use super::leaving::{HORIZONS, normal};
use odla_domain::Caution;
use odla_stats::staffing::{self, Change, Goal, Queue, Reason, Response};
use odla_stats::{Interval, StatsError};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Draws behind each interval of an answer.
const DRAWS: usize = 200;

/// What is asked: minutes per reason, and any assumption to be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// Minutes by reason; reasons not named stay as today.
    pub minutes: BTreeMap<String, f64>,
    /// The same minutes for every reason that is not named.
    #[serde(default)]
    pub all: Option<f64>,
    /// Share of saved time that can really be let go, 0..1.
    #[serde(default)]
    pub releasable: Option<f64>,
    /// Cost of a minute for every reason.
    #[serde(default)]
    pub minute_cost: Option<f64>,
    /// One-off cost of the change.
    #[serde(default)]
    pub one_off: f64,
}

/// One reason as a run keeps it: all that an answer needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub reason: String,
    pub cases: f64,
    pub customers: f64,
    /// `NaN` when the books do not tell.
    pub minute_cost: f64,
    pub today: f64,
    pub observed: (f64, f64),
    pub shortest: f64,
    pub slope_error: f64,
    pub level_error: f64,
    /// Money lost per case whose first contact fails, its standard error, and how much of that is the same in all reasons.
    pub loss: f64,
    pub loss_error: f64,
    pub loss_shared: f64,
    /// Extra share of such customers who leave.
    pub leaving: f64,
    pub fades: [f64; 3],
    pub by_lot: bool,
    pub minutes: Vec<f64>,
    pub solved: Vec<f64>,
    pub per_case: Vec<f64>,
}

/// The company's queue, when its hours are known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    pub open_hours: f64,
    pub mean_wait: f64,
    pub patience: f64,
}

/// What a run keeps for what-ifs.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub terms: Vec<Term>,
    pub line: Option<Line>,
    pub releasable: f64,
    pub discount_yearly: f64,
    pub level: f64,
}

/// One reason of an answer. Sums are of one year, losses with all that the lost customers would have given.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub reason: String,
    pub today: f64,
    pub asked: f64,
    /// Why nothing is told.
    pub refused: Option<Caution>,
    pub naive_saving: f64,
    pub saving: f64,
    pub value_lost: f64,
    pub net: f64,
    pub net_interval: Interval,
    pub hours_saved: f64,
    pub repeats: f64,
    pub customers_lost: f64,
    /// Extra share of the customers in contact who may leave before the saving is gone.
    pub break_even: f64,
    /// Net within 12, 24 and 36 months.
    pub within: [f64; 3],
    draws: Vec<Drawn>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Drawn {
    saving: f64,
    lost: f64,
    within: [f64; 3],
}

impl Kept {
    /// Every reason's answer; the same question always gives the same.
    pub fn answer(&self, asked: &Asked) -> Vec<Answer> {
        let mut dice = ChaCha8Rng::seed_from_u64(7);
        let shared: Vec<f64> = (0..DRAWS).map(|_| normal(&mut dice)).collect();
        let answers = self.terms.iter().map(|term| {
            let own: Vec<[f64; 3]> = (0..DRAWS)
                .map(|_| [normal(&mut dice), normal(&mut dice), normal(&mut dice)])
                .collect();
            self.one(term, asked, (&shared, &own))
        });
        answers.collect()
    }

    fn one(&self, term: &Term, asked: &Asked, (shared, own): (&[f64], &[[f64; 3]])) -> Answer {
        let minutes = (asked.minutes.get(&term.reason).copied()).or(asked.all);
        let minutes = minutes.unwrap_or(term.today);
        let mut answer = Answer::unchanged(term, minutes, self.level);
        if minutes == term.today {
            return answer;
        }
        let change = Change {
            cost_per_hour: 60.0 * asked.minute_cost.unwrap_or(term.minute_cost),
            releasable: asked.releasable.unwrap_or(self.releasable),
            months: 12,
            discount: 0.0,
        };
        answer.refused = refusal(term, minutes, &change);
        if answer.refused.is_some() {
            return answer;
        }
        if self
            .fill(&mut answer, (term, &change), (shared, own))
            .is_err()
        {
            answer.refused = Some(Caution::new("service_level.cannot_answer"));
        }
        answer
    }

    fn fill(
        &self,
        answer: &mut Answer,
        (term, change): (&Term, &Change),
        (shared, own): (&[f64], &[[f64; 3]]),
    ) -> Result<(), StatsError> {
        let minutes = answer.asked;
        let mean = term.reason(0.0, 0.0, term.loss);
        let found = staffing::what_if(&mean, minutes, change)?;
        let of = |found: &staffing::WhatIf| Drawn {
            saving: found.released_saving,
            lost: found.value_lost,
            within: self.within(term, (found.released_saving, found.value_lost)),
        };
        let center = of(&found);
        for (common, own) in shared.iter().zip(own) {
            let doubt = term.loss_shared.sqrt() * common + (1.0 - term.loss_shared).sqrt() * own[0];
            let loss = (term.loss + term.loss_error * doubt).max(0.0);
            let drawn = term.reason(term.level_error * own[1], term.slope_error * own[2], loss);
            answer
                .draws
                .push(of(&staffing::what_if(&drawn, minutes, change)?));
        }
        let nets: Vec<f64> = answer
            .draws
            .iter()
            .map(|own| own.saving - own.lost)
            .collect();
        answer.naive_saving = found.naive_saving;
        answer.saving = center.saving;
        answer.value_lost = center.lost;
        answer.net = center.saving - center.lost;
        answer.net_interval = Interval::from_draws(&nets, self.level);
        answer.hours_saved = found.hours_today - found.hours_then;
        answer.repeats = found.contacts_then - found.contacts_today;
        answer.within = center.within;
        // What one who leaves is worth turns failed cases into customers.
        let worth = term.loss / term.leaving.max(1e-12);
        if term.loss > 0.0 && worth > 0.0 {
            answer.customers_lost = center.lost / worth;
            if center.saving > 0.0 && term.customers > 0.0 {
                answer.break_even = center.saving / (term.customers * worth);
            }
        }
        Ok(())
    }

    /// Net within each horizon when the change goes on for as long.
    fn within(&self, term: &Term, (saving, lost): (f64, f64)) -> [f64; 3] {
        let monthly = (1.0 + self.discount_yearly).powf(-1.0 / 12.0);
        let mut within = [0.0; 3];
        for ((net, horizon), fade) in within.iter_mut().zip(HORIZONS).zip(term.fades) {
            let years = (1..=horizon)
                .map(|m| monthly.powf(f64::from(m) - 0.5))
                .sum::<f64>()
                / 12.0;
            *net = saving * years - lost * fade;
        }
        within
    }

    /// People who answer today and then, at the same waiting.
    pub fn people(&self, answers: &[Answer]) -> Option<(u32, u32)> {
        let line = self
            .line
            .filter(|line| line.open_hours > 0.0 && line.mean_wait > 0.0)?;
        let load = |then: bool| {
            let parts = self.terms.iter().zip(answers).map(|(term, answer)| {
                let minutes = match then && answer.refused.is_none() {
                    true => answer.asked,
                    false => term.today,
                };
                let contacts = term.cases * term.per_case_at(minutes);
                (contacts, contacts * minutes)
            });
            parts.fold((0.0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1))
        };
        let agents = |(contacts, minutes): (f64, f64)| {
            let queue = Queue {
                arrivals: contacts / (60.0 * line.open_hours),
                handling: minutes / contacts,
                patience: line.patience,
                agents: 1,
            };
            let goal = Goal {
                served_within: None,
                abandonment: None,
                mean_wait: Some(line.mean_wait),
            };
            staffing::agents_needed(&queue, &goal)
                .ok()
                .map(|found| found.agents)
        };
        Some((agents(load(false))?, agents(load(true))?))
    }
}

impl Term {
    /// The reason with its curves moved by some log odds, and a loss per failed case.
    pub fn reason(&self, level: f64, slope: f64, loss: f64) -> Reason {
        let middle = self.minutes[self.minutes.len() / 2].ln();
        let moved: Vec<f64> = (self.solved.iter().zip(&self.minutes))
            .map(|(solved, minutes)| {
                let odds = (solved / (1.0 - solved)).ln() + level + slope * (minutes.ln() - middle);
                (1.0 / (1.0 + (-odds).exp())).clamp(1e-9, 1.0 - 1e-9)
            })
            .collect();
        // Follow-ups move with the share that fails.
        let contacts = (0..moved.len()).map(|at| {
            let fails = (1.0 - moved[at]) / (1.0 - self.solved[at]).max(1e-9);
            1.0 / (1.0 + (self.per_case[at] - 1.0) * fails)
        });
        Reason {
            cases: self.cases,
            customers: self.cases,
            value_at_stake: loss,
            solved: Response::Points {
                minutes: self.minutes.clone(),
                shares: contacts.collect(),
            },
            leaving: Response::Points {
                minutes: self.minutes.clone(),
                shares: moved.iter().map(|solved| 1.0 - solved).collect(),
            },
            today: self.today,
            observed: self.observed,
        }
    }

    pub fn per_case_at(&self, minutes: f64) -> f64 {
        between(&self.minutes, &self.per_case, minutes)
    }

    pub fn solved_at(&self, minutes: f64) -> f64 {
        between(&self.minutes, &self.solved, minutes)
    }
}

/// Straight lines between points, level outside.
fn between(x: &[f64], y: &[f64], at: f64) -> f64 {
    let after = x.partition_point(|own| *own <= at);
    if after == 0 || after == x.len() {
        return y[after.saturating_sub(1).min(y.len() - 1)];
    }
    let part = (at - x[after - 1]) / (x[after] - x[after - 1]);
    y[after - 1] + part * (y[after] - y[after - 1])
}

impl Answer {
    fn unchanged(term: &Term, asked: f64, level: f64) -> Self {
        Self {
            reason: term.reason.clone(),
            today: term.today,
            asked,
            refused: None,
            naive_saving: 0.0,
            saving: 0.0,
            value_lost: 0.0,
            net: 0.0,
            net_interval: Interval {
                lower: 0.0,
                upper: 0.0,
                level,
            },
            hours_saved: 0.0,
            repeats: 0.0,
            customers_lost: 0.0,
            break_even: f64::NAN,
            within: [0.0; 3],
            draws: Vec::new(),
        }
    }

    pub fn is_told(&self) -> bool {
        !self.draws.is_empty()
    }
}

/// Minutes that hardly anybody has seen are not answered for.
fn refusal(term: &Term, minutes: f64, change: &Change) -> Option<Caution> {
    let (from, to) = term.observed;
    if !(minutes.is_finite() && minutes >= from && minutes <= to) {
        let key = match minutes < from {
            true => "service_level.never_so_short",
            false => "service_level.never_so_long",
        };
        return Some(
            Caution::new(key)
                .with("reason", term.reason.as_str())
                .with("asked", minutes)
                .with("from", from)
                .with("to", to)
                .with("shortest", term.shortest),
        );
    }
    let cost = change.cost_per_hour;
    if !(cost.is_finite() && cost >= 0.0) {
        return Some(
            Caution::new("service_level.no_minute_cost").with("reason", term.reason.as_str()),
        );
    }
    match (0.0..=1.0).contains(&change.releasable) {
        true => None,
        false => Some(Caution::new("service_level.no_share").with("share", change.releasable)),
    }
}
