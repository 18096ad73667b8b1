//! What does each customer add to the likelihood when covariates move the rates?

use super::beta_geometric::RowTerms;
use super::choose::PurchaseKind;
use super::history::{History, HistoryRow};
use super::pareto_nbd::{Branches, ParetoNbd};
use crate::btyd::Parameters;
use crate::contract::hazard::unpack;
use crate::optimize::Evaluation;
use crate::reduce::sum_slices_in_order;
use crate::special::{LogRising, log_rising_table, raise};

/// Which base parameter a covariate of dropout moves, and in which direction on the log scale.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub kind: PurchaseKind,
    pub base: usize,
    pub dropout_slot: usize,
    pub dropout_sign: f64,
}

impl Layout {
    pub fn of(kind: PurchaseKind) -> Self {
        let (base, dropout_slot, dropout_sign) = match kind {
            PurchaseKind::Nbd => (2, 0, 0.0),
            PurchaseKind::BgNbd | PurchaseKind::MbgNbd => (4, 2, 1.0),
            PurchaseKind::ParetoNbd => (4, 3, -1.0),
        };
        Layout {
            kind,
            base,
            dropout_slot,
            dropout_sign,
        }
    }

    fn early_chances(self) -> u32 {
        u32::from(self.kind == PurchaseKind::MbgNbd)
    }
}

/// Customers sorted by covariates and history, equal ones joined; covariates centered and scaled, row by row.
pub(super) struct Terms {
    pub layout: Layout,
    /// Number of covariates of the purchase rate; those of dropout follow in each row of `cells`.
    pub of_purchase: usize,
    pub width: usize,
    /// Per pattern of covariates.
    cells: Vec<f64>,
    pattern: Vec<u32>,
    rows: Vec<HistoryRow>,
    slot: Vec<u32>,
    weight: Vec<f64>,
    counts: Vec<u32>,
}

