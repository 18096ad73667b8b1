//! How large a share of first contacts solves the case, as a curve of minutes, and how many contacts does a case become?

use super::ServiceLevelConfig;
use crate::InsightError;
use crate::columns::{Columns, linear, logistic_by, spread, told_or_zero};
use odla_domain::Caution;
use odla_domain::frames::service::ServiceFrame;
use odla_stats::causal::leniency;
use odla_stats::estimate::quantile_of_sorted;
use odla_stats::special::logistic as chance;
use odla_stats::{Estimate, StatsError};
use std::collections::BTreeMap;

/// Points of a curve.
pub const GRID: usize = 41;
/// First contacts over which a curve is averaged.
const AVERAGED: usize = 1_500;
/// Shares of the contacts outside which nothing is told, at each end.
const RARE: f64 = 0.05;

/// All reasons, and whether who answers is as good as drawn by lot.
#[derive(Clone, Debug)]
pub struct Solving {
    pub reasons: Vec<Solved>,
    pub routing: Routing,
    /// Satisfaction after a solved against an unsolved contact, points of 100.
    pub attitude: Option<Estimate>,
    pub answers: usize,
}

/// Can the groups' habits be trusted to fall evenly over cases?
#[derive(Clone, Debug, PartialEq)]
pub enum Routing {
    /// The test found nothing: smallest chance over the columns, times their number.
    AsByLot { p: f64, groups: usize },
    /// A column that differs between quick and slow groups.
    Uneven { p: f64, column: String },
    /// No groups are told, or one only.
    Untold,
}

/// One reason.
#[derive(Clone, Debug)]
pub struct Solved {
    pub reason: String,
    pub contacts: usize,
    /// Mean minutes of the last twelve months.
    pub today: f64,
    /// Minutes between which nine of ten contacts lie, and the shortest one.
    pub observed: (f64, f64),
    pub shortest: f64,
    pub curve: Result<Curve, Caution>,
}

/// The curve and its doubt.
#[derive(Clone, Debug)]
pub struct Curve {
    pub minutes: Vec<f64>,
    pub solved: Vec<f64>,
    pub per_case: Vec<f64>,
    /// The same without adjustment: what raw data say.
    pub naive_solved: Vec<f64>,
    pub naive_per_case: Vec<f64>,
    /// Log odds of solving per log minute.
    pub slope: Estimate,
    pub naive_slope: Estimate,
    /// Standard error of the curve's own slope and of its height at the middle, in log odds.
    pub slope_error: f64,
    pub level_error: f64,
    pub by_lot: bool,
    pub first_stage_f: Option<f64>,
    pub cautions: Vec<Caution>,
}

/// # Errors
/// When a regression meets what its own checks should have kept away.
pub fn curves(frame: &ServiceFrame, config: &ServiceLevelConfig) -> Result<Solving, InsightError> {
    let contacts = &frame.contacts;
    let mut rows_of = BTreeMap::<&str, Vec<usize>>::new();
    for row in 0..contacts.len() {
        rows_of.entry(&contacts.reason[row]).or_default().push(row);
    }
    let habits = habits(frame);
    let routing = match &habits {
        None => Routing::Untold,
        Some(habits) => test_routing(frame, habits, config)?,
    };
    let by_lot = matches!(routing, Routing::AsByLot { .. });
    let returns = returns(frame);
    let mut solving = Solving {
        reasons: Vec::new(),
        routing,
        attitude: None,
        answers: 0,
    };
    for (reason, rows) in rows_of {
        let mut minutes: Vec<f64> = rows.iter().map(|&row| contacts.minutes[row]).collect();
        minutes.sort_by(f64::total_cmp);
        let observed = (
            quantile_of_sorted(&minutes, RARE),
            quantile_of_sorted(&minutes, 1.0 - RARE),
        );
        let (all, used) = (frame.volumes.iter())
            .filter(|volume| volume.reason == reason)
            .fold((0.0, 0.0), |sum, v| (sum.0 + v.contacts, sum.1 + v.minutes));
        let today = match all > 0.0 {
            true => used / all,
            false => minutes.iter().sum::<f64>() / minutes.len() as f64,
        };
        let instrument = habits.as_ref().filter(|_| by_lot);
        let curve = one(frame, (&rows, observed), (instrument, &returns), config);
        solving.reasons.push(Solved {
            reason: reason.to_owned(),
            contacts: rows.len(),
            today,
            observed,
            shortest: minutes[0],
            curve,
        });
    }
    (solving.attitude, solving.answers) = attitude(frame, config);
    Ok(solving)
}

/// The habit of whoever answered, per row that has one.
struct Habits {
    of_row: Vec<f64>,
    groups: usize,
}

