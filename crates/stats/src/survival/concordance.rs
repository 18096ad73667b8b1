//! How often does it happen first to the one for whom it was predicted to?

use super::partial_likelihood::Stratum;

/// Harrell's concordance: among pairs whose order of events is known, the share in which the one with the higher
/// predicted risk comes first; equal risks count half `[Harrell1996]`.
///
/// A pair is comparable when one has the event at t and the other is still at risk after t, or is censored at t.
/// NaN when no pair is comparable.
pub fn concordance(time: &[f64], event: &[bool], risk: &[f64]) -> f64 {
    let rows = time.len().min(event.len()).min(risk.len());
    let mut order: Vec<usize> = (0..rows).collect();
    order.sort_by(|&a, &b| time[b].total_cmp(&time[a]).then(a.cmp(&b)));
    let pick = |column: &[f64]| order.iter().map(|&r| column[r]).collect::<Vec<f64>>();
    let event: Vec<bool> = order.iter().map(|&r| event[r]).collect();
    let mut pairs = Pairs::default();
    pairs.count(&pick(time), &event, &pick(risk), &[]);
    pairs.share()
}

/// Concordance of linear predictors, over pairs within strata.
pub(super) fn of_strata(strata: &[Stratum], beta: &[f64]) -> f64 {
    let mut pairs = Pairs::default();
    for stratum in strata {
        let risk = stratum.eta(beta);
        let late = stratum.entry.iter().any(|e| *e > 0.0);
        let entry: &[f64] = if late { &stratum.entry } else { &[] };
        pairs.count(&stratum.time, &stratum.event, &risk, entry);
    }
    pairs.share()
}

#[derive(Default)]
struct Pairs {
    comparable: f64,
    right: f64,
}

impl Pairs {
    fn share(&self) -> f64 {
        self.right / self.comparable
    }

    /// Rows come latest end first; those seen so far are counted by the rank of their risk.
    fn count(&mut self, time: &[f64], event: &[bool], risk: &[f64], entry: &[f64]) {
        let (rank, ranks) = ranks_of(risk);
        let mut seen = Counts::new(ranks);
        let mut leaving: Vec<usize> = (0..entry.len()).collect();
        leaving.sort_by(|&a, &b| entry[b].total_cmp(&entry[a]).then(a.cmp(&b)));
        let mut gone = leaving.into_iter().peekable();
        // Whole numbers, so that the sums are exact whatever their order; pairs of ties are counted twice to stay whole.
        let (mut comparable, mut right_twice) = (0_u128, 0_u128);
        let mut at = 0;
        while at < time.len() {
            let same = time[at..].iter().take_while(|t| **t == time[at]).count();
            let now = at..at + same;
            now.clone()
                .filter(|&i| !event[i])
                .for_each(|i| seen.add(rank[i]));
            while let Some(i) = gone.next_if(|&i| entry[i] >= time[at]) {
                seen.remove(rank[i]);
            }
            for i in now.clone().filter(|&i| event[i]) {
                let (lower, equal) = seen.below_and_at(rank[i]);
                comparable += u128::from(seen.total);
                right_twice += u128::from(2 * lower + equal);
            }
            now.filter(|&i| event[i]).for_each(|i| seen.add(rank[i]));
            at += same;
        }
        self.comparable += comparable as f64;
        self.right += 0.5 * right_twice as f64;
    }
}

/// Rank of every value among the distinct ones, from 0, and their number.
fn ranks_of(values: &[f64]) -> (Vec<u32>, usize) {
    let mut order: Vec<(f64, u32)> = values.iter().copied().zip(0..).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = vec![0; values.len()];
    let mut rank = 0;
    for place in 0..order.len() {
        if place > 0 && order[place].0 != order[place - 1].0 {
            rank += 1;
        }
        ranks[order[place].1 as usize] = rank;
    }
    (ranks, rank as usize + 1)
}

/// Counts by rank, with the sums over runs of 64, of 64 runs, and so on: adding touches one number per level, summing up
/// to a rank at most 64 neighbors per level.
struct Counts {
    levels: Vec<Vec<u32>>,
    total: u64,
}

impl Counts {
    fn new(ranks: usize) -> Self {
        let mut levels = vec![vec![0; ranks]];
        let mut size = ranks;
        while size > 64 {
            size = size.div_ceil(64);
            levels.push(vec![0; size]);
        }
        Counts { levels, total: 0 }
    }

    fn add(&mut self, rank: u32) {
        self.total += 1;
        let mut place = rank as usize;
        for level in &mut self.levels {
            level[place] += 1;
            place /= 64;
        }
    }

    /// Takes back what was added before.
    fn remove(&mut self, rank: u32) {
        self.total -= 1;
        let mut place = rank as usize;
        for level in &mut self.levels {
            level[place] -= 1;
            place /= 64;
        }
    }

    /// Counts of the ranks below this one, and of this one.
    fn below_and_at(&self, rank: u32) -> (u64, u64) {
        let mut place = rank as usize;
        let mut below = 0;
        for level in &self.levels {
            let run = place / 64 * 64;
            below += u64::from(level[run..place].iter().sum::<u32>());
            place /= 64;
        }
        (below, u64::from(self.levels[0][rank as usize]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_prediction_is_always_right_and_its_opposite_never() {
        let (time, event) = ([3.0, 1.0, 2.0], [true, true, true]);
        assert_eq!(concordance(&time, &event, &[1.0, 3.0, 2.0]), 1.0);
        assert_eq!(concordance(&time, &event, &[3.0, 1.0, 2.0]), 0.0);
    }

    #[test]
    fn equal_risks_count_half_and_censored_ones_only_when_longer() {
        assert_eq!(concordance(&[1.0, 2.0], &[true, false], &[1.0, 1.0]), 0.5);
        assert!(concordance(&[1.0, 2.0], &[false, true], &[1.0, 1.0]).is_nan());
    }
}
