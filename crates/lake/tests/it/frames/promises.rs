//! Does the promises frame count each promise once, by customer, unit and year?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_lake::frames::promises::promises;

fn table(name: &'static str, rows: &[&str]) -> Given {
    Given(name, rows.join("\n"))
}

#[tokio::test]
async fn promises_are_summed_by_customer_and_belong_to_the_customers_unit_unless_another_is_told() {
    let given = [
        table(
            "customers",
            &["customer_id,name,unit_id", "k1,A,north", "k2,B,south"],
        ),
        table(
            "promises_kept",
            &[
                "promise_key,customer_id,at,kept,unit_id",
                "on_time,k1,2026-01-01T08:00:00,true,",
                "on_time,k1,2026-01-02T08:00:00,false,",
                "on_time,k2,2026-02-01T08:00:00,true,north",
                // The year before, after the day of the analysis, long ago, and nobody knows.
                "on_time,k2,2025-02-01T08:00:00,true,",
                "on_time,k2,2026-07-01T08:00:00,false,",
                "on_time,k2,2023-07-01T08:00:00,false,",
                "on_time,k2,2026-02-02T08:00:00,,",
            ],
        ),
    ];
    let frame = promises(&ledger(&given).await, date(2026, 6, 30))
        .await
        .expect("a frame");
    let told: Vec<_> = (frame.kept.iter())
        .map(|kept| {
            let unit = kept.unit.as_deref();
            let sums = (kept.made_squared, kept.kept_squared, kept.made_kept);
            (
                unit,
                kept.recent,
                kept.customers,
                kept.made,
                kept.kept,
                sums,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (None, false, 1.0, 1.0, 1.0, (1.0, 1.0, 1.0)),
            (None, true, 2.0, 3.0, 2.0, (5.0, 2.0, 3.0)),
            (Some("north"), true, 2.0, 3.0, 2.0, (5.0, 2.0, 3.0)),
        ]
    );
    assert_eq!((frame.customers, frame.met_broken), (2, 1));
    let months: Vec<_> = frame.months.iter().map(|m| (m.month, m.made)).collect();
    assert_eq!(
        months,
        [
            (date(2025, 2, 1), 1.0),
            (date(2026, 1, 1), 2.0),
            (date(2026, 2, 1), 1.0)
        ]
    );
}
