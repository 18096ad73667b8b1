//! Which properties of the alternatives do all people's choices together speak for?

use nalgebra::{DMatrix, DVector};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::{ChoiceData, Layout, Person};
use crate::regression::coefficients::two_sided_p;
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, StatsError};

const MAX_STEPS: usize = 100;
/// Utilities per standard deviation of a column beyond which the column decides every choice.
const RUNAWAY: f64 = 12.0;
/// Respondents below which the robust errors are too small; convention.
const ENOUGH_RESPONDENTS: usize = 30;
/// Penalties that are tried, per standard deviation of a column.
const PENALTIES: [f64; 9] = [0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0];

/// One set of coefficients for everybody.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceFit {
    pub names: Vec<String>,
    /// Rise of the log odds of being chosen per unit of the property.
    pub coefficients: Vec<Estimate>,
    pub p_values: Vec<f64>,
    /// Of the coefficients, robust to what one respondent's choices have in common.
    pub covariance: DMatrix<f64>,
    pub log_likelihood: f64,
    /// When every alternative is as likely as any other.
    pub log_likelihood_at_random: f64,
    /// `1 - log_likelihood / log_likelihood_at_random` (McFadden).
    pub pseudo_r2: f64,
    /// Share of the choices that were the likeliest of their set.
    pub hit_rate: f64,
    pub sets: usize,
    pub respondents: usize,
    pub penalty: f64,
    pub cautions: Vec<Caution>,
}

/// Conditional logit, `P(k) = exp(x_k'b) / sum over the set` `[McFadden1974]`, by Newton's method.
///
/// `penalty` ≥ 0 is the ridge penalty `penalty/2 (b_j sd_j)²` with sd_j the property's standard deviation within sets, 0 for
/// none. Standard errors are clustered by respondent (sandwich, times G/(G - 1)), of the penalized fit when there is a
/// penalty. Assumes that a third alternative does not change the odds of two. Errs with `Separation` when a property
/// decides every choice, `Collinear` when properties determine each other (both cured by a penalty), and on broken sets.
pub fn fit(data: &ChoiceData, penalty: f64, level: f64) -> Result<ChoiceFit, StatsError> {
    prove_level(level)?;
    if !(penalty.is_finite() && penalty >= 0.0) {
        return Err(StatsError::invalid(format!(
            "penalty {penalty} (must not be negative)"
        )));
    }
    let layout = Layout::new(data)?;
    let got = layout.people.len();
    if got < 2 {
        return Err(StatsError::TooFewGroups { needed: 2, got });
    }
    let people: Vec<&Person> = layout.people.iter().collect();
    let found = search(&layout, &people, penalty, data.names)?;
    let covariance = sandwich(&layout, &found);
    let hits: f64 = (people.iter())
        .map(|person| layout.slopes(person, &found.beta).hits)
        .sum();
    let at_random: f64 = people.iter().map(|p| layout.at_random(p)).sum();
    let estimate =
        |j: usize| Estimate::normal(found.beta[j], covariance[(j, j)].max(0.0).sqrt(), level);
    let coefficients: Vec<Estimate> = (0..layout.width).map(estimate).collect();
    let mut cautions = Vec::new();
    if got < ENOUGH_RESPONDENTS {
        cautions.push(Caution::FewClusters {
            needed: ENOUGH_RESPONDENTS,
            got,
        });
    }
    if penalty > 0.0 {
        cautions.push(Caution::Penalized { strength: penalty });
    }
    Ok(ChoiceFit {
        names: data.names.to_vec(),
        p_values: (coefficients.iter())
            .map(|c| two_sided_p(c.value / c.standard_error, f64::INFINITY))
            .collect(),
        coefficients,
        covariance,
        log_likelihood: found.log_likelihood,
        log_likelihood_at_random: at_random,
        pseudo_r2: 1.0 - found.log_likelihood / at_random,
        hit_rate: hits / layout.sets() as f64,
        sets: layout.sets(),
        respondents: got,
        penalty,
        cautions,
    })
}

/// How well each penalty foretells the choices of respondents who were not used.
#[derive(Debug, Clone, PartialEq)]
pub struct PenaltyChoice {
    pub best: f64,
    /// Penalty and mean held-out log-likelihood per choice, for those with which a fit exists.
    pub tried: Vec<(f64, f64)>,
}

