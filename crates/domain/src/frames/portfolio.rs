//! Which columns does the portfolio analysis read?

use serde::{Deserialize, Serialize};

/// What the law and courtesy allow us to propose about a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Company,
    /// A private person: a proposal must be looked at by a person before anything follows from it.
    Person,
    /// Has objected to profiling: no stance is proposed.
    Objected,
}

impl Standing {
    pub const ALL: [Self; 3] = [Self::Company, Self::Person, Self::Objected];

    /// As in JSON and in the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Person => "person",
            Self::Objected => "objected",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.word() == word)
    }
}

/// One row per customer, sorted by customer.
#[derive(Clone, Debug)]
pub struct PortfolioFrame {
    pub customer_id: Vec<String>,
    pub standing: Vec<Standing>,
}

impl PortfolioFrame {
    /// # Errors
    /// When the columns differ in length or the customers are not sorted and distinct.
    pub fn new(customer_id: Vec<String>, standing: Vec<Standing>) -> Result<Self, String> {
        if customer_id.len() != standing.len() {
            return Err("the portfolio frame's columns differ in length".to_owned());
        }
        if !customer_id.is_sorted_by(|before, after| before < after) {
            return Err("the portfolio frame's customers are not sorted and distinct".to_owned());
        }
        Ok(Self {
            customer_id,
            standing,
        })
    }
}
