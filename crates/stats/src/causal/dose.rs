//! How does the outcome depend on how much was given, and how much is best?

use nalgebra::{DMatrix, DVector};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use super::dose_density::DoseDensity;
use super::folds::{Deal, pick, pick_all, prove_folds};
use super::influence;
use super::learner::{Learned, Learner, Target, row_of};
use super::spline::NaturalSpline;
use crate::error::{require_finite, require_length};
use crate::estimate::quantile_of_sorted;
use crate::regression::coefficients::{student_estimate, student_quantile};
use crate::regression::linear::invert_scaled;
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, Interval, StatsError};

/// Doses at which the curve is told and averages over customers are taken.
const GRID: usize = 41;
/// Doses tried for the optimum.
const FINE: usize = 401;
/// Draws for simultaneous bands and for the optimum.
const DRAWS: usize = 2000;
/// The rarest doses at each end, as a share, beyond which nothing is told.
const RARE: f64 = 0.02;
/// A dose is told when this many rows lie within a tenth of the told range.
const ENOUGH_NEAR: usize = 10;
/// Largest weight of a row, as a multiple of the weight of a typical one.
const LARGEST_WEIGHT: f64 = 20.0;

/// Doses, outcomes and what steers both; all slices n long.
#[derive(Debug, Clone, Copy)]
pub struct Dosed<'a> {
    pub outcome: &'a [f64],
    /// How much was given (minutes, visits, percent), of any size.
    pub dose: &'a [f64],
    pub columns: &'a [Vec<f64>],
    pub names: &'a [String],
    pub clusters: Option<&'a [usize]>,
}

/// How it is estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DoseConfig {
    /// Places where the curve may bend, from 2 (a straight line) to 8.
    pub knots: usize,
    pub learner: Learner,
    pub folds: usize,
    pub seed: u64,
    pub level: f64,
}

impl DoseConfig {
    /// 4 knots, curves and products, 5 folds, 90 % intervals.
    pub fn standard() -> Self {
        DoseConfig {
            knots: 4,
            learner: Learner::Flexible,
            folds: 5,
            seed: 1,
            level: 0.90,
        }
    }
}

/// A dose-response curve: what everybody's mean outcome would be at each dose.
#[derive(Debug, Clone, PartialEq)]
pub struct DoseCurve {
    /// Evenly spaced doses within the support.
    pub points: Vec<DosePoint>,
    /// From and to: doses beyond were hardly observed and are not told.
    pub support: (f64, f64),
    /// Holes within the support where next to nothing was observed.
    pub holes: Vec<(f64, f64)>,
    /// Mean slope between the ends of the support, per unit of dose.
    pub slope: Estimate,
    /// p-value that the curve is flat.
    pub flat_p: f64,
    /// Share of the dose's variance that the columns foretell.
    pub dose_explained: f64,
    /// Rows whose weight was cut, as a share.
    pub share_trimmed: f64,
    pub cautions: Vec<Caution>,
    shape: Shape,
    beta: DVector<f64>,
    covariance: DMatrix<f64>,
    freedom: f64,
    level: f64,
}

/// The curve at one dose.
#[derive(Debug, Clone, PartialEq)]
pub struct DosePoint {
    pub dose: f64,
    pub mean: Estimate,
    /// Holds for all points at once.
    pub simultaneous: Interval,
    /// Rows within a twentieth of the told range on each side.
    pub rows_near: usize,
}

/// The dose at which worth less cost is largest.
#[derive(Debug, Clone, PartialEq)]
pub struct BestDose {
    pub dose: f64,
    /// Middle range of the best dose over draws of the curve.
    pub interval: Interval,
    /// Worth less cost at the best dose, less the same at the median dose.
    pub gain: Estimate,
    /// Share of draws whose best dose lies at an end of the support: the best may be beyond what was tried.
    pub share_at_ends: f64,
    pub cautions: Vec<Caution>,
}

