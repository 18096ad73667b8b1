//! Do the members of a group say the same thing, so that the group's mean stands for something?

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

use crate::StatsError;
use crate::error::require_length;
use crate::estimate::quantile_of_sorted;

/// What answers without any agreement would look like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NoAgreement {
    /// Every one of this many options equally often: variance (A² - 1)/12.
    Uniform { options: usize },
    /// A variance of one's own, smaller than the uniform one when answers crowd at the friendly end anyway.
    Variance(f64),
}

impl NoAgreement {
    /// Variance of one answer.
    pub fn variance(self) -> f64 {
        match self {
            NoAgreement::Uniform { options } => ((options * options) as f64 - 1.0) / 12.0,
            NoAgreement::Variance(variance) => variance,
        }
    }
}

/// Agreement in one group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupAgreement {
    pub group: usize,
    /// Members who answered every item.
    pub members: usize,
    /// Mean over items of the variance within the group (divisor n - 1).
    pub variance: f64,
    /// 0 (as if at random, or worse) to 1; NaN with fewer than two members.
    pub agreement: f64,
}

/// Agreement in all groups, groups in rising order of their number.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    pub groups: Vec<GroupAgreement>,
    /// Over the groups of at least two.
    pub mean: f64,
    pub median: f64,
    /// Respondents left out since an item is missing.
    pub left_out: usize,
}

/// Agreement within groups, r_wg for one item and r_wg(j) for several `[JamesDemareeWolf1984]`.
///
/// One item: `1 - s²/v`, with s² the group's variance and v that of answers without agreement. J items:
/// `J (1 - m/v) / (J (1 - m/v) + m/v)`, with m the mean of the items' variances. Values below 0 are set to 0, as is usual;
/// the group's variance stays readable beside. `items` are columns n long, NaN = no answer; `groups` n long. The figure
/// depends on v: a uniform v on a scale that everybody answers at one end calls courtesy agreement.
/// Errs without items, with fewer than one group of two, and with v that is not positive.
pub fn within_groups(
    items: &[Vec<f64>],
    groups: &[usize],
    without: NoAgreement,
) -> Result<Agreement, StatsError> {
    let variance = without.variance();
    if !(variance.is_finite() && variance > 0.0) {
        return Err(StatsError::invalid(format!(
            "variance {variance} of answers without agreement (must be positive)"
        )));
    }
    let (members, left_out) = members_by_group(items, groups)?;
    let groups: Vec<GroupAgreement> = (members.iter())
        .map(|(&group, rows)| agreement_of(items, group, rows, variance))
        .collect();
    let mut known: Vec<f64> = (groups.iter().map(|g| g.agreement))
        .filter(|a| !a.is_nan())
        .collect();
    known.sort_by(f64::total_cmp);
    if known.is_empty() {
        return Err(StatsError::TooFewObservations { needed: 2, got: 1 });
    }
    Ok(Agreement {
        mean: known.iter().sum::<f64>() / known.len() as f64,
        median: quantile_of_sorted(&known, 0.5),
        groups,
        left_out,
    })
}

/// The agreement that groups of this size exceed with probability `tail` when everyone answers every item at random.
///
/// By simulation (seeded): uniform answers, items independent. A group below it agrees no more than chance makes groups
/// of its size agree. `members` and `options` ≥ 2, `items` ≥ 1, at least 100 `draws`.
pub fn chance_limit(
    (members, items, options): (usize, usize, usize),
    tail: f64,
    (draws, seed): (usize, u64),
) -> Result<f64, StatsError> {
    if members < 2 || items < 1 || options < 2 || draws < 100 || !(tail > 0.0 && tail < 1.0) {
        return Err(StatsError::invalid(format!(
            "{members} members, {items} items, {options} options, tail {tail}, {draws} draws"
        )));
    }
    let without = NoAgreement::Uniform { options }.variance();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn: Vec<f64> = (0..draws)
        .map(|_| {
            let mut sum = 0.0;
            for _ in 0..items {
                let answers: Vec<f64> = (0..members)
                    .map(|_| rng.random_range(0..options) as f64)
                    .collect();
                sum += variance_of(answers.iter().copied());
            }
            from_variance(sum / items as f64 / without, items)
        })
        .collect();
    drawn.sort_by(f64::total_cmp);
    Ok(quantile_of_sorted(&drawn, 1.0 - tail))
}

