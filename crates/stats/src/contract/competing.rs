//! Which of several ends comes to a contract, and how probable is each?

use super::design::{Column, Design, check_counts, rescale};
use super::hazard::{
    HazardSettings, Link, add_cautions, draw_binomial, quadratic_form, refuse_divergence, unpack,
};
use crate::error::{StatsError, require_length};
use crate::estimate::{Caution, Estimate};
use crate::optimize::{Evaluation, SearchLimits, invert_curvature, minimize};
use crate::reduce::sum_slices_in_order;
use nalgebra::DMatrix;

/// Checked periods at risk with several kinds of end: `ended[k][i]` contracts of row i ended in way `kinds[k]`.
#[derive(Debug, Clone, PartialEq)]
pub struct CompetingData {
    columns: Vec<Column>,
    at_risk: Vec<f64>,
    kinds: Vec<String>,
    ended: Vec<Vec<f64>>,
}

impl CompetingData {
    /// Checks counts (finite, not negative, together at most those at risk) and lengths; at least one kind.
    ///
    /// # Errors
    /// `LengthMismatch`, `TooFewGroups`, `InvalidInput` naming the row.
    pub fn new(
        columns: Vec<Column>,
        at_risk: Vec<f64>,
        ends: Vec<(String, Vec<f64>)>,
    ) -> Result<Self, StatsError> {
        if ends.is_empty() {
            return Err(StatsError::TooFewGroups { needed: 1, got: 0 });
        }
        let (kinds, ended): (Vec<String>, Vec<Vec<f64>>) = ends.into_iter().unzip();
        let all: Vec<&[f64]> = ended.iter().map(Vec::as_slice).collect();
        check_counts(&at_risk, &all)?;
        for column in &columns {
            require_length(&column.name, at_risk.len(), column.values.len())?;
        }
        Ok(CompetingData {
            columns,
            at_risk,
            kinds,
            ended,
        })
    }
}

/// Fitted hazards by kind of end. `coefficients[k]` follows `names`; the covariance runs over kinds, within them over names.
#[derive(Debug, Clone, PartialEq)]
pub struct CompetingFit {
    pub kinds: Vec<String>,
    pub names: Vec<String>,
    pub coefficients: Vec<Vec<f64>>,
    pub standard_errors: Vec<Vec<f64>>,
    pub covariance: Vec<Vec<f64>>,
    pub log_likelihood: f64,
    pub iterations: usize,
    pub gradient_norm: f64,
    pub converged: bool,
    pub cautions: Vec<Caution>,
}

/// Fits a multinomial logit of the kinds of end against going on [A1982]:
/// h_k = e^(η_k) / (1 + Σ_l e^(η_l)), ln L = Σ_k d_k η_k - n ln(1 + Σ_l e^(η_l)) - ½ ridge Σ γ².
///
/// # Errors and cautions
/// As [`super::hazard::fit`], for each kind: a kind that nobody had is `AllCensored`.
pub fn fit(data: &CompetingData, ridge: f64) -> Result<CompetingFit, StatsError> {
    if !(ridge.is_finite() && ridge >= 0.0) {
        return Err(StatsError::invalid(format!("ridge {ridge}")));
    }
    let settings = HazardSettings {
        link: Link::Logit,
        ridge,
    };
    let design = Design::new(&data.columns, &data.at_risk)?;
    let mut cautions = warn_separation(data, &design, ridge)?;
    let problem = Problem {
        data,
        design: &design,
        ridge,
    };
    let (width, kinds) = (design.width(), data.kinds.len());
    let sums: Vec<f64> = (data.ended.iter())
        .map(|e| design.rows.iter().map(|&i| e[i]).sum())
        .collect();
    let at_risk: f64 = design.rows.iter().map(|&i| data.at_risk[i]).sum();
    let going_on = at_risk - sums.iter().sum::<f64>();
    if going_on <= 0.0 {
        return Err(StatsError::NoVariation {
            what: "end of contracts".to_owned(),
        });
    }
    let mut start = vec![0.0; width * kinds];
    for (k, sum) in sums.iter().enumerate() {
        start[k * width] = (sum / going_on).ln();
    }
    let limits = SearchLimits::around(&vec![0.0; start.len()], 40.0);
    let optimum = minimize(&start, &limits, |point| problem.evaluate(point));
    refuse_divergence(&optimum, &design)?;
    let curvature = invert_curvature(&optimum);
    let least = sums.iter().fold(f64::INFINITY, |m, s| m.min(*s));
    add_cautions(
        &mut cautions,
        (&optimum, curvature.condition),
        (least * kinds as f64, &settings),
    );
    let (flat, covariance) = rescale(
        &block_diagonal(&design.back(), kinds),
        &optimum.point,
        &curvature.covariance,
    );
    let by_kind = |values: &[f64]| values.chunks(width).map(<[f64]>::to_vec).collect();
    let errors: Vec<f64> = (0..flat.len())
        .map(|i| covariance[i][i].max(0.0).sqrt())
        .collect();
    Ok(CompetingFit {
        kinds: data.kinds.clone(),
        names: design.names.clone(),
        coefficients: by_kind(&flat),
        standard_errors: by_kind(&errors),
        covariance,
        log_likelihood: -optimum.value + problem.penalty(&optimum.point),
        iterations: optimum.iterations,
        gradient_norm: optimum.gradient_norm,
        converged: optimum.converged,
        cautions,
    })
}

