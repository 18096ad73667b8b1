//! How much do rows of one group share that no column tells, when the hazard may take any course in time?

use nalgebra::DMatrix;
use rand_distr::{Distribution, Exp1};
use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::cox::{self, CoxConfig, CoxFit, CoxSample, Ties};
use super::moments::{Moments, Risk};
use super::partial_likelihood::Stratum;
use crate::error::{require_finite, require_length};
use crate::estimate::normal_quantile_for_level;
use crate::optimize::conjugate_gradients;
use crate::reduce::map_rows;
use crate::regression::cross_products::reduce;
use crate::regression::linear::invert_scaled;
use crate::regression::{Coefficient, Weights};
use crate::{Caution, Estimate, Interval, StatsError};

/// A proportional-hazards fit with a shared gamma frailty.
#[derive(Debug, Clone, PartialEq)]
pub struct FrailtyCoxFit {
    /// Log hazard ratios within a group: of two rows with the same frailty.
    pub coefficients: Vec<Coefficient>,
    pub covariance: DMatrix<f64>,
    /// Variance of the frailty over groups (its mean is 1); the interval is that of the profile likelihood and may begin at 0.
    pub variance: Estimate,
    /// Chance of a gain in likelihood at least this large if groups did not differ (half a chi-square with 1 degree of freedom).
    pub variance_p: f64,
    /// Log partial likelihood with the frailties integrated out, and without frailty; on the same scale.
    pub log_likelihood: f64,
    pub plain_log_likelihood: f64,
    /// Expected frailty of each group given its data, groups in rising order of their number.
    pub groups: Vec<f64>,
    /// Cumulative hazard by stratum (in rising order of its number): times and values, for frailty 1 and columns at `means`.
    pub baseline: Vec<Vec<(f64, f64)>>,
    pub means: Vec<f64>,
    pub events: f64,
    pub cautions: Vec<Caution>,
}

/// Variances at which the climb of the profile likelihood is looked at; beyond the last the data do not tell it.
const LADDER: [f64; 8] = [1e-4, 0.03, 0.2, 0.6, 1.5, 5.0, 25.0, 150.0];
/// Change of ln(variance) at which the search has arrived, and that at which an end of the interval has.
const ARRIVED: f64 = 1e-8;
const ARRIVED_AT_END: f64 = 1e-6;
/// Newton's step after which the next would be of the size of its square.
const SMALL_STEP: f64 = 1e-7;
/// Residuals of what a step and what the errors are solved from; a rough step is made up for by the next.
const ROUGH: f64 = 1e-5;
const EXACT: f64 = 1e-12;
const NEWTON_STEPS: usize = 60;
const ENOUGH_GROUPS: usize = 10;

