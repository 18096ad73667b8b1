//! How does an expected count move with the columns when counts spread more than chance alone?

use nalgebra::DVector;
use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::coefficients::Coefficients;
use super::glm::{self, Change, Family};
use super::linear::few_clusters_of;
use super::logistic::delta_estimate;
use super::poisson::log_exposure;
use super::sample::{Errors, FitConfig, Sample};
use super::scaled::{Scaled, covariance_from_scores, refuse_linear_errors};
use crate::contract::hazard::unpack;
use crate::optimize::{Evaluation, Optimum, SearchLimits, invert_curvature, minimize};
use crate::reduce::{map_rows, sum_slices_in_order};
use crate::special::{digamma, ln_gamma, trigamma};
use crate::{Caution, Estimate, Interval, StatsError};

/// A negative binomial fit (NB2). Coefficients are log rate ratios per unit of the column.
#[derive(Debug, Clone, PartialEq)]
pub struct NegativeBinomialFit {
    pub coefficients: Coefficients,
    /// Variance = mean + alpha mean²; 0 when the counts spread no more than Poisson ones. Interval on the log scale.
    pub alpha: Estimate,
    pub log_likelihood: f64,
    /// Of the fit with a constant (and its own alpha) only.
    pub null_log_likelihood: f64,
    /// Of the Poisson fit with the same columns.
    pub poisson_log_likelihood: f64,
    /// Chance of a gain over Poisson at least this large if alpha were 0 (half a chi-square with 1 degree of freedom).
    pub overdispersion_p: f64,
    pub observations: f64,
    pub iterations: usize,
    pub cautions: Vec<Caution>,
}

/// Counts above this are bridged by ln Γ instead of summed.
const LONGEST_SUM: u32 = 4096;
const MOST: f64 = 4e9;
/// alpha times the mean count below which the fit is Poisson.
const NO_SPREAD: f64 = 1e-7;

/// Fits `E[y] = mu = exposure exp(b0 + b'x)`, `Var[y] = mu + alpha mu²` by maximum likelihood [Lawless1987].
///
/// `ln L = sum w { sum_(j<y) ln(1 + j alpha) - ln y! + y ln mu - (y + 1/alpha) ln(1 + alpha mu) }`, Newton steps with the exact
/// Hessian in (b, ln alpha) on centered and scaled columns. Counts are whole and ≥ 0; `exposure` > 0, none means 1.
/// Errors: classical (observed information), HC1 or CR1. When alpha falls to 0 the Poisson fit is returned with
/// `BoundaryOptimum`. Errs as [`super::poisson::fit`], and on a count that is not whole.
/// Numerically, the terms in alpha are coded so that they keep their digits as alpha mu goes to 0.
pub fn fit(
    sample: &Sample,
    exposure: Option<&[f64]>,
    config: &FitConfig,
) -> Result<NegativeBinomialFit, StatsError> {
    let whole = |y: &f64| *y >= 0.0 && y.fract() == 0.0 && *y <= MOST;
    if let Some(row) = sample.outcome.iter().position(|y| !whole(y)) {
        return Err(StatsError::invalid_row("outcome (not a whole count)", row));
    }
    refuse_linear_errors(config.errors)?;
    let offset = log_exposure(exposure, sample.outcome.len())?;
    let poisson = glm::fit(Family::Poisson, sample, offset.as_deref(), config)?;
    let scaled = Scaled::new(sample)?;
    let problem = Problem::new(sample, &scaled, offset.as_deref());
    let start = problem.start(&poisson.coefficients.values());
    let optimum = problem.search(&start);
    if !optimum.value.is_finite() {
        return Err(StatsError::NotConverged {
            iterations: optimum.iterations,
            gradient_norm: optimum.gradient_norm,
        });
    }
    let gain = -optimum.value - poisson.log_likelihood;
    let at_limit = *optimum.at_limit.last().expect("alpha is a coordinate");
    if at_limit || gain < 1e-9 {
        return Ok(poisson_limit(poisson, config.level));
    }
    problem.report((&optimum, gain), poisson, config)
}

