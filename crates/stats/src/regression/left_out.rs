//! What would each part of the rows be predicted to be from all the others?
//!
//! Cross-fitting needs every fit once per part. Rows are packed once, and what one pass tells of each part is subtracted
//! from what it tells of all, so that a least-squares fit costs one pass for all parts together, and a logistic fit that
//! of the whole and two short ones per part.

use nalgebra::{DMatrix, DMatrixView, DVector, Dyn};
use rayon::prelude::*;

const MAX_STEPS: usize = 40;
/// Twice the rise of the log-likelihood that the next step promises at which a search has arrived: an error of a
/// millionth of a standard error.
const TOLERANCE: f64 = 1e-12;
/// The same over many rows, where a step is hundreds of times shorter than the one before: the step that promises this
/// little is still made, and what is left is again a millionth.
const TOLERANCE_OF_MANY: f64 = 1e-7;
/// Rows in one block of scratch memory.
const BLOCK: usize = 256;
/// Rows in one parallel task; fixed, so that sums are added in the same order on any machine.
const TASK: usize = 32 * BLOCK;
/// Rows from which on the search over all starts at the optimum of a part of them, and which part.
const MANY_ROWS: usize = 50_000;
const EVERY: usize = 16;
/// A pivot below this share of the largest means columns that determine each other.
const PIVOT: f64 = 1e-10;
/// Linear predictors beyond this mean columns that decide the outcome.
const RUNAWAY: f64 = 25.0;

/// Columns with a constant before them, centered and brought to unit spread, row after row, sorted by group.
pub(crate) struct Packed {
    width: usize,
    rows: Vec<f64>,
    /// The row of the data at each place.
    pub order: Vec<usize>,
    /// Where each group begins, and the end.
    starts: Vec<usize>,
}

/// Products of a group's rows: with each other, and with the outcome.
#[derive(Clone)]
struct Gram {
    xx: DMatrix<f64>,
    xy: DVector<f64>,
}

/// Of a logistic likelihood over some rows.
struct Climb {
    value: f64,
    gradient: DVector<f64>,
    information: DMatrix<f64>,
    farthest: f64,
}

/// Where a search ends: the last point looked at, what every group says there, and the step that is still made.
struct Arrived {
    point: DVector<f64>,
    step: DVector<f64>,
    by_group: Vec<Climb>,
}

impl Packed {
    /// None when a column is not finite, does not vary or has another length.
    pub fn new(columns: &[Vec<f64>], group_of_row: &[usize], groups: usize) -> Option<Self> {
        let count = group_of_row.len();
        if columns.iter().any(|column| column.len() != count) {
            return None;
        }
        let mut starts = vec![0; groups + 1];
        group_of_row.iter().for_each(|g| starts[g + 1] += 1);
        for g in 0..groups {
            starts[g + 1] += starts[g];
        }
        let mut next = starts.clone();
        let mut order = vec![0; count];
        let width = columns.len() + 1;
        let mut rows = vec![1.0; width * count];
        let scales: Vec<(f64, f64)> = columns.iter().map(|c| scale(c)).collect::<Option<_>>()?;
        let mut places = Vec::with_capacity(BLOCK);
        // In the order of the columns, block by block: every column is read once, and what is written lies in the fast
        // cache until all columns are there.
        for (block, groups) in group_of_row.chunks(BLOCK).enumerate() {
            let first = block * BLOCK;
            places.clear();
            for (row, &group) in (first..).zip(groups) {
                order[next[group]] = row;
                places.push(next[group] * width);
                next[group] += 1;
            }
            for (j, (column, (mean, spread))) in columns.iter().zip(&scales).enumerate() {
                let per_spread = 1.0 / spread;
                let values = &column[first..first + groups.len()];
                for (place, value) in places.iter().zip(values) {
                    rows[place + j + 1] = (value - mean) * per_spread;
                }
            }
        }
        Some(Packed {
            width,
            rows,
            order,
            starts,
        })
    }

    /// Least-squares predictions of every place from the groups `from(part)`, for the parts of all groups.
    ///
    /// `outcome` lies in the order of the places. None when the columns determine each other somewhere.
    pub fn linear(
        &self,
        outcome: &[f64],
        parts: usize,
        uses: impl Fn(usize, usize) -> bool,
    ) -> Option<Vec<DVector<f64>>> {
        let grams: Vec<Gram> = (0..self.starts.len() - 1)
            .map(|group| self.gram(outcome, group))
            .collect();
        let mut slopes = Vec::new();
        for part in 0..parts {
            let mut xx = DMatrix::zeros(self.width, self.width);
            let mut xy = DVector::zeros(self.width);
            for (_, gram) in (grams.iter().enumerate()).filter(|(group, _)| uses(part, *group)) {
                xx += &gram.xx;
                xy += &gram.xy;
            }
            slopes.push(solve(xx, &xy)?);
        }
        Some(slopes)
    }

