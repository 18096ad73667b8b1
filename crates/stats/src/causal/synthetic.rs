//! What would one treated unit have done, if a mix of others shows it?

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use super::simplex::nearest_mix;
use crate::error::{require_finite, require_length};
use crate::regression::sample::prove_level;
use crate::{Caution, Interval, StatsError};

/// Gap before the start, in standard deviations of the treated unit's outcome before, above which a caution is given.
const POOR_FIT: f64 = 0.25;
/// Donors whose gap before is more than this many times the treated unit's are no fair placebos.
const FAIR_FIT: f64 = 20.0;
/// Ridge penalties tried by the augmented version, as shares of the largest eigenvalue, in equal steps of the logarithm.
const PENALTIES: usize = 20;

/// One treated unit and its donors, period by period.
#[derive(Debug, Clone, Copy)]
pub struct Donors<'a> {
    /// Outcome of the treated unit in every period, in order of time.
    pub treated: &'a [f64],
    /// Outcome of each donor (never treated) in the same periods.
    pub donors: &'a [Vec<f64>],
    /// Number of periods before the activity began; the rest come after.
    pub before: usize,
}

/// How it is estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SyntheticConfig {
    /// Whether levels are taken out first, so that only the course must be matched `[FermanPinto2021]`.
    pub courses_only: bool,
    /// Whether what the mix misses before the start is corrected by ridge regression `[BenMichael2021]`.
    pub augmented: bool,
    /// Level of the interval; donors must be at least 1 / (1 - level) - 1 for it to be bounded.
    pub level: f64,
}

impl SyntheticConfig {
    /// Levels count, no correction, 90 % interval.
    pub fn standard() -> Self {
        SyntheticConfig {
            courses_only: false,
            augmented: false,
            level: 0.90,
        }
    }
}

/// What the activity changed for the treated unit.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntheticResult {
    /// Weight of each donor; ≥ 0 with sum 1, unless augmented.
    pub weights: Vec<f64>,
    /// Outcome of the mix in every period.
    pub synthetic: Vec<f64>,
    /// Treated less mix in every period.
    pub gaps: Vec<f64>,
    /// Mean gap after the start.
    pub effect: f64,
    /// Constant effects that the placebos do not reject; infinite when the donors are too few for the level.
    pub interval: Interval,
    /// Root mean squared gap before and after the start.
    pub rmspe_before: f64,
    pub rmspe_after: f64,
    /// After over before, for the treated unit and for each donor taken as if treated (NaN where that fit fails).
    pub ratio: f64,
    pub placebo_ratios: Vec<f64>,
    /// Rank of the treated unit's ratio among all, 1 the largest, and the p-value that follows.
    pub rank: usize,
    pub p_value: f64,
    pub cautions: Vec<Caution>,
}

/// Synthetic control `[Abadie2010]`, with the augmented version of `[BenMichael2021]`.
///
/// Weights w ≥ 0, sum 1, minimize the squared gap before the start (exactly: the nearest point of the donors' hull); the effect is
/// the mean gap after. Every donor in turn is taken as treated; p = rank of the treated unit's ratio of root mean squared gaps
/// after / before, over the number of units. The interval holds the constant effects whose removal leaves p above 1 - level
/// `[FirpoPossebom2018]`. Augmented: what the mix misses before the start, times ridge coefficients from the donors.
/// Errs with fewer than two donors, fewer than two periods before or none after, and values that are not finite.
/// Cautions: poor fit before the start, too few donors for the level.
pub fn estimate(data: &Donors, config: &SyntheticConfig) -> Result<SyntheticResult, StatsError> {
    prove(data, config)?;
    let own = mix(data.treated, data.donors, data.before, config);
    let placebos: Vec<f64> = (0..data.donors.len())
        .into_par_iter()
        .map(|donor| {
            let others: Vec<Vec<f64>> = (data.donors.iter().enumerate())
                .filter(|(other, _)| *other != donor)
                .map(|(_, values)| values.clone())
                .collect();
            mix(&data.donors[donor], &others, data.before, config).ratio(data.before)
        })
        .collect();
    let (before, after) = own.gaps.split_at(data.before);
    let (rmspe_before, rmspe_after) = (rms(before), rms(after));
    let ratio = own.ratio(data.before);
    let rank = 1 + placebos.iter().filter(|p| **p >= ratio).count();
    let units = placebos.iter().filter(|p| !p.is_nan()).count() + 1;
    let interval = accepted(after, rmspe_before, &placebos, config.level);
    let spread = deviation(&data.treated[..data.before]);
    let mut cautions = Vec::new();
    if rmspe_before > POOR_FIT * spread {
        cautions.push(Caution::PoorFit {
            ratio: rmspe_before / spread,
        });
    }
    if interval.lower.is_infinite() {
        let what = "effect".to_owned();
        cautions.push(Caution::UnboundedInterval { what });
    }
    Ok(SyntheticResult {
        effect: after.iter().sum::<f64>() / after.len() as f64,
        interval,
        rmspe_before,
        rmspe_after,
        ratio,
        rank,
        p_value: rank as f64 / units as f64,
        placebo_ratios: placebos,
        weights: own.weights,
        synthetic: own.synthetic,
        gaps: own.gaps,
        cautions,
    })
}

