//! What does a customer spend per purchase, and what will the next purchases be worth?

use super::fit::{Fit, Parameters, Search, assemble, warn_alike};
use super::join::{bits_of, in_order};
use crate::error::{StatsError, require_length};
use crate::estimate::Caution;
use crate::optimize::Optimum;
use crate::reduce::sum_in_order;
use crate::special::{digamma, ln_gamma, trigamma};

/// Each purchase of a customer is Gamma(p, nu), and nu varies over customers as Gamma(q, v); money in any one unit, that of v.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaGamma {
    pub p: f64,
    pub q: f64,
    pub v: f64,
}

impl Parameters for GammaGamma {
    const NAMES: &'static [&'static str] = &["p", "q", "v"];
    fn to_vec(&self) -> Vec<f64> {
        vec![self.p, self.q, self.v]
    }
    fn from_slice(values: &[f64]) -> Self {
        GammaGamma {
            p: values[0],
            q: values[1],
            v: values[2],
        }
    }
}

/// Checked spend: customers with `purchases` >= 1 purchases of mean value `mean_value` > 0.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SpendHistory {
    purchases: Vec<u32>,
    mean_value: Vec<f64>,
    weight: Vec<f64>,
    left_out: f64,
}

impl SpendHistory {
    /// Checks spend, one customer per row. Rows without purchases, or with purchases worth 0, are left out and counted.
    ///
    /// # Errors
    /// `LengthMismatch`; `InvalidInput` for a negative or non-finite value or a count that is not whole.
    pub fn new(purchases: &[f64], mean_value: &[f64]) -> Result<Self, StatsError> {
        Self::joined(purchases, mean_value, &[])
    }

    /// As [`SpendHistory::new`], row i standing for `weight[i]` equal customers.
    pub fn weighted(
        purchases: &[f64],
        mean_value: &[f64],
        weight: &[f64],
    ) -> Result<Self, StatsError> {
        require_length("weight", purchases.len(), weight.len())?;
        for (i, weight) in weight.iter().enumerate() {
            if !(weight.is_finite() && *weight >= 0.0) {
                let what = format!("weight {weight} (finite and not negative)");
                return Err(StatsError::invalid_row(what, i));
            }
        }
        match weight.iter().all(|w| *w == 1.0) {
            true => Self::joined(purchases, mean_value, &[]),
            false => Self::joined(purchases, mean_value, weight),
        }
    }

    /// No weights: every row weighs 1.
    fn joined(purchases: &[f64], mean_value: &[f64], weight: &[f64]) -> Result<Self, StatsError> {
        require_length("mean value", purchases.len(), mean_value.len())?;
        let weight_of = |i: usize| weight.get(i).copied().unwrap_or(1.0);
        let mut left_out = 0.0;
        for i in 0..purchases.len() {
            let (x, z) = (purchases[i], mean_value[i]);
            let possible = (f64::from(x as u32) == x) & (0.0..f64::INFINITY).contains(&z);
            if !possible {
                check_row(x, z).map_err(|what| StatsError::invalid_row(what, i))?;
            }
            if x == 0.0 || z == 0.0 {
                left_out += weight_of(i);
            }
        }
        let mut history = SpendHistory {
            left_out,
            ..SpendHistory::default()
        };
        let row_of = |i: usize| {
            let counts = purchases[i] > 0.0 && mean_value[i] > 0.0 && weight_of(i) > 0.0;
            counts.then(|| (purchases[i] as u32, bits_of(mean_value[i])))
        };
        in_order(purchases.len(), row_of, weight, |(count, value), weight| {
            history.push((count, f64::from_bits(value)), weight);
        });
        Ok(history)
    }

    /// Adds a row that comes after all others or is equal to the last.
    #[inline]
    fn push(&mut self, (count, mean_value): (u32, f64), weight: f64) {
        let same =
            self.purchases.last() == Some(&count) && self.mean_value.last() == Some(&mean_value);
        match self.weight.last_mut() {
            Some(last) if same => *last += weight,
            _ => {
                self.purchases.push(count);
                self.mean_value.push(mean_value);
                self.weight.push(weight);
            }
        }
    }

