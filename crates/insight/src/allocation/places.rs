//! Where can money be spent, what does each amount give, and how sure is that?

use super::AllocationConfig;
use crate::service_level::whatif::{Kept, Term};
use odla_domain::{Cell as Shown, Figure, Report};
use odla_stats::allocate::{Cell, Curve, Points};
use odla_stats::estimate::normal_quantile_for_level;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::PI;

/// An activity with its cost and worth of a year, from the register and from what is known of its effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Doing {
    pub id: String,
    pub name: String,
    pub process: String,
    pub cost: f64,
    /// Customers reached.
    pub reach: f64,
    /// Value that a year of it gives, before its cost, and the standard error; `None` when it cannot be told.
    pub gain: Option<(f64, f64)>,
    /// A must-have: never less than today.
    pub must: bool,
}

impl Doing {
    /// The running activities of the register (a report of `activities`) with what they cost this year; `figure` finds
    /// `activity.<id>.value_strength`, kronor gained per krona spent.
    pub fn of_register<'f>(
        register: &Report,
        figure: &dyn Fn(&str) -> Option<&'f Figure>,
    ) -> Vec<Self> {
        let Some(list) = register.table("activities.list") else {
            return Vec::new();
        };
        let place = |key: &str| list.columns.iter().position(|column| column.key == key);
        let columns = [
            "activity",
            "name",
            "process",
            "state",
            "reached",
            "booked_year",
        ]
        .map(|key| place(&format!("activities.{key}")));
        let [
            Some(id),
            Some(name),
            Some(process),
            Some(state),
            Some(reach),
            Some(cost),
        ] = columns
        else {
            return Vec::new();
        };
        let text = |cell: &Shown| match cell {
            Shown::Text(text) | Shown::Key(text) => text.clone(),
            _ => String::new(),
        };
        let number = |cell: &Shown| match cell {
            Shown::Number(number) if number.is_finite() => *number,
            _ => 0.0,
        };
        let running = (list.rows.iter()).filter(|row| text(&row[state]) == "state.running");
        running
            .map(|row| {
                let cost = number(&row[cost]);
                let id = text(&row[id]);
                let strength = figure(&format!("activity.{id}.value_strength"));
                Self {
                    gain: strength
                        .and_then(gain_of)
                        .map(|(mean, error)| (mean * cost, error * cost)),
                    name: text(&row[name]),
                    process: text(&row[process]),
                    reach: number(&row[reach]),
                    must: false,
                    cost,
                    id,
                }
            })
            .collect()
    }
}

/// A figure's value and the standard error that its interval tells.
fn gain_of(figure: &Figure) -> Option<(f64, f64)> {
    let (lower, upper) = figure.lower.zip(figure.upper)?;
    let z = normal_quantile_for_level(figure.level?);
    Some((figure.value?, (upper - lower) / (2.0 * z)))
}

/// What kind of money it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spending {
    /// Handling time for one contact reason.
    Minutes,
    Activity,
}

/// The process of handling time: the register's own processes have the company's names.
const CONTACTS: &str = "process.contacts";

/// One place for money.
#[derive(Clone, Debug)]
pub struct Place {
    /// `minutes.<reason>` or `activity.<id>`.
    pub id: String,
    pub name: String,
    pub process: String,
    pub kind: Spending,
    pub today: f64,
    pub cell: Cell,
    /// The curve in each draw.
    pub draws: Vec<Curve>,
    /// Whether its worth is known at all.
    pub judged: bool,
    /// Minutes by amount, for handling time: rising amounts.
    pub minutes: Vec<(f64, f64)>,
    /// What one customer who leaves is worth; 0 when value is not about leaving.
    pub worth: f64,
}

impl Place {
    /// Whether somebody who says this means the place.
    pub fn is_called(&self, said: &str) -> bool {
        self.id == said || self.name == said
    }

    /// Whether it belongs to the process; the usual ones may be called by their plain words.
    pub fn is_of(&self, process: &str) -> bool {
        self.process == process || self.process.strip_prefix("process.") == Some(process)
    }

    pub fn is_movable(&self) -> bool {
        self.judged && self.cell.upper > self.cell.lower
    }

    /// Minutes a contact for an amount.
    pub fn minutes_at(&self, amount: f64) -> Option<f64> {
        let last = self.minutes.last()?;
        let after = self.minutes.partition_point(|(x, _)| *x <= amount);
        match after {
            0 => Some(self.minutes[0].1),
            n if n == self.minutes.len() => Some(last.1),
            n => {
                let ((x0, m0), (x1, m1)) = (self.minutes[n - 1], self.minutes[n]);
                Some(m0 + (amount - x0) / (x1 - x0) * (m1 - m0))
            }
        }
    }
}

/// All places: contact reasons first, then activities, in their own order.
pub fn places(
    kept: Option<&Kept>,
    doings: &[Doing],
    config: &AllocationConfig,
    seed: u64,
) -> Vec<Place> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed ^ 0xA110);
    let shared: Vec<f64> = (0..config.draws).map(|_| normal(&mut dice)).collect();
    let mut places = Vec::new();
    for term in kept.map_or(&[][..], |kept| &kept.terms) {
        places.extend(of_minutes(term, &shared, &mut dice));
    }
    for doing in doings.iter().filter(|doing| doing.cost > 0.0) {
        places.push(of_activity(doing, (config, &mut dice)));
    }
    for place in &mut places {
        if config.locked.iter().any(|said| place.is_called(said)) {
            place.cell.lower = place.today;
            place.cell.upper = place.today;
        }
    }
    places
}