/// Fits `hazard(t | x, w) = w_group h0(t) exp(b'x)`, `w ~ Gamma(mean 1, variance θ)`, by maximum likelihood with an unspecified `h0` `[Klein1992]`.
///
/// At a given θ = 1/ν the fit is that of the penalized partial likelihood `PL(b, ω) + ν sum (ω_g - e^(ω_g))`, `w = e^ω` `[TherneauGrambschPankratz2003]`, and
/// `ln L(θ) = PL + sum_g { ln Γ(ν+d_g) - ln Γ(ν) + ν ln ν - (ν+d_g) ln(ν+d_g) + d_g + ν ω_g }`, d_g the group's events (their sum over groups is added,
/// so that θ = 0 is the likelihood without frailty). θ is where the profile's exact derivative is 0. `group[i]` is the group of row i; the `clusters` of the sample are not used.
/// Recurrent events: one row per stretch with entry and end, followed from the start; frailties of those who come late are those of newcomers.
/// Standard errors from the full penalized information of (b, ω) at the estimated θ.
///
/// # Errors
/// Those of [`cox::fit`]; `TooFewGroups` with one group; `NotIdentified` when no group has two rows or the variance grows without bound;
/// `InvalidInput` with sampling weights.
///
/// # Cautions
/// `BoundaryOptimum` when groups do not differ (the fit without frailty is returned, variance 0); `FewEvents`; `FewClusters` below 10 groups.
///
/// The information over the groups is never formed: steps and errors are solved by conjugate gradients, one pass over the rows each.
/// A published figure: infections of 38 kidney patients `[McGilchristAisbett1991]`, variance 0.408 beside age and sex.
pub fn fit(
    sample: &CoxSample,
    group: &[usize],
    (ties, level): (Ties, f64),
) -> Result<FrailtyCoxFit, StatsError> {
    if matches!(sample.weights, Weights::Sampling(_)) {
        return Err(StatsError::invalid("weights (a frailty takes repetitions)"));
    }
    let config = CoxConfig {
        ties,
        robust: false,
        level,
    };
    let plain = cox::fit(sample, &config)?;
    require_length("group", sample.spells.time.len(), group.len())?;
    let columns: Vec<&[f64]> = sample.columns.iter().map(Vec::as_slice).collect();
    let weights: Vec<f64> = (0..group.len()).map(|row| sample.weights.of(row)).collect();
    let spread = cox::proven_spread(sample, &reduce(&columns, Some(&weights)))?;
    let mut strata = Stratum::split(sample, &plain.means);
    for stratum in &mut strata {
        stratum.scale(&spread);
    }
    let problem = Problem::new(&strata, group, ties)?;
    let start = State {
        beta: (plain.coefficients.iter().zip(&spread))
            .map(|(c, s)| c.estimate.value * s)
            .collect(),
        omega: vec![0.0; problem.events.len()],
    };
    let mut search = Search::new(&problem, start, sample.names);
    match search.top(plain.log_likelihood)? {
        None => {
            let upper = search.farthest(plain.log_likelihood, level)?;
            Ok(without_frailty(plain, &problem, (upper, level)))
        }
        Some(top) => search.report(&top, &plain, (sample, &spread, level)),
    }
}

impl FrailtyCoxFit {
    /// Hazard of a row with frailty 1 relative to one whose columns are at the sample's means.
    pub fn relative_hazard(&self, row: &[f64]) -> f64 {
        let terms = self.coefficients.iter().zip(row).zip(&self.means);
        let eta: f64 = terms.map(|((c, x), m)| c.estimate.value * (x - m)).sum();
        eta.exp()
    }

    /// Share of rows like this that survive beyond `time`, by stratum number in rising order: those of the group at a place of `groups`,
    /// or, with no group, those of groups not seen yet, `(1 + θ H)^(-1/θ)`. `None` for an unknown stratum or group.
    pub fn survival(
        &self,
        row: &[f64],
        group: Option<usize>,
        (stratum, time): (usize, f64),
    ) -> Option<f64> {
        let steps = self.baseline.get(stratum)?;
        let passed = steps.partition_point(|(t, _)| *t <= time);
        let gathered = passed.checked_sub(1).map_or(0.0, |last| steps[last].1);
        let hazard = gathered * self.relative_hazard(row);
        let variance = self.variance.value;
        match group {
            Some(place) => Some((-hazard * self.groups.get(place)?).exp()),
            None if variance > 0.0 => Some((-(variance * hazard).ln_1p() / variance).exp()),
            None => Some((-hazard).exp()),
        }
    }

    /// Rank correlation of the times of two rows of one group, Kendall's τ = θ/(θ + 2).
    pub fn kendall(&self) -> f64 {
        self.variance.value / (self.variance.value + 2.0)
    }

