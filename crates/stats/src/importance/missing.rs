//! What are the means and covariances when not everyone was asked everything?

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use crate::StatsError;

const MAX_CYCLES: usize = 400;
/// Largest change of a standardized moment at which the search has arrived.
const TOLERANCE: f64 = 1e-8;
/// Patterns summed by one parallel task; fixed, so that sums have one order.
const PATTERNS_PER_TASK: usize = 128;

/// Mean and covariance of a multivariate normal distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    pub mean: DVector<f64>,
    /// With the number of respondents in the divisor (maximum likelihood).
    pub covariance: DMatrix<f64>,
    /// Evaluations of the expectation step that were needed.
    pub evaluations: usize,
}

/// Maximum-likelihood mean and covariance of columns with holes (NaN), weighted, by the EM algorithm.
///
/// Uses every answer of everyone. Consistent when answers are missing by design, or when that they are missing
/// depends only on what was answered (missing at random); normality is needed only in the latter case.
/// `[DempsterLairdRubin1977]` `[LittleRubin2002]`; accelerated by squared extrapolation `[VaradhanRoland2008]`.
/// Columns are n long; `weights` n long, ≥ 0. Errs with `NotIdentified` when two columns were never answered by the same
/// respondent or one explains another fully, `NotConverged` after 400 cycles.
pub fn moments(columns: &[Vec<f64>], weights: &[f64]) -> Result<Moments, StatsError> {
    Ok(Answers::new(columns, weights)?.maximize()?.moments)
}

/// Rows that have holes in the same places.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    pub observed: Vec<usize>,
    pub missing: Vec<usize>,
    pub rows: Vec<usize>,
}

/// Columns with holes, standardized, sorted by pattern.
pub(crate) struct Answers {
    columns: Vec<Vec<f64>>,
    weights: Vec<f64>,
    center: Vec<f64>,
    spread: Vec<f64>,
    patterns: Vec<Pattern>,
    sums: Vec<PatternSums>,
}

/// Weighted count, sum and raw products of the observed columns of a pattern.
struct PatternSums {
    weight: f64,
    sum: DVector<f64>,
    products: DMatrix<f64>,
}

/// Regression of the missing columns on the observed ones of a pattern.
struct Conditional {
    slopes: DMatrix<f64>,
    residual: DMatrix<f64>,
}

/// The likelihood's top, and what is needed to move it a little.
pub(crate) struct Maximum {
    pub moments: Moments,
    /// The rows with their holes filled by conditional means, less the mean; in units of the data, by column.
    pub filled: Vec<Vec<f64>>,
    /// Pattern of each row and the covariance of what was filled in, by pattern.
    pub pattern_of_row: Vec<usize>,
    pub uncertainty: Vec<DMatrix<f64>>,
    /// Amplifies a change of the expected moments to the change of the maximum (none without holes).
    pub amplifier: Option<DMatrix<f64>>,
}

impl Answers {
    pub fn new(columns: &[Vec<f64>], weights: &[f64]) -> Result<Self, StatsError> {
        if columns.len() > 128 {
            return Err(StatsError::invalid(format!(
                "number of columns {} (at most 128 when answers are missing)",
                columns.len()
            )));
        }
        let mut center = Vec::new();
        let mut spread = Vec::new();
        let mut standardized = Vec::new();
        for (number, column) in columns.iter().enumerate() {
            let (mean, sd) = observed_mean_and_sd(column, weights);
            if sd.is_nan() || sd <= 1e-13 * mean.abs() || sd == 0.0 {
                let what = format!("column {number}");
                return Err(StatsError::NoVariation { what });
            }
            standardized.push(column.iter().map(|x| (x - mean) / sd).collect());
            center.push(mean);
            spread.push(sd);
        }
        let patterns = find_patterns(&standardized, weights);
        let sums = (patterns.par_iter())
            .map(|pattern| PatternSums::of(pattern, &standardized, weights))
            .collect();
        Ok(Answers {
            columns: standardized,
            weights: weights.to_vec(),
            center,
            spread,
            patterns,
            sums,
        })
    }

    fn complete(&self) -> bool {
        self.patterns.iter().all(|p| p.missing.is_empty())
    }

