//! Do two constructs measure different things?

use nalgebra::{DMatrix, DVector};

use super::{Mode, PathPlan};
use crate::Interval;

/// Above this ratio two constructs are hardly different; convention (0.90 when they are close by meaning).
pub const HTMT_LIMIT: f64 = 0.85;

/// How far two constructs can be told apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Discriminant {
    /// Numbers of the blocks.
    pub one: usize,
    pub other: usize,
    /// Heterotrait-monotrait ratio: mean correlation between their indicators over the geometric mean of the mean
    /// correlations within `[Henseler2015]`. An estimate of the constructs' own correlation; NaN when one of the means within
    /// is not positive.
    pub htmt: f64,
    /// Percentiles of the resamples; below 1 the two are different (NaN without resamples).
    pub interval: Interval,
    /// The smaller of their variances extracted, which should exceed the variance they share `[FornellLarcker1981]`.
    pub own_variance: f64,
    pub shared_variance: f64,
}

impl Discriminant {
    /// Whether both rules hold: the ratio below [`HTMT_LIMIT`] and more variance of one's own than shared.
    pub fn holds(&self) -> bool {
        self.htmt < HTMT_LIMIT && self.own_variance > self.shared_variance
    }
}

/// Pairs of constructs for which the ratio has a meaning.
pub(super) fn pairs(plan: &PathPlan) -> Vec<(usize, usize)> {
    let usable =
        |b: &usize| plan.blocks[*b].mode == Mode::A && plan.blocks[*b].indicators.len() > 1;
    let of = |b: usize| (0..b).filter(usable).map(move |a| (a, b));
    (0..plan.blocks.len()).filter(usable).flat_map(of).collect()
}

/// Mean absolute correlations, as the items of one construct may be worded either way.
pub(super) fn htmt(correlation: &DMatrix<f64>, plan: &PathPlan, (a, b): (usize, usize)) -> f64 {
    let (one, other) = (&plan.blocks[a].indicators, &plan.blocks[b].indicators);
    let between = one.iter().flat_map(|i| other.iter().map(move |j| (*i, *j)));
    let within = |of: &[usize]| {
        let pairs = (0..of.len()).flat_map(|i| (0..i).map(move |j| (of[i], of[j])));
        mean(pairs.map(|place| correlation[place].abs()))
    };
    mean(between.map(|place| correlation[place].abs())) / (within(one) * within(other)).sqrt()
}

/// Correlation of every indicator with every construct.
pub(super) fn cross_loadings(
    correlation: &DMatrix<f64>,
    plan: &PathPlan,
    weights: &[Vec<f64>],
) -> DMatrix<f64> {
    let mut loadings = DMatrix::zeros(correlation.nrows(), plan.blocks.len());
    for (b, block) in plan.blocks.iter().enumerate() {
        let mut column = DVector::zeros(correlation.nrows());
        for (indicator, weight) in block.indicators.iter().zip(&weights[b]) {
            column.axpy(*weight, &correlation.column(*indicator), 1.0);
        }
        loadings.set_column(b, &column);
    }
    loadings
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
    sum / n
}
