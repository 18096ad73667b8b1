//! What are a customer's coming purchases worth today?

use super::beta_geometric::BetaGeometric;
use super::bg_nbd::BgNbd;
use super::history::{History, HistoryRow};
use super::interpolate::over_times;
use super::latent::discounted_time;
use super::mbg_nbd::MbgNbd;
use super::nbd::Nbd;
use super::pareto_nbd::ParetoNbd;
use super::simulated::stream;
use super::spend::{SpendDraw, SpendModel};
use crate::error::StatsError;
use crate::estimate::Interval;
use crate::reduce::map_rows;
use rayon::prelude::*;

/// How far ahead value is counted, and at what price of waiting. Time in the unit of the history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// Length of the time ahead, finite and not negative.
    pub horizon: f64,
    /// Continuous rate per unit of time: ln(1 + yearly rate) / units per year. 0 counts without discount.
    pub discount: f64,
}

/// Parameters of one distribution of purchases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PurchaseModel {
    Nbd(Nbd),
    BgNbd(BgNbd),
    MbgNbd(MbgNbd),
    ParetoNbd(ParetoNbd),
}

/// What is expected of one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CustomerValue {
    /// P(still buying at T).
    pub p_alive: f64,
    /// Expected discounted purchases within the horizon.
    pub purchases: f64,
    /// Expected value of a purchase.
    pub spend: f64,
    /// Their product: expected discounted value within the horizon.
    pub value: f64,
}

impl PurchaseModel {
    /// P(alive at T) per row; 1 for the NBD.
    pub fn p_alive(&self, history: &History) -> Vec<f64> {
        map_rows(history.len(), |i| self.p_alive_of(history.row(i)))
    }

    /// P(alive at T) of one customer.
    pub fn p_alive_of(&self, row: HistoryRow) -> f64 {
        match self {
            PurchaseModel::Nbd(_) => 1.0,
            PurchaseModel::BgNbd(p) => p.p_alive(row),
            PurchaseModel::MbgNbd(p) => p.p_alive(row),
            PurchaseModel::ParetoNbd(p) => p.p_alive(row),
        }
    }

    /// Expected discounted purchases per row: P(alive) times the mean, over what is unknown about a living customer, of
    /// λ (1 - e^-((λp+δ)H)) / (λp+δ) (BG/NBD), λ (1 - e^-((μ+δ)H)) / (μ+δ) (Pareto/NBD), λ (1 - e^-δH) / δ (NBD),
    /// with λ ~ Gamma(r+x, α+T), p ~ Beta(a, b+x) (MBG: b+x+1), μ ~ Gamma(s, β+T).
    ///
    /// The mean depends on x and T only: it is computed once per pair, and between 32 Chebyshev points of ln(α+T) when a
    /// count x has more than 48 different T (relative error below 1e-9, usually 1e-12).
    ///
    /// # Errors
    /// `InvalidInput` when the outlook is not finite or negative.
    pub fn expected_purchases(
        &self,
        history: &History,
        outlook: Outlook,
    ) -> Result<Vec<f64>, StatsError> {
        outlook.check()?;
        let if_alive = self.purchases_if_alive(history, outlook);
        Ok(map_rows(history.len(), |i| {
            self.p_alive_of(history.row(i)) * if_alive[i]
        }))
    }

    /// ln P(k purchases in the `horizon` after T) for k = 0..=most.
    pub fn log_pmf(&self, row: HistoryRow, horizon: f64, most: usize) -> Vec<f64> {
        let p_alive = self.p_alive_of(row);
        let shape = f64::from(row.frequency);
        let if_alive = match self {
            PurchaseModel::Nbd(p) => {
                super::nbd::log_pmf_upto(p.r + shape, p.alpha + row.observed, horizon, most)
            }
            PurchaseModel::BgNbd(p) => p.kernel().log_pmf_if_alive(row, horizon, most),
            PurchaseModel::MbgNbd(p) => p.kernel().log_pmf_if_alive(row, horizon, most),
            PurchaseModel::ParetoNbd(p) => p.log_pmf_if_alive(row, horizon, most),
        };
        let mut all: Vec<f64> = if_alive.iter().map(|l| l + p_alive.ln()).collect();
        all[0] = (1.0 - p_alive + (if_alive[0] + p_alive.ln()).exp()).ln();
        all
    }

