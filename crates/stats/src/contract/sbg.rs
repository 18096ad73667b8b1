//! How many contracts are left after each renewal, if each has its own constant probability to end?

use super::cohort::{Cohort, require_ends};
use crate::btyd::fit::{Search, assemble, pack, warn_alike};
use crate::btyd::{Fit, Parameters};
use crate::error::StatsError;
use crate::jet::{Jet, ln_beta};
use crate::special;

/// Shifted beta-geometric: the probability to end at a renewal varies over contracts as Beta(alpha, beta).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sbg {
    pub alpha: f64,
    pub beta: f64,
}

impl Parameters for Sbg {
    const NAMES: &'static [&'static str] = &["alpha", "beta"];
    fn to_vec(&self) -> Vec<f64> {
        vec![self.alpha, self.beta]
    }
    fn from_slice(values: &[f64]) -> Self {
        Sbg {
            alpha: values[0],
            beta: values[1],
        }
    }
}

/// Fits the shifted beta-geometric by maximum likelihood [FH2007] eq. 5 and 6.
///
/// P(ends at renewal t) = B(α+1, β+t-1)/B(α,β), S(t) = B(α, β+t)/B(α,β); cohorts that entered late are conditioned on S at entry.
///
/// # Errors and cautions
/// `TooFewObservations` below 10 contracts or 2 renewals, `AllCensored` when none ended.
/// `HeterogeneityNotIdentified` when all contracts end at one rate (α and β grow without bound).
///
/// Regular cohort of the paper (7 renewals): alpha 0.7041, beta 1.1820, ln L -1680.27.
pub fn fit(cohorts: &[Cohort]) -> Result<Fit<Sbg>, StatsError> {
    let contracts = require_ends(cohorts, 2)?;
    let search = Search {
        evaluate: &|p: &[f64]| pack(&log_likelihood(cohorts, p)),
        starts: vec![vec![1.0, 2.0], vec![0.3, 3.0], vec![5.0, 50.0]],
        scale: vec![1.0, 1.0],
        shapes: &[0, 1],
    };
    let mut fit: Fit<Sbg> = assemble(&search.run(), contracts)?;
    warn_alike(&mut fit, 1, "probability to end");
    Ok(fit)
}

impl Sbg {
    /// Share left after `renewals` renewals: S(t) = B(α, β+t)/B(α, β).
    pub fn survival(&self, renewals: u32) -> f64 {
        let shifted = special::ln_beta(self.alpha, self.beta + f64::from(renewals));
        (shifted - special::ln_beta(self.alpha, self.beta)).exp()
    }

    /// Share that renews at renewal t >= 1 of those who reached it: (β+t-1)/(α+β+t-1) [FH2007] eq. 8.
    pub fn retention(&self, renewal: u32) -> f64 {
        let before = f64::from(renewal.max(1)) - 1.0;
        (self.beta + before) / (self.alpha + self.beta + before)
    }

    /// Expected discounted renewals of a contract that has survived `survived`, over the next `horizon`:
    /// Σ_(k=1)^H S(n+k)/S(n) (1+rate)^-k [FH2010].
    pub fn discounted_renewals(&self, survived: u32, horizon: u32, rate: f64) -> f64 {
        let (mut still, mut sum) = (1.0, 0.0);
        for k in 1..=horizon {
            still *= self.retention(survived + k) / (1.0 + rate);
            sum += still;
        }
        sum
    }

    /// Simulates at which renewal each of `contracts` ends; 0 when it outlives `renewals`.
    pub fn simulate(&self, contracts: usize, renewals: u32, seed: u64) -> Vec<u32> {
        crate::reduce::map_rows(contracts, |i| {
            let mut generator = crate::btyd::simulated::stream(seed, i as u64);
            let ends = crate::btyd::simulated::draw_beta(self.alpha, self.beta, &mut generator);
            let end = |_: &u32| rand::RngExt::random::<f64>(&mut generator) < ends;
            (1..=renewals).find(end).unwrap_or(0)
        })
    }
}

fn log_likelihood(cohorts: &[Cohort], p: &[f64]) -> Jet<2> {
    let (alpha, beta) = (Jet::<2>::variable(p[0], 0), Jet::variable(p[1], 1));
    let base = ln_beta(alpha, beta);
    let log_survival = |t: f64| ln_beta(alpha, beta.shift(t)) - base;
    let mut total = Jet::constant(0.0);
    for cohort in cohorts {
        let entry = f64::from(cohort.survived());
        let periods = cohort.lost().len() as f64;
        for (t, lost) in cohort.lost().iter().enumerate() {
            let log_end = ln_beta(alpha.shift(1.0), beta.shift(entry + t as f64)) - base;
            total = total + log_end.scale(*lost);
        }
        total = total + log_survival(entry + periods).scale(cohort.remaining());
        total = total - log_survival(entry).scale(cohort.size());
    }
    total
}