/// Dose-response by doubly robust pseudo-outcomes on a spline `[Kennedy2017]` `[SemenovaChernozhukov2021]`.
///
/// `xi = (Y - mu(X, A)) f(A) / pi(A|X) + mean over X of mu(X, A)`, mu and the conditional density pi learned on the other
/// folds, f the mean of pi; then `theta(a) = p(a)'b`, least squares of xi on a line, its square and cubic bends. pi has a mean and a spread that move with the
/// columns and a kernel shape. Right (up to the spline) when mu or pi is, if everything that steers dose and outcome was
/// recorded. Covariance from `p (xi - p'b) + integral p(a) (mu(X, a) - mean mu(., a)) dF(a)`, by cluster when given.
/// Doses outside the middle 96 % and holes are not told, and do not bend the curve. Errs on fewer than 10 rows per fold, fewer different doses than knots,
/// and values that are not finite. Cautions: weights cut for more than 5 % of the rows, holes.
pub fn estimate(data: &Dosed, config: &DoseConfig) -> Result<DoseCurve, StatsError> {
    let shape = prove(data, config)?;
    let rows = data.outcome.len();
    let mut sorted = data.dose.to_vec();
    sorted.sort_by(f64::total_cmp);
    let support = (
        quantile_of_sorted(&sorted, RARE),
        quantile_of_sorted(&sorted, 1.0 - RARE),
    );
    // Doses that are not told do not bend the curve either.
    let counted: Vec<bool> = data
        .dose
        .iter()
        .map(|a| *a >= support.0 && *a <= support.1)
        .collect();
    let seen = pseudo_outcomes(data, config, (&shape, &counted))?;
    let p: Vec<DVector<f64>> = data.dose.iter().map(|a| shape.terms(*a)).collect();
    let k = p[0].len();
    let mut gram = DMatrix::zeros(k, k);
    let mut cross = DVector::zeros(k);
    for row in (0..rows).filter(|&row| counted[row]) {
        gram.ger(1.0, &p[row], &p[row], 1.0);
        cross.axpy(seen.xi[row], &p[row], 1.0);
    }
    let inverse = invert_scaled(&gram).map_err(|_| StatsError::NotIdentified {
        parameter: "curve".to_owned(),
    })?;
    let beta = &inverse * cross;
    let mut columns = vec![vec![0.0; rows]; k];
    for row in 0..rows {
        let left = f64::from(counted[row]) * (seen.xi[row] - p[row].dot(&beta));
        let own = &inverse * (&p[row] * left + &seen.spread[row]) * rows as f64;
        (0..k).for_each(|j| columns[j][row] = own[j]);
    }
    let covariance = influence::covariance(&columns, data.clusters);
    let units = influence::by_cluster(&columns[0], data.clusters).len() as f64;
    let mut curve = DoseCurve {
        points: Vec::new(),
        holes: holes(&sorted, support),
        support,
        slope: Estimate::normal(f64::NAN, f64::NAN, config.level),
        flat_p: f64::NAN,
        dose_explained: seen.dose_explained,
        share_trimmed: seen.cut as f64 / rows as f64,
        cautions: Vec::new(),
        shape,
        beta,
        covariance,
        freedom: (units - 1.0).max(1.0),
        level: config.level,
    };
    curve.fill(&sorted, config.seed);
    Ok(curve)
}

impl DoseCurve {
    /// Mean outcome at a dose; `None` outside the support and in holes.
    pub fn at(&self, dose: f64) -> Option<Estimate> {
        self.told(dose)
            .then(|| self.combination(&self.shape.terms(dose)))
    }

    /// Difference of the mean outcome between two doses, the second less the first.
    pub fn difference(&self, from: f64, to: f64) -> Option<Estimate> {
        let told = self.told(from) && self.told(to);
        told.then(|| self.combination(&(self.shape.terms(to) - self.shape.terms(from))))
    }

