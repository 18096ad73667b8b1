//! How are the importance, the effect and the doubt of every driver computed together?

use nalgebra::DMatrix;

use super::bootstrap::{Resampler, rank_interval, resampled, share_interval, spread};
use super::dominance::{self, Dominance};
use super::missing::{Answers, observed_mean_and_sd};
use super::{
    Driver, DriverConfig, DriverData, DriverResult, ResampledDominance, johnson, lmg,
    penalty_reward,
};
use crate::error::require_length;
use crate::multiplicity::benjamini_hochberg;
use crate::regression::coefficients::{student_estimate, two_sided_p};
use crate::regression::sample::{prove_level, prove_weights};
use crate::{Caution, Interval, StatsError};

/// Attributes answered by fewer are left out.
const FEWEST_ANSWERS: usize = 10;
/// Respondents per driver below which a caution is given; convention.
const ANSWERS_PER_DRIVER: usize = 10;
/// With more drivers dominance is left out: it is computed in every resample.
const DOMINANCE_MAX_DRIVERS: usize = 12;
/// An attribute of which the others leave less variance than this share is left out.
const COLLINEAR: f64 = 1e-6;

/// Estimates the share of explained variance, the effect per scale point and the asymmetry of every attribute.
///
/// Covariances are maximum-likelihood under missing at random ([`missing`](super::missing)), so that a respondent
/// who was asked half the attributes counts with that half. From them: LMG and Johnson shares, and regression
/// coefficients. Respondents are resampled (with their weights, one seed per resample) for all intervals; shares and
/// R² are corrected for the upward bias that resampling shows; effects have t intervals from the bootstrap's
/// standard error, so that interval and p-value agree. Importance is not effect, and neither is a cause.
/// Errs with fewer respondents than drivers + 3, an outcome that does not vary, or no usable attribute. Cautions name
/// attributes left out (hardly answered, constant, a combination of others, never answered together with another).
pub fn analyze(data: &DriverData, config: &DriverConfig) -> Result<DriverResult, StatsError> {
    prove(data, config)?;
    let mut cautions = Vec::new();
    let survey = Survey::select(data, &mut cautions)?;
    let n = survey.weights.len();
    let n_effective = effective(&survey.weights);
    let maximum = Answers::new(&survey.columns, &survey.weights)?.maximize()?;
    let figures = Figures::from(&maximum.moments.covariance, config)?;
    let resampler = Resampler::new(&maximum);
    let plan = (config.seed, config.bootstrap);
    let draws: Vec<(Figures, bool)> =
        resampled(&resampler, &survey.weights, plan, |covariance, repaired| {
            Ok((Figures::from(&covariance, config)?, repaired))
        })
        .into_iter()
        .collect::<Result<_, StatsError>>()?;
    let repaired = draws.iter().filter(|(_, r)| *r).count();
    if repaired * 50 > draws.len() {
        let share = repaired as f64 / draws.len() as f64;
        cautions.push(Caution::ResamplesRepaired { share });
    }
    let draws: Vec<Figures> = draws.into_iter().map(|(figures, _)| figures).collect();
    let contrasts = penalty_reward::contrasts(&survey, config)?;
    let mut drivers = survey.drivers(&figures, &draws, n_effective, config);
    for (driver, contrast) in drivers.iter_mut().zip(contrasts) {
        driver.contrast = contrast;
    }
    call_significant(&mut drivers, config.fdr);
    cautions.extend(size_cautions(&survey, n_effective));
    let r2_draws: Vec<f64> = draws.iter().map(|d| d.r2).collect();
    Ok(DriverResult {
        r2: figures.r2,
        r2_interval: share_interval(figures.r2, &r2_draws, config.level),
        n,
        n_effective,
        dominance: resampled_dominance(figures.dominance, &draws),
        drivers,
        cautions,
    })
}

/// The respondents and attributes that can be used; the outcome is the last column.
pub(crate) struct Survey {
    pub columns: Vec<Vec<f64>>,
    pub names: Vec<String>,
    pub weights: Vec<f64>,
}

/// Everything computed from one covariance matrix.
struct Figures {
    r2: f64,
    lmg: Vec<f64>,
    johnson: Vec<f64>,
    dominance: Option<Dominance>,
    effects: Vec<f64>,
}

