//! What makes a contract end in a given month, and how probable is it next month?

use super::design::{Column, Design, check_counts, rescale};
use crate::error::{StatsError, require_length};
use crate::estimate::{Caution, Estimate, Interval, normal_quantile_for_level};
use crate::optimize::{Evaluation, Optimum, SearchLimits, invert_curvature, minimize};
use crate::reduce::{map_rows, sum_slices_in_order};
use crate::special::{logistic, softplus};
use nalgebra::{DMatrix, DVector};

/// How the hazard h of a period follows from η = intercept + Σ coefficient × column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// h = 1 - exp(-e^η): proportional hazards seen in whole periods; e^coefficient is a hazard ratio.
    Cloglog,
    /// h = 1/(1 + e^-η): e^coefficient is an odds ratio.
    Logit,
}

/// How to fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HazardSettings {
    pub link: Link,
    /// Strength κ of the penalty ½ κ Σ γ² on the coefficients γ of the penalized columns, scaled to standard deviation 1. 0 for none.
    pub ridge: f64,
}

/// Checked periods at risk: row i stands for `at_risk[i]` contracts with the same columns, of which `ended[i]` ended in that period.
///
/// A period in which a contract *cannot* end (outside its renewal window) is not at risk: leave it out or give it `at_risk` 0.
/// A contract observed from a later age simply has no rows before: late entry needs nothing more.
#[derive(Debug, Clone, PartialEq)]
pub struct HazardData {
    columns: Vec<Column>,
    at_risk: Vec<f64>,
    ended: Vec<f64>,
}

impl HazardData {
    /// Checks counts (finite, 0 <= ended <= at risk) and lengths.
    ///
    /// # Errors
    /// `LengthMismatch`, `InvalidInput` naming the row.
    pub fn new(
        columns: Vec<Column>,
        at_risk: Vec<f64>,
        ended: Vec<f64>,
    ) -> Result<Self, StatsError> {
        check_counts(&at_risk, &[&ended])?;
        for column in &columns {
            require_length(&column.name, at_risk.len(), column.values.len())?;
        }
        Ok(HazardData {
            columns,
            at_risk,
            ended,
        })
    }

    pub(crate) fn rows(&self) -> usize {
        self.at_risk.len()
    }

    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(crate) fn at_risk(&self) -> &[f64] {
        &self.at_risk
    }

    pub(crate) fn ended(&self) -> &[f64] {
        &self.ended
    }
}

/// A fitted hazard. Vectors follow `names`, whose first is "intercept".
#[derive(Debug, Clone, PartialEq)]
pub struct HazardFit {
    pub link: Link,
    pub names: Vec<String>,
    pub coefficients: Vec<f64>,
    pub standard_errors: Vec<f64>,
    pub covariance: Vec<Vec<f64>>,
    /// Without the penalty.
    pub log_likelihood: f64,
    /// Contract periods at risk, and ends among them.
    pub at_risk: f64,
    pub ended: f64,
    pub iterations: usize,
    pub gradient_norm: f64,
    pub converged: bool,
    pub cautions: Vec<Caution>,
}

