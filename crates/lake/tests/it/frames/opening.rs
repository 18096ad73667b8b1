//! Does the frame of opening hours hold the contacts of a year by date and hour?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_lake::frames::opening::opening;

#[tokio::test]
async fn contacts_are_counted_by_date_and_hour_and_by_reason_and_hour_of_the_week() {
    let rows = [
        "interaction_id,customer_id,at,reason,initiator,minutes,wait_minutes,resolved,repeat_of",
        // A Monday.
        "i1,k1,2026-06-01T08:10:00,fault,customer,5,1,true,",
        "i2,k2,2026-06-01T08:50:00,fault,customer,7,,false,",
        "i3,k2,2026-06-01T09:10:00,fault,customer,4,2,true,i2",
        // A Sunday, ours, too long ago, after the day.
        "i4,k3,2026-06-07T10:00:00,,customer,3,,,",
        "i5,k3,2026-06-08T10:00:00,fault,us,3,,true,",
        "i6,k3,2025-06-01T10:00:00,fault,customer,3,,true,",
        "i7,k3,2026-07-01T10:00:00,fault,customer,3,,true,",
    ];
    let given = [Given("interactions", rows.join("\n"))];
    let frame = opening(&ledger(&given).await, date(2026, 6, 30), "UTC")
        .await
        .expect("a frame");
    assert_eq!(
        (frame.first_day, frame.last_day),
        (date(2026, 6, 1), date(2026, 6, 7))
    );
    let told: Vec<_> = (frame.hours.iter())
        .map(|own| {
            (
                own.day.day(),
                own.hour,
                own.contacts,
                own.firsts,
                own.minutes,
                own.waited,
                own.waits,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, 8, 2.0, 2.0, 12.0, 1.0, 1.0),
            (1, 9, 1.0, 0.0, 4.0, 2.0, 1.0),
            (7, 10, 1.0, 1.0, 3.0, 0.0, 0.0)
        ]
    );
    let reasons: Vec<_> = (frame.reasons.iter())
        .map(|own| {
            (
                own.weekday,
                own.hour,
                own.reason.as_str(),
                own.firsts,
                own.solved,
            )
        })
        .collect();
    assert_eq!(reasons, [(0, 8, "fault", 2.0, 1.0)]);

    // On the clocks of Stockholm it was two hours later.
    let there = opening(&ledger(&given).await, date(2026, 6, 30), "Europe/Stockholm").await;
    let hours: Vec<u8> = there
        .expect("a frame")
        .hours
        .iter()
        .map(|own| own.hour)
        .collect();
    assert_eq!(hours, [10, 11, 12]);
}