    /// Logistic fits that leave out one part each. `yes` (0 or 1) lies in the order of the places; `part_of_group` says
    /// which part a group belongs to. None when a search does not arrive.
    pub fn logistic(&self, yes: &[f64], part_of_group: &[usize]) -> Option<Vec<DVector<f64>>> {
        let parts = part_of_group.iter().max()? + 1;
        let groups_of = |keep: &dyn Fn(usize) -> bool| -> Vec<usize> {
            (0..part_of_group.len())
                .filter(|g| keep(part_of_group[*g]))
                .collect()
        };
        let all = groups_of(&|_| true);
        let top = self.climb(yes, &all, self.near(yes), None)?;
        (0..parts)
            .map(|part| {
                // What the others say near the top of the whole is known already: their own step starts there.
                let groups = groups_of(&|own| own != part);
                let others = Climb::sum(self.width, groups.iter().map(|g| &top.by_group[*g]));
                let step = solve(others.information.clone(), &others.gradient)?;
                let found =
                    self.climb(yes, &groups, &top.point + step, Some(&others.information))?;
                Some(found.point + found.step)
            })
            .collect()
    }

    /// Where the search over all rows starts: at the optimum of every 16th, when there are many.
    fn near(&self, yes: &[f64]) -> DVector<f64> {
        let zero = DVector::zeros(self.width);
        if yes.len() < MANY_ROWS {
            return zero;
        }
        let rows = self.rows.chunks(self.width).step_by(EVERY);
        let some: Vec<f64> = yes.iter().step_by(EVERY).copied().collect();
        let part = Packed {
            width: self.width,
            rows: rows.flatten().copied().collect(),
            order: Vec::new(),
            starts: vec![0, some.len()],
        };
        let found = part.climb(&some, &[0], zero.clone(), None);
        found.map_or(zero, |found| found.point + found.step)
    }

    /// Linear predictors of a group's places.
    pub fn predict(&self, group: usize, slopes: &DVector<f64>) -> Vec<f64> {
        let places = self.starts[group]..self.starts[group + 1];
        let rows = self.rows[places.start * self.width..places.end * self.width].chunks(self.width);
        rows.map(|row| product(row, slopes.as_slice())).collect()
    }

    pub fn places(&self, group: usize) -> std::ops::Range<usize> {
        self.starts[group]..self.starts[group + 1]
    }

    fn gram(&self, outcome: &[f64], group: usize) -> Gram {
        let tasks: Vec<Gram> = self
            .tasks(group)
            .into_par_iter()
            .map(|places| {
                let rows = &self.rows[places.start * self.width..places.end * self.width];
                let mut gram = Gram {
                    xx: DMatrix::zeros(self.width, self.width),
                    xy: DVector::zeros(self.width),
                };
                for (row, y) in rows.chunks(self.width).zip(&outcome[places]) {
                    add_scaled(gram.xy.as_mut_slice(), *y, row);
                }
                let (across, along) = views(rows, self.width);
                gram.xx.gemm(1.0, &across, &along, 1.0);
                gram
            })
            .collect();
        let mut total = Gram {
            xx: DMatrix::zeros(self.width, self.width),
            xy: DVector::zeros(self.width),
        };
        for task in tasks {
            total.xx += task.xx;
            total.xy += task.xy;
        }
        total
    }

    fn tasks(&self, group: usize) -> Vec<std::ops::Range<usize>> {
        let places = self.places(group);
        let end = places.end;
        let begins = places.step_by(TASK);
        begins.map(|begin| begin..end.min(begin + TASK)).collect()
    }

    /// Newton's method, or steps by a fixed information near the top.
    fn climb(
        &self,
        yes: &[f64],
        groups: &[usize],
        start: DVector<f64>,
        fixed: Option<&DMatrix<f64>>,
    ) -> Option<Arrived> {
        let tolerance = match yes.len() < MANY_ROWS {
            true => TOLERANCE,
            false => TOLERANCE_OF_MANY,
        };
        let mut point = start;
        let mut by_group = self.evaluate(yes, groups, &point, fixed.is_none());
        let mut here = Climb::sum(self.width, &by_group);
        for _ in 0..MAX_STEPS {
            let information = fixed.unwrap_or(&here.information).clone();
            let step = solve(information, &here.gradient)?;
            let promised = here.gradient.dot(&step);
            if promised < tolerance {
                return Some(Arrived {
                    point,
                    step,
                    by_group,
                });
            }
            let next = &point + step;
            by_group = self.evaluate(yes, groups, &next, fixed.is_none());
            let there = Climb::sum(self.width, &by_group);
            if there.farthest > RUNAWAY || there.value < here.value - 1e-9 * here.value.abs() {
                return None;
            }
            (point, here) = (next, there);
        }
        None
    }

