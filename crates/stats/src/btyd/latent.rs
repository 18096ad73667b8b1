//! What might a customer's own rates be, and what do they let expect?

use super::beta_geometric::BetaGeometric;
use super::history::HistoryRow;
use super::simulated::{draw_beta, draw_gamma};
use super::value::{Outlook, PurchaseModel};
use rand::{Rng, RngExt};

impl PurchaseModel {
    /// Draws whether the customer is alive and, if so, the purchases ahead: expected given the own rates, and as they happen.
    pub(crate) fn draw_state<R: Rng>(
        &self,
        (row, p_alive): (HistoryRow, f64),
        generator: &mut R,
    ) -> LatentState {
        let x = f64::from(row.frequency);
        if generator.random::<f64>() >= p_alive {
            return LatentState::gone();
        }
        match *self {
            PurchaseModel::Nbd(p) => LatentState {
                rate: draw_gamma(p.r + x, p.alpha + row.observed, generator),
                dropout: Dropout::Never,
            },
            PurchaseModel::BgNbd(p) => p.kernel().draw_state(row, generator),
            PurchaseModel::MbgNbd(p) => p.kernel().draw_state(row, generator),
            PurchaseModel::ParetoNbd(p) => LatentState {
                rate: draw_gamma(p.r + x, p.alpha + row.observed, generator),
                dropout: Dropout::AtRate(draw_gamma(p.s, p.beta + row.observed, generator)),
            },
        }
    }
}

/// One customer's own rates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LatentState {
    rate: f64,
    dropout: Dropout,
}

#[derive(Debug, Clone, Copy)]
enum Dropout {
    Gone,
    Never,
    AfterPurchase(f64),
    AtRate(f64),
}

/// A customer's own mean value of a purchase, and how single purchases vary around it (Gamma shape).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Worth {
    pub mean: f64,
    pub shape: f64,
}

impl LatentState {
    fn gone() -> Self {
        LatentState {
            rate: 0.0,
            dropout: Dropout::Gone,
        }
    }

    /// Expected discounted purchases given the own rates.
    pub fn expected_purchases(&self, outlook: Outlook) -> f64 {
        let leaving = match self.dropout {
            Dropout::Gone => return 0.0,
            Dropout::Never => 0.0,
            Dropout::AfterPurchase(p) => self.rate * p,
            Dropout::AtRate(mu) => mu,
        };
        self.rate * discounted_time(leaving, outlook)
    }

    /// Discounted value of the purchases as they happen to fall, each worth a Gamma draw.
    pub fn realize<R: Rng>(&self, worth: Worth, outlook: Outlook, generator: &mut R) -> f64 {
        use rand_distr::{Distribution, Exp1};
        let mut end = outlook.horizon;
        match self.dropout {
            Dropout::Gone => return 0.0,
            Dropout::AtRate(mu) => {
                let wait: f64 = Exp1.sample(generator);
                end = end.min(wait / mu);
            }
            Dropout::Never | Dropout::AfterPurchase(_) => {}
        }
        let (mut time, mut sum) = (0.0, 0.0);
        loop {
            let wait: f64 = Exp1.sample(generator);
            time += wait / self.rate;
            if time.is_nan() || time > end {
                return sum;
            }
            let single = if worth.shape.is_finite() {
                draw_gamma(worth.shape, worth.shape / worth.mean, generator)
            } else {
                worth.mean
            };
            sum += single * (-outlook.discount * time).exp();
            if let Dropout::AfterPurchase(p) = self.dropout
                && generator.random::<f64>() < p
            {
                return sum;
            }
        }
    }
}

impl BetaGeometric {
    fn draw_state<R: Rng>(&self, row: HistoryRow, generator: &mut R) -> LatentState {
        let x = f64::from(row.frequency);
        let chances = f64::from(row.frequency + self.early_chances);
        let rate = draw_gamma(self.r + x, self.alpha + row.observed, generator);
        LatentState {
            rate,
            dropout: Dropout::AfterPurchase(draw_beta(self.a, self.b + chances, generator)),
        }
    }
}

/// ∫_0^H e^-((leaving + δ) u) du.
pub(crate) fn discounted_time(leaving: f64, outlook: Outlook) -> f64 {
    let z = (leaving + outlook.discount) * outlook.horizon;
    if z < 1e-12 {
        return outlook.horizon * (1.0 - 0.5 * z);
    }
    outlook.horizon * -(-z).exp_m1() / z
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btyd::simulated::stream;

    const AHEAD: Outlook = Outlook {
        horizon: 52.0,
        discount: 0.003,
    };

    #[test]
    fn closed_form_given_the_rates_is_the_mean_of_realized_paths() {
        let worth = Worth {
            mean: 2.0,
            shape: 3.0,
        };
        for dropout in [
            Dropout::Never,
            Dropout::AfterPurchase(0.1),
            Dropout::AtRate(0.02),
        ] {
            let state = LatentState { rate: 0.3, dropout };
            let mut generator = stream(11, 0);
            let n = 100_000.0;
            let draws: Vec<f64> = (0..100_000)
                .map(|_| state.realize(worth, AHEAD, &mut generator))
                .collect();
            let mean = draws.iter().sum::<f64>() / n;
            let spread = draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / n;
            let expected = 2.0 * state.expected_purchases(AHEAD);
            assert!(
                (mean - expected).abs() < 4.0 * (spread / n).sqrt(),
                "{dropout:?}"
            );
        }
    }
}