fn habits(frame: &ServiceFrame) -> Option<Habits> {
    let contacts = &frame.contacts;
    let rows: Vec<usize> = (0..contacts.len())
        .filter(|&row| !contacts.group[row].is_empty())
        .collect();
    let dense = |key: &dyn Fn(usize) -> String| -> Vec<usize> {
        let keys: Vec<String> = rows.iter().map(|&row| key(row)).collect();
        let mut sorted: Vec<&String> = keys.iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        (keys.iter())
            .map(|key| sorted.binary_search(&key).unwrap_or(0))
            .collect()
    };
    let dose: Vec<f64> = rows.iter().map(|&row| contacts.minutes[row].ln()).collect();
    let agent = dense(&|row| contacts.group[row].clone());
    let stratum = dense(&|row| contacts.reason[row].clone());
    let case: Vec<usize> = rows.iter().map(|&row| contacts.customer[row]).collect();
    let found = leniency::leave_one_out(&dose, &agent, (&stratum, Some(&case))).ok()?;
    let mut of_row = vec![f64::NAN; contacts.len()];
    for (habit, &place) in found.instrument.iter().zip(&found.rows) {
        of_row[rows[place]] = *habit;
    }
    Some(Habits {
        of_row,
        groups: found.agents,
    })
}

/// What is known before the contact, for some rows.
fn known_before(frame: &ServiceFrame, rows: &[usize]) -> Columns {
    let contacts = &frame.contacts;
    let of = |value: &dyn Fn(usize) -> f64| rows.iter().map(|&row| value(row)).collect::<Vec<_>>();
    let words = |all: &[String]| rows.iter().map(|&row| all[row].clone()).collect::<Vec<_>>();
    let fewest = (rows.len() / 100).max(20);
    let mut columns = Columns::default()
        .with("company", of(&|row| f64::from(contacts.company[row])))
        .with("contract", of(&|row| f64::from(contacts.contract[row])))
        .with(
            "wait",
            of(&|row| told_or_zero(contacts.wait[row]).max(0.0).ln_1p()),
        )
        .with(
            "wait_untold",
            of(&|row| f64::from(contacts.wait[row].is_nan())),
        )
        .with_words("channel", &words(&contacts.channel), fewest);
    for (name, column) in frame.extra.iter().zip(&contacts.extra) {
        columns = columns.with_words(name, &words(column), fewest);
    }
    columns
}

/// Do quick and slow groups meet the same cases? Every column known before the contact is held against the habit; the
/// smallest of the chances counts, times the number of columns.
fn test_routing(
    frame: &ServiceFrame,
    habits: &Habits,
    config: &ServiceLevelConfig,
) -> Result<Routing, InsightError> {
    let rows: Vec<usize> = (0..habits.of_row.len())
        .filter(|&row| habits.of_row[row].is_finite())
        .collect();
    let reasons: Vec<String> = (rows.iter())
        .map(|&row| frame.contacts.reason[row].clone())
        .collect();
    let columns = known_before(frame, &rows)
        .with(
            "repeat",
            rows.iter()
                .map(|&row| f64::from(frame.contacts.attempt[row] > 1))
                .collect(),
        )
        .with_words("reason", &reasons, rows.len() / 200);
    let habit: Vec<f64> = rows.iter().map(|&row| habits.of_row[row]).collect();
    let lot = |p: f64| Routing::AsByLot {
        p,
        groups: habits.groups,
    };
    if columns.names.is_empty() || spread(&habit) < 1e-9 {
        return Ok(lot(f64::NAN));
    }
    let (fit, used) = linear(&habit, &columns, config.level)?;
    let tested = fit.coefficients.table.iter().skip(1);
    let least = tested.min_by(|a, b| a.p_value.total_cmp(&b.p_value));
    let Some(least) = least else {
        return Ok(lot(f64::NAN));
    };
    let p = (least.p_value * used.names.len() as f64).min(1.0);
    Ok(match p < config.routing_p {
        true => Routing::Uneven {
            p,
            column: least.name.clone(),
        },
        false => lot(p),
    })
}

/// Of unsolved contacts, the share followed by another: after the first, the second, any later.
fn returns(frame: &ServiceFrame) -> [f64; 3] {
    let contacts = &frame.contacts;
    let mut sums = [(0.0, 0.0); 3];
    for row in (0..contacts.len()).filter(|&row| contacts.ripe[row] && !contacts.resolved[row]) {
        let sum = &mut sums[usize::from(contacts.attempt[row].clamp(1, 3)) - 1];
        sum.0 += f64::from(contacts.followed[row]);
        sum.1 += 1.0;
    }
    // A share of one would let a case go on for ever.
    sums.map(|(back, all)| {
        if all > 0.0 {
            (back / all).min(0.98)
        } else {
            0.0
        }
    })
}

