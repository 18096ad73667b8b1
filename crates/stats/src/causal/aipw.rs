//! What did the activity change, when those who got it differed from the others in ways that were recorded?

use rayon::prelude::*;

use super::folds::{Deal, pick, pick_all, prove_folds};
use super::influence;
use super::learner::{Learner, Target, row_of};
use super::overlap::{self, Overlap};
use super::randomized;
use crate::error::{require_finite, require_length};
use crate::regression::coefficients::two_sided_p;
use crate::regression::left_out::Packed;
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, StatsError};

/// What is compared; all slices n long.
#[derive(Debug, Clone, Copy)]
pub struct Observational<'a> {
    pub outcome: &'a [f64],
    pub treated: &'a [bool],
    /// Everything recorded before that may steer both treatment and outcome. With [`Learner::Straight`] curves and
    /// interactions are added by the caller as columns of their own.
    pub columns: &'a [Vec<f64>],
    pub names: &'a [String],
    /// Rows of one cluster hang together.
    pub clusters: Option<&'a [usize]>,
}

/// Whose effect is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Population {
    /// Everybody treated against nobody treated.
    Everybody,
    /// Those who were treated, against the same ones untreated.
    Treated,
}

/// What happens to rows whose chance of treatment lies outside the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trimming {
    /// Their chance is moved to the limit; the effect is still that of everybody, with some bias.
    Move,
    /// They are left out and counted; the effect is that of the rest.
    LeaveOut,
}

/// How it is estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AipwConfig {
    /// Parts of the sample; a row's own part is never used to predict it.
    pub folds: usize,
    /// Splits over which is averaged, so that the answer hangs less on one split.
    pub repeats: usize,
    /// Chances of treatment outside [trim, 1 - trim] are trimmed.
    pub trim: f64,
    pub trimming: Trimming,
    pub learner: Learner,
    pub population: Population,
    pub seed: u64,
    pub level: f64,
}

impl AipwConfig {
    /// Straight lines, 5 folds, 5 splits, chances moved to 5 % and 95 %, everybody, 90 % intervals.
    pub fn standard() -> Self {
        AipwConfig {
            folds: 5,
            repeats: 5,
            trim: 0.05,
            trimming: Trimming::Move,
            learner: Learner::Straight,
            population: Population::Everybody,
            seed: 1,
            level: 0.90,
        }
    }

    /// As the standard one with curves and products, and fewer splits.
    pub fn flexible() -> Self {
        AipwConfig {
            learner: Learner::Flexible,
            repeats: 2,
            ..AipwConfig::standard()
        }
    }
}

