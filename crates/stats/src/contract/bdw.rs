//! How many contracts are left after each renewal, if the probability to end also changes with age?

use super::cohort::{Cohort, require_ends};
use super::sbg;
use crate::btyd::fit::{Search, assemble, pack, warn_alike};
use crate::btyd::{Fit, Parameters};
use crate::error::StatsError;
use crate::jet::{Jet, ln_beta};
use crate::special;

/// Beta-discrete-Weibull: as [`super::sbg`], and each contract's own hazard falls (c < 1) or rises (c > 1) with age.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bdw {
    pub alpha: f64,
    pub beta: f64,
    pub c: f64,
}

impl Parameters for Bdw {
    const NAMES: &'static [&'static str] = &["alpha", "beta", "c"];
    fn to_vec(&self) -> Vec<f64> {
        vec![self.alpha, self.beta, self.c]
    }
    fn from_slice(values: &[f64]) -> Self {
        Bdw {
            alpha: values[0],
            beta: values[1],
            c: values[2],
        }
    }
}

/// Fits the beta-discrete-Weibull by maximum likelihood [FHLDS2018].
///
/// S(t) = B(α, β+t^c)/B(α, β), P(ends at t) = S(t-1) - S(t), computed as ln S(t-1) + ln(1 - S(t)/S(t-1)); c = 1 is the sBG.
///
/// # Errors and cautions
/// `TooFewObservations` below 10 contracts or 3 renewals, `AllCensored` when none ended; cautions as [`sbg::fit`].
pub fn fit(cohorts: &[Cohort]) -> Result<Fit<Bdw>, StatsError> {
    let contracts = require_ends(cohorts, 3)?;
    let simple = sbg::fit(cohorts)?.parameters;
    let (alpha, beta) = (simple.alpha.min(1e3), simple.beta.min(1e3));
    let search = Search {
        evaluate: &|p: &[f64]| pack(&log_likelihood(cohorts, p)),
        starts: vec![
            vec![alpha, beta, 1.0],
            vec![alpha, beta, 1.5],
            vec![1.0, 2.0, 0.7],
        ],
        scale: vec![1.0, 1.0, 1.0],
        shapes: &[0, 1],
    };
    let mut fit: Fit<Bdw> = assemble(&search.run(), contracts)?;
    warn_alike(&mut fit, 1, "probability to end");
    Ok(fit)
}

impl Bdw {
    /// Share left after `renewals` renewals.
    pub fn survival(&self, renewals: u32) -> f64 {
        let age = f64::from(renewals).powf(self.c);
        (special::ln_beta(self.alpha, self.beta + age) - special::ln_beta(self.alpha, self.beta))
            .exp()
    }

    /// Share that renews at renewal t >= 1 of those who reached it.
    pub fn retention(&self, renewal: u32) -> f64 {
        self.survival(renewal.max(1)) / self.survival(renewal.max(1) - 1)
    }

    /// Expected discounted renewals of a contract that has survived `survived`, over the next `horizon`.
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
            let end = |t: &u32| {
                let grown = f64::from(*t).powf(self.c) - f64::from(t - 1).powf(self.c);
                let stays = (grown * (-ends).ln_1p()).exp();
                rand::RngExt::random::<f64>(&mut generator) >= stays
            };
            (1..=renewals).find(end).unwrap_or(0)
        })
    }
}

fn log_likelihood(cohorts: &[Cohort], p: &[f64]) -> Jet<3> {
    let variable = |i: usize| Jet::<3>::variable(p[i], i);
    let (alpha, beta, c) = (variable(0), variable(1), variable(2));
    let base = ln_beta(alpha, beta);
    let log_survival = |t: u32| {
        if t == 0 {
            return Jet::constant(0.0);
        }
        ln_beta(alpha, beta + c.scale(f64::from(t).ln()).exp()) - base
    };
    let mut total = Jet::constant(0.0);
    for cohort in cohorts {
        let entry = log_survival(cohort.survived());
        let mut before = entry;
        for (t, lost) in cohort.lost().iter().enumerate() {
            let after = log_survival(cohort.survived() + t as u32 + 1);
            if *lost > 0.0 {
                let log_end = before + (after - before).ln_one_minus_exp();
                total = total + log_end.scale(*lost);
            }
            before = after;
        }
        total = total + before.scale(cohort.remaining()) - entry.scale(cohort.size());
    }
    total
}