impl NegativeBinomialFit {
    /// Expected count per unit of exposure for one row of columns.
    pub fn predict(&self, row: &[f64]) -> f64 {
        self.coefficients.linear_predictor(row).exp()
    }

    /// Simulates a count per row of these columns (one after another, all equally long) with exposure 1.
    ///
    /// # Errors
    /// `LengthMismatch` when the columns are not those of the fit.
    pub fn simulate(&self, columns: &[Vec<f64>], seed: u64) -> Result<Vec<f64>, StatsError> {
        let alpha = self.alpha.value;
        super::simulate::rows(&self.coefficients, columns, seed, |eta, generator| {
            let mean = eta.exp();
            let rate = match alpha > 0.0 {
                true => mean * super::simulate::gamma(1.0 / alpha, alpha, generator),
                false => mean,
            };
            super::simulate::poisson(rate, generator)
        })
    }
}

/// Difference in the expected count when a column changes, averaged over the sample with its exposure.
///
/// Delta-method interval, conditional on the columns of the sample. The mean is that of the Poisson family: alpha moves only the spread.
pub fn average_effect(
    fit: &NegativeBinomialFit,
    (sample, exposure): (&Sample, Option<&[f64]>),
    (column, change): (&str, Change),
    level: f64,
) -> Result<Estimate, StatsError> {
    let offset = log_exposure(exposure, sample.outcome.len())?;
    delta_estimate(
        Family::Poisson,
        &fit.coefficients,
        (sample, offset.as_deref()),
        (column, change),
        level,
    )
}

fn poisson_limit(poisson: glm::GlmFit, level: f64) -> NegativeBinomialFit {
    let mut cautions = poisson.cautions;
    cautions.push(Caution::BoundaryOptimum {
        parameter: "alpha".to_owned(),
    });
    NegativeBinomialFit {
        coefficients: poisson.coefficients,
        alpha: Estimate {
            value: 0.0,
            standard_error: f64::NAN,
            interval: Interval {
                lower: 0.0,
                upper: f64::INFINITY,
                level,
            },
        },
        log_likelihood: poisson.log_likelihood,
        null_log_likelihood: poisson.null_log_likelihood,
        poisson_log_likelihood: poisson.log_likelihood,
        overdispersion_p: 1.0,
        observations: poisson.observations,
        iterations: poisson.iterations,
        cautions,
    }
}

/// Coordinates: constant at the means, scaled slopes, ln alpha.
struct Problem<'a> {
    sample: &'a Sample<'a>,
    scaled: &'a Scaled,
    offset: Option<&'a [f64]>,
    /// Distinct counts upwards with their weights.
    counts: Vec<(u32, f64)>,
    log_factorials: f64,
    mean: f64,
}

impl<'a> Problem<'a> {
    fn new(sample: &'a Sample, scaled: &'a Scaled, offset: Option<&'a [f64]>) -> Self {
        let mut order: Vec<usize> = (0..sample.outcome.len()).collect();
        order.sort_by(|&a, &b| sample.outcome[a].total_cmp(&sample.outcome[b]));
        let mut counts: Vec<(u32, f64)> = Vec::new();
        for row in order {
            let (y, w) = (sample.outcome[row] as u32, scaled.weights[row]);
            match counts.last_mut() {
                Some(last) if last.0 == y => last.1 += w,
                _ => counts.push((y, w)),
            }
        }
        let total: f64 = counts.iter().map(|c| c.1).sum();
        let sum: f64 = counts.iter().map(|c| c.1 * f64::from(c.0)).sum();
        Problem {
            log_factorials: (counts.iter())
                .map(|c| c.1 * ln_gamma(f64::from(c.0) + 1.0))
                .sum(),
            mean: sum / total,
            sample,
            scaled,
            offset,
            counts,
        }
    }

    /// Poisson slopes, and the alpha of their squared residuals.
    fn start(&self, poisson: &[f64]) -> Vec<f64> {
        let s = self.scaled;
        let mut start = vec![poisson[0]];
        for j in 0..s.width {
            start[0] += poisson[j + 1] * s.means[j];
            start.push(poisson[j + 1] * s.spread[j]);
        }
        let (mut over, mut squares) = (0.0, 0.0);
        for row in 0..s.weights.len() {
            let mean = self.eta(&start, row).exp();
            let y = self.sample.outcome[row];
            over += s.weights[row] * ((y - mean).powi(2) - mean);
            squares += s.weights[row] * mean * mean;
        }
        start.push((over / squares).clamp(0.01, 100.0).ln());
        start
    }

