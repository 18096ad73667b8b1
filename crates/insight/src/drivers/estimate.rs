//! How large is each driver, and which attributes could not be judged?

use super::DriversConfig;
use super::recommend::{self, Verdict};
use crate::InsightError;
use odla_domain::Caution;
use odla_domain::frames::drivers::{DriversFrame, Question, Ratings};
use odla_stats::importance::{self, Contrast, DriverConfig, DriverData, DriverResult};
use odla_stats::regression::{Errors, FitConfig, Sample, Weights, linear};
use odla_stats::{Caution as Doubt, Estimate, Interval, StatsError};

/// Two attributes that agree this well are one attribute asked twice.
const DUPLICATE: f64 = 0.995;

/// One attribute and what it does.
#[derive(Clone, Debug)]
pub struct Driver {
    pub question: Question,
    pub answers: usize,
    /// Share of what all attributes explain together.
    pub importance: f64,
    pub importance_interval: Interval,
    pub ranks: (usize, usize),
    /// Ranks move little when respondents are resampled.
    pub stable: bool,
    /// Outcome points per attribute point.
    pub effect: Estimate,
    pub q_value: f64,
    pub significant: bool,
    /// The effect in standard deviations of the outcome per standard deviation of the attribute.
    pub standardized: Interval,
    /// What low and high answers do against middle ones, where there are enough of each.
    pub shape: Option<Contrast>,
    /// Mean answer.
    pub performance: Estimate,
    /// The mean's place on the scale, 0..1.
    pub place: Option<f64>,
    pub verdict: Verdict,
}

/// Why an attribute is not among the drivers.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    pub attribute: String,
    pub caution: Caution,
}

/// All that was found.
#[derive(Clone, Debug)]
pub struct DriverFindings {
    pub outcome: Question,
    pub survey: String,
    pub responses: usize,
    /// Responses that answered every attribute: what a method that needs complete rows would have used.
    pub complete: usize,
    pub effective: f64,
    pub weighted: bool,
    pub r2: f64,
    pub r2_interval: Interval,
    /// Every order of entry was gone through (LMG); otherwise relative weights.
    pub exact: bool,
    /// Strongest first.
    pub drivers: Vec<Driver>,
    pub left_out: Vec<LeftOut>,
    /// Answers outside their scale, which were not read.
    pub outside_scale: u64,
    pub cautions: Vec<Caution>,
}

pub fn find(
    frame: &DriversFrame,
    config: &DriversConfig,
    seed: u64,
) -> Result<DriverFindings, InsightError> {
    prove_enough(frame, config)?;
    let (mut kept, mut left_out) = sort_out(frame, config);
    if kept.is_empty() {
        return Err(InsightError::TooLittleData(nothing_to_judge(&left_out)));
    }
    let mut result = analyze(frame, &kept, config, seed)?;
    // Each attribute alone can be fine and still be told by others together: it is left out, and said so.
    let told_by_others = dropped(&mut result);
    kept.retain(|ratings| !told_by_others.contains(&ratings.question.key));
    left_out.extend(
        told_by_others
            .iter()
            .map(|key| LeftOut::because(key, "drivers.told_by_others")),
    );
    let mut findings = describe(frame, &kept, &result, config)?;
    findings.left_out = left_out;
    recommend::judge(&mut findings, config);
    Ok(findings)
}

fn prove_enough(frame: &DriversFrame, config: &DriversConfig) -> Result<(), InsightError> {
    if frame.attributes.is_empty() {
        return Err(InsightError::TooLittleData(Caution::new(
            "drivers.no_attributes",
        )));
    }
    if frame.rows() < config.fewest_responses {
        let caution = Caution::new("drivers.too_few_responses")
            .with("needed", config.fewest_responses)
            .with("got", frame.rows())
            .with("outcome", frame.outcome.question.key.as_str());
        return Err(InsightError::TooLittleData(caution));
    }
    Ok(())
}