    /// Rows of one count put together at the mean of their values, `together` at a time: a start for the search in large
    /// data, never the answer.
    fn coarsen(&self, together: usize) -> SpendHistory {
        let mut coarse = SpendHistory::default();
        let mut from = 0;
        while from < self.weight.len() {
            let count = self.purchases[from];
            let near = self.purchases[from..].iter().take(together);
            let to = from + near.take_while(|x| **x == count).count();
            let weight: f64 = self.weight[from..to].iter().sum();
            let pairs = self.mean_value[from..to].iter().zip(&self.weight[from..to]);
            let value: f64 = pairs.map(|(z, w)| z * w).sum();
            coarse.push((count, value / weight), weight);
            from = to;
        }
        coarse
    }

    /// Number of customers used, counting weights.
    pub fn customers(&self) -> f64 {
        self.weight.iter().sum()
    }

    /// Number of customers left out for having bought nothing or for 0.
    pub fn left_out(&self) -> f64 {
        self.left_out
    }

    /// Pearson correlation of number and mean value of purchases, which the distribution assumes to be 0; 0 when one does not vary.
    pub fn correlation(&self) -> f64 {
        let total = self.customers();
        let mean = |f: &dyn Fn(usize) -> f64| -> f64 {
            (0..self.weight.len())
                .map(|i| self.weight[i] * f(i))
                .sum::<f64>()
                / total
        };
        let x = |i: usize| f64::from(self.purchases[i]);
        let z = |i: usize| self.mean_value[i];
        let (mean_x, mean_z) = (mean(&x), mean(&z));
        let covariance = mean(&|i| (x(i) - mean_x) * (z(i) - mean_z));
        let spread_x = mean(&|i| (x(i) - mean_x).powi(2));
        let spread_z = mean(&|i| (z(i) - mean_z).powi(2));
        if spread_x <= 0.0 || spread_z <= 0.0 {
            return 0.0;
        }
        covariance / (spread_x * spread_z).sqrt()
    }
}

/// Fits the Gamma-Gamma distribution of spend by maximum likelihood [FH2013] eq. 1a.
///
/// L = Γ(px+q)/(Γ(px)Γ(q)) v^q z̄^(px-1) x^(px) / (v + x z̄)^(px+q), x purchases of mean value z̄. Exact gradient and Hessian on
/// the log scale; money is rescaled within, so that its unit does not matter.
///
/// # Errors and cautions
/// `TooFewObservations` below 10 customers, `NoVariation` when all mean values are equal.
/// `SpendDependsOnFrequency` when number and value of purchases correlate by 0.15 or more beyond chance;
/// `InfiniteMean` when q <= 1: then only customers with purchases have an expected value.
///
/// CDNOW (946 customers): p 6.25, q 3.74, v 15.44, ln L -4055.92.
pub fn fit(history: &SpendHistory) -> Result<Fit<GammaGamma>, StatsError> {
    const FEWEST_CUSTOMERS: usize = 10;
    if history.customers() < FEWEST_CUSTOMERS as f64 {
        return Err(StatsError::TooFewObservations {
            needed: FEWEST_CUSTOMERS,
            got: history.customers() as usize,
        });
    }
    if history.mean_value.windows(2).all(|w| w[0] == w[1]) {
        return Err(StatsError::NoVariation {
            what: "mean value of purchases".to_owned(),
        });
    }
    let values = history.mean_value.iter().zip(&history.weight);
    let mean = values.map(|(z, w)| w * z).sum::<f64>() / history.customers();
    let starts: Vec<Vec<f64>> = [(6.0, 4.0), (1.0, 2.0), (20.0, 10.0), (2.0, 20.0)]
        .iter()
        .map(|(p, q): &(f64, f64)| vec![*p, *q, mean * (q - 1.0) / p])
        .collect();
    let optimum = match history.weight.len() {
        rows if rows < MANY_ROWS => search(history, starts, mean),
        // Coarse rows show the neighborhood of the top at a small part of the work.
        rows => {
            let coarse = history.coarsen(rows.div_ceil(FEW_ROWS));
            let near = search(&coarse, starts.clone(), mean);
            let near = near.point.iter().map(|l| l.exp()).collect();
            match search(history, vec![near], mean) {
                found if found.converged => found,
                _ => search(history, starts, mean),
            }
        }
    };
    let mut fit: Fit<GammaGamma> = assemble(&optimum, history.customers())?;
    add_cautions(&mut fit, history.correlation());
    Ok(fit)
}

