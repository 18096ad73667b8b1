//! Against a smooth course, what is too much before the threshold and too little after it?

use crate::error::{require_finite, require_length};
use crate::reduce::map_rows;
use crate::regression::poisson;
use crate::regression::sample::{Errors, FitConfig, Sample, Weights, prove_level};
use crate::{Caution, Estimate, Interval, StatsError};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma};

/// Positions outside the window needed per coefficient of the course.
const POSITIONS_PER_TERM: usize = 3;

/// Sums by position relative to a threshold: days from the quarter's end, or distance from a discount limit.
#[derive(Debug, Clone, Copy)]
pub struct Course<'a> {
    /// Distance from the threshold; below 0 is before it. Each position once.
    pub position: &'a [f64],
    /// Counts or amounts at the position, 0 or more, summed over all periods.
    pub count: &'a [f64],
    /// How many days or periods stand behind the position, above 0 (the same number everywhere if all are alike).
    pub exposure: &'a [f64],
}

/// Where the threshold disturbs the course, and how the course is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BunchingConfig {
    /// Positions from -before up to (not including) 0 may have an excess, those from 0 to after (included) a gap.
    pub before: f64,
    pub after: f64,
    /// Highest degree of the polynomial of the course; the degree is chosen up to it.
    pub degree: usize,
    /// Rounds of resampling.
    pub rounds: usize,
    pub level: f64,
}

/// What the threshold does.
#[derive(Debug, Clone, PartialEq)]
pub struct Bunching {
    /// Sum before the threshold above the course.
    pub excess: Estimate,
    /// Sum after the threshold below the course.
    pub missing: Estimate,
    /// Of the excess, what was only moved over the threshold: the smaller of the two, 0 at least.
    pub moved: Estimate,
    /// Excess less missing: what would not have come at all without the threshold.
    pub created: Estimate,
    /// Excess over the course's own sum before the threshold, in the window.
    pub excess_share: Estimate,
    /// Expected count at every position without the threshold.
    pub course: Vec<f64>,
    pub degree: usize,
    /// Variance of counts over their mean, outside the window.
    pub dispersion: f64,
    pub cautions: Vec<Caution>,
}

impl BunchingConfig {
    /// A window of ten positions on both sides, degree up to 5, 400 rounds, level 0.90.
    pub fn standard() -> Self {
        BunchingConfig {
            before: 10.0,
            after: 10.0,
            degree: 5,
            rounds: 400,
            level: 0.90,
        }
    }
}

/// Excess before a threshold and missing mass after it, against a count course fitted outside the window.
///
/// Outside the window `ln E[count] = ln exposure + polynomial(position)`, by maximum Poisson likelihood, the degree chosen by the
/// quasi-likelihood criterion `deviance / dispersion + 2 terms` with the dispersion of the highest degree. Inside,
/// `excess = Σ_before (count - course)`, `missing = Σ_after (course - count)` `[ChettyFriedmanOlsenPistaferri2011]`
/// `[Kleven2016]`; `moved = min(excess, missing)` and `created = excess - missing` assume that what is moved over the threshold
/// comes from within the window, and that the course would have been smooth. Intervals by a parametric bootstrap: each round draws
/// every position with the dispersion seen outside, fits the course anew (at the chosen degree), and shifts by the estimate
/// (basic interval); the interval of `moved` has the smaller of both limits, and holds at least at its level. Weekdays and holidays belong into the exposure.
///
/// # Errors
/// `TooFewObservations` when fewer than 3 positions per term lie outside the window or none before or after;
/// `InvalidInput`, `LengthMismatch`. Caution `Overdispersion` above 1.5.
pub fn estimate_bunching(
    course: &Course,
    config: &BunchingConfig,
    seed: u64,
) -> Result<Bunching, StatsError> {
    let places = Places::prove(course, config)?;
    let work = Work::new(course, &places);
    let chosen = choose_degree(&work, course.count, config.degree)?;
    let point = Masses::of(course.count, &chosen.course, &places);
    let dispersion = chosen.dispersion.max(1e-12);
    let mean: Vec<f64> = (0..course.count.len())
        .map(|i| {
            if places.is_inside(i) {
                course.count[i]
            } else {
                chosen.course[i]
            }
        })
        .collect();
    let rounds: Vec<Option<Masses>> = map_rows(config.rounds, |round| {
        let drawn = draw(&mean, dispersion, (seed, round));
        let fitted = fit_course(&work, &drawn, chosen.degree).ok()?;
        Some(Masses::of(&drawn, &fitted.course, &places))
    });
    let rounds: Vec<Masses> = rounds.into_iter().flatten().collect();
    let told = |of: fn(&Masses) -> f64| basic_estimate(of(&point), &rounds, of, config.level);
    let mut cautions = Vec::new();
    if chosen.dispersion > 1.5 {
        cautions.push(Caution::Overdispersion {
            ratio: chosen.dispersion,
        });
    }
    if rounds.len() < config.rounds {
        cautions.push(Caution::Subsampled {
            used: rounds.len(),
            of: config.rounds,
        });
    }
    Ok(Bunching {
        excess: told(|m| m.excess),
        missing: told(|m| m.missing),
        moved: moved(&point, (&told(|m| m.excess), &told(|m| m.missing))),
        created: told(|m| m.excess - m.missing),
        excess_share: told(|m| m.excess / m.before),
        course: chosen.course,
        degree: chosen.degree,
        dispersion: chosen.dispersion,
        cautions,
    })
}