    pub fn maximize(&self) -> Result<Maximum, StatsError> {
        let (point, evaluations) = self.climb()?;
        let size = self.columns.len();
        let conditionals = self.conditionals(&point)?;
        let mut filled = vec![vec![0.0; self.weights.len()]; size];
        let mut pattern_of_row = vec![0; self.weights.len()];
        for (number, (pattern, conditional)) in self.patterns.iter().zip(&conditionals).enumerate()
        {
            for &row in &pattern.rows {
                pattern_of_row[row] = number;
                self.fill(row, pattern, conditional, &point, &mut filled);
            }
        }
        let amplifier = match self.complete() {
            true => None,
            false => Some(self.amplifier(&point, &conditionals, &filled)?),
        };
        for (column, spread) in filled.iter_mut().zip(&self.spread) {
            column.iter_mut().for_each(|z| *z *= spread);
        }
        let rescale = |m: &DMatrix<f64>| {
            DMatrix::from_fn(size, size, |i, j| {
                m[(i, j)] * self.spread[i] * self.spread[j]
            })
        };
        let uncertainty = (self.patterns.iter().zip(&conditionals))
            .map(|(pattern, conditional)| rescale(&spread_out(pattern, conditional, size)))
            .collect();
        Ok(Maximum {
            moments: Moments {
                mean: DVector::from_fn(size, |j, _| {
                    self.center[j] + self.spread[j] * point.mean[j]
                }),
                covariance: rescale(&point.covariance),
                evaluations,
            },
            filled,
            pattern_of_row,
            uncertainty,
            amplifier: amplifier.map(|a| self.amplifier_in_data_units(a)),
        })
    }

    fn fill(
        &self,
        row: usize,
        pattern: &Pattern,
        conditional: &Conditional,
        point: &Point,
        filled: &mut [Vec<f64>],
    ) {
        let mut known = DVector::zeros(pattern.observed.len());
        for (i, &j) in pattern.observed.iter().enumerate() {
            known[i] = self.columns[j][row] - point.mean[j];
            filled[j][row] = known[i];
        }
        let guessed = &conditional.slopes * known;
        for (i, &j) in pattern.missing.iter().enumerate() {
            filled[j][row] = guessed[i];
        }
    }

    fn climb(&self) -> Result<(Point, usize), StatsError> {
        let mut point = Point::standard(self.columns.len());
        let mut evaluations = 0;
        for _ in 0..MAX_CYCLES {
            let once = self.step(&point)?;
            let first = once.minus(&point);
            evaluations += 1;
            if first.largest() < TOLERANCE || self.complete() {
                return Ok((once, evaluations));
            }
            let twice = self.step(&once)?;
            let second = twice.minus(&once).minus(&first);
            evaluations += 1;
            let length = (first.length() / second.length()).max(1.0);
            let leap = point
                .plus(&first, 2.0 * length)
                .plus(&second, length * length);
            point = match leap.is_proper() {
                true => self.step(&leap).unwrap_or(twice),
                false => twice,
            };
            evaluations += 1;
        }
        let gradient_norm = self.step(&point)?.minus(&point).largest();
        Err(StatsError::NotConverged {
            iterations: evaluations,
            gradient_norm,
        })
    }

    /// One EM step: expected moments given what was observed.
    fn step(&self, point: &Point) -> Result<Point, StatsError> {
        let size = self.columns.len();
        let tasks: Vec<Result<Sums, StatsError>> = (self.patterns.par_chunks(PATTERNS_PER_TASK))
            .zip(self.sums.par_chunks(PATTERNS_PER_TASK))
            .map(|(patterns, sums)| {
                let mut total = Sums::empty(size);
                for (pattern, sums) in patterns.iter().zip(sums) {
                    let conditional = Conditional::new(pattern, &point.covariance)?;
                    total.add_expected(pattern, sums, &conditional, point);
                }
                Ok(total)
            })
            .collect();
        let mut total = Sums::empty(size);
        for task in tasks {
            total.add(&task?);
        }
        Ok(total.point())
    }

    fn conditionals(&self, point: &Point) -> Result<Vec<Conditional>, StatsError> {
        (self.patterns.par_iter())
            .map(|pattern| Conditional::new(pattern, &point.covariance))
            .collect()
    }

