//! Which activity gives most per krona, and how sure is the order?

use super::{EffectsConfig, Judged};
use odla_stats::Interval;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

/// Places that an activity may have among those that could be judged, 1 the best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    pub interval: (f64, f64),
    /// Chance of being the best, and of giving more than it costs.
    pub best: f64,
    pub pays: f64,
}

/// Draws gains per krona from their distributions and counts places. `None` for activities without an effect or cost.
///
/// The draws of two activities are independent: what decides who gets the one is not what decides the other, so that their
/// errors have no reason to go together even when the customers are the same.
pub fn rank(judged: &[Judged], (config, seed): (&EffectsConfig, u64)) -> Vec<Option<Rank>> {
    let gains: Vec<Option<Normal<f64>>> = judged.iter().map(gain).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let known: Vec<usize> = (0..gains.len()).filter(|&i| gains[i].is_some()).collect();
    let mut places: Vec<Vec<f64>> = vec![Vec::new(); gains.len()];
    let mut pays = vec![0.0; gains.len()];
    for _ in 0..config.draws {
        let mut drawn: Vec<(f64, usize)> = (known.iter())
            .filter_map(|&i| gains[i].map(|gain| (gain.sample(&mut rng), i)))
            .collect();
        drawn.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (place, (gain, i)) in drawn.into_iter().enumerate() {
            places[i].push(place as f64 + 1.0);
            pays[i] += f64::from(gain > 1.0) / config.draws as f64;
        }
    }
    (places.iter().zip(pays))
        .map(|(places, pays)| {
            if places.is_empty() {
                return None;
            }
            let interval = Interval::from_draws(places, config.level);
            let first = places.iter().filter(|place| **place == 1.0).count();
            Some(Rank {
                interval: (interval.lower.round(), interval.upper.round()),
                best: first as f64 / places.len() as f64,
                pays,
            })
        })
        .collect()
}

/// Gain per krona spent, as drawn.
fn gain(judged: &Judged) -> Option<Normal<f64>> {
    let worth = judged.worth.as_ref().ok().filter(|_| judged.is_told())?;
    let cost = judged.cost_each;
    let (value, error) = (worth.effect.value, worth.effect.standard_error);
    if cost <= 0.0 || !error.is_finite() {
        return None;
    }
    Normal::new(value / cost, error / cost).ok()
}
