//! How soon does an activity show, when will we know, and which early sign tells?
//!
//! Method: the effect of each judged activity after a quarter, half, three quarters and the whole of the time followed, or by
//! months since the start where units took it up one by one, with bands that hold for all times at once. When we will
//! know: how large a part of the decisions (renewals that fall due, next purchases) has been made by each month, and
//! whether a change that would pay can then be told from chance with the stated power. An early sign is proven only if
//! what it foretells for a drawn trial agrees with what came.
//!
//! Assumes that the change is spread over the decisions as these fall. Do not trust a date as a promise of an effect: it
//! is the day when one that is large enough to pay would show. It is falsified when such effects show later than said in
//! more than one case of five.

mod course;
mod known;
mod report;
mod sign;

#[cfg(test)]
mod tests;

pub use course::{Course, Point};
pub use known::{Known, months_until_known};
pub use sign::Sign;

use crate::InsightError;
use crate::effects::{EffectsConfig, Judged};
use odla_domain::frames::effects::EffectsFrame;
use odla_domain::{Caution, FigureDefinition, Need, Outcome, Rows, Unit};

const DECISION_ROWS: Rows = Rows(
    "select e.customer_id, e.exposed_on, e.arm, k.contract_id, k.started_on, k.next_renewal_on, k.ended_on, k._source, k._line \
     from exposures e left join contracts k on k.customer_id = e.customer_id \
     where e.activity_id = '{activity_id}' and e.exposed_on <= date '{as_of}' order by k.next_renewal_on, e.customer_id",
);

pub const FIGURES: &[FigureDefinition] = &[
    definition("timing.<activity_id>.months_to_effect", Unit::Count),
    definition("timing.<activity_id>.months_to_know", Unit::Count),
    definition("timing.<activity_id>.power", Unit::Share),
    definition("timing.<activity_id>.foretold", Unit::SharePoints),
];

const fn definition(pattern: &'static str, unit: Unit) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "timing",
        rows: DECISION_ROWS,
    }
}

/// What the effects need.
pub fn needs() -> Vec<Vec<Need>> {
    crate::effects::needs()
}

/// Follows every judged activity through time.
///
/// # Errors
/// When nobody is known to have got any activity.
pub fn assess(
    frame: &EffectsFrame,
    judged: &[Judged],
    config: &EffectsConfig,
    seed: u64,
) -> Result<Outcome, InsightError> {
    if frame.activities.is_empty() {
        return Err(InsightError::TooLittleData(Caution::new(
            "effects.no_receivers",
        )));
    }
    let followed: Vec<report::Followed> = (frame.activities.iter().zip(judged))
        .map(|(activity, judged)| report::Followed {
            judged,
            course: course::follow(activity, judged, (config, seed)),
            known: known::date(activity, judged, (config, frame.as_of)),
            sign: sign::prove(activity, judged, config),
        })
        .collect();
    Ok(report::lay_out(&followed, frame.as_of, config).into())
}
