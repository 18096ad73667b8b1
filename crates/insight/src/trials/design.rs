//! How many customers must take part, and what can the trial then see?

use super::draw::{blocks, prove_enough};
use crate::InsightError;
use jiff::civil::Date;
use odla_domain::Caution;
use odla_domain::frames::trial::TrialFrame;
use odla_domain::trial::{Looks, TrialPlan};
use odla_stats::Interval;
use odla_stats::causal::anytime::{RunningMean, mixture_half_width};
use odla_stats::causal::power::{self, Goal, Measure};
use odla_stats::regression::mixed;
use serde::Serialize;

/// What a plan asks for, and what it can give. Effects are in units of the outcome.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Design {
    pub eligible: usize,
    /// The outcome in the window before the draw: what it would be without the activity.
    pub mean: f64,
    pub standard_deviation: f64,
    /// Share of the variance that the window before takes away, 0..1.
    pub variance_removed: f64,
    /// Likeness of customers of one unit, 0..1; only when whole units are drawn.
    pub likeness_within_units: Option<f64>,
    /// Customers in both arms that the smallest effect worth knowing asks for.
    pub needed: usize,
    /// Smallest effect that all who are eligible can show with the plan's power; `None` when no effect can be shown.
    pub detectable: Option<f64>,
    /// Standard error that the difference is expected to have.
    pub expected_error: f64,
    /// The day on which the answer is there.
    pub due_on: Date,
    pub enough: bool,
}

/// Reckons with the window before as if it were the one to come.
///
/// # Errors
/// When the outcome does not vary, or too few customers (units) are eligible.
pub fn design(plan: &TrialPlan, frame: &TrialFrame) -> Result<Design, InsightError> {
    prove_enough(frame)?;
    let known: Vec<usize> = (0..frame.len())
        .filter(|&row| frame.outcome[row].is_finite())
        .collect();
    let outcome: Vec<f64> = known.iter().map(|&row| frame.outcome[row]).collect();
    let before: Vec<f64> = known.iter().map(|&row| frame.before[row]).collect();
    let seen = RunningMean::of(&outcome)?;
    let (mean, sd) = (seen.mean, seen.variance().sqrt());
    if sd.is_nan() || sd <= 0.0 {
        return Err(InsightError::TooLittleData(Caution::new(
            "trials.no_variation",
        )));
    }
    // Nothing, when the window before is not known for all.
    let removed = power::variance_removed(&outcome, &before).unwrap_or(0.0);
    let (of_row, count) = blocks(plan, frame);
    let mut layout = power::Design {
        share_treated: plan.share_treated,
        variance_removed: removed.min(0.99),
        ..power::Design::by_customer()
    };
    let mut likeness = None;
    if plan.by_unit {
        let own: Vec<usize> = known.iter().map(|&row| of_row[row]).collect();
        let icc = mixed::icc(&outcome, &own).map_or(0.0, |icc| icc.icc1.clamp(0.0, 1.0));
        let sizes = sizes(&of_row, count);
        let sizes = RunningMean::of(&sizes)?;
        layout.cluster_size = sizes.mean.max(1.0);
        layout.size_variation = sizes.variance().sqrt() / sizes.mean;
        layout.icc = icc;
        likeness = Some(icc);
    }
    let goal = Goal {
        level: plan.level,
        power: plan.power,
    };
    // Differences are judged by their spread as measured; a share's changes little within a window.
    let measure = Measure::Mean { sd };
    let wider = widening(plan);
    let size = power::sample_size(measure, plan.smallest_effect / wider, &layout, goal)?;
    let needed = size.treated + size.control;
    let rows = frame.len() as f64;
    let detectable = power::smallest_difference(measure, &layout, rows, goal).ok();
    let (treated, control) = (plan.share_treated * rows, (1.0 - plan.share_treated) * rows);
    Ok(Design {
        eligible: frame.len(),
        mean,
        standard_deviation: sd,
        variance_removed: removed,
        likeness_within_units: likeness,
        needed,
        detectable: detectable.map(|difference| difference * wider),
        expected_error: sd * (layout.variance_factor() * (1.0 / treated + 1.0 / control)).sqrt(),
        due_on: plan.due_on(),
        enough: needed <= frame.len(),
    })
}

/// How much wider the interval is that holds at all looks, at the end of the window.
fn widening(plan: &TrialPlan) -> f64 {
    match plan.looks {
        Looks::Once => 1.0,
        Looks::AnyTime => {
            let once = Interval::normal(0.0, 1.0, plan.level).upper;
            mixture_half_width(1.0, 1.0, plan.level) / once
        }
    }
}

fn sizes(of_row: &[usize], count: usize) -> Vec<f64> {
    let mut sizes = vec![0.0; count];
    of_row.iter().for_each(|&block| sizes[block] += 1.0);
    sizes
}
