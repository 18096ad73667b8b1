//! How many are on neither of two lists?

use crate::estimate::normal_quantile_for_level;
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, Interval, StatsError};

/// Fewer than this on both lists leave the estimate unsteady; convention.
const FEW_ON_BOTH: f64 = 7.0;

/// How many stand on the first list, on the second, and on both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoLists {
    pub first: f64,
    pub second: f64,
    pub both: f64,
}

/// The total under odds ratios of being on one list when on the other.
#[derive(Debug, Clone, PartialEq)]
pub struct DependenceRange {
    /// (odds ratio, total with its interval), in the order asked for.
    pub totals: Vec<(f64, Estimate)>,
    /// From the lowest to the highest limit of these intervals.
    pub range: Interval,
}

impl TwoLists {
    /// On one list at least.
    pub fn seen(&self) -> f64 {
        self.first + self.second - self.both
    }

    fn prove(&self) -> Result<(), StatsError> {
        let counts = [self.first, self.second, self.both];
        if counts
            .iter()
            .any(|count| !(count.is_finite() && *count >= 0.0))
        {
            return Err(StatsError::invalid("lists (counts must be 0 or more)"));
        }
        if self.both > self.first.min(self.second) {
            return Err(StatsError::invalid(
                "lists (more on both than on one of them)",
            ));
        }
        if self.first == 0.0 || self.second == 0.0 {
            return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
        }
        Ok(())
    }
}

/// The total when the lists are independent: `(n1 + 1)(n2 + 1) / (m + 1) - 1` `[Chapman1951]`.
///
/// Variance `(n1+1)(n2+1)(n1-m)(n2-m) / ((m+1)² (m+2))` `[Seber1970]`. The interval is lognormal in the number unseen, so that
/// it never falls below the number seen: `seen + U / C .. seen + U C`, `C = exp(z sqrt(ln(1 + var / U²)))`
/// `[Burnham1987]`. Complaints, surveys and fault logs usually find the same people more often than by chance; the total is then a
/// lower bound. The caution `DependenceUnknown` gives the range over odds ratios 0.5 to 4.
///
/// # Errors
/// `InvalidInput` for impossible counts, `TooFewObservations` when a list is empty.
pub fn chapman(lists: &TwoLists, level: f64) -> Result<(Estimate, Vec<Caution>), StatsError> {
    let range = total_under_dependence(lists, &[0.5, 1.0, 4.0], level)?;
    let mut cautions = vec![Caution::DependenceUnknown {
        lower: range.range.lower,
        upper: range.range.upper,
    }];
    if lists.both < FEW_ON_BOTH {
        cautions.push(Caution::FewObservations {
            needed: FEW_ON_BOTH as usize,
            got: lists.both as usize,
        });
    }
    Ok((range.totals[1].1, cautions))
}

/// The total if the odds of being on one list are `odds_ratio` times as high for those on the other.
///
/// The number on neither list is `odds_ratio n10 n01 / (m + 1)`, which for 1 is Chapman's. Above 1 the lists find the same
/// people, and more are hidden; below 1 they avoid each other. The odds ratio cannot be estimated from two lists.
///
/// # Errors
/// As [`chapman`]; `InvalidInput` for an odds ratio that is not positive.
pub fn total_under_dependence(
    lists: &TwoLists,
    odds_ratios: &[f64],
    level: f64,
) -> Result<DependenceRange, StatsError> {
    lists.prove()?;
    prove_level(level)?;
    if odds_ratios.is_empty() {
        return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
    }
    if let Some(row) = odds_ratios
        .iter()
        .position(|o| !(o.is_finite() && *o > 0.0))
    {
        return Err(StatsError::invalid_row(
            "odds ratio (must be positive)",
            row,
        ));
    }
    let (m, only_first, only_second) = (
        lists.both,
        lists.first - lists.both,
        lists.second - lists.both,
    );
    let unseen = only_first * only_second / (m + 1.0);
    let variance = (lists.first + 1.0) * (lists.second + 1.0) * only_first * only_second
        / ((m + 1.0).powi(2) * (m + 2.0));
    let totals: Vec<(f64, Estimate)> = odds_ratios
        .iter()
        .map(|&odds| {
            let own = (odds * unseen, odds * variance.sqrt());
            (odds, above_seen(lists.seen(), own, level))
        })
        .collect();
    let lowest = totals.iter().map(|own| own.1.interval.lower);
    let highest = totals.iter().map(|own| own.1.interval.upper);
    let range = Interval {
        lower: lowest.fold(f64::INFINITY, f64::min),
        upper: highest.fold(f64::NEG_INFINITY, f64::max),
        level,
    };
    Ok(DependenceRange { totals, range })
}

/// A total with a lognormal interval for the part that was not seen.
pub(super) fn above_seen(seen: f64, (unseen, error): (f64, f64), level: f64) -> Estimate {
    let spread = (error / unseen).powi(2).ln_1p().sqrt();
    let factor = (normal_quantile_for_level(level) * spread).exp();
    let (lower, upper) = match unseen > 0.0 {
        true => (seen + unseen / factor, seen + unseen * factor),
        false => (seen, seen),
    };
    Estimate {
        value: seen + unseen,
        standard_error: error,
        interval: Interval {
            lower,
            upper,
            level,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapman_is_its_formula_and_never_below_what_was_seen() {
        let lists = TwoLists {
            first: 200.0,
            second: 150.0,
            both: 50.0,
        };
        let (total, cautions) = chapman(&lists, 0.9).expect("estimates");
        assert!((total.value - (201.0 * 151.0 / 51.0 - 1.0)).abs() < 1e-9);
        let variance: f64 = 201.0 * 151.0 * 150.0 * 100.0 / (51.0 * 51.0 * 52.0);
        assert!((total.standard_error - variance.sqrt()).abs() < 1e-9);
        assert!(total.interval.lower > lists.seen());
        assert!(matches!(cautions[0], Caution::DependenceUnknown { .. }));
        let all = TwoLists {
            first: 5.0,
            second: 5.0,
            both: 5.0,
        };
        assert_eq!(chapman(&all, 0.9).expect("estimates").0.value, 5.0);
    }

    #[test]
    fn more_dependence_hides_more_and_impossible_lists_are_refused() {
        let lists = TwoLists {
            first: 200.0,
            second: 150.0,
            both: 50.0,
        };
        let range = total_under_dependence(&lists, &[0.5, 1.0, 2.0, 4.0], 0.9).expect("estimates");
        assert!(
            range
                .totals
                .windows(2)
                .all(|pair| pair[0].1.value < pair[1].1.value)
        );
        let broken = TwoLists {
            both: 151.0,
            ..lists
        };
        assert!(chapman(&broken, 0.9).is_err() && chapman(&lists, 1.0).is_err());
        assert!(total_under_dependence(&lists, &[0.0], 0.9).is_err());
    }
}
