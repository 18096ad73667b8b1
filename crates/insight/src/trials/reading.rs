//! What does a trial say today, as far as its plan allows it to be asked?

use super::draw::blocks;
use jiff::civil::Date;
use odla_domain::Caution;
use odla_domain::frames::trial::TrialFrame;
use odla_domain::trial::{Looks, RegisteredTrial};
use odla_stats::causal::anytime::mixture_half_width;
use odla_stats::causal::{blocks as by_blocks, randomized};
use odla_stats::{Estimate, Interval};

/// What may be said of the activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// More than nothing.
    Works,
    /// Less than nothing.
    Harms,
    /// Less than the smallest effect worth knowing, either way.
    NoEffect,
    CannotTell,
    /// The plan does not let it be read yet, or it may still turn.
    Running,
    /// Arms of the wrong size, or a plan that was changed: not a trial any longer.
    Broken,
}

impl Verdict {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Harms => "harms",
            Self::NoEffect => "no_effect",
            Self::CannotTell => "cannot_tell",
            Self::Running => "running",
            Self::Broken => "broken",
        }
    }
}

/// One trial on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub verdict: Verdict,
    pub treated: usize,
    pub control: usize,
    /// How likely arms so unlike those drawn are by chance, 0..1; `None` without arms.
    pub sample_ratio_p: Option<f64>,
    /// Share of the window that has passed, 0..1.
    pub passed: f64,
    /// Treated less control, in units of the outcome; `None` when it may not or cannot be told.
    pub effect: Option<Estimate>,
    pub control_mean: f64,
    /// Share of the variance that the value from before took away.
    pub variance_removed: f64,
    pub cautions: Vec<Caution>,
}

/// Reads a trial; `changed` says that its plan does not fit its hash.
pub fn read(
    trial: &RegisteredTrial,
    frame: &TrialFrame,
    (as_of, changed): (Date, bool),
) -> Reading {
    let plan = &trial.plan;
    let known: Vec<usize> = (0..frame.treated.len())
        .filter(|&row| frame.outcome[row].is_finite())
        .collect();
    let treated: Vec<bool> = known.iter().map(|&row| frame.treated[row]).collect();
    let arms = |arm: bool| treated.iter().filter(|t| **t == arm).count();
    let mut reading = Reading {
        verdict: Verdict::Broken,
        treated: arms(true),
        control: arms(false),
        sample_ratio_p: None,
        passed: passed(trial, as_of),
        effect: None,
        control_mean: f64::NAN,
        variance_removed: 0.0,
        cautions: Vec::new(),
    };
    reading.sample_ratio_p = sample_ratio_p(trial, &reading);
    let faults = faults(frame, (&reading, changed));
    reading.cautions = forgotten(trial).into_iter().collect();
    if !faults.is_empty() {
        reading.cautions.extend(faults);
        return reading;
    }
    if as_of < plan.due_on() && plan.looks == Looks::Once || as_of <= plan.drawn_on {
        reading.verdict = Verdict::Running;
        return reading;
    }
    let outcome: Vec<f64> = known.iter().map(|&row| frame.outcome[row]).collect();
    let before: Vec<f64> = known.iter().map(|&row| frame.before[row]).collect();
    match compare(trial, frame, (&known, &outcome, &treated, &before)) {
        Ok((effect, removed, cautions)) => {
            let controls = outcome.iter().zip(&treated).filter(|(_, t)| !**t);
            reading.control_mean =
                controls.map(|(value, _)| value).sum::<f64>() / reading.control as f64;
            let effect = match plan.looks {
                Looks::Once => effect,
                Looks::AnyTime => at_any_time(effect, trial.expected_error, plan.level),
            };
            reading.verdict = judge(&effect, plan.smallest_effect, as_of < plan.due_on());
            reading.effect = Some(effect);
            reading.variance_removed = removed;
            reading.cautions.extend(cautions);
        }
        Err(why) => {
            reading.verdict = match as_of < plan.due_on() {
                true => Verdict::Running,
                false => Verdict::CannotTell,
            };
            reading.cautions.push(why);
        }
    }
    reading
}

