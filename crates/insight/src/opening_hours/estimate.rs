//! Who comes when, what staff does each hour need, and what would closing it save and put at stake?

use super::{Known, OpeningConfig};
use crate::InsightError;
use jiff::civil::Date;
use odla_domain::frames::opening::OpeningFrame;
use odla_stats::estimate::normal_quantile_for_level;
use odla_stats::staffing::{Goal, Queue, agents_needed};
use odla_stats::{Estimate, Interval};
use std::collections::{BTreeMap, BTreeSet};

pub const DAYS: usize = 7;
pub const HOURS: usize = 24;
/// Open hours that the first is held against.
const FOLLOWING: usize = 3;
const DAYS_A_YEAR: f64 = 365.25;

/// One hour of the week over a year.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cell {
    pub contacts: f64,
    pub firsts: f64,
    pub minutes: f64,
    pub waited: f64,
    pub waits: f64,
    pub open: bool,
    /// Staff for today's wait, and their cost a year.
    pub agents: f64,
    pub cost: f64,
}

/// The week as it is, by weekday (0 Monday) and hour.
#[derive(Clone, Debug)]
pub struct Week {
    pub cells: [[Cell; HOURS]; DAYS],
    /// Dates with any contact, by weekday, scaled to a year.
    pub dates: [f64; DAYS],
    /// From the register's length to a year.
    pub to_year: f64,
    pub mean_wait: Option<f64>,
    /// Minutes of a contact.
    pub handling: f64,
}

/// Weekdays that are judged together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Days {
    Weekdays,
    Saturday,
    Sunday,
}

impl Days {
    pub const ALL: [Self; 3] = [Self::Weekdays, Self::Saturday, Self::Sunday];

    pub const fn range(self) -> std::ops::Range<usize> {
        match self {
            Self::Weekdays => 0..5,
            Self::Saturday => 5..6,
            Self::Sunday => 6..7,
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            Self::Weekdays => "days.weekdays",
            Self::Saturday => "days.saturday",
            Self::Sunday => "days.sunday",
        }
    }
}

/// One block of hours, per year.
#[derive(Clone, Debug)]
pub struct Block {
    pub days: Days,
    pub hour: usize,
    pub contacts: f64,
    pub minutes: f64,
    pub wait: Option<f64>,
    /// Mean staff.
    pub agents: f64,
    pub cost: Option<f64>,
    /// Saved when all come at another hour, and when none does.
    pub saved_if_back: Option<f64>,
    pub saved_if_lost: Option<f64>,
    /// Value at stake when none is helped, and its range.
    pub at_stake: Option<(f64, f64, f64)>,
    /// Share of contacts that may be lost before the saving is gone, and its range.
    pub break_even: Option<(f64, f64, f64)>,
    pub verdict: &'static str,
    /// Weeks of closing every other week by lot that would tell.
    pub weeks: Option<f64>,
}

pub struct Found {
    pub week: Week,
    pub blocks: Vec<Block>,
    pub first_hour: Option<Peak>,
    pub after_closed: Option<Estimate>,
}

/// Contacts of the first open hour over the mean of those that follow, and contacts a week more than these.
#[derive(Clone, Copy, Debug)]
pub struct Peak {
    pub ratio: Estimate,
    pub excess: Estimate,
    pub days: usize,
}

impl Week {
    pub fn of(frame: &OpeningFrame, config: &OpeningConfig) -> Self {
        let mut cells = [[Cell::default(); HOURS]; DAYS];
        let mut dates: [BTreeSet<Date>; DAYS] = Default::default();
        for own in &frame.hours {
            let day = weekday(own.day);
            let cell = &mut cells[day][usize::from(own.hour)];
            cell.contacts += own.contacts;
            cell.firsts += own.firsts;
            cell.minutes += own.minutes;
            cell.waited += own.waited;
            cell.waits += own.waits;
            dates[day].insert(own.day);
        }
        let all = || cells.iter().flatten();
        let sum = |of: fn(&Cell) -> f64| all().map(of).sum::<f64>();
        let busiest = all().map(|cell| cell.contacts).fold(0.0, f64::max);
        let (waited, waits) = (sum(|cell| cell.waited), sum(|cell| cell.waits));
        let handling = sum(|cell| cell.minutes) / sum(|cell| cell.contacts).max(1.0);
        let length = frame
            .first_day
            .until(frame.last_day)
            .map_or(1, |span| span.get_days() + 1);
        let to_year = DAYS_A_YEAR / f64::from(length.max(7));
        let least = (config.open_share * busiest).max(2.0);
        for cell in cells.iter_mut().flatten() {
            cell.open = cell.contacts >= least;
        }
        Self {
            cells,
            dates: dates.map(|own| own.len() as f64 * to_year),
            to_year,
            mean_wait: (waits > 0.0).then(|| waited / waits),
            handling,
        }
    }

