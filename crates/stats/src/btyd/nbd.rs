//! How often do customers buy if none of them ever leaves?

use super::compressed::{Compressed, Views};
use super::fit::{Fit, Parameters, Search, approach, assemble, maximize, unpack, warn_alike};
use super::history::{History, HistoryRow};
use super::run_terms::Run;
use super::simulated::{Life, LifeEnd, Simulated, draw_gamma, simulate_lives};
use crate::error::StatsError;
use crate::optimize::Optimum;
use crate::reduce::sum_in_order;
use crate::special::log_rising_table;

/// Purchase rates vary over customers as Gamma(shape r, rate alpha per unit of time); nobody leaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nbd {
    pub r: f64,
    pub alpha: f64,
}

impl Parameters for Nbd {
    const NAMES: &'static [&'static str] = &["r", "alpha"];
    fn to_vec(&self) -> Vec<f64> {
        vec![self.r, self.alpha]
    }
    fn from_slice(values: &[f64]) -> Self {
        Nbd {
            r: values[0],
            alpha: values[1],
        }
    }
}

/// Fits the NBD by maximum likelihood [E1959].
///
/// ln L = Σ w { ln Γ(r+x)/Γ(r) + r ln α - (r+x) ln(α+T) }: the likelihood of the purchase *times*, so that it is
/// comparable with, and the limit of, BG/NBD and Pareto/NBD without dropout. Exact gradient and Hessian.
///
/// # Errors
/// `TooFewObservations` below 10 customers, `NotIdentified` when nobody bought again.
/// Cautions `HeterogeneityNotIdentified` when all buy at one rate (r and α grow without bound).
pub fn fit(history: &History) -> Result<Fit<Nbd>, StatsError> {
    fit_views(&Views::of(&history.compress()))
}

pub(crate) fn fit_views(data: &Views) -> Result<Fit<Nbd>, StatsError> {
    data.whole.require_purchases()?;
    let optimum = maximize(data, starts_for(data.whole), search);
    let mut fit: Fit<Nbd> = assemble(&optimum, data.whole.customers())?;
    warn_alike(&mut fit, 0, "purchase rate");
    Ok(fit)
}

/// About the best without dropout, for others to start from and to be held against.
pub(crate) struct Neighborhood {
    pub parameters: Nbd,
    /// The likelihood hardly rises above this.
    pub log_likelihood_at_most: f64,
}

/// One look at all rows where the coarse ones have their top, in place of a fit of its own.
pub(crate) fn approach_fit(data: &Views) -> Result<Neighborhood, StatsError> {
    data.whole.require_purchases()?;
    let optimum = approach(data, starts_for(data.whole), search);
    let point: Vec<f64> = optimum.point.iter().map(|l| l.exp()).collect();
    let mut most = -optimum.value;
    if data.coarse.is_some() {
        let here = unpack(&log_likelihood(data.whole, &point), &point);
        let step = here
            .hessian
            .clone()
            .cholesky()
            .map(|c| c.solve(&here.gradient));
        // What a Newton step promises, twice over.
        let promised = step.map_or(f64::INFINITY, |step| here.gradient.dot(&step));
        most = -here.value + promised + 1.0;
    }
    Ok(Neighborhood {
        parameters: Nbd::from_slice(&point),
        log_likelihood_at_most: most,
    })
}

fn starts_for(data: &Compressed) -> Vec<Vec<f64>> {
    let rate = data.purchases() / data.time_observed();
    [0.3, 1.0, 4.0].map(|r| vec![r, r / rate]).into()
}

fn search(data: &Compressed, starts: Vec<Vec<f64>>) -> Optimum {
    let rate = data.purchases() / data.time_observed();
    let search = Search {
        evaluate: &|p: &[f64]| log_likelihood(data, p).to_vec(),
        starts,
        scale: vec![1.0, 1.0 / rate],
        shapes: &[0],
    };
    search.run()
}

impl Nbd {
    /// Expected purchases in the next `horizon` of a customer with this history: (r+x)/(α+T) H.
    pub fn expected_purchases(&self, row: HistoryRow, horizon: f64) -> f64 {
        (self.r + f64::from(row.frequency)) / (self.alpha + row.observed) * horizon
    }

