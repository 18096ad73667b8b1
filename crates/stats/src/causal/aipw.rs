//! What did the activity change, when those who got it differed from the others in ways that were recorded?

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::randomized;
use crate::error::{require_finite, require_length};
use crate::regression::coefficients::{student_estimate, two_sided_p};
use crate::regression::left_out::Packed;
use crate::regression::{Errors, FitConfig, Sample, Weights, linear, logistic};
use crate::{Caution, Estimate, Interval, StatsError};

/// What is compared; all slices n long.
#[derive(Debug, Clone, Copy)]
pub struct Observational<'a> {
    pub outcome: &'a [f64],
    pub treated: &'a [bool],
    /// Everything recorded before that may steer both treatment and outcome; curves and interactions are added by
    /// the caller as columns of their own.
    pub columns: &'a [Vec<f64>],
    pub names: &'a [String],
    /// Rows of one cluster hang together.
    pub clusters: Option<&'a [usize]>,
}

/// How it is estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AipwConfig {
    /// Parts of the sample; a row's own part is never used to predict it.
    pub folds: usize,
    /// Splits over which is averaged, so that the answer hangs less on one split.
    pub repeats: usize,
    /// Chances of treatment outside [trim, 1 - trim] are moved to the limit.
    pub trim: f64,
    pub seed: u64,
    pub level: f64,
}

impl AipwConfig {
    /// 5 folds, 5 splits, trimming at 5 %, 90 % intervals.
    pub fn standard() -> Self {
        AipwConfig {
            folds: 5,
            repeats: 5,
            trim: 0.05,
            seed: 1,
            level: 0.90,
        }
    }
}

/// An adjusted effect with what is needed to doubt it.
#[derive(Debug, Clone, PartialEq)]
pub struct AipwResult {
    /// Average effect over all rows: everybody treated minus nobody treated.
    pub effect: Estimate,
    pub p_value: f64,
    /// The unadjusted difference, for comparison.
    pub unadjusted: Estimate,
    pub mean_if_treated: f64,
    pub mean_if_untreated: f64,
    /// Share of rows whose chance of treatment was moved to the limit.
    pub share_trimmed: f64,
    /// 1st and 99th percentile of the fitted chances before trimming.
    pub chance_range: (f64, f64),
    /// Standardized difference of each column between treated and untreated, before and after weighting.
    pub balance: Vec<Balance>,
    pub cautions: Vec<Caution>,
}

/// Differences of one column in pooled standard deviations; above 0.1 in size is usually called imbalance.
#[derive(Debug, Clone, PartialEq)]
pub struct Balance {
    pub name: String,
    pub before: f64,
    pub after: f64,
}

/// Cross-fitted augmented inverse-probability weighting `[RobinsRotnitzkyZhao1994]` `[Chernozhukov2018]`.
///
/// `psi = m1 - m0 + D (Y - m1)/e - (1 - D)(Y - m0)/(1 - e)`, with e a logistic and m1, m0 least-squares fits on the other
/// folds (each arm its own). Right when either the chances or the outcomes are fitted rightly, provided that
/// everything that steers both was recorded - which no data can show: see [`super::evalue`].
/// Standard error from the spread of psi (by cluster when given, t with clusters - 1). Errs on separation (a column that
/// decides the treatment), fewer than two rows per arm and fold, and collinear columns. Caution above 5 % trimmed.
pub fn estimate(data: &Observational, config: &AipwConfig) -> Result<AipwResult, StatsError> {
    prove(data, config)?;
    let rows = data.outcome.len();
    let unadjusted = randomized::compare(data.outcome, data.treated, None, config.level)?;
    let splits: Vec<Predictions> = (0..config.repeats)
        .into_par_iter()
        .map(|repeat| cross_fit(data, config, repeat))
        .collect::<Result<_, StatsError>>()?;
    let mean = |pick: &dyn Fn(&Predictions) -> f64| {
        splits.iter().map(pick).sum::<f64>() / splits.len() as f64
    };
    let chance: Vec<f64> = (0..rows).map(|row| mean(&|s| s.chance[row])).collect();
    let trimmed = |e: f64| e.clamp(config.trim, 1.0 - config.trim);
    let psi: Vec<(f64, f64)> = (0..rows)
        .map(|row| {
            let y = data.outcome[row];
            let one = |s: &Predictions| {
                let left = if data.treated[row] {
                    y - s.treated[row]
                } else {
                    0.0
                };
                s.treated[row] + left / trimmed(s.chance[row])
            };
            let zero = |s: &Predictions| {
                let left = if data.treated[row] {
                    0.0
                } else {
                    y - s.untreated[row]
                };
                s.untreated[row] + left / (1.0 - trimmed(s.chance[row]))
            };
            (mean(&one), mean(&zero))
        })
        .collect();
    let outside = chance.iter().filter(|e| trimmed(**e) != **e).count();
    let share_trimmed = outside as f64 / rows as f64;
    let (effect, freedom) = effect_of(&psi, data.clusters, config.level);
    let mut cautions = unadjusted.cautions;
    if share_trimmed > 0.05 {
        let share_outside = share_trimmed;
        cautions.push(Caution::WeakOverlap { share_outside });
    }
    Ok(AipwResult {
        p_value: two_sided_p(effect.value / effect.standard_error, freedom),
        effect,
        unadjusted: unadjusted.effect,
        mean_if_treated: psi.iter().map(|p| p.0).sum::<f64>() / rows as f64,
        mean_if_untreated: psi.iter().map(|p| p.1).sum::<f64>() / rows as f64,
        share_trimmed,
        chance_range: range_of(&chance),
        balance: balance(data, &chance, config.trim),
        cautions,
    })
}