/// The three sums that all results come from.
#[derive(Debug, Clone, Copy)]
struct Masses {
    excess: f64,
    missing: f64,
    /// The course's own sum before the threshold.
    before: f64,
}

impl Masses {
    fn of(count: &[f64], course: &[f64], places: &Places) -> Self {
        let sum = |rows: &[usize], of: &dyn Fn(usize) -> f64| rows.iter().map(|&i| of(i)).sum();
        Masses {
            excess: sum(&places.before, &|i| count[i] - course[i]),
            missing: sum(&places.after, &|i| course[i] - count[i]),
            before: sum(&places.before, &|i| course[i]),
        }
    }
}

/// The smaller of excess and missing, with the smaller of their limits: a minimum has no even tails to resample.
fn moved(point: &Masses, (excess, missing): (&Estimate, &Estimate)) -> Estimate {
    let least = |one: f64, other: f64| one.min(other).max(0.0);
    let smaller = if point.excess < point.missing {
        excess
    } else {
        missing
    };
    Estimate {
        value: least(point.excess, point.missing),
        standard_error: smaller.standard_error,
        interval: Interval {
            lower: least(excess.interval.lower, missing.interval.lower),
            upper: least(excess.interval.upper, missing.interval.upper),
            level: excess.interval.level,
        },
    }
}

/// Rows before and after the threshold within the window, and those outside it.
struct Places {
    before: Vec<usize>,
    after: Vec<usize>,
    outside: Vec<usize>,
}

impl Places {
    fn prove(course: &Course, config: &BunchingConfig) -> Result<Self, StatsError> {
        prove_level(config.level)?;
        let rows = course.position.len();
        require_length("count", rows, course.count.len())?;
        require_length("exposure", rows, course.exposure.len())?;
        for (what, column) in [
            ("position", course.position),
            ("count", course.count),
            ("exposure", course.exposure),
        ] {
            require_finite(what, column)?;
        }
        if let Some(row) = course.count.iter().position(|c| !(0.0..=1e150).contains(c)) {
            return Err(StatsError::invalid_row(
                "count (must be 0 or more, of a usual size)",
                row,
            ));
        }
        if let Some(row) = course.exposure.iter().position(|e| *e <= 0.0) {
            return Err(StatsError::invalid_row("exposure (must be positive)", row));
        }
        if !(config.before > 0.0
            && config.before.is_finite()
            && config.after >= 0.0
            && config.after.is_finite())
        {
            return Err(StatsError::invalid(
                "window (before above 0, after 0 or more)",
            ));
        }
        if config.rounds < 20 || config.degree > 12 {
            return Err(StatsError::invalid(
                "rounds (20 or more) or degree (12 at most)",
            ));
        }
        let mut sorted = course.position.to_vec();
        sorted.sort_by(f64::total_cmp);
        if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(StatsError::invalid("position (each once)"));
        }
        let rows_where = |is: &dyn Fn(f64) -> bool| -> Vec<usize> {
            (0..rows).filter(|&i| is(course.position[i])).collect()
        };
        let places = Places {
            before: rows_where(&|p| p < 0.0 && p >= -config.before),
            after: rows_where(&|p| p >= 0.0 && p <= config.after),
            outside: rows_where(&|p| p < -config.before || p > config.after),
        };
        let needed = POSITIONS_PER_TERM * 2;
        if places.outside.len() < needed || places.before.is_empty() || places.after.is_empty() {
            return Err(StatsError::TooFewObservations {
                needed,
                got: places.outside.len(),
            });
        }
        Ok(places)
    }

    fn is_inside(&self, row: usize) -> bool {
        self.before.contains(&row) || self.after.contains(&row)
    }
}

/// The positions on [-1, 1] as Chebyshev polynomials, which hang together less than powers do.
struct Work {
    outside: Vec<usize>,
    exposure: Vec<f64>,
    columns: Vec<Vec<f64>>,
    names: Vec<String>,
}

const MOST_TERMS: usize = 12;

impl Work {
    fn new(course: &Course, places: &Places) -> Self {
        let low = course
            .position
            .iter()
            .copied()
            .fold(f64::INFINITY, f64::min);
        let high = course
            .position
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        let scaled: Vec<f64> = course
            .position
            .iter()
            .map(|p| 2.0 * (p - low) / (high - low) - 1.0)
            .collect();
        let mut columns = vec![vec![1.0; scaled.len()], scaled.clone()];
        while columns.len() <= MOST_TERMS {
            let k = columns.len();
            let next =
                (0..scaled.len()).map(|i| 2.0 * scaled[i] * columns[k - 1][i] - columns[k - 2][i]);
            let next = next.collect();
            columns.push(next);
        }
        Work {
            outside: places.outside.clone(),
            exposure: course.exposure.to_vec(),
            names: (1..columns.len()).map(|k| format!("degree {k}")).collect(),
            columns: columns.split_off(1),
        }
    }