    /// Expected value of each customer, in the order of the history.
    ///
    /// # Errors
    /// `LengthMismatch` when the spend columns do not fit the history, `InvalidInput` for a spend that is not finite or an
    /// impossible outlook, `NotIdentified` when the mean spend of a customer is infinite (px + q <= 1).
    pub fn expected_value(
        &self,
        history: &History,
        spend: &SpendModel<'_>,
        outlook: Outlook,
    ) -> Result<Vec<CustomerValue>, StatsError> {
        outlook.check()?;
        let spends = spend.expected(history.len())?;
        let if_alive = self.purchases_if_alive(history, outlook);
        Ok(map_rows(history.len(), |i| {
            let p_alive = self.p_alive_of(history.row(i));
            let purchases = p_alive * if_alive[i];
            CustomerValue {
                p_alive,
                purchases,
                spend: spends[i],
                value: purchases * spends[i],
            }
        }))
    }

    fn purchases_if_alive(&self, history: &History, outlook: Outlook) -> Vec<f64> {
        let Outlook { horizon, discount } = outlook;
        match self {
            PurchaseModel::Nbd(p) => {
                let time = discounted_time(0.0, outlook);
                map_rows(history.len(), |i| {
                    p.expected_purchases(history.row(i), time)
                })
            }
            PurchaseModel::BgNbd(p) => beta_geometric_if_alive(p.kernel(), history, outlook),
            PurchaseModel::MbgNbd(p) => beta_geometric_if_alive(p.kernel(), history, outlook),
            PurchaseModel::ParetoNbd(p) => {
                let rows: Vec<usize> = (0..history.len()).collect();
                let mut times = vec![0.0; history.len()];
                let time_left = |t: f64| p.time_left_if_alive(t, (horizon, discount));
                for (i, time) in over_times(history, &rows, p.beta, &time_left) {
                    let row = history.row(i);
                    times[i] = (p.r + f64::from(row.frequency)) / (p.alpha + row.observed) * time;
                }
                times
            }
        }
    }
}

/// Interval of each customer's discounted value given what is unknown: parameters, whether alive, own rates, own spend.
///
/// `draw_parameters` gives one set of parameters per draw (see [`super::totals::PurchaseFit::draw`]). Chance in the purchases themselves is not
/// included: the interval is for the customer's expectation. Costs about 0.5 µs per customer and draw; take those shown.
///
/// # Errors
/// As [`PurchaseModel::expected_value`].
pub fn value_intervals(
    models: &[PurchaseModel],
    history: &History,
    spend: &SpendModel<'_>,
    (outlook, level, seed): (Outlook, f64, u64),
) -> Result<Vec<Interval>, StatsError> {
    outlook.check()?;
    spend.expected(history.len())?;
    let spenders: Vec<SpendDraw> = (0..models.len())
        .map(|d| {
            let mut generator = stream(seed, d as u64);
            spend.draw_parameters(&mut generator)
        })
        .collect();
    Ok(map_rows(history.len(), |i| {
        let mut generator = stream(seed, (models.len() + i) as u64);
        let row = history.row(i);
        let draws: Vec<f64> = models
            .iter()
            .zip(&spenders)
            .map(|(model, spender)| {
                let p_alive = model.p_alive_of(row);
                let state = model.draw_state((row, p_alive), &mut generator);
                let worth = spend.draw_value((i, spender), &mut generator);
                state.expected_purchases(outlook) * worth.mean
            })
            .collect();
        Interval::from_draws(&draws, level)
    }))
}

impl Outlook {
    /// Refuses a horizon or discount that is negative or not finite.
    pub fn check(&self) -> Result<(), StatsError> {
        if !(self.horizon.is_finite() && self.horizon >= 0.0) {
            return Err(StatsError::invalid(format!("horizon {}", self.horizon)));
        }
        if !(self.discount.is_finite() && self.discount >= 0.0) {
            return Err(StatsError::invalid(format!("discount {}", self.discount)));
        }
        Ok(())
    }
}