impl SyntheticResult {
    /// Donors whose own fit before the start was fair enough for a placebo: gap at most 20 times the treated unit's.
    pub fn fair_placebos(&self) -> usize {
        (self.placebo_ratios.iter())
            .filter(|ratio| ratio.is_finite() && **ratio * FAIR_FIT >= 1.0)
            .count()
    }
}

struct Mix {
    weights: Vec<f64>,
    synthetic: Vec<f64>,
    gaps: Vec<f64>,
}

impl Mix {
    fn ratio(&self, before: usize) -> f64 {
        let (early, late) = self.gaps.split_at(before);
        rms(late) / rms(early).max(f64::MIN_POSITIVE)
    }
}

fn mix(treated: &[f64], donors: &[Vec<f64>], before: usize, config: &SyntheticConfig) -> Mix {
    let level = |values: &[f64]| match config.courses_only {
        true => values[..before].iter().sum::<f64>() / before as f64,
        false => 0.0,
    };
    let own = level(treated);
    let target: Vec<f64> = treated.iter().map(|y| y - own).collect();
    let others: Vec<Vec<f64>> = (donors.iter())
        .map(|donor| {
            let own = level(donor);
            donor.iter().map(|y| y - own).collect()
        })
        .collect();
    let early: Vec<DVector<f64>> = (others.iter())
        .map(|donor| DVector::from_fn(before, |t, _| donor[t] - target[t]))
        .collect();
    let mut weights = nearest_mix(&early);
    if config.augmented {
        correct(&mut weights, &target, &others, before);
    }
    let at = |t: usize| -> f64 { weights.iter().zip(&others).map(|(w, d)| w * d[t]).sum() };
    let synthetic: Vec<f64> = (0..treated.len()).map(|t| own + at(t)).collect();
    let gaps = treated.iter().zip(&synthetic).map(|(y, s)| y - s).collect();
    Mix {
        weights,
        synthetic,
        gaps,
    }
}

/// Adds to the weights `(x1 - X0'w)' (X0'X0 + penalty)^-1 X0'`, X0 the donors before the start less their mean.
fn correct(weights: &mut [f64], target: &[f64], others: &[Vec<f64>], before: usize) {
    let donors = others.len();
    let mean = DVector::from_fn(before, |t, _| {
        others.iter().map(|d| d[t]).sum::<f64>() / donors as f64
    });
    let x0 = DMatrix::from_fn(donors, before, |j, t| others[j][t] - mean[t]);
    let missed = DVector::from_fn(before, |t, _| {
        let mixed: f64 = weights.iter().zip(others).map(|(w, d)| w * d[t]).sum();
        target[t] - mixed
    });
    let gram = x0.transpose() * &x0;
    let eigen = gram.symmetric_eigen();
    let penalty = penalty(&x0, target, (&mean, weights), eigen.eigenvalues.max());
    let along = eigen.eigenvectors.transpose() * missed;
    let shrunk = DVector::from_fn(before, |t, _| {
        along[t] / (eigen.eigenvalues[t].max(0.0) + penalty)
    });
    let extra = &x0 * (&eigen.eigenvectors * shrunk);
    weights
        .iter_mut()
        .zip(extra.iter())
        .for_each(|(w, e)| *w += e);
}

