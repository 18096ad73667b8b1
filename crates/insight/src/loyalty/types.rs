//! In which field does each customer stand, and how much of the equity is in each?

use super::LoyaltyConfig;
use super::attitude::Attitude;
use odla_domain::frames::loyalty::{LoyaltyFrame, Standings};
use odla_domain::{CustomerScores, Outcome};
use odla_stats::Interval;
use odla_stats::estimate::normal_quantile_for_level;

/// Attitude against behavior, and the locked apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Comes back, wants to, and is free to leave.
    True,
    /// Comes back, free to leave, without a good attitude: habit.
    Habit,
    /// Comes back and is bound, whatever the attitude.
    Locked,
    /// Wants to, but does not come back.
    Latent,
    None,
}

impl Field {
    pub const ALL: [Self; 5] = [
        Self::True,
        Self::Habit,
        Self::Locked,
        Self::Latent,
        Self::None,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Self::True => "loyalty.true",
            Self::Habit => "loyalty.habit",
            Self::Locked => "loyalty.locked",
            Self::Latent => "loyalty.latent",
            Self::None => "loyalty.none",
        }
    }
}

/// What one field holds.
#[derive(Clone, Debug)]
pub struct Held {
    pub field: Field,
    /// Expected number of active customers.
    pub customers: f64,
    pub customers_interval: (f64, f64),
    /// Money ahead, of all customers; none without values.
    pub value: Option<f64>,
    /// Share of the equity.
    pub share: Option<(f64, Interval)>,
    /// Mean engagement of those who answered, 0..100, weighted by the chance of standing here.
    pub engagement: Option<f64>,
    /// Share that was retained of those who stood here a year ago, and how many they were.
    pub retained: Option<(f64, f64)>,
}

/// Where everyone stands today.
#[derive(Clone, Debug)]
pub struct Types {
    pub held: Vec<Held>,
    /// Per row of today's standings.
    pub returns: Vec<bool>,
    pub locked: Vec<bool>,
    /// Probability of a good attitude.
    pub good: Vec<f64>,
    pub active: usize,
    pub returning: usize,
    /// Share of the returning who come back by lock-in or habit.
    pub losable: Option<(f64, Interval)>,
    pub losable_value: Option<(f64, Interval)>,
    pub equity: Option<f64>,
    /// The share of true loyalty with the line drawn elsewhere: (line, share of the equity or of the returning).
    pub by_line: Vec<(f64, f64)>,
    pub one_seller: OneSeller,
    /// How many contracts carry something that binds; without any, lock-in cannot be told.
    pub binding_told: bool,
}

/// Value that hangs on one person with us.
#[derive(Clone, Copy, Debug, Default)]
pub struct OneSeller {
    pub customers: usize,
    pub value: f64,
    /// Customers with enough orders that name a seller.
    pub judged: usize,
}

pub fn sort(
    frame: &LoyaltyFrame,
    attitude: &Attitude,
    value: Option<&Outcome>,
    config: &LoyaltyConfig,
) -> Types {
    let now = &frame.now;
    let rows = now.len();
    let line = config.line / 100.0;
    let worth = value.and_then(|outcome| Worth::read(outcome, now));
    let returns: Vec<bool> = (0..rows).map(|row| returns(now, row, config)).collect();
    let locked: Vec<bool> = (0..rows).map(|row| is_locked(now, row, config)).collect();
    let good_at = |line: f64, shift: (f64, f64)| -> Vec<f64> {
        (0..rows)
            .map(|row| attitude.now.probability(row, line, shift))
            .collect()
    };
    let good = good_at(line, (0.0, 0.0));
    let standing = Standing {
        now,
        returns: &returns,
        locked: &locked,
    };
    // How far the answers may mislead: those who kept silent, and the mean of those who did not.
    let silent = good_at(line, (config.silent_shift, 0.0));
    let moved = good_at(
        line,
        (0.0, attitude.now.mean_error / attitude.now.spread.max(1e-9)),
    );
    let doubt = Doubt {
        good: &good,
        silent: &silent,
        moved: &moved,
        level: config.level,
    };
    let held = Field::ALL
        .into_iter()
        .map(|field| Held {
            field,
            customers: standing.count(field, &good),
            customers_interval: doubt.of_count(&standing, field),
            value: worth.as_ref().map(|w| standing.sum(field, &good, &w.value)),
            share: worth
                .as_ref()
                .map(|w| doubt.of_share(&standing, &[field], w)),
            engagement: engagement(&standing, field, &good),
            retained: retained(frame, attitude, field, config),
        })
        .collect();
    let active = (0..rows).filter(|&row| now.is_active(row)).count();
    let returning = returns.iter().filter(|returns| **returns).count();
    let share_by_line = |at: f64| {
        let good = good_at(at / 100.0, (0.0, 0.0));
        match &worth {
            Some(w) => standing.sum(Field::True, &good, &w.value) / w.total(),
            None => standing.count(Field::True, &good) / returning.max(1) as f64,
        }
    };
    let losable = [Field::Habit, Field::Locked];
    Types {
        held,
        active,
        returning,
        losable: (returning > 0).then(|| doubt.of_returning(&standing, returning)),
        losable_value: worth.as_ref().map(|w| {
            let (share, interval) = doubt.of_share(&standing, &losable, w);
            let total = w.total();
            let scaled = |x: f64| x * total;
            let interval = Interval {
                lower: scaled(interval.lower),
                upper: scaled(interval.upper),
                ..interval
            };
            (scaled(share), interval)
        }),
        equity: worth.as_ref().map(Worth::total),
        by_line: [55.0, 60.0, config.line, 70.0, 75.0, 80.0]
            .map(|at| (at, share_by_line(at)))
            .to_vec(),
        one_seller: one_seller(now, worth.as_ref(), config),
        binding_told: (0..rows).any(|row| now.contract[row] && !now.notice_days[row].is_nan()),
        good,
        returns,
        locked,
    }
}

