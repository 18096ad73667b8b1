//! How does the chance of a better answer on an ordered scale move with the columns?

use nalgebra::{DMatrix, DVector};
use rand::RngExt;

use super::coefficients::{Coefficient, student_estimate, two_sided_p};
use super::linear::few_clusters_of;
use super::sample::{FitConfig, Sample};
use super::scaled::{Scaled, covariance_from_scores, refuse_linear_errors};
use crate::contract::hazard::unpack;
use crate::error::{require_finite, require_length};
use crate::optimize::{Evaluation, Optimum, SearchLimits, invert_curvature, minimize};
use crate::reduce::{map_rows, sum_slices_in_order};
use crate::special::{logistic, normal_cdf, normal_quantile};
use crate::{Caution, Estimate, StatsError};

/// Which distribution lies behind the scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrdinalLink {
    /// Coefficients are log odds ratios of answering higher, the same at every cut.
    Logit,
    /// Coefficients are shifts in standard deviations of a normal opinion.
    Probit,
}

/// An ordinal fit.
#[derive(Debug, Clone, PartialEq)]
pub struct OrdinalFit {
    pub link: OrdinalLink,
    /// The answers that occur, from the lowest up.
    pub levels: Vec<f64>,
    /// Cut points between the levels, one fewer than these.
    pub cuts: Vec<Coefficient>,
    pub coefficients: Vec<Coefficient>,
    /// Of cuts, then coefficients.
    pub covariance: DMatrix<f64>,
    pub log_likelihood: f64,
    /// Of the cuts alone.
    pub null_log_likelihood: f64,
    pub observations: f64,
    pub iterations: usize,
    pub cautions: Vec<Caution>,
}

const MOST_LEVELS: usize = 101;
/// A coefficient this large per standard deviation is on its way to infinity.
const RUNAWAY: f64 = 25.0;

/// Fits `P(y <= level k) = F(cut_k - b'x)` by maximum likelihood [McCullagh1980], F logistic or normal.
///
/// The outcome's distinct values (2 to 101 of them) are the levels, in their order; their distances mean nothing. Newton steps with the exact
/// Hessian on centered and scaled columns; the likelihood has one top. Errors: classical, HC1 or CR1.
/// Errs on an outcome of one level, a constant or collinear column, and `Separation` when a column orders the answers
/// perfectly. Cautions: fewer than 10 answers outside the commonest level per column.
pub fn fit(
    sample: &Sample,
    link: OrdinalLink,
    config: &FitConfig,
) -> Result<OrdinalFit, StatsError> {
    sample.prove(config)?;
    refuse_linear_errors(config.errors)?;
    if sample.columns.is_empty() {
        return Err(StatsError::TooFewGroups { needed: 1, got: 0 });
    }
    let scaled = Scaled::new(sample)?;
    let problem = Problem::new(sample, &scaled, link)?;
    let start = problem.start();
    let null_log_likelihood = -problem.evaluate(&start).value;
    let optimum = minimize(&start, &SearchLimits::free(start.len()), |p| {
        problem.evaluate(p)
    });
    problem.refuse_runaway(&optimum)?;
    Ok(problem.report(&optimum, null_log_likelihood, config))
}

impl OrdinalFit {
    /// Probability of each level for one row of columns.
    ///
    /// # Errors
    /// `LengthMismatch`.
    pub fn predict(&self, row: &[f64]) -> Result<Vec<f64>, StatsError> {
        require_length("row", self.coefficients.len(), row.len())?;
        let pairs = self.coefficients.iter().zip(row);
        let eta: f64 = pairs.map(|(c, x)| c.estimate.value * x).sum();
        let cuts: Vec<f64> = self.cuts.iter().map(|c| c.estimate.value - eta).collect();
        let at = |k: usize| {
            let below = if k == 0 {
                f64::NEG_INFINITY
            } else {
                cuts[k - 1]
            };
            let above = cuts.get(k).copied().unwrap_or(f64::INFINITY);
            between(self.link, below, above)
        };
        Ok((0..self.levels.len()).map(at).collect())
    }

