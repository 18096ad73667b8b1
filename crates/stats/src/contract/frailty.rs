//! What makes contracts end, when contracts of one customer share something that no column tells?

use super::design::{Column, Design, rescale};
use super::hazard::{
    HazardData, HazardFit, HazardSettings, Link, fit as fit_plain, row_terms, unpack,
};
use crate::error::{StatsError, require_length};
use crate::estimate::{Caution, Estimate, Interval};
use crate::optimize::{Evaluation, Optimum, SearchLimits, invert_curvature, minimize};
use crate::quadrature::{Rule, hermite};
use crate::reduce::{map_rows, sum_slices_in_order};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// A fitted hazard with a shared frailty. Vectors follow `hazard.names`.
#[derive(Debug, Clone, PartialEq)]
pub struct FrailtyFit {
    /// Coefficients given the frailty; its predictions are those of a group whose frailty is 0 (the median group).
    pub hazard: HazardFit,
    /// Standard deviation over groups of the frailty u on the scale of η. Interval on the log scale.
    pub deviation: Estimate,
    /// Predicted frailty per group (posterior mean), groups in rising order of their number.
    pub groups: Vec<f64>,
    /// ln L without frailty, and the chance of a gain at least this large if there were none (half a chi-square with 1 degree of freedom).
    pub plain_log_likelihood: f64,
    pub frailty_p: f64,
}

/// Nodes of the quadrature over the frailty, centered and scaled at each group's own mode.
const NODES: usize = 15;
/// ln of the deviation at which the frailty is as good as none.
const NONE: f64 = -7.0;
const NEWTON_STEPS: usize = 50;

/// Fits `link(h) = η + u_group`, `u ~ N(0, deviation²)`, by maximum likelihood: a discrete-time hazard with Gaussian shared frailty.
///
/// `ln L = sum_g ln ∫ prod_(rows of g) h^d (1-h)^(n-d) φ(u) du`, by adaptive Gauss-Hermite quadrature with 15 nodes per group
/// `[PinheiroBates1995]`; `group[i]` is the group of row i (customer, region). Gradient and Hessian are exact for the integral (moments of the rows' derivatives under the
/// nodes), Newton steps on scaled columns and ln(deviation). With the cloglog link e^coefficient is a hazard ratio within a group.
/// Standard errors from the observed information of all parameters.
///
/// # Errors
/// Those of [`super::hazard::fit`]; `TooFewGroups` with one group; `InvalidInput` when a ridge is set.
///
/// # Cautions
/// Those of the hazard; `BoundaryOptimum` when groups do not differ (the fit without frailty is returned with deviation 0);
/// `FewClusters` below 10 groups.
pub fn fit(
    data: &HazardData,
    group: &[usize],
    (link, level): (Link, f64),
) -> Result<FrailtyFit, StatsError> {
    crate::regression::sample::prove_level(level)?;
    require_length("group", data.rows(), group.len())?;
    let settings = HazardSettings { link, ridge: 0.0 };
    let plain = fit_plain(data, &settings)?;
    let design = Design::new(data.columns(), data.at_risk())?;
    let problem = Problem::new(data, &design, (group, link))?;
    let mut start = scaled_point(&plain, &design);
    let mut limits = SearchLimits::free(start.len() + 1);
    let width = design.width();
    limits.lower[width] = NONE;
    limits.upper[width] = 3.0;
    start.push(-0.7);
    let optimum = minimize(&start, &limits, |point| problem.evaluate(point));
    if !optimum.value.is_finite() {
        return Err(StatsError::NotConverged {
            iterations: optimum.iterations,
            gradient_norm: optimum.gradient_norm,
        });
    }
    let gain = -optimum.value - plain.log_likelihood;
    if optimum.point[width] <= NONE + 1e-9 || gain < 1e-7 {
        return Ok(without_frailty(plain, problem.groups.len(), level));
    }
    Ok(problem.report((&optimum, gain), plain, level))
}

