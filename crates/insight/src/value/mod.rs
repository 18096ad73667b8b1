//! What are the customers worth from today on?

use odla_domain::{FigureDefinition, Need};

pub const FIGURES: &[FigureDefinition] = &[];

/// Dated purchases or dated contracts.
pub fn needs() -> Vec<Vec<Need>> {
    vec![vec![
        Need::new("orders", &["customer_id", "ordered_on", "net_amount"]),
        Need::new("contracts", &["customer_id", "started_on", "monthly_amount"]),
    ]]
}