/// Chooses the penalty of [`fit`] by cross-validation over respondents.
///
/// Respondents are dealt into `folds` parts by the seed; each part is foretold from the others. The largest penalty within
/// 1e-9 of the best wins ties. Errs when there are fewer respondents than parts or no penalty gives a fit.
pub fn choose_penalty(
    data: &ChoiceData,
    folds: usize,
    seed: u64,
) -> Result<PenaltyChoice, StatsError> {
    let layout = Layout::new(data)?;
    let got = layout.people.len();
    if folds < 2 || got < folds {
        return Err(StatsError::TooFewGroups {
            needed: folds.max(2),
            got,
        });
    }
    let mut order: Vec<usize> = (0..got).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let held_out = |penalty: f64| -> Option<f64> {
        let parts: Option<Vec<f64>> = (0..folds)
            .into_par_iter()
            .map(|fold| {
                let (inside, outside): (Vec<usize>, Vec<usize>) =
                    (0..got).partition(|place| place % folds != fold);
                let people = |places: &[usize]| -> Vec<&Person> {
                    places.iter().map(|&p| &layout.people[order[p]]).collect()
                };
                let found = search(&layout, &people(&inside), penalty, data.names).ok()?;
                let foretold = people(&outside);
                let values = foretold.iter().map(|p| layout.slopes(p, &found.beta).value);
                Some(values.sum())
            })
            .collect();
        Some(parts?.iter().sum::<f64>() / layout.sets() as f64)
    };
    let tried: Vec<(f64, f64)> = (PENALTIES.iter())
        .filter_map(|&penalty| Some((penalty, held_out(penalty)?)))
        .collect();
    let top = tried.iter().map(|t| t.1).fold(f64::NEG_INFINITY, f64::max);
    let best = tried.iter().rev().find(|t| t.1 >= top - 1e-9);
    match best {
        Some(&(best, _)) => Ok(PenaltyChoice { best, tried }),
        None => Err(StatsError::NotIdentified {
            parameter: "penalty".to_owned(),
        }),
    }
}

pub(super) struct Found {
    pub beta: Vec<f64>,
    log_likelihood: f64,
    /// Of the penalized likelihood.
    information: DMatrix<f64>,
}

/// Newton's method with halved steps: the likelihood is concave.
fn search(
    layout: &Layout,
    people: &[&Person],
    penalty: f64,
    names: &[String],
) -> Result<Found, StatsError> {
    let spreads = layout.spreads();
    let ridge: Vec<f64> = spreads.iter().map(|s| penalty * s * s).collect();
    let evaluate = |beta: &[f64]| {
        let parts: Vec<super::Slopes> = people
            .par_iter()
            .map(|person| layout.slopes(person, beta))
            .collect();
        let mut value = 0.0;
        let mut gradient = DVector::zeros(layout.width);
        let mut information = DMatrix::zeros(layout.width, layout.width);
        for part in parts {
            value += part.value;
            gradient += part.gradient;
            information += part.information;
        }
        let log_likelihood = value;
        for (j, r) in ridge.iter().enumerate() {
            value -= 0.5 * r * beta[j] * beta[j];
            gradient[j] -= r * beta[j];
            information[(j, j)] += r;
        }
        (value, log_likelihood, gradient, information)
    };
    let mut beta = vec![0.0; layout.width];
    let mut here = evaluate(&beta);
    for _ in 0..MAX_STEPS {
        let step = solve(&here.3, &here.2, &spreads, names)?;
        let promised = here.2.dot(&step);
        let mut length = 1.0;
        let (next, there) = loop {
            let next: Vec<f64> = (beta.iter().zip(step.iter()))
                .map(|(b, s)| b + length * s)
                .collect();
            let there = evaluate(&next);
            if there.0 >= here.0 || length < 1e-8 {
                break (next, there);
            }
            length /= 2.0;
        };
        beta = next;
        here = there;
        if let Some(j) = (0..beta.len()).find(|&j| (beta[j] * spreads[j]).abs() > RUNAWAY) {
            let column = names[j].clone();
            return Err(StatsError::Separation { column });
        }
        if promised < 1e-12 * (1.0 + here.0.abs()) {
            return Ok(Found {
                beta,
                log_likelihood: here.1,
                information: here.3,
            });
        }
    }
    Err(StatsError::NotConverged {
        iterations: MAX_STEPS,
        gradient_norm: here.2.amax(),
    })
}

