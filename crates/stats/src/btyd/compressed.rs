//! How few rows say the same as all histories, and how few say nearly the same?

use super::history::HistoryRow;
use crate::error::StatsError;
use std::ops::Range;

/// Distinct rows with weights, sorted by (x, t_x, T); `counts` are the distinct x upwards.
#[derive(Debug, Clone, Default)]
pub(crate) struct Compressed {
    pub counts: Vec<u32>,
    /// Total weight per distinct x.
    pub count_weights: Vec<f64>,
    /// Where the rows of each x begin.
    begins: Vec<usize>,
    pub recency: Vec<f64>,
    pub observed: Vec<f64>,
    pub weight: Vec<f64>,
}

impl Compressed {
    pub fn len(&self) -> usize {
        self.weight.len()
    }

    pub fn customers(&self) -> f64 {
        self.count_weights.iter().sum()
    }

    pub fn purchases(&self) -> f64 {
        let pairs = self.counts.iter().zip(&self.count_weights);
        pairs.map(|(x, w)| f64::from(*x) * w).sum()
    }

    pub fn time_observed(&self) -> f64 {
        let pairs = self.observed.iter().zip(&self.weight);
        pairs.map(|(t, w)| t * w).sum()
    }

    /// Refuses data from which no purchase rate can be told.
    pub fn require_purchases(&self) -> Result<(), StatsError> {
        const FEWEST_CUSTOMERS: usize = 10;
        if self.customers() < FEWEST_CUSTOMERS as f64 {
            return Err(StatsError::TooFewObservations {
                needed: FEWEST_CUSTOMERS,
                got: self.customers() as usize,
            });
        }
        if self.purchases() <= 0.0 || self.time_observed() <= 0.0 {
            return Err(StatsError::NotIdentified {
                parameter: "purchase rate".to_owned(),
            });
        }
        Ok(())
    }

    /// The parts of `rows` that share a count: its place in `counts`, and which rows.
    pub fn runs(&self, rows: Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> + '_ {
        let first = self.begins.partition_point(|begin| *begin <= rows.start);
        let ends = self.begins.iter().skip(1).copied().chain([self.len()]);
        let slots = ends.enumerate().skip(first.saturating_sub(1));
        slots
            .map(move |(slot, end)| (slot, self.begins[slot].max(rows.start)..end.min(rows.end)))
            .take_while(|(_, run)| !run.is_empty())
    }

    /// Row `i` of those whose count is in place `slot`.
    pub fn row(&self, slot: usize, i: usize) -> HistoryRow {
        HistoryRow {
            frequency: self.counts[slot],
            recency: self.recency[i],
            observed: self.observed[i],
        }
    }

    /// Adds a row that comes after all others or is equal to the last.
    #[inline]
    pub fn push(&mut self, row: HistoryRow, weight: f64) {
        let last = self.len().wrapping_sub(1);
        if self.counts.last() != Some(&row.frequency) {
            self.counts.push(row.frequency);
            self.count_weights.push(0.0);
            self.begins.push(self.len());
        } else if self.recency[last] == row.recency && self.observed[last] == row.observed {
            self.weight[last] += weight;
            self.count_weights[self.counts.len() - 1] += weight;
            return;
        }
        let slot = self.counts.len() - 1;
        self.count_weights[slot] += weight;
        self.recency.push(row.recency);
        self.observed.push(row.observed);
        self.weight.push(weight);
    }

    /// Rows of about the same times at the mean of their times, at most `cells.0` recencies by `cells.1` observed times
    /// per count: a start for the search in large data, never the answer.
    pub fn coarsen(&self, cells: (usize, usize)) -> Compressed {
        let mut coarse = Compressed::default();
        for (slot, rows) in self.runs(0..self.len()) {
            if rows.len() <= cells.0 * cells.1 {
                for i in rows {
                    coarse.push(self.row(slot, i), self.weight[i]);
                }
                continue;
            }
            for [weight, recency, observed] in self.cells_of(rows, cells) {
                if weight > 0.0 {
                    let observed = observed / weight;
                    let row = HistoryRow {
                        frequency: self.counts[slot],
                        recency: (recency / weight).min(observed),
                        observed,
                    };
                    coarse.push(row, weight);
                }
            }
        }
        coarse
    }

