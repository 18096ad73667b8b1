//! What would data look like if the truth were known?

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::special::logistic;

/// A trial with a value from before and the names of strata and clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedTrial {
    pub outcome: Vec<f64>,
    pub treated: Vec<bool>,
    pub before: Vec<f64>,
    pub block: Vec<usize>,
}

/// Rows where treatment or dose was chosen, not drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedChoice {
    pub outcome: Vec<f64>,
    /// 0 and 1, or a dose.
    pub treatment: Vec<f64>,
    pub columns: Vec<Vec<f64>>,
    pub names: Vec<String>,
}

/// How treatment and outcome hang on the columns in [`choice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// Straight lines.
    Straight,
    /// Curves and a product: squares, waves and two columns that only matter together.
    Curved,
    /// Steps: thresholds and their combinations, as a tree would draw them.
    Stepped,
}

/// A panel with starts at different times.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedPanel {
    pub outcome: Vec<f64>,
    pub unit: Vec<usize>,
    pub period: Vec<i64>,
    pub first_treated: Vec<Option<i64>>,
    /// One column, which moves both the start and the course of the outcome.
    pub columns: Vec<Vec<f64>>,
    pub names: Vec<String>,
    /// Mean effect over all treated rows.
    pub mean_effect: f64,
}

/// How large the effect is in [`staggered`]: `first + growth * periods since the start`, early starters times `early_factor`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Course {
    pub first: f64,
    pub growth: f64,
    pub early_factor: f64,
    /// How much steeper the outcome of starters rises anyway, per period (0: parallel courses).
    pub drift: f64,
}

/// Rows with a push from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedPush {
    pub outcome: Vec<f64>,
    pub treatment: Vec<f64>,
    pub instruments: Vec<Vec<f64>>,
}

/// A draw of the standard normal distribution.
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// A trial of `rows` rows in blocks of `size`; blocks share part `icc` (0-1) of the outcome's variance of about 2.
///
/// `by_block` draws whole blocks (clusters), else half of every block is drawn (strata).
pub fn trial(
    (rows, size): (usize, usize),
    effect: f64,
    (icc, by_block): (f64, bool),
    seed: u64,
) -> SimulatedTrial {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let block: Vec<usize> = (0..rows).map(|row| row / size.max(1)).collect();
    let blocks = block.last().map_or(0, |b| b + 1);
    let levels: Vec<f64> = (0..blocks).map(|_| normal(&mut rng)).collect();
    let arms = match by_block {
        true => super::assign::clustered(&block, &[1.0, 1.0], seed),
        false => super::assign::stratified(&block, &[1.0, 1.0], seed),
    };
    let treated: Vec<bool> = arms
        .unwrap_or_default()
        .iter()
        .map(|arm| *arm == 1)
        .collect();
    let before: Vec<f64> = (0..rows).map(|_| normal(&mut rng)).collect();
    let outcome = (treated.iter().enumerate())
        .map(|(row, treated)| {
            let shared = (2.0 * icc).sqrt() * levels[block[row]];
            let own = (2.0 * (1.0 - icc)).sqrt();
            let rest = 0.5_f64.sqrt() * (before[row] + normal(&mut rng));
            shared + own * rest + effect * f64::from(*treated)
        })
        .collect();
    SimulatedTrial {
        outcome,
        treated,
        before,
        block,
    }
}

/// Rows with five columns that steer both a yes/no treatment and the outcome; the effect is the same for all.
pub fn choice(rows: usize, effect: f64, surface: Surface, seed: u64) -> SimulatedChoice {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut data = empty_choice(5);
    for _ in 0..rows {
        let x: Vec<f64> = (0..5).map(|_| normal(&mut rng)).collect();
        let (pull, level) = surface.of(&x);
        let treated = f64::from(rng.random::<f64>() < logistic(pull));
        data.outcome
            .push(level + effect * treated + normal(&mut rng));
        data.treatment.push(treated);
        data.columns.iter_mut().zip(x).for_each(|(c, x)| c.push(x));
    }
    data
}

