//! Do the columns allow one answer, and on which scale is it found safely?

use crate::error::{StatsError, require_finite, require_length};
use nalgebra::{DMatrix, DVector};

/// A named column of the design, one value per row; an indicator is 0 or 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub name: String,
    pub values: Vec<f64>,
    /// Whether a ridge penalty, when one is set, shrinks this column's coefficient.
    pub penalized: bool,
}

impl Column {
    /// A column whose coefficient is left free.
    pub fn new(name: impl Into<String>, values: Vec<f64>) -> Self {
        Column {
            name: name.into(),
            values,
            penalized: false,
        }
    }

    /// A column whose coefficient the ridge penalty shrinks: sparse dummies.
    pub fn penalized(name: impl Into<String>, values: Vec<f64>) -> Self {
        Column {
            penalized: true,
            ..Column::new(name, values)
        }
    }
}

/// Rows at risk with an intercept and centered, scaled columns, row by row.
#[derive(Debug, Clone)]
pub(crate) struct Design {
    /// "intercept" and the columns' names.
    pub names: Vec<String>,
    pub penalized: Vec<bool>,
    /// Which rows of the input are at risk.
    pub rows: Vec<usize>,
    cells: Vec<f64>,
    center: Vec<f64>,
    spread: Vec<f64>,
}

impl Design {
    /// Checks the columns over the rows at risk and brings them to mean 0 and standard deviation 1.
    pub fn new(columns: &[Column], at_risk: &[f64]) -> Result<Self, StatsError> {
        let rows: Vec<usize> = (0..at_risk.len()).filter(|&i| at_risk[i] > 0.0).collect();
        if rows.is_empty() {
            return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
        }
        let total: f64 = rows.iter().map(|&i| at_risk[i]).sum();
        let width = columns.len() + 1;
        let mut design = Design {
            names: vec!["intercept".to_owned()],
            penalized: vec![false],
            cells: vec![1.0; rows.len() * width],
            center: vec![0.0],
            spread: vec![1.0],
            rows,
        };
        for (j, column) in columns.iter().enumerate() {
            require_length(&column.name, at_risk.len(), column.values.len())?;
            require_finite(&column.name, &column.values)?;
            design.add(column, (j + 1, total), at_risk)?;
        }
        design.require_independent(at_risk)?;
        Ok(design)
    }

    pub fn width(&self) -> usize {
        self.names.len()
    }

    pub fn row(&self, k: usize) -> &[f64] {
        &self.cells[k * self.width()..(k + 1) * self.width()]
    }

    /// The matrix that turns coefficients of the scaled columns into those of the columns as given.
    pub fn back(&self) -> DMatrix<f64> {
        let width = self.width();
        let mut matrix = DMatrix::zeros(width, width);
        matrix[(0, 0)] = 1.0;
        for j in 1..width {
            matrix[(j, j)] = 1.0 / self.spread[j];
            matrix[(0, j)] = -self.center[j] / self.spread[j];
        }
        matrix
    }

    /// An indicator that has two values, one of which no row with this outcome count (or its complement) has.
    pub fn separating(&self, columns: &[Column], outcome: &[f64], rest: &[f64]) -> Option<String> {
        let separates = |column: &&Column| {
            let first = column.values[self.rows[0]];
            let mut sums = [[0.0; 2]; 2];
            let mut second = None;
            for &i in &self.rows {
                let value = column.values[i];
                let level = usize::from(value != first);
                if level == 1 && *second.get_or_insert(value) != value {
                    return false;
                }
                sums[level][0] += outcome[i];
                sums[level][1] += rest[i];
            }
            sums.iter().flatten().any(|s| *s <= 0.0)
        };
        columns.iter().find(separates).map(|c| c.name.clone())
    }

    fn add(
        &mut self,
        column: &Column,
        (j, total): (usize, f64),
        at_risk: &[f64],
    ) -> Result<(), StatsError> {
        let mean = |f: &dyn Fn(f64) -> f64| -> f64 {
            let weighted = self.rows.iter().map(|&i| at_risk[i] * f(column.values[i]));
            weighted.sum::<f64>() / total
        };
        let center = mean(&|v| v);
        let spread = mean(&|v| (v - center).powi(2)).sqrt();
        if spread <= 1e-12 * (1.0 + center.abs()) {
            return Err(StatsError::NoVariation {
                what: column.name.clone(),
            });
        }
        let width = self.cells.len() / self.rows.len();
        for (k, &i) in self.rows.iter().enumerate() {
            self.cells[k * width + j] = (column.values[i] - center) / spread;
        }
        self.names.push(column.name.clone());
        self.penalized.push(column.penalized);
        self.center.push(center);
        self.spread.push(spread);
        Ok(())
    }

    /// Refuses a column that the columns before it determine: what is left of it after them, by Cholesky of the correlations.
    fn require_independent(&self, at_risk: &[f64]) -> Result<(), StatsError> {
        let width = self.width();
        let sums = crate::reduce::sum_slices_in_order(
            self.rows.len(),
            width * width,
            |range, sum: &mut [f64]| {
                for k in range {
                    let (row, w) = (self.row(k), at_risk[self.rows[k]]);
                    for i in 0..width {
                        for j in 0..=i {
                            sum[i * width + j] += w * row[i] * row[j];
                        }
                    }
                }
            },
        );
        let total = sums[0];
        let mut factor = DMatrix::<f64>::zeros(width, width);
        for i in 0..width {
            for j in 0..=i {
                let known: f64 = (0..j).map(|k| factor[(i, k)] * factor[(j, k)]).sum();
                let left = sums[i * width + j] / total - known;
                if i != j {
                    factor[(i, j)] = left / factor[(j, j)];
                } else if left < 1e-10 {
                    return Err(StatsError::Collinear {
                        column: self.names[i].clone(),
                    });
                } else {
                    factor[(i, i)] = left.sqrt();
                }
            }
        }
        Ok(())
    }
}

/// Coefficients and covariance on the scale of the columns as given.
pub(crate) fn rescale(
    back: &DMatrix<f64>,
    point: &[f64],
    covariance: &DMatrix<f64>,
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let coefficients = back * DVector::from_column_slice(point);
    let moved = back * covariance * back.transpose();
    let size = point.len();
    (
        coefficients.iter().copied().collect(),
        (0..size)
            .map(|i| (0..size).map(|j| moved[(i, j)]).collect())
            .collect(),
    )
}

/// Proves that counts are finite and not negative, and that no row has more ends than contracts.
pub(crate) fn check_counts(at_risk: &[f64], ended: &[&[f64]]) -> Result<(), StatsError> {
    require_finite("at risk", at_risk)?;
    for column in ended {
        require_length("ended", at_risk.len(), column.len())?;
        require_finite("ended", column)?;
    }
    for (row, n) in at_risk.iter().enumerate() {
        let ends: f64 = ended.iter().map(|e| e[row]).sum();
        let negative = ended.iter().any(|e| e[row] < 0.0);
        if *n < 0.0 || negative || ends > *n * (1.0 + 1e-12) {
            return Err(StatsError::invalid_row(
                format!("counts ({ends} ended of {n} at risk)"),
                row,
            ));
        }
    }
    Ok(())
}