    fn search(&self, start: &[f64]) -> Optimum {
        let mut limits = SearchLimits::free(start.len());
        let last = start.len() - 1;
        limits.lower[last] = (NO_SPREAD / self.mean).ln();
        limits.upper[last] = 25.0;
        minimize(start, &limits, |point| self.evaluate(point))
    }

    #[inline]
    fn eta(&self, point: &[f64], row: usize) -> f64 {
        let slopes = point[1..].iter().zip(self.scaled.row(row));
        self.offset.map_or(0.0, |o| o[row]) + point[0] + slopes.map(|(b, z)| b * z).sum::<f64>()
    }

    fn evaluate(&self, point: &[f64]) -> Evaluation {
        let size = point.len();
        let alpha = point[size - 1].exp();
        let packed = 1 + size + size * (size + 1) / 2;
        let mut sums = sum_slices_in_order(self.scaled.weights.len(), packed, |range, sum| {
            for row in range {
                let w = self.scaled.weights[row];
                if w == 0.0 {
                    continue;
                }
                let terms = row_terms(self.sample.outcome[row], self.eta(point, row), alpha);
                sum[0] += w * terms.value;
                let z = self.scaled.row(row);
                let (slope, bend, cross) = (w * terms.slope, w * terms.bend, w * terms.cross);
                sum[1] += slope;
                sum[size] += w * terms.spread;
                let mut next = 1 + size;
                for i in 0..size - 1 {
                    let zi = if i == 0 { 1.0 } else { z[i - 1] };
                    if i > 0 {
                        sum[1 + i] += slope * zi;
                    }
                    let scaled = bend * zi;
                    if i == 0 {
                        sum[next] += scaled;
                        next += 1;
                    }
                    for zj in &z[i.max(1) - 1..] {
                        sum[next] += scaled * zj;
                        next += 1;
                    }
                    sum[next] += cross * zi;
                    next += 1;
                }
                sum[next] += w * terms.spread_bend;
            }
        });
        self.add_counts(alpha, &mut sums, size);
        unpack(&sums, size)
    }

    /// sum_(j<y) ln(1 + j alpha) - ln y!, once per distinct count, with its derivatives in ln alpha.
    fn add_counts(&self, alpha: f64, sums: &mut [f64], size: usize) {
        let (mut value, mut first, mut second, mut reached) = (0.0, 0.0, 0.0, 0_u32);
        let last = sums.len() - 1;
        for &(count, weight) in &self.counts {
            let rise = match count - reached > LONGEST_SUM {
                true => bridge(alpha, reached, count),
                false => step_up(alpha, reached, count),
            };
            value += rise[0];
            first += rise[1];
            second += rise[2];
            reached = count;
            sums[0] += weight * value;
            sums[size] += weight * first;
            sums[last] += weight * second;
        }
        sums[0] -= self.log_factorials;
    }

