//! On which date will we know?

use crate::effects::{EffectsConfig, Judged, Verdict};
use jiff::ToSpan;
use jiff::civil::Date;
use odla_domain::frames::effects::{Assigned, Relation, Studied};
use odla_stats::causal::power::{Design, Measure, power, smallest_difference};

/// The longest time looked ahead, in months.
const LONGEST: u32 = 24;

/// When a change that would pay can be told from chance.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// Months from the activity; none when not even all decisions would do.
    pub months: Option<u32>,
    pub on: Option<Date>,
    /// Whether that day has come.
    pub past: bool,
    /// The change that is looked for, in share points.
    pub difference: f64,
    /// Chance of seeing it when all decisions have been made.
    pub power: f64,
    /// Share of the decisions made by each month, and the power then.
    pub months_ahead: Vec<(u32, f64, f64)>,
    /// Smallest change that these customers would ever show; none when not even the largest.
    pub smallest: Option<f64>,
}

/// The numbers of a comparison that is under way.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    pub treated: f64,
    pub compared: f64,
    /// Share that stays without the activity, when all decisions have been made.
    pub without: f64,
    /// The change looked for then.
    pub difference: f64,
    /// By how much the doubt is larger than by lot with these numbers, as a factor of the standard error.
    pub wider: f64,
}

/// Chance of seeing the change when a share of the decisions has been made: both leaving and its change grow with it.
fn power_at(numbers: &Numbers, made: f64, level: f64) -> f64 {
    let all = (numbers.treated + numbers.compared) / numbers.wider.powi(2).max(1e-6);
    let design = Design {
        share_treated: numbers.treated / (numbers.treated + numbers.compared),
        ..Design::by_customer()
    };
    let control = 1.0 - made * (1.0 - numbers.without);
    let control = control.clamp(1e-6, 1.0 - 1e-6);
    let difference = (made * numbers.difference).min(1.0 - control);
    power(
        Measure::Share { control },
        difference,
        &design,
        (all, level),
    )
    .unwrap_or(0.0)
}

/// Month by month: share of the decisions made, power; and the first month that reaches the power wanted.
pub fn months_until_known(
    numbers: &Numbers,
    made_by: impl Fn(u32) -> f64,
    config: &EffectsConfig,
) -> (Option<u32>, Vec<(u32, f64, f64)>) {
    let ahead: Vec<(u32, f64, f64)> = (1..=LONGEST)
        .map(|month| {
            let made = made_by(month).clamp(0.0, 1.0);
            (month, made, power_at(numbers, made, config.level))
        })
        .collect();
    let first = ahead.iter().find(|(_, _, p)| *p >= config.power);
    (first.map(|(month, ..)| *month), ahead)
}

pub fn date(
    activity: &Studied,
    judged: &Judged,
    (config, as_of): (&EffectsConfig, Date),
) -> Option<Known> {
    let numbers = numbers(activity, judged, config)?;
    let decided = decisions(activity);
    let (months, ahead) = months_until_known(&numbers, decided, config);
    // What was given day by day is known when the last who count have been followed.
    let from = match activity.assigned {
        Assigned::Lot | Assigned::Once => activity.last_on,
        Assigned::Units | Assigned::Running => activity.first_on,
    };
    let on = months.and_then(|months| from.checked_add(i64::from(months).months()).ok());
    let design = Design {
        share_treated: numbers.treated / (numbers.treated + numbers.compared),
        ..Design::by_customer()
    };
    let control = numbers.without.clamp(0.01, 0.99);
    let goal = odla_stats::causal::power::Goal {
        level: config.level,
        power: config.power,
    };
    let all = (numbers.treated + numbers.compared) / numbers.wider.powi(2).max(1e-6);
    Some(Known {
        past: on.is_some_and(|on| on <= as_of) || judged.followed >= 360.0,
        months,
        on,
        difference: numbers.difference,
        power: ahead.last().map_or(0.0, |(_, _, p)| *p),
        months_ahead: ahead,
        smallest: smallest_difference(Measure::Share { control }, &design, all, goal).ok(),
    })
}

/// From the effect where it has been told, else from those who got it and how many of their kind stay.
fn numbers(activity: &Studied, judged: &Judged, config: &EffectsConfig) -> Option<Numbers> {
    let people = &activity.people;
    let (treated, compared, without, wider) = match &judged.retention {
        Ok(found) => {
            let (n1, n0) = (found.treated as f64, found.compared as f64);
            let share = found.without.clamp(0.01, 0.99);
            let by_lot = (share * (1.0 - share) * (1.0 / n1.max(1.0) + 1.0 / n0.max(1.0))).sqrt();
            let wider = found.effect.standard_error / by_lot;
            (n1, n0, share, if wider.is_finite() { wider } else { 1.0 })
        }
        Err(_) => {
            let treated = people.treated_count() as f64;
            let compared = people.len() as f64 - treated;
            (treated, compared, 0.88, 1.0)
        }
    };
    if treated < config.fewest_each as f64 || compared < config.fewest_each as f64 {
        return None;
    }
    let difference = judged.target.unwrap_or(config.smallest_interesting);
    (judged.verdict != Verdict::Unjudged).then_some(Numbers {
        treated,
        compared,
        without,
        difference,
        wider,
    })
}

/// Share of the decisions made within so many months: renewals as they fall due, else next purchases.
fn decisions(activity: &Studied) -> Box<dyn Fn(u32) -> f64 + '_> {
    let people = &activity.people;
    let renewals = activity.relation == Relation::Contract;
    if people.is_empty() {
        // Whole units: terms of a year, spread over it.
        return Box::new(|month| f64::from(month) / 12.0);
    }
    let days = if renewals {
        &people.due_days
    } else {
        &people.bought_days
    };
    let mut days: Vec<f64> = days.iter().copied().filter(|d| d.is_finite()).collect();
    if days.is_empty() {
        return Box::new(|month| f64::from(month) / 12.0);
    }
    days.sort_by(f64::total_cmp);
    Box::new(move |month| {
        let until = f64::from(month) * 30.4375;
        days.partition_point(|day| *day <= until) as f64 / days.len() as f64
    })
}
