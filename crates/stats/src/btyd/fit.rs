//! What does a fitted distribution carry, and how sure is it of its parameters?

use super::compressed::{Compressed, Views};
use crate::error::StatsError;
use crate::estimate::{Caution, Estimate, Interval, normal_quantile_for_level};
use crate::optimize::{Evaluation, Optimum, SearchLimits, invert_curvature, minimize};
use crate::special::logistic;
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// Positive parameters of a distribution, in a fixed order.
pub trait Parameters: Copy + std::fmt::Debug + Send + Sync {
    /// Their names in the paper.
    const NAMES: &'static [&'static str];
    /// Their values in the order of `NAMES`.
    fn to_vec(&self) -> Vec<f64>;
    /// The inverse of `to_vec`; the slice has as many values as there are names.
    fn from_slice(values: &[f64]) -> Self;
}

/// A maximum-likelihood fit. Vectors and matrices follow `P::NAMES`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit<P> {
    pub parameters: P,
    /// On the natural scale, by the delta method; NaN where the data do not determine the parameter.
    pub standard_errors: Vec<f64>,
    /// Covariance of the *logarithms* of the parameters, from the observed information; 0 where undetermined.
    pub log_covariance: Vec<Vec<f64>>,
    pub log_likelihood: f64,
    /// Number of customers, counting weights.
    pub customers: f64,
    pub iterations: usize,
    /// Largest absolute slope of the log-likelihood in the logarithm of a parameter.
    pub gradient_norm: f64,
    pub converged: bool,
    pub cautions: Vec<Caution>,
}

impl<P: Parameters> Fit<P> {
    /// Interval of the parameter with this name, symmetric on the log scale; `None` for an unknown name.
    pub fn interval(&self, name: &str, level: f64) -> Option<Interval> {
        let index = P::NAMES.iter().position(|n| *n == name)?;
        let value = self.parameters.to_vec()[index];
        if self.standard_errors[index].is_nan() {
            return Some(Interval {
                lower: 0.0,
                upper: f64::INFINITY,
                level,
            });
        }
        let log_error = self.log_covariance[index][index].sqrt();
        Some(Interval::log_normal(value, log_error, level))
    }

    /// A positive quantity that follows from the parameters (expected purchases, discounted renewals): delta method, interval on the log scale.
    ///
    /// The error is NaN and the interval all positive numbers when the quantity depends on a parameter that the data do not determine.
    pub fn derive_positive(&self, level: f64, quantity: impl Fn(&P) -> f64) -> Estimate {
        let log = |p: &P| quantity(p).ln();
        let (value, error) = (quantity(&self.parameters), self.error_of(&log));
        let interval = match error.is_nan() {
            true => Interval {
                lower: 0.0,
                upper: f64::INFINITY,
                level,
            },
            false => Interval::log_normal(value, error, level),
        };
        Estimate {
            value,
            standard_error: value * error,
            interval,
        }
    }

    /// A share between 0 and 1 that follows from the parameters (P(alive), retention, share left): as
    /// [`Fit::derive_positive`], with the interval on the logit scale.
    pub fn derive_share(&self, level: f64, quantity: impl Fn(&P) -> f64) -> Estimate {
        let logit = |p: &P| {
            let share = quantity(p);
            (share / (1.0 - share)).ln()
        };
        let value = quantity(&self.parameters);
        let error = match value > 0.0 && value < 1.0 {
            true => self.error_of(&logit),
            false => f64::NAN,
        };
        let half = normal_quantile_for_level(level) * error;
        let middle = logit(&self.parameters);
        let (lower, upper) = match error.is_nan() {
            true => (0.0, 1.0),
            false => (logistic(middle - half), logistic(middle + half)),
        };
        Estimate {
            value,
            standard_error: value * (1.0 - value) * error,
            interval: Interval {
                lower,
                upper,
                level,
            },
        }
    }

