//! What does each person like, when each was asked too little to tell alone?

use nalgebra::{DMatrix, DVector};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use super::{ChoiceData, Layout, Person};
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, StatsError};

const MAX_ROUNDS: usize = 1000;
/// Rise of the log-likelihood per person and round at which the search has arrived.
const TOLERANCE: f64 = 1e-7;
const MAX_STEPS: usize = 50;
/// People below which the spread between them is hardly known; convention.
const ENOUGH_PEOPLE: usize = 30;
/// The covariance is drawn towards equal, unrelated variances as if this many more people had been asked.
const EXTRA_PEOPLE: f64 = 2.0;

/// How people's own coefficients are sought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeopleConfig {
    pub level: f64,
}

/// Everyone's coefficients, drawn towards the common ones as far as his own choices leave open.
#[derive(Debug, Clone, PartialEq)]
pub struct People {
    pub names: Vec<String>,
    /// Mean over people of each coefficient.
    pub mean: Vec<Estimate>,
    pub mean_covariance: DMatrix<f64>,
    /// Covariance of the coefficients between people.
    pub between: DMatrix<f64>,
    /// Numbers of the respondents, rising; the order of everything below.
    pub people: Vec<usize>,
    /// Most probable coefficients of each.
    pub coefficients: Vec<Vec<f64>>,
    /// Their covariance given the person's choices.
    pub doubts: Vec<DMatrix<f64>>,
    /// Geometric mean of the chances of what the person chose; near one over the set's size, he chose at random.
    pub root_likelihood: Vec<f64>,
    /// And the same if he had chosen at random.
    pub root_likelihood_at_random: Vec<f64>,
    /// Of all choices, by Laplace's approximation.
    pub log_likelihood: f64,
    pub rounds: usize,
    pub cautions: Vec<Caution>,
}

/// Conditional logit with coefficients of one's own, `b_i ~ Normal(mean, between)`, mean and between by maximum marginal
/// likelihood (empirical Bayes).
///
/// EM with Laplace's approximation of each person's posterior `[TierneyKadane1986]` `[Train2009]`: the mode by Newton's
/// method, the spread by the curvature there. `between` is full, drawn slightly to equal variances (as by 2 more people per
/// coefficient, needed with few people). Deterministic. With few choices each the spread comes out somewhat small; the
/// mean's error is `(sum of (D^-1 - D^-1 V_i D^-1))^-1`. Errs as [`super::fit`] on broken sets, and with fewer than 5 people.
pub fn hierarchical(data: &ChoiceData, config: &PeopleConfig) -> Result<People, StatsError> {
    prove_level(config.level)?;
    let layout = Layout::new(data)?;
    let got = layout.people.len();
    if got < 5 {
        return Err(StatsError::TooFewGroups { needed: 5, got });
    }
    let start = start_of(&layout);
    let mut at = State::start(&layout, start);
    let mut before = f64::NEG_INFINITY;
    let mut arrived = false;
    while at.rounds < MAX_ROUNDS {
        let value = at.round(&layout)?;
        arrived = (value - before).abs() < TOLERANCE * got as f64;
        before = value;
        if arrived {
            break;
        }
    }
    let mut cautions = Vec::new();
    if got < ENOUGH_PEOPLE {
        let needed = ENOUGH_PEOPLE;
        cautions.push(Caution::FewClusters { needed, got });
    }
    if !arrived {
        let (iterations, gradient_norm) = (at.rounds, f64::NAN);
        cautions.push(Caution::NotConverged {
            iterations,
            gradient_norm,
        });
    }
    at.report(&layout, data.names, (before, config.level, cautions))
}

/// A coarse start: one penalized Newton step for everybody from 0.
fn start_of(layout: &Layout) -> Vec<f64> {
    let zero = vec![0.0; layout.width];
    let mut gradient = DVector::zeros(layout.width);
    let mut information = DMatrix::zeros(layout.width, layout.width);
    for person in &layout.people {
        let slopes = layout.slopes(person, &zero);
        gradient += slopes.gradient;
        information += slopes.information;
    }
    for j in 0..layout.width {
        information[(j, j)] *= 1.01;
    }
    match information.cholesky() {
        Some(factor) => factor.solve(&gradient).iter().copied().collect(),
        None => zero,
    }
}

