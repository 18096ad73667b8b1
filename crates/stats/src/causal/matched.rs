//! How much hidden bias would it take to explain a difference between matched pairs?

use statrs::distribution::{Binomial, DiscreteCDF};

use crate::StatsError;
use crate::error::require_finite;
use crate::special::normal_cdf;

/// Pairs up to which the distribution of the ranks is counted exactly (when no two differences are equally large).
const EXACT_PAIRS: usize = 100;
/// The largest bias looked for.
const MOST_BIAS: f64 = 1e6;

/// Bounds at one size of hidden bias.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BiasBound {
    /// How many times likelier to be treated one of a pair may have been than the other (≥ 1).
    pub gamma: f64,
    /// Smallest and largest one-sided p-value that such bias allows.
    pub lowest_p: f64,
    pub highest_p: f64,
}

/// Pairs and a one-sided test that the treated have more.
#[derive(Debug, Clone, PartialEq)]
pub enum Pairs {
    /// Ranks of the sizes of the differences, and whether the treated had more; pairs without difference are out.
    Ranked { ranks: Vec<f64>, higher: Vec<bool> },
    /// Pairs of which exactly one had the event, and in how many it was the treated one.
    Binary { discordant: u64, treated: u64 },
}

impl Pairs {
    /// From differences treated less control, for Wilcoxon's signed ranks. Errs without any difference.
    ///
    /// Pairs without difference take part in the ranking and are then left out.
    pub fn from_differences(differences: &[f64]) -> Result<Self, StatsError> {
        require_finite("differences", differences)?;
        let ranked = differences.iter().zip(ranks(differences));
        let (higher, ranks): (Vec<bool>, Vec<f64>) = ranked
            .filter(|(difference, _)| **difference != 0.0)
            .map(|(difference, rank)| (*difference > 0.0, rank))
            .unzip();
        match ranks.is_empty() {
            true => Err(StatsError::TooFewObservations { needed: 1, got: 0 }),
            false => Ok(Pairs::Ranked { ranks, higher }),
        }
    }

    /// From the events of treated and control of each pair, for McNemar's test. Errs when no pair differs.
    pub fn from_events(treated: &[bool], control: &[bool]) -> Result<Self, StatsError> {
        crate::error::require_length("control", treated.len(), control.len())?;
        let unlike = treated.iter().zip(control).filter(|(t, c)| t != c);
        let (discordant, own) =
            unlike.fold((0, 0), |(n, t), (own, _)| (n + 1, t + u64::from(*own)));
        match discordant {
            0 => Err(StatsError::TooFewObservations { needed: 1, got: 0 }),
            _ => Ok(Pairs::Binary {
                discordant,
                treated: own,
            }),
        }
    }

    /// Bounds of the one-sided p-value when matched partners may differ in their odds of treatment by up to `gamma`.
    ///
    /// `[Rosenbaum2002]` section 4.3: the statistic lies between sums of independent terms that count with probability
    /// `1/(1 + gamma)` and `gamma/(1 + gamma)`. Binary: binomial tails. Ranked: exact up to 100 pairs without ties,
    /// else normal. Errs unless gamma ≥ 1.
    pub fn bound(&self, gamma: f64) -> Result<BiasBound, StatsError> {
        if !(gamma >= 1.0 && gamma.is_finite()) {
            return Err(StatsError::invalid(format!("gamma {gamma} (at least 1)")));
        }
        let high = gamma / (1.0 + gamma);
        Ok(BiasBound {
            gamma,
            lowest_p: self.tail(1.0 - high),
            highest_p: self.tail(high),
        })
    }