impl Terms {
    /// `cells` has `width` values per row of the history.
    pub fn new(
        layout: Layout,
        history: &History,
        (cells, of_purchase, width): (&[f64], usize, usize),
    ) -> Self {
        let cells_of = |i: usize| &cells[i * width..(i + 1) * width];
        let mut order: Vec<usize> = (0..history.len())
            .filter(|&i| history.weight(i) > 0.0)
            .collect();
        order.sort_by(|&i, &j| {
            let (a, b) = (history.row(i), history.row(j));
            let by_cells = cells_of(i).iter().zip(cells_of(j));
            by_cells
                .map(|(x, y)| x.total_cmp(y))
                .find(|o| o.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
                .then(a.frequency.cmp(&b.frequency))
                .then(a.recency.total_cmp(&b.recency))
                .then(a.observed.total_cmp(&b.observed))
                .then(history.weight(i).total_cmp(&history.weight(j)))
        });
        let mut terms = Terms {
            layout,
            of_purchase,
            width,
            cells: Vec::new(),
            pattern: Vec::new(),
            rows: Vec::new(),
            slot: Vec::new(),
            weight: Vec::new(),
            counts: Vec::new(),
        };
        for i in order {
            terms.push(cells_of(i), history.row(i), history.weight(i));
        }
        terms.counts = terms.rows.iter().map(|r| r.frequency).collect();
        terms.counts.sort_unstable();
        terms.counts.dedup();
        let place = |x: u32| terms.counts.partition_point(|c| *c < x) as u32;
        terms.slot = terms.rows.iter().map(|r| place(r.frequency)).collect();
        terms
    }

    fn push(&mut self, cells: &[f64], row: HistoryRow, weight: f64) {
        let patterns = self.cells.len().checked_div(self.width).unwrap_or(0);
        let last = patterns.wrapping_sub(1);
        let same = match self.width {
            0 => !self.rows.is_empty(),
            width => patterns > 0 && &self.cells[last * width..] == cells,
        };
        if same && self.rows.last() == Some(&row) {
            let at = self.weight.len() - 1;
            self.weight[at] += weight;
            return;
        }
        if !same {
            self.cells.extend(cells);
        }
        let pattern = self.cells.len().checked_div(self.width).unwrap_or(1) - 1;
        self.pattern.push(pattern as u32);
        self.rows.push(row);
        self.weight.push(weight);
    }

    fn cells_of(&self, pattern: u32) -> &[f64] {
        &self.cells[pattern as usize * self.width..(pattern as usize + 1) * self.width]
    }

    /// -ln L with derivatives at (ln base parameters, coefficients of scaled covariates).
    pub fn evaluate(&self, point: &[f64]) -> Evaluation {
        let size = point.len();
        let tables = Tables::new(self, point);
        let packed = 1 + size + size * (size + 1) / 2;
        let sums = sum_slices_in_order(self.rows.len(), packed, |range, sum| {
            let mut walk = Walk::default();
            let mut factors = vec![(0, 1.0); size];
            let mut inner = [0.0; 15];
            for i in range.clone() {
                let pattern = self.pattern[i];
                if i == range.start || pattern != self.pattern[i - 1] {
                    if i > range.start {
                        self.spread((&walk.natural, &inner), &factors, sum);
                        inner = [0.0; 15];
                    }
                    walk = Walk::start(self, point, pattern);
                    self.fill_factors(pattern, &mut factors);
                }
                walk.add(self, &tables, i, &mut inner);
            }
            if !range.is_empty() {
                self.spread((&walk.natural, &inner), &factors, sum);
            }
        });
        unpack(&sums, size)
    }

    /// The base parameters of a pattern, logs first moved by its covariates.
    fn natural(&self, point: &[f64], pattern: u32) -> [f64; 4] {
        let Layout {
            base,
            dropout_slot,
            dropout_sign,
            ..
        } = self.layout;
        let mut log = [0.0; 4];
        log[..base].copy_from_slice(&point[..base]);
        for (j, cell) in self.cells_of(pattern).iter().enumerate() {
            if j < self.of_purchase {
                log[1] -= point[base + j] * cell;
            } else {
                log[dropout_slot] += dropout_sign * point[base + j] * cell;
            }
        }
        log.map(f64::exp)
    }

    /// Per coordinate of the search: which parameter's logarithm it moves, and by how much per unit.
    fn fill_factors(&self, pattern: u32, factors: &mut [(usize, f64)]) {
        let layout = self.layout;
        for (k, factor) in factors.iter_mut().enumerate().take(layout.base) {
            *factor = (k, 1.0);
        }
        for (j, cell) in self.cells_of(pattern).iter().enumerate() {
            factors[layout.base + j] = match j < self.of_purchase {
                true => (1, -cell),
                false => (layout.dropout_slot, layout.dropout_sign * cell),
            };
        }
    }

    /// Adds the sums of one pattern, derivatives carried from the natural parameters to the coordinates of the search.
    fn spread(
        &self,
        (natural, inner): (&[f64; 4], &[f64; 15]),
        factors: &[(usize, f64)],
        sum: &mut [f64],
    ) {
        let size = factors.len();
        let mut gradient = [0.0; 4];
        let mut hessian = [[0.0; 4]; 4];
        let mut next = 5;
        for i in 0..4 {
            gradient[i] = inner[1 + i] * natural[i];
            for j in i..4 {
                hessian[i][j] = inner[next] * natural[i] * natural[j];
                hessian[j][i] = hessian[i][j];
                next += 1;
            }
            hessian[i][i] += gradient[i];
        }
        sum[0] += inner[0];
        let mut next = 1 + size;
        for (i, &(slot, factor)) in factors.iter().enumerate() {
            sum[1 + i] += factor * gradient[slot];
            for &(other, second) in &factors[i..] {
                sum[next] += factor * second * hessian[slot][other];
                next += 1;
            }
        }
    }
}

/// What the distinct counts x add, for the parameters that no covariate moves.
struct Tables {
    rising_r: Vec<LogRising>,
    rising_b: Vec<LogRising>,
}

impl Tables {
    fn new(terms: &Terms, point: &[f64]) -> Self {
        let early = terms.layout.early_chances();
        let chances: Vec<u32> = terms.counts.iter().map(|x| x + early).collect();
        Tables {
            rising_r: log_rising_table(point[0].exp(), &terms.counts),
            rising_b: match terms.layout.kind {
                PurchaseKind::BgNbd | PurchaseKind::MbgNbd => {
                    log_rising_table(point[3].exp(), &chances)
                }
                _ => Vec::new(),
            },
        }
    }
}

/// The parameters of the pattern at hand, and the rising factorial of a + b grown along its ascending counts.
#[derive(Default)]
struct Walk {
    natural: [f64; 4],
    log_alpha: f64,
    rising_ab: LogRising,
    reached: u32,
}

impl Walk {
    fn start(terms: &Terms, point: &[f64], pattern: u32) -> Self {
        let natural = terms.natural(point, pattern);
        Walk {
            natural,
            log_alpha: natural[1].ln(),
            ..Walk::default()
        }
    }