    /// (I - J)^-1 with J the derivative of the EM step at its fixed point.
    ///
    /// In an exponential family J = V_missing V_complete^-1, with V the covariance of the sufficient statistics
    /// (z, zz'), so the amplifier is V_complete (V_complete - V_missing)^-1 `[Louis1982]`. z is centered.
    fn amplifier(
        &self,
        point: &Point,
        conditionals: &[Conditional],
        filled: &[Vec<f64>],
    ) -> Result<DMatrix<f64>, StatsError> {
        let complete = complete_variance(&point.covariance);
        let missing = self.missing_variance(conditionals, filled);
        let observed = &complete - missing;
        // Scaled to unit diagonal of V_complete, a direction with next to no information shows as a tiny pivot.
        let factor = observed.cholesky().ok_or(StatsError::NotIdentified {
            parameter: "covariance of answers that hardly anyone gave together".to_owned(),
        })?;
        Ok(factor.solve(&complete).transpose())
    }

    fn missing_variance(&self, conditionals: &[Conditional], filled: &[Vec<f64>]) -> DMatrix<f64> {
        let size = self.columns.len();
        let pairs = pair_list(size);
        let numbers: Vec<usize> = (0..self.patterns.len()).collect();
        // A handful of large tasks, since each keeps a matrix of pairs by pairs.
        let per_task = self.patterns.len().div_ceil(8).max(1);
        let tasks: Vec<(DMatrix<f64>, DMatrix<f64>, DMatrix<f64>)> = numbers
            .par_chunks(per_task)
            .map(|numbers| self.missing_products(numbers, conditionals, filled, &pairs))
            .collect();
        let mut sums = (
            DMatrix::zeros(size, size),
            DMatrix::zeros(size, pairs.len()),
            DMatrix::zeros(pairs.len(), pairs.len()),
        );
        for (first, mixed, second) in tasks {
            sums.0 += first;
            sums.1 += mixed;
            sums.2 += second;
        }
        let total: f64 = self.sums.iter().map(|s| s.weight).sum();
        assemble_missing(size, &pairs, sums) / total
    }

    /// Sums over patterns: C; s x C; D x C, with C the covariance of the holes, s the sum of filled rows and
    /// D = sum of outer products of filled rows + n C / 2.
    fn missing_products(
        &self,
        numbers: &[usize],
        conditionals: &[Conditional],
        filled: &[Vec<f64>],
        pairs: &[(usize, usize)],
    ) -> (DMatrix<f64>, DMatrix<f64>, DMatrix<f64>) {
        let size = self.columns.len();
        let mut first = DMatrix::zeros(size, size);
        let mut mixed = DMatrix::zeros(size, pairs.len());
        let mut second = DMatrix::zeros(pairs.len(), pairs.len());
        for block in numbers.chunks(64) {
            let mut c_block = DMatrix::zeros(pairs.len(), block.len());
            let mut d_block = c_block.clone();
            let mut s_block = DMatrix::zeros(size, block.len());
            for (at, &number) in block.iter().enumerate() {
                let pattern = &self.patterns[number];
                let weight = self.sums[number].weight;
                let holes = spread_out(pattern, &conditionals[number], size);
                let mut outer = &holes * (weight / 2.0);
                let mut z = DVector::zeros(size);
                for &row in &pattern.rows {
                    z.iter_mut().zip(filled).for_each(|(z, f)| *z = f[row]);
                    outer.ger(self.weights[row], &z, &z, 1.0);
                    s_block.column_mut(at).axpy(self.weights[row], &z, 1.0);
                }
                for (k, &(i, j)) in pairs.iter().enumerate() {
                    c_block[(k, at)] = holes[(i, j)];
                    d_block[(k, at)] = outer[(i, j)];
                }
                first += holes * weight;
            }
            mixed.gemm(1.0, &s_block, &c_block.transpose(), 1.0);
            second.gemm(1.0, &d_block, &c_block.transpose(), 1.0);
        }
        (first, mixed, second)
    }

    fn amplifier_in_data_units(&self, mut amplifier: DMatrix<f64>) -> DMatrix<f64> {
        let size = self.columns.len();
        let mut unit = self.spread.clone();
        unit.extend((pair_list(size).iter()).map(|&(i, j)| self.spread[i] * self.spread[j]));
        for j in 0..unit.len() {
            for i in 0..unit.len() {
                amplifier[(i, j)] *= unit[i] / unit[j];
            }
        }
        amplifier
    }
}

