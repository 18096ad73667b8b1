//! How many agents does a promise take?

use super::queue::{MOST_AGENTS, Performance, Queue};
use crate::StatsError;

/// What is promised to customers. Every goal that is set must be met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// Share (0-1) of all customers to be served within a time: (share, time).
    pub served_within: Option<(f64, f64)>,
    /// Largest share (0-1) of customers who give up.
    pub abandonment: Option<f64>,
    /// Longest mean wait.
    pub mean_wait: Option<f64>,
}

/// The least number of agents for a goal, and how it goes with them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Staffing {
    pub agents: u32,
    pub performance: Performance,
}

impl Goal {
    /// The usual promise: this share of all customers within this time.
    pub fn served_within(share: f64, time: f64) -> Self {
        Goal {
            served_within: Some((share, time)),
            abandonment: None,
            mean_wait: None,
        }
    }

    fn prove(&self) -> Result<(), StatsError> {
        let share = |value: f64| value > 0.0 && value < 1.0;
        let sound = self
            .served_within
            .is_none_or(|(part, time)| share(part) && time.is_finite() && time >= 0.0)
            && self.abandonment.is_none_or(share)
            && self
                .mean_wait
                .is_none_or(|wait| wait.is_finite() && wait > 0.0);
        let any =
            self.served_within.is_some() || self.abandonment.is_some() || self.mean_wait.is_some();
        match sound && any {
            true => Ok(()),
            false => Err(StatsError::invalid(
                "goal (shares between 0 and 1, times from 0)",
            )),
        }
    }

    /// Whether the promise is kept.
    pub fn is_met(&self, seen: &Performance) -> bool {
        self.served_within
            .is_none_or(|(share, time)| seen.served_within(time) >= share)
            && self.abandonment.is_none_or(|most| seen.abandonment <= most)
            && self.mean_wait.is_none_or(|most| seen.mean_wait <= most)
    }
}

/// The least number of agents with which the queue meets the goal; the queue's own number is not used.
///
/// Waiting and abandonment fall with every agent added, so the number is found by doubling and halving.
///
/// # Errors
/// `InvalidInput` for a goal or rate out of range, `Infeasible` when ten million agents do not suffice.
pub fn agents_needed(queue: &Queue, goal: &Goal) -> Result<Staffing, StatsError> {
    goal.prove()?;
    let try_with = |agents: u32| Queue { agents, ..*queue }.performance();
    // Without patience at least as many as the load are needed for the queue to end at all.
    let least = match queue.patience.is_infinite() && queue.load().is_finite() {
        true => (queue.load().floor() as u32).saturating_add(1),
        false => 1,
    };
    if queue.load() > f64::from(MOST_AGENTS) / 2.0 {
        return Err(too_many(queue));
    }
    let (mut low, mut high) = (least - 1, least.max(queue.load().ceil() as u32));
    while !goal.is_met(&try_with(high)?) {
        low = high;
        if high >= MOST_AGENTS {
            return Err(too_many(queue));
        }
        high = (high + (high / 8).max(4)).min(MOST_AGENTS);
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if goal.is_met(&try_with(middle)?) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(Staffing {
        agents: high,
        performance: try_with(high)?,
    })
}

fn too_many(queue: &Queue) -> StatsError {
    StatsError::Infeasible {
        what: "agents".to_owned(),
        needed: queue.load(),
        allowed: f64::from(MOST_AGENTS),
    }
}
