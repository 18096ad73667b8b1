//! How satisfied are customers on the 0-100 scale of the national indices?

use crate::error::require_length;
use crate::regression::sample::{prove_level, prove_weights};
use crate::{Caution, Estimate, Interval, StatsError};

/// Effective answers below which an index says little (the national indices take about 250 per firm).
const ENOUGH_ANSWERS: f64 = 30.0;

/// Index of a group of respondents.
#[derive(Debug, Clone, PartialEq)]
pub struct SatisfactionIndex {
    /// 0-100.
    pub index: Estimate,
    /// Weights of the questions, summing to 1.
    pub question_weights: Vec<f64>,
    pub answers: usize,
    pub effective_answers: f64,
    pub cautions: Vec<Caution>,
}

/// Index 0-100 of questions answered on the same scale, `100 sum_j w_j (mean_j - low) / (high - low)` `[Fornell1996]`.
///
/// `questions`: one column per question, n long; NaN = no answer. A respondent counts with the questions answered
/// (their weights brought to sum 1), so that one skipped question does not lose him. `scale` is (lowest, highest)
/// answer. `question_weights` are ≥ 0 and need not sum to 1; none means equal. With weights w from a PLS fit on
/// standardized answers use `w_j / sd_j`. `weights` are the respondents', none means all 1.
/// Errs on an answer outside the scale and when fewer than 2 respondents answered.
pub fn satisfaction_index(
    questions: &[Vec<f64>],
    scale: (f64, f64),
    question_weights: Option<&[f64]>,
    (weights, level): (Option<&[f64]>, f64),
) -> Result<SatisfactionIndex, StatsError> {
    prove_level(level)?;
    let rows = questions.first().map_or(0, Vec::len);
    for (number, question) in questions.iter().enumerate() {
        require_length(&format!("question {number}"), rows, question.len())?;
    }
    let question_weights = normalized(question_weights, questions.len())?;
    if let Some(weights) = weights {
        prove_weights(weights, rows)?;
    }
    let (mut count, mut total, mut squares) = (0, 0.0, 0.0);
    let mut scores = Vec::new();
    for row in 0..rows {
        let weight = weights.map_or(1.0, |w| w[row]);
        let Some(score) = respondent_score(questions, scale, &question_weights, row)? else {
            continue;
        };
        if weight > 0.0 {
            count += 1;
            total += weight;
            squares += weight * weight;
            scores.push((score, weight));
        }
    }
    if count < 2 {
        return Err(StatsError::TooFewObservations {
            needed: 2,
            got: count,
        });
    }
    let effective = total * total / squares;
    let mean = scores.iter().map(|(s, w)| s * w).sum::<f64>() / total;
    let spread = scores
        .iter()
        .map(|(s, w)| w * (s - mean).powi(2))
        .sum::<f64>()
        / total;
    let standard_error = (spread / (effective - 1.0).max(1.0)).sqrt();
    let mut index = crate::regression::coefficients::student_estimate(
        mean,
        standard_error,
        (effective - 1.0).max(1.0),
        level,
    );
    index.interval = Interval {
        lower: index.interval.lower.max(0.0),
        upper: index.interval.upper.min(100.0),
        level,
    };
    let mut cautions = Vec::new();
    if effective < ENOUGH_ANSWERS {
        cautions.push(Caution::FewObservations {
            needed: ENOUGH_ANSWERS as usize,
            got: effective.floor() as usize,
        });
    }
    Ok(SatisfactionIndex {
        index,
        question_weights,
        answers: count,
        effective_answers: effective,
        cautions,
    })
}

fn respondent_score(
    questions: &[Vec<f64>],
    (low, high): (f64, f64),
    question_weights: &[f64],
    row: usize,
) -> Result<Option<f64>, StatsError> {
    let (mut sum, mut weight) = (0.0, 0.0);
    for (question, w) in questions.iter().zip(question_weights) {
        let answer = question[row];
        if answer.is_nan() {
            continue;
        }
        if !(low..=high).contains(&answer) {
            return Err(StatsError::invalid_row(
                format!("answer (must lie in {low}-{high})"),
                row,
            ));
        }
        sum += w * (answer - low) / (high - low);
        weight += w;
    }
    Ok((weight > 0.0).then(|| 100.0 * sum / weight))
}

fn normalized(weights: Option<&[f64]>, questions: usize) -> Result<Vec<f64>, StatsError> {
    if questions == 0 {
        return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
    }
    let Some(weights) = weights else {
        return Ok(vec![1.0 / questions as f64; questions]);
    };
    prove_weights(weights, questions)?;
    let sum: f64 = weights.iter().sum();
    Ok(weights.iter().map(|w| w / sum).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(answers: &[Vec<f64>]) -> f64 {
        let index = satisfaction_index(answers, (1.0, 10.0), None, (None, 0.9)).unwrap();
        index.index.value
    }

    #[test]
    fn all_lowest_is_0_and_all_highest_is_100() {
        assert_eq!(index(&[vec![1.0; 5], vec![1.0; 5], vec![1.0; 5]]), 0.0);
        assert_eq!(index(&[vec![10.0; 5], vec![10.0; 5], vec![10.0; 5]]), 100.0);
    }

    #[test]
    fn a_skipped_question_does_not_lose_the_respondent() {
        assert_eq!(index(&[vec![10.0, 1.0], vec![f64::NAN, 1.0]]), 50.0);
    }

    #[test]
    fn a_score_outside_the_scale_is_refused() {
        let answers = [vec![0.0, 5.0]];
        assert!(satisfaction_index(&answers, (1.0, 10.0), None, (None, 0.9)).is_err());
    }
}