    /// What every group says at the slopes.
    fn evaluate(
        &self,
        yes: &[f64],
        groups: &[usize],
        slopes: &DVector<f64>,
        curvature: bool,
    ) -> Vec<Climb> {
        let tasks: Vec<(usize, std::ops::Range<usize>)> = (groups.iter().enumerate())
            .flat_map(|(place, group)| self.tasks(*group).into_iter().map(move |t| (place, t)))
            .collect();
        let climbs: Vec<(usize, Climb)> = tasks
            .into_par_iter()
            .map(|(place, task)| (place, self.evaluate_task(yes, task, slopes, curvature)))
            .collect();
        let mut by_group: Vec<Climb> = groups.iter().map(|_| Climb::none(self.width)).collect();
        for (place, climb) in &climbs {
            by_group[*place].add(climb);
        }
        by_group
    }

    fn evaluate_task(
        &self,
        yes: &[f64],
        places: std::ops::Range<usize>,
        slopes: &DVector<f64>,
        curvature: bool,
    ) -> Climb {
        let mut climb = Climb::none(self.width);
        let mut scaled = vec![0.0; if curvature { BLOCK * self.width } else { 0 }];
        let end = places.end;
        for begin in places.step_by(BLOCK) {
            let block = begin..end.min(begin + BLOCK);
            let rows = &self.rows[block.start * self.width..block.end * self.width];
            // The product of a few chances costs one logarithm instead of one each.
            let mut chances = 1.0_f64;
            for (k, (row, y)) in rows.chunks(self.width).zip(&yes[block]).enumerate() {
                let eta = product(row, slopes.as_slice());
                let chance = 1.0 / (1.0 + (-eta).exp());
                climb.farthest = climb.farthest.max(eta.abs());
                chances *= if *y == 1.0 { chance } else { 1.0 - chance }.max(1e-18);
                if k % 16 == 15 {
                    climb.value += chances.ln();
                    chances = 1.0;
                }
                add_scaled(climb.gradient.as_mut_slice(), y - chance, row);
                if curvature {
                    let weight = chance * (1.0 - chance);
                    let to = &mut scaled[k * self.width..][..self.width];
                    to.iter_mut().zip(row).for_each(|(s, x)| *s = weight * x);
                }
            }
            climb.value += chances.ln();
            if curvature {
                let (across, _) = views(&scaled[..rows.len()], self.width);
                let (_, along) = views(rows, self.width);
                climb.information.gemm(1.0, &across, &along, 1.0);
            }
        }
        climb
    }
}

impl Climb {
    fn none(width: usize) -> Self {
        Climb {
            value: 0.0,
            gradient: DVector::zeros(width),
            information: DMatrix::zeros(width, width),
            farthest: 0.0,
        }
    }

    fn sum<'a>(width: usize, climbs: impl IntoIterator<Item = &'a Climb>) -> Self {
        let mut total = Climb::none(width);
        climbs.into_iter().for_each(|climb| total.add(climb));
        total
    }

    fn add(&mut self, other: &Climb) {
        self.value += other.value;
        self.gradient += &other.gradient;
        self.information += &other.information;
        self.farthest = self.farthest.max(other.farthest);
    }
}

type Across<'a> = DMatrixView<'a, f64>;
type Along<'a> = DMatrixView<'a, f64, Dyn, Dyn>;

/// The rows as columns of a matrix, and the same matrix turned.
fn views(rows: &[f64], width: usize) -> (Across<'_>, Along<'_>) {
    let count = rows.len() / width;
    (
        DMatrixView::from_slice(rows, width, count),
        DMatrixView::from_slice_with_strides_generic(
            rows,
            Dyn(count),
            Dyn(width),
            Dyn(width),
            Dyn(1),
        ),
    )
}