    fn report(
        &self,
        (optimum, gain): (&Optimum, f64),
        poisson: glm::GlmFit,
        config: &FitConfig,
    ) -> Result<NegativeBinomialFit, StatsError> {
        let (scaled, sample) = (self.scaled, self.sample);
        let curvature = invert_curvature(optimum);
        let alpha = optimum.point[scaled.width + 1].exp();
        let score = |row: usize, into: &mut [f64]| self.score(&optimum.point, row, into);
        let (covariance, freedom) = covariance_from_scores(
            sample,
            (&curvature.covariance, config.errors),
            &scaled.weights,
            score,
        );
        let back = scaled.back(1, 1, -1.0);
        let values = &back * DVector::from_column_slice(&optimum.point);
        let covariance = &back * covariance * back.transpose();
        let k = scaled.width + 1;
        let log_error = covariance[(k, k)].max(0.0).sqrt();
        let mut cautions = poisson.cautions;
        cautions.extend(few_clusters_of(sample, config.errors));
        dedup(&mut cautions);
        if curvature.undetermined.iter().any(|u| *u) {
            let condition = curvature.condition;
            cautions.push(Caution::FlatLikelihood { condition });
        }
        if !optimum.converged {
            cautions.push(Caution::NotConverged {
                iterations: optimum.iterations,
                gradient_norm: optimum.gradient_norm,
            });
        }
        Ok(NegativeBinomialFit {
            coefficients: Coefficients::build(
                sample.names,
                &values.as_slice()[..k],
                covariance.view((0, 0), (k, k)).into_owned(),
                &vec![freedom; k],
                config.level,
            ),
            alpha: Estimate {
                value: alpha,
                standard_error: alpha * log_error,
                interval: Interval::log_normal(alpha, log_error, config.level),
            },
            log_likelihood: -optimum.value,
            null_log_likelihood: self.constant_only(config)?,
            poisson_log_likelihood: poisson.log_likelihood,
            overdispersion_p: ChiSquared::new(1.0).map_or(f64::NAN, |c| 0.5 * c.sf(2.0 * gain)),
            observations: poisson.observations,
            iterations: optimum.iterations,
            cautions,
        })
    }

    /// Score of one row at a point, not weighted.
    fn score(&self, point: &[f64], row: usize, into: &mut [f64]) {
        let size = point.len();
        let alpha = point[size - 1].exp();
        let y = self.sample.outcome[row];
        let terms = row_terms(y, self.eta(point, row), alpha);
        into[0] = terms.slope;
        for (s, z) in into[1..].iter_mut().zip(self.scaled.row(row)) {
            *s = terms.slope * z;
        }
        let counted = match y as u32 > LONGEST_SUM {
            true => bridge(alpha, 0, y as u32),
            false => step_up(alpha, 0, y as u32),
        };
        into[size - 1] = terms.spread + counted[1];
    }

    fn constant_only(&self, config: &FitConfig) -> Result<f64, StatsError> {
        let sample = Sample {
            columns: &[],
            names: &[],
            ..*self.sample
        };
        let classical = FitConfig {
            errors: Errors::Classical,
            ..*config
        };
        let poisson = glm::fit(Family::Poisson, &sample, self.offset, &classical)?;
        let scaled = Scaled::new(&sample)?;
        let problem = Problem::new(&sample, &scaled, self.offset);
        let optimum = problem.search(&problem.start(&poisson.coefficients.values()));
        Ok((-optimum.value).max(poisson.log_likelihood))
    }
}

fn dedup(cautions: &mut Vec<Caution>) {
    let mut kept: Vec<Caution> = Vec::new();
    for caution in cautions.drain(..) {
        if !kept.contains(&caution) {
            kept.push(caution);
        }
    }
    *cautions = kept;
}

/// ln L of a row without what depends on the count and alpha alone, and its derivatives in eta and ln alpha.
struct RowTerms {
    value: f64,
    slope: f64,
    bend: f64,
    spread: f64,
    spread_bend: f64,
    cross: f64,
}

#[inline]
fn row_terms(y: f64, eta: f64, alpha: f64) -> RowTerms {
    let mean = eta.exp();
    let t = alpha * mean;
    let q = 1.0 + t;
    let log_q = t.ln_1p();
    let (h1, h2) = remainders(t, log_q);
    let first = mean * mean * h1 - y * mean / q;
    let second = mean.powi(3) * h2 + y * mean * mean / (q * q);
    // ln(1 + alpha mu)/alpha, whose limit is mu.
    let per_alpha = if t < 1e-300 { mean } else { mean * log_q / t };
    RowTerms {
        value: y * eta - y * log_q - per_alpha,
        slope: (y - mean) / q,
        bend: -(1.0 + alpha * y) * mean / (q * q),
        spread: alpha * first,
        spread_bend: alpha * (alpha * second + first),
        cross: -alpha * (y - mean) * mean / (q * q),
    }
}

