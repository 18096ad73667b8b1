//! How does a column raise or lower the hazard, whatever the hazard's course in time?

use nalgebra::{DMatrix, DVector};

use super::concordance;
use super::partial_likelihood::{Evaluation, Schoenfeld, Stratum};
use super::spells::Spells;
use crate::error::{require_finite, require_length};
use crate::regression::coefficients::two_sided_p;
use crate::regression::cross_products::reduce;
use crate::regression::linear::{invert_scaled, varies};
use crate::regression::sample::{prove_level, prove_weights};
use crate::regression::{Coefficient, Weights};
use crate::{Caution, Estimate, StatsError};

const MAX_ITERATIONS: usize = 60;
/// Largest change of any coefficient times its column's spread at which the search has arrived: Newton's next step
/// would be of the size of its square.
const STEP_TOLERANCE: f64 = 1e-8;
/// p-value of the test of proportional hazards below which a caution is given.
const DOUBTFUL: f64 = 0.01;

/// How events at the same moment are ordered in thought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ties {
    /// One after another, each order equally likely (nearly) `[Efron1977]`.
    Efron,
    /// All before any has left `[Breslow1974]`.
    Breslow,
}

/// What is fitted; columns lie one after another, all n long.
#[derive(Debug, Clone, Copy)]
pub struct CoxSample<'a> {
    /// The weights of the spells are not used here: see `weights`.
    pub spells: Spells<'a>,
    pub columns: &'a [Vec<f64>],
    pub names: &'a [String],
    pub weights: Weights<'a>,
    /// Rows of different strata have different baseline hazards.
    pub strata: Option<&'a [usize]>,
    /// Rows of one cluster may hang together; used by robust errors.
    pub clusters: Option<&'a [usize]>,
}

/// How it is fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoxConfig {
    pub ties: Ties,
    /// Errors from score residuals (summed by cluster when clusters are given) `[LinWei1989]`.
    pub robust: bool,
    pub level: f64,
}

/// A proportional-hazards fit. Coefficients are log hazard ratios per unit of the column.
#[derive(Debug, Clone, PartialEq)]
pub struct CoxFit {
    pub coefficients: Vec<Coefficient>,
    pub covariance: DMatrix<f64>,
    pub log_likelihood: f64,
    pub null_log_likelihood: f64,
    /// Chance that of two rows the one with the higher predicted hazard has it happen first.
    pub concordance: f64,
    /// p-value per column of the test that its effect does not drift with the order of events `[GrambschTherneau1994]`.
    pub proportionality: Vec<f64>,
    /// Cumulative baseline hazard by stratum (in rising order of its number): times and values, for columns at `means`.
    pub baseline: Vec<Vec<(f64, f64)>>,
    pub means: Vec<f64>,
    pub iterations: usize,
    pub events: f64,
    pub cautions: Vec<Caution>,
}

/// Fits `hazard(t | x) = h0(t) exp(b'x)` by maximum partial likelihood `[Cox1972]`.
///
/// Late entry, strata, ties, weights (repetitions, or sampling weights with robust errors) as the sample says.
/// Time-varying columns: one row per stretch of time, with entry and end. Errs when all are censored, on a collinear or
/// constant column, and on `Separation` when a column orders the events perfectly. Cautions: fewer than 10 events
/// per column, doubtful proportionality (p < 0.01).
pub fn fit(sample: &CoxSample, config: &CoxConfig) -> Result<CoxFit, StatsError> {
    prove(sample, config)?;
    let columns: Vec<&[f64]> = sample.columns.iter().map(Vec::as_slice).collect();
    let weights: Vec<f64> = (0..sample.spells.time.len())
        .map(|row| sample.weights.of(row))
        .collect();
    let products = reduce(&columns, Some(&weights));
    let spread = proven_spread(sample, &products)?;
    let strata = Stratum::split(sample, &products.means);
    let zero = DVector::zeros(columns.len());
    let null_log_likelihood = (strata.iter())
        .map(|stratum| stratum.log_likelihood(zero.as_slice(), config.ties))
        .sum();
    let start = near(&strata, &spread, config, sample.names).unwrap_or(zero);
    let (beta, evaluation, iterations) = climb(&strata, start, &spread, config, sample.names)?;
    let inverse = invert_scaled(&evaluation.information).map_err(|j| separation(sample, j))?;
    let covariance = match config.robust {
        false => inverse.clone(),
        true => sandwich(sample, &strata, (beta.as_slice(), config.ties), &inverse),
    };
    let schoenfeld: Vec<Schoenfeld> = (strata.iter())
        .map(|stratum| stratum.schoenfeld(beta.as_slice(), config.ties))
        .collect();
    let proportionality = proportionality(&schoenfeld, &inverse);
    let events = (0..weights.len())
        .filter(|&row| sample.spells.event[row])
        .map(|row| weights[row])
        .sum();
    Ok(CoxFit {
        coefficients: table(sample.names, &beta, &covariance, config.level),
        covariance,
        log_likelihood: evaluation.log_likelihood,
        null_log_likelihood,
        concordance: concordance::of_strata(&strata, beta.as_slice()),
        cautions: cautions(sample, events, &proportionality),
        proportionality,
        baseline: cumulative_baseline(&strata, beta.as_slice(), config.ties),
        means: products.means,
        iterations,
        events,
    })
}