impl GammaGamma {
    /// Expected value of a coming purchase of a customer with `purchases` purchases of mean value `mean_value` [FH2013] eq. 5:
    /// p (v + x z̄) / (px + q - 1). `None` when that expectation is infinite (px + q <= 1).
    pub fn expected_value(&self, purchases: f64, mean_value: f64) -> Option<f64> {
        let shape = self.p * purchases + self.q - 1.0;
        let spent = if purchases > 0.0 {
            purchases * mean_value
        } else {
            0.0
        };
        (shape > 0.0).then(|| self.p * (self.v + spent) / shape)
    }

    /// Mean value of a purchase over all customers: p v / (q - 1); `None` when q <= 1.
    pub fn population_mean(&self) -> Option<f64> {
        self.expected_value(0.0, 0.0)
    }

    /// Simulates the mean value of `purchases[i]` purchases per customer; 0 where there is none.
    pub fn simulate(&self, purchases: &[f64], seed: u64) -> Vec<f64> {
        use rand::SeedableRng;
        crate::reduce::map_rows(purchases.len(), |i| {
            let mut generator = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            generator.set_stream(i as u64 + 1);
            if purchases[i] <= 0.0 {
                return 0.0;
            }
            let nu = super::simulated::draw_gamma(self.q, self.v, &mut generator);
            let shape = self.p * purchases[i];
            super::simulated::draw_gamma(shape, nu * purchases[i], &mut generator)
        })
    }
}

/// From here on the search starts on coarse rows.
const MANY_ROWS: usize = 10_000;

/// Coarse rows that show the neighborhood of the top well enough.
const FEW_ROWS: usize = 2_000;

fn search(history: &SpendHistory, starts: Vec<Vec<f64>>, mean: f64) -> Optimum {
    let data = Sums::new(history);
    let search = Search {
        evaluate: &|p: &[f64]| data.log_likelihood(p).to_vec(),
        starts,
        scale: vec![1.0, 1.0, mean],
        shapes: &[0, 1],
    };
    search.run()
}

/// What the likelihood needs: rows, and sums that do not change with the parameters.
struct Sums<'a> {
    history: &'a SpendHistory,
    counts: Vec<u32>,
    slot: Vec<u32>,
    count_weights: Vec<f64>,
    /// Σ w ln z̄ per distinct x.
    log_values: Vec<f64>,
}

impl<'a> Sums<'a> {
    fn new(history: &'a SpendHistory) -> Self {
        let mut sums = Sums {
            history,
            counts: Vec::new(),
            slot: Vec::with_capacity(history.purchases.len()),
            count_weights: Vec::new(),
            log_values: Vec::new(),
        };
        for (i, &x) in history.purchases.iter().enumerate() {
            if sums.counts.last() != Some(&x) {
                sums.counts.push(x);
                sums.count_weights.push(0.0);
                sums.log_values.push(0.0);
            }
            let last = sums.counts.len() - 1;
            let (w, z) = (history.weight[i], history.mean_value[i]);
            sums.slot.push(last as u32);
            sums.count_weights[last] += w;
            sums.log_values[last] += w * z.ln();
        }
        sums
    }