    /// Share at or above a level for one row of columns, with a delta-method interval.
    ///
    /// # Errors
    /// `LengthMismatch`; `InvalidInput` when no answer lies below the level.
    pub fn share_from(
        &self,
        level_from: f64,
        row: &[f64],
        level: f64,
    ) -> Result<Estimate, StatsError> {
        require_length("row", self.coefficients.len(), row.len())?;
        let at = self.levels.partition_point(|l| *l < level_from);
        if at == 0 || at > self.cuts.len() {
            return Err(StatsError::invalid(format!("level {level_from}")));
        }
        let pairs = self.coefficients.iter().zip(row);
        let eta: f64 = pairs.map(|(c, x)| c.estimate.value * x).sum();
        let u = self.cuts[at - 1].estimate.value - eta;
        let (_, density, _) = distribution(self.link, u);
        let mut gradient = DVector::zeros(self.covariance.nrows());
        gradient[at - 1] = -density;
        for (j, x) in row.iter().enumerate() {
            gradient[self.cuts.len() + j] = density * x;
        }
        let variance = gradient.dot(&(&self.covariance * &gradient));
        let freedom = self.coefficients[0].degrees_of_freedom;
        let value = between(self.link, u, f64::INFINITY);
        let mut share = student_estimate(value, variance.max(0.0).sqrt(), freedom, level);
        share.interval.lower = share.interval.lower.max(0.0);
        share.interval.upper = share.interval.upper.min(1.0);
        Ok(share)
    }

    /// Simulates an answer per row of these columns.
    ///
    /// # Errors
    /// `LengthMismatch`, `InvalidInput` when the columns are not those of the fit.
    pub fn simulate(&self, columns: &[Vec<f64>], seed: u64) -> Result<Vec<f64>, StatsError> {
        require_length("columns", self.coefficients.len(), columns.len())?;
        let rows = columns.first().map_or(0, Vec::len);
        for (column, told) in columns.iter().zip(&self.coefficients) {
            require_length(&told.name, rows, column.len())?;
            require_finite(&told.name, column)?;
        }
        Ok(map_rows(rows, |i| {
            let pairs = columns.iter().zip(&self.coefficients);
            let eta: f64 = pairs.map(|(c, told)| c[i] * told.estimate.value).sum();
            let mut generator = crate::btyd::simulated::stream(seed, i as u64);
            let u = generator.random::<f64>();
            let below = |cut: &Coefficient| distribution(self.link, cut.estimate.value - eta).0 < u;
            self.levels[self.cuts.iter().take_while(|c| below(c)).count()]
        }))
    }
}

/// Coordinates: cuts at the columns' means, scaled slopes.
struct Problem<'a> {
    sample: &'a Sample<'a>,
    scaled: &'a Scaled,
    link: OrdinalLink,
    levels: Vec<f64>,
    place: Vec<usize>,
    shares: Vec<f64>,
}

impl<'a> Problem<'a> {
    fn new(sample: &'a Sample, scaled: &'a Scaled, link: OrdinalLink) -> Result<Self, StatsError> {
        let counted = (sample.outcome.iter().zip(&scaled.weights)).filter(|(_, w)| **w > 0.0);
        let mut levels: Vec<f64> = counted.map(|(y, _)| *y).collect();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        if levels.len() < 2 {
            let what = "outcome".to_owned();
            return Err(StatsError::NoVariation { what });
        }
        if levels.len() > MOST_LEVELS {
            return Err(StatsError::invalid(format!(
                "outcome ({} levels, at most {MOST_LEVELS})",
                levels.len()
            )));
        }
        let place: Vec<usize> = (sample.outcome.iter())
            .map(|y| levels.partition_point(|l| l < y))
            .collect();
        let mut shares = vec![0.0; levels.len()];
        for (at, w) in place.iter().zip(&scaled.weights).filter(|(_, w)| **w > 0.0) {
            shares[*at] += w;
        }
        Ok(Problem {
            sample,
            scaled,
            link,
            levels,
            place,
            shares,
        })
    }

    fn cuts(&self) -> usize {
        self.levels.len() - 1
    }

    fn start(&self) -> Vec<f64> {
        let total: f64 = self.shares.iter().sum();
        let mut below = 0.0;
        let mut start: Vec<f64> = (self.shares[..self.cuts()].iter())
            .map(|share| {
                below += share / total;
                match self.link {
                    OrdinalLink::Logit => (below / (1.0 - below)).ln(),
                    OrdinalLink::Probit => normal_quantile(below),
                }
            })
            .collect();
        start.extend(vec![0.0; self.scaled.width]);
        start
    }

    /// Ends of a row's level on the scale behind, and its linear predictor taken off.
    #[inline]
    fn ends(&self, point: &[f64], row: usize) -> (f64, f64) {
        let cuts = self.cuts();
        let slopes = point[cuts..].iter().zip(self.scaled.row(row));
        let eta: f64 = slopes.map(|(b, z)| b * z).sum();
        let at = self.place[row];
        let low = if at == 0 {
            f64::NEG_INFINITY
        } else {
            point[at - 1] - eta
        };
        let high = if at == cuts {
            f64::INFINITY
        } else {
            point[at] - eta
        };
        (low, high)
    }