impl CoxFit {
    /// Hazard of a row relative to one whose columns are at the sample's means.
    pub fn relative_hazard(&self, row: &[f64]) -> f64 {
        let terms = self.coefficients.iter().zip(row).zip(&self.means);
        let eta: f64 = terms.map(|((c, x), m)| c.estimate.value * (x - m)).sum();
        eta.exp()
    }

    /// Share of rows like this that survive beyond `time`, by stratum number in rising order; `None` for an unknown stratum.
    pub fn survival(&self, row: &[f64], stratum: usize, time: f64) -> Option<f64> {
        let steps = self.baseline.get(stratum)?;
        let passed = steps.partition_point(|(t, _)| *t <= time);
        let hazard = if passed == 0 {
            0.0
        } else {
            steps[passed - 1].1
        };
        Some((-hazard * self.relative_hazard(row)).exp())
    }

    /// Simulates time and event of rows with these columns (one after another) in a stratum; who outlives the last known event is censored there.
    ///
    /// # Errors
    /// `LengthMismatch` when the columns are not those of the fit; `InvalidInput` for an unknown stratum.
    pub fn simulate(
        &self,
        columns: &[Vec<f64>],
        stratum: usize,
        seed: u64,
    ) -> Result<Vec<(f64, bool)>, StatsError> {
        require_length("columns", self.coefficients.len(), columns.len())?;
        let rows = columns.first().map_or(0, Vec::len);
        for (column, told) in columns.iter().zip(&self.coefficients) {
            require_length(&told.name, rows, column.len())?;
            require_finite(&told.name, column)?;
        }
        let steps = self.baseline.get(stratum).filter(|steps| !steps.is_empty());
        let Some(steps) = steps else {
            return Err(StatsError::invalid(format!("stratum {stratum} (unknown)")));
        };
        let last = steps[steps.len() - 1].0;
        Ok(crate::reduce::map_rows(rows, |i| {
            let row: Vec<f64> = columns.iter().map(|c| c[i]).collect();
            let mut generator = crate::btyd::simulated::stream(seed, i as u64);
            let gathered: f64 = rand_distr::Distribution::sample(&rand_distr::Exp1, &mut generator);
            let needed = gathered / self.relative_hazard(&row);
            let at = steps.partition_point(|(_, hazard)| *hazard < needed);
            steps
                .get(at)
                .map_or((last, false), |(time, _)| (*time, true))
        }))
    }

    /// Twice the gain in log-likelihood over no columns: chi-square with as many degrees of freedom as columns.
    pub fn likelihood_ratio(&self) -> f64 {
        2.0 * (self.log_likelihood - self.null_log_likelihood)
    }
}

fn evaluate(strata: &[Stratum], beta: &DVector<f64>, ties: Ties) -> Evaluation {
    let size = beta.len();
    let mut total = Evaluation {
        log_likelihood: 0.0,
        gradient: DVector::zeros(size),
        information: DMatrix::zeros(size, size),
    };
    for stratum in strata {
        stratum.add_evaluation(beta.as_slice(), ties, &mut total);
    }
    for j in 0..size {
        for i in 0..j {
            total.information[(j, i)] = total.information[(i, j)];
        }
    }
    total
}

/// Rows from which on the search starts at the optimum of a part of them.
const MANY_ROWS: usize = 50_000;
const EVERY: usize = 16;

