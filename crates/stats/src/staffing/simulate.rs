//! What does one long day in such a queue look like?

use super::queue::Queue;
use crate::StatsError;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The customers of a simulated queue, in order of arrival.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedQueue {
    /// Time each customer waited, until served or gone.
    pub wait: Vec<f64>,
    pub gave_up: Vec<bool>,
    /// From the first arrival to the last.
    pub duration: f64,
    /// Time agents spent with customers.
    pub busy: f64,
}

/// Lets customers arrive one by one at a queue that starts empty; first come, first served.
///
/// # Errors
/// As [`Queue::performance`].
pub fn simulate_queue(
    queue: &Queue,
    customers: usize,
    seed: u64,
) -> Result<SimulatedQueue, StatsError> {
    queue.performance()?;
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut exponential = |mean: f64| -mean * (-chance.random::<f64>()).ln_1p();
    // Agents by the time they become free; times are positive, so their bits are ordered as they are.
    let mut free: BinaryHeap<Reverse<u64>> = (0..queue.agents).map(|_| Reverse(0)).collect();
    let mut seen = SimulatedQueue {
        wait: Vec::with_capacity(customers),
        gave_up: Vec::with_capacity(customers),
        duration: 0.0,
        busy: 0.0,
    };
    for _ in 0..customers {
        seen.duration += exponential(1.0 / queue.arrivals);
        let patience = match queue.patience.is_infinite() {
            true => f64::INFINITY,
            false => exponential(queue.patience),
        };
        let handling = exponential(queue.handling);
        let Some(Reverse(first)) = free.peek().copied() else {
            break;
        };
        let offered = (f64::from_bits(first) - seen.duration).max(0.0);
        let stays = offered <= patience;
        seen.wait.push(if stays { offered } else { patience });
        seen.gave_up.push(!stays);
        if stays {
            free.pop();
            free.push(Reverse((seen.duration + offered + handling).to_bits()));
            seen.busy += handling;
        }
    }
    Ok(seen)
}
