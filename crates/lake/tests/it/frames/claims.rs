//! Does the claims frame hold what was known a year ago, and only then what came after?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_domain::frames::claims::{ClaimsFrame, Steps};
use odla_lake::frames::claims::{ClaimsParams, claims};

fn table(name: &'static str, rows: &[&str]) -> Given {
    Given(name, rows.join("\n"))
}

async fn frame(given: &[Given]) -> ClaimsFrame {
    let params = ClaimsParams {
        as_of: date(2026, 6, 30),
    };
    claims(&ledger(given).await, &params)
        .await
        .expect("a frame")
}

#[tokio::test]
async fn before_and_after_are_kept_apart() {
    let frame = frame(&[
        table("customers", &[
            "customer_id,kind,acquired_on,acquisition_channel,acquisition_cost,club_joined_on",
            "k1,person,2024-01-01,referral,,2025-05-01", "k2,company,2025-09-01,search,300,", "k3,company,2023-06-30,search,,2024-01-01",
        ]),
        table("products", &["product_id,category", "p1,tools", "p2,tools", "p3,paint"]),
        table("orders", &[
            "order_id,line_no,customer_id,ordered_on,promised_on,delivered_on,product_id,list_amount,discount_amount,net_amount,goods_cost",
            "o1,1,k1,2025-01-10,2025-01-12,2025-01-15,p1,100,10,90,40", "o1,2,k1,2025-01-10,2025-01-12,2025-01-15,p2,100,0,100,50",
            "o2,1,k1,2025-03-10,,,p3,200,0,200,100",
            "o3,1,k1,2026-01-10,,,p1,100,25,75,40",
            // Came after: no customer a year ago.
            "o4,1,k2,2025-09-01,,,p1,100,0,100,40",
            // Not known yet.
            "o5,1,k1,2026-07-01,,,p1,100,0,100,40",
        ]),
        table("contracts", &[
            "contract_id,customer_id,started_on,monthly_amount,monthly_cost,ended_on",
            "c1,k3,2023-06-30,100,40,2025-12-30",
        ]),
        table("interactions", &[
            "interaction_id,customer_id,at,initiator,forward_moving",
            "i1,k1,2025-02-01T10:00:00Z,us,true", "i2,k1,2025-02-02T10:00:00Z,us,false", "i3,k1,2025-02-03T10:00:00Z,customer,",
            "i4,k3,2026-02-01T10:00:00Z,us,true",
        ]),
        table("answers", &[
            "answer_id,customer_id,answered_at,survey,question,value,scale_min,scale_max",
            "a1,k1,2025-06-01T10:00:00Z,relation,satisfaction,10,1,10", "a2,k3,2025-07-01T10:00:00Z,relation,satisfaction,1,1,10",
        ]),
        table("club_entries", &["entry_id,customer_id,on,kind,entry_cost", "e1,k1,2025-08-01,earn,5", "e2,k1,2025-05-02,earn,3"]),
    ]).await;
    assert_eq!(frame.history_days, 731.0);
    let known = &frame.customers;
    assert_eq!(known.customer_id, ["k1", "k3"]);
    assert_eq!(
        (known.purchases_before[0], known.purchases_after[0]),
        (2.0, 1.0)
    );
    assert_eq!((known.net_before[0], known.net_after[0]), (390.0, 75.0));
    assert_eq!(
        (known.contribution_before[0], known.contribution_after[0]),
        (200.0, 35.0)
    );
    assert_eq!(
        (known.discount_before[0], known.discount_after[0]),
        (0.025, 0.25)
    );
    assert_eq!((known.promised_before[0], known.late_before[0]), (1.0, 1.0));
    assert_eq!((known.categories[0], known.proactive[0]), (2.0, 1.0));
    assert_eq!((known.asked[0], known.satisfaction[0]), (1.0, 1.0));
    assert!(known.satisfaction[1].is_nan() && known.silence_days[1].is_nan());
    assert_eq!(known.retained, [true, false]);
    assert_eq!(known.referred, [true, false]);
    assert_eq!((known.joined[0], known.member_before[0]), (true, false));
    assert_eq!((known.joined[1], known.member_before[1]), (false, true));
    assert_eq!(known.club_cost_after[0], 5.0);
    // Sixty a month for twelve months before, and for half a year after.
    assert!((known.contribution_before[1] - 60.0 * 365.0 / 30.4375).abs() < 0.1);
    assert!((known.contribution_after[1] - 60.0 * 183.0 / 30.4375).abs() < 0.1);
    assert_eq!((frame.won.customers, frame.won.mean), (1, 300.0));
}

#[tokio::test]
async fn each_step_is_given_a_year() {
    let frame = frame(&[table(
        "orders",
        &[
            "order_id,line_no,customer_id,ordered_on,net_amount",
            // The first day of the ledger: who buys in its first months may have bought before it.
            "o0,1,k0,2023-01-01,10",
            "o1,1,k1,2023-06-01,10",
            "o2,1,k1,2024-05-01,10",
            "o3,1,k1,2024-06-01,10",
            "o4,1,k2,2023-06-01,10",
            "o5,1,k2,2024-07-01,10",
            "o6,1,k3,2024-01-01,10",
            "o7,1,k3,2024-02-01,10",
            // Too young to be followed a year.
            "o8,1,k4,2025-12-01,10",
        ],
    )])
    .await;
    assert_eq!(
        frame.steps,
        Steps {
            second: (3, 2),
            third: (2, 1)
        }
    );
}

#[tokio::test]
async fn without_rows_the_frame_is_empty() {
    let frame = frame(&[]).await;
    assert!(frame.customers.is_empty() && frame.won.mean.is_nan() && frame.history_days.is_nan());
    assert_eq!(frame.steps, Steps::default());
}
