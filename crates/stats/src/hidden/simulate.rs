//! Which lists would a population of known size end up on?

use super::lists::{Lists, MOST_LISTS};
use crate::StatsError;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How the members of a population come onto lists.
#[derive(Debug, Clone, PartialEq)]
pub struct ListPlan {
    /// Number of members.
    pub members: usize,
    /// Odds of being on each list, for a member on none of the earlier ones.
    pub odds: Vec<f64>,
    /// (list, earlier list, odds ratio): how many times the odds of the one rise for those on the other.
    pub dependence: Vec<(usize, usize, f64)>,
}

/// Draws each member's lists in order and counts the patterns of those on one list at least.
///
/// # Errors
/// `InvalidInput` for odds that are not positive or a pair that does not name an earlier list; as [`Lists::new`].
pub fn simulate_lists(plan: &ListPlan, seed: u64) -> Result<Lists, StatsError> {
    let above_0 = |value: f64| value.is_finite() && value > 0.0;
    let lists = plan.odds.len();
    if lists > MOST_LISTS || !plan.odds.iter().all(|odds| above_0(*odds)) {
        return Err(StatsError::invalid(
            "odds (must be positive, for at most 10 lists)",
        ));
    }
    let pair_is_sound =
        |own: &(usize, usize, f64)| own.0 < lists && own.1 < own.0 && above_0(own.2);
    if let Some(row) = plan.dependence.iter().position(|own| !pair_is_sound(own)) {
        return Err(StatsError::invalid_row(
            "dependence (list, earlier list, odds ratio)",
            row,
        ));
    }
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut counts = vec![0.0; 1 << lists];
    for _ in 0..plan.members {
        let mut pattern = 0_usize;
        for (k, base) in plan.odds.iter().enumerate() {
            let held = plan
                .dependence
                .iter()
                .filter(|own| own.0 == k && pattern >> own.1 & 1 == 1);
            let odds = held.fold(*base, |odds, own| odds * own.2);
            if chance.random::<f64>() < odds / (1.0 + odds) {
                pattern |= 1 << k;
            }
        }
        counts[pattern] += 1.0;
    }
    counts[0] = 0.0;
    let names: Vec<String> = (1..=lists).map(|k| format!("list {k}")).collect();
    Lists::new(&names, &counts)
}
