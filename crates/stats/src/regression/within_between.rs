//! Does the outcome follow the column within a group, or do groups merely differ?

use super::coefficients::{Coefficients, student_estimate, two_sided_p};
use super::linear::{self, LinearFit};
use super::logistic::{self, LogisticFit};
use super::sample::{Errors, FitConfig, Sample, rows_by_cluster};
use crate::{Estimate, StatsError};

/// Effects of one column, apart.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitEffect {
    pub name: String,
    /// What happens to the outcome where the column rises within a group.
    pub within: Estimate,
    pub within_p: f64,
    /// How groups with a higher mean of the column differ.
    pub between: Estimate,
    pub between_p: f64,
    /// Between minus within: what comes with the group and not with the column.
    pub contextual: Estimate,
    pub contextual_p: f64,
}

/// Columns split into deviations from the group mean and group means, for any fit.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitColumns {
    /// First the deviations of the split columns, then their group means, then the other columns.
    pub columns: Vec<Vec<f64>>,
    /// `name:within`, `name:between`, and the others' names.
    pub names: Vec<String>,
}

/// A within-between fit with the regression behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct WithinBetween<Fit> {
    pub effects: Vec<SplitEffect>,
    pub fit: Fit,
}

/// Splits the columns named in `split`; groups are the sample's clusters, means are weighted.
///
/// Errs when no clusters are given, a name is unknown, or a column does not vary within or between groups
/// (`NotIdentified`, since one of its effects cannot be told).
pub fn split_columns(sample: &Sample, split: &[String]) -> Result<SplitColumns, StatsError> {
    if sample.clusters.is_none() {
        return Err(StatsError::invalid("clusters (none given)"));
    }
    let groups = rows_by_cluster(sample);
    let (mut within, mut between, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for name in split {
        let position = sample.names.iter().position(|n| n == name);
        let Some(position) = position else {
            return Err(StatsError::invalid(format!("column {name} (unknown)")));
        };
        let means = group_means(sample, &sample.columns[position], &groups);
        let deviations: Vec<f64> = (sample.columns[position].iter().zip(&means))
            .map(|(x, m)| x - m)
            .collect();
        prove_both_vary(name, &deviations, &means, &groups)?;
        within.push(deviations);
        between.push(means);
    }
    names.extend(split.iter().map(|n| within_name(n)));
    names.extend(split.iter().map(|n| between_name(n)));
    let mut columns = within;
    columns.extend(between);
    for (name, column) in sample.names.iter().zip(sample.columns) {
        if !split.contains(name) {
            names.push(name.clone());
            columns.push(column.clone());
        }
    }
    Ok(SplitColumns { columns, names })
}

/// `y = b0 + bw (x - group mean) + bb (group mean) + c'others`, cluster-robust. `[Mundlak1978]`
///
/// The groups are the sample's clusters. Errors are bias-reduced (CR2) with Satterthwaite degrees of freedom
/// whatever `config.errors` says, since the between effect rests on as many observations as there are groups.
pub fn fit(
    sample: &Sample,
    split: &[String],
    config: &FitConfig,
) -> Result<WithinBetween<LinearFit>, StatsError> {
    let config = FitConfig {
        errors: Errors::Cr2,
        ..*config
    };
    sample.prove(&config)?;
    let columns = split_columns(sample, split)?;
    let fit = linear::fit(&with_columns(sample, &columns), &config)?;
    let effects = effects(&fit.coefficients, split, config.level);
    Ok(WithinBetween { effects, fit })
}

/// The same for a yes/no outcome; effects are log odds ratios, errors are CR1 (t with groups - 1).
pub fn fit_logistic(
    sample: &Sample,
    split: &[String],
    config: &FitConfig,
) -> Result<WithinBetween<LogisticFit>, StatsError> {
    let config = FitConfig {
        errors: Errors::Cr1,
        ..*config
    };
    sample.prove(&config)?;
    let columns = split_columns(sample, split)?;
    let fit = logistic::fit(&with_columns(sample, &columns), &config)?;
    let effects = effects(&fit.coefficients, split, config.level);
    Ok(WithinBetween { effects, fit })
}

/// Name of the deviation of a column in the table of coefficients.
pub fn within_name(name: &str) -> String {
    format!("{name}:within")
}

/// Name of the group mean of a column in the table of coefficients.
pub fn between_name(name: &str) -> String {
    format!("{name}:between")
}

fn with_columns<'a>(sample: &Sample<'a>, split: &'a SplitColumns) -> Sample<'a> {
    Sample {
        columns: &split.columns,
        names: &split.names,
        ..*sample
    }
}

fn effects(coefficients: &Coefficients, split: &[String], level: f64) -> Vec<SplitEffect> {
    let count = split.len();
    let effect = |(i, name): (usize, &String)| {
        let (within, between) = (
            &coefficients.table[1 + i],
            &coefficients.table[1 + count + i],
        );
        let mut contrast = vec![0.0; coefficients.table.len()];
        contrast[1 + i] = -1.0;
        contrast[1 + count + i] = 1.0;
        let difference = coefficients.combination(&contrast, level);
        let freedom = within.degrees_of_freedom.min(between.degrees_of_freedom);
        SplitEffect {
            name: name.clone(),
            within: within.estimate,
            within_p: within.p_value,
            between: between.estimate,
            between_p: between.p_value,
            contextual: student_estimate(
                difference.value,
                difference.standard_error,
                freedom,
                level,
            ),
            contextual_p: two_sided_p(difference.value / difference.standard_error, freedom),
        }
    };
    split.iter().enumerate().map(effect).collect()
}

fn group_means(sample: &Sample, column: &[f64], groups: &[Vec<usize>]) -> Vec<f64> {
    let mut means = column.to_vec();
    for rows in groups {
        let weight: f64 = rows.iter().map(|&r| sample.weights.of(r)).sum();
        let sum: f64 = rows.iter().map(|&r| sample.weights.of(r) * column[r]).sum();
        rows.iter().for_each(|&r| means[r] = sum / weight);
    }
    means
}

fn prove_both_vary(
    name: &str,
    deviations: &[f64],
    means: &[f64],
    groups: &[Vec<usize>],
) -> Result<(), StatsError> {
    let size = means.iter().map(|m| m.abs()).fold(1e-300, f64::max);
    let largest = (groups.iter().flatten())
        .map(|&r| deviations[r].abs())
        .fold(0.0, f64::max);
    let levels = groups.iter().map(|rows| means[rows[0]]);
    let (low, high) = (
        levels.clone().fold(f64::INFINITY, f64::min),
        levels.fold(f64::NEG_INFINITY, f64::max),
    );
    let parameter = if largest <= 1e-12 * size {
        within_name(name)
    } else if high - low <= 1e-12 * size {
        between_name(name)
    } else {
        return Ok(());
    };
    Err(StatsError::NotIdentified { parameter })
}