/// An adjusted effect with what is needed to doubt it.
#[derive(Debug, Clone, PartialEq)]
pub struct AipwResult {
    /// Average effect over the population asked for.
    pub effect: Estimate,
    pub p_value: f64,
    /// The unadjusted difference, for comparison.
    pub unadjusted: Estimate,
    pub mean_if_treated: f64,
    pub mean_if_untreated: f64,
    /// Rows behind the effect; all, unless those outside the limits were left out.
    pub rows_used: usize,
    /// Share of rows whose chance of treatment lay outside the limits.
    pub share_trimmed: f64,
    /// 1st and 99th percentile of the fitted chances before trimming.
    pub chance_range: (f64, f64),
    pub overlap: Overlap,
    /// Fitted chance of treatment of each row before trimming, mean over the splits.
    pub chance: Vec<f64>,
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
/// Everybody: `psi = m1 - m0 + D (Y - m1)/e - (1 - D)(Y - m0)/(1 - e)`. Treated: the mean over the treated of `Y - m0`
/// less `(1 - D) e/(1 - e) (Y - m0)`, both over the share treated. e, m1 and m0 are learned on the other folds
/// (each arm its own). Right when either the chances or the outcomes are fitted rightly, provided that
/// everything that steers both was recorded - which no data can show: see [`super::evalue`].
/// Standard error from the spread of psi (by cluster when given, t with clusters - 1). Errs on fewer than two rows per
/// arm and fold, and with [`Learner::Straight`] on separation (a column that decides the treatment) and collinear
/// columns. Caution above 5 % trimmed.
pub fn estimate(data: &Observational, config: &AipwConfig) -> Result<AipwResult, StatsError> {
    prove(data, config)?;
    let rows = data.outcome.len();
    let unadjusted = randomized::compare(data.outcome, data.treated, None, config.level)?;
    let splits: Vec<Predictions> = (0..config.repeats)
        .into_par_iter()
        .map(|repeat| cross_fit(data, config, repeat))
        .collect::<Result<_, StatsError>>()?;
    let chance: Vec<f64> = (0..rows)
        .map(|row| splits.iter().map(|s| s.chance[row]).sum::<f64>() / splits.len() as f64)
        .collect();
    let overlap = overlap::describe(&chance, data.treated, config.trim)?;
    let kept: Vec<usize> = (0..rows)
        .filter(|&row| {
            config.trimming == Trimming::Move || !overlap::outside(chance[row], config.trim)
        })
        .collect();
    prove_kept(data, &kept, &overlap)?;
    let psi: Vec<(f64, f64)> = (kept.iter())
        .map(|&row| potential(data, config, &splits, row))
        .collect();
    let told = tell(data, config, &kept, &psi);
    let mut cautions = unadjusted.cautions;
    cautions.extend(overlap.cautions());
    if kept.len() < rows {
        cautions.push(Caution::RowsLeftOut {
            rows: rows - kept.len(),
            of: rows,
        });
    }
    Ok(AipwResult {
        p_value: two_sided_p(told.effect.value / told.effect.standard_error, told.freedom),
        effect: told.effect,
        unadjusted: unadjusted.effect,
        mean_if_treated: told.means.0,
        mean_if_untreated: told.means.1,
        rows_used: kept.len(),
        share_trimmed: overlap.share_outside,
        chance_range: range_of(&chance),
        balance: balance(data, config, (&chance, &kept)),
        overlap,
        chance,
        cautions,
    })
}

/// Predictions of every row from folds that it does not belong to.
struct Predictions {
    chance: Vec<f64>,
    /// Not needed, and 0, when only the treated are asked about.
    treated: Vec<f64>,
    untreated: Vec<f64>,
}

fn cross_fit(
    data: &Observational,
    config: &AipwConfig,
    repeat: usize,
) -> Result<Predictions, StatsError> {
    let rows = data.outcome.len();
    let deal = Deal {
        count: config.folds,
        seed: config.seed,
        repeat,
    };
    let fold_of = deal.folds(data.treated, data.clusters);
    if config.learner == Learner::Straight
        && let Some(predictions) = cross_fit_at_once(data, config.folds, &fold_of)
    {
        return Ok(predictions);
    }
    // Curves; or something is wrong or extreme: then fit by fit, so that it is named.
    let mut all = Predictions {
        chance: vec![0.0; rows],
        treated: vec![0.0; rows],
        untreated: vec![0.0; rows],
    };
    let treatment: Vec<f64> = data.treated.iter().map(|t| f64::from(*t)).collect();
    for fold in 0..config.folds {
        let learn = |target: Target, values: &[f64], rows: &[usize]| {
            let columns = pick_all(data.columns, rows);
            let outcome = pick(values, rows);
            (config.learner).learn(target, &outcome, (&columns, data.names))
        };
        let others: Vec<usize> = (0..rows).filter(|&row| fold_of[row] != fold).collect();
        let arm = |treated: bool| {
            let own = others.iter().copied();
            let own: Vec<usize> = own.filter(|&row| data.treated[row] == treated).collect();
            learn(Target::Mean, data.outcome, &own)
        };
        let chance = learn(Target::Chance, &treatment, &others)?;
        let zero = arm(false)?;
        let one = match config.population {
            Population::Everybody => Some(arm(true)?),
            Population::Treated => None,
        };
        for row in (0..rows).filter(|&row| fold_of[row] == fold) {
            let values = row_of(data.columns, row);
            all.chance[row] = chance.predict(&values);
            all.untreated[row] = zero.predict(&values);
            all.treated[row] = one.as_ref().map_or(0.0, |one| one.predict(&values));
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

/// A row's contribution to the two means: if treated, if untreated; mean over the splits.
///
/// For the population of the treated these are `D Y` and `D m0 + (1 - D) e/(1 - e) (Y - m0)`, to be divided by its share.
fn potential(
    data: &Observational,
    config: &AipwConfig,
    splits: &[Predictions],
    row: usize,
) -> (f64, f64) {
    let (y, treated) = (data.outcome[row], data.treated[row]);
    let of = |s: &Predictions| {
        let e = s.chance[row].clamp(config.trim, 1.0 - config.trim);
        let (one, zero) = (s.treated[row], s.untreated[row]);
        match (config.population, treated) {
            (Population::Everybody, true) => (one + (y - one) / e, zero),
            (Population::Everybody, false) => (one, zero + (y - zero) / (1.0 - e)),
            (Population::Treated, true) => (y, zero),
            (Population::Treated, false) => (0.0, e / (1.0 - e) * (y - zero)),
        }
    };
    let sum = splits
        .iter()
        .map(of)
        .fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
    (sum.0 / splits.len() as f64, sum.1 / splits.len() as f64)
}

struct Told {
    effect: Estimate,
    freedom: f64,
    means: (f64, f64),
}

fn tell(data: &Observational, config: &AipwConfig, kept: &[usize], psi: &[(f64, f64)]) -> Told {
    let rows = kept.len() as f64;
    let treated = |place: usize| data.treated[kept[place]];
    let share = match config.population {
        Population::Everybody => 1.0,
        Population::Treated => (0..kept.len()).filter(|&i| treated(i)).count() as f64 / rows,
    };
    let means = (
        psi.iter().map(|p| p.0).sum::<f64>() / rows / share,
        psi.iter().map(|p| p.1).sum::<f64>() / rows / share,
    );
    let value = means.0 - means.1;
    let influence: Vec<f64> = (psi.iter().enumerate())
        .map(|(place, (one, zero))| {
            let counts = match config.population {
                Population::Everybody => true,
                Population::Treated => treated(place),
            };
            (one - zero - value * f64::from(counts)) / share
        })
        .collect();
    let clusters = data
        .clusters
        .map(|c| kept.iter().map(|&row| c[row]).collect::<Vec<_>>());
    let (effect, freedom) =
        influence::estimate(value, &influence, clusters.as_deref(), config.level);
    Told {
        effect,
        freedom,
        means,
    }
}

fn balance(
    data: &Observational,
    config: &AipwConfig,
    (chance, kept): (&[f64], &[usize]),
) -> Vec<Balance> {
    let weight_of = |row: usize| {
        let e = chance[row].clamp(config.trim, 1.0 - config.trim);
        match (config.population, data.treated[row]) {
            (Population::Everybody, true) => 1.0 / e,
            (Population::Everybody, false) => 1.0 / (1.0 - e),
            (Population::Treated, true) => 1.0,
            (Population::Treated, false) => e / (1.0 - e),
        }
    };
    let sums = sums_by_arm(data, kept, weight_of);
    let difference = |(arms, name): (&[[f64; 5]; 2], &String)| {
        let [zero, one] = arms.map(|[n, sum, squares, weight, weighted]| {
            let mean = sum / n;
            let variance = (squares / n - mean * mean).max(0.0);
            (mean, variance, weighted / weight)
        });
        let sd = ((one.1 + zero.1) / 2.0).sqrt();
        let after = one.2 - zero.2;
        // A column that does not vary cannot be out of balance.
        let scaled = |gap: f64| if sd > 0.0 { gap / sd } else { 0.0 };
        Balance {
            name: name.clone(),
            before: scaled(one.0 - zero.0),
            after: scaled(after),
        }
    };
    sums.iter().zip(data.names).map(difference).collect()
}

/// Per column and arm: rows, sum and squares, then weights and weighted sum.
fn sums_by_arm(
    data: &Observational,
    kept: &[usize],
    weight_of: impl Fn(usize) -> f64,
) -> Vec<[[f64; 5]; 2]> {
    const BLOCK: usize = 1024;
    let mut sums = vec![[[0.0; 5]; 2]; data.columns.len()];
    let (mut values, mut weights) = ([0.0; BLOCK], [0.0; BLOCK]);
    for arm in [false, true] {
        // Block by block, so that an arm's rows and weights lie in the fast cache until all columns are done.
        let own: Vec<usize> = (kept.iter().copied())
            .filter(|&row| data.treated[row] == arm)
            .collect();
        for rows in own.chunks(BLOCK) {
            let count = rows.len();
            for (weight, row) in weights.iter_mut().zip(rows) {
                *weight = weight_of(*row);
            }
            for (column, sums) in data.columns.iter().zip(&mut sums) {
                for (value, row) in values.iter_mut().zip(rows) {
                    *value = column[*row];
                }
                let (values, weights) = (&values[..count], &weights[..count]);
                let own = [
                    count as f64,
                    sum_of(values, |x, _| x, weights),
                    sum_of(values, |x, _| x * x, weights),
                    sum_of(weights, |w, _| w, weights),
                    sum_of(values, |x, w| x * w, weights),
                ];
                let sums = &mut sums[usize::from(arm)];
                sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
            }
        }
    }
    sums
}

/// In eight sums, which do not wait for each other.
fn sum_of(values: &[f64], of: impl Fn(f64, f64) -> f64, weights: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    for (values, weights) in values.chunks(8).zip(weights.chunks(8)) {
        for (lane, (x, w)) in lanes.iter_mut().zip(values.iter().zip(weights)) {
            *lane += of(*x, *w);
        }
    }
    lanes.iter().sum()
}

fn range_of(chance: &[f64]) -> (f64, f64) {
    let interval = crate::Interval::from_draws(chance, 0.98);
    (interval.lower, interval.upper)
}

/// Both groups must still be there after trimming.
fn prove_kept(data: &Observational, kept: &[usize], overlap: &Overlap) -> Result<(), StatsError> {
    let treated = kept.iter().filter(|&&row| data.treated[row]).count();
    match treated.min(kept.len() - treated) < 2 {
        true => Err(StatsError::NoOverlap {
            share_outside: overlap.share_outside,
        }),
        false => Ok(()),
    }
}

fn prove(data: &Observational, config: &AipwConfig) -> Result<(), StatsError> {
    prove_level(config.level)?;
    require_finite("outcome", data.outcome)?;
    let rows = data.outcome.len();
    require_length("treated", rows, data.treated.len())?;
    prove_columns(rows, data.columns, data.names)?;
    if let Some(clusters) = data.clusters {
        require_length("clusters", rows, clusters.len())?;
    }
    prove_folds(config.folds, config.repeats, data.clusters)?;
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

/// Refuses columns of other lengths, without names, or with values that are not finite.
pub(crate) fn prove_columns(
    rows: usize,
    columns: &[Vec<f64>],
    names: &[String],
) -> Result<(), StatsError> {
    require_length("names", columns.len(), names.len())?;
    for (column, name) in columns.iter().zip(names) {
        require_length(name, rows, column.len())?;
        require_finite(name, column)?;
    }
    Ok(())
}
