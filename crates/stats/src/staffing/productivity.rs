//! How many minutes should a contact take: where does one more minute cost what it gives?

use crate::error::require_finite;
use crate::regression::sample::prove_level;
use crate::{Caution, Interval, StatsError};

use crate::special::logistic;

/// Points of the first, coarse search for the best minutes.
const GRID: usize = 400;
/// Fewer draws than this give no interval.
const FEWEST_DRAWS: usize = 20;

/// A share (0-1) that depends on handling minutes.
#[derive(Debug, Clone, PartialEq)]
pub enum Response {
    /// Straight lines between points (minutes rising), level beyond the first and the last.
    Points { minutes: Vec<f64>, shares: Vec<f64> },
    /// `1 / (1 + e^-(intercept + slope ln minutes))`.
    Logistic { intercept: f64, slope: f64 },
}

/// One reason for contact, or one class of reason and difficulty.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Cases a year, each of which may become several contacts.
    pub cases: f64,
    /// Customers a year who are in contact for this reason.
    pub customers: f64,
    /// Money lost when one of them leaves (within the horizon).
    pub value_at_stake: f64,
    /// Share of contacts that solve the case, above 0: a case becomes 1 / solved contacts.
    pub solved: Response,
    /// Share of the customers who leave, as a function of handling minutes.
    pub leaving: Response,
    /// Handling minutes today.
    pub today: f64,
    /// Shortest and longest handling minutes seen in the data.
    pub observed: (f64, f64),
}

/// A change of handling time: what a minute costs, and what can be had of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    pub cost_per_hour: f64,
    /// Share (0-1) of the time set free that can really be released or used otherwise. Time added is paid in full.
    pub releasable: f64,
    /// Months over which savings and losses are added up: 12, 24, 36.
    pub months: u32,
    /// Discount rate per month.
    pub discount: f64,
}

/// What another handling time would mean over the horizon. Money and hours are sums over the horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIf {
    pub contacts_today: f64,
    pub contacts_then: f64,
    pub hours_today: f64,
    pub hours_then: f64,
    /// Hours if the number of contacts stayed as it is, which it does not when fewer are solved at once.
    pub naive_hours: f64,
    pub naive_saving: f64,
    /// Hours saved times their cost, and the part of it that can be released.
    pub gross_saving: f64,
    pub released_saving: f64,
    /// Change of the share that leaves.
    pub leaving_change: f64,
    /// Value of the customers who leave more than today.
    pub value_lost: f64,
    pub net: f64,
    /// Rise in the share that leaves at which the saving is gone; NaN when nothing is saved.
    pub break_even: f64,
    pub cautions: Vec<Caution>,
}

/// The handling time at which net value is greatest.
#[derive(Debug, Clone, PartialEq)]
pub struct BestMinutes {
    pub minutes: f64,
    /// Net value against today, over the horizon.
    pub net: f64,
    /// Value of the customers kept by one more minute for every contact, and what that minute costs.
    pub marginal_value: f64,
    pub marginal_cost: f64,
    pub cautions: Vec<Caution>,
}

/// The best handling time when the responses are known by draws.
#[derive(Debug, Clone, PartialEq)]
pub struct BestOverDraws {
    /// Best on average over the draws.
    pub minutes: f64,
    /// Range of the draws' own best minutes.
    pub interval: Interval,
    /// Net value against today at `minutes`: mean and range over the draws.
    pub net: f64,
    pub net_interval: Interval,
    /// Share of draws in which `minutes` beats today.
    pub share_better: f64,
    pub cautions: Vec<Caution>,
}

impl Response {
    /// The share at a handling time (minutes above 0).
    pub fn share(&self, minutes: f64) -> f64 {
        match self {
            Response::Logistic { intercept, slope } => logistic(intercept + slope * minutes.ln()),
            Response::Points {
                minutes: x,
                shares: y,
            } => {
                let after = x.partition_point(|own| *own <= minutes);
                if after == 0 {
                    return y[0];
                }
                if after == x.len() {
                    return y[after - 1];
                }
                let part = (minutes - x[after - 1]) / (x[after] - x[after - 1]);
                y[after - 1] + part * (y[after] - y[after - 1])
            }
        }
    }

