//! What are the means and covariances when not everyone was asked everything?

mod amplifier;
mod pattern;

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use crate::StatsError;
pub(crate) use amplifier::pair_list;
use pattern::{Conditional, Pattern, PatternSums, find_patterns, spread_out};

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

/// Columns with holes, standardized, sorted by pattern.
pub(crate) struct Answers {
    columns: Vec<Vec<f64>>,
    weights: Vec<f64>,
    center: Vec<f64>,
    spread: Vec<f64>,
    patterns: Vec<Pattern>,
    sums: Vec<PatternSums>,
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