/// The Newton step; names the column that the others determine when there is none.
fn solve(
    information: &DMatrix<f64>,
    gradient: &DVector<f64>,
    spreads: &[f64],
    names: &[String],
) -> Result<DVector<f64>, StatsError> {
    let size = gradient.len();
    let scaled = DMatrix::from_fn(size, size, |i, j| {
        information[(i, j)] / (spreads[i] * spreads[j])
    });
    let largest = scaled.diagonal().amax();
    if let Some(factor) = scaled.clone().cholesky() {
        let pivots = factor.l_dirty().diagonal();
        if pivots.iter().all(|p| p * p > 1e-11 * largest) {
            let right = DVector::from_fn(size, |i, _| gradient[i] / spreads[i]);
            let step = factor.solve(&right);
            return Ok(DVector::from_fn(size, |i, _| step[i] / spreads[i]));
        }
    }
    let mut left = scaled;
    for j in 0..size {
        if left[(j, j)] <= 1e-10 * largest {
            let column = names[j].clone();
            return Err(StatsError::Collinear { column });
        }
        let row = left.row(j).into_owned();
        for i in j + 1..size {
            let factor = left[(i, j)] / row[j];
            for k in j..size {
                left[(i, k)] -= factor * row[k];
            }
        }
    }
    Err(StatsError::Collinear {
        column: names[size - 1].clone(),
    })
}

/// `I^-1 (sum of outer products of the respondents' slopes) I^-1 G/(G - 1)`.
fn sandwich(layout: &Layout, found: &Found) -> DMatrix<f64> {
    let people = layout.people.len() as f64;
    let mut outer = DMatrix::zeros(layout.width, layout.width);
    for person in &layout.people {
        let gradient = layout.slopes(person, &found.beta).gradient;
        outer.ger(people / (people - 1.0), &gradient, &gradient, 1.0);
    }
    match found.information.clone().cholesky() {
        Some(factor) => {
            let half = factor.solve(&outer);
            factor.solve(&half.transpose())
        }
        None => DMatrix::from_element(layout.width, layout.width, f64::NAN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(wins: usize, of: usize) -> (Vec<f64>, Vec<usize>, Vec<bool>, Vec<usize>) {
        let mut all = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for set in 0..of {
            for k in 0..2 {
                all.0.push(f64::from(k));
                all.1.push(set);
                all.2.push((k == 1) == (set < wins));
                all.3.push(set);
            }
        }
        all
    }

    fn fitted(wins: usize, of: usize, penalty: f64) -> Result<ChoiceFit, StatsError> {
        let (x, sets, chosen, respondents) = pairs(wins, of);
        let data = ChoiceData {
            columns: &[x],
            names: &["x".to_owned()],
            sets: &sets,
            chosen: &chosen,
            respondents: &respondents,
        };
        fit(&data, penalty, 0.9)
    }

    #[test]
    fn a_pair_gives_the_log_odds_of_winning() {
        let fit = fitted(75, 100, 0.0).unwrap();
        assert!((fit.coefficients[0].value - 3.0_f64.ln()).abs() < 1e-9);
        // n p (1 - p) is the information, and with one choice each the robust error is the same but for G/(G - 1).
        let expected = (1.0_f64 / (100.0 * 0.75 * 0.25) * 100.0 / 99.0).sqrt();
        assert!((fit.coefficients[0].standard_error - expected).abs() < 1e-9);
        assert!((fit.hit_rate - 0.75).abs() < 1e-12);
    }

    #[test]
    fn a_property_that_always_wins_is_named_and_a_penalty_tames_it() {
        let error = fitted(100, 100, 0.0).unwrap_err();
        assert_eq!(error.key(), "separation");
        assert!(fitted(100, 100, 1.0).unwrap().coefficients[0].value > 1.0);
    }

    #[test]
    fn columns_that_determine_each_other_are_named() {
        let (x, sets, chosen, respondents) = pairs(60, 100);
        let names = ["x".to_owned(), "y".to_owned()];
        let columns = [x.clone(), x.iter().map(|v| 3.0 * v).collect()];
        let data = ChoiceData {
            columns: &columns,
            names: &names,
            sets: &sets,
            chosen: &chosen,
            respondents: &respondents,
        };
        assert_eq!(
            fit(&data, 0.0, 0.9).unwrap_err(),
            StatsError::Collinear {
                column: "y".to_owned()
            }
        );
        let chosen = choose_penalty(&data, 5, 1).unwrap();
        assert!(chosen.best > 0.0 && chosen.tried.len() == 8);
    }
}
