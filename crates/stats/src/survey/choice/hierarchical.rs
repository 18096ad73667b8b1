//! What does each person like, when each was asked too little to tell alone?

use nalgebra::{DMatrix, DVector};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use super::{ChoiceData, Layout, Person};
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, StatsError};

/// Rounds with the posterior's curvature, then with draws from it.
const MAX_CURVED_ROUNDS: usize = 300;
const MAX_DRAWN_ROUNDS: usize = 200;
/// Rise of the log-likelihood per person and round at which the search has arrived.
const CURVED_TOLERANCE: f64 = 1e-5;
const DRAWN_TOLERANCE: f64 = 1e-6;
const MAX_STEPS: usize = 50;
/// Pairs of draws per person, each with its mirror image.
const DRAW_PAIRS: usize = 40;
/// Draws are spread this much wider than the curvature says, since posteriors have longer tails.
const WIDER: f64 = 1.15;
/// Steps of EM are lengthened by this, which halves their number and more; below 2 they still lead upwards near the top.
const LONGER: f64 = 1.0;
/// People below which the spread between them is hardly known; convention.
const ENOUGH_PEOPLE: usize = 30;
/// The covariance is drawn towards equal, unrelated variances as if this many more people per coefficient had been asked.
const EXTRA_PEOPLE: f64 = 2.0;

/// How people's own coefficients are sought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeopleConfig {
    pub level: f64,
    /// Of the draws by which posteriors are weighed.
    pub seed: u64,
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
    /// Expected coefficients of each.
    pub coefficients: Vec<Vec<f64>>,
    /// Their covariance given the person's choices.
    pub doubts: Vec<DMatrix<f64>>,
    /// Geometric mean of the chances of what the person chose; near one over the set's size, he chose at random.
    pub root_likelihood: Vec<f64>,
    /// And the same if he had chosen at random.
    pub root_likelihood_at_random: Vec<f64>,
    /// Of all choices, people's own coefficients integrated out.
    pub log_likelihood: f64,
    pub rounds: usize,
    pub cautions: Vec<Caution>,
}

/// Conditional logit with coefficients of one's own, `b_i ~ Normal(mean, between)`, mean and between by maximum marginal
/// likelihood (empirical Bayes).
///
/// EM `[Train2009]`: each person's posterior first by its mode and curvature `[TierneyKadane1986]`, then weighed by draws
/// around the mode, the same in every round, which undoes the inward bias of the curvature. `between` is full, drawn slightly to
/// equal variances (as by 2 more people per coefficient, needed with few people). The mean's error is
/// `(sum of (D^-1 - D^-1 V_i D^-1))^-1`. Errs as [`super::fit`] on broken sets, and with fewer than 5 people.
pub fn hierarchical(data: &ChoiceData, config: &PeopleConfig) -> Result<People, StatsError> {
    prove_level(config.level)?;
    let layout = Layout::new(data)?;
    let got = layout.people.len();
    if got < 5 {
        return Err(StatsError::TooFewGroups { needed: 5, got });
    }
    let mut at = State::start(&layout, start_of(&layout));
    at.climb(MAX_CURVED_ROUNDS, CURVED_TOLERANCE * got as f64, |at| {
        at.round(&layout, None)
    })?;
    let draws = draws(layout.width, config.seed);
    let limit = DRAWN_TOLERANCE * got as f64;
    let arrived = at.climb(MAX_DRAWN_ROUNDS, limit, |at| {
        at.round(&layout, Some(&draws))
    })?;
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
    at.report(&layout, data.names, (config.level, cautions))
}

/// Standard normal draws, one per column, each followed by its mirror image.
fn draws(width: usize, seed: u64) -> DMatrix<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut draws = DMatrix::zeros(width, 2 * DRAW_PAIRS);
    for pair in 0..DRAW_PAIRS {
        for j in 0..width {
            let z: f64 = StandardNormal.sample(&mut rng);
            draws[(j, 2 * pair)] = WIDER * z;
            draws[(j, 2 * pair + 1)] = -WIDER * z;
        }
    }
    draws
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
    /// Expectation and covariance of each person's coefficients.
    expected: Vec<DVector<f64>>,
    doubts: Vec<DMatrix<f64>>,
    log_likelihood: f64,
    rounds: usize,
}

/// One person's posterior and part of the marginal log-likelihood (less half the log determinant of `between`).
struct Posterior {
    mode: DVector<f64>,
    expected: DVector<f64>,
    doubt: DMatrix<f64>,
    value: f64,
}

impl State {
    fn start(layout: &Layout, mean: Vec<f64>) -> Self {
        let spreads = layout.spreads();
        let mean = DVector::from_vec(mean);
        State {
            modes: vec![mean.clone(); layout.people.len()],
            expected: Vec::new(),
            doubts: Vec::new(),
            between: DMatrix::from_fn(layout.width, layout.width, |i, j| match i == j {
                true => 1.0 / spreads[i].powi(2),
                false => 0.0,
            }),
            mean,
            log_likelihood: f64::NEG_INFINITY,
            rounds: 0,
        }
    }

