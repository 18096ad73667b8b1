//! How often will customers buy, if each may leave at any time?

use super::compressed::{Compressed, Views};
use super::fit::{Fit, Parameters, Search, assemble, maximize, warn_alike};
use super::history::{History, HistoryRow};
use super::nbd::{self, Nbd};
use super::simulated::{Life, LifeEnd, Simulated, draw_gamma, simulate_lives};
use crate::error::StatsError;
use crate::estimate::Caution;
use crate::quadrature::{Rule, legendre};
use crate::reduce::sum_in_order;
use crate::special::{log_rising_table, logistic, softplus};

/// Pareto/NBD: purchase rates Gamma(r, alpha), rates of leaving Gamma(s, beta), both per unit of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParetoNbd {
    pub r: f64,
    pub alpha: f64,
    pub s: f64,
    pub beta: f64,
}

impl Parameters for ParetoNbd {
    const NAMES: &'static [&'static str] = &["r", "alpha", "s", "beta"];
    fn to_vec(&self) -> Vec<f64> {
        vec![self.r, self.alpha, self.s, self.beta]
    }
    fn from_slice(values: &[f64]) -> Self {
        ParetoNbd {
            r: values[0],
            alpha: values[1],
            s: values[2],
            beta: values[3],
        }
    }
}

/// s that stands for "nobody leaves" at the boundary of the likelihood.
const NO_DROPOUT: f64 = 1e-9;
const SMALLEST_GAIN: f64 = 1e-3;
const DOUBTFUL_GAIN: f64 = 2.303;

/// Fits Pareto/NBD by maximum likelihood [SMC1987], [FH2005].
///
/// L = Γ(r+x)/Γ(r) α^r β^s { (α+T)^-(r+x) (β+T)^-s + s ∫_(t_x)^T (α+τ)^-(r+x) (β+τ)^-(s+1) dτ }: alive at T, or left at τ.
/// The integral is what the two 2F1 of the paper compute; it is done by Gauss-Legendre in ln(min(α,β)+τ), whose error
/// is below 1e-12 and whose derivatives are as exact as its value; no case of α against β and no series that
/// converges slowly. Newton steps with the exact Hessian on the log scale, several starts, equal customers joined.
///
/// # Errors and cautions
/// As [`super::bg_nbd::fit`]; in the limit without dropout s = 1e-9 and beta = T̄ are returned.
///
/// CDNOW (2,357 customers): r 0.553, alpha 10.58, s 0.606, beta 11.67, ln L -9594.98.
pub fn fit(history: &History) -> Result<Fit<ParetoNbd>, StatsError> {
    let data = history.compress();
    let views = Views::of(&data);
    let without_dropout = nbd::approach_fit(&views)?;
    let Nbd { r, alpha } = without_dropout.parameters;
    let mean_time = data.time_observed() / data.customers();
    let (r, alpha) = if r > 1e3 {
        (1.0, alpha / r)
    } else {
        (r, alpha)
    };
    let scale = vec![r, alpha, 1.0, mean_time];
    let mut starts = Vec::new();
    for (s, beta) in [(0.5, 0.3), (1.0, 3.0), (0.2, 0.1), (3.0, 3.0)] {
        starts.push(vec![r, alpha, s, beta * mean_time]);
        starts.push(vec![2.0 * r, 2.0 * alpha, s, beta * mean_time]);
    }
    let optimum = maximize(&views, starts, |data, starts| {
        Search {
            evaluate: &|p: &[f64]| log_likelihood(data, p).to_vec(),
            starts,
            scale: scale.clone(),
            shapes: &[0, 2],
        }
        .run()
    });
    let mut gain = -optimum.value - without_dropout.log_likelihood_at_most;
    let leaving_per_time = (optimum.point[2] - optimum.point[3]).exp();
    let leaves = optimum.value.is_finite() && leaving_per_time * mean_time > 1e-7;
    if !(leaves && gain > DOUBTFUL_GAIN) {
        // Too near to the limit for a neighborhood to do.
        let limit = nbd::fit_views(&views)?;
        gain = -optimum.value - limit.log_likelihood;
        if !(leaves && gain > SMALLEST_GAIN) {
            return Ok(limit_without_dropout(&limit, mean_time));
        }
    }
    let mut fit: Fit<ParetoNbd> = assemble(&optimum, data.customers())?;
    add_cautions(&mut fit, gain);
    Ok(fit)
}