    /// Standard error by the delta method, slopes by central differences in the logarithms of the parameters.
    fn error_of(&self, quantity: &dyn Fn(&P) -> f64) -> f64 {
        const STEP: f64 = 1e-5;
        /// A slope below this is none.
        const FLAT: f64 = 1e-7;
        let values = self.parameters.to_vec();
        let slope = |i: usize| {
            let at = |step: f64| {
                let mut moved = values.clone();
                moved[i] *= f64::exp(step);
                quantity(&P::from_slice(&moved))
            };
            (at(STEP) - at(-STEP)) / (2.0 * STEP)
        };
        let slopes: Vec<f64> = (0..values.len()).map(slope).collect();
        let unknown = |i: usize| self.standard_errors[i].is_nan() && slopes[i].abs() > FLAT;
        if (0..values.len()).any(unknown) {
            return f64::NAN;
        }
        let variance = crate::contract::hazard::quadratic_form(&self.log_covariance, &slopes);
        variance.max(0.0).sqrt()
    }

    /// Akaike's criterion, 2k - 2 ln L.
    pub fn akaike(&self) -> f64 {
        2.0 * P::NAMES.len() as f64 - 2.0 * self.log_likelihood
    }

    /// Whether leaving could be told from silence.
    pub fn dropout_identified(&self) -> bool {
        !self
            .cautions
            .iter()
            .any(|c| matches!(c, Caution::DropoutNotIdentified { .. }))
    }

    /// A way to draw parameters from the normal approximation on the log scale.
    pub fn sampler(&self) -> ParameterSampler<P> {
        let size = P::NAMES.len();
        let matrix = DMatrix::from_fn(size, size, |i, j| self.log_covariance[i][j]);
        let eigen = SymmetricEigen::new(matrix);
        let roots = eigen.eigenvalues.map(|v| v.max(0.0).sqrt());
        ParameterSampler {
            center: self.parameters.to_vec().iter().map(|p| p.ln()).collect(),
            root: eigen.eigenvectors * DMatrix::from_diagonal(&roots),
            kind: std::marker::PhantomData,
        }
    }
}

/// Draws parameters of a fit; see [`Fit::sampler`].
#[derive(Debug, Clone)]
pub struct ParameterSampler<P> {
    center: Vec<f64>,
    root: DMatrix<f64>,
    kind: std::marker::PhantomData<P>,
}

impl<P: Parameters> ParameterSampler<P> {
    /// One draw of the parameters.
    pub fn draw<R: Rng>(&self, generator: &mut R) -> P {
        let size = self.center.len();
        let normal = DVector::from_fn(size, |_, _| StandardNormal.sample(generator));
        let shift: DVector<f64> = &self.root * normal;
        let values: Vec<f64> = (0..size)
            .map(|i| (self.center[i] + shift[i].clamp(-LARGEST_SHIFT, LARGEST_SHIFT)).exp())
            .collect();
        P::from_slice(&values)
    }
}

/// The search for a fit: log-likelihood with derivatives on the natural scale, starts, and the scale of each parameter.
pub(crate) struct Search<'a> {
    /// Gives ln L, its gradient and its Hessian in the natural parameters, packed as [`unpack`] says.
    pub evaluate: &'a (dyn Fn(&[f64]) -> Vec<f64> + Sync),
    pub starts: Vec<Vec<f64>>,
    /// Typical size of each parameter; the search stays within a factor e^18 of it.
    pub scale: Vec<f64>,
    /// Which parameters are shapes: they end at [`LARGEST_SHAPE`], where all customers are as good as alike.
    pub shapes: &'a [usize],
}

pub(crate) const HALF_WIDTH: f64 = 18.0;

/// Draws stay within this distance of the estimate on the log scale: beyond it a likelihood is flat, not normal.
pub(crate) const LARGEST_SHIFT: f64 = 12.0;

/// A shape this large leaves a coefficient of variation of 1 % between customers.
pub(crate) const LARGEST_SHAPE: f64 = 1e4;

/// A logarithm this uncertain (a factor 7 either way for one standard error) tells nothing of a shape.
pub(crate) const UNKNOWN_LOG_ERROR: f64 = 2.0;