impl CompetingFit {
    /// Hazard of each kind in a period with these column values, with delta-method normal intervals cut at 0 and 1.
    ///
    /// # Errors
    /// `LengthMismatch`.
    pub fn predict(&self, values: &[f64], level: f64) -> Result<Vec<Estimate>, StatsError> {
        require_length("values", self.names.len() - 1, values.len())?;
        let row: Vec<f64> = std::iter::once(1.0).chain(values.iter().copied()).collect();
        let hazards = shares(&self.coefficients, &row);
        let estimate = |k: usize| {
            let gradient: Vec<f64> = (hazards.iter().enumerate())
                .flat_map(|(l, h)| {
                    let slope = hazards[k] * (f64::from(u8::from(k == l)) - h);
                    row.iter().map(move |x| slope * x)
                })
                .collect();
            let error = quadratic_form(&self.covariance, &gradient).max(0.0).sqrt();
            let mut estimate = Estimate::normal(hazards[k], error, level);
            estimate.interval.lower = estimate.interval.lower.max(0.0);
            estimate.interval.upper = estimate.interval.upper.min(1.0);
            estimate
        };
        Ok((0..hazards.len()).map(estimate).collect())
    }
}

impl CompetingFit {
    /// Simulates how each of `at_risk[i]` contracts ends in a period with the columns' values of row i: counts per kind, then per row.
    ///
    /// # Errors
    /// `LengthMismatch`; `InvalidInput` for a count that is not whole.
    pub fn simulate(
        &self,
        columns: &[Column],
        at_risk: &[f64],
        seed: u64,
    ) -> Result<Vec<Vec<f64>>, StatsError> {
        require_length("columns", self.names.len() - 1, columns.len())?;
        for column in columns {
            require_length(&column.name, at_risk.len(), column.values.len())?;
        }
        let wrong = |n: &f64| !(*n >= 0.0 && n.fract() == 0.0 && n.is_finite());
        if let Some(row) = at_risk.iter().position(wrong) {
            return Err(StatsError::invalid_row("at risk (a whole number)", row));
        }
        let rows = crate::reduce::map_rows(at_risk.len(), |i| {
            let values = columns.iter().map(|c| c.values[i]);
            let row: Vec<f64> = std::iter::once(1.0).chain(values).collect();
            let mut generator = crate::btyd::simulated::stream(seed, i as u64);
            let (mut left, mut open) = (at_risk[i], 1.0);
            // One kind after another, each with its chance among what is left.
            let draw = |hazard: &f64| {
                let ended = draw_binomial(left, (hazard / open).min(1.0), &mut generator);
                left -= ended;
                open = (open - hazard).max(f64::MIN_POSITIVE);
                ended
            };
            shares(&self.coefficients, &row)
                .iter()
                .map(draw)
                .collect::<Vec<f64>>()
        });
        let of_kind = |k: usize| rows.iter().map(|row| row[k]).collect();
        Ok((0..self.kinds.len()).map(of_kind).collect())
    }
}