impl ParetoNbd {
    /// P(alive at T) [SMC1987].
    pub fn p_alive(&self, row: HistoryRow) -> f64 {
        let branches = Branches::new(*self, row);
        logistic(-branches.log_odds_gone())
    }

    /// Expected purchases in the next `horizon` of a customer with this history [SMC1987] eq. 22.
    pub fn expected_purchases(&self, row: HistoryRow, horizon: f64) -> f64 {
        let rate = (self.r + f64::from(row.frequency)) / (self.alpha + row.observed);
        self.p_alive(row) * rate * self.time_left_if_alive(row.observed, (horizon, 0.0))
    }

    /// Expected repeat purchases of a new customer within `time` of the first purchase.
    pub fn expected_from_new(&self, time: f64) -> f64 {
        self.r / self.alpha * self.time_left_if_alive(0.0, (time, 0.0))
    }

    /// Expected discounted time alive in (T, T+H]: ∫_0^H e^(-δu) ((β+T)/(β+T+u))^s du, for μ ~ Gamma(s, β+T).
    pub(crate) fn time_left_if_alive(&self, observed: f64, (horizon, discount): (f64, f64)) -> f64 {
        let rate = self.beta + observed;
        let top = (horizon / rate).ln_1p();
        if discount == 0.0 {
            let exponent = (1.0 - self.s) * top;
            return if exponent.abs() < 1e-300 {
                rate * top
            } else {
                rate * top * exponent.exp_m1() / exponent
            };
        }
        let rule = legendre(40);
        let sum: f64 = rule
            .nodes
            .iter()
            .zip(&rule.weights)
            .map(|(node, weight)| {
                let v = 0.5 * top * (1.0 + node);
                weight * ((1.0 - self.s) * v - discount * rate * v.exp_m1()).exp()
            })
            .sum();
        rate * 0.5 * top * sum
    }

    /// ln P(k purchases in the next `horizon` | alive at T), k = 0..=most.
    pub(crate) fn log_pmf_if_alive(&self, row: HistoryRow, horizon: f64, most: usize) -> Vec<f64> {
        let (shape, rate) = (self.r + f64::from(row.frequency), self.alpha + row.observed);
        let leaving = self.beta + row.observed;
        let top = (horizon / leaving).ln_1p();
        let stays = (-self.s * top).exp();
        let mut p: Vec<f64> = nbd::log_pmf_upto(shape, rate, horizon, most)
            .iter()
            .map(|l| stays * l.exp())
            .collect();
        let rule = legendre(24);
        for (node, weight) in rule.nodes.iter().zip(&rule.weights) {
            let v = 0.5 * top * (1.0 + node);
            let density = 0.5 * top * weight * self.s * (-self.s * v).exp();
            let until = leaving * v.exp_m1();
            let counts = nbd::log_pmf_upto(shape, rate, until, most);
            for (sum, log_count) in p.iter_mut().zip(counts) {
                *sum += density * log_count.exp();
            }
        }
        p.iter().map(|value| value.ln()).collect()
    }

    /// Simulates customers observed for `observed[i]` and then for `horizon` more.
    pub fn simulate(&self, observed: &[f64], horizon: f64, seed: u64) -> Simulated {
        simulate_lives(observed, horizon, seed, |_, generator| {
            self.draw_life(generator)
        })
    }

    pub(crate) fn draw_life<R: rand::Rng>(&self, generator: &mut R) -> Life {
        let rate = draw_gamma(self.r, self.alpha, generator);
        let leaving = draw_gamma(self.s, self.beta, generator);
        let wait: f64 = rand_distr::Distribution::sample(&rand_distr::Exp1, generator);
        Life {
            rate,
            leaving,
            end: LifeEnd::At(wait / leaving),
        }
    }
}