    fn prove(&self, what: &str, least: f64) -> Result<(), StatsError> {
        let refuse = |why: &str| Err(StatsError::invalid(format!("{what} ({why})")));
        match self {
            Response::Logistic { intercept, slope } => {
                if !(intercept.is_finite() && slope.is_finite()) {
                    return refuse("not a finite number");
                }
            }
            Response::Points { minutes, shares } => {
                crate::error::require_length(what, minutes.len(), shares.len())?;
                if minutes.is_empty() {
                    return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
                }
                let rising = minutes.windows(2).all(|pair| pair[0] < pair[1]);
                if !(rising && minutes.iter().all(|m| m.is_finite() && *m > 0.0)) {
                    return refuse("minutes must be positive and rise");
                }
                if !shares
                    .iter()
                    .all(|s| (0.0..=1.0).contains(s) && *s >= least)
                {
                    return refuse("shares must be between 0 and 1");
                }
            }
        }
        Ok(())
    }
}

/// What happens when handling time goes from today's to `minutes`.
///
/// Contacts are cases / solved `[RustHuang2012]`, hours are contacts times minutes, so shorter contacts that solve less save
/// less than they seem to. Only the releasable share of saved time is money. Over a horizon of M months with discount d per
/// month, each month's money counts `(1 + d)^-m`. `break_even` is the released saving over customers times value at stake.
///
/// # Errors
/// `InvalidInput` for numbers out of range. `OutsideSupport` cautions when the minutes were never observed.
pub fn what_if(reason: &Reason, minutes: f64, change: &Change) -> Result<WhatIf, StatsError> {
    prove(reason, change)?;
    if !(minutes.is_finite() && minutes > 0.0) {
        return Err(StatsError::invalid("minutes (must be positive)"));
    }
    let years = change.years();
    let hours =
        |at: f64, solved_at: f64| years * reason.cases / reason.solved.share(solved_at) * at / 60.0;
    let (hours_today, hours_then) = (hours(reason.today, reason.today), hours(minutes, minutes));
    let naive_hours = hours(minutes, reason.today);
    let gross_saving = change.cost_per_hour * (hours_today - hours_then);
    let released_saving = gross_saving
        * if gross_saving > 0.0 {
            change.releasable
        } else {
            1.0
        };
    let leaving_change = reason.leaving.share(minutes) - reason.leaving.share(reason.today);
    let at_stake = years * reason.customers * reason.value_at_stake;
    let value_lost = leaving_change * at_stake;
    Ok(WhatIf {
        contacts_today: years * reason.cases / reason.solved.share(reason.today),
        contacts_then: years * reason.cases / reason.solved.share(minutes),
        hours_today,
        hours_then,
        naive_hours,
        naive_saving: change.cost_per_hour * (hours_today - naive_hours),
        gross_saving,
        released_saving,
        leaving_change,
        value_lost,
        net: released_saving - value_lost,
        break_even: if released_saving > 0.0 {
            released_saving / at_stake
        } else {
            f64::NAN
        },
        cautions: outside(reason, minutes),
    })
}

/// The handling time with the greatest net value among those observed.
///
/// `max over a: -customers V h(a) - w a cases / f(a)`, with h the share that leaves, f the share solved, and w the cost of a
/// minute, only the releasable part of it for time below today's. Inside the range the optimum has
/// `-customers V h'(a) = w (a cases / f(a))'`: the value of a minute is its cost `[RustHuang2012]`. Where time saved is only
/// partly releasable there is a range of minutes in which staying as today is best. The objective need not have one top: a
/// grid over the observed range and today comes first, then golden sections around its best point. Waiting costs are not
/// included: hold the minutes found against [`super::Queue::performance`].
///
/// # Errors
/// As [`what_if`]. Cautions `OutsideSupport` when the best minutes lie at the edge of what was observed.
pub fn best_minutes(reason: &Reason, change: &Change) -> Result<BestMinutes, StatsError> {
    prove(reason, change)?;
    let net = |minutes: f64| net_value(reason, change, minutes);
    let minutes = highest(reason, &net);
    let (marginal_value, marginal_cost) = marginal(reason, change, minutes);
    Ok(BestMinutes {
        minutes,
        net: net(minutes),
        marginal_value,
        marginal_cost,
        cautions: outside(reason, minutes),
    })
}