impl PatternSums {
    fn of(pattern: &Pattern, columns: &[Vec<f64>], weights: &[f64]) -> Self {
        let size = pattern.observed.len();
        let mut sum = DVector::zeros(size);
        let mut products = DMatrix::zeros(size, size);
        let mut x = DVector::zeros(size);
        for &row in &pattern.rows {
            for (x, &j) in x.iter_mut().zip(&pattern.observed) {
                *x = columns[j][row];
            }
            sum.axpy(weights[row], &x, 1.0);
            products.ger(weights[row], &x, &x, 1.0);
        }
        PatternSums {
            weight: pattern.rows.iter().map(|&r| weights[r]).sum(),
            sum,
            products,
        }
    }
}

impl Conditional {
    fn new(pattern: &Pattern, covariance: &DMatrix<f64>) -> Result<Self, StatsError> {
        let (o, m) = (&pattern.observed, &pattern.missing);
        if m.is_empty() {
            return Ok(Conditional {
                slopes: DMatrix::zeros(0, o.len()),
                residual: DMatrix::zeros(0, 0),
            });
        }
        let pick = |rows: &[usize], columns: &[usize]| {
            DMatrix::from_fn(rows.len(), columns.len(), |i, j| {
                covariance[(rows[i], columns[j])]
            })
        };
        let factor = pick(o, o).cholesky().ok_or(StatsError::NotIdentified {
            parameter: "covariance of columns that determine each other".to_owned(),
        })?;
        let om = pick(o, m);
        let slopes = factor.solve(&om).transpose();
        let residual = pick(m, m) - &slopes * om;
        Ok(Conditional { slopes, residual })
    }
}

/// Mean and covariance on the standardized scale.
#[derive(Clone)]
struct Point {
    mean: DVector<f64>,
    covariance: DMatrix<f64>,
}

impl Point {
    fn standard(size: usize) -> Self {
        Point {
            mean: DVector::zeros(size),
            covariance: DMatrix::identity(size, size),
        }
    }

    fn minus(&self, other: &Point) -> Point {
        self.plus(other, -1.0)
    }

    fn plus(&self, other: &Point, factor: f64) -> Point {
        Point {
            mean: &self.mean + &other.mean * factor,
            covariance: &self.covariance + &other.covariance * factor,
        }
    }

    fn largest(&self) -> f64 {
        self.mean.amax().max(self.covariance.amax())
    }

    fn length(&self) -> f64 {
        (self.mean.norm_squared() + self.covariance.norm_squared()).sqrt()
    }

    fn is_proper(&self) -> bool {
        self.largest().is_finite() && self.covariance.clone().cholesky().is_some()
    }
}

/// Expected sums over all rows.
struct Sums {
    weight: f64,
    sum: DVector<f64>,
    products: DMatrix<f64>,
}

impl Sums {
    fn empty(size: usize) -> Self {
        Sums {
            weight: 0.0,
            sum: DVector::zeros(size),
            products: DMatrix::zeros(size, size),
        }
    }

    fn add(&mut self, other: &Sums) {
        self.weight += other.weight;
        self.sum += &other.sum;
        self.products += &other.products;
    }

    fn add_expected(
        &mut self,
        pattern: &Pattern,
        sums: &PatternSums,
        conditional: &Conditional,
        point: &Point,
    ) {
        let (o, m) = (&pattern.observed, &pattern.missing);
        self.weight += sums.weight;
        for (i, &a) in o.iter().enumerate() {
            self.sum[a] += sums.sum[i];
            for (j, &b) in o.iter().enumerate() {
                self.products[(a, b)] += sums.products[(i, j)];
            }
        }
        if m.is_empty() {
            return;
        }
        let slopes = &conditional.slopes;
        let mean_o = DVector::from_iterator(o.len(), o.iter().map(|&j| point.mean[j]));
        let base =
            DVector::from_iterator(m.len(), m.iter().map(|&j| point.mean[j])) - slopes * mean_o;
        let predicted = slopes * &sums.sum;
        let cross = &base * sums.sum.transpose() + slopes * &sums.products;
        let both = &cross * slopes.transpose()
            + (&predicted + &base * sums.weight) * base.transpose()
            + &conditional.residual * sums.weight;
        for (i, &a) in m.iter().enumerate() {
            self.sum[a] += sums.weight * base[i] + predicted[i];
            for (j, &b) in o.iter().enumerate() {
                self.products[(a, b)] += cross[(i, j)];
                self.products[(b, a)] += cross[(i, j)];
            }
            for (j, &b) in m.iter().enumerate() {
                self.products[(a, b)] += both[(i, j)];
            }
        }
    }

