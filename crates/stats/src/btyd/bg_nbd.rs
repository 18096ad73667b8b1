//! How often will customers buy, if each may leave after any repeat purchase?

use super::beta_geometric::{self, BetaGeometric};
use super::fit::{Fit, Parameters};
use super::history::{History, HistoryRow};
use super::simulated::Simulated;
use crate::error::StatsError;

/// BG/NBD: purchase rates Gamma(r, alpha), probability to leave after a repeat purchase Beta(a, b).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgNbd {
    pub r: f64,
    pub alpha: f64,
    pub a: f64,
    pub b: f64,
}

impl Parameters for BgNbd {
    const NAMES: &'static [&'static str] = &["r", "alpha", "a", "b"];
    fn to_vec(&self) -> Vec<f64> {
        vec![self.r, self.alpha, self.a, self.b]
    }
    fn from_slice(values: &[f64]) -> Self {
        BgNbd {
            r: values[0],
            alpha: values[1],
            a: values[2],
            b: values[3],
        }
    }
}

/// Fits BG/NBD by maximum likelihood [FHL2005] eq. 6.
///
/// L = B(a,b+x)/B(a,b) Γ(r+x)α^r/(Γ(r)(α+T)^(r+x)) + 1[x>0] B(a+1,b+x-1)/B(a,b) Γ(r+x)α^r/(Γ(r)(α+t_x)^(r+x)).
/// Time in any one unit; alpha comes back in it. Coded with ln(1 + T/α) and rising factorials, Newton steps with
/// the exact Hessian on the log scale, several starts, equal customers joined.
///
/// # Errors and cautions
/// `TooFewObservations` below 10 customers, `NotIdentified` when nobody bought again. When the likelihood rises
/// towards "nobody leaves" the NBD limit is returned (a = 1e-9, b = 1, no errors for them) with `DropoutNotIdentified`;
/// the same caution without `BoundaryOptimum` tells that dropout gains less than 2.303 in ln L.
/// A customer without repeat purchase is always alive here: see [`super::mbg_nbd`].
///
/// CDNOW (2,357 customers): r 0.243, alpha 4.414, a 0.793, b 2.426, ln L -9582.4.
pub fn fit(history: &History) -> Result<Fit<BgNbd>, StatsError> {
    beta_geometric::fit(&history.compress(), 0)
}

impl BgNbd {
    /// P(alive at T) [FHL2008]; 1 without repeat purchase.
    pub fn p_alive(&self, row: HistoryRow) -> f64 {
        self.kernel().p_alive(row)
    }

    /// Expected purchases in the next `horizon` of a customer with this history [FHL2005] eq. 10.
    ///
    /// Coded as P(alive) times a Gauss-Jacobi expectation over p: the 2F1 form divides by a - 1.
    pub fn expected_purchases(&self, row: HistoryRow, horizon: f64) -> f64 {
        let kernel = self.kernel();
        let rule = kernel.dropout_rule(row.frequency);
        let if_alive = (row.frequency, row.observed);
        kernel.p_alive(row) * kernel.purchases_if_alive(if_alive, &rule, (horizon, 0.0))
    }

    /// Expected repeat purchases of a new customer within `time` of the first purchase [FHL2005] eq. 9.
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
            early_chances: 0,
        }
    }
}
