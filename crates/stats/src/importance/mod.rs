//! Which aspects of the experience carry the overall verdict, and how sure is that?

mod analyze;
mod bootstrap;
pub mod dominance;
pub mod johnson;
pub mod lmg;
pub mod missing;
pub mod penalty_reward;

pub use analyze::analyze;
pub(crate) use bootstrap::{Resampler, resampled, spread};

use crate::{Caution, Interval};
use dominance::Dominance;

/// Answers of a survey: one outcome and p attributes of n respondents.
#[derive(Debug, Clone, Copy)]
pub struct DriverData<'a> {
    /// The overall verdict, n long; NaN where it was not given (the respondent is then left out).
    pub outcome: &'a [f64],
    /// One column per attribute, each n long; NaN = not asked or not used.
    pub attributes: &'a [Vec<f64>],
    pub names: &'a [String],
    /// Sampling weights, n long and ≥ 0; empty means all 1.
    pub weights: &'a [f64],
}

/// How the drivers are analyzed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DriverConfig {
    /// Number of resamples of respondents, at least 20.
    pub bootstrap: usize,
    pub seed: u64,
    /// Level of the intervals, between 0 and 1.
    pub level: f64,
    /// With more drivers than this, LMG is left out (NaN) and Johnson's weights stand alone.
    pub lmg_max_drivers: usize,
    /// Share of the drivers called significant that may be false (Benjamini-Hochberg).
    pub fdr: f64,
}

impl DriverConfig {
    /// 400 resamples, 90 % intervals, LMG up to 20 drivers, false-discovery rate 5 %.
    pub fn standard() -> Self {
        DriverConfig {
            bootstrap: 400,
            seed: 1,
            level: 0.90,
            lmg_max_drivers: 20,
            fdr: 0.05,
        }
    }
}

/// What is known of one driver.
#[derive(Debug, Clone, PartialEq)]
pub struct Driver {
    pub name: String,
    /// Respondents with an outcome who answered this attribute.
    pub n: usize,
    /// Their weighted mean.
    pub mean: f64,
    /// Shapley share of R² (the shares sum to R²); NaN when there were too many drivers for it.
    pub lmg: f64,
    pub lmg_interval: Interval,
    /// Johnson's relative weight (these sum to R² too).
    pub johnson: f64,
    pub johnson_interval: Interval,
    /// Best and worst rank (1 = most important) that the resamples give at the level.
    pub rank_interval: (usize, usize),
    /// Rise of the outcome per scale point of this attribute, the others held.
    pub effect: f64,
    pub effect_interval: Interval,
    /// Of the effect, two-sided, against 0.
    pub p_value: f64,
    pub q_value: f64,
    /// Whether the q-value is at most the configured false-discovery rate.
    pub significant: bool,
    /// None when the attribute has no low, middle and high answers, or too few of them.
    pub contrast: Option<Contrast>,
}

/// What low and high answers do to the outcome, against middle ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contrast {
    /// Answers up to this are low, from `high_from` on high.
    pub low_to: f64,
    pub high_from: f64,
    /// Effect of a low answer on the outcome (negative when it hurts).
    pub penalty: f64,
    pub penalty_interval: Interval,
    /// Effect of a high answer.
    pub reward: f64,
    pub reward_interval: Interval,
    /// -1: only low answers matter, +1: only high ones; NaN when neither has the expected sign.
    pub asymmetry: f64,
    pub asymmetry_interval: Interval,
}

/// The drivers of one outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct DriverResult {
    /// Share of the outcome's variance that the attributes explain together.
    pub r2: f64,
    pub r2_interval: Interval,
    /// Respondents used: those with an outcome and at least one attribute.
    pub n: usize,
    /// Number of equally weighted respondents that would say as much.
    pub n_effective: f64,
    /// None with more than 12 attributes.
    pub dominance: Option<ResampledDominance>,
    /// In the order of the attributes; those that cannot be told are left out with a caution.
    pub drivers: Vec<Driver>,
    pub cautions: Vec<Caution>,
}

/// Which driver is ahead of which, and in which share (0-1) of the resamples `[i][j]` i was ahead of j.
#[derive(Debug, Clone, PartialEq)]
pub struct ResampledDominance {
    pub dominance: Dominance,
    /// In every set of the others.
    pub completely: Vec<Vec<f64>>,
    /// At every size of the set.
    pub conditionally: Vec<Vec<f64>>,
    /// On average.
    pub generally: Vec<Vec<f64>>,
}
