//! Does the attribute hurt when it is bad, please when it is good, or both?

use super::analyze::{Survey, degrees_of_freedom, effective, regression_effects};
use super::bootstrap::{Resampler, percentile_interval, resampled, spread};
use super::missing::Answers;
use super::{Contrast, DriverConfig};
use crate::StatsError;
use crate::regression::coefficients::student_estimate;

/// Low and high answers needed for a contrast.
const FEWEST_IN_GROUP: usize = 10;
/// Aimed share of respondents called low, and high.
const GROUP_SHARE: f64 = 1.0 / 3.0;

/// A common way of naming asymmetries. The limits are convention; look at the interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// Asymmetry below -0.7: only the absence is felt.
    Frustrator,
    /// -0.7 to -0.1.
    Dissatisfier,
    /// -0.1 to 0.1.
    Hybrid,
    /// 0.1 to 0.7.
    Satisfier,
    /// Above 0.7: only the presence is felt.
    Delighter,
}

impl Band {
    /// The band of an asymmetry; none when it is not a number.
    pub fn of(asymmetry: f64) -> Option<Band> {
        match asymmetry {
            a if a.is_nan() => None,
            a if a < -0.7 => Some(Band::Frustrator),
            a if a < -0.1 => Some(Band::Dissatisfier),
            a if a <= 0.1 => Some(Band::Hybrid),
            a if a <= 0.7 => Some(Band::Satisfier),
            _ => Some(Band::Delighter),
        }
    }
}

/// Asymmetry `(|r| - |p|) / (|r| + |p|)` of a reward r ≥ 0 and a penalty p ≤ 0 `[MikulicPrebezac2008]`.
///
/// An effect of the wrong sign counts as none; NaN when both have it.
pub fn asymmetry(penalty: f64, reward: f64) -> f64 {
    let (hurt, please) = ((-penalty).max(0.0), reward.max(0.0));
    (please - hurt) / (please + hurt)
}

/// Penalty-reward contrasts of all attributes together, `y = b0 + sum (p_j low_j + r_j high_j)`.
///
/// Low and high are about the lowest and the highest third of the answers, cut between scale points. The covariance of
/// all indicators is estimated with holes as for the effects; respondents are resampled by the same seeds.
pub(crate) fn contrasts(
    survey: &Survey,
    config: &DriverConfig,
) -> Result<Vec<Option<Contrast>>, StatsError> {
    let p = survey.names.len();
    let cuts: Vec<Option<(f64, f64)>> = (0..p)
        .map(|j| cut_points(&survey.columns[j], &survey.weights))
        .collect();
    let used: Vec<usize> = (0..p).filter(|&j| cuts[j].is_some()).collect();
    let mut found = vec![None; p];
    if used.is_empty() || survey.weights.len() < 2 * used.len() + 3 {
        return Ok(found);
    }
    let columns = indicator_columns(survey, &cuts);
    let Some((point, draws)) = estimate_and_resample(&columns, survey, config) else {
        return Ok(found);
    };
    let n_effective = effective(&survey.weights);
    for (at, &j) in used.iter().enumerate() {
        let Some((low_to, high_from)) = cuts[j] else {
            continue;
        };
        let answered = survey.columns[j].iter().filter(|x| !x.is_nan()).count();
        let freedom = degrees_of_freedom(n_effective, answered as f64, 2 * used.len());
        let of = |column: usize| draws.iter().map(|d| d[column]).collect::<Vec<f64>>();
        let interval = |column: usize| {
            student_estimate(point[column], spread(&of(column)), freedom, config.level).interval
        };
        let asymmetries: Vec<f64> = (draws.iter())
            .map(|d| asymmetry(d[2 * at], d[2 * at + 1]))
            .collect();
        found[j] = Some(Contrast {
            low_to,
            high_from,
            penalty: point[2 * at],
            penalty_interval: interval(2 * at),
            reward: point[2 * at + 1],
            reward_interval: interval(2 * at + 1),
            asymmetry: asymmetry(point[2 * at], point[2 * at + 1]),
            asymmetry_interval: percentile_interval(&asymmetries, config.level),
        });
    }
    Ok(found)
}

