//! What do BG/NBD and MBG/NBD have in common?
//!
//! Both let a customer leave with an own probability p ~ Beta(a, b) after a purchase. They differ in one count: MBG/NBD
//! gives the chance to leave after the first purchase too. With k = 0 (BG) or 1 (MBG):
//! L = G(r, x) α^-x R(b, x+k)/R(a+b, x+k) [ (1+T/α)^-(r+x) + 1[x+k > 0] a/(b+x+k-1) (1+t_x/α)^-(r+x) ],
//! where G(c, n) = Γ(c+n)/Γ(c) and R is the same rising factorial.

use super::compressed::{Compressed, Views};
use super::fit::{Fit, Parameters, Search, assemble, maximize, warn_alike};
use super::history::HistoryRow;
use super::nbd::{self, Nbd};
use super::run_terms::Run;
use super::simulated::{Life, LifeEnd, Simulated, draw_beta, draw_gamma, simulate_lives};
use crate::error::StatsError;
use crate::estimate::Caution;
use crate::quadrature::{Rule, beta_rule, legendre};
use crate::reduce::sum_in_order;
use crate::special::{LogRising, log_rising_table, logistic};

/// r, alpha, a, b and the number of chances to leave before the first repeat purchase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BetaGeometric {
    pub r: f64,
    pub alpha: f64,
    pub a: f64,
    pub b: f64,
    pub early_chances: u32,
}

/// Nodes over p ~ Beta: the error is below 1e-12 while the horizon is less than 30 times α + T.
const DROPOUT_NODES: usize = 40;
const TIME_NODES: usize = 24;

/// The value that stands for a when nobody is seen to leave: a mean dropout of one in a thousand million.
const NO_DROPOUT: f64 = 1e-9;

/// A gain in ln L below this is none: the data cannot tell dropout from the NBD limit.
const SMALLEST_GAIN: f64 = 1e-3;

/// Half the 90 % point of chi-square with 2 degrees of freedom: below it, dropout is fitted but doubtful.
const DOUBTFUL_GAIN: f64 = 2.303;

pub(crate) fn fit<P: Parameters>(
    data: &Compressed,
    early_chances: u32,
) -> Result<Fit<P>, StatsError> {
    let data = &Views::of(data);
    let without_dropout = nbd::approach_fit(data)?;
    let Nbd { r, alpha } = without_dropout.parameters;
    let scale = vec![r.clamp(1e-3, 1e3), alpha, 1.0, 1.0];
    let scale = if r > 1e3 {
        vec![1.0, alpha / r, 1.0, 1.0]
    } else {
        scale
    };
    let optimum = maximize(data, starts_for(&scale), |data, starts| {
        Search {
            evaluate: &|p: &[f64]| log_likelihood(data, p, early_chances).to_vec(),
            starts,
            scale: scale.clone(),
            shapes: &[0, 2, 3],
        }
        .run()
    });
    let mut gain = -optimum.value - without_dropout.log_likelihood_at_most;
    let mean_dropout = logistic(optimum.point[2] - optimum.point[3]);
    let leaves = optimum.value.is_finite() && mean_dropout > 1e-7;
    if !(leaves && gain > DOUBTFUL_GAIN) {
        // Too near to the limit for a neighborhood to do.
        let limit = nbd::fit_views(data)?;
        gain = -optimum.value - limit.log_likelihood;
        if !(leaves && gain > SMALLEST_GAIN) {
            return Ok(limit_without_dropout(&limit));
        }
    }
    let mut fit: Fit<P> = assemble(&optimum, data.whole.customers())?;
    if gain < DOUBTFUL_GAIN {
        fit.cautions
            .push(Caution::DropoutNotIdentified { parameter: "a" });
    }
    warn_alike(&mut fit, 3, "dropout probability");
    warn_alike(&mut fit, 0, "purchase rate");
    Ok(fit)
}

fn starts_for(scale: &[f64]) -> Vec<Vec<f64>> {
    let mut starts = Vec::new();
    for (a, b) in [(0.5, 2.0), (1.0, 10.0), (0.1, 0.5), (5.0, 20.0)] {
        starts.push(vec![scale[0], scale[1], a, b]);
        starts.push(vec![1.0, scale[1] / scale[0], a, b]);
    }
    starts
}