/// Fits a discrete-time hazard by maximum likelihood [A1982], [PG1978].
///
/// ln L = Σ d ln h + (n - d) ln(1 - h) - ½ κ Σ γ². Newton steps with the exact Hessian on centered and scaled columns.
///
/// # Errors
/// `AllCensored` when nothing ended, `NoVariation` (a constant column, or everything ended), `Collinear` naming the first column that those before
/// it determine, `Separation` naming an indicator on one side of which nothing (or everything) ended. If such a side is
/// structural declare its rows not at risk; if it is chance, mark the column as penalized and set a ridge.
///
/// # Cautions
/// `Penalized` (intervals are those of the penalized fit, too narrow by the bias they leave out), `Separation` when only the ridge holds a coefficient,
/// `FewEvents` below 5 ends per coefficient, `FlatLikelihood`, `NotConverged`.
pub fn fit(data: &HazardData, settings: &HazardSettings) -> Result<HazardFit, StatsError> {
    if !(settings.ridge.is_finite() && settings.ridge >= 0.0) {
        return Err(StatsError::invalid(format!("ridge {}", settings.ridge)));
    }
    let design = Design::new(&data.columns, &data.at_risk)?;
    let sum_at_risk = |values: &[f64]| -> f64 { design.rows.iter().map(|&i| values[i]).sum() };
    let (contracts, ended) = (sum_at_risk(&data.at_risk), sum_at_risk(&data.ended));
    if ended <= 0.0 {
        return Err(StatsError::AllCensored {
            rows: design.rows.len(),
        });
    }
    if ended >= contracts {
        return Err(StatsError::NoVariation {
            what: "end of contracts".to_owned(),
        });
    }
    let mut cautions = warn_separation(data, &design, settings)?;
    let problem = Problem {
        data,
        design: &design,
        settings,
    };
    let share = ended / contracts;
    let mut start = vec![0.0; design.width()];
    start[0] = match settings.link {
        Link::Cloglog => (-(-share).ln_1p()).ln(),
        Link::Logit => (share / (1.0 - share)).ln(),
    };
    let limits = SearchLimits::around(&vec![0.0; design.width()], 40.0);
    let optimum = minimize(&start, &limits, |point| problem.evaluate(point));
    refuse_divergence(&optimum, &design)?;
    let curvature = invert_curvature(&optimum);
    add_cautions(
        &mut cautions,
        (&optimum, curvature.condition),
        (ended, settings),
    );
    let (coefficients, covariance) = rescale(&design.back(), &optimum.point, &curvature.covariance);
    Ok(HazardFit {
        link: settings.link,
        standard_errors: (0..coefficients.len())
            .map(|i| covariance[i][i].max(0.0).sqrt())
            .collect(),
        names: design.names.clone(),
        log_likelihood: -optimum.value + problem.penalty(&optimum.point),
        coefficients,
        covariance,
        at_risk: contracts,
        ended,
        iterations: optimum.iterations,
        gradient_norm: optimum.gradient_norm,
        converged: optimum.converged,
        cautions,
    })
}

impl HazardFit {
    /// Interval of the coefficient with this name; `None` for an unknown name.
    pub fn interval(&self, name: &str, level: f64) -> Option<Interval> {
        let i = self.names.iter().position(|n| n == name)?;
        Some(Interval::normal(
            self.coefficients[i],
            self.standard_errors[i],
            level,
        ))
    }

    /// Hazard of a period with these column values (in the order of `names` without the intercept); the interval is
    /// symmetric in η, the standard error by the delta method.
    ///
    /// # Errors
    /// `LengthMismatch`.
    pub fn predict(&self, values: &[f64], level: f64) -> Result<Estimate, StatsError> {
        require_length("values", self.names.len() - 1, values.len())?;
        let eta = self.eta(values);
        let row: Vec<f64> = std::iter::once(1.0).chain(values.iter().copied()).collect();
        let error = quadratic_form(&self.covariance, &row).max(0.0).sqrt();
        let half = normal_quantile_for_level(level) * error;
        Ok(Estimate {
            value: self.hazard_at(eta),
            standard_error: self.slope_at(eta) * error,
            interval: Interval {
                lower: self.hazard_at(eta - half),
                upper: self.hazard_at(eta + half),
                level,
            },
        })
    }

    /// Simulates how many of `at_risk[i]` contracts end in a period with the columns' values of row i.
    ///
    /// # Errors
    /// `LengthMismatch`; `InvalidInput` for a count that is not whole.
    pub fn simulate(
        &self,
        columns: &[Column],
        at_risk: &[f64],
        seed: u64,
    ) -> Result<Vec<f64>, StatsError> {
        self.simulate_shifted((columns, at_risk), &vec![0.0; at_risk.len()], seed)
    }

    /// As [`HazardFit::simulate`] with something added to η of every row.
    pub(crate) fn simulate_shifted(
        &self,
        (columns, at_risk): (&[Column], &[f64]),
        shifts: &[f64],
        seed: u64,
    ) -> Result<Vec<f64>, StatsError> {
        require_length("columns", self.names.len() - 1, columns.len())?;
        for column in columns {
            require_length(&column.name, at_risk.len(), column.values.len())?;
        }
        let wrong = |n: &f64| !(*n >= 0.0 && n.fract() == 0.0 && n.is_finite());
        if let Some(row) = at_risk.iter().position(wrong) {
            return Err(StatsError::invalid_row("at risk (a whole number)", row));
        }
        Ok(map_rows(at_risk.len(), |i| {
            let values: Vec<f64> = columns.iter().map(|c| c.values[i]).collect();
            let hazard = self.hazard_at(self.eta(&values) + shifts[i]);
            let mut generator = crate::btyd::simulated::stream(seed, i as u64);
            draw_binomial(at_risk[i], hazard, &mut generator)
        }))
    }

