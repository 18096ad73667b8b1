//! How is a sample parted, so that no row helps to predict itself?

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::influence::dense;
use crate::StatsError;

/// How the sample is parted: `count` parts, dealt anew in each repeat.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deal {
    pub count: usize,
    pub seed: u64,
    pub repeat: usize,
}

impl Deal {
    /// Fold of each row: dealt out in random order within `classes`, or by whole clusters.
    pub fn folds(&self, classes: &[bool], clusters: Option<&[usize]>) -> Vec<usize> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(self.repeat as u64 + 1);
        let rows = classes.len();
        let mut fold_of = vec![0; rows];
        let Some(clusters) = clusters else {
            for class in [true, false] {
                let mut own: Vec<usize> = (0..rows).filter(|&r| classes[r] == class).collect();
                own.shuffle(&mut rng);
                for (place, row) in own.into_iter().enumerate() {
                    fold_of[row] = place % self.count;
                }
            }
            return fold_of;
        };
        let (places, count) = dense(clusters);
        let mut dealt: Vec<usize> = (0..count).collect();
        dealt.shuffle(&mut rng);
        let mut fold_of_cluster = vec![0; count];
        for (place, cluster) in dealt.into_iter().enumerate() {
            fold_of_cluster[cluster] = place % self.count;
        }
        for (fold, place) in fold_of.iter_mut().zip(places) {
            *fold = fold_of_cluster[place];
        }
        fold_of
    }
}

/// Refuses fewer than two folds or no split, and fewer clusters than folds.
pub(crate) fn prove_folds(
    folds: usize,
    repeats: usize,
    clusters: Option<&[usize]>,
) -> Result<(), StatsError> {
    if folds < 2 || repeats < 1 {
        return Err(StatsError::invalid(format!(
            "folds {folds} (at least 2) or repeats {repeats} (at least 1)"
        )));
    }
    let got = clusters.map_or(folds, |clusters| dense(clusters).1);
    match got < folds {
        true => Err(StatsError::TooFewGroups { needed: folds, got }),
        false => Ok(()),
    }
}

/// The values of some rows.
pub(crate) fn pick(column: &[f64], rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|&row| column[row]).collect()
}

/// The values of some rows, column by column.
pub(crate) fn pick_all(columns: &[Vec<f64>], rows: &[usize]) -> Vec<Vec<f64>> {
    columns.iter().map(|column| pick(column, rows)).collect()
}
