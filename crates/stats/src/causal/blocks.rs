//! What did the activity change, when it was drawn within strata or by whole clusters?

use std::collections::BTreeMap;

use super::influence::dense;
use crate::error::{require_finite, require_length};
use crate::regression::coefficients::{student_estimate, two_sided_p};
use crate::regression::sample::prove_level;
use crate::regression::{Errors, FitConfig, Sample, Weights, linear};
use crate::{Caution, Estimate, StatsError};

/// Outcome of a trial drawn in blocks.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockResult {
    /// Mean of the treated minus mean of the controls, in units of the outcome.
    pub effect: Estimate,
    /// Two-sided, against no effect.
    pub p_value: f64,
    pub degrees_of_freedom: f64,
    pub treated: usize,
    pub control: usize,
    /// Strata or clusters behind the effect.
    pub blocks: usize,
    /// Variance of the effect over that of a plain comparison of the same rows.
    pub variance_ratio: f64,
    pub cautions: Vec<Caution>,
}

/// Difference within strata, weighted by the strata's sizes.
///
/// `sum_s (n_s / n)(mean_1s - mean_0s)`. Variance: `s1²/n1 + s0²/n0` in strata with two rows or more in each arm; the
/// strata with a lone row (pairs) are taken together and their spread between strata used, as
/// `[PashleyMiratrix2021]` eq. 7; degrees of freedom by Satterthwaite. Strata with one arm only say nothing: they are left out
/// with a caution, and so is a stratum with a lone row that has no fellow. Errs when no stratum has both arms.
pub fn stratified(
    outcome: &[f64],
    treated: &[bool],
    strata: &[usize],
    level: f64,
) -> Result<BlockResult, StatsError> {
    prove(outcome, treated, ("strata", strata), level)?;
    let plain = super::randomized::compare(outcome, treated, None, level)?;
    let mut members: BTreeMap<usize, [Vec<f64>; 2]> = BTreeMap::new();
    for row in 0..outcome.len() {
        members.entry(strata[row]).or_default()[usize::from(treated[row])].push(outcome[row]);
    }
    let both = |arms: &&[Vec<f64>; 2]| arms.iter().all(|arm| !arm.is_empty());
    let lone = |arms: &[Vec<f64>; 2]| arms.iter().any(|arm| arm.len() == 1);
    let mut used: Vec<&[Vec<f64>; 2]> = members.values().filter(both).collect();
    let small = used.iter().filter(|arms| lone(arms)).count();
    let too_heavy = outweighed(&used, lone);
    if small == 1 || too_heavy {
        used.retain(|arms| !lone(arms));
    }
    let rows: usize = used.iter().map(|arms| size(arms)).sum();
    if rows == 0 {
        return Err(StatsError::TooFewGroups { needed: 1, got: 0 });
    }
    let share = |arms: &[Vec<f64>; 2]| size(arms) as f64 / rows as f64;
    let value: f64 = used.iter().map(|arms| share(arms) * gap(arms)).sum();
    let (variance, freedom) = variance(&used, rows as f64, lone);
    if !(variance > 0.0 && freedom > 0.0) {
        let what = "outcome".to_owned();
        return Err(StatsError::NoVariation { what });
    }
    let mut cautions = plain.cautions;
    if rows < outcome.len() {
        cautions.push(Caution::RowsLeftOut {
            rows: outcome.len() - rows,
            of: outcome.len(),
        });
    }
    Ok(BlockResult {
        effect: student_estimate(value, variance.sqrt(), freedom, level),
        p_value: two_sided_p(value / variance.sqrt(), freedom),
        degrees_of_freedom: freedom,
        treated: used.iter().map(|arms| arms[1].len()).sum(),
        control: used.iter().map(|arms| arms[0].len()).sum(),
        blocks: used.len(),
        variance_ratio: variance / plain.effect.standard_error.powi(2),
        cautions,
    })
}