/// Simulates how many of `at_risk[i]` contracts end, with a new frailty for every group.
///
/// # Errors
/// As [`HazardFit::simulate`]; `LengthMismatch` of the groups.
pub fn simulate(
    fit: &FrailtyFit,
    columns: &[Column],
    (at_risk, group): (&[f64], &[usize]),
    seed: u64,
) -> Result<Vec<f64>, StatsError> {
    use rand_distr::{Distribution, StandardNormal};
    require_length("group", at_risk.len(), group.len())?;
    let shifts: Vec<f64> = (group.iter())
        .map(|&g| {
            let mut generator = crate::btyd::simulated::stream(!seed, g as u64);
            let normal: f64 = StandardNormal.sample(&mut generator);
            fit.deviation.value * normal
        })
        .collect();
    fit.hazard
        .simulate_shifted((columns, at_risk), &shifts, seed)
}

impl FrailtyFit {
    /// Share of contracts of a new, unknown group that end in a period with these column values: the hazard averaged over the frailty.
    ///
    /// # Errors
    /// `LengthMismatch`.
    pub fn mean_hazard(&self, values: &[f64]) -> Result<f64, StatsError> {
        require_length("values", self.hazard.names.len() - 1, values.len())?;
        let eta = self.hazard.eta(values);
        let rule = hermite(40);
        let nodes = rule.nodes.iter().zip(&rule.weights);
        Ok(nodes
            .map(|(z, w)| w * self.hazard.hazard_at(eta + self.deviation.value * z))
            .sum())
    }
}

fn without_frailty(plain: HazardFit, groups: usize, level: f64) -> FrailtyFit {
    let mut hazard = plain;
    hazard.cautions.push(Caution::BoundaryOptimum {
        parameter: "deviation".to_owned(),
    });
    warn_few(&mut hazard.cautions, groups);
    FrailtyFit {
        plain_log_likelihood: hazard.log_likelihood,
        hazard,
        deviation: Estimate {
            value: 0.0,
            standard_error: f64::NAN,
            interval: Interval {
                lower: 0.0,
                upper: f64::INFINITY,
                level,
            },
        },
        groups: vec![0.0; groups],
        frailty_p: 1.0,
    }
}

fn warn_few(cautions: &mut Vec<Caution>, got: usize) {
    const ENOUGH_GROUPS: usize = 10;
    if got < ENOUGH_GROUPS {
        cautions.push(Caution::FewClusters {
            needed: ENOUGH_GROUPS,
            got,
        });
    }
}

/// Coefficients of the scaled columns from those of the columns as given.
fn scaled_point(plain: &HazardFit, design: &Design) -> Vec<f64> {
    let back = design.back();
    let given = nalgebra::DVector::from_column_slice(&plain.coefficients);
    let inverse = back
        .try_inverse()
        .expect("a triangle without zeros on its diagonal");
    (inverse * given).iter().copied().collect()
}

struct Problem<'a> {
    data: &'a HazardData,
    design: &'a Design,
    link: Link,
    /// Places in the design of each group's rows.
    groups: Vec<Vec<usize>>,
    rule: Rule,
}

/// The integrand of a group seen from its mode.
struct Mode {
    place: f64,
    width: f64,
}

impl<'a> Problem<'a> {
    fn new(
        data: &'a HazardData,
        design: &'a Design,
        (group, link): (&[usize], Link),
    ) -> Result<Self, StatsError> {
        let mut by_group: std::collections::BTreeMap<usize, Vec<usize>> = Default::default();
        for (k, &row) in design.rows.iter().enumerate() {
            by_group.entry(group[row]).or_default().push(k);
        }
        if by_group.len() < 2 {
            let got = by_group.len();
            return Err(StatsError::TooFewGroups { needed: 2, got });
        }
        Ok(Problem {
            data,
            design,
            link,
            groups: by_group.into_values().collect(),
            rule: hermite(NODES),
        })
    }

    fn etas(&self, rows: &[usize], point: &[f64]) -> Vec<f64> {
        let eta = |&k: &usize| {
            self.design
                .row(k)
                .iter()
                .zip(point)
                .map(|(x, p)| x * p)
                .sum()
        };
        rows.iter().map(eta).collect()
    }

    /// Sum over a group's rows of ln L and its first two derivatives in u, standardized: u = deviation v.
    fn along(&self, rows: &[usize], etas: &[f64], shift: f64) -> (f64, f64, f64) {
        let mut sum = (0.0, 0.0, 0.0);
        for (&k, eta) in rows.iter().zip(etas) {
            let i = self.design.rows[k];
            let counts = (self.data.at_risk()[i], self.data.ended()[i]);
            let (value, slope, bend) = row_terms(self.link, eta + shift, counts);
            sum = (sum.0 + value, sum.1 + slope, sum.2 + bend);
        }
        sum
    }