impl Search<'_> {
    /// The best of the optima reached from the starts, in log parameters.
    pub fn run(&self) -> Optimum {
        let center: Vec<f64> = self.scale.iter().map(|s| s.ln()).collect();
        let mut limits = SearchLimits::around(&center, HALF_WIDTH);
        for &i in self.shapes {
            limits.upper[i] = LARGEST_SHAPE.ln();
        }
        let evaluate = |log: &[f64]| self.negative(log);
        let mut best: Option<Optimum> = None;
        for start in self.promising_starts() {
            let optimum = minimize(&start, &limits, evaluate);
            if best.as_ref().is_none_or(|b| optimum.value < b.value) {
                best = Some(optimum);
            }
        }
        best.expect("there is at least one start")
    }

    /// The two highest starts, the best first.
    fn promising_starts(&self) -> Vec<Vec<f64>> {
        let mut scored: Vec<(f64, Vec<f64>)> = self
            .starts
            .iter()
            .map(|start| {
                let log: Vec<f64> = start.iter().map(|p| p.ln()).collect();
                let value = if self.starts.len() == 1 {
                    0.0
                } else {
                    self.negative(&log).value
                };
                (if value.is_nan() { f64::INFINITY } else { value }, log)
            })
            .collect();
        scored.sort_by(|x, y| x.0.total_cmp(&y.0));
        scored.into_iter().take(2).map(|s| s.1).collect()
    }

    fn negative(&self, log: &[f64]) -> Evaluation {
        let natural: Vec<f64> = log.iter().map(|l| l.exp()).collect();
        unpack(&(self.evaluate)(&natural), &natural)
    }
}

/// Searches coarse rows from all starts first when there are many: the cheaper way to the neighborhood of the top.
pub(crate) fn maximize(
    data: &Views,
    starts: Vec<Vec<f64>>,
    run: impl Fn(&Compressed, Vec<Vec<f64>>) -> Optimum,
) -> Optimum {
    if data.coarse.is_some() {
        let near = approach(data, starts.clone(), &run);
        let found = run(data.whole, vec![natural(&near)]);
        if found.converged {
            return found;
        }
    }
    run(data.whole, starts)
}

/// The top of the coarse rows, or of all when they are few.
pub(crate) fn approach(
    data: &Views,
    starts: Vec<Vec<f64>>,
    run: impl Fn(&Compressed, Vec<Vec<f64>>) -> Optimum,
) -> Optimum {
    match &data.coarse {
        None => run(data.whole, starts),
        Some([few, enough]) => run(enough, vec![natural(&run(few, starts))]),
    }
}

fn natural(optimum: &Optimum) -> Vec<f64> {
    optimum.point.iter().map(|l| l.exp()).collect()
}

/// Turns an optimum in log parameters into a fit.
pub(crate) fn assemble<P: Parameters>(
    optimum: &Optimum,
    customers: f64,
) -> Result<Fit<P>, StatsError> {
    if !optimum.value.is_finite() {
        return Err(StatsError::NotConverged {
            iterations: optimum.iterations,
            gradient_norm: optimum.gradient_norm,
        });
    }
    let size = P::NAMES.len();
    let curvature = invert_curvature(optimum);
    let values: Vec<f64> = optimum.point.iter().map(|l| l.exp()).collect();
    let mut cautions = Vec::new();
    let mut standard_errors = Vec::with_capacity(size);
    for (i, value) in values.iter().enumerate() {
        if curvature.undetermined[i] {
            cautions.push(Caution::BoundaryOptimum {
                parameter: P::NAMES[i].to_owned(),
            });
            standard_errors.push(f64::NAN);
        } else {
            standard_errors.push(value * curvature.covariance[(i, i)].sqrt());
        }
    }
    if !optimum.converged {
        cautions.push(Caution::NotConverged {
            iterations: optimum.iterations,
            gradient_norm: optimum.gradient_norm,
        });
    }
    Ok(Fit {
        parameters: P::from_slice(&values),
        standard_errors,
        log_covariance: (0..size)
            .map(|i| (0..size).map(|j| curvature.covariance[(i, j)]).collect())
            .collect(),
        log_likelihood: -optimum.value,
        customers,
        iterations: optimum.iterations,
        gradient_norm: optimum.gradient_norm,
        converged: optimum.converged,
        cautions,
    })
}

