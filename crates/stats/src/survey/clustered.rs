//! How large is a share when the yes and no of one customer hang together?

use super::nps::proportion;
use crate::error::StatsError;
use crate::estimate::Estimate;

/// Sums over clusters (customers): how many, trials n and successes k, and the sums of n², k² and n k.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusterSums {
    pub clusters: f64,
    pub trials: f64,
    pub successes: f64,
    pub trials_squared: f64,
    pub successes_squared: f64,
    pub products: f64,
}

/// A share with the number of independent trials that say as much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusteredShare {
    pub share: Estimate,
    pub effective: f64,
}

/// Share p = sum k / sum n, 0-1, with Wilson's interval at the effective number of trials.
///
/// The variance is that of a ratio of cluster totals, `C/(C-1) sum (k - p n)² / (sum n)²` `[Cochran1977]` section 3.12, and the
/// effective number `p (1 - p) / variance`, never more than the trials. When all or none succeed the clusters are the
/// effective number. Errs without trials and when sums contradict each other.
pub fn share(sums: &ClusterSums, level: f64) -> Result<ClusteredShare, StatsError> {
    let own = sums;
    if !(own.clusters >= 1.0 && own.trials >= own.clusters) {
        return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
    }
    let p = own.successes / own.trials;
    let spread = own.successes_squared - 2.0 * p * own.products + p * p * own.trials_squared;
    let correction = own.clusters / (own.clusters - 1.0);
    let variance = correction * spread.max(0.0) / (own.trials * own.trials);
    let effective = match variance.is_finite() && variance > 0.0 {
        true => (p * (1.0 - p) / variance).min(own.trials),
        false => own.clusters,
    };
    Ok(ClusteredShare {
        share: proportion(p * effective, effective, level)?,
        effective,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(customers: &[(f64, f64)]) -> ClusterSums {
        let sum = |of: fn(&(f64, f64)) -> f64| customers.iter().map(of).sum();
        ClusterSums {
            clusters: customers.len() as f64,
            trials: sum(|c| c.0),
            successes: sum(|c| c.1),
            trials_squared: sum(|c| c.0 * c.0),
            successes_squared: sum(|c| c.1 * c.1),
            products: sum(|c| c.0 * c.1),
        }
    }

    #[test]
    fn trials_of_one_each_are_plain_wilson_but_for_the_correction() {
        let customers: Vec<(f64, f64)> = (0..400).map(|i| (1.0, f64::from(i % 4 == 0))).collect();
        let found = share(&of(&customers), 0.90).unwrap();
        assert!((found.share.value - 0.25).abs() < 1e-12);
        assert!((found.effective - 399.0).abs() < 1e-9);
    }

    #[test]
    fn customers_who_always_meet_the_same_count_once() {
        let customers: Vec<(f64, f64)> = (0..101)
            .map(|i| (10.0, if i % 2 == 0 { 10.0 } else { 0.0 }))
            .collect();
        let found = share(&of(&customers), 0.90).unwrap();
        assert!(
            (found.effective - 100.0).abs() < 1e-6,
            "{}",
            found.effective
        );
        let all = share(&of(&[(10.0, 10.0), (5.0, 5.0)]), 0.90).unwrap();
        assert_eq!((all.share.value, all.effective), (1.0, 2.0));
        assert!(all.share.interval.lower < 0.6);
        assert!(share(&of(&[]), 0.90).is_err());
    }
}