fn one(
    frame: &ServiceFrame,
    (rows, observed): (&[usize], (f64, f64)),
    (habits, returns): (Option<&Habits>, &[f64; 3]),
    config: &ServiceLevelConfig,
) -> Result<Curve, Caution> {
    let contacts = &frame.contacts;
    let solved = rows.iter().filter(|&&row| contacts.resolved[row]).count();
    let fewer = solved.min(rows.len() - solved);
    if rows.len() < config.fewest_contacts || fewer < config.fewest_each || observed.1 <= observed.0
    {
        return Err(Caution::new("service_level.reason_too_few")
            .with("needed", config.fewest_contacts)
            .with("got", rows.len())
            .with("each", config.fewest_each)
            .with("fewer", fewer));
    }
    let told = |error: StatsError| Caution::new("statistics").with("detail", error.to_string());
    let naive = Fit::of(frame, rows, (Columns::default(), None), config).map_err(told)?;
    let with_habit: Vec<usize> = (rows.iter().copied())
        .filter(|&row| habits.is_some_and(|habits| habits.of_row[row].is_finite()))
        .collect();
    let mut fitted = None;
    let mut first_stage_f = None;
    if let Some(habits) = habits.filter(|_| with_habit.len() * 2 > rows.len()) {
        let first = first_stage(frame, &with_habit, habits, config).map_err(told)?;
        first_stage_f = Some(first.0);
        if first.0 >= config.instrument_f {
            let columns = known_before(frame, &with_habit);
            fitted = Some((
                Fit::of(frame, &with_habit, (columns, Some(&first.1)), config).map_err(told)?,
                true,
            ));
        }
    }
    let (fit, by_lot) = match fitted {
        Some(found) => found,
        None => {
            let columns = known_before(frame, rows);
            (
                Fit::of(frame, rows, (columns, None), config).map_err(told)?,
                false,
            )
        }
    };
    Ok(curve(
        (&fit, &naive),
        observed,
        returns,
        (by_lot, first_stage_f),
    ))
}

/// How strongly the habit moves the minutes (F), and what it and the columns leave of each contact's log minutes: its difficulty and chance.
fn first_stage(
    frame: &ServiceFrame,
    rows: &[usize],
    habits: &Habits,
    config: &ServiceLevelConfig,
) -> Result<(f64, Vec<f64>), StatsError> {
    let contacts = &frame.contacts;
    let dose: Vec<f64> = rows.iter().map(|&row| contacts.minutes[row].ln()).collect();
    let columns = with_attempts(known_before(frame, rows), frame, rows).with(
        "habit",
        rows.iter().map(|&row| habits.of_row[row]).collect(),
    );
    let (fit, used) = linear(&dose, &columns, config.level)?;
    let strength = fit.coefficients.of("habit").map_or(0.0, |habit| {
        (habit.estimate.value / habit.estimate.standard_error).powi(2)
    });
    let left = (0..rows.len()).map(|row| {
        let values: Vec<f64> = used.columns.iter().map(|column| column[row]).collect();
        dose[row] - fit.coefficients.linear_predictor(&values)
    });
    Ok((strength, left.collect()))
}

fn with_attempts(columns: Columns, frame: &ServiceFrame, rows: &[usize]) -> Columns {
    let is = |n: u8| {
        let rows = rows
            .iter()
            .map(|&row| f64::from(frame.contacts.attempt[row] == n));
        rows.collect::<Vec<_>>()
    };
    columns.with(SECOND, is(2)).with(LATER, is(3))
}

const MINUTES: &str = "log_minutes";
const LEFT: &str = "left_of_minutes";
const SECOND: &str = "second_contact";
const LATER: &str = "later_contact";

/// A logistic fit of solving, with what it says of each first contact apart from its minutes.
struct Fit {
    slope: Estimate,
    /// Log odds at log minutes 0 of first contacts, and what a second and later contact add.
    heights: Vec<f64>,
    second: f64,
    later: f64,
    level_error: f64,
    cautions: Vec<Caution>,
}