/// In four sums, which do not wait for each other.
fn product(row: &[f64], slopes: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (rows, slopes) = (row.chunks_exact(4), slopes.chunks_exact(4));
    let rest = rows.remainder().iter().zip(slopes.remainder());
    let rest: f64 = rest.map(|(x, b)| x * b).sum();
    for (x, b) in rows.zip(slopes) {
        for (sum, (x, b)) in sums.iter_mut().zip(x.iter().zip(b)) {
            *sum += x * b;
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// Mean and spread of a column; none when it does not vary or is not finite.
fn scale(column: &[f64]) -> Option<(f64, f64)> {
    let count = column.len() as f64;
    let mean = sum_of(column, |x| x) / count;
    let squares = sum_of(column, |x| (x - mean) * (x - mean));
    let spread = (squares / count).sqrt();
    let varies = spread.is_finite() && spread > 1e-9 * (1.0 + mean.abs());
    varies.then_some((mean, spread))
}

/// In eight sums, which do not wait for each other.
fn sum_of(column: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    let mut lanes = [0.0; 8];
    for values in column.chunks(8) {
        for (lane, x) in lanes.iter_mut().zip(values) {
            *lane += of(*x);
        }
    }
    lanes.iter().sum()
}

fn add_scaled(sum: &mut [f64], factor: f64, row: &[f64]) {
    sum.iter_mut().zip(row).for_each(|(s, x)| *s += factor * x);
}

/// None unless positive definite with pivots worth the name.
fn solve(matrix: DMatrix<f64>, right: &DVector<f64>) -> Option<DVector<f64>> {
    let largest = matrix.diagonal().amax();
    let factor = matrix.cholesky()?;
    let pivots = factor.l_dirty().diagonal();
    let sound = pivots.iter().all(|pivot| pivot * pivot > PIVOT * largest);
    sound.then(|| factor.solve(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regression::{Errors, FitConfig, Sample, Weights, linear, logistic};

    const CONFIG: FitConfig = FitConfig {
        errors: Errors::Classical,
        level: 0.9,
    };

    struct Case {
        columns: Vec<Vec<f64>>,
        yes: Vec<f64>,
        outcome: Vec<f64>,
        part: Vec<usize>,
    }

    fn case(rows: usize) -> Case {
        let value = |i: usize, f: f64| ((i as f64 * f).sin() * 43_758.545).fract();
        let columns: Vec<Vec<f64>> = [12.9898, 78.233, 37.719]
            .iter()
            .map(|f| (0..rows).map(|i| 5.0 + 3.0 * value(i, *f)).collect())
            .collect();
        let lift = |i: usize| columns[0][i] - 0.5 * columns[1][i];
        let yes = (0..rows).map(|i| f64::from(u8::from(lift(i) + 4.0 * value(i, 3.3) > 2.5)));
        let outcome = (0..rows).map(|i| lift(i) + value(i, 9.1));
        Case {
            yes: yes.collect(),
            outcome: outcome.collect(),
            part: (0..rows).map(|i| (i * 7) % 5).collect(),
            columns,
        }
    }

    #[test]
    fn fits_without_a_part_are_those_of_the_other_rows() {
        let case = case(3_000);
        let packed = Packed::new(&case.columns, &case.part, 5).unwrap();
        let sorted =
            |values: &[f64]| -> Vec<f64> { packed.order.iter().map(|&r| values[r]).collect() };
        let lines = packed
            .linear(&sorted(&case.outcome), 5, |part, group| part != group)
            .unwrap();
        let curves = packed
            .logistic(&sorted(&case.yes), &[0, 1, 2, 3, 4])
            .unwrap();
        let names: Vec<String> = (0..3).map(|j| format!("x{j}")).collect();
        for part in 0..5 {
            let keep: Vec<usize> = (0..3_000).filter(|&i| case.part[i] != part).collect();
            let take = |v: &[f64]| -> Vec<f64> { keep.iter().map(|&i| v[i]).collect() };
            let columns: Vec<Vec<f64>> = case.columns.iter().map(|c| take(c)).collect();
            let (outcome, yes) = (take(&case.outcome), take(&case.yes));
            let sample = Sample {
                outcome: &outcome,
                columns: &columns,
                names: &names,
                weights: Weights::Equal,
                clusters: None,
            };
            let line = linear::fit(&sample, &CONFIG).unwrap();
            let sample = Sample {
                outcome: &yes,
                ..sample
            };
            let curve = logistic::fit(&sample, &CONFIG).unwrap();
            let (straight, bent) = (
                packed.predict(part, &lines[part]),
                packed.predict(part, &curves[part]),
            );
            for (at, place) in packed.places(part).enumerate() {
                let row = packed.order[place];
                let values: Vec<f64> = case.columns.iter().map(|c| c[row]).collect();
                let wanted = line.coefficients.linear_predictor(&values);
                assert!((straight[at] - wanted).abs() < 1e-9);
                let wanted = curve.coefficients.linear_predictor(&values);
                assert!((bent[at] - wanted).abs() < 1e-5, "{} {wanted}", bent[at]);
            }
        }
    }

    #[test]
    fn constant_columns_and_columns_that_decide_are_left_to_the_careful_fits() {
        let mut case = case(500);
        let decided: Vec<f64> = case.columns[0]
            .iter()
            .map(|x| f64::from(u8::from(*x > 5.0)))
            .collect();
        let packed = Packed::new(&case.columns, &case.part, 5).unwrap();
        let sorted: Vec<f64> = packed.order.iter().map(|&r| decided[r]).collect();
        assert!(packed.logistic(&sorted, &[0, 1, 2, 3, 4]).is_none());
        case.columns[2] = vec![1.0; 500];
        assert!(Packed::new(&case.columns, &case.part, 5).is_none());
    }
}