    /// Simulates time and event of rows with these columns (one after another), each group with a new frailty, in the first stratum;
    /// who outlives the last known event is censored there.
    ///
    /// # Errors
    /// `LengthMismatch` when columns or groups are not those of the fit or not equally long; `InvalidInput` for values that are no numbers.
    pub fn simulate(
        &self,
        columns: &[Vec<f64>],
        group: &[usize],
        seed: u64,
    ) -> Result<Vec<(f64, bool)>, StatsError> {
        require_length("columns", self.coefficients.len(), columns.len())?;
        for (column, told) in columns.iter().zip(&self.coefficients) {
            require_length(&told.name, group.len(), column.len())?;
            require_finite(&told.name, column)?;
        }
        let steps = self.baseline.first().map_or(&[][..], Vec::as_slice);
        let last = steps.last().map_or(0.0, |step| step.0);
        let (variance, stream) = (self.variance.value, crate::btyd::simulated::stream);
        Ok(map_rows(group.len(), |i| {
            let row: Vec<f64> = columns.iter().map(|c| c[i]).collect();
            let mut of_group = stream(!seed, group[i] as u64);
            let shape = 1.0 / variance;
            let frailty = match variance > 0.0 {
                true => crate::btyd::simulated::draw_gamma(shape, shape, &mut of_group),
                false => 1.0,
            };
            let gathered: f64 = Exp1.sample(&mut stream(seed, i as u64));
            let needed = gathered / (frailty * self.relative_hazard(&row));
            let at = steps.partition_point(|(_, hazard)| *hazard < needed);
            steps.get(at).map_or((last, false), |step| (step.0, true))
        }))
    }
}

struct Problem<'a> {
    moments: Vec<Moments<'a>>,
    /// Place of the group of every position, by stratum.
    group: Vec<Vec<usize>>,
    /// Events of every group.
    events: Vec<f64>,
    width: usize,
}

#[derive(Clone)]
struct State {
    /// Of columns in units of their spread.
    beta: Vec<f64>,
    /// ln frailty of every group.
    omega: Vec<f64>,
}

/// The penalized fit at one variance.
#[derive(Clone)]
struct Fitted {
    state: State,
    log_variance: f64,
    log_likelihood: f64,
    /// Of the log-likelihood, in ln(variance).
    slope: f64,
}

impl<'a> Problem<'a> {
    fn new(strata: &'a [Stratum], group: &[usize], ties: Ties) -> Result<Self, StatsError> {
        let rows = strata.iter().flat_map(|s| s.rows.iter().zip(&s.weight));
        let mut size_of: std::collections::BTreeMap<usize, f64> = Default::default();
        rows.for_each(|(&row, weight)| *size_of.entry(group[row]).or_default() += weight);
        if size_of.len() < 2 {
            let got = size_of.len();
            return Err(StatsError::TooFewGroups { needed: 2, got });
        }
        if size_of.values().all(|size| *size < 2.0) {
            return Err(unidentified());
        }
        let numbers: Vec<usize> = size_of.into_keys().collect();
        let mut events = vec![0.0; numbers.len()];
        let place = |stratum: &Stratum| {
            let mut places = Vec::with_capacity(stratum.rows.len());
            for (i, row) in stratum.rows.iter().enumerate() {
                let at = numbers.partition_point(|number| *number < group[*row]);
                events[at] += stratum.weight[i] * f64::from(u8::from(stratum.event[i]));
                places.push(at);
            }
            places
        };
        Ok(Problem {
            group: strata.iter().map(place).collect(),
            moments: strata.iter().map(|s| Moments::new(s, ties)).collect(),
            width: strata.first().map_or(0, Stratum::width),
            events,
        })
    }

    fn risks(&self, state: &State) -> Vec<Risk> {
        (self.moments.iter().zip(&self.group))
            .map(|(moments, group)| {
                let mut eta = moments.stratum.eta(&state.beta);
                (eta.iter_mut().zip(group)).for_each(|(eta, g)| *eta += state.omega[*g]);
                moments.risk(&eta)
            })
            .collect()
    }

    /// PL + ν Σ (ω + 1 - e^ω): the penalty is 0 without frailty.
    fn penalized(risks: &[Risk], state: &State, nu: f64) -> f64 {
        let penalty: f64 = state.omega.iter().map(|o| o - o.exp_m1()).sum();
        risks.iter().map(|r| r.log_likelihood).sum::<f64>() + nu * penalty
    }

