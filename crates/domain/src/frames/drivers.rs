//! Which columns does the drivers analysis read?

use super::shape::{FrameError, require_rows, require_values};
use jiff::civil::Date;

/// A question and how its answers are counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub key: String,
    /// The scale of the values as they stand in the frame, when it is known.
    pub scale: Option<(f64, f64)>,
    /// The question was asked on different scales, so its answers were brought to 0..10.
    pub rescaled: bool,
}

/// The answers to one question; `NaN` is "not asked" or "not used".
#[derive(Clone, Debug, PartialEq)]
pub struct Ratings {
    pub question: Question,
    pub values: Vec<f64>,
}

/// One row per response that has the outcome; attributes in order of their keys.
#[derive(Clone, Debug, PartialEq)]
pub struct DriversFrame {
    /// Which kind of survey was read.
    pub survey: String,
    /// First and last day of the answers, when they are dated.
    pub period: Option<(Date, Date)>,
    /// No `NaN` here.
    pub outcome: Ratings,
    pub attributes: Vec<Ratings>,
    /// The survey's own weight of each response, if it brought one.
    pub weight: Option<Vec<f64>>,
    /// Number of the customer who answered; responses without a customer have numbers of their own.
    pub customer: Vec<usize>,
    /// Number of the unit that the answer is about, when units are known.
    pub unit: Option<Vec<usize>>,
    /// Answers left out since they lie outside their scale.
    pub outside_scale: u64,
}

impl DriversFrame {
    pub fn rows(&self) -> usize {
        self.outcome.values.len()
    }

    /// The frame, when its columns are equally long and weights and outcomes are numbers.
    pub fn checked(self) -> Result<Self, FrameError> {
        let rows = self.rows();
        let outcome = &self.outcome;
        require_values(
            &outcome.question.key,
            &outcome.values,
            f64::is_finite,
            "a number is needed",
        )?;
        for attribute in &self.attributes {
            let key = &attribute.question.key;
            require_rows(key, rows, attribute.values.len())?;
            require_values(
                key,
                &attribute.values,
                |v| !v.is_infinite(),
                "an infinite answer",
            )?;
        }
        if let Some(weight) = &self.weight {
            require_rows("weight", rows, weight.len())?;
            let fit = |w: f64| w.is_finite() && w >= 0.0;
            require_values("weight", weight, fit, "a weight of at least 0 is needed")?;
        }
        require_rows("customer", rows, self.customer.len())?;
        if let Some(unit) = &self.unit {
            require_rows("unit", rows, unit.len())?;
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratings(key: &str, values: &[f64]) -> Ratings {
        Ratings {
            question: Question {
                key: key.to_owned(),
                scale: Some((1.0, 10.0)),
                rescaled: false,
            },
            values: values.to_vec(),
        }
    }

    fn frame() -> DriversFrame {
        DriversFrame {
            survey: "relation".to_owned(),
            period: None,
            outcome: ratings("satisfaction", &[7.0, 8.0]),
            attributes: vec![ratings("delivery", &[f64::NAN, 5.0])],
            weight: None,
            customer: vec![0, 1],
            unit: None,
            outside_scale: 0,
        }
    }

    #[test]
    fn an_attribute_may_be_unanswered_but_the_outcome_may_not() {
        assert!(frame().checked().is_ok());
        let mut broken = frame();
        broken.outcome.values[1] = f64::NAN;
        assert!(broken.checked().is_err());
    }

    #[test]
    fn columns_of_unequal_length_are_refused() {
        let mut broken = frame();
        broken.attributes[0].values.pop();
        assert_eq!(
            broken.checked(),
            Err(FrameError::Length {
                column: "delivery".to_owned(),
                expected: 2,
                got: 1
            })
        );
    }
}
