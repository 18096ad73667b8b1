//! Which share of the wallet goes with a rank?

use crate::StatsError;

/// Wallet allocation rule: share of spending expected for a brand of this rank among the n a customer uses,
/// `(1 - rank/(n + 1)) * 2/n` `[Keiningham2011]`.
///
/// `rank` 1 is best; tied brands get the average of their ranks. The shares over all ranks sum to 1. For one brand
/// used the share is 1. Meant for categories where customers use several brands.
pub fn wallet_share(rank: f64, brands: usize) -> Result<f64, StatsError> {
    let n = brands as f64;
    if brands == 0 || !(1.0..=n).contains(&rank) {
        return Err(StatsError::invalid(format!(
            "rank {rank} among {brands} brands"
        )));
    }
    Ok((1.0 - rank / (n + 1.0)) * 2.0 / n)
}

/// Ranks of the scores one customer gave (highest = 1), ties averaged; NaN scores get NaN.
pub fn ranks(scores: &[f64]) -> Vec<f64> {
    let rank = |score: f64| {
        let above = scores.iter().filter(|s| **s > score).count() as f64;
        let equal = scores.iter().filter(|s| **s == score).count() as f64;
        above + (equal + 1.0) / 2.0
    };
    let ranked = scores.iter().map(|&score| match score.is_nan() {
        true => f64::NAN,
        false => rank(score),
    });
    ranked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_over_all_ranks_sum_to_one() {
        for brands in 1..=12 {
            let sum: f64 = (1..=brands)
                .map(|rank| wallet_share(rank as f64, brands).unwrap())
                .sum();
            assert!((sum - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn first_of_two_gets_two_thirds() {
        assert!((wallet_share(1.0, 2).unwrap() - 2.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn ties_share_their_ranks() {
        assert_eq!(ranks(&[7.0, 9.0, 7.0]), vec![2.5, 1.0, 2.5]);
    }

    #[test]
    fn a_rank_beyond_the_set_is_refused() {
        assert!(wallet_share(3.0, 2).is_err() && wallet_share(f64::NAN, 2).is_err());
    }
}