/// Amounts are what the minutes cost with follow-ups on average; a draw in which follow-ups cost more gives less.
fn of_minutes(term: &Term, shared: &[f64], dice: &mut ChaCha8Rng) -> Option<Place> {
    if !(term.minute_cost > 0.0 && term.cases > 0.0) {
        return None;
    }
    let mut minutes = term.minutes.clone();
    minutes.push(term.today);
    minutes.sort_by(f64::total_cmp);
    minutes.dedup();
    let cost = |reason: &odla_stats::staffing::Reason, m: f64| {
        term.minute_cost * m * reason.cases / reason.solved.share(m)
    };
    let mean = term.reason(0.0, 0.0, term.loss);
    let amounts: Vec<f64> = minutes.iter().map(|m| cost(&mean, *m)).collect();
    let curve = |reason: &odla_stats::staffing::Reason| {
        let points = minutes.iter().zip(&amounts).map(|(m, amount)| {
            let lost = reason.cases * reason.value_at_stake * reason.leaving.share(*m);
            (*amount, -lost - (cost(reason, *m) - amount))
        });
        concave(points.collect())
    };
    let central = curve(&mean)?;
    let mut draws = Vec::with_capacity(shared.len());
    for common in shared {
        let own = normal(dice);
        let doubt = term.loss_shared.sqrt() * common + (1.0 - term.loss_shared).sqrt() * own;
        let loss = (term.loss + term.loss_error * doubt).max(0.0);
        let (level, slope) = (normal(dice), normal(dice));
        let drawn = term.reason(term.level_error * level, term.slope_error * slope, loss);
        draws.push(curve(&drawn)?);
    }
    let today = cost(&mean, term.today);
    let range = amounts.iter().fold((f64::INFINITY, 0.0_f64), |range, x| {
        (range.0.min(*x), range.1.max(*x))
    });
    let mut by_amount: Vec<(f64, f64)> = amounts
        .iter()
        .copied()
        .zip(minutes.iter().copied())
        .collect();
    by_amount.sort_by(|a, b| a.0.total_cmp(&b.0));
    by_amount.dedup_by(|a, b| a.0 <= b.0);
    Some(Place {
        id: format!("minutes.{}", term.reason),
        name: term.reason.clone(),
        process: CONTACTS.to_owned(),
        kind: Spending::Minutes,
        today,
        cell: Cell {
            curve: central,
            lower: range.0.min(today),
            upper: range.1.max(today),
            step: 0.0,
            hours: 1.0 / (60.0 * term.minute_cost),
        },
        draws,
        judged: true,
        minutes: by_amount,
        worth: match term.leaving > 0.0 && term.loss > 0.0 {
            true => term.loss / term.leaving,
            false => 0.0,
        },
    })
}

fn of_activity(doing: &Doing, (config, dice): (&AllocationConfig, &mut ChaCha8Rng)) -> Place {
    let curve = |gain: f64| match gain >= 0.0 {
        true => Curve::Power {
            scale: gain / doing.cost.powf(config.bend),
            exponent: config.bend,
        },
        // What does harm does it in proportion.
        false => Points::new(&[0.0, doing.cost], &[0.0, gain])
            .map_or_else(|_| nothing(), Curve::Piecewise),
    };
    let draws = (0..config.draws).map(|_| {
        let z = normal(dice);
        doing
            .gain
            .map_or_else(nothing, |(mean, error)| curve(mean + error * z))
    });
    let draws = draws.collect();
    let judged = doing.gain.is_some();
    let (least, most) = match (judged, doing.must) {
        (false, _) => (1.0, 1.0),
        (_, true) => (1.0, config.limits.1),
        _ => config.limits,
    };
    Place {
        id: format!("activity.{}", doing.id),
        name: doing.name.clone(),
        process: doing.process.clone(),
        kind: Spending::Activity,
        today: doing.cost,
        cell: Cell {
            curve: doing.gain.map_or_else(nothing, |(mean, _)| curve(mean)),
            lower: least * doing.cost,
            upper: most * doing.cost,
            step: 0.0,
            hours: 0.0,
        },
        draws,
        judged,
        minutes: Vec::new(),
        worth: 0.0,
    }
}

fn nothing() -> Curve {
    Curve::Power {
        scale: 0.0,
        exponent: 1.0,
    }
}

/// The least concave curve above the points.
fn concave(mut points: Vec<(f64, f64)>) -> Option<Curve> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
    let apart = 1e-9 * points.last()?.0;
    points.dedup_by(|a, b| a.0 - b.0 <= apart);
    let mut hull: Vec<(f64, f64)> = Vec::new();
    for point in points {
        while let [.., a, b] = hull[..] {
            let bends_up = (b.1 - a.1) * (point.0 - b.0) <= (point.1 - b.1) * (b.0 - a.0);
            if !bends_up {
                break;
            }
            hull.pop();
        }
        hull.push(point);
    }
    let (x, y): (Vec<f64>, Vec<f64>) = hull.into_iter().unzip();
    Points::new(&x, &y).ok().map(Curve::Piecewise)
}

fn normal(dice: &mut ChaCha8Rng) -> f64 {
    let (a, b): (f64, f64) = (dice.random(), dice.random());
    (-2.0 * (1.0 - a).ln()).sqrt() * (2.0 * PI * b).cos()
}