impl Figures {
    fn from(covariance: &DMatrix<f64>, config: &DriverConfig) -> Result<Self, StatsError> {
        let p = covariance.nrows() - 1;
        let johnson = johnson::weights(covariance)?;
        let lmg = match p <= config.lmg_max_drivers {
            true => lmg::shares(covariance)?,
            false => vec![f64::NAN; p],
        };
        Ok(Figures {
            r2: johnson.iter().sum(),
            lmg,
            johnson,
            dominance: match p <= DOMINANCE_MAX_DRIVERS {
                true => Some(dominance::analyze(covariance)?),
                false => None,
            },
            effects: regression_effects(covariance)?,
        })
    }

    /// Shares by which drivers are ranked: LMG where it was computed.
    fn ranked(&self) -> &[f64] {
        match self.lmg.first().is_some_and(|share| share.is_nan()) {
            true => &self.johnson,
            false => &self.lmg,
        }
    }

    fn ranks(&self) -> Vec<f64> {
        let shares = self.ranked();
        let above = |j: usize| shares.iter().filter(|s| **s > shares[j]).count();
        (0..shares.len()).map(|j| above(j) as f64 + 1.0).collect()
    }
}

/// Slopes of the last column on the others.
pub(crate) fn regression_effects(covariance: &DMatrix<f64>) -> Result<Vec<f64>, StatsError> {
    let p = covariance.nrows() - 1;
    let factor = covariance.view((0, 0), (p, p)).into_owned().cholesky();
    let factor = factor.ok_or(StatsError::NotIdentified {
        parameter: "effects of attributes that determine each other".to_owned(),
    })?;
    let slopes = factor.solve(&covariance.view((0, p), (p, 1)));
    Ok(slopes.column(0).iter().copied().collect())
}

impl Survey {
    fn select(data: &DriverData, cautions: &mut Vec<Caution>) -> Result<Self, StatsError> {
        let weight = |row: usize| data.weights.get(row).copied().unwrap_or(1.0);
        let rows: Vec<usize> = (0..data.outcome.len())
            .filter(|&row| weight(row) > 0.0 && !data.outcome[row].is_nan())
            .filter(|&row| data.attributes.iter().any(|a| !a[row].is_nan()))
            .collect();
        let total: f64 = rows.iter().map(|&row| weight(row)).sum();
        let scale = rows.len() as f64 / total;
        let take = |column: &[f64]| rows.iter().map(|&row| column[row]).collect::<Vec<f64>>();
        let mut survey = Survey {
            columns: Vec::new(),
            names: Vec::new(),
            weights: rows.iter().map(|&row| weight(row) * scale).collect(),
        };
        for (attribute, name) in data.attributes.iter().zip(data.names) {
            let column = take(attribute);
            if survey.can_tell(&column) {
                survey.columns.push(column);
                survey.names.push(name.clone());
            } else {
                cautions.push(Caution::ColumnDropped {
                    column: name.clone(),
                });
            }
        }
        survey.columns.push(take(data.outcome));
        survey.drop_collinear(cautions)?;
        survey.prove_size()?;
        Ok(survey)
    }

    /// Enough answers, some variation, and answered together with every attribute before it.
    fn can_tell(&self, column: &[f64]) -> bool {
        let answers = column.iter().filter(|x| !x.is_nan()).count();
        let (mean, sd) = observed_mean_and_sd(column, &self.weights);
        let together = |other: &Vec<f64>| {
            let both = other.iter().zip(column);
            both.filter(|(a, b)| !a.is_nan() && !b.is_nan())
                .take(FEWEST_ANSWERS)
                .count()
                == FEWEST_ANSWERS
        };
        answers >= FEWEST_ANSWERS
            && sd > 1e-9 * (1.0 + mean.abs())
            && self.columns.iter().all(together)
    }

    /// Leaves out attributes that those before them determine, judged on pairwise-available correlations.
    fn drop_collinear(&mut self, cautions: &mut Vec<Caution>) -> Result<(), StatsError> {
        let mut kept: Vec<usize> = Vec::new();
        for j in 0..self.names.len() {
            let mut tried = kept.clone();
            tried.push(j);
            if self.left_unexplained(&tried) > COLLINEAR {
                kept.push(j);
            } else {
                let column = self.names[j].clone();
                cautions.push(Caution::ColumnDropped { column });
            }
        }
        if kept.is_empty() {
            let what = "attributes".to_owned();
            return Err(StatsError::NoVariation { what });
        }
        let outcome = self.columns.pop().unwrap_or_default();
        self.columns = kept.iter().map(|&j| self.columns[j].clone()).collect();
        self.columns.push(outcome);
        self.names = kept.iter().map(|&j| self.names[j].clone()).collect();
        Ok(())
    }

