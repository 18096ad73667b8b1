//! How often will customers buy, if each may leave after any purchase, the first one too?

use super::beta_geometric::{self, BetaGeometric};
use super::fit::{Fit, Parameters};
use super::history::{History, HistoryRow};
use super::simulated::Simulated;
use crate::error::StatsError;

/// MBG/NBD: purchase rates Gamma(r, alpha), probability to leave after any purchase Beta(a, b).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MbgNbd {
    pub r: f64,
    pub alpha: f64,
    pub a: f64,
    pub b: f64,
}

impl Parameters for MbgNbd {
    const NAMES: &'static [&'static str] = &["r", "alpha", "a", "b"];
    fn to_vec(&self) -> Vec<f64> {
        vec![self.r, self.alpha, self.a, self.b]
    }
    fn from_slice(values: &[f64]) -> Self {
        MbgNbd {
            r: values[0],
            alpha: values[1],
            a: values[2],
            b: values[3],
        }
    }
}

/// Fits MBG/NBD by maximum likelihood [BDF2007].
///
/// L = Γ(r+x)α^r/Γ(r) { B(a,b+x+1)/B(a,b) (α+T)^-(r+x) + B(a+1,b+x)/B(a,b) (α+t_x)^-(r+x) }: as BG/NBD, but a customer
/// may leave right after the first purchase, so that one who never came back need not be alive.
/// Units, errors and cautions are those of [`super::bg_nbd::fit`].
pub fn fit(history: &History) -> Result<Fit<MbgNbd>, StatsError> {
    beta_geometric::fit(&history.compress(), 1)
}

impl MbgNbd {
    /// P(alive at T): 1 / (1 + a/(b+x) ((α+T)/(α+t_x))^(r+x)) [BDF2007].
    pub fn p_alive(&self, row: HistoryRow) -> f64 {
        self.kernel().p_alive(row)
    }

    /// Expected purchases in the next `horizon` of a customer with this history [BDF2007].
    pub fn expected_purchases(&self, row: HistoryRow, horizon: f64) -> f64 {
        let kernel = self.kernel();
        let rule = kernel.dropout_rule(row.frequency);
        let if_alive = (row.frequency, row.observed);
        kernel.p_alive(row) * kernel.purchases_if_alive(if_alive, &rule, (horizon, 0.0))
    }

    /// Expected repeat purchases of a new customer within `time` of the first purchase.
    pub fn expected_from_new(&self, time: f64) -> f64 {
        let newcomer = HistoryRow {
            frequency: 0,
            recency: 0.0,
            observed: 0.0,
        };
        self.expected_purchases(newcomer, time)
    }

    /// Simulates customers observed for `observed[i]` and then for `horizon` more.
    pub fn simulate(&self, observed: &[f64], horizon: f64, seed: u64) -> Simulated {
        self.kernel().simulate(observed, horizon, seed)
    }

    pub(crate) fn kernel(&self) -> BetaGeometric {
        BetaGeometric {
            r: self.r,
            alpha: self.alpha,
            a: self.a,
            b: self.b,
            early_chances: 1,
        }
    }
}