    /// Expected repeat purchases of a new customer within `time` of the first purchase.
    pub fn expected_from_new(&self, time: f64) -> f64 {
        self.r / self.alpha * time
    }

    /// Simulates customers observed for `observed[i]` and then for `horizon` more.
    pub fn simulate(&self, observed: &[f64], horizon: f64, seed: u64) -> Simulated {
        simulate_lives(observed, horizon, seed, |_, generator| {
            self.draw_life(generator)
        })
    }

    pub(crate) fn draw_life<R: rand::Rng>(&self, generator: &mut R) -> Life {
        Life {
            rate: draw_gamma(self.r, self.alpha, generator),
            leaving: 0.0,
            end: LifeEnd::At(f64::INFINITY),
        }
    }
}

/// ln P(k purchases in `time`) for rates Gamma(shape, rate), k = 0..=most.
pub(crate) fn log_pmf_upto(shape: f64, rate: f64, time: f64, most: usize) -> Vec<f64> {
    let (hit, miss) = ((time / (rate + time)).ln(), (rate / (rate + time)).ln());
    let mut log_p = shape * miss;
    let mut all = vec![log_p];
    for k in 0..most {
        let k = k as f64;
        log_p += ((shape + k) / (k + 1.0)).ln() + hit;
        all.push(log_p);
    }
    all
}

/// P(at least k purchases in `time`), k = 0..=most, summed from the far end so that small tails keep their digits.
pub(crate) fn upper_tails(shape: f64, rate: f64, time: f64, most: usize) -> Vec<f64> {
    let hit = time / (rate + time);
    let beyond = (40.0 / -hit.ln()).min(5000.0) as usize + 1;
    let all = log_pmf_upto(shape, rate, time, most + beyond);
    let mut tail = all[most + beyond].exp() * hit / (1.0 - hit);
    let mut tails = vec![0.0; most + 1];
    for k in (0..all.len()).rev() {
        tail += all[k].exp();
        if k <= most {
            tails[k] = tail.min(1.0);
        }
    }
    tails
}

fn log_likelihood(data: &Compressed, p: &[f64]) -> [f64; 6] {
    let (r, alpha) = (p[0], p[1]);
    let rising = log_rising_table(r, &data.counts);
    let mut total = sum_in_order(data.len(), |rows| {
        let mut sum = [0.0; 6];
        for (slot, rows) in data.runs(rows) {
            let n = r + f64::from(data.counts[slot]);
            let run = Run {
                shape: n,
                alpha,
                recency: &data.recency[rows.clone()],
                observed: &data.observed[rows.clone()],
                weight: &data.weight[rows],
            };
            let alive = run.alive();
            sum[0] -= n * alive.logs;
            sum[1] -= alive.logs;
            sum[2] -= n * alive.inverses;
            sum[4] -= alive.inverses;
            sum[5] += n * alive.squares;
        }
        sum
    });
    for ((g, w), x) in rising.iter().zip(&data.count_weights).zip(&data.counts) {
        // ln(1 + T/α) above replaced ln(α + T) by ln α + ln(1 + T/α): r ln α cancels and x ln α is left.
        let x = f64::from(*x);
        total[0] += w * (g.value - x * alpha.ln());
        total[1] += w * g.first;
        total[2] += w * r / alpha;
        total[3] += w * g.second;
        total[4] += w / alpha;
        total[5] -= w * r / (alpha * alpha);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btyd::fit::tests::{check_derivatives, mixed_customers};

    #[test]
    fn derivatives_agree_with_differences() {
        let data = mixed_customers();
        for at in [[0.24, 4.4], [30.0, 0.5]] {
            check_derivatives(|p| log_likelihood(&data, p).to_vec(), &at);
        }
    }

    #[test]
    fn tails_are_what_the_single_probabilities_leave() {
        let below: f64 = log_pmf_upto(2.4, 39.0, 52.0, 9)
            .iter()
            .map(|l| l.exp())
            .sum();
        assert!((upper_tails(2.4, 39.0, 52.0, 10)[10] - (1.0 - below)).abs() < 1e-13);
    }
}