/// The fit on the boundary a/(a+b) -> 0: NBD rates and a dropout of nothing, with the doubt named.
fn limit_without_dropout<P: Parameters>(limit: &Fit<Nbd>) -> Fit<P> {
    let Nbd { r, alpha } = limit.parameters;
    let mut log_covariance = vec![vec![0.0; 4]; 4];
    for (row, from) in log_covariance.iter_mut().zip(&limit.log_covariance) {
        row[..2].copy_from_slice(from);
    }
    let mut standard_errors = limit.standard_errors.clone();
    standard_errors.extend([f64::NAN, f64::NAN]);
    let mut cautions = vec![
        Caution::DropoutNotIdentified { parameter: "a" },
        Caution::BoundaryOptimum {
            parameter: "a".to_owned(),
        },
    ];
    cautions.extend(limit.cautions.iter().cloned());
    Fit {
        parameters: P::from_slice(&[r, alpha, NO_DROPOUT, 1.0]),
        standard_errors,
        log_covariance,
        log_likelihood: limit.log_likelihood,
        customers: limit.customers,
        iterations: limit.iterations,
        gradient_norm: limit.gradient_norm,
        converged: limit.converged,
        cautions,
    }
}

/// ln L packed as value, gradient (r, α, a, b) and upper Hessian.
pub(crate) fn log_likelihood(data: &Compressed, p: &[f64], early_chances: u32) -> [f64; 15] {
    let (r, alpha, a, b) = (p[0], p[1], p[2], p[3]);
    // ln(a/(b+x+k-1)) per distinct x; unused when there was no chance to leave.
    let log_odds: Vec<f64> = (data.counts.iter())
        .map(|x| (a / (b + f64::from(x + early_chances) - 1.0)).ln())
        .collect();
    let mut total = sum_in_order(data.len(), |rows| {
        let mut sum = [0.0; 15];
        for (slot, rows) in data.runs(rows) {
            let x = data.counts[slot];
            let run = Run {
                shape: r + f64::from(x),
                alpha,
                recency: &data.recency[rows.clone()],
                observed: &data.observed[rows.clone()],
                weight: &data.weight[rows],
            };
            if x + early_chances == 0 {
                run.add_alive(&mut sum);
            } else {
                let inverses = (1.0 / a, 1.0 / (b + f64::from(x + early_chances) - 1.0));
                run.add_alive_or_gone(&mut sum, (log_odds[slot], inverses));
            }
        }
        sum
    });
    add_count_terms(&mut total, data, (p, early_chances));
    total
}

pub(super) struct RowTerms {
    pub shape: f64,
    pub alpha: f64,
    pub observed: f64,
    pub weight: f64,
}

impl RowTerms {
    pub fn add_alive(&self, sum: &mut [f64; 15]) {
        let log_share = ((self.alpha + self.observed) / self.alpha).ln();
        let inverse = 1.0 / (self.alpha + self.observed);
        let w = self.weight;
        sum[0] -= w * self.shape * log_share;
        sum[1] -= w * log_share;
        sum[2] -= w * self.shape * inverse;
        sum[6] -= w * inverse;
        sum[9] += w * self.shape * inverse * inverse;
    }

    #[inline]
    pub fn add_alive_or_gone(
        &self,
        sum: &mut [f64; 15],
        recency: f64,
        (log_odds, (inverse_a, inverse_survivors)): (f64, (f64, f64)),
    ) {
        let (n, w) = (self.shape, self.weight);
        let inverse_observed = 1.0 / (self.alpha + self.observed);
        let inverse_recency = 1.0 / (self.alpha + recency);
        let log_observed = ((self.alpha + self.observed) / self.alpha).ln();
        // ln((α+T)/(α+t_x)): what silence has cost the alive branch.
        let silence = ((self.alpha + self.observed) * inverse_recency).ln();
        let alive = -n * log_observed;
        let difference = log_odds + n * silence;
        // Softplus and logistic of the difference from one exponential.
        let small = (-difference.abs()).exp();
        let (less, more) = (small / (1.0 + small), 1.0 / (1.0 + small));
        let (gone_share, alive_share) = if difference > 0.0 {
            (more, less)
        } else {
            (less, more)
        };
        let soft = difference.max(0.0) + small.ln_1p();
        let d = [
            silence,
            n * (inverse_observed - inverse_recency),
            inverse_a,
            -inverse_survivors,
        ];
        sum[0] += w * (alive + soft);
        sum[1] += w * (-log_observed + gone_share * d[0]);
        sum[2] += w * (-n * inverse_observed + gone_share * d[1]);
        sum[3] += w * gone_share * d[2];
        sum[4] += w * gone_share * d[3];
        let bend = w * gone_share * alive_share;
        sum[5] += bend * d[0] * d[0];
        sum[6] += bend * d[0] * d[1]
            - w * (alive_share * inverse_observed + gone_share * inverse_recency);
        sum[7] += bend * d[0] * d[2];
        sum[8] += bend * d[0] * d[3];
        sum[9] += bend * d[1] * d[1]
            + w * n
                * (alive_share * inverse_observed * inverse_observed
                    + gone_share * inverse_recency * inverse_recency);
        sum[10] += bend * d[1] * d[2];
        sum[11] += bend * d[1] * d[3];
        sum[12] += bend * d[2] * d[2] - w * gone_share * d[2] * d[2];
        sum[13] += bend * d[2] * d[3];
        sum[14] += bend * d[3] * d[3] + w * gone_share * d[3] * d[3];
    }
}