    fn evaluate(&self, point: &[f64]) -> Evaluation {
        let (size, cuts) = (point.len(), self.cuts());
        let packed = 1 + size + size * (size + 1) / 2;
        // Start of row i in the packed upper triangle.
        let start_of = |i: usize| 1 + size + i * size - i * i.saturating_sub(1) / 2;
        let sums = sum_slices_in_order(self.place.len(), packed, |range, sum| {
            for row in range {
                let w = self.scaled.weights[row];
                if w == 0.0 {
                    continue;
                }
                let (low, high) = self.ends(point, row);
                let terms = LevelTerms::new(self.link, low, high);
                let at = self.place[row];
                sum[0] += w * terms.value;
                let z = self.scaled.row(row);
                // The predictor is taken from both ends.
                let slope = -w * (terms.high + terms.low);
                let bend = w * (terms.high_high + 2.0 * terms.both + terms.low_low);
                let high_cross = -w * (terms.high_high + terms.both);
                let low_cross = -w * (terms.low_low + terms.both);
                let mut cut = |k: usize, first: f64, second: f64, cross: f64| {
                    sum[1 + k] += w * first;
                    let from = start_of(k);
                    sum[from] += w * second;
                    for (s, zj) in sum[from + cuts - k..from + size - k].iter_mut().zip(z) {
                        *s += cross * zj;
                    }
                };
                if at < cuts {
                    cut(at, terms.high, terms.high_high, high_cross);
                }
                if at > 0 {
                    cut(at - 1, terms.low, terms.low_low, low_cross);
                }
                if at > 0 && at < cuts {
                    sum[start_of(at - 1) + 1] += w * terms.both;
                }
                let mut next = start_of(cuts);
                for (j, zj) in z.iter().enumerate() {
                    sum[1 + cuts + j] += slope * zj;
                    for zk in &z[j..] {
                        sum[next] += bend * zj * zk;
                        next += 1;
                    }
                }
            }
        });
        unpack(&sums, size)
    }

    fn score(&self, point: &[f64], row: usize, into: &mut [f64]) {
        let (low, high) = self.ends(point, row);
        let terms = LevelTerms::new(self.link, low, high);
        into.fill(0.0);
        let (at, cuts) = (self.place[row], self.cuts());
        if at < cuts {
            into[at] = terms.high;
        }
        if at > 0 {
            into[at - 1] = terms.low;
        }
        for (s, z) in into[cuts..].iter_mut().zip(self.scaled.row(row)) {
            *s = -(terms.high + terms.low) * z;
        }
    }

    fn refuse_runaway(&self, optimum: &Optimum) -> Result<(), StatsError> {
        let slopes = &optimum.point[self.cuts()..];
        let worst = (0..slopes.len()).max_by(|&a, &b| slopes[a].abs().total_cmp(&slopes[b].abs()));
        let column = worst.map_or_else(String::new, |j| self.sample.names[j].clone());
        let fitted = optimum.value.is_finite();
        if fitted && worst.is_some_and(|j| slopes[j].abs() > RUNAWAY) {
            return Err(StatsError::Separation { column });
        }
        // Perfect order lets the likelihood rise to 1 row by row.
        let total: f64 = self.shares.iter().sum();
        if fitted && optimum.value < 1e-6 * total {
            return Err(StatsError::Separation { column });
        }
        match fitted {
            true => Ok(()),
            false => Err(StatsError::NotConverged {
                iterations: optimum.iterations,
                gradient_norm: optimum.gradient_norm,
            }),
        }
    }

    fn report(&self, optimum: &Optimum, null: f64, config: &FitConfig) -> OrdinalFit {
        let (sample, scaled, cuts) = (self.sample, self.scaled, self.cuts());
        let curvature = invert_curvature(optimum);
        let (covariance, freedom) = covariance_from_scores(
            sample,
            (&curvature.covariance, config.errors),
            &scaled.weights,
            |row, into| self.score(&optimum.point, row, into),
        );
        let back = scaled.back(cuts, 0, 1.0);
        let values = &back * DVector::from_column_slice(&optimum.point);
        let covariance = &back * covariance * back.transpose();
        let told = |at: usize, name: String| {
            let error = match curvature.undetermined[at] {
                true => f64::NAN,
                false => covariance[(at, at)].max(0.0).sqrt(),
            };
            Coefficient {
                name,
                estimate: student_estimate(values[at], error, freedom, config.level),
                degrees_of_freedom: freedom,
                p_value: two_sided_p(values[at] / error, freedom),
            }
        };
        OrdinalFit {
            link: self.link,
            cuts: (0..cuts)
                .map(|k| told(k, format!("{}|{}", self.levels[k], self.levels[k + 1])))
                .collect(),
            coefficients: (0..scaled.width)
                .map(|j| told(cuts + j, sample.names[j].clone()))
                .collect(),
            log_likelihood: -optimum.value,
            null_log_likelihood: null,
            observations: sample.observations(),
            iterations: optimum.iterations,
            cautions: self.cautions(optimum, &curvature.undetermined, config),
            levels: self.levels.clone(),
            covariance,
        }
    }