    fn gradient(&self, risks: &[Risk], state: &State, nu: f64) -> Vec<f64> {
        let mut gradient = vec![0.0; self.width];
        gradient.extend(state.omega.iter().map(|o| -nu * o.exp_m1()));
        for (s, risk) in risks.iter().enumerate() {
            let stratum = self.moments[s].stratum;
            for i in 0..stratum.rows.len() {
                let happened = stratum.weight[i] * f64::from(u8::from(stratum.event[i]));
                self.spread((s, i), happened - risk.expected(i), &mut gradient);
            }
        }
        gradient
    }

    /// Adds `c x` for one row, x its columns and the indicator of its group.
    fn spread(&self, (s, i): (usize, usize), c: f64, sum: &mut [f64]) {
        let z = self.moments[s].stratum.z_of(i);
        for (sum, z) in sum.iter_mut().zip(z) {
            *sum += c * z;
        }
        sum[self.width + self.group[s][i]] += c;
    }

    /// The penalized information times a vector.
    fn times(&self, risks: &[Risk], (state, nu): (&State, f64), vector: &[f64]) -> Vec<f64> {
        let (beta, omega) = vector.split_at(self.width);
        let mut product = vec![0.0; self.width];
        let penalty = omega.iter().zip(&state.omega);
        product.extend(penalty.map(|(v, o)| nu * o.exp() * v));
        for (s, risk) in risks.iter().enumerate() {
            let mut along = self.moments[s].stratum.eta(beta);
            let group = &self.group[s];
            (along.iter_mut().zip(group)).for_each(|(a, g)| *a += omega[*g]);
            for (i, c) in self.moments[s].curvature(risk, &along).iter().enumerate() {
                self.spread((s, i), *c, &mut product);
            }
        }
        product
    }

    /// Inverse of the block of the columns, and the diagonal of that of the groups (a bound from above).
    fn blocks(&self, risks: &[Risk], at: (&State, f64)) -> Result<(DMatrix<f64>, Vec<f64>), usize> {
        let size = self.width + self.events.len();
        let mut own = DMatrix::zeros(self.width, self.width);
        for j in 0..self.width {
            let mut unit = vec![0.0; size];
            unit[j] = 1.0;
            let column = self.times(risks, at, &unit);
            (0..self.width).for_each(|i| own[(i, j)] = column[i]);
        }
        let mut diagonal: Vec<f64> = at.0.omega.iter().map(|o| at.1 * o.exp()).collect();
        for (s, risk) in risks.iter().enumerate() {
            for (i, g) in self.group[s].iter().enumerate() {
                diagonal[*g] += risk.expected(i);
            }
        }
        Ok((invert_scaled(&own)?, diagonal))
    }

    /// Solves the penalized information times x = `right`, to a residual of `within` of what it was.
    fn solve(
        &self,
        risks: &[Risk],
        at: (&State, f64),
        (rights, within): (&[Vec<f64>], f64),
    ) -> Result<Vec<Vec<f64>>, usize> {
        let (own, diagonal) = self.blocks(risks, at)?;
        let nearly = |v: &[f64]| {
            let (beta, omega) = v.split_at(self.width);
            let head = &own * nalgebra::DVector::from_column_slice(beta);
            let tail = omega.iter().zip(&diagonal).map(|(v, d)| v / d);
            head.iter().copied().chain(tail).collect::<Vec<f64>>()
        };
        let solved = rights.iter().map(|right| {
            conjugate_gradients((right, within), |v| self.times(risks, at, v), nearly)
        });
        Ok(solved.collect())
    }

    /// Log-likelihood with the frailties integrated out, and its slope in ln(variance), at the penalized optimum.
    fn integrated(&self, penalized: f64, state: &State, nu: f64) -> (f64, f64) {
        let (mut value, mut slope) = (penalized, 0.0);
        for (d, omega) in self.events.iter().zip(&state.omega) {
            let near = (d / nu).ln_1p();
            let (rise, climb) = rising(*d, nu);
            value += rise - (nu + d) * near + d;
            slope += climb - near + omega - omega.exp_m1();
        }
        (value, -nu * slope)
    }
}

