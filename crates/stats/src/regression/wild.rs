//! Is an effect more than chance when only a handful of groups carry it?

use nalgebra::{DMatrix, DVector};
use rand::RngExt;

use super::cross_products::reduce;
use super::linear::{invert_scaled, varies};
use super::sample::{Errors, FitConfig, Sample, rows_by_cluster};
use crate::btyd::simulated::stream;
use crate::reduce::map_rows;
use crate::{Caution, Interval, StatsError};

/// What a cluster's residuals are multiplied by in a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WildWeights {
    /// ±1, all combinations when they are no more than the draws.
    Rademacher,
    /// Six values, for fewer than some ten clusters [Webb2023].
    Webb,
}

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WildConfig {
    pub weights: WildWeights,
    pub draws: usize,
    pub seed: u64,
    pub level: f64,
}

/// Test of one coefficient by the wild cluster bootstrap.
#[derive(Debug, Clone, PartialEq)]
pub struct WildTest {
    pub estimate: f64,
    /// (estimate - null) over the CR1 standard error.
    pub statistic: f64,
    /// Two-sided, symmetric.
    pub p_value: f64,
    /// The nulls that are not rejected.
    pub interval: Interval,
    pub draws: usize,
    /// Whether all sign combinations were used: then the p-value has no chance in it.
    pub enumerated: bool,
    pub clusters: usize,
    pub cautions: Vec<Caution>,
}

const ENOUGH_CLUSTERS: usize = 6;
/// Statistics this close are the same draw.
const TIE: f64 = 1e-10;

/// Tests `coefficient of column = null` in a linear fit by the restricted wild cluster bootstrap [CameronGelbachMiller2008].
///
/// Residuals of the fit under the null are multiplied by one random weight per cluster; the statistic is studentized by CR1 in every draw.
/// Only per-cluster sums are needed, so that a draw costs clusters times columns whatever the number of rows [Roodman2019]. The interval holds
/// the nulls with p > 1 - level, found by bisection on the same weights; an end that is never rejected is infinite.
/// p is the share of draws at least as far out, the sample itself counted among drawn ones.
/// Errs as [`super::linear::fit`] and for an unknown column; cautions `FewClusters` below 6.
pub fn test(
    sample: &Sample,
    (column, null): (&str, f64),
    config: &WildConfig,
) -> Result<WildTest, StatsError> {
    let fit = FitConfig {
        errors: Errors::Cr1,
        level: config.level,
    };
    sample.prove(&fit)?;
    if config.draws < 20 || !null.is_finite() {
        return Err(StatsError::invalid("draws (at least 20) or null"));
    }
    let Some(position) = sample.names.iter().position(|n| n == column) else {
        return Err(StatsError::invalid(format!("column {column} (unknown)")));
    };
    let sums = ClusterSums::new(sample, position)?;
    let weights = draw_weights(sums.clusters(), config);
    let (estimate, spread) = sums.estimate();
    let at = |null: f64| sums.p_value(null, &weights);
    let p_value = at(null);
    let reject = 1.0 - config.level;
    let end = |side: f64| find_end(&at, (estimate, side * spread), reject);
    let mut cautions = Vec::new();
    if sums.clusters() < ENOUGH_CLUSTERS {
        cautions.push(Caution::FewClusters {
            needed: ENOUGH_CLUSTERS,
            got: sums.clusters(),
        });
    }
    Ok(WildTest {
        estimate,
        statistic: (estimate - null) / spread,
        p_value,
        interval: Interval {
            lower: end(-1.0),
            upper: end(1.0),
            level: config.level,
        },
        draws: weights.rows.len(),
        enumerated: weights.enumerated,
        clusters: sums.clusters(),
        cautions,
    })
}

struct Weights {
    rows: Vec<Vec<f64>>,
    enumerated: bool,
}

