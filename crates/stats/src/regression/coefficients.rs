//! How is a table of coefficients told with its doubt?

use nalgebra::DMatrix;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::sample::INTERCEPT;
use crate::{Estimate, Interval};

/// One coefficient with its doubt.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficient {
    pub name: String,
    pub estimate: Estimate,
    /// Degrees of freedom of the t distribution used; infinite means the normal one.
    pub degrees_of_freedom: f64,
    /// Two-sided, against 0.
    pub p_value: f64,
}

/// All coefficients of a fit, the intercept first, and how they vary together.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficients {
    pub table: Vec<Coefficient>,
    /// Covariance in the order of the table.
    pub covariance: DMatrix<f64>,
}

impl Coefficients {
    /// The coefficient of a column, if there is one of that name.
    pub fn of(&self, name: &str) -> Option<&Coefficient> {
        self.table.iter().find(|c| c.name == name)
    }

    /// The values alone, the intercept first.
    pub fn values(&self) -> Vec<f64> {
        self.table.iter().map(|c| c.estimate.value).collect()
    }

    /// Value of the linear predictor for one row of columns (without the constant).
    pub fn linear_predictor(&self, row: &[f64]) -> f64 {
        let slopes = self.table[1..].iter().zip(row);
        self.table[0].estimate.value + slopes.map(|(c, x)| c.estimate.value * x).sum::<f64>()
    }

    /// Estimate of a weighted sum of coefficients; `weights` are in the order of the table.
    pub fn combination(&self, weights: &[f64], level: f64) -> Estimate {
        let value = (self.table.iter().zip(weights))
            .map(|(c, w)| c.estimate.value * w)
            .sum();
        let w = nalgebra::DVector::from_column_slice(weights);
        let variance = (w.transpose() * &self.covariance * &w)[(0, 0)];
        let df = (self.table.iter().zip(weights))
            .filter(|(_, w)| **w != 0.0)
            .map(|(c, _)| c.degrees_of_freedom)
            .fold(f64::INFINITY, f64::min);
        student_estimate(value, variance.max(0.0).sqrt(), df, level)
    }

    pub(crate) fn build(
        names: &[String],
        values: &[f64],
        covariance: DMatrix<f64>,
        freedom: &[f64],
        level: f64,
    ) -> Self {
        let all_names = std::iter::once(INTERCEPT.to_owned()).chain(names.iter().cloned());
        let table = all_names
            .enumerate()
            .map(|(i, name)| {
                let standard_error = covariance[(i, i)].max(0.0).sqrt();
                Coefficient {
                    name,
                    estimate: student_estimate(values[i], standard_error, freedom[i], level),
                    degrees_of_freedom: freedom[i],
                    p_value: two_sided_p(values[i] / standard_error, freedom[i]),
                }
            })
            .collect();
        Coefficients { table, covariance }
    }
}

/// A value with a symmetric t interval; infinite `freedom` gives the normal one.
pub fn student_estimate(value: f64, standard_error: f64, freedom: f64, level: f64) -> Estimate {
    let half_width = student_quantile(level, freedom) * standard_error;
    Estimate {
        value,
        standard_error,
        interval: Interval {
            lower: value - half_width,
            upper: value + half_width,
            level,
        },
    }
}

/// t such that a Student variable lies within ±t with probability `level`. NaN when `freedom` is not positive.
pub fn student_quantile(level: f64, freedom: f64) -> f64 {
    let probability = 0.5 + level.clamp(1e-9, 1.0 - 1e-12) / 2.0;
    if freedom > 1e7 {
        return Normal::standard().inverse_cdf(probability);
    }
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::NAN, |t| t.inverse_cdf(probability))
}

/// Probability of a statistic at least this far from 0; NaN in gives NaN out.
pub fn two_sided_p(statistic: f64, freedom: f64) -> f64 {
    if statistic.is_nan() {
        return f64::NAN;
    }
    let distance = -statistic.abs();
    if distance == f64::NEG_INFINITY {
        return 0.0;
    }
    if freedom > 1e7 {
        return (2.0 * Normal::standard().cdf(distance)).min(1.0);
    }
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::NAN, |t| (2.0 * t.cdf(distance)).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn student_quantiles_are_those_of_the_tables() {
        assert!((student_quantile(0.95, 10.0) - 2.228_138_852).abs() < 1e-6);
        assert!((student_quantile(0.95, f64::INFINITY) - 1.959_963_985).abs() < 1e-6);
        assert!((student_quantile(0.90, 1.0) - 6.313_751_515).abs() < 1e-5);
    }

    #[test]
    fn p_value_belongs_to_the_interval() {
        let t = student_quantile(0.9, 7.3);
        assert!((two_sided_p(t, 7.3) - 0.1).abs() < 1e-8);
    }
}