    fn row(&self, row: usize, degree: usize) -> Vec<f64> {
        self.columns[..degree]
            .iter()
            .map(|column| column[row])
            .collect()
    }
}

struct FittedCourse {
    course: Vec<f64>,
    degree: usize,
    dispersion: f64,
    log_likelihood: f64,
}

fn choose_degree(work: &Work, count: &[f64], highest: usize) -> Result<FittedCourse, StatsError> {
    let most = highest.min(work.outside.len() / POSITIONS_PER_TERM - 1);
    let fits = (0..=most)
        .map(|degree| fit_course(work, count, degree))
        .collect::<Result<Vec<_>, _>>()?;
    // Poisson counts do not vary less than by chance; sums of amounts may, in their unit.
    let dispersion = fits[fits.len() - 1].dispersion.max(f64::MIN_POSITIVE);
    let worth =
        |own: &FittedCourse| -2.0 * own.log_likelihood / dispersion + 2.0 * own.degree as f64;
    let best = fits
        .into_iter()
        .min_by(|one, other| worth(one).total_cmp(&worth(other)));
    Ok(best.expect("degree 0 is always fitted"))
}

fn fit_course(work: &Work, count: &[f64], degree: usize) -> Result<FittedCourse, StatsError> {
    let pick = |column: &[f64]| -> Vec<f64> { work.outside.iter().map(|&i| column[i]).collect() };
    let outcome = pick(count);
    if outcome.iter().sum::<f64>() <= 0.0 {
        let what = "count".to_owned();
        return Err(StatsError::NoVariation { what });
    }
    let exposure = pick(&work.exposure);
    if degree == 0 {
        return Ok(level_course(work, (&outcome, &exposure)));
    }
    let columns: Vec<Vec<f64>> = work.columns[..degree]
        .iter()
        .map(|column| pick(column))
        .collect();
    let sample = Sample {
        outcome: &outcome,
        columns: &columns,
        names: &work.names[..degree],
        weights: Weights::Equal,
        clusters: None,
    };
    let config = FitConfig {
        errors: Errors::Classical,
        level: 0.9,
    };
    let fit = poisson::fit(&sample, Some(&exposure), &config)?;
    let course = (0..count.len()).map(|i| work.exposure[i] * fit.predict(&work.row(i, degree)));
    Ok(FittedCourse {
        course: course.collect(),
        degree,
        dispersion: fit.dispersion,
        log_likelihood: fit.log_likelihood,
    })
}

/// The course of degree 0: one rate everywhere.
fn level_course(work: &Work, (outcome, exposure): (&[f64], &[f64])) -> FittedCourse {
    let rate = outcome.iter().sum::<f64>() / exposure.iter().sum::<f64>();
    let pearson = |(y, e): (&f64, &f64)| (y - rate * e).powi(2) / (rate * e);
    let log = |(y, e): (&f64, &f64)| {
        let own = rate * e;
        y * own.ln() - own - crate::special::ln_gamma(y + 1.0)
    };
    let rows = outcome.len() as f64;
    FittedCourse {
        course: work.exposure.iter().map(|e| rate * e).collect(),
        degree: 0,
        dispersion: outcome.iter().zip(exposure).map(pearson).sum::<f64>() / (rows - 1.0),
        log_likelihood: outcome.iter().zip(exposure).map(log).sum(),
    }
}

/// Counts or amounts with these means and variances `dispersion` times them, never below 0.
fn draw(mean: &[f64], dispersion: f64, (seed, round): (u64, usize)) -> Vec<f64> {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    chance.set_stream(round as u64);
    mean.iter()
        .map(|mean| match Gamma::new(mean / dispersion, dispersion) {
            Ok(gamma) => gamma.sample(&mut chance),
            // A mean of 0 has no spread.
            Err(_) => 0.0,
        })
        .collect()
}

/// The estimate with its spread over the rounds, and the interval mirrored about it.
fn basic_estimate(value: f64, rounds: &[Masses], of: fn(&Masses) -> f64, level: f64) -> Estimate {
    let drawn: Vec<f64> = rounds.iter().map(of).collect();
    let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
    let squares: f64 = drawn.iter().map(|d| (d - mean).powi(2)).sum();
    let range = Interval::from_draws(&drawn, level);
    Estimate {
        value,
        standard_error: (squares / (drawn.len() as f64 - 1.0)).sqrt(),
        interval: Interval {
            lower: 2.0 * value - range.upper,
            upper: 2.0 * value - range.lower,
            level,
        },
    }
}