/// The penalty that foretells best one period before the start from the others; of those within one standard error of the
/// best, the largest.
fn penalty(
    x0: &DMatrix<f64>,
    target: &[f64],
    (mean, weights): (&DVector<f64>, &[f64]),
    largest: f64,
) -> f64 {
    let before = x0.ncols();
    let w = DVector::from_column_slice(weights);
    let tried: Vec<f64> = (0..PENALTIES)
        .map(|i| largest.max(1e-12) * 10.0_f64.powf(-8.0 * i as f64 / (PENALTIES - 1) as f64))
        .collect();
    let mut errors = vec![Vec::new(); PENALTIES];
    for out in 0..before {
        let kept: Vec<usize> = (0..before).filter(|t| *t != out).collect();
        let part = x0.select_columns(&kept);
        let eigen = (part.transpose() * &part).symmetric_eigen();
        let gap = |t: usize| target[t] - mean[t] - x0.column(t).dot(&w);
        let missed = DVector::from_iterator(kept.len(), kept.iter().map(|t| gap(*t)));
        let along = eigen.eigenvectors.transpose() * missed;
        let onto = eigen.eigenvectors.transpose() * (part.transpose() * x0.column(out));
        for (error, penalty) in errors.iter_mut().zip(&tried) {
            let foretold: f64 = (0..kept.len())
                .map(|k| along[k] * onto[k] / (eigen.eigenvalues[k].max(0.0) + penalty))
                .sum();
            error.push((gap(out) - foretold).powi(2));
        }
    }
    let mean_of = |e: &Vec<f64>| e.iter().sum::<f64>() / before as f64;
    let best = (0..PENALTIES).min_by(|a, b| mean_of(&errors[*a]).total_cmp(&mean_of(&errors[*b])));
    let best = best.unwrap_or(0);
    let limit = mean_of(&errors[best]) + deviation(&errors[best]) / (before as f64).sqrt();
    let chosen = (0..PENALTIES).find(|i| mean_of(&errors[*i]) <= limit);
    tried[chosen.unwrap_or(best)]
}

/// Constant effects d for which the treated unit's ratio, with d taken from the gaps after, is not among the largest.
fn accepted(after: &[f64], before: f64, placebos: &[f64], level: f64) -> Interval {
    let mut ratios: Vec<f64> = placebos.iter().copied().filter(|p| !p.is_nan()).collect();
    ratios.sort_by(|a, b| b.total_cmp(a));
    let units = (ratios.len() + 1) as f64;
    // p = (1 + placebos at least as large) / units stays above 1 - level while this many are at least as large.
    let needed = ((1.0 - level) * units + 1e-9).floor() as usize;
    let all = Interval {
        lower: f64::NEG_INFINITY,
        upper: f64::INFINITY,
        level,
    };
    if needed == 0 {
        return all;
    }
    let limit = ratios[needed - 1] * before;
    let mean = after.iter().sum::<f64>() / after.len() as f64;
    let spread = after.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / after.len() as f64;
    // Gaps that vary more than any constant effect allows leave the mean alone.
    let half = (limit * limit - spread).max(0.0).sqrt();
    Interval {
        lower: mean - half,
        upper: mean + half,
        level,
    }
}

fn rms(values: &[f64]) -> f64 {
    (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt()
}

fn deviation(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (squares / (values.len() as f64 - 1.0)).sqrt()
}

fn prove(data: &Donors, config: &SyntheticConfig) -> Result<(), StatsError> {
    prove_level(config.level)?;
    require_finite("treated", data.treated)?;
    if data.donors.len() < 2 {
        return Err(StatsError::TooFewGroups {
            needed: 3,
            got: data.donors.len() + 1,
        });
    }
    for (number, donor) in data.donors.iter().enumerate() {
        require_length(&format!("donor {number}"), data.treated.len(), donor.len())?;
        require_finite(&format!("donor {number}"), donor)?;
    }
    if data.before < 2 || data.before >= data.treated.len() {
        return Err(StatsError::TooFewObservations {
            needed: 3,
            got: data.before.min(data.treated.len()),
        });
    }
    if deviation(&data.treated[..data.before]) <= 0.0 {
        let what = "treated".to_owned();
        return Err(StatsError::NoVariation { what });
    }
    Ok(())
}