    /// The dose with the largest `worth x mean outcome - cost x dose`, within the support and outside holes.
    ///
    /// `worth` per unit of the outcome (negative when less is better), `cost` per unit of dose. Interval: percentiles of the best
    /// dose over 2,000 draws of the curve. Caution when the best lies at an end of the support. Errs on values that are not finite.
    pub fn best(&self, worth: f64, cost: f64, seed: u64) -> Result<BestDose, StatsError> {
        require_finite("worth or cost", &[worth, cost])?;
        let (low, high) = self.support;
        let doses: Vec<f64> = (0..FINE)
            .map(|i| low + (high - low) * i as f64 / (FINE - 1) as f64)
            .filter(|a| self.told(*a))
            .collect();
        let terms: Vec<DVector<f64>> = doses.iter().map(|a| self.shape.terms(*a)).collect();
        let best = |beta: &DVector<f64>| {
            let gain = |i: &usize| worth * terms[*i].dot(beta) - cost * doses[*i];
            (0..doses.len()).max_by(|a, b| gain(a).total_cmp(&gain(b)))
        };
        let Some(chosen) = best(&self.beta) else {
            let parameter = "best dose".to_owned();
            return Err(StatsError::NotIdentified { parameter });
        };
        let drawn: Vec<usize> = self.draws(seed).iter().filter_map(best).collect();
        let ends = drawn
            .iter()
            .filter(|i| **i == 0 || **i == doses.len() - 1)
            .count();
        let values: Vec<f64> = drawn.iter().map(|i| doses[*i]).collect();
        let middle = self.shape.median.clamp(low, high);
        let gap = &terms[chosen] - self.shape.terms(middle);
        let change = self.combination(&(gap * worth));
        let spent = cost * (doses[chosen] - middle);
        let at_end = chosen == 0 || chosen == doses.len() - 1;
        Ok(BestDose {
            dose: doses[chosen],
            interval: Interval::from_draws(&values, self.level),
            gain: student_estimate(
                change.value - spent,
                change.standard_error,
                self.freedom,
                self.level,
            ),
            share_at_ends: ends as f64 / drawn.len() as f64,
            cautions: match at_end {
                true => vec![Caution::BoundaryOptimum {
                    parameter: "dose".to_owned(),
                }],
                false => Vec::new(),
            },
        })
    }

    fn told(&self, dose: f64) -> bool {
        let (low, high) = self.support;
        dose >= low && dose <= high && !self.holes.iter().any(|(a, b)| *a < dose && dose < *b)
    }

    fn combination(&self, weights: &DVector<f64>) -> Estimate {
        let variance = weights.dot(&(&self.covariance * weights)).max(0.0);
        student_estimate(
            weights.dot(&self.beta),
            variance.sqrt(),
            self.freedom,
            self.level,
        )
    }

    /// Draws of the coefficients from their normal distribution.
    fn draws(&self, seed: u64) -> Vec<DVector<f64>> {
        let eigen = self.covariance.clone().symmetric_eigen();
        let roots = eigen.eigenvalues.map(|d| d.max(0.0).sqrt());
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..DRAWS)
            .map(|_| {
                let z = DVector::from_fn(self.beta.len(), |i, _| {
                    let z: f64 = StandardNormal.sample(&mut rng);
                    z * roots[i]
                });
                &self.beta + &eigen.eigenvectors * z
            })
            .collect()
    }

    /// Points, slope, test and cautions.
    fn fill(&mut self, sorted: &[f64], seed: u64) {
        let (low, high) = self.support;
        let doses: Vec<f64> = (0..GRID)
            .map(|i| low + (high - low) * i as f64 / (GRID - 1) as f64)
            .filter(|a| self.told(*a))
            .collect();
        let told: Vec<Estimate> = doses
            .iter()
            .map(|a| self.combination(&self.shape.terms(*a)))
            .collect();
        let mut largest: Vec<f64> = (self.draws(seed).iter())
            .map(|beta| {
                let gap = beta - &self.beta;
                let t = |(a, e): (&f64, &Estimate)| {
                    (self.shape.terms(*a).dot(&gap) / e.standard_error).abs()
                };
                doses.iter().zip(&told).map(t).fold(0.0, f64::max)
            })
            .collect();
        largest.sort_by(f64::total_cmp);
        let pointwise = student_quantile(self.level, self.freedom);
        let factor = quantile_of_sorted(&largest, self.level).max(pointwise);
        let reach = (high - low) / 20.0;
        self.points = (doses.iter().zip(told))
            .map(|(dose, mean)| DosePoint {
                dose: *dose,
                simultaneous: Interval {
                    lower: mean.value - factor * mean.standard_error,
                    upper: mean.value + factor * mean.standard_error,
                    level: self.level,
                },
                mean,
                rows_near: near(sorted, *dose, reach),
            })
            .collect();
        let rise = (self.shape.terms(high) - self.shape.terms(low)) / (high - low);
        self.slope = self.combination(&rise);
        self.flat_p = self.flat();
        if self.share_trimmed > 0.05 {
            self.cautions.push(Caution::WeakOverlap {
                share_outside: self.share_trimmed,
            });
        }
        if !self.holes.is_empty() {
            self.cautions.push(Caution::SparseSupport {
                lower: low,
                upper: high,
            });
        }
    }

    /// F test of all terms but the constant.
    fn flat(&self) -> f64 {
        let k = self.beta.len() - 1;
        let part = self.covariance.view((1, 1), (k, k)).into_owned();
        let Ok(inverse) = invert_scaled(&part) else {
            return f64::NAN;
        };
        let slopes = self.beta.rows(1, k);
        let f = (slopes.transpose() * inverse * slopes)[(0, 0)] / k as f64;
        FisherSnedecor::new(k as f64, self.freedom).map_or(f64::NAN, |d| d.sf(f))
    }
}