    /// The bias at which the worst p-value reaches `limit` (0-1): the finding holds against anything smaller.
    ///
    /// 1 when it does not even hold without bias; infinite when no bias of less than a million would do.
    pub fn bias_to_explain(&self, limit: f64) -> Result<f64, StatsError> {
        if !(limit > 0.0 && limit < 1.0) {
            return Err(StatsError::invalid(format!(
                "limit {limit} (between 0 and 1)"
            )));
        }
        if self.bound(1.0)?.highest_p >= limit {
            return Ok(1.0);
        }
        let (mut low, mut high) = (0.0_f64, MOST_BIAS.ln());
        if self.bound(MOST_BIAS)?.highest_p < limit {
            return Ok(f64::INFINITY);
        }
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if self.bound(middle.exp())?.highest_p < limit {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok((0.5 * (low + high)).exp())
    }

    /// Chance of a statistic at least as large when each term counts with probability `p`.
    fn tail(&self, p: f64) -> f64 {
        match self {
            Pairs::Binary {
                discordant,
                treated,
            } => match *treated {
                0 => 1.0,
                own => Binomial::new(p, *discordant).map_or(f64::NAN, |b| b.sf(own - 1)),
            },
            Pairs::Ranked { ranks, higher } => {
                let observed: f64 = ranks
                    .iter()
                    .zip(higher)
                    .filter(|(_, h)| **h)
                    .map(|(r, _)| r)
                    .sum();
                let whole = ranks.iter().all(|r| r.fract() == 0.0);
                if whole && ranks.len() <= EXACT_PAIRS {
                    return exact_tail(ranks, observed, p);
                }
                let sum: f64 = ranks.iter().sum();
                let squares: f64 = ranks.iter().map(|r| r * r).sum();
                let z = (observed - p * sum) / (p * (1.0 - p) * squares).sqrt();
                normal_cdf(-z)
            }
        }
    }
}

/// Distribution of a sum of whole ranks, each counted with probability p, by adding one rank at a time.
fn exact_tail(ranks: &[f64], observed: f64, p: f64) -> f64 {
    let whole = ranks.iter().sum::<f64>() as usize;
    let mut chance = vec![0.0; whole + 1];
    chance[0] = 1.0;
    for rank in ranks {
        let rank = *rank as usize;
        for sum in (0..=whole).rev() {
            let with = if sum >= rank { chance[sum - rank] } else { 0.0 };
            chance[sum] = (1.0 - p) * chance[sum] + p * with;
        }
    }
    chance[observed as usize..].iter().sum::<f64>().min(1.0)
}

/// Ranks of sizes, means for equal ones.
fn ranks(differences: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..differences.len()).collect();
    order.sort_by(|a, b| differences[*a].abs().total_cmp(&differences[*b].abs()));
    let mut ranks = vec![0.0; differences.len()];
    let mut start = 0;
    while start < order.len() {
        let size = differences[order[start]].abs();
        let mut end = start;
        while end < order.len() && differences[order[end]].abs() == size {
            end += 1;
        }
        let mean = (start + 1 + end) as f64 / 2.0;
        order[start..end].iter().for_each(|row| ranks[*row] = mean);
        start = end;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_bias_it_is_the_usual_test_and_bias_widens_it() {
        let pairs = Pairs::from_differences(&[1.0, 2.0, 3.0, -4.0, 5.0]).unwrap();
        // Sum 11 of 15 or more: {4}, {}, {1}, {2}, {3}, {1,2}, {1,3} left out of 32.
        let bound = pairs.bound(1.0).unwrap();
        assert!((bound.highest_p - 7.0 / 32.0).abs() < 1e-12);
        assert_eq!(bound.lowest_p, bound.highest_p);
        let wider = pairs.bound(2.0).unwrap();
        assert!(wider.lowest_p < 7.0 / 32.0 && wider.highest_p > 7.0 / 32.0);
        assert_eq!(pairs.bias_to_explain(0.05).unwrap(), 1.0);
    }

    #[test]
    fn nothing_to_compare_is_refused() {
        assert!(Pairs::from_differences(&[0.0, 0.0]).is_err());
        assert!(Pairs::from_differences(&[f64::NAN]).is_err());
        assert!(Pairs::from_events(&[true], &[true]).is_err());
        let pairs = Pairs::from_events(&[true, true], &[false, false]).unwrap();
        assert!(pairs.bound(0.5).is_err() && pairs.bound(f64::NAN).is_err());
        assert!(pairs.bias_to_explain(0.0).is_err());
    }
}