    /// Share of the last listed attribute's variance that the others leave, among respondents who answered all.
    /// With too few of those, the closest single attribute is asked instead.
    fn left_unexplained(&self, attributes: &[usize]) -> f64 {
        let Some((&last, before)) = attributes.split_last() else {
            return 1.0;
        };
        let complete: Vec<usize> = (0..self.weights.len())
            .filter(|&row| attributes.iter().all(|&j| !self.columns[j][row].is_nan()))
            .collect();
        if complete.len() > 2 * attributes.len() + FEWEST_ANSWERS {
            return self.tolerance_among(&complete, attributes);
        }
        (before.iter())
            .map(|&other| {
                let pair = [other, last];
                let rows: Vec<usize> = (0..self.weights.len())
                    .filter(|&row| pair.iter().all(|&j| !self.columns[j][row].is_nan()))
                    .collect();
                self.tolerance_among(&rows, &pair)
            })
            .fold(1.0, f64::min)
    }

    fn tolerance_among(&self, rows: &[usize], attributes: &[usize]) -> f64 {
        let columns: Vec<Vec<f64>> = (attributes.iter())
            .map(|&j| rows.iter().map(|&row| self.columns[j][row]).collect())
            .collect();
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let Ok(correlation) =
            lmg::correlation(&crate::regression::cross_products::reduce(&slices, None).products)
        else {
            // The last attribute is constant among them: nothing here says that others determine it.
            return 1.0;
        };
        match johnson::weights(&correlation) {
            Ok(weights) => 1.0 - weights.iter().sum::<f64>(),
            Err(_) => 1.0,
        }
    }

    fn prove_size(&self) -> Result<(), StatsError> {
        let (needed, got) = (self.names.len() + 3, self.weights.len());
        if got < needed {
            return Err(StatsError::TooFewObservations { needed, got });
        }
        let outcome = &self.columns[self.names.len()];
        let (mean, sd) = observed_mean_and_sd(outcome, &self.weights);
        match sd > 1e-9 * (1.0 + mean.abs()) {
            true => Ok(()),
            false => Err(StatsError::NoVariation {
                what: "outcome".to_owned(),
            }),
        }
    }

    fn drivers(
        &self,
        figures: &Figures,
        draws: &[Figures],
        n_effective: f64,
        config: &DriverConfig,
    ) -> Vec<Driver> {
        let ranks: Vec<Vec<f64>> = draws.iter().map(Figures::ranks).collect();
        (0..self.names.len())
            .map(|j| {
                let of = |pick: fn(&Figures) -> &Vec<f64>| -> Vec<f64> {
                    draws.iter().map(|d| pick(d)[j]).collect()
                };
                let interval_of = |estimate: f64, draws: Vec<f64>| match estimate.is_nan() {
                    true => Interval {
                        lower: f64::NAN,
                        upper: f64::NAN,
                        level: config.level,
                    },
                    false => share_interval(estimate, &draws, config.level),
                };
                let (n, answered) = self.answers(j);
                let freedom = degrees_of_freedom(n_effective, answered, self.names.len());
                let standard_error = spread(&of(|d| &d.effects));
                let effect = figures.effects[j];
                let rank: Vec<f64> = ranks.iter().map(|r| r[j]).collect();
                Driver {
                    name: self.names[j].clone(),
                    n,
                    mean: observed_mean_and_sd(&self.columns[j], &self.weights).0,
                    lmg: figures.lmg[j],
                    lmg_interval: interval_of(figures.lmg[j], of(|d| &d.lmg)),
                    johnson: figures.johnson[j],
                    johnson_interval: interval_of(figures.johnson[j], of(|d| &d.johnson)),
                    rank_interval: rank_interval(&rank, config.level),
                    effect,
                    effect_interval: student_estimate(
                        effect,
                        standard_error,
                        freedom,
                        config.level,
                    )
                    .interval,
                    p_value: two_sided_p(effect / standard_error, freedom),
                    q_value: f64::NAN,
                    significant: false,
                    contrast: None,
                }
            })
            .collect()
    }

