//! What is the cheapest test that would tell, when nothing can be told?

use super::EffectsConfig;
use super::compare::Found;
use odla_domain::frames::effects::{Relation, Studied};
use odla_stats::causal::power::{Design, Goal, Measure, sample_size, smallest_difference};

/// A trial by lot of an activity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// In each of two groups of equal size.
    pub each: f64,
    /// Until the outcome of the last one is known.
    pub weeks: f64,
    /// What giving it to the treated costs.
    pub cost: f64,
    /// The change that it would find, in share points.
    pub difference: f64,
    /// Customers of the kind that there are.
    pub available: f64,
    /// Smallest change that a trial of all of them would find; none when not even the largest.
    pub with_all: Option<f64>,
}

/// Smallest change in the share that stays that pays for the activity, or that anybody would act on when it costs nothing.
///
/// None when not even keeping all who leave would pay.
pub fn target(
    cost_each: f64,
    of_staying: f64,
    without: f64,
    config: &EffectsConfig,
) -> Option<f64> {
    let room = 1.0 - without;
    let pays = match of_staying > 0.0 {
        true => cost_each / of_staying,
        false => f64::INFINITY,
    };
    let wanted = pays.max(config.smallest_interesting);
    (wanted < 0.95 * room).then_some(wanted)
}

/// The trial that finds the target; none when there is nothing it could find.
pub fn plan(
    activity: &Studied,
    (found, difference, cost_each): (&Found, f64, f64),
    available: f64,
    config: &EffectsConfig,
) -> Option<Plan> {
    let goal = Goal {
        level: config.level,
        power: config.power,
    };
    let control = found.without.clamp(0.01, 0.99);
    let measure = Measure::Share { control };
    let design = Design::by_customer();
    let size = sample_size(measure, difference, &design, goal).ok()?;
    Some(Plan {
        each: size.treated as f64,
        weeks: weeks(activity),
        cost: size.treated as f64 * cost_each,
        difference,
        available,
        with_all: smallest_difference(measure, &design, available.max(8.0), goal).ok(),
    })
}

/// Weeks until nine in ten decisions are made: renewals that fall due, or the next purchases of those who come back.
pub fn weeks(activity: &Studied) -> f64 {
    let people = &activity.people;
    let days = match activity.relation {
        Relation::Purchase => &people.bought_days,
        Relation::Contract | Relation::Mixed => &people.due_days,
    };
    let mut known: Vec<f64> = days.iter().copied().filter(|d| d.is_finite()).collect();
    if known.is_empty() {
        return 52.0;
    }
    known.sort_by(f64::total_cmp);
    let day = known[(known.len() - 1) * 9 / 10];
    (day / 7.0).ceil().clamp(1.0, 520.0)
}