struct State {
    mean: DVector<f64>,
    between: DMatrix<f64>,
    modes: Vec<DVector<f64>>,
    doubts: Vec<DMatrix<f64>>,
    rounds: usize,
}

/// One person's most probable coefficients, their covariance and his part of the marginal log-likelihood.
struct Mode {
    mode: DVector<f64>,
    doubt: DMatrix<f64>,
    value: f64,
}

impl State {
    fn start(layout: &Layout, mean: Vec<f64>) -> Self {
        let spreads = layout.spreads();
        let mean = DVector::from_vec(mean);
        State {
            modes: vec![mean.clone(); layout.people.len()],
            doubts: Vec::new(),
            between: DMatrix::from_fn(layout.width, layout.width, |i, j| match i == j {
                true => 1.0 / spreads[i].powi(2),
                false => 0.0,
            }),
            mean,
            rounds: 0,
        }
    }

    /// One EM round; returns the marginal log-likelihood before it.
    fn round(&mut self, layout: &Layout) -> Result<f64, StatsError> {
        let impossible = || StatsError::NotIdentified {
            parameter: "spread between people".to_owned(),
        };
        let factor = self.between.clone().cholesky().ok_or_else(impossible)?;
        let precision = factor.inverse();
        let log_determinant = 2.0 * factor.l().diagonal().iter().map(|d| d.ln()).sum::<f64>();
        let found: Vec<Mode> = (layout.people.par_iter())
            .zip(&self.modes)
            .map(|(person, start)| mode_of(layout, person, (start, &self.mean), &precision))
            .collect::<Option<_>>()
            .ok_or_else(impossible)?;
        let people = found.len() as f64;
        let value = found.iter().map(|m| m.value).sum::<f64>() - 0.5 * people * log_determinant;
        let mut mean = DVector::zeros(layout.width);
        found.iter().for_each(|m| mean += &m.mode / people);
        let mut between = DMatrix::zeros(layout.width, layout.width);
        for m in &found {
            let gap = &m.mode - &mean;
            between += &m.doubt;
            between.ger(1.0, &gap, &gap, 1.0);
        }
        let extra = EXTRA_PEOPLE * layout.width as f64;
        let spreads = layout.spreads();
        let common = (0..layout.width)
            .map(|j| between[(j, j)] / people * spreads[j].powi(2))
            .sum::<f64>()
            / layout.width as f64;
        for j in 0..layout.width {
            between[(j, j)] += extra * common / spreads[j].powi(2);
        }
        self.between = between / (people + extra);
        self.mean = mean;
        (self.modes, self.doubts) = found.into_iter().map(|m| (m.mode, m.doubt)).unzip();
        self.rounds += 1;
        Ok(value)
    }

    fn report(
        self,
        layout: &Layout,
        names: &[String],
        (log_likelihood, level, cautions): (f64, f64, Vec<Caution>),
    ) -> Result<People, StatsError> {
        let impossible = || StatsError::NotIdentified {
            parameter: "mean over people".to_owned(),
        };
        let precision = (self.between.clone().cholesky())
            .ok_or_else(impossible)?
            .inverse();
        let mut information = DMatrix::zeros(layout.width, layout.width);
        for doubt in &self.doubts {
            information += &precision - &precision * doubt * &precision;
        }
        let mean_covariance = information.cholesky().ok_or_else(impossible)?.inverse();
        let fit_of = |(person, mode): (&Person, &DVector<f64>)| {
            let value = layout.slopes(person, mode.as_slice()).value;
            (value / person.sets.len() as f64).exp()
        };
        let people = layout.people.iter();
        Ok(People {
            names: names.to_vec(),
            mean: (0..layout.width)
                .map(|j| Estimate::normal(self.mean[j], mean_covariance[(j, j)].sqrt(), level))
                .collect(),
            mean_covariance,
            between: self.between,
            people: people.clone().map(|p| p.number).collect(),
            root_likelihood: people.clone().zip(&self.modes).map(fit_of).collect(),
            root_likelihood_at_random: people
                .map(|p| (layout.at_random(p) / p.sets.len() as f64).exp())
                .collect(),
            coefficients: (self.modes.iter())
                .map(|mode| mode.iter().copied().collect())
                .collect(),
            doubts: self.doubts,
            log_likelihood,
            rounds: self.rounds,
            cautions,
        })
    }
}