/// (ln(1+t) - t/(1+t))/t² and (-2 ln(1+t) + 2t/(1+t) + t²/(1+t)²)/t³, by their series where they would cancel.
#[inline]
fn remainders(t: f64, log_q: f64) -> (f64, f64) {
    if t > 0.02 {
        let share = t / (1.0 + t);
        return (
            (log_q - share) / (t * t),
            (-2.0 * log_q + 2.0 * share + share * share) / (t * t * t),
        );
    }
    let (mut h1, mut h2) = (0.0, 0.0);
    for k in (2..=9).rev() {
        let k = f64::from(k);
        // Horner's rule in -t.
        h1 = h1 * -t + (1.0 - 1.0 / k);
        if k > 2.0 {
            h2 = h2 * -t - (2.0 / k + k - 3.0);
        }
    }
    (h1, h2)
}

/// Rise of sum_(j<y) ln(1 + j alpha) between two counts, with first and second derivative in ln alpha.
fn step_up(alpha: f64, from: u32, to: u32) -> [f64; 3] {
    let mut rise = [0.0; 3];
    for j in from..to {
        let ja = f64::from(j) * alpha;
        let share = ja / (1.0 + ja);
        rise[0] += ja.ln_1p();
        rise[1] += share;
        rise[2] += share / (1.0 + ja);
    }
    rise
}

/// The same by ln Γ: with v = 1/alpha, sum = ln Γ(v+y) - ln Γ(v) - y ln v, and d/d(ln alpha) = -v d/dv.
fn bridge(alpha: f64, from: u32, to: u32) -> [f64; 3] {
    let v = 1.0 / alpha;
    let (low, high, count) = (
        v + f64::from(from),
        v + f64::from(to),
        f64::from(to) - f64::from(from),
    );
    let first = digamma(high) - digamma(low) - count / v;
    let second = trigamma(high) - trigamma(low) + count / (v * v);
    [
        ln_gamma(high) - ln_gamma(low) - count * v.ln(),
        -v * first,
        v * first + v * v * second,
    ]
}

/// Simulates counts with these means and alpha, each row on a random stream of its own.
pub fn simulate_counts(means: &[f64], alpha: f64, seed: u64) -> Vec<f64> {
    map_rows(means.len(), |i| {
        let mut generator = crate::btyd::simulated::stream(seed, i as u64);
        let factor = match alpha > 0.0 {
            true => super::simulate::gamma(1.0 / alpha, alpha, &mut generator),
            false => 1.0,
        };
        super::simulate::poisson(means[i] * factor, &mut generator)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regression::Weights;

    #[test]
    fn derivatives_agree_with_differences_also_as_alpha_goes_to_nothing() {
        let outcome = [0.0, 3.0, 1.0, 7.0, 2.0, 5000.0];
        let columns = [vec![0.3, 1.0, -2.0, 0.7, 0.1, 4.0]];
        let names = ["x".to_owned()];
        let sample = Sample {
            outcome: &outcome,
            columns: &columns,
            names: &names,
            weights: Weights::Equal,
            clusters: None,
        };
        let scaled = Scaled::new(&sample).expect("varies");
        let problem = Problem::new(&sample, &scaled, None);
        for log_alpha in [-12.0, -4.0, -0.3, 1.5] {
            let at = [0.4, 0.8, log_alpha];
            let here = problem.evaluate(&at);
            for i in 0..3 {
                let moved = |h: f64| {
                    let mut point = at;
                    point[i] += h;
                    problem.evaluate(&point)
                };
                let (up, down) = (moved(1e-4), moved(-1e-4));
                let slope = (up.value - down.value) / 2e-4;
                let size = 1.0 + here.gradient[i].abs() + 1e-3 * here.value.abs();
                assert!((here.gradient[i] - slope).abs() < 1e-6 * size, "{at:?} {i}");
                for j in 0..3 {
                    let bend = (up.gradient[j] - down.gradient[j]) / 2e-4;
                    let size = 1.0 + here.hessian[(i, j)].abs();
                    assert!(
                        (here.hessian[(i, j)] - bend).abs() < 1e-5 * size,
                        "{at:?} {i} {j}: {} {bend}",
                        here.hessian[(i, j)]
                    );
                }
            }
        }
    }
}
