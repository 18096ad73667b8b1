//! What are customers worth later who were won on a discount, and established ones who met one?

use super::DealsConfig;
use crate::columns::{Columns, Contrast, contrast};
use odla_domain::Caution;
use odla_domain::frames::deals::{DealsFrame, Established, Won};

/// Three comparisons, each with its reason when it cannot be made.
#[derive(Clone, Debug)]
pub struct Discount {
    /// Contribution per customer in the twelve months after the first day.
    pub won_worth: Result<Contrast, Caution>,
    /// Chance of coming back within them.
    pub won_return: Result<Contrast, Caution>,
    /// Contribution per established customer in the last twelve months.
    pub established_worth: Result<Contrast, Caution>,
}

pub fn compare(frame: &DealsFrame, config: &DealsConfig, seed: u64) -> Discount {
    let won = &frame.won;
    let rows: Vec<usize> = (0..won.customer_id.len())
        .filter(|&row| !won.discount_share[row].is_nan())
        .collect();
    let treated: Vec<bool> = rows
        .iter()
        .map(|&row| won.discount_share[row] >= config.discount_from)
        .collect();
    let columns = of_won(won).of_rows(&rows);
    let worth: Vec<f64> = rows
        .iter()
        .map(|&row| won.contribution_after[row].to_f64())
        .collect();
    let back: Vec<f64> = rows
        .iter()
        .map(|&row| f64::from(won.came_back[row]))
        .collect();
    let settings = (config, seed);
    Discount {
        won_worth: against(&worth, &treated, &columns, settings),
        won_return: against(&back, &treated, &columns, settings),
        established_worth: established(&frame.established, settings),
    }
}

/// What was known when the customer was won.
fn of_won(won: &Won) -> Columns {
    let of = |value: &dyn Fn(usize) -> f64| (0..won.len()).map(value).collect::<Vec<f64>>();
    let fewest = won.len() / 200;
    Columns::default()
        .with("first_net", of(&|row| won.first_net[row].max(0.0).ln_1p()))
        .with("company", of(&|row| f64::from(won.company[row])))
        .with("contract", of(&|row| f64::from(won.contract[row])))
        .with("days_ago", of(&|row| won.days_ago[row] / 365.25))
        .with(
            "days_ago_squared",
            of(&|row| (won.days_ago[row] / 365.25).powi(2)),
        )
        .with_words("channel", &won.channel, fewest.max(20))
        .with_words("unit", &won.unit, fewest.max(20))
}

fn established(
    established: &Established,
    (config, seed): (&DealsConfig, u64),
) -> Result<Contrast, Caution> {
    let of = |value: &dyn Fn(usize) -> f64| (0..established.len()).map(value).collect::<Vec<f64>>();
    let outcome = of(&|row| established.contribution_after[row].to_f64());
    let treated: Vec<bool> = established
        .discount_share
        .iter()
        .map(|share| *share >= config.discount_from)
        .collect();
    let before = |row: usize| established.contribution_before[row].to_f64();
    let columns = Columns::default()
        .with(
            "purchases",
            of(&|row| established.purchases_before[row].ln_1p()),
        )
        .with("contribution", of(&before))
        .with("discount", of(&|row| established.discount_before[row]))
        .with(
            "silence",
            of(&|row| (established.silence_days[row].max(0.0) / 30.0).ln_1p()),
        )
        .with(
            "tenure",
            of(&|row| (established.tenure_days[row].max(0.0) / 365.25).ln_1p()),
        )
        .with("orders", of(&|row| established.orders[row].ln_1p()))
        .with("net", of(&|row| established.net[row].max(0.0).ln_1p()))
        .with("company", of(&|row| f64::from(established.company[row])))
        .with_words("unit", &established.unit, (established.len() / 200).max(20));
    against(&outcome, &treated, &columns, (config, seed))
}

fn against(
    outcome: &[f64],
    treated: &[bool],
    columns: &Columns,
    (config, seed): (&DealsConfig, u64),
) -> Result<Contrast, Caution> {
    let met = treated.iter().filter(|met| **met).count();
    let fewer = met.min(treated.len() - met);
    if fewer < config.fewest_compared {
        return Err(Caution::new("deals.too_few_compared")
            .with("needed", config.fewest_compared)
            .with("got", fewer));
    }
    contrast(outcome, treated, columns, (config.level, seed))
}