/// ln Γ(ν+d) - ln Γ(ν) - d ln ν and ψ(ν+d) - ψ(ν): as sums when there are few events, which is exact for a large ν too.
fn rising(d: f64, nu: f64) -> (f64, f64) {
    if d.fract() == 0.0 && d <= 1000.0 {
        let steps = (0..d as usize).map(|j| j as f64);
        return steps.fold((0.0, 0.0), |(value, slope), j| {
            (value + (j / nu).ln_1p(), slope + 1.0 / (nu + j))
        });
    }
    use crate::special::{digamma, ln_gamma};
    let value = ln_gamma(nu + d) - ln_gamma(nu) - d * nu.ln();
    (value, digamma(nu + d) - digamma(nu))
}

/// Climbs the profile likelihood of the variance; every fit starts at the last.
struct Search<'a> {
    problem: &'a Problem<'a>,
    names: &'a [String],
    last: State,
}

impl<'a> Search<'a> {
    fn new(problem: &'a Problem<'a>, start: State, names: &'a [String]) -> Self {
        Search {
            problem,
            names,
            last: start,
        }
    }

    /// The penalized fit at a variance, by Newton's method with halved steps.
    fn at(&mut self, log_variance: f64) -> Result<Fitted, StatsError> {
        let nu = (-log_variance).exp();
        let problem = self.problem;
        let mut state = self.last.clone();
        let mut risks = problem.risks(&state);
        let mut here = Problem::penalized(&risks, &state, nu);
        for _ in 0..NEWTON_STEPS {
            let gradient = problem.gradient(&risks, &state, nu);
            let solved = problem.solve(&risks, (&state, nu), (&[gradient], ROUGH));
            let step = &solved.map_err(|j| self.separation(j))?[0];
            let (mut size, mut next, mut there) = (1.0, state.clone(), f64::NAN);
            // A likelihood that is no number counts as worse.
            let least = here - 1e-12 * here.abs();
            while size > 1e-9 && (there.is_nan() || there < least) {
                next = state.moved(step, size);
                risks = problem.risks(&next);
                there = Problem::penalized(&risks, &next, nu);
                size /= 2.0;
            }
            (state, here) = (next, there);
            let largest = step.iter().fold(0.0_f64, |most, s| most.max(s.abs()));
            if largest < SMALL_STEP {
                self.last = state.clone();
                let (log_likelihood, slope) = problem.integrated(here, &state, nu);
                return Ok(Fitted {
                    state,
                    log_variance,
                    log_likelihood,
                    slope,
                });
            }
        }
        let gradient = problem.gradient(&risks, &state, nu);
        Err(StatsError::NotConverged {
            iterations: NEWTON_STEPS,
            gradient_norm: gradient.iter().map(|g| g * g).sum::<f64>().sqrt(),
        })
    }

    fn separation(&self, j: usize) -> StatsError {
        let column = self.names[j].clone();
        StatsError::Separation { column }
    }

    /// The top of the profile likelihood; none when no variance gains on 0.
    fn top(&mut self, plain: f64) -> Result<Option<Fitted>, StatsError> {
        let mut below = self.at(LADDER[0].ln())?;
        let mut rungs = &LADDER[1..];
        if below.slope <= 0.0 {
            // It falls from 0 on; a top further up that is higher would be a rarity, but is looked for.
            below = self.at(LADDER[3].ln())?;
            if below.log_likelihood <= plain {
                return Ok(None);
            }
            rungs = &LADDER[4..];
            if below.slope <= 0.0 {
                rungs = &LADDER[3..4];
                below = self.at(LADDER[1].ln())?;
            }
        }
        for rung in rungs {
            let above = self.at(rung.ln())?;
            if above.slope <= 0.0 {
                let top = self.between((below, above), |fitted| fitted.slope, ARRIVED)?;
                return Ok((top.log_likelihood > plain + 1e-9).then_some(top));
            }
            below = above;
        }
        Err(unidentified())
    }

