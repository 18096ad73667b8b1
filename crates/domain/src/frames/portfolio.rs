//! Which columns does the portfolio analysis read?

/// What the law and courtesy allow us to propose about a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Company,
    /// A private person: a proposal must be looked at by a person before anything follows from it.
    Person,
    /// Has objected to profiling: no stance is proposed.
    Objected,
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
