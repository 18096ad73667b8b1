//! Which stance fits a customer, and how sure is that?

use super::PortfolioConfig;
use crate::InsightError;
use odla_domain::frames::portfolio::{PortfolioFrame, Standing};
use odla_domain::{Caution, CustomerScores};
use odla_stats::special::normal_cdf;

pub use odla_domain::Stance;

/// What a customer is expected to be worth. Money in the company's currency.
#[derive(Clone, Debug)]
pub struct Worth {
    pub customer_id: String,
    pub standing: Standing,
    /// Expected discounted contribution over the horizon, before cost to serve.
    pub value: f64,
    /// Expected discounted cost to serve over the same time.
    pub cost: f64,
    /// Standard deviation of the value.
    pub spread: f64,
    /// Probability that the relation still lives; 1 for a contract in force.
    pub alive: f64,
    pub cost_12m: f64,
}

impl Worth {
    /// What keeping the customer is worth.
    pub fn keep(&self) -> f64 {
        self.value - self.cost
    }
}

/// The two lines that divide the garden.
#[derive(Clone, Copy, Debug)]
pub struct Lines {
    pub hurdle: f64,
    pub floor: f64,
}

/// A proposed stance with its reason, its probability and what would make the customer worth growing.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub worth: Worth,
    /// `None` for those who have objected to profiling.
    pub stance: Option<Stance>,
    pub probability: f64,
    pub reason: &'static str,
    /// The lever that lifts most, and by how much over the horizon.
    pub lever: &'static str,
    pub gain: f64,
    /// What is lacking to the hurdle; zero for those who are worth growing.
    pub lacking: f64,
}

/// Joins value and cost per customer. All inputs are sorted by customer.
pub fn worths(
    frame: &PortfolioFrame,
    value: &CustomerScores,
    profit: Option<&CustomerScores>,
) -> Result<Vec<Worth>, InsightError> {
    let column = |name: &str| {
        value.number(name).ok_or_else(|| {
            InsightError::TooLittleData(Caution::new("portfolio.no_values").with("column", name))
        })
    };
    let (values, lower, upper) = (
        column("value")?,
        column("value_lower")?,
        column("value_upper")?,
    );
    let (alive, years) = (column("p_alive")?, column("active_years")?);
    let no_costs = CustomerScores::default();
    let costs = profit.unwrap_or(&no_costs);
    let cost_12m = costs.number("cost_to_serve_12m").unwrap_or_default();
    let worths = value
        .customer_id
        .iter()
        .enumerate()
        .filter_map(|(row, id)| {
            if !values[row].is_finite() {
                return None;
            }
            let standing =
                find(&frame.customer_id, id).map_or(Standing::Person, |at| frame.standing[at]);
            // Not told counts as nothing; the report says so.
            let told = find(&costs.customer_id, id)
                .map(|at| cost_12m[at])
                .filter(|cost| cost.is_finite());
            let yearly = told.unwrap_or(0.0);
            Some(Worth {
                customer_id: id.clone(),
                standing,
                value: values[row],
                cost: yearly * years[row],
                spread: spread(lower[row], upper[row]),
                alive: alive[row],
                cost_12m: yearly,
            })
        });
    Ok(worths.collect())
}

/// Whether the cost to serve of any customer is told.
pub fn knows_costs(profit: Option<&CustomerScores>) -> bool {
    let costs = profit.and_then(|scores| scores.number("cost_to_serve_12m"));
    costs.is_some_and(|costs| costs.iter().any(|cost| cost.is_finite()))
}

fn find(sorted: &[String], id: &str) -> Option<usize> {
    sorted.binary_search_by(|other| other.as_str().cmp(id)).ok()
}

/// Standard deviation that a 90 % interval stands for.
fn spread(lower: f64, upper: f64) -> f64 {
    const WIDTH_OF_90_PERCENT: f64 = 2.0 * 1.644_853_626_951_472_7;
    ((upper - lower) / WIDTH_OF_90_PERCENT).max(0.0)
}

impl Lines {
    /// The lines follow the company's own customers: shares of the mean keep value of those who are alive.
    pub fn draw(worths: &[Worth], config: &PortfolioConfig) -> Self {
        let (weight, sum) = worths.iter().fold((0.0, 0.0), |(weight, sum), worth| {
            (weight + worth.alive, sum + worth.alive * worth.keep())
        });
        let mean = if weight > 0.0 {
            (sum / weight).max(0.0)
        } else {
            0.0
        };
        Self {
            hurdle: config.hurdle_share * mean,
            floor: config.floor_share * mean,
        }
    }
}