    /// η of a period.
    pub(crate) fn eta(&self, values: &[f64]) -> f64 {
        let slopes = self.coefficients[1..].iter().zip(values);
        self.coefficients[0] + slopes.map(|(c, v)| c * v).sum::<f64>()
    }

    pub(crate) fn hazard_at(&self, eta: f64) -> f64 {
        match self.link {
            Link::Cloglog => -(-eta.exp()).exp_m1(),
            Link::Logit => logistic(eta),
        }
    }

    /// dh/dη.
    fn slope_at(&self, eta: f64) -> f64 {
        match self.link {
            Link::Cloglog => (eta - eta.exp()).exp(),
            Link::Logit => logistic(eta) * logistic(-eta),
        }
    }
}

/// Σ_ij row_i matrix_ij row_j.
pub(crate) fn quadratic_form(matrix: &[Vec<f64>], row: &[f64]) -> f64 {
    let inner = |line: &Vec<f64>| -> f64 { line.iter().zip(row).map(|(m, r)| m * r).sum() };
    matrix
        .iter()
        .zip(row)
        .map(|(line, r)| r * inner(line))
        .sum()
}

pub(crate) fn draw_binomial<R: rand::Rng>(count: f64, probability: f64, generator: &mut R) -> f64 {
    use rand_distr::{Binomial, Distribution};
    match Binomial::new(count as u64, probability.clamp(0.0, 1.0)) {
        Ok(binomial) => binomial.sample(generator) as f64,
        Err(_) => f64::NAN,
    }
}

struct Problem<'a> {
    data: &'a HazardData,
    design: &'a Design,
    settings: &'a HazardSettings,
}

impl Problem<'_> {
    /// -ln L + penalty with exact derivatives in the scaled coefficients.
    fn evaluate(&self, point: &[f64]) -> Evaluation {
        let width = point.len();
        let packed_size = 1 + width + width * (width + 1) / 2;
        let sums = sum_slices_in_order(self.design.rows.len(), packed_size, |range, sum| {
            for k in range {
                let (row, i) = (self.design.row(k), self.design.rows[k]);
                let eta: f64 = row.iter().zip(point).map(|(x, p)| x * p).sum();
                let (n, d) = (self.data.at_risk[i], self.data.ended[i]);
                let (value, slope, bend) = row_terms(self.settings.link, eta, (n, d));
                sum[0] += value;
                let mut next = 1 + width;
                for a in 0..width {
                    sum[1 + a] += slope * row[a];
                    let scaled = bend * row[a];
                    for x in &row[a..] {
                        sum[next] += scaled * x;
                        next += 1;
                    }
                }
            }
        });
        let mut evaluation = unpack(&sums, width);
        evaluation.value += self.penalty(point);
        for (j, coefficient) in point.iter().enumerate() {
            if self.design.penalized[j] {
                evaluation.gradient[j] += self.settings.ridge * coefficient;
                evaluation.hessian[(j, j)] += self.settings.ridge;
            }
        }
        evaluation
    }

    fn penalty(&self, point: &[f64]) -> f64 {
        let penalized = point.iter().zip(&self.design.penalized);
        let squares: f64 = penalized.filter(|(_, p)| **p).map(|(c, _)| c * c).sum();
        0.5 * self.settings.ridge * squares
    }
}

/// ln L of one row and its first two derivatives in η.
pub(crate) fn row_terms(link: Link, eta: f64, (n, d): (f64, f64)) -> (f64, f64, f64) {
    match link {
        Link::Logit => {
            let h = logistic(eta);
            let value = d * eta - n * softplus(eta);
            (value, d - n * h, -n * h * logistic(-eta))
        }
        Link::Cloglog => {
            let m = eta.exp();
            if d == 0.0 {
                return (-n * m, -n * m, -n * m);
            }
            // g = m / (e^m - 1) is the slope of ln h in η.
            let g = if m < 1e-300 { 1.0 } else { m / m.exp_m1() };
            let log_hazard = if m > 0.7 {
                (-(-m).exp()).ln_1p()
            } else if m < 1e-15 {
                eta
            } else {
                (-(-m).exp_m1()).ln()
            };
            (
                d * log_hazard - (n - d) * m,
                d * g - (n - d) * m,
                d * g * (1.0 - m - g) - (n - d) * m,
            )
        }
    }
}