/// The curve's form: a constant, a line and bends.
#[derive(Debug, Clone, PartialEq)]
struct Shape {
    spline: Option<NaturalSpline>,
    median: f64,
    scale: f64,
}

impl Shape {
    fn terms(&self, dose: f64) -> DVector<f64> {
        let mut terms = vec![1.0];
        match &self.spline {
            Some(spline) => terms.extend(spline.terms(dose)),
            None => terms.push((dose - self.median) / self.scale),
        }
        DVector::from_vec(terms)
    }
}

struct Pseudo {
    xi: Vec<f64>,
    /// The part of each row's influence that averaging mu over customers adds.
    spread: Vec<DVector<f64>>,
    dose_explained: f64,
    cut: usize,
}

fn pseudo_outcomes(
    data: &Dosed,
    config: &DoseConfig,
    (shape, counted): (&Shape, &[bool]),
) -> Result<Pseudo, StatsError> {
    let rows = data.outcome.len();
    let deal = Deal {
        count: config.folds,
        seed: config.seed,
        repeat: 0,
    };
    let classes: Vec<bool> = data.dose.iter().map(|a| *a > shape.median).collect();
    let fold_of = deal.folds(&classes, data.clusters);
    let grid = Grid::of(data.dose, counted);
    let mut parts = Vec::new();
    for fold in 0..config.folds {
        let others: Vec<usize> = (0..rows).filter(|&row| fold_of[row] != fold).collect();
        parts.push(Tools::learn(data, config, &others)?);
    }
    let grid_terms: Vec<DVector<f64>> = grid.doses.iter().map(|a| shape.terms(*a)).collect();
    let chunks: Vec<Chunk> = (0..rows.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut seen = Chunk::empty();
            for row in chunk * CHUNK..rows.min((chunk + 1) * CHUNK) {
                let tools = &parts[fold_of[row]];
                let values = row_of(data.columns, row);
                seen.add(tools, (&values, data.dose[row]), (&grid, &grid_terms));
            }
            seen
        })
        .collect();
    let (mut mean_mu, mut density) = (vec![0.0; GRID], vec![0.0; GRID]);
    let (mut own, mut spread) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    for chunk in chunks {
        for at in 0..GRID {
            mean_mu[at] += chunk.mu[at] / rows as f64;
            density[at] += chunk.density[at] / rows as f64;
        }
        own.extend(chunk.own);
        spread.extend(chunk.spread);
    }
    let mut center = DVector::zeros(grid_terms[0].len());
    for at in 0..GRID {
        center.axpy(grid.weights[at] * mean_mu[at], &grid_terms[at], 1.0);
    }
    spread.iter_mut().for_each(|s| *s -= &center);
    let mut cut = 0;
    let xi = (0..rows)
        .map(|row| {
            let (mu, pi, _) = own[row];
            let raw = grid.between(&density, data.dose[row]) / pi.max(f64::MIN_POSITIVE);
            if raw > LARGEST_WEIGHT {
                cut += 1;
            }
            let left = data.outcome[row] - mu;
            left * raw.min(LARGEST_WEIGHT) + grid.between(&mean_mu, data.dose[row])
        })
        .collect();
    let left: f64 = own.iter().map(|o| o.2 * o.2).sum();
    Ok(Pseudo {
        xi,
        spread,
        dose_explained: 1.0 - left / deviations(data.dose),
        cut,
    })
}

