//! How much of the quarter is booked in its last days?

use crate::error::{require_finite, require_length};
use crate::regression::coefficients::student_estimate;
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, StatsError};

/// Fewer periods give an interval that hardly means anything; convention.
const FEW_PERIODS: usize = 8;

/// Share of the periods' sum that falls within the window, against an even course.
#[derive(Debug, Clone, PartialEq)]
pub struct Concentration {
    /// Sum within the window over sum of the whole periods.
    pub share: Estimate,
    /// Share of the days within the window: the share of an even course.
    pub even_share: f64,
    /// share / even share; 1 when the last days are like the others.
    pub index: Estimate,
    pub periods: usize,
    pub cautions: Vec<Caution>,
}

/// Concentration of amounts in the last part of each period.
///
/// Per period: `inside` and `whole` sum of amounts (0 or more, the same unit), and days (working days, say) `inside_days` and
/// `whole_days`. The share is the ratio of sums `Σ inside / Σ whole`; its error is that of a ratio over the periods as clusters,
/// `Σ (inside - share whole)² P / ((P - 1) (Σ whole)²)` `[Cochran1977 section 2.11]`, with Student's t on P - 1 degrees of freedom.
///
/// # Errors
/// `TooFewGroups` below two periods, `InvalidInput` when a part exceeds its whole, `NoVariation` when all sums are 0.
pub fn concentration(
    (inside, whole): (&[f64], &[f64]),
    (inside_days, whole_days): (&[f64], &[f64]),
    level: f64,
) -> Result<Concentration, StatsError> {
    prove_level(level)?;
    let periods = whole.len();
    if periods < 2 {
        return Err(StatsError::TooFewGroups {
            needed: 2,
            got: periods,
        });
    }
    for (what, column) in [
        ("inside", inside),
        ("inside days", inside_days),
        ("whole days", whole_days),
    ] {
        require_length(what, periods, column.len())?;
    }
    prove_parts("amount", inside, whole)?;
    prove_parts("days", inside_days, whole_days)?;
    let total: f64 = whole.iter().sum();
    let days: f64 = whole_days.iter().sum();
    let inner_days: f64 = inside_days.iter().sum();
    if total <= 0.0 || inner_days <= 0.0 {
        let what = if total <= 0.0 { "amount" } else { "days" }.to_owned();
        return Err(StatsError::NoVariation { what });
    }
    let share = inside.iter().sum::<f64>() / total;
    let squares: f64 = inside
        .iter()
        .zip(whole)
        .map(|(x, w)| (x - share * w).powi(2))
        .sum();
    let count = periods as f64;
    let error = (squares * count / (count - 1.0)).sqrt() / total;
    let even_share = inner_days / days;
    let cautions = match periods < FEW_PERIODS {
        true => vec![Caution::FewClusters {
            needed: FEW_PERIODS,
            got: periods,
        }],
        false => Vec::new(),
    };
    Ok(Concentration {
        share: student_estimate(share, error, count - 1.0, level),
        even_share,
        index: student_estimate(share / even_share, error / even_share, count - 1.0, level),
        periods,
        cautions,
    })
}

fn prove_parts(what: &str, part: &[f64], whole: &[f64]) -> Result<(), StatsError> {
    require_finite(what, part)?;
    require_finite(what, whole)?;
    let wrong = part
        .iter()
        .zip(whole)
        .position(|(x, w)| *x < 0.0 || *x > w * (1.0 + 1e-12));
    match wrong {
        Some(row) => Err(StatsError::invalid_row(
            format!("{what} (0 <= part <= whole)"),
            row,
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_course_has_index_one_and_a_heavy_end_more() {
        let (days, whole_days) = ([10.0; 4], [60.0; 4]);
        let even = concentration(
            (&[10.0, 20.0, 10.0, 30.0], &[60.0, 120.0, 60.0, 180.0]),
            (&days, &whole_days),
            0.9,
        )
        .expect("estimates");
        assert!((even.index.value - 1.0).abs() < 1e-12 && even.share.standard_error < 1e-12);
        let heavy = concentration(
            (&[30.0, 50.0, 28.0, 60.0], &[60.0, 120.0, 60.0, 180.0]),
            (&days, &whole_days),
            0.9,
        )
        .expect("estimates");
        assert!(
            (heavy.share.value - 168.0 / 420.0).abs() < 1e-12 && heavy.index.interval.lower > 1.0
        );
        assert!(
            concentration((&[2.0, 1.0], &[1.0, 1.0]), (&[1.0, 1.0], &[2.0, 2.0]), 0.9).is_err()
        );
        assert!(
            concentration((&[0.0, 0.0], &[0.0, 0.0]), (&[1.0, 1.0], &[2.0, 2.0]), 0.9).is_err()
        );
    }
}