/// Adds the caution that customers cannot be told apart in `what` when the shape ended at its limit or is unknown to a factor 7.
pub(crate) fn warn_alike<P: Parameters>(fit: &mut Fit<P>, index: usize, what: &'static str) {
    let value = fit.parameters.to_vec()[index];
    let log_error = fit.log_covariance[index][index].sqrt();
    if value > 0.99 * LARGEST_SHAPE || log_error > UNKNOWN_LOG_ERROR {
        fit.cautions
            .push(Caution::HeterogeneityNotIdentified { parameter: what });
    }
}

/// From ln L packed as [value, gradient, upper triangle of the Hessian row by row] in natural parameters
/// to -ln L in log parameters: d/dθ = p d/dp, d²/dθiθj = pi pj d²/dpipj + [i=j] pi d/dpi.
pub(crate) fn unpack(packed: &[f64], natural: &[f64]) -> Evaluation {
    let size = natural.len();
    let gradient = DVector::from_fn(size, |i, _| -packed[1 + i] * natural[i]);
    let mut hessian = DMatrix::zeros(size, size);
    let mut next = 1 + size;
    for i in 0..size {
        for j in i..size {
            let mut value = -packed[next] * natural[i] * natural[j];
            if i == j {
                value += gradient[i];
            }
            hessian[(i, j)] = value;
            hessian[(j, i)] = value;
            next += 1;
        }
    }
    Evaluation {
        value: -packed[0],
        gradient,
        hessian,
    }
}