/// The handling time that is best on average over draws of one reason, with the range of the draws' own best times.
///
/// The draws share `today` and `observed` with the first one. Interval at `level` from the draws' quantiles.
///
/// # Errors
/// As [`best_minutes`]; `TooFewObservations` below 20 draws.
pub fn best_minutes_over_draws(
    draws: &[Reason],
    change: &Change,
    level: f64,
) -> Result<BestOverDraws, StatsError> {
    prove_level(level)?;
    if draws.len() < FEWEST_DRAWS {
        return Err(StatsError::TooFewObservations {
            needed: FEWEST_DRAWS,
            got: draws.len(),
        });
    }
    let mut own = Vec::with_capacity(draws.len());
    for draw in draws {
        if draw.today != draws[0].today || draw.observed != draws[0].observed {
            return Err(StatsError::invalid(
                "draws (today and observed must be the same)",
            ));
        }
        own.push(best_minutes(draw, change)?.minutes);
    }
    let nets = |minutes: f64| -> Vec<f64> {
        draws
            .iter()
            .map(|draw| net_value(draw, change, minutes))
            .collect()
    };
    let mean = |minutes: f64| nets(minutes).iter().sum::<f64>() / draws.len() as f64;
    let minutes = highest(&draws[0], &mean);
    let at_best = nets(minutes);
    let better = at_best.iter().filter(|net| **net > 0.0).count() as f64 / draws.len() as f64;
    let mut cautions = outside(&draws[0], minutes);
    if minutes != draws[0].today && better < 0.8 {
        cautions.push(Caution::FragilePlan { share: better });
    }
    Ok(BestOverDraws {
        minutes,
        interval: Interval::from_draws(&own, level),
        net: mean(minutes),
        net_interval: Interval::from_draws(&at_best, level),
        share_better: better,
        cautions,
    })
}

/// Value lost within a horizon when a customer leaves now: `Σ_{t=1..months} margin retention^t / (1 + discount)^t`, all per month.
///
/// # Errors
/// `InvalidInput` for a retention outside 0-1 or a discount of -1 or less.
pub fn value_within(
    margin: f64,
    months: u32,
    (retention, discount): (f64, f64),
) -> Result<f64, StatsError> {
    require_finite("margin", &[margin])?;
    if !((0.0..=1.0).contains(&retention) && discount.is_finite() && discount > -1.0) {
        return Err(StatsError::invalid(
            "retention (0-1) or discount (above -1)",
        ));
    }
    let ratio = retention / (1.0 + discount);
    Ok((1..=months).map(|t| margin * ratio.powi(t as i32)).sum())
}

impl Change {
    /// The horizon in years, later months counting less.
    fn years(&self) -> f64 {
        (1..=self.months)
            .map(|month| (1.0 + self.discount).powi(-(month as i32)))
            .sum::<f64>()
            / 12.0
    }
}

fn prove(reason: &Reason, change: &Change) -> Result<(), StatsError> {
    let at_least_0 = [reason.cases, reason.customers, change.cost_per_hour];
    if !at_least_0
        .iter()
        .all(|value| value.is_finite() && *value >= 0.0)
    {
        return Err(StatsError::invalid(
            "cases, customers or cost (must be 0 or more)",
        ));
    }
    require_finite("value at stake", &[reason.value_at_stake])?;
    let (shortest, longest) = reason.observed;
    let minutes = [reason.today, shortest, longest];
    if !minutes.iter().all(|m| m.is_finite() && *m > 0.0) || shortest > longest {
        return Err(StatsError::invalid(
            "minutes (must be positive, the shortest first)",
        ));
    }
    if !((0.0..=1.0).contains(&change.releasable)
        && change.discount.is_finite()
        && change.discount > -1.0)
    {
        return Err(StatsError::invalid(
            "releasable (0-1) or discount (above -1)",
        ));
    }
    if change.months == 0 || change.months > 1_200 {
        return Err(StatsError::invalid("months (1 to 1,200)"));
    }
    reason.solved.prove("solved", f64::MIN_POSITIVE)?;
    reason.leaving.prove("leaving", 0.0)
}

