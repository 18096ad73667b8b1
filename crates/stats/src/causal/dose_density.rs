//! How likely was each dose for a customer like this?

use super::learner::{Learned, Learner, Target, row_of};
use crate::StatsError;

/// Cells of the table of the shape, and its reach in standard deviations.
const CELLS: usize = 512;
const REACH: f64 = 8.0;
/// The smallest density told, as a share of the normal one's top; rarer doses are called this rare.
const FLOOR: f64 = 1e-4;
/// Smallest spread, as a share of the whole one.
const SMALLEST_SPREAD: f64 = 0.1;

/// Density of the dose given the columns: a mean and a spread that move with them, and a common shape.
pub(crate) struct DoseDensity {
    mean: Learned,
    /// Of the squared deviation.
    spread: Option<Learned>,
    whole: f64,
    table: Vec<f64>,
}

impl DoseDensity {
    /// Learns mean and spread, and the shape of what is left by a Gaussian kernel (Silverman's width).
    pub fn learn(
        learner: Learner,
        dose: &[f64],
        (columns, names): (&[Vec<f64>], &[String]),
    ) -> Result<Self, StatsError> {
        let mean = learner.learn(Target::Mean, dose, (columns, names))?;
        let rows = dose.len();
        let left: Vec<f64> = (0..rows)
            .map(|row| dose[row] - mean.predict(&row_of(columns, row)))
            .collect();
        let squares: Vec<f64> = left.iter().map(|l| l * l).collect();
        let whole = (squares.iter().sum::<f64>() / rows as f64).sqrt();
        if whole <= 1e-9 * dose.iter().map(|d| d.abs()).fold(0.0, f64::max) {
            // The columns tell the dose: nobody got another one.
            return Err(StatsError::NoOverlap { share_outside: 1.0 });
        }
        let mut density = DoseDensity {
            // A spread that cannot be learned is the same for all.
            spread: learner.learn(Target::Mean, &squares, (columns, names)).ok(),
            mean,
            whole,
            table: Vec::new(),
        };
        let scaled: Vec<f64> = (0..rows)
            .map(|row| left[row] / density.place(&row_of(columns, row)).1)
            .collect();
        density.table = kernel(&scaled);
        Ok(density)
    }

    /// Mean and standard deviation of the dose for one row of columns.
    pub fn place(&self, values: &[f64]) -> (f64, f64) {
        let smallest = (SMALLEST_SPREAD * self.whole).powi(2);
        let variance = self
            .spread
            .as_ref()
            .map_or(self.whole.powi(2), |s| s.predict(values));
        (self.mean.predict(values), variance.max(smallest).sqrt())
    }

    /// Density of a standardized deviation.
    pub fn shape(&self, z: f64) -> f64 {
        let position = (z + REACH) / (2.0 * REACH) * (CELLS - 1) as f64;
        let position = position.clamp(0.0, (CELLS - 1) as f64);
        let below = (position.floor() as usize).min(CELLS - 2);
        let share = position - below as f64;
        let density = self.table[below] + share * (self.table[below + 1] - self.table[below]);
        density.max(FLOOR * 0.4)
    }
}

/// Kernel density on the table's points; values are first counted in its cells.
fn kernel(values: &[f64]) -> Vec<f64> {
    let n = values.len() as f64;
    let step = 2.0 * REACH / (CELLS - 1) as f64;
    let mut counts = vec![0.0; CELLS];
    for value in values {
        let cell = ((value + REACH) / step)
            .round()
            .clamp(0.0, (CELLS - 1) as f64);
        counts[cell as usize] += 1.0 / n;
    }
    let mean = values.iter().sum::<f64>() / n;
    let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    let width = (1.06 * sd * n.powf(-0.2)).max(step);
    let height = 1.0 / (width * (2.0 * std::f64::consts::PI).sqrt());
    (0..CELLS)
        .map(|at| {
            let part = |(cell, count): (usize, &f64)| {
                let z = (at as f64 - cell as f64) * step / width;
                count * (-0.5 * z * z).exp()
            };
            counts
                .iter()
                .enumerate()
                .filter(|c| *c.1 > 0.0)
                .map(part)
                .sum::<f64>()
                * height
        })
        .collect()
}