/// The optimum of every 16th row, where a large search starts: two or three steps over all rows are left.
fn near(
    strata: &[Stratum],
    spread: &[f64],
    config: &CoxConfig,
    names: &[String],
) -> Option<DVector<f64>> {
    let rows: usize = strata.iter().map(|stratum| stratum.rows.len()).sum();
    if rows < MANY_ROWS {
        return None;
    }
    let part: Vec<Stratum> = strata.iter().map(|s| s.thinned(EVERY)).collect();
    let zero = DVector::zeros(spread.len());
    let found = climb(&part, zero, spread, config, names);
    found.ok().map(|(beta, _, _)| beta)
}

fn climb(
    strata: &[Stratum],
    mut beta: DVector<f64>,
    spread: &[f64],
    config: &CoxConfig,
    names: &[String],
) -> Result<(DVector<f64>, Evaluation, usize), StatsError> {
    let mut here = evaluate(strata, &beta, config.ties);
    let mut step = beta.clone();
    for iteration in 1..=MAX_ITERATIONS {
        let inverse = invert_scaled(&here.information).map_err(|j| StatsError::Separation {
            column: names[j].clone(),
        })?;
        step = inverse * &here.gradient;
        let mut there = evaluate(strata, &(&beta + &step), config.ties);
        let mut halvings = 0;
        let least = here.log_likelihood - 1e-12 * here.log_likelihood.abs();
        // A likelihood that is no number counts as worse.
        let worse = |e: &Evaluation| e.log_likelihood.is_nan() || e.log_likelihood < least;
        while halvings < 30 && worse(&there) {
            step /= 2.0;
            there = evaluate(strata, &(&beta + &step), config.ties);
            halvings += 1;
        }
        beta += &step;
        here = there;
        let moved = (step.iter().zip(spread))
            .map(|(s, d)| (s * d).abs())
            .fold(0.0, f64::max);
        if moved < STEP_TOLERANCE {
            return Ok((beta, here, iteration));
        }
    }
    let worst = (0..spread.len())
        .max_by(|&a, &b| {
            let moved = |j: usize| (step[j] * spread[j]).abs();
            moved(a).total_cmp(&moved(b))
        })
        .unwrap_or(0);
    Err(StatsError::Separation {
        column: names[worst].clone(),
    })
}

fn sandwich(
    sample: &CoxSample,
    strata: &[Stratum],
    (beta, ties): (&[f64], Ties),
    inverse: &DMatrix<f64>,
) -> DMatrix<f64> {
    let size = inverse.nrows();
    let mut by_cluster: std::collections::BTreeMap<usize, DVector<f64>> = Default::default();
    let mut meat = DMatrix::zeros(size, size);
    for stratum in strata {
        let scores = stratum.scores(beta, ties);
        for (i, score) in scores.chunks_exact(size).enumerate() {
            let score = &DVector::from_column_slice(score);
            let (row, weight) = (stratum.rows[i], stratum.weight[i]);
            match (sample.clusters, sample.weights) {
                (Some(clusters), _) => {
                    let sum = by_cluster.entry(clusters[row]);
                    *sum.or_insert_with(|| DVector::zeros(size)) += score * weight;
                }
                (None, Weights::Repetitions(_)) => meat.ger(weight, score, score, 1.0),
                (None, _) => meat.ger(weight * weight, score, score, 1.0),
            }
        }
    }
    for sum in by_cluster.values() {
        meat.ger(1.0, sum, sum, 1.0);
    }
    inverse * meat * inverse
}

/// Correlation of scaled Schoenfeld residuals with the order of events, as a chi-square test per column.
fn proportionality(strata: &[Schoenfeld], inverse: &DMatrix<f64>) -> Vec<f64> {
    let size = inverse.nrows();
    let mut events: Vec<(f64, &[f64])> = (strata.iter())
        .flat_map(|own| own.times.iter().copied().zip(own.values.chunks_exact(size)))
        .collect();
    events.sort_by(|a, b| a.0.total_cmp(&b.0));
    let d = events.len() as f64;
    let middle = (d - 1.0) / 2.0;
    let mut drift = DVector::zeros(size);
    let mut squares = 0.0;
    let mut at = 0;
    while at < events.len() {
        let tied = (events[at..].iter())
            .take_while(|e| e.0 == events[at].0)
            .count();
        // Events of one moment get the average of their places.
        let place = at as f64 + (tied - 1) as f64 / 2.0 - middle;
        for event in &events[at..at + tied] {
            drift
                .iter_mut()
                .zip(event.1)
                .for_each(|(sum, own)| *sum += own * place);
            squares += place * place;
        }
        at += tied;
    }
    let scaled = inverse * drift * d;
    (0..inverse.nrows())
        .map(|j| {
            let statistic = scaled[j] / (d * inverse[(j, j)] * squares).sqrt();
            two_sided_p(statistic, f64::INFINITY)
        })
        .collect()
}