fn passed(trial: &RegisteredTrial, as_of: Date) -> f64 {
    let plan = &trial.plan;
    let days = plan
        .drawn_on
        .until((jiff::Unit::Day, as_of))
        .map_or(0, |span| span.get_days());
    (f64::from(days) / f64::from(plan.window_days)).clamp(0.0, 1.0)
}

/// The arms as they are held against the arms as they were drawn, whatever took customers away: one who has asked to be
/// forgotten is as lost to the comparison as one whose row was lost.
fn sample_ratio_p(trial: &RegisteredTrial, reading: &Reading) -> Option<f64> {
    let counts = [reading.treated as f64, reading.control as f64];
    let planned = [trial.treated as f64, trial.control as f64];
    randomized::sample_ratio_p(&counts, &planned).ok()
}

/// Why fewer are compared than were drawn.
fn forgotten(trial: &RegisteredTrial) -> Option<Caution> {
    let (treated, control) = (trial.forgotten_treated, trial.forgotten_control);
    (treated + control > 0).then(|| {
        Caution::new("trials.forgotten")
            .with("customers", (treated + control) as f64)
            .with("treated", treated as f64)
            .with("control", control as f64)
    })
}

/// Why the ledger no longer holds what was drawn.
fn faults(frame: &TrialFrame, (reading, changed): (&Reading, bool)) -> Vec<Caution> {
    let mut faults = Vec::new();
    if changed {
        faults.push(Caution::new("trials.plan_changed"));
    }
    if frame.foreign > 0 {
        faults.push(Caution::new("trials.foreign_rows").with("rows", frame.foreign as f64));
    }
    if frame.in_both > 0 {
        faults.push(Caution::new("trials.in_both").with("customers", frame.in_both as f64));
    }
    match reading.sample_ratio_p {
        Some(p) if p < randomized::SAMPLE_RATIO_LIMIT => faults.push(
            Caution::new("trials.sample_ratio")
                .with("treated", reading.treated)
                .with("control", reading.control)
                .with("p", p),
        ),
        Some(_) => {}
        None => faults.push(Caution::new("trials.not_drawn")),
    }
    faults
}

type Compared = (Estimate, f64, Vec<Caution>);

/// The difference by the design that was drawn.
fn compare(
    trial: &RegisteredTrial,
    frame: &TrialFrame,
    (known, outcome, treated, before): (&[usize], &[f64], &[bool], &[f64]),
) -> Result<Compared, Caution> {
    let plan = &trial.plan;
    let varies = before.iter().any(|value| *value != before[0]);
    let before = (varies && before.iter().all(|value| value.is_finite())).then_some(before);
    let untold = |error: odla_stats::StatsError| {
        Caution::new("statistics").with("detail", error.to_string())
    };
    if plan.by_unit {
        let (of_row, _) = blocks(plan, frame);
        let clusters: Vec<usize> = known.iter().map(|&row| of_row[row]).collect();
        let found = by_blocks::clustered(outcome, treated, &clusters, (before, plan.level));
        let found = found.map_err(untold)?;
        let cautions = found.cautions.iter().map(crate::doubt::told).collect();
        return Ok((found.effect, 0.0, cautions));
    }
    let found = randomized::compare(outcome, treated, before, plan.level).map_err(untold)?;
    let cautions = found.cautions.iter().map(crate::doubt::told).collect();
    Ok((found.effect, found.variance_removed, cautions))
}

/// The interval that holds at all looks together, with the variance come in, against that expected, as the clock.
fn at_any_time(effect: Estimate, expected_error: f64, level: f64) -> Estimate {
    let error = effect.standard_error;
    let clock = (error / expected_error).powi(2);
    let half = error * clock.sqrt() * mixture_half_width(clock, 1.0, level);
    Estimate {
        interval: Interval {
            lower: effect.value - half,
            upper: effect.value + half,
            level,
        },
        ..effect
    }
}

fn judge(effect: &Estimate, smallest: f64, early: bool) -> Verdict {
    let interval = &effect.interval;
    match () {
        () if interval.lower > 0.0 => Verdict::Works,
        () if interval.upper < 0.0 => Verdict::Harms,
        // The rest of the window may still move it.
        () if early => Verdict::Running,
        () if interval.lower > -smallest && interval.upper < smallest => Verdict::NoEffect,
        () => Verdict::CannotTell,
    }
}