impl Fit {
    fn of(
        frame: &ServiceFrame,
        rows: &[usize],
        (columns, left): (Columns, Option<&Vec<f64>>),
        config: &ServiceLevelConfig,
    ) -> Result<Self, StatsError> {
        let contacts = &frame.contacts;
        let outcome: Vec<f64> = rows
            .iter()
            .map(|&row| f64::from(contacts.resolved[row]))
            .collect();
        let log_minutes: Vec<f64> = rows.iter().map(|&row| contacts.minutes[row].ln()).collect();
        let mut columns = with_attempts(columns, frame, rows).with(MINUTES, log_minutes.clone());
        if let Some(left) = left {
            columns = columns.with(LEFT, left.clone());
        }
        let clusters: Vec<usize> = rows.iter().map(|&row| contacts.customer[row]).collect();
        let (fit, used) = logistic_by(&outcome, &columns, &clusters, config.level)?;
        let table = &fit.coefficients;
        let value = |name: &str| table.of(name).map_or(0.0, |found| found.estimate.value);
        let slope = table.of(MINUTES).map(|found| found.estimate);
        let slope = slope.ok_or(StatsError::NotIdentified {
            parameter: MINUTES.to_owned(),
        })?;
        let firsts: Vec<usize> = (0..rows.len())
            .filter(|&at| contacts.attempt[rows[at]] == 1)
            .collect();
        let stride = (firsts.len() / AVERAGED).max(1);
        let heights = firsts.iter().step_by(stride).map(|&at| {
            let values: Vec<f64> = used.columns.iter().map(|column| column[at]).collect();
            table.linear_predictor(&values) - slope.value * log_minutes[at]
        });
        let n = rows.len() as f64;
        let middle: Vec<f64> = std::iter::once(1.0)
            .chain(
                used.columns
                    .iter()
                    .map(|column| column.iter().sum::<f64>() / n),
            )
            .collect();
        Ok(Fit {
            slope,
            heights: heights.collect(),
            second: value(SECOND),
            later: value(LATER),
            level_error: table.combination(&middle, config.level).standard_error,
            cautions: fit.cautions.iter().map(crate::doubt::told).collect(),
        })
    }

    /// Share of cases solved by a first contact of so many minutes, and contacts per case.
    fn at(&self, minutes: f64, returns: &[f64; 3]) -> (f64, f64) {
        let dose = self.slope.value * minutes.ln();
        let (mut solved, mut contacts) = (0.0, 0.0);
        for height in &self.heights {
            let miss = |more: f64| 1.0 - chance(height + dose + more);
            let (first, second, later) = (miss(0.0), miss(self.second), miss(self.later));
            let to_second = returns[0] * first;
            let to_third = to_second * returns[1] * second;
            solved += 1.0 - first;
            contacts += 1.0 + to_second + to_third / (1.0 - returns[2] * later);
        }
        let n = self.heights.len().max(1) as f64;
        (solved / n, contacts / n)
    }
}

fn curve(
    (fit, naive): (&Fit, &Fit),
    (from, to): (f64, f64),
    returns: &[f64; 3],
    (by_lot, first_stage_f): (bool, Option<f64>),
) -> Curve {
    let minutes: Vec<f64> = (0..GRID)
        .map(|k| from * (to / from).powf(k as f64 / (GRID - 1) as f64))
        .collect();
    let both =
        |fit: &Fit| -> (Vec<f64>, Vec<f64>) { minutes.iter().map(|m| fit.at(*m, returns)).unzip() };
    let (solved, per_case) = both(fit);
    let (naive_solved, naive_per_case) = both(naive);
    // Averaging over cases flattens the curve: its own slope, and the doubt of it, are smaller than the coefficient's.
    let odds = |share: f64| (share / (1.0 - share)).ln();
    let own = (odds(solved[GRID - 1]) - odds(solved[0])) / (to / from).ln();
    let flatter = match fit.slope.value.abs() > 1e-9 {
        true => (own / fit.slope.value).abs().clamp(0.1, 1.0),
        false => 1.0,
    };
    let mut cautions = fit.cautions.clone();
    if !by_lot {
        cautions.push(Caution::new("service_level.adjusted_only"));
    }
    Curve {
        slope_error: fit.slope.standard_error * flatter,
        level_error: fit.level_error * flatter,
        slope: fit.slope,
        naive_slope: naive.slope,
        minutes,
        solved,
        per_case,
        naive_solved,
        naive_per_case,
        by_lot,
        first_stage_f,
        cautions,
    }
}

/// What solving does to what the customer says right after, minutes and what was known before held still.
fn attitude(frame: &ServiceFrame, config: &ServiceLevelConfig) -> (Option<Estimate>, usize) {
    let contacts = &frame.contacts;
    let rows: Vec<usize> = (0..contacts.len())
        .filter(|&row| contacts.said[row].is_finite())
        .collect();
    if rows.len() < config.fewest_contacts {
        return (None, rows.len());
    }
    let reasons: Vec<String> = rows
        .iter()
        .map(|&row| contacts.reason[row].clone())
        .collect();
    let columns = known_before(frame, &rows)
        .with_words("reason", &reasons, 20)
        .with(
            MINUTES,
            rows.iter().map(|&row| contacts.minutes[row].ln()).collect(),
        )
        .with(
            "solved",
            rows.iter()
                .map(|&row| f64::from(contacts.resolved[row]))
                .collect(),
        );
    let said: Vec<f64> = rows.iter().map(|&row| 100.0 * contacts.said[row]).collect();
    let found = linear(&said, &columns, config.level).ok();
    let effect = found.and_then(|(fit, _)| fit.coefficients.of("solved").map(|c| c.estimate));
    (effect, rows.len())
}