/// ln L packed as value, gradient (r, α, s, β) and upper Hessian.
pub(crate) fn log_likelihood(data: &Compressed, p: &[f64]) -> [f64; 15] {
    let parameters = ParetoNbd::from_slice(p);
    let (r, alpha) = (p[0], p[1]);
    let rising = log_rising_table(r, &data.counts);
    let mut total = sum_in_order(data.len(), |rows| {
        let mut sum = [0.0; 15];
        for (slot, rows) in data.runs(rows) {
            for i in rows {
                Branches::new(parameters, data.row(slot, i)).add(&mut sum, data.weight[i]);
            }
        }
        sum
    });
    for ((g, w), x) in rising.iter().zip(&data.count_weights).zip(&data.counts) {
        total[0] += w * (g.value - f64::from(*x) * alpha.ln());
        total[1] += w * g.first;
        total[2] += w * r / alpha;
        total[5] += w * g.second;
        total[6] += w / alpha;
        total[9] -= w * r / (alpha * alpha);
    }
    let customers = data.customers();
    let (s, beta) = (p[2], p[3]);
    total[4] += customers * s / beta;
    total[13] += customers / beta;
    total[14] -= customers * s / (beta * beta);
    total
}

/// The two ways to a silent end: alive at T, or left between t_x and T.
pub(super) struct Branches {
    p: ParetoNbd,
    shape: f64,
    row: HistoryRow,
    /// ln(1 + T/α) and ln(1 + T/β).
    log_alpha_share: f64,
    log_beta_share: f64,
}

/// An integrand node: ln(1+τ/α), ln(1+τ/β), 1/(α+τ), 1/(β+τ) and its weight.
struct Node {
    features: [f64; 4],
    weight: f64,
}

impl Branches {
    pub fn new(p: ParetoNbd, row: HistoryRow) -> Self {
        Branches {
            shape: p.r + f64::from(row.frequency),
            log_alpha_share: (row.observed / p.alpha).ln_1p(),
            log_beta_share: (row.observed / p.beta).ln_1p(),
            p,
            row,
        }
    }

    fn log_alive(&self) -> f64 {
        -self.shape * self.log_alpha_share - self.p.s * self.log_beta_share
    }

    fn log_odds_gone(&self) -> f64 {
        let mut mass = 0.0;
        let (reference, _) = self.visit(|node| mass += node.weight);
        (self.p.s / self.p.beta).ln() + reference + mass.ln() - self.log_alive()
    }

    /// Walks the nodes of ∫ (1+τ/α)^-(r+x) (1+τ/β)^-(s+1) dτ over [t_x, T]; returns the logarithm that all weights are relative to.
    ///
    /// In y = ln(m+τ), m = min(α,β), the integrand is analytic within ±πi; where it falls below e^-40 of its top it is cut.
    #[inline]
    fn visit(&self, mut use_node: impl FnMut(Node)) -> (f64, usize) {
        let (alpha, beta, s) = (self.p.alpha, self.p.beta, self.p.s);
        let least = alpha.min(beta);
        let (from, to) = (self.row.recency, self.row.observed);
        let first = self.log_integrand(from);
        if to <= from {
            return (0.0, 0);
        }
        let whole = ((to - from) / (least + from)).ln_1p();
        let decay_at = |t: f64| {
            let base = least + t;
            self.shape * base / (alpha + t) + (s + 1.0) * base / (beta + t) - 1.0
        };
        let start_decay = decay_at(from);
        let length = if start_decay * whole > 40.0 {
            40.0 / start_decay
        } else {
            whole
        };
        let end = (least + from) * length.exp() - least;
        let rule = rule_for(length, decay_at(end) * length);
        let half = 0.5 * length;
        let log_from = (from / least).ln_1p();
        for (node, weight) in rule.nodes.iter().zip(&rule.weights) {
            let grown = (half * (1.0 + node)).exp();
            let tau = (least + from) * grown - least;
            let (inverse_alpha, inverse_beta) = (1.0 / (alpha + tau), 1.0 / (beta + tau));
            let log_least = log_from + half * (1.0 + node);
            let (log_alpha, log_beta) = if alpha <= beta {
                (log_least, ((beta + tau) / beta).ln())
            } else {
                (((alpha + tau) / alpha).ln(), log_least)
            };
            let log_value = -self.shape * log_alpha - (s + 1.0) * log_beta;
            use_node(Node {
                features: [log_alpha, inverse_alpha, log_beta, inverse_beta],
                weight: weight * half * (least + tau) * (log_value - first).exp(),
            });
        }
        (first, rule.nodes.len())
    }

    fn log_integrand(&self, tau: f64) -> f64 {
        -self.shape * (tau / self.p.alpha).ln_1p() - (self.p.s + 1.0) * (tau / self.p.beta).ln_1p()
    }