/// Effects of the indicators and their resamples; none when the indicators determine each other.
fn estimate_and_resample(
    columns: &[Vec<f64>],
    survey: &Survey,
    config: &DriverConfig,
) -> Option<(Vec<f64>, Vec<Vec<f64>>)> {
    let maximum = Answers::new(columns, &survey.weights)
        .ok()?
        .maximize()
        .ok()?;
    let point = regression_effects(&maximum.moments.covariance).ok()?;
    let resampler = Resampler::new(&maximum);
    let plan = (config.seed, config.bootstrap);
    let draws: Option<Vec<Vec<f64>>> = resampled(&resampler, &survey.weights, plan, |drawn, _| {
        regression_effects(&drawn).ok()
    })
    .into_iter()
    .collect();
    Some((point, draws?))
}

/// Low and high indicator of each attribute with cuts, the outcome last.
fn indicator_columns(survey: &Survey, cuts: &[Option<(f64, f64)>]) -> Vec<Vec<f64>> {
    let mut columns = Vec::new();
    for (column, cut) in survey.columns.iter().zip(cuts) {
        let Some((low_to, high_from)) = cut else {
            continue;
        };
        let indicator = |is: &dyn Fn(f64) -> bool| -> Vec<f64> {
            let mark = |x: &f64| {
                if x.is_nan() {
                    f64::NAN
                } else {
                    f64::from(is(*x))
                }
            };
            column.iter().map(mark).collect()
        };
        columns.push(indicator(&|x| x <= *low_to));
        columns.push(indicator(&|x| x >= *high_from));
    }
    columns.push(survey.columns[survey.names.len()].clone());
    columns
}

/// Largest value with at most a third of the weight up to it (or the smallest value), and its mirror image.
/// None without a middle between them or with fewer than 10 respondents in either group.
fn cut_points(column: &[f64], weights: &[f64]) -> Option<(f64, f64)> {
    let mut answers: Vec<(f64, f64)> = (column.iter().zip(weights))
        .filter(|(x, _)| !x.is_nan())
        .map(|(x, w)| (*x, *w))
        .collect();
    answers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let low_to = cut_from(answers.iter())?;
    let high_from = cut_from(answers.iter().rev())?;
    let count = |is: &dyn Fn(f64) -> bool| answers.iter().filter(|(x, _)| is(*x)).count();
    let enough = count(&|x| x <= low_to) >= FEWEST_IN_GROUP
        && count(&|x| x >= high_from) >= FEWEST_IN_GROUP
        && count(&|x| x > low_to && x < high_from) >= FEWEST_IN_GROUP;
    enough.then_some((low_to, high_from))
}

fn cut_from<'a>(answers: impl Iterator<Item = &'a (f64, f64)> + Clone) -> Option<f64> {
    let total: f64 = answers.clone().map(|(_, w)| w).sum();
    let mut cut = answers.clone().next()?.0;
    let (mut value, mut reached) = (cut, 0.0);
    for (x, w) in answers {
        if *x != value {
            if reached <= GROUP_SHARE * total * (1.0 + 1e-12) {
                cut = value;
            }
            value = *x;
        }
        reached += w;
    }
    Some(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_point_scale_is_cut_near_the_thirds() {
        let mut answers = vec![1.0; 10];
        answers.extend([2.0; 20]);
        answers.extend([3.0; 40]);
        answers.extend([4.0; 20]);
        answers.extend([5.0; 10]);
        let weights = vec![1.0; 100];
        assert_eq!(cut_points(&answers, &weights), Some((2.0, 4.0)));
    }

    #[test]
    fn a_yes_or_no_has_no_middle() {
        let answers: Vec<f64> = (0..100).map(|i| f64::from(i % 2)).collect();
        assert_eq!(cut_points(&answers, &vec![1.0; 100]), None);
    }

    #[test]
    fn asymmetry_runs_from_pure_penalty_to_pure_reward() {
        assert_eq!(asymmetry(-1.0, 0.0), -1.0);
        assert_eq!(asymmetry(-1.0, 1.0), 0.0);
        assert_eq!(asymmetry(0.2, 1.0), 1.0);
        assert!(asymmetry(0.2, -1.0).is_nan());
        assert_eq!(Band::of(0.05), Some(Band::Hybrid));
    }
}
