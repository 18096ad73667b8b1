//! Which chance does each customer meet, and only that customer?

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, Poisson, StandardNormal};

/// Random draws from a stream of its own, so that one customer's draws never move another's.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of `(seed, number, stream)`; different triples are independent for our purposes.
    pub fn new(seed: u64, number: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(stir(seed) ^ stir(number.wrapping_add(0x5eed)));
        rng.set_stream(stream);
        Dice(rng)
    }

    /// Uniform on [0, 1).
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    /// Waiting time at a rate per unit of time.
    pub fn wait(&mut self, rate: f64) -> f64 {
        let unit: f64 = Exp1.sample(&mut self.0);
        unit / rate
    }

    pub fn count(&mut self, mean: f64) -> usize {
        if mean <= 0.0 {
            return 0;
        }
        let poisson = Poisson::new(mean).expect("the mean is positive and finite");
        poisson.sample(&mut self.0) as usize
    }

    /// Whole number in `low..=high`.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = (high - low + 1).max(1);
        low + (self.uniform() * f64::from(width)) as i32
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[(self.uniform() * from.len() as f64) as usize]
    }

    /// One of some fixed words.
    pub fn word(&mut self, from: &[&'static str]) -> &'static str {
        from[(self.uniform() * from.len() as f64) as usize]
    }

    /// Index drawn in proportion to the weights.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.uniform() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights.len() - 1
    }

    /// Gamma(shape, rate 1) whose inner normal draw has correlation `rho` with `with`.
    ///
    /// The squeeze of Marsaglia and Tsang turns a normal draw into a gamma draw, so coupling the normal
    /// couples the gamma to a latent trait while its own distribution stays (very nearly) gamma.
    pub fn gamma_tied(&mut self, shape: f64, with: f64, rho: f64) -> f64 {
        let boosted = if shape < 1.0 { shape + 1.0 } else { shape };
        let d = boosted - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        let rest = (1.0 - rho * rho).sqrt();
        loop {
            let z = rho * with + rest * self.normal();
            let v = (1.0 + c * z).powi(3);
            if v <= 0.0 {
                continue;
            }
            let u = 1.0 - self.uniform();
            if u.ln() < 0.5 * z * z + d - d * v + d * v.ln() {
                let boost = if shape < 1.0 {
                    (1.0 - self.uniform()).powf(1.0 / shape)
                } else {
                    1.0
                };
                return d * v * boost;
            }
        }
    }

    pub fn gamma(&mut self, shape: f64) -> f64 {
        self.gamma_tied(shape, 0.0, 0.0)
    }
}

/// The logistic curve.
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn stir(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tied_gamma_keeps_its_mean_and_follows_the_trait() {
        let mut dice = Dice::new(1, 2, 3);
        let (mut sum, mut cross, n) = (0.0, 0.0, 40_000);
        for _ in 0..n {
            let a = dice.normal();
            let g = dice.gamma_tied(1.5, a, 0.35);
            sum += g;
            cross += a * g;
        }
        let n = f64::from(n);
        assert!((sum / n - 1.5).abs() < 0.03, "mean {}", sum / n);
        assert!(cross / n > 0.3, "covariance {}", cross / n);
    }

    #[test]
    fn weighted_draws_follow_the_weights() {
        let mut dice = Dice::new(4, 5, 6);
        let hits = (0..10_000)
            .filter(|_| dice.weighted(&[1.0, 3.0]) == 1)
            .count();
        assert!((7_300..7_700).contains(&hits), "{hits}");
    }
}