/// Difference when whole clusters were drawn, with bias-reduced cluster-robust errors (CR2) and Satterthwaite degrees
/// of freedom `[BellMcCaffrey2002]` `[PustejovskyTipton2018]`.
///
/// `before` is a value from before the assignment that is taken out by regression. Errs when a cluster has both arms and with
/// fewer than two clusters in an arm. Caution below 10 clusters in an arm.
pub fn clustered(
    outcome: &[f64],
    treated: &[bool],
    clusters: &[usize],
    (before, level): (Option<&[f64]>, f64),
) -> Result<BlockResult, StatsError> {
    prove(outcome, treated, ("clusters", clusters), level)?;
    let plain = super::randomized::compare(outcome, treated, None, level)?;
    let arms = arms_of_clusters(treated, clusters)?;
    let smaller =
        (arms.iter().filter(|arm| **arm).count()).min(arms.iter().filter(|a| !**a).count());
    if smaller < 2 {
        return Err(StatsError::TooFewGroups {
            needed: 4,
            got: arms.len(),
        });
    }
    let mut columns: Vec<Vec<f64>> = vec![treated.iter().map(|t| f64::from(*t)).collect()];
    let mut names = vec!["treated".to_owned()];
    if let Some(before) = before {
        require_length("before", outcome.len(), before.len())?;
        columns.push(before.to_vec());
        names.push("before".to_owned());
    }
    let sample = Sample {
        outcome,
        columns: &columns,
        names: &names,
        weights: Weights::Equal,
        clusters: Some(clusters),
    };
    let config = FitConfig {
        errors: Errors::Cr2,
        level,
    };
    let fit = linear::fit(&sample, &config)?;
    let coefficient = &fit.coefficients.table[1];
    let mut cautions = plain.cautions;
    if smaller < ENOUGH_CLUSTERS {
        cautions.push(Caution::FewClusters {
            needed: 2 * ENOUGH_CLUSTERS,
            got: arms.len(),
        });
    }
    Ok(BlockResult {
        effect: coefficient.estimate,
        p_value: coefficient.p_value,
        degrees_of_freedom: coefficient.degrees_of_freedom,
        treated: plain.treated,
        control: plain.control,
        blocks: arms.len(),
        variance_ratio: (coefficient.estimate.standard_error / plain.effect.standard_error).powi(2),
        cautions,
    })
}

/// Clusters per arm below which the randomness of the draw itself is coarse.
const ENOUGH_CLUSTERS: usize = 10;

fn arms_of_clusters(treated: &[bool], clusters: &[usize]) -> Result<Vec<bool>, StatsError> {
    let (places, count) = dense(clusters);
    let mut arms: Vec<Option<bool>> = vec![None; count];
    for (row, place) in places.into_iter().enumerate() {
        match arms[place] {
            Some(arm) if arm != treated[row] => {
                return Err(StatsError::invalid_row("clusters (both arms in one)", row));
            }
            _ => arms[place] = Some(treated[row]),
        }
    }
    Ok(arms.into_iter().flatten().collect())
}

fn size(arms: &[Vec<f64>; 2]) -> usize {
    arms[0].len() + arms[1].len()
}