/// Predictions of every row from folds that it does not belong to.
struct Predictions {
    chance: Vec<f64>,
    treated: Vec<f64>,
    untreated: Vec<f64>,
}

fn cross_fit(
    data: &Observational,
    config: &AipwConfig,
    repeat: usize,
) -> Result<Predictions, StatsError> {
    let rows = data.outcome.len();
    let fold_of = folds(data, config, repeat);
    if let Some(predictions) = cross_fit_at_once(data, config.folds, &fold_of) {
        return Ok(predictions);
    }
    // Something is wrong or extreme: fit by fit, so that it is named.
    let mut all = Predictions {
        chance: vec![0.0; rows],
        treated: vec![0.0; rows],
        untreated: vec![0.0; rows],
    };
    let fit_config = FitConfig {
        errors: Errors::Classical,
        level: config.level,
    };
    for fold in 0..config.folds {
        let others: Vec<usize> = (0..rows).filter(|&row| fold_of[row] != fold).collect();
        let chance = logistic::fit(
            &Part::new(data, &others, true).sample(data.names),
            &fit_config,
        )?;
        let arm = |treated: bool| {
            let own: Vec<usize> = (others.iter().copied())
                .filter(|&row| data.treated[row] == treated)
                .collect();
            linear::fit(
                &Part::new(data, &own, false).sample(data.names),
                &fit_config,
            )
        };
        let (one, zero) = (arm(true)?, arm(false)?);
        for row in (0..rows).filter(|&row| fold_of[row] == fold) {
            let values: Vec<f64> = data.columns.iter().map(|c| c[row]).collect();
            all.chance[row] = chance.predict(&values);
            all.treated[row] = one.coefficients.linear_predictor(&values);
            all.untreated[row] = zero.coefficients.linear_predictor(&values);
        }
    }
    Ok(all)
}

/// The same fits from what one pass tells of every fold and arm; none when one of them has no clear answer.
fn cross_fit_at_once(data: &Observational, folds: usize, fold_of: &[usize]) -> Option<Predictions> {
    let rows = data.outcome.len();
    let arms = fold_of.iter().zip(data.treated);
    let group_of_row: Vec<usize> = arms.map(|(fold, t)| 2 * fold + usize::from(*t)).collect();
    let packed = Packed::new(data.columns, &group_of_row, 2 * folds)?;
    let sorted = |of: &dyn Fn(usize) -> f64| -> Vec<f64> {
        packed.order.iter().map(|&row| of(row)).collect()
    };
    let outcome = sorted(&|row| data.outcome[row]);
    let treated = sorted(&|row| f64::from(u8::from(data.treated[row])));
    let part_of_group: Vec<usize> = (0..2 * folds).map(|group| group / 2).collect();
    let chances = packed.logistic(&treated, &part_of_group)?;
    let arm = |arm: usize| {
        packed.linear(&outcome, folds, |fold, group| {
            group / 2 != fold && group % 2 == arm
        })
    };
    let (one, zero) = (arm(1)?, arm(0)?);
    let mut all = Predictions {
        chance: vec![0.0; rows],
        treated: vec![0.0; rows],
        untreated: vec![0.0; rows],
    };
    for group in 0..2 * folds {
        let fold = group / 2;
        let own = &packed.order[packed.places(group)];
        let put = |to: &mut Vec<f64>, values: Vec<f64>| {
            own.iter()
                .zip(values)
                .for_each(|(&row, value)| to[row] = value);
        };
        put(&mut all.treated, packed.predict(group, &one[fold]));
        put(&mut all.untreated, packed.predict(group, &zero[fold]));
        let chance = packed.predict(group, &chances[fold]);
        let chance = chance.into_iter().map(|eta| 1.0 / (1.0 + (-eta).exp()));
        put(&mut all.chance, chance.collect());
    }
    Some(all)
}

/// Some rows of the data, with the outcome or the treatment as what is to be explained.
struct Part {
    outcome: Vec<f64>,
    columns: Vec<Vec<f64>>,
}

impl Part {
    fn new(data: &Observational, rows: &[usize], treatment: bool) -> Self {
        let explained = |&row: &usize| match treatment {
            true => f64::from(data.treated[row]),
            false => data.outcome[row],
        };
        Part {
            outcome: rows.iter().map(explained).collect(),
            columns: (data.columns.iter())
                .map(|column| rows.iter().map(|&row| column[row]).collect())
                .collect(),
        }
    }