    /// Where a function that changes its sign between two fits is 0, by false position with halved weights (Illinois).
    fn between(
        &mut self,
        (mut low, mut high): (Fitted, Fitted),
        of: impl Fn(&Fitted) -> f64,
        arrived: f64,
    ) -> Result<Fitted, StatsError> {
        let (mut at_low, mut at_high) = (of(&low), of(&high));
        let (mut side, mut before) = (0, f64::NAN);
        for _ in 0..100 {
            let width = high.log_variance - low.log_variance;
            let share = at_low / (at_low - at_high);
            let middle = self.at(low.log_variance + width * share)?;
            let value = of(&middle);
            if value == 0.0 || (middle.log_variance - before).abs() < arrived {
                return Ok(middle);
            }
            before = middle.log_variance;
            if (value > 0.0) == (at_low > 0.0) {
                (low, at_low) = (middle, value);
                at_high /= if side == 1 { 2.0 } else { 1.0 };
                side = 1;
            } else {
                (high, at_high) = (middle, value);
                at_low /= if side == -1 { 2.0 } else { 1.0 };
                side = -1;
            }
        }
        Ok(low)
    }

    /// Standard error of the variance from the slope's change, interval where the profile has fallen by half a chi-square quantile.
    fn doubt(&mut self, top: &Fitted, plain: f64, level: f64) -> Result<Estimate, StatsError> {
        const STEP: f64 = 0.01;
        let up = self.at(top.log_variance + STEP)?;
        let down = self.at(top.log_variance - STEP)?;
        let error = (2.0 * STEP / (down.slope - up.slope).max(0.0)).sqrt();
        let fall = normal_quantile_for_level(level).powi(2) / 2.0;
        let least = top.log_likelihood - fall;
        let over = |fitted: &Fitted| fitted.log_likelihood - least;
        let value = top.log_variance.exp();
        let reach = error.clamp(0.1, 2.0) * (2.0 * fall).sqrt();
        let lower = match plain >= least {
            true => 0.0,
            false => match self.fallen(top, -reach, over)? {
                Some((far, near)) => {
                    let end = self.between((far, near), over, ARRIVED_AT_END)?;
                    end.log_variance.exp()
                }
                None => 0.0,
            },
        };
        let upper = match self.fallen(top, reach, over)? {
            Some((far, near)) => {
                let end = self.between((near, far), over, ARRIVED_AT_END)?;
                end.log_variance.exp()
            }
            None => f64::INFINITY,
        };
        Ok(Estimate {
            value,
            standard_error: value * error,
            interval: Interval {
                lower,
                upper,
                level,
            },
        })
    }

    /// The largest variance that the data allow when none is their best guess.
    fn farthest(&mut self, plain: f64, level: f64) -> Result<f64, StatsError> {
        let least = plain - normal_quantile_for_level(level).powi(2) / 2.0;
        let over = |fitted: &Fitted| fitted.log_likelihood - least;
        let near = self.at(LADDER[1].ln())?;
        let (reach, start) = match over(&near) < 0.0 {
            true => (0.0, self.at(LADDER[0].ln())?),
            false => (1.0, near.clone()),
        };
        let far = match reach > 0.0 {
            true => self.fallen(&start, reach, over)?,
            false => Some((near, start)),
        };
        match far {
            Some((far, near)) => {
                let end = self.between((near, far), over, ARRIVED_AT_END)?;
                Ok(end.log_variance.exp())
            }
            None => Ok(f64::INFINITY),
        }
    }

    /// Two fits, the first with the likelihood below the mark and the second not; none when it never falls so far.
    fn fallen(
        &mut self,
        top: &Fitted,
        reach: f64,
        over: impl Fn(&Fitted) -> f64,
    ) -> Result<Option<(Fitted, Fitted)>, StatsError> {
        let mut near = top.clone();
        self.last = top.state.clone();
        while near.log_variance.abs() < 12.0 {
            let far = self.at(near.log_variance + reach)?;
            if over(&far) < 0.0 {
                return Ok(Some((far, near)));
            }
            near = far;
        }
        Ok(None)
    }