/// Attributes that can be judged, and those that cannot with the reason.
fn sort_out<'f>(
    frame: &'f DriversFrame,
    config: &DriversConfig,
) -> (Vec<&'f Ratings>, Vec<LeftOut>) {
    let mut kept: Vec<&Ratings> = Vec::new();
    let mut left_out = Vec::new();
    for ratings in &frame.attributes {
        let key = &ratings.question.key;
        let known: Vec<f64> = ratings
            .values
            .iter()
            .copied()
            .filter(|v| !v.is_nan())
            .collect();
        if known.len() < config.fewest_answers {
            let caution =
                Caution::new("drivers.too_few_answers").with("needed", config.fewest_answers);
            left_out.push(LeftOut::with(key, caution.with("got", known.len())));
        } else if known.iter().all(|v| *v == known[0]) {
            left_out.push(LeftOut::because(key, "drivers.all_alike"));
        } else if agree(&ratings.values, &frame.outcome.values) {
            left_out.push(LeftOut::because(key, "drivers.same_as_outcome"));
        } else if let Some(twin) = kept
            .iter()
            .find(|other| agree(&ratings.values, &other.values))
        {
            let caution =
                Caution::new("drivers.duplicate").with("other", twin.question.key.as_str());
            left_out.push(LeftOut::with(key, caution));
        } else {
            kept.push(ratings);
        }
    }
    (kept, left_out)
}

impl LeftOut {
    fn because(attribute: &str, key: &str) -> Self {
        Self::with(attribute, Caution::new(key))
    }

    fn with(attribute: &str, caution: Caution) -> Self {
        Self {
            attribute: attribute.to_owned(),
            caution: caution.with("attribute", attribute),
        }
    }
}

fn nothing_to_judge(left_out: &[LeftOut]) -> Caution {
    let names: Vec<&str> = left_out
        .iter()
        .map(|left| left.attribute.as_str())
        .collect();
    Caution::new("drivers.none_to_judge").with("attributes", names.join(", "))
}

/// Whether two columns say the same where both are answered.
fn agree(a: &[f64], b: &[f64]) -> bool {
    let pairs: Vec<(f64, f64)> = a
        .iter()
        .zip(b)
        .filter(|(x, y)| !x.is_nan() && !y.is_nan())
        .map(|(x, y)| (*x, *y))
        .collect();
    let n = pairs.len() as f64;
    if n < 10.0 {
        return false;
    }
    let (mx, my) = (
        pairs.iter().map(|p| p.0).sum::<f64>() / n,
        pairs.iter().map(|p| p.1).sum::<f64>() / n,
    );
    let (mut sxy, mut sxx, mut syy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        sxy += (x - mx) * (y - my);
        sxx += (x - mx) * (x - mx);
        syy += (y - my) * (y - my);
    }
    sxy.abs() >= DUPLICATE * (sxx * syy).sqrt() && sxx > 0.0
}

/// Takes the attributes that the statistics left out from its doubts.
fn dropped(result: &mut DriverResult) -> Vec<String> {
    let mut names = Vec::new();
    result.cautions.retain(|doubt| match doubt {
        Doubt::ColumnDropped { column } => {
            names.push(column.clone());
            false
        }
        _ => true,
    });
    names
}

fn analyze(
    frame: &DriversFrame,
    kept: &[&Ratings],
    config: &DriversConfig,
    seed: u64,
) -> Result<DriverResult, StatsError> {
    let columns: Vec<Vec<f64>> = kept.iter().map(|ratings| ratings.values.clone()).collect();
    let names: Vec<String> = kept
        .iter()
        .map(|ratings| ratings.question.key.clone())
        .collect();
    let data = DriverData {
        outcome: &frame.outcome.values,
        attributes: &columns,
        names: &names,
        weights: frame.weight.as_deref().unwrap_or_default(),
    };
    let settings = DriverConfig {
        bootstrap: config.bootstrap,
        seed,
        level: config.level,
        lmg_max_drivers: config.exact_up_to,
        fdr: config.false_discovery,
    };
    importance::analyze(&data, &settings)
}

