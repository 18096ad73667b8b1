//! What would histories look like if the parameters were known?

use super::history::History;
use crate::error::StatsError;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, Gamma};

/// Simulated customers, row by row: what would be observed, what lies behind it, and what comes after.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    pub frequency: Vec<f64>,
    pub recency: Vec<f64>,
    pub observed: Vec<f64>,
    /// Whether the customer is still buying at T.
    pub alive: Vec<bool>,
    /// The customer's own purchase rate.
    pub rate: Vec<f64>,
    /// The customer's own probability to leave after a purchase (BG/NBD, MBG/NBD) or rate of leaving (Pareto/NBD); 0 if nobody leaves.
    pub leaving: Vec<f64>,
    /// Purchases in (T, T + horizon].
    pub holdout: Vec<f64>,
}

impl Simulated {
    /// The observed part as a checked history.
    pub fn history(&self) -> Result<History, StatsError> {
        History::new(&self.frequency, &self.recency, &self.observed)
    }
}

/// One customer's life: rate while alive, and when it ends.
pub(crate) struct Life {
    pub rate: f64,
    pub leaving: f64,
    pub end: LifeEnd,
}

pub(crate) enum LifeEnd {
    /// Leaves at this time after the first purchase.
    At(f64),
    /// Leaves after a repeat purchase with this probability.
    AfterPurchase(f64),
}

/// Runs each customer's life from its own random stream, so that results do not depend on threads or on other rows.
pub(crate) fn simulate_lives(
    observed: &[f64],
    horizon: f64,
    seed: u64,
    life_of: impl Fn(usize, &mut ChaCha8Rng) -> Life + Sync + Send,
) -> Simulated {
    let rows = crate::reduce::map_rows(observed.len(), |i| {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(i as u64 + 1);
        let life = life_of(i, &mut generator);
        run_life(&life, observed[i], horizon, &mut generator)
    });
    Simulated {
        frequency: rows.iter().map(|r| r.0).collect(),
        recency: rows.iter().map(|r| r.1).collect(),
        observed: observed.to_vec(),
        alive: rows.iter().map(|r| r.2).collect(),
        rate: rows.iter().map(|r| r.3).collect(),
        leaving: rows.iter().map(|r| r.5).collect(),
        holdout: rows.iter().map(|r| r.4).collect(),
    }
}

/// Gamma draw by shape and rate; 0 when the shape is too small for a draw above the smallest number.
pub(crate) fn draw_gamma<R: Rng>(shape: f64, rate: f64, generator: &mut R) -> f64 {
    match Gamma::new(shape, 1.0 / rate) {
        Ok(gamma) => gamma.sample(generator),
        Err(_) => f64::NAN,
    }
}

/// Beta draw as a ratio of gammas, through logarithms so that tiny shapes do not give 0/0.
pub(crate) fn draw_beta<R: Rng>(a: f64, b: f64, generator: &mut R) -> f64 {
    let (x, y) = (draw_log_gamma(a, generator), draw_log_gamma(b, generator));
    crate::special::logistic(x - y)
}

/// ln of a Gamma(shape, 1) draw: Gamma(shape + 1) times U^(1/shape) keeps shapes near 0 exact.
fn draw_log_gamma<R: Rng>(shape: f64, generator: &mut R) -> f64 {
    let boosted = draw_gamma(shape + 1.0, 1.0, generator).ln();
    let exponential: f64 = Exp1.sample(generator);
    boosted - exponential / shape
}

/// A random stream of its own per draw or row.
pub(crate) fn stream(seed: u64, number: u64) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(number + 1);
    generator
}

fn run_life(
    life: &Life,
    observed: f64,
    horizon: f64,
    generator: &mut ChaCha8Rng,
) -> (f64, f64, bool, f64, f64, f64) {
    let (mut count, mut last, mut holdout) = (0.0, 0.0, 0.0);
    let (mut time, mut alive_until) = (0.0, f64::INFINITY);
    if let LifeEnd::At(end) = life.end {
        alive_until = end;
    }
    loop {
        let wait: f64 = Exp1.sample(generator);
        time += wait / life.rate;
        if time.is_nan() || time > observed + horizon || time > alive_until {
            break;
        }
        if time <= observed {
            count += 1.0;
            last = time;
        } else {
            holdout += 1.0;
        }
        if let LifeEnd::AfterPurchase(probability) = life.end
            && generator.random::<f64>() < probability
        {
            alive_until = time;
            break;
        }
    }
    (
        count,
        last,
        alive_until > observed,
        life.rate,
        holdout,
        life.leaving,
    )
}