    fn sample<'a>(&'a self, names: &'a [String]) -> Sample<'a> {
        Sample {
            outcome: &self.outcome,
            columns: &self.columns,
            names,
            weights: Weights::Equal,
            clusters: None,
        }
    }
}

/// Fold of each row: dealt out in random order within arms, or by whole clusters.
fn folds(data: &Observational, config: &AipwConfig, repeat: usize) -> Vec<usize> {
    let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
    rng.set_stream(repeat as u64 + 1);
    let rows = data.outcome.len();
    let mut fold_of = vec![0; rows];
    let Some(clusters) = data.clusters else {
        for arm in [true, false] {
            let mut own: Vec<usize> = (0..rows).filter(|&r| data.treated[r] == arm).collect();
            own.shuffle(&mut rng);
            for (place, row) in own.into_iter().enumerate() {
                fold_of[row] = place % config.folds;
            }
        }
        return fold_of;
    };
    let mut numbers = clusters.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    let mut dealt: Vec<usize> = (0..numbers.len()).collect();
    dealt.shuffle(&mut rng);
    let mut fold_of_cluster = vec![0; numbers.len()];
    for (place, cluster) in dealt.into_iter().enumerate() {
        fold_of_cluster[cluster] = place % config.folds;
    }
    for (fold, cluster) in fold_of.iter_mut().zip(clusters) {
        *fold = fold_of_cluster[numbers.partition_point(|n| n < cluster)];
    }
    fold_of
}

fn effect_of(psi: &[(f64, f64)], clusters: Option<&[usize]>, level: f64) -> (Estimate, f64) {
    let rows = psi.len() as f64;
    let value = psi.iter().map(|(one, zero)| one - zero).sum::<f64>() / rows;
    let left = |row: usize| psi[row].0 - psi[row].1 - value;
    let (squares, units) = match clusters {
        None => (
            (0..psi.len()).map(|row| left(row).powi(2)).sum::<f64>(),
            rows,
        ),
        Some(clusters) => {
            let mut sums: std::collections::BTreeMap<usize, f64> = Default::default();
            for (row, cluster) in clusters.iter().enumerate() {
                *sums.entry(*cluster).or_default() += left(row);
            }
            (sums.values().map(|s| s * s).sum(), sums.len() as f64)
        }
    };
    let freedom = (units - 1.0).max(1.0);
    let spread = (squares * units / freedom).sqrt() / rows;
    (student_estimate(value, spread, freedom, level), freedom)
}

fn balance(data: &Observational, chance: &[f64], trim: f64) -> Vec<Balance> {
    let weights: Vec<f64> = (chance.iter().zip(data.treated))
        .map(|(e, treated)| {
            let e = e.clamp(trim, 1.0 - trim);
            if *treated { 1.0 / e } else { 1.0 / (1.0 - e) }
        })
        .collect();
    // Both arms in one pass.
    let moments = |column: &[f64]| {
        let mut sums = [[0.0; 5]; 2];
        for ((x, weight), treated) in column.iter().zip(&weights).zip(data.treated) {
            let [n, sum, squares, total, weighted] = &mut sums[usize::from(*treated)];
            *n += 1.0;
            *sum += x;
            *squares += x * x;
            *total += weight;
            *weighted += weight * x;
        }
        sums.map(|[n, sum, squares, total, weighted]| {
            let mean = sum / n;
            (mean, (squares / n - mean * mean).max(0.0), weighted / total)
        })
    };
    let difference = |(column, name): (&Vec<f64>, &String)| {
        let [zero, one] = moments(column);
        let sd = ((one.1 + zero.1) / 2.0).sqrt();
        let after = one.2 - zero.2;
        Balance {
            name: name.clone(),
            before: (one.0 - zero.0) / sd,
            after: after / sd,
        }
    };
    data.columns
        .iter()
        .zip(data.names)
        .map(difference)
        .collect()
}

fn range_of(chance: &[f64]) -> (f64, f64) {
    let Interval { lower, upper, .. } = Interval::from_draws(chance, 0.98);
    (lower, upper)
}

fn prove(data: &Observational, config: &AipwConfig) -> Result<(), StatsError> {
    require_finite("outcome", data.outcome)?;
    let rows = data.outcome.len();
    require_length("treated", rows, data.treated.len())?;
    if let Some(clusters) = data.clusters {
        require_length("clusters", rows, clusters.len())?;
    }
    if config.folds < 2 || config.repeats < 1 {
        return Err(StatsError::invalid(format!(
            "folds {} (at least 2) or repeats {} (at least 1)",
            config.folds, config.repeats
        )));
    }
    if !(config.trim > 0.0 && config.trim < 0.5) {
        return Err(StatsError::invalid(format!(
            "trim {} (must lie between 0 and 0.5)",
            config.trim
        )));
    }
    let smaller = (data.treated.iter().filter(|t| **t).count())
        .min(data.treated.iter().filter(|t| !**t).count());
    let needed = 2 * config.folds;
    match smaller < needed {
        true => Err(StatsError::TooFewObservations {
            needed,
            got: smaller,
        }),
        false => Ok(()),
    }
}
