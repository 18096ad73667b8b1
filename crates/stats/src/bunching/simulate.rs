//! What would a course look like in which a known number is moved and created?

use crate::StatsError;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, Poisson};

/// A course with moves over a threshold at position 0, one position per day.
#[derive(Debug, Clone, PartialEq)]
pub struct BunchingPlan {
    /// Days before and after the threshold.
    pub days: (usize, usize),
    /// Expected count per day at the threshold without it, and its growth per day (0.01 is 1 %).
    pub level: f64,
    pub growth: f64,
    /// Days on each side between which counts are moved.
    pub window: usize,
    /// Expected number moved from after the threshold to before it, and created before it.
    pub moved: f64,
    pub created: f64,
    /// Variance of counts over their mean, 1 or more.
    pub dispersion: f64,
}

/// Positions and counts of one drawn course.
///
/// # Errors
/// `InvalidInput` for a window longer than the course, or for more moved than there is.
pub fn simulate_bunching(
    plan: &BunchingPlan,
    seed: u64,
) -> Result<(Vec<f64>, Vec<f64>), StatsError> {
    let (before, after) = plan.days;
    let positions: Vec<f64> = (0..before + after)
        .map(|i| i as f64 - before as f64)
        .collect();
    let sizes = [plan.level, plan.moved, plan.created];
    let sound = sizes.iter().all(|v| v.is_finite() && *v >= 0.0)
        && plan.level > 0.0
        && plan.growth > -1.0
        && plan.growth.is_finite()
        && plan.dispersion >= 1.0
        && plan.dispersion.is_finite();
    if !sound || plan.window == 0 || plan.window > before.min(after) {
        return Err(StatsError::invalid(
            "plan (sizes 0 or more, window within the days)",
        ));
    }
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let window = plan.window as f64;
    let mut counts = Vec::with_capacity(positions.len());
    for &position in &positions {
        let mut mean = plan.level * (1.0 + plan.growth).powf(position);
        if position >= -window && position < 0.0 {
            mean += (plan.moved + plan.created) / window;
        } else if position >= 0.0 && position < window {
            mean -= plan.moved / window;
        }
        if mean < 0.0 {
            return Err(StatsError::invalid("plan (more moved than there is)"));
        }
        counts.push(count(mean, plan.dispersion, &mut chance));
    }
    Ok((positions, counts))
}

/// A Poisson count, with a gamma-distributed mean when it is to vary more.
fn count(mean: f64, dispersion: f64, chance: &mut ChaCha8Rng) -> f64 {
    let extra = dispersion - 1.0;
    let own = match Gamma::new(mean / extra, extra) {
        Ok(gamma) if extra > 0.0 => gamma.sample(chance),
        _ => mean,
    };
    Poisson::new(own).map_or(0.0, |poisson| poisson.sample(chance))
}