/// Comes back: a renewed contract in force, or enough purchase days within the year.
pub fn returns(standings: &Standings, row: usize, config: &LoyaltyConfig) -> bool {
    (standings.contract[row] && standings.renewed[row])
        || standings.purchases_year[row] >= config.returns_from
}

/// A contract in force that is hard to get out of.
pub fn is_locked(standings: &Standings, row: usize, config: &LoyaltyConfig) -> bool {
    standings.contract[row]
        && (standings.notice_days[row] >= config.locked_notice_days
            || standings.bound_months[row] >= config.locked_months
            || standings.switching_cost[row] >= config.locked_switching_cost)
}

/// Value per row of today's standings, and how sure the two kinds of it are.
struct Worth {
    value: Vec<f64>,
    /// Of contracts, rather than of free purchases.
    by_contract: Vec<bool>,
    /// Standard deviation of each kind's total as a share of it: free, contract.
    doubt: [f64; 2],
}

impl Worth {
    fn read(outcome: &Outcome, now: &Standings) -> Option<Self> {
        let scores = outcome.scores.as_ref()?;
        let value = aligned(scores, "value", now)?;
        let doubt = ["equity.free", "equity.contract"].map(|key| {
            let figure = outcome.report.figure(key);
            let spread = figure.and_then(|f| {
                let half = (f.upper? - f.lower?) / 2.0 / normal_quantile_for_level(f.level?);
                Some(half / f.value?.abs().max(1e-9))
            });
            spread.filter(|s| s.is_finite()).unwrap_or(0.0)
        });
        Some(Self {
            by_contract: now.contract.clone(),
            value,
            doubt,
        })
    }

    fn total(&self) -> f64 {
        self.value.iter().sum()
    }
}

/// A score in the order of the standings; 0 for customers without one.
fn aligned(scores: &CustomerScores, name: &str, now: &Standings) -> Option<Vec<f64>> {
    let values = scores.number(name)?;
    let at = |id: &String| {
        scores
            .customer_id
            .binary_search(id)
            .ok()
            .map(|place| values[place])
    };
    let known = |value: Option<f64>| value.filter(|v| v.is_finite()).unwrap_or(0.0);
    Some(now.customer_id.iter().map(|id| known(at(id))).collect())
}

struct Standing<'s> {
    now: &'s Standings,
    returns: &'s [bool],
    locked: &'s [bool],
}

impl Standing<'_> {
    /// The chance that the customer of a row stands in a field.
    fn chance(&self, row: usize, field: Field, good: f64) -> f64 {
        match (field, self.returns[row], self.locked[row]) {
            (Field::Locked, true, true) => 1.0,
            (Field::True, true, false) | (Field::Latent, false, _) => good,
            (Field::Habit, true, false) | (Field::None, false, _) => 1.0 - good,
            _ => 0.0,
        }
    }

    fn count(&self, field: Field, good: &[f64]) -> f64 {
        let active = (0..good.len()).filter(|&row| self.now.is_active(row));
        active.map(|row| self.chance(row, field, good[row])).sum()
    }

    fn sum(&self, field: Field, good: &[f64], value: &[f64]) -> f64 {
        (0..good.len())
            .map(|row| value[row] * self.chance(row, field, good[row]))
            .sum()
    }
}

/// Where the doubt comes from: chance, the mean of the answers, and those who gave none.
struct Doubt<'d> {
    good: &'d [f64],
    silent: &'d [f64],
    moved: &'d [f64],
    level: f64,
}