fn gap(arms: &[Vec<f64>; 2]) -> f64 {
    mean(&arms[1]) - mean(&arms[0])
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Whether one small stratum is half of all small ones, where their common variance has no formula.
fn outweighed(used: &[&[Vec<f64>; 2]], lone: impl Fn(&[Vec<f64>; 2]) -> bool) -> bool {
    let sizes: Vec<usize> = used.iter().filter(|a| lone(a)).map(|a| size(a)).collect();
    let all: usize = sizes.iter().sum();
    sizes.iter().any(|own| 2 * own >= all) && sizes.len() > 1
}

/// Variance of the weighted sum and its Satterthwaite degrees of freedom.
fn variance(
    used: &[&[Vec<f64>; 2]],
    rows: f64,
    lone: impl Fn(&[Vec<f64>; 2]) -> bool,
) -> (f64, f64) {
    let (mut total, mut squares) = (0.0, 0.0);
    for arms in used.iter().filter(|arms| !lone(arms)) {
        for arm in arms.iter() {
            let n = arm.len() as f64;
            let middle = mean(arm);
            let s2 = arm.iter().map(|y| (y - middle).powi(2)).sum::<f64>() / (n - 1.0);
            let part = (size(arms) as f64 / rows).powi(2) * s2 / n;
            total += part;
            squares += part * part / (n - 1.0);
        }
    }
    let small: Vec<(f64, f64)> = (used.iter().filter(|arms| lone(arms)))
        .map(|arms| (size(arms) as f64, gap(arms)))
        .collect();
    if small.len() > 1 {
        let n: f64 = small.iter().map(|s| s.0).sum();
        let middle = small.iter().map(|s| s.0 * s.1).sum::<f64>() / n;
        let spread: f64 = small.iter().map(|s| s.0 * s.0 / (n - 2.0 * s.0)).sum();
        let own: f64 = (small.iter())
            .map(|s| s.0 * s.0 / ((n - 2.0 * s.0) * (n + spread)) * (s.1 - middle).powi(2))
            .sum();
        let part = (n / rows).powi(2) * own;
        total += part;
        squares += part * part / (small.len() as f64 - 1.0);
    }
    (total, total * total / squares)
}

fn prove(
    outcome: &[f64],
    treated: &[bool],
    (what, blocks): (&str, &[usize]),
    level: f64,
) -> Result<(), StatsError> {
    prove_level(level)?;
    require_finite("outcome", outcome)?;
    require_length("treated", outcome.len(), treated.len())?;
    require_length(what, outcome.len(), blocks.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_give_the_paired_t_test() {
        let one = [12.0, 15.0, 9.0, 14.0, 11.0];
        let zero = [10.0, 11.0, 9.5, 12.0, 10.0];
        let outcome: Vec<f64> = one.iter().chain(&zero).copied().collect();
        let treated: Vec<bool> = (0..10).map(|i| i < 5).collect();
        let strata: Vec<usize> = (0..10).map(|i| i % 5).collect();
        let result = stratified(&outcome, &treated, &strata, 0.95).unwrap();
        let gaps: Vec<f64> = one.iter().zip(&zero).map(|(a, b)| a - b).collect();
        let middle = mean(&gaps);
        let s2 = gaps.iter().map(|g| (g - middle).powi(2)).sum::<f64>() / 4.0;
        assert!((result.effect.value - middle).abs() < 1e-12);
        assert!((result.effect.standard_error - (s2 / 5.0).sqrt()).abs() < 1e-12);
        assert!((result.degrees_of_freedom - 4.0).abs() < 1e-9);
    }

    #[test]
    fn one_stratum_is_the_plain_comparison_and_a_useless_one_is_left_out() {
        let outcome = [1.0, 3.0, 2.0, 5.0, 4.0, 7.0, 100.0];
        let treated = [false, false, false, true, true, true, true];
        let result = stratified(&outcome, &treated, &[1, 1, 1, 1, 1, 1, 2], 0.9).unwrap();
        let plain =
            super::super::randomized::compare(&outcome[..6], &treated[..6], None, 0.9).unwrap();
        assert!((result.effect.standard_error - plain.effect.standard_error).abs() < 1e-12);
        assert!((result.degrees_of_freedom - plain.degrees_of_freedom).abs() < 1e-9);
        let left_out = Caution::RowsLeftOut { rows: 1, of: 7 };
        assert!(result.cautions.contains(&left_out));
        assert!(stratified(&outcome, &treated, &[1, 2, 3, 4, 5, 6, 7], 0.9).is_err());
    }

    #[test]
    fn a_cluster_with_both_arms_or_one_cluster_per_arm_is_refused() {
        let outcome = [1.0, 3.0, 2.0, 5.0];
        let treated = [false, true, false, true];
        assert!(clustered(&outcome, &treated, &[1, 1, 2, 2], (None, 0.9)).is_err());
        assert!(clustered(&outcome, &treated, &[1, 2, 1, 2], (None, 0.9)).is_err());
    }
}