    /// Registers that write only the date put everyone at midnight.
    pub fn tells_hours(&self) -> bool {
        let open: BTreeSet<usize> = (0..DAYS * HOURS)
            .filter(|at| self.cells[at / HOURS][at % HOURS].open)
            .map(|at| at % HOURS)
            .collect();
        open.len() >= 2
    }

    /// Contacts of an open hour of one day.
    fn arrivals(&self, day: usize, hour: usize) -> f64 {
        self.cells[day][hour].contacts * self.to_year / self.dates[day].max(1.0)
    }

    fn agents(&self, arrivals: f64, config: &OpeningConfig) -> Result<f64, InsightError> {
        if arrivals <= 0.0 {
            return Ok(0.0);
        }
        let queue = Queue {
            arrivals: arrivals / 60.0,
            handling: self.handling,
            patience: config.patience_minutes,
            agents: 1,
        };
        let goal = Goal {
            served_within: None,
            abandonment: None,
            mean_wait: Some(self.mean_wait.unwrap_or(config.usual_wait).max(0.05)),
        };
        Ok(f64::from(agents_needed(&queue, &goal)?.agents))
    }

    fn staff(&mut self, minute_cost: f64, config: &OpeningConfig) -> Result<(), InsightError> {
        for day in 0..DAYS {
            for hour in 0..HOURS {
                if self.cells[day][hour].open {
                    let agents = self.agents(self.arrivals(day, hour), config)?;
                    let cost = agents * 60.0 * minute_cost * self.dates[day];
                    let cell = &mut self.cells[day][hour];
                    (cell.agents, cell.cost) = (agents, cost);
                }
            }
        }
        Ok(())
    }

    pub fn open_hours(&self) -> usize {
        self.cells.iter().flatten().filter(|cell| cell.open).count()
    }

    fn first_open(&self, day: usize) -> Option<usize> {
        (0..HOURS).find(|&hour| self.cells[day][hour].open)
    }

    /// Cost a year of taking the contacts of one closed hour in others: of the same day, or of the week when that is all it had.
    fn moved(
        &self,
        (days, hour): (Days, usize),
        minute_cost: f64,
        config: &OpeningConfig,
    ) -> Result<Option<f64>, InsightError> {
        let closed = |day: usize, own: usize| days.range().contains(&day) && own == hour;
        let mut more = [[0.0; HOURS]; DAYS];
        for day in days.range() {
            let contacts = self.cells[day][hour].contacts * self.to_year;
            let all: Vec<(usize, usize)> = (0..DAYS * HOURS)
                .map(|at| (at / HOURS, at % HOURS))
                .filter(|&(d, h)| self.cells[d][h].open && !closed(d, h))
                .collect();
            let same: Vec<(usize, usize)> =
                all.iter().copied().filter(|(d, _)| *d == day).collect();
            let to = if same.is_empty() { all } else { same };
            let weight: f64 = to.iter().map(|&(d, h)| self.cells[d][h].contacts).sum();
            if weight <= 0.0 {
                return Ok(None);
            }
            for (d, h) in to {
                more[d][h] += contacts * self.cells[d][h].contacts / weight;
            }
        }
        let mut cost = 0.0;
        for (day, hours) in more.iter().enumerate() {
            let dates = self.dates[day].max(1.0);
            for (own, added) in hours.iter().enumerate().filter(|(_, added)| **added > 0.0) {
                let arrivals = self.arrivals(day, own) + added / dates;
                let staff = self.agents(arrivals, config)? - self.cells[day][own].agents;
                cost += staff * 60.0 * minute_cost * self.dates[day];
            }
        }
        Ok(Some(cost))
    }
}

pub fn judge(
    frame: &OpeningFrame,
    mut week: Week,
    known: &Known,
    config: &OpeningConfig,
) -> Result<Found, InsightError> {
    week.staff(known.minute_cost.unwrap_or(0.0), config)?;
    let stakes = stakes(frame, &week, known);
    let noise = overdispersion(frame, &week);
    let mut blocks = Vec::new();
    for days in Days::ALL {
        for hour in 0..HOURS {
            if days.range().any(|day| week.cells[day][hour].open) {
                blocks.push(block(&week, (days, hour), (known, &stakes, noise), config)?);
            }
        }
    }
    Ok(Found {
        first_hour: first_hour(frame, &week, config),
        after_closed: after_closed(frame, &week, config),
        week,
        blocks,
    })
}