    /// Sums of weight, recency and observed time per cell.
    fn cells_of(&self, rows: Range<usize>, cells: (usize, usize)) -> Vec<[f64; 3]> {
        let recency = Scale::over(&self.recency[rows.clone()], cells.0);
        let observed = Scale::over(&self.observed[rows.clone()], cells.1);
        let mut sums = vec![[0.0; 3]; cells.0 * cells.1];
        for i in rows {
            let (t_x, t, w) = (self.recency[i], self.observed[i], self.weight[i]);
            let cell = &mut sums[recency.place(t_x) * cells.1 + observed.place(t)];
            cell[0] += w;
            cell[1] += w * t_x;
            cell[2] += w * t;
        }
        sums
    }
}

/// Cells of even width in the root of time: short ones where time is short, where a likelihood bends most.
struct Scale {
    from: f64,
    per_root: f64,
    last: usize,
}

impl Scale {
    fn over(times: &[f64], cells: usize) -> Self {
        let least = times.iter().fold(f64::INFINITY, |m, t| m.min(*t)).sqrt();
        let most = times.iter().fold(0.0_f64, |m, t| m.max(*t)).sqrt();
        Scale {
            from: least,
            per_root: if most > least {
                cells as f64 / (most - least)
            } else {
                0.0
            },
            last: cells - 1,
        }
    }

    #[inline]
    fn place(&self, time: f64) -> usize {
        (((time.sqrt() - self.from) * self.per_root) as usize).min(self.last)
    }
}

/// All rows, and two coarse views of them when there are many.
pub(crate) struct Views<'a> {
    pub whole: &'a Compressed,
    /// Few rows to try starts on, and enough to come near the top.
    pub coarse: Option<[Compressed; 2]>,
}

impl<'a> Views<'a> {
    pub fn of(whole: &'a Compressed) -> Self {
        const MANY_ROWS: usize = 10_000;
        let coarse = (whole.len() >= MANY_ROWS).then(|| {
            let near = whole.coarsen((32, 16));
            [near.coarsen((8, 4)), near]
        });
        Views { whole, coarse }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btyd::History;

    fn many() -> Compressed {
        let rows = 30_000;
        let x: Vec<f64> = (0..rows).map(|i| f64::from(i % 7)).collect();
        let t: Vec<f64> = (0..rows)
            .map(|i| 20.0 + f64::from(i * 31 % 997) / 50.0)
            .collect();
        let part = |i: usize| (i * 17 % 991 + 1) as f64 / 992.0;
        let t_x: Vec<f64> = (0..t.len())
            .map(|i| if x[i] > 0.0 { t[i] * part(i) } else { 0.0 })
            .collect();
        History::new(&x, &t_x, &t).expect("valid").compress()
    }

    #[test]
    fn coarse_rows_keep_customers_purchases_and_time() {
        let data = many();
        let coarse = data.coarsen((32, 16));
        assert!(coarse.len() < data.len() / 5);
        for (all, few) in [
            (data.customers(), coarse.customers()),
            (data.purchases(), coarse.purchases()),
            (data.time_observed(), coarse.time_observed()),
        ] {
            assert!((few / all - 1.0).abs() < 1e-12);
        }
        let silent = coarse.runs(0..coarse.len()).next().expect("rows").1;
        assert!(silent.into_iter().all(|i| coarse.recency[i] == 0.0));
        assert!(
            coarse
                .recency
                .iter()
                .zip(&coarse.observed)
                .all(|(t_x, t)| t_x <= t)
        );
    }

    #[test]
    fn runs_cut_any_range_by_count() {
        let data = many();
        for range in [0..data.len(), 5..6, 4_000..9_000, data.len()..data.len()] {
            let runs: Vec<(usize, Range<usize>)> = data.runs(range.clone()).collect();
            let walked: Vec<usize> = runs.iter().flat_map(|(_, run)| run.clone()).collect();
            assert_eq!(walked, range.collect::<Vec<usize>>());
            assert!(runs.windows(2).all(|w| w[0].0 < w[1].0));
        }
    }
}