    fn report(
        &mut self,
        top: &Fitted,
        plain: &CoxFit,
        (sample, spread, level): (&CoxSample, &[f64], f64),
    ) -> Result<FrailtyCoxFit, StatsError> {
        let problem = self.problem;
        let nu = (-top.log_variance).exp();
        let risks = problem.risks(&top.state);
        let units: Vec<Vec<f64>> = (0..problem.width)
            .map(|j| {
                let mut unit = vec![0.0; problem.width + problem.events.len()];
                unit[j] = 1.0;
                unit
            })
            .collect();
        let solved = problem
            .solve(&risks, (&top.state, nu), (&units, EXACT))
            .map_err(|j| self.separation(j))?;
        let covariance = DMatrix::from_fn(problem.width, problem.width, |i, j| {
            0.5 * (solved[i][j] + solved[j][i]) / (spread[i] * spread[j])
        });
        let beta: Vec<f64> = top
            .state
            .beta
            .iter()
            .zip(spread)
            .map(|(b, s)| b / s)
            .collect();
        let variance = self.doubt(top, plain.log_likelihood, level)?;
        let gain = 2.0 * (top.log_likelihood - plain.log_likelihood);
        let chi = ChiSquared::new(1.0).expect("1 degree of freedom is allowed");
        Ok(FrailtyCoxFit {
            coefficients: cox::table(sample.names, &beta.into(), &covariance, level),
            covariance,
            variance,
            variance_p: 0.5 * chi.sf(gain),
            log_likelihood: top.log_likelihood,
            plain_log_likelihood: plain.log_likelihood,
            groups: top.state.omega.iter().map(|o| o.exp()).collect(),
            baseline: (problem.moments.iter().zip(&risks))
                .map(|(moments, risk)| moments.baseline(risk))
                .collect(),
            means: plain.means.clone(),
            events: plain.events,
            cautions: cautions(plain, problem.events.len()),
        })
    }
}

impl State {
    fn moved(&self, step: &[f64], size: f64) -> State {
        let (beta, omega) = step.split_at(self.beta.len());
        let add = |own: &[f64], step: &[f64]| -> Vec<f64> {
            own.iter().zip(step).map(|(o, s)| o + size * s).collect()
        };
        State {
            beta: add(&self.beta, beta),
            omega: add(&self.omega, omega),
        }
    }
}

fn without_frailty(plain: CoxFit, problem: &Problem, (upper, level): (f64, f64)) -> FrailtyCoxFit {
    let mut cautions = cautions(&plain, problem.events.len());
    cautions.push(Caution::BoundaryOptimum {
        parameter: "variance".to_owned(),
    });
    FrailtyCoxFit {
        variance: Estimate {
            value: 0.0,
            standard_error: f64::NAN,
            interval: Interval {
                lower: 0.0,
                upper,
                level,
            },
        },
        variance_p: 1.0,
        log_likelihood: plain.log_likelihood,
        plain_log_likelihood: plain.log_likelihood,
        groups: vec![1.0; problem.events.len()],
        coefficients: plain.coefficients,
        covariance: plain.covariance,
        baseline: plain.baseline,
        means: plain.means,
        events: plain.events,
        cautions,
    }
}

/// Effects that drift without frailty are what frailty does, so that caution of the fit without it is not passed on.
fn cautions(plain: &CoxFit, groups: usize) -> Vec<Caution> {
    let own = plain.cautions.iter();
    let mut cautions: Vec<Caution> = own
        .filter(|caution| matches!(caution, Caution::FewEvents { .. }))
        .cloned()
        .collect();
    if groups < ENOUGH_GROUPS {
        cautions.push(Caution::FewClusters {
            needed: ENOUGH_GROUPS,
            got: groups,
        });
    }
    cautions
}

fn unidentified() -> StatsError {
    StatsError::NotIdentified {
        parameter: "variance".to_owned(),
    }
}