/// Rows worked through together; fixed, so that sums are added in the same order whatever the number of threads.
const CHUNK: usize = 512;

/// What some rows add: sums over the grid, and per row mu, density and deviation at the row's own dose.
struct Chunk {
    mu: Vec<f64>,
    density: Vec<f64>,
    own: Vec<(f64, f64, f64)>,
    spread: Vec<DVector<f64>>,
}

impl Chunk {
    fn empty() -> Self {
        Chunk {
            mu: vec![0.0; GRID],
            density: vec![0.0; GRID],
            own: Vec::new(),
            spread: Vec::new(),
        }
    }

    fn add(
        &mut self,
        tools: &Tools,
        (values, dose): (&[f64], f64),
        (grid, terms): (&Grid, &[DVector<f64>]),
    ) {
        let (middle, sd) = tools.density.place(values);
        let mut sum = DVector::zeros(terms[0].len());
        for (at, tried) in grid.doses.iter().enumerate() {
            let mu = tools.mean(values, *tried);
            self.mu[at] += mu;
            self.density[at] += tools.density.shape((tried - middle) / sd) / sd;
            sum.axpy(grid.weights[at] * mu, &terms[at], 1.0);
        }
        self.spread.push(sum);
        let pi = tools.density.shape((dose - middle) / sd) / sd;
        self.own.push((tools.mean(values, dose), pi, dose - middle));
    }
}

/// Evenly spaced doses from the smallest to the largest, and the share of counted rows nearest to each.
struct Grid {
    doses: Vec<f64>,
    weights: Vec<f64>,
}

impl Grid {
    fn of(dose: &[f64], counted: &[bool]) -> Self {
        let low = dose.iter().copied().fold(f64::INFINITY, f64::min);
        let high = dose.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let doses = (0..GRID)
            .map(|i| low + (high - low) * i as f64 / (GRID - 1) as f64)
            .collect();
        let mut grid = Grid {
            doses,
            weights: vec![0.0; GRID],
        };
        // Each row's weight is shared between its two neighbors, as in the interpolation.
        for (a, _) in dose.iter().zip(counted).filter(|(_, counted)| **counted) {
            let (below, share) = grid.place(*a);
            grid.weights[below] += (1.0 - share) / dose.len() as f64;
            grid.weights[below + 1] += share / dose.len() as f64;
        }
        grid
    }

    fn place(&self, dose: f64) -> (usize, f64) {
        let step = self.doses[1] - self.doses[0];
        let position = ((dose - self.doses[0]) / step).clamp(0.0, (GRID - 1) as f64);
        let below = (position.floor() as usize).min(GRID - 2);
        (below, position - below as f64)
    }

    fn between(&self, values: &[f64], dose: f64) -> f64 {
        let (below, share) = self.place(dose);
        values[below] + share * (values[below + 1] - values[below])
    }
}

/// What one fold's complement has learned.
struct Tools {
    outcome: Learned,
    density: DoseDensity,
    /// Where the square has its foot; none for a straight line.
    center: Option<f64>,
}