fn beta_geometric_if_alive(kernel: BetaGeometric, history: &History, outlook: Outlook) -> Vec<f64> {
    let mut rows: Vec<usize> = (0..history.len()).collect();
    rows.sort_by_key(|&i| history.row(i).frequency);
    let groups: Vec<&[usize]> = rows
        .chunk_by(|&i, &j| history.row(i).frequency == history.row(j).frequency)
        .collect();
    let parts: Vec<Vec<(usize, f64)>> = groups
        .par_iter()
        .map(|group| {
            let x = history.row(group[0]).frequency;
            let rule = kernel.dropout_rule(x);
            let ahead = (outlook.horizon, outlook.discount);
            let at = |t: f64| kernel.purchases_if_alive((x, t), &rule, ahead);
            over_times(history, group, kernel.alpha, &at)
        })
        .collect();
    let mut all = vec![0.0; history.len()];
    for (i, value) in parts.into_iter().flatten() {
        all[i] = value;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn models() -> [PurchaseModel; 4] {
        [
            PurchaseModel::Nbd(Nbd { r: 0.4, alpha: 5.0 }),
            PurchaseModel::BgNbd(BgNbd {
                r: 0.24,
                alpha: 4.4,
                a: 0.79,
                b: 2.4,
            }),
            PurchaseModel::MbgNbd(MbgNbd {
                r: 0.53,
                alpha: 6.2,
                a: 0.89,
                b: 1.6,
            }),
            PurchaseModel::ParetoNbd(ParetoNbd {
                r: 0.55,
                alpha: 10.6,
                s: 0.61,
                beta: 11.7,
            }),
        ]
    }

    const AHEAD: Outlook = Outlook {
        horizon: 52.0,
        discount: 0.003,
    };

    #[test]
    fn expectation_is_the_mean_over_drawn_states() {
        let row = HistoryRow {
            frequency: 3,
            recency: 20.0,
            observed: 39.0,
        };
        let history = History::new(&[3.0], &[20.0], &[39.0]).expect("valid");
        for model in models() {
            let expected = model.expected_purchases(&history, AHEAD).expect("valid")[0];
            let p_alive = model.p_alive_of(row);
            let mut generator = stream(7, 0);
            let draws: Vec<f64> = (0..200_000)
                .map(|_| {
                    let state = model.draw_state((row, p_alive), &mut generator);
                    state.expected_purchases(AHEAD)
                })
                .collect();
            let n = draws.len() as f64;
            let mean = draws.iter().sum::<f64>() / n;
            let spread = draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / n;
            let error = (spread / n).sqrt();
            assert!(
                (mean - expected).abs() < 4.0 * error,
                "{model:?} {mean} {expected}"
            );
        }
    }

    #[test]
    fn interpolated_values_agree_with_single_customers() {
        let n = 400;
        let observed: Vec<f64> = (0..n).map(|i| 0.05 + 0.37 * f64::from(i)).collect();
        let frequency: Vec<f64> = (0..n).map(|i| f64::from(i % 3)).collect();
        let recency: Vec<f64> = (0..n as usize)
            .map(|i| {
                if frequency[i] > 0.0 {
                    observed[i] * 0.6
                } else {
                    0.0
                }
            })
            .collect();
        let history = History::new(&frequency, &recency, &observed).expect("valid");
        for model in models() {
            let together = model.expected_purchases(&history, AHEAD).expect("valid");
            for i in (0..n as usize).step_by(37) {
                let one = History::new(&frequency[i..=i], &recency[i..=i], &observed[i..=i])
                    .expect("valid");
                let alone = model.expected_purchases(&one, AHEAD).expect("valid")[0];
                assert!((together[i] / alone - 1.0).abs() < 1e-9, "{model:?} {i}");
            }
        }
    }

    #[test]
    fn probabilities_of_counts_add_up_to_the_expectation() {
        let row = HistoryRow {
            frequency: 2,
            recency: 30.43,
            observed: 38.86,
        };
        let history = History::new(&[2.0], &[30.43], &[38.86]).expect("valid");
        let undiscounted = Outlook {
            horizon: 39.0,
            discount: 0.0,
        };
        for model in models() {
            let pmf = model.log_pmf(row, 39.0, 400);
            let total: f64 = pmf.iter().map(|l| l.exp()).sum();
            let mean: f64 = pmf
                .iter()
                .enumerate()
                .map(|(k, l)| k as f64 * l.exp())
                .sum();
            let expected = model
                .expected_purchases(&history, undiscounted)
                .expect("valid")[0];
            assert!((total - 1.0).abs() < 1e-9, "{model:?} {total}");
            assert!(
                (mean - expected).abs() < 1e-8,
                "{model:?} {mean} {expected}"
            );
        }
    }

    #[test]
    fn a_discount_of_nearly_nothing_changes_nearly_nothing() {
        let history = History::new(&[2.0], &[30.43], &[38.86]).expect("valid");
        for model in models() {
            let at = |discount: f64| {
                let outlook = Outlook {
                    horizon: 39.0,
                    discount,
                };
                model.expected_purchases(&history, outlook).expect("valid")[0]
            };
            assert!((at(0.0) - at(1e-13)).abs() < 1e-10, "{model:?}");
            assert!(at(0.01) < at(0.0));
        }
    }
}