fn describe(
    frame: &DriversFrame,
    kept: &[&Ratings],
    result: &DriverResult,
    config: &DriversConfig,
) -> Result<DriverFindings, InsightError> {
    let weight = frame.weight.as_deref();
    let outcome_spread = spread(&frame.outcome.values, weight);
    let exact = result.drivers.len() <= config.exact_up_to;
    let total: f64 = result
        .drivers
        .iter()
        .map(|d| if exact { d.lmg } else { d.johnson })
        .sum();
    let mut drivers = Vec::with_capacity(kept.len());
    for (ratings, found) in kept.iter().zip(&result.drivers) {
        let (raw, raw_interval) = match exact {
            true => (found.lmg, found.lmg_interval),
            false => (found.johnson, found.johnson_interval),
        };
        let effect = Estimate {
            value: found.effect,
            standard_error: f64::NAN,
            interval: found.effect_interval,
        };
        let standard = spread(&ratings.values, weight) / outcome_spread;
        let performance = mean(&ratings.values, weight, config.level)?;
        drivers.push(Driver {
            question: ratings.question.clone(),
            answers: found.n,
            importance: raw / total,
            importance_interval: scaled(raw_interval, 1.0 / total),
            ranks: found.rank_interval,
            stable: found.rank_interval.1 - found.rank_interval.0 <= (kept.len() / 4).max(1),
            effect,
            q_value: found.q_value,
            significant: found.significant,
            standardized: scaled(found.effect_interval, standard),
            shape: found.contrast,
            performance,
            place: ratings
                .question
                .scale
                .map(|(low, high)| (performance.value - low) / (high - low)),
            verdict: Verdict::CannotTell,
        });
    }
    drivers.sort_by(|a, b| {
        b.importance
            .total_cmp(&a.importance)
            .then_with(|| a.question.key.cmp(&b.question.key))
    });
    Ok(DriverFindings {
        outcome: frame.outcome.question.clone(),
        survey: frame.survey.clone(),
        responses: frame.rows(),
        complete: complete(kept, frame.rows()),
        effective: result.n_effective,
        weighted: weight.is_some(),
        r2: result.r2,
        r2_interval: result.r2_interval,
        exact,
        drivers,
        left_out: Vec::new(),
        outside_scale: frame.outside_scale,
        cautions: result.cautions.iter().map(crate::doubt::told).collect(),
    })
}

fn complete(kept: &[&Ratings], rows: usize) -> usize {
    (0..rows)
        .filter(|&row| kept.iter().all(|ratings| !ratings.values[row].is_nan()))
        .count()
}

fn scaled(interval: Interval, factor: f64) -> Interval {
    Interval {
        lower: interval.lower * factor,
        upper: interval.upper * factor,
        level: interval.level,
    }
}

/// Mean of the answers there are, with a robust interval.
fn mean(values: &[f64], weight: Option<&[f64]>, level: f64) -> Result<Estimate, StatsError> {
    let (known, weights) = answered(values, weight);
    let sample = Sample {
        outcome: &known,
        columns: &[],
        names: &[],
        weights: Weights::Sampling(&weights),
        clusters: None,
    };
    let config = FitConfig {
        errors: Errors::Hc1,
        level,
    };
    Ok(linear::fit(&sample, &config)?.coefficients.table[0].estimate)
}

/// Standard deviation of the answers there are.
fn spread(values: &[f64], weight: Option<&[f64]>) -> f64 {
    let (known, weights) = answered(values, weight);
    let total: f64 = weights.iter().sum();
    let mean = known.iter().zip(&weights).map(|(v, w)| v * w).sum::<f64>() / total;
    let squares: f64 = known
        .iter()
        .zip(&weights)
        .map(|(v, w)| w * (v - mean) * (v - mean))
        .sum();
    (squares / total).sqrt()
}

fn answered(values: &[f64], weight: Option<&[f64]>) -> (Vec<f64>, Vec<f64>) {
    let rows = (0..values.len()).filter(|&row| !values[row].is_nan());
    rows.map(|row| (values[row], weight.map_or(1.0, |w| w[row])))
        .unzip()
}