/// h_k of each kind, by a shifted exponential that cannot overflow.
fn shares(coefficients: &[Vec<f64>], row: &[f64]) -> Vec<f64> {
    let etas: Vec<f64> = (coefficients.iter())
        .map(|c| c.iter().zip(row).map(|(c, x)| c * x).sum())
        .collect();
    let top = etas.iter().fold(0.0_f64, |m, e| m.max(*e));
    let whole: f64 = (-top).exp() + etas.iter().map(|e| (e - top).exp()).sum::<f64>();
    etas.iter().map(|e| (e - top).exp() / whole).collect()
}

struct Problem<'a> {
    data: &'a CompetingData,
    design: &'a Design,
    ridge: f64,
}

impl Problem<'_> {
    fn evaluate(&self, point: &[f64]) -> Evaluation {
        let (width, size) = (self.design.width(), point.len());
        let by_kind: Vec<Vec<f64>> = point.chunks(width).map(<[f64]>::to_vec).collect();
        let packed_size = 1 + size + size * (size + 1) / 2;
        let sums = sum_slices_in_order(self.design.rows.len(), packed_size, |range, sum| {
            for k in range {
                self.add_row(k, &by_kind, sum);
            }
        });
        let mut evaluation = unpack(&sums, size);
        evaluation.value += self.penalty(point);
        for (j, coefficient) in point.iter().enumerate() {
            if self.design.penalized[j % width] {
                evaluation.gradient[j] += self.ridge * coefficient;
                evaluation.hessian[(j, j)] += self.ridge;
            }
        }
        evaluation
    }

    fn add_row(&self, k: usize, by_kind: &[Vec<f64>], sum: &mut [f64]) {
        let (row, i) = (self.design.row(k), self.design.rows[k]);
        let (width, n) = (row.len(), self.data.at_risk[i]);
        let hazards = shares(by_kind, row);
        let going_on = (1.0 - hazards.iter().sum::<f64>()).max(f64::MIN_POSITIVE);
        let size = width * hazards.len();
        let mut rest = n;
        for (kind, h) in hazards.iter().enumerate() {
            let d = self.data.ended[kind][i];
            rest -= d;
            if d > 0.0 {
                sum[0] += d * h.ln();
            }
            for (a, x) in row.iter().enumerate() {
                sum[1 + kind * width + a] += (d - n * h) * x;
            }
        }
        if rest > 0.0 {
            sum[0] += rest * going_on.ln();
        }
        let mut next = 1 + size;
        for first in 0..size {
            let (kind, x) = (first / width, row[first % width]);
            for second in first..size {
                let (other, y) = (second / width, row[second % width]);
                let same = f64::from(u8::from(kind == other));
                sum[next] -= n * hazards[kind] * (same - hazards[other]) * x * y;
                next += 1;
            }
        }
    }

    fn penalty(&self, point: &[f64]) -> f64 {
        let width = self.design.width();
        let squares: f64 = (0..point.len())
            .filter(|j| self.design.penalized[j % width])
            .map(|j| point[j] * point[j])
            .sum();
        0.5 * self.ridge * squares
    }
}

fn warn_separation(
    data: &CompetingData,
    design: &Design,
    ridge: f64,
) -> Result<Vec<Caution>, StatsError> {
    let free: Vec<Column> = (data.columns.iter())
        .filter(|c| ridge == 0.0 || !c.penalized)
        .cloned()
        .collect();
    let mut cautions = Vec::new();
    for ended in &data.ended {
        if design.rows.iter().all(|&i| ended[i] <= 0.0) {
            return Err(StatsError::AllCensored {
                rows: design.rows.len(),
            });
        }
        let others: Vec<f64> = (0..ended.len())
            .map(|i| data.at_risk[i] - ended[i])
            .collect();
        if let Some(column) = design.separating(&free, ended, &others) {
            return Err(StatsError::Separation { column });
        }
        let held = design.separating(&data.columns, ended, &others);
        cautions.extend(held.map(|column| Caution::Separation { column }));
    }
    Ok(cautions)
}

fn block_diagonal(block: &DMatrix<f64>, times: usize) -> DMatrix<f64> {
    let size = block.nrows();
    DMatrix::from_fn(size * times, size * times, |i, j| {
        if i / size == j / size {
            block[(i % size, j % size)]
        } else {
            0.0
        }
    })
}
