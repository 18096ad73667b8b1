//! Which of our activities create loyalty, how much is each worth, and how do we know?
//!
//! Method: the way an activity was given decides how it can be judged, best first. Given by lot (A): the two arms are
//! compared, sharpened by what was known before. Taken up unit by unit (B): each unit's change is compared with units that
//! had not taken it up (Callaway and Sant'Anna), and the time before must show nothing. Given to some (C): those who got it
//! are compared with others who stood alike before, in two ways at once (AIPW). Then the same comparison is made of
//! something it cannot have moved, the year before; when that shows a difference, when the customers chose it
//! themselves, or when those who got it have no counterparts, the difference is an association (D) and no effect is
//! told. Kronor: contribution in the time followed, and what those who stayed are expected to bring after it.
//!
//! Assumes for C that what steers both who got it and who stays is among the columns held still: the E-value says how
//! strong anything else would have to be. Do not trust a C as a trial. An effect is falsified by a trial by lot that
//! gives another.

mod compare;
mod judge;
mod money;
mod rank;
mod report;
mod test_plan;
mod units;

#[cfg(test)]
mod tests;

pub use compare::{Asking, Found, compare_rows, outcome_of, rows_of, state_of};
pub use judge::{Group, Judged, Verdict, judge};
pub use money::Worth;
pub use test_plan::{Plan, target};

use crate::InsightError;
use odla_domain::frames::effects::EffectsFrame;
use odla_domain::{Caution, FigureDefinition, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

/// Those who got it and those they are compared with: the control arm where there is one, else customers of that time
/// who had not got it.
const COMPARED_ROWS: Rows = Rows(
    "select e.customer_id, case when coalesce(e.arm, '') = 'control' then 'compared' else 'got it' end as side, e.exposed_on, \
     e.arm, e.dose, e.exposure_cost, e._source, e._line \
     from exposures e where e.activity_id = '{activity_id}' and e.exposed_on <= date '{as_of}' \
     union all \
     select c.customer_id, 'compared', null, null, null, null, c._source, c._line \
     from customers c \
     cross join (select min(exposed_on) as first_day, max(case when coalesce(arm, '') = 'control' then 1 else 0 end) as by_lot \
         from exposures where activity_id = '{activity_id}' and exposed_on <= date '{as_of}') g \
     left join (select distinct customer_id from exposures where activity_id = '{activity_id}' and exposed_on <= date '{as_of}') e \
         on e.customer_id = c.customer_id \
     left join (select customer_id, min(ordered_on) as first_day from orders group by customer_id) o on o.customer_id = c.customer_id \
     left join (select customer_id, min(started_on) as first_day from contracts group by customer_id) k on k.customer_id = c.customer_id \
     where e.customer_id is null and g.by_lot = 0 and least(coalesce(o.first_day, k.first_day), coalesce(k.first_day, o.first_day)) < g.first_day \
     order by side desc, customer_id",
);

const EXPOSURE_ROWS: Rows = Rows(
    "select activity_id, customer_id, exposed_on, arm, dose, exposure_cost, _source, _line from exposures \
     where exposed_on <= date '{as_of}' order by activity_id, customer_id, exposed_on",
);

pub const FIGURES: &[FigureDefinition] = &[
    of_activity("activity.<activity_id>.effect_retention", Unit::SharePoints),
    of_activity("activity.<activity_id>.effect_margin", Unit::Money),
    of_activity("activity.<activity_id>.effect_attitude", Unit::Points),
    of_activity("activity.<activity_id>.gain", Unit::Money),
    of_activity("activity.<activity_id>.value_strength", Unit::Ratio),
    of_activity("activity.<activity_id>.plain_difference", Unit::SharePoints),
    overall("effects.studied.count"),
    overall("effects.paying.count"),
    overall("effects.harmful.count"),
    overall("effects.none.count"),
    overall("effects.unjudged.count"),
];

const fn of_activity(pattern: &'static str, unit: Unit) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "effects",
        rows: COMPARED_ROWS,
    }
}

const fn overall(pattern: &'static str) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit: Unit::Count,
        method: "effects",
        rows: EXPOSURE_ROWS,
    }
}

/// Who got what when, and what customers did: purchases or contracts.
pub fn needs() -> Vec<Vec<Need>> {
    vec![
        vec![Need::new(
            "exposures",
            &["activity_id", "customer_id", "exposed_on"],
        )],
        vec![
            Need::new("orders", &["customer_id", "ordered_on"]),
            Need::new("contracts", &["customer_id", "started_on"]),
        ],
    ]
}

/// The choices of the analysis, all kept with the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffectsConfig {
    /// Level of every interval.
    pub level: f64,
    /// Smallest change of the share that stays that anybody would act on.
    pub smallest_interesting: f64,
    /// Customers in each group before anything is said.
    pub fewest_each: usize,
    /// Who stayed and who did not, at least, over both groups.
    pub fewest_events: usize,
    /// Days that customers must have been followed.
    pub fewest_days: f64,
    /// Months over which a kept customer's contribution is counted, from the activity on.
    pub value_months: f64,
    /// Yearly interest, a share.
    pub discount_yearly: f64,
    /// p-value below which the comparison of what cannot have been moved fails.
    pub placebo_limit: f64,
    /// The same for an activity given by lot: only a broken draw.
    pub broken_draw_limit: f64,
    /// Standardized difference that may be left between the groups after adjustment, beyond chance.
    pub most_imbalance: f64,
    /// Share of the customers that may lack counterparts.
    pub most_without_counterpart: f64,
    /// Power of the test that is proposed.
    pub power: f64,
    /// Draws for ranks.
    pub draws: usize,
}

impl EffectsConfig {
    pub const fn standard() -> Self {
        Self {
            level: 0.90,
            smallest_interesting: 0.03,
            fewest_each: 50,
            fewest_events: 20,
            fewest_days: 14.0,
            value_months: 36.0,
            discount_yearly: 0.10,
            placebo_limit: 0.05,
            broken_draw_limit: 0.001,
            most_imbalance: 0.10,
            most_without_counterpart: 0.30,
            power: 0.80,
            draws: 4_000,
        }
    }
}

/// Judges every activity that somebody is known to have got.
pub fn judge_all(frame: &EffectsFrame, config: &EffectsConfig, seed: u64) -> Vec<Judged> {
    frame
        .activities
        .iter()
        .map(|activity| judge(activity, frame.as_of, (config, seed)))
        .collect()
}

/// Lays out what was found.
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
    Ok(report::lay_out(frame, judged, (config, seed)).into())
}