/// The factors that depend on x only, once per distinct x.
fn add_count_terms(total: &mut [f64; 15], data: &Compressed, (p, early): (&[f64], u32)) {
    let (r, alpha, a, b) = (p[0], p[1], p[2], p[3]);
    let chances: Vec<u32> = data.counts.iter().map(|x| x + early).collect();
    let rising_r = log_rising_table(r, &data.counts);
    let rising_b = log_rising_table(b, &chances);
    let rising_ab = log_rising_table(a + b, &chances);
    for (i, &w) in data.count_weights.iter().enumerate() {
        let x = f64::from(data.counts[i]);
        let (g, s, all): (LogRising, LogRising, LogRising) =
            (rising_r[i], rising_b[i], rising_ab[i]);
        total[0] += w * (g.value - x * alpha.ln() + s.value - all.value);
        total[1] += w * g.first;
        total[2] += w * r / alpha;
        total[3] -= w * all.first;
        total[4] += w * (s.first - all.first);
        total[5] += w * g.second;
        total[6] += w / alpha;
        total[9] -= w * r / (alpha * alpha);
        total[12] -= w * all.second;
        total[13] -= w * all.second;
        total[14] += w * (s.second - all.second);
    }
}

impl BetaGeometric {
    /// P(alive at T): 1 / (1 + a/(b+x+k-1) ((α+T)/(α+t_x))^(r+x)); 1 while there was no chance to leave.
    pub fn p_alive(&self, row: HistoryRow) -> f64 {
        let chances = row.frequency + self.early_chances;
        if chances == 0 {
            return 1.0;
        }
        let survivors = self.b + f64::from(chances) - 1.0;
        let silence = ((row.observed - row.recency) / (self.alpha + row.recency)).ln_1p();
        let shape = self.r + f64::from(row.frequency);
        logistic(-((self.a / survivors).ln() + shape * silence))
    }

    /// Nodes over p given that the customer is alive after `frequency` repeat purchases: p ~ Beta(a, b+x+k).
    pub fn dropout_rule(&self, frequency: u32) -> Rule {
        let b = self.b + f64::from(frequency + self.early_chances);
        beta_rule(self.a, b, DROPOUT_NODES)
    }

    /// Expected discounted purchases in (T, T+H] of a customer alive at T, λ ~ Gamma(r+x, α+T), p by `rule`:
    /// E_p ∫_0^H e^(-δu) (r+x)/(α+T) (1 + p u/(α+T))^-(r+x+1) du. The integral over λ is exact, that over u has a closed form when δ = 0.
    pub fn purchases_if_alive(&self, row: (u32, f64), rule: &Rule, ahead: (f64, f64)) -> f64 {
        let ((frequency, observed), (horizon, discount)) = (row, ahead);
        let shape = self.r + f64::from(frequency);
        let rate = self.alpha + observed;
        let reach = horizon / rate;
        let pairs = rule.nodes.iter().zip(&rule.weights);
        if discount == 0.0 {
            return pairs
                .map(|(p, w)| w * shape * reach * decaying_mean(shape, p * reach))
                .sum();
        }
        // v = ln(1 + u/(α+T)) spreads the nodes evenly over the decline.
        let top = reach.ln_1p();
        let times = legendre(TIME_NODES);
        let mut sum = 0.0;
        for (node, weight) in times.nodes.iter().zip(&times.weights) {
            let v = 0.5 * top * (1.0 + node);
            let u = v.exp_m1();
            let mean: f64 = rule
                .nodes
                .iter()
                .zip(&rule.weights)
                .map(|(p, w)| w * (-(shape + 1.0) * (p * u).ln_1p()).exp())
                .sum();
            sum += weight * (v - discount * rate * u).exp() * mean;
        }
        0.5 * top * sum * shape
    }