pub fn propose(worth: &Worth, lines: &Lines, config: &PortfolioConfig) -> Proposal {
    let levers = [
        ("cheaper_service", config.cheaper_service * worth.cost),
        ("better_terms", config.better_terms * worth.value.max(0.0)),
    ];
    let (lever, gain) = if levers[0].1 >= levers[1].1 {
        levers[0]
    } else {
        levers[1]
    };
    let both: f64 = levers.iter().map(|(_, gain)| gain).sum();
    let keep = worth.keep();
    let stance = if keep >= lines.hurdle {
        Stance::Grow
    } else if keep + both >= lines.floor {
        Stance::Refine
    } else {
        Stance::Stop
    };
    Proposal {
        stance: (worth.standing != Standing::Objected).then_some(stance),
        probability: probability(worth, stance, lines, both),
        reason: reason(worth, stance, config),
        lever,
        gain,
        lacking: (lines.hurdle - keep).max(0.0),
        worth: worth.clone(),
    }
}

/// The share of the value's distribution (normal, by its interval) that falls in the proposed class.
fn probability(worth: &Worth, stance: Stance, lines: &Lines, levers: f64) -> f64 {
    if worth.spread <= 0.0 {
        return 1.0;
    }
    let below = |line: f64| normal_cdf((line - worth.keep()) / worth.spread);
    let (stop, not_grow) = (below(lines.floor - levers), below(lines.hurdle));
    match stance {
        Stance::Grow => 1.0 - not_grow,
        Stance::Refine => not_grow - stop,
        Stance::Stop => stop,
    }
}

fn reason(worth: &Worth, stance: Stance, config: &PortfolioConfig) -> &'static str {
    match stance {
        Stance::Grow => "reason.worth_growing",
        _ if worth.alive < config.dormant_below => "reason.dormant",
        _ if worth.cost > worth.value => "reason.costs_more_than_gives",
        _ if worth.cost > 0.5 * worth.value => "reason.costly_to_serve",
        _ => "reason.small",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worth(value: f64, cost: f64, spread: f64) -> Worth {
        Worth {
            customer_id: "K1".to_owned(),
            standing: Standing::Company,
            value,
            cost,
            spread,
            alive: 0.9,
            cost_12m: cost / 3.0,
        }
    }

    const LINES: Lines = Lines {
        hurdle: 250.0,
        floor: 20.0,
    };

    fn stance(value: f64, cost: f64) -> Option<Stance> {
        propose(
            &worth(value, cost, 10.0),
            &LINES,
            &PortfolioConfig::standard(),
        )
        .stance
    }

    #[test]
    fn the_garden_has_three_beds() {
        assert_eq!(stance(1000.0, 100.0), Some(Stance::Grow));
        assert_eq!(stance(200.0, 100.0), Some(Stance::Refine));
        assert_eq!(stance(100.0, 900.0), Some(Stance::Stop));
    }

    #[test]
    fn a_cost_that_is_not_told_counts_as_nothing_and_is_said() {
        let ids = vec!["K1".to_owned()];
        let columns = [
            "value",
            "value_lower",
            "value_upper",
            "p_alive",
            "active_years",
        ];
        let value = CustomerScores {
            customer_id: ids.clone(),
            numbers: columns
                .iter()
                .map(|&name| (name.to_owned(), vec![1.0]))
                .collect(),
            words: Vec::new(),
        };
        let profit = CustomerScores {
            customer_id: ids,
            numbers: vec![("cost_to_serve_12m".to_owned(), vec![f64::NAN])],
            words: Vec::new(),
        };
        let frame = PortfolioFrame {
            customer_id: Vec::new(),
            standing: Vec::new(),
        };
        let worths = worths(&frame, &value, Some(&profit)).expect("the scores are whole");
        assert_eq!(worths[0].keep(), 1.0);
        assert!(!knows_costs(Some(&profit)));
    }

    #[test]
    fn a_lever_that_lifts_over_the_floor_makes_it_refine() {
        assert_eq!(stance(800.0, 900.0), Some(Stance::Refine));
    }

    #[test]
    fn nothing_is_proposed_for_those_who_objected() {
        let objected = Worth {
            standing: Standing::Objected,
            ..worth(1000.0, 0.0, 1.0)
        };
        assert_eq!(
            propose(&objected, &LINES, &PortfolioConfig::standard()).stance,
            None
        );
    }

    #[test]
    fn the_classes_probabilities_add_to_one() {
        let worth = worth(300.0, 100.0, 150.0);
        let sum: f64 = Stance::ALL
            .iter()
            .map(|&stance| probability(&worth, stance, &LINES, 40.0))
            .sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
}
