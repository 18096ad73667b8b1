//! How long after an activity does its effect come, and how much in all?

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};

use super::aipw::prove_columns;
use super::influence::dense;
use crate::error::{require_finite, require_length};
use crate::regression::coefficients::student_estimate;
use crate::regression::linear::invert_scaled;
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, StatsError};

/// Units below which clustered errors are known to be too small.
const FEW_UNITS: usize = 30;

/// Activity and outcome by period, of one unit or of many; all slices n long.
#[derive(Debug, Clone, Copy)]
pub struct Timed<'a> {
    pub outcome: &'a [f64],
    pub dose: &'a [f64],
    /// Unit and period of each row; a unit's periods follow on each other without holes.
    pub unit: &'a [usize],
    pub period: &'a [i64],
    /// What else moves the outcome in the same period.
    pub columns: &'a [Vec<f64>],
    pub names: &'a [String],
}

/// Which shape the effects over time may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LagShape {
    /// Every lag its own.
    Free,
    /// A polynomial in the lag of this degree `[Almon1965]`.
    Polynomial(usize),
}

/// How it is estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LagConfig {
    /// Longest lag in periods.
    pub longest: usize,
    pub shape: LagShape,
    /// Whether each unit has a level of its own.
    pub unit_levels: bool,
    pub level: f64,
}

/// Effects by lag.
#[derive(Debug, Clone, PartialEq)]
pub struct LagResult {
    /// Effect of one unit of dose after 0, 1, ... periods.
    pub effects: Vec<Estimate>,
    /// Their running sums; the last is the long-run effect of one unit.
    pub cumulative: Vec<Estimate>,
    /// Mean time of the effect in periods, by the sizes of the effects; NaN when they have different signs.
    pub mean_lag: f64,
    pub rows: usize,
    pub cautions: Vec<Caution>,
}

/// Distributed lag regression `y_t = a + sum_l b_l x_{t-l} + c'w_t + e`.
///
/// The polynomial form puts `b_l = sum_k g_k (l / longest)^k`. Errors: with many units clustered by unit; with one unit
/// Newey-West with `floor(4 (n/100)^(2/9))`, at least the longest lag, and Bartlett weights `[NeweyWest1987]`. Rows without all their lags are used
/// as lags only. Errs on holes in a unit's periods, too few rows, and lags that cannot be told apart. The effects are those of the dose only
/// if nothing else that follows its course was left out.
pub fn estimate(data: &Timed, config: &LagConfig) -> Result<LagResult, StatsError> {
    prove(data, config)?;
    let table = Table::of(data, config)?;
    let k = table.x.ncols();
    let rows = table.y.len();
    if rows < k + 2 {
        return Err(StatsError::TooFewObservations {
            needed: k + 2 + config.longest,
            got: rows,
        });
    }
    let gram = table.x.transpose() * &table.x;
    let inverse = invert_scaled(&gram).map_err(|j| StatsError::Collinear {
        column: table.names[j].clone(),
    })?;
    let coefficients = &inverse * (table.x.transpose() * &table.y);
    let left = &table.y - &table.x * &coefficients;
    let (meat, freedom, factor) = table.meat(&left, config);
    let covariance = &inverse * meat * &inverse * factor;
    let told = |weights: &DVector<f64>| {
        let variance = weights.dot(&(&covariance * weights));
        let value = weights.dot(&coefficients);
        student_estimate(value, variance.max(0.0).sqrt(), freedom, config.level)
    };
    let lags: Vec<DVector<f64>> = (0..=config.longest).map(|l| table.lag(l, config)).collect();
    let mut sum = DVector::zeros(k);
    let cumulative = (lags.iter())
        .map(|lag| {
            sum += lag;
            told(&sum)
        })
        .collect();
    let effects: Vec<Estimate> = lags.iter().map(told).collect();
    let units = table.units();
    let mut cautions = Vec::new();
    if units > 1 && units < FEW_UNITS {
        cautions.push(Caution::FewClusters {
            needed: FEW_UNITS,
            got: units,
        });
    }
    Ok(LagResult {
        mean_lag: mean_lag(&effects),
        effects,
        cumulative,
        rows,
        cautions,
    })
}

/// Rows with all their lags; the first columns are the lag terms.
struct Table {
    x: DMatrix<f64>,
    y: DVector<f64>,
    names: Vec<String>,
    unit: Vec<usize>,
}

impl Table {
    fn of(data: &Timed, config: &LagConfig) -> Result<Self, StatsError> {
        let terms = terms(config);
        let mut lines: Vec<(usize, Vec<f64>, f64)> = Vec::new();
        for (unit, rows) in ordered(data)? {
            for place in config.longest..rows.len() {
                let lags: Vec<f64> = (0..=config.longest)
                    .map(|l| data.dose[rows[place - l]])
                    .collect();
                let mut line: Vec<f64> = (0..terms)
                    .map(|k| {
                        (0..=config.longest)
                            .map(|l| lags[l] * weight(l, k, config))
                            .sum()
                    })
                    .collect();
                line.extend(data.columns.iter().map(|c| c[rows[place]]));
                lines.push((unit, line, data.outcome[rows[place]]));
            }
        }
        let width = terms + data.columns.len();
        let mut x = DMatrix::from_fn(lines.len(), width, |i, j| lines[i].1[j]);
        let mut y = DVector::from_fn(lines.len(), |i, _| lines[i].2);
        let unit: Vec<usize> = lines.iter().map(|l| l.0).collect();
        let group: Vec<usize> = match config.unit_levels {
            true => unit.clone(),
            false => vec![0; unit.len()],
        };
        // Taking out levels leaves the slopes as with one indicator per unit (or one constant).
        for mut column in x.column_iter_mut() {
            center(column.as_mut_slice(), &group);
        }
        center(y.as_mut_slice(), &group);
        let mut names: Vec<String> = (0..terms).map(|k| format!("lag term {k}")).collect();
        names.extend(data.names.iter().cloned());
        Ok(Table { x, y, names, unit })
    }

