//! Which attribute should be looked at first, which be kept, and on which may less be spent?

use super::DriversConfig;
use super::estimate::{Driver, DriverFindings};

/// What a driver's size and performance together suggest. An association suggests; a trial decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It matters, and it is below what the attributes reach on average.
    Strengthen,
    /// It matters, and it is at or above the average.
    Keep,
    /// Any effect is too small to matter, and poor answers are not punished.
    MayBeReduced,
    CannotTell,
}

impl Verdict {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Strengthen => "strengthen",
            Self::Keep => "keep",
            Self::MayBeReduced => "may_be_reduced",
            Self::CannotTell => "cannot_tell",
        }
    }
}

/// Gives each driver its verdict; needs the scale, since attributes are compared by their place on it.
pub fn judge(findings: &mut DriverFindings, config: &DriversConfig) {
    let places: Vec<f64> = findings
        .drivers
        .iter()
        .filter_map(|driver| driver.place)
        .collect();
    let average = places.iter().sum::<f64>() / places.len() as f64;
    for driver in &mut findings.drivers {
        driver.verdict = verdict_of(driver, average, config);
    }
}

fn verdict_of(driver: &Driver, average_place: f64, config: &DriversConfig) -> Verdict {
    let negligible = driver.standardized.upper < config.negligible
        && driver.standardized.lower > -config.negligible;
    if negligible && !punishes(driver) {
        return Verdict::MayBeReduced;
    }
    match driver.place {
        Some(place) if driver.significant && driver.effect.value > 0.0 => {
            match place < average_place {
                true => Verdict::Strengthen,
                false => Verdict::Keep,
            }
        }
        _ => Verdict::CannotTell,
    }
}

/// Whether poor answers clearly go with a lower outcome.
fn punishes(driver: &Driver) -> bool {
    driver
        .shape
        .is_some_and(|shape| shape.penalty_interval.upper < 0.0)
}

/// What to look at first: the driver to strengthen with most left to gain, were the association an effect.
pub fn first_to_look_at(findings: &DriverFindings) -> Option<&Driver> {
    let gain = |driver: &Driver| match driver.question.scale {
        Some((_, top)) => driver.effect.value * (top - driver.performance.value),
        None => 0.0,
    };
    findings
        .drivers
        .iter()
        .filter(|driver| driver.verdict == Verdict::Strengthen)
        .max_by(|a, b| {
            gain(a)
                .total_cmp(&gain(b))
                .then_with(|| b.question.key.cmp(&a.question.key))
        })
}

/// Points of the outcome that a rise of the driver to the top of its scale would go with.
pub fn most_to_gain(driver: &Driver) -> Option<f64> {
    driver
        .question
        .scale
        .map(|(_, top)| driver.effect.value * (top - driver.performance.value))
}
