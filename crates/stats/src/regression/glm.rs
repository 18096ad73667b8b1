//! How is a regression fitted whose outcome is a yes/no or a count?

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use super::coefficients::Coefficients;
use super::cross_products::{dot, reduce};
use super::linear::{few_clusters, invert_scaled, to_origin, varies};
use super::sample::{Errors, FitConfig, INTERCEPT, Sample};
use super::sandwich::{Work, centered_gram, robust_covariance};
use crate::{Caution, StatsError};

const MAX_ITERATIONS: usize = 60;
/// Largest change of any linear predictor at which the search has arrived.
const STEP_TOLERANCE: f64 = 1e-9;
/// Rows in one parallel task; fixed, so that results do not depend on the number of threads.
const TASK: usize = 8192;

/// The two families, with their canonical links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Logistic,
    Poisson,
}

/// What every generalized linear fit returns.
pub(crate) struct GlmFit {
    pub coefficients: Coefficients,
    pub log_likelihood: f64,
    pub null_log_likelihood: f64,
    pub observations: f64,
    pub iterations: usize,
    /// Sum of w (y - mean)² / variance over observations - coefficients.
    pub dispersion: f64,
    pub cautions: Vec<Caution>,
}

impl Family {
    pub fn mean(self, eta: f64) -> f64 {
        match self {
            Family::Logistic => 1.0 / (1.0 + (-eta).exp()),
            Family::Poisson => eta.exp(),
        }
    }

    /// Variance of the outcome, which for the canonical link is also the slope of the mean.
    pub fn variance(self, mean: f64) -> f64 {
        match self {
            Family::Logistic => mean * (1.0 - mean),
            Family::Poisson => mean,
        }
    }

    fn log_likelihood(self, y: f64, eta: f64) -> f64 {
        match self {
            // ln(1 + e^eta) without overflow.
            Family::Logistic => y * eta - eta.max(0.0) - (-eta.abs()).exp().ln_1p(),
            Family::Poisson => y * eta - eta.exp() - libm::lgamma(y + 1.0),
        }
    }

    fn link(self, mean: f64) -> f64 {
        match self {
            Family::Logistic => (mean / (1.0 - mean)).ln(),
            Family::Poisson => mean.ln(),
        }
    }
}

/// Newton's method from the constant fit, halving steps that do not raise the likelihood.
///
/// `offset` is added to the linear predictor (log exposure). Errs with `Separation` when the likelihood keeps
/// rising while a coefficient runs away.
pub(crate) fn fit(
    family: Family,
    sample: &Sample,
    offset: Option<&[f64]>,
    config: &FitConfig,
) -> Result<GlmFit, StatsError> {
    sample.prove(config)?;
    if matches!(config.errors, Errors::Hc2 | Errors::Hc3 | Errors::Cr2) {
        return Err(StatsError::invalid(
            "errors (hc2, hc3 and cr2 are for linear regression)",
        ));
    }
    let search = Search::start(family, sample, offset)?;
    let (point, iterations) = search.climb()?;
    search.report(point, iterations, config)
}

/// Data of one search; columns are centered at their means, so that the intercept is nearly independent.
struct Search<'a> {
    family: Family,
    sample: &'a Sample<'a>,
    offset: Option<&'a [f64]>,
    weights: Vec<f64>,
    means: Vec<f64>,
    spread: Vec<f64>,
}

struct Point {
    beta: DVector<f64>,
    eta: Vec<f64>,
    log_likelihood: f64,
}

impl<'a> Search<'a> {
    fn start(
        family: Family,
        sample: &'a Sample,
        offset: Option<&'a [f64]>,
    ) -> Result<Self, StatsError> {
        let weights = sample.weights.scaled(sample.outcome.len());
        let columns: Vec<&[f64]> = sample.columns.iter().map(Vec::as_slice).collect();
        let products = reduce(&columns, Some(&weights));
        let p = columns.len();
        for j in 0..p {
            if !varies(
                products.products[(j, j)],
                products.weight,
                products.means[j],
            ) {
                let what = sample.names[j].clone();
                return Err(StatsError::NoVariation { what });
            }
        }
        invert_scaled(&products.products).map_err(|j| StatsError::Collinear {
            column: sample.names[j].clone(),
        })?;
        let spread = (0..p)
            .map(|j| (products.products[(j, j)] / products.weight).sqrt())
            .collect();
        Ok(Search {
            family,
            sample,
            offset,
            weights,
            means: products.means,
            spread,
        })
    }