/// Minutes of handling per year for all cases.
fn workload(reason: &Reason, minutes: f64) -> f64 {
    reason.cases / reason.solved.share(minutes) * minutes
}

fn net_value(reason: &Reason, change: &Change, minutes: f64) -> f64 {
    let saved = workload(reason, reason.today) - workload(reason, minutes);
    let money =
        change.cost_per_hour / 60.0 * saved * if saved > 0.0 { change.releasable } else { 1.0 };
    let left = reason.leaving.share(minutes) - reason.leaving.share(reason.today);
    change.years() * (money - reason.customers * reason.value_at_stake * left)
}

/// Value kept and cost of one more minute, over the horizon, by central differences (at a corner the mean of both sides).
fn marginal(reason: &Reason, change: &Change, minutes: f64) -> (f64, f64) {
    let h = 1e-5 * minutes;
    let slope = |of: &dyn Fn(f64) -> f64| (of(minutes + h) - of(minutes - h)) / (2.0 * h);
    let leaving = slope(&|m| reason.leaving.share(m));
    let work = slope(&|m| workload(reason, m));
    let released = workload(reason, minutes) < workload(reason, reason.today);
    let cost = change.cost_per_hour / 60.0 * if released { change.releasable } else { 1.0 };
    let years = change.years();
    (
        -years * reason.customers * reason.value_at_stake * leaving,
        years * cost * work,
    )
}

/// The observed minutes (or today's) with the highest value: a grid with the corners of the responses, then golden sections.
fn highest(reason: &Reason, net: &dyn Fn(f64) -> f64) -> f64 {
    let (shortest, longest) = reason.observed;
    let mut tried: Vec<f64> = (0..=GRID)
        .map(|k| shortest * (longest / shortest).powf(k as f64 / GRID as f64))
        .collect();
    tried.push(reason.today);
    for response in [&reason.solved, &reason.leaving] {
        if let Response::Points { minutes, .. } = response {
            tried.extend(minutes.iter().filter(|m| **m > shortest && **m < longest));
        }
    }
    tried.sort_by(f64::total_cmp);
    let mut best = reason.today;
    let mut place = tried.partition_point(|m| *m < best);
    // Gains below this are rounding, and no reason to leave today's minutes.
    let noise = 1e-12
        * tried
            .iter()
            .fold(0.0_f64, |m, minutes| m.max(net(*minutes).abs()));
    for (k, &minutes) in tried.iter().enumerate() {
        if net(minutes) > net(best) + noise {
            (best, place) = (minutes, k);
        }
    }
    let (low, high) = (
        tried[place.saturating_sub(1)],
        tried[(place + 1).min(tried.len() - 1)],
    );
    for (from, to) in [(low, best), (best, high)] {
        let found = golden(from, to, net);
        if net(found) > net(best) + noise {
            best = found;
        }
    }
    best
}

fn golden(mut low: f64, mut high: f64, value: &dyn Fn(f64) -> f64) -> f64 {
    const SECTION: f64 = 0.618_033_988_749_894_8;
    for _ in 0..80 {
        let width = SECTION * (high - low);
        if value(high - width) >= value(low + width) {
            high = low + width;
        } else {
            low = high - width;
        }
    }
    0.5 * (low + high)
}

fn outside(reason: &Reason, minutes: f64) -> Vec<Caution> {
    let (lower, upper) = reason.observed;
    let edge = 1e-6 * (upper - lower);
    if minutes > lower + edge && minutes < upper - edge {
        return Vec::new();
    }
    vec![Caution::OutsideSupport {
        what: "minutes".to_owned(),
        lower,
        upper,
        asked: minutes,
    }]
}