    /// Newton's method for the top of ln(likelihood of the rows) - v²/2.
    fn mode(&self, rows: &[usize], etas: &[f64], deviation: f64) -> Mode {
        let mut v: f64 = 0.0;
        let mut curvature = 1.0;
        for _ in 0..NEWTON_STEPS {
            let (_, slope, bend) = self.along(rows, etas, deviation * v);
            curvature = 1.0 - deviation * deviation * bend.min(0.0);
            let step = (deviation * slope - v) / curvature;
            v += step.clamp(-2.0, 2.0);
            if step.abs() < 1e-10 {
                break;
            }
        }
        Mode {
            place: v,
            width: 1.0 / curvature.sqrt(),
        }
    }

    /// -ln L with derivatives in (scaled coefficients, ln deviation).
    fn evaluate(&self, point: &[f64]) -> Evaluation {
        let size = point.len();
        let packed = 1 + size + size * (size + 1) / 2;
        let sums = sum_slices_in_order(self.groups.len(), packed, |range, sum| {
            let mut moments = vec![0.0; packed];
            for g in range {
                moments.fill(0.0);
                self.add_group(&self.groups[g], point, &mut moments);
                sum[0] += moments[0];
                // Second derivatives of a logarithm: mean of (bend + slope slope') less the product of the mean slopes.
                let (means, seconds) = moments[1..].split_at(size);
                let mut next = 0;
                for i in 0..size {
                    sum[1 + i] += means[i];
                    for j in i..size {
                        sum[1 + size + next] += seconds[next] - means[i] * means[j];
                        next += 1;
                    }
                }
            }
        });
        unpack(&sums, size)
    }

    /// ln of the group's integral, then the mean over the nodes of the slopes and of (bend + slope slope').
    fn add_group(&self, rows: &[usize], point: &[f64], moments: &mut [f64]) {
        let width = self.design.width();
        let deviation = point[width].exp();
        let etas = self.etas(rows, point);
        let mode = self.mode(rows, &etas, deviation);
        let size = width + 1;
        let mut slopes = vec![0.0; size];
        let mut bends = vec![0.0; size * (size + 1) / 2];
        let (logs, top) = self.node_logs(rows, (&etas, deviation), &mode);
        let total: f64 = logs.iter().map(|l| (l - top).exp()).sum();
        moments[0] = top + total.ln() + mode.width.ln();
        for (z, log) in self.rule.nodes.iter().zip(&logs) {
            let share = (log - top).exp() / total;
            let shift = deviation * (mode.place + mode.width * z);
            slopes.fill(0.0);
            bends.fill(0.0);
            for (&k, eta) in rows.iter().zip(&etas) {
                let i = self.design.rows[k];
                let counts = (self.data.at_risk()[i], self.data.ended()[i]);
                let (_, slope, bend) = row_terms(self.link, eta + shift, counts);
                let x = self.design.row(k);
                let mut next = 0;
                for a in 0..width {
                    slopes[a] += slope * x[a];
                    for xb in &x[a..] {
                        bends[next] += bend * x[a] * xb;
                        next += 1;
                    }
                    bends[next] += bend * x[a] * shift;
                    next += 1;
                }
                // d(shift)/d(ln deviation) = shift, at a fixed v.
                slopes[width] += slope * shift;
                bends[next] += bend * shift * shift + slope * shift;
            }
            let mut next = 0;
            for a in 0..size {
                moments[1 + a] += share * slopes[a];
                for b in a..size {
                    moments[1 + size + next] += share * (bends[next] + slopes[a] * slopes[b]);
                    next += 1;
                }
            }
        }
    }