    /// Rounds of EM until the likelihood hardly rises; whether that was reached.
    fn climb(
        &mut self,
        most: usize,
        limit: f64,
        round: impl Fn(&mut State) -> Result<(DVector<f64>, DMatrix<f64>), StatsError>,
    ) -> Result<bool, StatsError> {
        let mut before = f64::NEG_INFINITY;
        for _ in 0..most {
            let (mean, between) = round(self)?;
            self.rounds += 1;
            let rise = self.log_likelihood - before;
            if rise.abs() < limit {
                return Ok(true);
            }
            // A step too long is followed by a plain one.
            let longer = if rise < 0.0 { 1.0 } else { LONGER };
            before = self.log_likelihood;
            let stretched = &self.between + (&between - &self.between) * longer;
            self.between = match stretched.clone().cholesky() {
                Some(_) => stretched,
                None => between,
            };
            self.mean = &self.mean + (mean - &self.mean) * longer;
        }
        Ok(false)
    }

    /// Posteriors at the present mean and spread, and the mean and spread that follow from them.
    fn round(
        &mut self,
        layout: &Layout,
        draws: Option<&DMatrix<f64>>,
    ) -> Result<(DVector<f64>, DMatrix<f64>), StatsError> {
        let impossible = || StatsError::NotIdentified {
            parameter: "spread between people".to_owned(),
        };
        let factor = self.between.clone().cholesky().ok_or_else(impossible)?;
        let precision = factor.inverse();
        let log_determinant = 2.0 * factor.l().diagonal().iter().map(|d| d.ln()).sum::<f64>();
        let found: Vec<Posterior> = (layout.people.par_iter())
            .zip(&self.modes)
            .map(|(person, start)| {
                let posterior = mode_of(layout, person, (start, &self.mean), &precision)?;
                match draws {
                    None => Some(posterior),
                    Some(draws) => {
                        weighed(layout, person, (posterior, draws), (&self.mean, &precision))
                    }
                }
            })
            .collect::<Option<_>>()
            .ok_or_else(impossible)?;
        let people = found.len() as f64;
        self.log_likelihood =
            found.iter().map(|m| m.value).sum::<f64>() - 0.5 * people * log_determinant;
        let mut mean = DVector::zeros(layout.width);
        found.iter().for_each(|m| mean += &m.expected / people);
        let mut between = DMatrix::zeros(layout.width, layout.width);
        for m in &found {
            let gap = &m.expected - &mean;
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
        self.modes.clear();
        self.expected.clear();
        self.doubts.clear();
        for m in found {
            self.modes.push(m.mode);
            self.expected.push(m.expected);
            self.doubts.push(m.doubt);
        }
        Ok((mean, between / (people + extra)))
    }

    fn report(
        self,
        layout: &Layout,
        names: &[String],
        (level, cautions): (f64, Vec<Caution>),
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
        let fit_of = |(person, own): (&Person, &DVector<f64>)| {
            let value = layout.log_likelihood(person, own.as_slice());
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
            root_likelihood: people.clone().zip(&self.expected).map(fit_of).collect(),
            root_likelihood_at_random: people
                .map(|p| (layout.at_random(p) / p.sets.len() as f64).exp())
                .collect(),
            coefficients: (self.expected.iter())
                .map(|mode| mode.iter().copied().collect())
                .collect(),
            doubts: self.doubts,
            log_likelihood: self.log_likelihood,
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
) -> Option<Posterior> {
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
    Some(Posterior {
        expected: mode.clone(),
        mode,
        doubt: factor.inverse(),
        value: here.0 - 0.5 * log_determinant,
    })
}

/// Expectation, covariance and integral of a posterior by importance: draws around its mode count by how much likelier they
/// are than they were drawn.
fn weighed(
    layout: &Layout,
    person: &Person,
    (at, draws): (Posterior, &DMatrix<f64>),
    (mean, precision): (&DVector<f64>, &DMatrix<f64>),
) -> Option<Posterior> {
    let root = at.doubt.clone().cholesky()?.unpack();
    let points = &root * draws;
    let width = layout.width;
    let mut weights = Vec::with_capacity(draws.ncols());
    let mut point = DVector::zeros(width);
    for (draw, moved) in draws.column_iter().zip(points.column_iter()) {
        point.copy_from(&at.mode);
        point += moved;
        let gap = &point - mean;
        let prior = -0.5 * gap.dot(&(precision * &gap));
        let drawn = -0.5 * draw.norm_squared() / (WIDER * WIDER);
        weights.push(layout.log_likelihood(person, point.as_slice()) + prior - drawn);
    }
    let highest = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    weights.iter_mut().for_each(|w| *w = (*w - highest).exp());
    let total: f64 = weights.iter().sum();
    let mut shift = DVector::zeros(width);
    for (weight, moved) in weights.iter().zip(points.column_iter()) {
        shift.axpy(weight / total, &moved, 1.0);
    }
    let mut doubt = DMatrix::zeros(width, width);
    for (weight, moved) in weights.iter().zip(points.column_iter()) {
        let gap = moved - &shift;
        doubt.ger(weight / total, &gap, &gap, 1.0);
    }
    let log_determinant = 2.0 * root.diagonal().iter().map(|d| d.ln()).sum::<f64>();
    Some(Posterior {
        expected: &at.mode + shift,
        mode: at.mode,
        doubt,
        value: highest
            + (total / weights.len() as f64).ln()
            + 0.5 * log_determinant
            + width as f64 * WIDER.ln(),
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
