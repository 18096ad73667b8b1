//! What is a score of a customer counted in?

use odla_domain::Unit;

/// The unit of a score by its name. Names follow one pattern, so that a new capability's scores are shown right.
pub fn unit_of(name: &str) -> Unit {
    match name {
        "orders_12m" | "days_since_order" | "interactions_12m" | "incidents_12m" => Unit::Count,
        "purchases_12m" => Unit::Ratio,
        "active_years" => Unit::Years,
        _ if name.starts_with("p_") => Unit::Share,
        _ if has_word(name, &["share", "probability", "retention", "risk"]) => Unit::Share,
        _ if has_word(name, &["minutes"]) => Unit::Minutes,
        _ if has_word(name, &["count"]) => Unit::Count,
        _ if has_word(name, MONEY) => Unit::Money,
        _ => Unit::Points,
    }
}

const MONEY: &[&str] = &[
    "value", "revenue", "margin", "cost", "direct", "profit", "gain", "worth", "loss", "lacking",
];

fn has_word(name: &str, words: &[&str]) -> bool {
    name.split('_').any(|part| words.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_scores_have_their_units() {
        for (name, unit) in [
            ("revenue_12m", Unit::Money),
            ("value_lower", Unit::Money),
            ("p_alive", Unit::Share),
            ("stance_probability", Unit::Share),
            ("orders_12m", Unit::Count),
            ("active_years", Unit::Years),
            ("attitude", Unit::Points),
        ] {
            assert_eq!(unit_of(name), unit, "{name}");
        }
    }
}
