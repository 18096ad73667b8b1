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

    /// Rows come latest end first; those seen so far are counted by the rank of their risk in a tree.
    fn count(&mut self, time: &[f64], event: &[bool], risk: &[f64], entry: &[f64]) {
        let mut levels = risk.to_vec();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        let rank = |value: f64| levels.partition_point(|level| *level < value);
        let mut seen = Counts::new(levels.len());
        let mut leaving: Vec<usize> = (0..entry.len()).collect();
        leaving.sort_by(|&a, &b| entry[b].total_cmp(&entry[a]).then(a.cmp(&b)));
        let mut gone = leaving.into_iter().peekable();
        let mut at = 0;
        while at < time.len() {
            let same = time[at..].iter().take_while(|t| **t == time[at]).count();
            let now = at..at + same;
            now.clone()
                .filter(|&i| !event[i])
                .for_each(|i| seen.add(rank(risk[i]), 1.0));
            while let Some(i) = gone.next_if(|&i| entry[i] >= time[at]) {
                seen.add(rank(risk[i]), -1.0);
            }
            for i in now.clone().filter(|&i| event[i]) {
                let place = rank(risk[i]);
                let (lower, upto) = (seen.below(place), seen.below(place + 1));
                self.comparable += seen.total;
                self.right += lower + 0.5 * (upto - lower);
            }
            now.filter(|&i| event[i])
                .for_each(|i| seen.add(rank(risk[i]), 1.0));
            at += same;
        }
    }
}

/// Counts by rank with running sums in logarithmic time.
struct Counts {
    tree: Vec<f64>,
    total: f64,
}

impl Counts {
    fn new(ranks: usize) -> Self {
        Counts {
            tree: vec![0.0; ranks + 1],
            total: 0.0,
        }
    }

    fn add(&mut self, rank: usize, count: f64) {
        self.total += count;
        let mut node = rank + 1;
        while node < self.tree.len() {
            self.tree[node] += count;
            node += node & node.wrapping_neg();
        }
    }

    /// Count of ranks below this one.
    fn below(&self, rank: usize) -> f64 {
        let (mut node, mut sum) = (rank, 0.0);
        while node > 0 {
            sum += self.tree[node];
            node &= node - 1;
        }
        sum
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