    /// ln P(k purchases in the next `horizon` | alive at T), k = 0..=most.
    pub fn log_pmf_if_alive(&self, row: HistoryRow, horizon: f64, most: usize) -> Vec<f64> {
        let shape = self.r + f64::from(row.frequency);
        let b = self.b + f64::from(row.frequency + self.early_chances);
        let counts = nbd::log_pmf_upto(shape, self.alpha + row.observed, horizon, most);
        let at_least = nbd::upper_tails(shape, self.alpha + row.observed, horizon, most);
        let (mut log_stay, mut all) = (0.0, Vec::with_capacity(most + 1));
        for (k, log_count) in counts.iter().enumerate() {
            // log_stay = ln B(a, b+k)/B(a, b): survived k chances.
            let mut p = (log_stay + log_count).exp();
            let k_real = k as f64;
            if k > 0 {
                let left_at_k = log_stay + (self.a / (b + k_real - 1.0)).ln();
                p += left_at_k.exp() * at_least[k];
            }
            all.push(p.ln());
            log_stay += ((b + k_real) / (self.a + b + k_real)).ln();
        }
        all
    }

    /// Simulates customers observed for `observed[i]` and then for `horizon` more.
    pub fn simulate(&self, observed: &[f64], horizon: f64, seed: u64) -> Simulated {
        simulate_lives(observed, horizon, seed, |_, generator| {
            self.draw_life(generator)
        })
    }

    pub fn draw_life<R: rand::Rng>(&self, generator: &mut R) -> Life {
        let rate = draw_gamma(self.r, self.alpha, generator);
        let p = draw_beta(self.a, self.b, generator);
        let gone_at_once = self.early_chances > 0 && rand::RngExt::random::<f64>(generator) < p;
        Life {
            rate,
            leaving: p,
            end: if gone_at_once {
                LifeEnd::At(0.0)
            } else {
                LifeEnd::AfterPurchase(p)
            },
        }
    }
}

/// (1 - (1+z)^-n) / (n z), 1 at z = 0, without cancellation.
fn decaying_mean(n: f64, z: f64) -> f64 {
    let exponent = -n * z.ln_1p();
    if z < 1e-300 {
        return 1.0;
    }
    -exponent.exp_m1() / (n * z)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btyd::fit::tests::{check_derivatives, mixed_customers};

    #[test]
    fn derivatives_agree_with_differences() {
        let data = mixed_customers();
        for early in [0, 1] {
            for at in [
                [0.24, 4.4, 0.8, 2.4],
                [3.0, 0.5, 0.01, 0.2],
                [0.1, 90.0, 5.0, 50.0],
            ] {
                check_derivatives(|p| log_likelihood(&data, p, early).to_vec(), &at);
            }
        }
    }

    #[test]
    fn likelihood_is_the_textbook_form() {
        use crate::special::{ln_beta, ln_gamma, log_add};
        let data = mixed_customers();
        let [r, alpha, a, b] = [0.24, 4.4, 0.8, 2.4];
        let mut textbook = 0.0;
        let rows = (data.runs(0..data.len())).flat_map(|(slot, run)| run.map(move |i| (slot, i)));
        for (slot, i) in rows {
            let x = f64::from(data.counts[slot]);
            let (t_x, t) = (data.recency[i], data.observed[i]);
            let both = ln_gamma(r + x) - ln_gamma(r) + r * f64::ln(alpha) - ln_beta(a, b);
            let mut sum = ln_beta(a, b + x) - (r + x) * (alpha + t).ln();
            if x > 0.0 {
                let gone = ln_beta(a + 1.0, b + x - 1.0) - (r + x) * (alpha + t_x).ln();
                sum = log_add(sum, gone);
            }
            textbook += data.weight[i] * (both + sum);
        }
        let value = log_likelihood(&data, &[r, alpha, a, b], 0)[0];
        assert!((value / textbook - 1.0).abs() < 1e-13);
    }
}