/// Packs a jet as [`unpack`] reads it.
pub(crate) fn pack<const N: usize>(jet: &crate::jet::Jet<N>) -> Vec<f64> {
    let mut packed = vec![jet.value];
    packed.extend(jet.gradient);
    for i in 0..N {
        packed.extend(&jet.hessian[i][i..]);
    }
    packed
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Fit, Parameters};
    use crate::btyd::compressed::Compressed;

    #[derive(Debug, Clone, Copy, PartialEq)]
    struct Pair(f64, f64);

    impl Parameters for Pair {
        const NAMES: &'static [&'static str] = &["a", "b"];
        fn to_vec(&self) -> Vec<f64> {
            vec![self.0, self.1]
        }
        fn from_slice(values: &[f64]) -> Self {
            Pair(values[0], values[1])
        }
    }

    fn pair(b_error: f64) -> Fit<Pair> {
        let known = !b_error.is_nan();
        let covariance = |value: f64| if known { value } else { 0.0 };
        Fit {
            parameters: Pair(2.0, 0.5),
            standard_errors: vec![0.2, b_error],
            log_covariance: vec![
                vec![0.01, covariance(0.002)],
                vec![covariance(0.002), covariance(0.04)],
            ],
            log_likelihood: -1.0,
            customers: 10.0,
            iterations: 1,
            gradient_norm: 0.0,
            converged: true,
            cautions: Vec::new(),
        }
    }

    /// ln(a b²) has slopes 1 and 2, so its variance is 0.01 + 4 * 0.002 + 4 * 0.04.
    #[test]
    fn a_derived_amount_follows_the_delta_method_on_the_log_scale() {
        let found = pair(0.1).derive_positive(0.90, |p| p.0 * p.1 * p.1);
        let error = 0.178_f64.sqrt();
        assert!((found.value - 0.5).abs() < 1e-15);
        assert!((found.standard_error - 0.5 * error).abs() < 1e-9);
        let factor = (1.644_853_626_951_472 * error).exp();
        assert!((found.interval.lower - 0.5 / factor).abs() < 1e-8);
        assert!((found.interval.upper - 0.5 * factor).abs() < 1e-8);
        assert_eq!(found.interval.level, 0.90);
    }

    /// logit(a / (a + b)) = ln a - ln b, so its variance is 0.01 + 0.04 - 2 * 0.002.
    #[test]
    fn a_derived_share_follows_the_delta_method_on_the_logit_scale() {
        let found = pair(0.1).derive_share(0.90, |p| p.0 / (p.0 + p.1));
        let error = 0.046_f64.sqrt();
        assert!((found.value - 0.8).abs() < 1e-15);
        assert!((found.standard_error - 0.16 * error).abs() < 1e-9);
        let odds = |sign: f64| 4.0 * (sign * 1.644_853_626_951_472 * error).exp();
        for (got, odds) in [
            (found.interval.lower, odds(-1.0)),
            (found.interval.upper, odds(1.0)),
        ] {
            assert!((got - odds / (1.0 + odds)).abs() < 1e-8, "{got}");
        }
    }

    #[test]
    fn what_hangs_on_an_unknown_parameter_is_open_and_what_does_not_is_told() {
        let fit = pair(f64::NAN);
        let open = fit.derive_positive(0.90, |p| p.0 * p.1);
        assert!(open.standard_error.is_nan() && open.interval.upper == f64::INFINITY);
        assert_eq!((open.value, open.interval.lower), (1.0, 0.0));
        let open = fit.derive_share(0.90, |p| p.0 / (p.0 + p.1));
        assert!(open.standard_error.is_nan());
        assert_eq!((open.interval.lower, open.interval.upper), (0.0, 1.0));
        let told = fit.derive_positive(0.90, |p| 3.0 * p.0);
        assert!((told.standard_error - 0.6).abs() < 1e-8 && told.interval.upper < 7.1);
        let told = fit.derive_share(0.90, |p| p.0 / (p.0 + 1.0));
        assert!((told.standard_error - 2.0 / 9.0 * 0.1).abs() < 1e-8);
    }

    #[test]
    fn a_share_at_its_edge_has_no_error_and_says_nothing_of_its_range() {
        for edge in [0.0, 1.0] {
            let found = pair(0.1).derive_share(0.90, |_| edge);
            assert_eq!(found.value, edge);
            assert!(found.standard_error.is_nan());
            assert_eq!((found.interval.lower, found.interval.upper), (0.0, 1.0));
        }
    }

    /// Compares packed derivatives with central differences of the packed value and gradient.
    #[track_caller]
    pub fn check_derivatives(evaluate: impl Fn(&[f64]) -> Vec<f64>, at: &[f64]) {
        let size = at.len();
        let packed = evaluate(at);
        let mut next = 1 + size;
        for i in 0..size {
            let h = 1e-5 * at[i];
            let moved = |sign: f64| {
                let mut point = at.to_vec();
                point[i] += sign * h;
                evaluate(&point)
            };
            let (up, down) = (moved(1.0), moved(-1.0));
            let slope = (up[0] - down[0]) / (2.0 * h);
            let scale = 1.0 + packed[1 + i].abs();
            assert!((packed[1 + i] - slope).abs() < 1e-5 * scale, "slope {i}");
            for j in i..size {
                let bend = (up[1 + j] - down[1 + j]) / (2.0 * h);
                let scale = 1.0 + packed[next].abs();
                assert!(
                    (packed[next] - bend).abs() < 1e-5 * scale,
                    "bend {i} {j}: {} is not {bend}",
                    packed[next]
                );
                next += 1;
            }
        }
    }

    /// A few customers of every sort: none, one, many purchases; silent and busy at the end; seen for a short and a long time.
    pub fn mixed_customers() -> Compressed {
        crate::btyd::History::weighted(
            &[0.0, 0.0, 1.0, 2.0, 7.0, 26.0, 300.0, 3.0, 5.0],
            &[0.0, 0.0, 1.7, 30.4, 29.4, 30.8, 12.0, 38.0, 38.86],
            &[38.86, 0.0, 38.86, 38.86, 38.86, 31.0, 39.0, 700.0, 38.86],
            &[5.0, 1.0, 2.0, 1.0, 1.0, 1.0, 0.5, 1.0, 1.0],
        )
        .expect("valid")
        .compress()
    }
}