    /// Adds weight times value, gradient and Hessian of ln(alive + gone); the factors of x alone are added elsewhere.
    #[inline]
    pub fn add(&self, sum: &mut [f64; 15], weight: f64) {
        let (n, s, beta) = (self.shape, self.p.s, self.p.beta);
        let alive = self.log_alive();
        let inverse_alpha = 1.0 / (self.p.alpha + self.row.observed);
        let inverse_beta = 1.0 / (beta + self.row.observed);
        // Slopes of ln(alive) in r, α, s, β, without those of the factors α^r and β^s.
        let slope_alive = [
            -self.log_alpha_share,
            -n * inverse_alpha,
            -self.log_beta_share,
            -s * inverse_beta,
        ];
        let mut moments = GoneMoments::default();
        let (reference, nodes) = self.visit(|node| moments.add(&node, (n, s + 1.0)));
        if nodes == 0 || moments.mass <= 0.0 {
            let curvature = [
                inverse_alpha,
                inverse_beta,
                n * inverse_alpha.powi(2),
                s * inverse_beta.powi(2),
            ];
            add_weighted(sum, weight, alive, &slope_alive);
            add_curvature(sum, weight, curvature);
            return;
        }
        let (mut slope_gone, spread, curvature_gone) = moments.finish();
        // The factor s of the gone branch; its 1/β is part of the s/β that both branches share.
        slope_gone[2] += 1.0 / s;
        let gone = (s / beta).ln() + reference + moments.mass.ln();
        let difference = gone - alive;
        let share = logistic(difference);
        let mut slope = [0.0; 4];
        let mut d = [0.0; 4];
        for i in 0..4 {
            d[i] = slope_gone[i] - slope_alive[i];
            slope[i] = slope_alive[i] + share * d[i];
        }
        add_weighted(sum, weight, alive + softplus(difference), &slope);
        let bend = weight * share * (1.0 - share);
        let mut next = 5;
        for i in 0..4 {
            for j in i..4 {
                sum[next] += bend * d[i] * d[j] + weight * share * spread[next - 5];
                next += 1;
            }
        }
        let stay = 1.0 - share;
        add_curvature(
            sum,
            weight,
            [
                stay * inverse_alpha + share * curvature_gone[0],
                stay * inverse_beta + share * curvature_gone[1],
                stay * n * inverse_alpha * inverse_alpha + share * curvature_gone[2],
                stay * s * inverse_beta * inverse_beta + share * curvature_gone[3],
            ],
        );
        sum[12] -= weight * share / (s * s);
    }
}

/// Moments of the slopes of the integrand under the normalized integrand.
#[derive(Default)]
struct GoneMoments {
    mass: f64,
    first: [f64; 4],
    second: [f64; 10],
    inverses: [f64; 4],
}

impl GoneMoments {
    #[inline]
    fn add(&mut self, node: &Node, (n, s_up): (f64, f64)) {
        let w = node.weight;
        let [log_alpha, inverse_alpha, log_beta, inverse_beta] = node.features;
        let slope = [
            -log_alpha,
            -n * inverse_alpha,
            -log_beta,
            -s_up * inverse_beta,
        ];
        self.mass += w;
        let mut next = 0;
        for i in 0..4 {
            let ws = w * slope[i];
            self.first[i] += ws;
            for value in slope.iter().skip(i) {
                self.second[next] += ws * value;
                next += 1;
            }
        }
        self.inverses[0] += w * inverse_alpha;
        self.inverses[1] += w * inverse_beta;
        self.inverses[2] += w * n * inverse_alpha * inverse_alpha;
        self.inverses[3] += w * s_up * inverse_beta * inverse_beta;
    }

    /// Mean slope, covariance of the slopes, and mean of 1/(α+τ), 1/(β+τ), n/(α+τ)², (s+1)/(β+τ)².
    fn finish(&self) -> ([f64; 4], [f64; 10], [f64; 4]) {
        let mean = self.first.map(|v| v / self.mass);
        let mut spread = [0.0; 10];
        let mut next = 0;
        for i in 0..4 {
            for j in i..4 {
                spread[next] = self.second[next] / self.mass - mean[i] * mean[j];
                next += 1;
            }
        }
        (mean, spread, self.inverses.map(|v| v / self.mass))
    }
}

#[inline]
fn add_weighted(sum: &mut [f64; 15], weight: f64, value: f64, slope: &[f64; 4]) {
    sum[0] += weight * value;
    for i in 0..4 {
        sum[1 + i] += weight * slope[i];
    }
}

