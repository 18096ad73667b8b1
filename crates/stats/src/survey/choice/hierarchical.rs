//! What does each person like, when each was asked too little to tell alone?

use nalgebra::{DMatrix, DVector};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::chain::{COUNTED, Chain, WARM_UP, walk};
use super::{ChoiceData, Layout};
use crate::importance::spread;
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, Interval, StatsError};

/// Walks from different random numbers, to see whether they arrive at the same.
const CHAINS: u64 = 2;
/// Variance of all rounds over that within half a chain, beyond which the walks have not mixed; the field's usual limit
/// for a first warning.
const MIXED: f64 = 1.1;
/// People below which the spread between them is hardly known; convention.
const ENOUGH_PEOPLE: usize = 30;

/// How people's own coefficients are sought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeopleConfig {
    pub level: f64,
    pub seed: u64,
}

/// Everyone's coefficients, drawn towards the common ones as far as his own choices leave open.
#[derive(Debug, Clone, PartialEq)]
pub struct People {
    pub names: Vec<String>,
    /// Mean over people of each coefficient: posterior mean, standard deviation and percentiles.
    pub mean: Vec<Estimate>,
    pub mean_covariance: DMatrix<f64>,
    /// Covariance of the coefficients between people, posterior mean.
    pub between: DMatrix<f64>,
    /// Numbers of the respondents, rising; the order of everything below.
    pub people: Vec<usize>,
    /// Expected coefficients of each.
    pub coefficients: Vec<Vec<f64>>,
    /// Geometric mean of the chances of what the person chose; near one over the set's size, he chose at random.
    pub root_likelihood: Vec<f64>,
    /// And the same if he had chosen at random.
    pub root_likelihood_at_random: Vec<f64>,
    /// Of all choices at people's expected coefficients.
    pub log_likelihood: f64,
    /// Rounds of sampling, all chains together.
    pub rounds: usize,
    pub cautions: Vec<Caution>,
    /// Draws of the mean.
    means: Vec<DVector<f64>>,
    /// Draws of everyone's coefficients, people after each other.
    draws: Vec<Vec<f64>>,
}

/// Conditional logit with coefficients of one's own, `b_i ~ Normal(mean, between)`, hierarchical Bayes `[Train2009, ch. 12]`.
///
/// Two Gibbs chains of 3,000 rounds (1,000 to warm up), from which means, spreads and percentiles are taken. Priors, for
/// columns scaled to spread 1 within sets: mean ~ Normal(0, 25), standard deviations between people half-t(2), correlations
/// uniform `[HuangWand2013]`; they keep the answer finite when choices separate or people are few. Reproducible to the
/// seed. Cautions below 30 people and when the chains differ (variance ratio above 1.1 `[GelmanRubin1992]`). Errs as
/// [`super::fit`] on broken sets, and with fewer than 5 people.
pub fn hierarchical(data: &ChoiceData, config: &PeopleConfig) -> Result<People, StatsError> {
    prove_level(config.level)?;
    let layout = Layout::new(data)?;
    let got = layout.people.len();
    if got < 5 {
        return Err(StatsError::TooFewGroups { needed: 5, got });
    }
    let spreads = layout.spreads();
    let scaled = layout.scaled(&spreads);
    let chains: Vec<Chain> = (0..CHAINS)
        .into_par_iter()
        .map(|chain| walk(&scaled, (config.seed, chain)))
        .collect::<Result<_, _>>()?;
    let mut cautions = Vec::new();
    if got < ENOUGH_PEOPLE {
        let needed = ENOUGH_PEOPLE;
        cautions.push(Caution::FewClusters { needed, got });
    }
    if (0..layout.width).any(|j| mixing(&chains, j) > MIXED) {
        cautions.push(Caution::NotConverged {
            iterations: rounds(),
            gradient_norm: f64::NAN,
        });
    }
    Ok(report(
        &layout,
        chains,
        (data.names, config.level, cautions),
    ))
}

fn rounds() -> usize {
    CHAINS as usize * (WARM_UP + COUNTED)
}

/// Square root of the variance of all rounds over the mean variance within halves of chains.
fn mixing(chains: &[Chain], j: usize) -> f64 {
    let halves: Vec<Vec<f64>> = (chains.iter())
        .flat_map(|chain| chain.means.chunks(COUNTED / 2))
        .map(|half| half.iter().map(|mean| mean[j]).collect())
        .collect();
    let middles: Vec<f64> = halves.iter().map(|half| middle(half)).collect();
    let within = middle(&halves.iter().map(|h| spread(h).powi(2)).collect::<Vec<_>>());
    ((within + spread(&middles).powi(2)) / within).sqrt()
}

