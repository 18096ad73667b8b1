//! Who gets the activity, when chance shall decide?

use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::StatsError;

/// Arm of each of `rows` rows: exact shares, order by chance.
///
/// `shares` (positive, any sum) are those of the arms; numbers that do not come out even are dealt by chance.
/// The same seed gives the same arms. Errs with fewer rows than arms or shares that are not positive.
pub fn complete(rows: usize, shares: &[f64], seed: u64) -> Result<Vec<usize>, StatsError> {
    prove(rows, shares)?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Ok(deal(rows, shares, &mut rng))
}

/// Arm of each row, dealt within every stratum by itself, so that the arms are alike in what the strata tell.
///
/// A stratum's arms hang on the seed and its own number only: another stratum more changes nothing. Odd rows are
/// dealt by chance within the stratum.
pub fn stratified(strata: &[usize], shares: &[f64], seed: u64) -> Result<Vec<usize>, StatsError> {
    prove(strata.len(), shares)?;
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (row, stratum) in strata.iter().enumerate() {
        members.entry(*stratum).or_default().push(row);
    }
    let mut arms = vec![0; strata.len()];
    for (stratum, rows) in members {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stratum as u64 + 1);
        for (row, arm) in rows.iter().zip(deal(rows.len(), shares, &mut rng)) {
            arms[*row] = arm;
        }
    }
    Ok(arms)
}

/// Arm of each row when whole clusters (accounts, regions, stores) are drawn: rows of one cluster get one arm.
///
/// Errs with fewer clusters than arms.
pub fn clustered(clusters: &[usize], shares: &[f64], seed: u64) -> Result<Vec<usize>, StatsError> {
    let (places, count) = super::influence::dense(clusters);
    let arm_of = complete(count, shares, seed)?;
    Ok(places.into_iter().map(|place| arm_of[place]).collect())
}

fn deal(rows: usize, shares: &[f64], rng: &mut ChaCha8Rng) -> Vec<usize> {
    let whole: f64 = shares.iter().sum();
    let due: Vec<f64> = shares.iter().map(|s| s / whole * rows as f64).collect();
    let mut arms: Vec<usize> = (due.iter().enumerate())
        .flat_map(|(arm, due)| vec![arm; due.floor() as usize])
        .collect();
    // Rows left over: each arm by chance according to what it is still due, at most once.
    let mut rest: Vec<f64> = due.iter().map(|d| d - d.floor()).collect();
    while arms.len() < rows {
        let left: f64 = rest.iter().sum();
        let mut mark = rng.random::<f64>() * left;
        let drawn = rest.iter().position(|share| {
            mark -= share;
            mark < 0.0
        });
        let arm = drawn.unwrap_or(0);
        rest[arm] = 0.0;
        arms.push(arm);
    }
    arms.truncate(rows);
    arms.shuffle(rng);
    arms
}

fn prove(units: usize, shares: &[f64]) -> Result<(), StatsError> {
    if shares.len() < 2 {
        let got = shares.len();
        return Err(StatsError::TooFewGroups { needed: 2, got });
    }
    if let Some(share) = shares.iter().find(|s| !(s.is_finite() && **s > 0.0)) {
        return Err(StatsError::invalid(format!("share {share} of an arm")));
    }
    match units < shares.len() {
        true => Err(StatsError::TooFewObservations {
            needed: shares.len(),
            got: units,
        }),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(arms: &[usize], arm: usize) -> usize {
        arms.iter().filter(|a| **a == arm).count()
    }

    #[test]
    fn arms_have_their_shares_and_the_seed_decides() {
        let arms = complete(1001, &[1.0, 1.0], 7).unwrap();
        assert!((500..=501).contains(&count(&arms, 1)));
        assert_eq!(arms, complete(1001, &[1.0, 1.0], 7).unwrap());
        assert_ne!(arms, complete(1001, &[1.0, 1.0], 8).unwrap());
        let uneven = complete(1000, &[0.2, 0.3, 0.5], 1).unwrap();
        assert_eq!([0, 1, 2].map(|a| count(&uneven, a)), [200, 300, 500]);
    }

    #[test]
    fn every_stratum_is_split_evenly_and_another_one_changes_nothing() {
        let strata: Vec<usize> = (0..400).map(|i| i % 4).collect();
        let arms = stratified(&strata, &[1.0, 1.0], 3).unwrap();
        for stratum in 0..4 {
            let own: Vec<usize> = (0..400)
                .filter(|i| strata[*i] == stratum)
                .map(|i| arms[i])
                .collect();
            assert_eq!(count(&own, 1), 50);
        }
        let fewer: Vec<usize> = (0..300).map(|i| i % 3).collect();
        let without = stratified(&fewer, &[1.0, 1.0], 3).unwrap();
        let of = |strata: &[usize], arms: &[usize]| -> Vec<usize> {
            let rows = strata.iter().zip(arms).filter(|(s, _)| **s == 2);
            rows.map(|(_, a)| *a).collect()
        };
        assert_eq!(of(&strata, &arms), of(&fewer, &without));
    }

    #[test]
    fn a_cluster_has_one_arm() {
        let clusters: Vec<usize> = (0..60).map(|i| 100 + i / 6).collect();
        let arms = clustered(&clusters, &[1.0, 1.0], 3).unwrap();
        assert!(arms.chunks(6).all(|own| own.iter().all(|a| *a == own[0])));
        assert_eq!(count(&arms, 0), 30);
        assert!(clustered(&[1, 1, 1], &[1.0, 1.0], 3).is_err());
        assert!(complete(10, &[1.0], 3).is_err() && complete(10, &[1.0, -1.0], 3).is_err());
    }

    #[test]
    fn odd_rows_fall_to_each_arm_equally_often() {
        let hits = (0..2000).filter(|seed| {
            complete(3, &[1.0, 1.0], *seed)
                .unwrap()
                .iter()
                .sum::<usize>()
                == 2
        });
        assert!((900..=1100).contains(&hits.count()));
    }
}