    fn climb(&self) -> Result<(Point, usize), StatsError> {
        let mut point = self.constant_fit()?;
        for iteration in 1..=MAX_ITERATIONS {
            let (gradient, information) = self.derivatives(&point);
            let inverse = invert_scaled(&information).map_err(|j| self.separation_at(j))?;
            let step = inverse * gradient;
            let next = self.step_up(&point, &step);
            let moved = (next.eta.iter().zip(&point.eta))
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f64::max);
            point = next;
            if moved < STEP_TOLERANCE {
                return Ok((point, iteration));
            }
            if iteration == MAX_ITERATIONS {
                return Err(self.separation_by(&step));
            }
        }
        Err(StatsError::NotConverged {
            iterations: MAX_ITERATIONS,
            gradient_norm: f64::NAN,
        })
    }

    fn constant_fit(&self) -> Result<Point, StatsError> {
        let total: f64 = self.weights.iter().sum();
        let events = dot(&self.weights, self.sample.outcome);
        let exposure = match self.offset {
            None => total,
            Some(offset) => (self.weights.iter().zip(offset))
                .map(|(w, o)| w * o.exp())
                .sum(),
        };
        let mean = events / exposure;
        let open = match self.family {
            Family::Logistic => mean > 0.0 && mean < 1.0,
            Family::Poisson => mean > 0.0,
        };
        if !open {
            let what = "outcome".to_owned();
            return Err(StatsError::NoVariation { what });
        }
        let mut beta = DVector::zeros(self.means.len() + 1);
        beta[0] = self.family.link(mean);
        Ok(self.at(beta))
    }

    fn at(&self, beta: DVector<f64>) -> Point {
        let rows = self.weights.len();
        let parts: Vec<(Vec<f64>, f64)> = (0..rows.div_ceil(TASK))
            .into_par_iter()
            .map(|task| self.evaluate(&beta, task * TASK..rows.min((task + 1) * TASK)))
            .collect();
        let log_likelihood = parts.iter().map(|(_, l)| l).sum();
        let eta = parts.into_iter().flat_map(|(eta, _)| eta).collect();
        Point {
            beta,
            eta,
            log_likelihood,
        }
    }

    fn evaluate(&self, beta: &DVector<f64>, rows: std::ops::Range<usize>) -> (Vec<f64>, f64) {
        let mut eta = match self.offset {
            Some(offset) => offset[rows.clone()].iter().map(|o| o + beta[0]).collect(),
            None => vec![beta[0]; rows.len()],
        };
        for (j, column) in self.sample.columns.iter().enumerate() {
            let (slope, mean) = (beta[j + 1], self.means[j]);
            for (eta, x) in eta.iter_mut().zip(&column[rows.clone()]) {
                *eta += slope * (x - mean);
            }
        }
        let y = &self.sample.outcome[rows.clone()];
        let terms =
            (y.iter().zip(&eta).zip(&self.weights[rows])).map(|((y, eta), w)| match *w == 0.0 {
                true => 0.0,
                false => w * self.family.log_likelihood(*y, *eta),
            });
        let log_likelihood = terms.sum();
        (eta, log_likelihood)
    }

    fn derivatives(&self, point: &Point) -> (DVector<f64>, DMatrix<f64>) {
        let means: Vec<f64> = (point.eta.par_iter())
            .map(|&e| self.family.mean(e))
            .collect();
        let residuals: Vec<f64> = (0..means.len())
            .map(|row| self.weights[row] * (self.sample.outcome[row] - means[row]))
            .collect();
        let omega: Vec<f64> = (means.iter().zip(&self.weights))
            .map(|(&m, w)| w * self.family.variance(m))
            .collect();
        let total: f64 = residuals.iter().sum();
        let mut gradient = DVector::zeros(self.means.len() + 1);
        gradient[0] = total;
        for (j, column) in self.sample.columns.iter().enumerate() {
            gradient[j + 1] = dot(column, &residuals) - self.means[j] * total;
        }
        (gradient, centered_gram(self.sample, &omega, &self.means))
    }

    fn step_up(&self, point: &Point, step: &DVector<f64>) -> Point {
        let mut length = 1.0;
        for _ in 0..30 {
            let next = self.at(&point.beta + step * length);
            if next.log_likelihood >= point.log_likelihood - 1e-12 * point.log_likelihood.abs() {
                return next;
            }
            length /= 2.0;
        }
        self.at(point.beta.clone())
    }

    fn separation_at(&self, j: usize) -> StatsError {
        let column = match j {
            0 => INTERCEPT.to_owned(),
            _ => self.sample.names[j - 1].clone(),
        };
        StatsError::Separation { column }
    }

    /// The column whose contribution still grows most.
    fn separation_by(&self, step: &DVector<f64>) -> StatsError {
        let moved = |j: usize| (step[j + 1] * self.spread[j]).abs();
        let worst = (0..self.spread.len()).max_by(|&a, &b| moved(a).total_cmp(&moved(b)));
        self.separation_at(worst.map_or(0, |j| j + 1))
    }

    fn report(
        &self,
        point: Point,
        iterations: usize,
        config: &FitConfig,
    ) -> Result<GlmFit, StatsError> {
        let (_, information) = self.derivatives(&point);
        let bread = invert_scaled(&information).map_err(|j| self.separation_at(j))?;
        let transform = to_origin(&self.means);
        let values = &transform * &point.beta;
        let n = self.sample.observations();
        let k = values.len();
        let mut cautions = self.few_events(k);
        let (covariance, freedom) = if config.errors == Errors::Classical {
            let covariance = &transform * &bread * transform.transpose();
            (covariance, vec![f64::INFINITY; k])
        } else {
            let residuals: Vec<f64> = (point.eta.iter().zip(self.sample.outcome))
                .map(|(&eta, y)| y - self.family.mean(eta))
                .collect();
            let work = Work::new(self.sample, self.weights.clone(), bread, &self.means);
            cautions.extend(few_clusters(&work, config.errors));
            robust_covariance(&work, &residuals, config.errors)
        };
        Ok(GlmFit {
            coefficients: Coefficients::build(
                self.sample.names,
                values.as_slice(),
                covariance,
                &freedom,
                config.level,
            ),
            log_likelihood: point.log_likelihood,
            null_log_likelihood: self.constant_fit()?.log_likelihood,
            observations: n,
            iterations,
            dispersion: self.dispersion(&point) / (n - k as f64),
            cautions,
        })
    }

    fn dispersion(&self, point: &Point) -> f64 {
        let rows = point.eta.iter().zip(self.sample.outcome).zip(&self.weights);
        rows.filter(|(_, w)| **w > 0.0)
            .map(|((&eta, y), w)| {
                let mean = self.family.mean(eta);
                w * (y - mean).powi(2) / self.family.variance(mean).max(1e-300)
            })
            .sum()
    }

    /// Ten events (of the rarer kind) per coefficient is the usual rule of thumb.
    fn few_events(&self, coefficients: usize) -> Vec<Caution> {
        let events = dot(&self.weights, self.sample.outcome);
        let total: f64 = self.weights.iter().sum();
        let rarer = match self.family {
            Family::Logistic => events.min(total - events),
            Family::Poisson => events,
        };
        match rarer < 10.0 * (coefficients - 1) as f64 {
            true => vec![Caution::FewEvents {
                events: rarer.round() as usize,
                coefficients,
            }],
            false => Vec::new(),
        }
    }
}