/// The same with a dose: `pull + noise` on a scale about 10 with spread about 2, outcome `curve(dose) + level + noise`.
pub fn dosed(
    rows: usize,
    curve: impl Fn(f64) -> f64,
    surface: Surface,
    seed: u64,
) -> SimulatedChoice {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut data = empty_choice(5);
    for _ in 0..rows {
        let x: Vec<f64> = (0..5).map(|_| normal(&mut rng)).collect();
        let (pull, level) = surface.of(&x);
        let dose = 10.0 + 1.2 * pull + 1.6 * normal(&mut rng);
        data.outcome.push(curve(dose) + level + normal(&mut rng));
        data.treatment.push(dose);
        data.columns.iter_mut().zip(x).for_each(|(c, x)| c.push(x));
    }
    data
}

impl Surface {
    /// Pull towards treatment (log odds, within about ±2) and level of the outcome.
    fn of(self, x: &[f64]) -> (f64, f64) {
        let above = |x: f64, limit: f64| f64::from(x > limit);
        match self {
            Surface::Straight => (0.6 * x[0] - 0.4 * x[1], x[0] + 0.5 * x[1] - 0.3 * x[2]),
            Surface::Curved => (
                0.8 * x[0].sin() + 0.4 * (x[1] * x[1] - 1.0).clamp(-2.0, 2.0)
                    - 0.4 * x[0] * x[2].tanh(),
                1.2 * (1.5 * x[0]).sin() + 0.5 * x[1] * x[1] + 0.7 * x[0] * x[2] + 0.3 * x[3],
            ),
            Surface::Stepped => (
                1.2 * above(x[0], 0.3) - 0.8 * above(x[1], 0.0) * above(x[2], 0.0) - 0.2,
                1.5 * above(x[0], 0.3) + above(x[1], 0.0) * above(x[2], 0.0) - above(x[3], 1.0),
            ),
        }
    }
}

fn empty_choice(columns: usize) -> SimulatedChoice {
    SimulatedChoice {
        outcome: Vec::new(),
        treatment: Vec::new(),
        columns: vec![Vec::new(); columns],
        names: (1..=columns).map(|j| format!("x{j}")).collect(),
    }
}

/// A balanced panel of `units` x `periods` (periods 1, 2, ...): a third never starts, the others early, in the middle or late.
///
/// A column moves the chance to start and, with `covariate` not 0, the slope of the outcome over time.
pub fn staggered(
    (units, periods): (usize, i64),
    course: Course,
    covariate: f64,
    seed: u64,
) -> SimulatedPanel {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut data = SimulatedPanel {
        outcome: Vec::new(),
        unit: Vec::new(),
        period: Vec::new(),
        first_treated: Vec::new(),
        columns: vec![Vec::new()],
        names: vec!["x1".to_owned()],
        mean_effect: 0.0,
    };
    let starts = [2 + periods / 4, 1 + periods / 2, periods - periods / 5];
    let mut treated = 0.0;
    for unit in 0..units {
        let x = normal(&mut rng);
        let eager = rng.random::<f64>() < logistic(0.7 + 0.6 * covariate.signum().abs() * x);
        let start = eager.then(|| starts[(rng.random::<f64>() * 3.0) as usize % 3]);
        let level = normal(&mut rng);
        for period in 1..=periods {
            let t = period as f64;
            let mut y = level + 0.2 * t + covariate * x * t + 0.5 * normal(&mut rng);
            if let Some(start) = start {
                y += course.drift * t;
                if period >= start {
                    let size = course.first + course.growth * (period - start) as f64;
                    let own = if start == starts[0] {
                        course.early_factor * size
                    } else {
                        size
                    };
                    y += own;
                    data.mean_effect += own;
                    treated += 1.0;
                }
            }
            data.outcome.push(y);
            data.unit.push(unit);
            data.period.push(period);
            data.first_treated.push(start);
            data.columns[0].push(x);
        }
    }
    data.mean_effect /= f64::max(treated, 1.0);
    data
}

/// Courses of a treated unit (first) and donors that hang on two common factors; `effect` is added to the first from
/// period `before` on.
pub fn donors(
    (units, periods, before): (usize, usize, usize),
    effect: f64,
    noise: f64,
    seed: u64,
) -> Vec<Vec<f64>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut factors = vec![[0.0, 0.0]; periods];
    for t in 1..periods {
        factors[t] = [
            factors[t - 1][0] + 0.5 * normal(&mut rng),
            0.7 * factors[t - 1][1] + normal(&mut rng),
        ];
    }
    (0..units)
        .map(|unit| {
            let (a, b) = (rng.random::<f64>(), rng.random::<f64>());
            (0..periods)
                .map(|t| {
                    let own =
                        10.0 + a * factors[t][0] + b * factors[t][1] + noise * normal(&mut rng);
                    own + if unit == 0 && t >= before {
                        effect
                    } else {
                        0.0
                    }
                })
                .collect()
        })
        .collect()
}

