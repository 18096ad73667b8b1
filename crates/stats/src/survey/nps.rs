//! How many more would recommend us than warn against us?

use crate::error::require_length;
use crate::estimate::normal_quantile_for_level;
use crate::regression::sample::{prove_level, prove_weights};
use crate::{Caution, Estimate, Interval, StatsError};

/// Effective answers below which a score says little; convention.
const ENOUGH_ANSWERS: f64 = 30.0;

/// Net promoter score of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct Nps {
    /// In points, -100 to 100: percent promoters (9-10) minus percent detractors (0-6).
    pub score: Estimate,
    /// Shares 0-1, summing to 1.
    pub promoters: f64,
    pub passives: f64,
    pub detractors: f64,
    pub answers: usize,
    /// Number of equally weighted answers that would say as much.
    pub effective_answers: f64,
    pub cautions: Vec<Caution>,
}

/// Net promoter score of answers 0-10; NaN = no answer. `weights` are n long and ≥ 0, none means all 1.
///
/// Standard error from `var = (p + d - (p - d)²) / n`, n the effective number when weighted. The interval adds three
/// fictitious answers (3/4 promoter, 3/2 passive, 3/4 detractor), which keeps its level when answers are few or all
/// alike `[Rocks2016]`. Errs on an answer outside 0-10 and when nobody answered; cautions below 30 effective answers.
pub fn nps(answers: &[f64], weights: Option<&[f64]>, level: f64) -> Result<Nps, StatsError> {
    prove_level(level)?;
    if let Some(weights) = weights {
        require_length("weights", answers.len(), weights.len())?;
        prove_weights(weights, answers.len())?;
    }
    let (mut count, mut total, mut squares) = (0, 0.0, 0.0);
    let (mut promoters, mut detractors) = (0.0, 0.0);
    for (row, &answer) in answers.iter().enumerate() {
        let weight = weights.map_or(1.0, |w| w[row]);
        if answer.is_nan() || weight == 0.0 {
            continue;
        }
        if !(0.0..=10.0).contains(&answer) {
            return Err(StatsError::invalid_row("answer (must lie in 0-10)", row));
        }
        count += 1;
        total += weight;
        squares += weight * weight;
        if answer >= 9.0 {
            promoters += weight;
        } else if answer < 7.0 {
            detractors += weight;
        }
    }
    if count == 0 {
        return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
    }
    let effective = total * total / squares;
    let (p, d) = (promoters / total, detractors / total);
    Ok(Nps {
        score: score(p, d, effective, level),
        promoters: p,
        passives: (1.0 - p - d).max(0.0),
        detractors: d,
        answers: count,
        effective_answers: effective,
        cautions: few_answers(effective, count),
    })
}

/// Share 0-1 of yes among `n` answers, with Wilson's interval `[Wilson1927]`; `n` may be an effective number.
///
/// Errs when `n` is not positive or the successes lie outside 0-n.
pub fn proportion(successes: f64, n: f64, level: f64) -> Result<Estimate, StatsError> {
    prove_level(level)?;
    if !(n.is_finite() && n > 0.0) {
        return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
    }
    if !(0.0..=n).contains(&successes) {
        return Err(StatsError::invalid(format!(
            "successes {successes} of {n} answers"
        )));
    }
    let share = successes / n;
    let z = normal_quantile_for_level(level);
    let shrink = 1.0 + z * z / n;
    let center = (share + z * z / (2.0 * n)) / shrink;
    let half_width = z / shrink * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    Ok(Estimate {
        value: share,
        standard_error: (share * (1.0 - share) / n).sqrt(),
        interval: Interval {
            lower: (center - half_width).clamp(0.0, share),
            upper: (center + half_width).clamp(share, 1.0),
            level,
        },
    })
}

/// Difference between the scores of two independent groups, in points, with a normal interval.
pub fn difference(one: &Nps, other: &Nps, level: f64) -> Estimate {
    let value = one.score.value - other.score.value;
    let spread = one.score.standard_error.hypot(other.score.standard_error);
    Estimate::normal(value, spread, level)
}

fn score(p: f64, d: f64, n: f64, level: f64) -> Estimate {
    let spread = |p: f64, d: f64, n: f64| ((p + d - (p - d).powi(2)).max(0.0) / n).sqrt();
    let value = p - d;
    let added = n + 3.0;
    let (p_added, d_added) = ((n * p + 0.75) / added, (n * d + 0.75) / added);
    let half_width = normal_quantile_for_level(level) * spread(p_added, d_added, added);
    let center = p_added - d_added;
    Estimate {
        value: 100.0 * value,
        standard_error: 100.0 * spread(p, d, n),
        interval: Interval {
            lower: 100.0 * (center - half_width).clamp(-1.0, value),
            upper: 100.0 * (center + half_width).clamp(value, 1.0),
            level,
        },
    }
}

fn few_answers(effective: f64, count: usize) -> Vec<Caution> {
    let mut cautions = Vec::new();
    if effective < ENOUGH_ANSWERS {
        cautions.push(Caution::FewObservations {
            needed: ENOUGH_ANSWERS as usize,
            got: effective.floor() as usize,
        });
    }
    if effective < 0.5 * count as f64 {
        cautions.push(Caution::LowEffectiveSize {
            effective,
            got: count,
        });
    }
    cautions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_error_is_that_of_the_formula() {
        let mut answers = vec![10.0; 50];
        answers.extend([8.0; 30]);
        answers.extend([3.0; 20]);
        let nps = nps(&answers, None, 0.95).unwrap();
        assert!((nps.score.value - 30.0).abs() < 1e-12);
        let expected = 100.0 * ((0.7_f64 - 0.09) / 100.0).sqrt();
        assert!((nps.score.standard_error - expected).abs() < 1e-12);
    }

    #[test]
    fn ten_who_all_recommend_do_not_prove_that_everyone_does() {
        let nps = nps(&[10.0; 10], None, 0.95).unwrap();
        assert!(nps.score.interval.lower < 80.0 && nps.score.interval.upper == 100.0);
        assert_eq!(nps.cautions.len(), 1);
    }

    #[test]
    fn missing_answers_do_not_count_and_impossible_ones_are_refused() {
        assert_eq!(nps(&[9.0, f64::NAN], None, 0.9).unwrap().answers, 1);
        assert!(nps(&[11.0], None, 0.9).is_err());
        assert!(nps(&[f64::NAN], None, 0.9).is_err());
    }

    #[test]
    fn wilson_interval_of_none_in_ten_is_the_known_one() {
        let share = proportion(0.0, 10.0, 0.95).unwrap();
        assert!(share.interval.lower == 0.0 && (share.interval.upper - 0.277_53).abs() < 1e-5);
    }
}