/// Newton's method on the log posterior, which is strictly concave.
fn mode_of(
    layout: &Layout,
    person: &Person,
    (start, mean): (&DVector<f64>, &DVector<f64>),
    precision: &DMatrix<f64>,
) -> Option<Mode> {
    let evaluate = |b: &DVector<f64>| {
        let slopes = layout.slopes(person, b.as_slice());
        let gap = b - mean;
        let pull = precision * &gap;
        let value = slopes.value - 0.5 * gap.dot(&pull);
        (
            value,
            slopes.gradient - pull,
            slopes.information + precision,
        )
    };
    let mut mode = start.clone();
    let mut here = evaluate(&mode);
    for _ in 0..MAX_STEPS {
        let step = here.2.clone().cholesky()?.solve(&here.1);
        if here.1.dot(&step) < 1e-10 {
            break;
        }
        let mut length = 1.0;
        loop {
            let next = &mode + &step * length;
            let there = evaluate(&next);
            if there.0 >= here.0 || length < 1e-6 {
                mode = next;
                here = there;
                break;
            }
            length /= 2.0;
        }
    }
    let factor = here.2.cholesky()?;
    let log_determinant = 2.0 * (factor.l_dirty().diagonal().iter().map(|d| d.ln())).sum::<f64>();
    Some(Mode {
        mode,
        doubt: factor.inverse(),
        value: here.0 - 0.5 * log_determinant,
    })
}

/// Draws of a whole population: people drawn with replacement, each with coefficients drawn within his doubt.
pub(in crate::survey) struct Draws<'a> {
    people: &'a People,
    roots: Vec<DMatrix<f64>>,
}

impl<'a> Draws<'a> {
    pub fn of(people: &'a People) -> Self {
        let root = |doubt: &DMatrix<f64>| match doubt.clone().cholesky() {
            Some(factor) => factor.unpack(),
            None => DMatrix::zeros(doubt.nrows(), doubt.ncols()),
        };
        Draws {
            people,
            roots: people.doubts.iter().map(root).collect(),
        }
    }

    /// Mean over a drawn population of what `figures` makes of one person's coefficients; one row per draw.
    pub fn means(
        &self,
        (draws, seed): (usize, u64),
        figures: impl Fn(&[f64]) -> Vec<f64> + Sync,
    ) -> Vec<Vec<f64>> {
        let count = self.people.people.len();
        (0..draws)
            .into_par_iter()
            .map(|number| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(number as u64 + 1);
                let mut sum: Vec<f64> = Vec::new();
                for _ in 0..count {
                    let person = rng.random_range(0..count);
                    let own = &self.people.coefficients[person];
                    let noise = DVector::from_fn(own.len(), |_, _| StandardNormal.sample(&mut rng));
                    let moved = &self.roots[person] * noise;
                    let drawn: Vec<f64> =
                        own.iter().zip(moved.iter()).map(|(a, b)| a + b).collect();
                    let figures = figures(&drawn);
                    sum.resize(figures.len(), 0.0);
                    sum.iter_mut().zip(figures).for_each(|(s, f)| *s += f);
                }
                sum.iter().map(|s| s / count as f64).collect()
            })
            .collect()
    }
}

/// Shares in proportion to exp(utility), summing to 1.
pub(in crate::survey) fn share_out(utilities: &[f64]) -> Vec<f64> {
    let highest = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = utilities.iter().map(|u| (u - highest).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| w / sum).collect()
}