fn middle(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The walks told in the units of the data.
fn report(
    layout: &Layout,
    chains: Vec<Chain>,
    (names, level, cautions): (&[String], f64, Vec<Caution>),
) -> People {
    let unit = DVector::from_iterator(layout.width, layout.spreads().iter().map(|s| 1.0 / s));
    let turn = DMatrix::from_diagonal(&unit);
    let mut between = DMatrix::zeros(layout.width, layout.width);
    let (mut means, mut draws) = (Vec::new(), Vec::new());
    for chain in chains {
        between += &turn * chain.between * &turn / CHAINS as f64;
        means.extend(chain.means.iter().map(|mean| mean.component_mul(&unit)));
        for mut draw in chain.people {
            for own in draw.chunks_mut(layout.width) {
                own.iter_mut().zip(unit.iter()).for_each(|(b, u)| *b *= u);
            }
            draws.push(draw);
        }
    }
    let coefficients = expected(&draws, layout);
    let fits: Vec<f64> = (layout.people.iter().zip(&coefficients))
        .map(|(person, own)| layout.log_likelihood(person, own))
        .collect();
    let each = |value: f64, sets: usize| (value / sets as f64).exp();
    let people = || layout.people.iter();
    People {
        names: names.to_vec(),
        mean: (0..layout.width)
            .map(|j| of_draws(&means.iter().map(|m| m[j]).collect::<Vec<_>>(), level))
            .collect(),
        mean_covariance: covariance(&means),
        between,
        people: people().map(|p| p.number).collect(),
        root_likelihood: (people().zip(&fits))
            .map(|(p, value)| each(*value, p.sets.len()))
            .collect(),
        root_likelihood_at_random: people()
            .map(|p| each(layout.at_random(p), p.sets.len()))
            .collect(),
        log_likelihood: fits.iter().sum(),
        coefficients,
        rounds: rounds(),
        cautions,
        means,
        draws,
    }
}

/// Mean over draws of each person's coefficients.
fn expected(draws: &[Vec<f64>], layout: &Layout) -> Vec<Vec<f64>> {
    let mut sums = vec![0.0; layout.people.len() * layout.width];
    for draw in draws {
        sums.iter_mut().zip(draw).for_each(|(sum, b)| *sum += b);
    }
    let share = |sum: &f64| sum / draws.len() as f64;
    (sums.chunks(layout.width))
        .map(|own| own.iter().map(share).collect())
        .collect()
}

fn covariance(draws: &[DVector<f64>]) -> DMatrix<f64> {
    let (size, count) = (draws[0].len(), draws.len() as f64);
    let mut mean = DVector::zeros(size);
    draws.iter().for_each(|draw| mean += draw / count);
    let mut covariance = DMatrix::zeros(size, size);
    for draw in draws {
        let gap = draw - &mean;
        covariance.ger(1.0 / (count - 1.0), &gap, &gap, 1.0);
    }
    covariance
}

/// Mean, standard deviation and percentiles of draws.
pub(in crate::survey) fn of_draws(draws: &[f64], level: f64) -> Estimate {
    Estimate {
        value: middle(draws),
        standard_error: spread(draws),
        interval: Interval::from_draws(draws, level),
    }
}

impl People {
    /// A figure of the mean over people, with the doubt of the mean.
    pub fn of_mean(&self, figure: impl Fn(&[f64]) -> f64, level: f64) -> Estimate {
        let drawn: Vec<f64> = (self.means.iter())
            .map(|mean| figure(mean.as_slice()))
            .collect();
        of_draws(&drawn, level)
    }

    /// Mean over a population of what `figures` makes of one person's coefficients; one row per kept draw.
    ///
    /// The population is the people asked, weighed at random in each draw (Bayesian bootstrap `[Rubin1981]`), so that who
    /// happened to be asked counts among the doubts.
    pub(in crate::survey) fn population(
        &self,
        seed: u64,
        figures: impl Fn(&[f64]) -> Vec<f64> + Sync,
    ) -> Vec<Vec<f64>> {
        let width = self.names.len();
        (self.draws.par_iter().enumerate())
            .map(|(number, draw)| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(number as u64 + 1);
                let (mut sum, mut total) = (Vec::new(), 0.0);
                for own in draw.chunks(width) {
                    let weight = -(1.0 - rng.random::<f64>()).ln();
                    let figures = figures(own);
                    sum.resize(figures.len(), 0.0);
                    sum.iter_mut()
                        .zip(figures)
                        .for_each(|(s, f)| *s += weight * f);
                    total += weight;
                }
                sum.iter().map(|s: &f64| s / total).collect()
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
