//! Which columns does the loyalty analysis read?

use super::shape::{FrameError, require_rows, require_sorted, require_values};
use jiff::civil::Date;

/// What can be asked about attitude and engagement, in the order of the frame's columns of answers.
pub const QUESTIONS: [&str; 12] = [
    "satisfaction",
    "expectation",
    "ideal",
    "nps",
    "again",
    "speak_well",
    "image",
    "product_quality",
    "service_quality",
    "value_for_money",
    "engagement",
    "best_alternative_rank",
];

/// Everybody's standing today, and a year ago with what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LoyaltyFrame {
    pub as_of: Date,
    /// `as_of` less 12 months.
    pub a_year_ago: Date,
    /// The survey that is read; empty when answers name none.
    pub survey: String,
    /// Days from the first order or contract of the ledger to `a_year_ago`; below 0 without such history.
    pub history_days: f64,
    pub now: Standings,
    pub then: Standings,
}

/// One row per customer whose relation had begun, sorted by customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standings {
    pub customer_id: Vec<String>,
    pub company: Vec<bool>,
    pub tenure_days: Vec<f64>,
    /// Days from the first and the last purchase; `NaN` without purchases.
    pub first_days_ago: Vec<f64>,
    pub last_days_ago: Vec<f64>,
    /// Days with a purchase: in all, in the last 12 months, in the 12 months before those.
    pub purchases: Vec<f64>,
    pub purchases_year: Vec<f64>,
    pub purchases_before: Vec<f64>,
    /// A contract is in force; it has been renewed; its next renewal falls within 12 months.
    pub contract: Vec<bool>,
    pub renewed: Vec<bool>,
    pub renewal_due: Vec<bool>,
    /// What came later: purchases, and a contract in force at the end or at least one purchase.
    pub purchases_after: Vec<f64>,
    pub retained: Vec<bool>,
    /// Longest notice and longest remaining term of contracts in force; `NaN` when not told.
    pub notice_days: Vec<f64>,
    pub bound_months: Vec<f64>,
    /// The company's own judgment of how hard it is to switch, 1..5, when it has one.
    pub switching_cost: Vec<f64>,
    /// Share of the orders of 24 months that one and the same seller took, and how many had a seller.
    pub seller_share: Vec<f64>,
    pub seller_orders: Vec<f64>,
    /// Age of the answers.
    pub answer_days_ago: Vec<f64>,
    /// Place on the scale 0..1 per question of [`QUESTIONS`]; `NaN` is "not answered".
    pub answers: Vec<Vec<f64>>,
}

impl Standings {
    pub fn len(&self) -> usize {
        self.customer_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.customer_id.is_empty()
    }

    /// The answers to one question.
    pub fn answers_to(&self, question: &str) -> Option<&[f64]> {
        let place = QUESTIONS.iter().position(|known| *known == question)?;
        self.answers.get(place).map(Vec::as_slice)
    }

    /// Whether the customer counts as one at all: a contract in force, or a purchase in the last 12 months.
    pub fn is_active(&self, row: usize) -> bool {
        self.contract[row] || self.purchases_year[row] > 0.0
    }

    fn check(&self) -> Result<(), FrameError> {
        let rows = self.len();
        require_sorted("customer_id", &self.customer_id)?;
        for (name, column) in [
            ("tenure_days", &self.tenure_days),
            ("first_days_ago", &self.first_days_ago),
            ("last_days_ago", &self.last_days_ago),
            ("purchases", &self.purchases),
            ("purchases_year", &self.purchases_year),
            ("purchases_before", &self.purchases_before),
            ("purchases_after", &self.purchases_after),
            ("notice_days", &self.notice_days),
            ("bound_months", &self.bound_months),
            ("switching_cost", &self.switching_cost),
            ("seller_share", &self.seller_share),
            ("seller_orders", &self.seller_orders),
            ("answer_days_ago", &self.answer_days_ago),
        ] {
            require_rows(name, rows, column.len())?;
        }
        for (name, column) in [
            ("company", &self.company),
            ("contract", &self.contract),
            ("renewed", &self.renewed),
            ("renewal_due", &self.renewal_due),
            ("retained", &self.retained),
        ] {
            require_rows(name, rows, column.len())?;
        }
        require_rows("answers", QUESTIONS.len(), self.answers.len())?;
        for (question, places) in QUESTIONS.iter().zip(&self.answers) {
            require_rows(question, rows, places.len())?;
            let fit = |v: f64| v.is_nan() || (0.0..=1.0).contains(&v);
            require_values(question, places, fit, "a place on the scale lies in 0..1")?;
        }
        let started = |v: f64| v >= 0.0;
        require_values(
            "tenure_days",
            &self.tenure_days,
            started,
            "the relation has begun",
        )
    }
}

impl LoyaltyFrame {
    /// Proves that columns fit together and that nobody stands there before the relation began.
    pub fn checked(self) -> Result<Self, FrameError> {
        self.now.check()?;
        self.then.check()?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn an_answer_outside_its_scale_is_refused() {
        let mut now = Standings {
            answers: vec![Vec::new(); QUESTIONS.len()],
            ..Standings::default()
        };
        let frame = |now: &Standings| LoyaltyFrame {
            as_of: date(2026, 6, 30),
            a_year_ago: date(2025, 6, 30),
            survey: String::new(),
            history_days: 0.0,
            now: now.clone(),
            then: Standings {
                answers: vec![Vec::new(); QUESTIONS.len()],
                ..Standings::default()
            },
        };
        assert!(frame(&now).checked().is_ok());
        now.answers[0].push(1.2);
        assert!(frame(&now).checked().is_err());
    }
}
