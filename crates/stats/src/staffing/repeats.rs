//! How many contacts does a case become, when not every contact solves it?

use super::queue::{Performance, Queue};
use crate::StatsError;

/// What makes customers come back. All shares 0-1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Returns {
    /// Share of served contacts that solve the case.
    pub solved: f64,
    /// Share of unsolved ones whose customer makes contact again.
    pub return_unsolved: f64,
    /// Share of customers who gave up waiting that try again.
    pub return_abandoned: f64,
}

/// Contacts per case when each contact solves it with probability `solved` and every unsolved one comes back: `1 / solved`.
///
/// # Errors
/// `InvalidInput` unless 0 < solved <= 1.
pub fn contacts_per_case(solved: f64) -> Result<f64, StatsError> {
    match solved > 0.0 && solved <= 1.0 {
        true => Ok(1.0 / solved),
        false => Err(StatsError::invalid(
            "solved (must be above 0 and at most 1)",
        )),
    }
}

/// The queue with the arrivals that its own returns add, and how it goes.
///
/// `queue.arrivals` are new cases per unit of time. The arrivals λ that come of them solve
/// `λ (1 - (1 - A(λ)) (1 - solved) return_unsolved - A(λ) return_abandoned) = cases` with A the share that gives up: the left
/// side rises with λ (both the number served and the number giving up do), so there is one solution at most, found by halving.
/// Returning contacts are taken to arrive as by chance and to last as long as the others.
///
/// # Errors
/// `InvalidInput` for a share outside 0-1; `Infeasible` when everyone comes back until solved and the agents cannot keep up.
pub fn meet_returns(queue: &Queue, returns: &Returns) -> Result<(Queue, Performance), StatsError> {
    let shares = [
        returns.solved,
        returns.return_unsolved,
        returns.return_abandoned,
    ];
    if shares.iter().any(|share| !(0.0..=1.0).contains(share)) {
        return Err(StatsError::invalid(
            "returns (shares must be between 0 and 1)",
        ));
    }
    if returns.solved == 0.0 && returns.return_unsolved == 1.0 {
        return Err(StatsError::invalid(
            "solved (must be above 0 when everyone comes back)",
        ));
    }
    if queue.patience.is_infinite() {
        return without_abandonment(queue, returns);
    }
    let ended = |arrivals: f64| -> Result<f64, StatsError> {
        let seen = Queue { arrivals, ..*queue }.performance()?;
        let back = (1.0 - seen.abandonment) * (1.0 - returns.solved) * returns.return_unsolved
            + seen.abandonment * returns.return_abandoned;
        Ok(arrivals * (1.0 - back))
    };
    let cases = queue.arrivals;
    ended(cases)?;
    let (mut low, mut high) = (cases, 2.0 * cases);
    while ended(high)? < cases {
        if high > 1e4 * (cases + f64::from(queue.agents) / queue.handling) {
            let needed = cases * queue.handling * contacts_per_case(returns.solved)?;
            return Err(StatsError::Infeasible {
                what: "agents".to_owned(),
                needed,
                allowed: f64::from(queue.agents),
            });
        }
        low = high;
        high *= 2.0;
    }
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if high - low <= 1e-13 * high {
            break;
        }
        if ended(middle)? < cases {
            low = middle;
        } else {
            high = middle;
        }
    }
    let whole = Queue {
        arrivals: 0.5 * (low + high),
        ..*queue
    };
    Ok((whole, whole.performance()?))
}

fn without_abandonment(
    queue: &Queue,
    returns: &Returns,
) -> Result<(Queue, Performance), StatsError> {
    let whole = Queue {
        arrivals: queue.arrivals / (1.0 - (1.0 - returns.solved) * returns.return_unsolved),
        ..*queue
    };
    Ok((whole, whole.performance()?))
}