/// Value at stake by weekday and hour a year, with its range; none where no loss is known.
type Stakes = BTreeMap<(usize, usize), (f64, f64, f64)>;

fn stakes(frame: &OpeningFrame, week: &Week, known: &Known) -> Stakes {
    let mut stakes = Stakes::new();
    for own in &frame.reasons {
        if let Some(loss) = known.losses.get(&own.reason) {
            let sum = stakes
                .entry((usize::from(own.weekday), usize::from(own.hour)))
                .or_default();
            // Cases that fail there today are lost already.
            let solved = own.solved * week.to_year;
            sum.0 += solved * loss.value;
            // What customers are worth is shared by all reasons: their doubts are added, not averaged out.
            sum.1 += solved * loss.lower.max(0.0);
            sum.2 += solved * loss.upper;
        }
    }
    stakes
}

fn block(
    week: &Week,
    (days, hour): (Days, usize),
    (known, stakes, noise): (&Known, &Stakes, f64),
    config: &OpeningConfig,
) -> Result<Block, InsightError> {
    let cells = || days.range().map(|day| week.cells[day][hour]);
    let sum = |of: fn(&Cell) -> f64| cells().map(|cell| of(&cell)).sum::<f64>();
    let open_dates: f64 = days
        .range()
        .filter(|&day| week.cells[day][hour].open)
        .map(|day| week.dates[day])
        .sum();
    let staffed: f64 = days
        .range()
        .map(|day| week.cells[day][hour].agents * week.dates[day])
        .sum();
    let mut block = Block {
        days,
        hour,
        contacts: sum(|cell| cell.contacts) * week.to_year,
        minutes: sum(|cell| cell.minutes) * week.to_year,
        wait: (sum(|cell| cell.waits) > 0.0)
            .then(|| sum(|cell| cell.waited) / sum(|cell| cell.waits)),
        agents: staffed / open_dates.max(1.0),
        cost: None,
        saved_if_back: None,
        saved_if_lost: None,
        at_stake: None,
        break_even: None,
        verdict: "hour.cannot_tell",
        weeks: None,
    };
    let Some(minute_cost) = known.minute_cost else {
        return Ok(block);
    };
    let cost = sum(|cell| cell.cost);
    block.cost = Some(cost);
    block.saved_if_lost = Some(config.releasable * cost);
    let moved = week.moved((days, hour), minute_cost, config)?;
    block.saved_if_back = moved.map(|moved| config.releasable * cost - moved);
    if !known.losses.is_empty() {
        let own = days.range().filter_map(|day| stakes.get(&(day, hour)));
        let add = |sum: (f64, f64, f64), own: &(f64, f64, f64)| {
            (sum.0 + own.0, sum.1 + own.1, sum.2 + own.2)
        };
        block.at_stake = Some(own.fold((0.0, 0.0, 0.0), add));
    }
    decide(&mut block, config);
    if let (Some(even), "hour.cannot_tell") = (block.break_even, block.verdict) {
        block.weeks = weeks(week, &block, (even.0, noise), config);
    }
    Ok(block)
}

/// Net of closing falls from "all come back" to "none is helped"; where it meets nothing is the break-even.
fn decide(block: &mut Block, config: &OpeningConfig) {
    let (Some(back), Some(lost), Some(stake)) =
        (block.saved_if_back, block.saved_if_lost, block.at_stake)
    else {
        return;
    };
    let even = |stake: f64| match back - (lost - stake) {
        _ if back <= 0.0 => 0.0,
        fall if fall <= 0.0 => 1.0,
        fall => (back / fall).min(1.0),
    };
    block.break_even = Some((even(stake.0), even(stake.2), even(stake.1)));
    block.verdict = match () {
        () if back > 0.0 && lost - stake.2 >= 0.0 => "hour.can_close",
        () if back <= 0.0 && lost - stake.1 <= 0.0 => "hour.keep",
        () if even(stake.1) < config.thin => "hour.keep",
        () => "hour.cannot_tell",
    };
}

/// Weeks until closing every other one by lot tells a loss at the break-even from none: who is missing is counted on the same
/// days at other hours.
fn weeks(
    week: &Week,
    block: &Block,
    (even, noise): (f64, f64),
    config: &OpeningConfig,
) -> Option<f64> {
    let a_week = 7.0 / DAYS_A_YEAR;
    let own = block.contacts * a_week;
    let days = || block.days.range();
    let others: f64 = days()
        .flat_map(|day| {
            (0..HOURS)
                .filter(|&hour| hour != block.hour)
                .map(move |hour| (day, hour))
        })
        .map(|(day, hour)| week.cells[day][hour].contacts * week.to_year * a_week)
        .sum();
    let z = normal_quantile_for_level(config.level)
        + normal_quantile_for_level(2.0 * config.power - 1.0);
    let (seen, wanted) = (own + others, even * own);
    if wanted <= 0.0 || even >= 1.0 {
        return None;
    }
    let weeks = 4.0 * seen * noise * (z / wanted).powi(2);
    (weeks <= config.most_weeks).then(|| weeks.ceil().max(4.0))
}