    fn cautions(&self, optimum: &Optimum, flat: &[bool], config: &FitConfig) -> Vec<Caution> {
        let mut cautions: Vec<Caution> = Vec::new();
        let total: f64 = self.shares.iter().sum();
        let outside = total - self.shares.iter().copied().fold(0.0, f64::max);
        if outside < 10.0 * self.scaled.width as f64 {
            cautions.push(Caution::FewEvents {
                events: outside.round() as usize,
                coefficients: self.scaled.width,
            });
        }
        cautions.extend(few_clusters_of(self.sample, config.errors));
        if flat.iter().any(|f| *f) {
            let condition = f64::INFINITY;
            cautions.push(Caution::FlatLikelihood { condition });
        }
        if !optimum.converged {
            cautions.push(Caution::NotConverged {
                iterations: optimum.iterations,
                gradient_norm: optimum.gradient_norm,
            });
        }
        cautions
    }
}

/// ln P of a level between two ends, with first and second derivatives in the ends.
struct LevelTerms {
    value: f64,
    high: f64,
    low: f64,
    high_high: f64,
    low_low: f64,
    both: f64,
}

impl LevelTerms {
    #[inline]
    fn new(link: OrdinalLink, low: f64, high: f64) -> Self {
        let p = between(link, low, high);
        let (_, high_density, high_slope) = distribution(link, high);
        let (_, low_density, low_slope) = distribution(link, low);
        let (first_high, first_low) = (high_density / p, -low_density / p);
        LevelTerms {
            // An order of the cuts that leaves no room gives ln of a number below 0: no number, so the search turns back.
            value: p.ln(),
            high: first_high,
            low: first_low,
            high_high: high_slope / p - first_high * first_high,
            low_low: -low_slope / p - first_low * first_low,
            both: -first_high * first_low,
        }
    }
}

/// F(high) - F(low), from the tail in which it keeps its digits.
#[inline]
fn between(link: OrdinalLink, low: f64, high: f64) -> f64 {
    match low > 0.0 {
        true => distribution(link, -low).0 - distribution(link, -high).0,
        false => distribution(link, high).0 - distribution(link, low).0,
    }
}

/// F, its density and the density's slope.
#[inline]
fn distribution(link: OrdinalLink, x: f64) -> (f64, f64, f64) {
    if x.is_infinite() {
        return (f64::from(u8::from(x > 0.0)), 0.0, 0.0);
    }
    match link {
        OrdinalLink::Logit => {
            let (f, rest) = (logistic(x), logistic(-x));
            (f, f * rest, f * rest * (rest - f))
        }
        OrdinalLink::Probit => {
            let density = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
            (normal_cdf(x), density, -x * density)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regression::Weights;

    #[test]
    fn derivatives_agree_with_differences() {
        let outcome = [1.0, 3.0, 2.0, 4.0, 2.0, 1.0];
        let columns = [
            vec![0.3, 1.0, -2.0, 0.7, 0.1, 4.0],
            vec![1.0, 0.0, 1.0, 1.0, 0.0, 0.0],
        ];
        let names = ["x".to_owned(), "z".to_owned()];
        let sample = Sample {
            outcome: &outcome,
            columns: &columns,
            names: &names,
            weights: Weights::Repetitions(&[1.0, 2.0, 1.0, 0.5, 1.0, 3.0]),
            clusters: None,
        };
        let scaled = Scaled::new(&sample).expect("varies");
        for link in [OrdinalLink::Logit, OrdinalLink::Probit] {
            let problem = Problem::new(&sample, &scaled, link).expect("four levels");
            let at = [-0.9, 0.2, 1.4, 0.5, -0.3];
            let here = problem.evaluate(&at);
            for i in 0..5 {
                let moved = |h: f64| {
                    let mut point = at;
                    point[i] += h;
                    problem.evaluate(&point)
                };
                let (up, down) = (moved(1e-5), moved(-1e-5));
                let slope = (up.value - down.value) / 2e-5;
                assert!((here.gradient[i] - slope).abs() < 1e-7, "{link:?} {i}");
                for j in 0..5 {
                    let bend = (up.gradient[j] - down.gradient[j]) / 2e-5;
                    assert!((here.hessian[(i, j)] - bend).abs() < 1e-7, "{i} {j}");
                }
            }
        }
    }
}