    fn point(self) -> Point {
        let mean = self.sum / self.weight;
        let covariance = self.products / self.weight - &mean * mean.transpose();
        let covariance = (&covariance + covariance.transpose()) / 2.0;
        Point { mean, covariance }
    }
}

/// Index pairs (i ≤ j) of a symmetric matrix, in the order in which its distinct entries are listed.
pub(crate) fn pair_list(size: usize) -> Vec<(usize, usize)> {
    (0..size)
        .flat_map(|j| (0..=j).map(move |i| (i, j)))
        .collect()
}

fn pair_index(i: usize, j: usize) -> usize {
    let (small, large) = if i < j { (i, j) } else { (j, i) };
    large * (large + 1) / 2 + small
}

/// Covariance of (z, zz') for a centered normal z.
fn complete_variance(covariance: &DMatrix<f64>) -> DMatrix<f64> {
    let size = covariance.nrows();
    let pairs = pair_list(size);
    let mut variance = DMatrix::zeros(size + pairs.len(), size + pairs.len());
    variance
        .view_mut((0, 0), (size, size))
        .copy_from(covariance);
    for (a, &(i, j)) in pairs.iter().enumerate() {
        for (b, &(k, l)) in pairs.iter().enumerate() {
            variance[(size + a, size + b)] =
                covariance[(i, k)] * covariance[(j, l)] + covariance[(i, l)] * covariance[(j, k)];
        }
    }
    variance
}

/// Covariance of (z, zz') given what was observed, summed over rows, from the products of sums.
fn assemble_missing(
    size: usize,
    pairs: &[(usize, usize)],
    (first, mixed, second): (DMatrix<f64>, DMatrix<f64>, DMatrix<f64>),
) -> DMatrix<f64> {
    let mut variance = DMatrix::zeros(size + pairs.len(), size + pairs.len());
    variance.view_mut((0, 0), (size, size)).copy_from(&first);
    for (a, &(i, j)) in pairs.iter().enumerate() {
        for k in 0..size {
            let value = mixed[(i, pair_index(k, j))] + mixed[(j, pair_index(k, i))];
            variance[(k, size + a)] = value;
            variance[(size + a, k)] = value;
        }
        for (b, &(k, l)) in pairs.iter().enumerate() {
            let (ik, jl) = (pair_index(i, k), pair_index(j, l));
            let (il, jk) = (pair_index(i, l), pair_index(j, k));
            variance[(size + a, size + b)] =
                second[(ik, jl)] + second[(jl, ik)] + second[(il, jk)] + second[(jk, il)];
        }
    }
    variance
}

fn spread_out(pattern: &Pattern, conditional: &Conditional, size: usize) -> DMatrix<f64> {
    let mut full = DMatrix::zeros(size, size);
    for (i, &a) in pattern.missing.iter().enumerate() {
        for (j, &b) in pattern.missing.iter().enumerate() {
            full[(a, b)] = conditional.residual[(i, j)];
        }
    }
    full
}

/// Patterns in a fixed order (by their set of answered columns); rows without weight or any answer are left out.
fn find_patterns(columns: &[Vec<f64>], weights: &[f64]) -> Vec<Pattern> {
    let mut found: BTreeMap<u128, Vec<usize>> = BTreeMap::new();
    for (row, weight) in weights.iter().enumerate() {
        let mask = (columns.iter().enumerate())
            .filter(|(_, column)| !column[row].is_nan())
            .fold(0_u128, |mask, (j, _)| mask | 1 << j);
        if mask != 0 && *weight > 0.0 {
            found.entry(mask).or_default().push(row);
        }
    }
    let split = |(mask, rows): (u128, Vec<usize>)| {
        let (observed, missing) = (0..columns.len()).partition(|j| mask >> j & 1 == 1);
        Pattern {
            observed,
            missing,
            rows,
        }
    };
    found.into_iter().map(split).collect()
}

/// Weighted mean and standard deviation of the values that are there; NaN when there are none.
pub(crate) fn observed_mean_and_sd(column: &[f64], weights: &[f64]) -> (f64, f64) {
    let (mut weight, mut sum) = (0.0, 0.0);
    let there = || column.iter().zip(weights).filter(|(x, _)| !x.is_nan());
    for (x, w) in there() {
        weight += w;
        sum += w * x;
    }
    let mean = sum / weight;
    let squares: f64 = there().map(|(x, w)| w * (x - mean).powi(2)).sum();
    (mean, (squares / weight).sqrt())
}
