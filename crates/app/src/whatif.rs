//! What would other handling times mean? The same answer for terminal, API and page, from what a run has kept.

use crate::AppError;
use crate::pages::Kept;
use odla_domain::Report;
use odla_insight::service_level::whatif;

pub use odla_insight::service_level::whatif::Asked;

/// Answers from the curves of a run; nothing is computed anew.
///
/// # Errors
/// When the run has no curves, or a reason is asked for that it does not know; the error names those that it knows.
pub fn answer(kept: &Kept, asked: &Asked) -> Result<Report, AppError> {
    let report = kept.report("service_level")?;
    let terms = whatif::Kept::of(report).ok_or_else(|| AppError::UnknownPage {
        word: "service_level".to_owned(),
        known: String::new(),
    })?;
    let unknown = |reason: &&String| terms.terms.iter().all(|term| term.reason != **reason);
    if let Some(reason) = asked.minutes.keys().find(unknown) {
        let known: Vec<&str> = terms
            .terms
            .iter()
            .map(|term| term.reason.as_str())
            .collect();
        return Err(AppError::UnknownReason {
            reason: reason.clone(),
            known: known.join(", "),
        });
    }
    Ok(terms.report(asked))
}

/// Reads `reason=minutes`.
///
/// # Errors
/// When it is not that.
pub fn minutes_of(text: &str) -> Result<(String, f64), AppError> {
    let refused = || AppError::MinutesNotRead {
        text: text.to_owned(),
    };
    let (reason, minutes) = text.rsplit_once('=').ok_or_else(refused)?;
    match number_of(minutes) {
        Ok(minutes) if minutes > 0.0 => Ok((reason.trim().to_owned(), minutes)),
        _ => Err(refused()),
    }
}

/// Reads a number with point or comma.
///
/// # Errors
/// When it is none.
pub fn number_of(text: &str) -> Result<f64, AppError> {
    let number = text.trim().replace(',', ".").parse::<f64>().ok();
    number
        .filter(|number| number.is_finite())
        .ok_or_else(|| AppError::MinutesNotRead {
            text: text.to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_read_with_point_or_comma() {
        assert_eq!(
            minutes_of("fault=6").expect("read"),
            ("fault".to_owned(), 6.0)
        );
        assert_eq!(
            minutes_of("a=b=6,5").expect("read"),
            ("a=b".to_owned(), 6.5)
        );
        for wrong in ["fault", "fault=", "fault=-1", "fault=x", "fault=inf"] {
            assert!(minutes_of(wrong).is_err(), "{wrong}");
        }
    }
}