fn cumulative_baseline(strata: &[Stratum], beta: &[f64], ties: Ties) -> Vec<Vec<(f64, f64)>> {
    let cumulate = |stratum: &Stratum| {
        let mut sum = 0.0;
        let steps = stratum.baseline(beta, ties).into_iter();
        steps
            .map(|(time, increment)| {
                sum += increment;
                (time, sum)
            })
            .collect()
    };
    strata.iter().map(cumulate).collect()
}

pub(super) fn table(
    names: &[String],
    beta: &DVector<f64>,
    covariance: &DMatrix<f64>,
    level: f64,
) -> Vec<Coefficient> {
    let coefficient = |(j, name): (usize, &String)| {
        let estimate = Estimate::normal(beta[j], covariance[(j, j)].max(0.0).sqrt(), level);
        Coefficient {
            name: name.clone(),
            estimate,
            degrees_of_freedom: f64::INFINITY,
            p_value: two_sided_p(estimate.value / estimate.standard_error, f64::INFINITY),
        }
    };
    names.iter().enumerate().map(coefficient).collect()
}

fn cautions(sample: &CoxSample, events: f64, proportionality: &[f64]) -> Vec<Caution> {
    let mut cautions = Vec::new();
    if events < 10.0 * sample.columns.len() as f64 {
        cautions.push(Caution::FewEvents {
            events: events.round() as usize,
            coefficients: sample.columns.len(),
        });
    }
    for (name, &p_value) in sample.names.iter().zip(proportionality) {
        if p_value < DOUBTFUL {
            cautions.push(Caution::HazardsNotProportional {
                column: name.clone(),
                p_value,
            });
        }
    }
    cautions
}

pub(super) fn proven_spread(
    sample: &CoxSample,
    products: &crate::regression::CrossProducts,
) -> Result<Vec<f64>, StatsError> {
    for (j, name) in sample.names.iter().enumerate() {
        if !varies(
            products.products[(j, j)],
            products.weight,
            products.means[j],
        ) {
            let what = name.clone();
            return Err(StatsError::NoVariation { what });
        }
    }
    invert_scaled(&products.products).map_err(|j| StatsError::Collinear {
        column: sample.names[j].clone(),
    })?;
    let variance = |j: usize| products.products[(j, j)] / products.weight;
    Ok((0..sample.names.len())
        .map(|j| variance(j).sqrt())
        .collect())
}

fn separation(sample: &CoxSample, j: usize) -> StatsError {
    let column = sample.names[j].clone();
    StatsError::Separation { column }
}

fn prove(sample: &CoxSample, config: &CoxConfig) -> Result<(), StatsError> {
    prove_level(config.level)?;
    let rows = sample.spells.time.len();
    let weights = match sample.weights {
        Weights::Equal => None,
        Weights::Repetitions(w) => Some(w),
        Weights::Sampling(w) => {
            if !config.robust {
                return Err(StatsError::invalid(
                    "weights (sampling weights need robust errors)",
                ));
            }
            Some(w)
        }
    };
    if let Some(weights) = weights {
        prove_weights(weights, rows)?;
    }
    Spells {
        weights,
        ..sample.spells
    }
    .prove()?;
    if sample.columns.is_empty() {
        return Err(StatsError::TooFewGroups { needed: 1, got: 0 });
    }
    require_length("names", sample.columns.len(), sample.names.len())?;
    for (column, name) in sample.columns.iter().zip(sample.names) {
        require_length(name, rows, column.len())?;
        require_finite(name, column)?;
    }
    for (what, groups) in [("strata", sample.strata), ("clusters", sample.clusters)] {
        if let Some(groups) = groups {
            require_length(what, rows, groups.len())?;
        }
    }
    Ok(())
}