fn draw_weights(clusters: usize, config: &WildConfig) -> Weights {
    let all = 1_usize.checked_shl(clusters as u32).unwrap_or(usize::MAX);
    if config.weights == WildWeights::Rademacher && clusters < 32 && all <= config.draws {
        let sign = |bits: usize, g: usize| if bits >> g & 1 == 1 { 1.0 } else { -1.0 };
        return Weights {
            rows: (0..all)
                .map(|bits| (0..clusters).map(|g| sign(bits, g)).collect())
                .collect(),
            enumerated: true,
        };
    }
    let draw = |d: usize| {
        let mut generator = stream(config.seed, d as u64);
        (0..clusters)
            .map(|_| match config.weights {
                WildWeights::Rademacher => [-1.0, 1.0][generator.random_range(0..2)],
                WildWeights::Webb => {
                    let square = [0.5, 1.0, 1.5][generator.random_range(0..3)];
                    f64::sqrt(square) * [-1.0, 1.0][generator.random_range(0..2)]
                }
            })
            .collect()
    };
    Weights {
        rows: (0..config.draws).map(draw).collect(),
        enumerated: false,
    }
}

/// Per cluster, all that a draw needs; x is the tested column, others the constant and the rest.
struct ClusterSums {
    /// a's_g, a the tested row of (Z'WZ)^-1, for the residuals of the outcome and of x under the restriction.
    own: Vec<[f64; 2]>,
    /// s_g themselves.
    scores: Vec<[DVector<f64>; 2]>,
    /// (Z'WZ)^-1 Z_g'W_gZ_g a.
    pull: Vec<DVector<f64>>,
    factor: f64,
    estimate: f64,
}

impl ClusterSums {
    fn new(sample: &Sample, position: usize) -> Result<Self, StatsError> {
        let weights = sample.weights.scaled(sample.outcome.len());
        // The tested column first, the others after it.
        let mut order: Vec<usize> = vec![position];
        order.extend((0..sample.columns.len()).filter(|&j| j != position));
        let mut columns: Vec<&[f64]> = order
            .iter()
            .map(|&j| sample.columns[j].as_slice())
            .collect();
        columns.push(sample.outcome);
        let products = reduce(&columns, Some(&weights));
        let p = order.len();
        let named = |j: usize| match order.get(j) {
            Some(&own) => sample.names[own].clone(),
            None => "outcome".to_owned(),
        };
        for j in 0..=p {
            if !varies(
                products.products[(j, j)],
                products.weight,
                products.means[j],
            ) {
                return Err(StatsError::NoVariation { what: named(j) });
            }
        }
        let sxx = products.products.view((0, 0), (p, p)).into_owned();
        let slopes = invert_scaled(&sxx).map_err(|j| StatsError::Collinear { column: named(j) })?;
        let estimate = (slopes.row(0) * products.products.view((0, p), (p, 1)))[(0, 0)];
        // Bread of (x, others..., 1), columns centered, so that the constant stands apart.
        let mut bread = DMatrix::zeros(p + 1, p + 1);
        bread.view_mut((0, 0), (p, p)).copy_from(&slopes);
        bread[(p, p)] = 1.0 / products.weight;
        let restricted = restricted_slopes(&products.products, p)?;
        let a: DVector<f64> = bread.column(0).into_owned();
        let n = sample.observations();
        let clusters = rows_by_cluster(sample);
        let groups = clusters.len() as f64;
        let mut sums = ClusterSums {
            own: Vec::new(),
            scores: Vec::new(),
            pull: Vec::new(),
            factor: groups / (groups - 1.0) * (n - 1.0) / (n - p as f64 - 1.0),
            estimate,
        };
        let mut z = DVector::zeros(p + 1);
        for rows in &clusters {
            let mut scores = [DVector::zeros(p + 1), DVector::zeros(p + 1)];
            let mut along = DVector::zeros(p + 1);
            for &row in rows {
                for (j, column) in columns[..p].iter().enumerate() {
                    z[j] = column[row] - products.means[j];
                }
                z[p] = 1.0;
                let left = |target: usize, value: f64| {
                    value
                        - (0..p - 1)
                            .map(|j| restricted[(j, target)] * z[j + 1])
                            .sum::<f64>()
                };
                let residuals = [
                    left(0, sample.outcome[row] - products.means[p]),
                    left(1, z[0]),
                ];
                let w = weights[row];
                for (score, e) in scores.iter_mut().zip(residuals) {
                    score.axpy(w * e, &z, 1.0);
                }
                along.axpy(w * a.dot(&z), &z, 1.0);
            }
            sums.own.push([a.dot(&scores[0]), a.dot(&scores[1])]);
            sums.pull.push(&bread * along);
            sums.scores.push(scores);
        }
        Ok(sums)
    }