/// Which change of a column an average effect answers for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// The slope of the mean, per unit of the column.
    Slope,
    /// Everyone's value raised by this much (for example one standard deviation).
    By(f64),
    /// Everyone's value set to the first number, then to the second.
    FromTo(f64, f64),
}

/// Average over the sample of the change in the expected outcome, with its gradient for the delta method.
pub(crate) fn average_effect(
    family: Family,
    coefficients: &Coefficients,
    sample: &Sample,
    offset: Option<&[f64]>,
    (column, change): (usize, Change),
) -> (f64, Vec<f64>) {
    let beta = coefficients.values();
    let p = sample.columns.len();
    let mut gradient = vec![0.0; p + 1];
    let (mut effect, mut weight) = (0.0, 0.0);
    for row in 0..sample.outcome.len() {
        let w = sample.weights.of(row);
        if w == 0.0 {
            continue;
        }
        weight += w;
        let eta = beta[0]
            + offset.map_or(0.0, |o| o[row])
            + (0..p)
                .map(|j| beta[j + 1] * sample.columns[j][row])
                .sum::<f64>();
        let x = sample.columns[column][row];
        let b = beta[column + 1];
        if let Change::Slope = change {
            let mean = family.mean(eta);
            let v = family.variance(mean);
            // Derivative of the variance by eta.
            let bend = match family {
                Family::Logistic => v * (1.0 - 2.0 * mean),
                Family::Poisson => mean,
            };
            effect += w * v * b;
            add_scaled(&mut gradient, sample, row, w * b * bend);
            gradient[column + 1] += w * v;
            continue;
        }
        let (from, to) = match change {
            Change::By(step) => (x, x + step),
            Change::FromTo(from, to) => (from, to),
            Change::Slope => (x, x),
        };
        for (value, sign) in [(to, 1.0), (from, -1.0)] {
            let mean = family.mean(eta + b * (value - x));
            let slope = sign * w * family.variance(mean);
            effect += sign * w * mean;
            add_scaled(&mut gradient, sample, row, slope);
            gradient[column + 1] += slope * (value - x);
        }
    }
    gradient.iter_mut().for_each(|g| *g /= weight);
    (effect / weight, gradient)
}

fn add_scaled(gradient: &mut [f64], sample: &Sample, row: usize, factor: f64) {
    gradient[0] += factor;
    for (g, column) in gradient[1..].iter_mut().zip(sample.columns) {
        *g += factor * column[row];
    }
}
