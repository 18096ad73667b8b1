//! How large is the effect at each time after the activity?

use crate::effects::{Asking, EffectsConfig, Judged, compare_rows, outcome_of, rows_of, state_of};
use odla_domain::frames::effects::{Assigned, Studied};
use odla_stats::{Estimate, Interval};

/// The effect on staying (or on having come back) up to a time, and on contribution up to it.
#[derive(Clone, Debug)]
pub struct Point {
    /// Months since the activity; below 0 nothing can have happened yet.
    pub months: f64,
    pub stay: Estimate,
    /// Holds for all times at once.
    pub together: Interval,
    /// Kronor per customer from the activity on.
    pub margin: Option<Estimate>,
}

/// An activity's effect over time.
#[derive(Clone, Debug, Default)]
pub struct Course {
    pub points: Vec<Point>,
}

impl Course {
    /// Months until the effect is first told from zero and stays so; none when it never is.
    pub fn first_seen(&self) -> Option<f64> {
        let seen = |p: &&Point| p.together.lower > 0.0 || p.together.upper < 0.0;
        let after: Vec<&Point> = self.points.iter().filter(|p| p.months >= 0.0).collect();
        let last_unseen = after.iter().rposition(|p| !seen(p));
        let first = last_unseen.map_or(0, |place| place + 1);
        after.get(first).map(|p| p.months)
    }
}

pub fn follow(activity: &Studied, judged: &Judged, asking: (&EffectsConfig, u64)) -> Course {
    if !judged.is_told() {
        return Course::default();
    }
    match activity.assigned {
        Assigned::Units => by_units(judged),
        Assigned::Lot | Assigned::Once | Assigned::Running => by_customers(activity, asking),
    }
}

fn by_units(judged: &Judged) -> Course {
    let points = (judged.course.iter())
        .map(|(months, stay, together)| Point {
            months: *months,
            stay: *stay,
            together: *together,
            margin: None,
        })
        .collect();
    Course { points }
}

fn by_customers(activity: &Studied, (config, seed): (&EffectsConfig, u64)) -> Course {
    let people = &activity.people;
    let rows = rows_of(activity);
    let state = state_of(people, true);
    let asking = Asking::of(activity, (config, seed));
    // Four times are looked at: each interval is widened so that all of them hold together.
    let together = Asking {
        level: 1.0 - (1.0 - config.level) / 4.0,
        ..asking
    };
    let points = (1..=4).filter_map(|quarter| {
        let days = people.followed_days * f64::from(quarter) / 4.0;
        let stayed = outcome_of(people, activity.relation, days);
        let margin: Vec<f64> = (0..people.len())
            .map(|row| {
                (people.margin.iter().take(quarter as usize))
                    .map(|q| q[row])
                    .sum()
            })
            .collect();
        let stay = compare_rows(activity, &rows, (&stayed, &state), (together, config)).ok()?;
        let money = compare_rows(activity, &rows, (&margin, &state), (asking, config)).ok();
        Some(Point {
            months: (days / 30.4375).round(),
            stay: stay.effect,
            together: stay.effect.interval,
            margin: money.map(|found| found.effect),
        })
    });
    Course {
        points: points.collect(),
    }
}