    /// Respondents who answered an attribute, as a count and in effect.
    fn answers(&self, j: usize) -> (usize, f64) {
        let weights: Vec<f64> = (self.columns[j].iter().zip(&self.weights))
            .filter(|(x, _)| !x.is_nan())
            .map(|(_, w)| *w)
            .collect();
        (weights.len(), effective(&weights))
    }
}

/// Effective answers to the attribute less the coefficients, at least 1.
pub(crate) fn degrees_of_freedom(n_effective: f64, answered: f64, coefficients: usize) -> f64 {
    (n_effective.min(answered) - coefficients as f64 - 1.0).max(1.0)
}

/// (sum w)² / sum w².
pub(crate) fn effective(weights: &[f64]) -> f64 {
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    sum * sum / squares
}

/// The dominance of the sample beside how often the resamples show it `[AzenBudescu2003]`.
fn resampled_dominance(
    dominance: Option<Dominance>,
    draws: &[Figures],
) -> Option<ResampledDominance> {
    let dominance = dominance?;
    let drawn: Vec<&Dominance> = draws.iter().filter_map(|d| d.dominance.as_ref()).collect();
    let p = dominance.general.len();
    let share = |shown: &dyn Fn(&Dominance, usize, usize) -> bool| -> Vec<Vec<f64>> {
        let of = |i: usize, j: usize| drawn.iter().filter(|d| i != j && shown(d, i, j)).count();
        let row = |i: usize| {
            (0..p)
                .map(|j| of(i, j) as f64 / drawn.len() as f64)
                .collect()
        };
        (0..p).map(row).collect()
    };
    Some(ResampledDominance {
        completely: share(&|d, i, j| d.complete[i][j] == 1.0),
        conditionally: share(&|d, i, j| d.conditionally(i, j)),
        generally: share(&|d, i, j| d.general[i] > d.general[j]),
        dominance,
    })
}

fn call_significant(drivers: &mut [Driver], fdr: f64) {
    let p_values: Vec<f64> = drivers.iter().map(|d| d.p_value).collect();
    for (driver, q) in drivers.iter_mut().zip(benjamini_hochberg(&p_values)) {
        driver.q_value = q;
        driver.significant = q <= fdr;
    }
}

fn size_cautions(survey: &Survey, n_effective: f64) -> Vec<Caution> {
    let mut cautions = Vec::new();
    let (got, needed) = (
        survey.weights.len(),
        ANSWERS_PER_DRIVER * survey.names.len(),
    );
    if got < needed {
        cautions.push(Caution::FewObservations { needed, got });
    }
    if n_effective < 0.5 * got as f64 {
        cautions.push(Caution::LowEffectiveSize {
            effective: n_effective,
            got,
        });
    }
    cautions
}

fn prove(data: &DriverData, config: &DriverConfig) -> Result<(), StatsError> {
    let rows = data.outcome.len();
    require_length("names", data.attributes.len(), data.names.len())?;
    let columns = data.attributes.iter().map(Vec::as_slice).zip(data.names);
    for (column, name) in columns {
        require_length(name, rows, column.len())?;
        prove_not_infinite(name, column)?;
    }
    prove_not_infinite("outcome", data.outcome)?;
    if !data.weights.is_empty() {
        prove_weights(data.weights, rows)?;
    }
    if data.attributes.is_empty() {
        return Err(StatsError::TooFewGroups { needed: 1, got: 0 });
    }
    if config.bootstrap < 20 {
        return Err(StatsError::invalid(format!(
            "bootstrap {} (at least 20)",
            config.bootstrap
        )));
    }
    if !(config.fdr > 0.0 && config.fdr < 1.0) {
        return Err(StatsError::invalid(format!(
            "fdr {} (must lie between 0 and 1)",
            config.fdr
        )));
    }
    prove_level(config.level)
}

fn prove_not_infinite(name: &str, column: &[f64]) -> Result<(), StatsError> {
    match column.iter().position(|x| x.is_infinite()) {
        Some(row) => Err(StatsError::invalid_row(format!("{name} (infinite)"), row)),
        None => Ok(()),
    }
}
