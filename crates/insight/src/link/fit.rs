//! How is one outcome regressed on the attitude and the behavior before?

use odla_domain::frames::link::LinkFrame;
use odla_stats::regression::linear::{self, LinearFit};
use odla_stats::regression::{Errors, FitConfig, Sample, Weights};
use odla_stats::{Estimate, StatsError};

/// Name of the standardized attitude among the columns.
pub const ATTITUDE: &str = "attitude";

/// Columns of equal length with their names, a weight and an outcome per row.
#[derive(Clone, Debug, Default)]
pub struct Design {
    pub outcome: Vec<f64>,
    pub columns: Vec<Vec<f64>>,
    pub names: Vec<String>,
    pub weights: Vec<f64>,
}

impl Design {
    /// An outcome with its weights and no column yet.
    pub fn of(outcome: Vec<f64>, weights: &[f64]) -> Self {
        Self {
            outcome,
            weights: weights.to_vec(),
            ..Self::default()
        }
    }

    /// Adds a column, unless it says the same of everyone.
    #[must_use]
    pub fn with(mut self, name: &str, column: Vec<f64>) -> Self {
        if column.iter().any(|value| *value != column[0]) {
            self.names.push(name.to_owned());
            self.columns.push(column);
        }
        self
    }

    /// Adds all columns of another design.
    #[must_use]
    pub fn with_all(mut self, columns: &[(&str, Vec<f64>)]) -> Self {
        for (name, column) in columns {
            self = self.with(name, column.clone());
        }
        self
    }

    pub fn sample<'d>(&'d self, clusters: Option<&'d [usize]>) -> Sample<'d> {
        Sample {
            outcome: &self.outcome,
            columns: &self.columns,
            names: &self.names,
            weights: Weights::Sampling(&self.weights),
            clusters,
        }
    }

    /// Weighted linear fit with robust errors; a column that the others determine is left out.
    pub fn fit(&self, level: f64) -> Result<LinearFit, StatsError> {
        let config = FitConfig {
            errors: Errors::Hc2,
            level,
        };
        let mut design = self.clone();
        loop {
            match linear::fit(&design.sample(None), &config) {
                Err(StatsError::Collinear { column }) if column != ATTITUDE => {
                    let place = design.names.iter().position(|name| *name == column);
                    let Some(place) = place else {
                        return Err(StatsError::Collinear { column });
                    };
                    design.names.remove(place);
                    design.columns.remove(place);
                }
                other => return other,
            }
        }
    }

    /// The coefficient of one column.
    pub fn slope(&self, name: &str, level: f64) -> Result<Estimate, StatsError> {
        let fit = self.fit(level)?;
        fit.coefficients
            .of(name)
            .map(|coefficient| coefficient.estimate)
            .ok_or_else(|| StatsError::NotIdentified {
                parameter: name.to_owned(),
            })
    }
}

/// What is held still: behavior in the twelve months before the answer, for the rows named.
pub fn before(frame: &LinkFrame, rows: &[usize]) -> Vec<(&'static str, Vec<f64>)> {
    let behavior = &frame.behavior;
    let mut columns = vec![
        (
            "orders",
            pick(rows, |row| behavior.orders_before[row].ln_1p()),
        ),
        (
            "contribution",
            pick(rows, |row| behavior.contribution_before[row]),
        ),
    ];
    columns.extend(standing(frame, rows));
    columns
}

/// The same one year earlier.
pub fn earlier(frame: &LinkFrame, rows: &[usize]) -> Vec<(&'static str, Vec<f64>)> {
    let behavior = &frame.behavior;
    let mut columns = vec![
        (
            "orders",
            pick(rows, |row| behavior.orders_earlier[row].ln_1p()),
        ),
        (
            "contribution",
            pick(rows, |row| behavior.contribution_earlier[row]),
        ),
    ];
    columns.extend(standing(frame, rows));
    columns
}

fn standing(frame: &LinkFrame, rows: &[usize]) -> Vec<(&'static str, Vec<f64>)> {
    vec![
        ("tenure", pick(rows, |row| frame.tenure_years[row])),
        ("company", pick(rows, |row| f64::from(frame.company[row]))),
        ("contract", pick(rows, |row| f64::from(frame.contract[row]))),
    ]
}

pub fn retained(frame: &LinkFrame, rows: &[usize]) -> Vec<f64> {
    pick(rows, |row| f64::from(frame.behavior.retained[row]))
}

/// Contribution in the follow-up, per year.
pub fn worth(frame: &LinkFrame, rows: &[usize]) -> Vec<f64> {
    let yearly = 12.0 / f64::from(frame.source.follow_up_months);
    pick(rows, |row| {
        frame.behavior.contribution_after[row].to_f64() * yearly
    })
}

pub fn pick(rows: &[usize], value: impl Fn(usize) -> f64) -> Vec<f64> {
    rows.iter().map(|&row| value(row)).collect()
}

/// Weighted mean and standard deviation.
pub fn mean_and_spread(values: &[f64], weights: &[f64]) -> (f64, f64) {
    let total: f64 = weights.iter().sum();
    let mean = values.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>() / total;
    let squares: f64 = values
        .iter()
        .zip(weights)
        .map(|(v, w)| w * (v - mean) * (v - mean))
        .sum();
    (mean, (squares / total).sqrt())
}
