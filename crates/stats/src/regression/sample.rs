//! Is this a table that a regression can be fitted to?

use crate::StatsError;
use crate::error::{require_finite, require_length};

/// Name given to the constant term in every coefficient table.
pub const INTERCEPT: &str = "(intercept)";

/// What a row's weight means; the two give the same coefficients and different standard errors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Weights<'a> {
    /// Every row counts once.
    Equal,
    /// The row stands for this many identical observations (≥ 0).
    Repetitions(&'a [f64]),
    /// The row stands for this many unlike ones that were not asked (≥ 0); only ratios matter.
    Sampling(&'a [f64]),
}

/// How the uncertainty of coefficients is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errors {
    /// As if the assumed distribution held.
    Classical,
    /// Heteroscedasticity-robust, scaled by n/(n - p). `[MacKinnonWhite1985]`
    Hc1,
    /// Robust, each squared residual over 1 - leverage. Linear regression only.
    Hc2,
    /// Robust, each squared residual over (1 - leverage)². Linear regression only.
    Hc3,
    /// Cluster-robust, scaled by G/(G - 1) (n - 1)/(n - p), t with G - 1 degrees of freedom.
    Cr1,
    /// Cluster-robust, bias-reduced, with Satterthwaite degrees of freedom. Linear regression only. `[BellMcCaffrey2002]` `[PustejovskyTipton2018]`
    Cr2,
}

/// What a fit needs to know beside the data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitConfig {
    pub errors: Errors,
    /// Level of the intervals, between 0 and 1.
    pub level: f64,
}

/// Outcome and columns of one sample; all slices are n long, columns lie one after another.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    pub outcome: &'a [f64],
    /// The explanatory columns, without a constant (every fit adds its own).
    pub columns: &'a [Vec<f64>],
    pub names: &'a [String],
    pub weights: Weights<'a>,
    /// Cluster of each row, needed by the cluster-robust errors.
    pub clusters: Option<&'a [usize]>,
}

impl Weights<'_> {
    /// Weight of a row.
    pub fn of(&self, row: usize) -> f64 {
        match self {
            Weights::Equal => 1.0,
            Weights::Repetitions(w) | Weights::Sampling(w) => w[row],
        }
    }

    /// The weights with sampling weights brought to mean 1 over the rows that count.
    pub(crate) fn scaled(&self, rows: usize) -> Vec<f64> {
        let raw: Vec<f64> = (0..rows).map(|row| self.of(row)).collect();
        if !matches!(self, Weights::Sampling(_)) {
            return raw;
        }
        let counted = raw.iter().filter(|w| **w > 0.0).count() as f64;
        let mean = raw.iter().sum::<f64>() / counted;
        raw.iter().map(|w| w / mean).collect()
    }
}

impl Sample<'_> {
    /// Number of rows with a positive weight.
    pub fn counted_rows(&self) -> usize {
        (0..self.outcome.len())
            .filter(|&row| self.weights.of(row) > 0.0)
            .count()
    }

    /// How many observations the rows stand for when degrees of freedom are counted.
    pub(crate) fn observations(&self) -> f64 {
        match self.weights {
            Weights::Repetitions(w) => w.iter().sum(),
            _ => self.counted_rows() as f64,
        }
    }

    /// Proves lengths, finiteness and weights, and that the errors asked for can be computed.
    pub fn prove(&self, config: &FitConfig) -> Result<(), StatsError> {
        let rows = self.outcome.len();
        require_finite("outcome", self.outcome)?;
        require_length("names", self.columns.len(), self.names.len())?;
        for (column, name) in self.columns.iter().zip(self.names) {
            require_length(name, rows, column.len())?;
            require_finite(name, column)?;
        }
        if let Weights::Repetitions(w) | Weights::Sampling(w) = self.weights {
            prove_weights(w, rows)?;
        }
        prove_level(config.level)?;
        let needed = self.columns.len() + 2;
        if self.observations() < needed as f64 {
            let got = self.observations() as usize;
            return Err(StatsError::TooFewObservations { needed, got });
        }
        self.prove_clusters(config.errors)
    }

    fn prove_clusters(&self, errors: Errors) -> Result<(), StatsError> {
        if !matches!(errors, Errors::Cr1 | Errors::Cr2) {
            return Ok(());
        }
        let Some(clusters) = self.clusters else {
            return Err(StatsError::invalid("clusters (none given)"));
        };
        require_length("clusters", self.outcome.len(), clusters.len())?;
        let got = rows_by_cluster(self).len();
        match got {
            0 | 1 => Err(StatsError::TooFewGroups { needed: 2, got }),
            _ => Ok(()),
        }
    }
}

/// Refuses weights that are negative, not finite or all zero.
pub fn prove_weights(weights: &[f64], rows: usize) -> Result<(), StatsError> {
    require_length("weights", rows, weights.len())?;
    require_finite("weights", weights)?;
    if let Some(row) = weights.iter().position(|w| *w < 0.0) {
        return Err(StatsError::invalid_row("weights (negative)", row));
    }
    match weights.iter().any(|w| *w > 0.0) {
        true => Ok(()),
        false => Err(StatsError::TooFewObservations { needed: 1, got: 0 }),
    }
}

/// Refuses a level outside (0, 1).
pub fn prove_level(level: f64) -> Result<(), StatsError> {
    if level > 0.0 && level < 1.0 {
        return Ok(());
    }
    Err(StatsError::invalid(format!(
        "level {level} (must lie between 0 and 1)"
    )))
}

/// Rows with a positive weight, by cluster, clusters in rising order of their number.
pub(crate) fn rows_by_cluster(sample: &Sample) -> Vec<Vec<usize>> {
    let mut groups: std::collections::BTreeMap<usize, Vec<usize>> = Default::default();
    for (row, &cluster) in sample.clusters.unwrap_or_default().iter().enumerate() {
        if sample.weights.of(row) > 0.0 {
            groups.entry(cluster).or_default().push(row);
        }
    }
    groups.into_values().collect()
}