    /// Packed as value, gradient (p, q, v), upper Hessian.
    fn log_likelihood(&self, parameters: &[f64]) -> [f64; 10] {
        let (p, q, v) = (parameters[0], parameters[1], parameters[2]);
        let mut total = sum_in_order(self.slot.len(), |rows| {
            let mut sum = [0.0; 10];
            for i in rows {
                let x = f64::from(self.counts[self.slot[i] as usize]);
                let w = self.history.weight[i];
                let spent = x * self.history.mean_value[i];
                let shape = p * x + q;
                // -(px+q) ln(v + x z̄), with ln v taken out.
                let log_share = (spent / v).ln_1p();
                let inverse = 1.0 / (v + spent);
                sum[0] -= w * shape * log_share;
                sum[1] -= w * x * log_share;
                sum[2] -= w * log_share;
                sum[3] -= w * shape * inverse;
                sum[6] -= w * x * inverse;
                sum[8] -= w * inverse;
                sum[9] += w * shape * inverse * inverse;
            }
            sum
        });
        for (k, &x) in self.counts.iter().enumerate() {
            self.add_count_terms(&mut total, (k, f64::from(x)), (p, q, v));
        }
        total
    }

    fn add_count_terms(
        &self,
        total: &mut [f64; 10],
        (k, x): (usize, f64),
        (p, q, v): (f64, f64, f64),
    ) {
        let (w, log_z) = (self.count_weights[k], self.log_values[k]);
        let (px, all) = (p * x, p * x + q);
        let constant = ln_gamma(all) - ln_gamma(px) - ln_gamma(q) - px * v.ln() + px * x.ln();
        total[0] += w * constant + (px - 1.0) * log_z;
        let slope_p = digamma(all) - digamma(px) - v.ln() + x.ln();
        total[1] += w * x * slope_p + x * log_z;
        total[2] += w * (digamma(all) - digamma(q));
        total[3] += w * q / v;
        total[4] += w * x * x * (trigamma(all) - trigamma(px));
        total[5] += w * x * trigamma(all);
        total[7] += w * (trigamma(all) - trigamma(q));
        total[8] += w / v;
        total[9] -= w * q / (v * v);
    }
}

fn add_cautions(fit: &mut Fit<GammaGamma>, correlation: f64) {
    let beyond_chance = correlation.abs() * fit.customers.sqrt() > 1.96;
    if correlation.abs() >= 0.15 && beyond_chance {
        fit.cautions
            .push(Caution::SpendDependsOnFrequency { correlation });
    }
    if fit.parameters.q <= 1.0 {
        fit.cautions.push(Caution::InfiniteMean { parameter: "q" });
    }
    warn_alike(fit, 1, "spend per purchase");
}

fn check_row(purchases: f64, mean_value: f64) -> Result<(), String> {
    if !(purchases >= 0.0 && purchases.fract() == 0.0 && purchases <= f64::from(u32::MAX)) {
        return Err(format!("purchases {purchases} (a whole number from 0)"));
    }
    if !(mean_value.is_finite() && mean_value >= 0.0) {
        return Err(format!("mean value {mean_value} (finite and not negative)"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        let history =
            SpendHistory::new(&[1.0, 2.0, 2.0, 9.0, 40.0], &[12.0, 30.0, 4.0, 73.0, 20.0])
                .expect("valid");
        let sums = Sums::new(&history);
        for at in [[6.2, 3.7, 15.4], [0.3, 9.0, 200.0]] {
            crate::btyd::fit::tests::check_derivatives(|p| sums.log_likelihood(p).to_vec(), &at);
        }
    }

    #[test]
    fn customers_without_spend_are_left_out_and_counted() {
        let history = SpendHistory::new(&[0.0, 2.0, 3.0], &[0.0, 5.0, 0.0]).expect("valid");
        assert_eq!((history.customers(), history.left_out()), (1.0, 2.0));
    }
}