/// Packed sums of ln L to -ln L.
pub(crate) fn unpack(sums: &[f64], width: usize) -> Evaluation {
    let mut hessian = DMatrix::zeros(width, width);
    let mut next = 1 + width;
    for i in 0..width {
        for j in i..width {
            hessian[(i, j)] = -sums[next];
            hessian[(j, i)] = -sums[next];
            next += 1;
        }
    }
    Evaluation {
        value: -sums[0],
        gradient: DVector::from_fn(width, |i, _| -sums[1 + i]),
        hessian,
    }
}

fn warn_separation(
    data: &HazardData,
    design: &Design,
    settings: &HazardSettings,
) -> Result<Vec<Caution>, StatsError> {
    let survived: Vec<f64> = (0..data.ended.len())
        .map(|i| data.at_risk[i] - data.ended[i])
        .collect();
    let free: Vec<Column> = (data.columns.iter())
        .filter(|c| settings.ridge == 0.0 || !c.penalized)
        .cloned()
        .collect();
    if let Some(column) = design.separating(&free, &data.ended, &survived) {
        return Err(StatsError::Separation { column });
    }
    let held = design.separating(&data.columns, &data.ended, &survived);
    Ok(held
        .map(|column| Caution::Separation { column })
        .into_iter()
        .collect())
}

/// Refuses a fit whose coefficients ran away: columns that separate the outcomes only together.
pub(crate) fn refuse_divergence(optimum: &Optimum, design: &Design) -> Result<(), StatsError> {
    if !optimum.value.is_finite() {
        return Err(StatsError::NotConverged {
            iterations: optimum.iterations,
            gradient_norm: optimum.gradient_norm,
        });
    }
    const RUNAWAY: f64 = 25.0;
    let width = design.width();
    let largest = (0..optimum.point.len())
        .filter(|k| k % width != 0)
        .max_by(|&i, &j| optimum.point[i].abs().total_cmp(&optimum.point[j].abs()));
    match largest {
        Some(k) if optimum.point[k].abs() > RUNAWAY => Err(StatsError::Separation {
            column: design.names[k % width].clone(),
        }),
        _ => Ok(()),
    }
}

pub(crate) fn add_cautions(
    cautions: &mut Vec<Caution>,
    (optimum, condition): (&Optimum, f64),
    (ended, settings): (f64, &HazardSettings),
) {
    if settings.ridge > 0.0 {
        cautions.push(Caution::Penalized {
            strength: settings.ridge,
        });
    }
    let coefficients = optimum.point.len();
    if ended < 5.0 * coefficients as f64 {
        cautions.push(Caution::FewEvents {
            events: ended as usize,
            coefficients,
        });
    }
    if condition > 1e10 {
        cautions.push(Caution::FlatLikelihood { condition });
    }
    if !optimum.converged {
        cautions.push(Caution::NotConverged {
            iterations: optimum.iterations,
            gradient_norm: optimum.gradient_norm,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_slopes(evaluate: impl Fn(&[f64]) -> Evaluation, at: &[f64]) {
        let here = evaluate(at);
        for i in 0..at.len() {
            let moved = |h: f64| {
                let mut point = at.to_vec();
                point[i] += h;
                evaluate(&point)
            };
            let (up, down) = (moved(1e-5), moved(-1e-5));
            assert!((here.gradient[i] - (up.value - down.value) / 2e-5).abs() < 1e-6);
            for j in 0..at.len() {
                let bend = (up.gradient[j] - down.gradient[j]) / 2e-5;
                assert!((here.hessian[(i, j)] - bend).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn derivatives_agree_with_differences() {
        let column = Column::penalized("x", vec![0.0, 1.0, 2.0, 5.0]);
        let data = HazardData::new(
            vec![column],
            vec![10.0, 20.0, 0.0, 7.0],
            vec![1.0, 3.0, 0.0, 2.0],
        )
        .expect("valid");
        let design = Design::new(&data.columns, &data.at_risk).expect("valid");
        for link in [Link::Cloglog, Link::Logit] {
            let settings = HazardSettings { link, ridge: 0.7 };
            let problem = Problem {
                data: &data,
                design: &design,
                settings: &settings,
            };
            check_slopes(|p| problem.evaluate(p), &[-1.3, 0.4]);
        }
    }
}