/// Rows whose treatment hangs on hidden things that also move the outcome, and on `instruments` pushes of `strength` each.
pub fn pushed(
    (rows, instruments): (usize, usize),
    effect: f64,
    strength: f64,
    seed: u64,
) -> SimulatedPush {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut data = SimulatedPush {
        outcome: Vec::new(),
        treatment: Vec::new(),
        instruments: vec![Vec::new(); instruments],
    };
    for _ in 0..rows {
        let hidden = normal(&mut rng);
        let mut treatment = hidden + 0.5 * normal(&mut rng);
        for instrument in &mut data.instruments {
            let z = normal(&mut rng);
            treatment += strength * z;
            instrument.push(z);
        }
        data.outcome
            .push(effect * treatment + hidden + normal(&mut rng));
        data.treatment.push(treatment);
    }
    data
}

/// Dose and outcome of `units` over `periods`: the outcome holds `effects[l]` times the dose l periods before, a level per
/// unit, and noise that hangs together from period to period by `memory` (0-1). Rows unit by unit.
pub fn lagged(
    (units, periods): (usize, usize),
    effects: &[f64],
    memory: f64,
    seed: u64,
) -> (Vec<f64>, Vec<f64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut outcome, mut dose) = (Vec::new(), Vec::new());
    for _ in 0..units {
        let level = normal(&mut rng);
        let warm = periods + effects.len();
        let mut x = Vec::with_capacity(warm);
        let mut noise = 0.0;
        for t in 0..warm {
            let last = if t > 0 { x[t - 1] } else { 0.0 };
            x.push(0.5 * last + level + normal(&mut rng));
            noise = memory * noise + normal(&mut rng);
            if t >= effects.len() {
                let held: f64 = effects.iter().enumerate().map(|(l, b)| b * x[t - l]).sum();
                outcome.push(held + level + noise);
                dose.push(x[t]);
            }
        }
    }
    (outcome, dose)
}

/// Earlier customers with a long outcome, and a trial of which only the signals are in.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedSignals {
    pub history_outcome: Vec<f64>,
    pub history_signals: Vec<Vec<f64>>,
    pub treated: Vec<bool>,
    pub trial_signals: Vec<Vec<f64>>,
    /// The effect on the long outcome, all of which runs through the two signals.
    pub effect: f64,
}

/// Two signals worth 2 and -1 in the long outcome; treatment moves the first by `shift` and the second by half of it.
pub fn signals((history, trial): (usize, usize), shift: f64, seed: u64) -> SimulatedSignals {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut data = SimulatedSignals {
        history_outcome: Vec::new(),
        history_signals: vec![Vec::new(); 2],
        treated: Vec::new(),
        trial_signals: vec![Vec::new(); 2],
        effect: 1.5 * shift,
    };
    for _ in 0..history {
        let (a, b) = (normal(&mut rng), normal(&mut rng));
        data.history_outcome
            .push(1.0 + 2.0 * a - b + normal(&mut rng));
        data.history_signals[0].push(a);
        data.history_signals[1].push(b);
    }
    for row in 0..trial {
        let gets = row % 2 == 0;
        let moved = shift * f64::from(gets);
        data.treated.push(gets);
        data.trial_signals[0].push(moved + normal(&mut rng));
        data.trial_signals[1].push(0.5 * moved + normal(&mut rng));
    }
    data
}

/// Differences of `pairs` matched pairs, treated less control, where one of a pair was up to `gamma` times likelier to be treated
/// and was so for a hidden reason that raises the outcome; the treatment adds `effect`.
pub fn pair_differences(pairs: usize, effect: f64, gamma: f64, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..pairs)
        .map(|_| {
            let size = normal(&mut rng).abs();
            let higher = rng.random::<f64>() < gamma / (1.0 + gamma);
            effect + if higher { size } else { -size }
        })
        .collect()
}