impl Tools {
    fn learn(data: &Dosed, config: &DoseConfig, rows: &[usize]) -> Result<Self, StatsError> {
        let columns = pick_all(data.columns, rows);
        let dose = pick(data.dose, rows);
        let density = DoseDensity::learn(config.learner, &dose, (&columns, data.names))?;
        let mut with_dose = columns;
        // Natural curves are straight at the ends; the square lets them go on bending, as a dose curve does.
        let mean = dose.iter().sum::<f64>() / dose.len() as f64;
        let center = (config.knots > 2).then_some(mean);
        let mut names = data.names.to_vec();
        if let Some(center) = center {
            with_dose.push(dose.iter().map(|a| (a - center).powi(2)).collect());
            names.push("dose squared".to_owned());
        }
        with_dose.push(dose);
        names.push("dose".to_owned());
        let outcome = pick(data.outcome, rows);
        Ok(Tools {
            outcome: (config.learner).learn(Target::Mean, &outcome, (&with_dose, &names))?,
            density,
            center,
        })
    }

    fn mean(&self, values: &[f64], dose: f64) -> f64 {
        let mut row = values.to_vec();
        row.extend(self.center.map(|center| (dose - center).powi(2)));
        row.push(dose);
        self.outcome.predict(&row)
    }
}

/// Stretches within the support that are wider than a tenth of it and hold next to nothing.
fn holes(sorted: &[f64], (low, high): (f64, f64)) -> Vec<(f64, f64)> {
    let limit = (high - low) / 10.0;
    let mut holes = Vec::new();
    let mut start = 0;
    while start + 1 < sorted.len() {
        // The shortest stretch from this row on with as many rows as are needed near a dose.
        let end = (start + ENOUGH_NEAR.min(sorted.len() / 20).max(1)).min(sorted.len() - 1);
        let gap = sorted[start + 1] - sorted[start];
        let stretch = sorted[end] - sorted[start];
        if gap > limit || stretch > 2.0 * limit {
            let to = if gap > limit { start + 1 } else { end };
            holes.push((sorted[start], sorted[to]));
            start = to;
        } else {
            start += 1;
        }
    }
    holes.retain(|(a, b)| *b > low && *a < high);
    holes
}

fn near(sorted: &[f64], dose: f64, reach: f64) -> usize {
    let below = sorted.partition_point(|a| *a < dose - reach);
    let above = sorted.partition_point(|a| *a <= dose + reach);
    above - below
}

fn deviations(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|v| (v - mean).powi(2)).sum()
}

fn prove(data: &Dosed, config: &DoseConfig) -> Result<Shape, StatsError> {
    prove_level(config.level)?;
    let rows = data.outcome.len();
    require_finite("outcome", data.outcome)?;
    require_length("dose", rows, data.dose.len())?;
    require_finite("dose", data.dose)?;
    super::aipw::prove_columns(rows, data.columns, data.names)?;
    if let Some(clusters) = data.clusters {
        require_length("clusters", rows, clusters.len())?;
    }
    prove_folds(config.folds, 1, data.clusters)?;
    let needed = 10 * config.folds;
    if rows < needed {
        return Err(StatsError::TooFewObservations { needed, got: rows });
    }
    if !(2..=8).contains(&config.knots) {
        return Err(StatsError::invalid(format!(
            "knots {} (2 to 8)",
            config.knots
        )));
    }
    let mut sorted = data.dose.to_vec();
    sorted.sort_by(f64::total_cmp);
    let median = quantile_of_sorted(&sorted, 0.5);
    let scale = sorted[rows - 1] - sorted[0];
    sorted.dedup();
    let needed = if config.knots == 2 {
        2
    } else {
        config.knots + 1
    };
    if sorted.len() < needed || scale <= 0.0 {
        let what = "dose".to_owned();
        return Err(StatsError::NoVariation { what });
    }
    let mut all = data.dose.to_vec();
    all.sort_by(f64::total_cmp);
    let shares: Vec<f64> = (0..config.knots)
        .map(|i| 0.05 + 0.90 * i as f64 / (config.knots - 1) as f64)
        .collect();
    let spline = match config.knots {
        2 => None,
        _ => NaturalSpline::at_shares(&all, &shares),
    };
    Ok(Shape {
        spline,
        median,
        scale,
    })
}