    fn clusters(&self) -> usize {
        self.own.len()
    }

    /// The estimate and its CR1 standard error: the draw with all weights 1 from the null at the estimate gives its residuals.
    fn estimate(&self) -> (f64, f64) {
        let own: Vec<f64> = self
            .own
            .iter()
            .map(|o| o[0] - self.estimate * o[1])
            .collect();
        let square: f64 = own.iter().map(|u| u * u).sum();
        (self.estimate, (self.factor * square).sqrt())
    }

    fn p_value(&self, null: f64, weights: &Weights) -> f64 {
        let (size, groups) = (self.pull[0].len(), self.clusters());
        let own: Vec<f64> = self.own.iter().map(|o| o[0] - null * o[1]).collect();
        let scores: Vec<DVector<f64>> =
            (self.scores.iter()).map(|s| &s[0] - &s[1] * null).collect();
        let statistic = |draw: Option<&Vec<f64>>| {
            let weight = |g: usize| draw.map_or(1.0, |d| d[g]);
            let mut total = DVector::zeros(size);
            let mut moved = 0.0;
            for g in 0..groups {
                total.axpy(weight(g), &scores[g], 1.0);
                moved += weight(g) * own[g];
            }
            let square: f64 = (0..groups)
                .map(|g| (weight(g) * own[g] - self.pull[g].dot(&total)).powi(2))
                .sum();
            moved.abs() / (self.factor * square).sqrt()
        };
        let seen = statistic(None) * (1.0 - TIE);
        let drawn = map_rows(weights.rows.len(), |d| {
            statistic(Some(&weights.rows[d])) >= seen
        });
        let further = drawn.iter().filter(|far| **far).count() as f64;
        match weights.enumerated {
            true => further / drawn.len() as f64,
            false => (further + 1.0) / (drawn.len() as f64 + 1.0),
        }
    }
}

/// Slopes of (outcome, x) on the other columns: (p-1) x 2.
fn restricted_slopes(products: &DMatrix<f64>, p: usize) -> Result<DMatrix<f64>, StatsError> {
    if p == 1 {
        return Ok(DMatrix::zeros(0, 2));
    }
    let others = products.view((1, 1), (p - 1, p - 1)).into_owned();
    let inverse = invert_scaled(&others).map_err(|_| StatsError::NotIdentified {
        parameter: "other columns".to_owned(),
    })?;
    let mut right = DMatrix::zeros(p - 1, 2);
    for j in 0..p - 1 {
        right[(j, 0)] = products[(j + 1, p)];
        right[(j, 1)] = products[(j + 1, 0)];
    }
    Ok(inverse * right)
}

/// The farthest null on one side that is not rejected.
fn find_end(p_at: &dyn Fn(f64) -> f64, (estimate, step): (f64, f64), reject: f64) -> f64 {
    const FARTHEST: f64 = 1e6;
    let kept = |distance: f64| p_at(estimate + distance * step) > reject;
    let (mut inside, mut outside) = (0.0, 2.0);
    while kept(outside) {
        inside = outside;
        outside *= 2.0;
        if outside > FARTHEST {
            return step.signum() * f64::INFINITY;
        }
    }
    for _ in 0..50 {
        let middle = 0.5 * (inside + outside);
        if kept(middle) {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    estimate + 0.5 * (inside + outside) * step
}
