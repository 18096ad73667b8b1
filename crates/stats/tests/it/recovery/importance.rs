//! Are drivers' shares and effects found again, and are null drivers left alone?

use nalgebra::DMatrix;
use odla_stats::importance::{DriverConfig, DriverData, DriverResult, analyze, johnson, lmg};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// A survey of correlated attributes (one shared mood) on a continuous scale.
pub struct Plan {
    pub respondents: usize,
    pub slopes: Vec<f64>,
    pub noise: f64,
    /// Share of the answers that are missing, by chance.
    pub missing: f64,
}

/// Share of each attribute's variance that is the shared mood.
const MOOD: f64 = 0.4;

pub struct Simulated {
    pub outcome: Vec<f64>,
    pub attributes: Vec<Vec<f64>>,
    pub names: Vec<String>,
}

pub fn simulate(plan: &Plan, seed: u64) -> Simulated {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let p = plan.slopes.len();
    let mut attributes = vec![Vec::new(); p];
    let mut outcome = Vec::new();
    let normal = |rng: &mut ChaCha8Rng| -> f64 { StandardNormal.sample(rng) };
    for _ in 0..plan.respondents {
        let mood = normal(&mut rng);
        let mut y = plan.noise * normal(&mut rng);
        for (slope, attribute) in plan.slopes.iter().zip(&mut attributes) {
            let x = MOOD.sqrt() * mood + (1.0 - MOOD).sqrt() * normal(&mut rng);
            y += slope * x;
            let seen = rng.random::<f64>() >= plan.missing;
            attribute.push(if seen { x } else { f64::NAN });
        }
        outcome.push(y);
    }
    let names = (0..p).map(|j| format!("driver {j}")).collect();
    Simulated {
        outcome,
        attributes,
        names,
    }
}

/// The plan's covariance matrix, the outcome last.
fn true_covariance(plan: &Plan) -> DMatrix<f64> {
    let p = plan.slopes.len();
    let x = DMatrix::from_fn(p, p, |i, j| if i == j { 1.0 } else { MOOD });
    let slopes = nalgebra::DVector::from_column_slice(&plan.slopes);
    let with_outcome = &x * &slopes;
    let mut all = x.insert_row(p, 0.0).insert_column(p, 0.0);
    for j in 0..p {
        all[(j, p)] = with_outcome[j];
        all[(p, j)] = with_outcome[j];
    }
    all[(p, p)] = slopes.dot(&with_outcome) + plan.noise.powi(2);
    all
}

fn analyzed(plan: &Plan, seed: u64, bootstrap: usize) -> DriverResult {
    let survey = simulate(plan, seed);
    let data = DriverData {
        outcome: &survey.outcome,
        attributes: &survey.attributes,
        names: &survey.names,
        weights: &[],
    };
    let config = DriverConfig {
        bootstrap,
        seed,
        ..DriverConfig::standard()
    };
    analyze(&data, &config).expect("the case is sound")
}

struct Coverage {
    effects: f64,
    shares: f64,
    relative: f64,
    r2: f64,
    null_calls: f64,
}

/// Share of the 90 % intervals that hold the truth, and of the null drivers with p ≤ 0.10, over many surveys.
fn coverage(plan: &Plan, surveys: u64) -> Coverage {
    let truth = lmg::shares(&true_covariance(plan)).expect("the case is sound");
    let relative = johnson::weights(&true_covariance(plan)).expect("the case is sound");
    let r2: f64 = truth.iter().sum();
    let nulls = plan.slopes.iter().filter(|s| **s == 0.0).count() as f64;
    let p = plan.slopes.len() as f64;
    let mut seen = Coverage {
        effects: 0.0,
        shares: 0.0,
        relative: 0.0,
        r2: 0.0,
        null_calls: 0.0,
    };
    for seed in 0..surveys {
        let result = analyzed(plan, seed, 100);
        seen.r2 += f64::from(result.r2_interval.contains(r2)) / surveys as f64;
        for (j, driver) in result.drivers.iter().enumerate() {
            let each = 1.0 / (surveys as f64 * p);
            seen.effects += each * f64::from(driver.effect_interval.contains(plan.slopes[j]));
            seen.shares += each * f64::from(driver.lmg_interval.contains(truth[j]));
            seen.relative += each * f64::from(driver.johnson_interval.contains(relative[j]));
            if plan.slopes[j] == 0.0 {
                seen.null_calls += f64::from(driver.p_value <= 0.10) / (surveys as f64 * nulls);
            }
        }
    }
    eprintln!(
        "effects {:.3} shares {:.3} relative weights {:.3} r2 {:.3} null drivers called {:.3}",
        seen.effects, seen.shares, seen.relative, seen.r2, seen.null_calls
    );
    seen
}

fn slopes() -> Vec<f64> {
    vec![0.6, 0.4, 0.2, 0.1, 0.0, 0.0, 0.0, 0.0]
}

#[test]
fn complete_surveys_cover_their_truth_and_leave_null_drivers_alone() {
    let plan = Plan {
        respondents: 250,
        slopes: slopes(),
        noise: 1.0,
        missing: 0.0,
    };
    let seen = coverage(&plan, 120);
    assert!((0.86..=0.95).contains(&seen.effects));
    assert!((0.84..=0.96).contains(&seen.shares));
    assert!((0.84..=0.96).contains(&seen.relative));
    assert!((0.84..=0.96).contains(&seen.r2));
    assert!(seen.null_calls <= 0.12);
}

#[test]
fn surveys_that_ask_everyone_half_of_it_cover_their_truth() {
    let plan = Plan {
        respondents: 500,
        slopes: slopes(),
        noise: 1.0,
        missing: 0.4,
    };
    let seen = coverage(&plan, 120);
    assert!((0.86..=0.95).contains(&seen.effects));
    assert!((0.84..=0.96).contains(&seen.shares));
    assert!((0.84..=0.96).contains(&seen.relative));
    assert!((0.84..=0.96).contains(&seen.r2));
    assert!(seen.null_calls <= 0.12);
}