type Members = BTreeMap<usize, Vec<usize>>;

fn members_by_group(items: &[Vec<f64>], groups: &[usize]) -> Result<(Members, usize), StatsError> {
    if items.is_empty() {
        return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
    }
    for (number, item) in items.iter().enumerate() {
        require_length(&format!("item {number}"), groups.len(), item.len())?;
        if let Some(row) = item.iter().position(|x| x.is_infinite()) {
            return Err(StatsError::invalid_row(
                format!("item {number} (infinite)"),
                row,
            ));
        }
    }
    let mut members = Members::new();
    let mut left_out = 0;
    for (row, &group) in groups.iter().enumerate() {
        match items.iter().any(|item| item[row].is_nan()) {
            true => left_out += 1,
            false => members.entry(group).or_default().push(row),
        }
    }
    Ok((members, left_out))
}

fn agreement_of(items: &[Vec<f64>], group: usize, rows: &[usize], without: f64) -> GroupAgreement {
    let each = (items.iter()).map(|item| variance_of(rows.iter().map(|&row| item[row])));
    let variance = each.sum::<f64>() / items.len() as f64;
    GroupAgreement {
        group,
        members: rows.len(),
        variance,
        agreement: match rows.len() {
            0 | 1 => f64::NAN,
            _ => from_variance(variance / without, items.len()),
        },
    }
}

fn from_variance(ratio: f64, items: usize) -> f64 {
    let agreed = (1.0 - ratio).max(0.0);
    match items {
        1 => agreed,
        _ => {
            let together = items as f64 * agreed;
            together / (together + ratio)
        }
    }
}

/// Divisor n - 1; NaN for one value.
fn variance_of(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    values.map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: NoAgreement = NoAgreement::Uniform { options: 5 };

    #[test]
    fn unanimity_is_one_and_polar_opposites_are_none() {
        let items = [vec![4.0, 4.0, 4.0, 1.0, 5.0, 1.0, 5.0]];
        let got = within_groups(&items, &[0, 0, 0, 1, 1, 1, 1], FIVE).unwrap();
        assert_eq!(got.groups[0].agreement, 1.0);
        assert_eq!(got.groups[1].agreement, 0.0);
        assert_eq!((got.mean, got.median), (0.5, 0.5));
    }

    #[test]
    fn one_item_follows_its_formula_and_several_spearman_browns() {
        let items: [Vec<f64>; 3] = std::array::from_fn(|_| vec![3.0, 4.0, 4.0, 5.0]);
        let groups = [0; 4];
        let ratio = (2.0 / 3.0) / 2.0;
        let one = within_groups(&items[..1], &groups, FIVE).unwrap();
        assert!((one.mean - (1.0 - ratio)).abs() < 1e-15);
        let three = within_groups(&items, &groups, FIVE).unwrap();
        let expected = 3.0 * (1.0 - ratio) / (3.0 * (1.0 - ratio) + ratio);
        assert!((three.mean - expected).abs() < 1e-15);
    }

    #[test]
    fn a_missing_item_leaves_the_member_out_and_lone_members_have_no_agreement() {
        let items = [vec![3.0, 4.0, f64::NAN, 2.0], vec![3.0, 4.0, 4.0, 2.0]];
        let got = within_groups(&items, &[7, 7, 7, 9], FIVE).unwrap();
        assert_eq!((got.left_out, got.groups[0].members), (1, 2));
        assert!(got.groups[1].agreement.is_nan());
        assert!(within_groups(&items, &[1, 2, 3, 4], FIVE).is_err());
        assert!(within_groups(&items, &[1; 4], NoAgreement::Variance(0.0)).is_err());
    }

    #[test]
    fn small_groups_agree_by_chance_more_than_large_ones() {
        let limit = |members| chance_limit((members, 5, 5), 0.05, (2000, 1)).unwrap();
        assert!(limit(3) > limit(10) && limit(10) > limit(100));
        assert!(chance_limit((1, 5, 5), 0.05, (2000, 1)).is_err());
    }
}