impl Doubt<'_> {
    /// Widens by chance and by the answers' mean, then toward what it would be if the silent were less willing.
    fn around(&self, value: f64, silent: f64, deviation: f64) -> Interval {
        let half = normal_quantile_for_level(self.level) * deviation;
        Interval {
            lower: value.min(silent) - half,
            upper: value.max(silent) + half,
            level: self.level,
        }
    }

    fn of_count(&self, standing: &Standing, field: Field) -> (f64, f64) {
        let count = |good: &[f64]| standing.count(field, good);
        let active = (0..self.good.len()).filter(|&row| standing.now.is_active(row));
        let chance: f64 = active
            .map(|row| standing.chance(row, field, self.good[row]))
            .map(|p| p * (1.0 - p))
            .sum();
        let value = count(self.good);
        let deviation = (chance + (count(self.moved) - value).powi(2)).sqrt();
        let interval = self.around(value, count(self.silent), deviation);
        (interval.lower.max(0.0), interval.upper)
    }

    fn of_returning(&self, standing: &Standing, returning: usize) -> (f64, Interval) {
        let n = returning as f64;
        let share = |good: &[f64]| {
            let rows = (0..good.len()).filter(|&row| standing.returns[row]);
            rows.map(|row| 1.0 - standing.chance(row, Field::True, good[row]))
                .sum::<f64>()
                / n
        };
        let rows = (0..self.good.len()).filter(|&row| standing.returns[row]);
        let chance: f64 = rows
            .map(|row| standing.chance(row, Field::True, self.good[row]))
            .map(|p| p * (1.0 - p))
            .sum();
        let value = share(self.good);
        let deviation = (chance / (n * n) + (share(self.moved) - value).powi(2)).sqrt();
        (
            value,
            within(self.around(value, share(self.silent), deviation)),
        )
    }

    fn of_share(&self, standing: &Standing, fields: &[Field], worth: &Worth) -> (f64, Interval) {
        let total = worth.total();
        let chance = |row: usize, good: &[f64]| -> f64 {
            fields
                .iter()
                .map(|field| standing.chance(row, *field, good[row]))
                .sum()
        };
        let share = |good: &[f64]| {
            (0..good.len())
                .map(|row| worth.value[row] * chance(row, good))
                .sum::<f64>()
                / total
        };
        let value = share(self.good);
        let (mut variance, mut parts, mut wholes) = (0.0, [0.0; 2], [0.0; 2]);
        for row in 0..self.good.len() {
            let (v, p) = (worth.value[row], chance(row, self.good));
            variance += v * v * p * (1.0 - p);
            let kind = usize::from(worth.by_contract[row]);
            parts[kind] += v * p;
            wholes[kind] += v;
        }
        variance /= total * total;
        for kind in 0..2 {
            let tilt = (parts[kind] - value * wholes[kind]) / total * worth.doubt[kind];
            variance += tilt * tilt;
        }
        variance += (share(self.moved) - value).powi(2);
        (
            value,
            within(self.around(value, share(self.silent), variance.sqrt())),
        )
    }
}

fn within(interval: Interval) -> Interval {
    Interval {
        lower: interval.lower.max(0.0),
        upper: interval.upper.min(1.0),
        ..interval
    }
}

fn engagement(standing: &Standing, field: Field, good: &[f64]) -> Option<f64> {
    let places = standing.now.answers_to("engagement")?;
    let known =
        (0..places.len()).filter(|&row| !places[row].is_nan() && standing.now.is_active(row));
    let (sum, weight) = known.fold((0.0, 0.0), |(sum, weight), row| {
        let chance = standing.chance(row, field, good[row]);
        (sum + chance * places[row], weight + chance)
    });
    (weight >= 10.0).then(|| 100.0 * sum / weight)
}

/// What became of those who stood in the field a year ago and had answered.
fn retained(
    frame: &LoyaltyFrame,
    attitude: &Attitude,
    field: Field,
    config: &LoyaltyConfig,
) -> Option<(f64, f64)> {
    if frame.history_days < 365.0 {
        return None;
    }
    let then = &frame.then;
    let rows = then.len();
    let returns: Vec<bool> = (0..rows).map(|row| returns(then, row, config)).collect();
    let locked: Vec<bool> = (0..rows).map(|row| is_locked(then, row, config)).collect();
    let standing = Standing {
        now: then,
        returns: &returns,
        locked: &locked,
    };
    let known = (0..rows).filter(|&row| then.is_active(row) && !attitude.then.index[row].is_nan());
    let (stayed, all) = known.fold((0.0, 0.0), |(stayed, all), row| {
        let good = attitude
            .then
            .probability(row, config.line / 100.0, (0.0, 0.0));
        let chance = standing.chance(row, field, good);
        (
            stayed + chance * f64::from(then.retained[row]),
            all + chance,
        )
    });
    (all >= 30.0).then(|| (stayed / all, all))
}

fn one_seller(now: &Standings, worth: Option<&Worth>, config: &LoyaltyConfig) -> OneSeller {
    let judged = (0..now.len()).filter(|&row| now.seller_orders[row] >= config.one_seller_orders);
    judged.fold(OneSeller::default(), |found, row| {
        let hangs = now.seller_share[row] >= config.one_seller_from;
        OneSeller {
            judged: found.judged + 1,
            customers: found.customers + usize::from(hangs),
            value: found.value
                + match (hangs, worth) {
                    (true, Some(worth)) => worth.value[row],
                    _ => 0.0,
                },
        }
    })
}