/// The second derivatives that both branches have in common: rα, sβ, αα, ββ.
#[inline]
fn add_curvature(sum: &mut [f64; 15], weight: f64, [r_alpha, s_beta, alpha, beta]: [f64; 4]) {
    sum[6] -= weight * r_alpha;
    sum[13] -= weight * s_beta;
    sum[9] += weight * alpha;
    sum[14] += weight * beta;
}

/// The smallest rule whose error is below about 1e-14 for an integrand that falls by e^-fall over `length`.
fn rule_for(length: f64, fall: f64) -> &'static Rule {
    legendre(match () {
        () if length <= 1.5 && fall <= 4.0 => 8,
        () if length <= 3.0 && fall <= 10.0 => 12,
        () if length <= 4.5 && fall <= 20.0 => 16,
        () if length <= 7.0 && fall <= 45.0 => 24,
        () if length <= 12.0 && fall <= 120.0 => 40,
        () => 64,
    })
}

fn add_cautions(fit: &mut Fit<ParetoNbd>, gain: f64) {
    if gain < DOUBTFUL_GAIN {
        fit.cautions
            .push(Caution::DropoutNotIdentified { parameter: "s" });
    }
    warn_alike(fit, 2, "rate of leaving");
    warn_alike(fit, 0, "purchase rate");
}

fn limit_without_dropout(limit: &Fit<Nbd>, mean_time: f64) -> Fit<ParetoNbd> {
    let mut log_covariance = vec![vec![0.0; 4]; 4];
    for (row, from) in log_covariance.iter_mut().zip(&limit.log_covariance) {
        row[..2].copy_from_slice(from);
    }
    let mut standard_errors = limit.standard_errors.clone();
    standard_errors.extend([f64::NAN, f64::NAN]);
    let mut cautions = vec![
        Caution::DropoutNotIdentified { parameter: "s" },
        Caution::BoundaryOptimum {
            parameter: "s".to_owned(),
        },
    ];
    cautions.extend(limit.cautions.iter().cloned());
    Fit {
        parameters: ParetoNbd {
            r: limit.parameters.r,
            alpha: limit.parameters.alpha,
            s: NO_DROPOUT,
            beta: mean_time,
        },
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btyd::fit::tests::{check_derivatives, mixed_customers};

    const PLACES: [[f64; 4]; 5] = [
        [0.55, 10.6, 0.61, 11.7],
        [0.55, 30.0, 0.61, 2.0],
        [3.0, 0.5, 0.02, 40.0],
        [0.1, 1e-3, 5.0, 50.0],
        [20.0, 400.0, 2.0, 1e-2],
    ];

    #[test]
    fn derivatives_agree_with_differences() {
        let data = mixed_customers();
        for at in PLACES {
            check_derivatives(|p| log_likelihood(&data, p).to_vec(), &at);
        }
    }

    #[test]
    fn integral_agrees_with_a_fine_subdivision() {
        let data = mixed_customers();
        for at in PLACES {
            let p = ParetoNbd::from_slice(&at);
            let rows =
                (data.runs(0..data.len())).flat_map(|(slot, run)| run.map(move |i| (slot, i)));
            for row in rows.map(|(slot, i)| data.row(slot, i)) {
                if row.observed <= row.recency {
                    continue;
                }
                let branches = Branches::new(p, row);
                let mut mass = 0.0;
                branches.visit(|node| mass += node.weight);
                let first = branches.log_integrand(row.recency);
                // Pieces equal in ln(m + τ), 16 nodes each; few when the piece would be lost to rounding.
                let m = p.alpha.min(p.beta);
                let (low, high) = ((m + row.recency).ln(), (m + row.observed).ln());
                let pieces = if high - low > 0.1 { 100 } else { 4 };
                let fine: f64 = (0..pieces)
                    .map(|k| {
                        let step = (high - low) / f64::from(pieces);
                        let from = low + step * f64::from(k);
                        crate::quadrature::integrate(from, from + step, 16, |y| {
                            let tau = (y.exp() - m).max(0.0);
                            (branches.log_integrand(tau) - first + y).exp()
                        })
                    })
                    .sum();
                assert!(
                    (mass / fine - 1.0).abs() < 1e-11,
                    "{at:?} {row:?}: {mass} {fine}"
                );
            }
        }
    }
}
