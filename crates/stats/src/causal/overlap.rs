//! Are there untreated who resemble the treated, and the other way round?

use crate::error::{require_finite, require_length};
use crate::estimate::quantile_of_sorted;
use crate::{Caution, StatsError};

/// Bars of the histogram of chances.
const BARS: usize = 20;
/// Share of rows outside the limits above which a caution is given.
const MUCH_OUTSIDE: f64 = 0.05;

/// How the chances of treatment lie in the two groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// Rows whose chance lies below the lower or above the upper limit, and their share of all.
    pub rows_outside: usize,
    pub share_outside: f64,
    /// 1, 5, 25, 50, 75, 95 and 99 % points of the chance among the treated and among the untreated.
    pub treated_quantiles: [f64; 7],
    pub untreated_quantiles: [f64; 7],
    /// Chances that occur in both groups: from the larger of the minima to the smaller of the maxima.
    pub common: (f64, f64),
    /// Number of equally weighted rows that say as much as the weighted ones, `(sum w)² / sum w²`, by group.
    pub effective_treated: f64,
    pub effective_untreated: f64,
    /// Lower end of each bar of width 0.05, treated and untreated in it.
    pub histogram: Vec<(f64, usize, usize)>,
}

/// Describes chances of treatment (0-1, one per row) in the two groups; `trim` is the lower limit, 1 - `trim` the upper.
///
/// Weights are 1/e for treated and 1/(1 - e) for untreated, chances moved to the limits. Errs on values outside 0-1,
/// unequal lengths and an empty group.
pub fn describe(chance: &[f64], treated: &[bool], trim: f64) -> Result<Overlap, StatsError> {
    require_length("treated", chance.len(), treated.len())?;
    require_finite("chance", chance)?;
    if let Some(row) = chance.iter().position(|e| !(0.0..=1.0).contains(e)) {
        return Err(StatsError::invalid_row("chance (must lie in 0-1)", row));
    }
    if !(0.0..0.5).contains(&trim) {
        return Err(StatsError::invalid(format!(
            "trim {trim} (must lie between 0 and 0.5)"
        )));
    }
    let of = |arm: bool| -> Vec<f64> {
        let rows = chance.iter().zip(treated).filter(|(_, t)| **t == arm);
        let mut own: Vec<f64> = rows.map(|(e, _)| *e).collect();
        own.sort_unstable_by(f64::total_cmp);
        own
    };
    let (one, zero) = (of(true), of(false));
    if one.is_empty() || zero.is_empty() {
        return Err(StatsError::TooFewGroups { needed: 2, got: 1 });
    }
    let rows_outside = chance.iter().filter(|e| outside(**e, trim)).count();
    Ok(Overlap {
        rows_outside,
        share_outside: rows_outside as f64 / chance.len() as f64,
        treated_quantiles: quantiles(&one),
        untreated_quantiles: quantiles(&zero),
        common: (
            one[0].max(zero[0]),
            one[one.len() - 1].min(zero[zero.len() - 1]),
        ),
        effective_treated: effective(one.iter().map(|e| 1.0 / e.clamp(trim, 1.0 - trim))),
        effective_untreated: effective(
            zero.iter().map(|e| 1.0 / (1.0 - e.clamp(trim, 1.0 - trim))),
        ),
        histogram: histogram(&one, &zero),
    })
}

impl Overlap {
    /// A caution when more than 5 % of the rows lie outside.
    pub fn cautions(&self) -> Vec<Caution> {
        let share_outside = self.share_outside;
        match share_outside > MUCH_OUTSIDE {
            true => vec![Caution::WeakOverlap { share_outside }],
            false => Vec::new(),
        }
    }
}

/// Whether a chance lies outside the limits.
pub(crate) fn outside(chance: f64, trim: f64) -> bool {
    chance < trim || chance > 1.0 - trim
}

fn quantiles(sorted: &[f64]) -> [f64; 7] {
    [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99].map(|p| quantile_of_sorted(sorted, p))
}

fn effective(weights: impl Iterator<Item = f64>) -> f64 {
    let (sum, squares) = weights.fold((0.0, 0.0), |(s, q), w| (s + w, q + w * w));
    sum * sum / squares
}

fn histogram(one: &[f64], zero: &[f64]) -> Vec<(f64, usize, usize)> {
    let bar = |e: &f64| ((e * BARS as f64) as usize).min(BARS - 1);
    let mut bars: Vec<(f64, usize, usize)> =
        (0..BARS).map(|b| (b as f64 / BARS as f64, 0, 0)).collect();
    one.iter().for_each(|e| bars[bar(e)].1 += 1);
    zero.iter().for_each(|e| bars[bar(e)].2 += 1);
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_chances_overlap_fully_and_keep_every_row() {
        let treated = [true, false, true, false];
        let overlap = describe(&[0.5; 4], &treated, 0.05).unwrap();
        assert_eq!(overlap.rows_outside, 0);
        assert!((overlap.effective_treated - 2.0).abs() < 1e-12);
        assert_eq!(overlap.histogram[10], (0.5, 2, 2));
    }

    #[test]
    fn chances_beyond_the_limits_are_counted() {
        let treated = [true, true, false, false];
        let overlap = describe(&[0.99, 0.5, 0.5, 0.01], &treated, 0.05).unwrap();
        assert_eq!(overlap.rows_outside, 2);
        assert_eq!(overlap.common, (0.5, 0.5));
        assert_eq!(overlap.cautions().len(), 1);
        assert!(describe(&[1.2; 4], &treated, 0.05).is_err());
        assert!(describe(&[0.5; 4], &[true; 4], 0.05).is_err());
    }
}