    #[inline]
    fn add(&mut self, terms: &Terms, tables: &Tables, i: usize, sum: &mut [f64; 15]) {
        let (row, w) = (terms.rows[i], terms.weight[i]);
        let [r, alpha, third, fourth] = self.natural;
        let x = f64::from(row.frequency);
        let rising = tables.rising_r[terms.slot[i] as usize];
        sum[0] += w * (rising.value - x * self.log_alpha);
        sum[1] += w * rising.first;
        sum[2] += w * r / alpha;
        sum[5] += w * rising.second;
        sum[6] += w / alpha;
        sum[9] -= w * r / (alpha * alpha);
        let row_terms = RowTerms {
            shape: r + x,
            alpha,
            observed: row.observed,
            weight: w,
        };
        match terms.layout.kind {
            PurchaseKind::Nbd => row_terms.add_alive(sum),
            PurchaseKind::ParetoNbd => {
                Branches::new(ParetoNbd::from_slice(&self.natural), row).add(sum, w);
                sum[4] += w * third / fourth;
                sum[13] += w / fourth;
                sum[14] -= w * third / (fourth * fourth);
            }
            PurchaseKind::BgNbd | PurchaseKind::MbgNbd => {
                let chances = row.frequency + terms.layout.early_chances();
                if chances == 0 {
                    row_terms.add_alive(sum);
                    return;
                }
                let survivors = fourth + f64::from(chances) - 1.0;
                let log_odds = (third / survivors).ln();
                let inverses = (1.0 / third, 1.0 / survivors);
                row_terms.add_alive_or_gone(sum, row.recency, (log_odds, inverses));
                self.add_dropout_counts((chances, w), tables.rising_b[terms.slot[i] as usize], sum);
            }
        }
    }

    #[inline]
    fn add_dropout_counts(
        &mut self,
        (chances, w): (u32, f64),
        stays: LogRising,
        sum: &mut [f64; 15],
    ) {
        let both = self.natural[2] + self.natural[3];
        self.rising_ab = raise(self.rising_ab, both, self.reached, chances);
        self.reached = chances;
        let all = self.rising_ab;
        sum[0] += w * (stays.value - all.value);
        sum[3] -= w * all.first;
        sum[4] += w * (stays.first - all.first);
        sum[12] -= w * all.second;
        sum[13] -= w * all.second;
        sum[14] += w * (stays.second - all.second);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        let history = History::weighted(
            &[0.0, 0.0, 1.0, 2.0, 7.0, 26.0, 3.0, 5.0],
            &[0.0, 0.0, 1.7, 30.4, 29.4, 30.8, 12.0, 38.0],
            &[38.86, 3.0, 38.86, 38.86, 38.86, 31.0, 39.0, 38.86],
            &[5.0, 1.0, 2.0, 1.0, 1.0, 1.0, 0.5, 1.0],
        )
        .expect("valid");
        let cells: Vec<f64> = (0..24).map(|i| ((i * 7) % 5) as f64 / 4.0 - 0.5).collect();
        for kind in PurchaseKind::ALL {
            let layout = Layout::of(kind);
            let of_purchase = if layout.base == 2 { 3 } else { 2 };
            let terms = Terms::new(layout, &history, (&cells, of_purchase, 3));
            let mut point = vec![-0.5, 1.8, -0.3, 1.1];
            point.truncate(layout.base);
            point.extend([0.3, -0.6, 0.4]);
            let here = terms.evaluate(&point);
            for i in 0..point.len() {
                let moved = |h: f64| {
                    let mut at = point.clone();
                    at[i] += h;
                    terms.evaluate(&at)
                };
                let (up, down) = (moved(1e-5), moved(-1e-5));
                let slope = (up.value - down.value) / 2e-5;
                assert!((here.gradient[i] - slope).abs() < 1e-6 * (1.0 + slope.abs()));
                for j in 0..point.len() {
                    let bend = (up.gradient[j] - down.gradient[j]) / 2e-5;
                    assert!(
                        (here.hessian[(i, j)] - bend).abs() < 1e-6 * (1.0 + bend.abs()),
                        "{kind:?} {i} {j}"
                    );
                }
            }
        }
    }
}
