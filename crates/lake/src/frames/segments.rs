//! How is the frame of segments built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use jiff::ToSpan;
use jiff::civil::Date;
use odla_domain::frames::segments::SegmentsFrame;
use std::collections::BTreeMap;

const SQL: &str = include_str!("segments.sql");

pub async fn segments(ctx: &SessionContext, as_of: Date) -> Result<SegmentsFrame, LakeError> {
    let back = |months: i64| as_of.checked_sub(months.months()).map_err(LakeError::frame);
    let holes = [
        ("as_of", as_of.to_string()),
        ("at", back(12)?.to_string()),
        ("before", back(24)?.to_string()),
        ("long_before", back(36)?.to_string()),
    ];
    let ask = async |name: &str| -> Result<Answer, LakeError> {
        let answer = query(ctx, &fill(part(SQL, name), &holes)).await?;
        Ok(Answer::new(answer))
    };
    let customers = ask("customers").await?;
    let mut frame = SegmentsFrame {
        customer_id: customers.texts("customer_id")?,
        kind: customers.texts("kind")?,
        group: customers.texts("segment")?,
        unit: customers.texts("unit")?,
        active: customers.truths("active")?,
        stayed: customers.truths("stayed")?,
        active_before: customers.truths("active_before")?,
        stayed_before: customers.truths("stayed_before")?,
        minutes: BTreeMap::new(),
    };
    let spent = ask("minutes").await?;
    let (ids, reasons) = (spent.texts("customer_id")?, spent.texts("reason")?);
    for (row, minutes) in spent.numbers("minutes")?.into_iter().enumerate() {
        // Customers who never bought anything are of no segment.
        if let Ok(place) = frame.customer_id.binary_search(&ids[row]) {
            let own = frame.minutes.entry(reasons[row].clone()).or_default();
            own.push((place, minutes));
        }
    }
    frame.checked().map_err(LakeError::frame)
}