    fn units(&self) -> usize {
        dense(&self.unit).1
    }

    /// The effect after `lag` periods as weights of the coefficients.
    fn lag(&self, lag: usize, config: &LagConfig) -> DVector<f64> {
        let terms = terms(config);
        DVector::from_fn(self.x.ncols(), |k, _| match k < terms {
            true => weight(lag, k, config),
            false => 0.0,
        })
    }

    /// Middle of the sandwich, degrees of freedom and small-sample factor.
    fn meat(&self, left: &DVector<f64>, config: &LagConfig) -> (DMatrix<f64>, f64, f64) {
        let (rows, k) = self.x.shape();
        let levels = if config.unit_levels { self.units() } else { 1 };
        let freedom = (rows as f64 - k as f64 - levels as f64).max(1.0);
        let score = |row: usize| self.x.row(row).transpose() * left[row];
        let mut meat = DMatrix::zeros(k, k);
        let units = self.units();
        if units > 1 {
            let (places, count) = dense(&self.unit);
            let mut sums = vec![DVector::zeros(k); count];
            (0..rows).for_each(|row| sums[places[row]] += score(row));
            sums.iter().for_each(|s| meat.ger(1.0, s, s, 1.0));
            let groups = count as f64;
            let used = rows as f64 - k as f64 - 1.0;
            return (
                meat,
                groups - 1.0,
                groups / (groups - 1.0) * (rows as f64 - 1.0) / used.max(1.0),
            );
        }
        let scores: Vec<DVector<f64>> = (0..rows).map(score).collect();
        let reach = (4.0 * (rows as f64 / 100.0).powf(2.0 / 9.0)).floor() as usize;
        let reach = reach.max(config.longest).min(rows - 1);
        for lag in 0..=reach {
            let weight = 1.0 - lag as f64 / (reach as f64 + 1.0);
            for row in lag..rows {
                meat.ger(weight, &scores[row], &scores[row - lag], 1.0);
                if lag > 0 {
                    meat.ger(weight, &scores[row - lag], &scores[row], 1.0);
                }
            }
        }
        (meat, freedom, rows as f64 / freedom)
    }
}

fn terms(config: &LagConfig) -> usize {
    match config.shape {
        LagShape::Free => config.longest + 1,
        LagShape::Polynomial(degree) => degree + 1,
    }
}

fn weight(lag: usize, term: usize, config: &LagConfig) -> f64 {
    match config.shape {
        LagShape::Free => f64::from(u8::from(lag == term)),
        LagShape::Polynomial(_) => (lag as f64 / config.longest.max(1) as f64).powi(term as i32),
    }
}

fn mean_lag(effects: &[Estimate]) -> f64 {
    let values: Vec<f64> = effects.iter().map(|e| e.value).collect();
    let one_sign = values.iter().all(|v| *v >= 0.0) || values.iter().all(|v| *v <= 0.0);
    let sum: f64 = values.iter().sum();
    match one_sign && sum != 0.0 {
        true => {
            values
                .iter()
                .enumerate()
                .map(|(l, v)| l as f64 * v)
                .sum::<f64>()
                / sum
        }
        false => f64::NAN,
    }
}

/// Takes the mean of each group out of its values.
fn center(values: &mut [f64], group: &[usize]) {
    let (places, count) = dense(group);
    let mut sums = vec![(0.0, 0.0); count];
    for (place, value) in places.iter().zip(values.iter()) {
        sums[*place].0 += value;
        sums[*place].1 += 1.0;
    }
    for (place, value) in places.iter().zip(values.iter_mut()) {
        *value -= sums[*place].0 / sums[*place].1;
    }
}

/// The rows of each unit in order of time. Errs on a hole or a period seen twice.
fn ordered(data: &Timed) -> Result<Vec<(usize, Vec<usize>)>, StatsError> {
    let mut units: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (row, unit) in data.unit.iter().enumerate() {
        units.entry(*unit).or_default().push(row);
    }
    for rows in units.values_mut() {
        rows.sort_by_key(|row| data.period[*row]);
        for pair in rows.windows(2) {
            if data.period[pair[1]].checked_sub(data.period[pair[0]]) != Some(1) {
                return Err(StatsError::invalid_row(
                    "period (must follow on the one before)",
                    pair[1],
                ));
            }
        }
    }
    Ok(units.into_iter().collect())
}

fn prove(data: &Timed, config: &LagConfig) -> Result<(), StatsError> {
    prove_level(config.level)?;
    let rows = data.outcome.len();
    require_finite("outcome", data.outcome)?;
    require_finite("dose", data.dose)?;
    require_length("dose", rows, data.dose.len())?;
    require_length("unit", rows, data.unit.len())?;
    require_length("period", rows, data.period.len())?;
    prove_columns(rows, data.columns, data.names)?;
    if let LagShape::Polynomial(degree) = config.shape
        && degree > config.longest
    {
        return Err(StatsError::invalid(format!(
            "degree {degree} (above the longest lag {})",
            config.longest
        )));
    }
    let needed = config.longest.saturating_add(4);
    match rows < needed {
        true => Err(StatsError::TooFewObservations { needed, got: rows }),
        false => Ok(()),
    }
}