    /// ln of weight times integrand at every node (∫ f = width Σ w f e^(z²/2) √(2π), with φ's √(2π) cancelling), and the largest.
    fn node_logs(
        &self,
        rows: &[usize],
        (etas, deviation): (&[f64], f64),
        mode: &Mode,
    ) -> (Vec<f64>, f64) {
        let logs: Vec<f64> = (self.rule.nodes.iter().zip(&self.rule.weights))
            .map(|(z, weight)| {
                let v = mode.place + mode.width * z;
                let (value, ..) = self.along(rows, etas, deviation * v);
                weight.ln() + value - 0.5 * v * v + 0.5 * z * z
            })
            .collect();
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (logs, top)
    }

    fn report(&self, (optimum, gain): (&Optimum, f64), plain: HazardFit, level: f64) -> FrailtyFit {
        let width = self.design.width();
        let curvature = invert_curvature(optimum);
        let (point, log_deviation) = (&optimum.point[..width], optimum.point[width]);
        let block = curvature
            .covariance
            .view((0, 0), (width, width))
            .into_owned();
        let (coefficients, covariance) = rescale(&self.design.back(), point, &block);
        let mut cautions = plain.cautions;
        if curvature.condition > 1e10 {
            let condition = curvature.condition;
            cautions.push(Caution::FlatLikelihood { condition });
        }
        if !optimum.converged {
            cautions.push(Caution::NotConverged {
                iterations: optimum.iterations,
                gradient_norm: optimum.gradient_norm,
            });
        }
        warn_few(&mut cautions, self.groups.len());
        let deviation = log_deviation.exp();
        let log_error = curvature.covariance[(width, width)].max(0.0).sqrt();
        FrailtyFit {
            hazard: HazardFit {
                standard_errors: (0..width)
                    .map(|i| covariance[i][i].max(0.0).sqrt())
                    .collect(),
                coefficients,
                covariance,
                log_likelihood: -optimum.value,
                iterations: optimum.iterations,
                gradient_norm: optimum.gradient_norm,
                converged: optimum.converged,
                cautions,
                ..plain
            },
            deviation: Estimate {
                value: deviation,
                standard_error: deviation * log_error,
                interval: Interval::log_normal(deviation, log_error, level),
            },
            groups: map_rows(self.groups.len(), |g| self.predict(g, (point, deviation))),
            plain_log_likelihood: plain.log_likelihood,
            frailty_p: ChiSquared::new(1.0).map_or(f64::NAN, |c| 0.5 * c.sf(2.0 * gain)),
        }
    }

    /// Posterior mean of a group's frailty.
    fn predict(&self, group: usize, (point, deviation): (&[f64], f64)) -> f64 {
        let rows = &self.groups[group];
        let etas = self.etas(rows, point);
        let mode = self.mode(rows, &etas, deviation);
        let (logs, top) = self.node_logs(rows, (&etas, deviation), &mode);
        let (mut total, mut sum) = (0.0, 0.0);
        for (z, log) in self.rule.nodes.iter().zip(&logs) {
            let share = (log - top).exp();
            total += share;
            sum += share * deviation * (mode.place + mode.width * z);
        }
        sum / total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        let column = Column::new("x", vec![0.0, 1.0, 2.0, 5.0, 1.5, 0.2]);
        let (at_risk, ended) = (
            vec![10.0, 20.0, 5.0, 7.0, 9.0, 30.0],
            vec![1.0, 3.0, 0.0, 2.0, 4.0, 3.0],
        );
        let data = HazardData::new(vec![column], at_risk, ended).expect("valid");
        let design = Design::new(data.columns(), data.at_risk()).expect("valid");
        for link in [Link::Cloglog, Link::Logit] {
            let group = [1, 1, 2, 2, 3, 3];
            let problem = Problem::new(&data, &design, (&group, link)).expect("three groups");
            let at = [-1.3, 0.4, -0.4];
            let here = problem.evaluate(&at);
            for i in 0..3 {
                let moved = |h: f64| {
                    let mut point = at;
                    point[i] += h;
                    problem.evaluate(&point)
                };
                let (up, down) = (moved(1e-4), moved(-1e-4));
                let slope = (up.value - down.value) / 2e-4;
                assert!((here.gradient[i] - slope).abs() < 1e-6, "{link:?} {i}");
                for j in 0..3 {
                    let bend = (up.gradient[j] - down.gradient[j]) / 2e-4;
                    assert!((here.hessian[(i, j)] - bend).abs() < 1e-5, "{i} {j}");
                }
            }
        }
    }
}
