//! Who gets the activity? Chance decides, the same for the same seed.

use crate::InsightError;
use odla_domain::frames::trial::TrialFrame;
use odla_domain::{Caution, TrialPlan};
use odla_stats::causal::assign;
use std::collections::BTreeMap;

/// Customers that a draw needs at least.
const FEWEST: usize = 20;

/// The arm of each eligible customer, in the frame's order.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    pub treated: Vec<bool>,
    /// Strata or clusters that were drawn within or among.
    pub blocks: usize,
}

/// Draws the arms: within unit and kind of customer, or whole units.
///
/// # Errors
/// With too few customers, or too few units when whole units are drawn.
pub fn draw(plan: &TrialPlan, frame: &TrialFrame) -> Result<Draw, InsightError> {
    prove_enough(frame)?;
    let (blocks, count) = blocks(plan, frame);
    let shares = [1.0 - plan.share_treated, plan.share_treated];
    if plan.by_unit && count < 4 {
        return Err(InsightError::TooLittleData(
            Caution::new("trials.too_few_units")
                .with("needed", 4_usize)
                .with("got", count),
        ));
    }
    let arms = match plan.by_unit {
        true => assign::clustered(&blocks, &shares, plan.seed)?,
        false => assign::stratified(&blocks, &shares, plan.seed)?,
    };
    Ok(Draw {
        treated: arms.into_iter().map(|arm| arm == 1).collect(),
        blocks: count,
    })
}

/// Whether there is anybody to draw.
pub(super) fn prove_enough(frame: &TrialFrame) -> Result<(), InsightError> {
    match frame.len() {
        got if got < FEWEST => Err(InsightError::TooLittleData(
            Caution::new("trials.too_few_eligible")
                .with("needed", FEWEST)
                .with("got", got),
        )),
        _ => Ok(()),
    }
}

/// Number of each customer's stratum (unit and kind) or cluster (unit), and how many there are.
pub(super) fn blocks(plan: &TrialPlan, frame: &TrialFrame) -> (Vec<usize>, usize) {
    let key = |row: usize| {
        let company = !plan.by_unit && frame.company[row];
        (frame.unit[row].as_str(), company)
    };
    let mut numbers: BTreeMap<(&str, bool), usize> =
        (0..frame.len()).map(|row| (key(row), 0)).collect();
    for (place, number) in numbers.values_mut().enumerate() {
        *number = place;
    }
    let listed = (0..frame.len()).map(|row| numbers[&key(row)]).collect();
    (listed, numbers.len())
}
