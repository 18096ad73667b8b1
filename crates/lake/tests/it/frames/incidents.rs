//! Does the incidents frame hold who knew of what, how it ended, and what customers did before and after?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_domain::frames::incidents::IncidentsFrame;
use odla_lake::frames::incidents::{IncidentsParams, incidents};

fn table(name: &'static str, rows: &[&str]) -> Given {
    Given(name, rows.join("\n"))
}

async fn frame(given: &[Given]) -> IncidentsFrame {
    let params = IncidentsParams::standard(date(2026, 6, 30));
    incidents(&ledger(given).await, &params)
        .await
        .expect("a frame")
}

#[tokio::test]
async fn faults_are_counted_by_who_knew_of_them() {
    let frame = frame(&[table("incidents", &[
        "incident_id,customer_id,occurred_on,known_from,reported_on,kind,severity,resolved_on,resolved_well,compensation_cost",
        "f1,k1,2025-01-01,operations,2025-01-02,late,3,2025-01-06,true,50",
        "f2,k1,2025-02-01,operations,,late,3,,,",
        "f3,k2,2026-01-01,customer,2026-01-03,late,3,2026-01-04,false,25.5",
        "f4,k2,2026-01-01,survey,,late,3,,,",
        // Told after the day of the analysis: then it is not told yet.
        "f5,k3,2026-06-29,operations,2026-07-02,late,3,,,",
        "f6,k3,2026-07-02,customer,2026-07-02,late,3,,,",
    ])]).await;
    let of = |reported: bool, caught: bool, heard: bool| -> u64 {
        frame
            .lists
            .iter()
            .filter(|known| {
                (known.reported, known.caught, known.heard) == (reported, caught, heard)
            })
            .map(|known| known.faults)
            .sum()
    };
    assert_eq!(
        (
            of(true, true, false),
            of(false, true, false),
            of(true, false, false),
            of(false, false, true)
        ),
        (1, 2, 1, 1)
    );
    let well: Vec<_> = frame
        .endings
        .iter()
        .filter(|ending| ending.word == "well")
        .collect();
    assert_eq!(
        (well.len(), well[0].closed, well[0].faults, well[0].days),
        (1, true, 1, 4.0)
    );
    assert_eq!(well[0].compensation.to_string(), "50.00");
}

#[tokio::test]
async fn a_customer_is_placed_by_the_worst_ending_in_the_months_before() {
    let frame = frame(&[
        table("customers", &["customer_id", "k1", "k2", "k3", "k4", "k5", "k6"]),
        table("orders", &[
            "order_id,line_no,customer_id,ordered_on,net_amount",
            "o1,1,k1,2025-03-01,100", "o2,1,k2,2025-03-01,100", "o3,1,k3,2025-03-01,100", "o4,1,k4,2025-03-01,100",
            "o5,1,k1,2025-09-01,100",
            // Was no customer a year ago.
            "o6,1,k5,2025-08-01,100",
            "o7,1,k6,2024-09-01,100",
        ]),
        table("incidents", &[
            "incident_id,customer_id,occurred_on,known_from,reported_on,resolved_on,resolved_well,order_id",
            "f1,k1,2025-05-01,customer,2025-05-01,2025-05-02,true,o1",
            "f2,k2,2025-05-01,customer,2025-05-01,2025-05-02,false,o2",
            "f3,k2,2025-05-05,customer,2025-05-06,2025-05-07,true,o2",
            "f4,k3,2025-05-01,operations,,,,o3",
            // Before the months that are looked at.
            "f5,k4,2024-05-01,operations,,,,o4",
            // Tells that the buyer still lived, since it hangs on no order.
            "f6,k6,2025-05-01,customer,2025-05-01,2025-05-02,true,",
        ]),
    ]).await;
    assert_eq!(frame.customers.customer_id, ["k1", "k2", "k3", "k4", "k6"]);
    assert_eq!(
        frame.customers.met,
        ["well", "badly", "silent", "none", "none"]
    );
    assert_eq!(frame.customers.retained, [true, false, false, false, false]);
}

#[tokio::test]
async fn late_deliveries_and_both_sides_words_are_set_side_by_side() {
    let frame = frame(&[
        table("orders", &[
            "order_id,line_no,customer_id,ordered_on,promised_on,delivered_on,net_amount",
            "o1,1,k1,2026-01-01,2026-01-05,2026-01-07,10", "o1,2,k1,2026-01-01,2026-01-05,2026-01-07,10",
            "o2,1,k1,2026-01-01,2026-01-05,2026-01-09,10",
            "o3,1,k2,2026-01-01,2026-01-05,2026-01-05,10",
        ]),
        table("incidents", &["incident_id,customer_id,occurred_on,reported_on,order_id", "f1,k1,2026-01-08,2026-01-08,o1"]),
        table("interactions", &[
            "interaction_id,customer_id,at,resolved",
            "i1,k1,2026-02-01T10:00:00Z,true", "i2,k1,2026-02-02T10:00:00Z,true", "i3,k2,2026-02-03T10:00:00Z,false",
        ]),
        table("answers", &[
            "answer_id,response_id,customer_id,answered_at,interaction_id,question,value,scale_min,scale_max",
            "a1,r1,k1,2026-02-02T10:00:00Z,i1,problem_solved,1,0,1",
            "a2,r2,k1,2026-02-03T10:00:00Z,i2,problem_solved,0,0,1",
            "a3,r3,k2,2026-02-04T10:00:00Z,i3,problem_solved,0,0,1",
            "a4,r4,k2,2026-03-04T10:00:00Z,,had_problem,1,0,1", "a5,r4,k2,2026-03-04T10:00:00Z,,told_us,0,0,1",
            "a6,r5,k1,2026-03-04T10:00:00Z,,had_problem,1,0,1", "a7,r5,k1,2026-03-04T10:00:00Z,,told_us,1,0,1",
        ]),
    ]).await;
    assert_eq!((frame.deliveries, frame.late, frame.late_told), (3, 2, 1));
    assert_eq!(frame.agreement, [[1, 0], [1, 1]]);
    assert_eq!((frame.survey_problems, frame.survey_told), (2, 1));
}

#[tokio::test]
async fn without_rows_the_frame_is_empty() {
    let frame = frame(&[]).await;
    assert!(frame.lists.is_empty() && frame.customers.is_empty() && frame.course.is_empty());
}