/// How much more whole days differ than chance would have them, within weekdays; at least 1.
fn overdispersion(frame: &OpeningFrame, week: &Week) -> f64 {
    let days = by_day(frame);
    let mut squares = (0.0, 0.0);
    for (day, hours) in &days {
        let own: f64 = hours.iter().sum();
        let place = weekday(*day);
        let mean: f64 = (0..HOURS).map(|hour| week.arrivals(place, hour)).sum();
        if mean > 0.0 {
            squares.0 += (own - mean).powi(2) / mean;
            squares.1 += 1.0;
        }
    }
    let freedom: f64 = squares.1 - DAYS as f64;
    if freedom > 0.0 {
        (squares.0 / freedom).max(1.0)
    } else {
        1.0
    }
}

fn by_day(frame: &OpeningFrame) -> BTreeMap<Date, [f64; HOURS]> {
    let mut days = BTreeMap::<Date, [f64; HOURS]>::new();
    for own in &frame.hours {
        days.entry(own.day).or_insert([0.0; HOURS])[usize::from(own.hour)] += own.firsts;
    }
    days
}

/// Days are what may differ: the ratio's error is that of a ratio of sums over days.
fn first_hour(frame: &OpeningFrame, week: &Week, config: &OpeningConfig) -> Option<Peak> {
    let pairs: Vec<(f64, f64)> = by_day(frame)
        .iter()
        .filter_map(|(day, hours)| {
            let day = weekday(*day);
            let first = week.first_open(day)?;
            let following: Vec<usize> = (first + 1..HOURS)
                .filter(|&hour| week.cells[day][hour].open)
                .take(FOLLOWING)
                .collect();
            let mean = following.iter().map(|&hour| hours[hour]).sum::<f64>() / FOLLOWING as f64;
            (following.len() == FOLLOWING).then_some((hours[first], mean))
        })
        .collect();
    let n = pairs.len() as f64;
    let (a, b) = pairs
        .iter()
        .fold((0.0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
    if pairs.len() < 20 || b < 10.0 {
        return None;
    }
    let ratio = a / b;
    let off: f64 = pairs.iter().map(|(a, b)| (a - ratio * b).powi(2)).sum();
    let error = (off * n / (n - 1.0)).sqrt() / b;
    let mean = (a - b) / n;
    let spread: f64 = pairs
        .iter()
        .map(|(a, b)| (a - b - mean).powi(2))
        .sum::<f64>()
        / (n - 1.0);
    let a_week = n * week.to_year * 7.0 / DAYS_A_YEAR;
    Some(Peak {
        ratio: Estimate {
            value: ratio,
            standard_error: error,
            interval: Interval::log_normal(ratio.max(1e-9), error / ratio.max(1e-9), config.level),
        },
        excess: Estimate::normal(a_week * mean, a_week * (spread / n).sqrt(), config.level),
        days: pairs.len(),
    })
}

/// Contacts of a day after closed days over those of other days; weekends' own days are not compared.
fn after_closed(frame: &OpeningFrame, week: &Week, config: &OpeningConfig) -> Option<Estimate> {
    let is_closed = |day: usize| week.first_open(day).is_none();
    let (mut after, mut other) = (Vec::new(), Vec::new());
    for (day, hours) in by_day(frame) {
        let place = weekday(day);
        let total = hours.iter().sum::<f64>();
        match (
            place < 5,
            is_closed(place),
            is_closed((place + DAYS - 1) % DAYS),
        ) {
            (true, false, true) => after.push(total),
            (true, false, false) => other.push(total),
            _ => {}
        }
    }
    let told = |all: &[f64]| {
        let n = all.len() as f64;
        let mean = all.iter().sum::<f64>() / n;
        let variance = all.iter().map(|own| (own - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (all.len() >= 10 && mean > 0.0).then(|| (mean, variance / n / (mean * mean)))
    };
    let (after, other) = (told(&after)?, told(&other)?);
    let (ratio, error) = (after.0 / other.0, (after.1 + other.1).sqrt());
    Some(Estimate {
        value: ratio,
        standard_error: ratio * error,
        interval: Interval::log_normal(ratio, error, config.level),
    })
}

/// 0 Monday to 6 Sunday.
pub fn weekday(day: Date) -> usize {
    usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0)
}
